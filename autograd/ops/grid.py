"""Reading images at the points of a grid."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import grid as kernel
from autograd.kernels.resample import CUBIC, cubic_weights
from autograd.op import Op, general
from autograd.samples import Bad, Draw, const, real, s

PLACES = const(np.array([[[0, 3], [-1, 1]]]))

grid_pixels: Op = general(
    "grid_pixels", kernel.pixels, tensors=("x",), outputs=("places", "slope", "shift"), differentiable=(), public=False,
    symbol="pixels",
    samples=[
        s(real(1, 3, 2), (2, 3), "bilinear", "zeros", False), s(real(1, 2, 2), (3, 3), "bicubic", "border", True),
        s(real(1, 2, 1, 3), (2, 2, 2), "nearest", "reflection", False), s(real(0, 2, 2), (3, 3), "bilinear", "border", True),
    ],
    doc="Which pixels a point between them is made of, and the affine map to what their weights are functions of.",
)  # fmt: skip
pick_pixels: Op = general(
    "pick_pixels", kernel.pick_pixels, tensors=("x", "places"), public=False, symbol="pick",
    samples=[s(real(1, 2, 2, 2), PLACES), s(real(0, 2, 2), const(np.zeros((0, 1, 2), np.int64)))],
    doc="The pixels at ``places``, the same of all channels; 0 at −1.",
    x=lambda g, places, x_shape: put_pixels(g, places, tuple(x_shape[2:])),
    jvp=lambda t, places: pick_pixels(t[0], places),
)  # fmt: skip
put_pixels: Op = general(
    "put_pixels", kernel.put_pixels, tensors=("x", "places"), public=False, symbol="∂ pick",
    samples=[s(real(1, 3, 2, 2), PLACES, (2, 2)), s(real(0, 2, 1, 2), const(np.zeros((0, 1, 2), np.int64)), (2,))],
    doc="Values added up at ``places`` of images of zeros: the transpose of ``pick_pixels``.",
    x=lambda g, places: pick_pixels(g, places),
    jvp=lambda t, places, sizes: put_pixels(t[0], places, sizes),
)  # fmt: skip


# -- the weights, as functions of the points --------------------------------------------------------------------------


def _weights(t: Any, mode: str) -> list:
    """The weights of the taps along one dimension."""
    if mode == "bilinear":
        return [1.0 - t, t]
    return [t * 0.0 + 1.0] if mode == "nearest" else cubic_weights(t)


def _slopes(t: Any, mode: str) -> list:
    """Their derivatives with respect to ``t``."""
    if mode == "bilinear":
        return [t * 0.0 - 1.0, t * 0.0 + 1.0]
    if mode == "nearest":
        return [t * 0.0]
    a = CUBIC

    def inner(s: Any) -> Any:
        return (3.0 * (a + 2.0) * s - 2.0 * (a + 3.0)) * s

    def outer(s: Any) -> Any:
        return (3.0 * a * s - 10.0 * a) * s + 8.0 * a

    return [outer(t + 1.0), inner(t), -inner(1.0 - t), -outer(2.0 - t)]


def _product(parts: list) -> Any:
    """The products of one weight of each dimension, for all choices: (N, taps, *out)."""
    found = parts[0]
    for part in parts[1:]:
        found = [one * other for one in found for other in part]
    return np.stack(found, 1)


def _along(grid: Any, slope: Any, shift: Any, mode: str) -> tuple[list, list]:
    """The weights of the taps along each dimension, and their derivatives."""
    t = np.where(np.isfinite(grid), grid * slope + shift, shift)
    dims = t.shape[-1]
    each = [t[..., i] for i in range(dims)]
    return [_weights(c, mode) for c in each], [_slopes(c, mode) for c in each]


def _turned(grid: Any) -> Any:
    """The coordinates in the order of the dimensions."""
    return np.flip(grid, -1)


def _sample(x: Any, grid: Any, mode: str, padding_mode: str, align_corners: bool) -> Any:
    kernel.check(x, grid, mode)
    places, slope, shift = kernel.pixels(grid, x.shape[2:], mode, padding_mode, align_corners)
    weights, _ = _along(_turned(grid), slope, shift, mode)
    return (kernel.pick_pixels(x, places) * _product(weights)[:, None]).sum(2)


def _pull(
    g: Any, x: Any, grid: Any, x_shape: Any, mode: str, padding_mode: str, align_corners: bool, needs: tuple
) -> tuple[Any, Any]:
    """Both gradients; the text is also their own record where they are to be differentiated again."""
    sizes = tuple(x_shape[2:])
    places, slope, shift = grid_pixels(grid, sizes, mode, padding_mode, align_corners)
    weights, slopes = _along(_turned(grid), slope, shift, mode)
    image = put_pixels(g[:, :, None] * _product(weights)[:, None], places, sizes) if needs[0] else None
    if not needs[1]:
        return image, None
    moved = np.sum(pick_pixels(x, places) * g[:, :, None], axis=1)
    parts = []
    for i in range(len(sizes)):
        chosen = [slopes[j] if j == i else weights[j] for j in range(len(sizes))]
        parts.append(np.sum(moved * _product(chosen), axis=1))
    return image, _turned(np.stack(parts, -1) * slope)


def _push(t: tuple, x: Any, grid: Any, mode: str, padding_mode: str, align_corners: bool) -> Any:
    """The tangent of the result."""
    total = None if t[0] is None else grid_sample(t[0], grid, mode, padding_mode, align_corners)
    if t[1] is None:
        return total
    places, slope, shift = grid_pixels(grid, tuple(x.shape[2:]), mode, padding_mode, align_corners)
    weights, slopes = _along(_turned(grid), slope, shift, mode)
    step = _turned(t[1]) * slope
    picked = pick_pixels(x, places)
    for i in range(step.shape[-1]):
        chosen = [slopes[j] if j == i else weights[j] for j in range(step.shape[-1])]
        part = np.sum(picked * _product(chosen)[:, None], axis=2) * step[..., i][:, None]
        total = part if total is None else total + part
    return total


def _points(*shape: int) -> Draw:
    """Points in and around the image, away from pixels, where linear interpolation has kinks."""
    return Draw(shape, lambda rng, size: rng.choice([-1.21, -0.83, -0.37, 0.11, 0.29, 0.71, 0.93, 1.37], size))


grid_sample: Op = general(
    "grid_sample", _sample, tensors=("x", "grid"), public=False, joint=_pull, jvp=_push,
    samples=[
        s(real(1, 2, 3, 2), _points(1, 2, 3, 2), "bilinear", "zeros", False),
        s(real(2, 1, 2, 3), _points(2, 1, 2, 2), "bilinear", "border", True),
        s(real(1, 1, 3, 3), _points(1, 2, 2, 2), "bicubic", "zeros", False),
        s(real(1, 1, 3, 4), _points(1, 2, 2, 2), "bicubic", "reflection", False),
        s(real(1, 1, 4, 3), _points(1, 2, 2, 2), "nearest", "reflection", True),
        s(real(1, 1, 2, 2, 3), _points(1, 1, 2, 2, 3), "bilinear", "reflection", False),
        s(real(0, 1, 2, 2), _points(0, 1, 2, 2), "bilinear", "zeros", False),
    ],
    errors=[
        Bad(RuntimeError, "expected grid to have size 2", real(1, 1, 2, 2), real(1, 2, 2, 3), "bilinear", "zeros", False),
    ],
    doc="The values of images at the points of a grid, between pixels; see ``nn.functional.grid_sample``.",
)  # fmt: skip
