"""Older names of linear algebra: those that PyTorch still has, and those that it keeps only to say what replaced them."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from autograd import return_types
from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.dispatch import finish
from autograd.kernels import linalg as checks
from autograd.ops.linalg import solve_triangular
from autograd.ops.matmul import mm
from autograd.tensor import Tensor


@export()
def triangular_solve(
    b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False, *, out: Any = None
) -> return_types.triangular_solve:
    """The solution of ``A X = b`` (``Aᵀ X = b`` with ``transpose``) for a triangular ``A``, and a copy of ``A``.

    The older name of ``linalg.solve_triangular``, which takes its arguments in the other order. Batches broadcast.
    RuntimeError where shapes or dtypes do not fit. As ``torch.triangular_solve``.

    >>> import autograd
    >>> A = autograd.tensor([[2.0, 1.0], [0.0, 4.0]])
    >>> autograd.triangular_solve(autograd.tensor([[3.0], [4.0]]), A).solution
    tensor([[1.],
            [1.]])
    """
    b, A = tensor_of(b, "triangular_solve", "b"), tensor_of(A, "triangular_solve", "A")
    for name, x in (("b", b), ("A", A)):
        if x.ndim < 2:
            raise RuntimeError(
                f"triangular_solve: Expected {name} to have at least 2 dimensions, but it has {x.ndim} dimensions instead"
            )
    if b.dtype != A.dtype:
        one, two = checks.name_of(b.dtype), checks.name_of(A.dtype)
        raise RuntimeError(
            f"triangular_solve: Expected b and A to have the same dtype, but found b of type {one} and A of type {two} "
            "instead."
        )
    (rows, columns), (p, q) = A.shape[-2:], b.shape[-2:]
    if rows == columns and p != rows:
        raise RuntimeError(
            f"Incompatible matrix sizes for triangular_solve: each A matrix is {rows} by {columns} but each b matrix is "
            f"{p} by {q}"
        )
    batch = np.broadcast_shapes(tuple(A.shape[:-2]), tuple(b.shape[:-2]))
    matrix, above = (A.mT, not upper) if transpose else (A, upper)
    solution = solve_triangular.function(matrix, b, above, unitriangular)
    copy = A.expand((*batch, rows, columns)).clone()
    return finish(return_types.triangular_solve(solution, copy), out, solve_triangular, (b, A))


@export("spmm", "dsmm", method=False)
def spmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, ``mm``; there are no sparse matrices here. As ``torch.spmm`` of dense ones.

    >>> import autograd
    >>> autograd.spmm(autograd.eye(2), autograd.ones(2, 1))
    tensor([[1.],
            [1.]])
    """
    return mm.function(input, mat2)


# -- removed ----------------------------------------------------------------------------------------------------------


def _removed(old: str, new: str) -> NoReturn:
    raise RuntimeError(
        f"{old}: This function was deprecated since version 1.9 of PyTorch and is now removed. Use {new} instead."
    )


@export("eig")
def _eig(input: Tensor, eigenvectors: bool = False, **_: Any) -> NoReturn:
    """Removed from PyTorch: RuntimeError that names ``linalg.eig``.

    >>> import autograd
    >>> autograd.eig(autograd.eye(2))
    Traceback (most recent call last):
        ...
    RuntimeError: eig: This function was deprecated since version 1.9 of PyTorch and is now removed. Use linalg.eig(A) or linalg.eigvals(A) instead.
    """
    _removed("eig", "linalg.eig(A) or linalg.eigvals(A)")


@export("symeig")
def _symeig(input: Tensor, eigenvectors: bool = False, upper: bool = True, **_: Any) -> NoReturn:
    """Removed from PyTorch: RuntimeError that names ``linalg.eigh``.

    >>> import autograd
    >>> autograd.symeig(autograd.eye(2))
    Traceback (most recent call last):
        ...
    RuntimeError: symeig: This function was deprecated since version 1.9 of PyTorch and is now removed. Use linalg.eigh(A, UPLO='U') or linalg.eigvalsh(A, UPLO='U') instead.
    """
    _removed("symeig", "linalg.eigh(A, UPLO='U') or linalg.eigvalsh(A, UPLO='U')")


@export("solve")
def _solve(input: Tensor, A: Tensor, **_: Any) -> NoReturn:
    """Removed from PyTorch: RuntimeError that names ``linalg.solve``, whose arguments stand in the other order.

    >>> import autograd
    >>> autograd.solve(autograd.ones(2, 1), autograd.eye(2))
    Traceback (most recent call last):
        ...
    RuntimeError: solve: This function was deprecated since version 1.9 of PyTorch and is now removed. Use linalg.solve(A, B), with the arguments exchanged, instead.
    """
    _removed("solve", "linalg.solve(A, B), with the arguments exchanged,")


@export("lstsq")
def _lstsq(input: Tensor, A: Tensor, **_: Any) -> NoReturn:
    """Removed from PyTorch: RuntimeError that names ``linalg.lstsq``, whose arguments stand in the other order.

    >>> import autograd
    >>> autograd.lstsq(autograd.ones(2, 1), autograd.eye(2))
    Traceback (most recent call last):
        ...
    RuntimeError: lstsq: This function was deprecated since version 1.9 of PyTorch and is now removed. Use linalg.lstsq(A, B), with the arguments exchanged, instead.
    """
    _removed("lstsq", "linalg.lstsq(A, B), with the arguments exchanged,")


@export("matrix_rank", method=False)
def _matrix_rank(input: Tensor, tol: Any = None, symmetric: bool = False, **_: Any) -> NoReturn:
    """Removed from PyTorch: RuntimeError that names ``linalg.matrix_rank``.

    >>> import autograd
    >>> autograd.matrix_rank(autograd.eye(2))
    Traceback (most recent call last):
        ...
    RuntimeError: matrix_rank: This function was deprecated since version 1.9 of PyTorch and is now removed. Use linalg.matrix_rank(A, hermitian=...) instead.
    """
    _removed("matrix_rank", "linalg.matrix_rank(A, hermitian=...)")
