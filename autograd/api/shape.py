"""Views: tensors that show the memory of another in another shape, by PyTorch's names and argument forms."""

from __future__ import annotations

import math
from operator import index as as_int
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.arguments import dim_pair, int_tuple, ints, tensor_of
from autograd.api.export import export, methods
from autograd.dispatch import wrap
from autograd.factory import warn
from autograd.kernels import shape as kernel
from autograd.kernels.shape import wrap_dim
from autograd.lanes import behind
from autograd.ops import shape as ops
from autograd.ops.shape import show
from autograd.tensor import Tensor, materialise

# -- sizes ------------------------------------------------------------------------------------------------------------


@export()
def reshape(input: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The elements of ``input`` in row-major order in another ``shape``, in which one size may be -1.

    A view where the strides allow one, else a copy. RuntimeError where the number of elements differs. As
    ``torch.reshape``; ``x.reshape(2, 3)`` and ``reshape(x, (2, 3))`` are the same.

    >>> import autograd
    >>> autograd.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    return show(ops.reshape, input, ints(shape, named, "reshape", "shape"))


@export(function=False)
def view(self: Tensor, *shape: Any, **named: Any) -> Tensor:
    """The same memory in another ``shape`` (one size may be -1), or its bytes read as another dtype.

    RuntimeError where the strides do not allow it (``reshape`` copies then) or the number of elements differs. A view
    of another dtype is not differentiated. As ``torch.Tensor.view``.

    >>> import autograd
    >>> x = autograd.zeros(2, 2)
    >>> x.view(4)[0] = 1.0
    >>> x
    tensor([[1., 0.],
            [0., 0.]])
    """
    if "dtype" in named:
        return _view_dtype(self, named["dtype"])
    if len(shape) == 1 and isinstance(shape[0], (np.dtype, type)):
        return _view_dtype(self, shape[0])
    return _viewed(self, ints(shape, named, "view", "size" if "size" in named else "shape"))


def _viewed(self: Tensor, shape: tuple[int, ...]) -> Tensor:
    made = show(ops.view, self, shape)
    old, new = behind(self._array), behind(made._array)  # of all examples at once where they are mapped
    if not old.flags.c_contiguous and new.size and not np.may_share_memory(new, old):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            f"contiguous subspaces): shape {list(self._array.shape)} as {list(shape)}. Use .reshape(...) instead."
        )
    return made


def _view_dtype(self: Tensor, dtype: Any) -> Tensor:
    wanted, array = dtypes.as_dtype(dtype), materialise(self)
    return self.detach() if wanted is array.dtype else wrap(kernel.view_dtype(array, wanted))


@export(function=False)
def view_as(self: Tensor, other: Tensor) -> Tensor:
    """``self.view(other.shape)``. As ``torch.Tensor.view_as``.

    >>> import autograd
    >>> autograd.zeros(6).view_as(autograd.ones(2, 3)).shape
    autograd.Size([2, 3])
    """
    return _viewed(self, tensor_of(other, "view_as", "other")._array.shape)


@export(function=False)
def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """``self.reshape(other.shape)``. As ``torch.Tensor.reshape_as``.

    >>> import autograd
    >>> autograd.zeros(6).reshape_as(autograd.ones(2, 3)).shape
    autograd.Size([2, 3])
    """
    return show(ops.reshape, self, tensor_of(other, "reshape_as", "other")._array.shape)


@export()
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """``input`` with the dimensions from ``start_dim`` to ``end_dim`` made into one; a view where possible.

    A 0-d tensor becomes a vector. RuntimeError where ``start_dim`` comes after ``end_dim``. As ``torch.flatten``.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).flatten(1).shape
    autograd.Size([2, 12])
    """
    shape = tensor_of(input, "flatten")._array.shape
    first, last = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if first > last:
        raise RuntimeError(f"flatten() has invalid args: start_dim {start_dim} cannot come after end_dim {end_dim}")
    if first == last and shape:
        return input
    return show(ops.reshape, input, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


@export()
def ravel(input: Tensor) -> Tensor:
    """All elements in row-major order as a vector; a view where possible. As ``torch.ravel``.

    >>> import autograd
    >>> autograd.ones(2, 3).ravel().shape
    autograd.Size([6])
    """
    return show(ops.reshape, input, (-1,) if tensor_of(input, "ravel")._array.size else (0,))


@export()
def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """``input`` with dimension ``dim`` parted into ``sizes``, one of which may be -1. As ``torch.unflatten``.

    RuntimeError where the sizes do not multiply up to the size of ``dim``.

    >>> import autograd
    >>> autograd.zeros(2, 6).unflatten(1, (3, -1)).shape
    autograd.Size([2, 3, 2])
    """
    shape = tensor_of(input, "unflatten")._array.shape
    axis, parts = wrap_dim(dim, len(shape)), list(int_tuple(sizes, "unflatten", "sizes"))
    if not parts:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if not shape:
        raise RuntimeError(f"unflatten: Dimension specified as {dim} but tensor has no dimensions")
    if parts.count(-1) > 1 or min(parts) < -1:
        raise RuntimeError(f"unflatten: only one dimension can be inferred, but got sizes {parts}")
    rest = math.prod(n for n in parts if n != -1)
    if -1 in parts and rest and shape[axis] % rest == 0:
        parts[parts.index(-1)] = shape[axis] // rest
    if math.prod(parts) != shape[axis]:
        raise RuntimeError(
            f"unflatten: Provided sizes {parts} don't multiply up to the size of dim {dim} ({shape[axis]}) in the "
            "input tensor"
        )
    return _viewed(input, (*shape[:axis], *parts, *shape[axis + 1 :]))


@export(function=False)
def expand(self: Tensor, *size: Any, implicit: bool = False, **named: Any) -> Tensor:
    """A view in which dimensions of size 1 are repeated and new ones lead; -1 keeps a size. Nothing is copied.

    RuntimeError where a size other than 1 would change. As ``torch.Tensor.expand``.

    >>> import autograd
    >>> autograd.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    return show(ops.expand, self, ints(size, named, "expand", "size"))


@export(function=False)
def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """``self.expand(other.shape)``. As ``torch.Tensor.expand_as``.

    >>> import autograd
    >>> autograd.ones(1).expand_as(autograd.zeros(2, 2)).shape
    autograd.Size([2, 2])
    """
    return show(ops.expand, self, tensor_of(other, "expand_as", "other")._array.shape)


@export(function=False)
def sum_to_size(self: Tensor, *size: Any, **named: Any) -> Tensor:
    """The sums over the dimensions along which ``size`` was broadcast to this shape: broadcasting undone.

    RuntimeError where ``size`` does not broadcast to the shape of the tensor. As ``torch.Tensor.sum_to_size``.

    >>> import autograd
    >>> autograd.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    shape, have = ints(size, named, "sum_to_size", "size"), self._array.shape
    lead = len(have) - len(shape)
    if lead < 0 or any([n not in (1, h) for n, h in zip(shape, have[lead:], strict=True)]):
        raise RuntimeError(f"sum_to_size: size {list(shape)} is not expandable to size {list(have)}.")
    dims = [*range(lead), *[d + lead for d, n in enumerate(shape) if n == 1 and have[d + lead] != 1]]
    return self if not dims else show(ops.reshape, self.sum(dims, keepdim=True), shape)


@export()
def broadcast_to(input: Tensor, *size: Any, **named: Any) -> Tensor:
    """``input`` expanded to the shape ``size``: a view. As ``torch.broadcast_to``; RuntimeError where it does not fit.

    >>> import autograd
    >>> autograd.broadcast_to(autograd.arange(2), (2, 2))
    tensor([[0, 1],
            [0, 1]])
    """
    return show(ops.expand, input, ints(size, named, "broadcast_to", "size"))


@export()
def squeeze(input: Tensor, dim: Any = None, *dims: int, axis: Any = None) -> Tensor:
    """A view without the dimensions of size 1, or without those among ``dim`` (an int, several, or a tuple).

    IndexError for a dimension that is not there. As ``torch.squeeze``.

    >>> import autograd
    >>> autograd.zeros(1, 2, 1).squeeze().shape, autograd.zeros(1, 2, 1).squeeze(0).shape
    (autograd.Size([2]), autograd.Size([2, 1]))
    """
    if dims:
        dim = (dim, *dims)
    return show(ops.squeeze, input, _dims(dim if axis is None else axis, "squeeze"))


def _dims(dim: Any, name: str) -> Any:
    if dim is None or type(dim) is int:
        return dim
    return int_tuple(dim, name, "dim") if isinstance(dim, (tuple, list)) else as_int(dim)


@export()
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A view with a new dimension of size 1 at ``dim`` (from ``-input.dim() - 1`` on). As ``torch.unsqueeze``.

    >>> import autograd
    >>> autograd.zeros(3).unsqueeze(0).shape, autograd.zeros(3).unsqueeze(-1).shape
    (autograd.Size([1, 3]), autograd.Size([3, 1]))
    """
    return show(ops.unsqueeze, input, as_int(dim))


# -- order ------------------------------------------------------------------------------------------------------------


@export()
def transpose(input: Tensor, *dims: int, **named: int) -> Tensor:
    """A view with dimensions ``dim0`` and ``dim1`` exchanged. As ``torch.transpose``.

    IndexError for a dimension that is not there.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).transpose(0, -1).shape
    autograd.Size([4, 3, 2])
    """
    return show(ops.transpose, input, *dim_pair(dims, named, "transpose", ("dim0", "dim1")))


@export()
def swapdims(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """``transpose`` by another name. As ``torch.swapdims``.

    >>> import autograd
    >>> autograd.zeros(2, 3).swapdims(0, 1).shape
    autograd.Size([3, 2])
    """
    return show(ops.transpose, input, as_int(dim0), as_int(dim1))


@export()
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """``transpose`` by NumPy's name. As ``torch.swapaxes``.

    >>> import autograd
    >>> autograd.zeros(2, 3).swapaxes(0, 1).shape
    autograd.Size([3, 2])
    """
    return show(ops.transpose, input, as_int(axis0), as_int(axis1))


@export()
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix, a view; a vector or a 0-d tensor as it is. RuntimeError above 2-D. As ``torch.t``.

    >>> import autograd
    >>> autograd.zeros(2, 3).t().shape
    autograd.Size([3, 2])
    """
    ndim = tensor_of(input, "t")._array.ndim
    if ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D")
    return show(ops.transpose, input, 0, 1 if ndim == 2 else 0)


@export()
def permute(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """A view with the dimensions in the order of ``dims``. As ``torch.permute``.

    RuntimeError where ``dims`` does not name each dimension once.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).permute(2, 0, 1).shape
    autograd.Size([4, 2, 3])
    """
    return show(ops.permute, input, ints(dims, named, "permute", "dims"))


@export("movedim", "moveaxis")
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """A view with the dimensions ``source`` (an int or several) at the places ``destination``. As ``torch.movedim``.

    RuntimeError where the two differ in number or a dimension comes twice.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).movedim(0, -1).shape
    autograd.Size([3, 4, 2])
    """
    ndim = tensor_of(input, "movedim")._array.ndim
    if type(source) is int and type(destination) is int:
        origin, to = wrap_dim(source, ndim), wrap_dim(destination, ndim)
        order = [d for d in range(ndim) if d != origin]
        order.insert(to, origin)
        return show(ops.permute, input, tuple(order[:ndim]))
    start, end = (
        [as_int(d)] if hasattr(d, "__index__") else list(int_tuple(d, "movedim", key))
        for d, key in ((source, "source"), (destination, "destination"))
    )
    if len(start) != len(end):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({start} dims) should contain the same number of "
            f"dims as destination ({end} dims)"
        )
    places = []
    for dims, key in ((start, "source"), (end, "destination")):
        places.append([wrap_dim(d, ndim) for d in dims])
        if len(set(places[-1])) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{key}` ({dims})")
    order = [d for d in range(ndim) if d not in places[0]]
    for to, origin in sorted(zip(places[1], places[0], strict=True)):
        order.insert(to, origin)
    return show(ops.permute, input, tuple(order[:ndim]))


@export()
def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged (and conjugated, were there complex numbers). As ``torch.adjoint``.

    >>> import autograd
    >>> autograd.adjoint(autograd.zeros(2, 3)).shape
    autograd.Size([3, 2])
    """
    return _matrices(tensor_of(input, "adjoint"), "tensor.adjoint()")


def _matrices(self: Tensor, name: str) -> Tensor:
    if self._array.ndim == 0:
        return _number(self, name)
    if self._array.ndim < 2:
        raise RuntimeError(
            f"{name} is only supported on matrices or batches of matrices. Got {self._array.ndim}-D tensor."
        )
    return show(ops.transpose, self, -2, -1)


def _number(self: Tensor, name: str) -> Tensor:
    """What the transposes make of a 0-d tensor: itself, with PyTorch's warning."""
    warn(f"{name} is deprecated on 0-D tensors. This function is the identity in these cases.")
    return show(ops.alias, self)


def _T(self: Tensor) -> Tensor:
    """The dimensions in reverse order: a view, meant for matrices. As ``torch.Tensor.T``.

    >>> import autograd
    >>> autograd.zeros(2, 3).T.shape
    autograd.Size([3, 2])
    """
    ndim = self._array.ndim
    if ndim == 0:
        return _number(self, "tensor.T")
    if ndim != 2:
        warn(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it "
            "will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
            "`x.permute(*range(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
        )
    return show(ops.permute, self, tuple(range(ndim - 1, -1, -1)))


def _mT(self: Tensor) -> Tensor:
    """The last two dimensions exchanged: a view. As ``torch.Tensor.mT``; RuntimeError for a vector.

    >>> import autograd
    >>> autograd.zeros(5, 2, 3).mT.shape
    autograd.Size([5, 3, 2])
    """
    return _matrices(self, "tensor.mT")


def _mH(self: Tensor) -> Tensor:
    """``mT``, since numbers are real. As ``torch.Tensor.mH``; RuntimeError for a vector.

    >>> import autograd
    >>> autograd.zeros(5, 2, 3).mH.shape
    autograd.Size([5, 3, 2])
    """
    return _matrices(self, "tensor.mH")


def _H(self: Tensor) -> Tensor:
    """The transpose of a matrix, since numbers are real. As ``torch.Tensor.H``; RuntimeError unless 2-D.

    >>> import autograd
    >>> autograd.zeros(2, 3).H.shape
    autograd.Size([3, 2])
    """
    ndim = self._array.ndim
    if ndim == 0:
        return _number(self, "tensor.H")
    if ndim != 2:
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor.")
    return show(ops.transpose, self, 0, 1)


for _name, _getter in (("T", _T), ("mT", _mT), ("mH", _mH), ("H", _H)):
    methods[_name] = property(_getter)  # type: ignore[assignment]
