"""The Wishart distribution of positive definite matrices."""

from __future__ import annotations

import math
import warnings
from numbers import Number
from typing import Any, cast

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions.chi2 import Chi2
from autograd.distributions.exp_family import ExponentialFamily
from autograd.distributions.multivariate_normal import FACTORS, Factored, expand_matrix, half_log_det, only_one
from autograd.distributions.utils import vec_to_tril_matrix

__all__ = ["Wishart"]

_LOG_2 = math.log(2.0)
_TRIES = 10  # how often singular samples are drawn again


def _mvdigamma(x: Tensor, p: int) -> Tensor:
    """The derivative of ``log Γ_p``: ``Σ_{j<p} digamma(x − j/2)``."""
    return autograd.digamma(x.unsqueeze(-1) - autograd.arange(p, dtype=x.dtype) / 2).sum(-1)


class Wishart(Factored, ExponentialFamily):
    """The distribution of ``Σ_{i≤ν} x_i x_iᵀ`` for ν normal vectors: ``p(X) ∝ |X|^{(ν−p−1)/2} exp(−½ tr(Σ⁻¹ X))``.

    ``df`` ν > p − 1 need not be whole; the p × p matrix is one of ``covariance_matrix`` Σ, ``precision_matrix`` Σ⁻¹ and
    ``scale_tril``, the lower triangular factor of Σ. Samples by Bartlett's decomposition. As
    ``torch.distributions.Wishart``, except that samples are drawn again only where they are singular. AssertionError for
    no or several matrices, ValueError for ``df ≤ p − 1``; a warning for ``df < p``.

    >>> import autograd
    >>> from autograd.distributions import Wishart
    >>> d = Wishart(autograd.tensor(3.0), autograd.eye(2))
    >>> d.mean, d.log_prob(autograd.eye(2))
    (tensor([[3., 0.],
            [0., 3.]]), tensor(-3.5310))
    """

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0

    @property
    def arg_constraints(self) -> Any:
        """The constraint of each argument; that of ``df`` depends on the size of the matrices."""
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self.event_shape[-1] - 1),
        }

    def __init__(
        self,
        df: Any,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        name, matrix = only_one(
            AssertionError,  # PyTorch's choice for this family
            covariance_matrix=covariance_matrix,
            precision_matrix=precision_matrix,
            scale_tril=scale_tril,
        )
        if matrix.dim() < 2:
            raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
        if isinstance(df, Number):
            batch_shape = matrix.shape[:-2]
            self.df = autograd.tensor(df, dtype=matrix.dtype)
        else:
            batch_shape = Size(autograd.broadcast_shapes(matrix.shape[:-2], df.shape))
            self.df = df.expand(batch_shape)
        p = matrix.shape[-1]
        if bool((self.df <= p - 1).any()):
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {p - 1}.")
        self.__dict__[name] = expand_matrix(matrix, batch_shape)
        if bool((self.df < p).any()):
            warnings.warn(
                "Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                stacklevel=2,
            )
        super().__init__(batch_shape, matrix.shape[-2:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = FACTORS[name](matrix)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Wishart:
        matrices = dict.fromkeys(("covariance_matrix", "precision_matrix", "scale_tril"), 2)
        new = self._expanded(Wishart, batch_shape, _instance, "df", **matrices)
        new._unbroadcasted_scale_tril = self._unbroadcasted_scale_tril
        return new

    @staticmethod
    def _on_matrices(values: Tensor) -> Tensor:
        return values.unsqueeze(-1).unsqueeze(-1)

    @property
    def mean(self) -> Tensor:
        return self._on_matrices(self.df) * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        factor = self.df - self._event_shape[-1] - 1
        factor = autograd.where(factor <= 0, math.nan, factor)  # the density has no maximum inside
        return self._on_matrices(factor) * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        matrix = self.covariance_matrix
        diagonal = matrix.diagonal(dim1=-2, dim2=-1)
        products = diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2)
        return self._on_matrices(self.df) * (matrix.square() + products)

    def _bartlett(self, sample_shape: Any) -> Tensor:
        """``L A Aᵀ Lᵀ``: A has roots of χ² variables of falling degrees on its diagonal and normal ones below it."""
        p = self._event_shape[-1]
        factor = self._unbroadcasted_scale_tril
        degrees = self.df.expand(self._batch_shape).unsqueeze(-1) - autograd.arange(p, dtype=factor.dtype)
        roots = Chi2(df=degrees, validate_args=False).rsample(sample_shape).sqrt()
        roots = roots.clamp(min=float(autograd.finfo(roots.dtype).eps))
        below = autograd.randn((*sample_shape, *self._batch_shape, p * (p - 1) // 2), dtype=roots.dtype)
        product = factor @ (roots.diag_embed() + vec_to_tril_matrix(below, diag=-1))
        return product @ product.mT

    def rsample(self, sample_shape: Any = (), max_try_correction: int | None = None) -> Tensor:
        """Samples; those that rounding has made singular are drawn again, up to ``max_try_correction`` (10) times."""
        sample = self._bartlett(sample_shape)
        for _ in range(_TRIES if max_try_correction is None else max_try_correction):
            singular: Any = ~cast("Any", self.support.check(sample))
            if not bool(singular.any()):
                break
            warnings.warn("Singular sample detected.", stacklevel=2)
            sample = autograd.where(self._on_matrices(singular), self._bartlett(sample_shape), sample)
        return sample

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        p, half = self._event_shape[-1], self.df / 2
        factor = self._unbroadcasted_scale_tril
        trace = autograd.cholesky_solve(value, factor).diagonal(dim1=-2, dim2=-1).sum(-1)
        return (
            (half - (p + 1) / 2) * autograd.linalg.slogdet(value).logabsdet
            - trace / 2
            - self.df * (p * _LOG_2 / 2 + half_log_det(factor))
            - autograd.mvlgamma(half, p=p)
        )

    def entropy(self) -> Tensor:
        p, half = self._event_shape[-1], self.df / 2
        return (
            (p + 1) * (p * _LOG_2 / 2 + half_log_det(self._unbroadcasted_scale_tril))
            + autograd.mvlgamma(half, p=p)
            - (half - (p + 1) / 2) * _mvdigamma(half, p)
            + half * p
        )

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, x: Tensor, y: Tensor) -> Tensor:  # type: ignore[override]
        p = self._event_shape[-1]
        half = y + (p + 1) / 2
        return half * (p * _LOG_2 - autograd.linalg.slogdet(-2 * x).logabsdet) + autograd.mvlgamma(half, p=p)
