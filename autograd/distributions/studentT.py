"""Student's t distribution."""

# ruff: noqa: N999 - PyTorch's name of this module

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.chi2 import Chi2
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all, standard_normal

__all__ = ["StudentT"]


class StudentT(Distribution):
    """Student's t distribution of ``df`` ν: ``p(x) ∝ (1 + y²/ν)^(−(ν+1)/2)`` with ``y = (x − loc) / scale``.

    Drawn as a normal number over the root of a chi-squared one by ν. The mean is NaN up to ν = 1, the variance infinite
    up to 2. As ``torch.distributions.StudentT``. ValueError unless ``df`` and ``scale`` are positive.

    >>> import autograd
    >>> from autograd.distributions import StudentT
    >>> d = StudentT(autograd.tensor([1.0, 3.0]))
    >>> d.log_prob(autograd.tensor(0.0)), d.variance
    (tensor([-1.1447, -1.0009]), tensor([nan, 3.]))
    """

    arg_constraints: ClassVar[Any] = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    has_rsample = True

    def __init__(
        self,
        df: Tensor | float,
        loc: Tensor | float = 0.0,
        scale: Tensor | float = 1.0,
        validate_args: bool | None = None,
    ) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> StudentT:
        new = self._expanded(StudentT, batch_shape, _instance, "df", "loc", "scale")
        new._chi2 = self._chi2.expand(batch_shape)
        return new

    @property
    def mean(self) -> Tensor:
        return autograd.where(self.df <= 1, math.nan, self.loc)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        finite = self.scale.square() * self.df / (self.df - 2)
        return autograd.where(self.df > 2, finite, autograd.where(self.df > 1, math.inf, math.nan).to(self.df.dtype))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        normal = standard_normal(self._extended_shape(sample_shape), self.df.dtype)
        chi2 = self._chi2.rsample(sample_shape)
        return self.loc + self.scale * (normal * autograd.rsqrt(chi2 / self.df))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        y = (value - self.loc) / self.scale
        normalizer = (
            self.scale.log()
            + 0.5 * self.df.log()
            + 0.5 * math.log(math.pi)
            + autograd.lgamma(0.5 * self.df)
            - autograd.lgamma(0.5 * (self.df + 1.0))
        )
        return -0.5 * (self.df + 1.0) * autograd.log1p(y.square() / self.df) - normalizer

    def entropy(self) -> Tensor:
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        log_beta = autograd.lgamma(half) + math.lgamma(0.5) - autograd.lgamma(more)
        slope = autograd.digamma(more) - autograd.digamma(half)
        return self.scale.log() + more * slope + 0.5 * self.df.log() + log_beta
