"""PyTorch's functions of two and more operands that are not an operation as it stands, and the aliases."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import dtypes, return_types
from autograd.api.arguments import old_alpha, old_form, tensor_of, without_old
from autograd.api.export import add as enter
from autograd.api.export import export
from autograd.dispatch import number, operand, promoted
from autograd.inplace import apply
from autograd.op import registry
from autograd.ops import activation, arithmetic, elementwise
from autograd.ops.convert import cast
from autograd.tensor import Tensor

ALIASES = {
    "abs": "absolute",
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "mul": "multiply",
    "neg": "negative",
    "trunc": "fix",
}
for _name, _alias in ALIASES.items():
    enter(_alias, registry[_name].function, function=True, method=True, inplace=True)


def _dtype(value: Any) -> np.dtype:
    """The dtype of a Tensor or an array; of a number, the one it would have."""
    return value.dtype if hasattr(value, "dtype") else dtypes.result_dtype(value)


def _scaled(name: str, input: Any, other: Any, alpha: Any) -> Any:
    """``alpha · other`` for ``add`` and ``sub``; RuntimeError for an ``alpha`` that does not fit the result."""
    both_bool = _dtype(input) == _dtype(other) == dtypes.bool_
    alpha = number(alpha, name, "alpha")
    if alpha is True or alpha is False:
        if not both_bool:
            raise RuntimeError(f"{name}(): Boolean alpha only supported for Boolean results, but got alpha={alpha}")
    elif isinstance(alpha, float) and dtypes.is_integral(_dtype(input)) and dtypes.is_integral(_dtype(other)):
        raise RuntimeError(
            f"{name}(): For integral input tensors, argument alpha must not be a floating point number, but got {alpha}"
        )
    return arithmetic.mul.function(other, bool(alpha) if both_bool else alpha)


@export("add", inplace=True)
@without_old
def add(input: Any, other: Any, *old: Any, alpha: Any = 1, out: Tensor | None = None) -> Tensor:
    """The sum ``input + alpha · other``. As ``torch.add``.

    The operands (tensors or numbers) broadcast and are promoted to one dtype. RuntimeError where the shapes do not fit
    and where integers get a floating ``alpha``.

    >>> import autograd
    >>> autograd.add(autograd.tensor([1.0, 2.0]), autograd.tensor([10.0, 20.0]), alpha=2)
    tensor([21., 42.])
    """
    if old:
        other, alpha = old_alpha("add", input, other, old, alpha)
    if type(alpha) is not int or alpha != 1:
        other = _scaled("add", input, other, alpha)
    return arithmetic.add.function(input, other, out=out)


@export("sub", "subtract", inplace=True)
@without_old
def sub(input: Any, other: Any, *old: Any, alpha: Any = 1, out: Tensor | None = None) -> Tensor:
    """The difference ``input − alpha · other``. As ``torch.sub``.

    The operands broadcast and are promoted to one dtype. RuntimeError for bool tensors, where the shapes do not fit,
    and where integers get a floating ``alpha``.

    >>> import autograd
    >>> autograd.sub(autograd.tensor([1.0, 2.0]), 1)
    tensor([0., 1.])
    """
    if old:
        other, alpha = old_alpha("sub", input, other, old, alpha)
    check_no_bool(input, other)
    if type(alpha) is not int or alpha != 1:
        other = _scaled("sub", input, other, alpha)
    return arithmetic.sub.function(input, other, out=out)


def check_no_bool(*operands: Any) -> None:
    """RuntimeError where an operand of a subtraction is bool."""
    for value in operands:
        if value is True or value is False or (isinstance(value, Tensor) and value._array.dtype is dtypes.bool_):
            raise RuntimeError(
                "sub: Subtraction, the `-` operator, with a bool tensor is not supported. "
                "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
            )


@export("rsub", method=False)
def rsub(input: Any, other: Any, *, alpha: Any = 1, out: Tensor | None = None) -> Tensor:
    """The difference ``other − alpha · input``: ``sub`` with its operands exchanged. As ``torch.rsub``.

    >>> import autograd
    >>> autograd.rsub(autograd.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    return sub(other, input, alpha=alpha, out=out)


@export("div", "divide", inplace=True)
def div(input: Any, other: Any, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
    """The quotient ``input / other``, as it is, or rounded: ``"trunc"`` towards 0, ``"floor"`` down. As ``torch.div``.

    The operands broadcast. Without rounding, integers are divided as floats; a rounded quotient has the promoted dtype
    and the gradient 0. RuntimeError for another ``rounding_mode`` and for an integer rounded after division by 0.

    >>> import autograd
    >>> autograd.div(autograd.tensor([7.0, -7.0]), 2)
    tensor([ 3.5000, -3.5000])
    >>> autograd.div(autograd.tensor([7, -7]), 2, rounding_mode="trunc")
    tensor([ 3, -3])
    """
    if rounding_mode is None:
        return arithmetic.div.function(input, other, out=out)
    if rounding_mode == "trunc":
        return arithmetic.div_trunc.function(input, other, out=out)
    if rounding_mode == "floor":
        return arithmetic.div_floor.function(input, other, out=out)
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}")


@export("true_divide", inplace=True)
def true_divide(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
    """The quotient ``input / other``; integers are divided as floats. As ``torch.true_divide``.

    >>> import autograd
    >>> autograd.true_divide(autograd.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    """
    return arithmetic.div.function(input, other, out=out)


@export("pow", inplace=True)
def pow(input: Any, exponent: Any, *, out: Tensor | None = None) -> Tensor:
    """The power ``input ** exponent``; one of them may be a number. As ``torch.pow``.

    They broadcast and are promoted to one dtype. RuntimeError for integers to a negative integer number,
    NotImplementedError for two bool tensors, TypeError where neither is a tensor.

    >>> import autograd
    >>> autograd.pow(autograd.tensor([2.0, 3.0]), 2)
    tensor([4., 9.])
    """
    if isinstance(input, (int, float)) and isinstance(exponent, (int, float)):
        raise TypeError("pow(): argument 'input' or 'exponent' must be a Tensor, but both are numbers")
    return arithmetic.pow.function(input, exponent, out=out)


@export("float_power")
def float_power(input: Any, exponent: Any, *, out: Tensor | None = None) -> Tensor:
    """The power ``input ** exponent`` computed in float64, whatever the operands are. As ``torch.float_power``.

    The in-place form needs a float64 tensor: RuntimeError otherwise.

    >>> import autograd
    >>> autograd.float_power(autograd.tensor([2]), -1).tolist()
    [0.5]
    """
    base, power = (_double(v) for v in (input, exponent))
    if not isinstance(base, Tensor) and not isinstance(power, Tensor):
        raise TypeError("float_power(): argument 'input' or 'exponent' must be a Tensor, but both are numbers")
    return arithmetic.pow.function(base, power, out=out)


@export("float_power_", function=False)
def float_power_(self: Tensor, exponent: Any) -> Tensor:
    """``float_power`` written into this tensor, which must be float64 (RuntimeError). As ``torch.Tensor.float_power_``."""
    if self._array.dtype is not dtypes.float64:
        raise RuntimeError(
            f"float_power_: the base given to float_power_ has dtype {self._array.dtype} "
            "but the operation's result requires dtype float64"
        )
    return apply("float_power_", float_power, self, exponent)


def _double(value: Any) -> Any:
    """A tensor as float64; a number stays."""
    if isinstance(value, (int, float)):
        return float(value)
    tensor = tensor_of(value, "float_power")
    return tensor if tensor._array.dtype is dtypes.float64 else cast.function(tensor, dtypes.float64)


@export("ldexp", inplace=True)
def ldexp(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
    """``input · 2 ** other``. As ``torch.ldexp``; the operands broadcast, integers give the default floating dtype.

    >>> import autograd
    >>> autograd.ldexp(autograd.tensor([1.0]), autograd.tensor([3]))
    tensor([8.])
    """
    exponent = tensor_of(other, "ldexp", "other")
    dtype = _dtype(input)
    if dtypes.is_real_float(dtype) and dtypes.is_integral(exponent._array.dtype):
        exponent = cast.function(exponent, dtype)
    return arithmetic.mul.function(input, arithmetic.pow.function(2.0, exponent), out=out)


@export("frexp")
def frexp(input: Tensor, *, out: Any = None) -> Any:
    """``input`` as ``mantissa · 2 ** exponent``, with mantissas in [½, 1). As ``torch.frexp``.

    Returns a named tuple: mantissas of ``input``'s dtype, which must be floating (RuntimeError), exponents int32.

    >>> import autograd
    >>> autograd.frexp(autograd.tensor([10.0])).mantissa
    tensor([0.6250])
    """
    x = tensor_of(input, "frexp")
    if not dtypes.is_real_float(x._array.dtype):
        raise RuntimeError(f"frexp: only supports floating-point dtypes, but got {x._array.dtype}")
    return return_types.frexp(*arithmetic.frexp.function(x, out=out))


@export("heaviside", inplace=True)
def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The step: 0 where ``input`` is negative or NaN, ``values`` where it is 0, 1 above. As ``torch.heaviside``.

    The tensors broadcast and have one dtype: RuntimeError otherwise, and in backward, as there is no derivative.

    >>> import autograd
    >>> autograd.heaviside(autograd.tensor([-1.5, 0.0, 2.0]), autograd.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    _same_dtype("heaviside", tensor_of(input, "heaviside"), values=tensor_of(values, "heaviside", "values"))
    return arithmetic.heaviside.function(input, values, out=out)


def _same_dtype(name: str, input: Tensor, **others: Any) -> None:
    """RuntimeError that names the argument whose dtype is not that of ``input``."""
    for argument, other in others.items():
        if isinstance(other, Tensor) and other._array.dtype is not input._array.dtype:
            raise RuntimeError(
                f"{name}: expected dtype {input._array.dtype} for `{argument}` but got dtype {other._array.dtype}"
            )


@export("lerp", inplace=True)
def lerp(input: Tensor, end: Tensor, weight: Any, *, out: Tensor | None = None) -> Tensor:
    """The point ``input + weight · (end − input)`` on the way to ``end``. As ``torch.lerp``.

    ``weight`` is a number or a tensor; all broadcast and have one floating dtype (a 0-d weight any): RuntimeError
    otherwise.

    >>> import autograd
    >>> autograd.lerp(autograd.tensor([0.0, 1.0]), autograd.tensor([10.0, 2.0]), 0.5)
    tensor([5.0000, 1.5000])
    """
    start, stop = tensor_of(input, "lerp"), tensor_of(end, "lerp", "end")
    if isinstance(weight, Tensor) and weight._array.ndim == 0 and weight._array.dtype is not start._array.dtype:
        weight = cast.function(weight, start._array.dtype)
    _same_dtype("lerp", start, end=stop, weight=weight)
    if isinstance(weight, (int, float)):
        return arithmetic.lerp_number.function(start, stop, weight, out=out)
    return arithmetic.lerp.function(start, stop, tensor_of(weight, "lerp", "weight"), out=out)


@export("addcmul", inplace=True)
@old_form
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1, out: Tensor | None = None) -> Tensor:
    """``input + value · tensor1 · tensor2``. As ``torch.addcmul``.

    The tensors broadcast (RuntimeError where they cannot) and are promoted to one dtype; with integers the whole part
    of ``value`` counts. NotImplementedError for bool.

    >>> import autograd
    >>> autograd.addcmul(autograd.ones(2), autograd.ones(2), autograd.ones(2), value=0.5)
    tensor([1.5000, 1.5000])
    """
    return arithmetic.addcmul.function(input, tensor1, tensor2, value=number(value, "addcmul", "value"), out=out)


@export("addcdiv", inplace=True)
@old_form
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1, out: Tensor | None = None) -> Tensor:
    """``input + value · tensor1 / tensor2``. As ``torch.addcdiv``.

    The tensors broadcast and are promoted to one dtype. RuntimeError where both that are divided are integers.

    >>> import autograd
    >>> autograd.addcdiv(autograd.ones(2), autograd.ones(2), autograd.tensor([2.0, 4.0]), value=0.5)
    tensor([1.2500, 1.1250])
    """
    if all(dtypes.is_integral(_dtype(t)) for t in (tensor1, tensor2)):
        raise RuntimeError(
            "addcdiv: Integer division with addcdiv is no longer supported; convert one of tensor1 and tensor2 to float"
        )
    return arithmetic.addcdiv.function(input, tensor1, tensor2, value=number(value, "addcdiv", "value"), out=out)


# -- selection and bounds -------------------------------------------------------------------------------------------


@export("where", method=False)
def where(condition: Any, input: Any = None, other: Any = None, *, out: Tensor | None = None) -> Any:
    """``input`` where ``condition`` holds, else ``other``. As ``torch.where``.

    ``condition`` is a bool tensor (RuntimeError otherwise), the others are tensors or numbers; all broadcast, and the
    last two are promoted to one dtype. With ``condition`` alone: the indices of its elements, as
    ``nonzero(as_tuple=True)``.

    >>> import autograd
    >>> x = autograd.tensor([-1.0, 2.0])
    >>> autograd.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    condition = tensor_of(condition, "where", "condition")
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if condition._array.dtype is not dtypes.bool_ and condition._array.dtype is not dtypes.uint8:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition._array.dtype}"
        )
    x, y = input, other
    if not (isinstance(x, Tensor) and isinstance(y, Tensor) and x._array.dtype is y._array.dtype):
        x, y = promoted(elementwise.where, [operand(x, "where"), operand(y, "where")])
    return elementwise.where.function(condition, x, y, out=out)


@export("where", function=False)
def where_method(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """``self`` where ``condition`` holds, else ``other``. As ``torch.Tensor.where``."""
    return where(condition, self, other)


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, (int, float))


def _bound(value: Any, other: Any) -> Any:
    """A 0-d Tensor without grad beside a number as a number; all else as it is."""
    beside = isinstance(other, (int, float)) and isinstance(value, Tensor)
    return value.item() if beside and value._array.ndim == 0 and value._node is None else value


@export("clamp", "clip", inplace=True)
def clamp(input: Tensor, min: Any = None, max: Any = None, *, out: Tensor | None = None) -> Tensor:
    """``input``, but at least ``min`` and at most ``max``, both numbers or both tensors. As ``torch.clamp``.

    Bounds that cross give ``max``; NaN stays. Shapes broadcast, dtypes are promoted. The gradient is 1 on a bound and 0
    beyond. RuntimeError where no bound is given, TypeError for a number with a tensor.

    >>> import autograd
    >>> autograd.clamp(autograd.tensor([-1.0, 0.5, 3.0]), min=0, max=1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    x = tensor_of(input, "clamp")
    if min is None and max is None:
        raise RuntimeError("clamp: At least one of 'min' or 'max' must not be None")
    if _is_number(min) and _is_number(max):
        if not dtypes.is_real_float(x._array.dtype):
            x = _widened(x, min, max)
        return elementwise.clamp.function(x, min, max, out=out)
    if isinstance(min, (int, float)) or isinstance(max, (int, float)):
        low, high = _bound(min, max), _bound(max, min)
        if _is_number(low) and _is_number(high):
            return clamp(x, low, high, out=out)
    if not (min is None or hasattr(min, "dtype")) or not (max is None or hasattr(max, "dtype")):
        given = f"min={type(min).__name__}, max={type(max).__name__}"
        raise TypeError(f"clamp(): the bounds must be both numbers or both Tensors, but got {given}")
    return elementwise.clamp_tensors.function(x, min, max, out=out)


def _widened(x: Tensor, *bounds: Any) -> Tensor:
    """Integers in the dtype that they and the bounds have together."""
    dtype = dtypes.result_dtype(x._array, *[bound for bound in bounds if bound is not None])
    if dtype is dtypes.bool_:
        raise NotImplementedError("clamp: not implemented for bool; convert first, as in x.long()")
    return x if dtype is x._array.dtype else cast.function(x, dtype)


@export("clamp_min", inplace=True)
def clamp_min(input: Tensor, min: Any, *, out: Tensor | None = None) -> Tensor:
    """``input``, but at least ``min``, a number or a tensor. As ``torch.clamp_min``; see ``clamp``.

    >>> import autograd
    >>> autograd.clamp_min(autograd.tensor([-1.0, 3.0]), 0)
    tensor([0., 3.])
    """
    return clamp(input, min=min, out=out)


@export("clamp_max", inplace=True)
def clamp_max(input: Tensor, max: Any, *, out: Tensor | None = None) -> Tensor:
    """``input``, but at most ``max``, a number or a tensor. As ``torch.clamp_max``; see ``clamp``.

    >>> import autograd
    >>> autograd.clamp_max(autograd.tensor([-1.0, 3.0]), 0)
    tensor([-1.,  0.])
    """
    return clamp(input, max=max, out=out)


# -- one operand ------------------------------------------------------------------------------------------------------


@export("positive")
def positive(input: Tensor) -> Tensor:
    """``input`` itself; RuntimeError for bool. As ``torch.positive``.

    >>> import autograd
    >>> autograd.positive(autograd.tensor([-1.0]))
    tensor([-1.])
    """
    if tensor_of(input, "positive")._array.dtype is dtypes.bool_:
        raise RuntimeError("positive: The `+` operator, on a bool tensor is not supported.")
    return input


@export("prelu")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """``input`` above 0, else ``weight · input``, with one weight, or one for each channel (dimension 1). As ``torch.prelu``.

    The weight is a scalar or a vector of ``input``'s dtype. RuntimeError for another number of weights or dtype.

    >>> import autograd
    >>> autograd.prelu(autograd.tensor([[-1.0, -1.0]]), autograd.tensor([0.5, 0.1]))
    tensor([[-0.5000, -0.1000]])
    """
    x, w = tensor_of(input, "prelu"), tensor_of(weight, "prelu", "weight")
    if x._array.dtype is not w._array.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {x._array.dtype} and {w._array.dtype}")
    if w._array.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {w._array.ndim}")
    ndim = x._array.ndim
    if w._array.size != 1:
        channels = x._array.shape[1] if ndim > 1 else 1
        if w._array.size != channels:
            raise RuntimeError(
                "prelu: Mismatch of parameter numbers and input channel size. "
                f"Found parameter numbers = {w._array.size} and channel size = {channels}."
            )
        w = w.reshape((1, channels) + (1,) * (ndim - 2))
    elif ndim == 0:
        w = w.reshape(())
    return activation.prelu.function(x, w)
