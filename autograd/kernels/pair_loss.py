"""Losses between tensors, each in as few passes over the arrays as it takes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.blocks import constant, large, over
from autograd.kernels.curves import exp_of_product, hold
from autograd.kernels.loss import check_reduction, reduced
from autograd.kernels.sums import SERIAL

FEW = 128  # numbers up to which one slow call costs less than several fast ones
STEP = 1 << 16  # numbers of a block
LARGE = 4096  # numbers from which NumPy's maximum with a number costs more than zeros to compare with


def _total(terms: Any, reduction: str, *arrays: Any) -> Any:
    """``terms(*arrays)`` reduced; for large arrays of one shape block by block, so that no temporary leaves the cache."""
    if not _many(reduction, *arrays):
        return reduced(terms(*arrays), reduction)
    check_reduction(reduction)
    return _by_blocks(lambda *parts: np.add.reduce(terms(*parts)), reduction, *arrays)


def _many(reduction: str, *arrays: Any) -> bool:
    """Whether a loss is to be summed block by block."""
    x = arrays[0]
    if reduction == "none" or x.size <= STEP or x.dtype.char not in "fd":
        return False
    return all(a.shape == x.shape and a.flags.c_contiguous for a in arrays)


def _by_blocks(part: Any, reduction: str, *arrays: Any) -> Any:
    """The sum (or mean) of ``part(*blocks)``. The blocks, and so the result, are the same for any number of threads."""
    x = arrays[0]
    flat = [a.reshape(-1) for a in arrays]
    sums = np.empty(-(-x.size // STEP))

    def piece(first: int, last: int) -> None:
        for i in range(first, last):
            sums[i] = part(*[a[i * STEP : (i + 1) * STEP] for a in flat])

    threads.split(piece, len(sums), 2, blas=False)
    total = np.add.reduce(sums)
    return x.dtype.type(total / x.size if reduction == "mean" else total)


def mse(x: np.ndarray, y: np.ndarray, reduction: str) -> Any:
    """Squared differences, reduced.

    >>> float(mse(np.array([1.0, 3.0]), np.array([1.0, 1.0]), "mean"))
    2.0
    """
    check_reduction(reduction)
    if _many(reduction, x, y):
        return _by_blocks(lambda x, y: _squares(x - y), reduction, x, y)
    d = np.asarray(x - y)
    if reduction == "none" or d.dtype.char not in "fd" or not d.ndim:
        return reduced((d * d)[()], reduction)
    found = _squares(d.ravel("K"))
    return found / d.size if reduction == "mean" else found


def _squares(d: np.ndarray) -> Any:
    """The sum of the squares of a vector."""
    return _dot(d, d)


def _dot(a: np.ndarray, b: np.ndarray) -> Any:
    """The product of two vectors, by products so short that BLAS keeps them in one thread."""
    if a.size <= SERIAL:
        return np.dot(a, b)
    whole = a.size // SERIAL * SERIAL
    lines = np.vecdot(a[:whole].reshape(-1, SERIAL), b[:whole].reshape(-1, SERIAL))
    return np.add.reduce(lines) + np.dot(a[whole:], b[whole:])


def l1(x: np.ndarray, y: np.ndarray, reduction: str) -> Any:
    """Absolute differences, reduced."""
    return _total(lambda x, y: np.abs(x - y), reduction, x, y)


def smooth_l1(x: np.ndarray, y: np.ndarray, reduction: str, beta: float) -> Any:
    """Squared near zero, absolute from ``beta`` on, continuous with its slope."""
    if beta == 0:
        return l1(x, y, reduction)
    if _many(reduction, x, y):
        return _by_blocks(lambda x, y: _clipped(x, y, beta) / beta, reduction, x, y)

    def terms(x: Any, y: Any) -> Any:
        size, near = _near(x, y, beta)
        size -= near
        near *= near
        near *= 0.5 / beta
        near += size
        return near

    return _total(terms, reduction, x, y)


def huber(x: np.ndarray, y: np.ndarray, reduction: str, delta: float) -> Any:
    """Half the square near zero, linear with slope ``delta`` from there on."""
    if _many(reduction, x, y):
        return _by_blocks(lambda x, y: _clipped(x, y, delta), reduction, x, y)

    def terms(x: Any, y: Any) -> Any:
        size, near = _near(x, y, delta)
        size -= near * 0.5
        size *= near
        return size

    return _total(terms, reduction, x, y)


def _near(x: Any, y: Any, limit: float) -> tuple[Any, Any]:
    """The absolute differences, and the part of each that is not beyond ``limit``."""
    size = np.abs(x - y)
    return size, np.minimum(size, limit) if size.size < LARGE else size.clip(-math.inf, limit)


def _clipped(x: Any, y: Any, limit: float) -> Any:
    """The sum of ``near · (|x − y| − near / 2)`` of vectors, with ``near`` the part of ``|x − y|`` within ``limit``."""
    d = x - y
    near = np.empty_like(d)
    hold(d, -limit, limit, near)
    return _dot(near, d) - 0.5 * _dot(near, near)


def clipped_grad(g: Any, x: np.ndarray, y: np.ndarray, reduction: str, limit: float, factor: float) -> np.ndarray:
    """``factor`` times the difference held within ``limit``, scaled: the gradient of ``huber`` and ``smooth_l1``.

    >>> clipped_grad(np.float64(1), np.array([0.5, 9.0]), np.zeros(2), "sum", 1.0, 2.0)
    array([1., 2.])
    """
    if reduction == "none":
        return np.clip(x - y, -limit, limit) * (g * factor)
    scale = x.dtype.type(g * factor / x.size if reduction == "mean" else g * factor)

    def kernel(x: Any, y: Any, out: Any, rows: Any) -> None:
        np.subtract(x, y, out=out)
        hold(out, -limit, limit, out)
        np.multiply(out, scale, out=out)

    return over(kernel, 0, x, y)


def bce(x: np.ndarray, y: np.ndarray, weight: Any, reduction: str) -> Any:
    """Cross-entropy of probabilities ``x`` with ``y``, the logarithms held above −100."""
    for name, values in (("input", x), ("target", y)):
        if values.size and not (np.min(values) >= 0 and np.max(values) <= 1):  # NaN fails too
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")

    def terms(x: Any, y: Any, *weights: Any) -> Any:
        losses = (y - 1) * np.maximum(np.log1p(-x), -100) - y * np.maximum(np.log(x), -100)
        return losses * weights[0] if weights else losses

    return _total(terms, reduction, x, y, *(() if weight is None else (weight,)))


def bce_with_logits(x: np.ndarray, y: np.ndarray, weight: Any, pos_weight: Any, reduction: str) -> Any:
    """Cross-entropy of ``sigmoid(x)`` with ``y`` without overflow: x − xy + log(1 + e^−x), the last in its stable form."""
    if weight is None and pos_weight is None:
        found = _total(_logits_terms, reduction, x, y)
        if np.isfinite(found).all():
            return found  # else the sum below, which for infinite logits gives the numbers that PyTorch has
    tail = np.log1p(np.exp(-np.abs(x))) - np.minimum(x, 0)  # log(1 + exp(-x))
    if pos_weight is not None:
        tail = ((pos_weight - 1) * y + 1) * tail
    losses = (1 - y) * x + tail
    return reduced(losses if weight is None else losses * weight, reduction)


def _logits_terms(x: Any, y: Any) -> Any:
    """``max(x, 0) − xy + log(1 + exp(−|x|))``."""
    if x.size <= FEW:
        return np.logaddexp(0, x) - x * y
    tail = np.asarray(np.abs(x))
    np.negative(tail, out=tail)
    np.exp(tail, out=tail)
    np.log1p(tail, out=tail)
    tail = np.add(tail, np.maximum(x, 0) if x.size < LARGE else np.maximum(x, _zeros(x)))
    return np.subtract(tail, x * y, out=tail if tail.ndim else None)


def _zeros(x: np.ndarray) -> np.ndarray:
    """As many zeros: NumPy's maximum of two arrays is several times faster than that of an array and a number."""
    row = constant(0.0, x.dtype)
    return row[: x.size].reshape(x.shape) if x.size <= row.size else np.zeros(x.shape, x.dtype)


def bce_with_logits_grad(g: Any, x: np.ndarray, y: np.ndarray, reduction: str) -> np.ndarray:
    """The gradient of ``bce_with_logits`` without weights with respect to ``x``: ``sigmoid(x) − y``, scaled.

    >>> bce_with_logits_grad(np.float64(1), np.zeros(2), np.ones(2), "mean")
    array([-0.25, -0.25])
    """
    if reduction == "none":
        return (1 / (np.exp(-x) + 1) - y) * g
    scale = x.dtype.type(g / x.size if reduction == "mean" else g)

    def kernel(x: Any, y: Any, out: Any, rows: Any) -> None:
        exp_of_product(x, -1.0, out)
        np.add(out, 1.0, out=out)
        np.divide(1.0, out, out=out)
        np.subtract(out, y, out=out)
        np.multiply(out, scale, out=out)

    if large(x, y):
        return over(kernel, 0, x, y)
    out = np.empty(x.shape, x.dtype)
    kernel(x, y, out, ())
    return out


def mse_grad(g: Any, x: np.ndarray, y: np.ndarray, reduction: str) -> np.ndarray:
    """The gradient of ``mse`` with respect to ``x``: ``2 (x − y)``, scaled.

    >>> mse_grad(np.float64(1), np.ones(2), np.zeros(2), "mean")
    array([1., 1.])
    """
    if reduction == "none":
        return (x - y) * (g * 2)
    scale = x.dtype.type(g * 2 / x.size if reduction == "mean" else g * 2)

    def kernel(x: Any, y: Any, out: Any, rows: Any) -> None:
        np.subtract(x, y, out=out)
        np.multiply(out, scale, out=out)

    if large(x, y):
        return over(kernel, 0, x, y)
    out = np.empty(x.shape, x.dtype)
    kernel(x, y, out, ())
    return out


def straight(g: Any, x: Any, y: Any) -> bool:
    """Whether these are NumPy's arrays of floats of one shape and dtype, as ``bce_with_logits_grad`` takes them.

    >>> straight(np.float32(1), np.ones(2, np.float32), np.zeros(2, np.float32))
    True
    """
    return (
        type(x) is np.ndarray
        and type(y) is np.ndarray
        and x.shape == y.shape
        and x.dtype is y.dtype
        and x.dtype.char in "fd"
        and isinstance(g, (np.ndarray, np.generic))
    )


def kl_div(x: np.ndarray, y: np.ndarray, reduction: str, log_target: bool) -> Any:
    """``y (log y − x)``, or ``e^y (y − x)`` for a target in logarithms, reduced."""
    if log_target:
        return _total(lambda x, y: np.exp(y) * (y - x), reduction, x, y)
    return _total(lambda x, y: np.where(y == 0, y, y * np.log(y)) - y * x, reduction, x, y)
