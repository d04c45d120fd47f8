"""Sums that are fast and accurate along any dimensions, and what is made of them.

``np.add.reduce`` adds pairwise only along the innermost axis; along others it adds row to row, and its rounding error
grows with the number of rows. Here contiguous floats are multiplied by ones in blocks, which BLAS does at the speed of
memory, and the blocks' sums are added again: fewer roundings one after the other, and up to 10 times faster. No single
product is so large that BLAS would share it out to threads: waiting for one on a busy machine costs milliseconds.
float16 is summed in float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels import threads
from autograd.kernels.dims import all_axes, count

BLOCK = 4096  # elements added one after the other at most
SMALL = 1 << 14  # below this many elements the call costs more than the sum
SERIAL = 1 << 13  # elements up to which BLAS multiplies a matrix by a vector in one thread
CHUNK = 1 << 15  # elements of a temporary that stays in cache
SHARE = 1 << 19  # elements whose sum is worth a thread
ONES = {char: np.ones(BLOCK, char) for char in "fd"}
_reduce: Any = np.add.reduce


def sum_(x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The sum over ``dim``; integers are summed as int64.

    >>> sum_(np.array([[1, 2], [3, 4]], np.int8), 0)
    array([4, 6])
    """
    if dtype is None and x.size < SMALL and x.dtype.char in "fd" and (dim is None or x.ndim):
        try:
            if dim != ():
                return _reduce(x, dim, None, None, keepdim)
        except (TypeError, ValueError):  # an odd dim: the careful way either understands it or says what is wrong
            pass
    return _careful_sum(np.asarray(x), dim, keepdim, dtype)


def _careful_sum(x: np.ndarray, dim: Any, keepdim: bool, dtype: Any) -> Any:
    if type(dim) is int and dim == 0 and dtype is None and _few_lines(x):  # as for the gradient of a bias
        return _reduce(x, 0, None, None, keepdim)
    axes = all_axes(dim, x.ndim)
    if dtype is not None:
        dtype = dtypes.as_dtype(dtype)
        x = x.astype(dtype, copy=False)
    elif not dtypes.is_differentiable(x.dtype):
        dtype = dtypes.int64
    if x.dtype.char in "eE":  # float16 and bfloat16
        return _round(sum_(x.astype(np.float32), axes, keepdim), x.dtype)
    if x.dtype.char not in "fd" or x.size < SMALL or not axes:
        return _reduce(x, axes, dtype, None, keepdim)
    return _fast_sum(x, axes, keepdim)


def _few_lines(x: np.ndarray) -> bool:
    """Whether adding line to line is fast and accurate: a matrix of floats with few, long lines."""
    return (
        x.ndim == 2 and x.dtype.char in "fd" and x.shape[0] <= BLOCK // 4 and x.shape[1] >= 64 and x.flags.c_contiguous
    )


def _round(x: Any, dtype: Any) -> Any:
    """``x`` in a narrower dtype."""
    return x.astype(dtype)


def _fast_sum(x: np.ndarray, axes: tuple[int, ...], keepdim: bool) -> Any:
    """The sum of many floats: groups of adjacent dimensions, the last group first."""
    shape = x.shape
    if not x.flags.c_contiguous:
        if 0 in x.strides:  # broadcast: a copy would cost the memory that the broadcast saved
            return _reduce(x, axes, None, None, keepdim)
        x, axes, order = _in_memory_order(x, axes)
    else:
        order = None
    sizes = x.shape
    remaining = sorted(axes)
    while remaining:
        last = first = remaining.pop()
        while remaining and remaining[-1] == first - 1:
            first = remaining.pop()
        before, n, after = product(sizes[:first]), product(sizes[first : last + 1]), product(sizes[last + 1 :])
        x = _sum_middle(x.reshape(before, n, after), before, n, after)
        sizes = sizes[:first] + (1,) * (last + 1 - first) + sizes[last + 1 :]
    if order is not None:
        x = x.reshape(sizes).transpose(np.argsort(order))
        sizes = x.shape
    if keepdim:
        return x.reshape(sizes)
    reduced = set(axes) if order is None else {order[a] for a in axes}
    return x.reshape([n for i, n in enumerate(shape) if i not in reduced])[()]


def _in_memory_order(x: np.ndarray, axes: tuple[int, ...]) -> tuple[np.ndarray, tuple[int, ...], list[int]]:
    """``x`` with its dimensions in the order of memory (copied where that is not enough), and ``axes`` to match."""
    order = sorted(range(x.ndim), key=lambda i: -abs(x.strides[i]))
    return np.ascontiguousarray(x.transpose(order)), tuple([order.index(a) for a in axes]), order


def product(sizes: tuple[int, ...]) -> int:
    """The product of sizes.

    >>> product((2, 3))
    6
    """
    total = 1
    for n in sizes:
        total *= n
    return total


def _sum_middle(x: np.ndarray, before: int, n: int, after: int) -> np.ndarray:
    """The sum of a contiguous (before, n, after) array over ``n``, as (before, after)."""
    if x.size == 0 or n == 1 or n * after < 8:
        return _reduce(x, 1)
    if after == 1:
        return line_sums(x.reshape(before, n)).reshape(before, 1)
    ones = ONES[x.dtype.char]
    rows = BLOCK // 4 if after >= 64 else SERIAL // after
    if n <= rows:
        if after >= 64 or n * after < 64:
            return _reduce(x, 1)
        return np.matmul(ones[:n], x)
    whole = n // rows
    head = x[:, : whole * rows].reshape(before, whole, rows, after)
    parts = _reduce(head, 2) if after >= 64 else np.matmul(ones[:rows], head)
    total = _sum_middle(parts, before, whole, after)
    if whole * rows < n:
        total = total + _reduce(x[:, whole * rows :], 1)
    return total


def line_sums(x: np.ndarray) -> np.ndarray:
    """The sums of the rows of a matrix of floats whose rows are contiguous.

    >>> line_sums(np.ones((2, 3)))
    array([3., 3.])
    """
    lines, n = x.shape
    ones = ONES[x.dtype.char]
    if n > BLOCK:
        whole = n // BLOCK
        parts = _times_ones(x[:, : whole * BLOCK].reshape(lines, whole, BLOCK), ones)
        total = line_sums(parts)
        return total + _reduce(x[:, whole * BLOCK :], 1) if whole * BLOCK < n else total
    if n >= 64 or not n:
        return _times_ones(x, ones[:n])
    if x.size <= SERIAL or not x.flags.c_contiguous:
        return x @ ones[:n]
    rows = SERIAL // n
    whole = lines // rows
    out = np.empty(lines, x.dtype)
    np.matmul(x[: whole * rows].reshape(whole, rows, n), ones[:n], out=out[: whole * rows].reshape(whole, rows))
    np.matmul(x[whole * rows :], ones[:n], out=out[whole * rows :])
    return out


def _times_ones(x: np.ndarray, ones: np.ndarray) -> np.ndarray:
    """The sums of the lines of ``x``, lines shared out over the threads; each is added the same way by any thread."""
    if x.size < 2 * SHARE:
        return np.vecdot(x, ones)
    if x.ndim == 3:
        return _times_ones(x.reshape(-1, x.shape[2]), ones).reshape(x.shape[:2])
    out = np.empty(x.shape[:-1], x.dtype)
    lines = max(1, SHARE * x.shape[0] // x.size)
    threads.split(
        lambda start, stop: np.vecdot(x[start:stop], ones, out=out[start:stop]), x.shape[0], lines, blas=False
    )
    return out


def mean(x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The arithmetic mean over ``dim``.

    >>> mean(np.array([1.0, 2.0]))
    np.float64(1.5)
    """
    if dtype is None and x.size < SMALL and x.dtype.char in "fd" and dim is None:
        return _reduce(x, None, None, None, keepdim) / max(x.size, 1) if x.size else _mean(np.asarray(x), dim, keepdim)
    target = x.dtype if dtype is None else dtypes.as_dtype(dtype)
    if not dtypes.is_differentiable(target):
        which = "Input dtype" if dtype is None else "Optional dtype"
        raise RuntimeError(
            f"mean(): could not infer output dtype. {which} must be either a floating point or complex dtype. "
            f"Got: {target}"
        )
    return _mean(np.asarray(x).astype(target, copy=False), dim, keepdim)


def _mean(x: np.ndarray, dim: Any, keepdim: bool) -> Any:
    n = count(x.shape, dim)
    if x.dtype.char == "e":
        return _round(_mean(x.astype(np.float32), dim, keepdim), np.float16)
    total = sum_(x, dim, keepdim)
    return total / n if n else np.divide(total, np.zeros((), x.dtype))


def sum_squares(x: np.ndarray, axes: tuple[int, ...], average: np.ndarray | None = None) -> np.ndarray:
    """The sum of the squares over ``axes``, kept as 1, of ``x`` or of its distance from ``average``."""
    adjacent = axes and sorted(axes) == list(range(min(axes), max(axes) + 1))
    if not adjacent or not x.flags.c_contiguous or x.size == 0:
        distance = x if average is None else x - average
        return sum_(distance * distance, axes, True)
    first, last = min(axes), max(axes) + 1
    before, n, after = product(x.shape[:first]), product(x.shape[first:last]), product(x.shape[last:])
    folded = x.reshape(before, n, after)
    middle = None if average is None else average.reshape(before, 1, after)
    if n * after <= CHUNK:
        step = max(1, CHUNK // (n * after))
        parts = [_squares(folded, middle, slice(i, i + step), slice(None)) for i in range(0, before, step)]
        total = parts[0] if len(parts) == 1 else np.concatenate(parts)
    else:
        step = max(1, CHUNK // after)
        rows = [
            _reduce([_squares(folded, middle, slice(i, i + 1), slice(j, j + step)) for j in range(0, n, step)], 0)
            for i in range(before)
        ]
        total = rows[0] if before == 1 else np.concatenate(rows)
    return total.reshape(x.shape[:first] + (1,) * (last - first) + x.shape[last:])


def _squares(x: np.ndarray, average: np.ndarray | None, outer: slice, inner: slice) -> np.ndarray:
    """The sums of squares of one block that fits in cache, as (outer, after)."""
    block = x[outer, inner]
    if average is not None:
        block = block - average[outer]
        if x.shape[2] > 1:
            block *= block
    elif x.shape[2] > 1:
        block = block * block
    if x.shape[2] == 1:
        lines = block[:, :, 0]
        if lines.shape[1] < 64 and lines.shape[0] > 64:  # short lines: by a product with ones
            return line_sums(lines * lines)[:, None]
        return np.vecdot(lines, lines)[:, None]
    return _sum_middle(block, *block.shape).reshape(block.shape[0], block.shape[2])


def variance(x: Any, dim: Any = None, correction: float = 1, keepdim: bool = False) -> tuple[Any, Any]:
    """The variance over ``dim``, divided by ``n - correction``, and the mean; in two passes.

    >>> variance(np.array([1.0, 3.0]))
    (np.float64(2.0), np.float64(2.0))
    """
    x = np.asarray(x)
    if x.size < SMALL and x.dtype.char in "fd" and (dim is None or (type(dim) is int and x.ndim)):
        return _small_variance(x, dim, correction, keepdim)
    if x.dtype.char == "e":
        var, average = variance(x.astype(np.float32), dim, correction, keepdim)
        return _round(var, np.float16), _round(average, np.float16)
    axes = all_axes(dim, x.ndim)
    average = _mean(x, axes, True)
    free = max(count(x.shape, dim) - correction, 0)
    total = sum_squares(x, axes, average)
    var = total / free if free else np.divide(total, np.zeros((), x.dtype))
    return (var, average) if keepdim else (drop(var, x.ndim, dim), drop(average, x.ndim, dim))


def _small_variance(x: np.ndarray, dim: int | None, correction: float, keepdim: bool) -> tuple[Any, Any]:
    """``variance`` where the calls cost more than the numbers: few of them."""
    n = count(x.shape, dim)
    average = _reduce(x, dim, None, None, True)
    average = average / n if n else np.divide(average, np.zeros((), x.dtype))
    distance = x - average
    total = _reduce(distance * distance, dim, None, None, keepdim)
    free = n - correction
    var = total / free if free > 0 else np.divide(total, np.zeros((), x.dtype))
    return var, average if keepdim else average.reshape(var.shape)[()]


def drop(result: Any, ndim: int, dim: Any) -> Any:
    """A result with kept dimensions without them."""
    if not ndim:
        return result[()]
    axes = all_axes(dim, ndim)
    return result.reshape([n for i, n in enumerate(result.shape) if i not in axes])[()]
