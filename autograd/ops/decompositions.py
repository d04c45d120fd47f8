"""Factorizations of matrices with their derivatives.

The rules do not depend on the signs that LAPACK happens to choose for singular vectors and eigenvectors, as long as the
function of them does not. Formulas: Giles (2008) and J. Townsend, "Differentiating the singular value decomposition"
(2016); for QR, S. Walter and L. Lehmann (2010).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import linalg as kernel
from autograd.op import general
from autograd.ops.join import cat
from autograd.ops.linalg import T, like, solve_triangular
from autograd.ops.reduce import sum_
from autograd.ops.shape import tril
from autograd.samples import Bad, Draw, real, s, spd


def _symmetric(*shape: int) -> Draw:
    """A symmetric sample, differentiated through its symmetric part, because only one triangle is read."""
    drawn = spd(*shape)
    return Draw(drawn.shape, drawn.make, through=lambda x: (x + x.swapaxes(-1, -2)) / 2)


_NOT_SQUARE = Bad(RuntimeError, "must be batches of square matrices, but they are 2 by 3 matrices", real(2, 3))


def _one(x: Any) -> Any:
    """The identity of the size of the square matrix ``x``."""
    return np.eye(x.shape[-1], dtype=x.dtype)


def _diagonal(x: Any) -> Any:
    """The diagonal of square matrices."""
    return sum_(x * _one(x), -1)


def _right_solve(x: Any, triangle: Any, upper: bool) -> Any:
    """``x · triangle⁻¹``."""
    return T(solve_triangular(T(triangle), T(x), not upper))


def _differences(values: Any) -> Any:
    """``values[j] − values[i]`` off the diagonal, 1 on it."""
    return values[..., None, :] - values[..., :, None] + np.eye(values.shape[-1], dtype=values.dtype)


def _hollow(x: Any) -> Any:
    """``x`` with zeros on the diagonal."""
    return x * (1 - _one(x))


# -- Cholesky -------------------------------------------------------------------------------------------------------


def _half(x: Any) -> Any:
    """The lower triangle with half of the diagonal: what is left of ``x`` when ``x + xᵀ`` is halved."""
    return tril(x) * (1 - _one(x) / 2)


def _cholesky_rule(g: Any, out: Any) -> Any:
    inner = solve_triangular(T(out), _half(T(out) @ g), True)
    whole = _right_solve(inner, out, False)
    return (whole + T(whole)) / 2


def _cholesky_jvp(t: tuple, out: Any) -> Any:
    change = (t[0] + T(t[0])) / 2
    inner = T(solve_triangular(out, T(solve_triangular(out, change, False)), False))
    return out @ _half(inner)


cholesky = general(
    "linalg_cholesky",
    kernel.cholesky,
    tensors=("A",),
    A=_cholesky_rule,
    jvp=_cholesky_jvp,
    symbol="cholesky",
    samples=[s(_symmetric(3, 3)), s(_symmetric(2, 2, 2)), s(_symmetric(0, 0))],
    errors=[_NOT_SQUARE, Bad(RuntimeError, "not positive-definite", real(2, 2, low=-3, high=-2))],
    public=False,
    doc="The lower Cholesky factor of symmetric positive-definite matrices; as ``torch.linalg.cholesky``.",
)

# -- eigenvalues ----------------------------------------------------------------------------------------------------


def _eigh_rule(g: list, eigenvalues: Any, eigenvectors: Any) -> Any:
    inner = None if g[0] is None else g[0][..., None, :] * _one(eigenvectors)
    if g[1] is not None:
        turn = _hollow(T(eigenvectors) @ g[1]) / _differences(eigenvalues)
        inner = turn if inner is None else inner + turn
    back = eigenvectors @ inner @ T(eigenvectors)
    return back if g[1] is None else (back + T(back)) / 2


def _eigh_jvp(t: tuple, eigenvalues: Any, eigenvectors: Any) -> tuple:
    inner = T(eigenvectors) @ ((t[0] + T(t[0])) / 2) @ eigenvectors
    return _diagonal(inner), eigenvectors @ (_hollow(inner) / _differences(eigenvalues))


eigh = general(
    "linalg_eigh",
    kernel.eigh,
    tensors=("A",),
    A=_eigh_rule,
    jvp=_eigh_jvp,
    outputs=("eigenvalues", "eigenvectors"),
    symbol="eigh",
    samples=[s(_symmetric(3, 3), "L"), s(_symmetric(2, 2, 2), "U"), s(_symmetric(0, 0), "L")],
    errors=[Bad(RuntimeError, "UPLO", spd(2, 2), "X")],
    public=False,
    doc="Eigenvalues and eigenvectors of symmetric matrices; as ``torch.linalg.eigh``.",
)


def _eigvalsh_rule(g: Any, A: Any, triangle: str) -> Any:
    _, vectors = eigh(A, triangle)
    return (vectors * g[..., None, :]) @ T(vectors)


def _eigvalsh_jvp(t: tuple, A: Any, triangle: str) -> Any:
    _, vectors = eigh(A, triangle)
    return sum_(vectors * (t[0] @ vectors), -2)


eigvalsh = general(
    "linalg_eigvalsh",
    kernel.eigvalsh,
    tensors=("A",),
    A=_eigvalsh_rule,
    jvp=_eigvalsh_jvp,
    symbol="eigvalsh",
    samples=[s(_symmetric(3, 3), "L"), s(_symmetric(2, 2, 2), "U"), s(_symmetric(0, 0), "L")],
    errors=[Bad(RuntimeError, "UPLO", spd(2, 2), "X")],
    public=False,
    doc="The eigenvalues of symmetric matrices, ascending; as ``torch.linalg.eigvalsh``.",
)

# -- singular values ------------------------------------------------------------------------------------------------


def _skew(x: Any) -> Any:
    return x - T(x)


def _svd_rule(g: list, U: Any, S: Any, Vh: Any, A_shape: tuple) -> Any:
    m, n = A_shape[-2:]
    k = min(m, n)
    gU, gS, gVh = g
    if gU is not None and U.shape[-1] > k:  # the columns beyond turn against the others, as in forward mode
        gU = gU[..., :k] - U[..., k:] @ (T(gU[..., k:]) @ U[..., :k])
    if gVh is not None and Vh.shape[-2] > k:
        gVh = gVh[..., :k, :] - (Vh[..., :k, :] @ T(gVh[..., k:, :])) @ Vh[..., k:, :]
    U, Vh = U[..., :k], Vh[..., :k, :]
    gaps = _differences(S * S)
    inner = None if gS is None else gS[..., None, :] * np.eye(k, dtype=S.dtype)
    rest: list = []
    if gU is not None:
        along = T(U) @ gU
        turn = _skew(along) / gaps * S[..., None, :]
        inner = turn if inner is None else inner + turn
        if m > k:
            rest.append(((gU - U @ along) / S[..., None, :]) @ Vh)
    if gVh is not None:
        along = Vh @ T(gVh)
        turn = S[..., :, None] * (_skew(along) / gaps)
        inner = turn if inner is None else inner + turn
        if n > k:
            rest.append((U / S[..., None, :]) @ (gVh - T(along) @ Vh))
    total = U @ inner @ Vh
    for part in rest:
        total = total + part
    return total


def _svd_jvp(t: tuple, U: Any, S: Any, Vh: Any, A_shape: tuple) -> tuple:
    m, n = A_shape[-2:]
    k = min(m, n)
    if U.shape[-1] != Vh.shape[-2]:  # columns beyond the singular values turn only as far as they have to
        dU, dS, dVh = _svd_jvp(t, U[..., :k], S, Vh[..., :k, :], A_shape)
        if m > n:
            return cat((dU, -(U[..., :k] @ (T(dU) @ U[..., k:]))), -1), dS, dVh
        return dU, dS, cat((dVh, -((Vh[..., k:, :] @ T(dVh)) @ Vh[..., :k, :])), -2)
    change = t[0]
    inner = T(U) @ change @ T(Vh)
    gaps = _differences(S * S)
    right, left = inner * S[..., None, :], S[..., :, None] * inner
    dU = U @ (_hollow(right + T(right)) / gaps)
    dVh = T(_hollow(left + T(left)) / gaps) @ Vh
    if m > n:
        along = change @ T(Vh) / S[..., None, :]
        dU = dU + along - U @ (T(U) @ along)
    if n > m:
        along = (T(U) @ change) / S[..., :, None]
        dVh = dVh + along - (along @ T(Vh)) @ Vh
    return dU, _diagonal(inner), dVh


svd = general(
    "linalg_svd",
    kernel.svd,
    tensors=("A",),
    A=_svd_rule,
    jvp=_svd_jvp,
    outputs=("U", "S", "Vh"),
    symbol="svd",
    samples=[
        s(real(3, 3), False),
        s(real(3, 2), False),
        s(real(2, 3), False),
        s(real(2, 2, 3), False),
        s(real(3, 2), True),
        s(real(2, 2, 3), True),
        s(real(0, 3), False),
        s(real(3, 0), False),
        s(real(0, 3, 2), False),
    ],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3), False)],
    public=False,
    doc="The singular value decomposition; as ``torch.linalg.svd``.",
)


def _svdvals_rule(g: Any, A: Any) -> Any:
    U, _, Vh = svd(A, False)
    return (U * g[..., None, :]) @ Vh


def _svdvals_jvp(t: tuple, A: Any) -> Any:
    U, _, Vh = svd(A, False)
    return sum_(U * (t[0] @ T(Vh)), -2)


svdvals = general(
    "linalg_svdvals",
    kernel.svdvals,
    tensors=("A",),
    A=_svdvals_rule,
    jvp=_svdvals_jvp,
    symbol="svdvals",
    samples=[s(real(3, 3)), s(real(3, 2)), s(real(2, 2, 3)), s(real(0, 2))],
    errors=[Bad(RuntimeError, "at least 2 dimensions", real(3))],
    public=False,
    doc="The singular values, largest first; as ``torch.linalg.svdvals``.",
)

# -- QR -------------------------------------------------------------------------------------------------------------


def _qr_rule(g: list, A: Any, Q: Any, R: Any, mode: str) -> Any:
    """For a wide matrix, its first columns are what is factored, and the rest of R is Qᵀ times the other columns."""
    m, n = A.shape[-2:]
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. "
            "Use linalg.qr(A, mode='reduced') instead."
        )
    if mode == "complete" and m > n:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    gQ, gR = g
    if m >= n:
        return _qr_square(gQ, gR, Q, R)
    right = None
    if gR is not None:
        right = Q @ gR[..., m:]
        more = A[..., m:] @ T(gR[..., m:])
        gQ = more if gQ is None else gQ + more
    left = _qr_square(gQ, None if gR is None else gR[..., :m], Q, R[..., :m])
    if right is None:
        right = like(np.zeros((*A.shape[:-1], n - m), A.dtype), A)
    return cat((left, right), -1)


def _qr_square(gQ: Any, gR: Any, Q: Any, R: Any) -> Any:
    """The gradient for a matrix with at least as many rows as columns."""
    inner = None if gR is None else R @ T(gR)
    if gQ is not None:
        back = T(gQ) @ Q
        inner = -back if inner is None else inner - back
    lower = tril(inner)
    whole = Q @ (lower + T(tril(inner, -1)))
    return _right_solve(whole if gQ is None else gQ + whole, T(R), False)


def _qr_jvp(t: tuple, A: Any, Q: Any, R: Any, mode: str) -> tuple:
    m, n = A.shape[-2:]
    if mode == "r" or (mode == "complete" and m > n):
        raise RuntimeError(f"linalg_qr: no derivative for mode={mode!r} and {m} by {n} matrices; use mode='reduced'")
    change = t[0] if m >= n else t[0][..., :m]
    square = R if m >= n else R[..., :m]
    along = _right_solve(change, square, True)
    inner = T(Q) @ along
    low = tril(inner, -1)
    turn = low - T(low)
    dQ = along - Q @ (inner - turn)
    dR = (inner - turn) @ square
    if m < n:
        dR = cat((dR, T(dQ) @ A[..., m:] + T(Q) @ t[0][..., m:]), -1)
    return dQ, dR


qr = general(
    "linalg_qr",
    kernel.qr,
    tensors=("A",),
    A=_qr_rule,
    jvp=_qr_jvp,
    outputs=("Q", "R"),
    symbol="qr",
    samples=[
        s(real(3, 3), "reduced"),
        s(real(4, 2), "reduced"),
        s(real(2, 4), "reduced"),
        s(real(2, 3, 3), "complete"),
        s(real(0, 3), "reduced"),
        s(real(3, 0), "reduced"),
        s(real(0, 3, 2), "reduced"),
    ],
    errors=[Bad(RuntimeError, "unrecognized mode 'A'", real(2, 2), "A")],
    public=False,
    doc="The QR decomposition; as ``torch.linalg.qr``.",
)
