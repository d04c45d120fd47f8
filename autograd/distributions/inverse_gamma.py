"""The inverse gamma distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.gamma import Gamma
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import PowerTransform

__all__ = ["InverseGamma"]


class InverseGamma(TransformedDistribution):
    """The reciprocal of a gamma number: ``p(y) = β^α / Γ(α) · y^(−α−1) exp(−β/y)``: α ``concentration``, β ``rate``.

    The mean is infinite for α ≤ 1, the variance for α ≤ 2. As ``torch.distributions.InverseGamma``.

    >>> import autograd
    >>> from autograd.distributions import InverseGamma
    >>> d = InverseGamma(autograd.tensor(3.0), autograd.tensor(2.0))
    >>> d.mean, d.log_prob(autograd.tensor(1.0))
    (tensor(1.), tensor(-0.6137))
    """

    arg_constraints: ClassVar[Any] = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.positive
    has_rsample = True
    base_dist: Gamma

    def __init__(self, concentration: Tensor | float, rate: Tensor | float, validate_args: bool | None = None) -> None:
        base = Gamma(concentration, rate, validate_args=validate_args)
        super().__init__(base, PowerTransform(-base.rate.new_ones(())), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> InverseGamma:
        return super().expand(batch_shape, self._get_checked_instance(InverseGamma, _instance))

    @property
    def concentration(self) -> Tensor:
        """The shape α."""
        return self.base_dist.concentration

    @property
    def rate(self) -> Tensor:
        """The rate β of the gamma number, which is a scale here."""
        return self.base_dist.rate

    @property
    def mean(self) -> Tensor:
        return autograd.where(self.concentration > 1, self.rate / (self.concentration - 1), math.inf)

    @property
    def mode(self) -> Tensor:
        return self.rate / (self.concentration + 1)

    @property
    def variance(self) -> Tensor:
        alpha = self.concentration
        finite = self.rate.square() / ((alpha - 1).square() * (alpha - 2))
        return autograd.where(alpha > 2, finite, math.inf)

    def entropy(self) -> Tensor:
        alpha = self.concentration
        return alpha + self.rate.log() + alpha.lgamma() - (1 + alpha) * alpha.digamma()
