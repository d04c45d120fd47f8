"""Rows of a table by number, and the sum back into it."""

from __future__ import annotations

from typing import Any

import numpy as np

LONG = 32  # a row that comes more often than this is summed on its own


def embedding(weight: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The rows of ``weight`` that ``indices`` name; IndexError for one that is no row.

    >>> embedding(np.array([[1.0], [2.0]]), np.array([1, 0, 1])).ravel()
    array([2., 1., 2.])
    """
    indices = np.asarray(indices)
    count = weight.shape[0]
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        bad = indices[(indices < 0) | (indices >= count)][0]
        raise IndexError(f"index {bad} is out of range: expected 0 to {count - 1} (the table has {count} rows)")
    return weight.take(indices, axis=0)


def embedding_grad(g: Any, indices: np.ndarray, rows: int, padding_idx: int | None, by_frequency: bool) -> np.ndarray:
    """``g`` summed into a table of ``rows`` rows, each at its index; nothing goes to row ``padding_idx``.

    >>> embedding_grad(np.array([[1.0], [2.0], [4.0]]), np.array([1, 0, 1]), 2, None, False).ravel()
    array([2., 5.])
    """
    width = g.shape[-1]
    flat, values = np.asarray(indices).reshape(-1), np.asarray(g).reshape(-1, width)
    if padding_idx is not None:
        keep = flat != padding_idx
        if not keep.all():
            flat, values = flat[keep], values[keep]
    out = np.zeros((rows, width), values.dtype)
    if not flat.size:
        return out
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    times = np.diff(np.append(starts, flat.size))
    named = ordered[starts]
    _sum_runs(values, order, starts, times, named, out)
    if by_frequency:
        out[named] /= times[:, None].astype(out.dtype)
    return out


def _sum_runs(
    values: np.ndarray, order: np.ndarray, starts: np.ndarray, times: np.ndarray, named: np.ndarray, out: np.ndarray
) -> None:
    """Add the rows of ``values`` into ``out``: ``order`` brings those for the same row together, in runs.

    In rounds, each with one row of every run that still has one, so that no row is written twice at once: several
    times faster than ``np.add.at`` and ``reduceat``. Long runs are summed one by one.
    """
    out[named] = values[order[starts]]
    for run in np.flatnonzero(times > LONG):
        start = starts[run]
        out[named[run]] += np.add.reduce(values[order[start + 1 : start + times[run]]], axis=0)
    waiting = np.flatnonzero((times > 1) & (times <= LONG))
    done = 1
    while waiting.size:
        out[named[waiting]] += values[order[starts[waiting] + done]]
        done += 1
        waiting = waiting[times[waiting] > done]


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
