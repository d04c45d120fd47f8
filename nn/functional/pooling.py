"""Pooling: one number for each window of a signal, an image or a volume."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor, adaptive_avg_pool1d, avg_pool1d, fused
from nn._sizes import each_or_one

# -- the largest ------------------------------------------------------------------------------------------------------


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of ``kernel_size`` along L: (N, C, L) or (C, L) to (…, L_out).

    ``stride`` is the size of the window where None; ``padding``, at most half of the window, counts as −∞. L_out =
    ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1, rounded up with ``ceil_mode``. ``return_indices``: also
    where each was found. The gradient goes to the first of equals. RuntimeError for numbers that do not fit. As
    ``torch.nn.functional.max_pool1d``.

    >>> import autograd, nn.functional as F
    >>> F.max_pool1d(autograd.tensor([[1.0, 3.0, 2.0, 4.0]]), 2)
    tensor([[3., 4.]])
    """
    if return_indices:
        return max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return autograd.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window: (N, C, H, W) or (C, H, W) to (…, H_out, W_out).

    The numbers are ints or pairs of them for height and width, with the meaning that they have in ``max_pool1d``. An index
    counts the elements of an image row by row. As ``torch.nn.functional.max_pool2d``.

    >>> import autograd, nn.functional as F
    >>> F.max_pool2d(autograd.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    if return_indices:
        return max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return autograd.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window: (N, C, D, H, W) or (C, D, H, W) to (…, D_out, H_out, W_out).

    The numbers are ints or triples of them, with the meaning that they have in ``max_pool1d``. As
    ``torch.nn.functional.max_pool3d``.

    >>> import autograd, nn.functional as F
    >>> F.max_pool3d(autograd.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[7.]]]])
    """
    if return_indices:
        return max_pool3d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return autograd.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """``max_pool1d`` with ``return_indices=True``. As ``torch.nn.functional.max_pool1d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.max_pool1d_with_indices(autograd.tensor([[1.0, 3.0, 2.0, 4.0]]), 2)
    (tensor([[3., 4.]]), tensor([[1, 3]]))
    """
    return autograd.max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """``max_pool2d`` with ``return_indices=True``. As ``torch.nn.functional.max_pool2d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.max_pool2d_with_indices(autograd.arange(4.0).reshape(1, 2, 2), 2)
    (tensor([[[3.]]]), tensor([[[3]]]))
    """
    return fused.max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """``max_pool3d`` with ``return_indices=True``. As ``torch.nn.functional.max_pool3d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.max_pool3d_with_indices(autograd.arange(8.0).reshape(1, 2, 2, 2), 2)[1]
    tensor([[[[7]]]])
    """
    return fused.max_pool3d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)


# -- means ------------------------------------------------------------------------------------------------------------


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window: (N, C, H, W) or (C, H, W) to (…, H_out, W_out); sizes as in ``max_pool2d``.

    ``padding`` counts as zeros, or not at all without ``count_include_pad``; ``divisor_override`` is what sums are divided by
    instead of the number of elements. RuntimeError for numbers that do not fit. As ``torch.nn.functional.avg_pool2d``.

    >>> import autograd, nn.functional as F
    >>> F.avg_pool2d(autograd.arange(4.0).reshape(1, 2, 2), 2)
    tensor([[[1.5000]]])
    """
    return fused.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window: (N, C, D, H, W) or (C, D, H, W) to (…, D_out, H_out, W_out); see ``avg_pool2d``.

    As ``torch.nn.functional.avg_pool3d``.

    >>> import autograd, nn.functional as F
    >>> F.avg_pool3d(autograd.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[3.5000]]]])
    """
    return fused.avg_pool3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _root(powers: Tensor, count: int, norm_type: float) -> Tensor:
    """The ``norm_type``-th root of ``count`` times the means of powers."""
    return (powers.sign() * powers.abs().relu()).mul(count).pow(1.0 / norm_type)


def _area(kernel_size: Any, dims: int) -> int:
    """The number of elements of a window."""
    return math.prod(each_or_one(kernel_size, dims))


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """``(Σ xᵖ)^(1/p)`` over each window, p being ``norm_type``: (N, C, L) or (C, L) to (…, L_out).

    Windows as in ``max_pool1d``. The gradient is 0 where the sum is 0. As ``torch.nn.functional.lp_pool1d``.

    >>> import autograd, nn.functional as F
    >>> F.lp_pool1d(autograd.tensor([[3.0, 4.0]]), 2.0, 2)
    tensor([[5.]])
    """
    return _root(avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), _area(kernel_size, 1), norm_type)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """``(Σ xᵖ)^(1/p)`` over each window of an image, p being ``norm_type``. As ``torch.nn.functional.lp_pool2d``.

    Shapes and windows as in ``max_pool2d``.

    >>> import autograd, nn.functional as F
    >>> F.lp_pool2d(autograd.ones(1, 2, 2), 2.0, 2)
    tensor([[[2.]]])
    """
    return _root(avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), _area(kernel_size, 2), norm_type)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """``(Σ xᵖ)^(1/p)`` over each window of a volume, p being ``norm_type``. As ``torch.nn.functional.lp_pool3d``.

    Shapes and windows as in ``max_pool3d``.

    >>> import autograd, nn.functional as F
    >>> F.lp_pool3d(autograd.ones(1, 2, 2, 2), 3.0, 2)
    tensor([[[[2.]]]])
    """
    return _root(avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), _area(kernel_size, 3), norm_type)


# -- windows that share out the input ---------------------------------------------------------------------------------


def _output_size(input: Tensor, output_size: Any, dims: int, name: str) -> tuple[int, ...]:
    """The sizes of an adaptive output: one for all dimensions, or one for each, None standing for that of the input."""
    if input.dim() not in {dims + 1, dims + 2}:
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, but got {list(input.shape)}")
    sizes = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * dims
    if len(sizes) != dims:
        if input.dim() <= len(sizes):
            raise ValueError(f"{name}: Input dimension should be at least {len(sizes) + 1}, but got {input.dim()}")
        raise RuntimeError(f"{name}: output_size must be {dims} sizes, but got {output_size}")
    for size in sizes:
        if size is not None and (isinstance(size, float) or not hasattr(size, "__index__")):
            raise TypeError(f"{name}(): argument 'output_size' must be int or None, not {type(size).__name__}")
    found = tuple([n if m is None else m.__index__() for n, m in zip(input.shape[-dims:], sizes, strict=True)])
    if min(found) < 0:
        raise RuntimeError(f"{name}: elements of output_size must be greater than or equal to 0 but received {found}")
    for dim, size in enumerate(input.shape[-dims - 1 :], input.dim() - dims - 1):
        if size == 0:
            raise RuntimeError(
                f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes "
                f"{list(input.shape)} with dimension {dim} being empty"
            )
    return found


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that share out H and W evenly: (N, C, H, W) or (C, H, W) to (…, *output_size).

    ``output_size``: an int, or a pair in which None stands for the input's own size. Window i along H goes from
    ⌊i·H/H_out⌋ to ⌈(i+1)·H/H_out⌉. As ``torch.nn.functional.adaptive_avg_pool2d``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_avg_pool2d(autograd.arange(6.0).reshape(1, 2, 3), 1)
    tensor([[[2.5000]]])
    """
    return fused.adaptive_avg_pool(input, _output_size(input, output_size, 2, "adaptive_avg_pool2d"))


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that share out D, H and W evenly; see ``adaptive_avg_pool2d``.

    As ``torch.nn.functional.adaptive_avg_pool3d``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_avg_pool3d(autograd.arange(6.0).reshape(1, 1, 2, 3), (None, 1, 1))
    tensor([[[[2.5000]]]])
    """
    return fused.adaptive_avg_pool(input, _output_size(input, output_size, 3, "adaptive_avg_pool3d"))


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of windows that share out L evenly: (N, C, L) or (C, L) to (…, output_size).

    ``return_indices``: also where each was found. Windows as in ``adaptive_avg_pool2d``. As
    ``torch.nn.functional.adaptive_max_pool1d``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool1d(autograd.tensor([[1.0, 2.0, 6.0]]), 2)
    tensor([[2., 6.]])
    """
    found = autograd.adaptive_max_pool1d(input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of windows that share out H and W evenly; shapes as in ``adaptive_avg_pool2d``.

    ``return_indices``: also where in its image each was found. As ``torch.nn.functional.adaptive_max_pool2d``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool2d(autograd.arange(6.0).reshape(1, 2, 3), (1, None))
    tensor([[[3., 4., 5.]]])
    """
    found = adaptive_max_pool2d_with_indices(input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of windows that share out D, H and W evenly; see ``adaptive_max_pool2d``.

    As ``torch.nn.functional.adaptive_max_pool3d``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool3d(autograd.arange(6.0).reshape(1, 1, 2, 3), 1)
    tensor([[[[5.]]]])
    """
    found = adaptive_max_pool3d_with_indices(input, output_size)
    return found if return_indices else found[0]


def adaptive_max_pool1d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """``adaptive_max_pool1d`` with its indices. As ``torch.nn.functional.adaptive_max_pool1d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool1d_with_indices(autograd.tensor([[1.0, 2.0, 6.0]]), 2)
    (tensor([[2., 6.]]), tensor([[1, 2]]))
    """
    return autograd.adaptive_max_pool1d(input, output_size)


def adaptive_max_pool2d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """``adaptive_max_pool2d`` with its indices. As ``torch.nn.functional.adaptive_max_pool2d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool2d_with_indices(autograd.arange(6.0).reshape(1, 2, 3), 1)
    (tensor([[[5.]]]), tensor([[[5]]]))
    """
    return fused.adaptive_max_pool(input, _output_size(input, output_size, 2, "adaptive_max_pool2d"))


def adaptive_max_pool3d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """``adaptive_max_pool3d`` with its indices. As ``torch.nn.functional.adaptive_max_pool3d_with_indices``.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool3d_with_indices(autograd.arange(6.0).reshape(1, 1, 2, 3), 1)[1]
    tensor([[[[5]]]])
    """
    return fused.adaptive_max_pool(input, _output_size(input, output_size, 3, "adaptive_max_pool3d"))


__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
]
