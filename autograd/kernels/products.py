"""Products of matrices and vectors: NumPy's, with PyTorch's checks, and with the detours that keep them in BLAS.

``ndarray.dot`` takes 0.4 µs less than ``np.matmul`` on small matrices and copies operands whose strides BLAS cannot
take, which ``np.matmul`` of older NumPy multiplies in slow loops instead.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels.linalg import NAMES as CAPITALS

NAMES = {
    "bool": "bool",
    "float16": "half",
    "float32": "float",
    "float64": "double",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "uint8": "unsigned char",
}


WIDE = 1 << 17  # elements of a matrix that is large beside a few rows

# What is said of factors whose dtypes differ, for each product: {c} and {C} are the dtypes in C and in capitals.
MATRICES = "expected m1 and m2 to have the same dtype, but got: {c[0]} != {c[1]}"
VECTOR = "addmv input tensors must have the same dtype, but got {C[1]}, {C[0]}, and {C[1]}"
VECTORS = "dot : expected both vectors to have same dtype, but found {C[0]} and {C[1]}"
BATCHES = "expected scalar type {C[0]} but found {C[1]}"


def check_dtypes(x: Any, y: Any, words: str = MATRICES) -> None:
    """RuntimeError where two factors differ in dtype or are truth values."""
    if x.dtype != y.dtype and not (words is BATCHES and x.dtype.char == "?"):
        names = [str(a.dtype) for a in (x, y)]
        raise RuntimeError(words.format(c=[NAMES.get(n, n) for n in names], C=[CAPITALS.get(n, n) for n in names]))
    if x.dtype.char == "?":
        raise NotImplementedError("products of matrices are not implemented for bool; convert first, as in x.long()")


def _plain(x: Any, y: Any, words: str = MATRICES) -> bool:
    """Whether two factors can be multiplied as they are."""
    dtype = x.dtype
    if dtype is y.dtype and dtype.char not in "?e":
        return True
    check_dtypes(x, y, words)
    return dtype.char != "e"


def _half(function: Any, x: Any, y: Any) -> Any:
    """A product of float16, summed in float32 as PyTorch does."""
    return function(x.astype(np.float32), y.astype(np.float32)).astype(np.float16)


def _cannot(one: tuple, two: tuple) -> RuntimeError:
    return RuntimeError(f"mat1 and mat2 shapes cannot be multiplied ({one[0]}x{one[1]} and {two[0]}x{two[1]})")


def mm(x: Any, mat2: Any) -> Any:
    """The product of two matrices."""
    if x.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError(f"{'mat2' if x.ndim == 2 else 'self'} must be a matrix")
    if not _plain(x, mat2):
        return _half(mm, x, mat2)
    try:
        return x.dot(mat2)
    except ValueError:
        raise _cannot(x.shape, mat2.shape) from None


def mv(x: Any, vec: Any) -> Any:
    """The product of a matrix and a vector."""
    if x.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {x.ndim}-D and {vec.ndim}-D")
    if not _plain(x, vec, VECTOR):
        return _half(mv, x, vec)
    try:
        return x.dot(vec)
    except ValueError:
        raise _vector_mismatch(x.shape, vec.shape) from None


def _vector_mismatch(matrix: tuple, vector: tuple) -> RuntimeError:
    rows = math.prod(matrix[:-1])
    return RuntimeError(f"size mismatch, got input ({rows}), mat ({rows}x{matrix[-1]}), vec ({vector[0]})")


def dot(x: Any, tensor: Any) -> Any:
    """The sum of the products of two vectors' elements."""
    if x.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {x.ndim}D and {tensor.ndim}D tensors")
    if not _plain(x, tensor, VECTORS):
        return _half(dot, x, tensor)
    if x.shape != tensor.shape:
        n, m = x.shape[0], tensor.shape[0]
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{n}] and src [{m}] to have the same number of elements, "
            f"but got {n} and {m} elements respectively"
        )
    return x.dot(tensor)


def _blas(x: Any) -> Any:
    """``x`` with the last two dimensions as BLAS can read them."""
    item, (row, column) = x.itemsize, x.strides[-2:]
    if (column == item and row >= item) or (row == item and column >= item):
        return x
    return np.ascontiguousarray(x)


def bmm(x: Any, mat2: Any) -> Any:
    """The products of two batches of matrices, of the same number of matrices."""
    for name, array in (("batch1", x), ("batch2", mat2)):
        if array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if x.shape[0] != mat2.shape[0]:
        raise _batch_mismatch([x.shape[0], x.shape[2]], mat2.shape)
    return matmul(x, mat2)


def _batch_mismatch(expected: list, shape: tuple) -> RuntimeError:
    return RuntimeError(
        f"Expected size for first two dimensions of batch2 tensor to be: {expected} but got: {list(shape[-3:-1])}."
    )


def matmul(x: Any, y: Any) -> Any:
    """The product of vectors, matrices and batches of matrices, batches broadcast."""
    if x.ndim == 2 and y.ndim == 2:
        return mm(x, y)
    if x.ndim == 0 or y.ndim == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {x.ndim}D and {y.ndim}D")
    if not _plain(x, y, VECTOR if y.ndim == 1 else MATRICES if y.ndim == 2 else BATCHES):
        return _half(matmul, x, y)
    inner = y.shape[0 if y.ndim == 1 else -2]
    if x.shape[-1] != inner:
        raise _mismatch(x, y)
    if y.ndim <= 2:
        if x.ndim <= 2:
            return x.dot(y)
        rows = x.reshape(math.prod(x.shape[:-1]), inner)  # one large product instead of one for each of the batch
        return rows.dot(y).reshape(*x.shape[:-1], *y.shape[1:])
    try:
        return np.matmul(x if x.ndim == 1 else _blas(x), _blas(y))
    except ValueError:
        raise _batches_clash(x.shape, y.shape) from None


def _mismatch(x: Any, y: Any) -> Exception:
    """The error for inner sizes that differ, in PyTorch's words for each combination of dimensions."""
    if x.ndim == 1 and y.ndim == 1:
        dot(x, y)
    if y.ndim == 1:
        return _vector_mismatch(x.shape, y.shape)
    if y.ndim == 2:
        return _cannot((math.prod(x.shape[:-1]), x.shape[-1]), y.shape)
    return _batch_mismatch([y.shape[-3], x.shape[-1]], y.shape)


def _batches_clash(one: tuple, two: tuple) -> RuntimeError:
    count = max(len(one), len(two)) - 2
    for i in range(3, min(len(one), len(two)) + 1):
        if one[-i] != two[-i] and 1 not in (one[-i], two[-i]):
            return RuntimeError(
                f"The size of tensor a ({one[-i]}) must match the size of tensor b ({two[-i]}) "
                f"at non-singleton dimension {count - i + 2}"
            )
    return RuntimeError(f"shapes {one} and {two} do not broadcast")


def times_transposed(x: Any, weight: Any) -> Any:
    """``x @ weight.T`` of matrices.

    OpenBLAS takes up to twice as long over a few rows times a large transposed matrix as over the transpose of that.

    >>> times_transposed(np.ones((1, 2)), np.ones((3, 2)))
    array([[2., 2., 2.]])
    """
    if weight.size >= WIDE and 8 <= x.shape[0] <= 64:
        return np.ascontiguousarray(weight.dot(x.T).T)
    return x.dot(weight.T)


def linear(x: Any, weight: Any, bias: Any = None) -> Any:
    """``x @ weight.T + bias``, the bias added in place."""
    words = MATRICES if bias is None else "mat1 and mat2 must have the same dtype, but got {C[0]} and {C[1]}"
    if x.ndim == 2 and weight.ndim == 2 and _plain(x, weight, words):
        try:
            out = times_transposed(x, weight)
        except ValueError:
            raise _cannot(x.shape, weight.T.shape) from None
    elif weight.ndim == 1 and bias is not None and (x.ndim == 2 or bias.ndim == 1):  # PyTorch takes its fused product
        raise RuntimeError("mat2 must be a matrix, got 1-D tensor")
    else:
        if x.dtype is not weight.dtype:
            check_dtypes(x, weight, words)
        out = matmul(x, weight.T)
        if bias is not None and bias.ndim and out.ndim == 0:  # which NumPy would widen
            raise _no_bias(bias, out)
    if bias is None:
        return out
    if bias.dtype is not out.dtype and bias.dtype != out.dtype:
        one, two = (CAPITALS.get(str(a.dtype), str(a.dtype)) for a in (bias, out))
        raise RuntimeError(f"self and mat2 must have the same dtype, but got {one} and {two}")
    try:
        out += bias
    except ValueError:
        raise _no_bias(bias, out) from None
    return out


def _no_bias(bias: Any, out: Any) -> RuntimeError:
    return RuntimeError(f"a bias of shape {list(bias.shape)} cannot be added to a result of shape {list(out.shape)}")


def outer(x: Any, vec2: Any) -> Any:
    """All products of an element of ``x`` and an element of ``vec2``."""
    for name, array in (("self", x), ("vec2", vec2)):
        if array.ndim != 1:
            raise RuntimeError(f"Expected 1-D argument {name}, but got {array.ndim}-D")
    return x[:, None] * vec2


def cross(x: Any, y: Any, dim: int = -1) -> Any:
    """The vector product along ``dim``, other dimensions broadcast."""
    if x.ndim != y.ndim:
        raise RuntimeError("inputs must have the same number of dimensions.")
    if x.dtype != y.dtype:
        check_dtypes(x, y)
    if not -x.ndim <= dim < x.ndim:
        raise np.exceptions.AxisError(dim, x.ndim)
    if x.shape[dim] != 3 or y.shape[dim] != 3:
        raise RuntimeError(f"inputs dimension {dim} must have length 3. Got {x.shape[dim]} and {y.shape[dim]}")
    if x.size < 2000 and y.size < 2000:
        one, two = (1, 2, 0), (2, 0, 1)
        return x.take(one, dim) * y.take(two, dim) - x.take(two, dim) * y.take(one, dim)
    (a, b, c), (p, q, r) = np.moveaxis(x, dim, 0), np.moveaxis(y, dim, 0)
    first = b * r - c * q
    out = np.empty((3, *np.shape(first)), x.dtype)
    out[0] = first
    np.subtract(c * p, a * r, out=out[1, ...])
    np.subtract(a * q, b * p, out=out[2, ...])
    return np.ascontiguousarray(np.moveaxis(out, 0, dim))


def trace(x: Any) -> Any:
    """The sum of the diagonal of a matrix; integers give int64."""
    if x.ndim != 2:
        raise RuntimeError(f"expected a matrix, but got tensor with dim {x.ndim}")
    if x.dtype.kind == "b":
        raise NotImplementedError("not implemented for bool")
    return np.trace(x, dtype=np.int64 if x.dtype.kind in "iu" else x.dtype)
