"""The LKJ distribution of correlation matrices, by their Cholesky factors."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions.beta import Beta
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all

__all__ = ["LKJCholesky"]


class LKJCholesky(Distribution):
    """Cholesky factors L of ``dim`` × ``dim`` correlation matrices R with density ``∝ |R|^(η−1)`` over R.

    ``concentration`` η = 1 is uniform over correlation matrices, larger is closer to the identity. Over the factors the
    density is ``∝ ∏_i L_ii^(D − i + 2η − 2)``, i = 2 … D. Samples by the onion method (Lewandowski, Kurowicka and Joe
    2009). As ``torch.distributions.LKJCholesky``, but its samples follow its density also for ``dim > 2``, where PyTorch's
    are too wide. ValueError for ``dim < 2``.

    >>> import autograd
    >>> from autograd.distributions import LKJCholesky
    >>> d = LKJCholesky(2, 1.0)
    >>> d.sample((3,)).shape, d.log_prob(autograd.eye(2))
    (autograd.Size([3, 2, 2]), tensor(-0.6931))
    """

    arg_constraints: ClassVar[Any] = {"concentration": constraints.positive}
    support = constraints.corr_cholesky

    def __init__(self, dim: int, concentration: Tensor | float = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        # The squared distance of row i from the last axis is Beta(i/2, η + (D − i − 1)/2); the first row's is not used.
        step = autograd.arange(-1, dim - 1, dtype=self.concentration.dtype).clamp(min=0) / 2
        top = (self.concentration + (dim - 2) / 2).unsqueeze(-1) - step
        self._beta = Beta(step + 0.5, top, validate_args=False)
        super().__init__(self.concentration.shape, Size((dim, dim)), validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> LKJCholesky:
        new = self._expanded(LKJCholesky, batch_shape, _instance, "concentration")
        new.dim = self.dim
        new._beta = self._beta.expand(Size((*batch_shape, self.dim)))
        return new

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with autograd.no_grad():
            share = self._beta.sample(sample_shape).unsqueeze(-1)
            below = autograd.randn(self._extended_shape(sample_shape), dtype=share.dtype).tril(-1)
            norm = below.square().sum(-1, keepdim=True).sqrt()
            # The first row has nothing below the diagonal: 0 / 1.
            direction = below / autograd.where(norm == 0, 1.0, norm)
            factor = share.sqrt() * direction
            rest = (1 - factor.square().sum(-1)).clamp(min=float(autograd.finfo(share.dtype).tiny))
            return factor + rest.sqrt().diag_embed()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        diagonal = value.diagonal(dim1=-2, dim2=-1)[..., 1:]
        eta, others = self.concentration, self.dim - 1
        powers = 2 * (eta - 1).unsqueeze(-1) + autograd.arange(others - 1, -1, -1, dtype=eta.dtype)
        alpha = eta + 0.5 * others
        normalizer = (
            0.5 * others * math.log(math.pi) + autograd.mvlgamma(alpha - 0.5, others) - others * autograd.lgamma(alpha)
        )
        return (powers * diagonal.log()).sum(-1) - normalizer
