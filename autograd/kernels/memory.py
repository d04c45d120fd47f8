"""The memory behind an array: all of its elements in the order in which they lie."""

from __future__ import annotations

import os
from typing import Any

import numpy as np


def address(x: np.ndarray) -> int:
    """Where the first element lies."""
    return x.__array_interface__["data"][0]


def whole(x: np.ndarray) -> np.ndarray:
    """The array at the end of the chain of bases of ``x``: the one whose memory all of them show."""
    while True:
        base: Any = x.base
        if not isinstance(base, np.ndarray):
            base = getattr(base, "array", None)  # a lease on memory that NumPy was given
        if not isinstance(base, np.ndarray):
            return x
        x = base


def elements(x: np.ndarray) -> np.ndarray:
    """All elements of the memory that ``x`` shows a part of, as a vector of its dtype.

    Of memory that has gaps itself (an array that a user cut out of another), a copy.
    """
    memory = whole(x)
    flat = memory.reshape(-1, order="A") if memory.flags.forc else x.reshape(-1)
    if flat.dtype != x.dtype:
        usable = flat.nbytes // x.itemsize * x.itemsize
        flat = flat.view(np.uint8)[:usable].view(x.dtype)
    return flat


def offset(x: np.ndarray) -> int:
    """How many elements of that memory come before the first of ``x``."""
    if not x.size:
        return 0
    memory = whole(x)
    if not memory.flags.forc:
        return 0
    return (address(x) - address(memory)) // x.itemsize


def strided(memory: np.ndarray, size: tuple[int, ...], stride: tuple[int, ...], start: int) -> np.ndarray:
    """A view of the vector ``memory``: ``size``, steps and start counted in elements; RuntimeError where it leaves it."""
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: got {list(size)} and {list(stride)}")
    if min(stride, default=0) < 0 or min(size, default=0) < 0 or start < 0:
        raise RuntimeError(f"sizes, strides and offset must not be negative, got {list(size)}, {list(stride)}, {start}")
    count = 0 if 0 in size else 1 + sum([(n - 1) * s for n, s in zip(size, stride, strict=True)])
    if count and start + count > memory.size:
        raise RuntimeError(
            f"sizes {list(size)}, strides {list(stride)}, storage offset {start} need {start + count} elements: out of "
            f"bounds for storage of {memory.size}"
        )
    steps = [s * memory.itemsize for s in stride]
    return np.ndarray(size, memory.dtype, memory, start * memory.itemsize if count else 0, steps)


def row_major(size: tuple[int, ...]) -> tuple[int, ...]:
    """The steps in elements of an array of ``size`` without gaps."""
    steps, step = [], 1
    for n in reversed(size):
        steps.append(step)
        step *= max(n, 1)
    return tuple(reversed(steps))


TRIM, MAPPED = 256 << 20, 32 << 20  # bytes
_CHOICES = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_", "GLIBC_TUNABLES")


def keep_freed() -> bool:
    """Have glibc keep up to 256 MiB of freed memory for the next arrays; says whether that was done.

    By default it gives the memory of a training step back to the system when the step ends, and each page comes back
    with a fault: a fifth of the time of a small transformer's step. Nothing is done with another C library, and where
    the user has chosen otherwise by environment variables.

    >>> keep_freed() in (True, False)
    True
    """
    import ctypes  # noqa: PLC0415 - where there is a process to look into

    if os.name != "posix" or any(name in os.environ for name in _CHOICES):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all([mallopt(-1, TRIM), mallopt(-3, MAPPED)])  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
