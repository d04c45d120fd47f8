"""Bags of rows of a table: their sums, means or maxima."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels.index import outside

MODES = ("sum", "mean", "max")


def embedding_bag(
    weight: Any, indices: Any, offsets: Any, per_sample_weights: Any = None, scale_grad_by_freq: bool = False,
    mode: int = 0, include_last_offset: bool = False, padding_idx: int = -1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Rows of ``weight`` by number, reduced over bags that begin at ``offsets``; no row of the padding counts.

    Returns the reduced rows (0 for an empty bag), the bag of each index, the sizes of the bags (0 for sums), and for
    maxima the row from which each comes.

    >>> table = np.array([[1.0], [2.0], [4.0]])
    >>> embedding_bag(table, np.array([0, 1, 2]), np.array([0, 1]))[0].ravel()
    array([1., 6.])
    """
    weight, indices = np.asarray(weight), np.asarray(indices)
    _check(weight, indices, offsets, per_sample_weights, mode, include_last_offset)
    starts = offsets[:-1] if include_last_offset else offsets
    ends = np.append(starts[1:], indices.size)[: starts.size]
    if (ends < starts).any():
        raise RuntimeError(f"offsets must not decrease, but got {offsets.tolist()}")
    bags = np.repeat(np.arange(starts.size, dtype=starts.dtype), ends - starts)
    chosen, owners, factors = indices, bags, per_sample_weights
    if padding_idx >= 0 and (kept := indices != padding_idx).sum() < indices.size:
        chosen, owners = indices[kept], bags[kept]
        factors = None if factors is None else factors[kept]
    sizes = np.bincount(owners, minlength=starts.size).astype(starts.dtype)
    rows = weight.take(chosen, axis=0)
    if factors is not None:
        rows *= factors[:, None]
    if mode == 2:
        out, origin = _maxima(rows, chosen, owners, sizes)
        return out, bags, sizes, origin
    out = _sums(rows, sizes)
    if mode == 1:
        out /= np.maximum(sizes, 1)[:, None].astype(out.dtype)
        return out, bags, sizes, sizes.copy()
    return out, bags, np.zeros_like(sizes), np.zeros_like(sizes)


def _check(weight: np.ndarray, indices: np.ndarray, offsets: Any, factors: Any, mode: int, last: bool) -> None:
    """RuntimeError, as in PyTorch, for what is no bag of this table."""
    if weight.ndim != 2 or weight.dtype.kind != "f":
        raise RuntimeError(
            f"embedding_bag: weight must be a 2-D floating Tensor, but got {weight.ndim}-D, {weight.dtype}"
        )
    for name, array in (("indices", indices), ("offsets", offsets)):
        if array.ndim != 1:
            raise RuntimeError(f"embedding_bag: {name} has to be a 1D Tensor, but got {array.ndim}-D")
        if array.dtype not in (np.int64, np.int32):
            raise RuntimeError(
                f"Expected tensor for argument {name!r} to have one of the following scalar types: Long, Int; "
                f"but got {array.dtype} instead (while checking arguments for embedding_bag)"
            )
    if mode not in range(len(MODES)):
        raise RuntimeError(f"`mode` must be sum (0), mean (1), or max (2), but got {mode}")
    if factors is not None:
        if mode:
            raise RuntimeError(f"embedding_bag: per_sample_weights is only for mode sum, but got mode {MODES[mode]}")
        if factors.shape != indices.shape or factors.dtype != weight.dtype:
            raise RuntimeError(
                f"expected per_sample_weights like the indices, {list(indices.shape)} of {weight.dtype}, "
                f"but got {list(factors.shape)} of {factors.dtype}"
            )
    if last and not offsets.size:
        raise RuntimeError("include_last_offset: number of offset should be at least 1")
    if offsets.size and offsets[0] != 0:
        raise RuntimeError(f"offsets[0] has to be 0, as the first bag starts at the first index, but got {offsets[0]}")
    if offsets.size and offsets[-1] > indices.size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {indices.size} but got offsets[-1] of {offsets[-1]}"
        )
    if indices.size and not offsets.size:
        raise RuntimeError("embedding_bag: there are indices, but no bag to hold them")
    if outside(indices, weight.shape[0]):
        place = np.flatnonzero((indices < 0) | (indices >= weight.shape[0]))[0]
        raise RuntimeError(
            f"Index {place} of input takes value {indices[place]} which is not in the valid range [0, {weight.shape[0]})"
        )


def _sums(rows: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The sums of consecutive rows, ``sizes`` of them each."""
    count, width = sizes.size, rows.shape[1]
    if rows.shape[0] and (sizes == sizes[0]).all():
        return np.add.reduce(rows.reshape(count, sizes[0], width), axis=1)
    out = np.zeros((count, width), rows.dtype)
    filled = np.flatnonzero(sizes)
    if filled.size:
        out[filled] = np.add.reduceat(rows, _starts(sizes)[filled], axis=0)
    return out


def _starts(sizes: np.ndarray) -> np.ndarray:
    return np.cumsum(sizes) - sizes


def _maxima(
    rows: np.ndarray, chosen: np.ndarray, owners: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The maxima of consecutive rows, ``sizes`` of them each, and the first of the ``chosen`` that has each."""
    out = np.zeros((sizes.size, rows.shape[1]), rows.dtype)
    origin = np.zeros(out.shape, sizes.dtype)
    filled = np.flatnonzero(sizes)
    if filled.size and rows.size:
        starts = _starts(sizes)[filled]
        out[filled] = np.maximum.reduceat(rows, starts, axis=0)
        top = out[owners]
        place = np.where((rows == top) | np.isnan(rows), np.arange(len(rows))[:, None], len(rows))
        origin[filled] = chosen[np.minimum.reduceat(place, starts, axis=0)]
    return out, origin
