"""Reading and writing between brackets, and the functions that do so by name."""

from __future__ import annotations

from operator import index as as_int
from typing import Any

import numpy as np

from autograd import inplace
from autograd.api.arguments import int_tuple, tensor_of
from autograd.api.export import export
from autograd.dispatch import finish, record, wrap
from autograd.dtypes import bool_, int64
from autograd.inplace import View, check_target
from autograd.kernels.index import FULL, Places, outside, read
from autograd.kernels.index import nonzero as coordinates
from autograd.kernels.shape import wrap_dim
from autograd.lanes import Lanes
from autograd.ops import index as ops
from autograd.ops import shape as shapes
from autograd.ops.convert import cast
from autograd.ops.index import parse, pick, picked, select, simple, slice_
from autograd.ops.shape import show, shown
from autograd.ops.views import OVERLAPPING, copy_slices
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
    array = self._array
    if type(array) is np.ndarray:
        if type(index) is int:
            return shown(select, self, read(array, (index, ...)), (0, index))
        found = simple(index)
        if found is not None:
            return shown(slice_, self, read(array, found), (found,))
    else:
        found = simple(index)
        if found is not None:
            return show(slice_, self, found)
    places = _arrays_only(self, index if type(index) is tuple else (index,))
    if places is not None:
        return picked(self, places)
    basic, advanced = parse(index, self._array.shape)
    part = self if basic is None and advanced is not None else show(slice_, self, basic)
    return part if advanced is None else picked(part, advanced)


def _arrays_only(self: Tensor, items: tuple) -> Places | None:
    """The index where it is made of int64 tensors and full slices, or one mask; None where it needs more thought."""
    found, last = [], False
    if len(items) > self._array.ndim:
        return None
    for item in items:
        if type(item) is Tensor and item._array.ndim:
            array = item._array
            if array.dtype is bool_:
                if len(items) > 1 or array.shape != self._array.shape[: array.ndim]:
                    return None
            elif array.dtype is not int64:
                return None
            found.append(
                array.copy() if self._node is not None else array
            )  # so that nobody writes what the graph holds
            last = True
        elif type(item) is slice and item == FULL:
            found.append(FULL)
            last = False
        else:
            return None
    return Places(*found) if last else None


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
        if _overlaps(self):
            inplace.set_item(show(slice_, self, found), (...,), value)
            return
        inplace.set_item(self, found, value)
        return
    check_target(self, "__setitem__")
    basic, advanced = parse(index, self._array.shape)
    if basic is not None and advanced is not None:
        inplace.set_item(show(slice_, self, basic), advanced, value)
    else:
        inplace.set_item(self, basic if advanced is None else advanced, value)


def _overlaps(self: Tensor) -> bool:
    """Whether the tensor may show one element several times; a part of it may still show each once."""
    if 0 in self._array.strides:
        return True
    view = self._view
    return type(view) is View and any([getattr(op, "name", "") in OVERLAPPING for op, _ in view.path])


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
        return Places(*[i.reshape(()) if type(i) is np.ndarray else i[0] for i in advanced.items])
    return advanced


@export()
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy with ``values`` at ``input[indices]`` (Tensors of indices or masks), added where ``accumulate``.

    RuntimeError where ``values`` do not broadcast or have another dtype. As ``torch.Tensor.index_put``.

    >>> import autograd
    >>> x = autograd.zeros(3)
    >>> x.index_put((autograd.tensor([0, 0]),), autograd.ones(2), accumulate=True)
    tensor([2., 0., 0.])
    """
    x, place, source = _put_arguments(input, indices, values)
    if accumulate:
        picked(x.detach(), place)  # raises for a place out of range, which put_back would take for another
        return x + record(ops.put_back, [source], (tuple(x._array.shape), place))
    return ops.set_item_op.function(x, source, place)


@export("index_put_", function=False)
def index_put_(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``index_put`` written into this tensor, which is returned. As ``torch.Tensor.index_put_``.

    >>> import autograd
    >>> autograd.zeros(3).index_put_((autograd.tensor([2]),), autograd.tensor(5.0))
    tensor([0., 0., 5.])
    """
    if accumulate:
        return inplace.apply("index_put_", index_put, self, indices, values, True)
    x, place, source = _put_arguments(self, indices, values)
    inplace.set_item(x, place, source)
    return self


def _put_arguments(input: Tensor, indices: Any, values: Tensor) -> tuple[Tensor, Places, Tensor]:
    """The tensor, the index, and the values in the shape of what it names."""
    x = tensor_of(input, "index_put")
    places = _indices(indices, "index_put")
    place = _array_index(places, x._array.shape)
    source = tensor_of(values, "index_put", "values")
    if source._array.dtype is not x._array.dtype:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, "
            f"got {x._array.dtype} for the destination and {source._array.dtype} for the source."
        )
    return x, place, ops.spread(source, ops.region_shape(x._array, place))


@export()
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements at positions ``index`` of the flattened tensor, in the shape of ``index``. As ``torch.take``.

    IndexError for a position outside, RuntimeError for an index that is not int64.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).take(autograd.tensor([0, 3]))
    tensor([1, 4])
    """
    x, places = tensor_of(input, "take"), _positions(input, index, "take")
    made = picked(show(shapes.reshape, x, (x._array.size,)), Places(places))
    return made if out is None else finish(made, out, pick, (x,))


def _positions(input: Tensor, index: Tensor, name: str) -> Any:
    array = tensor_of(index, name, "index")._array
    size = input._array.size
    if array.dtype is not int64:
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {array.dtype}")
    if type(array) is Lanes:
        return array.copy()  # of each example its own; reading and writing checks them
    places = np.array(array)
    if outside(places, size) and (places.min() < -size or places.max() >= size):
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
    row = Places(places.reshape(-1) if type(places) is np.ndarray else index.reshape(-1)._array.copy())
    if accumulate:
        made = flat + record(ops.put_back, [values], ((x._array.size,), row))
    else:
        made = ops.set_item_op.function(flat, values, row)
    return shapes.reshape.function(made, tuple(x._array.shape))


def _places(input: Tensor) -> np.ndarray:
    """The places of the elements that are not zero, one a row."""
    array = np.asarray(tensor_of(input, "nonzero")._array)
    if array.ndim == 0:
        return np.zeros((int(array != 0), 0), np.int64)
    return coordinates(array).T


@export()
def nonzero(input: Tensor, *, out: Tensor | None = None, as_tuple: bool = False) -> Any:
    """The places of the elements that are not zero: int64 of shape (n, dimensions), in row-major order.

    With ``as_tuple`` one vector for each dimension, as an index takes them. As ``torch.nonzero``; RuntimeError for an
    ``out`` that is not int64.

    >>> import autograd
    >>> autograd.tensor([[0, 1], [2, 0]]).nonzero()
    tensor([[0, 1],
            [1, 0]])
    """
    if as_tuple:
        array = np.atleast_1d(tensor_of(input, "nonzero")._array)
        return tuple([wrap(part) for part in coordinates(array)])
    if isinstance(out, Tensor) and out._array.dtype is not int64:
        raise RuntimeError(f"nonzero: expected out to be an int64 tensor, but got {out.dtype}")
    return finish(wrap(_places(input)), out, pick, ())


@export()
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The first ``size`` rows of ``nonzero``, filled up with ``fill_value``: a shape known beforehand.

    As ``torch.nonzero_static``; RuntimeError for a negative ``size``.

    >>> import autograd
    >>> autograd.nonzero_static(autograd.tensor([0, 3, 4]), size=3)
    tensor([[ 1],
            [ 2],
            [-1]])
    """
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer, but got {size}")
    places = _places(input)[:size]
    made = np.full((size, places.shape[1]), fill_value, np.int64)
    made[: len(places)] = places
    return wrap(made)


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
