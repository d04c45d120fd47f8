"""The binomial distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import Probabilities, along_first, softplus
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all

__all__ = ["Binomial"]


class Binomial(Probabilities, Distribution):
    """Successes among ``total_count`` n trials of probability p: ``P(k) = C(n, k) p^k (1 − p)^(n−k)``.

    p is given as ``probs`` or as ``logits``. As ``torch.distributions.Binomial``. ValueError for none or both;
    NotImplementedError from ``entropy`` and ``enumerate_support`` where ``total_count`` varies.

    >>> import autograd
    >>> from autograd.distributions import Binomial
    >>> d = Binomial(4, autograd.tensor([0.25, 0.5]))
    >>> d.log_prob(autograd.tensor(2.0)), d.mean
    (tensor([-1.5562, -0.9808]), tensor([1., 2.]))
    """

    arg_constraints: ClassVar[Any] = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True

    def __init__(
        self,
        total_count: Tensor | int = 1,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        name, given = self._only_one(probs, logits)
        count, given = broadcast_all(total_count, given)
        self.total_count = count.to(given.dtype)
        self._take(name, given)
        super().__init__(given.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Binomial:
        return self._share(self._expanded(Binomial, batch_shape, _instance, "total_count", "probs", "logits"))

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return autograd.minimum(((self.total_count + 1) * self.probs).floor(), self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with autograd.no_grad():
            return autograd.binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        n = self.total_count
        choices = autograd.lgamma(n + 1) - autograd.lgamma(value + 1) - autograd.lgamma(n - value + 1)
        return value * self.logits + choices - n * softplus(self.logits)

    def _one_count(self, name: str) -> int:
        """The number of trials, where it is the same for the whole batch."""
        count = int(self.total_count.max())
        if not bool(self.total_count.min() == count):
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{name}`.")
        return count

    def entropy(self) -> Tensor:
        self._one_count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = self._one_count("enumerate_support")
        return along_first(autograd.arange(1 + count, dtype=self._param.dtype), self._batch_shape, expand)
