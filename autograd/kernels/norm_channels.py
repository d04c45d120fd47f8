"""Normalisation by channel (batch, instance and group norm) and its gradients.

All of them see the input as (units, lines, n): a unit is what shares a mean and a variance, a line has one weight. For
batch norm a unit is a channel and its lines are the examples (a view, not a copy), for group norm a unit is a group of
an example and its lines are the channels. Each line gives two dot products, and the rest is arithmetic on few numbers.
Batch norm of lines too short for that adds up whole rows instead.
"""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.blocks import LONG, small_buffers
from autograd.kernels.norm import CHUNK, FAR, FEW, GRAIN, STRIDE, dots, good, inverse_root, pair, totals

SHORT = 64  # lines below this are not worth a dot product each
_reduce: Any = np.add.reduce


def _buffers(long: bool) -> Any:
    return small_buffers() if long else nullcontext()


# -- units of lines -----------------------------------------------------------------------------------------------------


class Lines:
    """Arrays seen as (units, lines, n), and the blocks of units in which they are worked on.

    ``spread`` says that the lines of several units stand beside each other in memory, as channels do.
    """

    def __init__(self, shape: tuple[int, ...], spread: bool) -> None:
        self.units, self.lines, self.n = shape
        self.size = self.lines * self.n
        self.long = self.n >= LONG
        self.spread = spread and not self.long
        least = min(self.units, -(-LONG // self.n)) if self.spread else 1
        self.step, self.grain = max(least, CHUNK // self.size), max(least, GRAIN // self.size)
        self.stride = max(1, STRIDE // (self.step * self.size)) * self.step

    def run(self, task: Any) -> None:
        """Call ``task(units)`` for slices of units, several at a time."""

        def piece(start: int, stop: int) -> None:
            with _buffers(self.long or self.spread):
                for i in range(start, stop, self.stride):
                    task(slice(i, min(i + self.stride, stop)))

        threads.split(piece, self.units, self.grain)

    def blocks(self, part: slice) -> list[slice]:
        """The blocks of a slice of units."""
        return [slice(i, min(i + self.step, part.stop)) for i in range(part.start, part.stop, self.step)]

    def flat(self, block: np.ndarray) -> np.ndarray:
        """A block as the matrix in which ``factor`` is to be broadcast."""
        if self.spread:
            return block.transpose(1, 0, 2).reshape(self.lines, -1)
        return block if self.long else block.reshape(-1, self.n)

    def factor(self, values: np.ndarray) -> np.ndarray:
        """Numbers of units (or of lines) of a block, to be broadcast against ``flat``, or as large as that."""
        if self.spread:
            return np.repeat(values, self.n)
        if self.long:
            return values[:, :, None]
        rows = np.broadcast_to(values, (len(values), self.lines)).reshape(-1)
        return np.matmul(pair(rows, 0, len(rows), rows.dtype), np.ones((2, self.n), rows.dtype))


def unit_norm(
    x: np.ndarray, out: np.ndarray, weight: Any, bias: Any, eps: float, spread: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalise each unit of ``x`` into ``out``; its mean, variance (biased) and ``rstd``.

    ``weight`` and ``bias`` are (units, lines) or (units, 1).

    >>> unit_norm(np.array([[[1.0, 3.0]]]), np.empty((1, 1, 2)), None, None, 0.0, False)[:2]
    (array([2.]), array([1.]))
    """
    lines = Lines(x.shape, spread)
    mean, var, rstd = (np.empty(lines.units, x.dtype) for _ in range(3))

    def task(part: slice) -> None:
        mean[part], var[part] = _unit_moments(x[part], lines.size)
        rstd[part] = inverse_root(var[part], eps)
        scale = rstd[part, None] if weight is None else rstd[part, None] * weight[part]
        shift = -mean[part, None] * scale if bias is None else bias[part] - mean[part, None] * scale
        for block in lines.blocks(part):
            own = slice(block.start - part.start, block.stop - part.start)
            target = lines.flat(out[block])
            np.multiply(lines.flat(x[block]), lines.factor(scale[own]), target)
            np.add(target, lines.factor(shift[own]), target)

    lines.run(task)
    return mean, var, rstd


def _unit_moments(x: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    mean = _reduce(totals(x), 1)
    var = _reduce(dots(x, x), 1)
    mean /= n
    var /= n
    var -= mean * mean
    if not good(mean, var):
        distance = x - mean[:, None, None]
        rest = _reduce(totals(distance), 1) / n  # what the rounding of the mean has left
        var = np.maximum(_reduce(dots(distance, distance), 1) / n - rest * rest, 0)
        mean += rest
    return mean, var


def unit_norm_pull(
    g: np.ndarray, x: np.ndarray, out: Any, weight: Any, mean: np.ndarray, rstd: np.ndarray, spread: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of ``unit_norm`` into ``out`` (where that is wanted); for each line those of weight and bias.

    >>> unit_norm_pull(np.ones((1, 1, 2)), np.array([[[1.0, 3.0]]]), None, None, np.array([2.0]), np.array([1.0]), False)
    (array([[0.]]), array([[2.]]))
    """
    lines = Lines(x.shape, spread)
    if (np.abs(mean) * rstd > FAR).any():
        x, mean = x - mean[:, None, None], np.zeros_like(mean)
    for_weight, for_bias = (np.empty(x.shape[:2], x.dtype) for _ in range(2))

    def task(part: slice) -> None:
        along, across = totals(g[part]), dots(g[part], x[part])
        across -= mean[part, None] * along
        across *= rstd[part, None]
        for_weight[part], for_bias[part] = across, along
        if out is None:
            return
        scale = rstd[part, None] if weight is None else rstd[part, None] * weight[part]
        if weight is not None:
            along, across = along * weight[part], across * weight[part]
        slope = _reduce(across, 1, None, None, True) * np.square(rstd[part, None]) / -lines.size
        shift = _reduce(along, 1, None, None, True) * rstd[part, None] / -lines.size - mean[part, None] * slope
        for block in lines.blocks(part):
            own = slice(block.start - part.start, block.stop - part.start)
            _combine(lines, g[block], x[block], out[block], scale[own], slope[own], shift[own])

    lines.run(task)
    return for_weight, for_bias


def _combine(lines: Lines, g: Any, x: Any, out: Any, scale: Any, slope: Any, shift: Any) -> None:
    """``g · scale + x · slope + shift`` into ``out``."""
    target = lines.flat(out)
    rest = np.multiply(lines.flat(x), lines.factor(slope))
    np.add(rest, lines.factor(shift), rest)
    np.multiply(lines.flat(g), lines.factor(scale), target)
    np.add(target, rest, target)


# -- channels as columns of rows ----------------------------------------------------------------------------------------


class Rows:
    """(N, C, S) seen as a matrix of rows that hold each channel's elements at the same places, long enough to broadcast."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        count, self.channels, self.n = shape
        width = self.channels * self.n
        self.times = math.gcd(count, 1 << (LONG // width).bit_length()) if width < LONG else 1
        self.shape = (count // self.times, self.times * width)
        self.step, self.grain = max(1, CHUNK // self.shape[1]), max(1, GRAIN // self.shape[1])

    def row(self, values: np.ndarray) -> np.ndarray:
        """Numbers of channels as a row."""
        return np.tile(np.repeat(values, self.n), self.times)

    def fold(self, row: np.ndarray) -> np.ndarray:
        """The sum of a row's elements for each channel."""
        return _reduce(row.reshape(self.times, self.channels, self.n), (0, 2))

    def run(self, task: Any) -> None:
        """Call ``task(rows, start)`` for slices of rows, several ranges of them at a time."""

        def piece(start: int, stop: int) -> None:
            with _buffers(self.shape[1] >= LONG):
                for i in range(start, stop, self.step):
                    task(slice(i, min(i + self.step, stop)))

        threads.split(piece, self.shape[0], self.grain)

    def sums(self, *factors: Any) -> list[np.ndarray]:
        """For each pair of matrices the sums over the channels of their products; of the first alone for None."""
        parts: dict[int, list] = {}

        def task(part: slice) -> None:
            ones = np.ones(part.stop - part.start, factors[0][0].dtype)
            parts[part.start] = [ones @ (x[part] if y is None else x[part] * y[part]) for x, y in factors]

        self.run(task)
        ordered = [parts[start] for start in sorted(parts)]
        return [self.fold(_reduce([p[i] for p in ordered], 0)) for i in range(len(factors))]


def _row_moments(x: np.ndarray, rows: Rows, n: int) -> tuple[np.ndarray, np.ndarray]:
    total, squares = rows.sums((x, None), (x, x))
    mean = total / n
    var = squares / n - mean * mean
    if not good(mean, var):
        distance = x - rows.row(mean)
        total, squares = rows.sums((distance, None), (distance, distance))
        rest = total / n
        var = np.maximum(squares / n - rest * rest, 0)
        mean += rest
    return mean, var


# -- batch norm ---------------------------------------------------------------------------------------------------------


def _folded(x: np.ndarray) -> tuple[int, int, int]:
    """The shape (N, C, S) of an input (N, C, …)."""
    return x.shape[0], x.shape[1], math.prod(x.shape[2:])


def _column(values: Any) -> Any:
    return None if values is None else values[:, None]


def batch_norm(x: np.ndarray, weight: Any, bias: Any, eps: float) -> tuple[np.ndarray, ...]:
    """``(x - mean) · rstd · weight + bias`` of each channel (dimension 1); with it mean, biased variance and ``rstd``.

    >>> batch_norm(np.array([[1.0], [3.0]]), None, None, 0.0)[:2]
    (array([[-1.],
           [ 1.]]), array([2.]))
    """
    shape = _folded(x)
    out = np.empty(x.shape, x.dtype)
    if not x.size:
        return out, *(np.full(shape[1], fill, x.dtype) for fill in (np.nan, np.nan, np.nan))
    if x.size <= FEW:
        return _few_channels(x, weight, bias, eps)
    if shape[2] < SHORT:
        rows = Rows(shape)
        matrix = x.reshape(rows.shape)
        mean, var = _row_moments(matrix, rows, shape[0] * shape[2])
        rstd = inverse_root(var, eps)
        scale = rstd if weight is None else rstd * weight
        shift = -mean * scale if bias is None else bias - mean * scale
        affine_rows(matrix, rows, scale, shift, out.reshape(rows.shape))
        return out, mean, var, rstd
    by_channel = x.reshape(shape).transpose(1, 0, 2), out.reshape(shape).transpose(1, 0, 2)
    return out, *unit_norm(*by_channel, _column(weight), _column(bias), eps, True)


def _few_channels(x: np.ndarray, weight: Any, bias: Any, eps: float) -> tuple[np.ndarray, ...]:
    """``batch_norm`` in as few calls as there can be."""
    axes: Any = 0 if x.ndim == 2 else (0, *range(2, x.ndim))
    place = (-1, *[1] * (x.ndim - 2))
    n = x.size // x.shape[1]
    mean = _reduce(x, axes)
    mean /= n
    out = x - mean.reshape(place)
    var = _reduce(out * out, axes)
    var /= n
    rstd = inverse_root(var, eps)
    out *= (rstd if weight is None else rstd * weight).reshape(place)
    if bias is not None:
        out += bias.reshape(place)
    return out, mean, var, rstd


def _few_channels_pull(g: Any, x: Any, weight: Any, mean: Any, rstd: Any, needs: tuple) -> tuple[Any, Any, Any]:
    """``batch_norm_pull`` in as few calls as there can be."""
    axes: Any = 0 if x.ndim == 2 else (0, *range(2, x.ndim))
    place = (-1, *[1] * (x.ndim - 2))
    n = x.size // x.shape[1]
    h = x - mean.reshape(place)
    h *= rstd.reshape(place)
    along, across = _reduce(g, axes), _reduce(g * h, axes)
    out = None
    if needs[0]:
        h *= (across / n).reshape(place)
        out = g - (along / n).reshape(place)
        out -= h
        out *= (rstd if weight is None else rstd * weight).reshape(place)
    return out, across, along


def batch_norm_pull(
    g: np.ndarray, x: np.ndarray, weight: Any, mean: np.ndarray, rstd: np.ndarray, needs: tuple
) -> tuple[Any, Any, Any]:
    """The gradients of ``batch_norm`` with respect to ``x``, weight and bias.

    >>> batch_norm_pull(np.ones((2, 1)), np.array([[1.0], [3.0]]), None, np.array([2.0]), np.array([1.0]),
    ...     (False, False, True))[2]
    array([2.])
    """
    shape = _folded(x)
    if 0 < x.size <= FEW:
        return _few_channels_pull(g, x, weight, mean, rstd, needs)
    out = np.empty(x.shape, x.dtype) if needs[0] else None
    if not x.size:
        return out, np.zeros(shape[1], x.dtype), np.zeros(shape[1], x.dtype)
    if shape[2] < SHORT:
        return out, *_row_pull(g, x, out, weight, mean, rstd, Rows(shape))
    views = [None if a is None else a.reshape(shape).transpose(1, 0, 2) for a in (g, x, out)]
    for_weight, for_bias = unit_norm_pull(views[0], views[1], views[2], _column(weight), mean, rstd, True)  # type: ignore[arg-type]
    return out, _reduce(for_weight, 1), _reduce(for_bias, 1)


def _row_pull(g: Any, x: Any, out: Any, weight: Any, mean: Any, rstd: Any, rows: Rows) -> tuple:
    """``batch_norm_pull`` of short lines: into ``out``; the gradients of weight and bias."""
    n = x.shape[0] * rows.n
    g, x = g.reshape(rows.shape), x.reshape(rows.shape)
    if (np.abs(mean) * rstd > FAR).any():
        x, mean = x - rows.row(mean), np.zeros_like(mean)
    along, across = rows.sums((g, None), (g, x))
    across = (across - mean * along) * rstd
    if out is not None:
        target = out.reshape(rows.shape)
        scale = rstd if weight is None else rstd * weight
        slope = across * scale * rstd / -n
        shift = along * scale / -n - mean * slope
        factors = [rows.row(values) for values in (scale, slope, shift)]

        def task(part: slice) -> None:
            np.multiply(g[part], factors[0], target[part])
            rest = np.multiply(x[part], factors[1])
            np.add(rest, factors[2], rest)
            np.add(target[part], rest, target[part])

        rows.run(task)
    return across, along


# -- group and instance norm --------------------------------------------------------------------------------------------


def _by_group(values: Any, count: int, groups: int) -> Any:
    """Numbers of channels as (count · groups, channels of a group)."""
    if values is None:
        return None
    return np.broadcast_to(values.reshape(1, groups, -1), (count, groups, len(values) // groups)).reshape(
        count * groups, -1
    )


def group_norm(x: np.ndarray, weight: Any, bias: Any, groups: int, eps: float) -> tuple[np.ndarray, ...]:
    """``batch_norm`` of each group of channels of each example; with it mean, biased variance and ``rstd``, (N, groups).

    >>> group_norm(np.array([[1.0, 3.0]]), None, None, 1, 0.0)[:2]
    (array([[-1.,  1.]]), array([[2.]]))
    """
    count, channels, n = _folded(x)
    out = np.empty(x.shape, x.dtype)
    if not x.size:
        return out, *(np.full((count, groups), fill, x.dtype) for fill in (0, 0, np.nan))
    shape = (count * groups, channels // groups, n)
    found = unit_norm(
        x.reshape(shape),
        out.reshape(shape),
        _by_group(weight, count, groups),
        _by_group(bias, count, groups),
        eps,
        False,
    )
    return out, *(values.reshape(count, groups) for values in found)


def group_norm_pull(
    g: np.ndarray, x: np.ndarray, weight: Any, mean: np.ndarray, rstd: np.ndarray, groups: int, needs: tuple
) -> tuple[Any, Any, Any]:
    """The gradients of ``group_norm`` with respect to ``x``, weight and bias.

    >>> group_norm_pull(np.ones((1, 2)), np.array([[1.0, 3.0]]), None, np.array([[2.0]]), np.array([[1.0]]), 1,
    ...     (False, False, True))[2]
    array([1., 1.])
    """
    count, channels, n = _folded(x)
    out = np.empty(x.shape, x.dtype) if needs[0] else None
    if not x.size:
        return out, np.zeros(channels, x.dtype), np.zeros(channels, x.dtype)
    shape = (count * groups, channels // groups, n)
    found = unit_norm_pull(
        g.reshape(shape), x.reshape(shape), None if out is None else out.reshape(shape), _by_group(weight, count, groups),
        mean.reshape(-1), rstd.reshape(-1), False,
    )  # fmt: skip
    return out, *(_reduce(values.reshape(count, channels), 0) for values in found)


# -- given means and variances ------------------------------------------------------------------------------------------


def affine_rows(x: np.ndarray, rows: Rows, scale: np.ndarray, shift: Any, out: np.ndarray) -> None:
    """``x · scale + shift`` by channel into ``out``, both matrices of ``rows``."""
    scale = rows.row(scale)
    shift = None if shift is None else rows.row(shift)

    def task(part: slice) -> None:
        np.multiply(x[part], scale, out[part])
        if shift is not None:
            np.add(out[part], shift, out[part])

    rows.run(task)


def channel_affine(x: np.ndarray, scale: np.ndarray, shift: Any) -> np.ndarray:
    """``x · scale + shift`` with one number of each for a channel (dimension 1).

    >>> channel_affine(np.ones((1, 2)), np.array([1.0, 2.0]), np.array([3.0, 3.0]))
    array([[4., 5.]])
    """
    shape = _folded(x)
    out = np.empty(x.shape, x.dtype)
    if not x.size:
        return out
    if shape[2] < LONG:
        rows = Rows(shape)
        affine_rows(x.reshape(rows.shape), rows, scale, shift, out.reshape(rows.shape))
        return out
    lines, into = x.reshape(-1, shape[2]), out.reshape(-1, shape[2])
    scale = np.tile(scale, shape[0])[:, None]
    shift = None if shift is None else np.tile(shift, shape[0])[:, None]
    step = max(1, CHUNK // shape[2])

    def task(start: int, stop: int) -> None:
        with small_buffers():
            for i in range(start, stop, step):
                part = slice(i, min(i + step, stop))
                np.multiply(lines[part], scale[part], into[part])
                if shift is not None:
                    np.add(into[part], shift[part], into[part])

    threads.split(task, len(lines), max(1, GRAIN // shape[2]))
    return out


def channel_sums(g: np.ndarray, x: Any = None) -> np.ndarray:
    """The sum of ``g`` (or of ``g · x``) over everything but the channels.

    >>> channel_sums(np.ones((2, 3, 4)))
    array([8., 8., 8.])
    """
    shape = _folded(g)
    if not g.size:
        return np.zeros(shape[1], g.dtype)
    if shape[2] < SHORT:
        rows = Rows(shape)
        return rows.sums((g.reshape(rows.shape), None if x is None else x.reshape(rows.shape)))[0]
    folded = g.reshape(shape)
    return _reduce(totals(folded) if x is None else dots(folded, x.reshape(shape)), 0)
