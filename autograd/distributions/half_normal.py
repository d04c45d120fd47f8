"""The half-normal distribution."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor
from autograd.distributions._half import Half
from autograd.distributions.normal import Normal
from autograd.distributions.transforms import AbsTransform

__all__ = ["HalfNormal"]


class HalfNormal(Half):
    """The absolute value of a normal number of mean 0: ``p(y) = √(2/π) exp(−y² / (2 scale²)) / scale`` for y ≥ 0.

    As ``torch.distributions.HalfNormal``.

    >>> import autograd
    >>> from autograd.distributions import HalfNormal
    >>> d = HalfNormal(1.0)
    >>> d.mean, d.log_prob(autograd.tensor(0.0))
    (tensor(0.7979), tensor(-0.2258))
    """

    base_dist: Normal

    def __init__(self, scale: Tensor | float, validate_args: bool | None = None) -> None:
        super().__init__(Normal(0, scale, validate_args=False), AbsTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> HalfNormal:
        return super().expand(batch_shape, self._get_checked_instance(HalfNormal, _instance))

    @property
    def mean(self) -> Tensor:
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def variance(self) -> Tensor:
        return self.scale.square() * (1 - 2 / math.pi)
