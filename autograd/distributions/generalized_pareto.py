"""The generalized Pareto distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all

__all__ = ["GeneralizedPareto"]


class GeneralizedPareto(Distribution):
    """Excesses over a threshold: ``P(X > x) = (1 + ξ z)^(−1/ξ)`` with ``z = (x − loc) / scale``, e^(−z) for ξ = 0.

    ξ is ``concentration``; the support ends at ``loc − scale/ξ`` where it is negative. The mean is NaN for ξ ≥ 1, the
    variance for ξ ≥ ½. As ``torch.distributions.GeneralizedPareto``.

    >>> import autograd
    >>> from autograd.distributions import GeneralizedPareto
    >>> d = GeneralizedPareto(0.0, 1.0, 0.25)
    >>> d.mean, d.cdf(autograd.tensor(1.0))
    (tensor(1.3333), tensor(0.5904))
    """

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real,
        "scale": constraints.positive,
        "concentration": constraints.real,
    }
    has_rsample = True

    def __init__(
        self,
        loc: Tensor | float,
        scale: Tensor | float,
        concentration: Tensor | float,
        validate_args: bool | None = None,
    ) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> GeneralizedPareto:
        return self._expanded(GeneralizedPareto, batch_shape, _instance, "loc", "scale", "concentration")

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(autograd.rand(self._extended_shape(sample_shape), dtype=self.loc.dtype))

    def _shape(self) -> tuple[Tensor, Tensor]:
        """Where ξ counts as 0, and ξ with 1 in those places, so that neither branch divides by 0."""
        is_zero = autograd.isclose(self.concentration, autograd.zeros_like(self.concentration))
        return is_zero, autograd.where(is_zero, 1.0, self.concentration)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        is_zero, shape = self._shape()
        power: Any = 1 / shape + 1
        # At ξ = −1 the density is flat up to the end, where the logarithm is infinite: 0 · ∞ has to be 0.
        general = autograd.where(power == 0, 0.0, power * autograd.log1p(shape * z))
        return -self.scale.log() - autograd.where(is_zero, z, general)

    def log_survival_function(self, value: Tensor) -> Tensor:
        """The logarithm of ``P(X > value)``."""
        if self._validate_args:
            self._validate_sample(value)
        z = (value - self.loc) / self.scale
        is_zero, shape = self._shape()
        return autograd.where(is_zero, -z, -autograd.log1p(shape * z) / shape)

    def log_cdf(self, value: Tensor) -> Tensor:
        """The logarithm of ``cdf``."""
        return autograd.log1p(-autograd.exp(self.log_survival_function(value)))

    def cdf(self, value: Tensor) -> Tensor:
        return autograd.exp(self.log_cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        log_survival = autograd.log1p(-value)
        is_zero, shape = self._shape()
        general = self.loc + self.scale / shape * autograd.expm1(-shape * log_survival)
        return autograd.where(is_zero, self.loc - self.scale * log_survival, general)

    @property
    def mean(self) -> Tensor:
        exists = self.concentration < 1
        shape = autograd.where(exists, self.concentration, 0.5)
        return autograd.where(exists, self.loc + self.scale / (1 - shape), math.nan)

    @property
    def variance(self) -> Tensor:
        exists = self.concentration < 0.5
        shape = autograd.where(exists, self.concentration, 0.25)
        inside = self.scale.square() / ((1 - shape).square() * (1 - 2 * shape))
        return autograd.where(exists, inside, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    def entropy(self) -> Tensor:
        return self.scale.log() + self.concentration + 1

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        end = self.loc - self.scale / self.concentration
        return constraints.interval(self.loc, autograd.where(self.concentration < 0, end, math.inf))
