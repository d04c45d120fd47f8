"""The half-Cauchy distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.cauchy import Cauchy
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import AbsTransform

__all__ = ["HalfCauchy"]


class HalfCauchy(TransformedDistribution):
    """The absolute value of a Cauchy number of median 0: ``p(y) = 2 / (π scale (1 + (y/scale)²))`` for y ≥ 0.

    The mean and the variance are infinite. As ``torch.distributions.HalfCauchy``.

    >>> import autograd
    >>> from autograd.distributions import HalfCauchy
    >>> HalfCauchy(1.0).log_prob(autograd.tensor(0.0))
    tensor(-0.4516)
    """

    arg_constraints: ClassVar[Any] = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    base_dist: Cauchy

    def __init__(self, scale: Tensor | float, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> HalfCauchy:
        return super().expand(batch_shape, self._get_checked_instance(HalfCauchy, _instance))

    @property
    def scale(self) -> Tensor:
        """The scale of the Cauchy number, which is the median here."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        return autograd.full_like(self.scale, math.inf)

    @property
    def mode(self) -> Tensor:
        return autograd.zeros_like(self.scale)

    @property
    def variance(self) -> Tensor:
        return self.base_dist.variance

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        value = autograd.as_tensor(value, dtype=self.scale.dtype)
        density = self.base_dist.log_prob(value) + math.log(2)
        return autograd.where(value >= 0, density, -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, prob: Tensor) -> Tensor:
        return self.base_dist.icdf((prob + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)
