"""LU and LDLᵀ factorizations and what solves with them, under PyTorch's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import return_types
from autograd.api.arguments import spelled, tensor_of
from autograd.api.export import export
from autograd.dispatch import finish, wrap
from autograd.errors import LinAlgError
from autograd.kernels import linalg as checks
from autograd.lanes import depth
from autograd.ops import lu as ops
from autograd.ops.linalg import solve_triangular
from autograd.tensor import Tensor

# -- LU ---------------------------------------------------------------------------------------------------------------


def _factor(A: Any, pivot: bool, name: str) -> tuple[Tensor, Tensor]:
    """The factors in one matrix and the swaps, for any shape."""
    A = tensor_of(A, f"linalg_{name}", "A")
    if A.ndim < 2:
        name = name if name == "lu" else "lu_factor"
        raise RuntimeError(
            f"linalg.{name}: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead"
        )
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    return ops.lu.function(A)


def _permutation(pivots: Tensor, m: int, dtype: Any) -> Tensor:
    """The matrix ``P`` with ``A = P L U``: row ``i`` has its one where the order that undoes the pivoting says."""
    place = ops.order.function(pivots, m, True)
    return (place.unsqueeze(-1) == wrap(np.arange(m))).to(dtype)


def _rows(x: Tensor, pivots: Tensor, inverse: bool) -> Tensor:
    """``x`` with its rows in the order of the pivots, or back from it."""
    order = ops.order.function(pivots, x.shape[-2], inverse)
    return x.gather(-2, order.unsqueeze(-1).expand(x.shape))


def lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> return_types.linalg_lu:
    """``A = P L U`` with a permutation ``P``, unit lower ``L`` and upper ``U``, by partial pivoting.

    For matrices ``(..., m, n)``; ``L`` is ``(m, k)``, ``U`` is ``(k, n)`` with ``k = min(m, n)``. As
    ``torch.linalg.lu``; RuntimeError for ``pivot=False``.

    >>> import autograd
    >>> autograd.linalg.lu(autograd.tensor([[0.0, 1.0], [2.0, 3.0]])).U
    tensor([[2., 3.],
            [0., 1.]])
    """
    LU, pivots = _factor(A, pivot, "lu")
    parts = return_types.linalg_lu(_permutation(pivots, A.shape[-2], A.dtype), ops.unit_lower(LU), ops.upper(LU))
    return finish(parts, out, ops.lu, (A,))


def lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> return_types.linalg_lu_factor:
    """The factors of ``lu`` in one matrix, and which row (from 1) was swapped with each. As ``torch.linalg.lu_factor``.

    LinAlgError where a pivot is 0, since ``lu_solve`` would divide by it.

    >>> import autograd
    >>> autograd.linalg.lu_factor(autograd.tensor([[0.0, 1.0], [2.0, 3.0]])).pivots
    tensor([2, 2], dtype=int32)
    """
    LU, pivots = _factor(A, pivot, "lu_factor")
    _check_pivots(ops.info.function(LU), "lu_factor")
    return finish(return_types.linalg_lu_factor(LU, pivots), out, ops.lu, (A,))


def lu_factor_ex(
    A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: Any = None
) -> return_types.linalg_lu_factor_ex:
    """``lu_factor`` that does not raise: ``info`` is 0, or the number of a matrix's first zero pivot.

    LinAlgError only with ``check_errors``. As ``torch.linalg.lu_factor_ex``.

    >>> import autograd
    >>> autograd.linalg.lu_factor_ex(autograd.zeros(2, 2)).info
    tensor(1, dtype=int32)
    """
    LU, pivots = _factor(A, pivot, "lu_factor_ex")
    info = ops.info.function(LU)
    if check_errors:
        _check_pivots(info, "lu_factor_ex")
    return finish(return_types.linalg_lu_factor_ex(LU, pivots, info), out, ops.lu, (A,))


def _check_pivots(info: Tensor, name: str) -> None:
    """LinAlgError that names the first matrix with a zero pivot; not where a function is mapped over its examples."""
    if not depth[0] and np.any(info._array):
        place = checks.first(info._array)
        raise LinAlgError(
            f"linalg.{name}: {checks.element(info._array)}U[{place},{place}] is zero and using it on lu_solve would result "
            "in a division by zero. If you still want to perform the factorization, consider calling "
            "linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
        )


def lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Tensor | None = None
) -> Tensor:
    """The solution of ``A X = B`` (``X A = B``; ``Aᵀ X = B`` with ``adjoint``) from ``lu_factor(A)``.

    Batches broadcast. RuntimeError where shapes, dtypes or pivots do not fit. As ``torch.linalg.lu_solve``.

    >>> import autograd
    >>> LU, pivots = autograd.linalg.lu_factor(2 * autograd.eye(2))
    >>> autograd.linalg.lu_solve(LU, pivots, autograd.ones(2, 1))
    tensor([[0.5000],
            [0.5000]])
    """
    LU, B = tensor_of(LU, "linalg_lu_solve", "LU"), tensor_of(B, "linalg_lu_solve", "B")
    _check_solve(LU, pivots, B, left)
    if not left:
        B, adjoint = B.mT, not adjoint
    batch = np.broadcast_shapes(tuple(LU.shape[:-2]), tuple(B.shape[:-2]))
    B = B.expand((*batch, *B.shape[-2:]))
    if adjoint:
        half = solve_triangular.function(LU.mT, B, False, False)
        result = _rows(solve_triangular.function(LU.mT, half, True, True), pivots, True)
    else:
        half = solve_triangular.function(LU, _rows(B, pivots, False), False, True)
        result = solve_triangular.function(LU, half, True, False)
    return finish(result if left else result.mT, out, ops.lu, (LU, B))


def _check_solve(LU: Tensor, pivots: Tensor, B: Tensor, left: bool) -> None:
    """RuntimeError where the arguments of ``lu_solve`` do not fit each other."""
    name = "linalg.lu_solve"
    if LU.ndim < 2 or LU.shape[-1] != LU.shape[-2] or LU.dtype != B.dtype:
        if LU.ndim >= 2 and LU.shape[-1] == LU.shape[-2]:
            one, two = checks.name_of(LU.dtype), checks.name_of(B.dtype)
            raise RuntimeError(
                f"{name}: Expected LU and B to have the same dtype, but found LU of type {one} and B of type {two} "
                "instead"
            )
        what = f"{LU.shape[-2]} by {LU.shape[-1]} matrices" if LU.ndim > 1 else "vectors"
        raise RuntimeError(f"{name}: A must be batches of square matrices, but they are {what}")
    if tensor_of(pivots, "linalg_lu_solve", "pivots").dtype != np.int32:
        raise RuntimeError(f"{name}: pivots should be a Tensor of scalar type int32, but got {pivots.dtype}")
    if B.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor B must have at least 2 dimensions.")
    n = LU.shape[-1]
    if pivots.shape[-1:] != (n,):
        raise RuntimeError(
            f"{name}: Number of pivots per batch should be same as the dimension of the matrix, {n}, but got "
            f"{list(pivots.shape)}"
        )
    if tuple(pivots.shape) != tuple(LU.shape[:-1]):
        raise RuntimeError(
            f"{name}: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots.shape)} instead"
        )
    if B.shape[-2 if left else -1] != n:
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {'AX' if left else 'XA'} = B "
            f"({n}x{n} and {B.shape[-2]}x{B.shape[-1]})"
        )
    if not depth[0] and (np.any(pivots._array > n) or np.any(pivots._array < 1)):
        raise RuntimeError(
            f"{name}: Pivots given to lu_solve must all be from 1 to LU.size(-2), {n}. "
            "Did you properly pass the result of lu_factor?"
        )


@export("lu_solve")
def _lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The solution of ``A X = b`` from the LU factors of ``A``. As ``torch.lu_solve``.

    >>> import autograd
    >>> autograd.lu_solve(autograd.ones(2, 1), *autograd.linalg.lu_factor(2 * autograd.eye(2)))
    tensor([[0.5000],
            [0.5000]])
    """
    return lu_solve(LU_data, LU_pivots, b, out=out)


@export("lu")
def _lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """``(LU, pivots)``, with ``get_infos`` also ``info``; ``linalg.lu_factor_ex`` under its older name. As ``torch.lu``.

    A singular matrix is factored, too. RuntimeError for vectors and for ``pivot=False``.

    >>> import autograd
    >>> LU, pivots = autograd.lu(autograd.tensor([[0.0, 1.0], [2.0, 3.0]]))
    >>> LU
    tensor([[2., 3.],
            [0., 1.]])
    """
    found = lu_factor_ex(A, pivot=pivot)
    return finish(found if get_infos else tuple(found[:2]), out, ops.lu, (A,))


@export(method=False)
def lu_unpack(
    LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Any = None
) -> return_types.lu_unpack:
    """``P``, ``L`` and ``U`` with ``A = P L U`` from what ``lu_factor(A)`` returns.

    ``unpack_data=False`` leaves ``L`` and ``U`` empty, ``unpack_pivots=False`` ``P``. RuntimeError for pivots that are
    not int32 or out of range. As ``torch.lu_unpack``.

    >>> import autograd
    >>> P, L, U = autograd.lu_unpack(*autograd.linalg.lu_factor(autograd.tensor([[0.0, 1.0], [2.0, 3.0]])))
    >>> P @ L @ U
    tensor([[0., 1.],
            [2., 3.]])
    """
    LU_data = tensor_of(LU_data, "lu_unpack", "LU_data")
    if LU_data.ndim < 2:
        raise RuntimeError(
            f"lu_unpack: Expected tensor with 2 or more dimensions. Got size: {list(LU_data.shape)} instead"
        )
    empty = wrap(np.empty(0, LU_data.dtype))
    P, L, U = empty, empty, empty
    if unpack_pivots:
        m = LU_data.shape[-2]
        pivots = tensor_of(LU_pivots, "lu_unpack", "LU_pivots")
        if pivots.dtype != np.int32:
            raise RuntimeError(
                f"lu_unpack: LU_pivots is expected to be a tensor of int32, as lu_factor returns it, but got "
                f"{pivots.dtype}"
            )
        if not depth[0] and (np.any(pivots._array < 1) or np.any(pivots._array > m)):
            raise RuntimeError(
                f"lu_unpack: pivots must be between 1 and LU.size(-2), {m}, inclusive. "
                "Did you properly pass the result of lu_factor?"
            )
        P = _permutation(pivots, m, LU_data.dtype)
    if unpack_data:
        L, U = ops.unit_lower(LU_data), ops.upper(LU_data)
    return finish(return_types.lu_unpack(P, L, U), out, ops.lu, (LU_data,))


# -- symmetric matrices -----------------------------------------------------------------------------------------------


@spelled(input="A")
def ldl_factor(A: Tensor, *, hermitian: bool = False, out: Any = None) -> return_types.linalg_ldl_factor:
    """``A = P L D Lᵀ Pᵀ`` of a symmetric matrix, definite or not: the factors in one lower triangle, and the pivots.

    ``D`` has 1 by 1 and 2 by 2 blocks, which two equal negative pivots mark (Bunch and Kaufman, 1977; LAPACK's
    ``sytrf``). Only the lower triangle of ``A`` is read; not differentiable. LinAlgError for a singular matrix. As
    ``torch.linalg.ldl_factor``; ``hermitian`` makes no difference for real numbers.

    >>> import autograd
    >>> autograd.linalg.ldl_factor(autograd.tensor([[0.0, 1.0], [1.0, 0.0]])).pivots
    tensor([-2, -2], dtype=int32)
    """
    LD, pivots, _ = ldl_factor_ex(A, hermitian=hermitian, check_errors=True)
    return finish(return_types.linalg_ldl_factor(LD, pivots), out, ops.ldl_factor, (A,))


@spelled(input="A")
def ldl_factor_ex(
    A: Tensor, *, hermitian: bool = False, check_errors: bool = False, out: Any = None
) -> return_types.linalg_ldl_factor_ex:
    """``ldl_factor`` that does not raise: ``info`` is 0, or the number of a matrix's first zero pivot.

    LinAlgError only with ``check_errors``. As ``torch.linalg.ldl_factor_ex``.

    >>> import autograd
    >>> autograd.linalg.ldl_factor_ex(autograd.zeros(2, 2)).info
    tensor(1, dtype=int32)
    """
    LD, pivots, info = ops.ldl_factor.function(A)
    if check_errors and not depth[0] and np.any(info._array):
        place = checks.first(info._array)
        raise LinAlgError(
            f"linalg.ldl_factor: {checks.element(info._array)}D[{place},{place}] is zero, and using it on ldl_solve "
            "would result in a division by zero; linalg.ldl_factor_ex gives the factors all the same"
        )
    return finish(return_types.linalg_ldl_factor_ex(LD, pivots, info), out, ops.ldl_factor, (A,))


def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Tensor | None = None) -> Tensor:
    """The solution of ``A X = B`` from ``ldl_factor(A)``; batches broadcast. As ``torch.linalg.ldl_solve``.

    Not differentiable. RuntimeError where shapes, dtypes or pivots do not fit; ``hermitian`` makes no difference for
    real numbers.

    >>> import autograd
    >>> A = autograd.tensor([[0.0, 2.0], [2.0, 0.0]])
    >>> autograd.linalg.ldl_solve(*autograd.linalg.ldl_factor(A), autograd.tensor([[2.0], [4.0]]))
    tensor([[2.],
            [1.]])
    """
    LD, B = tensor_of(LD, "linalg_ldl_solve", "LD"), tensor_of(B, "linalg_ldl_solve", "B")
    pivots = tensor_of(pivots, "linalg_ldl_solve", "pivots")
    if LD.ndim < 2 or LD.shape[-1] != LD.shape[-2]:
        what = f"{LD.shape[-2]} by {LD.shape[-1]} matrices" if LD.ndim > 1 else "vectors"
        raise RuntimeError(f"linalg.ldl_solve: A must be batches of square matrices, but they are {what}")
    n = LD.shape[-1]
    if B.ndim < 2 or B.shape[-2] != n:
        raise RuntimeError(
            f"Incompatible matrix sizes for linalg.ldl_solve: each A matrix is {n} by {n} but each b matrix has the "
            f"shape {list(B.shape[-2:])}"
        )
    if LD.dtype != B.dtype:
        one, two = checks.name_of(B.dtype), checks.name_of(LD.dtype)
        raise RuntimeError(
            f"linalg.ldl_solve: Expected b and A to have the same dtype, but found b of type {one} and A of type {two}"
        )
    if pivots.dtype.kind not in "iu":
        raise RuntimeError(f"linalg.ldl_solve: Expected pivots to be integers. Got {checks.name_of(pivots.dtype)}")
    if tuple(pivots.shape) != tuple(LD.shape[:-1]):
        raise RuntimeError(
            f"linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots.shape)} instead"
        )
    return ops.ldl_solve.function(LD, pivots, B, out=out)
