"""Questions that a dense tensor of real numbers on the CPU answers by what it is, and what complex numbers would need."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.api.arguments import tensor_of
from autograd.api.convert import type as type_of
from autograd.api.export import export, methods
from autograd.factory import warn
from autograd.inplace import View
from autograd.ops import shape as ops
from autograd.ops.convert import angle as angle_op
from autograd.ops.shape import show
from autograd.tensor import Tensor, materialise

# -- properties ---------------------------------------------------------------------------------------------------------


def _flag(value: Any, text: str) -> Any:
    return property(lambda self: value, doc=text)


methods["is_cpu"] = _flag(True, "True: tensors live in the CPU's memory. As ``torch.Tensor.is_cpu``.")
for _name in ("ipu", "maia", "mkldnn", "mtia", "sparse_csr", "vulkan", "xla", "xpu"):
    methods[f"is_{_name}"] = _flag(False, f"False: what PyTorch's ``is_{_name}`` asks for does not exist here.")
methods["name"] = _flag(None, "None: tensors have no names. As ``torch.Tensor.name``.")
methods["output_nr"] = _flag(0, "0: each result has a node of its own. As ``torch.Tensor.output_nr``.")


def _volatile(self: Tensor) -> bool:
    """False, with a warning: PyTorch removed it long ago. As ``torch.Tensor.volatile``."""
    warn("volatile was removed (Variable.volatile is always False)")
    return False


def _grad_dtype(self: Tensor) -> np.dtype:
    """The dtype that a gradient of this tensor has: its own. As ``torch.Tensor.grad_dtype``."""
    return self._array.dtype


def _imag(self: Tensor) -> Tensor:
    """RuntimeError: the tensor is real. As ``torch.Tensor.imag``."""
    return imag(self)


def _real(self: Tensor) -> Tensor:
    """The tensor itself, since numbers are real. As ``torch.Tensor.real``.

    >>> import autograd
    >>> x = autograd.zeros(2)
    >>> x.real is x
    True
    """
    return self


for _name, _getter in (("volatile", _volatile), ("grad_dtype", _grad_dtype), ("imag", _imag), ("real", _real)):
    methods[_name] = property(_getter)  # type: ignore[assignment]


# -- questions ----------------------------------------------------------------------------------------------------------


def _no(name: str, what: str, function: bool = True) -> Callable:
    """A question whose answer is False."""

    def asked(input: Tensor) -> bool:
        tensor_of(input, name)
        return False

    asked.__name__ = asked.__qualname__ = name
    asked.__doc__ = f"""False: {what}. As ``torch.{"" if function else "Tensor."}{name}``; TypeError for no Tensor.

    >>> import autograd
    >>> autograd.ones(2).{name}()
    False
    """
    return export(name, function=function)(asked)


_no("is_conj", "numbers are real, so none is a conjugate")
_no("is_neg", "negation is done at once, never put off")
_no("is_distributed", "a tensor lives in one process")
_no("is_inference", "a tensor made in ``inference_mode`` can be used like any other")


@export()
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape. As ``torch.is_same_size``.

    >>> import autograd
    >>> autograd.ones(2, 3).is_same_size(autograd.zeros(2, 3))
    True
    """
    return tensor_of(input, "is_same_size")._array.shape == tensor_of(other, "is_same_size", "other")._array.shape


@export(method=False)
def typename(obj: Any) -> str:
    """The name of a tensor's type, as in ``'torch.FloatTensor'``; of another object, that of its class.

    As ``torch.typename``.

    >>> import autograd
    >>> autograd.typename(autograd.ones(1)), autograd.typename([1])
    ('torch.FloatTensor', 'list')
    """
    if isinstance(obj, Tensor):
        return type_of(obj)
    named = obj if hasattr(obj, "__qualname__") else obj.__class__
    module = getattr(named, "__module__", "") or ""
    return named.__qualname__ if module in ("", "builtins") else f"{module}.{named.__qualname__}"


# -- real numbers as complex ones -----------------------------------------------------------------------------------------


@export(method=False)
def real(input: Tensor) -> Tensor:
    """The tensor itself, since numbers are real. As ``torch.real``.

    >>> import autograd
    >>> autograd.real(autograd.tensor([1.0]))
    tensor([1.])
    """
    return tensor_of(input, "real")


@export(method=False)
def imag(input: Tensor) -> Tensor:
    """RuntimeError: the tensor is real. As ``torch.imag`` of real tensors.

    >>> import autograd
    >>> try:
    ...     autograd.imag(autograd.ones(1))
    ... except RuntimeError as error:
    ...     print("not implemented for tensors with non-complex dtypes" in str(error))
    True
    """
    raise RuntimeError(
        f"imag is not implemented for tensors with non-complex dtypes, got {tensor_of(input, 'imag').dtype}"
    )


@export("conj", "resolve_conj", "resolve_neg")
def conj(input: Tensor) -> Tensor:
    """The tensor itself, since numbers are real. As ``torch.conj``, ``resolve_conj`` and ``resolve_neg``.

    >>> import autograd
    >>> x = autograd.ones(1)
    >>> x.conj() is x
    True
    """
    return tensor_of(input, "conj")


@export(inplace=True)
def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy, since numbers are real (with ``out``, written there). As ``torch.conj_physical``.

    >>> import autograd
    >>> autograd.conj_physical(autograd.tensor([1.0, -2.0]))
    tensor([ 1., -2.])
    """
    return ops.clone.function(tensor_of(input, "conj_physical"), out=out)


@export()
def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """π where a number is negative, else 0, and NaN at NaN: the angle of a real number. As ``torch.angle``.

    Integers and bools give the default dtype. The gradient is 0.

    >>> import autograd
    >>> autograd.angle(autograd.tensor([-1.0, 0.0, 2.0]))
    tensor([3.1416, 0.0000, 0.0000])
    """
    return angle_op.function(tensor_of(input, "angle"), out=out)


# -- the same tensor, otherwise -------------------------------------------------------------------------------------------


@export(method=False)
def detach(input: Tensor) -> Tensor:
    """A tensor on the same memory that does not require grad. As ``torch.detach``.

    >>> import autograd
    >>> autograd.detach(autograd.ones(2, requires_grad=True)).requires_grad
    False
    """
    return tensor_of(input, "detach").detach()


@export(method=False)
def fill(input: Tensor, value: Any) -> Tensor:
    """A copy of ``input`` with every element ``value``, a number or a 0-d tensor. As ``torch.fill``.

    >>> import autograd
    >>> autograd.fill(autograd.zeros(2), 3)
    tensor([3., 3.])
    """
    return ops.clone.function(tensor_of(input, "fill")).fill_(value)


@export(function=False)
def as_subclass(self: Tensor, cls: Any) -> Any:
    """The tensor's memory and history as an instance of ``cls``, a subclass of Tensor. As ``torch.Tensor.as_subclass``.

    TypeError for any other class.

    >>> import autograd
    >>> class Named(autograd.Tensor):
    ...     pass
    >>> type(autograd.ones(2).as_subclass(Named)).__name__
    'Named'
    """
    if not (isinstance(cls, type) and issubclass(cls, Tensor)):
        raise TypeError(f"as_subclass(): expected a class that inherits from Tensor, but got {cls!r}")
    alias = show(ops.alias, self)
    made = object.__new__(cls)
    made._array, made._node, made._grad, made._view = alias._array, alias._node, None, alias._view
    if type(made._view) is View:
        made._view.base._view.add(made)
    return made


@export(function=False)
def module_load(self: Tensor, other: Tensor, assign: bool = False) -> Tensor:
    """What ``load_state_dict`` puts in this tensor's place: itself overwritten with ``other``, or ``other`` detached.

    RuntimeError where the shapes do not fit. As ``torch.Tensor.module_load``.

    >>> import autograd
    >>> autograd.zeros(2).module_load(autograd.ones(2))
    tensor([1., 1.])
    """
    value = tensor_of(other, "module_load", "other")
    return value.detach() if assign else self.copy_(value).detach()


@export(function=False)
def resize(self: Tensor, *sizes: Any) -> Tensor:
    """``reshape`` that may not change the number of elements; deprecated in PyTorch. As ``torch.Tensor.resize``.

    >>> import autograd
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     autograd.zeros(4).resize(2, 2).shape
    autograd.Size([2, 2])
    """
    warn("non-inplace resize is deprecated")
    shape = tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes
    if math.prod(shape) != self._array.size:
        raise RuntimeError(
            f"requested resize to {shape} ({math.prod(shape)} elements in total), but the given tensor has a size of "
            f"{tuple(self.shape)} ({self._array.size} elements); resize can only change the shape"
        )
    return show(ops.reshape, self, shape)


@export(function=False)
def resize_as(self: Tensor, tensor: Tensor) -> Tensor:
    """``resize`` to the shape of another tensor; deprecated in PyTorch. As ``torch.Tensor.resize_as``.

    >>> import autograd
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     autograd.zeros(4).resize_as(autograd.ones(2, 2)).shape
    autograd.Size([2, 2])
    """
    return resize(self, tuple(tensor_of(tensor, "resize_as", "tensor")._array.shape))


@export(function=False)
def const_data_ptr(self: Tensor) -> int:
    """The address of the first element. As ``torch.Tensor.const_data_ptr``.

    >>> import autograd
    >>> x = autograd.ones(2)
    >>> x.const_data_ptr() == x.data_ptr()
    True
    """
    return materialise(self).ctypes.data
