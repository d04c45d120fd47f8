"""The Gumbel distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import AffineTransform, ExpTransform
from autograd.distributions.uniform import Uniform
from autograd.distributions.utils import broadcast_all, euler_constant

__all__ = ["Gumbel"]


class Gumbel(TransformedDistribution):
    """The distribution of maxima: ``p(x) = exp(−z − e^(−z)) / scale`` with ``z = (x − loc) / scale``.

    Samples are ``loc − scale · log(−log u)`` of uniform u. As ``torch.distributions.Gumbel``.

    >>> import autograd
    >>> from autograd.distributions import Gumbel
    >>> d = Gumbel(0.0, 1.0)
    >>> d.mean, d.log_prob(autograd.tensor(0.0))
    (tensor(0.5772), tensor(-1.))
    """

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real

    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        info = autograd.finfo(self.loc.dtype)
        # Neither 0 nor 1, whose double logarithm is infinite.
        low = autograd.full_like(self.loc, float(info.tiny))
        high = autograd.full_like(self.loc, 1 - float(info.eps))
        transforms = [
            ExpTransform().inv,
            AffineTransform(loc=0, scale=-autograd.ones_like(self.scale)),
            ExpTransform().inv,
            AffineTransform(loc=loc, scale=-self.scale),
        ]
        super().__init__(Uniform(low, high, validate_args=validate_args), transforms, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Gumbel:
        new = self._get_checked_instance(Gumbel, _instance)
        new.loc = self.loc.expand(batch_shape)
        new.scale = self.scale.expand(batch_shape)
        return super().expand(batch_shape, new)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        minus_z = (self.loc - value) / self.scale
        return minus_z - minus_z.exp() - self.scale.log()

    @property
    def mean(self) -> Tensor:
        return self.loc + self.scale * euler_constant

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return self.scale * (math.pi / math.sqrt(6))

    @property
    def variance(self) -> Tensor:
        return self.stddev.square()

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + euler_constant)
