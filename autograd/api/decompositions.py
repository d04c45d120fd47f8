"""Factorizations of matrices, under PyTorch's names and with its named tuples."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import return_types
from autograd.api.arguments import spelled, tensor_of
from autograd.api.export import export
from autograd.dispatch import finish, wrap
from autograd.kernels import linalg as kernel
from autograd.ops import decompositions as ops
from autograd.ops import eig as eig_ops
from autograd.tensor import Tensor


@spelled(input="A")
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


@spelled(input="A")
def cholesky_ex(
    A: Tensor, *, upper: bool = False, check_errors: bool = False, out: Any = None
) -> return_types.linalg_cholesky_ex:
    """The Cholesky factor and, for each matrix, 0 or the order of its first leading minor that is not positive-definite.

    Matrices that have no factor are returned as NaN (PyTorch leaves what LAPACK wrote); LinAlgError only with
    ``check_errors``. As ``torch.linalg.cholesky_ex``.

    >>> import autograd
    >>> autograd.linalg.cholesky_ex(-autograd.eye(2)).info
    tensor(1, dtype=int32)
    """
    A = tensor_of(A, "linalg_cholesky_ex")
    kernel.check(A._array)
    array = np.swapaxes(A._array, -1, -2) if upper else A._array
    info = np.zeros(A.shape[:-2], np.int32)[()] if check_errors else kernel.bad_minors(array)
    if not np.any(info):
        factor = cholesky(A, upper=upper)
    else:
        bad = wrap(np.asarray(info != 0)[..., None, None])
        whole = A.where(bad.logical_not(), wrap(np.eye(A.shape[-1], dtype=A.dtype)))
        factor = cholesky(whole, upper=upper).masked_fill(bad, float("nan"))
    return finish(return_types.linalg_cholesky_ex(factor, wrap(info)), out, ops.cholesky, (A,))


@export("qr")
def _qr(input: Tensor, some: bool = True, *, out: Any = None) -> return_types.linalg_qr:
    """The QR decomposition; ``linalg.qr`` under its older name, ``some=False`` for the complete one. As ``torch.qr``.

    >>> import autograd
    >>> autograd.qr(autograd.ones(3, 2)).R.shape
    autograd.Size([2, 2])
    """
    return qr(input, "reduced" if some else "complete", out=out)


def qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> return_types.linalg_qr:
    """``A = Q R`` with orthonormal columns ``Q`` and upper triangular ``R``. As ``torch.linalg.qr``.

    Modes: ``reduced`` (``(m, k)`` and ``(k, n)`` with ``k = min(m, n)``), ``complete`` (``(m, m)``, ``(m, n)``), ``r``
    (``Q`` empty; not differentiable). The signs are LAPACK's. RuntimeError for other modes.

    >>> import autograd
    >>> Q, R = autograd.linalg.qr(autograd.tensor([[3.0, 1.0], [4.0, 2.0]]))
    >>> (Q @ R).round()
    tensor([[3., 1.],
            [4., 2.]])
    """
    return finish(return_types.linalg_qr(*ops.qr.function(A, mode)), out, ops.qr, (A,))


def svd(
    A: Tensor, full_matrices: bool = True, *, driver: str | None = None, out: Any = None
) -> return_types.linalg_svd:
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
    return finish(return_types.linalg_svd(*ops.svd.function(A, full_matrices)), out, ops.svd, (A,))


@export("svd")
def _svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> return_types.svd:
    """The singular value decomposition with ``V`` instead of its transpose. As ``torch.svd``.

    ``some=False`` gives the full matrices, ``compute_uv=False`` zeros for ``U`` and ``V``.

    >>> import autograd
    >>> autograd.svd(autograd.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """
    if compute_uv:
        u, values, vh = ops.svd.function(input, not some)
        return finish(return_types.svd(u, values, vh.mT), out, ops.svd, (input,))
    batch, (m, n) = tuple(input.shape[:-2]), input.shape[-2:]
    u, v = (wrap(np.zeros((*batch, k, k), input.dtype)) for k in (m, n))
    return finish(return_types.svd(u, svdvals(input), v), out, ops.svd, (input,))


def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """The singular values of matrices ``(..., m, n)``, largest first. As ``torch.linalg.svdvals``.

    >>> import autograd
    >>> autograd.linalg.svdvals(autograd.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor([4., 3.])
    """
    if driver is not None:
        raise RuntimeError(f"linalg.svdvals: driver= is only supported for GPUs, but got {driver!r}; leave it out")
    return ops.svdvals.function(A, out=out)


@spelled(input="A")
def eigh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> return_types.linalg_eigh:
    """Eigenvalues, ascending, and orthonormal eigenvectors (columns) of symmetric matrices. As ``torch.linalg.eigh``.

    Only the triangle ``UPLO`` (``"L"`` or ``"U"``) is read. Gradients through the vectors are finite only where the
    eigenvalues differ, and meaningful only for functions that do not depend on the vectors' signs.

    >>> import autograd
    >>> autograd.linalg.eigh(autograd.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    return finish(return_types.linalg_eigh(*ops.eigh.function(A, UPLO)), out, ops.eigh, (A,))


@spelled(input="A")
def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of symmetric matrices, ascending; one triangle is read. As ``torch.linalg.eigvalsh``.

    >>> import autograd
    >>> autograd.linalg.eigvalsh(autograd.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    return ops.eigvalsh.function(A, UPLO, out=out)


@spelled(input="A")
def eig(A: Tensor, *, out: Any = None) -> return_types.linalg_eig:
    """Eigenvalues and eigenvectors (columns of length 1) of square matrices whose eigenvalues are all real.

    They stand in LAPACK's order and have the dtype of ``A``, where ``torch.linalg.eig`` always returns complex numbers;
    NotImplementedError, which counts them, where some are complex. Gradients are finite only where the eigenvalues
    differ, and are meaningful only for functions that do not depend on the vectors' signs.

    >>> import autograd
    >>> autograd.linalg.eig(autograd.tensor([[2.0, 1.0], [0.0, 3.0]])).eigenvalues
    tensor([2., 3.])
    """
    return finish(return_types.linalg_eig(*eig_ops.eig.function(A)), out, eig_ops.eig, (A,))


@spelled(input="A")
def eigvals(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of square matrices, in LAPACK's order, where all are real; see ``eig``.

    As ``torch.linalg.eigvals``, but with the dtype of ``A``; NotImplementedError where some are complex.

    >>> import autograd
    >>> autograd.linalg.eigvals(autograd.tensor([[2.0, 1.0], [0.0, 3.0]]))
    tensor([2., 3.])
    """
    return eig_ops.eigvals.function(A, out=out)
