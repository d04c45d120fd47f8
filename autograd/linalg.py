"""Linear algebra on batches of matrices, with gradients of any order. As ``torch.linalg``.

A matrix is what stands in the last two dimensions; all others are batches. Results of several parts are named tuples.

>>> import autograd
>>> A = autograd.tensor([[4.0, 2.0], [2.0, 3.0]], requires_grad=True)
>>> autograd.linalg.det(A).backward()
>>> A.grad
tensor([[ 3., -2.],
        [-2.,  4.]])
"""

from autograd.api.decompositions import (
    cholesky,
    cholesky_ex,
    eig,
    eigh,
    eigvals,
    eigvalsh,
    qr,
    svd,
    svdvals,
)
from autograd.api.householder import householder_product
from autograd.api.linalg import (
    cross,
    det,
    diagonal,
    inv,
    inv_ex,
    lstsq,
    matrix_exp,
    pinv,
    slogdet,
    solve,
    solve_ex,
    solve_triangular,
    tensorinv,
    tensorsolve,
    vander,
    vecdot,
)
from autograd.api.lu import ldl_factor, ldl_factor_ex, ldl_solve, lu, lu_factor, lu_factor_ex, lu_solve
from autograd.api.matmul import matmul, matrix_power, multi_dot
from autograd.api.norms import cond, matrix_norm, matrix_rank, norm, vector_norm
from autograd.errors import LinAlgError

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "ldl_factor",
    "ldl_factor_ex",
    "ldl_solve",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
