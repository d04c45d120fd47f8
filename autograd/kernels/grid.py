"""Reading images at points between their pixels: which pixels, and the affine map from a point to its pixels' weights.

``pixels`` turns points into three arrays, so that everything else is smooth arithmetic on these: along each dimension the
weights of a point c are functions of ``t = c · slope + shift``, in which t runs from 0 to 1 between two pixels.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from autograd.kernels import threads

TAPS = {"bilinear": (0, 1), "nearest": (0,), "bicubic": (-1, 0, 1, 2)}


def check(x: Any, grid: Any, mode: str) -> None:
    """RuntimeError for images and points that do not fit each other."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"grid_sampler" not implemented for {x.dtype}; convert to a floating dtype first')
    if x.dtype != grid.dtype:
        raise RuntimeError(f"expected scalar type {x.dtype} but found {grid.dtype}: input and grid must have one dtype")
    shapes = f"input with sizes {list(x.shape)} and grid with sizes {list(grid.shape)}"
    if x.ndim == 0 or grid.ndim == 0 or x.shape[0] != grid.shape[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, but got {shapes}")
    if x.ndim not in {4, 5} or grid.ndim != x.ndim:
        raise RuntimeError(
            f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got {shapes}"
        )
    if grid.shape[-1] != x.ndim - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {x.ndim - 2} in last dimension, but got grid with sizes "
            f"{list(grid.shape)}"
        )
    for dim, size in enumerate(x.shape):
        if dim > 1 and size == 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
                f"{list(x.shape)} with dimension {dim} being empty"
            )
    if mode == "bicubic" and x.ndim == 5:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")


def pixels(
    x: Any, sizes: tuple[int, ...], mode: str, padding_mode: str, align_corners: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For points ``x`` (N, *out, dims) from −1 to 1, the last dimension first: places (N, taps, *out), slope, shift.

    A place is the row-major position of a pixel, −1 for one outside that counts as 0.

    >>> [a.ravel().tolist() for a in pixels(np.zeros((1, 1, 1)), (2,), "bilinear", "zeros", True)]
    [[0, 1], [0.5], [0.5]]
    """
    taps, dims = TAPS[mode], len(sizes)
    bounded = mode != "bicubic" and padding_mode != "zeros"
    slopes, shifts, found = [], [], []
    for i, size in enumerate(sizes):
        point = x[..., dims - 1 - i]
        at, half = _located(point, size, align_corners)
        slope = np.full(point.shape, half, point.dtype)
        if bounded:
            at, sign = _bounded(at, size, padding_mode, align_corners, 0 if dims == 2 else size - 1)
            slope *= sign
        cell = np.rint(at) if mode == "nearest" else np.floor(at)
        with np.errstate(invalid="ignore"):
            rest = at - cell
            shift = rest - point * slope
        if mode == "nearest" or (mode == "bilinear" and dims == 3):
            rest = np.where(np.isnan(rest), rest.dtype.type(0), rest)  # no point: the padding
        slopes.append(slope)
        shifts.append(np.where(np.isfinite(point), shift, rest))
        if mode == "bicubic" and padding_mode != "zeros":
            each = [_bounded(cell + tap, size, padding_mode, align_corners, 0)[0] for tap in taps]
            found.append(np.stack(each, 1).astype(np.int64))
        else:
            whole = np.fmin(np.fmax(cell, -9), size + 9).astype(np.int64)  # fmax: NaN is outside
            found.append(np.stack([whole + tap for tap in taps], 1))
    return _places(found, sizes), np.stack(slopes, -1), np.stack(shifts, -1)


def _located(point: np.ndarray, size: int, align_corners: bool) -> tuple[np.ndarray, Any]:
    """Coordinates in pixels, and their slope: points that are meant to be pixels have to be exactly these."""
    if align_corners:
        half = point.dtype.type(size - 1) / 2
        return (point + 1) * half, half
    half = point.dtype.type(size) / 2
    wide: Any = np.longdouble if point.dtype == np.float64 else np.float64  # rounded once, as PyTorch's
    return ((point + 1).astype(wide) * wide(half) - wide(0.5)).astype(point.dtype), half


def _places(found: list[np.ndarray], sizes: tuple[int, ...]) -> np.ndarray:
    """One place for each combination of the taps of all dimensions."""
    columns = []
    for choice in itertools.product(*[range(f.shape[1]) for f in found]):
        place: Any = 0
        inside: Any = True
        for whole, tap, size in zip(found, choice, sizes, strict=True):
            one = whole[:, tap]
            inside = inside & (one >= 0) & (one < size)
            place = place * size + one
        columns.append(np.where(inside, place, -1))
    return np.stack(columns, 1)


def _bounded(
    at: np.ndarray, size: int, padding_mode: str, align_corners: bool, lost: int
) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates brought into the image, NaN to ``lost``, and the derivative of that (0 from the border on)."""
    sign = np.ones(at.shape, at.dtype)
    if padding_mode == "reflection":
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        if span == 0:
            return np.zeros_like(at), np.zeros_like(at)
        away = np.abs(at - low)
        with np.errstate(invalid="ignore"):
            flips, rest = np.floor(away / span), np.fmod(away, span)
            odd = np.fmod(flips, 2) == 1
        sign = np.where(at < low, -sign, sign)
        sign = np.where(odd, -sign, sign)
        at = np.where(odd, span - rest + low, rest + low).astype(at.dtype)
    inside = (at > 0) & (at < size - 1)
    at = np.where(np.isnan(at), at.dtype.type(lost), at)
    return np.clip(at, 0, size - 1), (sign * inside).astype(at.dtype)


def pick_pixels(x: Any, places: np.ndarray) -> np.ndarray:
    """The pixels of (N, C, *sizes) at ``places`` (N, taps, *out), for all channels: (N, C, taps, *out); 0 at −1.

    >>> pick_pixels(np.array([[[1.0, 2.0]]]), np.array([[[1, -1, 0]]])).tolist()
    [[[[2.0, 0.0, 1.0]]]]
    """
    batch, channels, *sizes = x.shape
    flat = np.ascontiguousarray(x).reshape(batch, channels, math.prod(sizes))
    where = places.reshape(batch, math.prod(places.shape[1:]))
    out = np.empty((batch, channels, where.shape[1]), flat.dtype)
    outside = where < 0
    some = outside.any()

    def task(start: int, stop: int) -> None:
        for n in range(start, stop):
            flat[n].take(where[n], 1, out=out[n], mode="clip")
            if some:
                np.copyto(out[n], out.dtype.type(0), where=outside[n])

    if out.size:
        threads.split(task, batch, max(1, (1 << 14) // max(out[0].size, 1)))
    return out.reshape(batch, channels, *places.shape[1:])


def put_pixels(x: Any, places: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """The transpose of ``pick_pixels``: (N, C, taps, *out) added up in images of zeros (N, C, *sizes).

    >>> put_pixels(np.array([[[[2.0, 5.0, 1.0]]]]), np.array([[[1, -1, 1]]]), (2,)).tolist()
    [[[0.0, 3.0]]]
    """
    batch, channels = x.shape[:2]
    size = math.prod(sizes)
    out = np.zeros((batch, channels, size), x.dtype)
    count = math.prod(places.shape[1:])
    given, where = np.ascontiguousarray(x).reshape(batch, channels, count), places.reshape(batch, count)

    def task(start: int, stop: int) -> None:
        for n in range(start, stop):
            inside = where[n] >= 0
            at = where[n][inside]
            for c in range(channels):
                np.add.at(out[n, c], at, given[n, c][inside])

    if given.size:
        threads.split(task, batch, max(1, (1 << 14) // max(given[0].size, 1)))
    return out.reshape(batch, channels, *sizes)
