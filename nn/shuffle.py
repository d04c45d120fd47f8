"""Layers that put channels and pixels in another order."""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.module import Module


class PixelShuffle(Module):
    """(…, C·r², H, W) to (…, C, H·r, W·r), r being ``upscale_factor``. As ``torch.nn.PixelShuffle`` (Shi et al., 2016).

    >>> import autograd, nn
    >>> nn.PixelShuffle(2)(autograd.arange(4.0).reshape(4, 1, 1))
    tensor([[[0., 1.],
             [2., 3.]]])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The larger images."""
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """The factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """(…, C, H·r, W·r) to (…, C·r², H, W), r being ``downscale_factor``. As ``torch.nn.PixelUnshuffle``.

    >>> import autograd, nn
    >>> nn.PixelUnshuffle(2)(autograd.ones(1, 4, 6)).shape
    autograd.Size([4, 2, 3])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The smaller images."""
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """The factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """(N, C, …) with its channels dealt out over ``groups``. As ``torch.nn.ChannelShuffle`` (Zhang et al., 2018).

    >>> import autograd, nn
    >>> nn.ChannelShuffle(2)(autograd.arange(4.0).reshape(1, 4, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """The channels in their new order."""
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """The groups."""
        return f"groups={self.groups}"


__all__ = ["ChannelShuffle", "PixelShuffle", "PixelUnshuffle"]
