"""The von Mises distribution on the circle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import broadcast_all, lazy_property

__all__ = ["VonMises"]

# Abramowitz and Stegun, Handbook of Mathematical Functions, 9.8.1 to 9.8.4: polynomials for I₀ and I₁/x in (x/3.75)²
# below 3.75, and for √x e^(−x) I(x) in 3.75/x above; about 7 digits. PyTorch's numbers come from them too.
_SMALL = (
    (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813),
    (0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411),
)
_LARGE = (
    (0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377),
    (0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555, 0.02282967, -0.02895312, 0.01787654, -0.00420059),
)


def _polynomial(x: Tensor, coefficients: Sequence[float]) -> Tensor:
    """Horner's scheme, the constant first."""
    result = x * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        result = (result + coefficient) * x
    return result + coefficients[0]


def log_modified_bessel(x: Tensor, order: int = 0) -> Tensor:
    """``log I_order(x)`` for x > 0 and order 0 or 1."""
    small = _polynomial((x / 3.75).square(), _SMALL[order])
    if order == 1:
        small = x.abs() * small
    large = x - 0.5 * x.log() + _polynomial(3.75 / x, _LARGE[order]).log()
    return autograd.where(x < 3.75, small.log(), large)


class VonMises(Distribution):
    """Angles: ``p(x) = exp(κ cos(x − loc)) / (2π I₀(κ))``, with κ the ``concentration``; samples lie in [−π, π).

    Any real angle has a density. ``variance`` is the circular one, ``1 − I₁(κ)/I₀(κ)``. Samples by rejection (Best and
    Fisher 1979), in float64. As ``torch.distributions.VonMises``.

    >>> import autograd
    >>> from autograd.distributions import VonMises
    >>> d = VonMises(autograd.tensor(0.0), autograd.tensor(1.0))
    >>> d.variance, d.log_prob(autograd.tensor(0.0))
    (tensor(0.5536), tensor(-1.0738))
    """

    arg_constraints: ClassVar[Any] = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False

    def __init__(self, loc: Tensor | float, concentration: Tensor | float, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> VonMises:
        return self._expanded(VonMises, batch_shape, _instance, "loc", "concentration")

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        log_normalizer = math.log(2 * math.pi) + log_modified_bessel(self.concentration)
        return self.concentration * autograd.cos(value - self.loc) - log_normalizer

    @staticmethod
    def _proposal(kappa: Tensor) -> Tensor:
        """The parameter of the wrapped Cauchy distribution that proposals come from."""
        tau = 1 + (1 + 4 * kappa.square()).sqrt()
        rho = (tau - (2 * tau).sqrt()) / (2 * kappa)
        return autograd.where(kappa < 1e-5, 1 / kappa + kappa, (1 + rho.square()) / (2 * rho))

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Angles in [−π, π)."""
        shape = self._extended_shape(sample_shape)
        with autograd.no_grad():
            loc, kappa = self.loc.double(), self.concentration.double()
            r = self._proposal(kappa)
            angle = autograd.zeros(shape, dtype=autograd.float64)
            done = autograd.zeros(shape, dtype=autograd.bool)
            while not bool(done.all()):
                u1, u2, u3 = autograd.rand((3, *shape), dtype=autograd.float64).unbind()
                z = autograd.cos(math.pi * u1)
                f = (1 + r * z) / (r + z)
                c = kappa * (r - f)
                accept = (c * (2 - c) - u2 > 0) | ((c / u2).log() + 1 - c >= 0)
                # A place that has its angle gets the newer one as well: as likely, and PyTorch's stream.
                angle = autograd.where(accept, (u3 - 0.5).sign() * f.acos(), angle)
                done = done | accept
            return ((angle + math.pi + loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:
        """The circular variance."""
        kappa = self.concentration
        return 1 - (log_modified_bessel(kappa, 1) - log_modified_bessel(kappa, 0)).exp()
