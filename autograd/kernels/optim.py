"""Updates of many arrays by one elementwise rule, in blocks that stay in the cache.

An update of an optimizer is a dozen cheap passes over the same few arrays. Over whole arrays each pass would go to main
memory; for each of many small arrays it would be a dozen calls that cost more than their work. So large arrays are
walked in blocks, which the threads share out, and small ones are first gathered into one block, updated there
together, and written back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from autograd.kernels import threads

BLOCK = 1 << 18  # elements walked at a time: shorter calls cost more than a cache of the second level gives back
SHARE = 1 << 17  # elements below which a piece is not worth a thread
GATHERED = 1 << 15  # elements of small arrays that are updated together
SMALL = 8192  # elements: from here on, NumPy's cost per call is less than that of gathering
LAYOUTS = 32  # how many layouts are remembered


class Bucket(NamedTuple):
    """Small arrays that share a block: their places, the block's flat part for each column, and each array's share."""

    places: list[int]
    flat: list[np.ndarray]
    shares: list[list[np.ndarray]]


class _Buffers(threading.local):
    """Memory that is reused from one update to the next; each thread has its own."""

    def __init__(self) -> None:
        self.held: dict[tuple[np.dtype, int], list[np.ndarray]] = {}
        self.layouts: dict[tuple, tuple[list[int], list[Bucket]]] = {}

    def take(self, dtype: np.dtype, count: int, size: int = GATHERED) -> list[np.ndarray]:
        """``count`` buffers of ``size`` elements."""
        held = self.held.setdefault((dtype, size), [])
        while len(held) < count:
            held.append(np.empty(size, dtype))
        return held[:count]

    def layout(self, shapes: tuple, dtype: np.dtype, width: int) -> tuple[list[int], list[Bucket]]:
        """Which arrays are large, and how the small ones are put side by side."""
        key = (shapes, dtype, width)
        found = self.layouts.get(key)
        if found is None:
            if len(self.layouts) >= LAYOUTS:
                self.layouts.clear()
            found = self.layouts[key] = _lay_out(shapes, self.take(dtype, width))
        return found


_buffers = _Buffers()


def _lay_out(shapes: tuple, blocks: list[np.ndarray]) -> tuple[list[int], list[Bucket]]:
    """The places of the large arrays, and buckets of the small ones in order."""
    large: list[int] = []
    buckets: list[list[tuple[int, int]]] = [[]]
    filled = 0
    for place, shape in enumerate(shapes):
        size = prod(shape)
        if size >= SMALL:
            large.append(place)
        elif size:
            if filled + size > GATHERED:
                buckets.append([])
                filled = 0
            buckets[-1].append((place, filled))
            filled += size
    return large, [_bucket(members, shapes, blocks) for members in buckets if members]


def _bucket(members: list[tuple[int, int]], shapes: tuple, blocks: list[np.ndarray]) -> Bucket:
    """The bucket with these (place, start) pairs."""
    last, start = members[-1]
    total = start + prod(shapes[last])
    shares = [
        [block[start : start + prod(shapes[place])].reshape(shapes[place]) for place, start in members]
        for block in blocks
    ]
    return Bucket([place for place, _ in members], [block[:total] for block in blocks], shares)


def sweep(rule: Callable, columns: Sequence[Sequence[np.ndarray]], written: int, scratch: int, dtype: np.dtype) -> None:
    """Apply ``rule`` to the arrays that stand at the same place of all ``columns`` and have the same shape.

    ``rule(*blocks, *scratch)`` gets one-dimensional blocks of equal length and of ``dtype``, one for each column, and as
    many uninitialised ones as ``scratch`` says; it writes into the blocks of the first ``written`` columns in place and
    must treat each element alone. Arrays of another dtype are converted on the way in and out.

    >>> a, b = np.zeros(3), np.zeros((2, 2))
    >>> sweep(lambda x, g: np.add(x, g, out=x), [[a, b], [np.ones(3), np.ones((2, 2))]], 1, 0, a.dtype)
    >>> a, b.sum()
    (array([1., 1., 1.]), np.float64(4.0))
    """
    shapes = tuple([array.shape for array in columns[0]])
    width = len(columns)
    large, buckets = _buffers.layout(shapes, dtype, width)
    with np.errstate(all="ignore"):
        if large:
            _walk(rule, [[column[place] for column in columns] for place in large], written, scratch, dtype)
        spare = _buffers.take(dtype, width + scratch)[width:]
        for places, flat, shares in buckets:
            for column, parts in zip(columns, shares, strict=True):
                for place, part in zip(places, parts, strict=True):
                    part[...] = column[place]
            rule(*flat, *[buffer[: flat[0].size] for buffer in spare])
            for column, parts in zip(columns[:written], shares, strict=False):
                for place, part in zip(places, parts, strict=True):
                    column[place][...] = part


def _walk(rule: Callable, rows: list[list[np.ndarray]], written: int, scratch: int, dtype: np.dtype) -> None:
    """Apply the rule to large arrays block by block, in place unless they are of another dtype or not contiguous."""
    flats = [[_flat(array, dtype) for array in arrays] for arrays in rows]
    total = sum(flat[0].size for flat in flats)
    step = min(BLOCK, max(SHARE, -(-total // (2 * threads.get_count())))) if threads.get_count() > 1 else BLOCK
    blocks = [(flat, start) for flat in flats for start in range(0, flat[0].size, step)]

    def piece(first: int, last: int) -> None:
        spare = _buffers.take(dtype, scratch, BLOCK)  # each thread has its own
        for flat, start in blocks[first:last]:
            parts = [array[start : start + step] for array in flat]
            rule(*parts, *[buffer[: parts[0].size] for buffer in spare])

    threads.split(piece, len(blocks), 1 if total >= 2 * SHARE else len(blocks))
    for arrays, flat in zip(rows, flats, strict=True):
        for array, result in zip(arrays[:written], flat, strict=False):
            if not np.may_share_memory(array, result):
                array[...] = result.reshape(array.shape)


def _flat(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """``array`` as a vector of ``dtype``: its own memory where that is possible."""
    plain = array.flags.c_contiguous and array.dtype == dtype
    return (array if plain else np.array(array, dtype, order="C")).reshape(-1)
