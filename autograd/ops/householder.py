"""Products of Householder reflections, and the QR factorization that leaves its factor ``Q`` in that form.

``H₁ H₂ … H_k`` with ``H_i = I − τ_i v_i v_iᵀ`` is ``I − V T Vᵀ``, where ``T = D (I + S D)⁻¹`` with ``D = diag(τ)`` and the
strict upper triangle ``S`` of ``VᵀV`` (C. Puglisi, 1992; that ``τ`` may be 0 in this form). So the products are a few
operations that have derivatives already.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import linalg as kernel
from autograd.op import general
from autograd.ops.linalg import T, solve_triangular
from autograd.ops.shape import tril, triu
from autograd.samples import Bad, real, s


def vectors(x: Any, count: int) -> Any:
    """The vectors ``v_i`` as columns: what stands below the diagonal, a one on it, zeros above."""
    return tril(x[..., :count], -1) + np.eye(x.shape[-2], count, dtype=x.dtype)


def reflect(V: Any, tau: Any, C: Any, transposed: bool = False) -> Any:
    """``Q C`` with ``Q = I − V T Vᵀ``, or ``Qᵀ C``."""
    mixed = triu(T(V) @ V, 1) * tau[..., None, :]  # S D; the solves add the ones on the diagonal
    along = T(V) @ C
    if transposed:
        return C - V @ solve_triangular(T(mixed), tau[..., :, None] * along, False, True)
    return C - V @ (tau[..., :, None] * solve_triangular(mixed, along, True, True))


def _no_geqrf(g: Any, needs: tuple) -> tuple:
    raise NotImplementedError("the derivative for 'geqrf' is not implemented; use linalg.qr")


def _no_geqrf_jvp(t: tuple) -> Any:
    raise NotImplementedError("geqrf has no forward mode; use linalg.qr")


def _fixed(*shape: int) -> Any:
    drawn = real(*shape)
    drawn.grad = False
    return drawn


geqrf = general(
    "geqrf",
    kernel.geqrf,
    tensors=("A",),
    joint=_no_geqrf,
    jvp=_no_geqrf_jvp,
    outputs=("a", "tau"),
    symbol="geqrf",
    samples=[s(_fixed(3, 3)), s(_fixed(4, 2)), s(_fixed(2, 2, 4)), s(_fixed(0, 3))],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3))],
    public=False,
    doc="The QR factorization with Q as Householder reflections, LAPACK's form; as ``torch.geqrf``.",
)
