"""Images as columns of blocks, and back."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.module import Module


class Unfold(Module):
    """The blocks that slide over images, as columns: (N, C, H, W) to (N, C·∏kernel_size, number of blocks).

    As ``torch.nn.Unfold``; the numbers are ints or pairs. See ``nn.functional.unfold``.

    >>> import autograd, nn
    >>> nn.Unfold(2)(autograd.ones(1, 3, 4, 5)).shape
    autograd.Size([1, 12, 12])
    """

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        """The blocks."""
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The numbers of the blocks."""
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """Columns as ``Unfold`` gives them, added up where their blocks lie in an image of ``output_size``.

    (N, C·∏kernel_size, number of blocks) to (N, C, *output_size). As ``torch.nn.Fold``; see ``nn.functional.fold``.

    >>> import autograd, nn
    >>> nn.Fold((2, 3), 2)(autograd.ones(4, 2))
    tensor([[[1., 2., 1.],
             [1., 2., 1.]]])
    """

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        """The images."""
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The numbers of the blocks."""
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )


__all__ = ["Fold", "Unfold"]
