"""Linear algebra on (batches of) matrices: NumPy's LAPACK with PyTorch's errors, and what NumPy does not have.

NumPy has no triangular solve, no pivoted LU and no matrix exponential; they stand here, in terms of matrix products.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import LinAlgError

NAMES = {
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "float16": "Half",
    "float32": "Float",
    "float64": "Double",
}
BLOCK = 48  # up to this size LAPACK's general solver is faster than splitting a triangle


def name_of(dtype: Any) -> str:
    """PyTorch's name of a dtype in an error message."""
    return NAMES.get(str(dtype), str(dtype))


def check(A: Any, square: bool = True, low: bool = False) -> None:
    """RuntimeError where ``a`` is not a floating-point (batch of) matrices, square where so asked."""
    if A.dtype.kind not in "fc":
        raise RuntimeError(f"Expected a floating point or complex tensor as input. Got {name_of(A.dtype)}")
    if A.dtype.char == "e" and not low:
        raise RuntimeError("Low precision dtypes not supported. Got Half")
    if A.ndim < 2:
        raise RuntimeError("The input tensor A must have at least 2 dimensions.")
    if square and A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices"
        )


def check_same(A: Any, B: Any) -> None:
    """RuntimeError where the two sides of an equation differ in dtype."""
    if A.dtype != B.dtype:
        raise RuntimeError(
            "Expected A and B to have the same dtype, but found A of type "
            f"{name_of(A.dtype)} and B of type {name_of(B.dtype)} instead"
        )


def _element(index: tuple) -> str:
    """How an error names one matrix of a batch."""
    return f"(Batch element {index[0] if len(index) == 1 else index}): " if index else ""


# -- inverse, solve, determinant --------------------------------------------------------------------------------------


def inv(A: Any) -> Any:
    """The inverse; LinAlgError for a singular matrix."""
    check(A)
    try:
        return np.linalg.inv(A)
    except np.linalg.LinAlgError:
        index, place = _zero_pivot(A)
    raise LinAlgError(
        f"{_element(index)}The diagonal element {place} is zero, the inversion could not be completed because the "
        "input matrix is singular."
    )


def _zero_pivot(A: Any) -> tuple[tuple, int]:
    """Which matrix of a batch is singular, and the number (from 1) of its first zero pivot."""
    diagonal = np.diagonal(lu(A)[0], axis1=-2, axis2=-1)
    where = np.argwhere(diagonal == 0)
    first = where[0] if len(where) else np.zeros(diagonal.ndim, int)
    return tuple(int(i) for i in first[:-1]), int(first[-1]) + 1


def solve(A: Any, B: Any) -> Any:
    """``X`` with ``A X = B``, both (batches of) matrices; LinAlgError for a singular ``A``."""
    check(A)
    check_same(A, B)
    if B.ndim < 2 or A.shape[-1] != B.shape[-2]:
        (n, m), (p, q) = A.shape[-2:], (B.shape[-2:] if B.ndim > 1 else (*B.shape, 1))
        raise RuntimeError(f"Incompatible shapes of A and B for the equation AX = B ({n}x{m} and {p}x{q})")
    try:
        return np.linalg.solve(A, B)
    except np.linalg.LinAlgError:
        index, _ = _zero_pivot(A)
    raise LinAlgError(f"{_element(index)}The solver failed because the input matrix is singular.")


def solve_triangular(A: Any, B: Any, upper: bool, unitriangular: bool = False) -> Any:
    """``X`` with ``A X = B`` for a triangular ``A``, of which only that triangle is read; zeros give inf and nan."""
    check(A)
    check_same(A, B)
    if B.ndim < 2:
        raise RuntimeError("The input tensor B must have at least 2 dimensions.")
    if A.shape[-1] != B.shape[-2]:
        (n, m), (p, q) = A.shape[-2:], B.shape[-2:]
        raise RuntimeError(f"Incompatible shapes of A and B for the equation AX = B ({n}x{m} and {p}x{q})")
    if not upper:  # turned by 180° a lower triangle is an upper one, which LAPACK's LU leaves as it is
        turned = _upper(A[..., ::-1, ::-1], B[..., ::-1, :], unitriangular)
        return np.ascontiguousarray(turned[..., ::-1, :])
    return _upper(A, B, unitriangular)


def _upper(A: Any, B: Any, unit: bool) -> Any:
    """Back substitution, by halves: the lower half first, then the upper with what the lower contributes."""
    n = A.shape[-1]
    if n > BLOCK:
        half = n // 2
        below = _upper(A[..., half:, half:], B[..., half:, :], unit)
        above = _upper(A[..., :half, :half], B[..., :half, :] - A[..., :half, half:] @ below, unit)
        if above.ndim != below.ndim or above.shape[:-2] != below.shape[:-2]:
            batch = np.broadcast_shapes(above.shape[:-2], below.shape[:-2])
            above, below = (np.broadcast_to(x, batch + x.shape[-2:]) for x in (above, below))
        return np.concatenate([above, below], axis=-2)
    triangle = np.triu(A, 1)
    places = np.arange(n)
    triangle[..., places, places] = 1 if unit else A[..., places, places]
    if unit or np.all(triangle[..., places, places] != 0):
        return np.linalg.solve(triangle, B)
    out = np.array(np.broadcast_to(B, np.broadcast_shapes(A.shape[:-2], B.shape[:-2]) + B.shape[-2:]))
    for i in range(n - 1, -1, -1):
        rest = (triangle[..., i : i + 1, i + 1 :] @ out[..., i + 1 :, :])[..., 0, :]
        out[..., i, :] = (out[..., i, :] - rest) / triangle[..., i, i, None]
    return out


def det(A: Any) -> Any:
    """The determinant."""
    check(A)
    return np.linalg.det(A)


def slogdet(A: Any) -> tuple[Any, Any]:
    """Sign and logarithm of the absolute value of the determinant."""
    check(A)
    sign, value = np.linalg.slogdet(A)
    return sign, value


# -- factorizations -----------------------------------------------------------------------------------------------------


def cholesky(A: Any) -> Any:
    """The lower triangular ``L`` with ``L Lᵀ = A``, from the lower triangle of ``A``."""
    check(A)
    try:
        return np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        index, order = _first_bad_minor(A)
    raise LinAlgError(
        f"{_element(index)}The factorization could not be completed because the input is not positive-definite "
        f"(the leading minor of order {order} is not positive-definite)."
    )


def _first_bad_minor(A: Any) -> tuple[tuple, int]:
    """The first matrix of a batch that is not positive-definite, and the order of its first bad leading minor."""
    for index in np.ndindex(A.shape[:-2]):
        order = bad_minor(A[index])
        if order:
            return index, order
    return (), A.shape[-1]


def bad_minor(matrix: Any) -> int:
    """The order of the first leading minor that is not positive-definite; 0 where all are."""
    for order in range(1, len(matrix) + 1):
        try:
            np.linalg.cholesky(matrix[:order, :order])
        except np.linalg.LinAlgError:
            return order
    return 0


def qr(A: Any, mode: Any) -> tuple[Any, Any]:
    """``Q`` and ``R``; ``Q`` is empty for mode ``"r"``."""
    if mode not in {"reduced", "complete", "r"}:
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    check(A, square=False)
    if mode == "r":
        return np.empty(0, A.dtype), np.linalg.qr(A, "r")
    q, r = np.linalg.qr(A, mode)
    return q, r


def svd(A: Any, full_matrices: bool) -> tuple[Any, Any, Any]:
    """``U``, ``S``, ``Vh`` with ``A = U diag(S) Vh``; LinAlgError where ``A`` is not finite."""
    check(A, square=False)
    try:
        u, s, vh = np.linalg.svd(A, full_matrices)
    except np.linalg.LinAlgError:
        s = None
    if s is None or not np.isfinite(s).all():
        raise LinAlgError(_NOT_FINITE)
    return u, s, vh


_NOT_FINITE = "The algorithm failed to converge because the input matrix contained non-finite values."


def svdvals(A: Any) -> Any:
    """The singular values, largest first."""
    check(A, square=False)
    try:
        s = np.linalg.svd(A, compute_uv=False)
    except np.linalg.LinAlgError:
        s = None
    if s is None or not np.isfinite(s).all():
        raise LinAlgError(_NOT_FINITE)
    return s


def check_triangle(triangle: str) -> None:
    """RuntimeError where ``UPLO`` is not the name of a triangle."""
    if triangle not in {"L", "U", "l", "u"}:
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {triangle}")


def eigh(A: Any, triangle: Any) -> tuple[Any, Any]:
    """Eigenvalues, ascending, and eigenvectors of a symmetric matrix of which one triangle is read."""
    check_triangle(triangle)
    check(A)
    if not np.isfinite(A).all():
        return np.full(A.shape[:-1], np.nan, A.dtype), np.full(A.shape, np.nan, A.dtype)
    values, vectors = np.linalg.eigh(A, triangle.upper())
    return values, vectors


def eigvalsh(A: Any, triangle: Any) -> Any:
    """The eigenvalues of a symmetric matrix, ascending."""
    check_triangle(triangle)
    check(A)
    if not np.isfinite(A).all():
        return np.full(A.shape[:-1], np.nan, A.dtype)
    return np.linalg.eigvalsh(A, triangle.upper())


@np.errstate(all="ignore")
def lu(A: Any, pivot: bool = True) -> tuple[Any, Any]:
    """``L`` (below the diagonal) and ``U`` in one matrix, and the row (from 1) swapped with each; partial pivoting."""
    check(A, square=False)
    m, n = A.shape[-2:]
    work = np.array(A, order="C").reshape(math.prod(A.shape[:-2]), m, n)
    size = min(m, n)
    swaps = np.zeros((len(work), size), np.int32)
    for start in range(0, size, 32):
        stop = min(start + 32, size)
        for j in range(start, stop):
            _eliminate(work, swaps, j, stop, pivot)
        for j in range(start, stop - 1):  # the block's rows of U, then all that is to the right of it and below
            work[:, j + 1 : stop, stop:] -= work[:, j + 1 : stop, j, None] * work[:, j, None, stop:]
        work[:, stop:, stop:] -= work[:, stop:, start:stop] @ work[:, start:stop, stop:]
    return work.reshape(A.shape), swaps.reshape(A.shape[:-2] + swaps.shape[1:])


def _eliminate(work: Any, swaps: Any, j: int, stop: int, pivot: bool) -> None:
    """Column ``j`` of a block that ends at ``stop``: bring the largest element up, divide, subtract."""
    if pivot and len(work) == 1:  # without the index arrays of a batch, in half the time
        rows = work[0]
        row = j + int(np.abs(rows[j:, j]).argmax())
        if row != j:
            rows[[j, row]] = rows[[row, j]]
    elif pivot:
        every = np.arange(len(work))
        row = j + np.argmax(np.abs(work[:, j:, j]), axis=1)
        taken = work[every, row].copy()
        work[every, row] = work[:, j]
        work[:, j] = taken
    else:
        row = j
    swaps[:, j] = row + 1
    head = work[:, j, j, None]
    work[:, j + 1 :, j] /= np.where(head == 0, 1, head)
    work[:, j + 1 :, j + 1 : stop] -= work[:, j + 1 :, j, None] * work[:, j, None, j + 1 : stop]


def permutation(swaps: Any, count: int) -> Any:
    """The order of rows that swapping them one after the other leads to: ``A[order] = L U``."""
    flat = swaps.reshape(math.prod(swaps.shape[:-1]), swaps.shape[-1])
    order = np.tile(np.arange(count), (len(flat), 1))
    every = np.arange(len(flat))
    for j in range(flat.shape[1]):
        other = flat[:, j] - 1
        order[every, j], order[every, other] = order[every, other], order[every, j]
    return order.reshape(swaps.shape[:-1] + (count,))


def unpivoted(A: Any) -> tuple[Any, Any]:
    """``L`` and ``U`` of square matrices whose rows stand already in the order of their pivots."""
    packed, _ = lu(A, pivot=False)
    lower = np.tril(packed, -1) + np.eye(A.shape[-1], dtype=A.dtype)
    return lower, np.triu(packed)


# -- functions of matrices ------------------------------------------------------------------------------------------------

# Coefficients of the diagonal Padé approximant of exp of degree 13: (26 − k)! 13! / (26! k! (13 − k)!), scaled to integers.
_COUNTS = [math.factorial(26 - k) // (math.factorial(k) * math.factorial(13 - k)) for k in range(14)]
PADE = [float(count // _COUNTS[-1]) for count in _COUNTS]
THETA = 5.371920351148152  # Higham, "The scaling and squaring method for the matrix exponential revisited", 2005


def matrix_exp(A: Any) -> Any:
    """The exponential by scaling, Padé approximation of degree 13, and squaring."""
    check(A, low=True)
    if A.dtype.char == "e":
        return matrix_exp(A.astype(np.float32)).astype(np.float16)
    if A.size == 0:
        return A.copy()
    size = np.max(np.sum(np.abs(A), axis=-2), axis=-1)
    with_scale = np.isfinite(size) & (size > THETA)
    times = np.where(with_scale, np.ceil(np.log2(np.where(with_scale, size, 1) / THETA)), 0).astype(int)
    x = A * np.exp2(-times).astype(A.dtype)[..., None, None]
    one = np.eye(A.shape[-1], dtype=A.dtype)
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    c = [k / PADE[0] for k in PADE]
    odd = x @ (x6 @ (c[13] * x6 + c[11] * x4 + c[9] * x2) + c[7] * x6 + c[5] * x4 + c[3] * x2 + c[1] * one)
    even = x6 @ (c[12] * x6 + c[10] * x4 + c[8] * x2) + c[6] * x6 + c[4] * x4 + c[2] * x2 + one
    out = np.linalg.solve(even - odd, even + odd)
    for step in range(int(times.max())):
        out = np.where((times > step)[..., None, None], out @ out, out)
    return out


def tolerance(s: Any, shape: tuple, atol: Any, rtol: Any) -> Any:
    """The size below which a singular value counts as zero: ``max(atol, rtol · largest)``."""
    if rtol is None:
        rtol = 0.0 if atol is not None and np.any(np.asarray(atol) > 0) else max(shape[-2:]) * np.finfo(s.dtype).eps
    largest = np.max(s, axis=-1, initial=0, keepdims=True)
    absolute = np.asarray(0.0 if atol is None else atol, s.dtype)[..., None]
    return np.maximum(absolute, np.asarray(rtol, s.dtype)[..., None] * largest)


def pinv(A: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    """The pseudo-inverse, from the singular values (the eigenvalues of a symmetric matrix) above the tolerance."""
    check(A, square=hermitian)
    if hermitian:
        values, u = eigh(A, "L")
        s, vh = np.abs(values), np.sign(values)[..., :, None] * np.swapaxes(u, -1, -2)
    else:
        u, s, vh = svd(A, full_matrices=False)
    keep = s > tolerance(s, A.shape, atol, rtol)
    inverse = np.where(keep, 1 / np.where(keep, s, 1), 0).astype(A.dtype)
    return np.swapaxes(vh, -1, -2) @ (inverse[..., :, None] * np.swapaxes(u, -1, -2))


def lstsq(A: Any, B: Any, rcond: float | None) -> tuple[Any, Any, Any]:
    """The least-squares solution of smallest norm, the rank, and the singular values."""
    check(A, square=False)
    u, s, vh = svd(A, full_matrices=False)
    keep = s > tolerance(s, A.shape, None, rcond)
    inverse = np.where(keep, 1 / np.where(keep, s, 1), 0).astype(A.dtype)
    solution = np.swapaxes(vh, -1, -2) @ (inverse[..., :, None] * (np.swapaxes(u, -1, -2) @ B))
    return solution, np.sum(keep, axis=-1), s
