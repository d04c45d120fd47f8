"""Triangular systems, which NumPy does not solve: by halves, so that nearly all work is matrix products."""

from __future__ import annotations

from typing import Any

import numpy as np

BLOCK = 48  # up to this size LAPACK's general solver is faster than splitting a triangle


def back_substitution(A: Any, B: Any, unit: bool) -> Any:
    """``X`` with ``A X = B`` for an upper triangular ``A``, of which only that triangle is read; batches broadcast."""
    n = A.shape[-1]
    if n > BLOCK:
        half = n // 2
        below = back_substitution(A[..., half:, half:], B[..., half:, :], unit)
        rest = B[..., :half, :] - A[..., :half, half:] @ below
        above = back_substitution(A[..., :half, :half], rest, unit)
        if above.ndim != below.ndim or above.shape[:-2] != below.shape[:-2]:
            batch = np.broadcast_shapes(above.shape[:-2], below.shape[:-2])
            above, below = (np.broadcast_to(x, batch + x.shape[-2:]) for x in (above, below))
        return np.concatenate([above, below], axis=-2)
    triangle = np.triu(A, 1)
    places = np.arange(n)
    triangle[..., places, places] = 1 if unit else A[..., places, places]
    if unit or np.all(triangle[..., places, places] != 0):
        return np.linalg.solve(triangle, B)
    return _row_by_row(triangle, B)


@np.errstate(all="ignore")
def _row_by_row(A: Any, B: Any) -> Any:
    """The same one row at a time, for a zero on the diagonal: inf and nan, no error."""
    out = np.array(np.broadcast_to(B, np.broadcast_shapes(A.shape[:-2], B.shape[:-2]) + B.shape[-2:]))
    for i in range(A.shape[-1] - 1, -1, -1):
        rest = (A[..., i : i + 1, i + 1 :] @ out[..., i + 1 :, :])[..., 0, :]
        out[..., i, :] = (out[..., i, :] - rest) / A[..., i, i, None]
    return out
