"""Convolution layers, transposed ones, and those that take their channels from the first input."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import autograd
from autograd import Tensor, no_grad
from nn import functional as F
from nn import init
from nn._sizes import each
from nn.lazy import LazyModuleMixin
from nn.module import Module
from nn.parameter import Parameter, UninitializedParameter, is_lazy

MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What convolutions share: settings, parameters, their text. As ``torch.nn.modules.conv._ConvNd``.

    ``kernel_size``, ``stride``, ``padding`` (or a name), ``dilation`` and ``output_padding`` are tuples here. ValueError for
    channels that ``groups`` does not divide, and for unknown names.
    """

    _dims: ClassVar[int]
    _function: ClassVar[Callable[..., Tensor]]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: Any,
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError(f"{type(self).__name__}: groups must be a positive integer, but got {groups}")
        if in_channels % groups:
            raise ValueError(
                f"{type(self).__name__}: in_channels must be divisible by groups, but got {in_channels} and {groups}"
            )
        if out_channels % groups:
            raise ValueError(
                f"{type(self).__name__}: out_channels must be divisible by groups, but got {out_channels} and {groups}"
            )
        if isinstance(padding, str):
            if padding not in {"same", "valid"}:
                raise ValueError(
                    f"{type(self).__name__}: Invalid padding string {padding!r}, should be 'valid' or 'same'"
                )
            if padding == "same" and any(s != 1 for s in stride):
                raise ValueError(f"{type(self).__name__}: padding='same' is not supported for strided convolutions")
        if padding_mode not in MODES:
            raise ValueError(
                f"{type(self).__name__}: padding_mode must be one of {', '.join(MODES)}, but got padding_mode={padding_mode!r}"
            )
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.transposed, self.output_padding, self.groups = transposed, output_padding, groups
        self.padding_mode = padding_mode
        self._reversed_padding_repeated_twice = self._border()
        first, second = (in_channels, out_channels) if transposed else (out_channels, in_channels)
        shape = (first, second // groups, *kernel_size)
        self.weight = Parameter(autograd.empty(shape, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(autograd.empty(out_channels, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters()

    def _border(self) -> list[int]:
        """The padding as ``F.pad`` takes it: before and after, the last dimension first."""
        if not isinstance(self.padding, str):
            return [p for p in reversed(self.padding) for _ in range(2)]
        found: list[int] = []
        for k, d in zip(reversed(self.kernel_size), reversed(self.dilation), strict=False):
            total = d * (k - 1) if self.padding == "same" else 0
            found += [total // 2, total - total // 2]
        return found

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, evenly within ±1/√(inputs of one output)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            inputs = self.weight.shape[1] * math.prod(self.weight.shape[2:])
            if inputs:
                bound = 1 / math.sqrt(inputs)
                init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """The settings that are not the default."""
        none, ones = (0,) * len(self.output_padding), (1,) * len(self.dilation)
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * len(self.padding):
            text += f", padding={self.padding}"
        if self.dilation != ones:
            text += f", dilation={self.dilation}"
        if self.output_padding != none:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Conv(_ConvNd):
    """A convolution of any number of spatial dimensions."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        n = self._dims
        super().__init__(
            in_channels,
            out_channels,
            each(kernel_size, n),
            each(stride, n),
            padding if isinstance(padding, str) else each(padding, n),
            each(dilation, n),
            False,
            (0,) * n,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The convolution with this layer's settings and the parameters given."""
        function, padding = type(self)._function, self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            padding = 0
        return function(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        """The convolution of ``input`` with ``weight``, plus ``bias``."""
        return self._conv_forward(input, self.weight, self.bias)


class Conv1d(_Conv):
    """`F.conv1d` with a learned weight: (N, in_channels, L) or (in_channels, L) to out_channels lines. As ``torch.nn.Conv1d``.

    Settings as of `Conv2d`, one number (or a tuple of one) each.

    >>> import autograd, nn
    >>> nn.Conv1d(2, 4, 3, padding=1)(autograd.ones(5, 2, 8)).shape
    autograd.Size([5, 4, 8])
    """

    _dims, _function = 1, F.conv1d


class Conv2d(_Conv):
    """`F.conv2d` with a learned weight: (N, in_channels, H, W) or (in_channels, H, W) to out_channels images.

    ``kernel_size``, ``stride``, ``padding`` (numbers, "same" or "valid") and ``dilation`` are one number or two;
    ``padding_mode`` "zeros", "reflect", "replicate" or "circular" says what the border is. ``weight`` (out, in / groups,
    *kernel_size) and ``bias`` (out) start evenly within ±1/√(in / groups · kernel places). ValueError for settings that
    do not fit together, RuntimeError for such inputs. As ``torch.nn.Conv2d``.

    >>> import autograd, nn
    >>> nn.Conv2d(3, 6, 5)(autograd.ones(2, 3, 32, 32)).shape
    autograd.Size([2, 6, 28, 28])
    """

    _dims, _function = 2, F.conv2d


class Conv3d(_Conv):
    """`F.conv3d` with a learned weight: (N, in_channels, D, H, W), or without N, to out_channels volumes.

    Settings as of `Conv2d`, one number or three each. As ``torch.nn.Conv3d``.

    >>> import autograd, nn
    >>> nn.Conv3d(1, 2, 3)(autograd.ones(1, 4, 4, 4)).shape
    autograd.Size([2, 2, 2, 2])
    """

    _dims, _function = 3, F.conv3d


class _ConvTransposeNd(_ConvNd):
    """A transposed convolution of any number of spatial dimensions."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(
                f'Only "zeros" padding mode is supported for {type(self).__name__}, but got {padding_mode!r}'
            )
        n = self._dims
        super().__init__(
            in_channels,
            out_channels,
            each(kernel_size, n),
            each(stride, n),
            each(padding, n),
            each(dilation, n),
            True,
            each(output_padding, n),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _border(self) -> list[int]:
        return [p for p in reversed(self.padding) for _ in range(2)]

    def _output_padding(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """What has to be added to get the spatial size asked for; ValueError where none would do."""
        if output_size is None:
            return self.output_padding
        n = self._dims
        others = input.ndim - n
        size = tuple(output_size)
        if len(size) == others + n:
            size = size[others:]
        if len(size) != n:
            raise ValueError(
                f"ConvTranspose{n}D: for {input.ndim}D input, output_size must have {n} or {others + n} elements (got {len(size)})"
            )
        each = zip(input.shape[others:], self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        least = [(m - 1) * s - 2 * p + d * (k - 1) + 1 for m, k, s, p, d in each]
        most = [m + s - 1 for m, s in zip(least, self.stride, strict=True)]
        if any(not a <= m <= b for a, m, b in zip(least, size, most, strict=True)):
            raise ValueError(
                f"{type(self).__name__}: requested an output size of {size}, but valid sizes range from {least} to {most} (for an input of "
                f"{list(input.shape[others:])})"
            )
        return tuple(m - a for m, a in zip(size, least, strict=True))

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """The transposed convolution of ``input``; ``output_size`` chooses among the spatial sizes that stride allows."""
        extra = self._output_padding(input, output_size)
        function = type(self)._function
        return function(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)


class ConvTranspose1d(_ConvTransposeNd):
    """`F.conv_transpose1d` with a learned weight: (N, in_channels, L) or (in_channels, L) to out_channels lines.

    Settings as of `ConvTranspose2d`, one number (or a tuple of one) each. As ``torch.nn.ConvTranspose1d``.

    >>> import autograd, nn
    >>> nn.ConvTranspose1d(2, 4, 3, stride=2)(autograd.ones(5, 2, 8)).shape
    autograd.Size([5, 4, 17])
    """

    _dims, _function = 1, F.conv_transpose1d


class ConvTranspose2d(_ConvTransposeNd):
    """`F.conv_transpose2d` with a learned weight: (N, in_channels, H, W) or (in_channels, H, W) to out_channels images.

    ``kernel_size``, ``stride``, ``padding``, ``output_padding`` and ``dilation`` are one number or two. ``weight`` (in, out
    / groups, *kernel_size) and ``bias`` (out) start as those of `Conv2d`. The forward takes an ``output_size`` too.
    ValueError for settings that do not fit together, RuntimeError for such inputs. As ``torch.nn.ConvTranspose2d``.

    >>> import autograd, nn
    >>> layer = nn.ConvTranspose2d(3, 2, 3, stride=2)
    >>> layer(autograd.ones(1, 3, 5, 5)).shape, layer(autograd.ones(1, 3, 5, 5), output_size=(12, 11)).shape
    (autograd.Size([1, 2, 11, 11]), autograd.Size([1, 2, 12, 11]))
    """

    _dims, _function = 2, F.conv_transpose2d


class ConvTranspose3d(_ConvTransposeNd):
    """`F.conv_transpose3d` with a learned weight: (N, in_channels, D, H, W), or without N, to out_channels volumes.

    Settings as of `ConvTranspose2d`, one number or three each. As ``torch.nn.ConvTranspose3d``.

    >>> import autograd, nn
    >>> nn.ConvTranspose3d(1, 2, 2, stride=2)(autograd.ones(1, 2, 2, 2)).shape
    autograd.Size([2, 4, 4, 4])
    """

    _dims, _function = 3, F.conv_transpose3d


class _Lazy(LazyModuleMixin, _ConvNd):
    """What the lazy forms share: parameters whose shapes come with the first input."""

    def _make_lazy(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        """Forget the parameters of no channels."""
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw weight and bias anew; nothing while they have no shape."""
        if self.in_channels != 0 and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Take ``in_channels`` from the input, unless a state dict has given the weight its shape."""
        weight: Any = self.weight
        if self.has_uninitialized_params():
            with no_grad():
                self.in_channels = self._channels(input)
                if self.in_channels % self.groups:
                    raise ValueError(
                        f"{type(self).__name__}: in_channels must be divisible by groups, but got {self.in_channels} and {self.groups}"
                    )
                first, second = self.out_channels, self.in_channels
                if self.transposed:
                    first, second = second, first
                weight.materialize((first, second // self.groups, *self.kernel_size))
                if is_lazy(self.bias):
                    self.bias.materialize((self.out_channels,))
                self.reset_parameters()
        self.in_channels = weight.shape[0] if self.transposed else weight.shape[1] * self.groups

    def _channels(self, input: Tensor) -> int:
        n = self._dims
        if input.ndim not in {n + 1, n + 2}:
            raise RuntimeError(
                f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {type(self).__name__}, but got input of "
                f"size: {list(input.shape)}"
            )
        return input.shape[-n - 1]


class _LazyConv(_Lazy, _Conv):
    """A convolution that waits for its input."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self._make_lazy(out_channels, bias, device, dtype)


class _LazyConvTranspose(_Lazy, _ConvTransposeNd):
    """A transposed convolution that waits for its input."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode)
        self._make_lazy(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConv, Conv1d):
    """A `Conv1d` whose ``in_channels`` are those of the first input. As ``torch.nn.LazyConv1d``.

    >>> import autograd, nn
    >>> nn.LazyConv1d(4, 3)(autograd.ones(2, 8)).shape
    autograd.Size([4, 6])
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A `Conv2d` whose ``in_channels`` are those of the first input. As ``torch.nn.LazyConv2d``.

    >>> import autograd, nn
    >>> layer = nn.LazyConv2d(4, 3)
    >>> layer(autograd.ones(2, 8, 8)).shape, layer
    (autograd.Size([4, 6, 6]), Conv2d(2, 4, kernel_size=(3, 3), stride=(1, 1)))
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A `Conv3d` whose ``in_channels`` are those of the first input. As ``torch.nn.LazyConv3d``.

    >>> import autograd, nn
    >>> nn.LazyConv3d(4, 1)(autograd.ones(2, 3, 3, 3)).shape
    autograd.Size([4, 3, 3, 3])
    """

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """A `ConvTranspose1d` whose ``in_channels`` are those of the first input. As ``torch.nn.LazyConvTranspose1d``.

    >>> import autograd, nn
    >>> nn.LazyConvTranspose1d(4, 3)(autograd.ones(2, 8)).shape
    autograd.Size([4, 10])
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """A `ConvTranspose2d` whose ``in_channels`` are those of the first input. As ``torch.nn.LazyConvTranspose2d``.

    >>> import autograd, nn
    >>> nn.LazyConvTranspose2d(4, 2, stride=2)(autograd.ones(2, 3, 3)).shape
    autograd.Size([4, 6, 6])
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """A `ConvTranspose3d` whose ``in_channels`` are those of the first input. As ``torch.nn.LazyConvTranspose3d``.

    >>> import autograd, nn
    >>> nn.LazyConvTranspose3d(4, 1)(autograd.ones(2, 3, 3, 3)).shape
    autograd.Size([4, 3, 3, 3])
    """

    cls_to_become = ConvTranspose3d


__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
]
