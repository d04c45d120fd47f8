"""Divergences between different families: ``KL(p ‖ q) = −H(p) − E_p[log q(x)]``.

The expectation is one formula for each q, in moments of p; so the table of pairs is a table of moments.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor
from autograd.distributions.bernoulli import Bernoulli
from autograd.distributions.beta import Beta
from autograd.distributions.binomial import Binomial
from autograd.distributions.continuous_bernoulli import ContinuousBernoulli
from autograd.distributions.exponential import Exponential
from autograd.distributions.gamma import Gamma
from autograd.distributions.gumbel import Gumbel
from autograd.distributions.kl import register_kl
from autograd.distributions.laplace import Laplace
from autograd.distributions.normal import Normal
from autograd.distributions.pareto import Pareto
from autograd.distributions.poisson import Poisson
from autograd.distributions.uniform import Uniform
from autograd.distributions.utils import euler_constant

# -- moments of p -------------------------------------------------------------------------------------------------------


def _mean_log(low: Tensor, high: Tensor) -> Tensor:
    """E[log x] for x uniform between the two."""
    return (autograd.xlogy(high, high) - autograd.xlogy(low, low)) / (high - low) - 1


# E[log x]
_EXPECTED_LOG: dict[type, Callable[[Any], Tensor]] = {
    Beta: lambda p: p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma(),
    Exponential: lambda p: -euler_constant - p.rate.log(),
    Gamma: lambda p: p.concentration.digamma() - p.rate.log(),
    Pareto: lambda p: p.scale.log() + p.alpha.reciprocal(),
    Uniform: lambda p: _mean_log(p.low, p.high),
}

# E[exp(−(x − m) / s)], which a Gumbel of location m and scale s asks for
_EXPECTED_EXP: dict[type, Callable[[Any, Tensor, Tensor], Tensor]] = {
    Exponential: lambda p, m, s: autograd.exp(m / s) * (p.rate * s) / (p.rate * s + 1),
    Gamma: lambda p, m, s: autograd.exp(m / s) * (1 + (p.rate * s).reciprocal()).pow(-p.concentration),
    Normal: lambda p, m, s: autograd.exp((m - p.loc) / s + 0.5 * (p.scale / s).square()),
    Uniform: lambda p, m, s: s / (p.high - p.low) * (autograd.exp((m - p.low) / s) - autograd.exp((m - p.high) / s)),
}


# -- E_p[log q(x)] ------------------------------------------------------------------------------------------------------


def _under_beta(p: Any, q: Beta) -> Tensor:
    """p is uniform: 1 − x is so as well."""
    a, b = q.concentration1, q.concentration0
    normalizer = a.lgamma() + b.lgamma() - (a + b).lgamma()
    return (a - 1) * _mean_log(p.low, p.high) + (b - 1) * _mean_log(1 - p.high, 1 - p.low) - normalizer


def _under_continuous_bernoulli(p: Any, q: ContinuousBernoulli) -> Tensor:
    """The log density is linear in x."""
    return p.mean * q.logits + q.log_prob(autograd.zeros_like(q.logits))


def _under_exponential(p: Any, q: Exponential) -> Tensor:
    return q.rate.log() - q.rate * p.mean


def _under_gamma(p: Any, q: Gamma) -> Tensor:
    a = q.concentration
    return a * q.rate.log() - a.lgamma() + (a - 1) * _EXPECTED_LOG[type_in(p, _EXPECTED_LOG)](p) - q.rate * p.mean


def _under_gumbel(p: Any, q: Gumbel) -> Tensor:
    moment = _EXPECTED_EXP[type_in(p, _EXPECTED_EXP)](p, q.loc, q.scale)
    return -q.scale.log() - (p.mean - q.loc) / q.scale - moment


def _under_laplace(p: Normal, q: Laplace) -> Tensor:
    """p is normal: E|x − m| has a closed form."""
    distance = p.loc - q.loc
    ratio = distance / p.scale
    tails = math.sqrt(2 / math.pi) * p.scale * autograd.exp(-0.5 * ratio.square())
    return -(2 * q.scale).log() - (tails + distance * autograd.erf(math.sqrt(0.5) * ratio)) / q.scale


def _under_normal(p: Any, q: Normal) -> Tensor:
    square = p.variance + (p.mean - q.loc).square()
    return -q.scale.log() - 0.5 * math.log(2 * math.pi) - square / (2 * q.scale.square())


def _under_pareto(p: Any, q: Pareto) -> Tensor:
    expected = _EXPECTED_LOG[type_in(p, _EXPECTED_LOG)](p)
    return q.alpha.log() + q.alpha * q.scale.log() - (q.alpha + 1) * expected


def _under_poisson(p: Bernoulli, q: Poisson) -> Tensor:
    """p is 0 or 1, whose factorials are 1."""
    return p.probs * q.rate.log() - q.rate


def _under_uniform(p: Any, q: Uniform) -> Tensor:
    return -(q.high - q.low).log()


def type_in(p: Any, table: dict[type, Any]) -> type:
    """The class of ``p``, or the nearest one that it derives from, in a table."""
    return next(kind for kind in type(p).__mro__ if kind in table)


# -- the pairs ----------------------------------------------------------------------------------------------------------

_EXPECTATIONS: dict[type, Callable[[Any, Any], Tensor]] = {
    Beta: _under_beta,
    ContinuousBernoulli: _under_continuous_bernoulli,
    Exponential: _under_exponential,
    Gamma: _under_gamma,
    Gumbel: _under_gumbel,
    Laplace: _under_laplace,
    Normal: _under_normal,
    Pareto: _under_pareto,
    Poisson: _under_poisson,
    Uniform: _under_uniform,
}
_FINITE: dict[type, tuple[type, ...]] = {
    Bernoulli: (Poisson,),
    Beta: (ContinuousBernoulli, Exponential, Gamma, Normal, Uniform),
    ContinuousBernoulli: (Exponential, Normal, Uniform),
    Exponential: (Gamma, Gumbel, Normal),
    Gamma: (Exponential, Gumbel, Normal),
    Gumbel: (Normal,),
    Laplace: (Normal,),
    Normal: (Gumbel, Laplace),
    Pareto: (Exponential, Gamma, Normal),
    Uniform: (Beta, ContinuousBernoulli, Exponential, Gamma, Gumbel, Normal, Pareto),
}
# Where p has values that q cannot have, for parameters that decide it. PyTorch counts an edge that the two supports
# share as outside for the continuous Bernoulli, and so does this.
_OUTSIDE: dict[tuple[type, type], Callable[[Any, Any], Tensor]] = {
    (Beta, Uniform): lambda p, q: (q.low > 0) | (q.high < 1),
    (ContinuousBernoulli, Uniform): lambda p, q: (q.low >= 0) | (q.high <= 1),
    (Uniform, Beta): lambda p, q: (p.high > 1) | (p.low < 0),
    (Uniform, ContinuousBernoulli): lambda p, q: (p.high >= 1) | (p.low <= 0),
    (Uniform, Exponential): lambda p, q: p.low < 0,
    (Uniform, Gamma): lambda p, q: p.low < 0,
    (Uniform, Pareto): lambda p, q: p.low < q.scale,
}
# ... and for any parameters.
_ON_INTERVAL = (Beta, ContinuousBernoulli, Pareto, Uniform)
_POSITIVE = (*_ON_INTERVAL, Exponential, Gamma)
_INFINITE: dict[type, tuple[type, ...]] = {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: _ON_INTERVAL,
    Gamma: _ON_INTERVAL,
    Gumbel: _POSITIVE,
    Laplace: _POSITIVE,
    Normal: _POSITIVE,
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}


def _finite_rule(type_p: type, type_q: type) -> Callable[[Any, Any], Tensor]:
    expectation, outside = _EXPECTATIONS[type_q], _OUTSIDE.get((type_p, type_q))

    def rule(p: Any, q: Any) -> Tensor:
        result = -p.entropy() - expectation(p, q)
        return result if outside is None else autograd.where(outside(p, q), math.inf, result)

    return rule


def _infinite(p: Any, q: Any) -> Tensor:
    shape = autograd.broadcast_shapes(p.batch_shape, q.batch_shape)
    return autograd.full(shape, math.inf, dtype=p.mean.dtype)


for _p, _others in _FINITE.items():
    for _q in _others:
        register_kl(_p, _q)(_finite_rule(_p, _q))
for _p, _others in _INFINITE.items():
    for _q in _others:
        register_kl(_p, _q)(_infinite)
