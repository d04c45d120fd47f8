"""The cross-entropy of a linear map, without all of its logits at a time."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import autograd
from autograd import Tensor, fused
from autograd.utils.checkpoint import checkpoint
from nn.functional.losses import cross_entropy

if TYPE_CHECKING:
    from nn.class_loss import LinearCrossEntropyOptions


def _check(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """RuntimeError where the shapes of the linear map do not fit."""
    if input.dim() not in {1, 2}:
        raise RuntimeError(f"linear_cross_entropy: expected input with dimensionality 1 or 2, got {input.dim()}")
    if weight.dim() < 2:
        raise RuntimeError(
            f"linear_cross_entropy: expected linear_weight with dimensionality at least 2, got {weight.dim()}"
        )
    if input.shape[-1] != weight.shape[-1]:
        raise RuntimeError(
            "linear_cross_entropy: expected equal input and linear_weight last dimensions (in_features), got "
            f"{input.shape[-1]} and {weight.shape[-1]}"
        )
    if bias is not None and bias.shape != weight.shape[:-1]:
        raise RuntimeError(
            f"linear_cross_entropy: expected linear_bias shape {tuple(weight.shape[:-1])}, got {tuple(bias.shape)}"
        )
    if weight.dim() > 2 and input.dim() == 1:
        raise RuntimeError(
            f"linear_cross_entropy: a linear_weight of shape {tuple(weight.shape)} requires batched input (N, "
            f"{input.shape[-1]}), got {tuple(input.shape)}"
        )


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: LinearCrossEntropyOptions | None = None,
) -> Tensor:
    """``cross_entropy(linear(input, linear_weight, linear_bias), target, …)``. As ``torch.nn.functional.linear_cross_entropy``.

    ``input`` (N, in) or (in,), ``linear_weight`` (C, d…, in), ``linear_bias`` (C, d…); the rest as in ``cross_entropy``.
    With ``options`` (``nn.LinearCrossEntropyOptions``) the rows are taken in pieces, whose logits are computed again in
    backward instead of being kept; a warning says so where that cannot be. RuntimeError for shapes that do not fit.

    >>> import autograd, nn.functional as F
    >>> F.linear_cross_entropy(autograd.zeros(2, 3), autograd.ones(4, 3), autograd.tensor([1, 3]))
    tensor(1.3863)
    """
    _check(input, linear_weight, linear_bias)
    classes, places = linear_weight.shape[0], tuple(linear_weight.shape[1:-1])
    shape = (*input.shape[:-1], classes, *places)
    if tuple(target.shape) == shape and ignore_index is not None:
        raise RuntimeError("linear_cross_entropy: ignore_index cannot be specified when target contains probabilities")
    ignore = -100 if ignore_index is None else ignore_index
    if options is not None:
        plain = not places and label_smoothing == 0.0 and target.dtype is autograd.int64
        if plain and reduction in {"none", "mean", "sum"} and input.dim() == 2:
            rows = options.rows(input.shape[0], input.shape[1], classes)
            return _in_pieces(input, linear_weight, target, linear_bias, weight, reduction, ignore, rows)
        if not plain:
            warnings.warn(
                "linear_cross_entropy: options are not used: going through the rows in pieces needs a target of classes, "
                "no label smoothing, and a linear_weight of two dimensions",
                UserWarning,
                stacklevel=2,
            )
    if places:
        linear_weight = linear_weight.reshape(math.prod(places, start=classes), input.shape[-1])
        linear_bias = None if linear_bias is None else linear_bias.reshape(-1)
    logits = fused.linear(input, linear_weight, linear_bias).reshape(shape)
    return cross_entropy(
        logits, target, weight, ignore_index=ignore, reduction=reduction, label_smoothing=label_smoothing
    )


def _in_pieces(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    bias: Tensor | None,
    weight: Tensor | None,
    reduction: str,
    ignore: int,
    rows: int,
) -> Tensor:
    """The loss of ``rows`` rows at a time; each piece's logits are forgotten, and computed again for its gradient."""
    each = "none" if reduction == "none" else "sum"

    def loss(part: Tensor, labels: Tensor, matrix: Tensor, shift: Tensor | None) -> Tensor:
        logits = fused.linear(part, matrix, shift)
        return cross_entropy(logits, labels, weight, ignore_index=ignore, reduction=each)

    if len(target) != len(input) or not len(input):  # nothing to divide, or an error to be raised
        return cross_entropy(
            fused.linear(input, linear_weight, bias), target, weight, ignore_index=ignore, reduction=reduction
        )
    pieces = [
        checkpoint(loss, part, labels, linear_weight, bias, use_reentrant=False, preserve_rng_state=False)
        for part, labels in zip(input.split(rows), target.split(rows), strict=True)
    ]
    if reduction == "none":
        return autograd.cat(pieces)
    total = autograd.stack(pieces).sum()
    if reduction == "sum":
        return total
    counted = target.ne(ignore)
    if weight is None:
        return total / counted.sum()
    return total / weight[target.where(counted, autograd.zeros_like(target))].where(counted, weight.new_zeros(())).sum()


__all__ = ["linear_cross_entropy"]
