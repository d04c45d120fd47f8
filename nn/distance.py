"""Distances as layers."""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.module import Module


class CosineSimilarity(Module):
    """The cosine of the angle between x₁ and x₂ along ``dim``. As ``torch.nn.CosineSimilarity``.

    >>> import autograd, nn
    >>> nn.CosineSimilarity(dim=0)(autograd.tensor([3.0, 4.0]), autograd.tensor([1.0, 0.0]))
    tensor(0.6000)
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The cosine similarity."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """``‖x₁ − x₂ + eps‖ₚ`` along the last dimension. As ``torch.nn.PairwiseDistance``.

    >>> import autograd, nn
    >>> nn.PairwiseDistance()(autograd.tensor([[3.0, 4.0]]), autograd.zeros(1, 2))
    tensor([5.0000])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The distance."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


__all__ = ["CosineSimilarity", "PairwiseDistance"]
