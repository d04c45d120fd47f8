"""Max pooling: the largest element of each window, and where it is; reading and writing at such places.

An array is a stack of planes: (…, *sizes), the windows being over the last dimensions. A place is the row-major position
in its plane, as in PyTorch. Among equals the first place counts, and NaN counts as the largest.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.pool_windows import Windows

BLOCK = 1 << 17  # elements of the input in one go: few enough for the cache, enough to make Python's part small
GRAIN = 1 << 15  # elements worth a thread's while
FEW = 64  # elements of a window up to which they are taken one by one, where there are several windows in a plane


def stacked(x: Any, sizes: tuple[int, ...]) -> np.ndarray:
    """``x`` in row-major memory with one dimension before those of ``sizes``."""
    return np.ascontiguousarray(x).reshape((math.prod(x.shape[: x.ndim - len(sizes)]), *sizes))


def by_planes(task: Callable[[int, int], Any], planes: int, size: int) -> None:
    """Call ``task(start, stop)`` for all planes of ``size`` elements, a cache-full at a time, on all threads."""
    step = max(1, BLOCK // max(size, 1))

    def piece(start: int, stop: int) -> None:
        for low in range(start, stop, step):
            task(low, min(low + step, stop))

    threads.split(piece, planes, max(1, GRAIN // max(size, 1)))


# -- windows ----------------------------------------------------------------------------------------------------------


def max_pool(x: Any, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """The largest element of each window, and its place.

    >>> w = Windows((4,), (2,), (2,), (0,), (1,), (2,))
    >>> values, places = max_pool(np.array([[1.0, 3.0, 2.0, 2.0]]), w)
    >>> values.tolist(), places.tolist()
    ([[3.0, 2.0]], [[1, 2]])
    """
    values, codes = max_codes(x, windows)
    given = stacked(codes, windows.out)
    places = np.empty(given.shape, np.int64)

    def task(start: int, stop: int) -> None:
        _decode(given[start:stop], windows, places[start:stop])

    by_planes(task, len(given), math.prod(windows.sizes))
    return values, places.reshape(values.shape)


def max_codes(x: Any, windows: Windows, with_codes: bool = True) -> tuple[np.ndarray, Any]:
    """The largest element of each window, and which element of its window it is, in as small integers as hold that.

    >>> values, codes = max_codes(np.array([[1.0, 3.0, 2.0, 2.0]]), Windows((4,), (2,), (2,), (0,), (1,), (2,)))
    >>> codes.dtype.name, codes.tolist()
    ('uint8', [[1, 0]])
    """
    lead = x.shape[: x.ndim - len(windows.sizes)]
    planes = stacked(x, windows.sizes)
    out, count = math.prod(windows.out), math.prod(windows.kernel)
    values = np.empty((len(planes), out), planes.dtype)
    codes = np.empty(values.shape, _code_dtype(windows)) if with_codes else None
    inside = windows if windows.inside else windows.bordered()
    places = _window_places(inside)
    search = _largest_of_many if count > FEW or out < 3 < count else _largest

    def task(start: int, stop: int) -> None:
        part = planes[start:stop]
        if inside is not windows:
            part = _with_border(part, windows, inside.sizes)
        into = None if codes is None else codes[start:stop]
        search(part.reshape(stop - start, -1), places, values[start:stop], into)
        if into is not None and inside is not windows:  # where the border is as large, take the first inside
            least = np.equal(values[start:stop], _least(planes.dtype))
            if least.any():
                np.copyto(into, _first_inside(windows).astype(into.dtype), where=least)

    by_planes(task, len(planes), max(math.prod(inside.sizes), 0 if search is _largest else out * count))
    shape = (*lead, *windows.out)
    return values.reshape(shape), None if codes is None else codes.reshape(shape)


def _largest(x: np.ndarray, places: np.ndarray, out: np.ndarray, codes: np.ndarray | None) -> None:
    """Element after element of the windows, each gathered for all windows: that makes rows long, and loops quick."""
    x.take(places[0], 1, out=out, mode="wrap")
    if codes is not None:
        codes.fill(0)
    for j in range(1, len(places)):
        new = x.take(places[j], 1, mode="wrap")
        if codes is not None:
            newer = np.greater(new, out).view(np.uint8)
            if j > 1:
                newer = newer * codes.dtype.type(j)
            np.maximum(codes, newer, out=codes)  # j is larger than all numbers before
        np.maximum(out, new, out=out)
    if codes is not None and out.dtype.kind == "f" and np.isnan(out).any():  # then the last NaN counts
        for j, place in enumerate(places):
            np.copyto(codes, codes.dtype.type(j), where=np.isnan(x.take(place, 1, mode="wrap")))


def _largest_of_many(x: np.ndarray, places: np.ndarray, out: np.ndarray, codes: np.ndarray | None) -> None:
    """The same for large windows, window after window."""
    whole = len(places) == x.shape[1] and out.shape[1] == 1
    every = x if whole else x.take(places.T.reshape(-1), 1, mode="wrap")
    every = every.reshape(*out.shape, len(places))
    every.max(-1, out=out)
    if codes is not None:
        codes[...] = every.argmax(-1)
        if out.dtype.kind == "f" and np.isnan(out).any():
            last = len(places) - 1 - np.isnan(every)[..., ::-1].argmax(-1)
            np.copyto(codes, last.astype(codes.dtype), where=np.isnan(out))


def _least(dtype: np.dtype) -> Any:
    return dtype.type(-np.inf) if dtype.kind == "f" else np.iinfo(dtype).min


def _with_border(x: np.ndarray, windows: Windows, sizes: tuple[int, ...]) -> np.ndarray:
    """``x`` inside a border of the least number there is."""
    wide = np.full((len(x), *sizes), _least(x.dtype), x.dtype)
    wide[(slice(None), *[slice(p, p + n) for n, p in zip(windows.sizes, windows.padding, strict=True)])] = x
    return wide


@functools.lru_cache(maxsize=64)
def _window_places(windows: Windows) -> np.ndarray:
    """For each element of a window, its place in all of them."""
    origin, table = _layout(windows)
    return table[:, None] + origin.reshape(-1)


@functools.lru_cache(maxsize=64)
def _first_inside(windows: Windows) -> np.ndarray:
    """For each window, the first of its elements that is not in the padding."""
    first: Any = np.zeros((), np.int64)
    for i in range(len(windows.sizes)):
        axis = windows.axis(i)
        first = first[..., None] * axis.kernel + axis.first() % axis.kernel
    return first.reshape(-1)


def _code_dtype(windows: Windows) -> np.dtype:
    return np.dtype(np.uint8 if math.prod(windows.kernel) <= 256 else np.int32)


def _decode(codes: np.ndarray, windows: Windows, out: np.ndarray) -> None:
    """Write the places that ``codes`` mean to ``out``."""
    origin, table = _layout(windows)
    table.take(codes, out=out, mode="clip")
    out += origin


@functools.lru_cache(maxsize=64)
def _layout(windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """The place at which each window starts, and what each place of a window adds to that."""
    origin: Any = np.zeros((), np.int64)
    table: Any = np.zeros((), np.int64)
    for i in range(len(windows.sizes)):
        axis = windows.axis(i)
        origin = origin[..., None] * axis.size + (np.arange(axis.out) * axis.stride - axis.padding)
        table = (table[..., None] * axis.size + np.arange(axis.kernel) * axis.dilation).reshape(-1)
    return origin, table


# -- windows of other kinds ---------------------------------------------------------------------------------------------


def adaptive_edges(size: int, out: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the ``out`` windows start and stop that share out ``size`` elements as evenly as possible.

    >>> [edge.tolist() for edge in adaptive_edges(5, 3)]
    [[0, 1, 3], [2, 4, 5]]
    """
    steps = np.arange(out)
    return steps * size // max(out, 1), -(-(steps + 1) * size // max(out, 1))


def adaptive_max_pool(x: Any, out: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The largest element of each of ``out`` windows that share out the last dimensions, and its place."""
    dims = len(out)
    lead, sizes = x.shape[: x.ndim - dims], x.shape[x.ndim - dims :]
    if 0 in out:
        return np.empty((*lead, *out), x.dtype), np.empty((*lead, *out), np.int64)
    if all([size % count == 0 for size, count in zip(sizes, out, strict=True)]):
        kernel = tuple([size // count for size, count in zip(sizes, out, strict=True)])
        return max_pool(x, _tiled(sizes, kernel, out))
    kernel, position = _adaptive_layout(sizes, out)
    flat = np.reshape(x, (*lead, math.prod(sizes)))
    wide = flat.take(position, flat.ndim - 1)
    values, places = max_pool(wide, _tiled(position.shape, kernel, out))
    return values, position.reshape(-1).take(places)


def _tiled(sizes: tuple[int, ...], kernel: tuple[int, ...], out: tuple[int, ...]) -> Windows:
    """Windows side by side."""
    return Windows(sizes, kernel, kernel, (0,) * len(sizes), (1,) * len(sizes), out)


@functools.lru_cache(maxsize=64)
def _adaptive_layout(sizes: tuple[int, ...], out: tuple[int, ...]) -> tuple[tuple[int, ...], np.ndarray]:
    """The places in all windows, these side by side and made equally long by repeating the last element."""
    kernel, position = [], np.zeros((), np.int64)
    for size, count in zip(sizes, out, strict=True):
        starts, stops = adaptive_edges(size, count)
        longest = int((stops - starts).max())
        along = np.minimum(starts[:, None] + np.arange(longest), stops[:, None] - 1).reshape(-1)
        position = position[..., None] * size + along
        kernel.append(longest)
    return tuple(kernel), position


def fractional_max_pool(
    x: np.ndarray, samples: np.ndarray, kernel: tuple[int, ...], out: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The largest element of each window, and its place; the windows start where ``samples`` (N, C, dims) say.

    Graham, "Fractional max-pooling", 2014: the step from window to window is 1 or more, at random but fixed by one
    number for each plane and dimension.
    """
    dims = len(kernel)
    sizes, lead = x.shape[x.ndim - dims :], x.shape[: x.ndim - dims]
    rows = samples.reshape(math.prod(samples.shape[:-1]), dims)[: math.prod(lead)]
    if dims == 2:
        rows = rows[:, ::-1]  # the first number is for the width
    position = np.zeros(len(rows), np.int64)
    for i, (size, k, count) in enumerate(zip(sizes, kernel, out, strict=True)):
        starts = _fractional_starts(rows[:, i], size, k, count)
        along = (starts[..., None] + np.arange(k)).reshape(len(rows), *(1,) * i, count * k)
        position = position[..., None] * size + along
    flat = stacked(x, sizes).reshape(len(rows), math.prod(sizes))
    wide = flat[np.arange(len(rows)).reshape(-1, *(1,) * dims), position]
    values, places = max_pool(wide, _tiled(wide.shape[1:], kernel, out))
    return values.reshape(*lead, *out), pick_places(position, places, dims).reshape(*lead, *out)


def _fractional_starts(sample: np.ndarray, size: int, kernel: int, out: int) -> np.ndarray:
    """Where the windows of each plane start along one dimension."""
    starts = np.full((len(sample), out), size - kernel, np.int64)
    if out > 1:
        step = sample.dtype.type(size - kernel) / sample.dtype.type(out - 1)
        numbers = np.arange(out - 1).astype(sample.dtype)
        starts[:, :-1] = ((numbers + sample[:, None]) * step).astype(np.int64)
        starts[:, :-1] -= (sample * step).astype(np.int64)[:, None]
    return starts


# -- places -----------------------------------------------------------------------------------------------------------


def pick_places(x: Any, places: np.ndarray, dims: int) -> np.ndarray:
    """The elements of each plane at ``places`` (…, *out).

    >>> pick_places(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1, 1, 0], [0, 1, 0]]), 1).tolist()
    [[2.0, 2.0, 1.0], [3.0, 4.0, 3.0]]
    """
    sizes = x.shape[x.ndim - dims :]
    planes, where = stacked(x, sizes), stacked(places, places.shape[places.ndim - dims :])
    size = math.prod(sizes)
    out = np.empty(where.shape, planes.dtype)

    def task(start: int, stop: int) -> None:
        planes[start:stop].reshape(-1).take(_shifted(where[start:stop], size), out=out[start:stop], mode="clip")

    by_planes(task, len(planes), size)
    return out.reshape(places.shape)


def put_places(x: Any, places: np.ndarray, sizes: tuple[int, ...], apart: bool = False) -> np.ndarray:
    """Planes of zeros of ``sizes`` with ``x`` added at ``places``; ``apart`` says that no place comes twice.

    >>> put_places(np.array([[1.0, 2.0, 4.0]]), np.array([[1, 1, 0]]), (3,)).tolist()
    [[4.0, 3.0, 0.0]]
    """
    dims, size = len(sizes), math.prod(sizes)
    lead, sent = places.shape[: places.ndim - dims], places.shape[places.ndim - dims :]
    where, given = stacked(places, sent), stacked(x, sent)
    out = np.empty((len(where), size), given.dtype)

    def task(start: int, stop: int) -> None:
        part = out[start:stop]
        part.fill(0)
        at = _shifted(where[start:stop], size).reshape(-1)
        if apart:
            part.reshape(-1)[at] = given[start:stop].reshape(-1)
        else:
            np.add.at(part.reshape(-1), at, given[start:stop].reshape(-1))

    by_planes(task, len(where), size)
    return out.reshape((*lead, *sizes))


def pick_codes(x: Any, codes: Any, windows: Windows) -> np.ndarray:
    """The elements that ``max_codes`` found with these ``codes``, of another array.

    >>> pick_codes(np.arange(4.0)[None], np.array([[1, 0]], np.uint8), Windows((4,), (2,), (2,), (0,), (1,), (2,))).tolist()
    [[1.0, 2.0]]
    """
    planes, given = stacked(x, windows.sizes), stacked(codes, windows.out)
    out = np.empty(given.shape, planes.dtype)

    def task(start: int, stop: int) -> None:
        at = _flat_places(given[start:stop], windows)
        planes[start:stop].reshape(-1).take(at, out=out[start:stop].reshape(-1), mode="clip")

    by_planes(task, len(planes), math.prod(windows.sizes))
    return out.reshape(codes.shape)


def put_codes(x: Any, codes: Any, windows: Windows) -> np.ndarray:
    """The transpose of ``pick_codes``: zeros with the elements of ``x`` added to where they were found.

    >>> put_codes(np.array([[5.0, 7.0]]), np.array([[1, 0]], np.uint8), Windows((4,), (2,), (2,), (0,), (1,), (2,))).tolist()
    [[0.0, 5.0, 7.0, 0.0]]
    """
    values, given = stacked(x, windows.out), stacked(codes, windows.out)
    out = np.empty((len(given), *windows.sizes), values.dtype)
    alone = windows.apart

    def task(start: int, stop: int) -> None:
        part = out[start:stop].reshape(-1)
        part.fill(0)
        at = _flat_places(given[start:stop], windows)
        if alone:
            part[at] = values[start:stop].reshape(-1)
        else:
            np.add.at(part, at, values[start:stop].reshape(-1))

    by_planes(task, len(given), math.prod(windows.sizes))
    return out.reshape(*codes.shape[: codes.ndim - len(windows.out)], *windows.sizes)


def _flat_places(codes: np.ndarray, windows: Windows) -> np.ndarray:
    """The places that codes mean, in a row of planes."""
    at = np.empty(codes.shape, np.int64)
    _decode(codes, windows, at)
    at += (np.arange(len(codes)) * math.prod(windows.sizes)).reshape(-1, *(1,) * (codes.ndim - 1))
    return at.reshape(-1)


def _shifted(places: np.ndarray, size: int) -> np.ndarray:
    """The places in a row of planes instead of in each of them."""
    if len(places) == 1:
        return places
    return places + (np.arange(len(places)) * size).reshape(-1, *(1,) * (places.ndim - 1))


def max_unpool(values: np.ndarray, places: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Planes of zeros of ``sizes`` with ``values`` at ``places``, the last one where a place comes several times."""
    size = math.prod(sizes)
    low, high = (int(places.min()), int(places.max())) if places.size else (0, -1)
    if low < 0 or high >= size:
        bad = low if low < 0 else high
        volume = "x".join([str(n) for n in (*sizes, *(1,) * (len(sizes) < 2))])
        raise RuntimeError(f"Found an invalid max index: {bad} (output volumes are of size {volume})")
    return put_places(values, places, sizes, apart=True)
