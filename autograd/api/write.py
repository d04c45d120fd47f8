"""Methods that overwrite a tensor, or change its shape in place."""

from __future__ import annotations

import math
from operator import index as as_int
from typing import Any

import numpy as np

from autograd import modes
from autograd.api.arguments import dim_pair, int_tuple, ints, tensor_of
from autograd.api.export import export
from autograd.dispatch import wrap
from autograd.inplace import Base, View, _check_history, check_target, note_write, put, recording
from autograd.kernels import memory as storage
from autograd.ops import shape as shapes
from autograd.ops.convert import cast
from autograd.ops.index import number, slice_
from autograd.ops.shape import show
from autograd.ops.views import overwrite
from autograd.tensor import Tensor, materialise

# -- values -------------------------------------------------------------------------------------------------------------


@export("copy_", function=False)
def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Overwrite this tensor with ``src``, broadcast to its shape and converted to its dtype; returns it.

    The gradient goes to ``src``. RuntimeError where the shapes do not fit or the tensor may not be written. As
    ``torch.Tensor.copy_``.

    >>> import autograd
    >>> autograd.zeros(2).copy_(autograd.tensor([1, 2]))
    tensor([1., 2.])
    """
    if isinstance(src, (bool, int, float)):
        return fill_(self, src)
    source = tensor_of(src, "copy_", "src")
    array = check_target(self, "copy_")
    if source is self:
        return self
    if source._array.dtype is not array.dtype:
        source = cast.function(source, array.dtype)
    if source._array.shape != array.shape:
        source = _fitted(source, array.shape)
    return put(self, overwrite.function(self, source), "copy_")


def _fitted(source: Tensor, shape: tuple[int, ...]) -> Tensor:
    have = source._array.shape
    if len(have) > len(shape):
        raise RuntimeError(f"copy_: output with shape {list(shape)} doesn't match the broadcast shape {list(have)}")
    try:
        return show(shapes.expand, source, shape)
    except RuntimeError:
        raise RuntimeError(
            f"copy_: a source of shape {list(have)} must match the size {list(shape)} it is to fill"
        ) from None


@export("fill_", function=False)
def fill_(self: Tensor, value: Any) -> Tensor:
    """Overwrite every element with ``value``, a number or a 0-d tensor; returns this tensor.

    RuntimeError for a tensor with dimensions, or a number that the dtype cannot hold. As ``torch.Tensor.fill_``.

    >>> import autograd
    >>> autograd.zeros(2).fill_(7)
    tensor([7., 7.])
    """
    return _fill(self, value, "fill_")


def _fill(self: Tensor, value: Any, name: str) -> Tensor:
    """``fill_`` under the ``name`` that errors mention."""
    if 0 in self._array.strides and any([k == 0 and n > 1 for k, n in zip(self.stride(), self.shape, strict=True)]):
        _fill(_once(self), value, name)
        return self
    array = check_target(self, name)
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value._array.ndim} dimensions."
            )
        return copy_(self, value)
    if not isinstance(value, (bool, int, float, np.generic)):
        raise TypeError(f"fill_: argument 'value' must be a number or a 0-d Tensor, but got {type(value).__name__}")
    made = number(value.item() if isinstance(value, np.generic) else value, array.dtype, name)
    if self._node is None and (type(self._view) is not View or self._view.base._node is None):
        array[...] = made
        note_write(array, name)
        return self
    return put(self, overwrite.function(self, show(shapes.expand, wrap(made), array.shape)), name)


def _once(self: Tensor) -> Tensor:
    """The part of an expanded tensor that shows each element once: one value for all may be written there."""
    part = [slice(0, 1) if stride == 0 else slice(None) for stride in self._array.strides]
    return show(slice_, self, tuple(part))


@export("zero_", function=False)
def zero_(self: Tensor) -> Tensor:
    """Overwrite every element with 0; returns this tensor. As ``torch.Tensor.zero_``.

    >>> import autograd
    >>> autograd.ones(2).zero_()
    tensor([0., 0.])
    """
    return _fill(self, 0, "zero_")


@export("fill_diagonal_", function=False)
def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """Overwrite the main diagonal of a matrix with ``fill_value``; returns this tensor. As ``torch.Tensor.fill_diagonal_``.

    With more dimensions all sizes must agree (RuntimeError); ``wrap`` starts anew below a tall matrix's last full block.

    >>> import autograd
    >>> autograd.zeros(2, 2).fill_diagonal_(3)
    tensor([[3., 0.],
            [0., 3.]])
    """
    array = check_target(self, "fill_diagonal_")
    if array.ndim < 2:
        raise RuntimeError(f"fill_diagonal_: dimensions must be larger than 1, but got shape {array.shape}")
    if array.ndim > 2 and len(set(array.shape)) > 1:
        raise RuntimeError(f"fill_diagonal_: all dimensions of input must be of equal length, but got {array.shape}")
    rows = array.shape[0] if wrap and array.ndim == 2 else min(array.shape)
    places = np.arange(rows)
    if wrap and array.ndim == 2:
        places = places[places % (array.shape[1] + 1) < array.shape[1]]
    columns = places % (array.shape[1] + 1) if array.ndim == 2 else places
    self[(places, *[columns] * (array.ndim - 1))] = fill_value
    return self


# -- shapes -------------------------------------------------------------------------------------------------------------


def _become(target: Tensor, name: str, op: Any, *static: Any) -> Tensor:
    """Make ``target`` itself the view that ``op`` shows of it. Views of it from before keep what they were."""
    if recording():
        _check_history(target, name)
    materialise(target)
    source, others = target, []
    if type(target._view) is not View:
        others = target._view.alive() if type(target._view) is Base else []
        source = wrap(target._array)  # stands for the tensor as it was
        source._node = target._node if not target.is_leaf else None
        for other in others:
            other._view.base = source
        if others:
            source._view = target._view
    with modes.enable_grad():
        made = show(op, source, *static)
    target._array = made._array
    if target.is_leaf and target._node is not None:
        target._node.shape = made._array.shape
    else:
        target._node = made._node
    if source is target:  # still a view of the same base, by a longer path
        made._view.recorded = target._view.recorded
        target._view = made._view
    elif others:
        target._view = made._view
        source._view.add(target)
    else:
        target._view = None
    return target


def leave_views(target: Tensor) -> None:
    """Let the views of ``target``, which is about to show other memory, be views of what it showed so far."""
    others = target._view.alive() if type(target._view) is Base else []
    if others:
        source = wrap(materialise(target))
        source._node = None if target.is_leaf else target._node
        for other in others:
            other._view.base = source
        source._view = target._view
    target._view = None


@export("squeeze_", function=False)
def squeeze_(self: Tensor, dim: Any = None, *dims: int) -> Tensor:
    """Drop dimensions of size 1 from this tensor itself, which is returned. As ``torch.Tensor.squeeze_``.

    >>> import autograd
    >>> autograd.zeros(1, 2).squeeze_().shape
    autograd.Size([2])
    """
    return _become(self, "squeeze_", shapes.squeeze, (dim, *dims) if dims else dim)


@export("unsqueeze_", function=False)
def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """Give this tensor itself a new dimension of size 1 at ``dim``; returns it. As ``torch.Tensor.unsqueeze_``.

    >>> import autograd
    >>> autograd.zeros(2).unsqueeze_(0).shape
    autograd.Size([1, 2])
    """
    return _become(self, "unsqueeze_", shapes.unsqueeze, as_int(dim))


@export("transpose_", "swapdims_", function=False)
def transpose_(self: Tensor, *dims: int, **named: int) -> Tensor:
    """Exchange dimensions ``dim0`` and ``dim1`` of this tensor itself; returns it. As ``torch.Tensor.transpose_``.

    >>> import autograd
    >>> autograd.zeros(2, 3).transpose_(0, 1).shape
    autograd.Size([3, 2])
    """
    return _become(self, "transpose_", shapes.transpose, *dim_pair(dims, named, "transpose_", ("dim0", "dim1")))


@export("swapaxes_", function=False)
def swapaxes_(self: Tensor, axis0: int, axis1: int) -> Tensor:
    """``transpose_`` by NumPy's name. As ``torch.Tensor.swapaxes_``.

    >>> import autograd
    >>> autograd.zeros(2, 3).swapaxes_(0, 1).shape
    autograd.Size([3, 2])
    """
    return _become(self, "swapaxes_", shapes.transpose, as_int(axis0), as_int(axis1))


@export("t_", function=False)
def t_(self: Tensor) -> Tensor:
    """Transpose this matrix itself; returns it. RuntimeError above 2-D. As ``torch.Tensor.t_``.

    >>> import autograd
    >>> autograd.zeros(2, 3).t_().shape
    autograd.Size([3, 2])
    """
    ndim = self._array.ndim
    if ndim > 2:
        raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {ndim}D")
    return _become(self, "t_", shapes.transpose, 0, 1 if ndim == 2 else 0)


@export("as_strided_", function=False)
def as_strided_(self: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """Make this tensor itself the view that ``as_strided`` gives; returns it. As ``torch.Tensor.as_strided_``.

    RuntimeError where it is not contiguous or the view would leave its memory.

    >>> import autograd
    >>> autograd.arange(6).as_strided_((2, 2), (3, 1))
    tensor([[0, 1],
            [3, 4]])
    """
    array = materialise(self)
    if not array.flags.c_contiguous:
        raise RuntimeError("as_strided_: the tensor is not in row-major order; use contiguous() first")
    start = storage.offset(array)
    sizes, strides = int_tuple(size, "as_strided_", "size"), int_tuple(stride, "as_strided_", "stride")
    offset = start if storage_offset is None else as_int(storage_offset)
    return _become(self, "as_strided_", shapes.as_strided, sizes, strides, offset - start)


@export("resize_", function=False)
def resize_(self: Tensor, *size: Any, memory_format: Any = None, **named: Any) -> Tensor:
    """Give this tensor another shape, over the memory that it has from its first element on.

    Where that does not suffice, it gets new memory with the same beginning and an undefined end; others that shared the
    old memory keep that. RuntimeError where it requires grad. As ``torch.Tensor.resize_``.

    >>> import autograd
    >>> autograd.arange(6).resize_(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    shape = ints(size, named, "resize_", "size")
    if self._node is not None:
        raise RuntimeError("cannot resize variables that require grad")
    if min(shape, default=0) < 0:
        raise RuntimeError(f"resize_: sizes must not be negative, but got {list(shape)}")
    array, count = materialise(self), math.prod(shape)
    if array.shape == shape:
        return self
    flat = storage.elements(array)[storage.offset(array) :]
    if count > flat.size:
        wide = np.zeros(count, array.dtype)
        wide[: flat.size] = flat
        flat = wide
    leave_views(self)
    self._array = flat[:count].reshape(shape)
    return self


@export("resize_as_", function=False)
def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """``resize_`` to the shape of another tensor. As ``torch.Tensor.resize_as_``.

    >>> import autograd
    >>> autograd.zeros(4).resize_as_(autograd.zeros(2, 2)).shape
    autograd.Size([2, 2])
    """
    return resize_(self, tensor_of(the_template, "resize_as_", "the_template")._array.shape)
