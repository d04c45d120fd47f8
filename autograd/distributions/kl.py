"""Kullback-Leibler divergences, looked up by the two families. As ``torch.distributions.kl``."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from autograd import Tensor
from autograd.distributions.distribution import Distribution
from autograd.distributions.exp_family import ExponentialFamily, less_products
from autograd.distributions.independent import Independent
from autograd.distributions.transformed_distribution import TransformedDistribution
from autograd.distributions.utils import sum_rightmost

__all__ = ["kl_divergence", "register_kl"]

_Rule = TypeVar("_Rule", bound=Callable[[Any, Any], Tensor])
_registry: dict[tuple[type, type], Callable[[Any, Any], Tensor]] = {}
_found: dict[tuple[type, type], Callable[[Any, Any], Tensor] | None] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[_Rule], _Rule]:
    """Decorator: use the function for ``kl_divergence`` of these two families, and of classes derived from them.

    Of several that fit, the most specific is used. As ``torch.distributions.kl.register_kl``. TypeError for what is no
    class of distributions.

    >>> import autograd
    >>> from autograd.distributions import Normal, kl_divergence, register_kl
    >>> class Mine(Normal): pass
    >>> @register_kl(Mine, Mine)
    ... def _kl(p, q): return (p.loc - q.loc).square()
    >>> kl_divergence(Mine(3.0, 1.0), Mine(1.0, 1.0))
    tensor(4.)
    """
    kinds: tuple[tuple[str, Any], ...] = (("type_p", type_p), ("type_q", type_q))
    for name, kind in kinds:
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {kind}")

    def decorate(rule: _Rule) -> _Rule:
        _registry[type_p, type_q] = rule
        _found.clear()
        return rule

    return decorate


def _look_up(type_p: type, type_q: type) -> Callable[[Any, Any], Tensor] | None:
    """The most specific rule for two classes; a RuntimeWarning where p and q disagree about which that is."""
    order_p = {kind: i for i, kind in enumerate(type_p.__mro__)}
    order_q = {kind: i for i, kind in enumerate(type_q.__mro__)}
    fitting = [(p, q) for p, q in _registry if p in order_p and q in order_q]
    if not fitting:
        return None
    by_p = min(fitting, key=lambda pair: (order_p[pair[0]], order_q[pair[1]]))
    by_q = min(fitting, key=lambda pair: (order_q[pair[1]], order_p[pair[0]]))
    if _registry[by_p] is not _registry[by_q]:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). "
            f"Please register_kl({by_p[0].__name__}, {by_q[1].__name__})",
            RuntimeWarning,
            stacklevel=3,
        )
    return _registry[by_p]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """``KL(p ‖ q) = E_p[log p(x) − log q(x)]``, of shape ``batch_shape``; differentiable in the parameters of both.

    As ``torch.distributions.kl_divergence``, for the same pairs of families; where the general formula of exponential
    families serves (Wishart), PyTorch leaves out the gradient of p. NotImplementedError for a pair without a formula: see
    ``register_kl``.

    >>> from autograd.distributions import Normal, kl_divergence
    >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    tensor(0.5000)
    """
    key = type(p), type(q)
    if key not in _found:
        _found[key] = _look_up(*key)
    rule = _found[key]
    if rule is None:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
        )
    return rule(p, q)


# -- pairs that are made of other pairs ---------------------------------------------------------------------------------


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError(
            "KL of Independent distributions with different reinterpreted_batch_ndims: "
            f"{p.reinterpreted_batch_ndims} and {q.reinterpreted_batch_ndims}"
        )
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p: TransformedDistribution, q: TransformedDistribution) -> Tensor:
    """The same bijection on both sides changes nothing."""
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("KL of transformed distributions with different transforms or event shapes")
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(ExponentialFamily, ExponentialFamily)
def _exponential_family(p: ExponentialFamily, q: ExponentialFamily) -> Tensor:
    """The Bregman divergence of the log normalizer: ``F(θ_q) − F(θ_p) − ⟨θ_q − θ_p, ∇F(θ_p)⟩``."""
    if type(p) is not type(q):
        raise NotImplementedError(
            "The cross KL-divergence between different exponential families cannot be computed using Bregman divergences"
        )
    natural_p, normalizer, slopes = p._normalizer_and_slopes()
    natural_q = q._natural_params
    steps = [other - own for own, other in zip(natural_p, natural_q, strict=True)]
    return less_products(q._log_normalizer(*natural_q) - normalizer, steps, slopes)
