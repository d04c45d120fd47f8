"""Padding layers: signals (N, C, L), images (N, C, H, W) and volumes (N, C, D, H, W), also without the batch, with a border.

``padding`` is one width for all sides, or a tuple of widths before and after, the last dimension first.
"""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn._sizes import each
from nn.module import Module


class _Pad(Module):
    """What padding layers share: the widths, and how the border is filled."""

    _dims = 0
    _mode = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = each(padding, 2 * self._dims)

    def forward(self, input: Tensor) -> Tensor:
        """The input with its border."""
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    """A border of one value."""

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """The input with its border."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The widths and the value."""
        return f"padding={self.padding}, value={self.value}"


class _CircularPad(_Pad):
    """A border that goes on at the other end."""

    _mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        """The input with its border."""
        if input.dim() not in {self._dims + 1, self._dims + 2}:
            raise ValueError(
                f"{type(self).__name__}: expected {self._dims + 1}D or {self._dims + 2}D input (got {input.dim()}D input)"
            )
        return super().forward(input)


class ConstantPad1d(_ConstantPad):
    """A border of ``value`` around a signal; negative widths crop. As ``torch.nn.ConstantPad1d``.

    >>> import autograd, nn
    >>> nn.ConstantPad1d(1, 3.5)(autograd.zeros(1, 1)).flatten()
    tensor([3.5000, 0.0000, 3.5000])
    """

    _dims = 1


class ConstantPad2d(_ConstantPad):
    """A border of ``value`` around an image; negative widths crop. As ``torch.nn.ConstantPad2d``.

    >>> import autograd, nn
    >>> nn.ConstantPad2d(1, 3.5)(autograd.zeros(1, 1, 1)).flatten()
    tensor([3.5000, 3.5000, 3.5000, 3.5000, 0.0000, 3.5000, 3.5000, 3.5000, 3.5000])
    """

    _dims = 2


class ConstantPad3d(_ConstantPad):
    """A border of ``value`` around a volume; negative widths crop. As ``torch.nn.ConstantPad3d``.

    >>> import autograd, nn
    >>> nn.ConstantPad3d(1, 3.5)(autograd.zeros(1, 1, 1, 1)).shape
    autograd.Size([1, 3, 3, 3])
    """

    _dims = 3


class ZeroPad1d(ConstantPad1d):
    """A border of zeros around a signal; negative widths crop. As ``torch.nn.ZeroPad1d``.

    >>> import autograd, nn
    >>> nn.ZeroPad1d((1, 2))(autograd.ones(1, 1))
    tensor([[0., 1., 0., 0.]])
    """

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class ZeroPad2d(ConstantPad2d):
    """A border of zeros around an image; negative widths crop. As ``torch.nn.ZeroPad2d``.

    >>> import autograd, nn
    >>> nn.ZeroPad2d((1, 0, 0, 1))(autograd.ones(1, 1, 1))
    tensor([[[0., 1.],
             [0., 0.]]])
    """

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class ZeroPad3d(ConstantPad3d):
    """A border of zeros around a volume; negative widths crop. As ``torch.nn.ZeroPad3d``.

    >>> import autograd, nn
    >>> nn.ZeroPad3d(1)(autograd.ones(1, 1, 1, 1)).shape
    autograd.Size([1, 3, 3, 3])
    """

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class ReflectionPad1d(_Pad):
    """A border around a signal of its mirror image, the edge not repeated; narrower than the input. As ``torch.nn.ReflectionPad1d``.

    RuntimeError where it is too wide.

    >>> import autograd, nn
    >>> nn.ReflectionPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[2., 1., 2., 3., 2.]])
    """

    _dims, _mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """A border around an image of its mirror image, the edge not repeated; narrower than the input. As ``torch.nn.ReflectionPad2d``.

    RuntimeError where it is too wide.

    >>> import autograd, nn
    >>> nn.ReflectionPad2d(1)(autograd.ones(1, 2, 2)).shape
    autograd.Size([1, 4, 4])
    """

    _dims, _mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """A border around a volume of its mirror image, the edge not repeated; narrower than the input. As ``torch.nn.ReflectionPad3d``.

    RuntimeError where it is too wide.

    >>> import autograd, nn
    >>> nn.ReflectionPad3d(1)(autograd.ones(1, 2, 2, 2)).shape
    autograd.Size([1, 4, 4, 4])
    """

    _dims, _mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """A border around a signal of its outermost elements. As ``torch.nn.ReplicationPad1d``.

    Any width.

    >>> import autograd, nn
    >>> nn.ReplicationPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[1., 1., 2., 3., 3.]])
    """

    _dims, _mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """A border around an image of its outermost elements. As ``torch.nn.ReplicationPad2d``.

    Any width.

    >>> import autograd, nn
    >>> nn.ReplicationPad2d(1)(autograd.ones(1, 2, 2)).shape
    autograd.Size([1, 4, 4])
    """

    _dims, _mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """A border around a volume of its outermost elements. As ``torch.nn.ReplicationPad3d``.

    Any width.

    >>> import autograd, nn
    >>> nn.ReplicationPad3d(1)(autograd.ones(1, 2, 2, 2)).shape
    autograd.Size([1, 4, 4, 4])
    """

    _dims, _mode = 3, "replicate"


class CircularPad1d(_CircularPad):
    """A border around a signal of its other end. As ``torch.nn.CircularPad1d``.

    RuntimeError where it is wider than the input, ValueError for another number of dimensions.

    >>> import autograd, nn
    >>> nn.CircularPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 1., 2., 3., 1.]])
    """

    _dims, _mode = 1, "circular"


class CircularPad2d(_CircularPad):
    """A border around an image of its other end. As ``torch.nn.CircularPad2d``.

    RuntimeError where it is wider than the input, ValueError for another number of dimensions.

    >>> import autograd, nn
    >>> nn.CircularPad2d(1)(autograd.ones(1, 2, 2)).shape
    autograd.Size([1, 4, 4])
    """

    _dims, _mode = 2, "circular"


class CircularPad3d(_CircularPad):
    """A border around a volume of its other end. As ``torch.nn.CircularPad3d``.

    RuntimeError where it is wider than the input, ValueError for another number of dimensions.

    >>> import autograd, nn
    >>> nn.CircularPad3d(1)(autograd.ones(1, 2, 2, 2)).shape
    autograd.Size([1, 4, 4, 4])
    """

    _dims, _mode = 3, "circular"


__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]
