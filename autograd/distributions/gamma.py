"""The gamma distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.exp_family import ExponentialFamily
from autograd.distributions.utils import broadcast_all

__all__ = ["Gamma"]


def standard_gamma(concentration: Tensor) -> Tensor:
    """Gamma numbers of rate 1, differentiable by the shape."""
    return autograd._standard_gamma(concentration)


class Gamma(ExponentialFamily):
    """The gamma distribution, ``p(x) = β^α x^(α−1) exp(−β x) / Γ(α)``: shape ``concentration`` α and ``rate`` β.

    ``rsample`` has implicit reparameterisation gradients (Figurnov, Mohamed and Mnih, 2018). ``cdf`` is computed by
    SciPy. As ``torch.distributions.Gamma``. ValueError unless both parameters are positive.

    >>> import autograd
    >>> from autograd.distributions import Gamma
    >>> d = Gamma(autograd.tensor([1.0, 3.0]), 2.0)
    >>> d.log_prob(autograd.tensor(1.0)), d.mean
    (tensor([-1.3069, -0.6137]), tensor([0.5000, 1.5000]))
    """

    arg_constraints: ClassVar[Any] = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(self, concentration: Tensor | float, rate: Tensor | float, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Gamma:
        return self._expanded(Gamma, batch_shape, _instance, "concentration", "rate")

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate.square()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        value = standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        return value.clamp(min=autograd.finfo(value.dtype).tiny)  # not 0, whose logarithm is infinite

    def log_prob(self, value: Tensor) -> Tensor:
        value = autograd.as_tensor(value, dtype=self.rate.dtype)
        if self._validate_args:
            self._validate_sample(value)
        return (
            autograd.xlogy(self.concentration, self.rate)
            + autograd.xlogy(self.concentration - 1, value)
            - self.rate * value
            - autograd.lgamma(self.concentration)
        )

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return autograd.special.gammainc(self.concentration, self.rate * value)

    def entropy(self) -> Tensor:
        alpha = self.concentration
        return alpha - self.rate.log() + autograd.lgamma(alpha) + (1.0 - alpha) * autograd.digamma(alpha)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        power, slope = natural_params
        return autograd.lgamma(power + 1) + (power + 1) * autograd.log(-slope.reciprocal())
