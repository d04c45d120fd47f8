"""Inverses, determinants, equations and matrix functions, under PyTorch's names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import return_types
from autograd.api.arguments import spelled, tensor_of
from autograd.api.export import export
from autograd.api.matmul import matrix_power, multi_dot
from autograd.dispatch import finish, wrap
from autograd.kernels import linalg as kernel
from autograd.ops import linalg as ops
from autograd.ops.matmul import cross as cross_op
from autograd.tensor import Tensor

__all__ = ["cholesky_inverse", "cholesky_solve", "matrix_power", "multi_dot"]


# -- inverses and determinants ----------------------------------------------------------------------------------------


@export("inverse")
@spelled(input="A")
def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of square matrices ``(..., n, n)``. As ``torch.linalg.inv``.

    LinAlgError for a singular matrix, RuntimeError for shapes and dtypes that have no inverse. Where only
    ``inv(A) @ B`` is wanted, ``solve(A, B)`` is faster and more exact.

    >>> import autograd
    >>> autograd.linalg.inv(autograd.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    return ops.inv.function(A, out=out)


def inv_ex(A: Tensor, *, check_errors: bool = False, out: Any = None) -> return_types.linalg_inv_ex:
    """The inverse and, for each matrix, 0 or the number of its first zero pivot. As ``torch.linalg.inv_ex``.

    A batch with a singular matrix has NaN for that one, and raises LinAlgError only with ``check_errors``.

    >>> import autograd
    >>> autograd.linalg.inv_ex(autograd.eye(2)).info
    tensor(0, dtype=int32)
    """
    A = tensor_of(A, "linalg_inv_ex", "A")
    kernel.check(A._array)
    info = kernel.singular(A._array)
    if check_errors or not np.any(info):
        inverse = ops.inv.function(A)
    else:
        bad, whole = _whole(A, info)
        inverse = ops.inv.function(whole).masked_fill(bad, math.nan)
    return finish(return_types.linalg_inv_ex(inverse, wrap(info)), out, ops.inv, (A,))


def _whole(A: Tensor, info: Any) -> tuple[Tensor, Tensor]:
    """Which matrices are singular, and ``A`` with the identity in their place."""
    bad = wrap(np.asarray(info != 0)[..., None, None])
    return bad, A.where(bad.logical_not(), wrap(np.eye(A.shape[-1], dtype=A.dtype)))


@export("det")
@spelled(input="A")
def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The determinant of square matrices ``(..., n, n)``. As ``torch.linalg.det``.

    The gradient (``det · A⁻ᵀ``, the cofactors) is right for singular matrices, too. RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.linalg.det(autograd.tensor([[2.0, 1.0], [0.0, 4.0]]))
    tensor(8.)
    """
    return ops.det.function(A, out=out)


@export("slogdet")
@spelled(input="A")
def slogdet(A: Tensor, *, out: Any = None) -> return_types.linalg_slogdet:
    """Sign and ``log|det|`` of square matrices, where the determinant would over- or underflow.

    Returns a named tuple ``(sign, logabsdet)``; a singular matrix has ``(0, -inf)``. As ``torch.linalg.slogdet``.

    >>> import autograd
    >>> autograd.linalg.slogdet(-autograd.eye(3)).sign
    tensor(-1.)
    """
    return finish(return_types.linalg_slogdet(*ops.slogdet.function(A)), out, ops.slogdet, (A,))


@export()
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative, -inf where it is 0. As ``torch.logdet``.

    >>> import autograd
    >>> autograd.logdet(autograd.eye(2))
    tensor(0.)
    """
    sign, value = ops.slogdet.function(tensor_of(input, "logdet", "A"))
    negative = sign._array < 0
    return value.masked_fill(wrap(negative), math.nan) if np.any(negative) else value


@export("pinverse", method=True)
def _pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudo-inverse, singular values up to ``rcond`` times the largest taken as 0. As ``torch.pinverse``.

    >>> import autograd
    >>> autograd.pinverse(autograd.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    return ops.pinv.function(input, None, rcond, False)


@spelled(input="A")
def pinv(
    A: Tensor,
    *args: Any,
    atol: Any = None,
    rtol: Any = None,
    hermitian: bool = False,
    rcond: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The Moore-Penrose pseudo-inverse of matrices ``(..., m, n)``, from their singular values.

    Those up to ``max(atol, rtol · largest)`` count as 0; ``rtol`` is ``max(m, n) · eps`` unless ``atol`` is given.
    ``hermitian`` uses eigenvalues, and reads the lower triangle. As ``torch.linalg.pinv``.

    >>> import autograd
    >>> autograd.linalg.pinv(autograd.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    if args:
        rcond, *more = args
        hermitian = more[0] if more else hermitian
    absolute, relative = _values(atol), _values(rcond if rtol is None else rtol)
    return ops.pinv.function(A, absolute, relative, hermitian, out=out)


def _values(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else value


# -- equations ------------------------------------------------------------------------------------------------------


def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """The solution ``X`` of ``A X = B`` (``X A = B`` with ``left=False``) for square ``A``. As ``torch.linalg.solve``.

    ``B`` is a matrix ``(..., n, k)``, or a vector: ``(n,)``, or a batch of vectors of the batch shape of ``A``.
    LinAlgError for a singular matrix, RuntimeError for shapes that do not fit.

    >>> import autograd
    >>> A = autograd.tensor([[2.0, 0.0], [0.0, 4.0]])
    >>> autograd.linalg.solve(A, autograd.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    A, B = tensor_of(A, "linalg_solve", "A"), tensor_of(B, "linalg_solve", "B")
    kernel.check(A._array)
    n, batch = A.shape[-1], tuple(A.shape[:-2])
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == (*batch, n))
    if vector and not left and n == 1:
        raise RuntimeError(
            "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. "
            "In this case linalg.solve is equivalent to B / A.squeeze(-1)"
        )
    if vector:
        B = B.unsqueeze(-1)
    if left:
        result = ops.solve.function(A, B)
    else:
        if B.shape[-1] != n:
            raise RuntimeError(
                "linalg.solve: Incompatible shapes of A and B for the equation XA = B "
                f"({n}x{n} and {B.shape[-2]}x{B.shape[-1]})"
            )
        result = ops.solve.function(A.mT, B.mT).mT
    return finish(result.squeeze(-1) if vector else result, out, ops.solve, (A, B))


def solve_ex(
    A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False, out: Any = None
) -> return_types.linalg_solve_ex:
    """``solve`` that does not raise: with, for each matrix, 0 or the number of its first zero pivot.

    The solution with a singular matrix is NaN; LinAlgError only with ``check_errors``. As ``torch.linalg.solve_ex``.

    >>> import autograd
    >>> autograd.linalg.solve_ex(autograd.zeros(2, 2), autograd.ones(2)).info
    tensor(1, dtype=int32)
    """
    A = tensor_of(A, "linalg_solve_ex", "A")
    kernel.check(A._array)
    info = kernel.singular(A._array)
    if check_errors or not np.any(info):
        result = solve(A, B, left=left)
    else:
        bad, whole = _whole(A, info)
        result = solve(whole, B, left=left)
        result = result.masked_fill(bad if result.ndim > info.ndim + 1 else bad.squeeze(-1), math.nan)
    return finish(return_types.linalg_solve_ex(result, wrap(info)), out, ops.solve, (A, B))


def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False, out: Tensor | None = None
) -> Tensor:
    """The solution of ``A X = B`` for a triangular ``A``, of which only that triangle is read.

    ``left=False`` solves ``X A = B``; ``unitriangular`` takes the diagonal as ones. A zero there gives inf and NaN, no
    error. As ``torch.linalg.solve_triangular``.

    >>> import autograd
    >>> A = autograd.tensor([[2.0, 1.0], [0.0, 4.0]])
    >>> autograd.linalg.solve_triangular(A, autograd.tensor([[3.0], [4.0]]), upper=True)
    tensor([[1.],
            [1.]])
    """
    A, B = tensor_of(A, "linalg_solve_triangular", "A"), tensor_of(B, "linalg_solve_triangular", "B")
    if left:
        return ops.solve_triangular.function(A, B, upper, unitriangular, out=out)
    if B.ndim > 1 and A.ndim > 1 and B.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            "linalg.solve_triangular: Incompatible shapes of A and B for the equation XA = B "
            f"({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    result = ops.solve_triangular.function(A.mT, B.mT, not upper, unitriangular).mT
    return finish(result, out, ops.solve_triangular, (A, B))


@export()
@spelled(input2="L")
def cholesky_solve(input: Tensor, L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The solution of ``A X = input`` from the Cholesky factor ``L`` of ``A``. As ``torch.cholesky_solve``.

    >>> import autograd
    >>> autograd.cholesky_solve(autograd.tensor([[4.0]]), autograd.tensor([[2.0]]))
    tensor([[1.]])
    """
    input, L = tensor_of(input, "cholesky_solve", "B"), tensor_of(L, "cholesky_solve", "L")
    for name, matrix in (("B", input), ("L", L)):
        if matrix.ndim < 2:
            raise RuntimeError(
                f"cholesky_solve: {name} must have at least 2 dimensions, but has shape {list(matrix.shape)}; "
                "a vector is a matrix of one column, b.unsqueeze(-1)"
            )
    lower, raised = (L.mT, L) if upper else (L, L.mT)
    half = ops.solve_triangular.function(lower, input, False, False)
    return finish(ops.solve_triangular.function(raised, half, True, False), out, ops.solve_triangular, (input, L))


@export()
@spelled(input="L")
def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The inverse of ``A`` from its Cholesky factor. As ``torch.cholesky_inverse``.

    >>> import autograd
    >>> autograd.cholesky_inverse(autograd.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    L = tensor_of(L, "cholesky_inverse", "L")
    kernel.check(L._array)
    return cholesky_solve(wrap(np.eye(L.shape[-1], dtype=L.dtype)), L, upper, out=out)


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> return_types.linalg_lstsq:
    """The solution of smallest norm that minimises ``‖A X − B‖``, for any shape and rank. As ``torch.linalg.lstsq``.

    Returns ``(solution, residuals, rank, singular_values)``. It is computed by QR where the rank is clearly full, else
    by singular values; the ``driver`` decides which of the others are filled, as in PyTorch: ``gels`` no rank;
    ``gelsd``/``gelss`` singular values; residuals where ``m > n`` and the rank is full (not ``gelsy``, the default).

    >>> import autograd
    >>> A = autograd.tensor([[1.0], [0.0]])
    >>> autograd.linalg.lstsq(A, autograd.tensor([[2.0], [3.0]])).solution
    tensor([[2.]])
    """
    A, B = tensor_of(A, "linalg_lstsq", "input"), tensor_of(B, "linalg_lstsq", "b")
    driver = "gelsy" if driver is None else driver
    if driver not in {"gels", "gelsy", "gelsd", "gelss"}:
        raise RuntimeError(
            f"linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got {driver!r}"
        )
    if A.ndim < 2:
        raise RuntimeError("linalg.lstsq: input must have at least 2 dimensions.")
    if A.dtype != B.dtype:
        raise RuntimeError(
            f"linalg.lstsq: Expected input and other to have the same dtype, but got {A.dtype} and {B.dtype}"
        )
    if not 0 <= A.ndim - B.ndim <= 1:
        raise RuntimeError(
            "linalg.lstsq: input.dim() must be greater or equal to other.dim() and "
            f"(input.dim() - other.dim()) <= 1, but got {A.ndim} and {B.ndim}"
        )
    vector = A.ndim - 1 == B.ndim
    rows = B.unsqueeze(-1) if vector else B
    if A.shape[-2] != rows.shape[-2]:
        place = -1 if vector else -2
        raise RuntimeError(
            f"linalg.lstsq: input.size(-2) should match other.size({place}), but got {A.shape[-2]} and {rows.shape[-2]}"
        )
    batch = np.broadcast_shapes(tuple(A.shape[:-2]), tuple(rows.shape[:-2]))
    wide, rows = A.expand((*batch, *A.shape[-2:])), rows.expand((*batch, *rows.shape[-2:]))
    solution, rank, values = ops.lstsq.function(wide, rows, rcond, driver in {"gelsd", "gelss"})
    empty = wrap(np.empty(0, A.dtype))
    m, n = A.shape[-2:]
    full = m > n and driver != "gelsy" and bool(np.all(rank._array == n))
    residuals = ((wide @ solution - rows) ** 2).sum(-2) if full else empty
    return return_types.linalg_lstsq(
        solution.squeeze(-1) if vector else solution,
        residuals,
        wrap(np.empty(0, np.int64)) if driver == "gels" else rank,
        values if driver in {"gelsd", "gelss"} else empty,
    )


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None, *, out: Tensor | None = None) -> Tensor:
    """``X`` with ``tensordot(A, X, X.ndim) = B``. As ``torch.linalg.tensorsolve``.

    The dimensions ``dims`` of ``A`` are moved to its end first. RuntimeError where the shape of ``A`` is not square
    in that sense.

    >>> import autograd
    >>> autograd.linalg.tensorsolve(autograd.eye(4).reshape(2, 2, 4), autograd.ones(2, 2))
    tensor([1., 1., 1., 1.])
    """
    A, B = tensor_of(A, "linalg_tensorsolve", "A"), tensor_of(B, "linalg_tensorsolve", "B")
    if dims is not None:
        A = A.movedim(tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))
    rows, columns = math.prod(A.shape[: B.ndim]), math.prod(A.shape[B.ndim :])
    if columns != B.numel() or rows != B.numel():
        raise RuntimeError(
            "linalg.tensorsolve: Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {columns} != {B.numel()}"
        )
    result = ops.solve.function(A.reshape(rows, columns), B.reshape(rows, 1)).reshape(tuple(A.shape[B.ndim :]))
    return finish(result, out, ops.solve, (A, B))


@spelled(input="A")
def tensorinv(A: Tensor, ind: int = 2, *, out: Tensor | None = None) -> Tensor:
    """The inverse of the map ``tensordot(A, ·, ind)``. As ``torch.linalg.tensorinv``.

    ``A`` has the shape ``(a.., b..)`` with ``ind`` dimensions before and the same product of sizes on both sides.

    >>> import autograd
    >>> autograd.linalg.tensorinv(autograd.eye(4).reshape(2, 2, 4)).shape
    autograd.Size([4, 2, 2])
    """
    A = tensor_of(A, "linalg_tensorinv", "A")
    if ind <= 0:
        raise RuntimeError(f"linalg.tensorinv: Expected a strictly positive integer for 'ind', but got {ind}")
    rows, columns = math.prod(A.shape[:ind]), math.prod(A.shape[ind:])
    if rows != columns:
        raise RuntimeError(
            "linalg.tensorinv: Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {columns} != {rows}"
        )
    result = ops.inv.function(A.reshape(rows, columns)).reshape((*A.shape[ind:], *A.shape[:ind]))
    return finish(result, out, ops.inv, (A,))


# -- functions of matrices, products and parts ------------------------------------------------------------------------


@export("matrix_exp")
@spelled(input="A")
def matrix_exp(A: Tensor) -> Tensor:
    """The exponential ``Σ Aᵏ / k!`` of square matrices ``(..., n, n)``. As ``torch.linalg.matrix_exp``.

    By scaling and squaring with a Padé approximation (Higham, 2005). RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.linalg.matrix_exp(autograd.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    return ops.matrix_exp.function(A)


def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The vector product along ``dim``, which has size 3; other dimensions broadcast. As ``torch.linalg.cross``.

    >>> import autograd
    >>> autograd.linalg.cross(autograd.tensor([1.0, 0.0, 0.0]), autograd.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    return cross_op.function(input, other, dim, out=out)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The scalar products of the vectors along ``dim``, other dimensions broadcast. As ``torch.linalg.vecdot``.

    >>> import autograd
    >>> autograd.linalg.vecdot(autograd.tensor([[1.0, 2.0], [0.0, 1.0]]), autograd.tensor([3.0, 4.0]))
    tensor([11.,  4.])
    """
    x, y = tensor_of(x, "linalg_vecdot", "x"), tensor_of(y, "linalg_vecdot", "y")
    if not x.is_floating_point():
        raise RuntimeError(f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {x.dtype}")
    if x.dtype != y.dtype:
        raise RuntimeError(
            "linalg.vecdot: Expected x and y to have the same dtype, but found x of type "
            f"{kernel.name_of(x.dtype)} and y of type {kernel.name_of(y.dtype)} instead"
        )
    return finish((x * y).sum(dim), out, cross_op, (x, y))


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """A view of the diagonals of matrices, the last two dimensions by default. As ``torch.linalg.diagonal``.

    >>> import autograd
    >>> autograd.linalg.diagonal(autograd.eye(3))
    tensor([1., 1., 1.])
    """
    return tensor_of(A, "linalg_diagonal", "A").diagonal(offset, dim1, dim2)


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """The Vandermonde matrix ``out[..., i, j] = x[..., i] ** j`` with ``N`` columns. As ``torch.linalg.vander``.

    >>> import autograd
    >>> autograd.linalg.vander(autograd.tensor([2.0, 3.0]), N=3)
    tensor([[1., 2., 4.],
            [1., 3., 9.]])
    """
    x = tensor_of(x, "linalg_vander", "x")
    count = (x.shape[-1] if x.ndim else 1) if N is None else N
    if count <= 1:
        raise RuntimeError(f"linalg.vander: N must be greater than 1, but got N={N} and an input of {list(x.shape)}")
    if x.ndim == 0:
        x = x.unsqueeze(0)
    powers = wrap(np.arange(count, dtype=x.dtype if x.is_floating_point() else np.int64))
    return x.unsqueeze(-1) ** powers
