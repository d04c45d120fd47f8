"""The Poisson distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.exp_family import ExponentialFamily
from autograd.distributions.utils import broadcast_all

__all__ = ["Poisson"]


class Poisson(ExponentialFamily):
    """Counts at a mean of ``rate`` λ: ``P(k) = λ^k e^−λ / k!``.

    As ``torch.distributions.Poisson``, which has no entropy either. ValueError for a negative rate.

    >>> import autograd
    >>> from autograd.distributions import Poisson
    >>> d = Poisson(autograd.tensor([1.0, 4.0]))
    >>> d.log_prob(autograd.tensor(2.0)), d.mode
    (tensor([-1.6931, -1.9206]), tensor([1., 4.]))
    """

    arg_constraints: ClassVar[Any] = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Tensor | float, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Poisson:
        return self._expanded(Poisson, batch_shape, _instance, "rate")

    @property
    def mean(self) -> Tensor:
        return self.rate

    @property
    def mode(self) -> Tensor:
        return self.rate.floor()

    @property
    def variance(self) -> Tensor:
        return self.rate

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with autograd.no_grad():
            return autograd.poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return autograd.xlogy(value, rate) - rate - autograd.lgamma(value + 1)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.rate.log(),)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        return autograd.exp(natural_params[0])
