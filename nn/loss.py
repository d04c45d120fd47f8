"""Losses as layers: they hold the options, ``nn.functional`` computes."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.functional.losses import legacy_reduction
from nn.module import Module


class _Loss(Module):
    """What all losses share: the reduction."""

    reduction: str

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = legacy_reduction(size_average, reduce, reduction, stacklevel=4)


class _WeightedLoss(_Loss):
    """A loss with constant weights, which are a buffer."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class L1Loss(_Loss):
    """The mean absolute error ``|x − y|``. As ``torch.nn.L1Loss``.

    ``reduction``: "mean" (by default), "sum" or "none".

    >>> import autograd, nn
    >>> nn.L1Loss()(autograd.tensor([1.0, 4.0]), autograd.tensor([1.0, 1.0]))
    tensor(1.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """The mean squared error ``(x − y)²``. As ``torch.nn.MSELoss``.

    ``reduction``: "mean" (by default), "sum" or "none". Shapes that differ are broadcast, with a warning.

    >>> import autograd, nn
    >>> nn.MSELoss()(autograd.tensor([1.0, 3.0]), autograd.tensor([1.0, 1.0]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """``½d²/β`` where ``|d| < β``, else ``|d| − ½β``, with d = x − y. As ``torch.nn.SmoothL1Loss`` (Girshick, 2015).

    >>> import autograd, nn
    >>> nn.SmoothL1Loss(reduction="none")(autograd.tensor([1.0, 4.0]), autograd.tensor([0.0, 1.0]))
    tensor([0.5000, 2.5000])
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """``½d²`` where ``|d| < δ``, else ``δ(|d| − ½δ)``, with d = x − y. As ``torch.nn.HuberLoss`` (Huber, 1964).

    >>> import autograd, nn
    >>> nn.HuberLoss("none", delta=2.0)(autograd.tensor([1.0, 4.0]), autograd.tensor([0.0, 1.0]))
    tensor([0.5000, 4.0000])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class BCELoss(_WeightedLoss):
    """Binary cross-entropy ``−y log x − (1 − y) log(1 − x)`` of probabilities x. As ``torch.nn.BCELoss``.

    For the output of a sigmoid, ``BCEWithLogitsLoss`` without the sigmoid is more accurate. ``weight`` (a buffer)
    weights the elements.

    >>> import autograd, nn
    >>> nn.BCELoss()(autograd.tensor([0.5]), autograd.tensor([1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """Binary cross-entropy of ``σ(x)`` with y in one stable step. As ``torch.nn.BCEWithLogitsLoss``.

    ``weight`` weights the elements, ``pos_weight`` the positive targets; both are buffers.

    >>> import autograd, nn
    >>> nn.BCEWithLogitsLoss()(autograd.tensor([0.0]), autograd.tensor([1.0]))
    tensor(0.6931)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class KLDivLoss(_Loss):
    """``y (log y − x)`` for x in logarithms, y too with ``log_target``. As ``torch.nn.KLDivLoss``.

    ``reduction="batchmean"`` gives the divergence of distributions; "mean", the default, divides by all elements and
    warns.

    >>> import autograd, nn
    >>> loss = nn.KLDivLoss(reduction="batchmean")
    >>> loss(autograd.tensor([[0.5, 0.5]]).log(), autograd.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(_Loss):
    """``e^x − y x``, for counts y and the logarithm x of their mean. As ``torch.nn.PoissonNLLLoss``.

    >>> import autograd, nn
    >>> nn.PoissonNLLLoss()(autograd.zeros(1), autograd.ones(1))
    tensor(1.)
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``log_input`` against ``target``."""
        return F.poisson_nll_loss(
            log_input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction
        )


class GaussianNLLLoss(_Loss):
    """``½ (log v + (x − y)² / v)`` for a predicted variance v. As ``torch.nn.GaussianNLLLoss`` (Nix and Weigend, 1994).

    >>> import autograd, nn
    >>> nn.GaussianNLLLoss()(autograd.zeros(1), autograd.tensor([2.0]), autograd.ones(1))
    tensor(2.)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Any) -> Tensor:
        """The loss of ``input`` with variance ``var`` against ``target``."""
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "GaussianNLLLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
]
