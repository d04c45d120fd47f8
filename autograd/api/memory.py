"""Storages: the memory behind tensors, as bytes or as numbers of one dtype, and the methods that show or exchange it."""

from __future__ import annotations

from collections.abc import Iterator
from operator import index as as_int
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.arguments import int_tuple, tensor_of
from autograd.api.export import export
from autograd.api.storage import TYPES
from autograd.api.write import leave_views
from autograd.creation import array_from
from autograd.factory import canonical, pick_dtype, warn
from autograd.inplace import _check_history, note_write, recording
from autograd.kernels import memory as kernel
from autograd.node import Leaf, kind_of
from autograd.ops.index import number
from autograd.tensor import Tensor, materialise
from autograd.types import CPU, device


class UntypedStorage:
    """The bytes of the memory behind a tensor, shared with it: ``len``, ``[i]``, ``tolist``. As ``torch.UntypedStorage``.

    ``UntypedStorage(n)`` makes new memory of n bytes. Writes are noticed by backward, as writes into the tensor are.

    >>> import autograd
    >>> storage = autograd.tensor([1, 2], dtype=autograd.uint8).untyped_storage()
    >>> storage[0] = 7
    >>> len(storage), storage.tolist()
    (2, [7, 2])
    """

    __slots__ = ("_memory",)
    dtype: np.dtype = dtypes.uint8

    def __init__(self, data: Any = 0, *, device: Any = None) -> None:
        array = np.zeros(data, self._own()) if isinstance(data, (int, np.integer)) else array_from(data, self._own())
        self._memory: np.ndarray = np.atleast_1d(array)

    def _own(self) -> np.dtype:
        return self.dtype

    @classmethod
    def over(cls, memory: np.ndarray) -> Any:
        """The storage that shows the vector ``memory``."""
        made = object.__new__(cls)
        made._memory = memory
        return made

    def __len__(self) -> int:
        return int(self._memory.size)

    def size(self) -> int:
        """The number of elements (bytes, where they have no dtype)."""
        return int(self._memory.size)

    def nbytes(self) -> int:
        """The number of bytes."""
        return int(self._memory.nbytes)

    def element_size(self) -> int:
        """The bytes of one element."""
        return int(self._memory.itemsize)

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return kernel.address(self._memory)

    def tolist(self) -> list:
        """The elements as Python numbers."""
        return self._memory.tolist()

    @property
    def device(self) -> device:
        """Where the memory is: the CPU."""
        return CPU

    @property
    def is_cuda(self) -> bool:
        """False."""
        return False

    def is_shared(self) -> bool:
        """False: other processes do not see the memory."""
        return False

    def is_pinned(self) -> bool:
        """False: memory is never pinned for a GPU."""
        return False

    def cpu(self) -> Any:
        """The storage itself: it is on the CPU."""
        return self

    def clone(self) -> Any:
        """A copy in new memory."""
        return self.over(self._memory.copy())

    def untyped(self) -> UntypedStorage:
        """The bytes of this storage."""
        return UntypedStorage.over(self._memory.view(np.uint8))

    def copy_(self, source: Any, non_blocking: bool | None = None) -> Any:
        """Overwrite this storage with another of the same size; RuntimeError where that differs."""
        if len(source) != len(self):
            raise RuntimeError(f"copy_: size does not match, self was {len(self)} but source was {len(source)}")
        return self._write(slice(None), source._memory)

    def fill_(self, value: Any) -> Any:
        """Set all elements to a number."""
        return self._write(slice(None), number(value, self._memory.dtype, "fill_"))

    def _write(self, place: Any, value: Any) -> Any:
        if not self._memory.flags.writeable:
            raise RuntimeError("the storage's memory is read-only (it came from a read-only array)")
        self._memory[place] = value
        note_write(self._memory, "storage")
        return self

    def __getitem__(self, place: Any) -> Any:
        found = self._memory[place]
        return self.over(found) if isinstance(place, slice) else found.item()

    def __setitem__(self, place: Any, value: Any) -> None:
        self._write(place, number(value, self._memory.dtype, "storage"))

    def __iter__(self) -> Iterator:
        return iter(self._memory.tolist())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UntypedStorage):
            return NotImplemented
        return self.data_ptr() == other.data_ptr() and self.nbytes() == other.nbytes()

    def __hash__(self) -> int:
        return hash((self.data_ptr(), self.nbytes()))

    def __repr__(self) -> str:
        rows = "".join(f" {value}\n" for value in self._memory.tolist())
        return f"{rows}[autograd.{self.__class__.__name__} of size {len(self)}]"


class TypedStorage(UntypedStorage):
    """The numbers in the memory behind a tensor, whatever its shape. As ``torch.TypedStorage``, deprecated there.

    ``FloatStorage(3)`` and ``FloatStorage([1.0, 2.0])`` make new ones; ``TypedStorage(data, dtype=...)`` too.

    >>> import autograd
    >>> autograd.FloatStorage([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """

    __slots__ = ("_dtype",)

    def __init__(self, data: Any = 0, *, dtype: Any = None, device: Any = None) -> None:
        self._dtype = pick_dtype(dtype) or self.__class__.dtype
        super().__init__(data, device=device)

    def _own(self) -> np.dtype:
        return self._dtype


def _typed(name: str, dtype: np.dtype | None) -> type:
    """The storage class of a dtype."""
    doc = f"""A storage of {dtype} numbers: ``{name}(size)`` or ``{name}(sequence)``. As ``torch.{name}``.

    >>> import autograd
    >>> len(autograd.{name}(2))
    2
    """
    made = type(name, (TypedStorage,), {"dtype": dtype, "__slots__": (), "__doc__": doc, "__module__": __name__})
    return export(name, method=False)(made)


TypedStorage.dtype = dtypes.float32
STORAGES = {c.dtype: _typed(f"{name.removesuffix('Tensor')}Storage", c.dtype) for name, c in TYPES.items()}
export("UntypedStorage", method=False)(UntypedStorage)
export("TypedStorage", method=False)(TypedStorage)


@export(method=False)
def is_storage(obj: Any) -> bool:
    """Whether ``obj`` is a storage. As ``torch.is_storage``.

    >>> import autograd
    >>> autograd.is_storage(autograd.ones(2).untyped_storage()), autograd.is_storage(3)
    (True, False)
    """
    return isinstance(obj, UntypedStorage)


# -- of a tensor --------------------------------------------------------------------------------------------------------


@export(function=False)
def untyped_storage(self: Tensor) -> UntypedStorage:
    """The bytes of the memory that the tensor shows (all of it, also where it shows a part).

    As ``torch.Tensor.untyped_storage``.

    >>> import autograd
    >>> autograd.zeros(4)[1:].untyped_storage().nbytes()
    16
    """
    return UntypedStorage.over(kernel.elements(materialise(self)).view(np.uint8))


@export(function=False)
def storage(self: Tensor) -> Any:
    """The numbers in the memory that the tensor shows a part of; deprecated in PyTorch. As ``torch.Tensor.storage``.

    >>> import autograd
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     autograd.arange(4)[1:].storage().tolist()
    [0, 1, 2, 3]
    """
    warn("TypedStorage is deprecated, as in PyTorch: use tensor.untyped_storage() instead of tensor.storage().")
    array = materialise(self)
    kind = STORAGES.get(array.dtype, TypedStorage)
    made = kind.over(kernel.elements(array))  # type: ignore[attr-defined]
    made._dtype = array.dtype
    return made


@export(function=False)
def storage_type(self: Tensor) -> type:
    """The class of the tensor's storage, such as ``FloatStorage``. As ``torch.Tensor.storage_type``.

    >>> import autograd
    >>> autograd.ones(2).storage_type() is autograd.FloatStorage
    True
    """
    return STORAGES.get(self.dtype, TypedStorage)


@export(function=False)
def storage_offset(self: Tensor) -> int:
    """How many elements of the memory come before the tensor's first. As ``torch.Tensor.storage_offset``.

    >>> import autograd
    >>> autograd.arange(6).reshape(2, 3)[1].storage_offset()
    3
    """
    return kernel.offset(materialise(self))


@export(function=False)
def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both show the same memory in the same shape and steps. As ``torch.Tensor.is_set_to``.

    >>> import autograd
    >>> x = autograd.ones(2)
    >>> x.is_set_to(x.detach()), x.is_set_to(x.clone())
    (True, False)
    """
    one, two = materialise(self), materialise(tensor_of(tensor, "is_set_to", "tensor"))
    return (
        one.shape == two.shape
        and one.strides == two.strides
        and one.dtype is two.dtype
        and kernel.address(one) == kernel.address(two)
    )


@export(function=False)
def is_shared(self: Tensor) -> bool:
    """False: other processes do not see the memory. As ``torch.Tensor.is_shared``.

    >>> import autograd
    >>> autograd.ones(2).is_shared()
    False
    """
    return False


@export("share_memory_", function=False)
def share_memory_(self: Tensor) -> Tensor:
    """The tensor itself: its memory is shared by threads, and not by processes. As ``torch.Tensor.share_memory_``.

    >>> import autograd
    >>> autograd.ones(2).share_memory_()
    tensor([1., 1.])
    """
    return self


@export("set_", function=False)
def set_(self: Tensor, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None) -> Tensor:
    """Make this tensor show the memory of ``source``, a tensor or a storage; of nothing, an empty one. Returns it.

    ``size``, ``stride`` (row-major by default) and ``storage_offset`` say which part, counted in elements. Nothing is
    recorded: RuntimeError where either requires grad, outside ``no_grad``. RuntimeError also for another dtype and for
    a part outside. As ``torch.Tensor.set_``.

    >>> import autograd
    >>> x, y = autograd.zeros(2), autograd.arange(4.0)
    >>> x.set_(y)[0] = 9.0
    >>> y
    tensor([9., 1., 2., 3.])
    """
    dtype = self._array.dtype
    if recording():
        _check_history(self, "set_")
        if self._node is not None or (isinstance(source, Tensor) and source._node is not None):
            raise RuntimeError("set_: derivative for set_ is not implemented; call it under no_grad, or on detach()")
    array = np.empty(0, dtype) if source is None else _shown(source, dtype, storage_offset, size, stride)
    leave_views(self)
    self._array = array
    if type(self._node) is Leaf:
        self._node.shape, self._node.kind = self._array.shape, kind_of(self._array)
    return self


def _shown(source: Any, dtype: np.dtype, start: int, size: Any, stride: Any) -> np.ndarray:
    """The array that ``set_`` gives a tensor."""
    if isinstance(source, Tensor):
        if source._array.dtype is not dtype:
            raise RuntimeError(f"set_: could not set tensor of type {source.dtype} to a tensor of type {dtype}")
        if size is None:
            return materialise(source)
        memory = kernel.elements(materialise(source))
    elif isinstance(source, UntypedStorage):
        memory = source._memory
        if isinstance(source, TypedStorage) and canonical(memory.dtype) is not dtype:
            raise RuntimeError(f"set_: expected a storage of {dtype}, but got one of {memory.dtype}")
        if not isinstance(source, TypedStorage):
            memory = memory[: memory.size // dtype.itemsize * dtype.itemsize].view(dtype)
    else:
        raise TypeError(f"set_(): argument 'source' must be a Tensor or a storage, not {source.__class__.__name__}")
    if size is None:
        return memory[start:]
    shape = int_tuple(size, "set_", "size")
    steps = kernel.row_major(shape) if stride is None else int_tuple(stride, "set_", "stride")
    return kernel.strided(memory, shape, steps, as_int(start))
