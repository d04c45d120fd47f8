"""Rows of a table by number, and the sum back into it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels.index import add_rows, outside


def embedding(weight: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The rows of ``weight`` that ``indices`` name; IndexError for one that is no row.

    >>> embedding(np.array([[1.0], [2.0]]), np.array([1, 0, 1])).ravel()
    array([2., 1., 2.])
    """
    indices = np.asarray(indices)
    count = weight.shape[0]
    if outside(indices, count):
        bad = indices[(indices < 0) | (indices >= count)][0]
        raise IndexError(f"index {bad} is out of range: expected 0 to {count - 1} (the table has {count} rows)")
    return weight.take(indices, axis=0)


def embedding_grad(g: Any, indices: np.ndarray, rows: int, padding_idx: int | None, by_frequency: bool) -> np.ndarray:
    """``g`` summed into a table of ``rows`` rows, each at its index; nothing goes to row ``padding_idx``.

    >>> embedding_grad(np.array([[1.0], [2.0], [4.0]]), np.array([1, 0, 1]), 2, None, False).ravel()
    array([2., 5.])
    """
    width = g.shape[-1]
    flat = np.asarray(indices).reshape(-1)
    values = np.asarray(g).reshape(flat.size, width)
    if padding_idx is not None:
        keep = flat != padding_idx
        if not keep.all():
            flat, values = flat[keep], values[keep]
    out = np.zeros((rows, width), values.dtype)
    if not flat.size:
        return out
    add_rows(out, flat, values)
    if by_frequency:
        out /= np.maximum(np.bincount(flat, minlength=rows), 1).astype(out.dtype)[:, None]
    return out


def pick(weight: np.ndarray, indices: np.ndarray, padding_idx: int | None, by_frequency: bool) -> np.ndarray:
    """The transpose of ``embedding_grad``: rows by number, those of the padding zero, divided by how often each comes.

    >>> pick(np.array([[1.0], [2.0]]), np.array([1, 0, 1]), 0, True).ravel()
    array([1., 0., 1.])
    """
    out = embedding(weight, indices)
    if by_frequency:
        times = np.bincount(np.reshape(indices, -1), minlength=weight.shape[0])
        out = out / times[indices][..., None].astype(out.dtype)
    if padding_idx is not None:
        out = np.where(np.asarray(indices)[..., None] == padding_idx, out.dtype.type(0), out)
    return out
