"""Reductions other than sums: products, extremes, norms, truth values. NumPy in, NumPy out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels import softmax, sums
from autograd.kernels.dims import all_axes, count, kept, one_axis
from autograd.kernels.softmax import short_lines

SMALL = 2048  # elements from which a roundabout way pays
WIDE = 256  # elements side by side in a product along a line
FEW = 1 << 14  # up to this many elements a constant is filled in, above it is broadcast
_multiply: Any = np.multiply.reduce


def fill(g: Any, shape: tuple[int, ...], dim: Any = None, keepdim: bool = False) -> np.ndarray:
    """The result ``g`` of a reduction over ``dim`` repeated over the reduced dimensions of ``shape``.

    >>> fill(np.array([1.0, 2.0]), (2, 2), 1)
    array([[1., 1.],
           [2., 2.]])
    """
    if g.ndim == 0:
        if sums.product(shape) > FEW:
            return np.broadcast_to(g, shape)
        out = np.empty(shape, g.dtype)
        out.fill(g)
        return out
    return np.broadcast_to(g if keepdim else g.reshape(kept(shape, dim)), shape)


def nansum(x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The sum over ``dim`` with NaN counted as 0.

    >>> nansum(np.array([1.0, np.nan]))
    np.float64(1.0)
    """
    x = np.asarray(x)
    if dtypes.is_differentiable(x.dtype):
        x = np.where(x == x, x, np.zeros((), x.dtype))  # noqa: PLR0124 - NaN is what differs from itself
    return sums.sum_(x, dim, keepdim, dtype)


def prod(x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The product over one dimension or all; integers are multiplied as int64.

    >>> prod(np.array([2, 3], np.int8))
    np.int64(6)
    """
    x = np.asarray(x)
    axis = None if dim is None else one_axis(dim, x.ndim)
    if x.ndim == 0:
        axis = None
    if dtype is not None:
        x = x.astype(dtypes.as_dtype(dtype), copy=False)
        working = x.dtype
    else:
        working = x.dtype if dtypes.is_differentiable(x.dtype) else dtypes.int64
    if working.char == "e":
        return prod(x.astype(np.float32), dim, keepdim).astype(working)
    x = x.astype(working, copy=False)
    line = x.reshape(-1) if axis is None and x.flags.c_contiguous else x
    if line.size > FEW and (axis is None or axis == x.ndim - 1):
        out = _halved(line)
        return out.reshape((1,) * x.ndim if axis is None else (*x.shape[:-1], 1)) if keepdim else out
    return _multiply(x, axis=axis, dtype=working, keepdims=keepdim)


def _halved(x: np.ndarray) -> Any:
    """The product along the last axis, of many elements at a time: element by element each waits for the one before."""
    n = x.shape[-1]
    lines = x.reshape(-1, n)
    if n >= 2 * WIDE:
        rest = n % WIDE
        parts = _multiply(lines[:, : n - rest].reshape(len(lines), -1, WIDE), axis=1)
        parts[:, :rest] *= lines[:, n - rest :]
        lines = parts
    return short_lines(np.multiply, lines).reshape(x.shape[:-1])[()]


def others(x: np.ndarray, axis: int) -> np.ndarray:
    """For each element along ``axis`` the product of all the others, right with zeros too.

    >>> others(np.array([2.0, 0.0, 3.0]), 0)
    array([0., 6., 0.])
    """
    x = np.moveaxis(x, axis, 0)
    out = np.ones_like(x)
    np.multiply.accumulate(x[:-1], axis=0, out=out[1:])
    out[:-1] *= np.multiply.accumulate(x[:0:-1], axis=0)[::-1]
    return np.moveaxis(out, 0, axis)


# -- extremes -------------------------------------------------------------------------------------------------------


def _extreme_axes(x: np.ndarray, dim: Any, name: str) -> tuple[int, ...]:
    """The axes of a reduction that has no identity; RuntimeError or IndexError where one of them is empty."""
    axes = all_axes(dim, x.ndim)
    if x.size == 0:
        if dim is None or (isinstance(dim, (tuple, list)) and not dim):
            raise RuntimeError(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. "
                "Specify the reduction dim with the 'dim' argument."
            )
        check_not_empty(x, axes, name)
    return axes


def check_not_empty(x: np.ndarray, axes: tuple[int, ...], name: str) -> None:
    """Raise IndexError where a dimension to reduce has size 0."""
    for axis in axes:
        if x.shape[axis] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")


def _along(ufunc: np.ufunc, x: np.ndarray, axes: Any, keepdim: bool) -> Any:
    """``ufunc.reduce``, in a faster way where lines or columns are short and many."""
    if x.size > SMALL and x.ndim > 1 and x.flags.c_contiguous:
        n = x.shape[-1]
        if axes in (x.ndim - 1, (x.ndim - 1,)) and n <= softmax.SHORT:
            out = short_lines(ufunc, x.reshape(-1, n))
            return out.reshape(x.shape[:-1] + (1,) if keepdim else x.shape[:-1])
        if axes in (0, (0,)) and x.ndim == 2 and n <= 32:
            return ufunc.reduce(np.ascontiguousarray(x.T), axis=1).reshape((1, n) if keepdim else (n,))
    return ufunc.reduce(x, axis=axes, keepdims=keepdim)


def amax(x: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The largest over ``dim``; NaN where there is one.

    >>> amax(np.array([[1, 5], [7, 2]]), 1)
    array([5, 7])
    """
    x = np.asarray(x)
    return _along(np.maximum, x, _extreme_axes(x, dim, "amax"), keepdim)


def amin(x: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The smallest over ``dim``; NaN where there is one.

    >>> amin(np.array([[1, 5], [7, 2]]), 1)
    array([1, 2])
    """
    x = np.asarray(x)
    return _along(np.minimum, x, _extreme_axes(x, dim, "amin"), keepdim)


def max_all(x: Any) -> Any:
    """The largest of all elements; NaN where there is one.

    >>> max_all(np.array([1, 5]))
    np.int64(5)
    """
    x = np.asarray(x)
    return np.maximum.reduce(x, axis=_extreme_axes(x, None, "max"))


def min_all(x: Any) -> Any:
    """The smallest of all elements; NaN where there is one.

    >>> min_all(np.array([1, 5]))
    np.int64(1)
    """
    x = np.asarray(x)
    return np.minimum.reduce(x, axis=_extreme_axes(x, None, "min"))


_first_largest, _first_smallest = np.ndarray.argmax, np.ndarray.argmin  # several times faster to call than np.argmax


def _extreme(x: Any, dim: Any, keepdim: bool, name: str, find: Any, best: np.ufunc) -> tuple[Any, Any]:
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if x.ndim == 0:
        return x[()], np.int64(0)
    if x.shape[axis] == 0:
        check_not_empty(x, (axis,), name)
    return _along(best, x, axis, keepdim), find(x, axis, None, keepdims=keepdim)


def max_along(x: Any, dim: Any, keepdim: bool = False) -> tuple[Any, Any]:
    """The largest along ``dim`` and where it stands first; NaN counts as larger than all.

    >>> max_along(np.array([1, 5, 5]), 0)
    (np.int64(5), np.int64(1))
    """
    return _extreme(x, dim, keepdim, "max", _first_largest, np.maximum)


def min_along(x: Any, dim: Any, keepdim: bool = False) -> tuple[Any, Any]:
    """The smallest along ``dim`` and where it stands first; NaN counts as smaller than all.

    >>> min_along(np.array([4, 1, 1]), 0)
    (np.int64(1), np.int64(1))
    """
    return _extreme(x, dim, keepdim, "min", _first_smallest, np.minimum)


def _place(x: Any, dim: Any, keepdim: bool, name: str, find: Any) -> Any:
    x = np.asarray(x)
    axis = None if dim is None else one_axis(dim, x.ndim)
    if x.dtype == dtypes.bool_:
        raise RuntimeError(f"{name}(): does not support bool input")
    if axis is None:
        if x.size == 0:
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
        return find(x, None, None, keepdims=keepdim)
    if x.ndim == 0:
        return np.int64(0)
    if x.shape[axis] == 0:
        check_not_empty(x, (axis,), name)
    return find(x, axis, None, keepdims=keepdim)


def argmax(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The index of the first of the largest along ``dim``, or in the flattened array.

    >>> argmax(np.array([1, 5, 5]))
    np.int64(1)
    """
    return _place(x, dim, keepdim, "argmax", _first_largest)


def argmin(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The index of the first of the smallest along ``dim``, or in the flattened array.

    >>> argmin(np.array([4, 1, 1]))
    np.int64(1)
    """
    return _place(x, dim, keepdim, "argmin", _first_smallest)


# -- truth ----------------------------------------------------------------------------------------------------------


def _truth(x: Any, dim: Any, keepdim: bool, reduce: Any) -> Any:
    x = np.asarray(x)
    axes = () if isinstance(dim, (tuple, list)) and not dim else all_axes(dim, x.ndim)
    out = reduce(x, axis=axes, keepdims=keepdim, dtype=np.bool_)
    return out.astype(np.uint8) if x.dtype == dtypes.uint8 else out


def all_(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether all elements over ``dim`` are true (not 0); bool, but uint8 for uint8.

    >>> all_(np.array([[1, 0], [1, 1]]), 1)
    array([False,  True])
    """
    return _truth(x, dim, keepdim, np.logical_and.reduce)


def any_(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether any element over ``dim`` is true (not 0); bool, but uint8 for uint8.

    >>> any_(np.array([[1, 0], [0, 0]]), 1)
    array([ True, False])
    """
    return _truth(x, dim, keepdim, np.logical_or.reduce)


def count_nonzero(x: Any, dim: Any = None) -> Any:
    """How many elements over ``dim`` are not 0, as int64.

    >>> count_nonzero(np.array([[1, 0], [1, 1]]), 0)
    array([2, 1])
    """
    x = np.asarray(x)
    return np.add.reduce(x != 0, axis=all_axes(dim, x.ndim), dtype=np.int64)


# -- exponentials and norms -----------------------------------------------------------------------------------------


def logsumexp(x: Any, dim: Any, keepdim: bool = False) -> Any:
    """``log Σ exp x`` over ``dim``, computed from the largest element so that nothing overflows.

    >>> logsumexp(np.array([1000.0, 1000.0]), 0)
    np.float64(1000.6931471805599)
    """
    x = np.asarray(x)
    if not dtypes.is_differentiable(x.dtype):
        x = x.astype(dtypes.get_default_dtype())
    if x.dtype.char == "e":
        return logsumexp(x.astype(np.float32), dim, keepdim).astype(np.float16)
    axes = all_axes(dim, x.ndim)
    if len(axes) == 1 and x.size:
        out = softmax.logsumexp_of_few(x, axes[0]) if x.size <= SMALL else softmax.logsumexp(x, axes[0])
        return out if keepdim else sums.drop(out, x.ndim, axes)
    top = np.maximum.reduce(x, axis=axes, keepdims=True, initial=-np.inf)
    top = np.where(np.isinf(top), np.zeros((), x.dtype), top)
    total = np.asarray(sums.sum_(np.exp(x - top), axes, True))
    out = np.log(total) + top
    return out if keepdim else sums.drop(out, x.ndim, axes)


def norm(x: Any, p: float = 2.0, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """``(Σ |x|ᵖ)^(1/p)`` over ``dim``; the largest or smallest ``|x|`` for ±inf, the number of non-zeros for 0.

    >>> norm(np.array([3.0, -4.0])), norm(np.array([3.0, -4.0]), math.inf)
    (np.float64(5.0), np.float64(4.0))
    """
    x = np.asarray(x)
    if p == 2 and dtype is None and not keepdim and x.size <= FEW and x.dtype.char in "fd":
        if dim is None:
            flat = x.reshape(-1)
            return np.sqrt(np.vecdot(flat, flat))
        if type(dim) is int and dim in (-1, x.ndim - 1) and x.ndim:
            return np.sqrt(np.vecdot(x, x))
    if not dtypes.is_differentiable(x.dtype):
        raise RuntimeError(f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {x.dtype}")
    if dtype is not None:
        x = x.astype(dtypes.as_dtype(dtype), copy=False)
    if x.dtype.char == "e":
        return norm(x.astype(np.float32), p, dim, keepdim).astype(np.float16)
    axes = all_axes(dim, x.ndim)
    if (p < 0 or p == math.inf) and count(x.shape, axes) == 0:
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {p} norm over dimensions {axes} of shape {x.shape} "
            "because a dimension is empty and the operation does not have an identity"
        )
    out = np.asarray(_norm(x, p, axes))
    return (out if x.ndim else out[()]) if keepdim else sums.drop(out, x.ndim, axes)


def _norm(x: np.ndarray, p: float, axes: tuple[int, ...]) -> Any:
    if p == 2:
        return np.sqrt(sums.sum_squares(x, axes))
    if p == 0:
        return sums.sum_((x != 0).astype(x.dtype), axes, True)
    size = np.abs(x)
    if p == 1:
        return sums.sum_(size, axes, True)
    if p == math.inf:
        return np.maximum.reduce(size, axis=axes, keepdims=True)
    if p == -math.inf:
        return np.minimum.reduce(size, axis=axes, keepdims=True)
    return np.power(sums.sum_(np.power(size, p), axes, True), 1.0 / p)
