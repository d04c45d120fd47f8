"""Convolution with 3 × 3 kernels and stride 1 by Winograd's minimal filtering F(4 × 4, 3 × 3), all of it matrix products.

One dimension first: four outputs ``yᵢ = Σₖ wₖ xᵢ₊ₖ`` are the product of two polynomials, transposed. Evaluated at five
points and at infinity they take six multiplications instead of twelve, ``y = Aᵀ((G w) ∘ (B x))``; two dimensions take 36
instead of 144 (Winograd, 1980; Lavin and Gray, 2016). Here the transforms of all tiles of a row stand in one banded
matrix that knows the padding as well, so each is a product with a whole image, and its transposed form brings the
dimensions into the order that the next product needs: nothing is gathered, padded or scattered.

An infinity or a NaN in an image, times the zeros of these matrices, makes much of the image's result NaN, not only what
sees it; so results that are not finite are found, and computed again by tiles. The points 0, ±3/4, ±3/2 make errors in
float32 about four times those of direct sums (rms 8e-7 of the result's over 64 channels), where the usual 0, ±1, ±2 make
them eight times. Not for float64, whose users want its last digits.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.conv_tiles import in_order

POINTS = (0.0, 0.75, -0.75, 1.5, -1.5)
STEP, WIDE = 4, 6  # outputs of a tile along a dimension; inputs that they see, and products that they take
BLOCK = 16  # outputs that one banded matrix makes: more of them are more zeros in it
CHANNELS = 12  # below these there is little to multiply, and the transforms are most of the work
OUTPUTS = 1024  # of all images: below, the kernel's transform is too large a part of the work, and of the memory
KERNELS = 1 << 22  # elements of the transformed kernels, at most: 16 MiB
LONG = 2048  # rows of a product that BLAS makes in its way for small matrices
GROUP = 1 << 17  # elements of a group of images, transformed


@functools.cache
def _matrices() -> tuple[Any, Any, Any]:
    """A (products × outputs), G (products × kernel) and B (products × inputs), from the points."""
    a, g, b = np.zeros((WIDE, STEP)), np.zeros((WIDE, 3)), np.zeros((WIDE, WIDE))
    for i, point in enumerate(POINTS):
        others = [p for p in POINTS if p != point]
        a[i] = point ** np.arange(STEP)
        g[i] = point ** np.arange(3) / np.prod([point - p for p in others])
        b[i, : WIDE - 1] = np.poly(others)[::-1]
    a[-1, -1] = g[-1, -1] = 1
    b[-1] = np.poly(POINTS)[::-1]
    return a, g, b


@functools.cache
def _kernel_matrix() -> Any:
    """The transform of a 3 × 3 kernel: (36, 9)."""
    g = _matrices()[1]
    return np.kron(g, g).astype(np.float32)


class Block:
    """A run of outputs along one dimension: its inputs, and the matrices between these and its tiles' products."""

    __slots__ = ("inputs", "outputs", "shrink", "spread", "tiles", "widen")

    def __init__(self, first: int, last: int, size: int, lo: int) -> None:
        a, _, b = _matrices()
        self.tiles = -(-(last - first) // STEP)
        self.outputs = slice(first, last)
        self.inputs = slice(max(first - lo, 0), min(last + 2 - lo, size))
        inputs = self.inputs.stop - self.inputs.start
        self.spread = np.ascontiguousarray(_banded(b, self.tiles, inputs, first - lo - self.inputs.start).T)
        self.shrink = _banded(a, self.tiles, last - first, 0)
        self.widen = np.ascontiguousarray(self.shrink.T)


def _banded(matrix: Any, tiles: int, size: int, start: int) -> Any:
    """(products · tiles) × inputs: ``matrix`` for each tile, where its window is; what is outside is 0."""
    found = np.zeros((WIDE, tiles, size), np.float32)
    for tile in range(tiles):
        for j in range(matrix.shape[1]):
            place = start + tile * STEP + j
            if 0 <= place < size:
                found[:, tile, place] = matrix[:, j]
    return found.reshape(WIDE * tiles, size)


@functools.lru_cache(256)
def _blocks(size: int, outputs: int, lo: int) -> tuple[Block, ...]:
    """The blocks of one dimension, of nearly equal sizes."""
    count = -(-outputs // BLOCK)
    tiles = -(-outputs // STEP)
    edges = [min(outputs, STEP * (tiles * i // count)) for i in range(count)] + [outputs]
    return tuple([Block(first, last, size, lo) for first, last in itertools.pairwise(edges)])


def fits(x: Any, w: tuple, size: tuple, stride: tuple, padding: tuple, dilation: tuple, groups: int) -> bool:
    """Whether a convolution is one for this kernel, and worth it."""
    return (
        min(w[:2]) >= CHANNELS
        and WIDE * WIDE * w[0] * w[1] <= KERNELS
        and w[2:] == (3, 3)
        and groups == 1
        and x.dtype == np.float32
        and stride == dilation == (1, 1)
        and max(padding) <= WIDE - STEP
        and min(size) >= STEP
        and x.shape[0] * size[0] * size[1] >= OUTPUTS
    )


class Plan:
    """How a convolution is parted: blocks of rows and columns, and groups of images."""

    def __init__(self, x: Any, o: int, size: tuple, lo: tuple) -> None:
        self.n, self.c, self.h, self.w = x.shape
        self.o, self.size = o, size
        self.rows, self.columns = (_blocks(n, o, p) for n, o, p in zip((self.h, self.w), size, lo, strict=True))
        across, down = self.columns[0].tiles, self.rows[0].tiles
        self.images = max(GROUP // (WIDE * WIDE * across * down * max(self.c, self.o)), -(-32 // across))
        self.images = min(self.images, -(-self.n // threads.get_count()))
        self.items = -(-self.n // self.images) * len(self.columns)

    def each(self, start: int, stop: int) -> Iterator[tuple[slice, Block]]:
        """Groups of images and blocks of columns."""
        for item in range(start, stop):
            group, block = divmod(item, len(self.columns))
            yield slice(group * self.images, min((group + 1) * self.images, self.n)), self.columns[block]

    def split(self, task: Callable[[int, int], Any], once: bool = False) -> None:
        """Run ``task`` over all items, on all threads; in one piece each where a piece has large results (``once``)."""
        threads.split(task, self.items, -(-self.items // threads.get_count()) if once else 1)


def _transposed(x: Any, matrix: Any) -> Any:
    """``(x @ matrix).T``, made in pieces for which BLAS has a faster way than for the whole."""
    rows, size = x.shape
    least = -(-rows // LONG)
    parts = next((k for k in range(least, 4 * least) if rows % k == 0), 1)
    out = np.empty((matrix.shape[1], rows), x.dtype)
    np.matmul(
        matrix.T,
        x.reshape(parts, rows // parts, size).swapaxes(1, 2),
        out=out.reshape(-1, parts, rows // parts).swapaxes(0, 1),
    )
    return out


def _widen(x: Any, columns: Any, first: slice) -> Any:
    """The columns of all rows transformed: (product, tile, image, channel) × rows."""
    n, c, h, w = x.shape
    return _transposed(x.reshape(n * c * h, w)[:, first], columns).reshape(-1, h)


def _products(rows: Any, wide: Any, first: slice, shape: tuple) -> Any:
    """The rows transformed too, as (product, tiles down, product, tiles across · images, channels)."""
    return _transposed(wide[:, first], rows).reshape(shape)


def finite(array: Any) -> bool:
    """Whether nothing in a contiguous ``array`` is infinite or NaN, nor large enough to become so on the way.

    >>> finite(np.ones(3)), finite(np.array([1.0, np.nan]))
    (True, False)
    """
    flat = array.reshape(-1)
    return math.isfinite(np.dot(flat, flat))  # of all sums the fastest, and without warnings


def correlate(x: Any, w: Any, bias: Any, out: Any, lo: tuple) -> list[slice]:
    """Write the convolution of ``x``, padded by ``lo`` before (and by what ``out`` then needs), into ``out``.

    ``w`` is (3, 3, channels in, channels out), the order that its transform needs. Returns slices of the images whose
    results are not `finite`: there infinities and NaNs have spread.
    """
    plan = Plan(x, out.shape[1], out.shape[2:], lo)
    o, c = plan.o, plan.c
    kernels = np.matmul(_kernel_matrix(), w.reshape(9, c * o)).reshape(WIDE, 1, WIDE, c, o)
    high, broad = plan.size
    spoilt: list[slice] = []

    def task(start: int, stop: int) -> None:
        for images, across in plan.each(start, stop):
            n = images.stop - images.start
            wide = _widen(x[images], across.spread, across.inputs)
            sums = np.empty((WIDE * across.tiles * n * o, high), np.float32)
            for down in plan.rows:
                shape = (WIDE, down.tiles, WIDE, across.tiles * n, c)
                products = np.matmul(_products(down.spread, wide, down.inputs, shape), kernels)
                turned = products.reshape(1, len(down.shrink), -1).swapaxes(1, 2)
                np.matmul(turned, down.shrink, out=sums[None, :, down.outputs])
            if not finite(sums):
                if images not in spoilt:
                    spoilt.append(images)
                continue
            target = out[images].reshape(1, n * o * high, broad)[..., across.outputs]
            np.matmul(sums.reshape(1, len(across.shrink), -1).swapaxes(1, 2), across.shrink, out=target)
            if bias is not None:
                target = out[images, :, :, across.outputs]
                np.add(target, bias.reshape(-1, 1, 1), out=target)

    plan.split(task)
    return spoilt


def weight_sums(g: Any, x: Any, lo: tuple) -> Any:
    """The gradient of the weight: the transposed form of the same bilinear map."""
    o = g.shape[1]
    plan = Plan(x, o, g.shape[2:], lo)
    c = plan.c
    parts = {}

    def task(start: int, stop: int) -> None:
        total = np.zeros((WIDE, WIDE, o, c), np.float32)
        product = np.empty((WIDE, WIDE, o, c), np.float32)
        for images, across in plan.each(start, stop):
            n = images.stop - images.start
            wide = _widen(x[images], across.spread, across.inputs)
            slopes = _widen(g[images], across.widen, across.outputs)
            for down in plan.rows:
                shape = (WIDE, down.tiles, WIDE, across.tiles * n, -1)
                a = _products(down.spread, wide, down.inputs, shape)
                b = _products(down.widen, slopes, down.outputs, shape)
                for tile in range(down.tiles):
                    np.matmul(b[:, tile].swapaxes(2, 3), a[:, tile], out=product)
                    np.add(total, product, out=total)
        parts[start] = total

    plan.split(task, once=True)
    total = in_order(parts)
    return np.matmul(total.reshape(WIDE * WIDE, o * c).T, _kernel_matrix()).reshape(o, c, 3, 3)
