"""Continuous relaxations of the Bernoulli distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import Probabilities, Relaxed
from autograd.distributions.distribution import Distribution
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import SigmoidTransform
from autograd.distributions.utils import broadcast_all, clamp_probs

__all__ = ["LogitRelaxedBernoulli", "RelaxedBernoulli"]


class LogitRelaxedBernoulli(Probabilities, Distribution):
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
        name, given = self._only_one(probs, logits)
        (given,) = broadcast_all(given)
        self._take(name, given)
        self.temperature = autograd.as_tensor(temperature)
        super().__init__(given.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> LogitRelaxedBernoulli:
        new = self._share(self._expanded(LogitRelaxedBernoulli, batch_shape, _instance, "probs", "logits"))
        new.temperature = self.temperature
        return new

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


class RelaxedBernoulli(Relaxed, TransformedDistribution):
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
