"""The normal distribution of vectors."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions.distribution import Distribution
from autograd.distributions.utils import lazy_property, standard_normal

__all__ = ["MultivariateNormal"]

LOG_2PI = math.log(2 * math.pi)


def batch_mv(matrix: Tensor, vector: Tensor) -> Tensor:
    """Products of matrices (…, n, m) and vectors (…, m), broadcast."""
    if matrix.dim() == 2:
        return vector @ matrix.mT
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def batch_mahalanobis(factor: Tensor, x: Tensor) -> Tensor:
    """``xᵀ (L Lᵀ)⁻¹ x`` for lower triangular L (…, n, n) and vectors x (…, n), broadcast.

    Vectors that share a matrix are solved for together, as columns of one right-hand side.
    """
    n = x.shape[-1]
    batch = factor.shape[:-2]
    shape = Size(autograd.broadcast_shapes(batch, x.shape[:-1]))
    if batch.numel() == 1:
        columns = x.reshape(x.shape[:-1].numel(), n).mT
        solved = autograd.linalg.solve_triangular(factor.reshape(n, n), columns, upper=False)
        return solved.square().sum(0).reshape(shape)
    cut = len(shape) - len(batch)
    columns = x.expand((*shape, n)).reshape((shape[:cut].numel(), *shape[cut:], n)).movedim(0, -1)
    solved = autograd.linalg.solve_triangular(factor.expand((*shape[cut:], n, n)), columns, upper=False)
    return solved.square().sum(-2).movedim(-1, 0).reshape(shape)


def half_log_det(factor: Tensor) -> Tensor:
    """``½ log det (L Lᵀ)``: the sum of the logarithms on the diagonal."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def precision_to_scale_tril(precision: Tensor) -> Tensor:
    """The lower triangular L with ``(L Lᵀ)⁻¹ = P``.

    Reversing rows and columns turns the Cholesky factor of P into an upper one U with ``U Uᵀ = P``; L is ``U⁻ᵀ``.
    """
    reversed_factor = autograd.linalg.cholesky(precision.flip((-2, -1)))
    lower = reversed_factor.flip((-2, -1)).mT
    unit = autograd.eye(precision.shape[-1], dtype=precision.dtype)
    return autograd.linalg.solve_triangular(lower, unit, upper=False)


def expand_matrix(matrix: Tensor, batch_shape: Any) -> Tensor:
    """Matrices expanded over a batch."""
    return matrix.expand((*batch_shape, *matrix.shape[-2:]))


class Factored(Distribution):
    """For families with a matrix Σ, of which the lower triangular factor is kept, and computed what else is asked for."""

    _unbroadcasted_scale_tril: Tensor

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The lower triangular factor L with ``Σ = L Lᵀ``."""
        return expand_matrix(self._unbroadcasted_scale_tril, self._batch_shape)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """Σ."""
        factor = self._unbroadcasted_scale_tril
        return expand_matrix(factor @ factor.mT, self._batch_shape)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of Σ."""
        return expand_matrix(autograd.cholesky_inverse(self._unbroadcasted_scale_tril), self._batch_shape)


class MultivariateNormal(Factored):
    """The normal distribution of vectors, ``p(x) ∝ exp(−½ (x − μ)ᵀ Σ⁻¹ (x − μ))``.

    ``loc`` μ is (…, n); the matrix (…, n, n) is one of ``covariance_matrix`` Σ, ``precision_matrix`` Σ⁻¹ and
    ``scale_tril``, the lower triangular L with ``Σ = L Lᵀ``, which is the cheapest; the others are computed when asked
    for. As ``torch.distributions.MultivariateNormal``. ValueError for no or several matrices and for wrong dimensions.

    >>> import autograd
    >>> from autograd.distributions import MultivariateNormal
    >>> d = MultivariateNormal(autograd.zeros(2), autograd.eye(2))
    >>> d.log_prob(autograd.zeros(2)), d.entropy()
    (tensor(-1.8379), tensor(2.8379))
    """

    arg_constraints: ClassVar[Any] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        name, matrix = only_one(
            covariance_matrix=covariance_matrix, precision_matrix=precision_matrix, scale_tril=scale_tril
        )
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        batch_shape = autograd.broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        self.__dict__[name] = expand_matrix(matrix, batch_shape)
        self.loc = loc.expand((*batch_shape, loc.shape[-1]))
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = FACTORS[name](matrix)

    def expand(self, batch_shape: Any, _instance: Any = None) -> MultivariateNormal:
        matrices = dict.fromkeys(("covariance_matrix", "scale_tril", "precision_matrix"), 2)
        new = self._expanded(MultivariateNormal, batch_shape, _instance, loc=1, **matrices)
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril
        return new

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        rows = self._unbroadcasted_scale_tril.square().sum(-1)
        return rows.expand(self._extended_shape())

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        noise = standard_normal(self._extended_shape(sample_shape), self.loc.dtype)
        return self.loc + batch_mv(self._unbroadcasted_scale_tril, noise)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        factor = self._unbroadcasted_scale_tril
        distance = batch_mahalanobis(factor, value - self.loc)
        return -0.5 * (self._event_shape[0] * LOG_2PI + distance) - half_log_det(factor)

    def entropy(self) -> Tensor:
        entropy = 0.5 * self._event_shape[0] * (1.0 + LOG_2PI) + half_log_det(self._unbroadcasted_scale_tril)
        return entropy.expand(self._batch_shape) if self._batch_shape else entropy


def only_one(error: type[Exception] = ValueError, **matrices: Tensor | None) -> tuple[str, Tensor]:
    """The name and value of the one matrix given; an error for none or several."""
    given = [(name, value) for name, value in matrices.items() if value is not None]
    if len(given) != 1:
        raise error("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
    return given[0]


# How the factor L follows from the matrix that was given.
FACTORS: dict[str, Any] = {
    "covariance_matrix": lambda matrix: autograd.linalg.cholesky(matrix),
    "precision_matrix": precision_to_scale_tril,
    "scale_tril": lambda matrix: matrix,
}
