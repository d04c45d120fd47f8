"""Mixtures of distributions of one family."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions.categorical import Categorical
from autograd.distributions.distribution import Distribution

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """A mixture ``p(x) = Σ_k w_k p_k(x)``: a Categorical for the weights, a distribution batched over the components.

    The last batch dimension of ``component_distribution`` counts the components. As
    ``torch.distributions.MixtureSameFamily``. ValueError where the two do not fit.

    >>> import autograd
    >>> from autograd.distributions import Categorical, MixtureSameFamily, Normal
    >>> weights = Categorical(autograd.tensor([0.5, 0.5]))
    >>> d = MixtureSameFamily(weights, Normal(autograd.tensor([-1.0, 1.0]), 1.0))
    >>> d.mean, d.variance, d.log_prob(autograd.tensor(0.0))
    (tensor(0.), tensor(2.), tensor(-1.4189))
    """

    arg_constraints: ClassVar[Any] = {}
    has_rsample = False

    def __init__(
        self,
        mixture_distribution: Any,
        component_distribution: Any,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            kind = type(mixture_distribution).__name__
            raise ValueError(f"The Mixture distribution needs to be an instance of Categorical, but got {kind}")
        if not isinstance(component_distribution, Distribution):
            kind = type(component_distribution).__name__
            raise ValueError(f"The Component distribution needs to be an instance of Distribution, but got {kind}")
        mixed, components = mixture_distribution.batch_shape, component_distribution.batch_shape
        if any(i not in (1, j) and j != 1 for i, j in zip(reversed(mixed), reversed(components[:-1]), strict=False)):
            raise ValueError(
                f"`mixture_distribution.batch_shape` ({mixed}) is not compatible with "
                f"`component_distribution.batch_shape`({components[:-1]})"
            )
        count = mixture_distribution.logits.shape[-1]
        if components[-1:] != (count,):
            raise ValueError(
                f"`mixture_distribution component` ({count}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({components[-1] if components else 'a scalar batch'})"
            )
        self._mixture_distribution = mixture_distribution
        self._component_distribution = component_distribution
        self._num_component = count
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(components[:-1], component_distribution.event_shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> MixtureSameFamily:
        new = self._expanded(MixtureSameFamily, batch_shape, _instance)
        new._component_distribution = self._component_distribution.expand(Size((*batch_shape, self._num_component)))
        new._mixture_distribution = self._mixture_distribution.expand(batch_shape)
        new._num_component = self._num_component
        new._event_ndims = self._event_ndims
        return new

    @constraints.dependent_property
    def support(self) -> Any:
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Categorical:
        """The distribution of the component's index."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The components, batched along the last batch dimension."""
        return self._component_distribution

    @property
    def _weights(self) -> Tensor:
        """The weights, laid out to be multiplied with moments of the components."""
        probs = self.mixture_distribution.probs
        return probs.reshape((*probs.shape, *[1] * self._event_ndims))

    def _mixed(self, value: Tensor) -> Tensor:
        """The weighted sum over the components."""
        return (self._weights * value).sum(-1 - self._event_ndims)

    @property
    def mean(self) -> Tensor:
        return self._mixed(self.component_distribution.mean)

    @property
    def variance(self) -> Tensor:
        components = self.component_distribution
        spread = (components.mean - self._pad(self.mean)).square()
        return self._mixed(components.variance) + self._mixed(spread)

    def cdf(self, x: Tensor) -> Tensor:
        return (self.component_distribution.cdf(self._pad(x)) * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, x: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(x)
        log_weights = autograd.log_softmax(self.mixture_distribution.logits, dim=-1)
        return autograd.logsumexp(self.component_distribution.log_prob(self._pad(x)) + log_weights, dim=-1)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with autograd.no_grad():
            dim = len(sample_shape) + len(self.batch_shape)
            mixture = self.mixture_distribution
            if mixture.batch_shape != self.batch_shape:
                mixture = mixture.expand(self.batch_shape)
            chosen = mixture.sample(sample_shape)
            values = self.component_distribution.sample(sample_shape)
            index = chosen.reshape((*chosen.shape, *[1] * (1 + self._event_ndims)))
            index = index.expand((*values.shape[:dim], 1, *self.event_shape))
            return values.gather(dim, index).squeeze(dim)

    def _pad(self, x: Tensor) -> Tensor:
        """``x`` with a dimension for the components."""
        return x.unsqueeze(-1 - self._event_ndims)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"
