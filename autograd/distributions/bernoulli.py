"""The Bernoulli distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import Probabilities, along_first, binary_cross_entropy
from autograd.distributions.exp_family import ExponentialFamily
from autograd.distributions.utils import broadcast_all

__all__ = ["Bernoulli"]


class Bernoulli(Probabilities, ExponentialFamily):
    """1 with probability p, else 0: ``P(x) = p^x (1 − p)^(1−x)``, p given as ``probs`` or as ``logits`` log p/(1−p).

    As ``torch.distributions.Bernoulli``. ValueError for none or both, for ``probs`` outside [0, 1].

    >>> import autograd
    >>> from autograd.distributions import Bernoulli
    >>> d = Bernoulli(autograd.tensor([0.25, 0.5]))
    >>> d.log_prob(autograd.tensor(1.0)), d.entropy()
    (tensor([-1.3863, -0.6931]), tensor([0.5623, 0.6931]))
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True
    _mean_carrier_measure = 0

    def __init__(
        self,
        probs: Tensor | float | None = None,
        logits: Tensor | float | None = None,
        validate_args: bool | None = None,
    ) -> None:
        name, given = self._only_one(probs, logits)
        (given,) = broadcast_all(given)
        self._take(name, given)
        super().__init__(given.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Bernoulli:
        return self._share(self._expanded(Bernoulli, batch_shape, _instance, "probs", "logits"))

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The likelier value; NaN where both are equal."""
        return autograd.where(self.probs == 0.5, math.nan, (self.probs >= 0.5).to(self.probs.dtype))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with autograd.no_grad():
            return autograd.bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy(logits, value)

    def entropy(self) -> Tensor:
        return binary_cross_entropy(self.logits, self.probs)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return along_first(autograd.arange(2, dtype=self._param.dtype), self._batch_shape, expand)

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (autograd.logit(self.probs),)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        (logits,) = natural_params
        return autograd.log1p(autograd.exp(logits))
