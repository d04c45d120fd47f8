"""LU and LDLᵀ factorizations and what solves with them, with their derivatives.

The rule of LU: the gradients of ``L`` and ``U`` stand in one matrix, as the factors do. For ``A = P L U`` the part below
the diagonal is ``tril(L⁻¹ dA U⁻¹)``, the rest ``triu``; for matrices that are not square the leading square block is
factored, and what is beside or below it follows linearly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import linalg as checks
from autograd.kernels import lu as kernel
from autograd.kernels.lu import permutation
from autograd.op import general
from autograd.ops.join import cat
from autograd.ops.linalg import T, bare, solve_triangular
from autograd.ops.scatter import gather
from autograd.ops.shape import tril, triu
from autograd.samples import Bad, Draw, const, real, s, spd


def rows(x: Any, order: Any) -> Any:
    """``x`` with the rows of each matrix in ``order``."""
    shape = tuple(x.shape)
    place = np.broadcast_to(order[..., None], (*order.shape, shape[-1]))
    return gather(x, np.ascontiguousarray(np.broadcast_to(place, shape)), len(shape) - 2)


def unit_lower(LU: Any) -> Any:
    """``L``: what stands below the diagonal of the factors, and ones on it."""
    m, n = LU.shape[-2:]
    k = min(m, n)
    return tril(LU[..., :k], -1) + np.eye(m, k, dtype=LU.dtype)


def upper(LU: Any) -> Any:
    """``U``: what stands on and above the diagonal of the factors."""
    return triu(LU[..., : min(LU.shape[-2:]), :])


def _forward(A: Any) -> tuple[Any, Any]:
    checks.check(A, square=False, error=NotImplementedError)
    return kernel.lu(A)


def _left(LU: Any, x: Any, transposed: bool = False) -> Any:
    """``L⁻¹ x``, or ``L⁻ᵀ x``."""
    return solve_triangular(T(LU) if transposed else LU, x, transposed, True)


def _right(LU: Any, x: Any, transposed: bool = False) -> Any:
    """``x U⁻¹``, or ``x U⁻ᵀ``."""
    return T(solve_triangular(LU if transposed else T(LU), T(x), transposed))


def _lu_rule(g: Any, LU: Any, pivots: Any) -> Any:
    m, n = LU.shape[-2:]
    k = min(m, n)
    square, L, U = LU[..., :k, :k], unit_lower(LU), upper(LU)
    gL, gU = tril(g[..., :k], -1), triu(g[..., :k, :])
    low, up = T(L) @ gL, gU @ T(U)
    if n > k:
        low = low - gU[..., k:] @ T(U[..., k:])
        up = gU[..., :k] @ T(U[..., :k])
    if m > k:
        up = up - T(L[..., k:, :]) @ gL[..., k:, :]
        low = T(L[..., :k, :]) @ gL[..., :k, :]
    back = _right(square, _left(square, tril(low, -1) + triu(up), transposed=True), transposed=True)
    if n > k:
        back = cat((back, _left(square, gU[..., k:], transposed=True)), -1)
    if m > k:
        back = cat((back, _right(square, gL[..., k:, :], transposed=True)), -2)
    return rows(back, np.argsort(permutation(bare(pivots), m), axis=-1))


def _lu_jvp(t: tuple, LU: Any, pivots: Any) -> Any:
    m, n = LU.shape[-2:]
    k = min(m, n)
    square, L, U = LU[..., :k, :k], unit_lower(LU), upper(LU)
    change = rows(t[0], permutation(bare(pivots), m))
    inner = _right(square, _left(square, change[..., :k, :k]))
    dL, dU = L[..., :k, :] @ tril(inner, -1), triu(inner) @ U[..., :k]
    both = dL + dU
    if n > k:
        both = cat((both, _left(square, change[..., k:] - dL @ U[..., k:])), -1)
    if m > k:
        both = cat((both, _right(square, change[..., k:, :] - L[..., k:, :] @ dU)), -2)
    return both


lu = general(
    "linalg_lu",
    _forward,
    tensors=("A",),
    joint=lambda g, LU, pivots, needs: (_lu_rule(g, LU, pivots),),
    jvp=_lu_jvp,
    outputs=("LU", "pivots"),
    differentiable=("LU",),
    symbol="lu",
    samples=[
        s(real(3, 3)),
        s(real(4, 2)),
        s(real(2, 3, 4)),
        s(spd(2, 2, 2)),
        s(real(0, 0)),
        s(real(0, 3)),
        s(real(2, 3, 0)),
    ],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3))],
    public=False,
    doc="The LU factors in one matrix, by partial pivoting, and the swaps; see ``torch.linalg.lu_factor``.",
)

order = general(
    "lu_order",
    lambda pivots, count, inverse=False: kernel.order(pivots, count, inverse),
    tensors=("pivots",),
    differentiable=(),
    symbol="order",
    samples=[
        s(const(np.array([2, 3, 3], np.int32)), 3),
        s(const(np.array([[2, 2], [1, 2]], np.int32)), 4, True),
        s(const(np.zeros(0, np.int32)), 0),
        s(const(np.zeros((0, 2), np.int32)), 3),
    ],
    public=False,
    doc="The order of ``count`` rows in which pivoting leaves them, or the one that undoes it.",
)
info = general(
    "lu_info",
    kernel.first_zero,
    tensors=("packed",),
    differentiable=(),
    symbol="info",
    samples=[s(const([[1.0, 2.0], [2.0, 0.0]])), s(const(np.ones((2, 3, 2)))), s(const(np.ones((0, 0))))],
    public=False,
    doc="For each factored matrix, 0 or the number of its first pivot that is 0.",
)

# -- symmetric matrices -----------------------------------------------------------------------------------------------


def _ldl(A: Any) -> tuple[Any, Any, Any]:
    checks.check(A)
    return kernel.ldl(A)


def _no_ldl(g: Any, needs: tuple) -> tuple:
    raise NotImplementedError("the derivative for 'linalg.ldl_factor' is not implemented; use linalg.lu or cholesky")


def _no_ldl_jvp(t: tuple) -> tuple:
    raise NotImplementedError("linalg.ldl_factor has no forward mode; use linalg.lu or cholesky")


def _symmetric(*shape: int) -> Draw:
    """A symmetric indefinite sample, without derivative."""

    def make(rng: np.random.Generator, size: tuple) -> np.ndarray:
        a = rng.uniform(-2, 2, size)
        return a + np.swapaxes(a, -1, -2)

    return Draw(shape, make, grad=False)


ldl_factor = general(
    "linalg_ldl_factor",
    _ldl,
    tensors=("A",),
    joint=_no_ldl,
    jvp=_no_ldl_jvp,
    outputs=("LD", "pivots", "info"),
    differentiable=("LD",),
    symbol="ldl",
    samples=[s(_symmetric(3, 3)), s(_symmetric(2, 4, 4)), s(_symmetric(0, 0)), s(const([[0.0, 1.0], [1.0, 0.0]]))],
    errors=[Bad(RuntimeError, "must be batches of square matrices, but they are 2 by 3 matrices", real(2, 3))],
    public=False,
    doc="The LDLᵀ factorization of symmetric matrices; as ``torch.linalg.ldl_factor_ex``.",
)


def _no_ldl_solve(g: Any, needs: tuple) -> tuple:
    raise RuntimeError("derivative for linalg.ldl_solve is not implemented; use linalg.solve")


def _no_ldl_solve_jvp(t: tuple) -> Any:
    raise RuntimeError("linalg.ldl_solve has no forward mode; use linalg.solve")


ldl_solve = general(
    "linalg_ldl_solve",
    kernel.ldl_solve,
    tensors=("LD", "pivots", "B"),
    joint=_no_ldl_solve,
    jvp=_no_ldl_solve_jvp,
    symbol="ldl_solve",
    samples=[
        s(const([[2.0, 0.0], [0.5, 3.0]]), const(np.array([1, 2], np.int32)), const([[1.0], [2.0]])),
        s(const([[0.0, 0.0], [1.0, 0.0]]), const(np.array([-2, -2], np.int32)), const(np.ones((2, 2, 1)))),
        s(const(np.zeros((0, 0))), const(np.zeros(0, np.int32)), const(np.zeros((0, 2)))),
    ],
    public=False,
    doc="The solution of equations with an LDLᵀ factorization; as ``torch.linalg.ldl_solve``.",
)
