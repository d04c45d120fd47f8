"""Eigenvalues and eigenvectors of matrices that need not be symmetric, with their derivatives.

For ``A V = V diag(λ)`` with simple eigenvalues, ``dλ = diag(V⁻¹ dA V)`` and ``dV = V Q`` with
``Q[i, j] = (V⁻¹ dA V)[i, j] / (λ[j] − λ[i])``, less what would change the vectors' lengths (Giles, 2008; C. Boeddeker et
al., "On the computation of complex-valued gradients", 2017).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import linalg as kernel
from autograd.op import general
from autograd.ops.linalg import T, solve
from autograd.ops.reduce import sum_
from autograd.samples import Bad, Draw, const, real, s


def _spread(*shape: int) -> Draw:
    """Matrices near a diagonal one, whose eigenvalues are real and differ."""
    return Draw(shape, lambda rng, size: np.diag(1.0 + np.arange(size[-1])) + rng.uniform(-0.2, 0.2, size))


def _one(x: Any) -> Any:
    return np.eye(x.shape[-1], dtype=x.dtype)


def _gaps(values: Any) -> Any:
    """``λ[j] − λ[i]`` off the diagonal, 1 on it."""
    return values[..., None, :] - values[..., :, None] + _one(values)


def _eig_rule(g: list, eigenvalues: Any, eigenvectors: Any) -> Any:
    gL, V = g[0], eigenvectors
    inner = None if gL is None else gL[..., None, :] * _one(V)
    if g[1] is not None:
        along = T(V) @ g[1]
        length = sum_(along * _one(V), -1)
        turn = (along - (T(V) @ V) * length[..., None, :]) / _gaps(eigenvalues) * (1 - _one(V))
        inner = turn if inner is None else inner + turn
    return solve(T(V), inner @ T(V))


def _eig_jvp(t: tuple, eigenvalues: Any, eigenvectors: Any) -> tuple:
    V = eigenvectors
    inner = solve(V, t[0] @ V)
    turned = V @ (inner * (1 - _one(V)) / _gaps(eigenvalues))
    return sum_(inner * _one(V), -1), turned - V * sum_(V * turned, -2)[..., None, :]


eig = general(
    "linalg_eig",
    kernel.eig,
    tensors=("A",),
    A=_eig_rule,
    jvp=_eig_jvp,
    outputs=("eigenvalues", "eigenvectors"),
    symbol="eig",
    samples=[s(_spread(3, 3)), s(_spread(2, 2, 2)), s(_spread(0, 0))],
    errors=[
        Bad(RuntimeError, "must be batches of square matrices, but they are 2 by 3 matrices", real(2, 3)),
        Bad(NotImplementedError, "2 of 2 eigenvalues are complex", const([[0.0, 1.0], [-1.0, 0.0]])),
    ],
    public=False,
    doc="Eigenvalues and eigenvectors of matrices whose eigenvalues are real; see ``torch.linalg.eig``.",
)


def _eigvals_rule(g: Any, A: Any) -> Any:
    _, V = eig(A)
    return solve(T(V), g[..., :, None] * T(V))


def _eigvals_jvp(t: tuple, A: Any) -> Any:
    _, V = eig(A)
    return sum_(solve(V, t[0] @ V) * _one(V), -1)


eigvals = general(
    "linalg_eigvals",
    kernel.eigvals,
    tensors=("A",),
    A=_eigvals_rule,
    jvp=_eigvals_jvp,
    symbol="eigvals",
    samples=[s(_spread(3, 3)), s(_spread(2, 2, 2)), s(_spread(0, 0))],
    errors=[Bad(NotImplementedError, "2 of 2 eigenvalues are complex", const([[0.0, 1.0], [-1.0, 0.0]]))],
    public=False,
    doc="The eigenvalues of matrices all of whose eigenvalues are real; see ``torch.linalg.eigvals``.",
)
