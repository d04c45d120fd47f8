"""Connectionist temporal classification, as a layer."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.loss import _Loss


class CTCLoss(_Loss):
    """Minus the log-probability of labels, summed over all their alignments with the times. As ``torch.nn.CTCLoss``.

    For sequences whose labels are known but not where they stand (Graves et al., 2006). Input: log-probabilities
    (T, N, C) from a log-softmax, targets (N, S) or one after another in 1-D, and the lengths of both; class ``blank``
    separates. "mean" divides each loss by its target length first; ``zero_infinity`` makes 0 of targets that do not fit.

    >>> import autograd, nn
    >>> log_probs = autograd.full((2, 1, 2), 0.5).log()  # blank and one label, in two steps: "-a", "a-" or "aa"
    >>> nn.CTCLoss()(log_probs, autograd.tensor([[1]]), (2,), (1,)).neg().exp()
    tensor(0.7500)
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        """The loss of ``log_probs`` against ``targets``."""
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )


__all__ = ["CTCLoss"]
