"""Leading eigenvalues of symmetric matrices by the locally optimal block preconditioned conjugate gradient method.

A. Knyazev, "Toward the optimal preconditioned eigensolver", 2001: in each step the best approximation in the space of
the present vectors, their residuals, and the last step's directions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def lobpcg(A: Any, B: Any, X: Any, iK: Any, k: int, niter: int, tol: float | None, ascending: bool) -> tuple[Any, Any]:
    """``k`` eigenvalues and vectors for each matrix, the wanted ones first; ``niter`` below 0: until they converge."""
    batch, n = A.shape[:-2], A.shape[-1]
    count = math.prod(batch)
    each = [None if x is None else np.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (A, B, X, iK)]
    flat = [None if x is None else x.reshape(count, *x.shape[-2:]) for x in each]
    found = []
    for i in range(count):
        a, b, start, guess = (None if x is None else x[i] for x in flat)
        found.append(_one(a, b, start, guess, niter, tol, ascending))
    values = np.array([v[:k] for v, _ in found], A.dtype).reshape((*batch, k))
    vectors = np.array([x[:, :k] for _, x in found], A.dtype).reshape((*batch, n, k))
    return values, vectors


def _one(A: Any, B: Any, X: Any, iK: Any, niter: int, tol: float | None, ascending: bool) -> tuple[Any, Any]:
    """The iteration for one matrix, in the sign in which the wanted eigenvalues are the largest."""
    sign = -1.0 if ascending else 1.0
    tol = float(np.finfo(A.dtype).eps) ** 0.5 if tol is None else tol
    scale = np.linalg.norm(A) + (0 if B is None else np.linalg.norm(B))
    values, X = _best(A, B, np.asarray(X), X.shape[1], sign)
    P = X[:, :0]
    step = 0
    while niter < 0 or step < niter:
        residual = A @ X - (X if B is None else B @ X) * values
        if np.all(np.linalg.norm(residual, axis=0) <= tol * scale * np.linalg.norm(X, axis=0)) or step >= 1000:
            break
        W = residual if iK is None else iK @ residual
        old = X
        values, X = _best(A, B, np.concatenate([X, W, P], axis=1), X.shape[1], sign)
        P = X - old @ (old.T @ (X if B is None else B @ X))
        step += 1
    return values, X


def _best(A: Any, B: Any, space: Any, count: int, sign: float) -> tuple[Any, Any]:
    """The Rayleigh-Ritz approximation in the span of ``space``: values and ``B``-orthonormal vectors, wanted first."""
    u, s, _ = np.linalg.svd(space / np.maximum(np.linalg.norm(space, axis=0), np.finfo(A.dtype).tiny), False)
    u = u[:, s > s[0] * np.finfo(A.dtype).eps * len(A)] if s[0] > 0 else u
    small = u.T @ A @ u
    if B is None:
        values, turn = np.linalg.eigh(sign * (small + small.T) / 2)
    else:
        lower = np.linalg.cholesky(u.T @ B @ u)
        half = np.linalg.solve(lower, np.linalg.solve(lower, small).T)
        values, turn = np.linalg.eigh(sign * (half + half.T) / 2)
        turn = np.linalg.solve(lower.T, turn)
    count = min(count, len(values))
    return sign * values[::-1][:count], u @ turn[:, ::-1][:, :count]
