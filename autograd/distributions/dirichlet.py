"""The Dirichlet distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import one_hot
from autograd.distributions.exp_family import ExponentialFamily

__all__ = ["Dirichlet"]


class Dirichlet(ExponentialFamily):
    """The Dirichlet distribution on the simplex, ``p(x) = Γ(Σ αᵢ) Π xᵢ^(αᵢ−1) / Γ(αᵢ)``, of ``concentration`` α (…, K).

    ``rsample`` has implicit reparameterisation gradients, each coordinate's from its beta marginal. As
    ``torch.distributions.Dirichlet``. ValueError unless ``concentration`` is positive and has a dimension.

    >>> import autograd
    >>> from autograd.distributions import Dirichlet
    >>> d = Dirichlet(autograd.tensor([1.0, 2.0, 1.0]))
    >>> d.log_prob(autograd.tensor([0.2, 0.5, 0.3])), d.mean
    (tensor(1.0986), tensor([0.2500, 0.5000, 0.2500]))
    """

    arg_constraints: ClassVar[Any] = {"concentration": constraints.independent(constraints.positive, 1)}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Dirichlet:
        return self._expanded(Dirichlet, batch_shape, _instance, concentration=1)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        """The mode; where every concentration is below 1, one of the corners."""
        above = (self.concentration - 1).clamp(min=0.0)
        mode = above / above.sum(-1, True)
        corner = one_hot(mode.argmax(-1), self.concentration.shape[-1], mode.dtype)
        return autograd.where((self.concentration < 1).all(-1).unsqueeze(-1), corner, mode)

    @property
    def variance(self) -> Tensor:
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.square() * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return autograd._sample_dirichlet(self.concentration.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        alpha = self.concentration
        powers = autograd.xlogy(alpha - 1.0, value).sum(-1)
        return powers + autograd.lgamma(alpha.sum(-1)) - autograd.lgamma(alpha).sum(-1)

    def entropy(self) -> Tensor:
        alpha = self.concentration
        total = alpha.sum(-1)
        return (
            autograd.lgamma(alpha).sum(-1)
            - autograd.lgamma(total)
            - (alpha.shape[-1] - total) * autograd.digamma(total)
            - ((alpha - 1.0) * autograd.digamma(alpha)).sum(-1)
        )

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.concentration,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        (alpha,) = natural_params
        return autograd.lgamma(alpha).sum(-1) - autograd.lgamma(alpha.sum(-1))
