"""A linear layer whose backward pass keeps only the largest entries of the gradient that arrives."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from nn import functional as F
from nn.linear import Linear


def largest(grad: Tensor, k: int, unified: bool = False) -> Tensor:
    """1 at the ``k`` entries of each row (last dimension) that are largest by magnitude, 0 elsewhere.

    ``unified``: the same entries in all rows, those whose magnitudes add up to the most. Of equals the first count.

    >>> import autograd
    >>> largest(autograd.tensor([[3.0, -4.0, 1.0], [0.0, 1.0, -2.0]]), 1)
    tensor([[0., 1., 0.],
            [0., 0., 1.]])
    """
    size = grad.detach().abs()
    if unified and grad.dim() > 1:
        size = size.sum(tuple(range(grad.dim() - 1)), keepdim=True)
    limit = size.topk(k, -1).values[..., -1:]
    above, equal = size > limit, size == limit
    room = k - above.sum(-1, keepdim=True)
    return (above | (equal & (equal.cumsum(-1) <= room))).to(grad.dtype)


class _EachRow(autograd.Function):
    """The identity; of the gradient, the ``k`` entries of each row that are largest by magnitude are handed on."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, k: int) -> Tensor:
        ctx.k = k
        return input.view_as(input)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        return grad_output * largest(grad_output, ctx.k), None


class _SameForAll(autograd.Function):
    """A linear map whose gradients are computed from the ``k`` outputs alone that matter most to the batch."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, weight: Tensor, bias: Tensor | None, k: int) -> Tensor:
        ctx.save_for_backward(input, weight)
        ctx.k, ctx.biased = k, bias is not None
        return F.linear(input, weight, bias)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, Tensor, Tensor | None, None]:
        input, weight = ctx.saved_tensors
        outputs, features = weight.shape
        grad = grad_output.reshape(-1, outputs)
        chosen = largest(grad, ctx.k, unified=True).flatten().nonzero().flatten()
        part = grad.index_select(1, chosen)
        grad_input = (part @ weight.index_select(0, chosen)).reshape(input.shape)
        learnt = part.t() @ input.reshape(-1, features)
        grad_bias = weight.new_zeros(outputs).index_copy(0, chosen, part.sum(0)) if ctx.biased else None
        return grad_input, autograd.zeros_like(weight).index_copy(0, chosen, learnt), grad_bias, None


class MePropLinear(Linear):
    """``y = x Wᵀ + b``; backward keeps of ∂y, for each example, only the ``k`` entries largest by magnitude.

    Minimal effort backpropagation: only k rows of W (and entries of b) learn from an example, which also regularises (X.
    Sun, X. Ren, S. Ma and H. Wang, "meProp: Sparsified Back Propagation for Accelerated Deep Learning with Reduced
    Overfitting", ICML 2017). An example is one index of all dimensions but the last; of equals the first is kept.
    ``unified=True`` keeps the same k entries for the whole batch, those whose magnitudes add up to the most, and computes
    with these alone. Forward, initial weights and ``state_dict`` are those of ``Linear``; with ``k ≥ out_features`` so is
    backward. Gradients of gradients take the choice as constant. PyTorch has no such layer. ValueError for ``k < 1``.

    >>> import autograd, nn
    >>> layer = nn.MePropLinear(2, 3, k=1)
    >>> (layer(autograd.ones(1, 2)) * autograd.tensor([1.0, -5.0, 2.0])).sum().backward()
    >>> layer.bias.grad
    tensor([ 0., -5.,  0.])
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        k: int,
        bias: bool = True,
        unified: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if type(k) is not int or k < 1:
            raise ValueError(f"MePropLinear: k must be an int of at least 1, but got {k!r}")
        super().__init__(in_features, out_features, bias, device, dtype)
        self.k, self.unified = k, unified

    def forward(self, input: Tensor) -> Tensor:
        """``x Wᵀ + b``."""
        if self.k < self.out_features and self.unified:
            return _SameForAll.apply(input, self.weight, self.bias, self.k)
        found = F.linear(input, self.weight, self.bias)
        return _EachRow.apply(found, self.k) if self.k < self.out_features else found

    def extra_repr(self) -> str:
        """The sizes, and how much is kept."""
        return f"{super().extra_repr()}, k={self.k}, unified={self.unified}"


__all__ = ["MePropLinear"]
