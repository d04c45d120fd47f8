"""Reductions of consecutive segments of a dimension."""

from __future__ import annotations

import math

import numpy as np

from autograd import dtypes
from autograd.api.export import export
from autograd.api.reduce import axis_of, check_tensor
from autograd.api.scatter import scatter_reduce
from autograd.dispatch import wrap
from autograd.tensor import Tensor

# PyTorch's names of the reductions: the one of scatter_reduce, and what a segment starts from
_REDUCE = {
    "sum": ("sum", 0.0), "mean": ("sum", 0.0), "prod": ("prod", 1.0), "max": ("amax", -math.inf), "min": ("amin", math.inf),
    "amax": ("amax", -math.inf), "amin": ("amin", math.inf),
}  # fmt: skip


@export(method=False)
def segment_reduce(
    data: Tensor,
    reduce: str,
    *,
    lengths: Tensor | None = None,
    indices: Tensor | None = None,
    offsets: Tensor | None = None,
    axis: int = 0,
    unsafe: bool = False,
    initial: float | None = None,
) -> Tensor:
    """Reduce consecutive segments of ``data`` along ``axis`` by "sum", "mean", "max", "min" or "prod".

    ``lengths`` (integers, shaped as ``data`` up to ``axis``, there the number of segments) or ``offsets`` (where segments
    begin, and where the last ends) say which. Each starts from ``initial``; an empty one is that, or the reduction's
    neutral element (NaN for "mean"). Ties share the gradient of extremes. RuntimeError for arguments that do not fit:
    lengths that do not add to the size, unless ``unsafe``. As ``torch.segment_reduce``.

    >>> import autograd
    >>> data = autograd.tensor([1.0, 2.0, 3.0, 4.0])
    >>> autograd.segment_reduce(data, "sum", lengths=autograd.tensor([1, 3]))
    tensor([1., 9.])
    """
    check_tensor(data, "segment_reduce", "data")
    if reduce not in _REDUCE:
        raise RuntimeError(f"segment_reduce(): reduce must be one of {', '.join(_REDUCE)}, but got {reduce!r}")
    if indices is not None:
        raise RuntimeError("segment_reduce(): indices based reduction is not supported yet")
    if not dtypes.is_differentiable(data.dtype):
        raise NotImplementedError(
            f"segment_reduce: not implemented for {data.dtype}; convert to a floating dtype first"
        )
    dim = axis_of(axis, data.ndim, "segment_reduce")
    starts, counts = _segments(data, dim, lengths, offsets, unsafe)
    kind, neutral = _REDUCE[reduce]
    shape = counts.shape + tuple(data.shape[dim + 1 :])
    start = neutral if initial is None else float(initial)
    base = wrap(np.full(shape[:dim] + (shape[dim] + 2,) + shape[dim + 1 :], start, data.dtype))
    places = _places(starts, counts, data.shape[dim])
    folded = places.reshape(places.shape + (1,) * (data.ndim - dim - 1))
    spread = wrap(np.ascontiguousarray(np.broadcast_to(folded, data.shape)))
    found = scatter_reduce(base, dim, spread, data, kind).narrow(dim, 1, shape[dim])
    if reduce != "mean":
        return found
    each = counts.reshape(counts.shape + (1,) * (data.ndim - dim - 1)).astype(data.dtype)
    return found / wrap(each if initial is None else np.maximum(each, 1))


def _segments(
    data: Tensor, dim: int, lengths: Tensor | None, offsets: Tensor | None, unsafe: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The begin of the first segment and the lengths of all, of each line; RuntimeError where they do not fit."""
    given, name = (lengths, "lengths") if offsets is None else (offsets, "offsets")
    if given is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined")
    check_tensor(given, "segment_reduce", name)
    if not dtypes.is_integral(given.dtype) or given.dtype == dtypes.bool_:
        raise NotImplementedError(f"segment_reduce: {name} must be int32 or int64, but got {given.dtype}")
    if given.ndim != dim + 1 or tuple(given.shape[:dim]) != tuple(data.shape[:dim]):
        raise RuntimeError(
            f"segment_reduce(): Expected axis to be the last dimension of {name}, shaped as data up to it, but got axis "
            f"{dim} and the shapes {list(given.shape)} and {list(data.shape)}"
        )
    values = given._array.astype(np.int64)
    starts = values[..., :1] if name == "offsets" else np.zeros(values.shape[:-1] + (1,), np.int64)
    counts = np.diff(values) if name == "offsets" else values
    if counts.size and counts.min() < 0:
        what = "contains negative value" if name == "lengths" else "must not decrease"
        raise RuntimeError(f"segment_reduce(): {name} {what}: {values.tolist()}")
    ends = starts[..., 0] + counts.sum(axis=-1)
    if np.any(ends > data.shape[dim]) or (name == "lengths" and not unsafe and np.any(ends != data.shape[dim])):
        raise RuntimeError(
            f"segment_reduce(): Expected all rows of {name} along axis to sum to data.size({dim}), {data.shape[dim]}"
        )
    return starts, counts


def _places(starts: np.ndarray, counts: np.ndarray, size: int) -> np.ndarray:
    """For each element of each line its segment, counted from 1; 0 before the first one and the last after them."""
    bounds = starts + np.concatenate([np.zeros_like(starts), np.cumsum(counts, axis=-1)], axis=-1)
    return (np.arange(size)[:, None] >= bounds[..., None, :]).sum(axis=-1)
