"""Divergences between normal distributions of vectors, of full and of low-rank covariance, in all four combinations.

``KL = ½ (tr(Σ_q⁻¹ Σ_p) + (μ_q − μ_p)ᵀ Σ_q⁻¹ (μ_q − μ_p) − n) + ½ log |Σ_q| − ½ log |Σ_p|``
"""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from autograd.distributions.kl import register_kl
from autograd.distributions.lowrank_multivariate_normal import (
    LowRankMultivariateNormal,
    lowrank_logdet,
    lowrank_mahalanobis,
    woodbury_half,
)
from autograd.distributions.multivariate_normal import MultivariateNormal, batch_mahalanobis, half_log_det


def _root(p: Any) -> tuple[Tensor, Tensor | None]:
    """A matrix A and a vector d or None with ``Σ = A Aᵀ + diag(d²)``."""
    if isinstance(p, LowRankMultivariateNormal):
        factor, diag = p._parts
        return factor, diag.sqrt()
    return p._unbroadcasted_scale_tril, None


def _half_log_det(p: Any) -> Tensor:
    if isinstance(p, LowRankMultivariateNormal):
        return 0.5 * lowrank_logdet(*p._parts, p._capacitance_tril)
    return half_log_det(p._unbroadcasted_scale_tril)


def _square_norm(matrix: Tensor) -> Tensor:
    return matrix.square().sum((-2, -1))


def _trace(q: Any, root: Tensor, deviations: Tensor | None) -> Tensor:
    """``tr(Σ_q⁻¹ (A Aᵀ + diag(d²)))``."""
    if isinstance(q, LowRankMultivariateNormal):
        factor, diag = q._parts
        half = woodbury_half(factor, diag, q._capacitance_tril)
        trace = _square_norm(root * diag.rsqrt().unsqueeze(-1)) - _square_norm(half @ root)
        if deviations is None:
            return trace
        own = (deviations.square() / diag).sum(-1)
        return trace + own - _square_norm(half * deviations.unsqueeze(-2))
    if deviations is not None:
        diagonal = deviations.diag_embed()
        batch = autograd.broadcast_shapes(root.shape[:-2], diagonal.shape[:-2])
        parts = [part.expand((*batch, *part.shape[-2:])) for part in (root, diagonal)]
        root = autograd.cat(parts, -1)
    return _square_norm(autograd.linalg.solve_triangular(q._unbroadcasted_scale_tril, root, upper=False))


def _distance(q: Any, x: Tensor) -> Tensor:
    if isinstance(q, LowRankMultivariateNormal):
        return lowrank_mahalanobis(*q._parts, x, q._capacitance_tril)
    return batch_mahalanobis(q._unbroadcasted_scale_tril, x)


@register_kl(MultivariateNormal, MultivariateNormal)
@register_kl(MultivariateNormal, LowRankMultivariateNormal)
@register_kl(LowRankMultivariateNormal, MultivariateNormal)
@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _multivariate_normal(p: Any, q: Any) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two (Low Rank) Multivariate Normals with different event shapes cannot be computed: "
            f"got {p.event_shape} and {q.event_shape}"
        )
    squares = _trace(q, *_root(p)) + _distance(q, q.loc - p.loc) - p.event_shape[0]
    return 0.5 * squares + _half_log_det(q) - _half_log_det(p)
