"""Categories as one-hot vectors."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import OfCategories, one_hot
from autograd.distributions.categorical import Categorical
from autograd.distributions.distribution import Distribution

__all__ = ["OneHotCategorical", "OneHotCategoricalStraightThrough"]


class OneHotCategorical(OfCategories, Distribution):
    """A category as a vector with 1 at its place, 0 elsewhere; parameters as those of ``Categorical``.

    As ``torch.distributions.OneHotCategorical``. ValueError as there.

    >>> import autograd
    >>> from autograd.distributions import OneHotCategorical
    >>> d = OneHotCategorical(autograd.tensor([0.25, 0.75]))
    >>> d.log_prob(autograd.tensor([0.0, 1.0])), d.sample((3,)).shape
    (tensor(-0.2877), autograd.Size([3, 2]))
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self._categorical = Categorical(probs, logits)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> OneHotCategorical:
        new = self._expanded(OneHotCategorical, batch_shape, _instance)
        new._categorical = self._categorical.expand(batch_shape)
        return new

    @property
    def _param(self) -> Tensor:
        return self._categorical._param

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return one_hot(self._categorical.mode, self._event_shape[0], self.probs.dtype)

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        return one_hot(self._categorical.sample(sample_shape), self._event_shape[0], self.probs.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return self._categorical.log_prob(value.argmax(-1))

    def entropy(self) -> Tensor:
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = self.event_shape[0]
        rows = autograd.eye(count, dtype=self._param.dtype).reshape((count, *(1,) * len(self.batch_shape), count))
        return rows.expand((count, *self.batch_shape, count)) if expand else rows


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """``OneHotCategorical`` whose ``rsample`` passes gradients to ``probs`` as if a sample were the probabilities.

    The straight-through estimator of Bengio, Léonard and Courville (2013): ``sample + probs − probs.detach()``. As
    ``torch.distributions.OneHotCategoricalStraightThrough``.

    >>> import autograd
    >>> from autograd.distributions import OneHotCategoricalStraightThrough
    >>> p = autograd.tensor([0.5, 0.5], requires_grad=True)
    >>> OneHotCategoricalStraightThrough(p).rsample().requires_grad
    True
    """

    has_rsample = True

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        probs = self._categorical.probs
        return self.sample(sample_shape) + (probs - probs.detach())
