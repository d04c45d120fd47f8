"""Sliding blocks as columns, and the sum of columns back into an image: each the transpose of the other."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.pool_windows import Windows, count, spread

GRAIN = 1 << 15


@functools.lru_cache(maxsize=256, typed=True)
def blocks(function: str, sizes: tuple[int, int], kernel: Any, dilation: Any, padding: Any, stride: Any) -> Windows:
    """The blocks that slide over an image of ``sizes``; RuntimeError for numbers that make no sense."""
    numbers = {
        "kernel size": spread(kernel, 2, "kernel_size", function),
        "stride": spread(stride, 2, "stride", function),
        "dilation": spread(dilation, 2, "dilation", function),
    }
    for name, pair in numbers.items():
        if min(pair) < 1:
            word = name.replace(" size", "")
            raise RuntimeError(
                f"{function}: {name} should be greater than zero, but got {word}_height: {pair[0]} {word}_width: {pair[1]}"
            )
    pads = spread(padding, 2, "padding", function)
    if min(pads) < 0:
        raise RuntimeError(
            f"{function}: padding should be non-negative, but got pad_height: {pads[0]} pad_width: {pads[1]}"
        )
    sides, steps, spaces = numbers["kernel size"], numbers["stride"], numbers["dilation"]
    out = tuple([count(*n) for n in zip(sizes, sides, steps, pads, spaces, strict=True)])
    return Windows(sizes, sides, steps, pads, spaces, out)


def check_unfold(windows: Windows) -> None:
    """RuntimeError where no block fits into the image."""
    if min(windows.out) < 1:
        raise RuntimeError(
            f"unfold: Given input with spatial size {windows.sizes}, kernel_size={windows.kernel}, "
            f"dilation={windows.dilation}, padding={windows.padding}, calculated shape of the array of sliding blocks as "
            f"{windows.out}, but its components must be at least one."
        )


def check_fold(shape: tuple[int, ...], windows: Windows) -> None:
    """RuntimeError unless columns of ``shape`` are those of the blocks."""
    area, number = windows.kernel[0] * windows.kernel[1], windows.out[0] * windows.out[1]
    at = len(shape) - 2
    if shape[at] % area:
        raise RuntimeError(
            f"fold: Expected size of input's dimension {at} to be divisible by the product of kernel_size, but got "
            f"input.size({at})={shape[at]} and kernel_size={windows.kernel}."
        )
    if min(windows.out) < 1 or shape[at + 1] != number:
        raise RuntimeError(
            f"fold: Given output_size={windows.sizes}, kernel_size={windows.kernel}, dilation={windows.dilation}, "
            f"padding={windows.padding}, stride={windows.stride}, expected size of input's dimension {at + 1} to match "
            f"the calculated number of sliding blocks {windows.out[0]} * {windows.out[1]} = {number}, but got "
            f"input.size({at + 1})={shape[at + 1]}."
        )


def unfold(x: Any, windows: Windows) -> np.ndarray:
    """The blocks of (…, C, H, W) as columns: (…, C · kernel height · kernel width, number of blocks).

    >>> w = Windows((2, 3), (2, 2), (1, 1), (0, 0), (1, 1), (1, 2))
    >>> unfold(np.arange(6.0).reshape(1, 2, 3), w).tolist()
    [[0.0, 1.0], [1.0, 2.0], [3.0, 4.0], [4.0, 5.0]]
    """
    (high, wide), (rows, columns) = windows.kernel, windows.out
    planes = np.asarray(x).reshape(-1, *windows.sizes)
    whole = windows.axis(0).inside and windows.axis(1).inside
    out = (np.empty if whole else np.zeros)((len(planes), high, wide, rows, columns), planes.dtype)

    def task(start: int, stop: int) -> None:
        for i, low, top, down in windows.axis(0).parts():
            for j, left, right, across in windows.axis(1).parts():
                out[start:stop, i, j, low:top, left:right] = planes[start:stop, down, across]

    threads.split(task, len(planes), max(1, GRAIN // max(out[:1].size, 1)))
    *lead, channels = x.shape[:-2]
    return out.reshape(*lead, channels * high * wide, rows * columns)


def fold(columns: Any, windows: Windows) -> np.ndarray:
    """The blocks of (…, C · kernel height · kernel width, number of blocks), added up where they lie: (…, C, H, W).

    >>> w = Windows((2, 3), (2, 2), (1, 1), (0, 0), (1, 1), (1, 2))
    >>> fold(np.ones((4, 2)), w).tolist()
    [[[1.0, 2.0, 1.0], [1.0, 2.0, 1.0]]]
    """
    high, wide = windows.kernel
    *lead, channels, _ = columns.shape
    given = np.asarray(columns).reshape(-1, high, wide, *windows.out)
    out = np.zeros((len(given), *windows.sizes), given.dtype)

    def task(start: int, stop: int) -> None:
        for i, low, top, down in windows.axis(0).parts():
            for j, left, right, across in windows.axis(1).parts():
                out[start:stop, down, across] += given[start:stop, i, j, low:top, left:right]

    threads.split(task, len(given), max(1, GRAIN // max(given[:1].size, 1)))
    return out.reshape(*lead, channels // (high * wide), *windows.sizes)
