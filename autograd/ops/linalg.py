"""Inverses, equations and functions of matrices, with their derivatives.

Formulas: M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
(2008), and G. Golub and V. Pereyra (1973) for the pseudo-inverse. ``T`` transposes the last two dimensions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.dispatch import wrap
from autograd.kernels import linalg as kernel
from autograd.lanes import known
from autograd.op import general
from autograd.ops.join import cat
from autograd.ops.reduce import prod_, sum_
from autograd.ops.shape import reshape, tril, triu
from autograd.samples import Bad, const, matrix, real, s
from autograd.tensor import Tensor

_NOT_SQUARE = Bad(RuntimeError, "must be batches of square matrices, but they are 2 by 3 matrices", real(2, 3))
_SINGULAR = const([[1.0, 2.0], [2.0, 4.0]])


def T(x: Any) -> Any:
    """The last two dimensions exchanged."""
    return x.swapaxes(-1, -2)


def bare(x: Any) -> Any:
    """The values alone, for a decision that has no derivative."""
    return x._array if isinstance(x, Tensor) else x


def like(constant: Any, other: Any) -> Any:
    """A constant of the kind of ``other``, for an operation that takes several of one kind."""
    return wrap(constant) if isinstance(other, Tensor) else constant


def spread(x: Any) -> Any:
    """A number for each matrix, as matrices of one element."""
    return reshape(x, (*x.shape, 1, 1))


inv = general(
    "linalg_inv",
    kernel.inv,
    tensors=("A",),
    A=lambda g, out: -(T(out) @ g @ T(out)),
    jvp=lambda t, out: -(out @ t[0] @ out),
    symbol="inverse",
    samples=[s(matrix(3, 3)), s(matrix(2, 2, 2)), s(matrix(0, 0))],
    errors=[_NOT_SQUARE, Bad(RuntimeError, "singular", _SINGULAR)],
    public=False,
    doc="The inverse of square matrices; as ``torch.linalg.inv``.",
)

# -- equations ------------------------------------------------------------------------------------------------------


def _solve_rule(g: Any, A: Any, out: Any, needs: tuple) -> tuple:
    back = solve(T(A), g)
    return (-(back @ T(out)) if needs[0] else None), (back if needs[1] else None)


def _solve_jvp(t: tuple, A: Any, out: Any) -> Any:
    change = None if t[0] is None else -(t[0] @ out)
    if t[1] is not None:
        change = t[1] if change is None else t[1] + change
    return solve(A, change)


solve = general(
    "linalg_solve",
    kernel.solve,
    tensors=("A", "B"),
    joint=_solve_rule,
    jvp=_solve_jvp,
    broadcasts=True,
    symbol="solve",
    samples=[
        s(matrix(3, 3), real(3, 2)),
        s(matrix(2, 2, 2), real(2, 1)),
        s(matrix(2, 2), real(2, 2, 1)),
        s(matrix(0, 0), real(0, 2)),
    ],
    errors=[
        Bad(RuntimeError, "Incompatible shapes of A and B for the equation AX = B", matrix(3, 3), real(4, 2)),
        Bad(RuntimeError, "singular", _SINGULAR, real(2, 1)),
    ],
    public=False,
    doc="The solution X of A X = B for matrices B; as ``torch.linalg.solve``.",
)


def _triangle(x: Any, upper: bool, unitriangular: bool) -> Any:
    """The part of a gradient that a triangular solve reads."""
    return triu(x, int(unitriangular)) if upper else tril(x, -int(unitriangular))


def _triangular_rule(g: Any, A: Any, out: Any, upper: bool, unitriangular: bool, needs: tuple) -> tuple:
    back = solve_triangular(T(A), g, not upper, unitriangular)
    return (_triangle(-(back @ T(out)), upper, unitriangular) if needs[0] else None), (back if needs[1] else None)


def _triangular_jvp(t: tuple, A: Any, out: Any, upper: bool, unitriangular: bool) -> Any:
    change = None if t[0] is None else -(_triangle(t[0], upper, unitriangular) @ out)
    if t[1] is not None:
        change = t[1] if change is None else t[1] + change
    return solve_triangular(A, change, upper, unitriangular)


solve_triangular = general(
    "linalg_solve_triangular",
    kernel.solve_triangular,
    tensors=("A", "B"),
    joint=_triangular_rule,
    jvp=_triangular_jvp,
    broadcasts=True,
    symbol="solve",
    samples=[
        s(matrix(3, 3), real(3, 2), upper=True),
        s(matrix(2, 3, 3), real(3, 1), upper=False),
        s(matrix(3, 3), real(2, 3, 1), upper=False, unitriangular=True),
        s(matrix(0, 0), real(0, 2), upper=True),
    ],
    errors=[Bad(RuntimeError, "Incompatible shapes", matrix(3, 3), real(4, 1), upper=True)],
    public=False,
    doc="The solution X of A X = B for a triangular A; as ``torch.linalg.solve_triangular``.",
)


def pinv_pull(g: Any, A: Any, out: Any) -> Any:
    """The gradient of the pseudo-inverse ``out`` of ``A``."""
    p, pt, gt = out, T(out), T(g)
    return (gt - A @ (p @ gt)) @ (p @ pt) + (pt @ p) @ (gt - (gt @ p) @ A) - pt @ g @ pt


def pinv_push(t: Any, A: Any, out: Any) -> Any:
    """The tangent of the pseudo-inverse ``out`` of ``A``."""
    p, pt, tt = out, T(out), T(t)
    return (p @ pt) @ (tt - (tt @ A) @ p) + (tt - p @ (A @ tt)) @ (pt @ p) - p @ t @ p


pinv = general(
    "linalg_pinv",
    lambda A, atol=None, rtol=None, hermitian=False: kernel.pinv(A, atol, rtol, hermitian),
    tensors=("A",),
    A=pinv_pull,
    jvp=lambda t, A, out: pinv_push(t[0], A, out),
    symbol="pinv",
    samples=[s(real(3, 2)), s(real(2, 3)), s(real(2, 2, 3)), s(matrix(2, 2)), s(real(0, 3))],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3))],
    public=False,
    doc="The pseudo-inverse; as ``torch.linalg.pinv``.",
)
lstsq = general(
    "linalg_lstsq",
    lambda A, B, rcond, values=True: kernel.lstsq(A, B, rcond, values),
    tensors=("A", "B"),
    joint=lambda g, A, B, solution, rcond, needs: _lstsq_rule(g, A, B, solution, rcond, needs),
    jvp=lambda t, A, B, rcond: _lstsq_jvp(t, A, B, rcond),
    outputs=("solution", "rank", "singular_values"),
    differentiable=("solution",),
    symbol="lstsq",
    samples=[
        s(real(4, 2), real(4, 3), None),
        s(real(2, 4), real(2, 1), None),
        s(real(2, 3, 2), real(2, 3, 1), None),
        s(real(0, 3, 2), real(0, 3, 1), None),
        s(real(3, 0), real(3, 2), None),
    ],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3), real(3), None)],
    public=False,
    doc="The least-squares solution of A X = B; as ``torch.linalg.lstsq``.",
)


def _lstsq_rule(g: Any, A: Any, B: Any, solution: Any, rcond: Any, needs: tuple) -> tuple:
    p = pinv(A, None, rcond)
    return (pinv_pull(g @ T(B), A, p) if needs[0] else None), (T(p) @ g if needs[1] else None)


def _lstsq_jvp(t: tuple, A: Any, B: Any, rcond: Any) -> Any:
    p = pinv(A, None, rcond)
    change = None if t[0] is None else pinv_push(t[0], A, p) @ B
    if t[1] is not None:
        change = p @ t[1] if change is None else change + p @ t[1]
    return change


# -- determinants ---------------------------------------------------------------------------------------------------


def _cofactors(A: Any, out: Any) -> Any:
    """The derivative of the determinant ``out`` by each element of ``A``: ``det · A⁻ᵀ``, and its limit where det is 0."""
    if known((out != 0).all()):
        return spread(out) * T(inv(A))
    from autograd.ops.decompositions import svd  # noqa: PLC0415 - for singular matrices only

    u, values, vh = svd(A, False)
    one = np.eye(A.shape[-1], dtype=A.dtype)
    others = prod_(values[..., None, :] * (1 - one) + one, -1)  # the product of all singular values but one
    sign = np.sign(kernel.det(bare(u)) * kernel.det(bare(vh)))
    return (spread(sign) * u * others[..., None, :]) @ vh


det = general(
    "linalg_det",
    kernel.det,
    tensors=("A",),
    A=lambda g, A, out: spread(g) * _cofactors(A, out),
    jvp=lambda t, A, out: sum_(_cofactors(A, out) * t[0], (-2, -1)),
    symbol="det",
    samples=[s(matrix(3, 3)), s(matrix(2, 2, 2)), s(real(3, 3)), s(matrix(0, 0)), s(_SINGULAR)],
    errors=[_NOT_SQUARE],
    public=False,
    doc="The determinant; as ``torch.linalg.det``.",
)


def _log_slope(A: Any, logabsdet: Any) -> Any:
    """``A⁻ᵀ``; for a singular matrix the infinities and NaNs that dividing by its zero pivot gives."""
    if known(np.isfinite(logabsdet).all()):
        return T(inv(A))
    from autograd.ops.lu import lu, permutation  # noqa: PLC0415 - for singular matrices only

    LU, pivots = lu(A)
    swapped = np.eye(A.shape[-1], dtype=A.dtype)[permutation(bare(pivots), A.shape[-1])]
    return T(solve_triangular(LU, solve_triangular(LU, like(swapped, LU), False, True), True))


slogdet = general(
    "linalg_slogdet",
    kernel.slogdet,
    tensors=("A",),
    A=lambda g, A, logabsdet: spread(g) * _log_slope(A, logabsdet),
    jvp=lambda t, A, logabsdet: sum_(_log_slope(A, logabsdet) * t[0], (-2, -1)),
    outputs=("sign", "logabsdet"),
    differentiable=("logabsdet",),
    symbol="slogdet",
    samples=[s(matrix(3, 3)), s(matrix(2, 2, 2)), s(matrix(0, 0))],
    errors=[_NOT_SQUARE],
    public=False,
    doc="Sign and logarithm of the absolute value of the determinant; as ``torch.linalg.slogdet``.",
)

# -- the exponential ------------------------------------------------------------------------------------------------


def _exp_along(A: Any, t: Any) -> Any:
    """The derivative of the exponential at ``A`` along ``t``: the corner of exp of [[A, t], [0, A]] (Mathias, 1996)."""
    n = A.shape[-1]
    above = cat((A, t), -1)
    below = cat((like(np.zeros(tuple(A.shape), A.dtype), A), A), -1)
    return matrix_exp(cat((above, below), -2))[..., :n, n:]


matrix_exp = general(
    "linalg_matrix_exp",
    kernel.matrix_exp,
    tensors=("A",),
    A=lambda g, A: _exp_along(T(A), g),
    jvp=lambda t, A: _exp_along(A, t[0]),
    symbol="exp",
    samples=[s(real(3, 3)), s(real(2, 2, 2)), s(real(2, 2, low=8, high=9)), s(real(0, 0))],
    errors=[_NOT_SQUARE],
    public=False,
    doc="The matrix exponential; as ``torch.linalg.matrix_exp``.",
)
