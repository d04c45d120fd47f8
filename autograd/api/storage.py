"""What a tensor's storage is: old constructors by dtype, ``new_*`` methods, ``Variable``, questions of device and layout."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.create import fill_dtype, filled
from autograd.api.export import export, methods
from autograd.creation import array_from
from autograd.dispatch import wrap
from autograd.factory import check_options, made, pick_dtype, sizes_from, strided, warn
from autograd.tensor import Tensor
from autograd.types import CPU, Size, device

# -- classes that only make tensors -------------------------------------------------------------------------------------


class Legacy(type):
    """The class of the old constructors: calling one makes a Tensor, and ``isinstance`` asks for a Tensor of its dtype.

    >>> import autograd
    >>> isinstance(autograd.ones(2), autograd.FloatTensor), isinstance(autograd.ones(2), autograd.LongTensor)
    (True, False)
    """

    dtype: np.dtype | None

    def __call__(cls, *data: Any, **options: Any) -> Any:
        """The tensor that the arguments mean."""
        return cls.make(*data, **options)  # type: ignore[attr-defined]

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor) and (cls.dtype is None or cls.dtype is instance.dtype)


class _Typed(metaclass=Legacy):
    """What the old constructors have in common."""

    dtype: np.dtype | None = None

    @classmethod
    def make(cls, *data: Any, device: Any = None) -> Tensor:
        """The tensor that the constructor's arguments mean: sizes, a sequence, an array, or nothing."""
        check_options(cls.__name__, device)
        assert cls.dtype is not None
        return wrap(_sizes_or_data(cls.__name__, data, cls.dtype))


def _sizes_or_data(name: str, data: tuple, dtype: np.dtype) -> Any:
    """An array of the given sizes (values not set), or of the given data."""
    if not data:
        return np.empty(0, dtype)
    first = data[0]
    if len(data) > 1 or isinstance(first, Size) or (hasattr(first, "__index__") and getattr(first, "ndim", 0) == 0):
        shape = sizes_from(data, name)
        array = np.empty(shape, dtype)
        return array if shape else array[()]
    if isinstance(first, Tensor) and first.dtype is not dtype:
        raise TypeError(f"{name}(): expected a tensor of {dtype}, but got {first.dtype}; convert with tensor.to(dtype)")
    if hasattr(first, "_memory"):  # a storage: its memory is shared
        if first._memory.dtype is not dtype:
            raise TypeError(f"{name}(): expected a storage of {dtype}, but got {first._memory.dtype}")
        return first._memory
    if isinstance(first, (bool, float)):
        raise TypeError(f"{name}(): data must be a sequence or sizes, but got {type(first).__name__}")
    if isinstance(first, Tensor):
        return first.detach()._array
    if dtypes.is_integral(dtype) and isinstance(first, (list, tuple)):
        first = np.trunc(array_from(first, dtypes.float64)) if _holds_floats(first) else first
    return array_from(first, dtype)


def _holds_floats(data: Any) -> bool:
    return any(_holds_floats(v) if isinstance(v, (list, tuple)) else isinstance(v, float) for v in data)


@export(method=False)
class FloatTensor(_Typed):
    """``FloatTensor(2, 3)`` or ``FloatTensor([1, 2])``: a float32 tensor, the old way. As ``torch.FloatTensor``.

    >>> import autograd
    >>> autograd.FloatTensor([1, 2])
    tensor([1., 2.])
    """

    dtype = dtypes.float32


@export(method=False)
class DoubleTensor(_Typed):
    """``DoubleTensor(2, 3)`` or ``DoubleTensor([1, 2])``: a float64 tensor, the old way. As ``torch.DoubleTensor``.

    >>> import autograd
    >>> autograd.DoubleTensor([1, 2])
    tensor([1., 2.], dtype=float64)
    """

    dtype = dtypes.float64


@export(method=False)
class HalfTensor(_Typed):
    """``HalfTensor(2, 3)`` or ``HalfTensor([1, 2])``: a float16 tensor, the old way. As ``torch.HalfTensor``.

    >>> import autograd
    >>> autograd.HalfTensor([1, 2])
    tensor([1., 2.], dtype=float16)
    """

    dtype = dtypes.float16


@export(method=False)
class LongTensor(_Typed):
    """``LongTensor(2, 3)`` or ``LongTensor([1, 2])``: an int64 tensor, the old way. As ``torch.LongTensor``.

    >>> import autograd
    >>> autograd.LongTensor([1, 2])
    tensor([1, 2])
    """

    dtype = dtypes.int64


@export(method=False)
class IntTensor(_Typed):
    """``IntTensor(2, 3)`` or ``IntTensor([1, 2])``: an int32 tensor, the old way. As ``torch.IntTensor``.

    >>> import autograd
    >>> autograd.IntTensor([1, 2])
    tensor([1, 2], dtype=int32)
    """

    dtype = dtypes.int32


@export(method=False)
class ShortTensor(_Typed):
    """``ShortTensor(2, 3)`` or ``ShortTensor([1, 2])``: an int16 tensor, the old way. As ``torch.ShortTensor``.

    >>> import autograd
    >>> autograd.ShortTensor([1, 2])
    tensor([1, 2], dtype=int16)
    """

    dtype = dtypes.int16


@export(method=False)
class CharTensor(_Typed):
    """``CharTensor(2, 3)`` or ``CharTensor([1, 2])``: an int8 tensor, the old way. As ``torch.CharTensor``.

    >>> import autograd
    >>> autograd.CharTensor([1, 2])
    tensor([1, 2], dtype=int8)
    """

    dtype = dtypes.int8


@export(method=False)
class ByteTensor(_Typed):
    """``ByteTensor(2, 3)`` or ``ByteTensor([1, 2])``: a uint8 tensor, the old way. As ``torch.ByteTensor``.

    >>> import autograd
    >>> autograd.ByteTensor([1, 2])
    tensor([1, 2], dtype=uint8)
    """

    dtype = dtypes.uint8


@export(method=False)
class BoolTensor(_Typed):
    """``BoolTensor(2, 3)`` or ``BoolTensor([1, 0])``: a bool tensor, the old way. As ``torch.BoolTensor``.

    >>> import autograd
    >>> autograd.BoolTensor([1, 0])
    tensor([ True, False])
    """

    dtype = dtypes.bool_


TYPES = {
    c.__name__: c
    for c in (
        FloatTensor, DoubleTensor, HalfTensor, LongTensor, IntTensor, ShortTensor, CharTensor, ByteTensor, BoolTensor,
    )
}  # fmt: skip


@export(method=False)
class Variable(metaclass=Legacy):
    """``Variable(tensor, requires_grad=False)``: the tensor's memory as a leaf of its own. As ``torch.autograd.Variable``.

    From the time when tensors and variables were two things; every Tensor is a Variable. TypeError for anything but a
    Tensor, RuntimeError for an integer tensor that should require grad.

    >>> import autograd
    >>> x = autograd.Variable(autograd.ones(2), requires_grad=True)
    >>> x, isinstance(x, autograd.Variable)
    (tensor([1., 1.], requires_grad=True), True)
    """

    dtype: np.dtype | None = None

    @classmethod
    def make(cls, data: Any = None, requires_grad: bool = False, device: Any = None) -> Tensor:
        """The leaf."""
        check_options("Variable", device)
        if data is None:
            data = made(np.empty(0, dtypes.get_default_dtype()))
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)


# -- new tensors of the same dtype --------------------------------------------------------------------------------------


def _own(self: Tensor, dtype: Any) -> np.dtype:
    found = pick_dtype(dtype)
    return self.dtype if found is None else found


@export(function=False)
def new(self: Tensor, *data: Any, device: Any = None) -> Tensor:
    """A tensor of this one's dtype from sizes, a sequence or nothing, the old way. As ``torch.Tensor.new``.

    >>> import autograd
    >>> autograd.ones(2).new([3, 4])
    tensor([3., 4.])
    """
    check_options("new", device)
    return wrap(_sizes_or_data("new", data, self.dtype))


@export(function=False)
def new_tensor(
    self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """A copy of ``data`` in this tensor's dtype. As ``torch.Tensor.new_tensor``; raises as ``tensor`` does.

    >>> import autograd
    >>> autograd.ones(2).new_tensor([1, 2])
    tensor([1., 2.])
    """
    check_options("new_tensor", device, layout)
    if isinstance(data, Tensor):
        warn("To copy construct from a tensor, it is recommended to use source.detach().clone() instead of new_tensor.")
    return made(array_from(data, _own(self, dtype)), requires_grad)


@export(function=False)
def new_zeros(
    self: Tensor, *sizes: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """Zeros of a shape, in this tensor's dtype. As ``torch.Tensor.new_zeros``.

    >>> import autograd
    >>> autograd.ones(2).new_zeros(3)
    tensor([0., 0., 0.])
    """
    check_options("new_zeros", device, layout)
    return made(np.zeros(sizes_from(sizes, "new_zeros", size), _own(self, dtype)), requires_grad)


@export(function=False)
def new_ones(
    self: Tensor, *sizes: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """Ones of a shape, in this tensor's dtype. As ``torch.Tensor.new_ones``.

    >>> import autograd
    >>> autograd.tensor([2, 3]).new_ones((2,))
    tensor([1, 1])
    """
    check_options("new_ones", device, layout)
    return made(np.ones(sizes_from(sizes, "new_ones", size), _own(self, dtype)), requires_grad)


@export(function=False)
def new_empty(
    self: Tensor, *sizes: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """A tensor of a shape, in this tensor's dtype, its values not set. As ``torch.Tensor.new_empty``.

    >>> import autograd
    >>> autograd.ones(2).new_empty(2, 3).shape
    autograd.Size([2, 3])
    """
    check_options("new_empty", device, layout)
    return made(np.empty(sizes_from(sizes, "new_empty", size), _own(self, dtype)), requires_grad)


@export(function=False)
def new_full(
    self: Tensor, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """``fill_value`` in a shape, in this tensor's dtype. As ``torch.Tensor.new_full``.

    >>> import autograd
    >>> autograd.ones(2).new_full((2,), 7)
    tensor([7., 7.])
    """
    check_options("new_full", device, layout)
    fill_dtype("new_full", fill_value)
    array = np.empty(sizes_from((size,), "new_full"), _own(self, dtype))
    return made(filled("new_full", array, fill_value), requires_grad)


# -- device and layout --------------------------------------------------------------------------------------------------


def _constant(value: Any, text: str) -> property:
    return property(lambda self: value, doc=text)


methods["layout"] = _constant(strided, "The layout: ``autograd.strided``.")  # type: ignore[assignment]
for _name in ("is_cuda", "is_sparse", "is_quantized", "is_meta", "is_mps", "is_nested"):
    methods[_name] = _constant(  # type: ignore[assignment]
        False, f"False: what PyTorch's ``{_name}`` asks for does not exist here."
    )


@export(function=False)
def is_pinned(self: Tensor, device: Any = None) -> bool:
    """False: memory is never pinned for a GPU. As ``torch.Tensor.is_pinned``.

    >>> import autograd
    >>> autograd.ones(2).is_pinned()
    False
    """
    return False


@export(function=False)
def pin_memory(self: Tensor, device: Any = None) -> Tensor:
    """The tensor itself: there is no GPU to pin memory for. As ``torch.Tensor.pin_memory``.

    >>> import autograd
    >>> autograd.ones(2).pin_memory()
    tensor([1., 1.])
    """
    return self


@export()
def get_device(input: Tensor) -> int:
    """−1, PyTorch's number of the CPU. As ``torch.get_device``.

    >>> import autograd
    >>> autograd.ones(2).get_device()
    -1
    """
    return -1


@export(method=False)
def get_default_device() -> device:
    """The device of new tensors: the CPU. As ``torch.get_default_device``.

    >>> import autograd
    >>> autograd.get_default_device()
    device(type='cpu')
    """
    return CPU


@export(method=False)
def set_default_device(device: Any) -> None:
    """Nothing for the CPU (or None); RuntimeError for another device. As ``torch.set_default_device``.

    >>> import autograd
    >>> autograd.set_default_device("cpu")
    """
    check_options("set_default_device", device)
