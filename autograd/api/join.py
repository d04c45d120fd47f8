"""Several tensors made into one, or brought to one shape."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from autograd.api.arguments import plain, tensor_of
from autograd.api.export import export
from autograd.api.shape import flatten, unsqueeze
from autograd.dispatch import wrap
from autograd.dtypes import can_cast, get_default_dtype, result_dtype
from autograd.errors import describe
from autograd.kernels.index import Places
from autograd.ops import join
from autograd.ops import shape as ops
from autograd.ops.index import pick
from autograd.ops.shape import show
from autograd.tensor import Tensor
from autograd.types import Size


def listed(tensors: Any, name: str) -> list[Tensor]:
    """A tuple or list of Tensors as a list; TypeError for anything else."""
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{name}(): argument 'tensors' must be a tuple of Tensors, but got {describe(tensors)}")
    if all([isinstance(t, Tensor) for t in tensors]):
        return list(tensors)
    return [tensor_of(t, name, f"tensors[{i}]") for i, t in enumerate(tensors)]


def several(tensors: tuple, name: str) -> list[Tensor]:
    """The Tensors of ``f(a, b)`` or ``f([a, b])``."""
    return listed(tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors, name)


def _joined(op: Any, parts: list[Tensor], dim: int, out: Tensor | None = None) -> Tensor:
    dtype = parts[0]._array.dtype
    if out is not None:
        common = result_dtype(*[t._array for t in parts])
        if not can_cast(common, getattr(out, "dtype", common)):
            raise TypeError(f"{op.name}(): input types {common} can't be cast to the desired output type {out.dtype}")
        return op.function(parts, dim, out=out)
    for t in parts:
        if t._array.dtype is not dtype:
            return op.function(parts, dim)
    return join.joined(op, parts, dim)


def _some(tensors: Any, name: str) -> list[Tensor]:
    """The Tensors of a sequence; RuntimeError where there are none."""
    parts = listed(tensors, name)
    if not parts:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return parts


@export("cat", "concat", "concatenate", method=False)
def cat(tensors: Any, dim: int = 0, *, axis: int | None = None, out: Tensor | None = None) -> Tensor:
    """The tensors one after another along ``dim``, in their common dtype. As ``torch.cat``.

    The other sizes must agree (RuntimeError); empty vectors are passed over. ValueError where there are none.

    >>> import autograd
    >>> autograd.cat([autograd.zeros(2), autograd.ones(1)])
    tensor([0., 0., 1.])
    """
    parts = listed(tensors, "cat")
    if not parts:
        raise ValueError("cat(): expected a non-empty list of Tensors")
    return _joined(join.cat, parts, dim if axis is None else axis, out)


@export(method=False)
def stack(tensors: Any, dim: int = 0, *, axis: int | None = None, out: Tensor | None = None) -> Tensor:
    """The tensors, all of one shape, side by side along a new dimension ``dim``. As ``torch.stack``.

    RuntimeError where the shapes differ or there are none.

    >>> import autograd
    >>> autograd.stack([autograd.zeros(2), autograd.ones(2)], dim=1)
    tensor([[0., 1.],
            [0., 1.]])
    """
    parts = _some(tensors, "stack")
    return _joined(join.stack, parts, dim if axis is None else axis, out)


@export(method=False)
def hstack(tensors: Any, *, out: Tensor | None = None) -> Tensor:
    """The tensors joined along dimension 1 (vectors, and numbers made vectors, along 0). As ``torch.hstack``.

    >>> import autograd
    >>> autograd.hstack([autograd.zeros(1), autograd.ones(2)])
    tensor([0., 1., 1.])
    """
    parts = [atleast_1d(t) for t in _some(tensors, "hstack")]
    return _joined(join.cat, parts, 0 if parts[0]._array.ndim == 1 else 1, out)


@export("vstack", "row_stack", method=False)
def vstack(tensors: Any, *, out: Tensor | None = None) -> Tensor:
    """The tensors joined along dimension 0, vectors as rows. As ``torch.vstack``.

    >>> import autograd
    >>> autograd.vstack([autograd.zeros(2), autograd.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    return _joined(join.cat, [atleast_2d(t) for t in _some(tensors, "vstack")], 0, out)


@export(method=False)
def dstack(tensors: Any, *, out: Tensor | None = None) -> Tensor:
    """The tensors, made at least 3-D, joined along dimension 2. As ``torch.dstack``.

    >>> import autograd
    >>> autograd.dstack([autograd.zeros(2), autograd.ones(2)]).shape
    autograd.Size([1, 2, 2])
    """
    return _joined(join.cat, [atleast_3d(t) for t in _some(tensors, "dstack")], 2, out)


@export(method=False)
def column_stack(tensors: Any, *, out: Tensor | None = None) -> Tensor:
    """The tensors joined along dimension 1, vectors and numbers as columns. As ``torch.column_stack``.

    >>> import autograd
    >>> autograd.column_stack([autograd.zeros(2), autograd.ones(2)])
    tensor([[0., 1.],
            [0., 1.]])
    """
    parts = [
        t if t._array.ndim > 1 else show(ops.reshape, t, (t._array.size, 1)) for t in _some(tensors, "column_stack")
    ]
    return _joined(join.cat, parts, 1, out)


def _each(tensors: tuple, name: str, one: Any) -> Any:
    """``one`` of a single tensor, or a tuple of it for several."""
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        return one(tensor_of(tensors[0], name))
    return tuple(one(t) for t in several(tensors, name))


@export(method=False)
def atleast_1d(*tensors: Any) -> Any:
    """Each tensor with at least one dimension, a view; a tuple where there are several. As ``torch.atleast_1d``.

    >>> import autograd
    >>> autograd.atleast_1d(autograd.tensor(2.0))
    tensor([2.])
    """
    return _each(tensors, "atleast_1d", lambda t: t if t._array.ndim else unsqueeze(t, 0))


@export(method=False)
def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with at least two dimensions, a vector as a row: a view. As ``torch.atleast_2d``.

    >>> import autograd
    >>> autograd.atleast_2d(autograd.zeros(3)).shape
    autograd.Size([1, 3])
    """
    return _each(tensors, "atleast_2d", lambda t: t if t._array.ndim > 1 else show(ops.reshape, t, (1, t._array.size)))


@export(method=False)
def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with at least three dimensions: a view; a vector becomes (1, n, 1). As ``torch.atleast_3d``.

    >>> import autograd
    >>> autograd.atleast_3d(autograd.zeros(3)).shape, autograd.atleast_3d(autograd.zeros(2, 3)).shape
    (autograd.Size([1, 3, 1]), autograd.Size([2, 3, 1]))
    """

    def one(t: Tensor) -> Tensor:
        shape = t._array.shape
        if len(shape) > 2:
            return t
        return show(ops.reshape, t, (*shape, 1) if len(shape) == 2 else (1, t._array.size, 1))

    return _each(tensors, "atleast_3d", one)


@export(method=False)
def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """The tensors expanded to their common shape: views. As ``torch.broadcast_tensors``.

    RuntimeError where the shapes do not broadcast.

    >>> import autograd
    >>> [t.shape for t in autograd.broadcast_tensors(autograd.zeros(2, 1), autograd.zeros(3))]
    [autograd.Size([2, 3]), autograd.Size([2, 3])]
    """
    parts = several(tensors, "broadcast_tensors")
    shape = common_shape([t._array.shape for t in parts], "broadcast_tensors")
    return tuple(show(ops.expand, t, shape) for t in parts)


def common_shape(shapes: list[tuple[int, ...]], name: str) -> tuple[int, ...]:
    """The shape to which all ``shapes`` broadcast; RuntimeError that names the sizes where they do not."""
    found: tuple[int, ...] = ()
    for shape in shapes:
        long, short = (shape, found) if len(shape) > len(found) else (found, shape)
        sizes = list(long)
        for i in range(1, len(short) + 1):
            a, b = found[-i], shape[-i]
            if a != b and 1 not in (a, b):
                raise RuntimeError(
                    f"{name}: The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton "
                    f"dimension {len(long) - i}"
                )
            sizes[-i] = b if a == 1 else a
        found = tuple(sizes)
    return found


@export(method=False)
def broadcast_shapes(*shapes: Any) -> Any:
    """The shape to which all ``shapes`` (tuples or ints) broadcast. As ``torch.broadcast_shapes``.

    RuntimeError where they do not, ValueError for negative sizes.

    >>> import autograd
    >>> autograd.broadcast_shapes((2, 1), (3,), 1)
    autograd.Size([2, 3])
    """
    given = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    if any(n < 0 for shape in given for n in shape):
        raise ValueError(f"broadcast_shapes: attempting to broadcast a dimension with negative length, got {given}")
    return Size(common_shape(given, "broadcast_shapes"))


@export(method=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """The coordinates of the grid of several vectors: views of the shape of all their lengths.

    Result k varies along dimension k with ``indexing="ij"``; ``"xy"`` exchanges the first two. RuntimeError for a
    tensor above 1-D, different dtypes, or none. As ``torch.meshgrid`` (whose warning about the default is left out).

    >>> import autograd
    >>> rows, columns = autograd.meshgrid(autograd.arange(2), autograd.arange(3), indexing="ij")
    >>> rows
    tensor([[0, 0, 0],
            [1, 1, 1]])
    """
    parts = _some(tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors, "meshgrid")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for t in parts:
        if t._array.ndim > 1:
            raise RuntimeError(f"meshgrid: Expected 0D or 1D tensor in the tensor list but got shape {list(t.shape)}")
        if t._array.dtype is not parts[0]._array.dtype:
            raise RuntimeError(
                f"meshgrid expects all tensors to have the same dtype, got {parts[0].dtype} and {t.dtype}"
            )
    swapped = indexing == "xy" and len(parts) > 1
    if swapped:
        parts[0], parts[1] = parts[1], parts[0]
    shape = tuple([t._array.size for t in parts])
    grids = [
        show(ops.expand, show(ops.reshape, t, (1,) * i + (t._array.size,) + (1,) * (len(parts) - i - 1)), shape)
        for i, t in enumerate(parts)
    ]
    if swapped:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


@export(method=False)
def block_diag(*tensors: Any) -> Tensor:
    """A matrix with the tensors (at most 2-D, vectors as rows) along its diagonal, zero elsewhere.

    RuntimeError for one above 2-D. As ``torch.block_diag``.

    >>> import autograd
    >>> autograd.block_diag(autograd.ones(1, 2), autograd.ones(1, 1))
    tensor([[1., 1., 0.],
            [0., 0., 1.]])
    """
    parts = several(tensors, "block_diag")
    if not parts:
        return wrap(np.zeros((1, 0), get_default_dtype()))
    for i, part in enumerate(parts):
        if part._array.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {part._array.ndim} "
                "dimensions"
            )
    blocks = [atleast_2d(t) for t in parts]
    widths = [b._array.shape[1] for b in blocks]
    rows = [
        ops.pad.function(b, (sum(widths[:i]), sum(widths[i + 1 :])), "constant", None) for i, b in enumerate(blocks)
    ]
    return join.cat.function(rows, 0)


def _vector(t: Tensor) -> Tensor:
    if t._array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(t._array.shape)}")
    return t


@export(method=False)
def cartesian_prod(*tensors: Any) -> Tensor:
    """All combinations of the elements of several vectors, one a row. As ``torch.cartesian_prod``.

    RuntimeError for a tensor that is no vector; a single one is returned as it is.

    >>> import autograd
    >>> autograd.cartesian_prod(autograd.tensor([1, 2]), autograd.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    parts = [_vector(t) for t in several(tensors, "cartesian_prod")]
    if len(parts) == 1:
        return parts[0]
    return join.stack.function([flatten(g) for g in meshgrid(*parts, indexing="ij")], 1)


@export(method=False)
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All ways to choose ``r`` elements of a vector, in order, one a row. As ``torch.combinations``.

    RuntimeError for a tensor that is no vector or a negative ``r``.

    >>> import autograd
    >>> autograd.combinations(autograd.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    count = _vector(tensor_of(input, "combinations"))._array.size
    r = plain(r, "combinations", "r")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.zeros(0, input._array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    return pick.function(input, Places(np.array(list(choose(range(count), r)), np.int64).reshape(-1, r)))
