"""The half-Cauchy distribution."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor
from autograd.distributions._half import Half
from autograd.distributions.cauchy import Cauchy
from autograd.distributions.transforms import AbsTransform

__all__ = ["HalfCauchy"]


class HalfCauchy(Half):
    """The absolute value of a Cauchy number of median 0: ``p(y) = 2 / (π scale (1 + (y/scale)²))`` for y ≥ 0.

    The mean and the variance are infinite. As ``torch.distributions.HalfCauchy``.

    >>> import autograd
    >>> from autograd.distributions import HalfCauchy
    >>> HalfCauchy(1.0).log_prob(autograd.tensor(0.0))
    tensor(-0.4516)
    """

    base_dist: Cauchy

    def __init__(self, scale: Tensor | float, validate_args: bool | None = None) -> None:
        super().__init__(Cauchy(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> HalfCauchy:
        return super().expand(batch_shape, self._get_checked_instance(HalfCauchy, _instance))

    @property
    def mean(self) -> Tensor:
        return autograd.full_like(self.scale, math.inf)

    @property
    def variance(self) -> Tensor:
        return self.base_dist.variance

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self._log_density(autograd.as_tensor(value, dtype=self.scale.dtype))
