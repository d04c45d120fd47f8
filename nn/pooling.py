"""Pooling layers: one number for each window of a signal (N, C, L), an image (N, C, H, W) or a volume (N, C, D, H, W).

All take inputs without the batch as well.
"""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn._sizes import each
from nn.module import Module

# -- the largest ------------------------------------------------------------------------------------------------------


class _MaxPool(Module):
    """What max pooling layers share."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def _numbers(self) -> tuple:
        return self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices

    def extra_repr(self) -> str:
        """The numbers of the windows."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The largest element of each window of ``kernel_size`` along L; with ``return_indices`` also where it was found.

    ``stride`` is the window's size where None, ``padding`` counts as −∞, ``ceil_mode`` rounds the number of windows up. As
    ``torch.nn.MaxPool1d``; see ``nn.functional.max_pool1d`` for sizes and errors.

    >>> import autograd, nn
    >>> nn.MaxPool1d(2)(autograd.tensor([[1.0, 3.0, 2.0, 4.0]]))
    tensor([[3., 4.]])
    """

    def forward(self, input: Tensor) -> Any:
        """The largest elements."""
        return F.max_pool1d(input, *self._numbers())


class MaxPool2d(_MaxPool):
    """The largest element of each window of an image; the numbers are ints or pairs. As ``torch.nn.MaxPool2d``.

    See ``MaxPool1d`` for their meaning, ``nn.functional.max_pool2d`` for sizes and errors.

    >>> import autograd, nn
    >>> nn.MaxPool2d(2)(autograd.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """

    def forward(self, input: Tensor) -> Any:
        """The largest elements."""
        return F.max_pool2d(input, *self._numbers())


class MaxPool3d(_MaxPool):
    """The largest element of each window of a volume; the numbers are ints or triples. As ``torch.nn.MaxPool3d``.

    See ``MaxPool1d`` for their meaning.

    >>> import autograd, nn
    >>> nn.MaxPool3d(2)(autograd.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[7.]]]])
    """

    def forward(self, input: Tensor) -> Any:
        """The largest elements."""
        return F.max_pool3d(input, *self._numbers())


# -- means ------------------------------------------------------------------------------------------------------------


class AvgPool1d(Module):
    """The mean of each window of ``kernel_size`` along L. As ``torch.nn.AvgPool1d``.

    ``padding`` counts as zeros, or not at all without ``count_include_pad``; the other numbers as in ``MaxPool1d``.

    >>> import autograd, nn
    >>> nn.AvgPool1d(2)(autograd.tensor([[1.0, 3.0, 2.0, 4.0]]))
    tensor([[2., 3.]])
    """

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = each(kernel_size, 1)
        self.stride = each(kernel_size if stride is None else stride, 1)
        self.padding = each(padding, 1)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    def extra_repr(self) -> str:
        """The numbers of the windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    """What average pooling of images and volumes shares."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.ceil_mode = padding, ceil_mode
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def _numbers(self) -> tuple:
        return (
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        """The numbers of the windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """The mean of each window of an image; the numbers are ints or pairs. As ``torch.nn.AvgPool2d``.

    ``divisor_override`` divides the sums instead of the number of elements; see ``AvgPool1d`` for the rest.

    >>> import autograd, nn
    >>> nn.AvgPool2d(2)(autograd.arange(4.0).reshape(1, 2, 2))
    tensor([[[1.5000]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.avg_pool2d(input, *self._numbers())


class AvgPool3d(_AvgPool):
    """The mean of each window of a volume; the numbers are ints or triples. As ``torch.nn.AvgPool3d``.

    >>> import autograd, nn
    >>> nn.AvgPool3d(2)(autograd.arange(8.0).reshape(1, 2, 2, 2))
    tensor([[[[3.5000]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.avg_pool3d(input, *self._numbers())


class _LPPool(Module):
    """What power-average pooling layers share."""

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size = norm_type, kernel_size
        self.stride, self.ceil_mode = stride, ceil_mode

    def _numbers(self) -> tuple:
        return float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode

    def extra_repr(self) -> str:
        """The power and the numbers of the windows."""
        return f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, ceil_mode={self.ceil_mode}"


class LPPool1d(_LPPool):
    """``(Σ xᵖ)^(1/p)`` over each window along L, p being ``norm_type``. As ``torch.nn.LPPool1d``.

    >>> import autograd, nn
    >>> nn.LPPool1d(2, 2)(autograd.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The roots."""
        return F.lp_pool1d(input, *self._numbers())


class LPPool2d(_LPPool):
    """``(Σ xᵖ)^(1/p)`` over each window of an image, p being ``norm_type``. As ``torch.nn.LPPool2d``.

    >>> import autograd, nn
    >>> nn.LPPool2d(2, 2)(autograd.ones(1, 2, 2))
    tensor([[[2.]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The roots."""
        return F.lp_pool2d(input, *self._numbers())


class LPPool3d(_LPPool):
    """``(Σ xᵖ)^(1/p)`` over each window of a volume, p being ``norm_type``. As ``torch.nn.LPPool3d``.

    >>> import autograd, nn
    >>> nn.LPPool3d(3, 2)(autograd.ones(1, 2, 2, 2))
    tensor([[[[2.]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The roots."""
        return F.lp_pool3d(input, *self._numbers())


# -- windows that share out the input ---------------------------------------------------------------------------------


class _Adaptive(Module):
    """What adaptive pooling layers share."""

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        """The output's size."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_Adaptive):
    """The means of ``output_size`` windows that share out L evenly. As ``torch.nn.AdaptiveAvgPool1d``.

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool1d(2)(autograd.tensor([[1.0, 2.0, 6.0]]))
    tensor([[1.5000, 4.0000]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_Adaptive):
    """The means of windows that share out an image evenly. As ``torch.nn.AdaptiveAvgPool2d``.

    ``output_size``: an int, or a pair in which None stands for the input's own size.

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool2d(1)(autograd.arange(6.0).reshape(1, 2, 3))
    tensor([[[2.5000]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_Adaptive):
    """The means of windows that share out a volume evenly. As ``torch.nn.AdaptiveAvgPool3d``.

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool3d((None, 1, 1))(autograd.arange(6.0).reshape(1, 1, 2, 3))
    tensor([[[[2.5000]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.adaptive_avg_pool3d(input, self.output_size)


class _AdaptiveMax(_Adaptive):
    """What adaptive max pooling layers share."""

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices


class AdaptiveMaxPool1d(_AdaptiveMax):
    """The largest elements of ``output_size`` windows that share out L evenly. As ``torch.nn.AdaptiveMaxPool1d``.

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool1d(2)(autograd.tensor([[1.0, 2.0, 6.0]]))
    tensor([[2., 6.]])
    """

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and where they are if asked for."""
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMax):
    """The largest elements of windows that share out an image evenly. As ``torch.nn.AdaptiveMaxPool2d``.

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool2d((1, None))(autograd.arange(6.0).reshape(1, 2, 3))
    tensor([[[3., 4., 5.]]])
    """

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and where they are if asked for."""
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_AdaptiveMax):
    """The largest elements of windows that share out a volume evenly. As ``torch.nn.AdaptiveMaxPool3d``.

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool3d(1)(autograd.arange(6.0).reshape(1, 1, 2, 3))
    tensor([[[[5.]]]])
    """

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and where they are if asked for."""
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)


__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
]
