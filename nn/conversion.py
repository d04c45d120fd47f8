"""Converting a module: the dtype and the layout of its parameters and buffers, and moves that there are none of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Self

import autograd
from autograd import Tensor, no_grad
from nn.parameter import Parameter


class Conversion:
    """How a ``Module`` converts its tensors. A part of ``Module``; not used alone."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    children: Callable[[], Iterator[Any]]

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the values of parameters, their gradients and buffers by ``fn`` of them; the objects stay."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        with no_grad():
            for parameter in self._parameters.values():
                if parameter is not None:
                    gradient = parameter.grad
                    parameter.data = fn(parameter.data)
                    if gradient is not None:
                        gradient.data = fn(gradient.detach())
            for name, buffer in self._buffers.items():
                if buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert parameters and floating buffers to a dtype: ``to(dtype)``, ``to(device, dtype)``, ``to(tensor)``.

        ``memory_format`` orders those with 4 or 5 dimensions. In place; returns the module. The only device is the CPU:
        RuntimeError for another. TypeError for a dtype that is not floating. As ``torch.nn.Module.to``.

        >>> import autograd, nn
        >>> nn.Linear(2, 1).to(autograd.float64).weight.dtype
        dtype('float64')
        """
        dtype, layout = _parse_to(args, kwargs)
        if dtype is not None:
            probe = autograd.empty(0, dtype=dtype)
            if not _is_float(probe):
                raise TypeError(f"Module.to accepts only floating-point dtypes, but got {probe.dtype}")

        def convert(t: Tensor) -> Tensor:
            found = t.to(dtype) if dtype is not None and _is_float(t) else t
            return found.to(memory_format=layout) if layout is not None and t.ndim in {4, 5} else found

        return self if dtype is None and layout is None else self._apply(convert)

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers to ``dst_type``, in place; returns the module."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Self:
        """Convert parameters and floating buffers to float32, in place; returns the module."""
        return self.to(autograd.float32)

    def double(self) -> Self:
        """Convert parameters and floating buffers to float64, in place; returns the module."""
        return self.to(autograd.float64)

    def half(self) -> Self:
        """Convert parameters and floating buffers to float16, in place; returns the module."""
        return self.to(autograd.float16)

    def bfloat16(self) -> Self:
        """Convert parameters and floating buffers to bfloat16, in place; returns the module.

        Needs the package ``ml_dtypes``, where NumPy gets that dtype from: without it a TypeError says so.
        """
        return self._apply(lambda t: t.bfloat16() if _is_float(t) else t)

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give parameters and buffers new memory that is not initialised, in place; returns the module.

        With ``recurse=False`` only this module's own. As ``torch.nn.Module.to_empty``; RuntimeError for a device other
        than the CPU.
        """
        if device is not None:
            autograd.device(device)
        return self._apply(lambda t: autograd.empty_like(t), recurse=recurse)

    def share_memory(self) -> Self:
        """The module itself: threads share its memory already, and other processes cannot. As ``Tensor.share_memory_``."""
        return self._apply(lambda t: t.share_memory_())

    def cpu(self) -> Self:
        """The module itself: it is on the CPU already."""
        return self

    def cuda(self, device: Any = None) -> NoReturn:
        """Tensors live in NumPy's memory: raises RuntimeError. Use ``to(device)`` with ``device("cpu")``."""
        _no_device("cuda", "GPU")

    def ipu(self, device: Any = None) -> NoReturn:
        """Tensors live in NumPy's memory: raises RuntimeError."""
        _no_device("ipu", "IPU")

    def xpu(self, device: Any = None) -> NoReturn:
        """Tensors live in NumPy's memory: raises RuntimeError."""
        _no_device("xpu", "XPU")

    def mtia(self, device: Any = None) -> NoReturn:
        """Tensors live in NumPy's memory: raises RuntimeError."""
        _no_device("mtia", "MTIA device")


def _no_device(method: str, what: str) -> NoReturn:
    raise RuntimeError(f"Module.{method}: tensors live in NumPy's memory, so there is no {what} to move to")


def _is_float(tensor: Tensor) -> bool:
    return tensor.is_floating_point() or tensor.is_complex()


def _parse_to(args: tuple, kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """The dtype and the memory format that the arguments of ``Module.to`` ask for, or None; a wrong device raises."""
    unknown = set(kwargs) - {"device", "dtype", "tensor", "non_blocking", "copy", "memory_format"}
    if unknown:
        raise TypeError(f"Module.to() got an unexpected keyword argument {min(unknown)!r}")
    dtype, device = kwargs.get("dtype"), kwargs.get("device")
    for value in (*args, kwargs.get("tensor")):
        if isinstance(value, Tensor):
            dtype = value.dtype
        elif isinstance(value, (autograd.device, str)):
            device = value
        elif value is not None and not isinstance(value, bool):
            dtype = value
    if device is not None:
        autograd.device(device)
    return dtype, kwargs.get("memory_format")
