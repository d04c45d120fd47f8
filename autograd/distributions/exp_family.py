"""Exponential families, whose entropy follows from their log normalizer."""

from __future__ import annotations

import autograd
from autograd import Tensor
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import sum_rightmost

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """Base class of distributions with the density ``h(x) · exp(⟨t(x), θ⟩ − F(θ))``.

    A family gives its natural parameters θ, the log normalizer F and the mean of ``log h``; ``entropy`` is then
    ``F(θ) − ⟨θ, ∇F(θ)⟩ − E[log h(x)]`` (Nielsen and Nock 2010), unless the family knows a closed form. As
    ``torch.distributions.ExponentialFamily``.

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
        natural = [p.detach().requires_grad_() for p in self._natural_params]
        with autograd.enable_grad():
            normalizer = self._log_normalizer(*natural)
            slopes = autograd.grad(normalizer.sum(), natural, create_graph=True)
        result = normalizer - self._mean_carrier_measure
        for parameter, slope in zip(natural, slopes, strict=True):
            term = parameter * slope
            # A parameter that is one number for the whole event has fewer dimensions than the event.
            result = result - sum_rightmost(term, term.dim() - normalizer.dim())
        return result
