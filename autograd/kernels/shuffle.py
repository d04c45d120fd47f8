"""Channels and pixels in another order."""

from __future__ import annotations

from typing import Any

import numpy as np


def _factor(value: Any, name: str, function: str) -> int:
    """A positive int; PyTorch's errors for anything else."""
    if isinstance(value, (bool, float)) or not hasattr(value, "__index__"):
        raise TypeError(f"{function}(): argument '{name}' must be int, not {type(value).__name__}")
    if value < 1:
        raise RuntimeError(f"{function} expects a positive {name}, but got {value}")
    return value.__index__()


def _apart(out: np.ndarray, x: Any) -> np.ndarray:
    """``out`` in memory of its own: where nothing changes places, NumPy reshapes to a view."""
    return out.copy() if np.may_share_memory(out, x) else out


def _check_image(x: Any, function: str) -> None:
    if x.ndim < 3:
        raise RuntimeError(
            f"{function} expects input to have at least 3 dimensions, but got input with {x.ndim} dimension(s)"
        )


def pixel_shuffle(x: Any, upscale_factor: int) -> np.ndarray:
    """(…, C·r², H, W) to (…, C, H·r, W·r): the r² channels of a group become the r × r pixels of a square.

    >>> pixel_shuffle(np.arange(4).reshape(4, 1, 1), 2).tolist()
    [[[0, 1], [2, 3]]]
    """
    _check_image(x, "pixel_shuffle")
    r = _factor(upscale_factor, "upscale_factor", "pixel_shuffle")
    *lead, channels, height, width = x.shape
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={channels} is not divisible by {r * r}"
        )
    n = len(lead)
    parts = np.asarray(x).reshape(*lead, channels // (r * r), r, r, height, width)
    moved = parts.transpose(*range(n + 1), n + 3, n + 1, n + 4, n + 2)
    return _apart(moved.reshape(*lead, channels // (r * r), height * r, width * r), x)


def pixel_unshuffle(x: Any, downscale_factor: int) -> np.ndarray:
    """(…, C, H·r, W·r) to (…, C·r², H, W): the reverse of ``pixel_shuffle``.

    >>> pixel_unshuffle(np.arange(4).reshape(1, 2, 2), 2).ravel().tolist()
    [0, 1, 2, 3]
    """
    _check_image(x, "pixel_unshuffle")
    r = _factor(downscale_factor, "downscale_factor", "pixel_unshuffle")
    *lead, channels, height, width = x.shape
    for side, place, size in (("height", -2, height), ("width", -1, width)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {side} to be divisible by downscale_factor, but input.size({place})={size} is "
                f"not divisible by {r}"
            )
    n = len(lead)
    parts = np.asarray(x).reshape(*lead, channels, height // r, r, width // r, r)
    moved = parts.transpose(*range(n + 1), n + 2, n + 4, n + 1, n + 3)
    return _apart(moved.reshape(*lead, channels * r * r, height // r, width // r), x)


def channel_shuffle(x: Any, groups: int) -> np.ndarray:
    """(N, C, …) with the channels dealt out: channel i of group j becomes number i · groups + j.

    >>> channel_shuffle(np.arange(4).reshape(1, 4, 1), 2).ravel().tolist()
    [0, 2, 1, 3]
    """
    if x.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(x.shape)}")
    if isinstance(groups, (bool, float)) or not hasattr(groups, "__index__"):
        raise TypeError(f"channel_shuffle(): argument 'groups' must be int, not {type(groups).__name__}")
    if groups < 1:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups: {groups}")
    batch, channels, *rest = x.shape
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        )
    return _apart(np.asarray(x).reshape(batch, groups, channels // groups, *rest).swapaxes(1, 2).reshape(x.shape), x)
