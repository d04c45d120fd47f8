"""Convolution of any kind by matrix products over tiles that stay in cache.

A tile is some rows of the output of one image, or several whole images. The windows that its outputs see are copied
side by side, as the columns of a matrix that the weight multiplies (Chellapilla et al., 2006, here in pieces). With
stride 1 the rows of a padded image lie one after the other, so that the column entries of one place in the kernel are
one run of memory, copied at full speed; what they hold between the rows belongs to no output and is left behind when
the result is written. The zeros between two rows pad both. Where that would be too much for nothing, or with strides,
each window is copied by itself.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.kernels import threads

MANY = 4  # tiles that are one where sums are added, which takes long runs
TILE = 1 << 18  # elements of a tile's columns: 1 MiB of float32, a usual level-2 cache
NARROW = 128  # columns below which a product is no longer fast
SMALL = 1_000_000  # multiplications up to which BLAS has a way for small matrices
WASTE = 1.5  # products made for nothing, at most, in order to copy in long runs
PIECE = 4_000_000  # multiplications that are worth a thread's while
FULL = slice(None)


class Tiles:
    """The geometry of a convolution of ``n`` images: its padded image, and how its output is parted.

    ``wide`` are the sizes of the padded image but the first, ``across`` the columns of a tile along these dimensions:
    as many in a ``flat`` tile, else those of the output. ``whole``: each item is a whole image at least, to whose sums
    tiles are added; ``high`` is then the height of the padded image where its tiles are as high, so that one addition
    serves all channels and images at once.
    """

    def __init__(
        self,
        shape: tuple,
        weight: tuple,
        size: tuple,
        padding: tuple,
        stride: tuple,
        dilation: tuple,
        whole: bool,
        count: int,
    ) -> None:
        self.threads = count
        self.n, self.c, *spatial = shape
        self.o, self.kernel, self.size, self.lo = weight[0], weight[2:], tuple(size), padding
        self.inside = tuple([slice(a, a + m) for a, m in zip(padding, spatial, strict=True)])
        self.spatial, self.stride, self.dilation = tuple(spatial), stride, dilation
        self.groups = self.c // weight[1]
        seen = [(o - 1) * s + (k - 1) * d + 1 for o, s, k, d in zip(size, stride, self.kernel, dilation, strict=True)]
        hi = [max(0, n - p - m) for n, p, m in zip(seen, padding, spatial, strict=True)]
        self.padded = any(padding) or any(hi)
        self.wide = tuple([max(m + max(p, h), o) for m, p, h, o in zip(spatial, padding, hi, size, strict=True)][1:])
        self.pitch = tuple([math.prod(self.wide[i:]) for i in range(len(size))])
        waste = math.prod(self.wide) / math.prod(size[1:])
        self.flat = all([s == 1 for s in stride]) and waste <= WASTE
        if whole and not self.flat:  # sums are added by slices, which do not reach into the next row
            self.wide = tuple([m + p + h for m, p, h in zip(spatial, padding, hi, strict=True)][1:])
        self.across = self.wide if self.flat else self.size[1:]
        self.crop = tuple([slice(0, n) for n in self.size[1:]])
        self.places = self.c * math.prod(self.kernel)
        self.high = max(seen[0], padding[0] + spatial[0]) if whole and self.flat else 0
        self._part(math.prod(self.across), MANY * TILE if self.high else TILE)
        if self.high and self.blocks > 1:
            self.high = 0
            self._part(math.prod(self.across), TILE)
        self.items = -(-self.n // self.images) * (1 if whole else self.blocks)
        self.tall = seen[0] if whole else (self.rows - 1) * stride[0] + (self.kernel[0] - 1) * dilation[0] + 1

    def _part(self, width: int, most: int) -> None:
        """Choose the rows, or the images, of a tile, whose rows are ``width`` columns each."""
        columns = max(most // self.places, NARROW)
        small = SMALL // (self.o * self.places)
        if small >= 8 * NARROW:
            columns = min(columns, small)
        high = self.high or self.size[0]
        rows = min(high, max(1, columns // width))
        self.blocks = -(-high // rows)
        self.rows = -(-high // self.blocks)
        self.blocks = -(-high // self.rows)
        share = -(-self.n // self.threads)
        self.images = max(1, min(columns // (high * width), share)) if self.blocks == 1 else 1
        self.columns = self.images * self.rows * width

    def split(self, task: Callable[[int, int], Any], work: int = 1, once: bool = False) -> None:
        """Run ``task`` over the items (tiles, or ``work`` tiles each), on all threads; in one piece each if ``once``."""
        each = self.places // self.groups * self.o * self.columns * work
        least = -(-self.items // self.threads) if once else 1
        threads.split(task, self.items, max(least, PIECE // max(1, each)))

    def each(self, start: int, stop: int) -> Iterator[tuple[slice, slice]]:
        """The tiles from ``start`` to ``stop``: slices of the images, and of the rows of the output."""
        for item in range(start, stop):
            group, block = divmod(item, self.blocks)
            first, top = group * self.images, block * self.rows
            yield slice(first, min(first + self.images, self.n)), slice(top, min(top + self.rows, self.size[0]))

    def run(self, rows: int) -> int:
        """The length of the run that ``rows`` rows of outputs make up in a flat image."""
        return 1 + sum([(o - 1) * p for o, p in zip((rows, *self.size[1:]), self.pitch, strict=True)])


_known = functools.lru_cache(256)(Tiles)  # a training step asks for the same ones each time


def _tiles(
    shape: tuple, weight: tuple, size: tuple, padding: tuple, stride: tuple, dilation: tuple, whole: bool = False
) -> Tiles:
    """The tiles of a convolution, made when they are first asked for."""
    return _known(shape, weight, size, padding, stride, dilation, whole, threads.get_count())


class Columns:
    """The matrix of a tile's windows, in memory that the tiles of a piece share."""

    def __init__(self, tiles: Tiles, x: Any) -> None:
        t = self.tiles = tiles
        self.x = x
        self.memory = np.empty(t.places * t.columns, x.dtype)
        self.direct = not t.padded and x.flags.c_contiguous
        if not self.direct:  # one row more, into which the last run may reach
            self.padded = np.zeros((t.images, t.c, t.tall + 1, *t.wide), x.dtype)

    def __call__(self, images: slice, rows: slice) -> Any:
        """The windows of a tile: for each group (places of the kernel in its channels) × columns."""
        t = self.tiles
        source, offset = self._source(images, rows)
        n, high = images.stop - images.start, rows.stop - rows.start
        steps = source.strides[2:]
        places = (source.strides[1], *[d * p for d, p in zip(t.dilation, steps, strict=True)], source.strides[0])
        width = math.prod(t.across) * high
        target = self.memory[: t.places * n * width]
        if t.flat:
            run = t.run(high)
            target = target.reshape(t.c, *t.kernel, n, width)
            target[..., run:] = 0
            target, steps = target[..., :run], (source.itemsize,)
        else:
            target = target.reshape(t.c, *t.kernel, n, high, *t.size[1:])
            steps = tuple([s * p for s, p in zip(t.stride, steps, strict=True)])
        np.copyto(target, np.ndarray(target.shape, source.dtype, source, offset, (*places, *steps)))
        return self.memory[: t.places * n * width].reshape(t.groups, -1, n * width)

    def _source(self, images: slice, rows: slice) -> tuple[Any, int]:
        """An array with what a tile sees of the input, padded, and the byte at which it begins."""
        t, x = self.tiles, self.x
        first = rows.start * t.stride[0]
        if self.direct:
            return x, images.start * x.strides[0] + first * x.strides[2]
        padded = self.padded[: images.stop - images.start]
        tall = (rows.stop - rows.start - 1) * t.stride[0] + (t.kernel[0] - 1) * t.dilation[0] + 1
        start, stop = first - t.lo[0], first - t.lo[0] + tall
        top, end = max(start, 0), min(stop, t.spatial[0])
        if t.blocks > 1:  # other tiles may have written there
            padded[:, :, : max(top - start, 0)] = 0
            padded[:, :, max(end, top) - start :] = 0
        if end > top:
            np.copyto(padded[(FULL, FULL, slice(top - start, end - start), *t.inside[1:])], x[images, :, top:end])
        return self.padded, 0


class Results:
    """What stands in the outputs' places of a tile, in the order of its columns, in memory that tiles share."""

    def __init__(self, tiles: Tiles, dtype: Any) -> None:
        self.tiles = tiles
        self.memory = np.zeros(tiles.o * tiles.columns, dtype)
        self.shape: tuple = ()

    def __call__(self, images: slice, rows: slice) -> tuple[Any, Any]:
        """Memory for a tile as a matrix for each group, and the part of it that is outputs."""
        t = self.tiles
        shape = (t.o, images.stop - images.start, t.high or rows.stop - rows.start, *t.across)
        found = self.memory[: math.prod(shape)]
        matrix = found.reshape(t.groups, t.o // t.groups, -1)
        return matrix, found.reshape(shape)[(FULL, FULL, slice(0, rows.stop - rows.start), *t.crop)]

    def spread(self, g: Any, images: slice, rows: slice) -> Any:
        """A tile of ``g`` as a matrix for each group, with zeros in what is no output."""
        shape = (images.stop - images.start, rows.stop - rows.start)
        if shape != self.shape:
            self.memory[...] = 0
            self.shape = shape
        matrix, kept = self(images, rows)
        np.copyto(kept, g[images, :, rows].swapaxes(0, 1))
        return matrix


def correlate(x: Any, w: Any, bias: Any, out: Any, padding: tuple, stride: tuple, dilation: tuple) -> None:
    """Write into ``out`` the sums of the products of ``w`` with each window of ``x``, plus ``bias``.

    >>> out = np.empty((1, 1, 2))
    >>> correlate(np.array([[[1.0, 2.0, 3.0]]]), np.array([[[1.0, 10.0]]]), None, out, (0,), (1,), (1,))
    >>> out
    array([[[21., 32.]]])
    """
    t = _tiles(x.shape, w.shape, out.shape[2:], padding, stride, dilation)
    weight = np.ascontiguousarray(w).reshape(t.groups, t.o // t.groups, -1)
    if bias is not None:
        bias = bias.reshape(t.groups, -1, 1)

    def task(start: int, stop: int) -> None:
        columns, results = Columns(t, x), Results(t, x.dtype)
        for images, rows in t.each(start, stop):
            matrix, kept = results(images, rows)
            np.matmul(weight, columns(images, rows), out=matrix)
            if bias is not None:
                np.add(matrix, bias, out=matrix)
            np.copyto(out[images, :, rows].swapaxes(0, 1), kept)

    t.split(task)


def weight_sums(g: Any, x: Any, weight: tuple, padding: tuple, stride: tuple, dilation: tuple) -> Any:
    """The gradient of ``correlate``'s weight, whose shape is ``weight``.

    >>> weight_sums(np.ones((1, 1, 2)), np.array([[[1.0, 2.0, 3.0]]]), (1, 1, 2), (0,), (1,), (1,))
    array([[[3., 5.]]])
    """
    t = _tiles(x.shape, tuple(weight), g.shape[2:], padding, stride, dilation)
    parts = {}

    def task(start: int, stop: int) -> None:
        columns, slopes = Columns(t, x), Results(t, x.dtype)
        total = np.zeros((t.groups, t.places // t.groups, t.o // t.groups), x.dtype)
        product = np.empty_like(total)
        for images, rows in t.each(start, stop):
            np.matmul(columns(images, rows), slopes.spread(g, images, rows).swapaxes(1, 2), out=product)
            np.add(total, product, out=total)
        parts[start] = total

    t.split(task, once=t.places * t.o > SMALL // 8)
    return np.ascontiguousarray(in_order(parts).swapaxes(1, 2)).reshape(weight)


def in_order(parts: dict[int, Any]) -> Any:
    """The sum of what the pieces found, always in the same order."""
    first, *rest = [parts[start] for start in sorted(parts)]
    for part in rest:
        first += part
    return first


def scatter(g: Any, w: Any, bias: Any, out: Any, padding: tuple, stride: tuple, dilation: tuple) -> None:
    """Write into ``out`` what each element of ``g`` adds to its window: the gradient of ``correlate``'s input.

    >>> out = np.empty((1, 1, 3))
    >>> scatter(np.array([[[1.0, 2.0]]]), np.array([[[1.0, 10.0]]]), None, out, (0,), (1,), (1,))
    >>> out
    array([[[ 1., 12., 20.]]])
    """
    t = _tiles(out.shape, w.shape, g.shape[2:], padding, stride, dilation, whole=True)
    # the places of the kernel outside, so that what all channels have for one of them is a run
    turned = w.reshape(t.groups, t.o // t.groups, t.c // t.groups, -1).transpose(0, 3, 2, 1)
    weight = np.ascontiguousarray(turned).reshape(t.groups, -1, t.o // t.groups)
    if bias is not None:
        bias = bias.reshape(t.groups, -1, 1, *[1] * len(t.size))
    places = _places(t)
    multiply = np.multiply if t.o == t.groups else np.matmul  # with one channel each, a product of two numbers
    height = t.high or max(t.tall, t.lo[0] + t.spatial[0]) + 1
    more = places[-1] if t.high else 0  # what the last run reaches beyond the images

    def task(start: int, stop: int) -> None:
        slopes, memory = Results(t, g.dtype), np.empty(t.places * t.columns, g.dtype)
        sums = np.empty(t.groups * (t.c // t.groups * t.images * height * math.prod(t.wide) + more), g.dtype)
        for item in range(start, stop):
            for images, rows in t.each(item * t.blocks, (item + 1) * t.blocks):
                matrix = slopes.spread(g, images, rows)
                part = memory[: t.places * matrix.shape[2]].reshape(t.groups, -1, matrix.shape[2])
                multiply(weight, matrix, out=part)
                if not rows.start:
                    shape = (t.c // t.groups, images.stop - images.start, height, *t.wide)
                    total = sums[: t.groups * (math.prod(shape) + more)].reshape(t.groups, -1)
                    total[...] = 0
                    whole = total[:, : math.prod(shape)].reshape(t.groups, *shape)
                if t.high:
                    _add_runs(places, part, total)
                else:
                    _add_back(t, places, part, whole, rows)
            kept = whole[(FULL, FULL, FULL, *t.inside)]
            target = out[images].reshape(-1, *kept.shape[:2], *t.spatial)
            target = np.moveaxis(target, 0, 2)
            if bias is None:
                np.copyto(target, kept)
            else:
                np.add(kept, bias, out=target)

    t.split(task, t.blocks)


def _add_runs(places: list, part: Any, total: Any) -> None:
    """Add the columns of a tile of whole images, one run for each place in the kernel, which reaches over their edges."""
    part = part.reshape(total.shape[0], len(places), -1)
    for i, place in enumerate(places):
        target = total[:, place : place + part.shape[2]]
        np.add(target, part[:, i], out=target)


def _places(t: Tiles) -> list:
    """Where each place of the kernel lies: in a flat image, or along each dimension."""
    found = list(itertools.product(*[range(0, k * d, d) for k, d in zip(t.kernel, t.dilation, strict=True)]))
    return [sum([k * p for k, p in zip(place, t.pitch, strict=True)]) for place in found] if t.flat else found


def _add_back(t: Tiles, places: list, part: Any, whole: Any, rows: slice) -> None:
    """Add the columns of a tile to where in the padded images they came from."""
    n, high = whole.shape[2], rows.stop - rows.start
    if t.flat:
        run, start = t.run(high), rows.start * t.pitch[0]
        columns = part.reshape(t.groups, len(places), -1, n, part.shape[2] // n)[..., :run]
        flat = whole.reshape(*whole.shape[:3], -1)
        for i, place in enumerate(places):
            target = flat[..., start + place : start + place + run]
            np.add(target, columns[:, i], out=target)
        return
    columns = part.reshape(t.groups, len(places), -1, n, high, *t.size[1:])
    for i, place in enumerate(places):
        firsts = (place[0] + rows.start * t.stride[0], *place[1:])
        spans = zip(firsts, (high, *t.size[1:]), t.stride, strict=True)
        target = whole[(FULL, FULL, FULL, *[slice(f, f + (o - 1) * s + 1, s) for f, o, s in spans])]
        np.add(target, columns[:, i], out=target)
