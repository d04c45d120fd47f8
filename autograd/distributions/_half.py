"""What the absolute values of numbers that are symmetric around 0 share."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.transformed_distribution import TransformedDistribution


class Half(TransformedDistribution):
    """The absolute value of a number from ``base_dist``, which has the location 0 and a ``scale``.

    Where that has the density p and the distribution function F, this has 2p and 2F − 1 from 0 on.
    """

    arg_constraints: ClassVar[Any] = {"scale": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    base_dist: Any

    @property
    def scale(self) -> Tensor:
        """The scale of the number whose absolute value this is."""
        return self.base_dist.scale

    @property
    def mode(self) -> Tensor:
        return autograd.zeros_like(self.scale)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self._log_density(value)

    def _log_density(self, value: Tensor) -> Tensor:
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
