"""Losses of margins, of counts and predicted variances, and over alignments: the functions of their layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor, fused
from nn.functional.losses import check_reduction, legacy_reduction, reduced, refuse_grad, refuse_sequence


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``e^x − y x`` (``x − y log(x + eps)`` without ``log_input``), with Stirling's term if ``full``; reduced.

    As ``torch.nn.functional.poisson_nll_loss``. ValueError for another reduction.

    >>> import autograd, nn.functional as F
    >>> F.poisson_nll_loss(autograd.zeros(1), autograd.ones(1))
    tensor(1.)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    return autograd.poisson_nll_loss(input, target, log_input, full, eps, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """``½ (log v + (x − y)² / v)`` with the variance v held above ``eps``, and ``½ log 2π`` if ``full``; reduced.

    As ``torch.nn.functional.gaussian_nll_loss`` (Nix and Weigend, 1994). ValueError for a negative variance, one of the
    wrong shape, or another reduction.

    >>> import autograd, nn.functional as F
    >>> F.gaussian_nll_loss(autograd.zeros(1), autograd.tensor([2.0]), autograd.ones(1))
    tensor(2.)
    """
    spread = var if isinstance(var, Tensor) else autograd.full(input.shape, var, dtype=input.dtype)
    if bool((spread < 0).any()) or (not isinstance(var, Tensor) and var < 0):  # a number also for no elements at all
        raise ValueError("gaussian_nll_loss: var has negative entry/entries")
    if spread.shape != input.shape:
        if tuple(input.shape[:-1]) == tuple(spread.shape):
            spread = spread.unsqueeze(-1)
        elif tuple(input.shape[:-1]) != tuple(spread.shape[:-1]) or spread.shape[-1] != 1:
            raise ValueError(
                f"gaussian_nll_loss: var is of incorrect size: {tuple(spread.shape)} for an input of {tuple(input.shape)}"
            )
    check_reduction(reduction)
    fixed = spread.detach()
    held = spread + (fixed.clamp(min=eps) - fixed)  # the gradient passes the bound, as in PyTorch
    losses = 0.5 * (held.log() + (input - target) ** 2 / held)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``x`` where y is 1, ``max(0, margin − x)`` where y is −1; reduced. As ``torch.nn.functional.hinge_embedding_loss``.

    >>> import autograd, nn.functional as F
    >>> F.hinge_embedding_loss(autograd.tensor([0.5, 0.25]), autograd.tensor([1, -1]), reduction="none")
    tensor([0.5000, 0.7500])
    """
    return autograd.hinge_embedding_loss(input, target, margin, legacy_reduction(size_average, reduce, reduction))


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``log(1 + e^(−y x))`` for y of 1 or −1; reduced. As ``torch.nn.functional.soft_margin_loss``.

    >>> import autograd, nn.functional as F
    >>> F.soft_margin_loss(autograd.zeros(2), autograd.tensor([1.0, -1.0]))
    tensor(0.6931)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    refuse_sequence("soft_margin_loss", target)
    refuse_grad("soft_margin_loss", target=target)
    return reduced(-fused.logsigmoid(target * input), reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, −y (x₁ − x₂) + margin)``; reduced. As ``torch.nn.functional.margin_ranking_loss``.

    RuntimeError where the numbers of dimensions differ.

    >>> import autograd, nn.functional as F
    >>> F.margin_ranking_loss(autograd.ones(1), autograd.zeros(1), autograd.tensor([-1.0]))
    tensor(1.)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if input1.dim() != input2.dim() or input1.dim() != target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {list(input1.shape)}, input2: {list(input2.shape)}, target: {list(target.shape)}"
        )
    return autograd.margin_ranking_loss(input1, input2, target, margin, reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``1 − cos(x₁, x₂)`` where y is 1, ``max(0, cos(x₁, x₂) − margin)`` where y is −1; reduced.

    Inputs (N, D) and a target (N), or (D) and a number; RuntimeError for other shapes. As
    ``torch.nn.functional.cosine_embedding_loss``.

    >>> import autograd, nn.functional as F
    >>> F.cosine_embedding_loss(autograd.tensor([3.0, 4.0]), autograd.tensor([1.0, 0.0]), autograd.tensor(1))
    tensor(0.4000)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    return autograd.cosine_embedding_loss(input1, input2, target, margin, reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``Σ_j max(0, margin − x_y + x_j)^p / C`` over the classes j ≠ y, times ``weight[y]``; reduced.

    ``input`` (N, C) or (C,), ``target`` classes (N,) or one. ``p`` is 1 or 2 (ValueError). As
    ``torch.nn.functional.multi_margin_loss`` (Crammer and Singer, 2001). RuntimeError for what is no class and for
    shapes and dtypes that do not fit.

    >>> import autograd, nn.functional as F
    >>> F.multi_margin_loss(autograd.tensor([[0.1, 0.2, 0.4, 0.8]]), autograd.tensor([3]))
    tensor(0.3250)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if p not in {1, 2}:
        raise ValueError(f"multi_margin_loss: only p == 1 and p == 2 supported, but got {p}")
    if weight is not None and weight.dim() != 1:
        raise ValueError(f"multi_margin_loss: weight must be one-dimensional, but got shape {list(weight.shape)}")
    refuse_grad("multi_margin_loss", weight=weight)
    return fused.multi_margin_loss(input, target, weight, int(p), margin, reduction)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``Σ_y Σ_i max(0, 1 − x_y + x_i) / C`` over the right classes y and the wrong ones i; reduced.

    ``input`` and ``target`` (N, C) or (C,); the right classes are those in a row of ``target`` before its first −1. As
    ``torch.nn.functional.multilabel_margin_loss``. RuntimeError for what is no class and for shapes that do not fit.

    >>> import autograd, nn.functional as F
    >>> F.multilabel_margin_loss(autograd.tensor([0.1, 0.2, 0.4, 0.8]), autograd.tensor([3, 0, -1, 1]))
    tensor(0.8500)
    """
    return fused.multilabel_margin_loss(input, target, legacy_reduction(size_average, reduce, reduction))


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``−(y log σ(x) + (1 − y) log σ(−x))``, weighted, and averaged over the classes (the last dimension); reduced.

    As ``torch.nn.functional.multilabel_soft_margin_loss``. IndexError for 0-d tensors.

    >>> import autograd, nn.functional as F
    >>> F.multilabel_soft_margin_loss(autograd.zeros(1, 2), autograd.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.dtype is autograd.bool:
        raise RuntimeError("multilabel_soft_margin_loss: the target must hold numbers, but got bool; convert it")
    losses = -(target * fused.logsigmoid(input) + (1 - target) * fused.logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    return reduced(losses.sum(input.dim() - 1) / input.size(input.dim() - 1), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, margin + d(a, p) − d(a, n))`` with d the p-norm of the difference, ``eps`` added to it; reduced.

    With ``swap``, ``d(p, n)`` counts where it is smaller than ``d(a, n)`` (Balntas et al., 2016). ValueError for a
    ``margin`` that is not positive, RuntimeError where the numbers of dimensions differ. As
    ``torch.nn.functional.triplet_margin_loss``.

    >>> import autograd, nn.functional as F
    >>> F.triplet_margin_loss(autograd.zeros(1, 2), autograd.tensor([[3.0, 4.0]]), autograd.tensor([[0.0, 2.0]]))
    tensor(4.0000)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    _check_margin("triplet_margin_loss", margin)
    return autograd.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction)


def _check_margin(name: str, margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"{name}: margin must be greater than 0, got {margin}")


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """``max(0, margin + d(a, p) − d(a, n))`` with your own distance d (by default ``pairwise_distance``); reduced.

    With ``swap``, ``d(p, n)`` counts where it is smaller. Raises as ``triplet_margin_loss``. As
    ``torch.nn.functional.triplet_margin_with_distance_loss``.

    >>> import autograd, nn.functional as F
    >>> far = lambda x, y: (x - y).abs().amax(-1)
    >>> a, p, n = autograd.zeros(1, 2), autograd.tensor([[3.0, 4.0]]), autograd.tensor([[0.0, 2.0]])
    >>> F.triplet_margin_with_distance_loss(a, p, n, distance_function=far)
    tensor(3.)
    """
    check_reduction(reduction)
    _check_margin("triplet_margin_with_distance_loss", margin)
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    distance = autograd.pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = autograd.minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp(min=0), reduction)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Minus the log-probability of the labels, summed over all their alignments with the times (Graves et al., 2006).

    ``log_probs`` (T, N, C) or (T, C), from a log-softmax; ``targets`` (N, S), or 1-D, one after another; the lengths as
    tensors or tuples. "mean" divides each loss by its target length first; ``zero_infinity`` makes 0 of targets that do
    not fit. As ``torch.nn.functional.ctc_loss``. RuntimeError for shapes, lengths and labels that do not fit.

    >>> import autograd, nn.functional as F
    >>> log_probs = autograd.full((2, 1, 2), 0.5).log()
    >>> F.ctc_loss(log_probs, autograd.tensor([[1]]), (2,), (1,)).neg().exp()
    tensor(0.7500)
    """
    return autograd.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity)


__all__ = [
    "cosine_embedding_loss",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "poisson_nll_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]
