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
    u, s, vh = torch.linalg.svd(A, False)
    ours = np.linalg.svd(A.detach().numpy(), full)
    signs = _signs(torch, u, ours[0][..., : s.shape[-1]])
    u, vh = u * signs, vh * signs.mT
    return (
        (_completed(torch, u, ours[0]), s, _completed(torch, vh.mT, ours[2].swapaxes(-1, -2)).mT)
        if full
        else (u, s, vh)
    )


def _completed(torch, columns, ours):
    """Orthonormal columns and the missing one, whose derivative PyTorch leaves out."""
    if columns.shape[-1] == ours.shape[-1]:
        return columns
    last = torch.tensor(ours[..., -1:])
    return torch.cat([columns, last - columns @ (columns.mT @ last)], -1)


def _qr(torch, A, mode):
    q, r = torch.linalg.qr(A, mode)
    signs = _signs(torch, q, np.linalg.qr(A.detach().numpy(), mode)[0])
    return q * signs, r * signs.mT


def _slogdet(torch, A):
    sign, value = torch.linalg.slogdet(A)
    return sign.detach(), value


def _eig(torch, A):
    """Real parts, in the order and with the signs of ours."""
    values, vectors = torch.linalg.eig(A)
    ours, own = np.linalg.eig(A.detach().numpy())
    if A.numel():
        order = torch.tensor(np.abs(values.detach().real.numpy()[..., None, :] - ours[..., :, None]).argmin(-1))
        values = values.gather(-1, order)
        vectors = vectors.gather(-1, order[..., None, :].expand(vectors.shape))
    return values.real, vectors.real * _signs(torch, vectors.real, own)


def _ldl_factor(torch, A):
    LD, pivots, info = torch.linalg.ldl_factor_ex(A)
    return LD, pivots, info


def _spread(LD, pivots, B):
    """The factors for a batch: PyTorch's own broadcasting here reads beyond their memory."""
    batch = B.shape[: B.ndim - LD.ndim]
    return LD.expand((*batch, *LD.shape)).clone(), pivots.expand((*batch, *pivots.shape)).clone()


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
    "linalg_lu": lambda torch, A: tuple(torch.linalg.lu_factor_ex(A))[:2],
    "lu_order": None,
    "lu_info": None,
    "linalg_ldl_factor": _ldl_factor,
    "linalg_ldl_solve": lambda torch, LD, pivots, B: torch.linalg.ldl_solve(*_spread(LD, pivots, B), B),
    "linalg_eig": _eig,
    "linalg_eigvals": lambda torch, A: _eig(torch, A)[0],
    "cdist": _cdist,
}
