"""The geometric distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import Probabilities, binary_cross_entropy
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all, tiny_uniform

__all__ = ["Geometric"]


class Geometric(Probabilities, Distribution):
    """Failures before the first success of probability p: ``P(k) = (1 − p)^k p`` for k = 0, 1, …

    p is given as ``probs`` or as ``logits``. (``Tensor.geometric_`` counts the success too.) As
    ``torch.distributions.Geometric``. ValueError for none or both, for ``probs`` outside (0, 1].

    >>> import autograd
    >>> from autograd.distributions import Geometric
    >>> d = Geometric(autograd.tensor([0.25, 0.5]))
    >>> d.log_prob(autograd.tensor(1.0)), d.mean
    (tensor([-1.6740, -1.3863]), tensor([3., 1.]))
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer

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
        if self._validate_args and name == "probs":
            positive: Any = given > 0
            if not bool(positive.all()):
                raise ValueError(
                    f"Expected parameter probs ({type(given).__name__} of shape {tuple(given.shape)}) "
                    f"of distribution {self!r} to be positive but found invalid values:\n{given[~positive]}"
                )

    def expand(self, batch_shape: Any, _instance: Any = None) -> Geometric:
        return self._share(self._expanded(Geometric, batch_shape, _instance, "probs", "logits"))

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return autograd.zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with autograd.no_grad():
            return (tiny_uniform(shape, self.probs.dtype).log() / autograd.log1p(-self.probs)).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        value, probs = broadcast_all(value, self.probs)
        sure = probs.eq(1) & value.eq(0)  # log(1 − p) is −∞ there, and not wanted
        return value * autograd.log1p(-probs.masked_fill(sure, 0)) + self.probs.log()

    def entropy(self) -> Tensor:
        return binary_cross_entropy(self.logits, self.probs) / self.probs
