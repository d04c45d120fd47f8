"""Functions of images that PyTorch has at its top level: padding, reading at points, order of channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.api.create import linspace
from autograd.api.export import export
from autograd.dispatch import number, wrap
from autograd.ops.grid import grid_sample
from autograd.ops.matmul import bmm
from autograd.ops.shape import expand, pad, reshape
from autograd.ops.shuffle import channel_shuffle
from autograd.tensor import Tensor

MODES = ("bilinear", "nearest", "bicubic")
PADDINGS = ("zeros", "border", "reflection")


@export(method=False)
def constant_pad_nd(input: Tensor, pad: Any, value: Any = 0) -> Tensor:
    """``input`` with a border of ``value``: ``pad`` has its widths, before and after, of the last dimension first.

    Negative widths crop. RuntimeError for an odd number of them, or for more than there are dimensions. As
    ``torch.constant_pad_nd``.

    >>> import autograd
    >>> autograd.constant_pad_nd(autograd.ones(2), (1, 2), 5.0)
    tensor([5., 1., 1., 5., 5.])
    """
    return _pad(input, tuple(pad), "constant", number(value, "constant_pad_nd", "value"))


_pad = pad.function


@export(method=False)
def native_channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The same as ``channel_shuffle``. As ``torch.native_channel_shuffle``.

    >>> import autograd
    >>> autograd.native_channel_shuffle(autograd.arange(4.0).reshape(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    return channel_shuffle.function(input, groups)


@export("grid_sampler", "grid_sampler_2d", "grid_sampler_3d", method=False)
def grid_sampler(
    input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """The values of ``input`` at the points of ``grid``; see ``nn.functional.grid_sample``.

    ``interpolation_mode``: 0 bilinear, 1 nearest, 2 bicubic. ``padding_mode``: 0 zeros, 1 border, 2 reflection. As
    ``torch.grid_sampler``; RuntimeError for shapes that do not fit.

    >>> import autograd
    >>> autograd.grid_sampler(autograd.arange(4.0).reshape(1, 1, 2, 2), autograd.zeros(1, 1, 1, 2), 0, 0, False)
    tensor([[[[1.5000]]]])
    """
    for name, value, known in (
        ("interpolation_mode", interpolation_mode, MODES),
        ("padding_mode", padding_mode, PADDINGS),
    ):
        if isinstance(value, float) or not hasattr(value, "__index__"):
            raise TypeError(f"grid_sampler(): argument '{name}' must be int, not {type(value).__name__}")
        if not 0 <= value < len(known):
            raise RuntimeError(f"grid_sampler(): {name} must be 0, 1 or 2 ({', '.join(known)}), but got {value}")
    return grid_sample.function(input, grid, MODES[interpolation_mode], PADDINGS[padding_mode], bool(align_corners))


@export(method=False)
def affine_grid_generator(theta: Tensor, size: Any, align_corners: bool) -> Tensor:
    """The points of an image of ``size`` (N, C, *out) under the affine maps ``theta`` (N, d, d + 1): (N, *out, d).

    See ``nn.functional.affine_grid``. As ``torch.affine_grid_generator``; RuntimeError for sizes that do not fit.

    >>> import autograd
    >>> theta = autograd.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    >>> autograd.affine_grid_generator(theta, (1, 1, 1, 2), False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    sizes = tuple(size)
    if len(sizes) not in {4, 5}:
        raise RuntimeError(f"affine_grid_generator: needs 4d (spatial) or 5d (volumetric) sizes, but got {list(sizes)}")
    out, dims = sizes[2:], len(sizes) - 2
    if theta.shape != (sizes[0], dims, dims + 1):
        raise RuntimeError(
            f"affine_grid_generator: Expected a batch of {dims}D affine matrices of shape {sizes[0]}x{dims}x{dims + 1} for "
            f"size {sizes}. Got {list(theta.shape)}."
        )
    dtype = theta.dtype
    lines = [_steps(n, align_corners, dtype) for n in reversed(out)]
    points = np.meshgrid(*reversed(lines), indexing="ij")
    base = np.stack([p.reshape(-1) for p in reversed(points)] + [np.ones(points[0].size, dtype)], -1)
    many = expand.function(wrap(base), (sizes[0], *base.shape))
    return reshape.function(bmm.function(many, theta.swapaxes(1, 2)), (*sizes[:1], *out, dims))


def _steps(count: int, align_corners: bool, dtype: Any) -> np.ndarray:
    """The coordinates of ``count`` pixels: from −1 to 1, or those of their middles where the corners are not aligned."""
    if count <= 1:
        return np.zeros(count, dtype)
    steps = linspace(-1, 1, count, dtype=dtype)._array  # rounded as PyTorch's: points may be meant to hit pixels
    return steps if align_corners else steps * dtype.type(count - 1) / dtype.type(count)
