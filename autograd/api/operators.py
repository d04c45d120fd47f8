"""Python's operators on Tensors, comparisons, and the in-place forms of what NumPy computes in one pass.

``+ − * /`` and the like are the dispatchers of the operations themselves: no function stands in between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import modes
from autograd.api.arguments import old_alpha, without_old
from autograd.api.arithmetic import add, check_no_bool, div, positive, sub
from autograd.api.export import add as enter
from autograd.api.export import export, methods
from autograd.dispatch import quiet, wrap
from autograd.inplace import View, apply, note_write
from autograd.op import registry
from autograd.ops import arithmetic, compare, elementwise
from autograd.tensor import Tensor

KNOWN = (Tensor, int, float, np.ndarray, np.generic)

# -- comparisons ------------------------------------------------------------------------------------------------------


def _comparison(op: Any, operator: bool) -> Callable:
    """The front end of a comparison; as an operator it leaves operands that it does not know to Python."""
    forward, general = op.forward, op.function

    def call(input: Any, other: Any, *, out: Tensor | None = None) -> Any:
        try:
            x = input._array
            kind = type(other)
            if kind is float or kind is int:
                y = other
                direct = x.dtype.kind == "f"
            else:
                y = other._array
                direct = x.dtype is y.dtype
            if direct and out is None:
                return wrap(quiet(forward, x, y))
        except (AttributeError, ValueError, OverflowError, RuntimeError):
            pass  # an array, shapes that do not fit, another thread: answered or explained by the long way
        if not isinstance(other, KNOWN):
            if operator:
                return NotImplemented
            raise TypeError(f"{op.name}(): argument 'other' must be a Tensor or a number, not {type(other).__name__}")
        return general(input, other, out=out)

    call.__name__ = call.__qualname__ = op.name
    return call


def _comparison_doc(name: str, what: str, result: str) -> str:
    return (
        f"Whether ``input`` is {what} ``other``, element by element. As ``torch.{name}``.\n\n"
        "Tensors and numbers broadcast (RuntimeError where they cannot) and are promoted to one dtype; the result is\n"
        "bool and has no gradient. NaN is not equal to anything, and neither less nor greater.\n\n"
        ">>> import autograd\n"
        f">>> autograd.{name}(autograd.tensor([1.0, 2.0, 3.0]), 2)\n"
        f"tensor({result})\n"
    )


_COMPARISONS = (
    (compare.eq, "", "equal to", "[False,  True, False]"),
    (compare.ne, "not_equal", "different from", "[ True, False,  True]"),
    (compare.lt, "less", "less than", "[ True, False, False]"),
    (compare.le, "less_equal", "at most", "[ True,  True, False]"),
    (compare.gt, "greater", "greater than", "[False, False,  True]"),
    (compare.ge, "greater_equal", "at least", "[False,  True,  True]"),
)
for _op, _alias, _what, _result in _COMPARISONS:
    _front = _comparison(_op, operator=False)
    _front.__doc__ = _comparison_doc(_op.name, _what, _result)
    for _name in filter(None, (_op.name, _alias)):
        enter(_name, _front, function=True, method=True, inplace=True)
    _dunder = f"__{_op.name}__"
    _front = _comparison(_op, operator=True)
    _front.__doc__ = f"Whether ``self`` is {_what} ``other``, element by element."
    enter(_dunder, _front, function=False, method=True, inplace=False)

# -- operators ------------------------------------------------------------------------------------------------------------

for _dunder, _op in {
    "__add__": arithmetic.add,
    "__radd__": arithmetic.add,
    "__sub__": arithmetic.sub,
    "__mul__": arithmetic.mul,
    "__rmul__": arithmetic.mul,
    "__truediv__": arithmetic.div,
    "__floordiv__": arithmetic.floor_divide,
    "__mod__": arithmetic.remainder,
    "__pow__": arithmetic.pow,
    "__neg__": elementwise.neg,
    "__abs__": elementwise.abs,
}.items():
    enter(_dunder, _op.function, function=False, method=True, inplace=False)
enter("__pos__", positive, function=False, method=True, inplace=False)


def _enter_operator(dunder: str, op: Any, reflected: bool) -> None:
    """Enter an operator that leaves operands that it does not know to Python; ``reflected``: the Tensor is on the right."""
    function = op.function

    def call(self: Tensor, other: Any) -> Any:
        if not isinstance(other, KNOWN):
            return NotImplemented
        return function(other, self) if reflected else function(self, other)

    call.__name__ = call.__qualname__ = dunder
    call.__doc__ = f"``other {op.label} self``." if reflected else f"``self {op.label} other``."
    enter(dunder, call, function=False, method=True, inplace=False)


for _name, _op in {
    "and": compare.bitwise_and,
    "or": compare.bitwise_or,
    "xor": compare.bitwise_xor,
    "lshift": compare.bitwise_left_shift,
    "rshift": compare.bitwise_right_shift,
}.items():
    _enter_operator(f"__{_name}__", _op, reflected=False)
    _enter_operator(f"__r{_name}__", _op, reflected=True)
for _name, _op in {
    "truediv": arithmetic.div,
    "floordiv": arithmetic.floor_divide,
    "mod": arithmetic.remainder,
    "pow": arithmetic.pow,
}.items():
    _enter_operator(f"__r{_name}__", _op, reflected=True)


@export("__rsub__", function=False)
def reflected_sub(self: Tensor, other: Any) -> Any:
    """``other − self``; RuntimeError for bool."""
    check_no_bool(self, other)
    return arithmetic.sub.function(other, self)


@export("__invert__", function=False)
def invert(self: Tensor) -> Tensor:
    """Each bit flipped, the negation of bools; TypeError for floats."""
    if self._array.dtype.kind not in "iub":
        raise TypeError(
            f"~ (operator.invert) is only implemented on integer and Boolean-type tensors, but got {self._array.dtype}"
        )
    return compare.bitwise_not.function(self)


@export("__divmod__", function=False)
def divide_with_rest(self: Tensor, other: Any) -> tuple[Tensor, Tensor]:
    """The quotient rounded down, and the remainder."""
    return arithmetic.floor_divide.function(self, other), arithmetic.remainder.function(self, other)


@export("__rdivmod__", function=False)
def reflected_divide_with_rest(self: Tensor, other: Any) -> tuple[Tensor, Tensor]:
    """The quotient of ``other`` and this tensor rounded down, and the remainder."""
    return arithmetic.floor_divide.function(other, self), arithmetic.remainder.function(other, self)


# -- in place -------------------------------------------------------------------------------------------------------------


def _at_once(name: str, ufunc: Callable, target: Any, other: tuple) -> bool:
    """Write ``ufunc(target, *other)`` into ``target`` at once, where nothing needs recording or converting."""
    array = getattr(target, "_array", None)
    if type(array) is not np.ndarray or not (array.flags.c_contiguous and array.flags.writeable):
        return False
    recording = not modes.off or modes.state.enabled
    if recording and (target._node is not None or type(target._view) is View):
        return False
    operands = []
    for value in other:
        if type(value) is not float and type(value) is not int:
            given = getattr(value, "_array", None)
            if given is None or given.dtype is not array.dtype or (recording and value._node is not None):
                return False
            value = given
        operands.append(value)
    try:
        quiet(ufunc, array, *operands, array)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return False  # nothing is written yet: dtypes or shapes do not fit, or another thread is in the quiet context
    note_write(array, name)
    return True


def _in_place(name: str, front: Callable, ufunc: np.ufunc) -> Callable:
    """The method that overwrites its tensor with ``front`` of it: by ``ufunc`` where that gives the same."""
    count = ufunc.nin - 1

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) == count and not kwargs and _at_once(name, ufunc, self, args):
            return self
        return apply(name, front, self, *args, **kwargs)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"``{name[:-1]}`` written into this tensor, which is returned. As ``torch.Tensor.{name}``."
    return method


def _scaled(name: str, front: Callable, ufunc: np.ufunc) -> Callable:
    """``add_`` and ``sub_``, with ``alpha``."""

    @without_old
    def method(self: Tensor, other: Any, *old: Any, alpha: Any = 1) -> Tensor:
        if old:  # add_(alpha, other)
            other, alpha = old_alpha(name, self, other, old, alpha)
        if type(alpha) is int and alpha == 1:
            if _at_once(name, ufunc, self, (other,)):
                return self
        elif type(alpha) is float and _at_once(name, lambda x, y, out: ufunc(x, y * alpha, out), self, (other,)):
            return self
        return apply(name, front, self, other, alpha=alpha)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"``{name[:-1]}`` written into this tensor, which is returned. As ``torch.Tensor.{name}``."
    return method


for _op in tuple(registry.values()):
    if _op.inplace and isinstance(_op.forward, np.ufunc):
        methods[f"{_op.name}_"] = _in_place(f"{_op.name}_", _op.function, _op.forward)
_PASSES: tuple[tuple[str, Callable, np.ufunc], ...] = (
    ("multiply_", arithmetic.mul.function, np.multiply),
    ("div_", div, np.true_divide),
    ("divide_", div, np.true_divide),
)
_SCALED: tuple[tuple[str, Callable, np.ufunc], ...] = (
    ("add_", add, np.add),
    ("sub_", sub, np.subtract),
    ("subtract_", sub, np.subtract),
)
for _name, _front, _ufunc in _SCALED:
    methods[_name] = _scaled(_name, _front, _ufunc)
for _name, _front, _ufunc in _PASSES:
    methods[_name] = _in_place(_name, _front, _ufunc)


def _assignment(dunder: str, name: str) -> None:
    """Enter ``+=`` and the like: the in-place method, for operands that it knows."""
    method = methods[name]

    def call(self: Tensor, other: Any) -> Any:
        if not isinstance(other, KNOWN):
            return NotImplemented
        return method(self, other)

    call.__name__ = call.__qualname__ = dunder
    call.__doc__ = f"``{name}``, as an operator."
    enter(dunder, call, function=False, method=True, inplace=False)


for _op in (arithmetic.floor_divide, arithmetic.remainder, compare.bitwise_and, compare.bitwise_or, compare.bitwise_xor,
            compare.bitwise_left_shift, compare.bitwise_right_shift):  # fmt: skip
    enter(_op.name, _op.function, function=True, method=True, inplace=True)
for _dunder, _name in {
    "__iadd__": "add_",
    "__isub__": "sub_",
    "__imul__": "mul_",
    "__itruediv__": "div_",
    "__ifloordiv__": "floor_divide_",
    "__imod__": "remainder_",
    "__ipow__": "pow_",
    "__iand__": "bitwise_and_",
    "__ior__": "bitwise_or_",
    "__ixor__": "bitwise_xor_",
    "__ilshift__": "bitwise_left_shift_",
    "__irshift__": "bitwise_right_shift_",
}.items():
    _assignment(_dunder, _name)
