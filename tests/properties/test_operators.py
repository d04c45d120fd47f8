"""Operators, products and layouts with shapes and dtypes drawn: the same results, gradients and errors as PyTorch's."""

import operator
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import autograd

try:
    import torch
except ImportError:  # the tests are marked, and skipped
    torch = None

pytestmark = pytest.mark.torch

REAL = ("float16", "float32", "float64")
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", *REAL)
few = settings(max_examples=150)


def shapes(most=3, side=3):
    return st.lists(st.integers(0, side), max_size=most).map(tuple)


def values(shape, dtype, seed=0, low=0, high=6):
    """Small numbers, which no dtype rounds and no sum overflows."""
    rng = np.random.default_rng((seed, *shape))
    return np.asarray(rng.integers(low, high, shape)).astype(dtype)


# -- one tensor in several layouts ----------------------------------------------------------------------------------

LAYOUTS = ("contiguous", "transposed", "strided", "offset", "expanded")


def tensor(lib, array, layout="contiguous", grad=True):
    """``array`` as a tensor in a layout, and the leaf it was made from, where that may require grad."""
    if layout == "expanded" and not (array.ndim and array.shape[0] > 1 and (array == array[:1]).all()):
        layout = "contiguous"
    if array.ndim == 0:
        layout = "contiguous"
    made = {
        "contiguous": lambda: (array, lambda t: t),
        "transposed": lambda: (array.T, lambda t: t.permute(*range(array.ndim - 1, -1, -1))),
        "strided": lambda: (np.repeat(array, 2, axis=-1), lambda t: t[..., ::2]),
        "offset": lambda: (np.concatenate([array[:1], array]), lambda t: t[1 if len(array) else 0 :]),
        "expanded": lambda: (array[:1], lambda t: t.expand(array.shape)),
    }
    base, view = made[layout]()
    leaf = lib.tensor(np.ascontiguousarray(base) if base.ndim else base)
    if grad and array.dtype.kind == "f":
        leaf.requires_grad_()
    return view(leaf), leaf


def plain(value):
    """What is compared of a result."""
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    if hasattr(value, "requires_grad"):
        return tuple(value.shape), str(value.dtype).replace("torch.", ""), value.requires_grad, value.detach().numpy()
    return value


def same(a, b):
    """Assert that two plain results are equal."""
    if isinstance(b, list):
        assert len(a) == len(b)
        for one, two in zip(a, b, strict=True):
            same(one, two)
    elif isinstance(b, tuple):
        assert a[:3] == b[:3]
        rough = b[1] == "float16"
        np.testing.assert_allclose(a[3], b[3], rtol=1e-2 if rough else 1e-6, atol=1e-2 if rough else 1e-7)
    else:
        assert a == b


def outcome(lib, function, made):
    """The result of a function on tensors and the gradients of the leaves, or the error on the way."""
    try:
        result = function(lib, *[view for view, _ in made])
        found = [result]
        listed = result if isinstance(result, (tuple, list)) else [result]
        parts = [r for r in listed if getattr(r, "requires_grad", False)]
        if parts:
            leaves = [leaf for _, leaf in made if isinstance(leaf, lib.Tensor) and leaf.requires_grad]
            weights = [lib.tensor(values(tuple(p.shape), str(p.dtype).replace("torch.", ""), 1, 1, 4)) for p in parts]
            grad = autograd.grad if lib is autograd else torch.autograd.grad
            found += grad(parts, leaves, weights, allow_unused=True)
    except Exception as error:  # noqa: BLE001 - compared with PyTorch's
        return error, None
    return None, plain(found)


# Derivatives that PyTorch does not have, or not for a bool exponent or base.
PYTORCH_ALONE = ("derivative for", "Subtraction, the `-` operator, with a bool tensor", "INTERNAL ASSERT FAILED")


def agree(function, *operands):
    """Both do the same with ``function(lib, *tensors)``; an operand is an array and its layout, or a number."""
    results = []
    for lib in (autograd, torch):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = [tensor(lib, *o) if isinstance(o, tuple) else (o, None) for o in operands]
            results.append(outcome(lib, function, made))
    (error, ours), (expected, theirs) = results
    if any(text in str(expected) for text in PYTORCH_ALONE):
        return
    if expected is not None:
        base = next(k for k in type(expected).__mro__ if k.__module__ == "builtins")
        assert isinstance(error, base), f"{error!r} instead of {expected!r}"
        return
    if error is not None:
        raise error
    same(ours, theirs)


# -- operators ------------------------------------------------------------------------------------------------------

OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "eq", "lt", "ge", "and_", "or_", "xor")
NUMBERS = (True, 0, 3, 2.5)


@few
@given(
    st.sampled_from(OPERATORS),
    arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=3),
    st.tuples(st.sampled_from(DTYPES), st.sampled_from(DTYPES)),
    st.tuples(st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS)),
)
def test_operators_broadcast_and_promote(name, drawn, dtypes, layouts):
    # A 0-d exponent that is true cannot be told from the number True, whose power PyTorch has.
    assume(not (name == "pow" and dtypes == ("bool", "bool") and drawn.input_shapes[1] == ()))
    operands = [
        (values(shape, dtype, k, 1), layout)
        for k, (shape, dtype, layout) in enumerate(zip(drawn.input_shapes, dtypes, layouts, strict=True))
    ]
    agree(lambda lib, a, b: getattr(operator, name)(a, b), *operands)


@few
@given(st.sampled_from(OPERATORS), shapes(2), st.sampled_from(DTYPES), st.sampled_from(NUMBERS), st.booleans())
def test_operators_take_numbers_weakly(name, shape, dtype, number, reflected):
    array = (values(shape, dtype, 0, 1), "contiguous")
    apply = getattr(operator, name)
    if name == "pow" and dtype == "bool":
        number = 3  # PyTorch has True ** True as a number's power, but not as a tensor's
    if reflected:
        agree(lambda lib, a, n: apply(n, a), array, number or 1)
    else:
        agree(lambda lib, a, n: apply(a, n), array, number or 1)


@few
@given(st.sampled_from(OPERATORS[:5]), shapes(2), st.tuples(st.sampled_from(DTYPES), st.sampled_from(DTYPES)))
def test_arrays_are_operands_like_tensors(name, shape, dtypes):
    array = values(shape, dtypes[1], 1, 1)
    apply = getattr(operator, name)
    for swap in (False, True):

        def combined(lib, a, swap=swap):
            other = array if lib is autograd else torch.from_numpy(np.array(array))
            return apply(other, a) if swap else apply(a, other)

        agree(combined, (values(shape, dtypes[0], 0, 1), "contiguous"))


@few
@given(shapes(3), shapes(3), st.sampled_from(("add", "mul", "matmul")))
def test_shapes_that_do_not_fit_are_the_same_error(one, two, name):
    operands = [(values(s, "float64", k), "contiguous") for k, s in enumerate((one, two))]
    agree(lambda lib, a, b: getattr(lib, name)(a, b), *operands)


@few
@given(st.sampled_from(("add", "sub", "mul", "div", "pow")), shapes(2), st.data())
def test_augmented_operators_keep_the_dtype_or_refuse(name, shape, data):
    dtypes = [data.draw(st.sampled_from(DTYPES)) for _ in range(2)]
    operands = [(values(shape, dtype, k, 1), data.draw(st.sampled_from(LAYOUTS[:4]))) for k, dtype in enumerate(dtypes)]

    def write(lib, a, b):
        target = a * 1 if a.requires_grad else a.clone()
        return getattr(target, f"{name}_")(b)

    agree(write, *operands)


# -- products -------------------------------------------------------------------------------------------------------


@few
@given(
    arrays.mutually_broadcastable_shapes(signature="(m?,n),(n,p?)->(m?,p?)", max_dims=2, min_side=0, max_side=3),
    st.sampled_from(REAL[1:]),
    st.tuples(st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS)),
)
def test_matmul(drawn, dtype, layouts):
    operands = [(values(s, dtype, k), layout) for k, (s, layout) in enumerate(zip(drawn[0], layouts, strict=True))]
    agree(lambda lib, a, b: a @ b, *operands)


# -- layouts, empty and 0-d inputs ----------------------------------------------------------------------------------

SHAPED = {
    "reshape": lambda lib, a: a.reshape(-1),
    "flatten": lambda lib, a: a.flatten(),
    "squeeze": lambda lib, a: a.squeeze(),
    "unsqueeze": lambda lib, a: a.unsqueeze(-1),
    "flip": lambda lib, a: a.flip(0),
    "roll": lambda lib, a: a.roll(1, 0) if a.ndim else a,
    "cat": lambda lib, a: lib.cat([a, a * 2], -1),
    "stack": lambda lib, a: lib.stack([a, a * 2], -1),
    "chunk": lambda lib, a: tuple(a.chunk(2, -1)),
    "unbind": lambda lib, a: tuple(a.unbind(-1)),
    "tril": lambda lib, a: a.tril(),
    "diagonal": lambda lib, a: a.diagonal(0, -2, -1),
    "view": lambda lib, a: a.view(*a.shape, 1),
    "repeat": lambda lib, a: a.repeat(*[2] * max(a.ndim, 1)),
    "where": lambda lib, a: lib.where(a > 2, a, a * a),
    "clamp": lambda lib, a: a.clamp(1.5, 3.5),
    "masked_fill": lambda lib, a: a.masked_fill(a > 3, 0.0),
    "masked_select": lambda lib, a: a.masked_select(a > 2),
    "nonzero": lambda lib, a: a.nonzero(),
    "contiguous": lambda lib, a: a.contiguous(),
    "clone": lambda lib, a: a.clone(),
    "float": lambda lib, a: a.float(),
    "tanh": lambda lib, a: a.tanh(),
    "sigmoid": lambda lib, a: a.sigmoid(),
    "log1p": lambda lib, a: a.log1p(),
    "relu": lambda lib, a: a.relu(),
    "abs": lambda lib, a: a.abs(),
    "square": lambda lib, a: a.square(),
    "swapaxes": lambda lib, a: a.transpose(0, -1),
    "tolist": lambda lib, a: a.tolist(),
    "stride": lambda lib, a: a.contiguous().stride() if a.numel() else None,
}


@settings(max_examples=300)
@given(st.sampled_from(sorted(SHAPED)), shapes(3), st.sampled_from(LAYOUTS), st.sampled_from(REAL[1:]))
def test_layouts_empty_and_0d(name, shape, layout, dtype):
    agree(SHAPED[name], (values(shape, dtype, 9), layout))
