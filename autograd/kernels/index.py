"""Reading and writing at indices: gathers, and the sums that are their gradients.

A basic index is a tuple of ints, slices, None and Ellipsis. An advanced one is ``Places``: integer arrays, or one mask,
beside full slices only. What both mixed would mean differs between NumPy and PyTorch, so callers take the basic part
first.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

FULL = slice(None)
WIDE, SORTED_WIDE = 128, 24  # rows from this width on are added whole: after an ordinary sort, after a radix sort
BLOCK = 1 << 14  # elements added in one go: their positions stay in the cache
ROUND = 1 << 11  # elements from which on it pays to add one row of several places at once
FEW = 8  # rows up to which a loop is quickest
RADIX = 1 << 16  # numbers below this are sorted as 16-bit ones, in linear time


class Places:
    """An advanced index: a tuple ``items`` of arrays and full slices."""

    __slots__ = ("items",)

    def __init__(self, *items: Any) -> None:
        self.items = items

    def __repr__(self) -> str:
        return f"Places{self.items}"


class Overwritable(np.ndarray):
    """A view of memory that a kernel may overwrite, where it would first copy an ordinary array."""


def fresh(x: Any) -> np.ndarray:
    """The array that a kernel writes its result into: a copy of ``x``, or its memory where that may be overwritten."""
    return x.view(np.ndarray) if type(x) is Overwritable else np.array(x, order="C")


def reword(error: IndexError, x: Any) -> IndexError:
    """NumPy's error about an index in PyTorch's words."""
    text = str(error)
    if x.ndim == 0 and ("too many" in text or "scalar" in text):
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a 0-dim tensor to a number"
        )
    if "too many" in text:
        return IndexError(f"too many indices for tensor of dimension {x.ndim}")
    return IndexError(text.replace("for axis", "for dimension").replace("indexing arrays", "indexing tensors"))


def read(x: np.ndarray, index: tuple) -> np.ndarray:
    """The part of ``x`` at a basic index: a view, also of a single element."""
    try:
        return x[index]
    except IndexError as error:
        raise reword(error, x) from None


def place(g: Any, shape: tuple[int, ...], index: tuple) -> np.ndarray:
    """Zeros of ``shape`` with ``g`` at a basic index."""
    out = np.zeros(shape, g.dtype)
    out[index] = g
    return out


def assign(x: np.ndarray, index: tuple | Places, value: Any) -> None:
    """``x[index] = value``."""
    items: Any = index
    if type(index) is Places:
        items = index.items
        mask = items[0]
        if len(items) == 1 and mask.dtype == np.bool_ and x.flags.c_contiguous:
            rows = x.reshape((mask.size, *x.shape[mask.ndim :]))
            rows[mask.reshape(-1).nonzero()[0]] = value
            return
    try:
        x[items] = value
    except IndexError as error:
        raise reword(error, x) from None


def write(x: np.ndarray, value: Any, index: tuple | Places) -> np.ndarray:
    """A copy of ``x`` with ``value`` at ``index``."""
    out = np.array(x)
    assign(out, index, value)
    return out


# -- integer arrays and masks ------------------------------------------------------------------------------------------


def leading(items: tuple) -> int:
    """The dimension that an index of one integer array after full slices reads; -1 for any other index."""
    last = items[-1]
    if type(last) is np.ndarray and last.dtype.kind in "iu" and all([type(i) is slice for i in items[:-1]]):
        return len(items) - 1
    return -1


def row_major(x: Any) -> Any:
    """A result whose order in memory is NumPy's choice in row-major order, as PyTorch has it."""
    return x if x.flags.c_contiguous else np.ascontiguousarray(x)


def fill_where(x: Any, mask: Any, value: Any) -> Any:
    """``value`` where ``mask`` is true, else ``x``."""
    if type(x) is Overwritable:
        out = fresh(x)
        np.copyto(out, value, where=mask)
        return out
    made: Any = np.where(mask, value, x)
    return row_major(made[()])


def pick(x: Any, index: Places) -> Any:
    """The elements of ``x`` at an advanced index, copied."""
    items = index.items
    axis = leading(items)
    if not x.size and 0 <= axis < x.ndim and not x.shape[axis] and items[axis].size:  # NumPy finds nothing wrong here
        raise IndexError(f"index is out of bounds for dimension {axis} with size 0")
    try:
        if axis >= 0:
            return x.take(items[axis], axis)
        mask = items[0]
        if len(items) == 1 and mask.dtype == np.bool_:  # several times quicker than x[mask], which branches
            return x.reshape((mask.size, *x.shape[mask.ndim :])).take(mask.reshape(-1).nonzero()[0], 0)
        return row_major(x[items])
    except IndexError as error:
        raise reword(error, x) from None


def put_back(g: Any, shape: tuple[int, ...], index: Places) -> np.ndarray:
    """Zeros of ``shape`` with ``g`` added at an advanced index: the gradient of ``pick``."""
    g = np.asarray(g)
    out = np.zeros(shape, g.dtype)
    items = index.items
    dims = [d for d, item in enumerate(items) if type(item) is np.ndarray]
    arrays = [items[d] for d in dims]
    if len(arrays) == 1 and arrays[0].dtype == np.bool_:
        assign(out, index, g)
        return out
    together = dims[-1] - dims[0] + 1 == len(dims)
    start, wide = dims[0] if together else 0, np.broadcast_shapes(*[a.shape for a in arrays])
    rest = [d for d in range(len(shape)) if d not in dims]
    first = out.transpose(dims + rest)
    rows = g if start == 0 else np.moveaxis(g, list(range(start, start + len(wide))), list(range(len(wide))))
    # the indexed dimensions have to come first in memory
    flat = out if dims == list(range(len(dims))) else np.zeros(first.shape, g.dtype)
    count = math.prod(first.shape[: len(dims)])
    places = flat_positions(arrays, first.shape[: len(dims)])
    add_rows(flat.reshape(count, -1) if flat.size else flat.reshape(count, 0), places, rows)
    if flat is not out:
        first[...] = flat
    return out


def flat_positions(arrays: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray:
    """The row-major positions of index arrays (negative ones counted from the end) in dimensions of ``sizes``."""
    places: Any = 0
    for array, size in zip(arrays, sizes, strict=True):
        wide = array.astype(np.int64, copy=False)
        places = places * size + np.where(wide < 0, wide + size, wide)
    return places.reshape(-1)


def add_rows(out: np.ndarray, places: np.ndarray, rows: np.ndarray) -> None:
    """``out[places[i]] += rows[i]`` for each i in turn, equal places adding up; ``out`` is two-dimensional."""
    count, width = len(places), out.shape[1]
    if count == 0 or width == 0:
        return
    rows = rows.reshape(count, width)
    if rows.dtype != out.dtype:
        rows = rows.astype(out.dtype)
    if count <= FEW and out.dtype != np.bool_:
        for place, row in zip(places.tolist(), rows, strict=True):
            out[place] += row
        return
    if width == 1:
        _add_flat(out.reshape(-1), places, rows.reshape(-1))
        return
    if width >= (SORTED_WIDE if len(out) <= RADIX else WIDE) and out.dtype != np.bool_:
        _add_wide(out, places, rows)
        return
    step, columns, flat = max(1, BLOCK // width), np.arange(width), out.reshape(-1)
    starts = places * width
    for i in range(0, count, step):
        np.add.at(flat, (starts[i : i + step, None] + columns).reshape(-1), rows[i : i + step].reshape(-1))


def _add_flat(out: np.ndarray, places: np.ndarray, values: np.ndarray) -> None:
    if out.dtype == np.bool_:
        np.logical_or.at(out, places, values)
    else:
        np.add.at(out, places, values)


def sorted_order(places: np.ndarray, count: int) -> np.ndarray:
    """The stable order that sorts ``places``, numbers below ``count``; ten times quicker where 16 bits hold them."""
    return np.argsort(places.astype(np.uint16) if count <= RADIX else places, kind="stable")


def _add_wide(out: np.ndarray, places: np.ndarray, rows: np.ndarray) -> None:
    """Add whole rows: first one row of each place, then the second ones, …; the last few long runs one by one."""
    order = sorted_order(places, len(out))
    ordered = places[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    if len(starts) == len(places):  # each place once
        out[places] += rows
        return
    counts = np.diff(starts, append=len(ordered))
    most = np.argsort(-counts, kind="stable")
    starts, counts = starts[most], counts[most]
    sums = rows[order[starts]]
    for i in range(1, int(counts[0])):
        left = int(np.searchsorted(-counts, -i))
        if left * rows.shape[1] < ROUND:
            for run in range(left):
                start = starts[run]
                sums[run] += np.add.reduce(rows[order[start + i : start + counts[run]]], axis=0, dtype=out.dtype)
            break
        sums[:left] += rows[order[starts[:left] + i]]
    out[ordered[starts]] += sums


# -- one index for each element, along one dimension (gather and scatter) ------------------------------------------------


def positions(shape: tuple[int, ...], index: np.ndarray, dim: int) -> np.ndarray:
    """For each element of ``index``: the row-major position that it names along ``dim`` of an array of ``shape``."""
    wide = index if index.dtype == np.int64 else index.astype(np.int64)
    if len(shape) < 2:
        return wide
    step, origin = (_small_layout if index.size <= 4096 else _layout)(shape, index.shape, dim)
    return origin + (wide if step == 1 else wide * step)


def _layout(shape: tuple[int, ...], size: tuple[int, ...], dim: int) -> tuple[int, np.ndarray]:
    """The step of ``dim`` in an array of ``shape``, and the positions of indices of ``size`` that are all 0."""
    found: Any = 0
    for i, count in enumerate(size):
        if i != dim and count > 1:
            steps = np.arange(count) * math.prod(shape[i + 1 :])
            found = found + steps.reshape([-1 if j == i else 1 for j in range(len(size))])
    return math.prod(shape[dim + 1 :]), np.asarray(found)


_small_layout = functools.lru_cache(maxsize=64)(_layout)


def blocks(shape: tuple[int, ...], index: np.ndarray, dim: int) -> Iterator[tuple[Any, np.ndarray]]:
    """``positions`` in parts small enough to stay in the cache: for each, which rows of ``index`` it is for."""
    if index.size <= BLOCK or index.ndim < 2:
        yield ..., positions(shape, index, dim)
        return
    lead = math.prod(shape[1:])
    step, inner = _layout((1, *shape[1:]), (1, *index.shape[1:]), dim)
    rows = max(1, BLOCK * index.shape[0] // index.size)
    buffer = np.empty((rows, *index.shape[1:]), np.int64)
    for i in range(0, index.shape[0], rows):
        part = index[i : i + rows]
        places = np.multiply(part, step, out=buffer[: len(part)]) if step != 1 else part
        places = np.add(places, inner, out=buffer[: len(part)])
        if dim:
            places += (np.arange(i, i + len(part)) * lead).reshape((-1,) + (1,) * (index.ndim - 1))
        yield slice(i, i + rows), places


def outside(index: np.ndarray, size: int) -> bool:
    """Whether an index is not in ``range(size)``: one pass, in which negative numbers are very large ones."""
    if not index.size:
        return False
    if index.dtype == np.int64 and index.flags.c_contiguous:
        return bool(np.maximum.reduce(index.reshape(-1).view(np.uint64)) >= size)
    return bool(index.min() < 0 or index.max() >= size)


def check_index(index: np.ndarray, size: int, dim: int) -> None:
    """RuntimeError where an index is not in ``range(size)``."""
    if outside(index, size):
        wrong = index[(index < 0) | (index >= size)].flat[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


def gather(x: Any, index: np.ndarray, dim: int) -> Any:
    """``out[i, j] = x[index[i, j], j]`` for dim 0, and so on."""
    x = np.asarray(x)
    check_index(index, x.shape[dim] if x.ndim else 1, dim)
    if not x.size:
        return np.zeros(index.shape, x.dtype)
    if index.size <= BLOCK or index.ndim < 2:
        return x.take(positions(x.shape, index, dim))
    flat, out = x.reshape(-1), np.empty(index.shape, x.dtype)
    for rows, places in blocks(x.shape, index, dim):
        flat.take(places, out=out[rows], mode="clip")  # checked above; other modes would buffer
    return out


def scatter(x: Any, index: np.ndarray, src: Any, dim: int) -> np.ndarray:
    """A copy of ``x`` with ``out[index[i, j], j] = src[i, j]`` for dim 0; the last write stays."""
    out = fresh(x)
    check_index(index, out.shape[dim] if out.ndim else 1, dim)
    if index.size:
        flat, src = out.reshape(-1), np.asarray(src)
        for rows, places in blocks(out.shape, index, dim):
            flat[places] = src[rows] if src.ndim else src
    return out


def scatter_add(x: Any, index: np.ndarray, src: Any, dim: int) -> np.ndarray:
    """A copy of ``x`` with ``out[index[i, j], j] += src[i, j]`` for dim 0, all of them adding up."""
    out = fresh(x)
    check_index(index, out.shape[dim] if out.ndim else 1, dim)
    if index.size:
        flat, src = out.reshape(-1), np.asarray(src)
        for rows, places in blocks(out.shape, index, dim):
            _add_flat(flat, places.reshape(-1), src[rows].reshape(-1))
    return out


REDUCE = {"sum": np.add, "prod": np.multiply, "mean": np.add, "amax": np.maximum, "amin": np.minimum}


def _start(dtype: np.dtype, reduce: str) -> Any:
    """The value with which a reduction begins where the old value is left out."""
    if reduce in ("sum", "mean", "prod"):
        return 1 if reduce == "prod" else 0
    if dtype.kind == "f":
        return -np.inf if reduce == "amax" else np.inf
    if dtype.kind == "b":
        return reduce == "amin"
    return np.iinfo(dtype).min if reduce == "amax" else np.iinfo(dtype).max


def scatter_reduce(x: Any, index: np.ndarray, src: Any, dim: int, reduce: str, include_self: bool) -> np.ndarray:
    """A copy of ``x`` with each element reduced with those of ``src`` that ``index`` sends to it."""
    out = fresh(x)
    check_index(index, out.shape[dim] if out.ndim else 1, dim)
    if not index.size:
        return out
    flat, places = out.reshape(-1), positions(out.shape, index, dim).reshape(-1)
    if not include_self:
        flat[places] = _start(out.dtype, reduce)
    REDUCE[reduce].at(flat, places, np.asarray(src).reshape(-1))
    if reduce == "mean":
        counts = np.bincount(places, minlength=flat.size).astype(out.dtype) + (1 if include_self else 0)
        counts = np.maximum(counts, 1)
        flat[:] = flat / counts if out.dtype.kind == "f" else flat // counts
    return out


def counted(shape: tuple[int, ...], index: np.ndarray, dim: int) -> np.ndarray:
    """How many elements of ``index`` name each element of an array of ``shape``."""
    places = positions(shape, index, dim).reshape(-1)
    return np.bincount(places, minlength=math.prod(shape)).reshape(shape)


# -- one index for whole slices (index_select, index_add, …) ---------------------------------------------------------------


def index_add(x: np.ndarray, index: np.ndarray, source: np.ndarray, dim: int) -> np.ndarray:
    """A copy of ``x`` with slice i of ``source`` along ``dim`` added to slice ``index[i]``."""
    out = fresh(x)
    if x.ndim == 0:
        out[...] = x + np.asarray(source).sum(dtype=x.dtype)
        return out
    if not out.size or not index.size:
        return out
    count, outer, inner = x.shape[dim], math.prod(x.shape[:dim]), math.prod(x.shape[dim + 1 :])
    if outer == 1:
        add_rows(out.reshape(count, inner), index, source)
        return out
    rows, source = out.reshape(outer, count, inner), np.asarray(source).reshape(outer, index.size, inner)
    if out.dtype != np.bool_ and index.size <= count and np.bincount(index, minlength=count).max() == 1:
        rows[:, index] += source  # each place once
    elif inner >= SORTED_WIDE:
        for one, more in zip(rows, source, strict=True):
            add_rows(one, index, more)
    else:
        step = max(1, BLOCK // (index.size * inner))
        within = (index[:, None] * inner + np.arange(inner)).reshape(-1)
        for i in range(0, outer, step):
            places = np.arange(min(step, outer - i))[:, None] * (count * inner) + within
            _add_flat(rows[i : i + step].reshape(-1), places.reshape(-1), source[i : i + step].reshape(-1))
    return out


def nonzero(x: np.ndarray) -> np.ndarray:
    """The coordinates of the elements that are not zero, a row for each dimension."""
    if x.ndim < 2 or x.size <= 4096:
        return np.array(x.nonzero())
    chosen = x if x.dtype == np.bool_ else x != 0
    width = x.shape[-1]
    counts = np.count_nonzero(chosen, axis=-1).reshape(-1)
    flat = chosen.reshape(-1).nonzero()[0]
    out = np.empty((x.ndim, flat.size), np.int64)
    for d, place in enumerate(np.unravel_index(np.arange(counts.size), x.shape[:-1])):
        out[d] = np.repeat(place, counts)
    np.subtract(flat, np.repeat(np.arange(counts.size) * width, counts), out=out[-1])
    return out
