"""Norms of vectors and matrices, rank and condition, under PyTorch's names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.arguments import spelled, tensor_of
from autograd.api.decompositions import eigvalsh, svdvals
from autograd.dispatch import finish, number, wrap
from autograd.errors import dim_message
from autograd.kernels import linalg as kernel
from autograd.ops import linalg as ops
from autograd.ops.reduce import vector_norm as norm_op
from autograd.tensor import Tensor

Order = int | float | str | None


@spelled(input="x")
def vector_norm(
    x: Tensor,
    ord: Any = 2,
    dim: int | tuple[int, ...] | None = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The norm ``(Σ |x|^ord)^(1/ord)`` of the vectors along ``dim``, of all elements for None.

    ``ord`` may be ``inf`` (the largest size), ``-inf`` (the smallest) and 0 (how many are not 0). The gradient of the
    norm of a zero vector is 0. RuntimeError for integers, for ``inf`` of nothing, and for a narrower ``dtype``. As
    ``torch.linalg.vector_norm``.

    >>> import autograd
    >>> autograd.linalg.vector_norm(autograd.tensor([3.0, -4.0]))
    tensor(5.)
    """
    if isinstance(ord, str):
        raise TypeError("linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str")
    order = float(number(ord, "linalg_vector_norm", "ord"))
    _check_dtype("vector_norm", x, dtype)
    return norm_op.function(x, order, dim if dim != () else None, keepdim, dtype, out=out)


@spelled(input="A")
def matrix_norm(
    A: Tensor,
    ord: Order = "fro",
    dim: tuple[int, int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The norm of the matrices in two dimensions. As ``torch.linalg.matrix_norm``.

    ``ord``: ``"fro"`` (root of the sum of squares), ``"nuc"`` (sum of the singular values), ``inf``/``-inf`` (largest or
    smallest row sum of sizes), ``1``/``-1`` (column sum), ``2``/``-2`` (singular value). RuntimeError for others.

    >>> import autograd
    >>> A = autograd.tensor([[3.0, 0.0], [4.0, 0.0]])
    >>> autograd.linalg.matrix_norm(A), autograd.linalg.matrix_norm(A, 1)
    (tensor(5.), tensor(7.))
    """
    A = tensor_of(A, "linalg_matrix_norm", "input")
    ord = ord if isinstance(ord, str) else number(ord, "linalg_matrix_norm", "ord")
    rows, columns = _two_dims(A, dim)
    if not A.is_floating_point():
        raise RuntimeError(
            f"linalg.matrix_norm: Expected a floating point or complex tensor as input. Got {kernel.name_of(A.dtype)}"
        )
    _check_dtype("matrix_norm", A, dtype)
    if dtype is not None:
        A = A.to(dtypes.as_dtype(dtype))
    if ord == "fro":
        result = norm_op.function(A, 2.0, (rows, columns), keepdim)
    elif ord in {"nuc", 2, -2}:
        values = svdvals(A.movedim((rows, columns), (-2, -1)))
        if ord == "nuc" or (ord == 2 and values.shape[-1] == 0):
            result = values.sum(-1)
        else:
            result = values.amax(-1) if ord == 2 else values.amin(-1)
        if keepdim:
            result = result.reshape(tuple(1 if i in {rows, columns} else n for i, n in enumerate(A.shape)))
    elif ord in {1, -1, math.inf, -math.inf}:
        summed, kept = (rows, columns) if abs(float(ord)) == 1 else (columns, rows)
        sums = norm_op.function(A, 1.0, summed, True)
        if float(ord) > 0:
            result = sums.amax(kept, True) if A.shape[kept] else sums.sum(kept, True)
        else:
            result = sums.amin(kept, True)
        if not keepdim:
            result = result.reshape(tuple(n for i, n in enumerate(A.shape) if i not in {rows, columns}))
    else:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    return finish(result, out, norm_op, (A,))


def _check_dtype(name: str, x: Tensor, dtype: Any) -> None:
    """RuntimeError for a ``dtype`` that is not a float, or narrower than that of the input."""
    if dtype is None or not x.is_floating_point():
        return
    wanted = dtypes.as_dtype(dtype)
    if not dtypes.is_differentiable(wanted):
        raise RuntimeError(
            f"linalg.{name}: dtype should be floating point or complex, but got {kernel.name_of(wanted)}"
        )
    if wanted.itemsize < x.element_size():
        raise RuntimeError(
            f"linalg.{name}: the dtype of the input ({kernel.name_of(x.dtype)}) should be convertible without narrowing "
            f"to the specified dtype ({kernel.name_of(wanted)})"
        )


def _two_dims(A: Tensor, dim: Any) -> tuple[int, int]:
    """The two dimensions of a matrix norm, counted from 0."""
    if A.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if not isinstance(dim, (tuple, list)):
        raise TypeError(f"linalg_matrix_norm(): argument 'dim' must be tuple of ints, but got {dim!r}")
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    for d in dim:
        if not -A.ndim <= d < A.ndim:
            raise IndexError(f"linalg.matrix_norm: {dim_message(d, A.ndim)}")
    rows, columns = dim[0] % A.ndim, dim[1] % A.ndim
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    return rows, columns


@spelled(input="A")
def norm(
    A: Tensor,
    ord: Order = None,
    dim: int | tuple[int, ...] | None = None,
    keepdim: bool = False,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
) -> Tensor:
    """The norm of a vector or a matrix, whichever ``dim`` or the shape says. As ``torch.linalg.norm``.

    Without ``ord`` it is the 2-norm of all elements (or over ``dim``); with it, one dimension gives
    ``vector_norm``, two give ``matrix_norm``. RuntimeError where the shape leaves it open.

    >>> import autograd
    >>> autograd.linalg.norm(autograd.tensor([[3.0, 0.0], [0.0, 4.0]]), 2)
    tensor(4.)
    """
    if dim is not None and not isinstance(dim, int):
        dim = tuple(dim)
        if len(dim) not in {1, 2}:
            raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype, out=out)
    if dim is None and A.ndim not in {1, 2}:
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    if isinstance(ord, str) or (dim is None and A.ndim == 2) or (isinstance(dim, tuple) and len(dim) == 2):
        if isinstance(dim, int) or (dim is not None and len(dim) != 2):
            raise RuntimeError(
                f"linalg.matrix_norm: dim must be a 2-tuple. Got {dim if isinstance(dim, int) else dim[0]}"
            )
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype, out=out)
    return vector_norm(A, ord, dim, keepdim, dtype=dtype, out=out)


@spelled(input="A")
def cond(A: Tensor, p: Order = None, *, out: Tensor | None = None) -> Tensor:
    """The condition number ``‖A‖ · ‖A⁻¹‖`` in the matrix norm ``p``; by default that of the singular values.

    ``p``: None or 2 (largest over smallest singular value), -2, ``"fro"``, ``"nuc"``, 1, -1, inf, -inf; these others
    need square matrices, and a singular one has the condition inf. As ``torch.linalg.cond``.

    >>> import autograd
    >>> autograd.linalg.cond(autograd.tensor([[4.0, 0.0], [0.0, 2.0]]))
    tensor(2.)
    """
    A = tensor_of(A, "linalg_cond", "input")
    p = p if p is None or isinstance(p, str) else number(p, "linalg_cond", "p")
    if A.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if A.numel() == 0:
        result = wrap(np.zeros(tuple(A.shape[:-2]), A.dtype)[()])
    elif p is None or p in {2, -2}:
        values = svdvals(A)
        largest, smallest = values[..., 0], values[..., -1]
        result = smallest / largest if p == -2 else largest / smallest
    elif p not in {"fro", "nuc", 1, -1, math.inf, -math.inf}:
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    elif A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"linalg.cond(ord={p}): A must be batches of square matrices, but they are "
            f"{A.shape[-2]} by {A.shape[-1]} matrices"
        )
    else:
        result = _condition(A, p)
    return finish(result, out, norm_op, (A,))


def _condition(A: Tensor, p: Order) -> Tensor:
    """``‖A‖ · ‖A⁻¹‖``, inf for singular matrices."""
    kernel.check(A._array)
    singular = (np.diagonal(kernel.lu(A._array)[0], axis1=-2, axis2=-1) == 0).any(axis=-1)
    if not np.any(singular):
        return matrix_norm(A, p) * matrix_norm(ops.inv.function(A), p)
    whole = A.where(wrap(~singular[..., None, None]), wrap(np.eye(A.shape[-1], dtype=A.dtype)))
    return (matrix_norm(A, p) * matrix_norm(ops.inv.function(whole), p)).masked_fill(wrap(singular), math.inf)


@spelled(input="A")
def matrix_rank(
    A: Tensor,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """How many singular values exceed ``max(atol, rtol · largest)``, as int64. As ``torch.linalg.matrix_rank``.

    ``rtol`` is ``max(m, n) · eps`` unless ``atol`` (or its older name ``tol``) is given. ``hermitian`` takes the sizes of
    eigenvalues. RuntimeError for integers and vectors.

    >>> import autograd
    >>> autograd.linalg.matrix_rank(autograd.ones(3, 3))
    tensor(1)
    """
    A = tensor_of(A, "linalg_matrix_rank", "input")
    array = A._array
    kernel.check(array, square=hermitian)
    absolute, relative = (t._array if isinstance(t, Tensor) else t for t in (tol if atol is None else atol, rtol))
    if tol is not None and atol is None:
        relative = 0.0
    detached = A.detach()
    sizes = np.abs((eigvalsh(detached) if hermitian else svdvals(detached))._array)
    count = np.sum(sizes > kernel.tolerance(sizes, array.shape, absolute, relative), axis=-1)
    return finish(wrap(count), out, norm_op, (detached,))
