"""The Kumaraswamy distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import AffineTransform, PowerTransform
from autograd.distributions.uniform import Uniform
from autograd.distributions.utils import broadcast_all, euler_constant

__all__ = ["Kumaraswamy"]


class Kumaraswamy(TransformedDistribution):
    """A relative of the beta distribution with a closed form: ``p(x) = a b x^(a−1) (1 − x^a)^(b−1)`` on (0, 1).

    ``concentration1`` is a, ``concentration0`` b. Samples are ``(1 − u^(1/b))^(1/a)``. As
    ``torch.distributions.Kumaraswamy``, whose ``mode`` is NaN where it should be ``((a − 1)/(ab − 1))^(1/a)``: that is what
    this one gives for a, b ≥ 1.

    >>> import autograd
    >>> from autograd.distributions import Kumaraswamy
    >>> d = Kumaraswamy(autograd.tensor(2.0), autograd.tensor(2.0))
    >>> d.mean, d.log_prob(autograd.tensor(0.5))
    (tensor(0.5333), tensor(0.4055))
    """

    arg_constraints: ClassVar[Any] = {
        "concentration1": constraints.positive,
        "concentration0": constraints.positive,
    }
    support = constraints.unit_interval
    has_rsample = True

    def __init__(
        self, concentration1: Tensor | float, concentration0: Tensor | float, validate_args: bool | None = None
    ) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        base = Uniform(
            autograd.zeros_like(self.concentration0),
            autograd.ones_like(self.concentration0),
            validate_args=validate_args,
        )
        transforms = [
            PowerTransform(exponent=self.concentration0.reciprocal()),
            AffineTransform(loc=1.0, scale=-1.0),
            PowerTransform(exponent=self.concentration1.reciprocal()),
        ]
        super().__init__(base, transforms, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Kumaraswamy:
        new = self._get_checked_instance(Kumaraswamy, _instance)
        new.concentration1 = self.concentration1.expand(batch_shape)
        new.concentration0 = self.concentration0.expand(batch_shape)
        return super().expand(batch_shape, new)

    def _moment(self, n: int) -> Tensor:
        """E[xⁿ] = b B(1 + n/a, b)."""
        a, b = self.concentration1, self.concentration0
        first = 1 + n / a
        return b * (first.lgamma() + b.lgamma() - (first + b).lgamma()).exp()

    @property
    def mean(self) -> Tensor:
        return self._moment(1)

    @property
    def mode(self) -> Tensor:
        a: Any = self.concentration1
        b: Any = self.concentration0
        inside = ((a - 1) / (a * b - 1)) ** a.reciprocal()
        return autograd.where((a < 1) | (b < 1), math.nan, inside)

    @property
    def variance(self) -> Tensor:
        return self._moment(2) - self.mean.square()

    def entropy(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        harmonic = autograd.digamma(b + 1) + euler_constant
        return (1 - b.reciprocal()) + (1 - a.reciprocal()) * harmonic - a.log() - b.log()
