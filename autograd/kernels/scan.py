"""Scans: cumulative sums, products, extremes, and the first-order recurrence that their gradients are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels.dims import one_axis
from autograd.kernels.sums import product, sum_

# Rounding errors add up along a scan, so floats are accumulated in the next wider dtype, as PyTorch does.
BLOCK = 32
WIDER = {"e": np.float32, "f": np.float64, "d": np.float64}


def _accumulate(x: Any, dim: Any, dtype: Any, ufunc: np.ufunc) -> Any:
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if dtype is not None:
        target = dtypes.as_dtype(dtype)
        x = x.astype(target, copy=False)
    else:
        target = x.dtype if dtypes.is_differentiable(x.dtype) else dtypes.int64
    if x.ndim == 0:
        return x.astype(target)[()]
    wide = WIDER.get(target.char, target)
    n, before, after = x.shape[axis], product(x.shape[:axis]), product(x.shape[axis + 1 :])
    if after == 1 and before >= 128 and 1 < n <= 64:  # short lines: all of them a step at a time
        lines = _row_by_row(np.ascontiguousarray(x.reshape(before, n).T), 0, wide, target, ufunc)
        return np.ascontiguousarray(lines.T).reshape(x.shape)
    if after >= 128 and before <= 16 and n > 0:
        return _row_by_row(x, axis, wide, target, ufunc)
    if ufunc is np.add and after == 1 and n >= 4 * BLOCK and target.char in "fd" and np.isfinite(sum_(x)):
        return _blocked_sums(x.astype(target, copy=False).reshape(before, n)).reshape(x.shape)
    return ufunc.accumulate(x, axis=axis, dtype=wide).astype(target, copy=False)


def _row_by_row(x: np.ndarray, axis: int, wide: Any, target: np.dtype, ufunc: np.ufunc) -> np.ndarray:
    """Accumulation along an outer axis with long rows, several times faster than NumPy's."""
    out = np.empty(x.shape, target)
    for place in np.ndindex(x.shape[:axis]):
        total = x[place][0].astype(wide)
        out[place][0] = total
        for row, given in zip(out[place][1:], x[place][1:], strict=True):
            ufunc(total, given, out=total)
            row[...] = total
    return out


def _blocked_sums(x: np.ndarray) -> np.ndarray:
    """Cumulative sums of finite lines: within blocks by a triangular matrix, and the blocks' totals added before them.

    (An infinity times the zeros of that matrix would be NaN: hence finite.)
    """
    before, n = x.shape
    whole = n // BLOCK
    out = np.empty(x.shape, x.dtype)
    blocks = out[:, : whole * BLOCK].reshape(before, whole, BLOCK)
    triangle = np.triu(np.ones((BLOCK, BLOCK), x.dtype))
    given = x[:, : whole * BLOCK].reshape(before, whole, BLOCK)
    for i in range(0, whole, 128):  # each product small enough for one thread
        np.matmul(given[:, i : i + 128], triangle, out=blocks[:, i : i + 128])
    if whole * BLOCK < n:
        np.add.accumulate(x[:, whole * BLOCK :], axis=1, out=out[:, whole * BLOCK :])
    totals = np.add.accumulate(blocks[:, :, -1], axis=1, dtype=np.float64).astype(x.dtype)
    blocks[:, 1:] += totals[:, :-1, None]
    out[:, whole * BLOCK :] += totals[:, -1:]
    return out


def cumsum(x: Any, dim: int, dtype: Any = None) -> Any:
    """The sums of the elements up to each one along ``dim``; integers as int64.

    >>> cumsum(np.array([1, 2, 3]), 0)
    array([1, 3, 6])
    """
    return _accumulate(x, dim, dtype, np.add)


def cumsum_back(x: Any, dim: int) -> Any:
    """The sums of the elements from each one on along ``dim``.

    >>> cumsum_back(np.array([1, 2, 3]), 0)
    array([6, 5, 3])
    """
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    return cumsum(np.flip(x, axis), axis)[_reversed(axis)] if x.ndim else x[()]


def _reversed(axis: int) -> tuple:
    return (slice(None),) * axis + (slice(None, None, -1),)


def cumprod(x: Any, dim: int, dtype: Any = None) -> Any:
    """The products of the elements up to each one along ``dim``; integers as int64.

    >>> cumprod(np.array([1, 2, 3]), 0)
    array([1, 2, 6])
    """
    return _accumulate(x, dim, dtype, np.multiply)


def logcumsumexp(x: Any, dim: int) -> Any:
    """``log Σ exp x`` of the elements up to each one along ``dim``.

    >>> logcumsumexp(np.array([0.0, 0.0]), 0)
    array([0.        , 0.69314718])
    """
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if not dtypes.is_differentiable(x.dtype):
        raise NotImplementedError(f"logcumsumexp: not implemented for {x.dtype}; convert to a floating dtype first")
    if x.ndim == 0:
        return x[()]
    if x.dtype.char == "e":
        return np.logaddexp.accumulate(x.astype(np.float32), axis=axis).astype(np.float16)
    return np.logaddexp.accumulate(x, axis=axis)


def _cumulative_extreme(x: Any, dim: int, ufunc: np.ufunc) -> tuple[Any, Any]:
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if x.ndim == 0:
        return x[()], np.int64(0)
    values = ufunc.accumulate(x, axis=axis)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    found = (x == values) | (x != x)  # noqa: PLR0124 - NaN is what differs from itself
    indices = np.where(found, np.arange(x.shape[axis]).reshape(shape), 0)
    return values, np.maximum.accumulate(indices, axis=axis)


def cummax(x: Any, dim: int) -> tuple[Any, Any]:
    """The largest up to each element along ``dim``, and where it stands last; NaN from the first NaN on.

    >>> cummax(np.array([1, 3, 2]), 0)
    (array([1, 3, 3]), array([0, 1, 1]))
    """
    return _cumulative_extreme(x, dim, np.maximum)


def cummin(x: Any, dim: int) -> tuple[Any, Any]:
    """The smallest up to each element along ``dim``, and where it stands last; NaN from the first NaN on.

    >>> cummin(np.array([3, 1, 2]), 0)
    (array([3, 1, 1]), array([0, 1, 1]))
    """
    return _cumulative_extreme(x, dim, np.minimum)


def shift(x: Any, dim: int, by: int) -> Any:
    """The elements moved by ``by`` (1 or -1) places along ``dim``, 0 where none comes from.

    >>> shift(np.array([1, 2, 3]), 0, 1), shift(np.array([1, 2, 3]), 0, -1)
    (array([0, 1, 2]), array([2, 3, 0]))
    """
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    out = np.zeros(x.shape, x.dtype)
    if x.ndim == 0:
        return out[()]
    before = (slice(None),) * axis
    if by > 0:
        out[(*before, slice(1, None))] = x[(*before, slice(None, -1))]
    else:
        out[(*before, slice(None, -1))] = x[(*before, slice(1, None))]
    return out


def recurrence(b: Any, a: Any, dim: int, reverse: bool) -> Any:
    """``y[k] = b[k] + a[k] · y[k-1]`` along ``dim`` (``y[k+1]`` in reverse), with nothing before the first.

    >>> recurrence(np.ones(3), np.full(3, 2.0), 0, False)
    array([1., 3., 7.])
    """
    b, a = np.asarray(b), np.asarray(a)
    axis = one_axis(dim, b.ndim)
    if b.ndim == 0:
        return b[()]
    out = np.array(b, order="C")
    rows, factors = np.moveaxis(out, axis, 0), np.moveaxis(a, axis, 0)
    n = len(rows)
    for k in range(n - 2, -1, -1) if reverse else range(1, n):
        rows[k] += factors[k] * rows[k + 1 if reverse else k - 1]
    return out
