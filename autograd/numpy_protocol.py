"""NumPy's functions on Tensors: ``np.exp(t)``, ``array - t``, ``np.concatenate([t, u])`` run and record.

NumPy asks a Tensor among its arguments what to do (``__array_ufunc__``, ``__array_function__``, NEP 13 and 18). One
table look-up leads to the operation; ``numpy_functions`` holds those whose arguments have to be translated. What is not
in a table raises TypeError: never an object array, never a result cut off from its history. Names of operations are
looked up in ``autograd`` when first used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.factory import pick_dtype
from autograd.inplace import share_constant
from autograd.out import copy_back
from autograd.tensor import Tensor

__all__: list[str] = []

ag: Any = sys.modules["autograd"]  # its names are looked up when they are used: they come after this module

# Universal functions: NumPy's name → the public name of the operation, where the two differ.
RENAMED = {
    "subtract": "sub", "multiply": "mul", "divide": "div", "negative": "neg", "power": "pow", "absolute": "abs",
    "fabs": "abs", "rint": "round", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "degrees": "rad2deg", "radians": "deg2rad",
    "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
    "invert": "bitwise_not", "left_shift": "bitwise_left_shift", "right_shift": "bitwise_right_shift",
}  # fmt: skip
SAME = """
    add float_power remainder fmod floor_divide hypot logaddexp logaddexp2 heaviside copysign nextafter maximum minimum
    fmax fmin exp exp2 expm1 log log2 log10 log1p sqrt square reciprocal sign sin cos tan sinh cosh tanh deg2rad rad2deg
    floor ceil trunc positive isnan isinf isfinite signbit logical_and logical_or logical_xor logical_not
    bitwise_and bitwise_or bitwise_xor gcd lcm ldexp
""".split()  # noqa: SIM905 - a list of names reads better as text
REDUCTIONS = {
    "add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all", "logical_or": "any",
}  # fmt: skip
SCANS = {"add": "cumsum", "multiply": "cumprod", "maximum": "cummax", "minimum": "cummin"}

_ufuncs: dict[Any, Callable] = {}  # filled as they are used
_names: dict[Any, str] = {getattr(np, name): name for name in SAME} | {
    getattr(np, numpy_name): name for numpy_name, name in RENAMED.items()
}
_special: dict[Any, Callable] = {}  # universal functions that need more than another name
functions: dict[Any, Callable] = {}  # NumPy's other functions


def implements(*stands_for: Any) -> Callable:
    """Enter the decorated function as what these NumPy functions do on Tensors; it takes NumPy's arguments."""

    def register(function: Callable) -> Callable:
        for numpy_function in stands_for:
            (_special if isinstance(numpy_function, np.ufunc) else functions)[numpy_function] = function
        return function

    return register


def operation(name: str) -> Callable:
    """The public function ``autograd.name``; TypeError where there is none."""
    found = ag
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is None:
        raise TypeError(f"this NumPy function needs autograd.{name}, which does not exist")
    return found


def as_operand(value: Any) -> Any:
    """A Tensor, or a Python number, from what NumPy takes: arrays share their memory, lists are copied."""
    if isinstance(value, (Tensor, float, int)) and not isinstance(value, np.generic):
        return value
    if isinstance(value, np.ndarray):
        return share_constant(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return share_constant(np.asarray(value))
    return value


def _known(kinds: Any) -> bool:
    return all(issubclass(k, (Tensor, np.ndarray, np.generic, int, float, list, tuple, type(None))) for k in kinds)


def check_target(name: str, out: Any) -> Any:
    """The Tensor given as ``out=``, or None; TypeError for an array, whose history nobody could follow."""
    if isinstance(out, tuple):
        if len(out) > 1 and any(o is not None for o in out):
            raise TypeError(f"numpy.{name}(): out= for several results is not supported on Tensors")
        out = out[0] if out else None
    if out is not None and not isinstance(out, Tensor):
        raise TypeError(
            f"numpy.{name}(): a result computed from a Tensor cannot be written into a {type(out).__name__} (by out= or "
            "by an in-place operator such as +=), because the array would be cut off from its history. Write "
            "`array = array + tensor` to record, or use tensor.detach().numpy() to compute with arrays."
        )
    return out


# -- universal functions ------------------------------------------------------------------------------------------------


def _array_ufunc(self: Tensor, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """What NumPy calls for a universal function with a Tensor among its arguments."""
    function = _ufuncs.get(ufunc)
    if function is not None and method == "__call__" and not kwargs:
        try:
            return function(*inputs)
        except TypeError:  # a list, or something that only NumPy or its own class knows
            if _known(map(type, inputs)) and list not in map(type, inputs):
                raise
    return _ufunc_slow(ufunc, method, inputs, kwargs)


def _ufunc_slow(ufunc: Any, method: str, inputs: tuple, kwargs: dict[str, Any]) -> Any:
    """A universal function used for the first time, with keywords, or by one of its methods."""
    name = ufunc.__name__
    out = kwargs.pop("out", None)
    if not _known([type(i) for i in (*inputs, *(out or ()))]):
        return NotImplemented
    target = check_target(name, out)
    operands = tuple(as_operand(i) for i in inputs)
    if method == "__call__":
        result = _call(ufunc, operands, kwargs)
    elif method == "outer":
        first, second = (i if isinstance(i, Tensor) else share_constant(np.asarray(i)) for i in operands)
        result = _call(ufunc, (first.reshape((*first.shape, *[1] * second.ndim)), second), kwargs)
    elif method in {"reduce", "accumulate"}:
        table = REDUCTIONS if method == "reduce" else SCANS
        if name not in table:
            _unsupported(f"{name}.{method}")
        result = _along(f"{name}.{method}", table[name], operands[0], kwargs)
    else:
        _unsupported(f"{name}.{method}")
    if target is None:
        return result
    copy_back(result, target, f"numpy.{name}", inputs)
    return target


def _call(ufunc: Any, operands: tuple, kwargs: dict[str, Any]) -> Any:
    """Call the operation of a universal function; ``dtype=`` converts the operands, as in NumPy."""
    dtype = kwargs.pop("dtype", None)
    left = {k: v for k, v in kwargs.items() if not _harmless(k, v)}
    if left:
        raise TypeError(f"numpy.{ufunc.__name__}(): {', '.join(f'{k}=' for k in left)} is not supported on Tensors")
    if dtype is not None:
        wanted = pick_dtype(dtype)
        operands = tuple(o.to(wanted) if isinstance(o, Tensor) else o for o in operands)
    function = _ufuncs.get(ufunc)
    if function is None:
        if ufunc in _names:
            function = operation(_names[ufunc])
        elif ufunc in _special:
            function = _special[ufunc]
        else:
            _unsupported(ufunc.__name__)
        _ufuncs[ufunc] = function
    return function(*operands)


def _harmless(keyword: str, value: Any) -> bool:
    """Whether a keyword has the value that changes nothing."""
    default = {"where": (True,), "casting": ("same_kind",), "order": ("K", "C"), "subok": (True, False)}
    return any(value is d or (isinstance(value, str) and value == d) for d in default.get(keyword, ()))


def _along(name: str, own: str, operand: Any, kwargs: dict[str, Any]) -> Any:
    """``ufunc.reduce`` and ``ufunc.accumulate``, as the NumPy functions that do the same; along axis 0 by default."""
    kwargs = {k: v for k, v in kwargs.items() if v is not None or k == "axis"}
    if kwargs.pop("initial", np._NoValue) is not np._NoValue or kwargs.pop("where", True) is not True:
        raise TypeError(f"numpy.{name}(): initial= and where= are not supported on Tensors")
    kwargs.setdefault("axis", 0)
    if own in {"cummax", "cummin"}:
        return operation(own)(operand, kwargs["axis"])[0]
    return functions[getattr(np, own)](operand, **kwargs)


# -- other functions ----------------------------------------------------------------------------------------------------


def _array_function(self: Tensor, func: Any, types: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What NumPy calls for any other function with a Tensor among its arguments."""
    function = functions.get(func)
    if function is None:
        _unsupported(_name(func))
    if not _known(types):
        return NotImplemented
    if not kwargs:
        return function(*args)
    return _function_slow(func, function, args, kwargs)


def _function_slow(func: Any, function: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """A function with keywords: ``out=``, and those that change nothing."""
    name = _name(func)
    target = check_target(name, kwargs.get("out"))
    given = {k: v for k, v in kwargs.items() if k != "out" and v is not np._NoValue and not _harmless(k, v)}
    code = function.__code__
    known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    unknown = [k for k in given if k not in known] if not code.co_flags & 0x08 else []
    if unknown:
        raise TypeError(f"numpy.{name}(): {', '.join(f'{k}=' for k in unknown)} is not supported on Tensors")
    result = function(*args, **given)
    if target is None:
        return result
    copy_back(result, target, f"numpy.{name}", args)
    return target


def _name(func: Any) -> str:
    """NumPy's public name of a function."""
    module = getattr(func, "__module__", "numpy").partition(".")[2]
    return f"{module}.{func.__name__}" if module and not module.startswith("_") else func.__name__


def _unsupported(name: str) -> NoReturn:
    raise TypeError(
        f"numpy.{name} is not supported on Tensors: it has no recorded operation. Use one of autograd's functions, or "
        f"compute with arrays: numpy.{name}(tensor.detach().numpy(), ...), which records nothing."
    )


Tensor.__array_ufunc__ = _array_ufunc  # type: ignore[attr-defined]
Tensor.__array_function__ = _array_function  # type: ignore[attr-defined]

from autograd import numpy_functions, numpy_linalg, numpy_selection  # noqa: E402, F401 - fill the tables above
