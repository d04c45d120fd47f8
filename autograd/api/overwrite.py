"""PyTorch's functions that overwrite their first argument: ``torch.exp_(x)`` is ``x.exp_()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.api.arguments import tensor_of
from autograd.api.export import add, functions
from autograd.inplace import apply
from autograd.tensor import Tensor

# Those of one argument, and for the others what an example of theirs passes besides x = 0.5.
ALONE = (
    "abs_", "acos_", "acosh_", "arccos_", "arccosh_", "arcsin_", "arcsinh_", "arctan_", "arctanh_", "asin_",
    "asinh_", "atan_", "atanh_", "ceil_", "conj_physical_", "cos_", "cosh_", "deg2rad_", "detach_", "erf_",
    "erfc_", "exp2_", "exp_", "expm1_", "fix_", "floor_", "frac_", "i0_", "log10_", "log1p_", "log2_", "log_",
    "logit_", "nan_to_num_", "neg_", "negative_", "rad2deg_", "reciprocal_", "relu_", "round_", "rsqrt_",
    "sigmoid_", "sin_", "sinc_", "sinh_", "sqrt_", "square_", "tan_", "tanh_", "trunc_", "zero_",
)  # fmt: skip
WITH = {
    "addmv_": "autograd.ones(1, 2), autograd.ones(2)",
    "as_strided_": "(1,), (1,)",
    "clamp_": "0, 1",
    "clamp_max_": "1",
    "clamp_min_": "0",
    "clip_": "0, 1",
    "fill_": "2",
    "index_put_": "(autograd.tensor([0]),), autograd.ones(1)",
    "ldexp_": "autograd.tensor([1])",
    "resize_as_": "autograd.ones(1, 1)",
    "xlogy_": "autograd.ones(1)",
}
INTEGERS = {"gcd_": "autograd.tensor([4])", "lcm_": "autograd.tensor([4])"}  # x = 6
FUNCTIONS = {"celu_": "", "selu_": "", "threshold_": "0, 1"}  # PyTorch has these as functions only


def _calling(name: str, start: str, passed: str) -> Callable:
    """The function that calls the method, or overwrites with what the function without the underscore gives."""
    if name in FUNCTIONS:

        def function(input: Tensor, *args: Any, **named: Any) -> Tensor:
            return apply(name, functions[name[:-1]], input, *args, **named)

    else:

        def function(input: Tensor, *args: Any, **named: Any) -> Tensor:
            return getattr(tensor_of(input, name), name)(*args, **named)

    function.__name__ = function.__qualname__ = name
    arguments = f"x, {passed}" if passed else "x"
    function.__doc__ = f"""``{name[:-1]}`` written into ``input``, which is returned. As ``torch.{name}``.

    RuntimeError where ``input`` may not be written; else raises as ``{name[:-1]}`` does.

    >>> import autograd
    >>> x = autograd.tensor([{start}])
    >>> autograd.{name}({arguments}) is x
    True
    """
    return function


for _names, _start in ((dict.fromkeys(ALONE, "") | WITH | FUNCTIONS, "0.5"), (INTEGERS, "6")):
    for _name, _passed in _names.items():
        _x = "1.0" if _name in {"acosh_", "arccosh_"} else _start
        add(_name, _calling(_name, _x, _passed), True, False, False)
