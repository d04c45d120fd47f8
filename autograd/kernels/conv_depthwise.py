"""Depthwise convolution of images: each channel by its own kernel, one place of the kernel after the other.

A block of channels is padded in memory that stays in cache, images innermost where there are several. Then what one
place of the kernel meets is one run of memory for each channel, times one number; ``einsum`` multiplies and adds in one
go. What a run holds between two rows belongs to no output and is left behind. With strides, the input is parted into
phases, the images of its every second (third, …) row and column, each of which has its runs again.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.kernels import threads

IMAGES = 8  # fewer side by side are short runs: then each image by itself
WIDE = 32  # outputs in a row from which on rows are long enough to be copied each by itself
BLOCK = 1 << 16  # elements of a block: shorter calls are mostly overhead, and longer ones leave the level-2 cache
PIECE = 100_000  # elements that are worth a thread's while
FULL = slice(None)


class Planes:
    """The geometry of a depthwise convolution, and its blocks of channels and groups of images."""

    def __init__(
        self, shape: tuple, kernel: tuple, size: tuple, padding: tuple, stride: tuple, dilation: tuple, count: int
    ) -> None:
        self.n, self.c, *spatial = shape
        self.size, self.stride = size, stride
        seen = [(o - 1) * s + (k - 1) * d + 1 for o, s, k, d in zip(size, stride, kernel, dilation, strict=True)]
        wide = [max(m, p + n) for m, p, n in zip(seen, padding, spatial, strict=True)]
        self.high, self.pitch = (-(-m // s) for m, s in zip(wide, stride, strict=True))
        plane = self.high * self.pitch * math.prod(stride)
        self.images = min(self.n, BLOCK // plane)
        self.images = -(-self.n // -(-self.n // self.images)) if self.images >= IMAGES and size[1] < WIDE else 1
        self.channels = max(1, min(BLOCK // (plane * self.images), -(-self.c // count)))
        self.run = (size[0] - 1) * self.pitch + size[1]
        self.top = (kernel[0] - 1) * dilation[0] // stride[0] + 1  # rows of zeros before a gradient
        every = [s // math.gcd(s, d) for s, d in zip(stride, dilation, strict=True)]
        firsts = itertools.product(*[range(min(k, q)) for k, q in zip(kernel, every, strict=True)])
        self.taps = [Taps(self.pitch, kernel, stride, dilation, first, every) for first in firsts]
        self.phases = [self._phase(phase, spatial, padding) for phase in itertools.product(*map(range, stride))]

    def _phase(self, phase: tuple, spatial: list, padding: tuple) -> tuple:
        """What a phase has: slices of the input, and where they stand in its plane."""
        found: list = []
        for first, n, p, s in zip(phase, spatial, padding, self.stride, strict=True):
            start = (first - p) % s
            place = (start + p) // s
            found.append((slice(start, n, s), slice(place, place + len(range(start, n, s)))))
        (rows, high), (columns, wide) = found
        return rows, columns, high, wide

    def split(self, task: Callable[[int, int], Any]) -> None:
        """Run ``task`` over the blocks of channels, on all threads."""
        each = self.channels * self.n * self.run * sum([t.count for t in self.taps])
        threads.split(task, -(-self.c // self.channels), max(1, PIECE // each), blas=False)

    def each(self, start: int, stop: int) -> Iterator[tuple[slice, slice]]:
        """Slices of images and channels."""
        for block in range(start, stop):
            channels = slice(block * self.channels, min((block + 1) * self.channels, self.c))
            for first in range(0, self.n, self.images):
                yield slice(first, min(first + self.images, self.n)), channels

    def inputs(self, dtype: Any) -> Any:
        """Memory for a block of the padded input."""
        return np.zeros(len(self.phases) * self.channels * (self.high + 1) * self.pitch * self.images, dtype)

    def parted(self, memory: Any, x: Any, images: slice, channels: slice) -> Any:
        """A block of the input, padded: (phases, channels, rows, columns, images)."""
        n, c = images.stop - images.start, channels.stop - channels.start
        if (n, c) != (self.images, self.channels):  # the zeros are elsewhere
            memory = np.zeros_like(memory)
        shape = (len(self.phases), c, self.high + 1, self.pitch, n)
        parted = memory[: math.prod(shape)].reshape(shape)
        for plane, (rows, columns, high, wide) in zip(parted, self.phases, strict=True):
            np.copyto(plane[:, high, wide], x[images, channels, rows, columns].transpose(1, 2, 3, 0))
        return parted

    def outputs(self, dtype: Any, top: int = 0) -> Any:
        """Memory for a block of results, one row after the other with the input's pitch, below ``top`` rows more."""
        return np.zeros(self.channels * (self.size[0] + top) * self.pitch * self.images, dtype)

    def result(self, memory: Any, n: int, c: int) -> tuple[Any, Any]:
        """Results as (channels, run), and as (images, channels, rows, columns)."""
        found = memory[: c * self.size[0] * self.pitch * n].reshape(c, self.size[0], self.pitch, n)
        return found.reshape(c, -1)[:, : self.run * n], found[:, :, : self.size[1]].transpose(3, 0, 1, 2)


class Taps:
    """The places of a kernel that meet one phase: every so many rows and columns, from a first one."""

    __slots__ = ("columns", "count", "phase", "rows", "start", "steps")

    def __init__(self, pitch: int, kernel: tuple, stride: tuple, dilation: tuple, first: tuple, every: list) -> None:
        self.rows, self.columns = (slice(f, None, q) for f, q in zip(first, every, strict=True))
        (i, down), (j, right) = (divmod(f * d, s)[::-1] for f, d, s in zip(first, dilation, stride, strict=True))
        self.phase = i * stride[1] + j
        self.start = down * pitch + right
        steps = [q * d // s for q, d, s in zip(every, dilation, stride, strict=True)]
        self.steps = steps[0] * pitch, steps[1]
        self.count = math.prod([len(range(f, k, q)) for f, k, q in zip(first, kernel, every, strict=True)])

    def of(self, w: Any) -> Any:
        """Their part of a weight (channels, rows, columns)."""
        return w[:, self.rows, self.columns]

    def seen(self, flat: Any, shape: tuple, start: int, n: int, back: bool = False) -> Any:
        """What they meet in ``flat`` (channels, elements · n), or send it to (``back``): runs from ``start`` on."""
        size = flat.itemsize * (-n if back else n)
        first = start - self.start if back else start + self.start
        strides = (flat.strides[0], self.steps[0] * size, self.steps[1] * size, flat.itemsize)
        return np.ndarray(shape, flat.dtype, flat, first * n * flat.itemsize, strides)


def _sum(seen: Any, weight: Any, n: int, out: Any) -> None:
    """``out`` (channels, run) becomes the sum of what is seen (channels, rows, columns, run), times the weight."""
    if n > 1:
        np.einsum("cijr,cij->cr", seen, weight, out=out)
    else:  # columns and runs have the same stride: say which is to be innermost
        np.einsum("cijr,cij->rc", seen, weight, out=out.T, order="F")


_planes = functools.lru_cache(256)(Planes)  # a training step asks for the same ones each time


def fits(weight: tuple, groups: int) -> bool:
    """Whether a convolution is one for this kernel."""
    return len(weight) == 4 and weight[1] == 1 and weight[0] == groups > 1


def correlate(x: Any, w: Any, bias: Any, out: Any, padding: tuple, stride: tuple, dilation: tuple) -> None:
    """Write into ``out`` the sums of the products of each channel's ``w`` with each window of ``x``, plus ``bias``.

    >>> out = np.empty((1, 1, 1, 2))
    >>> correlate(np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[[1.0, 10.0]]]]), None, out, (0, 0), (1, 1), (1, 1))
    >>> out
    array([[[[21., 32.]]]])
    """
    p = _planes(x.shape, w.shape[2:], out.shape[2:], padding, stride, dilation, threads.get_count())
    weights = [np.ascontiguousarray(taps.of(w[:, 0])) for taps in p.taps]

    def task(start: int, stop: int) -> None:
        memory, sums, scratch = p.inputs(x.dtype), p.outputs(x.dtype), p.outputs(x.dtype)
        for images, channels in p.each(start, stop):
            n, c = images.stop - images.start, channels.stop - channels.start
            parted = p.parted(memory, x, images, channels)
            parted = parted.reshape(*parted.shape[:2], -1)
            total, rows = p.result(sums, n, c)
            part, _ = p.result(scratch, n, c)
            for i, (taps, weight) in enumerate(zip(p.taps, weights, strict=True)):
                seen = taps.seen(parted[taps.phase], (c, *weight.shape[1:], p.run * n), 0, n)
                _sum(seen, weight[channels], n, part if i else total)
                if i:
                    np.add(total, part, out=total)
            if bias is not None:
                np.add(total, bias[channels, None], out=total)
            np.copyto(out[images, channels], rows)

    p.split(task)


def scatter(g: Any, w: Any, bias: Any, out: Any, padding: tuple, stride: tuple, dilation: tuple) -> None:
    """Write into ``out`` what each element of ``g`` adds to its window: the gradient of ``correlate``'s input.

    >>> out = np.empty((1, 1, 1, 3))
    >>> scatter(np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 10.0]]]]), None, out, (0, 0), (1, 1), (1, 1))
    >>> out
    array([[[[ 1., 12., 20.]]]])
    """
    p = _planes(out.shape, w.shape[2:], g.shape[2:], padding, stride, dilation, threads.get_count())
    taps = {taps.phase: (taps, np.ascontiguousarray(taps.of(w[:, 0]))) for taps in p.taps}
    high = p.top + max(p.high, p.size[0])

    def task(start: int, stop: int) -> None:
        shape = (p.channels, high, p.pitch, p.images)
        memory, sums = np.zeros(math.prod(shape), g.dtype), np.empty(math.prod(shape), g.dtype)
        for images, channels in p.each(start, stop):
            n, c = images.stop - images.start, channels.stop - channels.start
            slopes = memory if (n, c) == (p.images, p.channels) else np.zeros_like(memory)
            slopes = slopes[: c * high * p.pitch * n].reshape(c, high, p.pitch, n)
            target = slopes[:, p.top : p.top + p.size[0], : p.size[1]]
            np.copyto(target, g[images, channels].transpose(1, 2, 3, 0))
            total = sums[: c * p.high * p.pitch * n].reshape(c, -1)
            for phase, (rows, columns, down, wide) in enumerate(p.phases):
                if phase in taps:
                    some, weight = taps[phase]
                    shape = (c, *weight.shape[1:], total.shape[1])
                    _sum(some.seen(slopes.reshape(c, -1), shape, p.top * p.pitch, n, True), weight[channels], n, total)
                else:
                    total[...] = 0
                if bias is not None:
                    np.add(total, bias[channels, None], out=total)
                kept = total.reshape(c, p.high, p.pitch, n)[:, down, wide].transpose(3, 0, 1, 2)
                np.copyto(out[images, channels, rows, columns], kept)

    p.split(task)


def weight_sums(g: Any, x: Any, weight: tuple, padding: tuple, stride: tuple, dilation: tuple) -> Any:
    """The gradient of ``correlate``'s weight, whose shape is ``weight``.

    >>> weight_sums(np.ones((1, 1, 1, 2)), np.array([[[[1.0, 2.0, 3.0]]]]), (1, 1, 1, 2), (0, 0), (1, 1), (1, 1))
    array([[[[3., 5.]]]])
    """
    p = _planes(x.shape, tuple(weight[2:]), g.shape[2:], padding, stride, dilation, threads.get_count())
    total = np.zeros((p.c, *weight[2:]), x.dtype)

    def task(start: int, stop: int) -> None:
        memory, values = p.inputs(x.dtype), p.outputs(x.dtype)
        for images, channels in p.each(start, stop):
            n, c = images.stop - images.start, channels.stop - channels.start
            slopes, rows = p.result(values if (n, c) == (p.images, p.channels) else np.zeros_like(values), n, c)
            np.copyto(rows, g[images, channels])
            parted = p.parted(memory, x, images, channels)
            parted = parted.reshape(*parted.shape[:2], -1)
            for taps in p.taps:
                sums = taps.of(total[channels])
                seen = taps.seen(parted[taps.phase], (*sums.shape, p.run * n), 0, n)
                for i, j in np.ndindex(sums.shape[1:]):
                    sums[:, i, j] += np.vecdot(seen[:, i, j], slopes)

    p.split(task)
    return total.reshape(weight)
