"""The losses that PyTorch has at its top level. There ``reduction`` is a number; ``nn.functional`` takes the names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.api.arguments import tensor_of
from autograd.api.distance import pairwise_distance
from autograd.api.export import export
from autograd.dispatch import number, wrap
from autograd.kernels.loss import check_reduction
from autograd.op import registry
from autograd.ops.ctc import ctc_loss as ctc_op
from autograd.tensor import Tensor

NUMBERS = {1: "mean", 2: "sum"}


def named(reduction: Any, name: str) -> str:
    """A reduction by its name: 1 is "mean", 2 is "sum", other numbers are "none". ValueError for another name."""
    if isinstance(reduction, str):
        check_reduction(reduction)
        return reduction
    if not isinstance(reduction, int):
        raise TypeError(f"{name}(): argument 'reduction' must be int, not {type(reduction).__name__}")
    return NUMBERS.get(reduction, "none")


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The losses as they are, their mean or their sum."""
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def _zero(like: Tensor) -> Tensor:
    return wrap(like._array.dtype.type(0))


@export(method=False)
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    reduction: int | str = 0,
) -> Tensor:
    """Binary cross-entropy of ``σ(input)`` with ``target``, without overflow; positives weighted by ``pos_weight``.

    The shapes broadcast. ``reduction``: 0 none (the default), 1 mean, 2 sum, or the name. As
    ``torch.binary_cross_entropy_with_logits``.

    >>> import autograd
    >>> autograd.binary_cross_entropy_with_logits(autograd.tensor([0.0]), autograd.tensor([1.0]))
    tensor([0.6931])
    """
    name = "binary_cross_entropy_with_logits"
    return registry[name].function(input, target, weight, pos_weight, named(reduction, name))


@export(method=False)
def kl_div(input: Tensor, target: Tensor, reduction: int | str = 0, *, log_target: bool = False) -> Tensor:
    """``y (log y − x)`` for x in logarithms, y too with ``log_target``.

    The shapes broadcast. ``reduction``: 0 none (the default), 1 mean, 2 sum, or the name. As ``torch.kl_div``.

    >>> import autograd
    >>> autograd.kl_div(autograd.tensor([0.5, 0.5]).log(), autograd.tensor([1.0, 0.0]), 2)
    tensor(0.6931)
    """
    return registry["kl_div"].function(input, target, named(reduction, "kl_div"), bool(log_target))


@export(method=False)
def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool, full: bool, eps: float, reduction: int | str
) -> Tensor:
    """``e^x − y x`` for counts y, or ``x − y log(x + eps)`` without ``log_input``; with Stirling's term if ``full``.

    ``reduction``: 0 none, 1 mean, 2 sum, or the name. As ``torch.poisson_nll_loss``.

    >>> import autograd
    >>> autograd.poisson_nll_loss(autograd.zeros(1), autograd.ones(1), True, False, 1e-8, 1)
    tensor(1.)
    """
    name = "poisson_nll_loss"
    input, target = tensor_of(input, name), tensor_of(target, name, "target")
    reduction = named(reduction, name)
    losses = input.exp() - target * input if log_input else input - target * (input + number(eps, name, "eps")).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced(losses, reduction)


@export(method=False)
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: int | str = 0) -> Tensor:
    """``x`` where the target is 1, ``max(0, margin − x)`` where it is −1 (both where it is neither).

    ``reduction``: 0 none (the default), 1 mean, 2 sum, or the name. As ``torch.hinge_embedding_loss``.

    >>> import autograd
    >>> autograd.hinge_embedding_loss(autograd.tensor([0.5, 0.25]), autograd.tensor([1, -1]))
    tensor([0.5000, 0.7500])
    """
    name = "hinge_embedding_loss"
    input, target = tensor_of(input, name), tensor_of(target, name, "target")
    reduction = named(reduction, name)
    far = (number(margin, name, "margin") - input).clamp(min=0).where(target.ne(1), _zero(input))
    return reduced(far + input.where(target.ne(-1), _zero(input)), reduction)


@export(method=False)
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int | str = 0
) -> Tensor:
    """``max(0, −y (x₁ − x₂) + margin)``: x₁ is to be the larger where y is 1, x₂ where it is −1.

    ``reduction``: 0 none (the default), 1 mean, 2 sum, or the name. As ``torch.margin_ranking_loss``.

    >>> import autograd
    >>> autograd.margin_ranking_loss(autograd.ones(1), autograd.zeros(1), autograd.tensor([-1.0]))
    tensor([1.])
    """
    name = "margin_ranking_loss"
    input1, input2 = tensor_of(input1, name, "input1"), tensor_of(input2, name, "input2")
    target, reduction = tensor_of(target, name, "target"), named(reduction, name)
    return reduced((-target * (input1 - input2) + number(margin, name, "margin")).clamp(min=0), reduction)


@export(method=False)
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int | str = 0
) -> Tensor:
    """``1 − cos(x₁, x₂)`` where the target is 1, ``max(0, cos(x₁, x₂) − margin)`` where it is −1.

    Inputs (N, D) with a target (N), or (D) with a number. ``reduction``: 0 none (the default), 1 mean, 2 sum, or the
    name. RuntimeError for other shapes. As ``torch.cosine_embedding_loss``.

    >>> import autograd
    >>> x, y = autograd.tensor([[3.0, 4.0]]), autograd.tensor([[1.0, 0.0]])
    >>> autograd.cosine_embedding_loss(x, y, autograd.tensor([1]))
    tensor([0.4000])
    """
    name = "cosine_embedding_loss"
    input1, input2 = tensor_of(input1, name, "input1"), tensor_of(input2, name, "input2")
    target, reduction = tensor_of(target, name, "target"), named(reduction, name)
    if target.ndim > 1:
        raise RuntimeError(f"{name}: 0D or 1D target tensor expected, multi-target not supported")
    if input1.ndim != target.ndim + 1 or input2.ndim != target.ndim + 1:
        raise RuntimeError(
            f"{name}: {target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    tiny = 9.999999960041972e-13  # 1e-12 in single precision: PyTorch's constant
    lengths = ((input1 * input1).sum(-1) + tiny) * ((input2 * input2).sum(-1) + tiny)
    cosine = (input1 * input2).sum(-1) / lengths.sqrt()
    apart = (cosine - number(margin, name, "margin")).clamp(min=0)
    near = (1 - cosine).where(target.eq(1), _zero(cosine))
    return reduced(near + apart.where(target.eq(-1), _zero(cosine)), reduction)


@export(method=False)
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: int | str = 0,
) -> Tensor:
    """``max(0, margin + d(a, p) − d(a, n))`` with d the p-norm of the difference, ``eps`` added to it.

    With ``swap``, ``d(p, n)`` counts where it is smaller than ``d(a, n)`` (Balntas et al., 2016). ``reduction``: 0 none
    (the default), 1 mean, 2 sum, or the name. RuntimeError where the numbers of dimensions differ. As
    ``torch.triplet_margin_loss``.

    >>> import autograd
    >>> a, p, n = autograd.zeros(1, 2), autograd.tensor([[3.0, 4.0]]), autograd.tensor([[0.0, 2.0]])
    >>> autograd.triplet_margin_loss(a, p, n)
    tensor([4.0000])
    """
    name = "triplet_margin_loss"
    anchor, positive = tensor_of(anchor, name, "anchor"), tensor_of(positive, name, "positive")
    negative, reduction = tensor_of(negative, name, "negative"), named(reduction, name)
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            f"{name}: The anchor, positive, and negative tensors are expected to have the same number of dimensions, but "
            f"got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = far.minimum(pairwise_distance(positive, negative, p, eps))
    return reduced((number(margin, name, "margin") + near - far).clamp(min=0), reduction)


# -- connectionist temporal classification --------------------------------------------------------------------------------


def _lengths(value: Any, argument: str, samples: int) -> tuple[int, ...]:
    """How long each sample is, from a tensor of integers or a sequence of ints."""
    if isinstance(value, Tensor):
        if value._array.dtype.kind not in "iu":
            raise RuntimeError(f"ctc_loss: {argument} must be integral, but got {value.dtype}")
        found = tuple(np.reshape(value._array, -1).tolist())
    elif isinstance(value, (tuple, list)):
        found = tuple(int(number(v, "ctc_loss", argument)) for v in value)
    else:
        raise TypeError(
            f"ctc_loss(): argument {argument!r} must be a Tensor or a tuple of ints, not {type(value).__name__}"
        )
    if len(found) != samples:
        raise RuntimeError(f"ctc_loss: {argument} must be of size batch_size ({samples}), but got {len(found)}")
    if min(found, default=0) < 0:
        raise RuntimeError(f"ctc_loss: Expected {argument} to have value at least 0, but got value {min(found)}")
    return found


def _padded(targets: Tensor, lengths: tuple[int, ...], blank: int, classes: int) -> Tensor:
    """The labels as (N, longest target), blanks behind them; from rows, or from one row with all of them in turn."""
    given, samples, longest = np.asarray(targets._array), len(lengths), max(lengths, default=0)
    if given.ndim not in {1, 2}:
        raise RuntimeError(
            f"ctc_loss: Expected 1 to 2 dimensions, but got {given.ndim}-dimensional tensor for 'targets'"
        )
    counts = np.arange(longest) < np.array(lengths)[:, None]
    found = np.full((samples, longest), blank, np.int64)
    if given.ndim == 1:
        if given.size != sum(lengths):
            raise RuntimeError(
                f"ctc_loss: Expected tensor to have size {sum(lengths)} at dimension 0, but got size {given.size} for "
                "argument 'targets' (all of them in turn)"
            )
        found[counts] = given
    else:
        if given.shape[0] != samples or given.shape[1] < longest:
            raise RuntimeError(
                f"ctc_loss: Expected tensor to have size {samples} at dimension 0 and at least {longest} at dimension 1, "
                f"but got size {list(given.shape)} for argument 'targets'"
            )
        found[counts] = given[:, :longest][counts]
    labels = found[counts]
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise RuntimeError(
            f"ctc_loss: targets must be classes from 0 to {classes - 1}, but they go from {labels.min()} to {labels.max()}"
        )
    return wrap(found)


@export(method=False)
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: int | str = 0,
    zero_infinity: bool = False,
) -> Tensor:
    """Minus the log-probability of the labels, summed over all their alignments with the times (Graves et al., 2006).

    ``log_probs`` (T, N, C) or (T, C), from a log-softmax; ``targets`` (N, S), or 1-D, one after another; the lengths as
    tensors or tuples. ``reduction``: 0 none (the default), 1 the mean of the losses over their target lengths, 2 sum, or
    the name; ``zero_infinity`` makes 0 of targets that do not fit. As ``torch.ctc_loss``, whose gradient holds after a
    log-softmax. RuntimeError for shapes, lengths and labels that do not fit.

    >>> import autograd
    >>> log_probs = autograd.full((2, 1, 2), 0.5).log()  # of blank and label: "-a", "a-" or "aa"
    >>> autograd.ctc_loss(log_probs, autograd.tensor([[1]]), (2,), (1,)).neg().exp()
    tensor([0.7500])
    """
    log_probs, targets = tensor_of(log_probs, "ctc_loss", "log_probs"), tensor_of(targets, "ctc_loss", "targets")
    reduction, single = named(reduction, "ctc_loss"), log_probs.ndim == 2
    if isinstance(input_lengths, Tensor) is not isinstance(target_lengths, Tensor):
        raise TypeError("ctc_loss(): input_lengths and target_lengths must both be Tensors, or both tuples of ints")
    if single:
        log_probs = log_probs.unsqueeze(1)
    if log_probs.ndim != 3:
        raise RuntimeError(f"ctc_loss: Expected 3-dimensional log_probs (or 2), but got shape {list(log_probs.shape)}")
    steps, samples, classes = log_probs.shape
    if log_probs.numel() and not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: blank must be in label range, from 0 to {classes - 1}, but got {blank}")
    times, labels = (
        _lengths(input_lengths, "input_lengths", samples),
        _lengths(target_lengths, "target_lengths", samples),
    )
    if max(times, default=0) > steps:
        raise RuntimeError(
            f"ctc_loss: Expected input_lengths to have value at most {steps}, but got value {max(times)}"
        )
    padded = _padded(targets, labels, blank, classes)
    losses = ctc_op.function(log_probs, padded, times, labels, int(blank), bool(zero_infinity))[0]
    if reduction == "mean":
        return (losses / wrap(np.maximum(labels, 1).astype(losses._array.dtype))).mean()
    return losses.sum() if reduction == "sum" else losses.squeeze(0) if single else losses
