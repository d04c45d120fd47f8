"""Bags of vectors: rows of a table, reduced."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import Tensor

_MODES = {"sum": 0, "mean": 1, "max": 2}


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Rows of ``weight`` by the integers in ``input``, reduced over bags: (bags, dim). As ``torch.nn.functional.embedding_bag``.

    A bag is a row of a 2-D ``input``, or goes from one of ``offsets`` to the next in a 1-D one (the last offset being the
    end, with ``include_last_offset``). ``mode`` is "sum", "mean" or "max"; an empty bag gives 0. ``per_sample_weights``
    multiply the rows of sums, ``padding_idx`` leaves a row out, ``max_norm`` first shortens rows in place,
    ``scale_grad_by_freq`` divides a row's gradient by how often it comes. ValueError for shapes and modes that do not
    fit, RuntimeError for indices that are no rows, NotImplementedError for ``sparse`` gradients.

    >>> import autograd, nn.functional as F
    >>> table = autograd.tensor([[1.0, 1.0], [2.0, 4.0]])
    >>> F.embedding_bag(autograd.tensor([[0, 1], [1, 1]]), table, mode="sum")
    tensor([[3., 5.],
            [4., 8.]])
    """
    if weight.dtype is autograd.int64 and input.is_floating_point():
        warnings.warn(
            "embedding_bag(weight, input) is the order of older programs; it is embedding_bag(input, weight) now",
            UserWarning,
            stacklevel=2,
        )
        weight, input = input, weight
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: per_sample_weights must have the same shape as the input, {list(input.shape)}, "
            f"but got {list(per_sample_weights.shape)}"
        )
    if weight.dim() != 2:
        raise ValueError(f"embedding_bag: weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}")
    number = _mode(mode, scale_grad_by_freq, sparse)
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(f"embedding_bag: per_sample_weights is only for mode='sum' (got mode={mode!r})")
    if input.dim() == 2:
        offsets, include_last_offset = _rows(input, offsets), False
        input = input.reshape(-1)
        per_sample_weights = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    else:
        _check_bags(input, offsets)
    if max_norm is not None:
        with autograd.no_grad():
            autograd.embedding_renorm_(weight, input, max_norm, norm_type)
    return autograd.embedding_bag(
        weight, input, offsets, scale_grad_by_freq, number, sparse, per_sample_weights, include_last_offset, padding_idx
    )[0]


def _mode(mode: str, scale_grad_by_freq: bool, sparse: bool) -> int:
    """The number of a mode; ValueError for none, and for what goes not with maxima."""
    if mode not in _MODES:
        raise ValueError(f"embedding_bag: mode has to be one of sum, mean or max, but got {mode!r}")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("embedding_bag: max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("embedding_bag: max mode does not support sparse weights")
    return _MODES[mode]


def _rows(input: Tensor, offsets: Any) -> Tensor:
    """Where the rows of a matrix begin in its elements."""
    if offsets is not None:
        raise ValueError(
            "embedding_bag: if input is 2D, then offsets has to be None, as each row of input is a bag; "
            f"but found offsets of type {type(offsets).__name__}"
        )
    count, length = input.shape
    return autograd.arange(count, dtype=input.dtype) * length


def _check_bags(input: Tensor, offsets: Tensor | None) -> None:
    if input.dim() != 1:
        raise ValueError(f"embedding_bag: input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if offsets is None:
        raise ValueError(
            "embedding_bag: offsets has to be a 1D Tensor but got None: a 1D input is parted into bags by them"
        )
    if offsets.dim() != 1:
        raise ValueError(f"embedding_bag: offsets has to be a 1D Tensor, but got Tensor of dimension {offsets.dim()}")


__all__ = ["embedding_bag"]
