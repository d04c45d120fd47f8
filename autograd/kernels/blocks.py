"""Elementwise kernels run over blocks that stay in cache, large arrays shared out over the threads.

A kernel takes a block of each array, the block for its results, and rows of scratch of the same length. Blocks are
longer than the cache of the second level would like: shorter ones spend their time between NumPy's calls, where only one
thread can be.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.kernels import threads

BLOCK = 1 << 17  # elements
ROW = 1 << 12  # elements of a constant, which stays in the first cache
GRAIN = 1 << 17  # elements of a piece that is worth a thread
LONG = 512  # elements from which NumPy broadcasts a number for each line well
LARGE = 1 << 12  # elements from which a fused pass is faster than a few plain ones


@contextmanager
def small_buffers() -> Iterator[None]:
    """Keep NumPy from gathering broadcast lines of ``LONG`` elements or more into its buffer: 2 times faster."""
    before = np.setbufsize(LONG)
    try:
        yield
    finally:
        np.setbufsize(before)


class _Scratch(threading.local):
    """Memory of this thread for the rows of scratch, None while a kernel has it."""

    memory: np.ndarray | None = None


_scratch = _Scratch()


def large(*arrays: Any) -> bool:
    """Whether a fused kernel should take these: large NumPy arrays of one shape and one dtype, single or double.

    >>> large(np.ones(5000), np.ones(5000)), large(np.ones(5000), np.ones(3))
    (True, False)
    """
    first = arrays[0]
    if type(first) is not np.ndarray or first.size < LARGE or first.dtype.char not in "fd":
        return False
    return all(type(a) is np.ndarray and a.shape == first.shape and a.dtype is first.dtype for a in arrays[1:])


def over(kernel: Callable, rows: int, *arrays: Any) -> Any:
    """The results of ``kernel(*blocks, results, rows of scratch)`` over arrays of one shape and floating dtype.

    float16 is computed as float32; NumPy scalars give a scalar.

    >>> over(lambda x, y, out, rows: np.add(x, y, out=out), 0, np.ones(3), np.arange(3.0))
    array([1., 2., 3.])
    """
    first = arrays[0]
    if first.dtype.char == "e":
        return over(kernel, rows, *[a.astype(np.float32) for a in arrays]).astype(np.float16)
    if isinstance(first, np.generic):
        return over(kernel, rows, *[np.asarray(a) for a in arrays])[()]
    if not first.flags.c_contiguous and all(a.flags.f_contiguous for a in arrays):
        return over(kernel, rows, *[a.T for a in arrays]).T
    out = np.empty(first.shape, first.dtype)
    results, size = out.reshape(-1), out.size
    if size <= BLOCK:
        kernel(*[a.reshape(-1) for a in arrays], results, np.empty((rows, size), out.dtype) if rows else ())
        return out
    flat = [_flat(a) for a in arrays]
    threads.split(lambda start, stop: _piece(kernel, rows, flat, results, start, stop), size, GRAIN, blas=False)
    return out


def _piece(kernel: Callable, rows: int, flat: list[np.ndarray], results: np.ndarray, start: int, stop: int) -> None:
    """Run the kernel over the blocks from ``start`` to ``stop``, with this thread's scratch."""
    memory, _scratch.memory = _scratch.memory, None
    length = min(BLOCK, stop - start)
    need = rows * length * results.itemsize
    if memory is None or memory.size < need:
        memory = np.empty(need, np.uint8)
    spare: Any = memory[:need].view(results.dtype).reshape(rows, length) if rows else ()
    for i in range(start, stop, BLOCK):
        j = min(i + BLOCK, stop)
        parts = [a[i:j] if a.size == results.size else a[: j - i] for a in flat]
        kernel(*parts, results[i:j], spare[:, : j - i] if rows else ())
    _scratch.memory = memory


def _flat(array: np.ndarray) -> np.ndarray:
    """``array`` as a vector; of one number in all places (the gradient of a sum) no more of them than a block has."""
    if array.size > BLOCK and not any(array.strides):
        return np.full(BLOCK, array.reshape(-1)[:1] if array.ndim else array, array.dtype)
    return array.reshape(-1)


@functools.cache
def constant(value: float, dtype: np.dtype) -> np.ndarray:
    """A row full of a number: NumPy's maximum of two arrays is several times faster than that of an array and a number.

    >>> constant(0.0, np.dtype(np.float32))[:2]
    array([0., 0.], dtype=float32)
    """
    found = np.full(ROW, value, dtype)
    found.flags.writeable = False
    return found
