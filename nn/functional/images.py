"""Images at other sizes, read at points, cut into blocks and put together; channels and pixels in another order."""

from __future__ import annotations

import warnings
from typing import Any

import autograd
from autograd import (
    Tensor,
    channel_shuffle,
    fused,
    native_channel_shuffle,
    pixel_shuffle,
    pixel_unshuffle,
)
from nn.functional.pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

_KINDS = {"linear": 3, "bilinear": 4, "trilinear": 5, "bicubic": 4, "lanczos": 4}  # modes, and the dimensions they need
_OWN = {"linear": "linear", "bilinear": "linear", "trilinear": "linear", "bicubic": "cubic", "lanczos": "lanczos"}
_PLAIN = ("nearest", "nearest-exact", "area")
_FLAT = ("bicubic", "lanczos")  # for images only
_WIDENED = ("bilinear", "bicubic", "lanczos")  # where an image may be kept from aliasing as it shrinks


# -- other sizes ------------------------------------------------------------------------------------------------------


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """``input`` (N, C, *in) with one to three spatial dimensions, resampled to ``size`` or by ``scale_factor``.

    ``mode``: "nearest", "nearest-exact", "area" (means), "linear" (3-D), "bilinear" and "bicubic" (4-D), "trilinear" (5-D).
    ``antialias`` (4-D, "bilinear", "bicubic", and "lanczos", which needs it) weighs all pixels where an image shrinks.
    ``align_corners`` makes the middles of the outermost pixels fall together, instead of their edges. A factor also sets
    the distance of points, unless ``recompute_scale_factor``. ValueError for arguments that exclude each other,
    NotImplementedError for a mode that does not fit the dimensions. As ``torch.nn.functional.interpolate``.

    >>> import autograd, nn.functional as F
    >>> F.interpolate(autograd.tensor([[[0.0, 1.0]]]), scale_factor=2, mode="linear")
    tensor([[[0.0000, 0.2500, 0.7500, 1.0000]]])
    """
    if mode in _PLAIN and align_corners is not None:
        raise ValueError(
            "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    out, scales = _wanted(input, size, scale_factor, mode == "area" or bool(recompute_scale_factor))
    if recompute_scale_factor and size is not None:
        raise ValueError("interpolate: recompute_scale_factor is not meaningful with an explicit size.")
    if antialias and (mode not in _WIDENED or input.dim() != 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if input.dim() not in {3, 4, 5} or mode not in {*_PLAIN, *_KINDS} or (mode in _FLAT and input.dim() != 4):
        raise NotImplementedError(
            f"interpolate: Only 3D, 4D and 5D input Tensors supported (got {input.dim()}D) for the modes: nearest | linear | "
            f"bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
        )
    if mode in _KINDS and input.dim() != _KINDS[mode]:
        raise NotImplementedError(f"interpolate: Got {input.dim()}D input, but {mode} mode needs {_KINDS[mode]}D input")
    if mode == "lanczos" and (not antialias or align_corners):
        raise ValueError(
            f"Lanczos mode {'does not support align_corners=True' if antialias else 'requires antialias=True'}"
        )
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[len(out) - 1](input, out)
    if input.shape[1] == 0:
        raise RuntimeError(
            f"Non-empty {input.dim()}D data tensor expected but got a tensor with sizes {list(input.shape)}"
        )
    own = _OWN.get(mode, mode) + "-aa" * antialias
    return fused.resample(input, out, own, bool(align_corners), scales)


def _wanted(input: Tensor, size: Any, scale_factor: Any, recompute: bool) -> tuple[tuple[int, ...], tuple | None]:
    """The output's sizes, and the factors where these set the distance of points."""
    spatial = tuple(input.shape[2:])
    if size is not None and scale_factor is not None:
        raise ValueError("interpolate: only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("interpolate: either size or scale_factor should be defined")
    given = scale_factor if size is None else size
    name = "scale_factor" if size is None else "size"
    values = tuple(given) if isinstance(given, (tuple, list)) else (given,) * len(spatial)
    if len(values) != len(spatial):
        raise ValueError(
            f"interpolate: Input and {'scale_factor' if size is None else 'output'} must have the same number of spatial dimensions, but "
            f"got input with spatial dimensions of {list(spatial)} and {name} {given}: the input is (N, C, d1, d2, ...)"
        )
    for value in values:
        if isinstance(value, (Tensor, str)) if size is None else isinstance(value, float):
            raise TypeError(f"interpolate(): argument '{name}' must be a number or several, not {type(value).__name__}")
    if size is not None:
        return tuple([int(n) for n in values]), None
    factors = tuple([float(f) for f in values])
    sizes = tuple([int(n * f) for n, f in zip(spatial, factors, strict=True)])
    return sizes, None if recompute else factors


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """``interpolate`` under its former name, with PyTorch's warning. As ``torch.nn.functional.upsample``.

    >>> import warnings, autograd, nn.functional as F
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     F.upsample(autograd.ones(1, 1, 2), scale_factor=2)
    tensor([[[1., 1., 1., 1.]]])
    """
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """``interpolate`` to the nearest pixels, with PyTorch's warning. As ``torch.nn.functional.upsample_nearest``.

    >>> import warnings, autograd, nn.functional as F
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     F.upsample_nearest(autograd.ones(1, 1, 2), scale_factor=2)
    tensor([[[1., 1., 1., 1.]]])
    """
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """Bilinear ``interpolate`` with aligned corners, and PyTorch's warning. As ``torch.nn.functional.upsample_bilinear``.

    >>> import warnings, autograd, nn.functional as F
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     F.upsample_bilinear(autograd.tensor([[[[0.0, 1.0]]]]), size=(1, 3))
    tensor([[[[0.0000, 0.5000, 1.0000]]]])
    """
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _deprecated(name: str) -> None:
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", UserWarning, stacklevel=3
    )


# -- reading at points ------------------------------------------------------------------------------------------------

GRID_SAMPLE_INTERPOLATION_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}  # PyTorch's numbers of these words
GRID_SAMPLE_PADDING_MODES = {"zeros": 0, "border": 1, "reflection": 2}
_CHANGED = (
    "align_corners is not given: False is taken, as in PyTorch, whose default has changed (it was True before its version "
    "1.3); say which is meant."
)


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Images (N, C, H, W) read at ``grid`` (N, *out, 2), or volumes (N, C, D, H, W) at (N, *out, 3): (N, C, *out).

    A point is (x, y) or (x, y, z); −1 and 1 are the edges of the image, or with ``align_corners`` the middles of its
    outermost pixels. ``mode``: "bilinear", "nearest" or "bicubic" (images only). Outside, ``padding_mode`` "zeros", "border"
    or "reflection". ValueError for other words, RuntimeError for shapes or dtypes that do not fit, a warning where
    ``align_corners`` is None. Jaderberg et al., "Spatial transformer networks", 2015. As ``torch.nn.functional.grid_sample``.

    >>> import autograd, nn.functional as F
    >>> F.grid_sample(autograd.arange(4.0).reshape(1, 1, 2, 2), autograd.zeros(1, 1, 1, 2), align_corners=False)
    tensor([[[[1.5000]]]])
    """
    if mode not in GRID_SAMPLE_INTERPOLATION_MODES:
        raise ValueError(f"grid_sample: expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in GRID_SAMPLE_PADDING_MODES:
        raise ValueError(
            f"grid_sample: expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(_CHANGED, UserWarning, stacklevel=2)
        align_corners = False
    numbers = GRID_SAMPLE_INTERPOLATION_MODES[mode], GRID_SAMPLE_PADDING_MODES[padding_mode]
    return autograd.grid_sampler(input, grid, *numbers, align_corners)


def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> Tensor:
    """The points of images of ``size`` (N, C, H, W) under affine maps ``theta`` (N, 2, 3): (N, H, W, 2), for ``grid_sample``.

    For volumes (N, C, D, H, W): ``theta`` (N, 3, 4), points (N, D, H, W, 3). ``align_corners`` as there, with the same
    warning where it is None. ValueError for a shape, dtype or size that does not fit, NotImplementedError for another
    number of dimensions. As ``torch.nn.functional.affine_grid``.

    >>> import autograd, nn.functional as F
    >>> F.affine_grid(autograd.eye(2, 3).unsqueeze(0), (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    if align_corners is None:
        warnings.warn(_CHANGED, UserWarning, stacklevel=2)
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"affine_grid: Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in {4, 5}:
        raise NotImplementedError(
            f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}."
        )
    dims = len(size) - 2
    if theta.dim() != 3 or tuple(theta.shape[1:]) != (dims, dims + 1):
        raise ValueError(
            f"affine_grid: Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {tuple(size)}. "
            f"Got {theta.shape}."
        )
    if align_corners and min(size[2:]) == 1:
        warnings.warn(
            "affine_grid: with align_corners=True the points of a unit-size dimension are at 0, as in PyTorch since its "
            "version 1.3; align_corners is not meant for such sizes",
            UserWarning,
            stacklevel=2,
        )
    if min(size) <= 0:
        raise ValueError(f"affine_grid: Expected non-zero, positive output size. Got {tuple(size)}")
    return autograd.affine_grid_generator(theta, size, align_corners)


# -- blocks -----------------------------------------------------------------------------------------------------------


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The blocks that slide over images, as columns: (N, C, H, W) or (C, H, W) to (…, C·∏kernel_size, number of blocks).

    The numbers are ints or pairs; ``padding`` adds zeros. RuntimeError for numbers that do not fit, NotImplementedError for
    integers. As ``torch.nn.functional.unfold``.

    >>> import autograd, nn.functional as F
    >>> F.unfold(autograd.arange(6.0).reshape(1, 2, 3), 2)
    tensor([[0., 1.],
            [1., 2.],
            [3., 4.],
            [4., 5.]])
    """
    if input.dim() < 3:
        raise IndexError(f"unfold: Expected 3D or 4D (batch mode) tensor for input, but got: {list(input.shape)}")
    return fused.im2col(input, kernel_size, dilation, padding, stride)


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Columns as ``unfold`` gives them, added up where their blocks lie: (…, C·∏kernel_size, L) to (…, C, *output_size).

    The transpose of ``unfold``. RuntimeError for numbers that do not fit. As ``torch.nn.functional.fold``.

    >>> import autograd, nn.functional as F
    >>> F.fold(autograd.ones(4, 2), (2, 3), 2)
    tensor([[[1., 2., 1.],
             [1., 2., 1.]]])
    """
    return fused.col2im(input, output_size, kernel_size, dilation, padding, stride)


__all__ = [
    "GRID_SAMPLE_INTERPOLATION_MODES",
    "GRID_SAMPLE_PADDING_MODES",
    "affine_grid",
    "channel_shuffle",
    "fold",
    "grid_sample",
    "interpolate",
    "native_channel_shuffle",
    "pixel_shuffle",
    "pixel_unshuffle",
    "unfold",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]
