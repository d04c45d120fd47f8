"""How PyTorch computes resampling, blocks, and reading at points."""

import math

from tests.oracles.pool import _transpose

_MODES = {
    ("linear", 1): "linear", ("linear", 2): "bilinear", ("linear", 3): "trilinear", ("cubic", 2): "bicubic",
}  # fmt: skip


def _unpad(torch, x, sizes, pad, mode):
    if not x.is_floating_point():
        raise TypeError("a gradient of integers")
    return _transpose(lambda torch, x, out, *rest: torch.nn.functional.pad(x, *rest))(torch, x, sizes, pad, mode)


def _shuffle(name):
    """Neither values nor gradients of empty images have the right shape in PyTorch."""

    def call(torch, x, factor):
        if x.numel():
            return getattr(torch, name)(x, factor)
        one = getattr(torch, name)(torch.zeros((1, *x.shape[1:])), factor)
        return x.reshape((0, *one.shape[1:]))

    return call


def _resample(torch, x, size, mode, align_corners=False, scales=None):
    missing = len(size) + 2 - x.ndim
    if not x.numel():
        return x.new_zeros((*x.shape[: -len(size)], *size)) + 0 * x.sum()
    wide = x.reshape((1,) * missing + x.shape)
    options = {} if mode.startswith("nearest") else {"align_corners": align_corners}
    how = {"size": size} if scales is None else {"scale_factor": scales}
    found = torch.nn.functional.interpolate(wide, **how, mode=_MODES.get((mode, len(size)), mode), **options)
    return found.reshape(found.shape[missing:])


def _resample_back(torch, g, sizes, *rest):
    return _transpose(_resample)(torch, g, sizes, *rest)


def _pick(torch, x, places):
    batch, channels = x.shape[:2]
    where = places.flatten(1)[:, None].expand(batch, channels, math.prod(places.shape[1:]))
    found = x.flatten(2).gather(2, where.clamp(min=0))
    return (found * (where >= 0)).reshape(batch, channels, *places.shape[1:])


def _put(torch, g, places, sizes):
    x = torch.zeros((*g.shape[:2], *sizes), dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(_pick(torch, x, places), x, g, create_graph=True)[0]


def _grid_sample(torch, x, grid, mode, padding_mode, align_corners):
    return torch.nn.functional.grid_sample(x, grid, mode, padding_mode, align_corners)


ORACLES = {
    "col2im": lambda torch, x, *rest: torch.nn.functional.fold(x, *rest),
    "grid_pixels": None,
    "grid_sample": _grid_sample,
    "im2col": lambda torch, x, *rest: torch.nn.functional.unfold(x, *rest),
    "pick_pixels": _pick,
    "pixel_shuffle": _shuffle("pixel_shuffle"),
    "pixel_unshuffle": _shuffle("pixel_unshuffle"),
    "put_pixels": _put,
    "resample": _resample,
    "resample_backward": _resample_back,
    "unpad": _unpad,
}
