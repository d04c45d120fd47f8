"""Gathering and scattering by index tensors, and masks: PyTorch's argument forms and checks over the operations."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograd.api.arguments import tensor_of
from autograd.api.direct import done, overwriting
from autograd.api.export import export
from autograd.api.join import common_shape
from autograd.dispatch import finish, wrap
from autograd.dtypes import int32, int64
from autograd.kernels.index import REDUCE, Places
from autograd.kernels.shape import wrap_dim
from autograd.ops import scatter as ops
from autograd.ops import shape as shapes
from autograd.ops.convert import cast
from autograd.ops.elementwise import where
from autograd.ops.index import narrow, number, pick, picked
from autograd.ops.shape import show
from autograd.tensor import Tensor

_NAMES = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long", "int32": "Int"}


def _checked(input: Tensor, dim: int, index: Tensor, name: str) -> tuple[Tensor, int, Tensor]:
    """The arguments that all share: the dimension from the front, an integer index of as many dimensions."""
    x, places = tensor_of(input, name), tensor_of(index, name, "index")
    axis = wrap_dim(dim, x._array.ndim)
    if places._array.dtype is not int64 and places._array.dtype is not int32:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index, but got {places.dtype}")
    have, want = places._array.ndim or 1, x._array.ndim or 1
    if have != want and places._array.size:
        raise RuntimeError(
            f"{name}(): Index tensor must have the same number of dimensions as input tensor, but got {have} and {want}"
        )
    return x, axis, places


def _inside(index: Tensor, shape: tuple[int, ...], but: int, name: str, what: str) -> None:
    sizes = index._array.shape
    if sizes == shape:
        return
    for d, (have, limit) in enumerate(zip(sizes, shape, strict=False)):
        if have > limit and d != but:
            raise RuntimeError(
                f"{name}(): Size does not match at dimension {d}: expected index {list(sizes)} to be no larger than "
                f"{what} {list(shape)}{f' apart from dimension {but}' if but >= 0 else ''}"
            )


@export()
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None) -> Tensor:
    """``out[i, j] = input[index[i, j], j]`` for ``dim`` 0, ``input[i, index[i, j]]`` for ``dim`` 1, and so on.

    The shape is that of ``index``, which must not be larger than ``input`` apart from ``dim``. RuntimeError for an
    index outside. As ``torch.gather``.

    >>> import autograd
    >>> autograd.gather(autograd.tensor([[1, 2], [3, 4]]), 1, autograd.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    x, axis, places = _checked(input, dim, index, "gather")
    _inside(places, x._array.shape, axis, "gather", "self")
    made = ops.chosen(ops.gather, x, places, axis)
    return made if out is None else finish(made, out, ops.gather, (x,))


@export()
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """``gather`` in which ``input`` and ``indices`` broadcast, or from the flattened tensor. As ``torch.take_along_dim``.

    Indices below 0 count from the end. RuntimeError where they do not broadcast, have different numbers of dimensions,
    or are not int64.

    >>> import autograd
    >>> x = autograd.tensor([[3, 1, 2]])
    >>> autograd.take_along_dim(x, autograd.tensor([[1, 2, 0]]), dim=1)
    tensor([[1, 2, 3]])
    """
    x, places = tensor_of(input, "take_along_dim"), tensor_of(indices, "take_along_dim", "indices")
    if places._array.dtype != np.int64:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {places.dtype}")
    if dim is None:
        flat = show(shapes.reshape, x, (x._array.size,))
        places = _forward(show(shapes.reshape, places, (places._array.size,)), x._array.size)
        return gather(flat, 0, places, out=out)
    if x._array.ndim != places._array.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{x._array.ndim} dimensions for input, and {places._array.ndim} dimensions for indices"
        )
    axis = wrap_dim(dim, x._array.ndim)
    if x._array.ndim == 0:
        raise IndexError(f"torch.take_along_dim(): Dimension specified as {dim} but tensor has no dimensions")
    if (
        places._array.shape[:axis] == x._array.shape[:axis]
        and places._array.shape[axis + 1 :] == x._array.shape[axis + 1 :]
    ):
        return gather(x, axis, _forward(places, x._array.shape[axis]), out=out)
    have, want = list(x._array.shape), list(places._array.shape)
    have[axis] = want[axis] = 1
    shape = list(common_shape([tuple(have), tuple(want)], "take_along_dim"))
    wide = (*shape[:axis], x._array.shape[axis], *shape[axis + 1 :])
    long = (*shape[:axis], places._array.shape[axis], *shape[axis + 1 :])
    places = show(shapes.expand, _forward(places, x._array.shape[axis]), long)
    return gather(show(shapes.expand, x, wide), axis, places, out=out)


def _forward(index: Tensor, size: int) -> Tensor:
    """``index`` with the entries below 0 counted from the end of ``size``."""
    array: Any = index._array
    if isinstance(array, (np.ndarray, np.generic)):
        array = np.asarray(array)
        return wrap(np.where(array < 0, array + size, array)) if array.size and array.min() < 0 else index
    return where(index < 0, index + size, index)  # inside vmap


def _source(x: Tensor, axis: int, index: Tensor, src: Any, name: str) -> Tensor:
    """``src`` cut to the shape of ``index``; RuntimeError where it is smaller or of another dtype."""
    source = tensor_of(src, name, "src")
    if source._array.dtype is not x._array.dtype:
        raise RuntimeError(
            f"{name}(): Expected self.dtype to be equal to src.dtype, but got {x.dtype} and {source.dtype}"
        )
    if not index._array.size:  # nothing of it is used; it stays in the record, where its gradient is 0
        return show(shapes.reshape, show(narrow, show(shapes.reshape, source, (-1,)), 0, 0, 0), index._array.shape)
    if (source._array.ndim or 1) != (index._array.ndim or 1):
        raise RuntimeError(
            f"{name}(): Index tensor must have the same number of dimensions as src tensor, but got "
            f"{index._array.ndim} and {source._array.ndim}"
        )
    _inside(index, source._array.shape, -1, name, "src")
    for d, (have, want) in enumerate(zip(source._array.shape, index._array.shape, strict=False)):
        if have != want:
            source = show(narrow, source, d, 0, want)
    if source._array.shape != index._array.shape:
        source = show(shapes.reshape, source, index._array.shape)
    return source


def _value(value: Any, x: Tensor, name: str) -> Tensor:
    """A number, or a 0-d tensor, as a 0-d Tensor of the dtype of ``x``."""
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                f"{name} only supports a 0-dimensional value tensor, but got tensor with {value._array.ndim} "
                "dimension(s)."
            )
        return value if value._array.dtype is x._array.dtype else cast.function(value, x._array.dtype)
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, (bool, int, float)):
        raise TypeError(f"{name}: argument 'value' must be a number or a 0-d Tensor, but got {type(value).__name__}")
    return wrap(number(value, x._array.dtype, name))


@export()
def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    value: Any = None,
    *,
    reduce: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """A copy with ``out[index[i, j], j] = src[i, j]`` for ``dim`` 0, and so on; ``src`` may be a number.

    ``reduce`` "add" or "multiply" combines with what is there. Where several go to one place, the last stays.
    RuntimeError for an index outside, or a ``src`` that is smaller than ``index``. As ``torch.scatter``.

    >>> import autograd
    >>> autograd.zeros(3).scatter(0, autograd.tensor([2, 0]), autograd.tensor([5.0, 6.0]))
    tensor([6., 0., 5.])
    """
    given = value if src is None else src
    if given is None:
        raise TypeError("scatter() missing required argument 'src' (or 'value')")
    x, axis, places = _checked(input, dim, index, "scatter")
    _inside(places, x._array.shape, axis, "scatter", "self")
    if isinstance(src, Tensor):
        source = _source(x, axis, places, src, "scatter")
        if reduce is not None:
            warnings.warn(
                "The reduce argument of scatter with Tensor src is deprecated; use scatter_reduce instead",
                UserWarning,
                stacklevel=2,
            )
    else:
        source = show(shapes.expand, _value(given, x, "scatter"), places._array.shape)
    if reduce is None:
        return done(ops.scatter, [x, places, source], (axis,), out)
    if reduce not in ("add", "multiply"):
        raise RuntimeError(f"reduce argument must be either add or multiply, but got {reduce!r}.")
    if reduce == "add":
        return done(ops.scatter_add, [x, places, source], (axis,), out)
    return done(ops.scatter_reduce, [x, places, source], (axis, "prod", True), out)


@export()
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy with ``out[index[i, j], j] += src[i, j]`` for ``dim`` 0, and so on, all of them adding up.

    RuntimeError for an index outside, or a ``src`` that is smaller than ``index``. As ``torch.scatter_add``.

    >>> import autograd
    >>> autograd.zeros(2).scatter_add(0, autograd.tensor([1, 1]), autograd.tensor([5.0, 6.0]))
    tensor([ 0., 11.])
    """
    x, axis, places = _checked(input, dim, index, "scatter_add")
    _inside(places, x._array.shape, axis, "scatter_add", "self")
    return done(ops.scatter_add, [x, places, _source(x, axis, places, src, "scatter_add")], (axis,), out)


@export()
def scatter_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """A copy with each element reduced with those of ``src`` that ``index`` sends to it along ``dim``.

    ``reduce`` is "sum", "prod", "mean", "amax" or "amin"; without ``include_self`` the old element does not count
    where any arrive. At ties the gradient is shared evenly. As ``torch.scatter_reduce``; RuntimeError as there.

    >>> import autograd
    >>> x, index = autograd.ones(2), autograd.tensor([1, 1])
    >>> x.scatter_reduce(0, index, autograd.tensor([5.0, 6.0]), "mean")
    tensor([1., 4.])
    """
    if reduce not in REDUCE:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    x, axis, places = _checked(input, dim, index, "scatter_reduce")
    _inside(places, x._array.shape, axis, "scatter_reduce", "self")
    source = _source(x, axis, places, src, "scatter_reduce")
    return done(ops.scatter_reduce, [x, places, source], (axis, reduce, include_self), out)


# -- whole slices -------------------------------------------------------------------------------------------------------


def _vector(input: Tensor, dim: int, index: Tensor, name: str) -> tuple[Tensor, int, Tensor]:
    """The tensor, the dimension from the front, and an integer vector of indices."""
    x, places = tensor_of(input, name), tensor_of(index, name, "index")
    axis = wrap_dim(dim, x._array.ndim)
    if places._array.ndim > 1:
        raise IndexError(f"{name}(): Index is supposed to be a vector, but got shape {list(places.shape)}")
    if places._array.dtype is not int64 and places._array.dtype is not int32:
        raise RuntimeError(f"{name}(): Expected dtype int32 or int64 for index, but got {places.dtype}")
    return x, axis, places if places._array.ndim else show(shapes.unsqueeze, places, 0)


@export()
def index_select(input: Tensor, dim: int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The slices of ``input`` along ``dim`` that the vector ``index`` names, copied. As ``torch.index_select``.

    IndexError for an index outside or below 0.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).index_select(1, autograd.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    x, axis, places = _vector(input, dim, index, "index_select")
    if x._array.ndim == 0 and places._array.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {places._array.size} value(s)")
    made = ops.chosen(ops.index_select, x, places, axis)
    if out is None:
        return made
    if getattr(out, "dtype", x.dtype) is not x.dtype:
        raise RuntimeError("index_select(): self and result must have the same scalar type")
    return finish(made, out, ops.index_select, (x,))


def _slices(x: Tensor, axis: int, index: Tensor, source: Any, name: str, error: type[Exception]) -> Tensor:
    """``source`` with one slice for each index and the other sizes of ``x``."""
    values = tensor_of(source, name, "source")
    if values._array.dtype is not x._array.dtype:
        raise RuntimeError(
            f"{name}(): self ({_NAMES.get(str(x.dtype), x.dtype)}) and source "
            f"({_NAMES.get(str(values.dtype), values.dtype)}) must have the same scalar type"
        )
    have, want = list(values._array.shape or (1,)), list(x._array.shape or (1,))
    if values._array.ndim == 0 and x._array.ndim < 2 and index._array.size != 1:
        raise IndexError(f"{name}(): Dimension specified as {axis} but the source has no dimensions")
    if len(have) == len(want) and have[axis] != index._array.size:
        raise error(
            f"{name}(): Number of indices ({index._array.size}) should be equal to source.size(dim): ({have[axis]}), "
            f"for dim: {axis}"
        )
    want[axis] = index._array.size
    scalar = error is RuntimeError and x._array.ndim == 0 and values._array.ndim  # only index_copy takes a vector here
    if have != want or scalar:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = "
            f"{list(x.shape)} source.shape = {list(values.shape)}"
        )
    return values


@export()
def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """A copy with ``alpha`` times slice i of ``source`` along ``dim`` added to slice ``index[i]``, all adding up.

    RuntimeError for an index outside, or a ``source`` that does not fit. As ``torch.index_add``.

    >>> import autograd
    >>> autograd.zeros(2).index_add(0, autograd.tensor([1, 1]), autograd.tensor([5.0, 6.0]))
    tensor([ 0., 11.])
    """
    x, axis, places = _vector(input, dim, index, "index_add")
    values = _slices(x, axis, places, source, "index_add", RuntimeError)
    factor = alpha if alpha == 1 else number(alpha, x._array.dtype, "index_add").item()
    return done(ops.index_add, [x, places, values], (axis, factor), out)


@export()
def index_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    source: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """A copy with slice i of ``source`` along ``dim`` reduced into slice ``index[i]``.

    ``reduce`` is "prod", "mean", "amax" or "amin"; without ``include_self`` the old slice does not count where any
    arrive. At ties the gradient is shared evenly. As ``torch.index_reduce``; IndexError for an index outside,
    RuntimeError for another ``reduce`` or a ``source`` that does not fit.

    >>> import autograd
    >>> x, index = autograd.ones(2), autograd.tensor([1, 1])
    >>> x.index_reduce(0, index, autograd.tensor([5.0, 6.0]), "mean")
    tensor([1., 4.])
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    x, axis, places = _vector(input, dim, index, "index_reduce")
    values = _slices(x, axis, places, source, "index_reduce", RuntimeError)
    size = x._array.shape[axis] if x._array.ndim else 1
    if places._array.size and (places._array.min() < 0 or places._array.max() >= size):
        raise IndexError(f"index_reduce(): index out of range in self: size {size} along dimension {axis}")
    if x._array.ndim:
        row = (1,) * axis + (-1,) + (1,) * (x._array.ndim - axis - 1)
        places = show(shapes.expand, show(shapes.reshape, places, row), values._array.shape)
    else:
        places, values = show(shapes.reshape, places, ()), show(shapes.reshape, values, ())
    return done(ops.scatter_reduce, [x, places, values], (axis, reduce, include_self), out)


@export()
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy with slice i of ``source`` along ``dim`` in the place of slice ``index[i]``. As ``torch.index_copy``.

    IndexError for an index outside, RuntimeError for a ``source`` that does not fit.

    >>> import autograd
    >>> autograd.zeros(3).index_copy(0, autograd.tensor([2, 0]), autograd.tensor([5.0, 6.0]))
    tensor([6., 0., 5.])
    """
    x, axis, places = _vector(input, dim, index, "index_copy")
    values = _slices(x, axis, places, source, "index_copy", IndexError)
    return done(ops.index_copy, [x, places, values], (axis,), out)


@export()
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any, *, out: Tensor | None = None) -> Tensor:
    """A copy with ``value`` (a number or a 0-d tensor) in the slices along ``dim`` that ``index`` names.

    IndexError for an index outside. As ``torch.index_fill``.

    >>> import autograd
    >>> autograd.zeros(3).index_fill(0, autograd.tensor([0, 2]), 7)
    tensor([7., 0., 7.])
    """
    x, axis, places = _vector(input, dim, index, "index_fill")
    return done(ops.index_fill, [x, places, _value(value, x, "index_fill_")], (axis,), out)


# -- masks --------------------------------------------------------------------------------------------------------------


def _mask(mask: Any, name: str) -> Tensor:
    found = tensor_of(mask, name, "mask")
    if found._array.dtype != np.bool_:
        raise RuntimeError(f"{name}_ only supports boolean masks, but got mask with dtype {found.dtype}")
    return found


@export()
def masked_fill(input: Tensor, mask: Tensor, value: Any, *, out: Tensor | None = None) -> Tensor:
    """A copy with ``value`` (a number or a 0-d tensor) where ``mask`` is true; mask and tensor broadcast.

    RuntimeError where they do not, or where ``mask`` is not bool. As ``torch.Tensor.masked_fill``.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0])
    >>> x.masked_fill(x > 1.5, -1)
    tensor([ 1., -1.])
    """
    x = tensor_of(input, "masked_fill")
    return done(ops.masked_fill, [x, _mask(mask, "masked_fill"), _value(value, x, "masked_fill_")], (), out)


@export()
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where ``mask`` is true, as a vector; mask and tensor broadcast. As ``torch.masked_select``.

    RuntimeError where they do not, or where ``mask`` is not bool.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 3.0])
    >>> x.masked_select(x > 1.5)
    tensor([2., 3.])
    """
    x, chosen = tensor_of(input, "masked_select"), tensor_of(mask, "masked_select", "mask")
    if chosen._array.dtype != np.bool_:
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, but got {chosen.dtype}")
    shape = common_shape([x._array.shape, chosen._array.shape], "masked_select") or (1,)
    if x._array.shape != shape:
        x = show(shapes.expand, x, shape)
    mask_array = (
        chosen._array.copy() if chosen._array.shape == shape else np.array(np.broadcast_to(chosen._array, shape))
    )
    made = picked(x, Places(mask_array))
    return made if out is None else finish(made, out, pick, (x,))


@export(inplace=True)
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy with the elements of ``source``, one after another, where ``mask`` is true. As ``torch.masked_scatter``.

    RuntimeError where ``source`` has too few elements or another dtype, or ``mask`` is not bool.

    >>> import autograd
    >>> x, mask = autograd.zeros(3), autograd.tensor([True, False, True])
    >>> x.masked_scatter(mask, autograd.tensor([5.0, 6.0]))
    tensor([5., 0., 6.])
    """
    x, chosen = tensor_of(input, "masked_scatter"), _mask(mask, "masked_scatter")
    values = tensor_of(source, "masked_scatter", "source")
    if values._array.dtype is not x._array.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got {x.dtype} and {values.dtype}"
        )
    shape = common_shape([x._array.shape, chosen._array.shape], "masked_scatter")
    if x._array.shape != shape:
        x = show(shapes.expand, x, shape)
    if chosen._array.shape != shape:
        chosen = show(shapes.expand, chosen, shape)
    return done(ops.masked_scatter, [x, chosen, values], ())


for _front in (scatter, scatter_add, scatter_reduce, index_add, index_reduce, index_copy, index_fill, masked_fill):
    overwriting(_front.__name__, _front)
