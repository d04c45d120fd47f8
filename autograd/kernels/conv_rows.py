"""Convolution of batches with the images innermost: windows unfolded along one dimension only.

Put the images of a group side by side, so that one place of a channel is a run of numbers, one of each image. Unfold
the columns that each output sees, but not the rows, and store what belongs to one row of the input together. Then all
that one row of outputs sees is one run of memory: a matrix of (places of the kernel in all channels) × (columns ·
images), which the weight multiplies, and that of the next row of outputs overlaps it (Cho and Brand, 2017). So little is
copied, nothing is multiplied for nothing, and the products are of the size that BLAS is fastest with.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.conv_tiles import in_order

TALL = 4  # rows of a kernel below which unfolding them too costs little
FEW = 6000  # elements of a weight above which tiles are as fast
IMAGES = 8  # fewer side by side are short runs
TILE = 1 << 18  # elements of a tile's windows: 1 MiB of float32, a usual level-2 cache
SMALL = 1_000_000  # multiplications up to which BLAS has a way for small matrices
NARROW = 48  # columns of a product below which even that is slow
PIECE = 2_000_000  # multiplications that are worth a thread's while
FULL = slice(None)


class Rows:
    """The geometry of a convolution, and how it is parted: groups of images, and blocks of rows unless ``whole``."""

    def __init__(
        self,
        shape: tuple,
        weight: tuple,
        size: tuple,
        padding: tuple,
        stride: tuple,
        across: int,
        whole: bool,
        count: int,
    ) -> None:
        n, c, self.h, self.w = shape
        self.n, self.threads = n, count
        self.groups = c // weight[1]
        self.c, self.o, self.kernel = weight[1], weight[0] // self.groups, weight[2:]
        self.size, self.lo, self.stride, self.across = size, padding, stride, across
        self.width = max((size[1] - 1) * stride[1] + (self.kernel[1] - 1) * across + 1, padding[1] + self.w)
        self.entries = self.c * math.prod(self.kernel)  # rows of the matrix of windows
        row = c * self.kernel[1] * size[1]  # elements of a row's windows, for one image
        high = (size[0] - 1) * stride[0] + self.kernel[0]
        tall = max(high, padding[0] + self.h) if whole else stride[0] + self.kernel[0] - 1
        most = max(IMAGES, min(TILE // (row * tall), 1024 // size[1], -(-n // count)))
        self.images = -(-n // -(-n // most))
        rows = size[0] if whole else (TILE // (row * self.images) - self.kernel[0]) // stride[0] + 1
        rows = max(1, min(size[0], rows))
        self.blocks = -(-size[0] // rows)
        self.rows = -(-size[0] // self.blocks)
        self.tall = tall if whole else (self.rows - 1) * stride[0] + self.kernel[0]
        self.items = -(-n // self.images) * self.blocks
        self.columns = size[1] * self.images
        small = SMALL // (self.o * self.entries)
        parts = -(-self.columns // small) if small >= NARROW else 1
        each = -(-self.columns // parts)
        self.parts = [slice(i, min(i + each, self.columns)) for i in range(0, self.columns, each)]

    def split(self, task: Callable[[int, int], Any], once: bool = False) -> None:
        """Run ``task`` over the tiles, on all threads; in one piece each if ``once``."""
        each = self.groups * self.o * self.entries * self.columns * self.rows
        least = -(-self.items // self.threads) if once else 1
        threads.split(task, self.items, max(least, PIECE // each))

    def each(self, start: int, stop: int) -> Iterator[tuple[slice, slice]]:
        """The tiles from ``start`` to ``stop``: slices of the images, and of the rows of the output."""
        for item in range(start, stop):
            group, block = divmod(item, self.blocks)
            first, top = group * self.images, block * self.rows
            yield slice(first, min(first + self.images, self.n)), slice(top, min(top + self.rows, self.size[0]))

    def matrix(self, w: Any) -> Any:
        """The weight as (groups, channels of the result, entries)."""
        parts = w.reshape(self.groups, self.o, self.c, *self.kernel).swapaxes(2, 3)
        return np.ascontiguousarray(parts).reshape(self.groups, self.o, self.entries)

    def grouped(self, array: Any) -> Any:
        """An array with the shape of the result or its gradient as (images, groups, channels, rows, columns)."""
        return array.reshape(self.n, self.groups, self.o, *self.size)


_known = functools.lru_cache(256)(Rows)  # a training step asks for the same ones each time


def _rows(
    shape: tuple, weight: tuple, size: tuple, padding: tuple, stride: tuple, across: int, whole: bool = False
) -> Rows:
    """The rows of a convolution, made when they are first asked for."""
    return _known(shape, weight, size, padding, stride, across, whole, threads.get_count())


def fits(n: int, weight: tuple, size: tuple, dilation: tuple, groups: int) -> bool:
    """Whether a convolution of ``n`` images is one for this kernel, and worth it: few channels, and many places."""
    if n < IMAGES or len(size) != 2 or dilation[0] != 1 or weight[2] < TALL:
        return False
    row = weight[1] * groups * weight[3] * size[1] * (weight[2] + 1) * IMAGES
    return math.prod(weight) <= groups * FEW and row <= TILE


class Windows:
    """The matrices of the windows of a tile's rows, in memory that the tiles of a piece share."""

    def __init__(self, rows: Rows, x: Any) -> None:
        self.rows = r = rows
        self.x = x.reshape(r.n, r.groups, r.c, r.h, r.w)
        self.images = 0
        self.memory = np.empty(r.groups * r.tall * r.c * r.kernel[1] * r.columns, x.dtype)
        self.inner = np.empty(r.groups * r.tall * r.c * r.width * r.images, x.dtype)
        self.padded: Any = None

    def __call__(self, images: slice, rows: slice) -> Any:
        """(groups, rows of outputs, entries, columns · images): overlapping views."""
        r, n = self.rows, images.stop - images.start
        if n != self.images:
            self.images = n
            shape: tuple = (r.groups, r.tall, r.c, r.width, n)
            self.padded = self.inner[: math.prod(shape)].reshape(shape)
            self.padded[...] = 0
        self._copy(images, rows)
        p = self.padded.strides
        shape = (r.groups, r.tall, r.c, r.kernel[1], r.size[1], n)
        target = self.memory[: math.prod(shape)].reshape(shape)
        steps = (*p[:3], r.across * p[3], r.stride[1] * p[3], p[4])
        np.copyto(target, np.ndarray(shape, target.dtype, self.padded, 0, steps))
        t = target.strides
        count = rows.stop - rows.start
        shape = (r.groups, count, r.entries, r.size[1] * n)
        return np.ndarray(shape, target.dtype, target, 0, (t[0], r.stride[0] * t[1], t[3], t[5]))

    def _copy(self, images: slice, rows: slice) -> None:
        """The rows that the tile sees into ``padded``, images innermost."""
        r = self.rows
        first = rows.start * r.stride[0] - r.lo[0]
        top, end = max(first, 0), min(first + r.tall, r.h)
        if r.blocks > 1 or first + r.tall > r.h:  # other tiles may have written there
            self.padded[:, : max(top - first, 0)] = 0
            self.padded[:, max(end, top) - first :] = 0
        if end > top:
            target = self.padded[:, top - first : end - first, :, r.lo[1] : r.lo[1] + r.w]
            np.copyto(target, self.x[images, :, :, top:end].transpose(1, 3, 2, 4, 0))


def correlate(x: Any, w: Any, bias: Any, out: Any, padding: tuple, stride: tuple, across: int) -> None:
    """Write into ``out`` the sums of the products of ``w`` with each window of ``x``, plus ``bias``.

    ``across`` is the dilation of the columns.

    >>> out = np.empty((1, 1, 1, 2))
    >>> correlate(np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[[1.0, 10.0]]]]), None, out, (0, 0), (1, 1), 1)
    >>> out
    array([[[[21., 32.]]]])
    """
    r = _rows(x.shape, w.shape, out.shape[2:], padding, stride, across)
    weight = r.matrix(w)[:, None]
    if bias is not None:
        bias = bias.reshape(r.groups, 1, -1, 1)
    target = r.grouped(out)

    def task(start: int, stop: int) -> None:
        windows, memory = Windows(r, x), np.empty(r.groups * r.rows * r.o * r.columns, x.dtype)
        for images, rows in r.each(start, stop):
            matrices = windows(images, rows)
            shape = (r.groups, matrices.shape[1], r.o, matrices.shape[3])
            found = memory[: math.prod(shape)].reshape(shape)
            for part in r.parts:
                np.matmul(weight, matrices[..., part], out=found[..., part])
            if bias is not None:
                np.add(found, bias, out=found)
            found = found.reshape(*shape[:3], r.size[1], -1)
            np.copyto(target[images, :, :, rows], found.transpose(4, 0, 2, 1, 3))

    r.split(task)


def weight_sums(g: Any, x: Any, weight: tuple, padding: tuple, stride: tuple, across: int) -> Any:
    """The gradient of ``correlate``'s weight, whose shape is ``weight``.

    >>> weight_sums(np.ones((1, 1, 1, 2)), np.array([[[[1.0, 2.0, 3.0]]]]), (1, 1, 1, 2), (0, 0), (1, 1), 1)
    array([[[[3., 5.]]]])
    """
    r = _rows(x.shape, tuple(weight), g.shape[2:], padding, stride, across)
    slopes, sums = r.grouped(g), {}

    def task(start: int, stop: int) -> None:
        windows, memory = Windows(r, x), np.empty(r.groups * r.rows * r.o * r.columns, x.dtype)
        total = np.zeros((r.groups, r.entries, r.o), x.dtype)
        product = np.empty((r.groups, r.rows, r.entries, r.o), x.dtype)
        for images, rows in r.each(start, stop):
            matrices = windows(images, rows)
            part = slopes[images, :, :, rows].transpose(1, 3, 4, 0, 2)  # groups, rows, columns, images, channels
            matrix = memory[: part.size].reshape(part.shape)
            np.copyto(matrix, part)
            matrix = matrix.reshape(r.groups, part.shape[1], -1, r.o)
            for cut in r.parts:
                found = np.matmul(matrices[..., cut], matrix[:, :, cut], out=product[:, : part.shape[1]])
                np.add(total, np.add.reduce(found, 1), out=total)
        sums[start] = total

    r.split(task, once=True)
    total = in_order(sums).reshape(r.groups, r.kernel[0], r.c, r.kernel[1], r.o)
    return np.ascontiguousarray(total.transpose(0, 4, 2, 1, 3)).reshape(weight)


def scatter(g: Any, w: Any, bias: Any, out: Any, padding: tuple, stride: tuple, across: int) -> None:
    """Write into ``out`` what each element of ``g`` adds to its window: the gradient of ``correlate``'s input.

    >>> out = np.empty((1, 1, 1, 3))
    >>> scatter(np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 10.0]]]]), None, out, (0, 0), (1, 1), 1)
    >>> out
    array([[[[ 1., 12., 20.]]]])
    """
    r = _rows(out.shape, w.shape, g.shape[2:], padding, stride, across, whole=True)
    weight = np.ascontiguousarray(r.matrix(w).swapaxes(1, 2))
    slopes, target = r.grouped(g), out.reshape(r.n, r.groups, r.c, r.h, r.w)
    if bias is not None:
        bias = bias.reshape(r.groups, r.c, 1, 1)

    def task(start: int, stop: int) -> None:
        for images, _ in r.each(start, stop):
            n = images.stop - images.start
            matrices = np.ascontiguousarray(slopes[images].transpose(3, 1, 2, 4, 0)).reshape(
                r.size[0], r.groups, r.o, -1
            )
            windows = np.zeros((r.groups, r.tall, r.entries // r.kernel[0], r.size[1] * n), g.dtype)
            product = np.empty((r.groups, r.entries, r.size[1] * n), g.dtype)
            for row, matrix in enumerate(matrices):
                for part in r.parts:
                    np.matmul(weight, matrix[..., part], out=product[..., part])
                top = row * r.stride[0]
                seen = windows[:, top : top + r.kernel[0]]
                np.add(seen, product.reshape(seen.shape), out=seen)
            total = _folded(r, windows.reshape(r.groups, r.tall, r.c, r.kernel[1], r.size[1], n))
            kept = total[:, r.lo[0] : r.lo[0] + r.h, :, r.lo[1] : r.lo[1] + r.w].transpose(4, 0, 2, 1, 3)
            if bias is None:
                np.copyto(target[images], kept)
            else:
                np.add(kept, bias, out=target[images])

    r.split(task)


def _folded(r: Rows, windows: Any) -> Any:
    """The sums of what the windows of each row have for one column."""
    total = np.zeros((*windows.shape[:3], r.width, windows.shape[-1]), windows.dtype)
    reach = (r.size[1] - 1) * r.stride[1] + 1
    for i in range(r.kernel[1]):
        place = total[:, :, :, i * r.across : i * r.across + reach : r.stride[1]]
        np.add(place, windows[:, :, :, i], out=place)
    return total
