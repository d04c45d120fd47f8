"""Counting and searching: distinct elements, histograms, places in sorted sequences. Nothing here has derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels.dims import all_axes, one_axis
from autograd.kernels.reduce import check_not_empty
from autograd.kernels.sums import product


def _groups(x: np.ndarray) -> np.ndarray:
    """For each row whether it differs from the one before (the first does); NaN differs from NaN."""
    new = np.ones(len(x), np.bool_)
    if len(x) > 1:
        differs = x[1:] != x[:-1]
        new[1:] = differs.any(axis=1) if x.ndim > 1 else differs
    return new


def _counts(new: np.ndarray) -> np.ndarray:
    """The lengths of the groups that start where ``new``."""
    return np.diff(np.append(np.flatnonzero(new), len(new)))


def unique(x: Any, dim: int | None = None) -> tuple[Any, Any, Any]:
    """The distinct elements (or slices along ``dim``) in order, for each element which one it is, and their counts.

    >>> unique(np.array([3, 1, 1]))
    (array([1, 3]), array([1, 0, 0]), array([2, 1]))
    """
    x, rows = _rows(x, dim, "unique")
    order = np.argsort(rows, kind="stable") if rows.ndim == 1 else np.lexsort(rows.T[::-1])
    ordered = rows[order]
    new = _groups(ordered)
    inverse = np.empty(len(rows), np.int64)
    inverse[order] = np.cumsum(new) - 1
    return _unfolded(x, dim, ordered[new], inverse, _counts(new))


def unique_consecutive(x: Any, dim: int | None = None) -> tuple[Any, Any, Any]:
    """The first of each run of equal elements (or slices), for each element which run it is in, and their lengths.

    >>> unique_consecutive(np.array([1, 1, 2, 1]))
    (array([1, 2, 1]), array([0, 0, 1, 2]), array([2, 1, 1]))
    """
    x, rows = _rows(x, dim, "unique_consecutive")
    new = _groups(rows)
    return _unfolded(x, dim, rows[new], np.cumsum(new) - 1, _counts(new))


def _rows(x: Any, dim: int | None, name: str) -> tuple[np.ndarray, np.ndarray]:
    """What is compared: the elements, or the slices along ``dim`` as rows."""
    x = np.asarray(x)
    if dim is None:
        return x, x.reshape(-1)
    if x.ndim == 0:
        raise IndexError(f"{name}(): Dimension specified as {dim} but tensor has no dimensions")
    axis = one_axis(dim, x.ndim)
    if 0 in x.shape[:axis] + x.shape[axis + 1 :]:
        raise RuntimeError(
            f"{name}(): There are 0 sized dimensions, and they aren't selected, so unique cannot be applied "
            f"(shape {x.shape}, dim {dim})"
        )
    moved = np.moveaxis(x, axis, 0)
    return x, moved.reshape(len(moved), product(moved.shape[1:]))


def _unfolded(x: np.ndarray, dim: int | None, values: Any, inverse: Any, counts: Any) -> tuple[Any, Any, Any]:
    if dim is None:
        return values, inverse.reshape(x.shape)[()], counts
    axis = one_axis(dim, x.ndim)
    shape = x.shape[:axis] + x.shape[axis + 1 :]
    return np.ascontiguousarray(np.moveaxis(values.reshape(len(values), *shape), 0, axis)), inverse, counts


def histc(x: Any, bins: int = 100, min: float = 0, max: float = 0) -> Any:
    """How many elements fall into each of ``bins`` equal parts of [min, max]; the data's own range where both are equal.

    >>> histc(np.array([1.0, 2.0, 1.0]), 4, 0, 3)
    array([0., 2., 1., 0.])
    """
    x = np.asarray(x)
    if not dtypes.is_differentiable(x.dtype):
        raise NotImplementedError(f"histc: not implemented for {x.dtype}; convert to a floating dtype first")
    if bins <= 0:
        raise RuntimeError(f"histc(): bins must be > 0, but got {bins}")
    low, high = float(min), float(max)
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if low == high:
        low, high = low - 1, high + 1
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"histc(): range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"histc(): max must be larger than min, but got min {low} and max {high}")
    inside = x[(x >= low) & (x <= high)].astype(np.float64)
    places = ((inside - low) * (bins / (high - low))).astype(np.int64)
    return np.bincount(np.minimum(places, bins - 1), minlength=bins).astype(x.dtype)


def histogram(x: np.ndarray, edges: list[np.ndarray], weights: np.ndarray | None, density: bool) -> np.ndarray:
    """How many points, the rows of ``x``, fall between the ``edges`` of each coordinate; ``weights`` of them.

    A bin holds its left edge, the last its right edge too. ``density`` divides by the total and the size of the bins.

    >>> histogram(np.array([[1.0], [2.0]]), [np.array([0.0, 1.5, 2.0])], None, False)
    array([1., 1.])
    """
    sizes = [len(e) - 1 for e in edges]
    inside = np.ones(len(x), np.bool_)
    flat = np.zeros(len(x), np.int64)
    for i, line in enumerate(edges):
        values = x[:, i]
        inside &= (values >= line[0]) & (values <= line[-1])
        flat = flat * sizes[i] + np.clip(np.searchsorted(line, values, "right") - 1, 0, sizes[i] - 1)
    counted = None if weights is None else weights[inside].astype(np.float64)
    found = np.bincount(flat[inside], counted, product(tuple(sizes))).astype(x.dtype).reshape(sizes)
    if density:
        found /= found.sum()
        for i, line in enumerate(edges):
            found /= np.diff(line).reshape([-1 if j == i else 1 for j in range(len(sizes))])
    return found


def checksum(x: Any, dim: Any, keepdim: bool) -> Any:
    """The exclusive or over ``dim`` of the elements' bits: floats as float64, others as 64-bit integers.

    >>> checksum(np.array([1, 2, 4]), None, False)
    np.uint64(7)
    """
    x = np.asarray(x)
    axes = all_axes(dim, x.ndim)
    if x.size == 0:
        if len(axes) == x.ndim and (dim is None or dim == ()):
            raise RuntimeError(
                "hash_tensor: Expected reduction dim to be specified for input.numel() == 0. "
                "Specify the reduction dim with the 'dim' argument."
            )
        check_not_empty(x, axes, "hash_tensor")
    wide = np.float64 if dtypes.is_differentiable(x.dtype) else np.uint64 if x.dtype == dtypes.uint64 else np.int64
    bits = np.ascontiguousarray(x.astype(wide)).view(np.uint64).reshape(x.shape)
    reduce: Any = np.bitwise_xor.reduce
    return reduce(bits, axis=axes, keepdims=keepdim)


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often each number from 0 on comes in ``x``, or the sum of its ``weights``.

    >>> bincount(np.array([1, 2, 1]))
    array([0, 2, 1])
    """
    x = np.asarray(x)
    if not dtypes.is_integral(x.dtype) or x.dtype == dtypes.bool_:
        raise NotImplementedError(
            f"bincount: not implemented for {x.dtype}; only 1-d non-negative integers are counted"
        )
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength should be >= 0, but got {minlength}")
    if x.ndim != 1 or (x.size and x.min() < 0):
        raise RuntimeError(f"bincount only supports 1-d non-negative integral inputs, but got shape {x.shape}")
    if weights is None or not x.size:
        return np.bincount(x, minlength=minlength).astype(np.int64)
    if weights.shape != x.shape:
        raise RuntimeError(
            f"bincount: weights should be 1-d and have the same length as input, but got shapes {weights.shape} "
            f"and {x.shape}"
        )
    total = np.bincount(x, weights.astype(np.float64), minlength)
    return total.astype(np.float32) if weights.dtype == dtypes.float32 else total


def searchsorted(boundaries: Any, values: Any, sorter: Any = None, out_int32: bool = False, right: bool = False) -> Any:
    """Where ``values`` would be inserted into the sorted last dimension of ``boundaries``.

    Before equal elements, or behind them where ``right``. The boundaries have one dimension, or all but the last in
    common with the values.

    >>> searchsorted(np.array([1, 3, 3, 5]), np.array([3, 9]))
    array([1, 4])
    """
    boundaries, values = np.asarray(boundaries), np.asarray(values)
    if boundaries.ndim == 0:
        raise RuntimeError("searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension")
    if boundaries.ndim > 1 and boundaries.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor "
            f"and input value tensor must match, but we got boundaries tensor {list(boundaries.shape)} "
            f"and input value tensor {list(values.shape)}"
        )
    if sorter is not None:
        if sorter.dtype != dtypes.int64:
            raise RuntimeError(f"searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype}")
        if sorter.shape != boundaries.shape:
            raise RuntimeError(
                "searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
                f"{list(boundaries.shape)} and got sorter tensor {list(sorter.shape)}"
            )
        if sorter.size and not 0 <= sorter.min() <= sorter.max() < boundaries.shape[-1]:
            raise RuntimeError("searchsorted(): sorter index out of range")
        boundaries = np.take_along_axis(boundaries, sorter, -1)
    if values.size and boundaries.dtype == values.dtype == dtypes.bool_:
        raise NotImplementedError("searchsorted: not implemented for bool")
    side: Any = "right" if right else "left"
    dtype = dtypes.int32 if out_int32 else dtypes.int64
    if boundaries.ndim == 1:
        return np.searchsorted(boundaries, values, side).astype(dtype)
    found = np.empty(values.shape, dtype)
    for place in np.ndindex(boundaries.shape[:-1]):
        found[place] = np.searchsorted(boundaries[place], values[place], side)
    return found
