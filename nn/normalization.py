"""Layer, RMS and group normalisation, and local response normalisation."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from nn import functional as F
from nn import init
from nn.module import Module
from nn.parameter import Parameter


def _sizes(normalized_shape: Any) -> tuple[int, ...]:
    return (normalized_shape,) if hasattr(normalized_shape, "__index__") else tuple(normalized_shape)


class _Affine(Module):
    """What layer and group norm share: a weight that starts with ones, a bias that starts with zeros."""

    weight: Any
    bias: Any

    def _add_parameters(self, shape: tuple[int, ...], weight: bool, bias: bool, device: Any, dtype: Any) -> None:
        """Register both; None for one that is not wanted."""
        for name, wanted in (("weight", weight), ("bias", bias)):
            made = Parameter(autograd.empty(shape, device=device, dtype=dtype)) if wanted else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight 1, bias 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class LayerNorm(_Affine):
    """``(x − avg x) / √(var x + eps) · weight + bias`` over the last dimensions, of sizes ``normalized_shape``.

    ``weight`` (ones) and ``bias`` (zeros) have that shape; ``elementwise_affine=False`` leaves out both, ``bias=False``
    the bias. RuntimeError for an input of other sizes. As ``torch.nn.LayerNorm`` (Ba et al., 2016).

    >>> import autograd, nn
    >>> nn.LayerNorm(2, eps=0.0)(autograd.tensor([[1.0, 3.0]])).detach()
    tensor([[-1.,  1.]])
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps, self.elementwise_affine = _sizes(normalized_shape), eps, elementwise_affine
        self._add_parameters(self.normalized_shape, elementwise_affine, elementwise_affine and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The sizes and options."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """``x / √(avg x² + eps) · weight`` over the last dimensions, of sizes ``normalized_shape``. As ``torch.nn.RMSNorm``.

    ``eps=None`` is the machine epsilon of the dtype. RuntimeError for an input of other sizes. Zhang and Sennrich, 2019.

    >>> import autograd, nn
    >>> nn.RMSNorm(2)(autograd.tensor([[1.0, 7.0]])).detach()
    tensor([[0.2000, 1.4000]])
    """

    weight: Any

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape, self.eps, self.elementwise_affine = _sizes(normalized_shape), eps, elementwise_affine
        made = autograd.empty(self.normalized_shape, device=device, dtype=dtype) if elementwise_affine else None
        self.register_parameter("weight", None if made is None else Parameter(made))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised input."""
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The sizes and options."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_Affine):
    """The channels of (N, C, …), in ``num_groups`` groups, normalised group by group of each example.

    ``weight`` (ones) and ``bias`` (zeros) have one element for a channel. ValueError unless the channels divide into the
    groups. As ``torch.nn.GroupNorm`` (Wu and He, 2018).

    >>> import autograd, nn
    >>> nn.GroupNorm(2, 4, eps=0.0)(autograd.tensor([[1.0, 3.0, 5.0, 7.0]])).detach()
    tensor([[-1.,  1., -1.,  1.]])
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self._add_parameters((num_channels,), affine, affine and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The sizes and options."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


class LocalResponseNorm(Module):
    """``x / (k + alpha · s)^beta``, s the average of x² over ``size`` neighbouring channels of (N, C, L, …).

    As ``torch.nn.LocalResponseNorm`` (Krizhevsky et al., 2012). ValueError for fewer than three dimensions.

    >>> import autograd, nn
    >>> nn.LocalResponseNorm(3, alpha=3.0, beta=1.0)(autograd.ones(1, 3, 1)).flatten()
    tensor([0.3333, 0.2500, 0.3333])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(Module):
    """``LocalResponseNorm`` of (N, C, H, W) under the name it had in Lua Torch. As ``torch.nn.CrossMapLRN2d``.

    An even ``size`` takes one channel less, as there. PyTorch's leaves the first channel in every window, and its
    gradient is not that of what it computes; here the windows move on. ValueError for other than four dimensions.

    >>> import autograd, nn
    >>> nn.CrossMapLRN2d(3, alpha=3.0, beta=1.0)(autograd.ones(1, 3, 1, 1)).flatten()
    tensor([0.3333, 0.2500, 0.3333])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        """The normalised input."""
        if input.dim() != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.dim()}D instead.")
        odd = self.size - (self.size % 2 == 0)
        return F.local_response_norm(input, odd, self.alpha * odd / self.size, self.beta, self.k)

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


__all__ = ["CrossMapLRN2d", "GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]
