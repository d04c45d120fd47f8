"""The continuous Bernoulli distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions._choices import Probabilities, binary_cross_entropy
from autograd.distributions.exp_family import ExponentialFamily
from autograd.distributions.utils import broadcast_all, clamp_probs

__all__ = ["ContinuousBernoulli"]


class ContinuousBernoulli(Probabilities, ExponentialFamily):
    """The density on [0, 1] of Bernoulli's form, ``p(x) = C(λ) λ^x (1 − λ)^(1−x)``, λ given as ``probs`` or ``logits``.

    ``C(λ) = 2 artanh(1 − 2λ) / (1 − 2λ)`` and what follows from it is 0/0 at λ = ½; between the two ``lims`` Taylor's
    series takes its place. As ``torch.distributions.ContinuousBernoulli`` (Loaiza-Ganem and Cunningham, 2019).
    ValueError for none or both, for ``probs`` outside [0, 1].

    >>> import autograd
    >>> from autograd.distributions import ContinuousBernoulli
    >>> d = ContinuousBernoulli(autograd.tensor([0.25, 0.5]))
    >>> d.log_prob(autograd.tensor(1.0)), d.mean
    (tensor([-0.5991,  0.0000]), tensor([0.4102, 0.5000]))
    """

    arg_constraints: ClassVar[Any] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _mean_carrier_measure = 0

    def __init__(
        self,
        probs: Tensor | float | None = None,
        logits: Tensor | float | None = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        name, given = self._only_one(probs, logits)
        (given,) = broadcast_all(given)
        if probs is not None:
            if validate_args is not None and not bool(self.arg_constraints["probs"].check(given).all()):
                raise ValueError("The parameter probs has invalid values")
            given = clamp_probs(given)  # the density needs logarithms of both
        self._take(name, given)
        self._lims = lims
        super().__init__(given.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> ContinuousBernoulli:
        new = self._share(self._expanded(ContinuousBernoulli, batch_shape, _instance, "probs", "logits"))
        new._lims = self._lims
        return new

    # -- the neighbourhood of ½ -------------------------------------------------------------------------------------

    def _outside_unstable_region(self) -> Tensor:
        """Where the closed forms hold."""
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _cut_probs(self) -> Tensor:
        """λ where the closed forms hold, else the lower limit, which keeps them and their gradients finite."""
        return autograd.where(self._outside_unstable_region(), self.probs, self._lims[0])

    def _either(self, closed: Tensor, series: Tensor) -> Tensor:
        """The closed form, or near ½ the series."""
        return autograd.where(self._outside_unstable_region(), closed, series)

    def _log_odds_against(self) -> Tensor:
        """``log((1 − λ)/λ)`` of the cut probabilities."""
        cut = self._cut_probs()
        return autograd.log1p(-cut) - autograd.log(cut)

    def _cont_bern_log_norm(self) -> Tensor:
        """``log C(λ)``."""
        cut = self._cut_probs()
        low = cut <= 0.5
        below, above = autograd.where(low, cut, 0.0), autograd.where(low, 1.0, cut)
        width = autograd.where(low, autograd.log1p(-2.0 * below), autograd.log(2.0 * above - 1.0))
        x = (self.probs - 0.5).square()
        return self._either(self._log_odds_against().abs().log() - width, math.log(2) + (4 / 3 + 104 / 45 * x) * x)

    # -- moments ----------------------------------------------------------------------------------------------------

    @property
    def mean(self) -> Tensor:
        cut, x = self._cut_probs(), self.probs - 0.5
        return self._either(
            cut / (2.0 * cut - 1.0) + 1.0 / self._log_odds_against(), 0.5 + (1 / 3 + 16 / 45 * x.square()) * x
        )

    @property
    def stddev(self) -> Tensor:
        return self.variance.sqrt()

    @property
    def variance(self) -> Tensor:
        cut, x = self._cut_probs(), (self.probs - 0.5).square()
        closed = cut * (cut - 1.0) / (1.0 - 2.0 * cut).square() + 1.0 / self._log_odds_against().square()
        return self._either(closed, 1 / 12 - (1 / 15 - 128 / 945 * x) * x)

    # -- samples and densities ----------------------------------------------------------------------------------------

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(autograd.rand(self._extended_shape(sample_shape), dtype=self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy(logits, value) + self._cont_bern_log_norm()

    def cdf(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        cut = self._cut_probs()
        closed = (cut**value * (1.0 - cut) ** (1.0 - value) + cut - 1.0) / (2.0 * cut - 1.0)
        inner = self._either(closed, value)
        return autograd.where(value <= 0.0, 0.0, autograd.where(value >= 1.0, 1.0, inner))

    def icdf(self, value: Tensor) -> Tensor:
        cut = self._cut_probs()
        grown = autograd.log1p(-cut + value * (2.0 * cut - 1.0)) - autograd.log1p(-cut)
        return self._either(grown / -self._log_odds_against(), value)

    def entropy(self) -> Tensor:
        against, favour = autograd.log1p(-self.probs), autograd.log(self.probs)
        return self.mean * (against - favour) - self._cont_bern_log_norm() - against

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.logits,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        """``log((e^η − 1)/η)``, as PyTorch switched to its series by comparing η with the limits less ½."""
        eta: Any = natural_params[0]
        low, high = (limit - 0.5 for limit in self._lims)
        outside = (eta <= low) | (eta > high)
        cut = autograd.where(outside, eta, low)
        closed = autograd.log(autograd.expm1(cut).abs()) - autograd.log(cut.abs())
        square = eta.square()
        return autograd.where(outside, closed, 0.5 * eta + square / 24.0 - square.square() / 2880.0)
