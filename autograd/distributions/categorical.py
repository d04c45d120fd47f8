"""The categorical distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import Probabilities, along_first
from autograd.distributions.distribution import Distribution

__all__ = ["Categorical"]


class Categorical(Probabilities, Distribution):
    """One of K categories 0 … K − 1, its probability in the last dimension of ``probs``, or its logarithm in ``logits``.

    Both are normalised to a sum of 1, so weights will do. Samples are int64. As ``torch.distributions.Categorical``.
    ValueError for none or both, for negative probabilities.

    >>> import autograd
    >>> from autograd.distributions import Categorical
    >>> d = Categorical(autograd.tensor([1.0, 3.0]))
    >>> d.log_prob(autograd.tensor([0, 1])), d.entropy()
    (tensor([-1.3863, -0.2877]), tensor(0.5623))
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    _binary = False

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        name, given = self._only_one(probs, logits)
        if given.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if name == "probs":
            given = given / given.sum(-1, keepdim=True)
        else:
            given = given - given.logsumexp(dim=-1, keepdim=True)
        self._take(name, given)
        self._num_events = self._param.shape[-1]
        super().__init__(self._param.shape[:-1], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Categorical:
        new = self._share(self._expanded(Categorical, batch_shape, _instance, probs=1, logits=1))
        new._num_events = self._num_events
        return new

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> Any:
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        """NaN: categories have no mean."""
        return autograd.full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(dim=-1)

    @property
    def variance(self) -> Tensor:
        """NaN: categories have no variance."""
        return autograd.full(self._extended_shape(), math.nan, dtype=self.probs.dtype)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with autograd.no_grad():
            rows = self.probs.reshape(-1, self._num_events)
            return autograd.multinomial(rows, Size(sample_shape).numel(), True).T.reshape(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        place, log_probs = value.long().unsqueeze(-1), self.logits
        if place.shape[:-1] != log_probs.shape[:-1]:
            place, log_probs = autograd.broadcast_tensors(place, log_probs)
            place = place[..., :1]
        return log_probs.gather(-1, place).squeeze(-1)

    def entropy(self) -> Tensor:
        finite = self.logits.clamp(min=autograd.finfo(self.logits.dtype).min)
        return -(finite * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return along_first(autograd.arange(self._num_events), self._batch_shape, expand)
