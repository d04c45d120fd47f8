"""Transforms of vectors and matrices, and those that treat slices differently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Size, Tensor
from autograd.distributions import constraints
from autograd.distributions._transform_base import Stateless, Transform, _need_dims
from autograd.distributions._transform_elementwise import LOG_2, clipped_sigmoid
from autograd.distributions.utils import sum_rightmost, tril_matrix_to_vec, vec_to_tril_matrix
from autograd.fused import logsigmoid, pad, softplus


class SoftmaxTransform(Stateless):
    """``y = softmax(x)``, onto the simplex; not bijective: ``log y`` is one of the vectors mapped to y.

    As ``torch.distributions.transforms.SoftmaxTransform``; for a bijection see ``StickBreakingTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import SoftmaxTransform
    >>> SoftmaxTransform()(autograd.zeros(2))
    tensor([0.5000, 0.5000])
    """

    domain = constraints.real_vector
    codomain = constraints.simplex

    def _call(self, x: Tensor) -> Tensor:
        return autograd.softmax(x, dim=-1)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def forward_shape(self, shape: Any) -> Size:
        _need_dims(shape, 1)
        return Size(shape)

    def inverse_shape(self, shape: Any) -> Size:
        return self.forward_shape(shape)


class StickBreakingTransform(Stateless):
    """From K − 1 reals to the simplex of K: each number says what share of the rest of a stick to break off.

    ``z_k = sigmoid(x_k − log(K − k))`` and ``y_k = z_k ∏_{j<k} (1 − z_j)``, so that 0 maps to equal shares. As
    ``torch.distributions.transforms.StickBreakingTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import StickBreakingTransform
    >>> StickBreakingTransform()(autograd.zeros(2))
    tensor([0.3333, 0.3333, 0.3333])
    """

    domain = constraints.real_vector
    codomain = constraints.simplex
    bijective = True

    @staticmethod
    def _shift(like: Tensor, count: int) -> Tensor:
        """log(K − k) for k = 1 … K − 1, K − 1 being ``count``."""
        return autograd.arange(count, 0, -1, dtype=like.dtype).log()

    def _call(self, x: Tensor) -> Tensor:
        z = clipped_sigmoid(x - self._shift(x, x.shape[-1]))
        rest = (1 - z).cumprod(-1)
        return pad(z, (0, 1), value=1.0) * pad(rest, (1, 0), value=1.0)

    def _inverse(self, y: Tensor) -> Tensor:
        head = y[..., :-1]
        rest = (1 - head.cumsum(-1)).clamp(min=float(autograd.finfo(y.dtype).tiny))
        return head.log() - rest.log() + self._shift(y, head.shape[-1])

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        x = x - self._shift(x, x.shape[-1])
        # dy_k/dx_k = y_k (1 − z_k), and log(1 − z) = log z − x
        return (logsigmoid(x) - x + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Any) -> Size:
        _need_dims(shape, 1)
        return Size((*shape[:-1], shape[-1] + 1))

    def inverse_shape(self, shape: Any) -> Size:
        _need_dims(shape, 1)
        return Size((*shape[:-1], shape[-1] - 1))


class LowerCholeskyTransform(Stateless):
    """A square matrix to a lower triangular one with a positive diagonal: the exponential on the diagonal.

    As ``torch.distributions.transforms.LowerCholeskyTransform``. What lies above the diagonal is not read.

    >>> import autograd
    >>> from autograd.distributions.transforms import LowerCholeskyTransform
    >>> LowerCholeskyTransform()(autograd.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.lower_cholesky

    def _call(self, x: Tensor) -> Tensor:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(Stateless):
    """A square matrix to a positive definite one: ``L Lᵀ`` of its ``LowerCholeskyTransform``.

    As ``torch.distributions.transforms.PositiveDefiniteTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import PositiveDefiniteTransform
    >>> PositiveDefiniteTransform()(autograd.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.independent(constraints.real, 2)
    codomain = constraints.positive_definite

    def _call(self, x: Tensor) -> Tensor:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Tensor) -> Tensor:
        return LowerCholeskyTransform().inv(autograd.linalg.cholesky(y))


class CorrCholeskyTransform(Stateless):
    """D(D − 1)/2 reals to the Cholesky factor of a D × D correlation matrix (Lewandowski, Kurowicka and Joe 2009).

    ``tanh`` makes canonical partial correlations z of them; row i of the factor breaks a stick of squared length 1:
    ``y_ij = z_ij √∏_{k<j} (1 − z_ik²)``. As ``torch.distributions.transforms.CorrCholeskyTransform``.

    >>> import autograd
    >>> from autograd.distributions.transforms import CorrCholeskyTransform
    >>> CorrCholeskyTransform()(autograd.zeros(1))
    tensor([[1., 0.],
            [0., 1.]])
    """

    domain = constraints.real_vector
    codomain = constraints.corr_cholesky
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        eps = float(autograd.finfo(x.dtype).eps)
        partial = vec_to_tril_matrix(x.tanh().clamp(min=-1 + eps, max=1 - eps), diag=-1)
        rest = (1 - partial.square()).sqrt().cumprod(-1)
        unit = autograd.eye(partial.shape[-1], dtype=x.dtype)
        return (partial + unit) * pad(rest[..., :-1], (1, 0), value=1.0)

    def _inverse(self, y: Tensor) -> Tensor:
        rest = pad((1 - y.square().cumsum(-1))[..., :-1], (1, 0), value=1.0)
        partial = tril_matrix_to_vec(y, diag=-1) / tril_matrix_to_vec(rest, diag=-1).sqrt()
        return (partial.log1p() - (-partial).log1p()) / 2  # atanh

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor, intermediates: Any = None) -> Tensor:
        rest = 1 - y.square().cumsum(-1)
        sticks = 0.5 * tril_matrix_to_vec(rest, diag=-2).log().sum(-1)
        return sticks - 2 * (x + softplus(-2 * x) - LOG_2).sum(-1)

    def forward_shape(self, shape: Any) -> Size:
        _need_dims(shape, 1)
        count = shape[-1]
        side = round((0.25 + 2 * count) ** 0.5 + 0.5)
        if side * (side - 1) // 2 != count:
            raise ValueError(f"Input is not a flattened lower-diagonal number: {count} is D(D − 1)/2 for no D")
        return Size((*shape[:-1], side, side))

    def inverse_shape(self, shape: Any) -> Size:
        _need_dims(shape, 2)
        side = shape[-1]
        if shape[-2] != side:
            raise ValueError(f"Input is not square: got shape {tuple(shape)}")
        return Size((*shape[:-2], side * (side - 1) // 2))


def _need_transforms(tseq: Sequence[Any], cache_size: int) -> list[Transform]:
    if not all(isinstance(t, Transform) for t in tseq):
        raise AssertionError("All elements of tseq must be Transform instances")
    return [t.with_cache(cache_size) for t in tseq] if cache_size else list(tseq)


def _need_size(value: Tensor, dim: int, size: int, what: str) -> None:
    """AssertionError where ``value`` has not that size along ``dim``."""
    if not -value.dim() <= dim < value.dim():
        raise AssertionError(f"dim {dim} out of range for a tensor with {value.dim()} dimensions")
    if value.shape[dim] != size:
        raise AssertionError(f"size {value.shape[dim]} along dim {dim} must equal {what} {size}")


class CatTransform(Transform):
    """One transform for each of consecutive slices along ``dim``, of the given lengths (1 where not given).

    As ``torch.distributions.transforms.CatTransform``. AssertionError for an input whose size is not their sum.

    >>> import autograd
    >>> from autograd.distributions.transforms import CatTransform, ExpTransform, identity_transform
    >>> CatTransform([ExpTransform(), identity_transform], dim=0, lengths=[1, 2])(autograd.zeros(3))
    tensor([1., 0., 0.])
    """

    def __init__(
        self, tseq: Sequence[Transform], dim: int = 0, lengths: Sequence[int] | None = None, cache_size: int = 0
    ) -> None:
        super().__init__(cache_size=cache_size)
        self.transforms = _need_transforms(tseq, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.transforms):
            raise AssertionError(f"lengths ({len(self.lengths)}) must match transforms ({len(self.transforms)})")
        self.dim = dim

    @property
    def event_dim(self) -> int:
        """The largest number of event dimensions among the parts."""
        return max(t.event_dim for t in self.transforms)

    @property
    def length(self) -> int:
        """The sum of the lengths."""
        return sum(self.lengths)

    def _remade(self, cache_size: int) -> Transform:
        return CatTransform(self.transforms, self.dim, self.lengths, cache_size)

    def _slices(self, value: Tensor) -> Sequence[Tensor]:
        _need_size(value, self.dim, self.length, "the sum of the lengths,")
        return value.split(self.lengths, self.dim)

    def _call(self, x: Tensor) -> Tensor:
        parts = [t(v) for t, v in zip(self.transforms, self._slices(x), strict=True)]
        return autograd.cat(parts, dim=self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        parts = [t.inv(v) for t, v in zip(self.transforms, self._slices(y), strict=True)]
        return autograd.cat(parts, dim=self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        terms = []
        for t, xs, ys in zip(self.transforms, self._slices(x), self._slices(y), strict=True):
            terms.append(sum_rightmost(t.log_abs_det_jacobian(xs, ys), self.event_dim - t.event_dim))
        dim = (self.dim - x.dim() if self.dim >= 0 else self.dim) + self.event_dim
        if dim < 0:
            return autograd.cat(terms, dim=dim)
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return total

    @property
    def bijective(self) -> bool:
        """Whether every part is bijective."""
        return all(t.bijective for t in self.transforms)

    @constraints.dependent_property
    def domain(self) -> Any:
        """What the transform maps from, as a constraint."""
        return constraints.cat([t.domain for t in self.transforms], self.dim, self.lengths)

    @constraints.dependent_property
    def codomain(self) -> Any:
        """What the transform maps to, as a constraint."""
        return constraints.cat([t.codomain for t in self.transforms], self.dim, self.lengths)


class StackTransform(Transform):
    """One transform for each index along ``dim``. As ``torch.distributions.transforms.StackTransform``.

    AssertionError for an input whose size along ``dim`` is not the number of transforms.

    >>> import autograd
    >>> from autograd.distributions.transforms import ExpTransform, StackTransform, identity_transform
    >>> StackTransform([ExpTransform(), identity_transform])(autograd.zeros(2))
    tensor([1., 0.])
    """

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size=cache_size)
        self.transforms = _need_transforms(tseq, cache_size)
        self.dim = dim

    def _remade(self, cache_size: int) -> Transform:
        return StackTransform(self.transforms, self.dim, cache_size)

    def _slices(self, value: Tensor) -> Sequence[Tensor]:
        _need_size(value, self.dim, len(self.transforms), "the number of transforms,")
        return value.unbind(self.dim)

    def _call(self, x: Tensor) -> Tensor:
        parts = [t(v) for t, v in zip(self.transforms, self._slices(x), strict=True)]
        return autograd.stack(parts, dim=self.dim)

    def _inverse(self, y: Tensor) -> Tensor:
        parts = [t.inv(v) for t, v in zip(self.transforms, self._slices(y), strict=True)]
        return autograd.stack(parts, dim=self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        terms = []
        for t, xs, ys in zip(self.transforms, self._slices(x), self._slices(y), strict=True):
            terms.append(t.log_abs_det_jacobian(xs, ys))
        return autograd.stack(terms, dim=self.dim)

    @property
    def bijective(self) -> bool:
        """Whether every part is bijective."""
        return all(t.bijective for t in self.transforms)

    @constraints.dependent_property
    def domain(self) -> Any:
        """What the transform maps from, as a constraint."""
        return constraints.stack([t.domain for t in self.transforms], self.dim)

    @constraints.dependent_property
    def codomain(self) -> Any:
        """What the transform maps to, as a constraint."""
        return constraints.stack([t.codomain for t in self.transforms], self.dim)
