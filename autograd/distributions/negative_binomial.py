"""The negative binomial distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import Probabilities, softplus
from autograd.distributions.distribution import Distribution
from autograd.distributions.gamma import Gamma
from autograd.distributions.utils import broadcast_all, lazy_property

__all__ = ["NegativeBinomial"]


class NegativeBinomial(Probabilities, Distribution):
    """Successes of probability p before ``total_count`` r failures: ``P(k) = Γ(k+r)/(k! Γ(r)) (1 − p)^r p^k``.

    r need not be whole; p is given as ``probs`` or as ``logits``. Drawn as Poisson counts whose rate is a gamma number.
    As ``torch.distributions.NegativeBinomial``. ValueError for none or both, for ``probs`` outside [0, 1).

    >>> import autograd
    >>> from autograd.distributions import NegativeBinomial
    >>> d = NegativeBinomial(2.0, autograd.tensor([0.25, 0.5]))
    >>> d.log_prob(autograd.tensor(1.0)), d.mean
    (tensor([-1.2685, -1.3863]), tensor([0.6667, 2.0000]))
    """

    arg_constraints: ClassVar[Any] = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support = constraints.nonnegative_integer

    def __init__(
        self,
        total_count: Tensor | float,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        name, given = self._only_one(probs, logits)
        count, given = broadcast_all(total_count, given)
        self.total_count = count.to(given.dtype)
        self._take(name, given)
        super().__init__(given.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> NegativeBinomial:
        return self._share(self._expanded(NegativeBinomial, batch_shape, _instance, "total_count", "probs", "logits"))

    @property
    def mean(self) -> Tensor:
        return self.total_count * autograd.exp(self.logits)

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Tensor:
        return self.mean / autograd.sigmoid(-self.logits)

    @lazy_property
    def _gamma(self) -> Gamma:
        """The distribution of the Poisson rates."""
        return Gamma(self.total_count, autograd.exp(-self.logits), validate_args=False)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with autograd.no_grad():
            return autograd.poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        r = self.total_count
        ways = autograd.lgamma(r) + autograd.lgamma(1.0 + value) - autograd.lgamma(r + value)
        ways = ways.masked_fill(r + value == 0.0, 0.0)
        return -r * softplus(self.logits) - value * softplus(-self.logits) - ways
