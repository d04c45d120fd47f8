"""Conversions of dtype and device, questions about dtypes, and element by element application of Python functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.export import export
from autograd.api.layout import formatted
from autograd.api.storage import TYPES, Legacy
from autograd.dispatch import wrap
from autograd.factory import canonical, check_options, pick_dtype
from autograd.inplace import check_target, put
from autograd.ops.convert import cast
from autograd.tensor import Tensor
from autograd.types import device

_Device = device
_NAMES = {c.dtype: f"torch.{name}" for name, c in TYPES.items()}


def _convert(self: Tensor, dtype: np.dtype, copy: bool = False, memory_format: Any = None) -> Tensor:
    """``self`` where it has ``dtype`` (and order) already and need not be copied; else a recorded conversion."""
    if copy or self._array.dtype is not dtype:
        made = cast.function(self if dtypes.is_differentiable(dtype) else self.detach(), dtype)
    else:
        made = self
    return made if memory_format is None else formatted(made, memory_format, "to")


def _is_device(value: Any) -> bool:
    if isinstance(value, _Device):
        return True
    if not isinstance(value, str):
        return isinstance(value, int) and not isinstance(value, bool)
    return value not in dtypes.NAMES


@export(function=False)
def to(
    self: Tensor,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    other: Tensor | None = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """The tensor with another dtype: ``to(dtype)``, ``to(device, dtype)`` or ``to(other)``. As ``torch.Tensor.to``.

    Returns the tensor itself where nothing changes, unless ``copy``. The conversion is recorded; its gradient is
    converted back. Raises RuntimeError for a device other than the CPU, TypeError for what is neither.

    >>> import autograd
    >>> autograd.ones(2).to(autograd.float64)
    tensor([1., 1.], dtype=float64)
    """
    if len(args) == 1 and isinstance(args[0], np.dtype) and device is None and other is None:
        return _convert(self, canonical(args[0]), copy)
    rest = list(args)
    if rest and isinstance(rest[0], Tensor):
        other = rest.pop(0)
    else:
        if rest and (rest[0] is None or _is_device(rest[0])):
            device = rest.pop(0)
        if rest and not isinstance(rest[0], bool):
            dtype = rest.pop(0)
    if len(rest) > 2 or not all(isinstance(flag, bool) for flag in rest):  # non_blocking, copy
        raise TypeError(f"to(): expected a dtype, a device, or a Tensor, but got {', '.join(map(repr, args))}")
    if len(rest) == 2:
        copy = rest[1]
    check_options("to", device, None, memory_format)
    if other is not None:
        if not isinstance(other, Tensor):
            raise TypeError(f"to(): argument 'other' must be a Tensor, but got {type(other).__name__}")
        dtype = other.dtype
    return _convert(self, pick_dtype(dtype) or self.dtype, copy, memory_format)


@export(function=False)
def type(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, as in ``'torch.FloatTensor'``, or the tensor converted. As ``torch.Tensor.type``.

    ``dtype`` is a dtype, one of these names, or an old constructor such as ``autograd.FloatTensor``; any other is a
    ValueError.

    >>> import autograd
    >>> autograd.ones(2).type(), autograd.ones(2).type("torch.LongTensor")
    ('torch.FloatTensor', tensor([1, 1]))
    """
    if dtype is None:
        return _NAMES.get(
            self.dtype, "torch.BFloat16Tensor" if self.dtype.char == dtypes.BFLOAT16 else f"torch.{self.dtype}"
        )
    return _convert(self, _named_dtype("type", dtype))


def _named_dtype(name: str, dtype: Any) -> np.dtype:
    """The dtype of a dtype, an old constructor or its name; ValueError for an unknown name."""
    if isinstance(dtype, str) and dtype not in dtypes.NAMES:
        old = dtype.rpartition(".")[2]
        if old not in TYPES:
            raise ValueError(f"{name}(): invalid type: {dtype!r}; expected a dtype or one of {', '.join(TYPES)}")
        dtype = TYPES[old]
    return canonical(dtypes.as_dtype(dtype.dtype if isinstance(dtype, Legacy) else dtype))


@export(function=False)
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor with the dtype of ``other``. As ``torch.Tensor.type_as``.

    >>> import autograd
    >>> autograd.tensor([1, 2]).type_as(autograd.ones(1))
    tensor([1., 2.])
    """
    return to(self, other=other)


@export("float", function=False)
def float_(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as float32, recorded. As ``torch.Tensor.float``.

    >>> import autograd
    >>> autograd.tensor([1, 2]).float()
    tensor([1., 2.])
    """
    return _convert(self, dtypes.float32, False, memory_format)


@export(function=False)
def double(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as float64, recorded. As ``torch.Tensor.double``.

    >>> import autograd
    >>> autograd.ones(2).double()
    tensor([1., 1.], dtype=float64)
    """
    return _convert(self, dtypes.float64, False, memory_format)


@export(function=False)
def bfloat16(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as bfloat16: the range of float32 with 8 bits of precision. As ``torch.Tensor.bfloat16``.

    Operations on it compute in float32 and round. TypeError where the package ``ml_dtypes``, which brings the dtype to
    NumPy, is not installed.

    >>> import autograd
    >>> autograd.tensor([1 / 3]).bfloat16()
    tensor([0.3340], dtype=bfloat16)
    """
    return _convert(self, dtypes.bfloat16(), False, memory_format)


@export(function=False)
def half(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as float16, recorded. As ``torch.Tensor.half``.

    >>> import autograd
    >>> autograd.ones(2).half()
    tensor([1., 1.], dtype=float16)
    """
    return _convert(self, dtypes.float16, False, memory_format)


@export(function=False)
def long(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as int64, rounded towards 0. As ``torch.Tensor.long``.

    >>> import autograd
    >>> autograd.tensor([1.7, -1.7]).long()
    tensor([ 1, -1])
    """
    return _convert(self, dtypes.int64, False, memory_format)


@export("int", function=False)
def int_(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as int32, rounded towards 0. As ``torch.Tensor.int``.

    >>> import autograd
    >>> autograd.tensor([1.7, -1.7]).int()
    tensor([ 1, -1], dtype=int32)
    """
    return _convert(self, dtypes.int32, False, memory_format)


@export(function=False)
def short(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as int16, rounded towards 0. As ``torch.Tensor.short``.

    >>> import autograd
    >>> autograd.tensor([1.7]).short()
    tensor([1], dtype=int16)
    """
    return _convert(self, dtypes.int16, False, memory_format)


@export(function=False)
def char(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as int8, rounded towards 0. As ``torch.Tensor.char``.

    >>> import autograd
    >>> autograd.tensor([1.7]).char()
    tensor([1], dtype=int8)
    """
    return _convert(self, dtypes.int8, False, memory_format)


@export(function=False)
def byte(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as uint8, rounded towards 0. As ``torch.Tensor.byte``.

    >>> import autograd
    >>> autograd.tensor([1.7]).byte()
    tensor([1], dtype=uint8)
    """
    return _convert(self, dtypes.uint8, False, memory_format)


@export("bool", function=False)
def bool_(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor as bool: False where an element is 0, True elsewhere (also at NaN). As ``torch.Tensor.bool``.

    >>> import autograd
    >>> autograd.tensor([0.0, 2.0]).bool()
    tensor([False,  True])
    """
    return _convert(self, dtypes.bool_, False, memory_format)


@export(function=False)
def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it is on the CPU. As ``torch.Tensor.cpu``.

    >>> import autograd
    >>> autograd.ones(2).cpu()
    tensor([1., 1.])
    """
    return self


@export(function=False)
def cuda(self: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Tensor:
    """RuntimeError: there is no GPU here. As ``torch.Tensor.cuda`` where PyTorch is built without CUDA.

    >>> import autograd
    >>> try:
    ...     autograd.ones(2).cuda()
    ... except RuntimeError as error:
    ...     print("cpu" in str(error))
    True
    """
    raise RuntimeError("cuda(): device must be 'cpu' (tensors live in NumPy's memory); leave the call out")


# -- questions ----------------------------------------------------------------------------------------------------------


def _array(name: str, input: Any) -> Any:
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' must be a Tensor, but got {input.__class__.__name__}")
    return input._array


@export(method=False)
def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor. As ``torch.is_tensor``.

    >>> import autograd
    >>> autograd.is_tensor(autograd.ones(1)), autograd.is_tensor(1.0)
    (True, False)
    """
    return isinstance(obj, Tensor)


@export(method=False)
def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype of ``input`` is a floating one. As ``torch.is_floating_point``; TypeError for no Tensor.

    >>> import autograd
    >>> autograd.is_floating_point(autograd.ones(1))
    True
    """
    return dtypes.is_real_float(_array("is_floating_point", input).dtype)


@export(method=False)
def is_complex(input: Tensor) -> bool:
    """Whether the dtype of ``input`` is complex: never, so far. As ``torch.is_complex``; TypeError for no Tensor.

    >>> import autograd
    >>> autograd.is_complex(autograd.ones(1))
    False
    """
    return _array("is_complex", input).dtype.kind == "c"


@export(method=False)
def is_signed(input: Tensor) -> bool:
    """Whether the dtype of ``input`` has negative numbers. As ``torch.is_signed``.

    >>> import autograd
    >>> autograd.is_signed(autograd.ones(1, dtype=autograd.uint8))
    False
    """
    return _array("is_signed", input).dtype.kind not in "ub"


@export(method=False)
def numel(input: Tensor) -> int:
    """The number of elements. As ``torch.numel``; TypeError for no Tensor.

    >>> import autograd
    >>> autograd.numel(autograd.ones(2, 3))
    6
    """
    return int(_array("numel", input).size)


@export()
def is_nonzero(input: Tensor) -> bool:
    """Whether the single element is not 0; RuntimeError where there are none or several. As ``torch.is_nonzero``.

    >>> import autograd
    >>> autograd.is_nonzero(autograd.tensor([0.0]))
    False
    """
    _array("is_nonzero", input)
    return input.__bool__()


@export(method=False)
def result_type(tensor1: Any, tensor2: Any) -> np.dtype:
    """The dtype of an arithmetic result of two tensors or numbers. As ``torch.result_type``.

    Tensors with dimensions decide before 0-d ones, and these before numbers, within a kind (bool, int, float).

    >>> import autograd
    >>> autograd.result_type(autograd.tensor([1, 2]), 1.0)
    dtype('float32')
    """
    return dtypes.result_dtype(*(t._array if isinstance(t, Tensor) else t for t in (tensor1, tensor2)))


@export(method=False)
def set_default_tensor_type(t: Any) -> None:
    """``set_default_dtype`` with a type such as ``autograd.DoubleTensor`` or its name. As ``torch.set_default_tensor_type``.

    TypeError for one that is not floating, ValueError for an unknown name.

    >>> import autograd
    >>> autograd.set_default_tensor_type("torch.DoubleTensor")
    >>> autograd.zeros(1).dtype
    dtype('float64')
    >>> autograd.set_default_tensor_type(autograd.FloatTensor)
    """
    dtypes.set_default_dtype(_named_dtype("set_default_tensor_type", t))


# -- Python functions, element by element -------------------------------------------------------------------------------


def _write(self: Tensor, name: str, values: list) -> Tensor:
    array = np.array(values, dtypes.float64 if self.is_floating_point() else None)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name}(): the function must return numbers, but returned {array.dtype} values")
    return put(self, wrap(array.astype(self.dtype).reshape(self._array.shape)), name)


@export("apply_", function=False)
def apply_(self: Tensor, callable: Callable) -> Tensor:
    """Replace each element by ``callable(element)``, in place; slow. As ``torch.Tensor.apply_``.

    Not recorded: RuntimeError where the tensor requires grad; TypeError where the function returns no number.

    >>> import autograd
    >>> autograd.tensor([1.0, 2.0]).apply_(lambda v: v + 1)
    tensor([2., 3.])
    """
    if self.requires_grad:
        raise RuntimeError("Can't call apply_() on Tensor that requires grad. Use tensor.detach().apply_() instead.")
    check_target(self, "apply_")
    return _write(self, "apply_", [_number_of(callable(v), "apply_") for v in np.ravel(self._array).tolist()])


@export("map2_", function=False)
def map2_(self: Tensor, x: Tensor, y: Tensor, callable: Callable) -> Tensor:
    """Replace each element by ``callable(element, of x, of y)``, in place; slow. As ``torch.Tensor.map2_``.

    ``x`` and ``y`` must broadcast to this one's shape; not recorded, so RuntimeError where any requires grad.

    >>> import autograd
    >>> autograd.ones(2).map2_(autograd.tensor([1.0, 2.0]), autograd.tensor(3.0), lambda a, b, c: a + b * c)
    tensor([4., 7.])
    """
    return _mapped(self, "map2_", (x, y), callable)


def _mapped(self: Tensor, name: str, others: tuple, callable: Callable) -> Tensor:
    """Each element replaced by what a function makes of it and its counterparts in ``others``."""
    if self.requires_grad or any([_array(name, t) is None or t.requires_grad for t in others]):
        raise RuntimeError(f"Can't call {name}() on Tensors that require grad. Use tensor.detach().{name}() instead.")
    check_target(self, name)
    columns = [np.ravel(self._array).tolist()]
    for t in others:
        try:
            columns.append(np.ravel(np.broadcast_to(t._array, self._array.shape)).tolist())
        except ValueError as error:
            raise RuntimeError(
                f"{name}(): a tensor of shape {list(t.shape)} does not expand to {list(self.shape)}"
            ) from error
    return _write(self, name, [_number_of(callable(*row), name) for row in zip(*columns, strict=True)])


@export("map_", function=False)
def map_(self: Tensor, tensor: Tensor, callable: Callable) -> Tensor:
    """Replace each element by ``callable(element, other)`` with the other tensor's element, in place; slow.

    As ``torch.Tensor.map_``: ``tensor`` must broadcast to this one's shape; not recorded, so RuntimeError where either
    requires grad.

    >>> import autograd
    >>> autograd.ones(2).map_(autograd.tensor([1.0, 2.0]), lambda a, b: a + b)
    tensor([2., 3.])
    """
    return _mapped(self, "map_", (tensor,), callable)


def _number_of(value: Any, name: str) -> Any:
    """A Python function's result as a number; TypeError where it is none."""
    if isinstance(value, (bool, int, float, np.generic)):
        return value
    if isinstance(value, Tensor) and value.numel() == 1:
        return value.item()
    raise TypeError(f"{name}(): the function must return a number, but returned {value.__class__.__name__}")
