"""What is drawn from a stream for an array in memory of some order, and categories with weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.kernels.stream_arithmetic import multiply_add, narrow
from autograd.kernels.streams import Stream

Array = npt.NDArray[Any]


def in_memory_order(array: Array, draw: Callable[[tuple[int, ...]], Array]) -> Array:
    """``draw(shape)`` as the values for ``array``, handed out in the order of its memory, as PyTorch fills it.

    >>> in_memory_order(np.zeros((2, 2)).T, lambda shape: np.arange(4.0).reshape(shape)).tolist()
    [[0.0, 2.0], [1.0, 3.0]]
    """
    if array.flags.c_contiguous:
        return draw(array.shape)
    order = sorted(range(array.ndim), key=lambda d: -abs(array.strides[d]))
    values = draw(tuple([array.shape[d] for d in order]))
    back = [0] * array.ndim
    for place, dim in enumerate(order):
        back[dim] = place
    return values.transpose(back)


def normals(stream: Stream, array: Array, mean: float, std: float) -> Array:
    """Normal numbers for ``array``: by blocks where it is contiguous, by pairs where not, as PyTorch does.

    >>> normals(Stream(0), np.empty((4, 5), "float32").T, 0.0, 1.0).shape
    (5, 4)
    """
    if array.flags.c_contiguous:
        return stream.normal(array.shape, array.dtype, mean, std)
    return in_memory_order(array, lambda shape: normal_scalar(stream, shape, array.dtype, mean, std))


def normal_scalar(stream: Stream, shape: tuple, dtype: npt.DTypeLike, mean: float = 0.0, std: float = 1.0) -> Array:
    """Normal numbers all by the scheme of pairs, as PyTorch fills memory that is not contiguous.

    >>> z = normal_scalar(Stream(0), (20,), "float32")
    >>> bool((z[:15] == Stream(0).normal(15, "float32")).all())
    True
    """
    if not std >= 0:
        raise RuntimeError(f"normal: expected std >= 0, got std={std}")
    out = np.empty(shape, dtype)
    values = multiply_add(stream._normal_pairs(out.size), np.float64(std), np.float64(mean))
    out.reshape(-1)[:] = narrow(values, out.dtype)
    return out


def choose(stream: Stream, weights: Array, count: int, replacement: bool) -> Array:
    """``count`` categories for each row of weights (rows × categories), as int64.

    With replacement, each is where a ``d53`` falls in the running sum of the row, divided by its total. Without (and for
    one draw) they are the largest of ``weight / exponential``. Source: PyTorch, ``torch.multinomial``; Efraimidis and
    Spirakis, "Weighted random sampling with a reservoir", 2006.

    >>> sorted(choose(Stream(0), np.ones((1, 4)), 4, False)[0].tolist())
    [0, 1, 2, 3]
    """
    if not replacement or count == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            keys = weights / in_memory_order(weights, lambda shape: stream.exponential(shape, weights.dtype))
        if count == 1:
            return np.argmax(keys, axis=-1, keepdims=True)
        return np.ascontiguousarray(np.argsort(-keys, axis=-1, kind="stable")[..., :count])
    sums = np.cumsum(weights, axis=-1, dtype=weights.dtype)
    sums /= sums[:, -1:].copy()
    draws = stream.uniform((len(weights), count), np.float64)
    found = [np.searchsorted(row.astype(np.float64), u, side="left") for row, u in zip(sums, draws, strict=True)]
    return np.minimum(np.array(found, np.int64).reshape(draws.shape), weights.shape[-1] - 1)
