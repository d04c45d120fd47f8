"""Unpooling layers, which put values back to where max pooling found them, and pooling over windows at random places."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn._sizes import each
from nn.module import Module


class _MaxUnpool(Module):
    """What unpooling layers share."""

    _dims = 0

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size = each(kernel_size, self._dims)
        self.stride = each(kernel_size if stride is None else stride, self._dims)
        self.padding = each(padding, self._dims)

    def extra_repr(self) -> str:
        """The numbers of the windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Zeros with the elements of the input at the indices that ``MaxPool1d`` returned. As ``torch.nn.MaxUnpool1d``.

    ``output_size`` chooses among the sizes that pool to the same; see ``nn.functional.max_unpool1d``.

    >>> import autograd, nn
    >>> nn.MaxUnpool1d(2)(autograd.tensor([[3.0, 4.0]]), autograd.tensor([[1, 3]]))
    tensor([[0., 3., 0., 4.]])
    """

    _dims = 1

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        """The elements at their places."""
        return F.max_unpool1d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool2d(_MaxUnpool):
    """Zeros with the elements of the input at the indices that ``MaxPool2d`` returned. As ``torch.nn.MaxUnpool2d``.

    >>> import autograd, nn
    >>> nn.MaxUnpool2d(2)(autograd.tensor([[[5.0]]]), autograd.tensor([[[2]]]))
    tensor([[[0., 0.],
             [5., 0.]]])
    """

    _dims = 2

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        """The elements at their places."""
        return F.max_unpool2d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool3d(_MaxUnpool):
    """Zeros with the elements of the input at the indices that ``MaxPool3d`` returned. As ``torch.nn.MaxUnpool3d``.

    >>> import autograd, nn
    >>> nn.MaxUnpool3d(2)(autograd.ones(1, 1, 1, 1), autograd.tensor([[[[7]]]])).shape
    autograd.Size([1, 2, 2, 2])
    """

    _dims = 3

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        """The elements at their places."""
        return F.max_unpool3d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class _Fractional(Module):
    """What fractional pooling layers share."""

    _dims = 0

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size, self.return_indices = each(kernel_size, self._dims), return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else each(output_size, self._dims)
        self.output_ratio = None if output_ratio is None else each(output_ratio, self._dims)
        if output_size is None and output_ratio is None:
            raise ValueError(f"{type(self).__name__} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError(f"{type(self).__name__}: only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"{type(self).__name__}: output_ratio must be between 0 and 1 (got {output_ratio})")

    def _numbers(self) -> tuple:
        return self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples


class FractionalMaxPool2d(_Fractional):
    """The largest elements of windows whose distances are random. As ``torch.nn.FractionalMaxPool2d`` (Graham, 2014).

    The output has ``output_size``, or ``output_ratio`` (between 0 and 1) times the input's. ValueError unless exactly one
    of them is given.

    >>> import autograd, nn
    >>> nn.FractionalMaxPool2d(2, output_ratio=0.5)(autograd.rand(3, 8, 8)).shape
    autograd.Size([3, 4, 4])
    """

    _dims = 2

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and where they are if asked for."""
        return F.fractional_max_pool2d(input, *self._numbers())


class FractionalMaxPool3d(_Fractional):
    """The largest elements of windows whose distances are random. As ``torch.nn.FractionalMaxPool3d``.

    >>> import autograd, nn
    >>> nn.FractionalMaxPool3d(2, output_size=2)(autograd.rand(3, 4, 4, 4)).shape
    autograd.Size([3, 2, 2, 2])
    """

    _dims = 3

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and where they are if asked for."""
        return F.fractional_max_pool3d(input, *self._numbers())


__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"]
