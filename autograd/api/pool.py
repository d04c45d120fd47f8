"""Pooling functions that PyTorch has at its top level."""

from __future__ import annotations

from typing import Any

from autograd import modes
from autograd.api.export import export
from autograd.ops import pool
from autograd.tensor import Tensor


def _largest(dims: int, input: Any, *numbers: Any) -> Tensor:
    """Max pooling without indices: where the elements stood is only kept for a gradient."""
    if not isinstance(input, Tensor):
        raise TypeError(f"max_pool{dims}d(): argument 'input' must be Tensor, not {type(input).__name__}")
    windows = tuple(pool.max_windows(f"max_pool{dims}d", dims > 1, input._array, *numbers))
    if input._node is not None and (not modes.off or modes.state.enabled):
        return pool.max_pool.function(input, windows)[0]
    return pool.max_values.function(input, windows)


@export(method=False)
def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """The largest element of each window of ``kernel_size`` along L: (N, C, L) or (C, L) to (…, L_out).

    ``stride`` is the size of the window where None; ``padding``, at most half of the window, counts as −∞. L_out =
    ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, rounded up with ``ceil_mode``. The gradient goes to
    the first of equals. RuntimeError for numbers that do not fit. As ``torch.nn.functional.max_pool1d``.

    >>> import autograd
    >>> autograd.max_pool1d(autograd.tensor([[1.0, 3.0, 2.0, 4.0]]), 2)
    tensor([[3., 4.]])
    """
    return _largest(1, input, kernel_size, stride, padding, dilation, ceil_mode)


@export(method=False)
def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> tuple[Tensor, Tensor]:
    """``max_pool1d`` and, as int64, where along L each element was found. As ``torch.max_pool1d_with_indices``.

    >>> import autograd
    >>> autograd.max_pool1d_with_indices(autograd.tensor([[1.0, 3.0, 2.0, 4.0]]), 2)[1]
    tensor([[1, 3]])
    """
    return pool.max_pool1d_with_indices.function(input, kernel_size, stride, padding, dilation, ceil_mode)


@export(method=False)
def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """The largest element of each window: (N, C, H, W) or (C, H, W) to (…, H_out, W_out).

    The numbers are ints or pairs of them for height and width; see ``max_pool1d``. As
    ``torch.nn.functional.max_pool2d``.

    >>> import autograd
    >>> autograd.max_pool2d(autograd.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return _largest(2, input, kernel_size, stride, padding, dilation, ceil_mode)


@export(method=False)
def max_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """The largest element of each window: (N, C, D, H, W) or (C, D, H, W) to (…, D_out, H_out, W_out).

    The numbers are ints or triples of them; see ``max_pool1d``. As ``torch.nn.functional.max_pool3d``.

    >>> import autograd
    >>> autograd.max_pool3d(autograd.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[7.]]]])
    """
    return _largest(3, input, kernel_size, stride, padding, dilation, ceil_mode)


@export(method=False)
def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window of ``kernel_size`` along L: (N, C, L) or (C, L) to (…, L_out).

    ``padding`` counts as zeros, or not at all without ``count_include_pad``; the other numbers and errors are those of
    ``max_pool1d``. As ``torch.nn.functional.avg_pool1d``.

    >>> import autograd
    >>> autograd.avg_pool1d(autograd.tensor([[1.0, 3.0, 2.0, 4.0]]), 2)
    tensor([[2., 3.]])
    """
    return pool.avg_pool1d.function(input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def _one_size(input: Any, output_size: Any, function: str) -> tuple[int]:
    """The output size of adaptive pooling along one dimension, checked."""
    if isinstance(input, Tensor) and input.dim() not in {2, 3}:
        raise RuntimeError(f"{function}: Expected 2 to 3 dimensions, but got {input.dim()}-dimensional tensor")
    sizes = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,)
    if len(sizes) != 1:
        raise RuntimeError(f"{function}() argument 'output_size' should contain one int (got {len(sizes)})")
    if isinstance(sizes[0], float) or not hasattr(sizes[0], "__index__"):
        raise TypeError(f"{function}(): argument 'output_size' must be tuple of ints, not {type(output_size).__name__}")
    if sizes[0] < 0:
        raise RuntimeError(
            f"{function}: elements of output_size must be greater than or equal to 0, but got {sizes[0]}"
        )
    if isinstance(input, Tensor) and 0 in input.shape[-2:]:
        raise RuntimeError(
            f"{function}(): Expected input to have non-zero size for non-batch dimensions, but got {list(input.shape)}"
        )
    return (sizes[0].__index__(),)


@export(method=False)
def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of ``output_size`` windows that share out L evenly: (N, C, L) or (C, L) to (…, output_size).

    Window i goes from ⌊i·L/output_size⌋ to ⌈(i+1)·L/output_size⌉. As ``torch.nn.functional.adaptive_avg_pool1d``.

    >>> import autograd
    >>> autograd.adaptive_avg_pool1d(autograd.tensor([[1.0, 2.0, 6.0]]), 2)
    tensor([[1.5000, 4.0000]])
    """
    return pool.adaptive_avg_pool.function(input, _one_size(input, output_size, "adaptive_avg_pool1d"))


@export(method=False)
def adaptive_max_pool1d(input: Tensor, output_size: Any) -> tuple[Tensor, Tensor]:
    """The largest elements of ``output_size`` windows that share out L evenly, and where they are.

    Windows and shapes as in ``adaptive_avg_pool1d``. As ``torch.adaptive_max_pool1d``.

    >>> import autograd
    >>> autograd.adaptive_max_pool1d(autograd.tensor([[1.0, 2.0, 6.0]]), 2)
    (tensor([[2., 6.]]), tensor([[1, 2]]))
    """
    return pool.adaptive_max_pool.function(input, _one_size(input, output_size, "adaptive_max_pool1d"))
