"""What the families of distributions share: broadcasting of parameters, probabilities and logits, triangles of matrices."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Number
from typing import Any

import autograd
from autograd import Size, Tensor

__all__ = [
    "broadcast_all",
    "clamp_probs",
    "lazy_property",
    "logits_to_probs",
    "probs_to_logits",
    "tril_matrix_to_vec",
    "vec_to_tril_matrix",
]

euler_constant = 0.5772156649015329  # γ = −digamma(1)


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """The values as tensors of one common shape; numbers take the dtype of the first tensor (or the default dtype).

    As ``torch.distributions.utils.broadcast_all``. ValueError for what is neither a number nor a Tensor.

    >>> from autograd.distributions.utils import broadcast_all
    >>> import autograd
    >>> broadcast_all(autograd.tensor([1.0, 2.0]), 3)
    (tensor([1., 2.]), tensor([3., 3.]))
    """
    if not all(isinstance(v, Tensor | Number) for v in values):
        kinds = ", ".join(type(v).__name__ for v in values)
        raise ValueError(f"Input arguments must all be instances of Number or Tensor, but got {kinds}")
    dtype = next((v.dtype for v in values if isinstance(v, Tensor)), autograd.get_default_dtype())
    tensors = [v if isinstance(v, Tensor) else autograd.tensor(v, dtype=dtype) for v in values]
    return tuple(autograd.broadcast_tensors(*tensors))


def standard_normal(shape: Any, dtype: Any) -> Tensor:
    """Standard normal numbers, drawn as PyTorch's distributions draw them."""
    return autograd.empty(tuple(shape), dtype=dtype).normal_()


def tiny_uniform(shape: Any, dtype: Any) -> Tensor:
    """Uniform numbers in [tiny, 1): never 0, so that their logarithm is finite."""
    return autograd.empty(tuple(shape), dtype=dtype).uniform_(autograd.finfo(dtype).tiny, 1)


def sum_rightmost(value: Tensor, dims: int) -> Tensor:
    """The sum over the last ``dims`` dimensions; ``value`` itself where there are none."""
    return value.flatten(-dims).sum(-1) if dims else value


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities of logits: ``softmax`` over the last dimension, or ``sigmoid`` where each is a binary one.

    >>> from autograd.distributions.utils import logits_to_probs
    >>> import autograd
    >>> logits_to_probs(autograd.zeros(2))
    tensor([0.5000, 0.5000])
    """
    return autograd.sigmoid(logits) if is_binary else autograd.softmax(logits, dim=-1)


def clamp_probs(probs: Tensor) -> Tensor:
    """``probs`` held within [ε, 1 − ε], ε the spacing of its dtype at 1, so that logarithms are finite.

    >>> from autograd.distributions.utils import clamp_probs
    >>> import autograd
    >>> bool(clamp_probs(autograd.zeros(1)) > 0)
    True
    """
    eps = float(autograd.finfo(probs.dtype).eps)
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Logits of probabilities: ``log p``, or ``log p − log(1 − p)`` where each is a binary one; p clamped first.

    >>> from autograd.distributions.utils import probs_to_logits
    >>> import autograd
    >>> probs_to_logits(autograd.tensor([0.5, 0.75]), is_binary=True)
    tensor([0.0000, 1.0986])
    """
    p = clamp_probs(probs)
    return autograd.log(p) - autograd.log1p(-p) if is_binary else autograd.log(p)


class lazy_property:
    """A property computed at its first use, with gradients on, and kept on the instance under its name.

    As ``torch.distributions.utils.lazy_property``. Read on the class it is a plain property.

    >>> from autograd.distributions.utils import lazy_property
    >>> class Circle:
    ...     @lazy_property
    ...     def area(self): return 3.0
    >>> c = Circle()
    >>> c.area, "area" in c.__dict__
    (3.0, True)
    """

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        self.__doc__ = wrapped.__doc__
        self.__name__ = wrapped.__name__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return _LazyOnClass(self.wrapped)
        with autograd.enable_grad():
            value = self.wrapped(instance)
        instance.__dict__[self.__name__] = value
        return value


class _LazyOnClass(lazy_property, property):
    """What a class shows of a lazy property: both kinds at once, for those who ask with isinstance."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        property.__init__(self, wrapped)


def _tril_places(n: int, diag: int) -> Tensor:
    """Positions, in a flattened n × n matrix, of what lies on or below diagonal ``diag``, row by row."""
    return autograd.tensor(
        [i * n + j for i in range(n) for j in range(max(0, min(n, i + diag + 1)))], dtype=autograd.int64
    )


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The entries on and below diagonal ``diag`` of D × D matrices, row by row, as vectors (…, count).

    As ``torch.distributions.utils.tril_matrix_to_vec``. ValueError for ``diag`` outside [−D, D − 1].

    >>> from autograd.distributions.utils import tril_matrix_to_vec
    >>> import autograd
    >>> tril_matrix_to_vec(autograd.tensor([[1.0, 0.0], [2.0, 3.0]]))
    tensor([1., 2., 3.])
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    return mat.flatten(-2).index_select(-1, _tril_places(n, diag))


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """Vectors (…, count) laid out row by row on and below diagonal ``diag`` of D × D matrices, 0 elsewhere.

    As ``torch.distributions.utils.vec_to_tril_matrix``. ValueError where no D has that many entries.

    >>> from autograd.distributions.utils import vec_to_tril_matrix
    >>> import autograd
    >>> vec_to_tril_matrix(autograd.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 0.],
            [2., 3.]])
    """
    count, shift = vec.shape[-1], 1 + 2 * diag
    # D solves D(D + 1)/2 + D·diag − (what the corner lacks) = count
    side = (math.sqrt(shift * shift + 8 * count + 4 * abs(diag) * (diag + 1)) - shift) / 2
    n = round(side)
    if abs(n - side) > autograd.finfo(vec.dtype).eps:
        raise ValueError(
            f"The size of last dimension is {count} which cannot be expressed as "
            "the lower triangular part of a square D x D matrix."
        )
    flat = vec.new_zeros((*vec.shape[:-1], n * n)).index_copy(-1, _tril_places(n, diag), vec)
    return flat.reshape(Size((*vec.shape[:-1], n, n)))
