"""Reading and writing at indices: gathers, and the sums that are their gradients.

A basic index is a tuple of ints, slices, None and Ellipsis. An advanced one is ``Places``: integer arrays, or one mask,
beside full slices only. What both mixed would mean differs between NumPy and PyTorch, so callers take the basic part
first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

FULL = slice(None)
WIDE = 128  # rows of at least this many elements are added whole (measured: below, element by element is quicker)
BLOCK = 1 << 14  # elements added in one go: their positions stay in the cache
MANY = 64  # equal indices up to which whole rows are added


class Places:
    """An advanced index: a tuple ``items`` of arrays and full slices."""

    __slots__ = ("items",)

    def __init__(self, *items: Any) -> None:
        self.items = items

    def __repr__(self) -> str:
        return f"Places{self.items}"


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
    try:
        x[index.items if isinstance(index, Places) else index] = value
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


def pick(x: Any, index: Places) -> Any:
    """The elements of ``x`` at an advanced index, copied."""
    items = index.items
    try:
        axis = leading(items)
        return x.take(items[axis], axis) if axis >= 0 else x[items]
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
        out[items] = g
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
    if width == 1:
        _add_flat(out.reshape(-1), places, rows.reshape(-1))
        return
    if width >= WIDE and _add_wide(out, places, rows):
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


def _add_wide(out: np.ndarray, places: np.ndarray, rows: np.ndarray) -> bool:
    """Add whole rows: first rows of all places, then all second rows, …; False where one place has too many."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    counts = np.diff(starts, append=len(ordered))
    if counts.max() > MANY:
        return False
    most = np.argsort(-counts, kind="stable")
    starts, counts = starts[most], counts[most]
    sums = rows[order[starts]]
    for i in range(1, int(counts[0])):
        left = int(np.searchsorted(-counts, -i))
        sums[:left] += rows[order[starts[:left] + i]]
    out[ordered[starts]] += sums
    return True


# -- one index for each element, along one dimension (gather and scatter) ------------------------------------------------


def positions(shape: tuple[int, ...], index: np.ndarray, dim: int) -> np.ndarray:
    """For each element of ``index``: the row-major position that it names along ``dim`` of an array of ``shape``."""
    if not shape:
        return index.astype(np.int64, copy=False)
    steps = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    places: Any = index.astype(np.int64, copy=False) * steps[dim]
    for i, size in enumerate(index.shape):
        if i != dim and size > 1:
            places = places + (np.arange(size) * steps[i]).reshape([-1 if j == i else 1 for j in range(index.ndim)])
    return places


def check_index(index: np.ndarray, size: int, dim: int) -> None:
    """RuntimeError where an index is not in ``range(size)``."""
    if index.size and (index.min() < 0 or index.max() >= size):
        wrong = index[(index < 0) | (index >= size)].flat[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {size}")


def gather(x: Any, index: np.ndarray, dim: int) -> Any:
    """``out[i, j] = x[index[i, j], j]`` for dim 0, and so on."""
    x = np.asarray(x)
    check_index(index, x.shape[dim] if x.ndim else 1, dim)
    return x.take(positions(x.shape, index, dim)) if x.size else np.zeros(index.shape, x.dtype)


def scatter(x: Any, index: np.ndarray, src: Any, dim: int) -> np.ndarray:
    """A copy of ``x`` with ``out[index[i, j], j] = src[i, j]`` for dim 0; the last write stays."""
    out = np.array(x, order="C")
    check_index(index, out.shape[dim] if out.ndim else 1, dim)
    if index.size:
        out.reshape(-1)[positions(out.shape, index, dim)] = src
    return out


def scatter_add(x: Any, index: np.ndarray, src: Any, dim: int) -> np.ndarray:
    """A copy of ``x`` with ``out[index[i, j], j] += src[i, j]`` for dim 0, all of them adding up."""
    out = np.array(x, order="C")
    check_index(index, out.shape[dim] if out.ndim else 1, dim)
    if index.size:
        _add_flat(out.reshape(-1), positions(out.shape, index, dim).reshape(-1), np.asarray(src).reshape(-1))
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
    out = np.array(x, order="C")
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
    if x.ndim == 0:
        return np.asarray(x + np.asarray(source).sum(dtype=x.dtype))
    if dim == 0:
        out = np.array(x, order="C")
        add_rows(out.reshape(len(out), -1) if out.size else out.reshape(len(out), 0), index, source)
        return out
    return np.moveaxis(index_add(np.moveaxis(x, dim, 0), index, np.moveaxis(source, dim, 0), 0), 0, dim)
