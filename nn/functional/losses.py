"""Losses: what PyTorch asks of their arguments, and one recorded operation each."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from autograd import Tensor, fused


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str, stacklevel: int = 3) -> str:
    """The reduction that PyTorch's old arguments ask for, with its warning; ``reduction`` where they are not given."""
    if size_average is None and reduce is None:
        return reduction
    found = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction={found!r} instead.",
        UserWarning,
        stacklevel=stacklevel,
    )
    return found


def _warn_of_broadcast(name: str, input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        warnings.warn(
            f"{name}: Using a target size ({tuple(target.shape)}) that is different to the input size "
            f"({tuple(input.shape)}). The two are broadcast against each other, which is seldom what is meant; "
            "make the shapes equal, for example by squeeze() or unsqueeze().",
            UserWarning,
            stacklevel=3,
        )


def check_reduction(reduction: str) -> None:
    """ValueError unless ``reduction`` is "none", "mean" or "sum"."""
    if reduction not in {"none", "mean", "sum"}:
        raise ValueError(f"{reduction} is not a valid value for reduction")


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """The losses as they are, their mean or their sum; ValueError for another reduction."""
    check_reduction(reduction)
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def refuse_sequence(name: str, target: object) -> None:
    """TypeError for a list in the place of a target tensor."""
    if isinstance(target, list | tuple):
        raise TypeError(
            f"{name}(): argument 'target' must be a Tensor, but got {type(target).__name__}; "
            "make one with autograd.tensor(...)"
        )


def refuse_grad(name: str, **weights: Tensor | None) -> None:
    """Weights are constants: RuntimeError for one that requires grad."""
    for argument, weight in weights.items():
        if weight is not None and weight.requires_grad:
            raise RuntimeError(
                f"{name} is not differentiable with respect to argument {argument!r}: it cannot have "
                "requires_grad=True; pass its detach()"
            )


def refuse_integers(name: str, error: type[Exception], input: Tensor, target: Tensor) -> None:
    """Raise ``error`` where neither tensor is floating point."""
    if not input.is_floating_point() and not target.is_floating_point():
        raise error(f"{name}: not implemented for {input.dtype} and {target.dtype}; convert with input.float()")


def _weigh(
    name: str, loss: Callable, input: Tensor, target: Tensor, weight: Tensor, reduction: str, plain: bool = False
) -> Tensor:
    """A loss between tensors with a weight for each element; the mean divides by their sum, or is ``plain``."""
    if weight.shape != input.shape:
        raise ValueError(
            f"{name}: Weights and input must have the same size, but got {tuple(weight.shape)} and {tuple(input.shape)}"
        )
    losses = loss(input, target) * weight
    if reduction == "mean" and not plain:
        return losses.sum() / weight.sum()
    return reduced(losses, reduction)


# -- between tensors --------------------------------------------------------------------------------------------------


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """``(x − y)²``, reduced: "mean" (by default), "sum" or "none". As ``torch.nn.functional.mse_loss``.

    Shapes that differ are broadcast, with a warning. ``weight`` weights the elements (and the mean). ValueError for
    another reduction.

    >>> import autograd, nn.functional as F
    >>> F.mse_loss(autograd.tensor([1.0, 3.0]), autograd.tensor([1.0, 1.0]))
    tensor(2.)
    """
    _warn_of_broadcast("mse_loss", input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    refuse_integers("mse_loss", NotImplementedError, input, target)
    if weight is not None:
        return _weigh("mse_loss", lambda x, y: fused.mse_loss(x, y, "none"), input, target, weight, reduction)
    return fused.mse_loss(input, target, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """``|x − y|``, reduced. As ``torch.nn.functional.l1_loss``; shapes that differ are broadcast, with a warning.

    >>> import autograd, nn.functional as F
    >>> F.l1_loss(autograd.tensor([1.0, 4.0]), autograd.tensor([1.0, 1.0]))
    tensor(1.5000)
    """
    _warn_of_broadcast("l1_loss", input, target)
    reduction = legacy_reduction(size_average, reduce, reduction)
    if weight is not None:
        return _weigh("l1_loss", lambda x, y: fused.l1_loss(x, y, "none"), input, target, weight, reduction)
    if not input.is_floating_point() and not target.is_floating_point():  # whole numbers, as in PyTorch
        return reduced((input - target).abs(), reduction)
    return fused.l1_loss(input, target, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """``½d²/β`` where ``|d| < β``, else ``|d| − ½β``, with d = x − y; reduced. As ``torch.nn.functional.smooth_l1_loss``.

    Girshick, 2015. RuntimeError for a negative ``beta``; 0 is the L1 loss.

    >>> import autograd, nn.functional as F
    >>> F.smooth_l1_loss(autograd.tensor([1.0, 4.0]), autograd.tensor([0.0, 1.0]), reduction="none")
    tensor([0.5000, 2.5000])
    """
    _warn_of_broadcast("smooth_l1_loss", input, target)
    refuse_integers("smooth_l1_loss", NotImplementedError, input, target)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, but got {beta}")
    return fused.smooth_l1_loss(input, target, legacy_reduction(size_average, reduce, reduction), beta)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """``½d²`` where ``|d| < δ``, else ``δ(|d| − ½δ)``, with d = x − y; reduced. As ``torch.nn.functional.huber_loss``.

    Huber, 1964. RuntimeError for a ``delta`` that is not positive.

    >>> import autograd, nn.functional as F
    >>> F.huber_loss(autograd.tensor([1.0, 4.0]), autograd.tensor([0.0, 1.0]), reduction="none", delta=2.0)
    tensor([0.5000, 4.0000])
    """
    _warn_of_broadcast("huber_loss", input, target)
    refuse_integers("huber_loss", NotImplementedError, input, target)
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, but got {delta}")
    if weight is not None:
        loss = lambda x, y: fused.huber_loss(x, y, "none", delta)
        return _weigh("huber_loss", loss, input, target, weight, reduction, plain=True)
    return fused.huber_loss(input, target, reduction, delta)


# -- probabilities ----------------------------------------------------------------------------------------------------


def _check_same_dtype(name: str, input: Tensor, target: Tensor) -> None:
    if input.dtype is not target.dtype:
        raise RuntimeError(
            f"{name}: found a target of dtype {target.dtype} but expected {input.dtype}, the input's; "
            "convert with target.to(input.dtype)"
        )


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``−y log x − (1 − y) log(1 − x)`` for probabilities x, the logarithms held above −100; reduced.

    As ``torch.nn.functional.binary_cross_entropy``. ValueError for shapes that differ, RuntimeError for values (NaN
    too) outside [0, 1] and for dtypes that differ.

    >>> import autograd, nn.functional as F
    >>> F.binary_cross_entropy(autograd.tensor([0.5]), autograd.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"binary_cross_entropy: Using a target size ({tuple(target.shape)}) that is different to the input size "
            f"({tuple(input.shape)}); the shapes must be equal"
        )
    _check_same_dtype("binary_cross_entropy", input, target)
    refuse_grad("binary_cross_entropy", weight=weight)
    return fused.binary_cross_entropy(input, target, weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Binary cross-entropy of ``σ(x)`` with y in one stable step, positives weighted by ``pos_weight``; reduced.

    As ``torch.nn.functional.binary_cross_entropy_with_logits``. ValueError for shapes that differ, RuntimeError for a
    target that is not floating point.

    >>> import autograd, nn.functional as F
    >>> F.binary_cross_entropy_with_logits(autograd.tensor([0.0]), autograd.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"binary_cross_entropy_with_logits: Target size ({tuple(target.shape)}) must be the same as input size "
            f"({tuple(input.shape)})"
        )
    if not target.is_floating_point():
        raise RuntimeError(
            f"binary_cross_entropy_with_logits: the target must be floating point, but got {target.dtype}; "
            "convert with target.to(input.dtype)"
        )
    refuse_grad("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    return fused.binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """``y (log y − x)`` for x in logarithms, y too with ``log_target``; reduced. As ``torch.nn.functional.kl_div``.

    "mean" divides by all elements, with a warning: the divergence of distributions is "batchmean", the sum over the
    first dimension's size (Kullback and Leibler, 1951).

    >>> import autograd, nn.functional as F
    >>> F.kl_div(autograd.tensor([[0.5, 0.5]]).log(), autograd.tensor([[1.0, 0.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' divides "
            "only by the batch size, which is the KL divergence of the distributions.",
            UserWarning,
            stacklevel=2,
        )
    if reduction not in {"none", "mean", "sum", "batchmean"}:
        raise ValueError(
            f"kl_div: {reduction} is not a valid value for reduction; expected one of 'none', 'mean', 'sum', 'batchmean'"
        )
    refuse_integers("kl_div", RuntimeError, input, target)
    if reduction == "batchmean":
        total = fused.kl_div(input, target, "sum", log_target=log_target)
        return total / input.shape[0] if input.dim() else total
    return fused.kl_div(input, target, reduction, log_target=log_target)


# -- classes ----------------------------------------------------------------------------------------------------------


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Minus the log-probability of the target class: ``−w_y x_y``, reduced. As ``torch.nn.functional.nll_loss``.

    ``input`` (N, C, d…) or (C,), ``target`` integers (N, d…) or one number, ``weight`` (C,). Rows whose target is
    ``ignore_index`` do not count; the mean divides by the sum of the weights of those that do. IndexError for a target
    that is no class, ValueError and RuntimeError for shapes and dtypes that do not fit.

    >>> import autograd, nn.functional as F
    >>> F.nll_loss(autograd.tensor([[-1.0, -2.0], [-3.0, -4.0]]), autograd.tensor([0, 1]))
    tensor(2.5000)
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    refuse_grad("nll_loss", weight=weight)
    return fused.nll_loss(input, target, weight, ignore_index, reduction)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """``−log softmax(x)`` at the target class, or weighted by class probabilities; reduced.

    ``input`` logits (N, C, d…) or (C,); ``target`` integers (N, d…), or probabilities of the input's shape; ``weight``
    (C,); ``label_smoothing`` in [0, 1] mixes the target with the uniform distribution (Szegedy et al., 2016). As
    ``torch.nn.functional.cross_entropy``; raises as ``nll_loss``.

    >>> import autograd, nn.functional as F
    >>> F.cross_entropy(autograd.zeros(2, 4), autograd.tensor([1, 3]))
    tensor(1.3863)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce, reduction)
    if weight is not None:
        refuse_grad("cross_entropy", weight=weight)
    refuse_sequence("cross_entropy", target)
    if target.dtype is not input.dtype and target.is_floating_point():
        target = target.to(input.dtype)
    return fused.cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)


__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "nll_loss",
    "smooth_l1_loss",
]
