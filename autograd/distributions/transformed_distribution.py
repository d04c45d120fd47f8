"""Distributions of transformed samples."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.independent import Independent
from autograd.distributions.transforms import ComposeTransform, Transform
from autograd.distributions.utils import sum_rightmost

__all__ = ["TransformedDistribution"]


class TransformedDistribution(Distribution):
    """The distribution of ``y = f(x)`` for samples x of a base distribution and one transform or a list of them.

    ``log p(y) = log p(x) − log |det dy/dx|`` at ``x = f⁻¹(y)``. ``cdf`` and ``icdf`` need transforms with a ``sign``. As
    ``torch.distributions.TransformedDistribution``. ValueError for what is no transform, and for a base of too few
    dimensions.

    >>> import autograd
    >>> from autograd.distributions import ExpTransform, Normal, TransformedDistribution
    >>> TransformedDistribution(Normal(0.0, 1.0), [ExpTransform()]).log_prob(autograd.tensor(1.0))
    tensor(-0.9189)
    """

    arg_constraints: ClassVar[Any] = {}

    def __init__(
        self,
        base_distribution: Distribution,
        transforms: Transform | list[Transform],
        validate_args: bool | None = None,
    ) -> None:
        if isinstance(transforms, Transform):
            self.transforms = [transforms]
        elif not isinstance(transforms, list):
            raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
        elif not all(isinstance(t, Transform) for t in transforms):
            raise ValueError("transforms must be a Transform or a list of Transforms")
        else:
            self.transforms = transforms
        shape = Size(base_distribution.batch_shape + base_distribution.event_shape)
        base_event = len(base_distribution.event_shape)
        whole = ComposeTransform(self.transforms)
        domain_event, codomain_event = whole.domain.event_dim, whole.codomain.event_dim
        if len(shape) < domain_event:
            raise ValueError(
                f"base_distribution needs to have shape with size at least {domain_event}, but got {shape}."
            )
        # Parameters of the transforms may enlarge the batch; the base has to draw independently for all of it.
        out_shape = whole.forward_shape(shape)
        in_shape = whole.inverse_shape(out_shape)
        if shape != in_shape:
            base_distribution = base_distribution.expand(in_shape[: len(in_shape) - base_event])
        if domain_event > base_event:
            base_distribution = Independent(base_distribution, domain_event - base_event)
        self.base_dist = base_distribution
        cut = len(out_shape) - max(codomain_event, base_event + codomain_event - domain_event)
        super().__init__(out_shape[:cut], out_shape[cut:], validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        new = self._expanded(TransformedDistribution, batch_shape, _instance)
        shape = Size((*batch_shape, *self.event_shape))
        for t in reversed(self.transforms):
            shape = t.inverse_shape(shape)
        new.base_dist = self.base_dist.expand(shape[: len(shape) - len(self.base_dist.event_shape)])
        new.transforms = self.transforms
        return new

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        if not self.transforms:
            return self.base_dist.support
        support = self.transforms[-1].codomain
        extra = len(self.event_shape) - support.event_dim
        return constraints.independent(support, extra) if extra > 0 else support

    @property
    def has_rsample(self) -> bool:
        """Whether the base distribution has samples that carry gradients."""
        return self.base_dist.has_rsample

    def _transformed(self, x: Tensor) -> Tensor:
        for transform in self.transforms:
            x = transform(x)
        return x

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with autograd.no_grad():
            return self._transformed(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self._transformed(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        event_dim = len(self.event_shape)
        volume: Any = 0.0
        y = value
        for transform in reversed(self.transforms):
            x = transform.inv(y)
            domain_event = transform.domain.event_dim
            event_dim += domain_event - transform.codomain.event_dim
            volume = volume + sum_rightmost(transform.log_abs_det_jacobian(x, y), event_dim - domain_event)
            y = x
        return sum_rightmost(self.base_dist.log_prob(y), event_dim - len(self.base_dist.event_shape)) - volume

    def _monotonize(self, probability: Tensor) -> Tensor:
        """``probability``, or 1 − it where the transforms together reverse the order."""
        sign: Any = 1
        for transform in self.transforms:
            sign = sign * transform.sign
        if isinstance(sign, int) and sign == 1:
            return probability
        return sign * (probability - 0.5) + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        if self._validate_args:
            self.base_dist._validate_sample(value)
        return self._monotonize(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._transformed(self.base_dist.icdf(self._monotonize(value)))
