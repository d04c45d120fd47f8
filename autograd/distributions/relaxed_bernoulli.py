"""Continuous relaxations of the Bernoulli distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import SigmoidTransform
from autograd.distributions.utils import broadcast_all, clamp_probs, lazy_property, logits_to_probs, probs_to_logits

__all__ = ["LogitRelaxedBernoulli", "RelaxedBernoulli"]


class LogitRelaxedBernoulli(Distribution):
    """Logits of relaxed Bernoulli variables: ``(logit p + logit u) / τ`` for uniform u, on the real line.

    ``log p(x) = log τ + d − 2 log(1 + e^d)`` with ``d = logits − τ x`` (Maddison, Mnih and Teh 2017). One of ``probs``
    and ``logits`` is given. As ``torch.distributions.relaxed_bernoulli``'s.

    >>> import autograd
    >>> from autograd.distributions.relaxed_bernoulli import LogitRelaxedBernoulli
    >>> LogitRelaxedBernoulli(autograd.tensor(1.0), logits=autograd.zeros(1)).log_prob(autograd.zeros(1))
    tensor([-1.3863])
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.real
    has_rsample = True

    def __init__(
        self, temperature: Tensor, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        name = "logits" if probs is None else "probs"
        (self._param,) = broadcast_all(logits if probs is None else probs)
        self.__dict__[name] = self._param
        self.temperature = autograd.as_tensor(temperature)
        super().__init__(self._param.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> LogitRelaxedBernoulli:
        new = self._expanded(LogitRelaxedBernoulli, batch_shape, _instance, "probs", "logits", "_param")
        new.temperature = self.temperature
        return new

    @lazy_property
    def logits(self) -> Tensor:
        """``log(p / (1 − p))``."""
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self) -> Tensor:
        """The probability of 1 of the variable that is relaxed."""
        return logits_to_probs(self.logits, is_binary=True)

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter that was given."""
        return self._param.shape

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        uniform = clamp_probs(autograd.rand(shape, dtype=probs.dtype))
        return (uniform.log() - (-uniform).log1p() + probs.log() - (-probs).log1p()) / self.temperature

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        difference = logits - value * self.temperature
        return self.temperature.log() + difference - 2 * difference.exp().log1p()


class RelaxedBernoulli(TransformedDistribution):
    """Relaxed Bernoulli variables on (0, 1): the sigmoid of ``LogitRelaxedBernoulli``.

    As ``temperature`` τ falls to 0 the samples approach 0 and 1. As ``torch.distributions.RelaxedBernoulli``.

    >>> import autograd
    >>> from autograd.distributions import RelaxedBernoulli
    >>> d = RelaxedBernoulli(autograd.tensor(1.0), probs=autograd.tensor([0.5]))
    >>> d.log_prob(autograd.tensor([0.3]))
    tensor([0.])
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    base_dist: LogitRelaxedBernoulli

    def __init__(
        self, temperature: Tensor, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = LogitRelaxedBernoulli(temperature, probs, logits, validate_args=validate_args)
        super().__init__(base, SigmoidTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> RelaxedBernoulli:
        return super().expand(batch_shape, self._get_checked_instance(RelaxedBernoulli, _instance))

    @property
    def temperature(self) -> Tensor:
        """The temperature τ."""
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        """The logits of the variable that is relaxed."""
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        """The probability of 1 of the variable that is relaxed."""
        return self.base_dist.probs
