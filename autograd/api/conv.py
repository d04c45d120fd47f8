"""``torch.conv1d`` and its relatives: what their arguments may be, around the operations of ``ops/conv.py``."""

from __future__ import annotations

from typing import Any

from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.dispatch import number
from autograd.kernels.conv import output_size
from autograd.op import registry
from autograd.ops.conv import convolution as convolve
from autograd.ops.conv import spread
from autograd.tensor import Tensor


@export(method=False)
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The convolution of lines: ``out[n, o, i] = bias[o] + Σ_c,k weight[o, c, k] · input[n, c, i·stride + k·dilation − padding]``.

    ``input`` (N, C, L) or (C, L), ``weight`` (O, C / groups, K), ``bias`` (O) or None; result (N, O, L') or (O, L').
    ``padding`` is a number of zeros on each side, "same" or "valid". Of one dtype. RuntimeError for shapes, dtypes and
    numbers that do not fit, TypeError for what is no number. As ``torch.conv1d``; see `conv2d`.

    >>> import autograd
    >>> autograd.conv1d(autograd.tensor([[1.0, 2.0, 3.0]]), autograd.tensor([[[1.0, 10.0]]]))
    tensor([[21., 32.]])
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@export(method=False)
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The convolution of images: each output is the product of ``weight`` with the window of ``input`` that it sees, plus bias.

    ``input`` (N, C, H, W) or (C, H, W), ``weight`` (O, C / groups, KH, KW), ``bias`` (O) or None; result (N, O, H', W')
    with ``H' = ⌊(H + 2 padding − dilation (KH − 1) − 1) / stride⌋ + 1``. ``stride``, ``padding`` and ``dilation`` are one
    number or two; ``padding`` may be "same" or "valid". Channels of one group see those of the same group only. float32
    with 3 × 3 kernels, stride 1 and many channels is computed by Winograd's algorithm, whose rounding errors (about 1e-6
    of the largest values) are some four times those of direct sums. RuntimeError for shapes, dtypes and numbers that do
    not fit, TypeError for what is no number. As ``torch.conv2d``.

    >>> import autograd
    >>> autograd.conv2d(autograd.ones(1, 3, 3), autograd.ones(1, 1, 3, 3), padding="same")
    tensor([[[4., 6., 4.],
             [6., 9., 6.],
             [4., 6., 4.]]])
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@export(method=False)
def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The convolution of volumes: `conv2d` with one dimension more.

    ``input`` (N, C, D, H, W) or (C, D, H, W), ``weight`` (O, C / groups, KD, KH, KW), ``bias`` (O) or None; one number or
    three for ``stride``, ``padding`` and ``dilation``. Raises as `conv2d`. As ``torch.conv3d``.

    >>> import autograd
    >>> autograd.conv3d(autograd.ones(1, 2, 2, 2), autograd.ones(1, 1, 2, 2, 2))
    tensor([[[[8.]]]])
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


@export(method=False)
def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transposed convolution of lines: each input adds its multiple of ``weight`` to the window that it stands for.

    ``input`` (N, C, L) or (C, L), ``weight`` (C, O / groups, K), ``bias`` (O) or None. See `conv_transpose2d`; as
    ``torch.conv_transpose1d``.

    >>> import autograd
    >>> autograd.conv_transpose1d(autograd.tensor([[1.0, 2.0]]), autograd.tensor([[[1.0, 10.0]]]), stride=2)
    tensor([[ 1., 10.,  2., 20.]])
    """
    return _transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@export(method=False)
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transposed convolution of images: what `conv2d` with the same numbers does backwards to its input, plus bias.

    ``input`` (N, C, H, W) or (C, H, W), ``weight`` (C, O / groups, KH, KW), ``bias`` (O) or None; result (N, O, H', W')
    with ``H' = (H − 1) stride − 2 padding + dilation (KH − 1) + output_padding + 1``. ``output_padding``, less than stride
    or dilation, chooses among the sizes that a convolution maps to H. RuntimeError for shapes, dtypes and numbers that
    do not fit, TypeError for what is no number. As ``torch.conv_transpose2d``.

    >>> import autograd
    >>> autograd.conv_transpose2d(autograd.ones(1, 1, 2), autograd.ones(1, 1, 2, 2))
    tensor([[[1., 2., 1.],
             [1., 2., 1.]]])
    """
    return _transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@export(method=False)
def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transposed convolution of volumes: `conv_transpose2d` with one dimension more.

    ``input`` (N, C, D, H, W) or (C, D, H, W), ``weight`` (C, O / groups, KD, KH, KW), ``bias`` (O) or None. Raises as
    `conv_transpose2d`. As ``torch.conv_transpose3d``.

    >>> import autograd
    >>> autograd.conv_transpose3d(autograd.ones(1, 1, 1, 1), autograd.ones(1, 1, 1, 1, 2), stride=2)
    tensor([[[[1., 1.]]]])
    """
    return _transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


@export(method=False)
def convolution(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
) -> Tensor:
    """A convolution or transposed convolution with everything said: lists of numbers, and an input with a batch.

    What `conv1d` … `conv3d` and `conv_transpose1d` … `conv_transpose3d` come down to; raises as these. As
    ``torch.convolution``.

    >>> import autograd
    >>> x, w = autograd.ones(1, 1, 3), autograd.ones(1, 1, 2)
    >>> autograd.convolution(x, w, None, [1], [0], [1], False, [0], 1)
    tensor([[[2., 2.]]])
    """
    name = "convolution"
    x, w = tensor_of(input, name), tensor_of(weight, name, "weight")
    for given, argument in ((stride, "stride"), (padding, "padding"), (dilation, "dilation")):
        if not isinstance(given, (tuple, list)):
            raise TypeError(f"{name}(): argument {argument!r} must be tuple of ints, not {type(given).__name__}")
    if x.ndim != w.ndim:
        raise RuntimeError(
            f"Expected {w.ndim}-dimensional input for {w.ndim}-dimensional weight {list(w.shape)}, but got "
            f"{x.ndim}-dimensional input of size {list(x.shape)} instead"
        )
    if not 3 <= x.ndim <= 5:
        raise RuntimeError(
            f"{name}: unsupported: one to three spatial dimensions, but got input of size {list(x.shape)}"
        )
    if transposed:
        return _transposed(name, x.ndim - 2, x, w, bias, stride, padding, output_padding, groups, dilation)
    return _conv(name, x.ndim - 2, x, w, bias, stride, padding, dilation, groups)


@export(method=False)
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """`conv1d` of sequences with time first: ``input`` (T, N, C), ``weight`` (K, C, O), ``bias`` (O), result (T', N, O).

    ``pad`` zeros stand on each side. RuntimeError for shapes that do not fit. As ``torch.conv_tbc``.

    >>> import autograd
    >>> autograd.conv_tbc(autograd.ones(3, 1, 1), autograd.ones(2, 1, 1), autograd.zeros(1)).flatten()
    tensor([2., 2.])
    """
    x, w, b = tensor_of(input, "conv_tbc"), tensor_of(weight, "conv_tbc", "weight"), tensor_of(bias, "conv_tbc", "bias")
    if x.ndim != 3:
        raise RuntimeError(f"conv_tbc: Input must have 3 dims: time, batch, in_channel, but got {list(x.shape)}")
    if w.ndim != 3:
        raise RuntimeError(
            f"conv_tbc: Weight tensor must have 3 dims: kernel_width, in_channels, out_channels, but got {list(w.shape)}"
        )
    if x.shape[2] != w.shape[1]:
        raise RuntimeError(
            f"conv_tbc: Input dim 2 (input channels) is not == dim 1 in the weight tensor: {x.shape[2]} and {w.shape[1]}"
        )
    if tuple(b.shape) != (w.shape[2],):
        raise RuntimeError(
            f"conv_tbc: Bias size must equal dim 2 in the weight tensor (output channels), {w.shape[2]}, but got {list(b.shape)}"
        )
    return conv1d(x.permute(1, 2, 0), w.permute(2, 1, 0), b, padding=pad).permute(2, 0, 1)


# -- arguments ----------------------------------------------------------------------------------------------------------


def _numbers(value: Any, dims: int, name: str, argument: str) -> tuple[int, ...]:
    """One number for each spatial dimension, from one for all or from a sequence."""
    if type(value) is int:
        return (value,) * dims
    if value.__class__ is tuple and len(value) == dims and all([v.__class__ is int for v in value]):
        return value
    if isinstance(value, Tensor):
        value = number(value, name, argument)
    several = isinstance(value, (tuple, list))
    found = tuple([_integer(v, name, argument) for v in (value if several else (value,))])
    if len(found) == 1:
        return found * dims
    if len(found) != dims:
        raise RuntimeError(
            f"{name}: expected {argument} to be a single integer value or a list of {dims} values to match the "
            f"convolution dimensions, but got {argument}={list(found)}"
        )
    return found


def _integer(value: Any, name: str, argument: str) -> int:
    """An int; TypeError for anything else, bools too."""
    if isinstance(value, Tensor):
        value = number(value, name, argument)
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}(): argument {argument!r} must be int or tuple of ints, not {type(value).__name__}")
    return value.__index__()


def _tensors(name: str, dims: int, input: Any, weight: Any, bias: Any) -> tuple[Tensor, Tensor, Tensor | None, bool]:
    """The tensors, the input with a batch, and whether it had one."""
    x, w = tensor_of(input, name), tensor_of(weight, name, "weight")
    b = None if bias is None else tensor_of(bias, name, "bias")
    batched = x.ndim == dims + 2
    if not batched and x.ndim != dims + 1:
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got input of size: {list(x.shape)}"
        )
    if w.ndim != dims + 2:
        raise RuntimeError(
            f"{name}: expected a weight of {dims + 2} dimensions, but got weight of size {list(w.shape)}"
        )
    if w.dtype is not x.dtype:
        raise RuntimeError(f"{name}: Input type ({x.dtype}) and weight type ({w.dtype}) should be the same")
    if b is not None and b.dtype is not x.dtype:
        raise RuntimeError(f"{name}: Input type ({x.dtype}) and bias type ({b.dtype}) should be the same")
    if x.dtype.kind == "b":
        raise NotImplementedError(f"\"{name}\" not implemented for 'Bool'")
    return (x if batched else x.unsqueeze(0)), w, b, batched


def _check_numbers(name: str, stride: tuple, padding: tuple, dilation: tuple, groups: int) -> None:
    if min(padding) < 0:
        raise RuntimeError(f"{name}: negative padding is not supported, but got {list(padding)}")
    if min(stride) <= 0:
        raise RuntimeError(f"{name}: non-positive stride is not supported, but got {list(stride)}")
    if min(dilation) <= 0:
        raise RuntimeError(f"{name}: dilation should be greater than zero, but got {list(dilation)}")
    if groups <= 0:
        raise RuntimeError(f"{name}: non-positive groups is not supported, but got {groups}")


def _check_weight(x: Tensor, w: Tensor, b: Tensor | None, groups: int, transposed: bool) -> None:
    """RuntimeError where channels and groups do not fit."""
    shape, given = w.shape, x.shape
    first, second = shape[0], shape[1] * groups
    out, wanted = (second, first) if transposed else (first, second)
    if first < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size "
            f"{list(shape)} instead"
        )
    if first % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size "
            f"{list(shape)} instead"
        )
    if given[1] != wanted:
        said = "transposed=1" if transposed else f"groups={groups}"
        raise RuntimeError(
            f"Given {said}, weight of size {list(shape)}, expected input{list(given)} to have {wanted} channels, but got "
            f"{given[1]} channels instead"
        )
    if b is not None and b.shape != (out,):
        raise RuntimeError(
            f"Given {'transposed=1, ' if transposed else ''}weight of size {list(shape)}, expected bias to be 1-dimensional "
            f"with {out} elements, but got bias of size {list(b.shape)} instead"
        )
    if 0 in shape[2:]:
        raise RuntimeError(f"kernel size should be greater than zero, but got weight of size {list(shape)}")


def _times(size: Any) -> str:
    return "(" + " x ".join(map(str, size)) + ")"


def _conv(
    name: str, dims: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Any
) -> Tensor:
    """A convolution, of arguments in all their forms."""
    x, w, b, batched = _tensors(name, dims, input, weight, bias)
    stride, dilation = _numbers(stride, dims, name, "stride"), _numbers(dilation, dims, name, "dilation")
    groups = _integer(groups, name, "groups")
    if isinstance(padding, str):
        x, padding = _named_padding(name, padding, x, w, stride, dilation)
    else:
        padding = _numbers(padding, dims, name, "padding")
    _check_numbers(name, stride, padding, dilation, groups)
    _check_weight(x, w, b, groups, transposed=False)
    spatial, kernel = x.shape[2:], w.shape[2:]
    if min(output_size(spatial, kernel, stride, padding, dilation)) < 1 or 0 in spatial:
        padded = [n + 2 * p for n, p in zip(spatial, padding, strict=True)]
        wide = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        raise RuntimeError(
            f"Calculated padded input size per channel: {_times(padded)}. Kernel size: {_times(wide)}. Kernel size can't be "
            "greater than actual input size, nor that be 0"
        )
    out = convolve.function(x, w, b, stride, padding, dilation)
    return out if batched else out.squeeze(0)


def _named_padding(
    name: str, padding: str, x: Tensor, w: Tensor, stride: tuple, dilation: tuple
) -> tuple[Tensor, tuple]:
    """The input and the numbers for a padding that has a name; one zero more stands at the end where it has to."""
    if padding == "valid":
        return x, (0,) * len(stride)
    if padding != "same":
        raise RuntimeError(f"{name}: Invalid padding string: {padding!r}; it takes 'same' or 'valid'")
    if max(stride) > 1:
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    total = [d * (k - 1) for k, d in zip(w.shape[2:], dilation, strict=True)]
    if any([t % 2 for t in total]):
        ends = [end for t in reversed(total) for end in (0, t % 2)]
        x = registry["pad"].function(x, tuple(ends))
    return x, tuple([t // 2 for t in total])


def _transposed(
    name: str,
    dims: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: Any,
    dilation: Any,
) -> Tensor:
    """A transposed convolution, of arguments in all their forms."""
    x, w, b, batched = _tensors(name, dims, input, weight, bias)
    stride, dilation = _numbers(stride, dims, name, "stride"), _numbers(dilation, dims, name, "dilation")
    groups = _integer(groups, name, "groups")
    padding = _numbers(padding, dims, name, "padding")
    extra = _numbers(output_padding, dims, name, "output_padding")
    _check_numbers(name, stride, padding, dilation, groups)
    if min(extra) < 0:
        raise RuntimeError(f"{name}: negative output_padding is not supported, but got {list(extra)}")
    _check_weight(x, w, b, groups, transposed=True)
    if 0 in x.shape[2:]:
        raise RuntimeError(f"{name}: Only zero batch inputs are supported, but got input shape: {list(x.shape)}")
    if any([e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)]):
        raise RuntimeError(
            f"{name}: output padding must be smaller than either stride or dilation, but got output_padding={list(extra)}, "
            f"stride={list(stride)}, dilation={list(dilation)}"
        )
    each = zip(x.shape[2:], w.shape[2:], stride, padding, extra, dilation, strict=True)
    size = tuple([(n - 1) * s - 2 * p + d * (k - 1) + e + 1 for n, k, s, p, e, d in each])
    if min(size) < 1:
        raise RuntimeError(
            f"Given input size per channel: {_times(x.shape[2:])}. Calculated output size per channel: {_times(size)}. "
            "Output size is too small"
        )
    out = spread.function(x, w, b, size, stride, padding, dilation, groups)
    return out if batched else out.squeeze(0)
