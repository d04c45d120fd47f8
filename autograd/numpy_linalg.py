"""NumPy's products and linear algebra on Tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes, linalg
from autograd.numpy_functions import real, tensor_of, tensors_of
from autograd.numpy_protocol import ag, implements


def same_dtype(*values: Any) -> list[Any]:
    """Operands of a product as Tensors of one dtype, as NumPy promotes them (PyTorch refuses to)."""
    tensors = tensors_of(values)
    dtype = dtypes.result_dtype(*[t._array for t in tensors])
    return [t if t.dtype is dtype else t.to(dtype) for t in tensors]


# -- products -----------------------------------------------------------------------------------------------------------


@implements(np.matmul)
def _matmul(x1: Any, x2: Any) -> Any:
    return ag.matmul(*same_dtype(x1, x2))


@implements(np.dot)
def _dot(a: Any, b: Any) -> Any:
    a, b = same_dtype(a, b)
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    if a.ndim <= 2 and b.ndim <= 2:
        return ag.matmul(a, b)
    return ag.tensordot(a, b, ([a.ndim - 1], [max(b.ndim - 2, 0)]))


@implements(np.inner)
def _inner(a: Any, b: Any) -> Any:
    a, b = same_dtype(a, b)
    return a * b if a.ndim == 0 or b.ndim == 0 else ag.tensordot(a, b, ([a.ndim - 1], [b.ndim - 1]))


@implements(np.outer)
def _outer(a: Any, b: Any) -> Any:
    a, b = same_dtype(a, b)
    return a.reshape(-1, 1) * b.reshape(1, -1)


@implements(np.vdot)
def _vdot(a: Any, b: Any) -> Any:
    a, b = same_dtype(a, b)
    return ag.matmul(a.reshape(-1), b.reshape(-1))


@implements(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = same_dtype(a, b)
    if not isinstance(axes, (int, np.integer)):
        axes = tuple([d] if isinstance(d, (int, np.integer)) else list(d) for d in axes)
    return ag.tensordot(a, b, axes)


@implements(np.einsum)
def _einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Any:
    if not isinstance(subscripts, str):
        raise TypeError("numpy.einsum(): on Tensors, give the subscripts as text, as in einsum('ij,jk->ik', a, b)")
    return ag.einsum(subscripts, *same_dtype(*operands))


@implements(np.kron)
def _kron(a: Any, b: Any) -> Any:
    return ag.kron(*same_dtype(a, b))


@implements(np.cross)
def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    a, b = same_dtype(a, b)
    first, second, last = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a, b = ag.moveaxis(a, first, -1), ag.moveaxis(b, second, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise TypeError("numpy.cross(): on Tensors, both operands need vectors of 3 components")
    x, y = (a[..., 1], a[..., 2], a[..., 0]), (b[..., 1], b[..., 2], b[..., 0])
    parts = [x[0] * y[1] - x[1] * y[0], x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2]]
    return ag.stack(parts, last)


@implements(np.linalg.multi_dot)
def _multi_dot(arrays: Any) -> Any:
    return linalg.multi_dot(same_dtype(*arrays))


# -- decompositions and solutions ---------------------------------------------------------------------------------------


@implements(np.linalg.inv)
def _inv(a: Any) -> Any:
    return linalg.inv(real(a))


@implements(np.linalg.pinv)
def _pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    rcond = rtol if rcond is None else rcond
    return linalg.pinv(real(a), hermitian=hermitian, **({} if rcond is None else {"rtol": rcond}))


@implements(np.linalg.solve)
def _solve(a: Any, b: Any) -> Any:
    a, b = same_dtype(real(a), real(b))
    return linalg.solve(a, b.unsqueeze(-1)).squeeze(-1) if b.ndim == 1 else linalg.solve(a, b)


@implements(np.linalg.det)
def _det(a: Any) -> Any:
    return linalg.det(real(a))


@implements(np.linalg.slogdet)
def _slogdet(a: Any) -> Any:
    return linalg.slogdet(real(a))


@implements(np.linalg.cholesky)
def _cholesky(a: Any, /, *, upper: bool = False) -> Any:
    return linalg.cholesky(real(a), upper=upper)


@implements(np.linalg.qr)
def _qr(a: Any, mode: str = "reduced") -> Any:
    found = linalg.qr(real(a), mode)
    return found[1] if mode == "r" else found


@implements(np.linalg.svd)
def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    return linalg.svd(real(a), full_matrices) if compute_uv else linalg.svdvals(real(a))


@implements(np.linalg.svdvals)
def _svdvals(x: Any) -> Any:
    return linalg.svdvals(real(x))


@implements(np.linalg.eigh)
def _eigh(a: Any, UPLO: str = "L") -> Any:
    return linalg.eigh(real(a), UPLO)


@implements(np.linalg.eigvalsh)
def _eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return linalg.eigvalsh(real(a), UPLO)


@implements(np.linalg.matrix_power)
def _matrix_power(a: Any, n: int) -> Any:
    return linalg.matrix_power(tensor_of(a), n)


@implements(np.linalg.matrix_rank)
def _matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return linalg.matrix_rank(real(A), atol=tol, rtol=rtol, hermitian=hermitian)


@implements(np.linalg.norm)
def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return linalg.norm(real(x), ord, axis, keepdims)


@implements(np.linalg.vector_norm)
def _vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    return linalg.vector_norm(real(x), ord, axis, keepdims)


@implements(np.linalg.matrix_norm)
def _matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return linalg.matrix_norm(real(x), ord, keepdim=keepdims)


# -- diagonals and triangles --------------------------------------------------------------------------------------------


@implements(np.diagonal)
def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return ag.diagonal(tensor_of(a), offset, axis1, axis2)


@implements(np.linalg.diagonal)
def _linalg_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return ag.diagonal(tensor_of(x), offset, -2, -1)


@implements(np.diag)
def _diag(v: Any, k: int = 0) -> Any:
    return ag.diag(tensor_of(v), k)


@implements(np.diagflat)
def _diagflat(v: Any, k: int = 0) -> Any:
    return ag.diag(tensor_of(v).reshape(-1), k)


@implements(np.trace)
def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    found = ag.diagonal(tensor_of(a), offset, axis1, axis2)
    return ag.sum(found if dtype is None else found.to(dtype), -1)


@implements(np.linalg.trace)
def _linalg_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return _trace(x, offset, -2, -1, dtype)


@implements(np.tril)
def _tril(m: Any, k: int = 0) -> Any:
    return ag.tril(tensor_of(m), k)


@implements(np.triu)
def _triu(m: Any, k: int = 0) -> Any:
    return ag.triu(tensor_of(m), k)
