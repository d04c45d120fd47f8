"""The elements of one tensor in another order, repeated, padded with zeros or subtracted from their neighbours."""

from __future__ import annotations

import math
from operator import index as as_int
from typing import Any

import numpy as np

from autograd.api.arguments import int_tuple, ints, plain, tensor_of
from autograd.api.export import export
from autograd.api.parts import narrow
from autograd.dispatch import wrap
from autograd.dtypes import as_dtype
from autograd.kernels.index import Places
from autograd.kernels.shape import wrap_dim
from autograd.ops import join
from autograd.ops import shape as ops
from autograd.ops.index import pick
from autograd.ops.shape import show
from autograd.tensor import Tensor

# -- order ------------------------------------------------------------------------------------------------------------


@export()
def flip(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """A copy with the order of the elements reversed along ``dims``. As ``torch.flip``.

    RuntimeError where a dimension comes twice, IndexError where it is not there.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).flip(1)
    tensor([[2, 1],
            [4, 3]])
    """
    return ops.flip.function(tensor_of(input, "flip"), ints(dims, named, "flip", "dims"))


@export()
def fliplr(input: Tensor) -> Tensor:
    """``flip`` along dimension 1; RuntimeError below 2-D. As ``torch.fliplr``.

    >>> import autograd
    >>> autograd.tensor([[1, 2]]).fliplr()
    tensor([[2, 1]])
    """
    if tensor_of(input, "fliplr")._array.ndim < 2:
        raise RuntimeError(f"fliplr: Input must be >= 2-d, but got shape {list(input.shape)}")
    return ops.flip.function(input, (1,))


@export()
def flipud(input: Tensor) -> Tensor:
    """``flip`` along dimension 0; RuntimeError for a 0-d tensor. As ``torch.flipud``.

    >>> import autograd
    >>> autograd.tensor([1, 2]).flipud()
    tensor([2, 1])
    """
    if tensor_of(input, "flipud")._array.ndim < 1:
        raise RuntimeError("flipud: Input must be >= 1-d, but got a 0-d tensor")
    return ops.flip.function(input, (0,))


@export()
def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """A copy turned by ``k`` times 90 degrees from the first of ``dims`` towards the second. As ``torch.rot90``.

    RuntimeError unless ``dims`` are two different dimensions.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).rot90()
    tensor([[2, 4],
            [1, 3]])
    """
    ndim = tensor_of(input, "rot90")._array.ndim
    pair = int_tuple(dims, "rot90", "dims")
    if len(pair) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(pair)}")
    if ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {ndim}")
    one, two = (wrap_dim(d, ndim) for d in pair)
    if one == two:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {pair[0]} and dim1 = {pair[1]}")
    turns = plain(k, "rot90", "k") % 4
    if turns == 0:
        return ops.clone.function(input)
    if turns == 2:
        return ops.flip.function(input, (one, two))
    return ops.transpose.function(ops.flip.function(input, (two if turns == 1 else one,)), one, two)


@export()
def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """A copy shifted cyclically by ``shifts`` along ``dims`` (as one row where there are none). As ``torch.roll``.

    RuntimeError where the two differ in number, IndexError for dimensions that are not there.

    >>> import autograd
    >>> autograd.tensor([1, 2, 3]).roll(1)
    tensor([3, 1, 2])
    """
    steps = (as_int(shifts),) if hasattr(shifts, "__index__") else int_tuple(shifts, "roll", "shifts")
    along = () if dims is None else (as_int(dims),) if hasattr(dims, "__index__") else int_tuple(dims, "roll", "dims")
    x = tensor_of(input, "roll")
    if not steps:
        raise RuntimeError("roll: `shifts` required")
    if along and len(along) == len(steps) and x._array.ndim == 0:
        raise IndexError(f"Dimension specified as {along[0]} but tensor has no dimensions")
    return ops.roll.function(x, steps, along)


# -- repetition -------------------------------------------------------------------------------------------------------


@export(function=False)
def repeat(self: Tensor, *repeats: Any, **named: Any) -> Tensor:
    """Copies side by side: ``repeats`` of them along each dimension, new dimensions first.

    RuntimeError where ``repeats`` are fewer than the dimensions. As ``torch.Tensor.repeat``.

    >>> import autograd
    >>> autograd.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    return ops.repeat.function(self, ints(repeats, named, "repeat", "repeats"))


@export()
def tile(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """``repeat`` that takes fewer ``dims`` than the tensor has: the first count as 1. As ``torch.tile``.

    >>> import autograd
    >>> autograd.tensor([[1], [2]]).tile(2)
    tensor([[1, 1],
            [2, 2]])
    """
    times = ints(dims, named, "tile", "dims")
    return ops.repeat.function(input, (1,) * (tensor_of(input, "tile")._array.ndim - len(times)) + times)


@export()
def repeat_interleave(input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: Any = None) -> Tensor:
    """Each slice along ``dim`` (each element where that is None) ``repeats`` times in a row.

    ``repeats`` is an int or a vector, one number for each slice; alone, as ``repeat_interleave(counts)``, it gives
    index i counts[i] times. RuntimeError for negative ones, or where ``output_size`` is not the size that results. As
    ``torch.repeat_interleave``.

    >>> import autograd
    >>> autograd.tensor([1, 2]).repeat_interleave(2)
    tensor([1, 1, 2, 2])
    """
    x = tensor_of(input, "repeat_interleave")
    if repeats is None:
        if x._array.ndim != 1:
            raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
        counts = _counts(x, output_size)
        return wrap(np.repeat(np.arange(x._array.size), counts).astype(x._array.dtype, copy=False))
    if dim is None:
        x, dim = show(ops.reshape, x, (x._array.size,)), 0
    elif x._array.ndim == 0:
        raise IndexError("repeat_interleave: Dimension out of range: a 0-d tensor has none to repeat along")
    axis = wrap_dim(dim, x._array.ndim)
    size = x._array.shape[axis]
    counts = _counts(repeats, None)
    if counts.size != 1 and output_size is not None:
        _counts(repeats, output_size)
    if counts.ndim > 1 or (counts.ndim and counts.size not in (1, size)):
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{counts.shape[0]} and input.size({dim}) = {size}"
        )
    if counts.size == 1:
        return ops.repeat_each.function(x, int(counts.reshape(())), axis)
    return pick.function(x, Places(*(slice(None),) * axis, np.repeat(np.arange(size), counts)))


def _counts(repeats: Any, output_size: Any) -> np.ndarray:
    """How often each is repeated; PyTorch's errors where these are no such numbers, or do not give ``output_size``."""
    if not isinstance(repeats, (Tensor, int, np.integer)):
        raise TypeError(
            f"repeat_interleave(): argument 'repeats' must be an int or Tensor, not {type(repeats).__name__}"
        )
    counts = repeats._array if isinstance(repeats, Tensor) else np.asarray(repeats)
    if counts.dtype.kind not in "iu":
        raise NotImplementedError(f"repeat_interleave: repeats has to be Long or Int tensor, but got {counts.dtype}")
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeats can not be negative")
    if output_size is not None and as_int(output_size) != int(counts.sum()):
        raise RuntimeError(
            f"repeat_interleave: allocated size does not match required size: {output_size} and {int(counts.sum())}"
        )
    return np.asarray(counts)


# -- diagonals and triangles --------------------------------------------------------------------------------------------


@export()
def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The diagonal of a matrix as a vector, or a matrix with a vector on its diagonal. As ``torch.diag``.

    RuntimeError unless ``input`` is 1-D or 2-D.

    >>> import autograd
    >>> autograd.diag(autograd.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    ndim = tensor_of(input, "diag")._array.ndim
    if ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {ndim}D")
    if ndim == 1:
        return ops.diag_embed.function(input, diagonal, 0, 1, out=out)
    return ops.clone.function(show(ops.diagonal, input, diagonal, 0, 1), out=out)


@export()
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Zeros with the last dimension of ``input`` on the diagonal of the planes of ``dim1`` and ``dim2``.

    RuntimeError where both are the same. As ``torch.diag_embed``.

    >>> import autograd
    >>> autograd.diag_embed(autograd.ones(1, 2), 1).shape
    autograd.Size([1, 3, 3])
    """
    x = tensor_of(input, "diag_embed")
    wrap_dim(dim2 if x._array.ndim else -2, x._array.ndim + (1 if x._array.ndim else 0))
    return ops.diag_embed.function(x, offset, dim1, dim2)


@export()
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements of ``input`` on its diagonal. As ``torch.diagflat``.

    >>> import autograd
    >>> autograd.diagflat(autograd.tensor([1, 2]), 1)
    tensor([[0, 1, 0],
            [0, 0, 2],
            [0, 0, 0]])
    """
    x = tensor_of(input, "diagflat")
    return ops.diag_embed.function(show(ops.reshape, x, (x._array.size,)), offset, 0, 1)


def _triangle(name: str, row: int, col: int, places: Any, dtype: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"{name}: row and col must be non-negative, but got {row} and {col}")
    return wrap(np.array(places, np.int64).reshape(2, -1).astype(as_dtype(dtype) if dtype is not None else np.int64))


@export(method=False)
def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The rows and columns of the lower triangle of a ``row`` × ``col`` matrix, int64 of shape (2, n).

    RuntimeError for negative sizes. As ``torch.tril_indices``.

    >>> import autograd
    >>> autograd.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    places = np.tri(max(row, 0), max(col, 0), offset, bool).nonzero()
    return _triangle("tril_indices", row, col, places, dtype)


@export(method=False)
def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None
) -> Tensor:
    """The rows and columns of the upper triangle of a ``row`` × ``col`` matrix, int64 of shape (2, n).

    RuntimeError for negative sizes. As ``torch.triu_indices``.

    >>> import autograd
    >>> autograd.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    places = (~np.tri(max(row, 0), max(col, 0), offset - 1, bool)).nonzero()
    return _triangle("triu_indices", row, col, places, dtype)


# -- neighbours ---------------------------------------------------------------------------------------------------------


@export()
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along ``dim``, taken ``n`` times: ``out[i] = x[i + 1] - x[i]``.

    ``prepend`` and ``append`` are joined on first. RuntimeError for a 0-d tensor or negative ``n``. As ``torch.diff``.

    >>> import autograd
    >>> autograd.tensor([1, 4, 9]).diff()
    tensor([3, 5])
    """
    x = tensor_of(input, "diff")
    if x._array.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    n = plain(n, "diff", "n")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    ends = [t for t in (prepend, append) if t is not None]
    if any(t._array.ndim != x._array.ndim for t in ends):
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    axis = wrap_dim(dim, x._array.ndim)
    if ends and n:
        x = join.cat.function([t for t in (prepend, x, append) if t is not None], axis)
    for _ in range(min(n, x._array.shape[axis])):
        count = x._array.shape[axis] - 1
        later, earlier = narrow(x, axis, 1, count), narrow(x, axis, 0, count)
        x = later ^ earlier if x._array.dtype == np.bool_ else later - earlier
    return x.clone() if x is input else x


@export("trapezoid", "trapz", method=False)
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The integral along ``dim`` by the trapezoidal rule: ``Σ (y[i] + y[i + 1]) / 2 · (x[i + 1] - x[i])``.

    The points ``x`` default to a spacing ``dx`` (1); no samples give 0. RuntimeError for bool and where ``x`` does not
    fit, IndexError for a 0-d ``y`` or a ``dim`` out of range. As ``torch.trapezoid``.

    >>> import autograd
    >>> autograd.trapezoid(autograd.tensor([1.0, 5.0, 3.0]))
    tensor(7.)
    """
    if x is not None and dx is not None:
        raise TypeError("trapezoid() takes the points 'x' or their spacing 'dx', but got both")
    values = tensor_of(y, "trapezoid", "y")
    ndim = values._array.ndim
    if ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    axis, shape = wrap_dim(dim, ndim), values._array.shape
    points = None if x is None else tensor_of(x, "trapezoid", "x")
    if not shape[axis]:
        return wrap(np.zeros(shape[:axis] + shape[axis + 1 :], values._array.dtype)[()])
    for argument, given in (("y", values), ("x", points)):
        if given is not None and given._array.dtype == np.bool_:
            raise RuntimeError(f"trapezoid: received a bool input for {argument!r}, but bool is not supported")
    count = shape[axis] - 1
    pairs = narrow(values, axis, 1, count) + narrow(values, axis, 0, count)
    if points is None:
        return (pairs * (1 if dx is None else dx)).sum(axis) / 2
    if points._array.ndim == 1:
        if points._array.size != shape[axis]:
            raise RuntimeError(
                "trapezoid: There must be one `x` value for each sample point, "
                f"but got {points._array.size} for {shape[axis]}"
            )
        steps = show(ops.reshape, diff(points), (-1,) + (1,) * (ndim - 1 - axis))
    else:
        lead = (1,) * (ndim - points._array.ndim)
        steps = diff(show(ops.reshape, points, lead + points._array.shape), dim=axis)
    return (pairs * steps).sum(axis) / 2


@export(method=False)
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of the elements of a vector, one row each, the highest first. As ``torch.vander``.

    Powers of integers are int64. RuntimeError for a tensor that is no vector or a negative ``N``.

    >>> import autograd
    >>> autograd.vander(autograd.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [4, 2, 1],
            [9, 3, 1]])
    """
    vector = tensor_of(x, "vander", "x")
    if vector._array.ndim != 1:
        raise RuntimeError(f"x must be a one-dimensional tensor, but got shape {list(vector._array.shape)}")
    count = vector._array.size if N is None else plain(N, "vander", "N")
    if count < 0:
        raise RuntimeError(f"N must be non-negative, but got {count}")
    if vector._array.dtype.kind in "iub":
        vector = wrap(vector._array.astype(np.int64))
    powers = [wrap(np.ones(vector._array.shape, vector._array.dtype))]
    for _ in range(count - 1):
        powers.append(powers[-1] * vector)
    powers = powers[:count] if increasing else powers[:count][::-1]
    if not powers:
        return wrap(np.zeros((vector._array.size, 0), vector._array.dtype))
    return join.stack.function(powers, 1)


@export(method=False)
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """The coordinates in ``shape`` of row-major positions: one int64 tensor for each dimension.

    TypeError for an index or a shape that is not made of ints, ValueError for a negative size. Positions outside wrap
    around, as in ``torch.unravel_index``.

    >>> import autograd
    >>> autograd.unravel_index(autograd.tensor(5), (2, 3))
    (tensor(1), tensor(2))
    """
    places = tensor_of(indices, "unravel_index", "indices")._array
    sizes = (as_int(shape),) if hasattr(shape, "__index__") else int_tuple(shape, "unravel_index", "shape")
    if places.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {places.dtype}")
    if min(sizes, default=0) < 0:
        raise ValueError(f"unravel_index: 'shape' cannot have negative values, but got {sizes}")
    steps = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
    places = places.astype(np.int64)
    return tuple([wrap((places // step % size)[()]) for step, size in zip(steps, sizes, strict=True)])
