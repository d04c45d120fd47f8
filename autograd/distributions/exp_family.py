"""Exponential families, whose entropy follows from their log normalizer."""

from __future__ import annotations

from collections.abc import Sequence

import autograd
from autograd import Tensor
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import sum_rightmost

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """Base class of distributions with the density ``h(x) · exp(⟨t(x), θ⟩ − F(θ))``.

    A family gives its natural parameters θ, the log normalizer F and the mean of ``log h``; ``entropy`` is then
    ``F(θ) − ⟨θ, ∇F(θ)⟩ − E[log h(x)]`` (Nielsen and Nock 2010), unless the family knows a closed form. As
    ``torch.distributions.ExponentialFamily``, but that entropy is differentiable here.

    >>> from autograd.distributions import ExponentialFamily, Normal
    >>> issubclass(Normal, ExponentialFamily)
    True
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        """The natural parameters θ, one tensor each."""
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        """F(θ), for each member of the batch."""
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> float | Tensor:
        """The mean of log h(x)."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The entropy, from the log normalizer and its gradient."""
        natural, normalizer, slopes = self._normalizer_and_slopes()
        return less_products(normalizer - self._mean_carrier_measure, natural, slopes)

    def _normalizer_and_slopes(self) -> tuple[Sequence[Tensor], Tensor, Sequence[Tensor]]:
        """θ, F(θ) and ∇F(θ), on the history of the family's own parameters."""
        given = self._natural_params
        with autograd.enable_grad():
            # Views, so that one parameter which is computed from another counts as independent of it.
            natural = [p.view_as(p) if p.requires_grad else p.detach().requires_grad_() for p in given]
            normalizer = self._log_normalizer(*natural)
            return natural, normalizer, autograd.grad(normalizer.sum(), natural, create_graph=True)


def less_products(result: Tensor, parameters: Sequence[Tensor], slopes: Sequence[Tensor]) -> Tensor:
    """``result − ⟨parameters, slopes⟩``, for each member of the batch."""
    for parameter, slope in zip(parameters, slopes, strict=True):
        term = parameter * slope
        # A parameter that is one number for the whole event has fewer dimensions than the event.
        result = result - sum_rightmost(term, term.dim() - result.dim())
    return result
