"""The Laplace distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all

__all__ = ["Laplace"]


class Laplace(Distribution):
    """The Laplace distribution, ``p(x) = exp(−|x − μ| / b) / 2b``, of mean ``loc`` μ and ``scale`` b.

    As ``torch.distributions.Laplace``. ValueError unless ``scale`` is positive.

    >>> import autograd
    >>> from autograd.distributions import Laplace
    >>> d = Laplace(0.0, autograd.tensor([1.0, 2.0]))
    >>> d.log_prob(autograd.tensor(1.0)), d.variance
    (tensor([-1.6931, -1.8863]), tensor([2., 8.]))
    """

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Laplace:
        return self._expanded(Laplace, batch_shape, _instance, "loc", "scale")

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale.square()

    @property
    def stddev(self) -> Tensor:
        return math.sqrt(2) * self.scale

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        dtype = self.loc.dtype
        below_one = float(autograd.finfo(dtype).eps) - 1  # u > −1, so that the logarithm is finite
        u = autograd.empty(self._extended_shape(sample_shape), dtype=dtype).uniform_(below_one, 1)
        return self.loc - self.scale * u.sign() * autograd.log1p(-u.abs())

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return -autograd.log(2 * self.scale) - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        away = value - self.loc
        return 0.5 - 0.5 * away.sign() * autograd.expm1(-away.abs() / self.scale)

    def icdf(self, value: Tensor) -> Tensor:
        away = value - 0.5
        return self.loc - self.scale * away.sign() * autograd.log1p(-2 * away.abs())

    def entropy(self) -> Tensor:
        return 1 + autograd.log(2 * self.scale)
