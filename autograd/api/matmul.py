"""Front ends of the products: ``matmul`` and what is composed of it."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.arguments import number, old_form, tensor_of
from autograd.api.export import export
from autograd.kernels.linalg import name_of
from autograd.ops.matmul import bmm, dot, fast_product, mm, mv, outer, product
from autograd.ops.matmul import cross as cross_op
from autograd.ops.views import overwrite
from autograd.out import copy_back
from autograd.tensor import Tensor


@export()
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product ``input @ other``. As ``torch.matmul``.

    Two vectors give their scalar product, two matrices ``(n, m)`` and ``(m, p)`` the matrix ``(n, p)``, a matrix and a
    vector a vector; further leading dimensions are batches and broadcast. One dtype, not bool. RuntimeError where
    shapes or dtypes do not fit.

    >>> import autograd
    >>> autograd.matmul(autograd.tensor([[1.0, 2.0]]), autograd.tensor([3.0, 4.0]))
    tensor([11.])
    """
    result = fast_product(input, other)
    if out is None:
        return result
    copy_back(result, out, "matmul", (input, other))
    return out


@export("__matmul__", function=False)
def _operator(self: Tensor, other: Any) -> Any:
    """``self @ other``."""
    return fast_product(self, other) if isinstance(other, (Tensor, np.ndarray)) else NotImplemented


@export("__rmatmul__", function=False)
def _reflected(self: Tensor, other: Any) -> Any:
    """``other @ self``."""
    return product(other, self) if isinstance(other, (Tensor, np.ndarray)) else NotImplemented


@export()
def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The scalar product of two vectors, the first conjugated: for real numbers, ``dot``. As ``torch.vdot``.

    >>> import autograd
    >>> autograd.vdot(autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor(11.)
    """
    return dot.function(input, other, out=out)


@export()
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The scalar products over the last dimension of both, ``(..., n)`` and ``(---, n)`` to ``(..., ---)``.

    A 0-d operand multiplies the other. As ``torch.inner``; RuntimeError where the last sizes differ.

    >>> import autograd
    >>> autograd.inner(autograd.tensor([[1.0, 2.0], [0.0, 1.0]]), autograd.tensor([3.0, 4.0]))
    tensor([11.,  4.])
    """
    input, other = tensor_of(input, "inner"), tensor_of(other, "inner", "other")
    if input.ndim == 0 or other.ndim == 0:
        result = input * other
    elif input.dtype != other.dtype:
        raise RuntimeError(f"inner: both inputs should have same dtype, but got {input.dtype} and {other.dtype}")
    elif input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    elif input.ndim == 1 and other.ndim == 1:
        result = dot.function(input, other)
    elif other.ndim <= 2:
        result = input @ (other.t() if other.ndim == 2 else other)
    else:
        n, lead, trail = input.shape[-1], tuple(input.shape[:-1]), tuple(other.shape[:-1])
        flat = other.reshape(math.prod(trail), n).t()
        result = (input.reshape(math.prod(lead), n) @ flat).reshape(lead + trail)
    if out is None:
        return result
    copy_back(result, out, "inner", (input, other))
    return out


@export("outer")
def _outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The outer product ``out[i, j] = input[i] · vec2[j]`` of two vectors; dtypes are promoted. As ``torch.outer``.

    RuntimeError for other shapes.

    >>> import autograd
    >>> autograd.outer(autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    return outer.function(tensor_of(input, "outer"), tensor_of(vec2, "outer", "vec2"), out=out)


@export()
def ger(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The outer product of two vectors, an alias of ``outer``. As ``torch.ger``.

    >>> import autograd
    >>> autograd.ger(autograd.tensor([1.0, 2.0]), autograd.tensor([3.0]))
    tensor([[3.],
            [6.]])
    """
    return outer.function(tensor_of(input, "ger"), tensor_of(vec2, "ger", "vec2"), out=out)


# -- a product added to something -----------------------------------------------------------------------------------


def _scale(tensor: Tensor, factor: float) -> Tensor:
    """``factor · tensor``; a factor for integers is an integer."""
    if factor == 1:
        return tensor
    if tensor.is_floating_point():
        return tensor * factor
    return tensor * (bool(factor) if tensor.dtype == dtypes.bool_ else int(factor))


def _add_scaled(name: str, input: Tensor, term: Tensor, beta: float, alpha: float, out: Tensor | None) -> Tensor:
    """``β · input + α · term``; with β = 0 the values of ``input`` (NaN, too) do not matter."""
    shape, wanted = input._array.shape, term._array.shape
    if shape != wanted and (
        len(shape) > len(wanted) or any(a not in (1, b) for a, b in zip(shape[::-1], wanted[::-1], strict=False))
    ):
        raise RuntimeError(f"{name}: input of shape {list(shape)} cannot be expanded to the result's {list(wanted)}")
    if input.dtype != term.dtype:
        one, two = name_of(input.dtype), name_of(term.dtype)
        raise RuntimeError(f"{name}: self and mat2 must have the same dtype, but got {one} and {two}")
    beta, alpha = number(beta, name, "beta"), number(alpha, name, "alpha")
    result = _scale(term, alpha)
    result = overwrite.function(input.expand(wanted), result) if beta == 0 else _scale(input, beta) + result
    if out is None:
        return result
    copy_back(result, out, name, (input, term))
    return out


def _three(name: str, *tensors: Any) -> tuple[Tensor, ...]:
    """The operands as Tensors; TypeError that names the one that is none."""
    if type(tensors[0]) is type(tensors[1]) is type(tensors[2]) is Tensor:
        return tensors
    return tuple(tensor_of(t, name, f"operand {i}" if i else "input") for i, t in enumerate(tensors))


@export(inplace=True)
@old_form
def addmm(
    input: Tensor,
    mat1: Tensor,
    mat2: Tensor,
    *,
    beta: float = 1,
    alpha: float = 1,
    out: Tensor | None = None,
) -> Tensor:
    """``β · input + α · mat1 @ mat2``, ``input`` broadcast to the product's shape. As ``torch.addmm``.

    >>> import autograd
    >>> autograd.addmm(autograd.ones(1), autograd.eye(2), 2 * autograd.eye(2))
    tensor([[3., 1.],
            [1., 3.]])
    """
    input, mat1, mat2 = _three("addmm", input, mat1, mat2)
    if mat1.dtype != mat2.dtype:
        name, first = ("self", input) if input.dtype == mat1.dtype else ("mat1", mat1)
        one, two = name_of(first.dtype), name_of(mat2.dtype)
        raise RuntimeError(f"addmm: {name} and mat2 must have the same dtype, but got {one} and {two}")
    return _add_scaled("addmm", input, mm.function(mat1, mat2), beta, alpha, out)


@export(inplace=True)
@old_form
def addmv(
    input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None
) -> Tensor:
    """``β · input + α · mat @ vec``, ``input`` broadcast to the product's shape. As ``torch.addmv``.

    >>> import autograd
    >>> autograd.addmv(autograd.ones(2), autograd.eye(2), autograd.tensor([3.0, 4.0]))
    tensor([4., 5.])
    """
    input, mat, vec = _three("addmv", input, mat, vec)
    return _add_scaled("addmv", input, mv.function(mat, vec), beta, alpha, out)


@export(inplace=True)
@old_form
def addr(
    input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None
) -> Tensor:
    """``β · input + α · vec1 ⊗ vec2``, ``input`` broadcast to the outer product's shape. As ``torch.addr``.

    Unlike its kin it promotes dtypes. RuntimeError for factors of integers that are not integers.

    >>> import autograd
    >>> autograd.addr(autograd.zeros(2, 2), autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    input, vec1, vec2 = _three("addr", input, vec1, vec2)
    term = outer.function(vec1, vec2)
    dtype = dtypes.result_dtype(input._array, term._array)
    if dtype.kind in "biu":
        for name, factor in (("beta", beta), ("alpha", alpha)):
            if not isinstance(factor, int):
                raise RuntimeError(
                    f"addr: For integral input tensors, argument {name} must not be a floating point number."
                )
    if dtype.kind == "b":
        beta, alpha = bool(beta), bool(alpha)
    input, term = (t if t.dtype == dtype else t.to(dtype) for t in (input, term))
    return _add_scaled("addr", input, term, beta, alpha, out)


@export(inplace=True)
@old_form
def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None
) -> Tensor:
    """``β · input + α · Σ_b batch1[b] @ batch2[b]``. As ``torch.addbmm``.

    >>> import autograd
    >>> autograd.addbmm(autograd.zeros(1, 1), autograd.ones(2, 1, 3), autograd.ones(2, 3, 1))
    tensor([[6.]])
    """
    input, batch1, batch2 = _three("addbmm", input, batch1, batch2)
    return _add_scaled("addbmm", input, bmm.function(batch1, batch2).sum(0), beta, alpha, out)


@export(inplace=True)
@old_form
def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1, out: Tensor | None = None
) -> Tensor:
    """``β · input + α · batch1 @ batch2`` for batches of matrices. As ``torch.baddbmm``.

    >>> import autograd
    >>> autograd.baddbmm(autograd.zeros(1), autograd.ones(1, 1, 3), autograd.ones(1, 3, 1))
    tensor([[[3.]]])
    """
    input, batch1, batch2 = _three("baddbmm", input, batch1, batch2)
    return _add_scaled("baddbmm", input, bmm.function(batch1, batch2), beta, alpha, out)


# -- several products -----------------------------------------------------------------------------------------------


def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The product of two or more matrices in the order that costs the fewest multiplications.

    The first and the last may be vectors (a row and a column). As ``torch.linalg.multi_dot``; RuntimeError where
    shapes do not fit. The order is that of the dynamic program for matrix chains (Cormen et al., section 14.2).

    >>> import autograd
    >>> x = [autograd.ones(10, 100), autograd.ones(100, 5), autograd.ones(5, 50)]
    >>> autograd.linalg.multi_dot(x).shape
    autograd.Size([10, 50])
    """
    chain = list(tensors)
    if len(chain) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(chain)}")
    row, column = chain[0].ndim == 1, chain[-1].ndim == 1
    if row:
        chain[0] = chain[0].reshape(1, -1)
    if column:
        chain[-1] = chain[-1].reshape(-1, 1)
    for i, tensor in enumerate(chain):
        if tensor.ndim != 2:
            allowed = "1D or 2D" if i in (0, len(chain) - 1) else "2D"
            raise RuntimeError(f"multi_dot(): tensor {i} must be {allowed} but got {tensor.ndim}D")
    for i, (a, b) in enumerate(itertools.pairwise(chain)):
        if a.shape[1] != b.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(a.shape)} and {list(b.shape)} "
                "cannot be multiplied"
            )
    result = _product(chain, _parentheses([chain[0].shape[0], *[t.shape[1] for t in chain]]), 0, len(chain) - 1)
    if row or column:
        result = result.reshape(tuple(n for n, gone in zip(result.shape, (row, column), strict=True) if not gone))
    if out is None:
        return result
    copy_back(result, out, "multi_dot", chain)
    return out


def _parentheses(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split each run of a chain of matrices with these sizes."""
    count = len(sizes) - 1
    cost = {(i, i): 0 for i in range(count)}
    best = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            options = [(cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)]
            cost[i, j], best[i, j] = min(options)
    return best


def _product(chain: list[Tensor], best: dict[tuple[int, int], int], i: int, j: int) -> Tensor:
    if i == j:
        return chain[i]
    k = best[i, j]
    return _product(chain, best, i, k) @ _product(chain, best, k + 1, j)


@export(method=False)
def chain_matmul(*matrices: Any, out: Tensor | None = None) -> Tensor:
    """The product of matrices in the cheapest order; ``linalg.multi_dot`` is preferred. As ``torch.chain_matmul``.

    >>> import autograd
    >>> autograd.chain_matmul(autograd.ones(2, 3), autograd.ones(3, 4), autograd.ones(4, 1)).shape
    autograd.Size([2, 1])
    """
    chain = list(matrices[0]) if len(matrices) == 1 and isinstance(matrices[0], (tuple, list)) else list(matrices)
    for matrix in chain:
        if tensor_of(matrix, "chain_matmul", "matrices").ndim != 2:
            raise RuntimeError(f"chain_matmul: Tensor dimension is {matrix.ndim}, expected 2 instead.")
    if len(chain) == 1:
        return chain[0]
    return multi_dot(chain, out=out)


@export()
def matrix_power(input: Tensor, n: Any, *, out: Tensor | None = None) -> Tensor:
    """The ``n``-th power of square matrices ``(..., k, k)``, by repeated squaring; negative ``n`` inverts.

    As ``torch.matrix_power``; RuntimeError for matrices that are not square.

    >>> import autograd
    >>> autograd.matrix_power(autograd.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """
    input = tensor_of(input, "linalg_matrix_power")
    n = number(n, "linalg_matrix_power", "n") if isinstance(n, Tensor) else n
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    if input.ndim < 2 or input.shape[-1] != input.shape[-2]:
        given = (
            f"{input.shape[-2]} by {input.shape[-1]} matrices" if input.ndim > 1 else f"of shape {list(input.shape)}"
        )
        raise RuntimeError(f"linalg.matrix_power: A must be batches of square matrices, but they are {given}")
    power, base = int(n), input
    if power < 0:
        from autograd.ops.linalg import inv  # noqa: PLC0415 - only here

        base, power = inv.function(base), -power
    result = None
    while power:
        if power & 1:
            result = base if result is None else result @ base
        power >>= 1
        if power:
            base = base @ base
    if result is None:
        from autograd.dispatch import wrap  # noqa: PLC0415 - rare

        result = wrap(np.broadcast_to(np.eye(input.shape[-1], dtype=input.dtype), tuple(input.shape)).copy())
    elif result is input:
        result = input.clone()
    if out is None:
        return result
    copy_back(result, out, "matrix_power", (input,))
    return out


@export()
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product: each element of ``input`` times the whole of ``other``, in blocks. As ``torch.kron``.

    The tensor with fewer dimensions gets leading ones; dtypes are promoted.

    >>> import autograd
    >>> autograd.kron(autograd.eye(2), autograd.tensor([[1.0, 2.0]]))
    tensor([[1., 2., 0., 0.],
            [0., 0., 1., 2.]])
    """
    input, other = tensor_of(input, "kron"), tensor_of(other, "kron", "other")
    ndim = max(input.ndim, other.ndim)
    a = (1,) * (ndim - input.ndim) + tuple(input.shape)
    b = (1,) * (ndim - other.ndim) + tuple(other.shape)
    left = input.reshape(tuple(n for size in a for n in (size, 1)))
    right = other.reshape(tuple(n for size in b for n in (1, size)))
    result = (left * right).reshape(tuple(m * n for m, n in zip(a, b, strict=True)))
    if out is None:
        return result
    copy_back(result, out, "kron", (input, other))
    return out


@export()
def cross(input: Tensor, other: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The vector product in three dimensions, along ``dim``. As ``torch.cross``.

    Without ``dim`` it is the first dimension of size 3, with a warning, as in PyTorch; ``linalg.cross`` takes the
    last. RuntimeError where a size is not 3.

    >>> import autograd
    >>> autograd.cross(autograd.tensor([1.0, 0.0, 0.0]), autograd.tensor([0.0, 1.0, 0.0]), dim=0)
    tensor([0., 0., 1.])
    """
    if dim is None:
        threes = [i for i, size in enumerate(input.shape) if size == 3]
        if not threes:
            raise RuntimeError(f"cross: no dimension of size 3 in input, whose shape is {list(input.shape)}")
        dim = threes[0]
        warnings.warn(
            "cross without dim takes the first dimension of size 3; pass dim, or use autograd.linalg.cross",
            UserWarning,
            stacklevel=2,
        )
    return cross_op.function(input, other, dim, out=out)
