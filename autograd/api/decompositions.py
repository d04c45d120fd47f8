"""Factorizations of matrices, under PyTorch's names and with its named tuples."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.api.export import export
from autograd.dispatch import finish, wrap
from autograd.kernels import linalg as kernel
from autograd.ops import decompositions as ops
from autograd.ops.linalg import solve_triangular
from autograd.tensor import Tensor


class linalg_qr(NamedTuple):
    """What ``qr`` returns."""

    Q: Tensor
    R: Tensor


class linalg_svd(NamedTuple):
    """What ``linalg.svd`` returns."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class svd_result(NamedTuple):
    """What ``svd`` returns: with ``V``, not its transpose."""

    U: Tensor
    S: Tensor
    V: Tensor


class linalg_eigh(NamedTuple):
    """What ``eigh`` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class linalg_lu(NamedTuple):
    """What ``lu`` returns."""

    P: Tensor
    L: Tensor
    U: Tensor


class linalg_lu_factor(NamedTuple):
    """What ``lu_factor`` returns."""

    LU: Tensor
    pivots: Tensor


class linalg_cholesky_ex(NamedTuple):
    """What ``cholesky_ex`` returns."""

    L: Tensor
    info: Tensor


def cholesky(A: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:
    """The Cholesky factor: lower triangular ``L`` with ``L Lᵀ = A`` (``upper``: ``U`` with ``Uᵀ U = A``).

    For symmetric positive-definite matrices ``(..., n, n)``, of which one triangle is read; the gradient is symmetric.
    LinAlgError for a matrix that is not positive-definite. As ``torch.linalg.cholesky``.

    >>> import autograd
    >>> autograd.linalg.cholesky(autograd.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    result = ops.cholesky.function(A.mT).mT if upper and A.ndim > 1 else ops.cholesky.function(A)
    return finish(result, out, ops.cholesky, (A,))


@export("cholesky")
def _cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The Cholesky factor of symmetric positive-definite matrices; ``linalg.cholesky`` under its older name.

    As ``torch.cholesky``.

    >>> import autograd
    >>> autograd.cholesky(autograd.tensor([[4.0]]))
    tensor([[2.]])
    """
    return cholesky(input, upper=upper, out=out)


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> linalg_cholesky_ex:
    """The Cholesky factor and, for each matrix, 0 or the order of its first leading minor that is not positive-definite.

    Matrices that have no factor are returned as NaN; LinAlgError only with ``check_errors``. As
    ``torch.linalg.cholesky_ex``.

    >>> import autograd
    >>> autograd.linalg.cholesky_ex(-autograd.eye(2)).info
    tensor(1, dtype=int32)
    """
    if check_errors:
        return linalg_cholesky_ex(cholesky(A, upper=upper), wrap(np.zeros(A.shape[:-2], np.int32)[()]))
    kernel.check(A._array)
    info = np.zeros(tuple(A.shape[:-2]), np.int32)
    for index in np.ndindex(info.shape):
        info[index] = kernel.bad_minor(A._array[index])
    bad = wrap((info != 0)[..., None, None])
    one = wrap(np.eye(A.shape[-1], dtype=A.dtype))
    factor = cholesky(A.where(bad.logical_not(), one), upper=upper)
    return linalg_cholesky_ex(factor.masked_fill(bad, float("nan")) if info.any() else factor, wrap(info[()]))


@export("qr")
def _qr(input: Tensor, some: bool = True, *, out: Any = None) -> linalg_qr:
    """The QR decomposition; ``linalg.qr`` under its older name, ``some=False`` for the complete one. As ``torch.qr``.

    >>> import autograd
    >>> autograd.qr(autograd.ones(3, 2)).R.shape
    autograd.Size([2, 2])
    """
    return qr(input, "reduced" if some else "complete", out=out)


def qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> linalg_qr:
    """``A = Q R`` with orthonormal columns ``Q`` and upper triangular ``R``. As ``torch.linalg.qr``.

    Modes: ``reduced`` (``(m, k)`` and ``(k, n)`` with ``k = min(m, n)``), ``complete`` (``(m, m)``, ``(m, n)``), ``r``
    (``Q`` empty; not differentiable). The signs are LAPACK's. RuntimeError for other modes.

    >>> import autograd
    >>> Q, R = autograd.linalg.qr(autograd.tensor([[3.0, 1.0], [4.0, 2.0]]))
    >>> (Q @ R).round()
    tensor([[3., 1.],
            [4., 2.]])
    """
    return finish(linalg_qr(*ops.qr.function(A, mode)), out, ops.qr, (A,))


def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None, out: Any = None) -> linalg_svd:
    """``A = U diag(S) Vh``, the singular values descending. As ``torch.linalg.svd``.

    With ``full_matrices`` ``U`` is ``(m, m)`` and ``Vh`` ``(n, n)``; else they have ``k = min(m, n)`` columns and rows.
    Gradients through ``U`` and ``Vh`` are finite only where all singular values differ, and are meaningful only for
    functions that do not depend on the signs. ``driver`` is for GPUs: RuntimeError.

    >>> import autograd
    >>> autograd.linalg.svd(autograd.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """
    if driver is not None:
        raise RuntimeError(f"linalg.svd: driver= is only supported for GPUs, but got {driver!r}; leave it out")
    return finish(linalg_svd(*ops.svd.function(A, full_matrices)), out, ops.svd, (A,))


@export("svd")
def _svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> svd_result:
    """The singular value decomposition with ``V`` instead of its transpose. As ``torch.svd``.

    ``some=False`` gives the full matrices, ``compute_uv=False`` zeros for ``U`` and ``V``.

    >>> import autograd
    >>> autograd.svd(autograd.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """
    if compute_uv:
        u, values, vh = ops.svd.function(input, not some)
        return finish(svd_result(u, values, vh.mT), out, ops.svd, (input,))
    batch, (m, n) = tuple(input.shape[:-2]), input.shape[-2:]
    u, v = (wrap(np.zeros((*batch, k, k), input.dtype)) for k in (m, n))
    return finish(svd_result(u, svdvals(input), v), out, ops.svd, (input,))


def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """The singular values of matrices ``(..., m, n)``, largest first. As ``torch.linalg.svdvals``.

    >>> import autograd
    >>> autograd.linalg.svdvals(autograd.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor([4., 3.])
    """
    if driver is not None:
        raise RuntimeError(f"linalg.svdvals: driver= is only supported for GPUs, but got {driver!r}; leave it out")
    return ops.svdvals.function(A, out=out)


def eigh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> linalg_eigh:
    """Eigenvalues, ascending, and orthonormal eigenvectors (columns) of symmetric matrices. As ``torch.linalg.eigh``.

    Only the triangle ``UPLO`` (``"L"`` or ``"U"``) is read. Gradients through the vectors are finite only where the
    eigenvalues differ, and meaningful only for functions that do not depend on the vectors' signs.

    >>> import autograd
    >>> autograd.linalg.eigh(autograd.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    return finish(linalg_eigh(*ops.eigh.function(A, UPLO)), out, ops.eigh, (A,))


def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of symmetric matrices, ascending; one triangle is read. As ``torch.linalg.eigvalsh``.

    >>> import autograd
    >>> autograd.linalg.eigvalsh(autograd.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    return ops.eigvalsh.function(A, UPLO, out=out)


# -- LU -------------------------------------------------------------------------------------------------------------


def _factors(A: Tensor, pivot: bool) -> tuple[Any, Any, Tensor, Tensor]:
    """The swaps, the order of the rows, and ``L`` and ``U``, differentiable for any shape.

    The rows are put in the order of their pivots, the leading square block is factored, and what is beside or below
    it follows from triangular solves.
    """
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    m, n = A.shape[-2:]
    packed, swaps = kernel.lu(A._array)
    order = kernel.permutation(swaps, m)
    k = min(m, n)
    if not A.requires_grad:
        unit = np.tril(packed[..., :k], -1) + np.eye(m, k, dtype=A.dtype)
        return swaps, order, wrap(unit), wrap(np.triu(packed[..., :k, :]))
    rows = A.gather(-2, wrap(np.broadcast_to(order[..., None], tuple(A.shape)).copy()))
    lower, upper = ops.lu.function(rows[..., :k, :k])
    if n > k:
        beside = solve_triangular.function(lower, rows[..., :k, k:], False, True)
        upper = _cat([upper, beside], -1)
    if m > k:
        below = solve_triangular.function(upper.mT, rows[..., k:, :].mT, False, False).mT
        lower = _cat([lower, below], -2)
    return swaps, order, lower, upper


def _cat(tensors: list[Tensor], dim: int) -> Tensor:
    from autograd.ops.join import cat  # noqa: PLC0415 - declared beside this module

    return cat.function(tensors, dim)


def lu(A: Tensor, *, pivot: bool = True) -> linalg_lu:
    """``A = P L U`` with a permutation ``P``, unit lower ``L`` and upper ``U``, by partial pivoting.

    For matrices ``(..., m, n)``; ``L`` is ``(m, k)``, ``U`` is ``(k, n)`` with ``k = min(m, n)``. As
    ``torch.linalg.lu``; RuntimeError for ``pivot=False``.

    >>> import autograd
    >>> autograd.linalg.lu(autograd.tensor([[0.0, 1.0], [2.0, 3.0]])).U
    tensor([[2., 3.],
            [0., 1.]])
    """
    if A.ndim < 2:
        raise RuntimeError(f"linalg.lu: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    _, order, lower, upper = _factors(A, pivot)
    permutation = np.swapaxes(np.eye(A.shape[-2], dtype=A.dtype)[order], -1, -2)
    return linalg_lu(wrap(np.ascontiguousarray(permutation)), lower, upper)


def lu_factor(A: Tensor, *, pivot: bool = True) -> linalg_lu_factor:
    """The factors of ``lu`` in one matrix, and which row (from 1) was swapped with each. As ``torch.linalg.lu_factor``.

    LinAlgError where a pivot is 0, since ``lu_solve`` would divide by it.

    >>> import autograd
    >>> autograd.linalg.lu_factor(autograd.tensor([[0.0, 1.0], [2.0, 3.0]])).pivots
    tensor([2, 2], dtype=int32)
    """
    if A.ndim < 2:
        raise RuntimeError(f"lu_factor: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    swaps, _, lower, upper = _factors(A, pivot)
    zero = np.argwhere(np.diagonal(upper._array, axis1=-2, axis2=-1) == 0)
    if len(zero):
        from autograd.errors import LinAlgError  # noqa: PLC0415 - an error path

        i, where = int(zero[0][-1]) + 1, tuple(int(k) for k in zero[0][:-1])
        element = f"(Batch element {where[0] if len(where) == 1 else where}): " if where else ""
        raise LinAlgError(
            f"linalg.lu_factor: {element}U[{i},{i}] is zero and using it on lu_solve would result in a division by "
            "zero. If you still want to perform the factorization, consider calling linalg.lu(A)"
        )
    m, n = A.shape[-2:]
    below = lower.tril(-1) if m >= n else _cat([lower.tril(-1), wrap(np.zeros((*A.shape[:-1], n - m), A.dtype))], -1)
    above = upper if n >= m else _cat([upper, wrap(np.zeros((*A.shape[:-2], m - n, n), A.dtype))], -2)
    return linalg_lu_factor(below + above, wrap(swaps))


def lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Tensor | None = None
) -> Tensor:
    """The solution of ``A X = B`` (``X A = B``; ``Aᵀ X = B`` with ``adjoint``) from ``lu_factor(A)``.

    As ``torch.linalg.lu_solve``.

    >>> import autograd
    >>> LU, pivots = autograd.linalg.lu_factor(2 * autograd.eye(2))
    >>> autograd.linalg.lu_solve(LU, pivots, autograd.ones(2, 1))
    tensor([[0.5000],
            [0.5000]])
    """
    if not left:
        return finish(lu_solve(LU, pivots, B.mT, adjoint=not adjoint).mT, out, ops.lu, (LU, B))
    order = kernel.permutation(pivots._array, LU.shape[-2])
    batch = np.broadcast_shapes(tuple(LU.shape[:-2]), tuple(B.shape[:-2]))
    B = B.expand((*batch, *B.shape[-2:]))
    if adjoint:
        half = solve_triangular.function(LU.mT, B, False, False)
        result = _rows(solve_triangular.function(LU.mT, half, True, True), np.argsort(order, axis=-1))
    else:
        half = solve_triangular.function(LU, _rows(B, order), False, True)
        result = solve_triangular.function(LU, half, True, False)
    return finish(result, out, ops.lu, (LU, B))


def _rows(x: Tensor, order: Any) -> Tensor:
    """``x`` with its rows in ``order``."""
    return x.gather(-2, wrap(np.broadcast_to(order[..., None], tuple(x.shape)).copy()))


@export("lu_solve")
def _lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The solution of ``A X = b`` from the LU factors of ``A``. As ``torch.lu_solve``.

    >>> import autograd
    >>> autograd.lu_solve(autograd.ones(2, 1), *autograd.linalg.lu_factor(2 * autograd.eye(2)))
    tensor([[0.5000],
            [0.5000]])
    """
    return lu_solve(LU_data, LU_pivots, b, out=out)
