"""Activations that look at more than one element, or have parameters: softmax and its kin, GLU, PReLU, maxout."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor
from nn import functional as F
from nn import init
from nn.module import Module
from nn.parameter import Parameter


class _AlongDim(Module):
    """What the activations along one dimension share."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """``e^x / Σ e^x`` along ``dim``. As ``torch.nn.Softmax``; without ``dim`` PyTorch's old choice, with a warning.

    >>> import autograd, nn
    >>> nn.Softmax(dim=0)(autograd.zeros(4))
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The softmax."""
        return F.softmax(input, self.dim, _stacklevel=5)


class LogSoftmax(_AlongDim):
    """``x − log Σ e^x`` along ``dim``. As ``torch.nn.LogSoftmax``; without ``dim`` PyTorch's old choice, with a warning.

    >>> import autograd, nn
    >>> nn.LogSoftmax(dim=0)(autograd.zeros(1))
    tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The logarithm of the softmax."""
        return F.log_softmax(input, self.dim, _stacklevel=5)


class Softmin(_AlongDim):
    """The softmax of −x along ``dim``. As ``torch.nn.Softmin``; without ``dim`` PyTorch's old choice, with a warning.

    >>> import autograd, nn
    >>> nn.Softmin(dim=0)(autograd.zeros(2))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The softmin."""
        return F.softmin(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """The softmax over the channels of (N, C, H, W) or (C, H, W). As ``torch.nn.Softmax2d``. ValueError otherwise.

    >>> import autograd, nn
    >>> nn.Softmax2d()(autograd.zeros(1, 2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The softmax at each place."""
        if input.dim() not in {3, 4}:
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, but got {input.dim()}D instead")
        return F.softmax(input, -3)


class GLU(Module):
    """``a σ(b)`` for the two halves of the input along ``dim``. As ``torch.nn.GLU`` (Dauphin et al., 2017).

    >>> import autograd, nn
    >>> nn.GLU()(autograd.tensor([3.0, 0.0]))
    tensor([1.5000])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The first half, gated by the second."""
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class PReLU(Module):
    """``x`` above 0, ``weight · x`` below, with one trained weight or one for each channel (dimension 1).

    As ``torch.nn.PReLU`` (He et al., 2015); the weights start at ``init``.

    >>> import autograd, nn
    >>> nn.PReLU()(autograd.tensor([-2.0, 2.0])).detach()
    tensor([-0.5000,  2.0000])
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(autograd.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weights to their initial value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """The activation of each element."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many weights there are."""
        return f"num_parameters={self.num_parameters}"


class Maxout(Module):
    """``max_j (x W_j + b_j)``: each output is the largest of ``pieces`` linear functions of the input.

    (…, in_features) to (…, out_features), a convex function that is itself learned (Goodfellow, Warde-Farley, Mirza,
    Courville and Bengio, "Maxout Networks", ICML 2013). ``weight`` (out·pieces, in) and ``bias`` (out·pieces) start as
    those of ``Linear``; the gradient of a tie goes to its first piece. PyTorch has no such layer. ValueError unless
    ``pieces`` is positive.

    >>> import autograd, nn
    >>> layer = nn.Maxout(3, 2, pieces=4)
    >>> layer(autograd.ones(5, 3)).shape, layer.weight.shape
    (autograd.Size([5, 2]), autograd.Size([8, 3]))
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if pieces < 1:
            raise ValueError(f"Maxout: pieces must be at least 1, but got {pieces}")
        self.in_features, self.out_features, self.pieces = in_features, out_features, pieces
        rows = out_features * pieces
        self.weight = Parameter(autograd.empty(rows, in_features, device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(autograd.empty(rows, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """The largest piece of each output."""
        pieces = F.linear(input, self.weight, self.bias)
        return pieces.reshape(*input.shape[:-1], self.out_features, self.pieces).max(-1)[0]

    def extra_repr(self) -> str:
        """The sizes."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, pieces={self.pieces}, "
            f"bias={self.bias is not None}"
        )


__all__ = ["GLU", "LogSoftmax", "Maxout", "PReLU", "Softmax", "Softmax2d", "Softmin"]
