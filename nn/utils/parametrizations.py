"""Parametrisations of weights: orthogonal, of unit spectral norm, of separate length and direction.

As ``torch.nn.utils.parametrizations``.
"""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, linalg, no_grad
from nn.module import Module
from nn.utils import parametrize
from nn.utils.normalising import as_matrix, channel_dim, unit

MAPS = ("matrix_exp", "cayley", "householder")


def _named_tensor(module: Module, name: str) -> Tensor:
    found = getattr(module, name, None)
    if not isinstance(found, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return found


# -- orthogonal matrices --------------------------------------------------------------------------------------------


def _is_orthogonal(q: Tensor) -> bool:
    n, k = q.shape[-2:]
    tolerance = 10.0 * n * autograd.finfo(q.dtype).eps
    return bool(autograd.allclose(q.mT @ q, autograd.eye(k, dtype=q.dtype), atol=tolerance))


def _make_orthogonal(a: Tensor) -> Tensor:
    """The orthogonal factor of the QR decomposition whose R has a positive diagonal."""
    x, tau = autograd.geqrf(a)
    return linalg.householder_product(x, tau) * x.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)


class _Orthogonal(Module):
    """An orthogonal matrix as a function of an unconstrained one, by one of three maps.

    With a trivialisation (Lezcano-Casado, 2019) the map is taken around ``base``, the matrix assigned last.
    """

    base: Any

    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        """The orthogonal matrix, or where there are fewer rows than columns its first rows."""
        transposed = X.shape[-2] < X.shape[-1]
        X = X.mT if transposed else X
        q = self._householder(X) if self.orthogonal_map == "householder" else self._skew(X)
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if transposed else q

    def _skew(self, X: Tensor) -> Tensor:
        """exp(A), or the Cayley transform (I − A/2)⁻¹ (I + A/2), of the skew-symmetric A that X's lower half gives."""
        n, k = X.shape[-2:]
        X = X.tril()
        if n != k:
            X = autograd.cat([X, X.new_zeros(*X.shape[:-2], n, n - k)], dim=-1)
        A = X - X.mT
        if self.orthogonal_map == "matrix_exp":
            q = autograd.matrix_exp(A)
        else:
            identity = autograd.eye(n, dtype=A.dtype)
            q = linalg.solve(autograd.add(identity, A, alpha=-0.5), autograd.add(identity, A, alpha=0.5))
        return q if n == k else q[..., :k]

    def _householder(self, X: Tensor) -> Tensor:
        """The product of the reflections that stand below X's diagonal, with the signs that stand on it."""
        A = X.tril(diagonal=-1)
        tau = 2.0 / (1.0 + (A * A).sum(dim=-2))
        q = linalg.householder_product(A, tau)
        return q * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    def right_inverse(self, Q: Tensor) -> Tensor:
        """What the forward map makes ``Q`` of (the nearest that QR gives, where Q is not orthogonal)."""
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}."
            )
        with no_grad():
            return self._around_base(Q) if hasattr(self, "base") else self._reflections(Q)

    def _reflections(self, Q: Tensor) -> Tensor:
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                "use_trivialization=False."
            )
        transposed = Q.shape[-2] < Q.shape[-1]
        A, tau = autograd.geqrf(Q.mT if transposed else Q)
        signs = A.diagonal(dim1=-2, dim2=-1).sign()
        A = A.clone()
        A.diagonal(dim1=-2, dim2=-1).copy_(autograd.where(tau == 0.0, -signs, signs))
        return A.mT if transposed else A

    def _around_base(self, Q: Tensor) -> Tensor:
        """Make ``Q`` the base; what the map sends to the identity (all three send −I there) is the answer."""
        start = autograd.zeros_like(Q)
        transposed = Q.shape[-2] < Q.shape[-1]
        Q = Q.mT if transposed else Q
        n, k = Q.shape[-2:]
        if n != k:
            Q = autograd.cat([Q, autograd.randn(*Q.shape[:-2], n, n - k, dtype=Q.dtype)], dim=-1)
        self.base = Q.clone() if n == k and _is_orthogonal(Q) else _make_orthogonal(Q)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep a matrix (or a batch of matrices) of a module orthogonal; returns the module.

    ``orthogonal_map``: "matrix_exp" (the default for square ones), "cayley" or "householder" (the default for others).
    With ``use_trivialization`` the tensor can be assigned. As ``torch.nn.utils.parametrizations.orthogonal``; ValueError
    for an unknown map, a name that the module does not have, or fewer than two dimensions.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(3, 2))
    >>> bool(autograd.allclose(layer.weight @ layer.weight.T, autograd.eye(2), atol=1e-6))
    True
    """
    weight = _named_tensor(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    map_ = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return parametrize.register_parametrization(module, name, map_, unsafe=True)


# -- length and direction -------------------------------------------------------------------------------------------


class _WeightNorm(Module):
    """``g v / ‖v‖`` for each entry along ``dim``."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        """The weight."""
        return weight_v * (weight_g / autograd.norm_except_dim(weight_v, 2, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Its lengths, and itself as direction."""
        return autograd.norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn the lengths (``original0``) and the directions (``original1``) of a weight apart: w = g v / ‖v‖.

    One length for each entry along ``dim``, or with None one for all; returns the module. State dicts of the older
    ``nn.utils.weight_norm`` can be loaded. As ``torch.nn.utils.parametrizations.weight_norm`` (Salimans and Kingma,
    2016).

    >>> import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    >>> layer.parametrizations.weight.original0.shape
    autograd.Size([2, 1])
    """
    parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module._register_load_state_dict_pre_hook(_Older(name))
    return module


class _Older:
    """The hook that reads the older form's ``NAME_g`` and ``NAME_v`` from a state dict."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, state_dict: dict, prefix: str, *args: Any) -> None:
        old = [f"{prefix}{self.name}{end}" for end in ("_g", "_v")]
        if all(key in state_dict for key in old):
            for place, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{self.name}.original{place}"] = state_dict.pop(key)


# -- spectral norm --------------------------------------------------------------------------------------------------


class _SpectralNorm(Module):
    """The weight over its largest singular value, which power iterations approach from call to call."""

    _u: Any
    _v: Any

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps = dim % ndim, eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            with no_grad():
                matrix = as_matrix(weight.detach(), self.dim)
                for name, size in zip(("_u", "_v"), matrix.shape, strict=True):
                    self.register_buffer(name, matrix.new_empty(size).normal_(0, 1))
                self._u, self._v = unit(self._u, eps), unit(self._v, eps)
            self._iterate(matrix, 15)

    def _iterate(self, matrix: Tensor, count: int) -> None:
        """So many steps towards the singular vectors of the largest singular value."""
        with no_grad():
            for _ in range(count):
                self._u.copy_(unit(autograd.mv(matrix, self._v), self.eps))
                self._v.copy_(unit(autograd.mv(matrix.T, self._u), self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        """The weight over uᵀ W v; for a vector, over its length."""
        if weight.ndim == 1:
            return unit(weight, self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._iterate(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # those that backward needs, while the next call goes on
        return weight / autograd.vdot(u, autograd.mv(matrix, v))

    def right_inverse(self, value: Tensor) -> Tensor:
        """The value itself."""
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a weight by its largest singular value, estimated by power iterations; returns the module.

    The weight is taken as a matrix of ``dim`` (1 for transposed convolutions, else 0) by the rest; each forward in
    training makes ``n_power_iterations`` more. As ``torch.nn.utils.parametrizations.spectral_norm`` (Miyato et al.,
    2018); IndexError for ``dim`` out of range, ValueError for a name that the module does not have.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3))
    >>> round(autograd.linalg.matrix_norm(layer.weight, 2).item(), 2)
    1.0
    """
    weight = _named_tensor(module, name)
    dim = channel_dim(module) if dim is None else dim
    return parametrize.register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))


__all__ = ["orthogonal", "spectral_norm", "weight_norm"]
