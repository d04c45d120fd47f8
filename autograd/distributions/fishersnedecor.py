"""Fisher and Snedecor's F distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.gamma import Gamma
from autograd.distributions.utils import broadcast_all

__all__ = ["FisherSnedecor"]


class FisherSnedecor(Distribution):
    """The F distribution: the ratio of two chi-squared numbers, each by its degrees of freedom, ``df1`` and ``df2``.

    ``p(x) ∝ x^(df1/2 − 1) (1 + x df1/df2)^(−(df1 + df2)/2)``. The mean is NaN up to ``df2 = 2``, the variance up to 4.
    As ``torch.distributions.FisherSnedecor``. ValueError unless both are positive.

    >>> import autograd
    >>> from autograd.distributions import FisherSnedecor
    >>> d = FisherSnedecor(autograd.tensor([2.0, 4.0]), 6.0)
    >>> d.log_prob(autograd.tensor(1.0)), d.mean
    (tensor([-1.1507, -0.8802]), tensor([1.5000, 1.5000]))
    """

    arg_constraints: ClassVar[Any] = {"df1": constraints.positive, "df2": constraints.positive}
    support = constraints.positive
    has_rsample = True

    def __init__(self, df1: Tensor | float, df2: Tensor | float, validate_args: bool | None = None) -> None:
        self.df1, self.df2 = broadcast_all(df1, df2)
        self._gamma1 = Gamma(self.df1 * 0.5, self.df1)
        self._gamma2 = Gamma(self.df2 * 0.5, self.df2)
        super().__init__(self.df1.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> FisherSnedecor:
        new = self._expanded(FisherSnedecor, batch_shape, _instance, "df1", "df2")
        new._gamma1 = self._gamma1.expand(batch_shape)
        new._gamma2 = self._gamma2.expand(batch_shape)
        return new

    @property
    def mean(self) -> Tensor:
        df2 = autograd.where(self.df2 <= 2, math.nan, self.df2)
        return df2 / (df2 - 2)

    @property
    def mode(self) -> Tensor:
        mode = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        return autograd.where(self.df1 <= 2, math.nan, mode)

    @property
    def variance(self) -> Tensor:
        df1, df2 = self.df1, autograd.where(self.df2 <= 4, math.nan, self.df2)
        return 2 * df2.square() * (df1 + df2 - 2) / (df1 * (df2 - 2).square() * (df2 - 4))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        tiny = autograd.finfo(self.df1.dtype).tiny
        above, below = self._gamma1.rsample(sample_shape), self._gamma2.rsample(sample_shape)
        return (above / below.clamp(min=tiny)).clamp(min=tiny)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        half1, half2, ratio = self.df1 * 0.5, self.df2 * 0.5, self.df1 / self.df2
        both = half1 + half2
        normalizer = autograd.lgamma(both) - autograd.lgamma(half1) - autograd.lgamma(half2)
        powers = half1 * ratio.log() + (half1 - 1) * autograd.log(value)
        return normalizer + powers - both * autograd.log1p(ratio * value)
