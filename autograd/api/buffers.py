"""Tensors over memory that somebody else gives, or of a memory layout that the caller chooses."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.arguments import int_tuple
from autograd.api.create import filled
from autograd.api.export import export
from autograd.dispatch import wrap
from autograd.factory import check_options, made, pick_dtype, sizes_from, warn
from autograd.inplace import share_constant
from autograd.kernels import memory as kernel
from autograd.tensor import Tensor

# -- layouts ------------------------------------------------------------------------------------------------------------


def _chosen(dtype: Any) -> np.dtype:
    return pick_dtype(dtype) or dtypes.get_default_dtype()


def _strided(name: str, size: Any, stride: Any, dtype: np.dtype) -> np.ndarray:
    """An array of a shape and steps in elements, its values not set."""
    shape = sizes_from((tuple(size),), name)
    steps = int_tuple(stride, name, "stride")
    if len(shape) != len(steps):
        raise RuntimeError(
            f"{name}(): dimensionality of sizes ({len(shape)}) must match dimensionality of strides ({len(steps)})"
        )
    if min(steps, default=0) < 0:
        raise RuntimeError(f"{name}(): strides must not be negative, but got {list(steps)}")
    count = 0 if 0 in shape else 1 + sum([(n - 1) * s for n, s in zip(shape, steps, strict=True)])
    return kernel.strided(np.empty(max(count, 1), dtype), shape, steps, 0)


@export(method=False)
def empty_strided(
    size: Any, stride: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """A tensor of a ``size``, with the given ``stride`` (steps in elements), its values not set.

    As ``torch.empty_strided``; RuntimeError where the two differ in length or a number is negative.

    >>> import autograd
    >>> autograd.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    check_options("empty_strided", device, layout)
    return made(_strided("empty_strided", size, stride, _chosen(dtype)), requires_grad)


@export(function=False)
def new_empty_strided(
    self: Tensor, size: Any, stride: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    layout: Any = None, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """``empty_strided`` in this tensor's dtype. As ``torch.Tensor.new_empty_strided``.

    >>> import autograd
    >>> autograd.ones(2).new_empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    check_options("new_empty_strided", device, layout)
    return made(_strided("new_empty_strided", size, stride, pick_dtype(dtype) or self.dtype), requires_grad)


@export(method=False)
def empty_permuted(
    size: Any, physical_layout: Any, *, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """A tensor without gaps whose dimensions lie in memory in the order ``physical_layout``, its values not set.

    As ``torch.empty_permuted``; RuntimeError where that does not name each dimension once.

    >>> import autograd
    >>> autograd.empty_permuted((2, 3, 4), (0, 2, 1)).stride()
    (12, 1, 3)
    """
    check_options("empty_permuted", device, layout)
    shape = sizes_from((tuple(size),), "empty_permuted")
    order = int_tuple(physical_layout, "empty_permuted", "physical_layout")
    if len(order) != len(shape):
        raise RuntimeError(
            f"empty_permuted(): number of dimensions in size ({len(shape)}) does not match the length of the "
            f"physical_layout ({len(order)})"
        )
    if sorted(order) != list(range(len(shape))):
        raise RuntimeError(f"empty_permuted(): physical_layout must name each dimension once, but got {order}")
    steps = dict(zip(order, kernel.row_major(tuple([shape[d] for d in order])), strict=True))
    stride = [steps[d] for d in range(len(shape))]
    return made(_strided("empty_permuted", shape, stride, _chosen(dtype)), requires_grad)


@export(method=False)
def scalar_tensor(
    s: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """A 0-d tensor with the number ``s``, of the default dtype also for ints. As ``torch.scalar_tensor``.

    TypeError for anything but a number.

    >>> import autograd
    >>> autograd.scalar_tensor(3)
    tensor(3.)
    """
    check_options("scalar_tensor", device, layout)
    if isinstance(s, (np.generic, Tensor)) and s.ndim == 0:
        s = s.item()
    if not isinstance(s, (bool, int, float)):
        raise TypeError(f"scalar_tensor(): argument 's' must be a number, not {type(s).__name__}")
    return made(filled("scalar_tensor", np.empty((), _chosen(dtype)), s), requires_grad)


# -- given memory ---------------------------------------------------------------------------------------------------------


@export(method=False)
def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A vector over the memory of an object with Python's buffer protocol (bytes, bytearray, array, memoryview).

    ``count`` elements (-1: all) of ``dtype`` from byte ``offset`` on. The memory is shared; a read-only one is warned
    about, and writing into the tensor is then a RuntimeError. ValueError where the numbers do not fit the buffer. As
    ``torch.frombuffer``.

    >>> import autograd
    >>> autograd.frombuffer(bytearray([1, 0, 2, 0]), dtype=autograd.int16)
    tensor([1, 2], dtype=int16)
    """
    wanted = pick_dtype(dtype)
    if wanted is None:
        raise TypeError("frombuffer(): argument 'dtype' must be a dtype, not None")
    try:
        size = memoryview(buffer).nbytes
    except TypeError:
        raise ValueError("frombuffer(): object does not implement Python buffer protocol.") from None
    width = wanted.itemsize
    if size == 0 or count == 0:
        raise ValueError(f"frombuffer(): both buffer length ({size}) and count ({count}) must not be 0")
    if not 0 <= offset < size:
        raise ValueError(
            f"frombuffer(): offset ({offset} bytes) must be non-negative and no greater than buffer length ({size} "
            "bytes) minus 1"
        )
    if count < 0 and (size - offset) % width:
        raise ValueError(
            f"frombuffer(): buffer length ({size - offset} bytes) after offset ({offset} bytes) must be a multiple of "
            f"element size ({width})"
        )
    if count > 0 and offset + count * width > size:
        raise ValueError(
            f"frombuffer(): requested buffer length ({count} * {width} bytes) after offset ({offset} bytes) must not "
            f"be greater than actual buffer length ({size} bytes)"
        )
    array = np.frombuffer(buffer, wanted, count, offset)
    if not array.flags.writeable:
        warn("frombuffer: the given buffer is not writable; writing into the tensor will be an error")
    return share_constant(array.view(wanted)).requires_grad_(requires_grad)


@export(method=False)
def from_file(
    filename: Any, shared: bool | None = None, size: int | None = 0, *, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """A vector of ``size`` numbers mapped from a file; with ``shared`` writes go to the file, which is made if need be.

    As ``torch.from_file``; RuntimeError where the file cannot be opened or is too small.

    >>> import autograd, os, tempfile
    >>> name = os.path.join(tempfile.mkdtemp(), "numbers")
    >>> t = autograd.from_file(name, shared=True, size=2).fill_(1.5)
    >>> autograd.from_file(name, size=2)
    tensor([1.5000, 1.5000])
    """
    check_options("from_file", device, layout)
    from pathlib import Path  # noqa: PLC0415 - would be a tenth of the import time

    wanted, path, count = _chosen(dtype), Path(filename), size or 0
    needed = count * wanted.itemsize
    try:
        if shared:
            with path.open("ab") as file:
                file.truncate(max(file.tell(), needed))
        have = path.stat().st_size
        if have < needed:
            raise RuntimeError(f"from_file(): file <{path}> has size {have} < {needed} bytes")
        flat = np.memmap(path, wanted, "r+" if shared else "c", shape=(count,)) if count else np.empty(0, wanted)
    except OSError as error:
        raise RuntimeError(f"from_file(): unable to open file <{path}>: {error.strerror}") from error
    return wrap(np.asarray(flat)).requires_grad_(requires_grad)
