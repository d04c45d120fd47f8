"""Reading and writing between brackets, and the functions that do so by name."""

from __future__ import annotations

from operator import index as as_int
from typing import Any

import numpy as np

from autograd import inplace
from autograd.api.arguments import int_tuple, tensor_of
from autograd.api.export import export
from autograd.dispatch import record, wrap
from autograd.dtypes import int64
from autograd.inplace import View, check_target
from autograd.kernels.index import Places, read
from autograd.kernels.shape import wrap_dim
from autograd.ops import index as ops
from autograd.ops import shape as shapes
from autograd.ops.convert import cast
from autograd.ops.index import parse, pick, select, simple, slice_
from autograd.ops.shape import show, shown
from autograd.ops.views import copy_slices
from autograd.tensor import Tensor, materialise


@export("__getitem__", function=False)
def get_item(self: Tensor, index: Any) -> Tensor:
    """The part of the tensor at ``index``: ints, slices, None, Ellipsis, integer arrays, masks, and tuples of them.

    Ints, slices, None and Ellipsis give a view, which can be written; arrays and masks (Tensors, NumPy arrays or lists)
    give a copy. Slices may have negative steps. IndexError where the index leaves the tensor. As in PyTorch.

    >>> import autograd
    >>> x = autograd.arange(6).reshape(2, 3)
    >>> x[1, 1:], x[:, [0, 0]], x[x > 3]
    (tensor([4, 5]), tensor([[0, 0],
            [3, 3]]), tensor([4, 5]))
    """
    if type(index) is int:
        return shown(select, self, read(self._array, (index, ...)), (0, index))
    found = simple(index)
    if found is not None:
        return shown(slice_, self, read(materialise(self), found), (found,))
    items = index if type(index) is tuple else (index,)
    if all([type(i) is Tensor and i._array.dtype is int64 and i._array.ndim for i in items]):
        arrays = [i._array for i in items]  # copied where the graph will hold them, so that nobody can write them
        return record(pick, [self], (Places(*([a.copy() for a in arrays] if self._node is not None else arrays)),))
    basic, advanced = parse(index, self._array.shape)
    part = self if basic is None and advanced is not None else show(slice_, self, basic)
    return part if advanced is None else record(pick, [part], (advanced,))


@export("__setitem__", function=False)
def set_item(self: Tensor, index: Any, value: Any) -> None:
    """``self[index] = value``, recorded: ``value`` is a number or a Tensor that broadcasts to the part.

    Its dtype is converted (with arrays of indices it has to be the same). RuntimeError where the shapes do not fit or
    the tensor may not be written (a leaf that requires grad); IndexError where the index leaves the tensor.

    >>> import autograd
    >>> x = autograd.zeros(2, 2)
    >>> x[0] = autograd.tensor([1.0, 2.0])
    >>> x
    tensor([[1., 2.],
            [0., 0.]])
    """
    found = simple(index)
    if found is not None:
        if _same_place(self, found, value):
            return
        inplace.set_item(self, found, value)
        return
    check_target(self, "__setitem__")
    basic, advanced = parse(index, self._array.shape)
    if basic is not None and advanced is not None:
        inplace.set_item(show(slice_, self, basic), advanced, value)
    else:
        inplace.set_item(self, basic if advanced is None else advanced, value)


def _same_place(self: Tensor, index: tuple, value: Any) -> bool:
    """Whether ``value`` is already that very part of this tensor, as after ``x[i] += 1``: then all is recorded."""
    if not isinstance(value, Tensor) or type(value._view) is not View or not value._view.recorded:
        return False
    base = self._view.base if type(self._view) is View else self
    if value._view.base is not base or type(self._array) is not np.ndarray:
        return False
    part, array = ops.kernel.read(self._array, index), value._array
    return (
        part.shape == array.shape
        and part.strides == array.strides
        and part.__array_interface__["data"] == array.__array_interface__["data"]
    )


# -- indices as arguments -------------------------------------------------------------------------------------------------


def _indices(indices: Any, name: str) -> tuple:
    if not isinstance(indices, (tuple, list)):
        raise TypeError(f"{name}(): argument 'indices' must be a tuple of Tensors, but got {type(indices).__name__}")
    for i, item in enumerate(indices):
        if not isinstance(item, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 'indices', but got {type(item).__name__}")
    return tuple(indices)


def _array_index(indices: tuple, shape: tuple[int, ...]) -> Places:
    """``indices`` as an advanced index: 0-d ones count as vectors of one broadcast element."""
    basic, advanced = parse(tuple([i if i._array.ndim else show(shapes.unsqueeze, i, 0) for i in indices]), shape)
    if advanced is None or basic is not None:
        raise IndexError(f"index_put: indices must have at least one dimension, but got {indices}")
    if all(i._array.ndim == 0 for i in indices):
        return Places(*[i.reshape(()) for i in advanced.items])
    return advanced


@export(inplace=True)
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with ``values`` at ``input[indices]`` (Tensors of indices or masks), added where ``accumulate``.

    RuntimeError where ``values`` do not broadcast or have another dtype. As ``torch.Tensor.index_put``.

    >>> import autograd
    >>> x = autograd.zeros(3)
    >>> x.index_put((autograd.tensor([0, 0]),), autograd.ones(2), accumulate=True)
    tensor([2., 0., 0.])
    """
    x = tensor_of(input, "index_put")
    places = _indices(indices, "index_put")
    place = _array_index(places, x._array.shape)
    source = tensor_of(values, "index_put", "values")
    if source._array.dtype is not x._array.dtype:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, "
            f"got {x._array.dtype} for the destination and {source._array.dtype} for the source."
        )
    source = ops.spread(source, ops.region_shape(x._array, place))
    if accumulate:
        return x + ops.put_back.function(source, tuple(x._array.shape), place)
    return ops.set_item_op.function(x, source, place)


@export()
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at positions ``index`` of the flattened tensor, in the shape of ``index``. As ``torch.take``.

    IndexError for a position outside, RuntimeError for an index that is not int64.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).take(autograd.tensor([0, 3]))
    tensor([1, 4])
    """
    x, places = tensor_of(input, "take"), _positions(input, index, "take")
    return pick.function(show(shapes.reshape, x, (x._array.size,)), Places(places))


def _positions(input: Tensor, index: Tensor, name: str) -> np.ndarray:
    places = np.array(tensor_of(index, name, "index")._array)
    size = input._array.size
    if places.dtype != np.int64:
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {places.dtype}")
    if places.size and (places.min() < -size or places.max() >= size):
        wrong = places[(places < -size) | (places >= size)].flat[0]
        raise IndexError(f"out of range: tried to access index {wrong} on a tensor of {size} elements.")
    return places


@export(inplace=True)
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with ``source`` at positions ``index`` of the flattened tensor, added where ``accumulate``.

    IndexError for a position outside, or where the two differ in number. As ``torch.Tensor.put``.

    >>> import autograd
    >>> autograd.zeros(2, 2).put(autograd.tensor([1, 2]), autograd.tensor([5.0, 6.0]))
    tensor([[0., 5.],
            [6., 0.]])
    """
    x, values = tensor_of(input, "put"), tensor_of(source, "put", "source")
    places = _positions(x, index, "put")
    if places.size != values._array.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{values._array.size}, index.numel() = {places.size}"
        )
    if values._array.dtype is not x._array.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got {x.dtype} and {values.dtype}"
        )
    flat = show(shapes.reshape, x, (x._array.size,))
    values = show(shapes.reshape, values, (places.size,))
    row = Places(places.reshape(-1))
    if accumulate:
        made = flat + ops.put_back.function(values, (x._array.size,), row)
    else:
        made = ops.set_item_op.function(flat, values, row)
    return shapes.reshape.function(made, tuple(x._array.shape))


def _places(input: Tensor) -> np.ndarray:
    """The places of the elements that are not zero, one a row."""
    array = np.asarray(tensor_of(input, "nonzero")._array)
    if array.ndim == 0:
        return np.zeros((int(array != 0), 0), np.int64)
    return np.stack(array.nonzero(), 1)


@export()
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The places of the elements that are not zero: int64 of shape (n, dimensions), in row-major order.

    With ``as_tuple`` one vector for each dimension, as an index takes them. As ``torch.nonzero``.

    >>> import autograd
    >>> autograd.tensor([[0, 1], [2, 0]]).nonzero()
    tensor([[0, 1],
            [1, 0]])
    """
    if as_tuple:
        array = np.atleast_1d(tensor_of(input, "nonzero")._array)
        return tuple(wrap(part) for part in array.nonzero())
    return wrap(_places(input))


@export()
def argwhere(input: Tensor) -> Tensor:
    """The places of the elements that are not zero, one a row. As ``torch.argwhere``.

    >>> import autograd
    >>> autograd.argwhere(autograd.tensor([0, 3, 4]))
    tensor([[1],
            [2]])
    """
    return wrap(_places(input))


# -- a part replaced ----------------------------------------------------------------------------------------------------


def _embedded(input: Tensor, src: Tensor, name: str, op: Any, *static: Any) -> Tensor:
    """A copy of ``input`` with ``src`` where the view ``op`` shows it."""
    x, source = tensor_of(input, name), tensor_of(src, name, "src")
    part = op.forward(materialise(x), *static)
    if part.shape != source._array.shape:
        raise RuntimeError(
            f"{name}: expected src to have a size equal to the slice of self. src size = {list(source._array.shape)}, "
            f"slice size = {list(part.shape)}"
        )
    if source._array.dtype is not x._array.dtype:
        source = cast.function(source, x._array.dtype)
    return copy_slices.function(x, source, ((op, static),))


@export()
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy with ``src`` in the place of ``input.select(dim, index)``. As ``torch.select_scatter``.

    RuntimeError where the shapes differ, IndexError where there is no such slice.

    >>> import autograd
    >>> autograd.zeros(2, 2).select_scatter(autograd.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    return _embedded(input, src, "select_scatter", select, as_int(dim), as_int(index))


@export()
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy with ``src`` in the place of the slices ``start:end:step`` along ``dim``. As ``torch.slice_scatter``.

    RuntimeError where the shapes differ or the step is not positive.

    >>> import autograd
    >>> autograd.zeros(3).slice_scatter(autograd.ones(2), 0, 1)
    tensor([0., 1., 1.])
    """
    if step <= 0:
        raise RuntimeError(f"slice step must be positive, but got {step}")
    axis = wrap_dim(dim, tensor_of(input, "slice_scatter")._array.ndim)
    return _embedded(input, src, "slice_scatter", slice_, (*(slice(None),) * axis, slice(start, end, step)))


@export()
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy with ``src`` on a diagonal. As ``torch.diagonal_scatter``; RuntimeError where the shapes differ.

    >>> import autograd
    >>> autograd.zeros(2, 2).diagonal_scatter(autograd.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    return _embedded(input, src, "diagonal_scatter", shapes.diagonal, offset, dim1, dim2)


@export()
def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A copy with ``src`` where ``as_strided`` would read. As ``torch.as_strided_scatter``; RuntimeError as there.

    >>> import autograd
    >>> autograd.zeros(4).as_strided_scatter(autograd.ones(2), (2,), (2,), 1)
    tensor([0., 1., 0., 1.])
    """
    name = "as_strided_scatter"
    sizes, strides = int_tuple(size, name, "size"), int_tuple(stride, name, "stride")
    return _embedded(input, src, name, shapes.as_strided, sizes, strides, storage_offset or 0)
