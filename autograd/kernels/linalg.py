"""Linear algebra on (batches of) matrices: NumPy's LAPACK with PyTorch's errors, and what NumPy does not have.

NumPy has no matrix exponential; it stands here, in terms of matrix products. Triangular systems are in ``triangular``,
LU and LDLᵀ in ``lu``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.errors import LinAlgError
from autograd.kernels.lu import first_zero, lu
from autograd.kernels.triangular import back_substitution

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


def name_of(dtype: Any) -> str:
    """PyTorch's name of a dtype in an error message."""
    return NAMES.get(str(dtype), str(dtype))


def check(A: Any, square: bool = True, low: bool = False, error: type[Exception] = RuntimeError) -> None:
    """RuntimeError where ``A`` is not a floating-point (batch of) matrices, square where so asked."""
    if A.dtype.kind not in "fc":
        raise error(f"Expected a floating point or complex tensor as input. Got {name_of(A.dtype)}")
    if A.dtype.char == "e" and not low:
        raise NotImplementedError("Low precision dtypes not supported. Got Half")
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


def element(bad: Any) -> str:
    """How an error names the first matrix of a batch for which ``bad`` is not 0: counted through the whole batch."""
    return f"(Batch element {int(np.argmax(np.asarray(bad) != 0))}): " if np.ndim(bad) else ""


# -- inverse, solve, determinant --------------------------------------------------------------------------------------


def inv(A: Any) -> Any:
    """The inverse; LinAlgError for a singular matrix."""
    check(A)
    try:
        return np.linalg.inv(A)
    except np.linalg.LinAlgError:
        info = first_zero(lu(A)[0])
    raise LinAlgError(
        f"{element(info)}The diagonal element {first(info)} is zero, the inversion could not be completed because the "
        "input matrix is singular."
    )


def first(info: Any) -> int:
    """The first entry that is not 0."""
    flat = np.ravel(info)
    return int(flat[np.argmax(flat != 0)])


def singular(A: Any) -> Any:
    """For each matrix 0 or the number (from 1) of its first zero pivot, as int32; without LU where none is singular."""
    try:
        regular = A.size == 0 or bool(np.isfinite(np.linalg.inv(A)).all())
    except np.linalg.LinAlgError:
        regular = False
    return np.zeros(A.shape[:-2], np.int32)[()] if regular else first_zero(lu(A)[0])


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
        info = first_zero(lu(A)[0])
    raise LinAlgError(f"{element(info)}The solver failed because the input matrix is singular.")


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
        turned = back_substitution(A[..., ::-1, ::-1], B[..., ::-1, :], unitriangular)
        return np.ascontiguousarray(turned[..., ::-1, :])
    return back_substitution(A, B, unitriangular)


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
        info = bad_minors(A)
    raise LinAlgError(
        f"{element(info)}The factorization could not be completed because the input is not positive-definite "
        f"(the leading minor of order {first(info)} is not positive-definite)."
    )


def bad_minors(A: Any) -> Any:
    """For each matrix the order of its first leading minor that is not positive-definite, or 0; as int32."""
    info = np.zeros(A.shape[:-2], np.int32)
    if not _positive(A):
        for index in np.ndindex(info.shape):
            info[index] = _bad_minor(A[index])
    return info[()]


def _positive(A: Any) -> bool:
    try:
        return bool(np.isfinite(np.linalg.cholesky(A)).all())
    except np.linalg.LinAlgError:
        return False


def _bad_minor(matrix: Any) -> int:
    """The order of the first leading minor that is not positive-definite, found by halving; 0 where all are."""
    if _positive(matrix):
        return 0
    good, bad = 0, len(matrix)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if _positive(matrix[:middle, :middle]) else (good, middle)
    return bad


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


def geqrf(A: Any) -> tuple[Any, Any]:
    """``R`` on and above the diagonal, the Householder vectors below it, and their factors."""
    if A.ndim < 2:
        raise RuntimeError("input must have at least 2 dimensions.")
    check(A, square=False)
    h, tau = np.linalg.qr(A, "raw")
    return np.ascontiguousarray(np.swapaxes(h, -1, -2)).astype(A.dtype, copy=False), tau.astype(A.dtype, copy=False)


def svd(A: Any, full_matrices: bool) -> tuple[Any, Any, Any]:
    """``U``, ``S``, ``Vh`` with ``A = U diag(S) Vh``; LinAlgError where ``A`` is not finite."""
    check(A, square=False)
    if not np.isfinite(A).all():
        raise _not_finite(A)
    try:
        u, s, vh = np.linalg.svd(A, full_matrices)
    except np.linalg.LinAlgError:
        raise LinAlgError("The algorithm failed to converge.") from None
    return u, s, vh


def _not_finite(A: Any) -> LinAlgError:
    bad = ~np.isfinite(A).all(axis=(-2, -1))
    return LinAlgError(
        f"{element(bad)}The algorithm failed to converge because the input matrix contained non-finite values."
    )


def svdvals(A: Any) -> Any:
    """The singular values, largest first."""
    check(A, square=False)
    if not np.isfinite(A).all():
        raise _not_finite(A)
    try:
        return np.linalg.svd(A, compute_uv=False)
    except np.linalg.LinAlgError:
        raise LinAlgError("The algorithm failed to converge.") from None


def check_triangle(triangle: str) -> None:
    """RuntimeError where ``UPLO`` is not the name of a triangle."""
    if triangle not in {"L", "U", "l", "u"}:
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {triangle}")


def eigh(A: Any, triangle: Any) -> tuple[Any, Any]:
    """Eigenvalues, ascending, and eigenvectors of a symmetric matrix of which one triangle is read."""
    check_triangle(triangle)
    check(A, error=NotImplementedError)
    bad = _infinite(A)
    values, vectors = np.linalg.eigh(_one_for(bad, A), triangle.upper())
    if bad is not None:
        values[bad], vectors[bad] = np.nan, np.nan
    return values, vectors


def _infinite(A: Any) -> Any:
    """Which matrices have an element that is not finite; None where there are none, the usual case."""
    return None if np.isfinite(A).all() else ~np.isfinite(A).all(axis=(-2, -1))


def _one_for(bad: Any, A: Any) -> Any:
    """``A`` with the identity in place of the ``bad`` matrices."""
    return A if bad is None else np.where(bad[..., None, None], np.eye(A.shape[-1], dtype=A.dtype), A)


def eigvalsh(A: Any, triangle: Any) -> Any:
    """The eigenvalues of a symmetric matrix, ascending."""
    check_triangle(triangle)
    check(A, error=NotImplementedError)
    bad = _infinite(A)
    values = np.linalg.eigvalsh(_one_for(bad, A), triangle.upper())
    if bad is not None:
        values[bad] = np.nan
    return values


def _check_eig(A: Any) -> None:
    check(A)
    if not np.isfinite(A).all():
        raise RuntimeError("input tensor should not contain infs or NaNs.")


def _real_values(values: Any) -> Any:
    """Eigenvalues that are real as real numbers; NotImplementedError for complex ones."""
    if values.dtype.kind != "c":
        return values
    count = int(np.count_nonzero(values.imag))
    if count:
        raise NotImplementedError(
            f"{count} of {values.size} eigenvalues are complex, and complex numbers are not supported; "
            "symmetric matrices have real eigenvalues: see linalg.eigh"
        )
    return np.ascontiguousarray(values.real)


def eig(A: Any) -> tuple[Any, Any]:
    """Eigenvalues, in LAPACK's order, and eigenvectors of length 1; NotImplementedError where some are complex."""
    _check_eig(A)
    values, vectors = np.linalg.eig(A)
    return _real_values(values), np.ascontiguousarray(vectors.real)


def eigvals(A: Any) -> Any:
    """The eigenvalues, in LAPACK's order; NotImplementedError where some are complex."""
    _check_eig(A)
    return _real_values(np.linalg.eigvals(A))


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


def lstsq(A: Any, B: Any, rcond: float | None, values: bool = True) -> tuple[Any, Any, Any]:
    """The least-squares solution of smallest norm, the rank, and the singular values (nothing unless ``values``)."""
    check(A, square=False)
    if not values:
        solution = _full_rank(A, B, rcond)
        if solution is not None:
            return solution, np.full(A.shape[:-2], min(A.shape[-2:]))[()], np.empty(0, A.dtype)
    u, s, vh = svd(A, full_matrices=False)
    keep = s > tolerance(s, A.shape, None, rcond)
    inverse = np.where(keep, 1 / np.where(keep, s, 1), 0).astype(A.dtype)
    solution = np.swapaxes(vh, -1, -2) @ (inverse[..., :, None] * (np.swapaxes(u, -1, -2) @ B))
    return solution, np.sum(keep, axis=-1), s if values else np.empty(0, A.dtype)


def _full_rank(A: Any, B: Any, rcond: float | None) -> Any:
    """The solution by QR where the rank is surely full, in a fraction of the time; else None."""
    m, n = A.shape[-2:]
    if A.size == 0 or not np.isfinite(A).all():
        return None
    q, r = np.linalg.qr(A if m >= n else np.swapaxes(A, -1, -2))
    try:
        inverse = np.linalg.inv(r)
    except np.linalg.LinAlgError:
        return None
    condition = np.abs(r).sum(-2).max(-1) * np.abs(inverse).sum(-2).max(-1)  # at most n times less than that of s
    bound = max(m, n) * float(np.finfo(A.dtype).eps) if rcond is None else float(np.max(rcond))
    if not np.all(condition * min(m, n) * bound < 1):
        return None
    if m >= n:
        return inverse @ (np.swapaxes(q, -1, -2) @ B)
    return q @ (np.swapaxes(inverse, -1, -2) @ B)
