"""Parameters and buffers: the tensors that a module knows as its own, some of them before their shape is known."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, ClassVar

import autograd
from autograd import Tensor


class Parameter(Tensor):
    """A Tensor that a ``Module`` registers when it is assigned as an attribute. As ``torch.nn.Parameter``.

    ``Parameter(data=None, requires_grad=True)`` shares the memory of ``data`` (an empty tensor by default) and forgets
    its history. Raises TypeError unless ``data`` is a Tensor, RuntimeError where a dtype without gradients should
    require grad.

    >>> import autograd, nn
    >>> nn.Parameter(autograd.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        super().__init__(0)  # an empty tensor, whose memory is replaced
        if data is not None:
            self.data = _checked(data, type(self).__name__)
        self.requires_grad_(requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict) -> Tensor:
        found = memo.get(id(self))
        if found is None:
            # As in PyTorch a copied parameter starts without a gradient.
            found = memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return found


class Buffer(Tensor):
    """A Tensor that a ``Module`` registers as a buffer when it is assigned as an attribute. As ``torch.nn.Buffer``.

    ``Buffer(data=None, persistent=True)`` shares the memory of ``data``; a persistent one is part of ``state_dict``.
    Raises TypeError unless ``data`` is a Tensor.

    >>> import autograd, nn
    >>> module = nn.Module()
    >>> module.steps = nn.Buffer(autograd.zeros(1))
    >>> list(module.state_dict())
    ['steps']
    """

    persistent: bool

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True) -> None:
        super().__init__(0)
        if data is not None:
            self.data = _checked(data, type(self).__name__)
            self.requires_grad_(data.requires_grad)
        self.persistent = persistent


def _checked(data: Any, name: str) -> Tensor:
    if not isinstance(data, Tensor):
        raise TypeError(
            f"{name}: data must be a Tensor, but got {type(data).__name__}; make one with autograd.tensor(...)"
        )
    return data


# -- of a shape that is not known yet -------------------------------------------------------------------------------


def _converting(name: str) -> Any:
    """A conversion (``to``, ``half``, …) of what has no shape yet: another of its kind, with the other dtype."""

    def convert(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.like(getattr(self.data, name)(*args, **kwargs).dtype)

    convert.__name__, convert.__doc__ = name, f"Another one without shape, its dtype converted as by ``{name}``."
    return convert


class UninitializedTensorMixin:
    """What ``UninitializedParameter`` and ``UninitializedBuffer`` share: a dtype, no shape, and no values.

    Its dtype can be asked for and converted, and ``materialize`` gives it a shape. Asking for its shape raises
    RuntimeError, any operation on it ValueError, as in PyTorch.

    >>> from nn.parameter import UninitializedParameter, UninitializedTensorMixin
    >>> isinstance(UninitializedParameter(), UninitializedTensorMixin)
    True
    """

    cls_to_become: ClassVar[type]

    def _start(self, data: Tensor, *args: Any, **kwargs: Any) -> None:
        with self._awake() as tensor:
            tensor.__init__(data, *args, **kwargs)

    @contextlib.contextmanager
    def _awake(self) -> Iterator[Any]:
        """What it will become, for a moment: around an empty tensor that only this file sees."""
        kind = type(self)
        self.__class__ = kind.cls_to_become
        try:
            yield self
        finally:
            self.__class__ = kind

    @property
    def _array(self) -> Any:
        """The engine asks for this to compute with a tensor: so that no operation takes it for an empty one."""
        raise ValueError(
            f"Attempted to use an uninitialized parameter or buffer ({type(self).__name__}). It belongs to a lazy module: "
            "call the model once with a batch, which gives it its shape; or call materialize(shape) on it."
        )

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Give it a shape: it becomes a ``Parameter`` or ``Buffer`` with memory of that size, not initialised.

        >>> from nn.parameter import UninitializedParameter
        >>> weight = UninitializedParameter()
        >>> weight.materialize((2, 3))
        >>> type(weight).__name__, weight.shape
        ('Parameter', autograd.Size([2, 3]))
        """
        data = autograd.empty(shape, device=device, dtype=self.dtype if dtype is None else dtype)
        self.__class__ = type(self).cls_to_become
        self.data = data

    @property
    def shape(self) -> Any:
        """Not known: raises RuntimeError."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. Call the lazy module with a batch first; "
            "where load_state_dict raises this, the state dict was made before the module's shapes were known."
        )

    @property
    def data(self) -> Any:
        """An empty tensor of its dtype; setting it sets the dtype."""
        with self._awake() as tensor:
            return tensor.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        with self._awake() as tensor:
            type(tensor).data.fset(tensor, value)

    @property
    def dtype(self) -> Any:
        """The dtype that it will have."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """1, as for PyTorch's."""
        return 1

    def size(self, dim: int | None = None) -> Any:
        """``Size([0])``, as for PyTorch's."""
        return self.data.size(dim)

    def is_floating_point(self) -> bool:
        """Whether its dtype is a floating one."""
        return self.data.is_floating_point()

    def is_complex(self) -> bool:
        """Whether its dtype is a complex one."""
        return self.data.is_complex()

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Switch whether it will be recorded; returns it."""
        with self._awake() as tensor:
            tensor.requires_grad_(requires_grad)
        return self

    def like(self, dtype: Any) -> Any:
        """Another one without shape, of ``dtype``."""
        return type(self)(self.requires_grad, None, dtype)  # type: ignore[call-arg, attr-defined]

    def copy_(self, src: Any, non_blocking: bool = False) -> Any:
        """Nothing, from another one without shape; ValueError from a tensor with values."""
        if not isinstance(src, UninitializedTensorMixin):
            raise ValueError(f"copy_: {type(self).__name__} has no shape yet; call materialize(shape) first")
        return self

    def share_memory_(self) -> Any:
        """There is no memory yet: raises RuntimeError."""
        raise RuntimeError("Can't share memory on an uninitialized parameter or buffer. Call the lazy module first.")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            memo[id(self)] = self.like(self.dtype)
        return memo[id(self)]

    def __reduce__(self) -> Any:
        return type(self), (self.requires_grad, None, self.dtype)  # type: ignore[attr-defined]


for _name in ("to", "type", "half", "float", "double", "char", "short", "int", "long", "cpu"):
    setattr(UninitializedTensorMixin, _name, _converting(_name))


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose shape is not known yet, as lazy modules have. As ``torch.nn.parameter.UninitializedParameter``.

    ``UninitializedParameter(requires_grad=True, device=None, dtype=None)``; ``materialize(shape)`` makes it a
    ``Parameter``. RuntimeError where its shape is asked for, ValueError where it is computed with.

    >>> import nn
    >>> nn.UninitializedParameter()
    <UninitializedParameter>
    """

    cls_to_become = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        self._start(autograd.empty(0, device=device, dtype=dtype), requires_grad)


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A buffer whose shape is not known yet, as lazy modules have. As ``torch.nn.parameter.UninitializedBuffer``.

    ``UninitializedBuffer(requires_grad=False, device=None, dtype=None, persistent=True)``; ``materialize(shape)`` makes
    it a ``Buffer``. RuntimeError where its shape is asked for, ValueError where it is computed with.

    >>> import nn
    >>> nn.UninitializedBuffer()
    <UninitializedBuffer>
    """

    cls_to_become = Buffer

    def __init__(
        self, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> None:
        self._start(autograd.empty(0, device=device, dtype=dtype), persistent=persistent)
        self.requires_grad_(requires_grad)

    def like(self, dtype: Any) -> UninitializedBuffer:
        """Another one without shape, of ``dtype``."""
        return type(self)(self.requires_grad, None, dtype, self.persistent)

    def __reduce__(self) -> Any:
        return type(self), (self.requires_grad, None, self.dtype, self.persistent)


def is_lazy(param: Any) -> bool:
    """Whether ``param`` is an ``UninitializedParameter`` or ``UninitializedBuffer``. As ``torch.nn.parameter.is_lazy``.

    >>> import autograd, nn
    >>> nn.parameter.is_lazy(nn.UninitializedParameter()), nn.parameter.is_lazy(nn.Parameter(autograd.ones(1)))
    (True, False)
    """
    return isinstance(param, UninitializedTensorMixin)


__all__ = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter"]
