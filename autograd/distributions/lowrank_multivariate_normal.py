"""The normal distribution of vectors with a covariance of low rank plus a diagonal."""

from __future__ import annotations

from typing import Any, ClassVar

import autograd
from autograd import Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.multivariate_normal import (
    LOG_2PI,
    batch_mahalanobis,
    batch_mv,
    expand_matrix,
    half_log_det,
)
from autograd.distributions.utils import lazy_property, standard_normal

__all__ = ["LowRankMultivariateNormal"]


def _plus_unit(matrix: Tensor) -> Tensor:
    return matrix + autograd.eye(matrix.shape[-1], dtype=matrix.dtype)


def capacitance_tril(factor: Tensor, diag: Tensor) -> Tensor:
    """The Cholesky factor of ``I + Wᵀ D⁻¹ W``."""
    return autograd.linalg.cholesky(_plus_unit((factor.mT / diag.unsqueeze(-2)) @ factor))


def woodbury_half(factor: Tensor, diag: Tensor, capacitance: Tensor) -> Tensor:
    """A matrix K with ``(W Wᵀ + D)⁻¹ = D⁻¹ − Kᵀ K``, by the Woodbury identity."""
    return autograd.linalg.solve_triangular(capacitance, factor.mT / diag.unsqueeze(-2), upper=False)


def lowrank_logdet(factor: Tensor, diag: Tensor, capacitance: Tensor) -> Tensor:
    """``log det (W Wᵀ + D)``, by the matrix determinant lemma."""
    return 2 * half_log_det(capacitance) + diag.log().sum(-1)


def lowrank_mahalanobis(factor: Tensor, diag: Tensor, x: Tensor, capacitance: Tensor) -> Tensor:
    """``xᵀ (W Wᵀ + D)⁻¹ x``, by the Woodbury identity."""
    projected = batch_mv(factor.mT / diag.unsqueeze(-2), x)
    return (x.square() / diag).sum(-1) - batch_mahalanobis(capacitance, projected)


class LowRankMultivariateNormal(Distribution):
    """The normal distribution of vectors with covariance ``Σ = W Wᵀ + D``.

    ``loc`` is (…, n), ``cov_factor`` W (…, n, m) with m ≪ n, ``cov_diag`` (…, n) the diagonal of D. Only m × m systems
    are solved. As ``torch.distributions.LowRankMultivariateNormal``. ValueError for shapes that do not fit.

    >>> import autograd
    >>> from autograd.distributions import LowRankMultivariateNormal
    >>> d = LowRankMultivariateNormal(autograd.zeros(2), autograd.tensor([[1.0], [0.0]]), autograd.ones(2))
    >>> d.covariance_matrix, d.log_prob(autograd.zeros(2))
    (tensor([[2., 0.],
            [0., 1.]]), tensor(-2.1845))
    """

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event_shape = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
        if cov_factor.shape[-2:-1] != event_shape:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event_shape[0]} x m")
        if cov_diag.shape[-1:] != event_shape:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event_shape}")
        try:
            batch = autograd.broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        except RuntimeError as error:
            raise ValueError(
                f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, cov_diag {cov_diag.shape}"
            ) from error
        self.loc = loc.expand((*batch, *event_shape))
        self.cov_diag = cov_diag.expand((*batch, *event_shape))
        self.cov_factor = expand_matrix(cov_factor, batch)
        self._unbroadcasted_cov_factor = cov_factor
        self._unbroadcasted_cov_diag = cov_diag
        super().__init__(batch, event_shape, validate_args=validate_args)
        self._capacitance_tril = capacitance_tril(cov_factor, cov_diag)

    def expand(self, batch_shape: Any, _instance: Any = None) -> LowRankMultivariateNormal:
        new = self._expanded(LowRankMultivariateNormal, batch_shape, _instance, loc=1, cov_diag=1, cov_factor=2)
        new._unbroadcasted_cov_factor = self._unbroadcasted_cov_factor
        new._unbroadcasted_cov_diag = self._unbroadcasted_cov_diag
        new._capacitance_tril = self._capacitance_tril
        return new

    @property
    def _parts(self) -> tuple[Tensor, Tensor]:
        """W and the diagonal of D, as they were given."""
        return self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:
        """The diagonal of the covariance."""
        factor, diag = self._parts
        return (factor.square().sum(-1) + diag).expand(self._extended_shape())

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance: that of ``I + D^−½ W Wᵀ D^−½``, scaled, which is better conditioned."""
        factor, diag = self._parts
        root = diag.sqrt().unsqueeze(-1)
        scaled = factor / root
        return expand_matrix(root * autograd.linalg.cholesky(_plus_unit(scaled @ scaled.mT)), self._batch_shape)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """The covariance ``W Wᵀ + D``."""
        factor, diag = self._parts
        return expand_matrix(factor @ factor.mT + diag.diag_embed(), self._batch_shape)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance, by the Woodbury identity."""
        factor, diag = self._parts
        half = woodbury_half(factor, diag, self._capacitance_tril)
        return expand_matrix(diag.reciprocal().diag_embed() - half.mT @ half, self._batch_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        factor, diag = self._parts
        noise = standard_normal((*shape[:-1], factor.shape[-1]), self.loc.dtype)
        own = standard_normal(shape, self.loc.dtype)
        return self.loc + batch_mv(factor, noise) + diag.sqrt() * own

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        distance = lowrank_mahalanobis(*self._parts, value - self.loc, self._capacitance_tril)
        log_det = lowrank_logdet(*self._parts, self._capacitance_tril)
        return -0.5 * (self._event_shape[0] * LOG_2PI + log_det + distance)

    def entropy(self) -> Tensor:
        log_det = lowrank_logdet(*self._parts, self._capacitance_tril)
        entropy = 0.5 * (self._event_shape[0] * (1.0 + LOG_2PI) + log_det)
        return entropy.expand(self._batch_shape) if self._batch_shape else entropy
