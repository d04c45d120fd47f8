"""Transforms of single numbers."""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions._transform_base import Stateless, Transform
from autograd.distributions.utils import broadcast_all, lazy_property
from autograd.fused import softplus

LOG_2 = math.log(2.0)


def clipped_sigmoid(x: Tensor) -> Tensor:
    """``sigmoid`` held within [tiny, 1 − ε], so that it can be inverted."""
    info = autograd.finfo(x.dtype)
    return autograd.sigmoid(x).clamp(min=float(info.tiny), max=1.0 - float(info.eps))


class ExpTransform(Stateless):
    """``y = exp(x)``, from the reals to the positive numbers. As ``torch.distributions.transforms.ExpTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import ExpTransform
    >>> ExpTransform()(autograd.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """

    domain = constraints.real
    codomain = constraints.positive
    bijective = True
    sign = +1

    def _call(self, x: Tensor) -> Tensor:
        return x.exp()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return x


class PowerTransform(Transform):
    """``y = x^exponent`` on the positive numbers. As ``torch.distributions.transforms.PowerTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import PowerTransform
    >>> PowerTransform(2.0)(autograd.tensor([1.0, 3.0]))
    tensor([1., 9.])
    """

    domain = constraints.positive
    codomain = constraints.positive
    bijective = True

    def __init__(self, exponent: Tensor | float, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        (self.exponent,) = broadcast_all(exponent)

    def _remade(self, cache_size: int) -> Transform:
        return PowerTransform(self.exponent, cache_size=cache_size)

    @lazy_property
    def sign(self) -> Tensor:
        """The sign of the exponent."""
        return self.exponent.sign()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PowerTransform) and _same(self.exponent, other.exponent)

    __hash__ = None

    def _call(self, x: Tensor) -> Tensor:
        return x.pow(self.exponent)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.pow(1 / self.exponent)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return (self.exponent * y / x).abs().log()

    def forward_shape(self, shape: Any) -> Size:
        return Size(autograd.broadcast_shapes(shape, self.exponent.shape))

    def inverse_shape(self, shape: Any) -> Size:
        return self.forward_shape(shape)


class SigmoidTransform(Stateless):
    """``y = 1 / (1 + exp(−x))``, kept off 0 and 1. As ``torch.distributions.transforms.SigmoidTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import SigmoidTransform
    >>> SigmoidTransform()(autograd.zeros(1))
    tensor([0.5000])
    """

    domain = constraints.real
    codomain = constraints.unit_interval
    bijective = True
    sign = +1

    def _call(self, x: Tensor) -> Tensor:
        return clipped_sigmoid(x)

    def _inverse(self, y: Tensor) -> Tensor:
        info = autograd.finfo(y.dtype)
        y = y.clamp(min=float(info.tiny), max=1.0 - float(info.eps))
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x) - softplus(x)


class SoftplusTransform(Stateless):
    """``y = log(1 + exp(x))``. As ``torch.distributions.transforms.SoftplusTransform``; it turns linear beyond 20.

    >>> import autograd
    >>> from autograd.distributions.transforms import SoftplusTransform
    >>> SoftplusTransform()(autograd.zeros(1))
    tensor([0.6931])
    """

    domain = constraints.real
    codomain = constraints.positive
    bijective = True
    sign = +1

    def _call(self, x: Tensor) -> Tensor:
        return softplus(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return (-(-y).expm1()).log() + y

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x)


class TanhTransform(Stateless):
    """``y = tanh(x)``. As ``torch.distributions.transforms.TanhTransform``.

    The inverse is infinite where rounding has made y ±1: use ``cache_size=1`` there. The log determinant is
    ``2 (log 2 − x − softplus(−2x))``, which is log(1 − tanh² x) without its cancellation.

    >>> import autograd
    >>> from autograd.distributions.transforms import TanhTransform
    >>> TanhTransform()(autograd.ones(1))
    tensor([0.7616])
    """

    domain = constraints.real
    codomain = constraints.interval(-1.0, 1.0)
    bijective = True
    sign = +1

    def _call(self, x: Tensor) -> Tensor:
        return x.tanh()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return 2.0 * (LOG_2 - x - softplus(-2.0 * x))


class AbsTransform(Stateless):
    """``y = |x|``, not bijective: the inverse is y itself. As ``torch.distributions.transforms.AbsTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import AbsTransform
    >>> AbsTransform()(autograd.tensor([-1.0]))
    tensor([1.])
    """

    domain = constraints.real
    codomain = constraints.positive

    def _call(self, x: Tensor) -> Tensor:
        return x.abs()

    def _inverse(self, y: Tensor) -> Tensor:
        return y


def _same(a: Any, b: Any) -> bool:
    equal = a == b
    return bool(equal.all()) if isinstance(equal, Tensor) else bool(equal)


class AffineTransform(Transform):
    """``y = loc + scale · x``, with the last ``event_dim`` dimensions as one event.

    As ``torch.distributions.transforms.AffineTransform``; in the log determinant of an event, a scale that its elements
    share counts for each of them, which PyTorch does for numbers but not for tensors.

    >>> import autograd
    >>> from autograd.distributions.transforms import AffineTransform
    >>> t = AffineTransform(1.0, 2.0)
    >>> t(autograd.tensor([3.0])), t.inv(autograd.tensor([7.0]))
    (tensor([7.]), tensor([3.]))
    """

    bijective = True

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.loc = loc
        self.scale = scale
        self._event_dim = event_dim

    @property
    def event_dim(self) -> int:
        """The number of dimensions of an event."""
        return self._event_dim

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:
        """What the transform maps from, as a constraint."""
        return constraints.independent(constraints.real, self.event_dim) if self.event_dim else constraints.real

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:
        """What the transform maps to, as a constraint."""
        return self.domain

    def _remade(self, cache_size: int) -> Transform:
        return AffineTransform(self.loc, self.scale, self.event_dim, cache_size=cache_size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AffineTransform) and _same(self.loc, other.loc) and _same(self.scale, other.scale)

    __hash__ = None

    @property
    def sign(self) -> Any:
        """The sign of ``scale``."""
        if isinstance(self.scale, Number):
            scale = float(self.scale)  # type: ignore[arg-type]
            return (scale > 0) - (scale < 0)
        return self.scale.sign()

    def _call(self, x: Tensor) -> Tensor:
        return self.loc + self.scale * x

    def _inverse(self, y: Tensor) -> Tensor:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        if isinstance(self.scale, Number):
            result = autograd.full_like(x, math.log(abs(self.scale)))  # type: ignore[arg-type]
        else:
            # A scale that all elements share counts once for each of them.
            result = self.scale.abs().log().expand(x.shape)
        return result.flatten(-self.event_dim).sum(-1) if self.event_dim else result

    def forward_shape(self, shape: Any) -> Size:
        return Size(autograd.broadcast_shapes(shape, getattr(self.loc, "shape", ()), getattr(self.scale, "shape", ())))

    def inverse_shape(self, shape: Any) -> Size:
        return self.forward_shape(shape)


class CumulativeDistributionTransform(Transform):
    """``y = cdf(x)`` of a distribution of numbers: uniform on [0, 1] for its samples.

    As ``torch.distributions.transforms.CumulativeDistributionTransform``; the inverse is ``icdf``, the log determinant
    ``log_prob``.

    >>> import autograd
    >>> from autograd.distributions import Normal
    >>> from autograd.distributions.transforms import CumulativeDistributionTransform
    >>> CumulativeDistributionTransform(Normal(0.0, 1.0))(autograd.zeros(1))
    tensor([0.5000])
    """

    bijective = True
    codomain = constraints.unit_interval
    sign = +1

    def __init__(self, distribution: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.distribution = distribution

    @property
    def domain(self) -> Any:
        """The support of the distribution."""
        return self.distribution.support

    def _remade(self, cache_size: int) -> Transform:
        return CumulativeDistributionTransform(self.distribution, cache_size=cache_size)

    def _call(self, x: Tensor) -> Tensor:
        return self.distribution.cdf(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return self.distribution.icdf(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return self.distribution.log_prob(x)
