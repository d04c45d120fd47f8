"""Front ends of sorting and selection: overloads and named tuples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes, return_types
from autograd.api.export import export
from autograd.api.reduce import axis_of, check_tensor, one_spelling
from autograd.op import Op, registry
from autograd.ops import sort as ops
from autograd.ops.shape import permute, reshape
from autograd.tensor import Tensor

# -- one element of each line ---------------------------------------------------------------------------------------


def _median(name: str, all_op: Op, along: Op, result: Any) -> Callable:
    def call(
        input: Tensor,
        dim: int | None = None,
        keepdim: bool | None = None,
        *,
        axis: int | None = None,
        keepdims: bool | None = None,
        out: Any = None,
    ) -> Any:
        dim = one_spelling(name, "dim", dim, "axis", axis)
        keepdim = one_spelling(name, "keepdim", keepdim, "keepdims", keepdims)
        if dim is None:
            if keepdim is not None:
                raise TypeError(f"{name}() missing required argument 'dim', which keepdim goes with")
            return all_op.function(input, out=out)
        return result(*along.function(input, dim, bool(keepdim), out=out))

    call.__name__ = call.__qualname__ = name
    export(name)(call)
    return call


median = _median("median", ops.median_all, ops.median, return_types.median)
median.__doc__ = """The median of all elements, or along ``dim`` as a named tuple ``values, indices``. As ``torch.median``.

    Of an even number the lower of the two in the middle; NaN where there is one. The gradient goes to the selected
    element (of all: evenly to those equal to it). Raises IndexError for a dimension out of range or empty.

    >>> import autograd
    >>> autograd.median(autograd.tensor([3.0, 1.0, 2.0, 4.0]))
    tensor(2.)
    """
nanmedian = _median("nanmedian", ops.nanmedian_all, ops.nanmedian, return_types.nanmedian)
nanmedian.__doc__ = """As ``median`` of what is not NaN; NaN where nothing else is. As ``torch.nanmedian``.

    >>> import autograd
    >>> autograd.nanmedian(autograd.tensor([3.0, float("nan"), 2.0]))
    tensor(2.)
    """


@export()
def mode(
    input: Tensor,
    dim: int = -1,
    keepdim: bool = False,
    *,
    axis: int | None = None,
    keepdims: bool | None = None,
    out: Any = None,
) -> Any:
    """The most frequent element along ``dim``, the smallest of those, and where it stands last: ``values, indices``.

    Raises IndexError for a dimension out of range or empty. As ``torch.mode``.

    >>> import autograd
    >>> autograd.mode(autograd.tensor([3, 1, 2, 1, 3])).values
    tensor(1)
    """
    dim, keepdim = dim if axis is None else axis, keepdim if keepdims is None else keepdims
    return return_types.mode(*ops.mode.function(input, dim, bool(keepdim), out=out))


@export()
def kthvalue(
    input: Tensor,
    k: int,
    dim: int = -1,
    keepdim: bool = False,
    *,
    axis: int | None = None,
    keepdims: bool | None = None,
    out: Any = None,
) -> Any:
    """The ``k``-th smallest along ``dim`` (1 is the smallest), and where it stands: ``values, indices``.

    Among equal elements it is the one that a stable sort puts there, which may be another than PyTorch's. Raises
    RuntimeError for a ``k`` out of range, IndexError for a dimension out of range. As ``torch.kthvalue``.

    >>> import autograd
    >>> autograd.kthvalue(autograd.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    dim, keepdim = dim if axis is None else axis, keepdim if keepdims is None else keepdims
    return return_types.kthvalue(*ops.kthvalue.function(input, k, dim, bool(keepdim), out=out))


# -- order ----------------------------------------------------------------------------------------------------------


@export()
def sort(
    input: Tensor,
    dim: int = -1,
    descending: bool = False,
    *,
    stable: bool | None = False,
    axis: int | None = None,
    out: Any = None,
) -> Any:
    """The elements sorted along ``dim``, and where each stood: a named tuple ``values, indices``. As ``torch.sort``.

    Equal elements keep their order where ``stable``. NaN is larger than any number. The gradient of each element goes
    back to its old place. Raises IndexError for a dimension out of range.

    >>> import autograd
    >>> values, indices = autograd.sort(autograd.tensor([3.0, 1.0, 2.0]), descending=True)
    >>> values, indices
    (tensor([3., 2., 1.]), tensor([0, 2, 1]))
    """
    dim = dim if axis is None else axis
    return return_types.sort(*ops.sort.function(input, dim, bool(descending), bool(stable), out=out))


@export()
def argsort(
    input: Tensor,
    dim: int = -1,
    descending: bool = False,
    *,
    stable: bool = False,
    axis: int | None = None,
    out: Any = None,
) -> Tensor:
    """The indices (int64) that sort along ``dim``; equal elements keep their order where ``stable``. As ``torch.argsort``.

    >>> import autograd
    >>> autograd.argsort(autograd.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    return ops.argsort.function(input, dim if axis is None else axis, bool(descending), bool(stable), out=out)


@export()
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements sorted along the first dimension, without the indices. As ``torch.msort``.

    >>> import autograd
    >>> autograd.msort(autograd.tensor([[3.0, 1.0], [2.0, 4.0]]))
    tensor([[2., 1.],
            [3., 4.]])
    """
    if out is None:
        return ops.sort.function(input, 0)[0]
    return ops.sort.function(input, 0, out=(out, ops.argsort.function(input, 0)))[0]


@export()
def topk(
    input: Tensor,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,
    *,
    axis: int | None = None,
    out: Any = None,
) -> Any:
    """The ``k`` largest (or smallest) along ``dim``, and where they stand: a named tuple ``values, indices``.

    They come in order, with or without ``sorted``; of equal ones the first. Raises RuntimeError for a ``k`` out of
    range and for bool, IndexError for a dimension out of range. As ``torch.topk``.

    >>> import autograd
    >>> autograd.topk(autograd.tensor([3.0, 1.0, 2.0]), 2)
    autograd.return_types.topk(
    values=tensor([3., 2.]),
    indices=tensor([0, 2]))
    """
    dim = dim if axis is None else axis
    return return_types.topk(*ops.topk.function(input, k, dim, bool(largest), bool(sorted), out=out))


# -- quantiles ------------------------------------------------------------------------------------------------------

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(name: str, skip: bool) -> Callable:
    def call(
        input: Tensor,
        q: Any,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
        axis: int | None = None,
        keepdims: bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor:
        dim = one_spelling(name, "dim", dim, "axis", axis)
        keepdim = bool(one_spelling(name, "keepdim", keepdim, "keepdims", keepdims))
        q = _checked(name, input, q, interpolation)
        ndim = input.ndim
        moved = reshape.function(input, (-1,)) if dim is None else input
        line = 0 if dim is None else axis_of(dim, ndim, name)
        moved = moved if moved.ndim else reshape.function(moved, (1,))
        ranked = ops.sort.function(moved, line)[0]
        result = _between(ranked, q, line, interpolation, skip)  # the quantiles in the place of the line
        shape = [1] * ndim if dim is None else list(input.shape)
        if keepdim:
            shape[line : line + 1] = [1] * bool(ndim)
        else:
            shape = [] if dim is None else shape[:line] + shape[line + 1 :]
        if q.ndim:
            order = (line, *(i for i in range(result.ndim) if i != line))
            result = permute.function(result, order)
            shape = [q.shape[0], *shape]
        result = reshape.function(result, tuple(shape))
        if out is not None:
            from autograd.out import copy_back  # noqa: PLC0415 - rare

            copy_back(result, out, name, (input, q))
            return out
        return result

    call.__name__ = call.__qualname__ = name
    export(name)(call)
    return call


def _checked(name: str, input: Tensor, q: Any, interpolation: str) -> Tensor:
    """``q`` as a Tensor; RuntimeError where something does not fit."""
    check_tensor(input, name)
    if input.dtype not in (dtypes.float32, dtypes.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype, but got {input.dtype}")
    if input.numel() == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty, but got shape {tuple(input.shape)}")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q}")
        return Tensor(np.asarray(q, input.dtype), dtype=input.dtype)
    if q.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor, but got shape {tuple(q.shape)}")
    if q.dtype is not input.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor, but got {q.dtype}")
    if q.numel() and not bool(((q._array >= 0) & (q._array <= 1)).all()):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    return q


def _between(ranked: Tensor, q: Tensor, line: int, interpolation: str, skip: bool) -> Tensor:
    """The quantiles ``q`` of lines sorted along ``line``, which they replace."""
    sizes = ranked.shape
    values = ranked._array
    missing = values != values  # noqa: PLR0124 - NaN is what differs from itself, and is sorted to the end
    lines = tuple([1 if i == line else n for i, n in enumerate(sizes)])
    ranks = reshape.function(q, tuple([q.numel() if i == line else 1 for i in range(len(sizes))]))
    if skip:
        last = np.maximum(sizes[line] - missing.sum(axis=line, keepdims=True) - 1, 0).astype(values.dtype)
        ranks = ranks * Tensor(last, dtype=values.dtype)
        start = ranks._array
    else:
        ranks = ranks * (sizes[line] - 1) + Tensor(np.zeros(lines, values.dtype), dtype=values.dtype)
        # Where there is a NaN the result is the last element: NaN.
        start = np.where(missing.any(axis=line, keepdims=True), np.asarray(sizes[line] - 1, values.dtype), ranks._array)
    if interpolation in {"lower", "higher", "nearest"}:
        rounded = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}[interpolation](start)
        return ops.take_along.function(ranked, Tensor(rounded.astype(np.int64), dtype=np.int64), line)
    floor = np.floor(start)
    below = ops.take_along.function(ranked, Tensor(floor.astype(np.int64), dtype=np.int64), line)
    above = ops.take_along.function(ranked, Tensor(np.ceil(start).astype(np.int64), dtype=np.int64), line)
    if interpolation == "midpoint":
        return above - (above - below) * 0.5
    weight = ranks - Tensor(np.floor(ranks._array), dtype=values.dtype)
    low = weight._array < 0.5  # from the nearer of the two, as PyTorch's lerp goes
    nearer = registry["where"].function(Tensor(low, dtype=low.dtype), below, above)
    return nearer + (above - below) * (weight - Tensor((~low).astype(values.dtype), dtype=values.dtype))


quantile = _quantile("quantile", False)
quantile.__doc__ = """The ``q``-th quantiles (0 to 1) of all elements or along ``dim``. As ``torch.quantile``.

    ``q`` is a number or a tensor of them, whose dimension then comes first in the result. Between two elements
    ``interpolation`` is "linear", "lower", "higher", "midpoint" or "nearest". NaN where there is one. Raises RuntimeError
    for ``q`` out of range, for an empty input, and for dtypes other than float32 and float64.

    >>> import autograd
    >>> autograd.quantile(autograd.tensor([1.0, 2.0, 4.0]), 0.75)
    tensor(3.)
    """
nanquantile = _quantile("nanquantile", True)
nanquantile.__doc__ = """As ``quantile`` of what is not NaN; NaN where nothing else is. As ``torch.nanquantile``.

    >>> import autograd
    >>> autograd.nanquantile(autograd.tensor([1.0, float("nan"), 3.0]), 0.5)
    tensor(2.)
    """
