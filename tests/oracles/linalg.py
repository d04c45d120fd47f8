"""How PyTorch computes the operations of linear algebra. Signs of eigenvectors and singular vectors are NumPy's."""

import numpy as np


def _signs(torch, theirs, ours):
    """1 or -1 for each column, so that ``theirs`` point as ``ours`` do."""
    return torch.sign((theirs.detach() * torch.tensor(ours)).sum(-2, keepdim=True))


def _eigh(torch, A, triangle):
    values, vectors = torch.linalg.eigh(A, triangle)
    ours = np.linalg.eigh(A.detach().numpy(), triangle)[1]
    return values, vectors * _signs(torch, vectors, ours)


def _svd(torch, A, full):
    u, s, vh = torch.linalg.svd(A, full)
    signs = _signs(torch, u, np.linalg.svd(A.detach().numpy(), full)[0])
    return u * signs, s, vh * signs.mT


def _qr(torch, A, mode):
    q, r = torch.linalg.qr(A, mode)
    signs = _signs(torch, q, np.linalg.qr(A.detach().numpy(), mode)[0])
    return q * signs, r * signs.mT


def _slogdet(torch, A):
    sign, value = torch.linalg.slogdet(A)
    return sign.detach(), value


def _lu(torch, A):
    _, lower, upper = torch.linalg.lu(A)
    return lower, upper


def _lstsq(torch, A, B, rcond):
    solution = torch.linalg.pinv(A) @ B
    return solution, torch.linalg.matrix_rank(A), torch.linalg.svdvals(A).detach()


def _cdist(torch, x, y, p, by_product):
    if x.requires_grad and p != 2:  # PyTorch has no double backward here, and is compared at first order only
        return torch.cdist(x, y, p)
    mode = "use_mm_for_euclid_dist" if by_product else "donot_use_mm_for_euclid_dist"
    return torch.cdist(x, y, p, mode)


ORACLES = {
    "linear": lambda torch, x, weight, bias=None: torch.nn.functional.linear(x, weight, bias),
    "linalg_cross": lambda torch, x, y, dim=-1: torch.linalg.cross(x, y, dim=dim),
    "einsum": lambda torch, operands, equation: torch.einsum(equation, *operands),
    "einsum_diagonal": lambda torch, x, pattern: torch.einsum(x, list(pattern), sorted(set(pattern))),
    "einsum_embed": None,
    "linalg_inv": lambda torch, A: torch.linalg.inv(A),
    "linalg_solve": lambda torch, A, B: torch.linalg.solve(A, B),
    "linalg_solve_triangular": lambda torch, A, B, upper, unitriangular=False: torch.linalg.solve_triangular(
        A, B, upper=upper, unitriangular=unitriangular
    ),
    "linalg_pinv": lambda torch, A: torch.linalg.pinv(A),
    "linalg_lstsq": _lstsq,
    "linalg_det": lambda torch, A: torch.linalg.det(A),
    "linalg_slogdet": _slogdet,
    "linalg_matrix_exp": lambda torch, A: torch.linalg.matrix_exp(A),
    "linalg_cholesky": lambda torch, A: torch.linalg.cholesky(A),
    "linalg_eigh": _eigh,
    "linalg_eigvalsh": lambda torch, A, triangle: torch.linalg.eigvalsh(A, triangle),
    "linalg_svd": _svd,
    "linalg_svdvals": lambda torch, A: torch.linalg.svdvals(A),
    "linalg_qr": _qr,
    "linalg_lu": _lu,
    "cdist": _cdist,
}
