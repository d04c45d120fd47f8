"""Scans: cumulative sums, products, extremes, and the first-order recurrence that their gradients are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels.dims import one_axis
from autograd.kernels.sums import product

# Rounding errors add up along a scan, so floats are accumulated in the next wider dtype, as PyTorch does.
BLOCK = 32
FEW = 2048  # elements from which a roundabout way pays
SAFE = 40.0  # sums of exp(±SAFE) are far from the ends of float32
PIECE = 1 << 17  # elements that stay in cache with what is made of them
SERIAL = 1 << 19  # multiplications in a matrix product that BLAS does in one thread
WIDER = {"e": np.float32, "f": np.float64, "d": np.float64}


def _accumulate(x: Any, dim: Any, dtype: Any, ufunc: np.ufunc, reverse: bool = False) -> Any:
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if dtype is not None:
        target = dtypes.as_dtype(dtype)
        x = x.astype(target, copy=False)
    else:
        target = x.dtype if dtypes.is_differentiable(x.dtype) else dtypes.int64
    if x.ndim == 0:
        return x.astype(target)[()]
    if target == dtypes.bool_:
        raise NotImplementedError("cumulative sums and products are not implemented for bool")
    wide = WIDER.get(target.char, target)
    n, before, after = x.shape[axis], product(x.shape[:axis]), product(x.shape[axis + 1 :])
    if ufunc is np.add and target.char in "fd" and (n >= 4 * BLOCK or (1 < n <= BLOCK and before >= 64)):
        if after == 1:
            found = _sums_by_product(x.reshape(before, n), reverse)
            if found is not None:
                return found.reshape(x.shape)
        elif before * after < 128 and x.size >= FEW:  # few long lines across memory: turned along it
            turned = np.ascontiguousarray(np.moveaxis(x, axis, -1))
            return np.ascontiguousarray(np.moveaxis(_accumulate(turned, -1, None, ufunc, reverse), -1, axis))
    out = np.empty(x.shape, target)
    given, into = (np.flip(x, axis), np.flip(out, axis)) if reverse else (x, out)
    if after == 1 and before >= 128 and 1 < n <= 64:  # short lines: all of them a step at a time
        lines = np.empty((n, before), target)
        _step_by_step(np.ascontiguousarray(given.reshape(before, n).T), lines, 0, wide, ufunc)
        into[...] = lines.T.reshape(x.shape)
    elif before * after >= 128 and after >= 8 and n > 0:
        _step_by_step(given, into, axis, wide, ufunc)
    else:
        into[...] = ufunc.accumulate(given, axis=axis, dtype=wide)
    return out


def _step_by_step(x: np.ndarray, out: np.ndarray, axis: int, wide: Any, ufunc: np.ufunc) -> None:
    """Accumulation of many lines at once, several times faster than NumPy's, which takes one after the other."""
    given, into = x.swapaxes(0, axis), out.swapaxes(0, axis)
    total = given[0].astype(wide)
    into[0] = total
    for part, row in zip(given[1:], into[1:], strict=True):
        ufunc(total, part, out=total)
        row[...] = total


def _sums_by_product(x: np.ndarray, reverse: bool) -> np.ndarray | None:
    """Cumulative sums of lines, in pieces that stay in cache; None where a total is not finite (see ``_piece``)."""
    before, n = x.shape
    width = min(n, BLOCK)
    ones = np.ones((width, width), x.dtype)
    triangle = np.tril(ones) if reverse else np.triu(ones)
    out = np.empty(x.shape, x.dtype)
    if n <= BLOCK:
        step = max(1, SERIAL // n**2)
        for i in range(0, before, step):
            np.matmul(x[i : i + step], triangle, out=out[i : i + step])
        return out if np.isfinite(out[:, 0 if reverse else -1]).all() else None
    lines, length = max(1, PIECE // n), min(n, PIECE - PIECE % width)
    for i in range(0, before, lines):
        carry: Any = np.zeros((len(x[i : i + lines]), 1))
        for j in range(0, n, length):
            along = slice(max(n - j - length, 0), n - j) if reverse else slice(j, j + length)
            carry = _piece(x[i : i + lines, along], out[i : i + lines, along], triangle, carry, reverse)
            if carry is None:
                return None
    return out


def _piece(x: np.ndarray, out: np.ndarray, triangle: np.ndarray, carry: np.ndarray, reverse: bool) -> np.ndarray | None:
    """Cumulative sums from ``carry`` on, written to ``out``: within blocks by a triangular matrix, then their totals.

    Returns the last sums; None where one is not finite, for the infinity times the zeros of that matrix would be NaN.
    """
    lines, n = x.shape
    width = len(triangle)
    rest = n % width  # what is left over comes last: at the end, or in reverse at the beginning
    body, edge = (slice(rest, n), slice(rest)) if reverse else (slice(n - rest), slice(n - rest, n))
    turn = -1 if reverse else 1
    if n == rest:
        sums = np.empty((lines, 0), x.dtype)
    else:
        given = x[:, body].reshape(-1, width)
        sums = np.empty(given.shape, x.dtype)
        step = max(1, SERIAL // width**2)
        for i in range(0, len(given), step):
            np.matmul(given[i : i + step], triangle, out=sums[i : i + step])
    ends = sums.reshape(lines, -1, width)[:, ::turn, 0 if reverse else -1]
    totals = np.concatenate([carry, ends], axis=1)
    np.add.accumulate(totals, axis=1, out=totals)
    if not np.isfinite(totals[:, -1]).all():
        return None
    offsets = totals[:, :-1][:, ::turn].astype(x.dtype)
    sums = sums.reshape(lines, -1)
    np.add(sums, np.repeat(offsets.reshape(-1), width).reshape(sums.shape), out=out[:, body])
    if not rest:
        return totals[:, -1:]
    last = np.add.accumulate(x[:, edge][:, ::turn], axis=1, dtype=np.float64) + totals[:, -1:]
    out[:, edge][:, ::turn] = last
    return last[:, -1:]


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
    return _accumulate(x, dim, None, np.add, True)


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
        return logcumsumexp(x.astype(np.float32), dim).astype(np.float16)
    if x.size >= FEW and x.max() < SAFE and x.min() > -SAFE:  # exp neither overflows nor underflows
        sums = cumsum(np.exp(x), axis)
        return np.log(sums, out=sums)
    return np.logaddexp.accumulate(x, axis=axis)


def _cumulative_extreme(x: Any, dim: int, ufunc: np.ufunc) -> tuple[Any, Any]:
    x = np.asarray(x)
    axis = one_axis(dim, x.ndim)
    if x.ndim == 0:
        return x[()], np.int64(0)
    n, before = x.shape[axis], product(x.shape[:axis])
    if before >= 128 and 1 < n <= 64 and x.size == before * n:  # short lines: all of them a step at a time
        steps = _cumulative_extreme(np.ascontiguousarray(x.reshape(before, n).T), 0, ufunc)
        values, indices = (np.ascontiguousarray(part.T).reshape(x.shape) for part in steps)
        return values, indices
    values = _running(ufunc, x, axis)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    found = x == values
    if dtypes.is_differentiable(x.dtype):
        found |= x != x  # noqa: PLR0124 - NaN is what differs from itself
    indices = found * np.arange(x.shape[axis]).reshape(shape)
    return values, _running(np.maximum, indices, axis)


def _running(ufunc: np.ufunc, x: np.ndarray, axis: int) -> np.ndarray:
    """``ufunc.accumulate`` in the dtype of ``x``; many lines at once where they lie side by side."""
    if product(x.shape[axis + 1 :]) < 8 or x.size < FEW or x.size < 128 * x.shape[axis]:
        return ufunc.accumulate(x, axis=axis)
    out = np.empty(x.shape, x.dtype)
    given, into = x.swapaxes(0, axis), out.swapaxes(0, axis)
    into[0] = given[0]
    for k in range(1, len(given)):
        ufunc(into[k - 1], given[k], out=into[k])
    return out


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
