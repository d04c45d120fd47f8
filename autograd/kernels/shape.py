"""Arrays in other shapes: views that NumPy has no quick function for, padding, repetition."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import dim_message


def wrap_dim(dim: int, ndim: int) -> int:
    """``dim`` counted from the front; IndexError where there is none such (a 0-d array has dimension 0 and -1)."""
    count = ndim or 1
    if not -count <= dim < count:
        raise IndexError(dim_message(dim, ndim))
    return dim + count if dim < 0 else dim


def wrap_dims(dims: Sequence[int], ndim: int) -> list[int]:
    """Each of ``dims`` counted from the front; RuntimeError where one comes twice."""
    found = [wrap_dim(d, ndim) for d in dims]
    if len(set(found)) < len(found):
        twice = next(d for i, d in enumerate(found) if d in found[:i])
        raise RuntimeError(f"dim {twice} appears multiple times in the list of dims")
    return found


# -- views ----------------------------------------------------------------------------------------------------------


def strided(x: np.ndarray, sizes: Sequence[int], strides: Sequence[int]) -> np.ndarray:
    """A view with the given strides in bytes, whose ``base`` is an array (``as_strided`` of NumPy hides the owner)."""
    memory, offset = x, 0
    if not x.flags.forc:
        while isinstance(memory.base, np.ndarray):
            memory = memory.base
        if not memory.flags.forc:
            return np.lib.stride_tricks.as_strided(x, sizes, strides)
        offset = address(x) - address(memory)
    made: np.ndarray = np.ndarray(sizes, x.dtype, memory, offset, strides)
    if not x.flags.writeable:
        made.flags.writeable = False
    return made


def address(x: np.ndarray) -> int:
    """Where the first element lies."""
    return x.__array_interface__["data"][0]


def reshape(x: Any, shape: Sequence[int]) -> Any:
    """The elements in row-major order in another shape, in which one size may be -1; a view where possible."""
    for size in shape:
        if size < -1:
            raise RuntimeError(_bad_shape(x, shape))
    try:
        return x.reshape(shape)
    except ValueError:
        raise RuntimeError(_bad_shape(x, shape)) from None


def _bad_shape(x: Any, shape: Sequence[int]) -> str:
    sizes = list(shape)
    for i, size in enumerate(sizes):
        if size < -1:
            return f"invalid shape dimension {size} at index {i} of shape {sizes}"
    if sizes.count(-1) > 1:
        return "only one dimension can be inferred"
    if -1 in sizes and x.size == 0:
        return (
            f"cannot reshape tensor of 0 elements into shape {sizes} because the unspecified dimension size -1 can be "
            "any value and is ambiguous"
        )
    return f"shape '{sizes}' is invalid for input of size {x.size}"


def view_dtype(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The same bytes read as another dtype; the last dimension grows or shrinks with the size of an element."""
    have, want = x.itemsize, dtype.itemsize
    if have == want:
        return x.view(dtype)
    what = f"to view {x.dtype} as {dtype} (different element sizes)"
    if x.ndim == 0:
        raise RuntimeError(f"self.dim() cannot be 0 {what}")
    if x.shape[-1] > 1 and x.strides[-1] != have:
        raise RuntimeError(f"self.stride(-1) must be 1 {what}, but got {x.strides[-1] // have}")
    if want > have and x.shape[-1] * have % want:
        raise RuntimeError(f"self.size(-1) must be divisible by {want // have} {what}, but got {x.shape[-1]}")
    if want > have and any(s % want for s in x.strides[:-1]):
        raise RuntimeError(f"self.stride() must be divisible by {want // have} {what}, but got {x.strides}")
    return x.view(dtype)


def expand(x: Any, shape: Sequence[int]) -> np.ndarray:
    """``x`` broadcast to ``shape`` (-1 keeps a size) without copying. Seven times quicker than ``np.broadcast_to``."""
    x = np.asarray(x)
    extra = len(shape) - x.ndim
    if extra < 0:
        raise RuntimeError(
            f"the number of sizes provided ({len(shape)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({x.ndim})"
        )
    sizes, strides = list(shape), [0] * len(shape)
    for i in range(len(sizes)):
        want = sizes[i]
        if i < extra:
            if want < 0:
                raise RuntimeError(
                    f"The expanded size of the tensor ({want}) isn't allowed in a leading, non-existing dimension {i}"
                )
            continue
        have = x.shape[i - extra]
        if want in (have, -1):
            sizes[i], strides[i] = have, x.strides[i - extra]
        elif have != 1 or want < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({want}) must match the existing size ({have}) at non-singleton "
                f"dimension {i}. Target sizes: {list(shape)}. Tensor sizes: {list(x.shape)}"
            )
    return strided(x, sizes, strides)


def transpose(x: np.ndarray, dim0: int, dim1: int) -> np.ndarray:
    """``x`` with two dimensions exchanged."""
    if x.ndim == 0:
        return x[...] if wrap_dim(dim0, 0) == wrap_dim(dim1, 0) else x
    return x.swapaxes(dim0, dim1)


def permute(x: np.ndarray, dims: Sequence[int]) -> np.ndarray:
    """``x`` with its dimensions in the order of ``dims``."""
    if len(dims) != x.ndim:
        raise RuntimeError(
            "number of dimensions in the tensor input does not match the length of the desired ordering of dimensions, "
            f"i.e. input.dim() = {x.ndim} is not equal to len(dims) = {len(dims)}"
        )
    try:
        return x.transpose(dims)
    except ValueError:
        wrapped = [wrap_dim(d, x.ndim) for d in dims]
        raise RuntimeError(f"permute(): duplicate dims are not allowed, but got {wrapped}.") from None


def squeeze(x: np.ndarray, dim: Any = None) -> np.ndarray:
    """``x`` without its dimensions of size 1, or without those among ``dim`` (an int or a tuple)."""
    if dim is None:
        return x.squeeze()
    dims = wrap_dims(dim, x.ndim) if isinstance(dim, (tuple, list)) else [wrap_dim(dim, x.ndim)]
    ones = tuple([d for d in dims if x.ndim and x.shape[d] == 1])
    return x.squeeze(ones) if ones else x[...]


def unsqueeze(x: np.ndarray, dim: int) -> np.ndarray:
    """``x`` with a new dimension of size 1 at ``dim``."""
    place = wrap_dim(dim, x.ndim + 1)
    return x.reshape(x.shape[:place] + (1,) + x.shape[place:])


def diagonal(x: np.ndarray, offset: int = 0, dim1: int = 0, dim2: int = 1) -> np.ndarray:
    """The diagonal of the planes of ``dim1`` and ``dim2`` as a last dimension: a view that can be written."""
    try:
        made = x.diagonal(offset, dim1, dim2)
    except ValueError:  # PyTorch's words for it
        made = None
    if made is not None and made.base is not None:
        if x.flags.writeable:
            made.flags.writeable = True
        return made
    first, second = wrap_dim(dim1, x.ndim), wrap_dim(dim2, x.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    length = max(0, min(x.shape[first] + min(offset, 0), x.shape[second] - max(offset, 0)))
    start = [slice(None)] * x.ndim
    start[first], start[second] = slice(max(-offset, 0), None), slice(max(offset, 0), None)
    part = x[tuple(start)]
    rest = [i for i in range(x.ndim) if i not in (first, second)]
    sizes = [x.shape[i] for i in rest] + [length]
    return strided(part, sizes, [x.strides[i] for i in rest] + [x.strides[first] + x.strides[second]])


def unfold(x: np.ndarray, dimension: int, size: int, step: int) -> np.ndarray:
    """All windows of ``size`` along ``dimension``, ``step`` apart, the window as a last dimension: a view."""
    dim = wrap_dim(dimension, x.ndim)
    have = x.shape[dim] if x.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > have:
        raise RuntimeError(f"maximum size for tensor at dimension {dimension} is {have} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if x.ndim == 0:
        return strided(x, (size,), (0,))
    sizes, strides = list(x.shape), list(x.strides)
    sizes[dim], strides[dim] = (have - size) // step + 1, x.strides[dim] * step
    return strided(x, [*sizes, size], [*strides, x.strides[dim]])


def fold_windows(g: np.ndarray, shape: tuple[int, ...], dimension: int, size: int, step: int) -> np.ndarray:
    """The sum of windows put back where ``unfold`` took them."""
    out = np.zeros(shape, g.dtype)
    if not shape:
        return out if size == 0 else g.reshape(())
    dim = wrap_dim(dimension, len(shape))
    target, count = np.moveaxis(out, dim, -1), g.shape[dim]
    windows = np.moveaxis(g, dim, -2)
    if size <= step:
        unfold(target, -1, size, step)[...] = windows
        return out
    for i in range(size):
        target[..., i : i + step * (count - 1) + 1 : step] += windows[..., i]
    return out


def extent(size: Sequence[int], stride: Sequence[int]) -> int:
    """How many elements of memory a strided view spans."""
    return 0 if 0 in size else 1 + sum([(n - 1) * s for n, s in zip(size, stride, strict=False)])


def as_strided(x: np.ndarray, size: Sequence[int], stride: Sequence[int], offset: int = 0) -> np.ndarray:
    """Elements of ``x``, counted in row-major order, at given steps; RuntimeError where that leaves ``x``."""
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: got size {list(size)} and stride {list(stride)}")
    if min(stride, default=0) < 0:
        raise RuntimeError(f"Negative strides are not supported, but got strides: {list(stride)}")
    if min(size, default=0) < 0 or offset < 0:
        raise RuntimeError(f"sizes and storage_offset must not be negative, but got {list(size)} and {offset}")
    count = extent(size, stride)
    if offset + count > x.size:
        raise RuntimeError(
            f"sizes {list(size)}, strides {list(stride)}, storage offset {offset} are out of bounds for storage of "
            f"{x.size} elements"
        )
    flat = np.ascontiguousarray(x).reshape(-1)
    return strided(flat[offset:] if count else flat, size, [s * x.itemsize for s in stride])


# -- copies -----------------------------------------------------------------------------------------------------------


def clone(x: Any) -> Any:
    """A copy in the same order of memory; an expanded array becomes row-major."""
    if type(x) is not np.ndarray:
        return x
    return x.copy("K" if x.flags.forc or 0 not in x.strides else "C")


def flip(x: np.ndarray, dims: Sequence[int]) -> np.ndarray:
    """``x`` with the order of the elements reversed along ``dims``."""
    turned = set(wrap_dims(dims, x.ndim))
    if x.ndim == 0:
        return x.copy()
    return x[tuple([slice(None, None, -1) if i in turned else slice(None) for i in range(x.ndim)])].copy()


def reorder(x: np.ndarray, dims: Sequence[int]) -> np.ndarray:
    """A copy of ``x`` whose dimensions lie in memory in the order ``dims``."""
    if tuple(dims) == tuple(range(x.ndim)):
        return np.array(x, order="C")
    return x.transpose(dims).copy("C").transpose(np.argsort(dims))


def roll(x: np.ndarray, shifts: Sequence[int], dims: Sequence[int]) -> np.ndarray:
    """``x`` shifted cyclically along ``dims``; flattened meanwhile where there are none."""
    if not dims and len(shifts) == 1:
        return _rolled(x.reshape(-1), shifts[0], 0).reshape(x.shape)
    if len(shifts) != len(dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    for shift, dim in zip(shifts, dims, strict=True):
        x = _rolled(x, shift, wrap_dim(dim, x.ndim))
    return x


def _rolled(x: np.ndarray, shift: int, axis: int) -> np.ndarray:
    """``x`` shifted cyclically along one dimension."""
    size = x.shape[axis]
    if not x.size or not shift % size:
        return x.copy()
    lead, cut = (slice(None),) * axis, size - shift % size
    made = np.concatenate((x[(*lead, slice(cut, None))], x[(*lead, slice(None, cut))]), axis)
    return made if made.flags.c_contiguous else np.ascontiguousarray(made)


def repeat(x: Any, repeats: Sequence[int]) -> np.ndarray:
    """Copies of ``x`` side by side, ``repeats`` of them along each dimension (new ones first)."""
    x = np.asarray(x)
    extra = len(repeats) - x.ndim
    if extra < 0:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor, "
            f"but got {len(repeats)} and {x.ndim}"
        )
    sizes = (1,) * extra + x.shape
    if min(repeats, default=0) < 0:
        raise RuntimeError(f"repeat: repeats must not be negative, but got {list(repeats)}")
    spread = expand(x.reshape([n for size in sizes for n in (1, size)]), [n for p in zip(repeats, sizes) for n in p])  # noqa: B905 - equal by construction
    out = np.empty(spread.shape, x.dtype)
    out[...] = spread
    return out.reshape([r * n for r, n in zip(repeats, sizes, strict=True)])


def triangle(x: np.ndarray, diagonal: int, lower: bool, name: str) -> np.ndarray:
    """``x`` with zeros above (or below) a diagonal of its last two dimensions."""
    if x.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions, but got {x.ndim}")
    keep = _kept(x.shape[-2], x.shape[-1], diagonal, lower)
    return np.where(keep, x if x.flags.c_contiguous else np.ascontiguousarray(x), x.dtype.type(0))


def _kept(rows: int, columns: int, diagonal: int, lower: bool) -> np.ndarray:
    """Where a triangle is."""
    return (_small_triangle if rows * columns <= 4096 else _small_triangle.__wrapped__)(rows, columns, diagonal, lower)


@functools.lru_cache(maxsize=32)
def _small_triangle(rows: int, columns: int, diagonal: int, lower: bool) -> np.ndarray:
    keep = np.tri(rows, columns, diagonal if lower else diagonal - 1, bool)
    return keep if lower else ~keep


def diag_embed(x: np.ndarray, offset: int = 0, dim1: int = -2, dim2: int = -1) -> np.ndarray:
    """Zeros with the last dimension of ``x`` on the diagonal of the planes of ``dim1`` and ``dim2``."""
    ndim = x.ndim + 1
    first, second = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    side, rest = x.shape[-1] + abs(offset), iter(x.shape[:-1])
    out = np.zeros([side if i in (first, second) else next(rest) for i in range(ndim)], x.dtype)
    diagonal(out, offset, first, second)[...] = x
    return out


def place_diagonal(g: np.ndarray, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> np.ndarray:
    """Zeros of ``shape`` with ``g`` on a diagonal."""
    out = np.zeros(shape, g.dtype)
    diagonal(out, offset, dim1, dim2)[...] = g
    return out


def place_strided(g: np.ndarray, shape: tuple[int, ...], size: Any, stride: Any, offset: int) -> np.ndarray:
    """Zeros of ``shape`` with ``g`` added at the elements that ``as_strided`` read."""
    out = np.zeros(shape, g.dtype)
    count = math.prod(shape)
    np.add.at(out.reshape(-1), as_strided(np.arange(count), size, stride, offset).reshape(-1), g.reshape(-1))
    return out


# -- padding ----------------------------------------------------------------------------------------------------------


def pad_constant(x: np.ndarray, pad: Sequence[int], value: Any) -> np.ndarray:
    """``x`` widened by ``pad`` (pairs, the last dimension first; negative ones crop) and filled with ``value``."""
    before, after = [0] * x.ndim, [0] * x.ndim
    for i in range(len(pad) // 2):
        before[-1 - i], after[-1 - i] = pad[2 * i], pad[2 * i + 1]
    sizes = [n + b + a for n, b, a in zip(x.shape, before, after, strict=True)]
    left = [n + min(b, 0) + min(a, 0) for n, b, a in zip(x.shape, before, after, strict=True)]
    if min([*sizes, *left], default=0) < 0:
        raise RuntimeError(f"padding {list(pad)} of shape {list(x.shape)} leaves a negative size: {sizes}")
    out = np.full(sizes, value, x.dtype) if value else np.zeros(sizes, x.dtype)
    into = tuple([slice(max(b, 0), n - max(a, 0)) for n, b, a in zip(sizes, before, after, strict=True)])
    source = tuple([slice(max(-b, 0), n - max(-a, 0)) for n, b, a in zip(x.shape, before, after, strict=True)])
    out[into] = x[source]
    return out


def check_padding(shape: tuple[int, ...], pad: Sequence[int], mode: str, value: Any) -> None:
    """Raise what PyTorch raises where a padding other than by a constant is not possible."""
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument, but got {value}')
    if len(shape) - len(pad) // 2 not in (1, 2) or not 2 <= len(pad) <= 6:
        raise NotImplementedError(f"Padding size {len(pad)} is not supported for {len(shape)}D input tensor.")
    dims = len(pad) // 2
    if mode != "circular" and 0 in shape[len(shape) - dims - 1 :]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {list(shape)}"
        )
    for i in range(dims):
        size, widest = shape[-1 - i], max(pad[2 * i], pad[2 * i + 1])
        if size + pad[2 * i] + pad[2 * i + 1] < (1 if dims == 1 and mode != "circular" else 0):
            raise RuntimeError(f"input {list(shape)} is too small for padding {list(pad)}")
        if mode == "reflect" and widest >= size:
            raise RuntimeError(
                "Padding size should be less than the corresponding input dimension, but got: padding "
                f"({pad[2 * i]}, {pad[2 * i + 1]}) at dimension {len(shape) - 1 - i} of input {list(shape)}"
            )
        kept = size + min(pad[2 * i], 0) + min(pad[2 * i + 1], 0)
        if mode == "circular" and (widest > size or kept <= 0 < widest):
            raise RuntimeError(f"Padding value causes wrapping around more than once: {list(pad)} of {list(shape)}.")


def unpad(x: Any, sizes: Sequence[int], pad: Sequence[int], mode: str) -> np.ndarray:
    """The transpose of padding other than by a constant: each element added to where padding took it from.

    >>> unpad(np.ones((1, 5)), (3,), (1, 1), "replicate").tolist()
    [[2.0, 1.0, 2.0]]
    """
    for i in range(len(pad) // 2):
        before, after, size = pad[2 * i], pad[2 * i + 1], sizes[-1 - i]
        if not (before or after):
            continue
        x = np.moveaxis(x, x.ndim - 1 - i, 0)
        places = pad_positions(size, before, after, mode)
        start, stop = max(before, 0), len(places) - max(after, 0)
        out = np.zeros((size, *x.shape[1:]), x.dtype)
        if start < stop:
            out[places[start] : places[start] + stop - start] = x[start:stop]
        for j in (*range(min(start, len(places))), *range(max(start, stop), len(places))):
            out[places[j]] += x[j]
        x = np.moveaxis(out, 0, out.ndim - 1 - i)
    return np.ascontiguousarray(x)


def pad_positions(size: int, before: int, after: int, mode: str) -> np.ndarray:
    """Where the elements of a padded dimension come from."""
    if mode == "circular":  # a negative width crops first
        kept = np.arange(max(-before, 0), size - max(-after, 0))
        return kept[np.arange(-max(before, 0), len(kept) + max(after, 0)) % len(kept)]
    places = np.arange(-before, size + after)
    if mode == "replicate":
        return places.clip(0, size - 1)
    places = np.abs(places)
    return size - 1 - np.abs(size - 1 - places)
