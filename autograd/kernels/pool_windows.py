"""Sliding windows: how many there are, what they cover, and PyTorch's errors where they do not fit."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

NUMBERS = {1: "one", 2: "two", 3: "three"}


class Windows(NamedTuple):
    """Windows over the last dimensions of an array, one number for each of them."""

    sizes: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    out: tuple[int, ...]

    @property
    def apart(self) -> bool:
        """Whether no element is in two windows."""
        return all([(k - 1) * d < s for k, s, d in zip(self.kernel, self.stride, self.dilation, strict=True)])

    @property
    def inside(self) -> bool:
        """Whether all windows are wholly inside the array."""
        return all([self.axis(i).inside for i in range(len(self.sizes))])

    def bordered(self) -> Windows:
        """The same windows over the array in a border so wide that all are inside."""
        spans = [(o - 1) * s + (k - 1) * d + 1 for _, k, s, _, d, o in zip(*self, strict=True)]
        sizes = tuple([max(n + p, span) for n, p, span in zip(self.sizes, self.padding, spans, strict=True)])
        return self._replace(sizes=sizes, padding=(0,) * len(sizes))

    def axis(self, i: int) -> Axis:
        """The windows along dimension ``i``."""
        return Axis(self.sizes[i], self.kernel[i], self.stride[i], self.padding[i], self.dilation[i], self.out[i])


class Axis(NamedTuple):
    """Windows along one dimension."""

    size: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    out: int

    @property
    def inside(self) -> bool:
        """Whether all windows are wholly inside the array."""
        return not self.padding and (self.out - 1) * self.stride + (self.kernel - 1) * self.dilation < self.size

    @property
    def tiles(self) -> bool:
        """Whether the windows stand side by side and no element is left over."""
        return self.inside and self.out * self.stride == self.size and (self.kernel - 1) * self.dilation < self.stride

    def parts(self) -> Iterator[tuple[int, int, int, slice]]:
        """For each place j in a window: j, the windows for which it is inside the array, and where it is there."""
        for j in range(self.kernel):
            offset = j * self.dilation - self.padding
            start = max(0, -(offset // self.stride))
            stop = min(self.out, (self.size - 1 - offset) // self.stride + 1)
            if start < stop:
                first = offset + start * self.stride
                yield j, start, stop, slice(first, offset + (stop - 1) * self.stride + 1, self.stride)

    def first(self) -> np.ndarray:
        """The first place of each window that is inside the array; their number where none is."""
        starts = np.arange(self.out) * self.stride - self.padding
        first = np.where(starts < 0, -(starts // self.dilation), 0)
        return np.where(starts + first * self.dilation < self.size, first, self.kernel)


def frozen(value: Any) -> Any:
    """A list as a tuple, so that it can be a key; TypeError for floats in it, which would find the key of ints."""
    if isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, float):
                raise TypeError(f"sizes must be tuple of ints, but got {value!r}")
        return tuple(value)
    return value


def spread(value: Any, dims: int, name: str, function: str) -> tuple[int, ...]:
    """An int or a sequence of one or ``dims`` ints as a tuple of ``dims``; PyTorch's errors for anything else."""
    items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for item in items:
        if isinstance(item, (float, str)) or not hasattr(item, "__index__"):
            raise TypeError(f"{function}(): argument '{name}' must be tuple of ints, not {type(value).__name__}")
    if len(items) not in {1, dims}:
        if dims == 1:
            raise RuntimeError(f"{function}() argument '{name}' should contain one int (got {len(items)})")
        raise RuntimeError(
            f"{function}: {name} must either be a single int, or a tuple of {NUMBERS[dims]} ints, but got {value!r}"
        )
    return tuple([i.__index__() for i in items]) * (dims if len(items) == 1 else 1)


def check_input(shape: tuple[int, ...], dims: int, function: str) -> None:
    """RuntimeError unless ``shape`` is (C, …) or (N, C, …) with ``dims`` more sizes, none but N being 0."""
    if len(shape) not in {dims + 1, dims + 2} or 0 in shape[-dims - 1 :]:
        raise RuntimeError(
            f"{function}: Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with optional 0 dim batch size for "
            f"input, but got: {list(shape)}"
        )


@functools.lru_cache(maxsize=1024, typed=True)
def windows(
    function: str,
    shape: tuple[int, ...],
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
) -> Windows:
    """The windows of the pooling ``function``, whose name ends in its dimensions ("1d"), over an input of ``shape``."""
    dims = int(function[-2])
    check_input(shape, dims, function)
    kernel = spread(kernel_size, dims, "kernel_size", function)
    steps = kernel if stride is None or stride == () else spread(stride, dims, "stride", function)
    pads, spaces = spread(padding, dims, "padding", function), spread(dilation, dims, "dilation", function)
    _check(function, kernel, steps, pads, spaces)
    if function.startswith("max") and any([p > k // 2 for p, k in zip(pads, kernel, strict=True)]):
        raise RuntimeError(
            f"{function}: pad should be smaller than or equal to half of kernel size, but got padding {list(pads)} and "
            f"kernel_size {list(kernel)}"
        )
    sizes = shape[-dims:]
    out = tuple([count(*numbers, ceil_mode) for numbers in zip(sizes, kernel, steps, pads, spaces, strict=True)])
    if min(out) < 1:
        channels = shape[-dims - 1]
        raise RuntimeError(
            f"{function}: Given input size: ({_by(channels, *sizes)}). Calculated output size: ({_by(channels, *out)}). "
            "Output size is too small"
        )
    if function == "avg_pool3d" and any([n < k for n, k in zip(sizes, kernel, strict=True)]):
        raise RuntimeError(f"{function}: input image {list(sizes)} smaller than kernel size {list(kernel)}")
    return Windows(sizes, kernel, steps, pads, spaces, out)


@functools.lru_cache(maxsize=256, typed=True)
def apart(function: str, kernel_size: Any, stride: Any, dilation: Any) -> bool:
    """Whether no element is in two of the windows of a pooling function.

    >>> apart("max_pool2d", 2, None, 1), apart("max_pool2d", 3, 2, 1)
    (True, False)
    """
    dims = int(function[-2])
    kernel, spaces = spread(kernel_size, dims, "kernel_size", function), spread(dilation, dims, "dilation", function)
    steps = kernel if stride is None or stride == () else spread(stride, dims, "stride", function)
    return all([(k - 1) * d < s for k, s, d in zip(kernel, steps, spaces, strict=True)])


def _check(function: str, kernel: Sequence, stride: Sequence, padding: Sequence, dilation: Sequence) -> None:
    """Raise where a number of the windows makes no sense."""
    for k, s, p, d in zip(kernel, stride, padding, dilation, strict=True):
        if s < 1:
            raise RuntimeError(f"{function}: stride should not be zero, and greater than zero, but got {list(stride)}")
        if k < 1:
            raise RuntimeError(f"{function}: kernel size should be greater than zero, but got {list(kernel)}")
        if d < 1:
            raise RuntimeError(f"{function}: dilation should be greater than zero, but got {list(dilation)}")
        if p < 0:
            raise RuntimeError(f"{function}: pad must be non-negative, but got pad: {p}")
        if p > ((k - 1) * d + 1) // 2:
            raise RuntimeError(
                f"{function}: pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} "
                f"and dilation={d}"
            )


def count(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool = False) -> int:
    """How many windows there are along a dimension.

    >>> count(5, 2, 2, 0, 1), count(5, 2, 2, 0, 1, True)
    (2, 3)
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    found = (-(-room // stride) if ceil_mode else room // stride) + 1
    if ceil_mode and (found - 1) * stride >= size + padding:  # the last window would start in the padding
        found -= 1
    return found


def _by(*sizes: int) -> str:
    return "x".join([str(n) for n in sizes])
