"""Linear maps, look-up tables, distances, padding."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor, bilinear, cosine_similarity, fused, pairwise_distance, pdist


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x Wᵀ + b`` for x of shape (…, in), W (out, in), b (out). As ``torch.nn.functional.linear``.

    RuntimeError where the shapes do not fit.

    >>> import autograd, nn.functional as F
    >>> F.linear(autograd.ones(2), autograd.ones(3, 2), autograd.ones(3))
    tensor([3., 3., 3.])
    """
    return fused.linear(input, weight, bias)


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    r"""The rows of ``weight`` that the integers in ``input`` name: shape (\\*input, dim). As ``torch.nn.functional.embedding``.

    Row ``padding_idx`` gets no gradient; rows longer than ``max_norm`` are first shortened in place;
    ``scale_grad_by_freq`` divides a row's gradient by how often it comes. IndexError for an index that is no row,
    NotImplementedError for ``sparse`` gradients.

    >>> import autograd, nn.functional as F
    >>> F.embedding(autograd.tensor([1, 0]), autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    if sparse:
        raise NotImplementedError("embedding: sparse gradients are not supported; leave sparse=False")
    if input.is_floating_point() or input.dtype is autograd.bool:
        raise RuntimeError(f"embedding: the indices must be integers, but got {input.dtype}; convert with input.long()")
    if weight.dim() != 2:
        raise RuntimeError(f"embedding: 'weight' must be 2-D, but got shape {list(weight.shape)}")
    rows = weight.shape[0]
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise AssertionError(f"Padding_idx must be within num_embeddings ({rows}), but got {padding_idx}")
        padding_idx %= rows
    if max_norm is not None:
        with autograd.no_grad():
            autograd.embedding_renorm_(weight, input.long(), max_norm, norm_type)
    return fused.embedding(weight, input, padding_idx, scale_grad_by_freq)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    r"""Class numbers as vectors with a one at their place: int64, shape (\\*tensor, classes). As ``torch.nn.functional.one_hot``.

    ``num_classes=-1`` takes the largest number. RuntimeError for numbers that are no class.

    >>> import autograd, nn.functional as F
    >>> F.one_hot(autograd.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    return fused.one_hot(tensor, num_classes)


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """``input`` with a border: ``pad`` gives the widths before and after, last dimension first.

    ``mode``: "constant" (filled with ``value``), "reflect", "replicate" or "circular". As ``torch.nn.functional.pad``.

    >>> import autograd, nn.functional as F
    >>> F.pad(autograd.ones(2), (1, 2), value=5.0)
    tensor([5., 1., 1., 5., 5.])
    """
    return fused.pad(input, pad, mode, value)


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """``x / max(‖x‖ₚ, eps)`` along ``dim``. As ``torch.nn.functional.normalize``.

    >>> import autograd, nn.functional as F
    >>> F.normalize(autograd.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    length = input.norm(p, dim, keepdim=True).clamp(min=eps)
    return input / length if out is None else autograd.div(input, length, out=out)


__all__ = [
    "bilinear",
    "cosine_similarity",
    "embedding",
    "linear",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pdist",
]
