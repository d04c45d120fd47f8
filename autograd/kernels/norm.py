"""Normalisation of rows (layer and RMS norm) and its gradients, and what all normalisations share.

The mean and the variance of a row come from two dot products; where the mean is far from 0 beside the spread, that
would lose digits, and the row is centred first. What is multiplied with each element, ``rstd · weight`` and the like, is
a product of a column and a row: BLAS makes such a matrix of rank 2 faster than NumPy broadcasts.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.blocks import LONG, small_buffers
from autograd.kernels.sums import BLOCK, line_sums

CHUNK = 1 << 17  # elements of a block: larger ones leave the cache, with smaller ones the calls begin to count
STRIDE = 1 << 19  # elements whose means and the like are computed together
GRAIN = 1 << 15  # elements that are worth a thread
FEW = 1 << 16  # elements up to which calls cost more than passes over memory
FAR = 8.0  # how many times the variance the square of the mean may be before sums of squares lose too many digits
_reduce: Any = np.add.reduce


def dots(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The sums of ``x · y`` along the last dimension, of few roundings one after the other.

    >>> dots(np.ones((2, 3)), np.ones((2, 3)))
    array([3., 3.])
    """
    n = x.shape[-1]
    if n < 64:
        return np.matmul(x * y, np.ones(n, x.dtype))
    if n <= BLOCK:
        return np.vecdot(x, y)
    whole = n // BLOCK * BLOCK
    shape = (*x.shape[:-1], n // BLOCK, BLOCK)
    total = _reduce(np.vecdot(x[..., :whole].reshape(shape), y[..., :whole].reshape(shape)), -1)
    return total + np.vecdot(x[..., whole:], y[..., whole:]) if whole < n else total


def totals(x: np.ndarray) -> np.ndarray:
    """The sums along the last dimension.

    >>> totals(np.ones((2, 3)))
    array([3., 3.])
    """
    if x.ndim == 2:
        return line_sums(x) if x.flags.c_contiguous else dots(x, np.ones_like(x))
    n = x.shape[-1]
    if n <= BLOCK:
        ones = np.ones(n, x.dtype)
        return np.matmul(x, ones) if n < 64 else np.vecdot(x, ones)
    return dots(x, np.broadcast_to(np.ones(1, x.dtype), x.shape))


def good(mean: np.ndarray, var: np.ndarray) -> bool:
    """Whether variances that come from sums of squares are accurate: none overflowed, no mean far from 0.

    >>> good(np.array([1.0]), np.array([1.0]))
    True
    """
    return bool(((mean * mean <= FAR * var) & (var < np.inf)).all())


def pair(one: Any, two: Any, rows: int, dtype: Any) -> np.ndarray:
    """Two columns beside each other; a number fills its column."""
    made = np.empty((rows, 2), dtype)
    made[:, 0], made[:, 1] = one, two
    return made


def widened(*arrays: Any) -> list:
    """Contiguous arrays, in float32 where they are float16; None stays."""
    return [
        None if a is None else np.ascontiguousarray(a, np.float32 if a.dtype.char == "e" else a.dtype) for a in arrays
    ]


def inverse_root(var: np.ndarray, eps: float) -> np.ndarray:
    """``1 / √(var + eps)``.

    >>> inverse_root(np.array([3.0]), 1.0)
    array([0.5])
    """
    root = np.sqrt(var + eps)
    return np.divide(1, root, out=root)


# -- forward ------------------------------------------------------------------------------------------------------------


def row_norm(
    x: np.ndarray, weight: Any, bias: Any, eps: float, center: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``(x - mean) · rstd · weight + bias`` of each row, the mean and ``rstd``; without ``center`` the mean is 0.

    ``x`` is (rows, n), contiguous, float32 or float64.

    >>> row_norm(np.array([[1.0, 3.0]]), None, None, 0.0)[0]
    array([[-1.,  1.]])
    """
    rows, n = x.shape
    if 0 < x.size <= FEW and center:
        return _few_rows(x, weight, bias, eps)
    out = np.empty(x.shape, x.dtype)
    means, rstds = np.zeros(rows, x.dtype), np.empty(rows, x.dtype)
    if not n:
        rstds.fill(np.nan)
        return out, means, rstds
    step = max(1, CHUNK // n)

    def task(start: int, stop: int) -> None:
        frame = (_Tiles if n >= LONG else _Pairs)(weight, bias, center, (min(step, stop - start), n), x.dtype)
        with small_buffers() if n >= LONG else nullcontext():
            for first in range(start, stop, stride):
                last = min(first + stride, stop)
                mean, rstd = row_moments(x[first:last], eps, center)
                means[first:last], rstds[first:last] = mean, rstd
                frame.start(rstd, mean)
                for i in range(first, last, step):
                    frame.apply(x[i : min(i + step, last)], out[i : min(i + step, last)], i - first)

    stride = max(1, STRIDE // CHUNK) * step
    threads.split(task, rows, max(1, GRAIN // n))
    return out, means, rstds


def _few_rows(x: np.ndarray, weight: Any, bias: Any, eps: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``row_norm`` in as few calls as there can be."""
    n = x.shape[1]
    mean = _reduce(x, 1, None, None, True) if n < 64 else line_sums(x)[:, None]
    mean /= n
    out = x - mean
    rstd = _reduce(out * out, 1, None, None, True) if n < 64 else dots(out, out)[:, None]
    rstd /= n
    rstd += eps
    np.sqrt(rstd, rstd)
    np.divide(1, rstd, rstd)
    out *= rstd
    if weight is not None:
        out *= weight
    if bias is not None:
        out += bias
    return out, mean[:, 0], rstd[:, 0]


def row_moments(x: np.ndarray, eps: float, center: bool) -> tuple[Any, np.ndarray]:
    """The mean (0 without ``center``) and ``rstd`` of each row."""
    n = x.shape[1]
    var = dots(x, x)
    var /= n
    if not center:
        if not (var < np.inf).all():
            wide = x.astype(np.float64)  # their squares may be too large for float32
            return 0, inverse_root(dots(wide, wide) / n, eps).astype(x.dtype)
        return 0, inverse_root(var, eps)
    mean = line_sums(x)
    mean /= n
    var -= mean * mean
    if not good(mean, var):
        distance = x - mean[:, None]
        rest = line_sums(distance) / n  # what the rounding of the mean has left
        var = np.maximum(dots(distance, distance) / n - rest * rest, 0)
        mean += rest
    return mean, inverse_root(var, eps)


class _Tiles:
    """Long rows, blocks of ``shape``: numbers of the rows by broadcasting, weight and bias repeated for a whole block."""

    __slots__ = ("bias", "center", "lower", "rstd", "weight")

    def __init__(self, weight: Any, bias: Any, center: bool, shape: tuple, dtype: Any) -> None:
        self.weight, self.bias = (None if row is None else tiled(row, shape) for row in (weight, bias))
        self.center = center
        self.rstd: Any = None
        self.lower: Any = None

    def start(self, rstd: np.ndarray, mean: Any) -> None:
        """Take the numbers of the rows of the blocks that come."""
        self.rstd, self.lower = rstd[:, None], None if not self.center else (-mean * rstd)[:, None]

    def apply(self, x: np.ndarray, out: np.ndarray, first: int) -> None:
        """Normalise the block ``x``, whose first row has the numbers at ``first``."""
        rows = x.shape[0]
        np.multiply(x, self.rstd[first : first + rows], out)
        if self.center:
            np.add(out, self.lower[first : first + rows], out)
        if self.weight is not None:
            np.multiply(out, self.weight[:rows], out)
        if self.bias is not None:
            np.add(out, self.bias[:rows], out)


class _Pairs:
    """Short rows: what a block is multiplied with, and what is added, as products of two columns and two rows."""

    __slots__ = ("buffer", "dtype", "left", "rstd", "scale", "shift", "shifts")

    def __init__(self, weight: Any, bias: Any, center: bool, shape: tuple, dtype: Any) -> None:
        self.scale, self.shift = np.zeros((2, shape[1]), dtype), np.zeros((2, shape[1]), dtype)
        self.scale[0] = self.shift[0] = 1 if weight is None else weight
        if bias is not None:
            self.shift[1] = bias
        self.buffer, self.dtype, self.shifts = np.empty(shape, dtype), dtype, center or bias is not None
        self.rstd: Any = None
        self.left: Any = None

    def start(self, rstd: np.ndarray, mean: Any) -> None:
        """Take the numbers of the rows of the blocks that come."""
        self.rstd, self.left = pair(rstd, 0, len(rstd), self.dtype), pair(-mean * rstd, 1, len(rstd), self.dtype)

    def apply(self, x: np.ndarray, out: np.ndarray, first: int) -> None:
        """Normalise the block ``x``, whose first row has the numbers at ``first``."""
        rows = x.shape[0]
        buffer = self.buffer[:rows]
        np.matmul(self.rstd[first : first + rows], self.scale, buffer)
        np.multiply(x, buffer, out)
        if self.shifts:
            np.matmul(self.left[first : first + rows], self.shift, buffer)
            np.add(out, buffer, out)


def tiled(row: np.ndarray, shape: tuple) -> np.ndarray:
    """``row`` in each row of a matrix."""
    made = np.empty(shape, row.dtype)
    made[...] = row
    return made


# -- backward -----------------------------------------------------------------------------------------------------------


def row_norm_pull(
    g: np.ndarray, x: np.ndarray, weight: Any, mean: np.ndarray, rstd: np.ndarray, center: bool, needs: tuple
) -> tuple[Any, Any, Any]:
    """The gradients of ``row_norm`` with respect to ``x``, the weight and the bias; None where not needed.

    With a = g · weight and h = (x - mean) · rstd the first is ``rstd · (a - avg a - h · avg(a · h))``.

    >>> row_norm_pull(np.array([[1.0, 2.0]]), np.array([[1.0, 3.0]]), None, np.array([2.0]), np.array([1.0]), True,
    ...     (False, False, True))[2]
    array([1., 2.])
    """
    rows, n = x.shape
    if 0 < x.size <= FEW:
        return _few_rows_pull(g, x, weight, mean, rstd, center, needs)
    out = np.empty(x.shape, x.dtype) if needs[0] else None
    if not x.size:
        nothing = [np.zeros(n, x.dtype) if need else None for need in needs[1:]]
        return out, nothing[0], nothing[1]
    if center and (np.abs(mean) * rstd > FAR).any():
        x, mean = x - mean[:, None], np.zeros_like(mean)
    pull = _RowPull(g, x, weight, mean, rstd, center, needs, out)
    threads.split(pull, rows, max(1, GRAIN // n))
    found: list[Any] = [out, None, None]
    for i in (1, 2):
        if needs[i]:
            parts = [pull.parts[start][i - 1] for start in sorted(pull.parts)]
            found[i] = parts[0] if len(parts) == 1 else _reduce(parts, 0)
    return found[0], found[1], found[2]


def _few_rows_pull(
    g: np.ndarray, x: np.ndarray, weight: Any, mean: np.ndarray, rstd: np.ndarray, center: bool, needs: tuple
) -> tuple[Any, Any, Any]:
    """``row_norm_pull`` in as few calls as there can be."""
    n, rstd = x.shape[1], rstd[:, None]
    h = x - mean[:, None] if center else x.copy()
    h *= rstd
    found: list[Any] = [None, None, None]
    if needs[1]:
        found[1] = _reduce(g * h, 0)
    if needs[2]:
        found[2] = _reduce(g, 0)
    if needs[0]:
        a = g.copy() if weight is None else g * weight
        average = _reduce(a * h, 1, None, None, True) if n < 64 else dots(a, h)[:, None]
        average /= n
        h *= average
        if center:
            average = _reduce(a, 1, None, None, True) if n < 64 else line_sums(a)[:, None]
            average /= n
            a -= average
        a -= h
        a *= rstd
        found[0] = a
    return found[0], found[1], found[2]


class _RowPull:
    """The backward pass over a range of rows; the sums for weight and bias wait in ``parts`` by the first row."""

    def __init__(self, g: Any, x: Any, weight: Any, mean: Any, rstd: Any, center: bool, needs: tuple, out: Any) -> None:
        self.g, self.x, self.weight, self.mean, self.rstd = g, x, weight, mean, rstd
        self.center, self.needs, self.out = center, needs, out
        self.n = x.shape[1]
        self.step = max(1, CHUNK // self.n)
        self.parts: dict[int, tuple] = {}

    def __call__(self, start: int, stop: int) -> None:
        n, step, dtype = self.n, self.step, self.x.dtype
        stride = max(1, STRIDE // CHUNK) * step
        shape = (min(step, stop - start), n)
        sums, buffer = np.zeros((2, n), dtype), np.empty(shape, dtype)
        with small_buffers() if n >= LONG else nullcontext():
            columns = _Columns(self.weight, buffer) if self.needs[0] else None
            for first in range(start, stop, stride):
                last = min(first + stride, stop)
                blocks = [slice(i, min(i + step, last)) for i in range(first, last, step)]
                averages = [self._sums(block, buffer, sums) for block in blocks]
                if columns is not None:
                    along, across = (np.concatenate(part) for part in zip(*averages, strict=True))
                    columns.start(*self._factors(slice(first, last), along, across))
                    for i, block in enumerate(blocks):
                        columns.combine(self.g[block], self.x[block], self.out[block], i * step)
        self.parts[start] = (sums[0], sums[1])

    def _sums(self, block: slice, buffer: np.ndarray, sums: np.ndarray) -> tuple:
        """Add to the sums for weight and bias; the sums of a and of a · x over each row."""
        g, x = self.g[block], self.x[block]
        rows = g.shape[0]
        along = across = product = None
        if self.needs[1] or (self.needs[0] and self.weight is not None):
            product = np.multiply(g, x, buffer[:rows])
        if self.needs[0]:
            across = dots(g, x) if self.weight is None else product @ self.weight
            along = across
            if self.center:
                along = line_sums(g) if self.weight is None else g @ self.weight
        if self.needs[1]:
            rstd = self.rstd[block]
            sums[0] += rstd @ product
            if self.center:
                found = pair(-self.mean[block] * rstd, 1, rows, g.dtype).T @ g
                sums[0] += found[0]
                sums[1] += found[1]
        if self.needs[2] and not (self.needs[1] and self.center):
            sums[1] += np.ones(rows, g.dtype) @ g
        return along, across

    def _factors(self, part: slice, along: np.ndarray, across: np.ndarray) -> tuple:
        """What g · weight and x of each row are multiplied with, and what is added."""
        rstd, mean = self.rstd[part], self.mean[part]
        if self.center:
            across = across - mean * along
        slope = across * rstd * rstd * rstd
        slope /= -self.n
        return rstd, slope, (-mean * slope - rstd * along / self.n) if self.center else None


class _Columns:
    """Numbers of rows by which blocks are combined: by broadcasting where rows are long, else as products of rank 2."""

    def __init__(self, weight: Any, buffer: np.ndarray) -> None:
        n = buffer.shape[1]
        self.buffer, self.long, self.weight = buffer, n >= LONG, None
        self.columns: list[Any] = []
        if self.long:
            self.weight = None if weight is None else tiled(weight, buffer.shape)
        else:
            self.ones = self.scale = np.ones((2, n), buffer.dtype)
            if weight is not None:
                self.scale = np.ones((2, n), buffer.dtype)
                self.scale[0] = weight

    def start(self, *columns: Any) -> None:
        """Take the numbers of the rows of the blocks that come."""
        rows, dtype = len(columns[0]), self.buffer.dtype
        if self.long:
            self.columns = [None if c is None else c[:, None] for c in columns]
        else:
            self.columns = [None if c is None else pair(c, 0, rows, dtype) for c in columns]

    def combine(self, g: np.ndarray, x: np.ndarray, out: np.ndarray, first: int) -> None:
        """``rstd · weight · g + slope · x + shift`` into ``out``."""
        rows = g.shape[0]
        buffer = self.buffer[:rows]
        rstd, slope, shift = (None if c is None else c[first : first + rows] for c in self.columns)
        if self.long:
            np.multiply(g, rstd, out)  # type: ignore[arg-type]
            if self.weight is not None:
                np.multiply(out, self.weight[:rows], out)
            np.multiply(x, slope, buffer)  # type: ignore[arg-type]
            if shift is not None:
                np.add(buffer, shift, buffer)
            np.add(out, buffer, out)
            return
        np.matmul(rstd, self.scale, buffer)  # type: ignore[arg-type]
        np.multiply(g, buffer, out)
        np.matmul(slope, self.ones, buffer)  # type: ignore[arg-type]
        np.multiply(x, buffer, buffer)
        np.add(out, buffer, out)
        if shift is not None:
            np.matmul(shift, self.ones, buffer)
            np.add(out, buffer, out)
