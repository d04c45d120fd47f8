"""Divergences between two distributions of the same family."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor
from autograd.distributions.bernoulli import Bernoulli
from autograd.distributions.beta import Beta
from autograd.distributions.binomial import Binomial
from autograd.distributions.categorical import Categorical
from autograd.distributions.cauchy import Cauchy
from autograd.distributions.continuous_bernoulli import ContinuousBernoulli
from autograd.distributions.dirichlet import Dirichlet
from autograd.distributions.exponential import Exponential
from autograd.distributions.gamma import Gamma
from autograd.distributions.geometric import Geometric
from autograd.distributions.gumbel import Gumbel
from autograd.distributions.half_normal import HalfNormal
from autograd.distributions.kl import register_kl
from autograd.distributions.laplace import Laplace
from autograd.distributions.normal import Normal
from autograd.distributions.one_hot_categorical import OneHotCategorical
from autograd.distributions.pareto import Pareto
from autograd.distributions.poisson import Poisson
from autograd.distributions.uniform import Uniform
from autograd.distributions.utils import euler_constant
from autograd.fused import softplus


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    # −log of the probabilities of 1 and 0, from logits: softplus(−logits) and softplus(logits)
    one = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    zero = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    one = autograd.where(p.probs == 0, 0.0, autograd.where(q.probs == 0, math.inf, one))
    zero = autograd.where(p.probs == 1, 0.0, autograd.where(q.probs == 1, math.inf, zero))
    return one + zero


@register_kl(Categorical, Categorical)
def _categorical(p: Categorical, q: Categorical) -> Tensor:
    terms = p.probs * (p.logits - q.logits)
    terms = autograd.where(p.probs == 0, 0.0, autograd.where(q.probs == 0, math.inf, terms))
    return terms.sum(-1)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot_categorical(p: OneHotCategorical, q: OneHotCategorical) -> Tensor:
    return _categorical(p._categorical, q._categorical)


@register_kl(Binomial, Binomial)
def _binomial(p: Binomial, q: Binomial) -> Tensor:
    if bool((p.total_count < q.total_count).any()):
        raise NotImplementedError(
            "KL between Binomials where q.total_count > p.total_count is not implemented: "
            f"got {p.total_count} and {q.total_count}"
        )
    each = p.probs * (p.logits - q.logits) + autograd.log1p(-p.probs) - autograd.log1p(-q.probs)
    return autograd.where(p.total_count > q.total_count, math.inf, p.total_count * each)


@register_kl(Geometric, Geometric)
def _geometric(p: Geometric, q: Geometric) -> Tensor:
    return -p.entropy() - autograd.log1p(-q.probs) / p.probs - q.logits


@register_kl(Poisson, Poisson)
def _poisson(p: Poisson, q: Poisson) -> Tensor:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


def _log_beta_function(*parameters: Tensor) -> Tensor:
    """``Σ log Γ(a_i) − log Γ(Σ a_i)``."""
    total: Any = sum(parameters[1:], parameters[0])
    return sum((a.lgamma() for a in parameters[1:]), parameters[0].lgamma()) - total.lgamma()


@register_kl(Beta, Beta)
def _beta(p: Beta, q: Beta) -> Tensor:
    a, b = p.concentration1, p.concentration0
    a_q, b_q = q.concentration1, q.concentration0
    log_total = autograd.digamma(a + b)
    return (
        _log_beta_function(a_q, b_q)
        - _log_beta_function(a, b)
        + (a - a_q) * (autograd.digamma(a) - log_total)
        + (b - b_q) * (autograd.digamma(b) - log_total)
    )


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Dirichlet, q: Dirichlet) -> Tensor:
    a, a_q = p.concentration, q.concentration
    total, total_q = a.sum(-1), a_q.sum(-1)
    expected_log = a.digamma() - total.digamma().unsqueeze(-1)
    normalizers = total.lgamma() - total_q.lgamma() - (a.lgamma() - a_q.lgamma()).sum(-1)
    return normalizers + ((a - a_q) * expected_log).sum(-1)


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _continuous_bernoulli(p: ContinuousBernoulli, q: ContinuousBernoulli) -> Tensor:
    # The log density is linear: x · logits + the log density at 0.
    at_zero = p.log_prob(autograd.zeros_like(p.logits)) - q.log_prob(autograd.zeros_like(q.logits))
    return p.mean * (p.logits - q.logits) + at_zero


@register_kl(Exponential, Exponential)
def _exponential(p: Exponential, q: Exponential) -> Tensor:
    ratio = q.rate / p.rate
    return ratio - 1 - ratio.log()


@register_kl(Gamma, Gamma)
def _gamma(p: Gamma, q: Gamma) -> Tensor:
    a, a_q = p.concentration, q.concentration
    return (
        a_q * (p.rate / q.rate).log()
        + a_q.lgamma()
        - a.lgamma()
        + (a - a_q) * a.digamma()
        + (q.rate - p.rate) * (a / p.rate)
    )


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Gumbel, q: Gumbel) -> Tensor:
    ratio = p.scale / q.scale
    shift = (p.loc - q.loc) / q.scale
    moment = autograd.exp((1 + ratio).lgamma() - shift)  # E exp(−(x − loc_q) / scale_q)
    return shift - ratio.log() + euler_constant * (ratio - 1) + moment - 1


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale).square()
    shift = ((p.loc - q.loc) / q.scale).square()
    return 0.5 * (ratio + shift - 1 - ratio.log())


@register_kl(HalfNormal, HalfNormal)
def _half_normal(p: HalfNormal, q: HalfNormal) -> Tensor:
    return _normal(p.base_dist, q.base_dist)


@register_kl(Laplace, Laplace)
def _laplace(p: Laplace, q: Laplace) -> Tensor:
    ratio = p.scale / q.scale
    distance = (p.loc - q.loc).abs()
    return distance / q.scale + ratio * autograd.exp(-distance / p.scale) - ratio.log() - 1


@register_kl(Cauchy, Cauchy)
def _cauchy(p: Cauchy, q: Cauchy) -> Tensor:
    squares = (p.scale + q.scale).square() + (p.loc - q.loc).square()
    return squares.log() - (4 * p.scale * q.scale).log()


@register_kl(Pareto, Pareto)
def _pareto(p: Pareto, q: Pareto) -> Tensor:
    ratio = q.alpha / p.alpha
    result = q.alpha * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    return autograd.where(p.scale < q.scale, math.inf, result)


@register_kl(Uniform, Uniform)
def _uniform(p: Uniform, q: Uniform) -> Tensor:
    result = ((q.high - q.low) / (p.high - p.low)).log()
    outside: Any = q.low > p.low
    return autograd.where(outside | (q.high < p.high), math.inf, result)
