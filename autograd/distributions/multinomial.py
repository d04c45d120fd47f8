"""The multinomial distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import OfCategories
from autograd.distributions.binomial import Binomial
from autograd.distributions.categorical import Categorical
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all

__all__ = ["Multinomial"]


class Multinomial(OfCategories, Distribution):
    """How often each of K categories came in ``total_count`` n draws: ``P(x) = n! Π pᵢ^xᵢ / xᵢ!``.

    Parameters as those of ``Categorical``. ``log_prob`` takes vectors of any sum. As ``torch.distributions.Multinomial``.
    NotImplementedError for a ``total_count`` that is no int.

    >>> import autograd
    >>> from autograd.distributions import Multinomial
    >>> d = Multinomial(3, autograd.tensor([0.25, 0.75]))
    >>> d.log_prob(autograd.tensor([1.0, 2.0])), d.mean
    (tensor(-0.8630), tensor([0.7500, 2.2500]))
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    total_count: int

    def __init__(
        self,
        total_count: int = 1,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs=probs, logits=logits)
        self._binomial = Binomial(total_count=total_count, probs=self.probs)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Multinomial:
        new = self._expanded(Multinomial, batch_shape, _instance)
        new.total_count = self.total_count
        new._categorical = self._categorical.expand(batch_shape)
        new._binomial = self._binomial.expand((*batch_shape, *self.event_shape))
        return new

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> Any:
        return constraints.multinomial(self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        draws = self._categorical.sample((self.total_count, *sample_shape))
        places = draws.movedim(0, -1)
        counts = autograd.zeros(self._extended_shape(sample_shape), dtype=self.probs.dtype)
        return counts.scatter_add_(-1, places, autograd.ones(places.shape, dtype=counts.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        ways = autograd.lgamma(value.sum(-1) + 1) - autograd.lgamma(value + 1).sum(-1)
        logits = logits.masked_fill(value.eq(0) & logits.eq(-math.inf), 0)
        return ways + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        n = self.total_count
        seen = self._binomial.enumerate_support(expand=False)[1:]
        weights = self._binomial.log_prob(seen).exp() * autograd.lgamma(seen + 1)
        return n * self._categorical.entropy() - math.lgamma(n + 1) + weights.sum([0, -1])
