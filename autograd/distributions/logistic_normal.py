"""The logistic-normal distribution on the simplex."""

from __future__ import annotations

from typing import Any, ClassVar

from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.normal import Normal
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.transforms import StickBreakingTransform

__all__ = ["LogisticNormal"]


class LogisticNormal(TransformedDistribution):
    """Points of the simplex of K from K − 1 independent normal numbers, by the stick-breaking transform.

    ``loc`` and ``scale`` are those of the normal numbers (…, K − 1). As ``torch.distributions.LogisticNormal``.

    >>> import autograd
    >>> from autograd.distributions import LogisticNormal
    >>> d = LogisticNormal(autograd.zeros(2), autograd.ones(2))
    >>> d.event_shape, d.log_prob(autograd.ones(3) / 3)
    (autograd.Size([3]), tensor(1.4580))
    """

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.simplex
    has_rsample = True

    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None:
        base = Normal(loc, scale, validate_args=validate_args)
        super().__init__(base if base.batch_shape else base.expand([1]), StickBreakingTransform(), validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> LogisticNormal:
        return super().expand(batch_shape, self._get_checked_instance(LogisticNormal, _instance))

    @property
    def loc(self) -> Tensor:
        """The mean of the normal numbers."""
        return self.base_dist.base_dist.loc  # type: ignore[attr-defined]

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the normal numbers."""
        return self.base_dist.base_dist.scale  # type: ignore[attr-defined]
