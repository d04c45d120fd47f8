"""The Tensor: an array, the node that records how it was computed, and its gradient.

Operations become methods of this class from their records (see ``autograd.api``); what stands here is what a Tensor is
without them. A 0-d result is held as a NumPy scalar, whose arithmetic is several times faster than a 0-d array's; it
becomes an array the first time its memory is shared or written (``materialise``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import dtypes, modes
from autograd.node import Handle, Leaf, Node, kind_of, make_leaf
from autograd.types import CPU, Size, device

new = object.__new__
_ARRAYS = (np.ndarray, np.generic)  # what a Tensor has outside of vmap


class Tensor:
    """An array that records what is done with it, so that gradients can be computed. As ``torch.Tensor``.

    ``Tensor(data, requires_grad=False, dtype=None)`` copies a number, a nested list or an array (Python floats become
    the default dtype); ``Tensor(2, 3)`` makes an uninitialised tensor of that shape, as in PyTorch. Prefer
    ``autograd.tensor`` in new code. Raises TypeError for data that is not numeric, RuntimeError for an integer tensor
    that should require grad.

    >>> from autograd import Tensor
    >>> x = Tensor(2.0, requires_grad=True)
    >>> y = x * x + 3 * x
    >>> y.backward()
    >>> x.grad
    tensor(7.)
    """

    __slots__ = ("__weakref__", "_array", "_grad", "_node", "_view")
    __array_priority__ = 1000
    __hash__ = object.__hash__

    _array: Any
    _grad: Tensor | None
    _node: Node | None
    _view: Any

    if TYPE_CHECKING:  # operations are attached from their records

        def __getattr__(self, name: str) -> Any: ...
        def __add__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __getitem__(self, index: Any) -> Tensor: ...

    def __init__(self, *data: Any, requires_grad: bool = False, dtype: Any = None) -> None:
        from autograd.creation import array_from, shape_from  # noqa: PLC0415 - creation makes Tensors

        self._grad = self._view = self._node = None
        if len(data) == 1 and not (type(data[0]) is int or isinstance(data[0], Size)):
            self._array = array_from(data[0], dtype, float_only=True)
        else:
            self._array = np.empty(shape_from(data), dtypes.get_default_dtype() if dtype is None else dtype)
        if requires_grad:
            self.requires_grad_()

    # -- what it is -------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions, as a ``Size``."""
        return Size(self._array.shape)

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the elements, an ``np.dtype``."""
        return self._array.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    @property
    def device(self) -> device:
        """Where the tensor lives: ``device("cpu")``."""
        return CPU

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are to be computed for this tensor; only leaves can be switched."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Switch recording for this leaf on or off, in place; returns it.

        Raises RuntimeError for a dtype that has no gradients, and for switching off a tensor that was computed.
        """
        if requires_grad and self._node is None:
            if not dtypes.is_differentiable(self._array.dtype):
                raise RuntimeError(
                    "only Tensors of floating point dtype can require gradients, "
                    f"but got {self._array.dtype}; convert first, as in x.float()"
                )
            self._node = make_leaf(self, self._array)
        elif not requires_grad and self._node is not None:
            if type(self._node) is not Leaf:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to use a computed "
                    "variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
                )
            self._node = None
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the user made this tensor (or it does not require grad)."""
        return self._node is None or type(self._node) is Leaf

    @property
    def grad_fn(self) -> Node | None:
        """The node that recorded how this tensor was computed; None for a leaf."""
        return None if type(self._node) is Leaf else self._node

    @property
    def grad(self) -> Tensor | None:
        """The accumulated gradient of a leaf (or of a tensor after ``retain_grad``), or None."""
        if self._grad is None and self._node is not None and type(self._node) is not Leaf:
            hooks = self._node.hooks
            if hooks is None or hooks.retain is None:
                _warn_non_leaf_grad()
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"assigned grad must be a Tensor or None, but got {type(value).__name__}")
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value._array.shape != self._array.shape:
                raise RuntimeError(
                    "assigned grad has data of a different size: "
                    f"expected {list(self._array.shape)}, but got {list(value._array.shape)}"
                )
            if value._array.dtype is not self._array.dtype:
                raise RuntimeError(
                    f"assigned grad has data of a different type: expected {self._array.dtype}, "
                    f"but got {value._array.dtype}"
                )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def data(self) -> Tensor:
        """The same memory without history; writes into it are not recorded (but are noticed by a later backward)."""
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"data must be set to a Tensor, but got {type(value).__name__}")
        if not (isinstance(self._array, _ARRAYS) and isinstance(value._array, _ARRAYS)):
            raise RuntimeError("vmap: data cannot be set inside a mapped function; write with copy_")
        if self._node is not None and not dtypes.is_differentiable(value._array.dtype):
            raise RuntimeError(
                f"data set to a tensor that requires gradients must be floating point, got {value.dtype}"
            )
        self._array = materialise(value)
        if type(self._node) is Leaf:
            self._node.shape, self._node.kind = self._array.shape, kind_of(self._array)

    def detach(self) -> Tensor:
        """A Tensor on the same memory that does not require grad."""
        array: Any = materialise(self)
        return wrap(array if isinstance(array, np.ndarray) else array.detached())

    def detach_(self) -> Tensor:
        """Cut this tensor off from its history, in place; returns it. A view cannot be cut: RuntimeError."""
        if hasattr(self._view, "base"):
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node = None
        if not isinstance(self._array, _ARRAYS):
            self._array = self._array.detached()
        return self

    # -- backward ---------------------------------------------------------------------------------------------------

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradients of this tensor with respect to the leaves (or ``inputs``) to their ``.grad``.

        ``gradient`` weights the elements and may be left out for a single one. As ``torch.Tensor.backward``; raises
        RuntimeError where there is no graph, where it was freed, or where a saved value was overwritten.

        >>> import autograd
        >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4.])
        """
        from autograd.differentiate import backward  # noqa: PLC0415 - the graph stands on Tensor

        backward(self, gradient, retain_graph, create_graph, inputs)

    def retain_grad(self) -> None:
        """Keep the gradient of this computed tensor in ``.grad`` after backward; nothing to do for a leaf."""
        if self._node is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if type(self._node) is not Leaf:
            import weakref  # noqa: PLC0415 - loaded already; kept off the module's names

            self._node.ask_hooks().retain = weakref.ref(self)

    @property
    def retains_grad(self) -> bool:
        """Whether ``retain_grad`` was called on this computed tensor."""
        hooks = None if self._node is None or type(self._node) is Leaf else self._node.hooks
        return hooks is not None and hooks.retain is not None

    def register_hook(self, hook: Callable) -> Handle:
        """Call ``hook(grad)`` when the gradient of this tensor is known; what it returns replaces the gradient.

        Raises RuntimeError where the tensor does not require grad. As ``torch.Tensor.register_hook``.

        >>> import autograd
        >>> x = autograd.ones(2, requires_grad=True)
        >>> handle = x.register_hook(lambda grad: 10 * grad)
        >>> x.sum().backward()
        >>> x.grad
        tensor([10., 10.])
        """
        if self._node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not isinstance(self._array, _ARRAYS):
            from autograd.lanes import check_hook  # noqa: PLC0415 - lanes stand on Tensor

            check_hook(self)
        return self._node.ask_hooks().add("tensor", hook)

    def register_post_accumulate_grad_hook(self, hook: Callable) -> Handle:
        """Call ``hook(tensor)`` each time backward has updated the ``.grad`` of this leaf; RuntimeError otherwise."""
        if type(self._node) is not Leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        return self._node.ask_hooks().add("accumulated", hook)

    # -- sizes and values -------------------------------------------------------------------------------------------

    def dim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    ndimension = dim

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension (IndexError where there is none such)."""
        if dim is None:
            return self.shape
        ndim = self._array.ndim
        if not -ndim <= dim < ndim:
            from autograd.errors import dim_message  # noqa: PLC0415 - an error path

            raise IndexError(f"size: {dim_message(dim, ndim)}")
        return self._array.shape[dim]

    def numel(self) -> int:
        """The number of elements."""
        return int(self._array.size)

    nelement = numel

    def element_size(self) -> int:
        """The bytes of one element."""
        return self._array.dtype.itemsize

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self._array.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self._array.nbytes

    def stride(self, dim: int | None = None) -> Any:
        """The step in elements along each dimension, or along ``dim``."""
        array = self._array
        steps = tuple(s // array.itemsize for s in array.strides)
        return steps if dim is None else steps[dim]

    def data_ptr(self) -> int:
        """The address of the first element."""
        return materialise(self).ctypes.data

    def is_contiguous(self) -> bool:
        """Whether the elements lie in row-major order without gaps."""
        return bool(self._array.flags.c_contiguous)

    def is_floating_point(self) -> bool:
        """Whether the dtype is a floating one."""
        return dtypes.is_real_float(self._array.dtype)

    def is_complex(self) -> bool:
        """Whether the dtype is a complex one."""
        return self._array.dtype.kind == "c"

    def is_signed(self) -> bool:
        """Whether the dtype has negative values."""
        return self._array.dtype.kind not in "ub"

    def item(self) -> Any:
        """The single element as a Python number; RuntimeError where there are none or several."""
        if self._array.size != 1:
            raise RuntimeError(
                f"a Tensor with {self._array.size} elements cannot be converted to Scalar (shape {self._array.shape})"
            )
        return self._array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self._array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The elements as a NumPy array on the same memory. As ``torch.Tensor.numpy``.

        Writes into the array are seen by the tensor. They are not recorded, and never falsify a gradient silently:
        while the array (or a view of it) lives, the graph saves copies of this memory, and a value saved before is
        checked by backward. Raises RuntimeError where the tensor requires grad, unless ``force`` or under ``no_grad()``.

        >>> import autograd
        >>> x = autograd.zeros(2)
        >>> x.numpy()[0] = 5
        >>> x
        tensor([5., 0.])
        """
        if self._node is not None and not force and modes.is_grad_enabled():
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        from autograd.inplace import hand_out  # noqa: PLC0415 - writes stand on Tensor

        return hand_out(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = self.numpy()
        if copy:
            return np.array(array, dtype)
        return array if dtype is None else array.astype(dtype, copy=False)

    # -- Python's protocols -----------------------------------------------------------------------------------------

    def __len__(self) -> int:
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self._array.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if self._array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __contains__(self, element: Any) -> bool:
        if not isinstance(element, (Tensor, int, float)):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensors and numbers, but got {type(element).__name__}"
            )
        value = element._array if isinstance(element, Tensor) else element
        return bool((self._array == value).any())

    def __bool__(self) -> bool:
        if self._array.size == 1:
            return bool(self._array)
        if self._array.size == 0:
            raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous; use all() or any()")

    def __float__(self) -> float:
        return float(self._single())

    def __int__(self) -> int:
        return int(self._single())

    def _single(self) -> Any:
        """The only element; ValueError where there is none such."""
        if self._array.size != 1:
            raise ValueError(
                f"only one element tensors can be converted to Python scalars, but got shape {list(self._array.shape)}"
            )
        return self._array.item()

    def __index__(self) -> int:
        if self._array.ndim or not dtypes.is_integral(self._array.dtype):
            raise TypeError(
                "only integer tensors of a single element can be converted to an index, "
                f"but got shape {self._array.shape} {self._array.dtype}"
            )
        return int(self._array)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self._array.ndim == 0 else object.__format__(self, spec)

    def __repr__(self) -> str:
        if not isinstance(self._array, _ARRAYS):
            from autograd.lanes import show  # noqa: PLC0415 - lanes stand on Tensor

            return show(self)
        from autograd.printing import tensor_repr  # noqa: PLC0415 - loaded when something is printed

        return tensor_repr(self)

    def __deepcopy__(self, memo: dict) -> Tensor:
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user support the deepcopy protocol; use clone() or detach()"
            )
        found = memo.get(id(self))
        if found is None:
            found = object.__new__(type(self))
            found._array = self._array.copy()
            found._grad = found._view = found._node = None
            memo[id(self)] = found
            if self._node is not None:
                found._node = make_leaf(found, found._array)
            if self._grad is not None:
                found._grad = self._grad.__deepcopy__(memo)
            _copy_attributes(self, found, memo)
        return found

    def __reduce__(self) -> Any:
        if not self.is_leaf:
            raise RuntimeError("cannot pickle a tensor that was computed; pickle tensor.detach() instead")
        return _rebuild, (type(self), np.array(self._array), self.requires_grad, getattr(self, "__dict__", None))


def _copy_attributes(source: Any, target: Any, memo: dict) -> None:
    """Copy the attributes that a subclass's instance carries."""
    import copy  # noqa: PLC0415 - loaded already by whoever calls deepcopy

    for key, value in getattr(source, "__dict__", {}).items():
        target.__dict__[key] = copy.deepcopy(value, memo)


def _rebuild(kind: type, array: np.ndarray, requires_grad: bool, attributes: dict | None) -> Tensor:
    """Make a pickled tensor again. Its dtype becomes the one object for that dtype: tests of dtypes use ``is``."""
    tensor: Any = object.__new__(kind)
    tensor._array = array.astype(dtype := dtypes.as_dtype(array.dtype), copy=False).view(dtype)
    tensor._grad = tensor._view = tensor._node = None
    if attributes:
        tensor.__dict__.update(attributes)
    return tensor.requires_grad_(requires_grad)


def wrap(array: Any) -> Tensor:
    """A Tensor around ``array``, with no history."""
    tensor = new(Tensor)
    tensor._array = array
    tensor._node = tensor._grad = tensor._view = None
    return tensor


def materialise(tensor: Tensor) -> np.ndarray:
    """The tensor's values as an array that can be shared and written, made from the NumPy scalar where it is one."""
    array = tensor._array
    if isinstance(array, np.generic):
        array = tensor._array = np.array(array)
    return array


def _warn_non_leaf_grad() -> None:
    import warnings  # noqa: PLC0415 - rare

    warnings.warn(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
        "populated during backward(). Call .retain_grad() on it before backward() to keep its gradient.",
        UserWarning,
        stacklevel=3,
    )
