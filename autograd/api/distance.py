"""Distances between points, and what is scaled by a length."""

from __future__ import annotations

import numpy as np

from autograd import dtypes
from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.api.join import broadcast_tensors
from autograd.api.reduce import axis_of
from autograd.dispatch import finish, number, wrap
from autograd.kernels import linalg as kernel
from autograd.ops.distance import cdist as cdist_op
from autograd.ops.reduce import as_dtype, vector_norm
from autograd.tensor import Tensor


@export(method=False)
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norm distances between the rows of ``x1`` ``(..., P, M)`` and ``x2`` ``(..., R, M)``: ``(..., P, R)``.

    Batches broadcast. The Euclidean distance of more than 25 points is computed by a matrix product
    (``compute_mode`` as in PyTorch); where two points coincide the gradient is 0. RuntimeError for integers, other
    numbers of columns, and negative ``p``. As ``torch.cdist``.

    >>> import autograd
    >>> autograd.cdist(autograd.tensor([[0.0, 0.0]]), autograd.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    for name, x in (("X1", x1), ("X2", x2)):
        x = tensor_of(x, "cdist", name.replace("X", "x"))
        if not x.is_floating_point():
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {kernel.name_of(x.dtype)}")
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    if x1.dtype != x2.dtype:
        raise RuntimeError(f"cdist: x1 and x2 must have the same dtype, but got {x1.dtype} and {x2.dtype}")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    p = number(p, "cdist", "p")
    if not p >= 0:
        raise RuntimeError(f"cdist only supports non-negative p values, but got {p}")
    many = x1.shape[-2] > 25 or x2.shape[-2] > 25
    modes = {
        "use_mm_for_euclid_dist_if_necessary": many,
        "use_mm_for_euclid_dist": True,
        "donot_use_mm_for_euclid_dist": False,
    }
    if compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode; it takes {', '.join(modes)}")
    return cdist_op.function(x1, x2, float(p), modes[compute_mode])


@export(method=False)
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distances between the rows of ``input`` ``(N, M)``: those of the pairs i < j, row after row.

    The result has ``N (N - 1) / 2`` elements; where two rows coincide the gradient is 0. RuntimeError for integers, for
    other than two dimensions and for negative ``p``. As ``torch.pdist``.

    >>> import autograd
    >>> autograd.pdist(autograd.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    x = tensor_of(input, "pdist")
    if x.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {x.ndim}D")
    if not x.is_floating_point():
        raise RuntimeError(f"pdist only supports floating-point dtypes, but got {x.dtype}")
    p = number(p, "pdist", "p")
    if not p >= 0:
        raise RuntimeError(f"pdist only supports non-negative p values, but got {p}")
    rows, columns = np.triu_indices(x.shape[0], 1)
    return cdist_op.function(x, x, float(p), False)[wrap(rows), wrap(columns)]


@export()
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of ``input - other``, which broadcast. As ``torch.dist``.

    Raises RuntimeError for integers, or where the shapes do not broadcast.

    >>> import autograd
    >>> autograd.dist(autograd.tensor([0.0, 3.0]), autograd.tensor([4.0, 0.0]))
    tensor(5.)
    """
    return vector_norm.function(
        tensor_of(input, "dist") - tensor_of(other, "dist", "other"), float(number(p, "dist", "p"))
    )


@export(method=False)
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The distances ``‖x1 - x2 + eps‖ₚ`` along the last dimension of two tensors, which broadcast.

    ``eps`` keeps the gradient away from the origin. As ``torch.pairwise_distance``.

    >>> import autograd
    >>> autograd.pairwise_distance(autograd.tensor([[3.0, 4.0]]), autograd.zeros(1, 2))
    tensor([5.0000])
    """
    name = "pairwise_distance"
    difference = tensor_of(x1, name, "x1") - tensor_of(x2, name, "x2") + number(eps, name, "eps")
    return vector_norm.function(difference, float(number(p, name, "p")), -1 if difference.ndim else None, keepdim)


@export(method=False)
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle, ``x1·x2 / (max(‖x1‖, eps) max(‖x2‖, eps))``, along ``dim``; the tensors broadcast.

    Raises RuntimeError for integers, IndexError for a dimension out of range. As ``torch.cosine_similarity``.

    >>> import autograd
    >>> autograd.cosine_similarity(autograd.tensor([3.0, 4.0]), autograd.tensor([1.0, 0.0]), dim=0)
    tensor(0.6000)
    """
    x1, x2 = tensor_of(x1, "cosine_similarity", "x1"), tensor_of(x2, "cosine_similarity", "x2")
    if not (x1.is_floating_point() or x2.is_floating_point()):
        raise RuntimeError(f"cosine_similarity: expected floating point tensors, but got {x1.dtype} and {x2.dtype}")
    eps = number(eps, "cosine_similarity", "eps")
    dtype = dtypes.promote_types(x1.dtype, x2.dtype)
    x1, x2 = broadcast_tensors(as_dtype(x1, dtype), as_dtype(x2, dtype))
    return ((x1 / _held_length(x1, dim, eps)) * (x2 / _held_length(x2, dim, eps))).sum(dim)


def _held_length(x: Tensor, dim: int, eps: float) -> Tensor:
    """The length of ``x`` along ``dim``, at least ``eps``; its gradient is the length's own also below, as PyTorch's."""
    length = vector_norm.function(x, 2.0, dim, True)
    fixed = length.detach()
    return length + (fixed.clamp(min=eps) - fixed)


# -- lengths of slices ------------------------------------------------------------------------------------------------


def _others(ndim: int, dim: int, name: str) -> tuple[int, ...]:
    """All dimensions but ``dim``."""
    axis = axis_of(dim, ndim, name)
    return tuple([i for i in range(ndim) if i != axis])


@export(inplace=True)
def renorm(input: Tensor, p: float, dim: int, maxnorm: float, *, out: Tensor | None = None) -> Tensor:
    """``input`` with each slice along ``dim`` that is longer than ``maxnorm`` in the p-norm scaled down to it.

    The factor of such a slice is ``maxnorm / (‖slice‖ₚ + 10⁻⁷)``. RuntimeError for integers, fewer than two dimensions,
    ``p`` not positive or ``maxnorm`` negative; IndexError for a dimension out of range. As ``torch.renorm``.

    >>> import autograd
    >>> autograd.renorm(autograd.tensor([[3.0, 4.0], [0.3, 0.4]]), p=2, dim=0, maxnorm=1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    x = tensor_of(input, "renorm")
    p, maxnorm = number(p, "renorm", "p"), number(maxnorm, "renorm", "maxnorm")
    if not p > 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported, but got p = {p}")
    if not maxnorm >= 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    if x.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {x.ndim} dimensions")
    lengths = vector_norm.function(x, float(p), _others(x.ndim, dim, "renorm"), True)
    return finish(x * _factors(lengths, float(maxnorm)), out, vector_norm, (x,))


def _factors(lengths: Tensor, largest: float) -> Tensor:
    """What brings lengths down to ``largest``, in their dtype; 1 where they are not above."""
    above = lengths > largest
    held = lengths.where(above, wrap(lengths._array.dtype.type(1)))  # a length of 0 has no slope to be multiplied by 0
    return (largest / (held + 1e-7)).where(above, wrap(lengths._array.dtype.type(1)))


@export(method=False)
def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norms of the slices of ``v`` along ``dim``, shaped to broadcast against it; of all elements for -1.

    This is the length that weight normalisation divides by. IndexError for a dimension out of range. As
    ``torch.norm_except_dim``.

    >>> import autograd
    >>> autograd.norm_except_dim(autograd.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5.],
            [1.]])
    """
    v = tensor_of(v, "norm_except_dim", "v")
    if dim == -1:
        return vector_norm.function(v, float(pow))
    if v.ndim == 0:
        raise IndexError(f"norm_except_dim: Dimension specified as {dim} but tensor has no dimensions")
    if v.ndim == 1:
        axis_of(dim, 1, "norm_except_dim")
        return vector_norm.function(v.reshape(-1, 1), float(pow), 1)
    return vector_norm.function(v, float(pow), _others(v.ndim, dim, "norm_except_dim"), True)
