"""Leading singular and eigenvalues of large matrices by random projections and by iteration."""

from __future__ import annotations

from typing import Any

from autograd.api.arguments import tensor_of
from autograd.api.decompositions import eigh, qr, svd
from autograd.api.export import export
from autograd.api.random_tensors import randn
from autograd.dispatch import wrap
from autograd.kernels import linalg as checks
from autograd.kernels.lobpcg import lobpcg as iterate
from autograd.ops.decompositions import cholesky as cholesky_op
from autograd.ops.linalg import solve_triangular
from autograd.tensor import Tensor


def _basis(A: Tensor, q: int, niter: int, M: Tensor | None) -> Tensor:
    """Orthonormal columns that nearly span the range of ``A - M``: algorithm 4.4 of Halko, Martinsson and Tropp."""

    def forth(x: Tensor) -> Tensor:
        return A @ x if M is None else A @ x - M @ x

    def back(x: Tensor) -> Tensor:
        return A.mT @ x if M is None else A.mT @ x - M.mT @ x

    basis = qr(forth(randn(A.shape[-1], q, dtype=A.dtype))).Q
    for _ in range(niter):
        basis = qr(forth(qr(back(basis)).Q)).Q
    return basis


@export(method=False)
def svd_lowrank(
    A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Nearly the ``q`` leading singular values of ``A - M`` ``(..., m, n)``, and their vectors: ``(U, S, V)``.

    By projecting onto a random basis that ``niter`` power iterations improve (N. Halko, P. Martinsson, J. Tropp, 2011);
    depends on ``manual_seed``. For matrices of low rank; a dense one of moderate size is better served by
    ``linalg.svd``. As ``torch.svd_lowrank``.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> U, S, V = autograd.svd_lowrank(autograd.ones(4, 4), q=1)
    >>> S
    tensor([4.])
    """
    A = tensor_of(A, "svd_lowrank", "A")
    checks.check(A._array, square=False)
    if M is not None:
        M = M.broadcast_to(tuple(A.shape))
    wide = A.shape[-2] < A.shape[-1]
    if wide:
        A, M = A.mT, None if M is None else M.mT
    basis = _basis(A, 6 if q is None else q, 2 if niter is None else niter, M)
    small = basis.mT @ A if M is None else basis.mT @ A - basis.mT @ M
    U, S, Vh = svd(small, full_matrices=False)
    left, right = basis @ U, Vh.mT
    return (right, S, left) if wide else (left, S, right)


@export(method=False)
def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """Principal components of the rows of ``A`` ``(..., m, n)``: ``(U, S, V)`` of the centred matrix, ``q`` of each.

    The columns of ``V`` are the principal directions, ``S² / (m − 1)`` the variances along them, ``A @ V`` the projected
    data. ``q`` is ``min(6, m, n)`` by default. By ``svd_lowrank``, so it depends on ``manual_seed``. ValueError for a
    ``q`` out of range. As ``torch.pca_lowrank``.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> U, S, V = autograd.pca_lowrank(autograd.tensor([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), q=1)
    >>> S
    tensor([2.])
    """
    A = tensor_of(A, "pca_lowrank", "A")
    checks.check(A._array, square=False)
    m, n = A.shape[-2:]
    if q is None:
        q = min(6, m, n)
    elif not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - A.mean(-2, True) if center else A, q, niter)


@export(method=False)
def lobpcg(
    A: Tensor,
    k: int | None = None,
    B: Tensor | None = None,
    X: Tensor | None = None,
    n: int | None = None,
    iK: Tensor | None = None,
    niter: int | None = None,
    tol: float | None = None,
    largest: bool | None = None,
    method: str | None = None,
    tracker: Any = None,
    ortho_iparams: Any = None,
    ortho_fparams: Any = None,
    ortho_bparams: Any = None,
) -> tuple[Tensor, Tensor]:
    """The ``k`` largest (``largest=False``: smallest) eigenvalues of symmetric ``A``, and their vectors, by iteration.

    Of ``A x = λ B x`` where a positive-definite ``B`` is given. ``X`` is the start, ``iK`` a preconditioner, ``niter`` and
    ``tol`` end the iteration (locally optimal block preconditioned conjugate gradient, A. Knyazev, 2001). Where a
    gradient is wanted, the pairs come from ``linalg.eigh``. ValueError for fewer than ``3 k`` rows; ``tracker`` and the
    ``ortho`` parameters belong to PyTorch's own iteration: NotImplementedError. As ``torch.lobpcg``.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.lobpcg(autograd.diag(autograd.arange(1.0, 10.0)), 2)[0].round(decimals=3)
    tensor([9., 8.])
    """
    if any(p is not None for p in (tracker, ortho_iparams, ortho_fparams, ortho_bparams)):
        raise NotImplementedError("lobpcg: tracker= and ortho_…params= are not supported; leave them out")
    if method not in {None, "basic", "ortho"}:
        raise ValueError(f"lobpcg: method must be 'basic' or 'ortho', but got {method!r}")
    A = tensor_of(A, "lobpcg", "A")
    checks.check(A._array)
    k = k if k is not None else (X.shape[-1] if X is not None else 1)
    size = A.shape[-1]
    if size < 3 * k:
        raise ValueError(
            f"LOBPCG algorithm is not applicable when the number of A rows (={size}) is smaller than 3 x the number of "
            f"requested eigenpairs (={k})"
        )
    if X is None:
        X = randn(*A.shape[:-2], size, k if n is None else n, dtype=A.dtype)
    ascending = largest is False
    if A.requires_grad or (B is not None and B.requires_grad):
        return _by_eigh(A, B, k, ascending)
    second, guess = (None if t is None else t._array for t in (B, iK))
    steps = -1 if niter is None else niter
    values, vectors = iterate(A._array, second, X._array, guess, k, steps, tol, ascending)
    return wrap(values), wrap(vectors)


def _by_eigh(A: Tensor, B: Tensor | None, k: int, ascending: bool) -> tuple[Tensor, Tensor]:
    """The same pairs with derivatives: ``A x = λ B x`` is ``C y = λ y`` with ``C = L⁻¹ A L⁻ᵀ``, ``B = L Lᵀ``, ``y = Lᵀ x``."""
    A = (A + A.mT) / 2
    if B is not None:
        L = cholesky_op.function(B)
        half = solve_triangular.function(L, A, False, False)
        A = solve_triangular.function(L, half.mT, False, False)
    values, vectors = eigh(A)
    if ascending:
        values, vectors = values[..., :k], vectors[..., :k]
    else:
        values, vectors = values[..., -k:].flip(-1), vectors[..., -k:].flip(-1)
    return values, vectors if B is None else solve_triangular.function(L.mT, vectors, True, False)
