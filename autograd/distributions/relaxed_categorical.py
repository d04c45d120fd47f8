"""Continuous relaxations of the categorical distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import OfCategories, Relaxed
from autograd.distributions.categorical import Categorical
from autograd.distributions.distribution import Distribution
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import ExpTransform
from autograd.distributions.utils import broadcast_all, clamp_probs

__all__ = ["ExpRelaxedCategorical", "RelaxedOneHotCategorical"]


class ExpRelaxedCategorical(OfCategories, Distribution):
    """Logarithms of relaxed one-hot vectors: the log-softmax of ``(logits + Gumbel noise) / τ``.

    ``log p(x) = log Γ(K) + (K − 1) log τ + Σ_k log softmax(logits − τ x)_k`` (Maddison, Mnih and Teh 2017; Jang, Gu and
    Poole 2017). One of ``probs`` and ``logits`` is given. As ``torch.distributions.relaxed_categorical``.

    >>> import autograd
    >>> from autograd.distributions.relaxed_categorical import ExpRelaxedCategorical
    >>> d = ExpRelaxedCategorical(autograd.tensor(1.0), logits=autograd.zeros(2))
    >>> d.log_prob(autograd.tensor([0.5, 0.5]).log())
    tensor(-1.3863)
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.real_vector  # in truth the vectors whose exponentials sum to 1
    has_rsample = True

    def __init__(
        self,
        temperature: Tensor,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self._categorical = Categorical(probs, logits)
        self.temperature = autograd.as_tensor(temperature)
        shape = self._categorical.param_shape
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> ExpRelaxedCategorical:
        new = self._expanded(ExpRelaxedCategorical, batch_shape, _instance)
        new.temperature = self.temperature
        new._categorical = self._categorical.expand(batch_shape)
        return new

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        uniform = clamp_probs(autograd.rand(shape, dtype=self.logits.dtype))
        scores = (self.logits - (-uniform.log()).log()) / self.temperature
        return scores - scores.logsumexp(dim=-1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        count = self._event_shape[-1]
        logits, value = broadcast_all(self.logits, value)
        score = autograd.log_softmax(logits - value * self.temperature, dim=-1).sum(-1)
        return score + (math.lgamma(count) + (count - 1) * self.temperature.log())


class RelaxedOneHotCategorical(Relaxed, TransformedDistribution):
    """Relaxed one-hot vectors on the simplex: the exponential of ``ExpRelaxedCategorical`` (Gumbel-softmax).

    As ``temperature`` τ falls to 0 the samples approach one-hot vectors. As
    ``torch.distributions.RelaxedOneHotCategorical``.

    >>> import autograd
    >>> from autograd.distributions import RelaxedOneHotCategorical
    >>> d = RelaxedOneHotCategorical(autograd.tensor(0.5), probs=autograd.tensor([0.2, 0.8]))
    >>> bool(((d.rsample((5,)).sum(-1) - 1).abs() < 1e-5).all())
    True
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.simplex
    has_rsample = True
    base_dist: ExpRelaxedCategorical

    def __init__(
        self,
        temperature: Tensor,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args)
        super().__init__(base, ExpTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> RelaxedOneHotCategorical:
        return super().expand(batch_shape, self._get_checked_instance(RelaxedOneHotCategorical, _instance))
