"""Elementwise operations beyond what the registry's tests cover: argument forms, dtypes, errors, operators, in-place forms."""

import operator

import numpy as np
import pytest

import autograd as ag
from autograd.op import registry


def words(text):
    return text.split()


DTYPES = ["float64", "float32", "float16", "int64", "int32", "uint8", "int8", "bool"]
PAIRED = ["float64", "float32", "float16", "int64", "uint8", "bool"]
FIRST, SECOND = np.array([1, 2, 0, 3]), np.array([2, 1, 3, 1])

ONE = words("""
neg negative positive reciprocal square exp exp2 expm1 log log1p log2 log10 sqrt rsqrt sin cos tan asin acos atan sinh cosh
tanh asinh acosh atanh arcsin arccos arctan arcsinh arccosh arctanh deg2rad rad2deg erf erfc erfinv lgamma digamma sigmoid
logit abs absolute sign sgn signbit floor ceil round trunc fix frac nan_to_num i0 relu isnan isinf isfinite isposinf
isneginf isreal logical_not bitwise_not
""")
TWO = words("""
add sub mul div true_divide floor_divide remainder fmod pow float_power maximum minimum fmax fmin atan2 arctan2 hypot copysign
nextafter logaddexp logaddexp2 xlogy rsub heaviside multiply divide subtract eq ne lt le gt ge greater less not_equal
greater_equal less_equal logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor bitwise_left_shift
bitwise_right_shift isclose
""")
TENSORS_ONLY = words(
    "maximum minimum fmax fmin hypot nextafter logaddexp logaddexp2 heaviside logical_and logical_or logical_xor atan2 "
    "arctan2 isclose"
)
OPERATORS = words("add sub mul truediv floordiv mod pow and_ or_ xor lshift rshift lt le gt ge eq ne")
TOLERANCE = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-9}


def values(dtype, base=FIRST):
    return base > 1 if dtype == "bool" else base.astype(dtype)


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - which one, is what is tested
        return error


def assert_same(ours, theirs, label):
    """The same values and dtype, or errors of related types."""
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs)) or isinstance(theirs, type(ours)), (label, ours, theirs)
        assert isinstance(ours, Exception), (label, ours, theirs)
        return
    assert not isinstance(ours, Exception), (label, ours, theirs)
    if not hasattr(theirs, "numpy"):
        assert ours == theirs, label
        return
    got, expected = np.asarray(ours.detach()), theirs.detach().numpy()
    assert got.dtype == expected.dtype, (label, got.dtype, expected.dtype)
    tolerance = TOLERANCE.get(str(got.dtype), 0)
    np.testing.assert_allclose(
        got.astype(float), expected.astype(float), rtol=tolerance, atol=tolerance / 10, err_msg=str(label)
    )


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


# -- against PyTorch: every dtype, methods, in-place forms -----------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("name", ONE)
def test_one_operand_in_every_dtype(torch, name):
    for dtype in DTYPES:
        for array in (values(dtype), values(dtype)[1]):
            label = (name, dtype, array.shape)
            ours, theirs = getattr(ag, name), getattr(torch, name)
            assert_same(attempt(ours, ag.tensor(array)), attempt(theirs, torch.tensor(array)), label)
            own = f"{name}_"
            assert hasattr(ag.Tensor, own) == hasattr(torch.Tensor, own), own
            if hasattr(torch.Tensor, own):
                ours, theirs = getattr(ag.Tensor, own), getattr(torch.Tensor, own)
                assert_same(attempt(ours, ag.tensor(array)), attempt(theirs, torch.tensor(array)), (own, *label))


@pytest.mark.torch
@pytest.mark.parametrize("name", TWO)
def test_two_operands_in_every_pair_of_dtypes(torch, name):
    ours, theirs, own = getattr(ag, name), getattr(torch, name), f"{name}_"
    assert hasattr(ag.Tensor, own) == hasattr(torch.Tensor, own), own
    for one in PAIRED:
        for two in PAIRED:
            for x, y in (
                (values(one), values(two, SECOND)),
                (values(one)[1], values(two, SECOND)),
                (values(one), values(two)[1]),
            ):
                if name == "pow" and one == two == "bool" and y.ndim == 0:
                    continue  # taken as a Python bool, which PyTorch takes too
                label = (name, one, two, x.shape, y.shape)
                assert_same(
                    attempt(ours, ag.tensor(x), ag.tensor(y)), attempt(theirs, torch.tensor(x), torch.tensor(y)), label
                )
                if hasattr(torch.Tensor, own) and x.ndim:
                    mine = attempt(getattr(ag.Tensor, own), ag.tensor(x), ag.tensor(y))
                    assert_same(
                        mine, attempt(getattr(torch.Tensor, own), torch.tensor(x), torch.tensor(y)), (own, label)
                    )


@pytest.mark.torch
@pytest.mark.parametrize("name", [n for n in TWO if n not in TENSORS_ONLY])
def test_a_tensor_and_a_number(torch, name):
    for dtype in DTYPES:
        for number in (2, 2.5, -1, True):
            if (name, dtype, number) in {("pow", "uint8", -1), ("pow", "bool", -1)}:
                continue  # PyTorch knows that the exponent was a number, and refuses it
            x, label = values(dtype), (name, dtype, number)
            assert_same(
                attempt(getattr(ag, name), ag.tensor(x), number),
                attempt(getattr(torch, name), torch.tensor(x), number),
                label,
            )
            own = f"{name}_"
            if hasattr(torch.Tensor, own):
                mine = attempt(getattr(ag.Tensor, own), ag.tensor(x), number)
                assert_same(mine, attempt(getattr(torch.Tensor, own), torch.tensor(x), number), (own, *label))


@pytest.mark.torch
@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_operators_with_numbers_on_both_sides_and_strangers(torch, name, dtype):
    function, x = getattr(operator, name), values(dtype)
    for other in (2, 2.5, -1, None, "a"):
        if name == "sub" and dtype == "bool":
            continue  # see test_subtraction_of_bools
        if (name == "mod" and other == "a") or (name == "mul" and other == "a"):
            continue  # str has a % and a * of its own
        assert_same(attempt(function, ag.tensor(x), other), attempt(function, torch.tensor(x), other), (name, other))
        mine, theirs = attempt(function, other, ag.tensor(x)), attempt(function, other, torch.tensor(x))
        assert_same(mine, theirs, (name, other, "reflected"))


# -- arithmetic -------------------------------------------------------------------------------------------------------


def test_alpha():
    x, y = ag.tensor([1.0, 2.0], requires_grad=True), ag.tensor([3.0, 4.0], requires_grad=True)
    ag.add(x, y, alpha=0.5).sum().backward()
    ag.sub(x, y, alpha=2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    assert y.grad.tolist() == [-1.5, -1.5]
    assert ag.add(ag.tensor([1]), ag.tensor([2]), alpha=3).tolist() == [7]
    with pytest.raises(RuntimeError, match="must not be a floating point"):
        ag.add(ag.tensor([1]), ag.tensor([2]), alpha=0.5)
    with pytest.raises(RuntimeError, match="Boolean alpha"):
        ag.add(ag.tensor([1]), 1, alpha=True)
    with pytest.raises(TypeError, match="alpha"):
        ag.sub(ag.tensor([1.0]), 1, alpha="2")


def test_subtraction_of_bools():
    mask = ag.tensor([True, False])
    for function in (lambda: ag.sub(mask, mask), lambda: 1 - mask, lambda: ag.rsub(mask, 1), lambda: mask.sub_(mask)):
        with pytest.raises(RuntimeError, match="bool tensor"):
            function()
    with pytest.raises(RuntimeError, match="bool"):
        +mask


def test_division_by_zero():
    x = ag.tensor([1, 2])
    for function in (lambda: x // 0, lambda: x % 0, lambda: ag.fmod(x, 0), lambda: ag.div(x, 0, rounding_mode="trunc")):
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            function()
    assert (x / 0).tolist() == [np.inf, np.inf]
    with pytest.raises(RuntimeError, match="rounding_mode"):
        ag.div(x, 2, rounding_mode="up")


def test_unsigned_integers_wrap():
    x = ag.tensor([1, 255], dtype=ag.uint8)
    assert (x + 300).tolist() == [45, 43]
    assert (-x).tolist() == [255, 1]
    assert (x * 2).dtype is ag.uint8
    assert (x * 1.5).dtype is ag.float32


def test_integer_powers():
    x = ag.tensor([2, 1, -1, 0])
    assert (x ** ag.tensor([-1, -2, -3, 2])).tolist() == [0, 1, -1, 0]
    with pytest.raises(RuntimeError, match="negative integer powers"):
        x**-1
    assert (x**2.0).dtype is ag.float32
    with pytest.raises(TypeError, match="numbers"):
        ag.pow(2, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rules_keep_the_dtype_beside_a_number(dtype):
    x = ag.tensor(np.array([0.5, 1.5], dtype), requires_grad=True)
    functions = (lambda t: 2**t, lambda t: t**3, lambda t: ag.xlogy(t, 2.0), lambda t: 0.0**t, lambda t: ag.atan2(t, 2.0),
                 lambda t: ag.maximum(t, 1.0), lambda t: ag.hypot(t, 3.0), lambda t: 5 % t, lambda t: 1 / t)  # fmt: skip
    for function in functions:
        (slope,) = ag.grad(function(x).sum(), x)
        assert slope.dtype == dtype
        assert slope.shape == x.shape


def test_functions_without_derivative_say_so():
    x = ag.tensor([5.0, -5.0], requires_grad=True)
    for out in (x // 2, ag.heaviside(x, ag.zeros(2))):
        assert out.requires_grad
        with pytest.raises(RuntimeError, match="not implemented"):
            out.sum().backward()


def test_float_power_in_place_needs_float64():
    with pytest.raises(RuntimeError, match="float64"):
        ag.tensor([1.0]).float_power_(2)
    x = ag.tensor([3.0], dtype=ag.float64)
    assert x.float_power_(2) is x
    assert x.tolist() == [9.0]


def test_arguments_of_one_dtype():
    for call in (
        lambda: ag.lerp(ag.ones(2), ag.ones(2, dtype=ag.float64), 0.5),
        lambda: ag.lerp(ag.ones(2), ag.ones(2), ag.ones(2, dtype=ag.float64)),
        lambda: ag.heaviside(ag.ones(2), ag.tensor([1, 2])),
        lambda: ag.isclose(ag.ones(2), ag.tensor([1, 1])),
        lambda: ag.prelu(ag.ones(2), ag.ones(1, dtype=ag.float64)),
    ):
        with pytest.raises(RuntimeError, match="float32"):
            call()
    with pytest.raises(RuntimeError, match="no longer supported"):
        ag.addcdiv(ag.tensor([1.0]), ag.tensor([2]), ag.tensor([3]))


def test_frexp_and_ldexp_are_inverse():
    x = ag.tensor([10.0, -0.3, 0.0], requires_grad=True)
    mantissa, exponent = ag.frexp(x)
    assert exponent.dtype is ag.int32
    assert ag.ldexp(mantissa, exponent).tolist() == x.tolist()
    ag.ldexp(mantissa, exponent).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 1.0]


def test_powers_of_bools():
    mask = ag.tensor([True, False])
    assert (mask**True).tolist() == [True, False]
    assert (mask**False).tolist() == [True, True]
    assert (mask**2).tolist() == [1, 0]
    with pytest.raises(NotImplementedError, match="bool"):
        mask**mask


def test_numbers_as_options():
    x = ag.tensor([1.0, 2.0])
    assert ag.addcmul(x, x, x, value=ag.tensor(2.0)).tolist() == [3.0, 10.0]
    assert ag.addcmul(ag.tensor([1]), ag.tensor([2]), ag.tensor([3]), value=2.7).tolist() == [13]
    assert ag.add(ag.tensor([True]), ag.tensor([True]), alpha=2).tolist() == [True]
    for call in (
        lambda: ag.addcmul(x, x, x, value=1j),
        lambda: ag.addcdiv(x, x, x, value="a"),
        lambda: ag.hardshrink(x, 1j),
        lambda: ag.celu(x, 1j),
        lambda: ag.threshold(x, 1j, 0),
        lambda: ag.nan_to_num(x, nan=1j),
        lambda: ag.round(x, decimals=1.5),
        lambda: ag.polygamma(1.5, x),
    ):
        with pytest.raises(TypeError, match="must be"):
            call()
    with pytest.raises(NotImplementedError, match="bool"):
        ag.addcmul(*[ag.tensor([True])] * 3)


@pytest.mark.parametrize("number", [1j, complex(1), np.complex64(1j), np.array([1j])])
def test_complex_operands_are_refused(number):
    x = ag.tensor([1.0, 2.0])
    before = x.tolist()
    functions = [ag.add, ag.sub, ag.mul, ag.div, ag.pow, ag.xlogy, ag.maximum, ag.copysign, ag.lt, ag.float_power]
    calls = [lambda f=f: f(x, number) for f in functions] + [lambda f=f: f(number, x) for f in (ag.add, ag.mul, ag.pow)]
    calls += [
        lambda: x + number,
        lambda: number * x,
        lambda: x.add_(number),
        lambda: ag.where(x > 0, x, number),
        lambda: ag.lerp(x, x, number),
        lambda: ag.exp(number),
        lambda: ag.clamp(x, number),
        lambda: ag.tensor(number),
        lambda: ag.special.zeta(x, number),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="complex"):
            call()
    assert x.tolist() == before
    for dtype in (complex, np.complex64, np.complex128):
        with pytest.raises(TypeError, match="complex tensors are not supported"):
            x.to(dtype)


def test_strangers_with_operators_of_their_own():
    class Other:
        def __radd__(self, tensor):
            return "mine"

        def __rmul__(self, tensor):
            return NotImplemented

    x = ag.tensor([1.0])
    assert x + Other() == "mine"
    assert ag.add(x, Other()) == "mine"
    for call in (lambda: ag.mul(x, Other()), lambda: x * Other()):
        with pytest.raises(TypeError, match="Other"):
            call()


# -- selection and bounds -----------------------------------------------------------------------------------------------


def test_where_forms():
    mask, x = ag.tensor([True, False]), ag.tensor([1.0, 2.0], requires_grad=True)
    assert ag.where(mask, 1, 2.5).tolist() == [1.0, 2.5]
    assert ag.where(mask, ag.tensor([1, 2]), 2.5).dtype is ag.float32
    assert ag.where(mask, x, ag.zeros(2, dtype=ag.float64)).dtype is ag.float64
    assert x.where(mask, 7).tolist() == [1.0, 7.0]
    x.where(mask, 0.0).sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]
    with pytest.raises(RuntimeError, match="boolean"):
        ag.where(ag.tensor([1, 0]), x, x)
    with pytest.raises(RuntimeError, match="must match the size"):
        ag.where(mask, ag.zeros(3), x)


def test_clamp_forms():
    x = ag.tensor([-1.0, 0.5, 3.0, np.nan])
    assert ag.clamp(x, 0, 1).tolist()[:3] == [0.0, 0.5, 1.0]
    assert ag.clip(x, max=ag.tensor(1.0)).tolist()[:3] == [-1.0, 0.5, 1.0]
    assert ag.clamp(ag.tensor([1, 2]), min=1.5).dtype is ag.float32
    assert np.isnan(x.clamp(min=0)[3].item())
    with pytest.raises(RuntimeError, match="At least one"):
        ag.clamp(x)
    with pytest.raises(TypeError, match="both numbers or both Tensors"):
        ag.clamp(x, 0, ag.tensor([1.0]))
    assert ag.clamp(x, 0, ag.tensor(1.0)).tolist()[:3] == [0.0, 0.5, 1.0]
    with pytest.raises(NotImplementedError, match="bool"):
        ag.clamp(ag.tensor([True]), ag.tensor([True]), ag.tensor([True]))
    with pytest.raises(RuntimeError, match="must fit uint8"):
        ag.clamp(ag.tensor([1], dtype=ag.uint8), 0, 300)


def test_logit_with_bounds_that_cross():
    out = ag.logit(ag.tensor([0.1, 0.9, np.nan], dtype=ag.float64), eps=0.6)
    np.testing.assert_allclose(out.numpy(), [np.log(1.5), -np.log(1.5), np.nan])


def test_lerp_takes_a_0_d_weight_of_any_dtype():
    weight = ag.tensor(0.25, dtype=ag.float64, requires_grad=True)
    out = ag.lerp(ag.tensor([1.0]), ag.tensor([3.0]), weight)
    assert out.dtype is ag.float32
    out.sum().backward()
    assert (out.tolist(), weight.grad.item()) == ([1.5], 2.0)


def test_prelu_weights():
    x = ag.tensor(-np.ones((2, 3, 2)))
    w = ag.tensor([0.1, 0.2, 0.3], dtype=ag.float64, requires_grad=True)
    out = ag.prelu(x, w)
    assert out[0, :, 0].tolist() == [-0.1, -0.2, -0.3]
    out.sum().backward()
    assert w.grad.tolist() == [-4.0, -4.0, -4.0]
    assert ag.prelu(ag.tensor(-2.0), ag.tensor([0.5])).shape == ()
    with pytest.raises(RuntimeError, match="Mismatch of parameter numbers"):
        ag.prelu(x, ag.ones(2, dtype=ag.float64))


# -- in place -------------------------------------------------------------------------------------------------------------


def test_in_place_methods_write_and_record():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    before = y
    y += 1
    y *= x
    y.exp_()
    y.sub_(x, alpha=2)
    assert y is before
    y.sum().backward()
    expected = np.exp((x.detach().numpy() + 1) * x.detach().numpy()) * (2 * x.detach().numpy() + 1) - 2
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-5)


def test_in_place_keeps_the_memory():
    x = ag.tensor([1.0, -2.0])
    array = x.numpy()
    x.add_(1).mul_(2.0).abs_().sqrt_().add_(ag.ones(2), alpha=0.5).clamp_(max=2.4).neg_()
    np.testing.assert_allclose(array, -np.minimum(np.sqrt([4.0, 2.0]) + 0.5, 2.4), rtol=1e-6)


def test_in_place_refuses():
    leaf = ag.tensor([1.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        leaf.mul_(2)
    with ag.no_grad():
        leaf.mul_(2)
    assert leaf.tolist() == [2.0]
    with pytest.raises(RuntimeError, match="can't be cast"):
        ag.tensor([1]).add_(1.5)
    with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
        ag.tensor([1.0]).add_(ag.ones(2))
    with pytest.raises(TypeError):
        ag.tensor([1.0]).__class__.add_(ag.tensor([1.0]), "a")
    x = ag.tensor([1.0])
    with pytest.raises(TypeError):
        x += None


def test_in_place_on_a_saved_value_is_noticed():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = ag.exp(x)
    with ag.no_grad():
        y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_in_place_comparison_keeps_the_dtype():
    x = ag.tensor([1.0, 2.0])
    assert x.gt_(1).dtype is ag.float32
    assert x.tolist() == [0.0, 1.0]


def test_write_into_itself_and_overlapping():
    x = ag.tensor([1.0, 2.0, 3.0])
    x.add_(x)
    x[1:].add_(x[:-1])
    assert x.tolist() == [2.0, 6.0, 10.0]


# -- dtypes and out ----------------------------------------------------------------------------------------------------


def test_functions_of_integers_give_the_default_dtype():
    ag.set_default_dtype(ag.float64)
    assert ag.exp(ag.tensor([1])).dtype is ag.float64
    assert (ag.tensor([1]) / 2).dtype is ag.float64
    ag.set_default_dtype(ag.float32)
    assert ag.erf(ag.tensor([True])).dtype is ag.float32


def test_activations_refuse_integers():
    for name in words(
        "leaky_relu elu selu celu gelu silu mish softplus logsigmoid hardsigmoid hardswish softshrink glu"
    ):
        with pytest.raises(NotImplementedError, match="int64"):
            registry[name].function(ag.tensor([1, 2]))


def test_out_argument():
    out = ag.zeros(2)
    assert ag.exp(ag.zeros(2), out=out) is out
    assert ag.add(ag.ones(2), 1, alpha=2, out=out) is out
    assert out.tolist() == [3.0, 3.0]
    mask = ag.zeros(2, dtype=ag.bool)
    assert ag.lt(out, 4, out=mask) is mask
    assert mask.tolist() == [True, True]
