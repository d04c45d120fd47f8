"""Losses of margins, as layers."""

from __future__ import annotations

from collections.abc import Callable

from autograd import Tensor
from nn import functional as F
from nn.distance import PairwiseDistance
from nn.loss import _Loss, _WeightedLoss


class HingeEmbeddingLoss(_Loss):
    """``x`` where y is 1, ``max(0, margin − x)`` where y is −1. As ``torch.nn.HingeEmbeddingLoss``.

    >>> import autograd, nn
    >>> nn.HingeEmbeddingLoss(reduction="none")(autograd.tensor([0.5, 0.25]), autograd.tensor([1, -1]))
    tensor([0.5000, 0.7500])
    """

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class SoftMarginLoss(_Loss):
    """``log(1 + e^(−y x))`` for y of 1 or −1. As ``torch.nn.SoftMarginLoss``.

    >>> import autograd, nn
    >>> nn.SoftMarginLoss()(autograd.zeros(2), autograd.tensor([1.0, -1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """``max(0, −y (x₁ − x₂) + margin)``. As ``torch.nn.MarginRankingLoss``.

    >>> import autograd, nn
    >>> nn.MarginRankingLoss()(autograd.ones(1), autograd.zeros(1), autograd.tensor([-1.0]))
    tensor(1.)
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of the pair against ``target``."""
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(_Loss):
    """``1 − cos(x₁, x₂)`` where y is 1, ``max(0, cos(x₁, x₂) − margin)`` where y is −1. As ``torch.nn.CosineEmbeddingLoss``.

    Inputs (N, D) with a target (N), or (D) with a number.

    >>> import autograd, nn
    >>> nn.CosineEmbeddingLoss()(autograd.tensor([3.0, 4.0]), autograd.tensor([1.0, 0.0]), autograd.tensor(1))
    tensor(0.4000)
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of the pair against ``target``."""
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """``Σ_j max(0, margin − x_y + x_j)^p / C`` over the classes j ≠ y. As ``torch.nn.MultiMarginLoss``.

    The hinge loss of several classes (Crammer and Singer, 2001): input (N, C) or (C,), target classes (N,) or one.
    ``weight`` (C,) is a buffer. ValueError unless ``p`` is 1 or 2.

    >>> import autograd, nn
    >>> nn.MultiMarginLoss()(autograd.tensor([[0.1, 0.2, 0.4, 0.8]]), autograd.tensor([3]))
    tensor(0.3250)
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in {1, 2}:
            raise ValueError(f"MultiMarginLoss: only p == 1 and p == 2 supported, but got {p}")
        if weight is not None and weight.dim() != 1:
            raise ValueError(f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.dim()}D instead")
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.multi_margin_loss(
            input, target, p=self.p, margin=self.margin, weight=self.weight, reduction=self.reduction
        )


class MultiLabelMarginLoss(_Loss):
    """``Σ_y Σ_i max(0, 1 − x_y + x_i) / C`` over right classes y, wrong ones i. As ``torch.nn.MultiLabelMarginLoss``.

    Input and target (N, C) or (C,); the right classes are those in a row of the target before its first −1.

    >>> import autograd, nn
    >>> nn.MultiLabelMarginLoss()(autograd.tensor([0.1, 0.2, 0.4, 0.8]), autograd.tensor([3, 0, -1, 1]))
    tensor(0.8500)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Binary cross-entropy of logits, averaged over the classes first. As ``torch.nn.MultiLabelSoftMarginLoss``.

    Input and target (N, C); ``weight`` (C,) is a buffer.

    >>> import autograd, nn
    >>> nn.MultiLabelSoftMarginLoss()(autograd.zeros(1, 2), autograd.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of ``input`` against ``target``."""
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)


class TripletMarginLoss(_Loss):
    """``max(0, margin + d(a, p) − d(a, n))`` with d the p-norm of the difference. As ``torch.nn.TripletMarginLoss``.

    ``swap``: ``d(p, n)`` counts where it is smaller than ``d(a, n)`` (Balntas et al., 2016). ValueError for a ``margin``
    that is not positive.

    >>> import autograd, nn
    >>> a, p, n = autograd.zeros(1, 2), autograd.tensor([[3.0, 4.0]]), autograd.tensor([[0.0, 2.0]])
    >>> nn.TripletMarginLoss()(a, p, n)
    tensor(4.0000)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss of the triplets."""
        return F.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, reduction=self.reduction
        )


class TripletMarginWithDistanceLoss(_Loss):
    """``TripletMarginLoss`` with your own distance. As ``torch.nn.TripletMarginWithDistanceLoss``.

    ``distance_function`` is a function or module of two tensors, by default ``PairwiseDistance()``. ValueError for a
    ``margin`` that is not positive.

    >>> import autograd, nn
    >>> a, p, n = autograd.zeros(1, 2), autograd.tensor([[3.0, 4.0]]), autograd.tensor([[0.0, 2.0]])
    >>> nn.TripletMarginWithDistanceLoss(distance_function=lambda x, y: (x - y).abs().amax(-1))(a, p, n)
    tensor(3.)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        if margin <= 0:
            raise ValueError(
                f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead"
            )
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function
        self.margin, self.swap = margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss of the triplets."""
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )


__all__ = [
    "CosineEmbeddingLoss",
    "HingeEmbeddingLoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]
