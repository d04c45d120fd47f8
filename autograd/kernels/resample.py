"""Images at other sizes: each dimension is a small linear map, given by which elements go in, and with what weight.

A table is a pair of arrays (taps, out): places in the input and weights. The transposed map, which is the gradient, is a
table as well.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.kernels.pool import adaptive_edges, by_planes, stacked

Table = tuple[np.ndarray, np.ndarray]
WINDOWS = {"linear-aa": 1, "cubic-aa": 2, "lanczos-aa": 3}  # modes against aliasing, and how far their windows reach
CUBIC = -0.75  # the free parameter of Keys' cubic convolution, 1981, as PyTorch has it


def resample(
    x: Any, out: tuple[int, ...], mode: str, align_corners: bool = False, scales: Sequence[float | None] | None = None
) -> np.ndarray:
    """The last dimensions of ``x`` resampled to the sizes ``out``.

    ``mode``: "nearest", "nearest-exact", "linear", "cubic" or "area" (means of even shares); "linear-aa", "cubic-aa" and
    "lanczos-aa" widen where the image shrinks. ``scales`` are the factors asked for, which give other positions than the
    quotient of the sizes does.

    >>> resample(np.array([[0.0, 1.0]]), (4,), "linear").tolist()
    [[0.0, 0.25, 0.75, 1.0]]
    """
    sizes = x.shape[x.ndim - len(out) :]
    return _apply(x, sizes, out, [_table(*key) for key in _keys(sizes, out, mode, align_corners, scales, x.dtype)])


def resample_back(
    x: Any, sizes: tuple[int, ...], mode: str, align_corners: bool = False, scales: Sequence[float | None] | None = None
) -> np.ndarray:
    """The transpose of ``resample`` from the sizes ``sizes``.

    >>> resample_back(np.ones((1, 4)), (2,), "linear").tolist()
    [[2.0, 2.0]]
    """
    out = x.shape[x.ndim - len(sizes) :]
    keys = _keys(sizes, out, mode, align_corners, scales, x.dtype)
    return _apply(x, out, sizes, [_transposed(key, n) for key, n in zip(keys, sizes, strict=True)])


def _keys(
    sizes: Sequence[int], out: Sequence[int], mode: str, align_corners: bool, scales: Any, dtype: np.dtype
) -> list[tuple]:
    """The arguments of ``_table`` for each dimension."""
    kind = "f8" if dtype == np.float64 else "f4"
    given = (None,) * len(sizes) if scales is None else tuple(scales)
    if mode == "nearest" and len(sizes) == 2:  # PyTorch doubles images evenly, whatever the factor was
        given = tuple([None if m == 2 * n else s for n, m, s in zip(sizes, out, given, strict=True)])
    return [(n, m, mode, align_corners, s, kind) for n, m, s in zip(sizes, out, given, strict=True)]


def _apply(x: Any, sizes: tuple[int, ...], out: tuple[int, ...], maps: list[Table]) -> np.ndarray:
    """Apply a table along each of the last dimensions."""
    lead = x.shape[: x.ndim - len(sizes)]
    if 0 in sizes or 0 in out:
        return np.zeros((*lead, *out), x.dtype)
    planes = stacked(x, sizes)
    found = np.empty((len(planes), *out), planes.dtype)
    kind = np.dtype(np.float32) if planes.dtype == np.float16 else planes.dtype

    def task(start: int, stop: int) -> None:
        part = planes[start:stop].astype(kind, copy=False)
        for i in reversed(range(len(sizes))):
            if not _is_identity(maps[i], sizes[i]):
                part = _along(part.reshape(-1, sizes[i], math.prod(out[i + 1 :])), maps[i])
        found[start:stop] = part.reshape(stop - start, *out)

    by_planes(task, len(planes), max(math.prod(sizes), math.prod(out)))
    return found.reshape(*lead, *out)


def _is_identity(table: Table, size: int) -> bool:
    places, weights = table
    return places.shape == (1, size) and bool((places == np.arange(size)).all() and (weights == 1).all())


def _along(x: np.ndarray, table: Table) -> np.ndarray:
    """Apply a table along the middle one of three dimensions."""
    places, weights = table
    total = x.take(places[0], 1)
    if x.dtype.kind != "f":
        return total
    if len(places) > 1 or (weights != 1).any():
        total *= weights[0][:, None]
    for where, weight in zip(places[1:], weights[1:], strict=True):
        part = x.take(where, 1)
        part *= weight[:, None]
        total += part
    return total


# -- tables -----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def _table(size: int, out: int, mode: str, align_corners: bool, scale: float | None, kind: str) -> Table:
    """The table from ``size`` to ``out`` elements, with numbers of dtype ``kind`` as PyTorch computes them."""
    number = np.dtype(kind).type
    if mode == "area":
        return _shares(size, out, number)
    steps = np.arange(out).astype(kind)
    if size == out and mode in {"nearest", "linear"}:  # also where a scale factor asked for another step
        return np.arange(out)[None], np.ones((1, out), kind)
    if align_corners:
        step = number(size - 1) / number(out - 1) if out > 1 else number(0)
    else:
        step = number(1 / scale) if scale is not None and scale > 0 else number(size) / number(max(out, 1))
    if mode.startswith("nearest"):
        return _nearest(size, out, steps, step, mode)
    if mode in WINDOWS:
        return _windows(size, steps, step, mode)
    source = steps * step if align_corners else (steps + number(0.5)) * step - number(0.5)
    if mode == "linear":
        source = np.maximum(source, 0)
        low = np.minimum(source.astype(np.int64), size - 1)
        part = np.clip(source - low.astype(kind), 0, 1)
        return np.stack([low, np.minimum(low + 1, size - 1)]), np.stack([1 - part, part])
    low = np.floor(source).astype(np.int64)
    part = np.clip(source - low.astype(kind), 0, 1)
    places = np.stack([np.clip(low + i, 0, size - 1) for i in (-1, 0, 1, 2)])
    return places, np.stack(cubic_weights(part)).astype(kind)


def _windows(size: int, steps: np.ndarray, step: Any, mode: str) -> Table:
    """Weights that cover all elements between two points, so that shrinking does not alias; they add up to 1."""
    half, number = WINDOWS[mode], steps.dtype.type
    wide = max(step, number(1))
    reach, middles = number(half) * wide, (steps + number(0.5)) * step
    starts = np.maximum((middles - reach + number(0.5)).astype(np.int64), 0)
    stops = np.minimum((middles + reach + number(0.5)).astype(np.int64), size)
    taps = np.arange(int((stops - starts).max(initial=1)))[:, None]
    places = starts + taps
    weights = _window(np.abs(places.astype(steps.dtype) - middles + number(0.5)) / wide, half)
    weights = np.where(places < stops, weights, number(0))
    return np.minimum(places, size - 1), (weights / weights.sum(0)).astype(steps.dtype)


def _window(x: np.ndarray, half: int) -> np.ndarray:
    """The weight at a distance: a triangle, Keys' cubic with −1/2 (as PIL has it), or sinc under sinc (Lanczos)."""
    if half == 1:
        return np.maximum(1 - x, 0)
    if half == 2:
        near, far = (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
        return np.where(x < 1, near, np.where(x < 2, far, 0))
    return np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0)


def _nearest(size: int, out: int, steps: np.ndarray, step: Any, mode: str) -> Table:
    """One element for each."""
    if mode == "nearest":
        places = np.floor((steps * step).astype(np.float32))
    else:
        half = steps.dtype.type(0.5)
        places = np.floor(((steps + half) * step).astype(np.float32))
    found = np.clip(places.astype(np.int64), 0, size - 1)
    return found[None], np.ones((1, out), steps.dtype)


def _shares(size: int, out: int, number: Any) -> Table:
    """The means of shares as even as possible."""
    starts, stops = adaptive_edges(size, out)
    longest = int((stops - starts).max(initial=1))
    taps = np.arange(longest)[:, None]
    inside = taps < stops - starts
    weights = np.where(inside, number(1) / np.maximum(stops - starts, 1).astype(number), number(0))
    return np.minimum(starts + taps, size - 1), weights


def cubic_weights(t: Any) -> list[Any]:
    """The weights of the four neighbours of a point at ``t`` in [0, 1] between the middle two (Keys, 1981)."""
    a = CUBIC
    near, far = t, t + 1.0
    one = ((a * far - 5.0 * a) * far + 8.0 * a) * far - 4.0 * a
    two = ((a + 2.0) * near - (a + 3.0)) * near * near + 1.0
    near, far = 1.0 - t, 2.0 - t
    three = ((a + 2.0) * near - (a + 3.0)) * near * near + 1.0
    four = ((a * far - 5.0 * a) * far + 8.0 * a) * far - 4.0 * a
    return [one, two, three, four]


@functools.lru_cache(maxsize=256)
def _transposed(key: tuple, size: int) -> Table:
    """The table of the transposed map, to ``size`` elements; where fewer terms come in than elsewhere, weights are 0."""
    places, weights = _table(*key)
    used = weights.reshape(-1) != 0
    targets = places.reshape(-1)[used]
    sources = np.broadcast_to(np.arange(places.shape[1]), places.shape).reshape(-1)[used]
    order = np.argsort(targets, kind="stable")
    targets, sources, values = targets[order], sources[order], weights.reshape(-1)[used][order]
    counts = np.bincount(targets, minlength=size)
    rank = np.arange(len(targets)) - np.repeat(np.cumsum(counts) - counts, counts)
    taps = max(int(counts.max(initial=0)), 1)
    back, factors = np.zeros((taps, size), np.int64), np.zeros((taps, size), weights.dtype)
    back[rank, targets], factors[rank, targets] = sources, values
    return back, factors
