"""Softmax and log-softmax with their gradients, in blocks of rows that stay in cache and that the threads share out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels import threads
from autograd.kernels.blocks import LONG, small_buffers
from autograd.kernels.curves import exp_of_product
from autograd.kernels.dims import one_axis
from autograd.kernels.sums import BLOCK, line_sums, product, sum_

MOST = 2.0**20  # sums of exponentials below it have logarithms so small that float32 leaves them an error of 1e-6
FEW = 2048
_largest: Any = np.maximum.reduce  # called with places, not keywords, where little time is to be spent
_total: Any = np.add.reduce
SHORT = 96  # elements up to which NumPy's reduction of a line is slower than the detour of ``short_lines``
GROUP = 1 << 17  # elements that ``short_lines`` takes at once
LINES = 1 << 17  # elements of a block of whole lines: few calls, and still within the last cache
SLICE = 1 << 22  # elements up to which lines that lie across memory are taken all at once: in rows, not in columns


def softmax(x: Any, dim: int, dtype: Any = None) -> Any:
    """``exp x / Σ exp x`` along ``dim``.

    >>> softmax(np.array([0.0, 0.0]), 0)
    array([0.5, 0.5])
    """
    if dtype is None and _is_small(x, dim):
        distance = x - _largest(x, dim, None, None, True)
        np.exp(distance, distance)
        distance /= _total(distance, dim, None, None, True)
        return distance
    return _forward(x, dim, dtype, "softmax", _softmax_block)


def log_softmax(x: Any, dim: int, dtype: Any = None) -> Any:
    """``x - log Σ exp x`` along ``dim``.

    >>> log_softmax(np.array([0.0, 0.0]), 0)
    array([-0.69314718, -0.69314718])
    """
    if dtype is None and _is_small(x, dim):
        distance = x - _largest(x, dim, None, None, True)
        distance -= np.log(_total(np.exp(distance), dim, None, None, True))
        return distance
    return _forward(x, dim, dtype, "log_softmax", _log_softmax_block)


def _is_small(x: Any, dim: Any) -> bool:
    """Whether the plain formula is the fastest: few elements, and nothing to convert or to complain about."""
    return 0 < x.size <= FEW and x.dtype.char in "fd" and type(dim) is int and -x.ndim <= dim < x.ndim


def softmax_pull(g: Any, out: Any, dim: int) -> Any:
    """``out · (g - Σ g · out)``: the gradient of softmax.

    >>> softmax_pull(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 0)
    array([ 0.25, -0.25])
    """
    return _backward(g, out, dim, _softmax_pull_block)


def log_softmax_pull(g: Any, out: Any, dim: int) -> Any:
    """``g - exp(out) · Σ g``: the gradient of log-softmax.

    >>> log_softmax_pull(np.array([1.0, 0.0]), np.log(np.array([0.5, 0.5])), 0)
    array([ 0.5, -0.5])
    """
    return _backward(g, out, dim, _log_softmax_pull_block)


def _forward(x: Any, dim: int, dtype: Any, name: str, block: Any) -> Any:
    x = np.asarray(x)
    if dtype is not None:
        x = x.astype(dtypes.as_dtype(dtype), copy=False)
    axis = one_axis(dim, x.ndim)
    if not dtypes.is_differentiable(x.dtype):
        raise NotImplementedError(f"{name}: not implemented for {x.dtype}; convert first, or give dtype=")
    if x.dtype.char == "e":
        return _forward(x.astype(np.float32), dim, None, name, block).astype(np.float16)
    folded = _fold(x, axis)
    out = np.empty(folded.shape, x.dtype)
    _share(lambda part: block(folded[part], out[part]), folded.shape)
    return out.reshape(x.shape) if x.ndim else out.reshape(())[()]


def _share(task: Callable[[Any], None], shape: tuple[int, ...]) -> None:
    """``task`` of each block of a folded array, in several threads where there are several."""
    parts = list(_blocks(shape))
    frame = small_buffers if len(shape) == 2 and shape[1] >= LONG else nullcontext

    def piece(start: int, stop: int) -> None:
        with frame():
            for part in parts[start:stop]:
                task(part)

    threads.split(piece, len(parts))


def logsumexp(x: np.ndarray, axis: int) -> np.ndarray:
    """``log Σ exp x`` along ``axis``, kept, of an array that is not empty.

    >>> logsumexp(np.zeros((1, 2)), 1)
    array([[0.69314718]])
    """
    folded = _fold(x, axis)
    out = np.empty(folded.shape[:1] + (1,) + folded.shape[2:], x.dtype)
    for part in _blocks(folded.shape):
        top = _top(folded[part])
        top = np.where(np.isinf(top), np.zeros((), x.dtype), top)
        distance = folded[part] - top
        np.exp(distance, out=distance)
        np.add(np.log(_line_sums(distance)), top, out=out[part[:1] + (slice(None),) + part[2:]])
    return out.reshape(x.shape[:axis] + (1,) + x.shape[axis + 1 :])


def logsumexp_of_few(x: np.ndarray, axis: int) -> np.ndarray:
    """``logsumexp`` where the calls cost more than the numbers: few of them.

    >>> logsumexp_of_few(np.zeros((1, 2)), 1)
    array([[0.69314718]])
    """
    top = _largest(x, axis, None, None, True)
    if not np.isfinite(top).all():
        return logsumexp(x, axis)
    out = np.log(_total(np.exp(x - top), axis, None, None, True))
    out += top
    return out


def _backward(g: Any, out: Any, dim: int, block: Any) -> Any:
    g, out = np.asarray(g), np.asarray(out)
    if out.dtype.char == "e":
        return _backward(g.astype(np.float32), out.astype(np.float32), dim, block).astype(np.float16)
    axis = one_axis(dim, out.ndim)
    grads, results = _fold(g, axis), _fold(out, axis)
    back = np.empty(results.shape, out.dtype)
    _share(lambda part: block(grads[part], results[part], back[part]), results.shape)
    return back.reshape(out.shape) if out.ndim else back.reshape(())[()]


def _fold(x: np.ndarray, axis: int) -> np.ndarray:
    """``x`` as (before, n, after), or (before, n) where nothing comes after."""
    if x.ndim == 0:
        return x.reshape(1, 1)
    if axis == x.ndim - 1:
        return x.reshape(product(x.shape[:axis]), x.shape[axis])
    return x.reshape(product(x.shape[:axis]), x.shape[axis], product(x.shape[axis + 1 :]))


def _blocks(shape: tuple[int, ...]) -> Iterator[Any]:
    """Index tuples that cut a folded shape into pieces that stay in cache, each line whole."""
    before, n = shape[:2]
    if 0 in shape:
        return
    after = shape[2] if len(shape) == 3 else 1
    if n * after <= SLICE or after == 1:
        step = max(1, LINES // (n * after))
        for i in range(0, before, step):
            yield (slice(i, i + step),)
        return
    step = max(128, LINES // n)
    for i in range(before):
        for j in range(0, after, step):
            yield (slice(i, i + 1), slice(None), slice(j, j + step))


def short_lines(ufunc: np.ufunc, x: np.ndarray) -> np.ndarray:
    """``ufunc.reduce(x, axis=1)`` of a matrix: halves of the lines against each other, then the transpose.

    NumPy reduces line by line, which is slow where lines are short: here each step takes many lines at once.

    >>> short_lines(np.maximum, np.array([[1, 7, 3], [4, 2, 5]]))
    array([7, 5])
    """
    if x.size > GROUP and x.shape[0] > 1:
        step = max(1, GROUP // x.shape[1])
        return np.concatenate([short_lines(ufunc, x[i : i + step]) for i in range(0, x.shape[0], step)])
    while x.shape[1] > 16:
        half = x.shape[1] // 2
        rest = x[:, 2 * half :]
        x = ufunc(x[:, :half], x[:, half : 2 * half])
        if rest.shape[1]:
            x[:, :1] = ufunc(x[:, :1], rest)
    return ufunc.reduce(np.ascontiguousarray(x.T), axis=0)


def _top(x: np.ndarray) -> np.ndarray:
    """The largest along axis 1, kept."""
    if x.ndim == 3 or x.shape[1] > SHORT or x.shape[0] < 64:
        return np.maximum.reduce(x, axis=1, keepdims=True)
    return short_lines(np.maximum, x)[:, None]


def _line_sums(x: np.ndarray) -> np.ndarray:
    """The sums along axis 1, kept."""
    if x.ndim == 2 and x.flags.c_contiguous:
        return line_sums(x)[:, None]
    return np.add.reduce(x, axis=1, keepdims=True) if x.shape[1] <= BLOCK else sum_(x, 1, True)


def _softmax_block(x: np.ndarray, out: np.ndarray) -> None:
    np.divide(out, _exponentials(x, out), out=out)


def _exponentials(x: np.ndarray, out: np.ndarray) -> np.ndarray:
    """``exp(x - c)`` in ``out`` with a number c for each line for which neither it nor its sum overflows; the sums.

    c = 0 where that will do.
    """
    if x.size >= FEW:
        exp_of_product(x, 1.0, out)
        sums = _line_sums(out)
        if is_safe(sums):
            return sums
    np.subtract(x, _top(x), out=out)
    exp_of_product(out, 1.0, out)
    return _line_sums(out)


def is_safe(sums: np.ndarray) -> bool:
    """Whether sums of ``exp(x)`` say that there was nothing to shift.

    Beside one above ½, exponentials that have lost digits give results as small as the smallest numbers with all of theirs.

    >>> is_safe(np.array([1.0, 30.0])), is_safe(np.array([1.0, 1e30])), is_safe(np.array([1.0, np.nan]))
    (True, False, False)
    """
    return bool(sums.min() > 0.5 and sums.max() < MOST)  # not where any is NaN


def _log_softmax_block(x: np.ndarray, out: np.ndarray) -> None:
    if x.size >= FEW:
        exp_of_product(x, 1.0, out)
        sums = _line_sums(out)
        if is_safe(sums):
            np.subtract(x, np.log(sums), out=out)
            return
    np.subtract(x, _top(x), out=out)
    np.subtract(out, np.log(_line_sums(np.exp(out))), out=out)


def _softmax_pull_block(g: np.ndarray, out: np.ndarray, back: np.ndarray) -> None:
    if g.ndim == 2 and SHORT < g.shape[1] <= BLOCK:
        shift = np.vecdot(g, out)[:, None]
    else:
        shift = _line_sums(np.multiply(g, out, out=back))
    np.subtract(g, shift, out=back)
    np.multiply(back, out, out=back)


def _log_softmax_pull_block(g: np.ndarray, out: np.ndarray, back: np.ndarray) -> None:
    exp_of_product(out, 1.0, back)
    np.multiply(back, _line_sums(g), out=back)
    np.subtract(g, back, out=back)
