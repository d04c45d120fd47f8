"""Fused activations and gradients over blocks against their plain formulas, computed in float64."""

import math

import numpy as np
import pytest

from autograd.kernels import activation, blocks, curves, special, threads


@pytest.fixture(autouse=True)
def quiet():
    """As operations run kernels: some of OpenBLAS's set flags of errors that did not happen."""
    with np.errstate(all="ignore"):
        yield


BLOCK, GRAIN = 1000, 1500  # small ones, so that small arrays have several
SHAPES = [(3,), (BLOCK,), (BLOCK + 7,), (3, BLOCK - 1), (2, 5, 900)]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def normal(x):
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def cdf(x):
    return 0.5 * (1 + special.erf(x * math.sqrt(0.5)))


def mish_slope(x):
    t = np.tanh(softplus(x))
    return t + x * sigmoid(x) * (1 - t * t)


def cubic(x):
    return math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)


def cubic_slope(x):
    return math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)


def gelu_tanh_slope(x):
    t = np.tanh(cubic(x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * cubic_slope(x)


FORWARD = {
    "relu": (curves.relu, lambda x: np.maximum(x, 0)),
    "leaky_relu": (lambda x: curves.leaky_relu(x, 0.1), lambda x: np.where(x > 0, x, 0.1 * x)),
    "sigmoid": (curves.sigmoid, sigmoid),
    "silu": (curves.silu, lambda x: x * sigmoid(x)),
    "softplus": (lambda x: curves.softplus(x, 1.0, 20.0), lambda x: np.where(x > 20, x, softplus(x))),
    "softplus scaled": (lambda x: curves.softplus(x, 2.0, 3.0), lambda x: np.where(2 * x > 3, x, softplus(2 * x) / 2)),
    "logsigmoid": (curves.logsigmoid, lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))),
    "mish": (curves.mish, lambda x: x * np.tanh(softplus(x))),
    "hardswish": (curves.hardswish, lambda x: x * np.clip(x + 3, 0, 6) / 6),
    "gelu": (activation.gelu, lambda x: x * cdf(x)),
    "gelu tanh": (lambda x: activation.gelu(x, "tanh"), lambda x: 0.5 * x * (1 + np.tanh(cubic(x)))),
    "selu": (activation.selu, lambda x: np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)) * 1.0507009873554805),
}
PULLS = {  # slopes as functions of x, or of the result y where the kernel takes that
    "relu": (curves.relu_pull, lambda y: (y != 0) * 1.0),
    "leaky_relu": (lambda g, x: curves.leaky_relu_pull(g, x, 0.1), lambda x: np.where(x > 0, 1, 0.1)),
    "elu": (lambda g, x: curves.unit_pull(g, x, 1.0, 1.0, 1.0), lambda x: np.where(x <= 0, np.exp(x), 1)),
    "celu": (lambda g, x: curves.unit_pull(g, x, 2.0, 0.5, 1.0), lambda x: np.where(x <= 0, np.exp(x / 2), 1)),
    "selu": (lambda g, x: curves.unit_pull(g, x, 1.7, 1.0, 1.1), lambda x: np.where(x <= 0, 1.7 * np.exp(x), 1.1)),
    "sigmoid": (curves.sigmoid_pull, lambda y: y * (1 - y)),
    "silu": (curves.silu_pull, lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    "softplus": (lambda g, x: curves.softplus_pull(g, x, 1.0, 20.0), lambda x: np.where(x > 20, 1, sigmoid(x))),
    "softplus scaled": (
        lambda g, x: curves.softplus_pull(g, x, 2.0, 3.0),
        lambda x: np.where(x > 1.5, 1, sigmoid(2 * x)),
    ),
    "logsigmoid": (curves.logsigmoid_pull, lambda x: sigmoid(-x)),
    "mish": (curves.mish_pull, mish_slope),
    "hardswish": (curves.hardswish_pull, lambda x: np.where(x <= -3, 0, np.where(x < 3, x / 3 + 0.5, 1))),
    "gelu": (lambda g, x: activation.gelu_pull(g, x, "none"), lambda x: cdf(x) + x * normal(x)),
    "gelu tanh": (lambda g, x: activation.gelu_pull(g, x, "tanh"), gelu_tanh_slope),
}
TOLERANCE = {np.float16: 2e-3, np.float32: 2e-6, np.float64: 1e-14}


def points(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape) * rng.choice([0.1, 1.0, 5.0], size=shape)
    x.reshape(-1)[:3] = [0.0, -3.0, 3.0]
    return x.astype(dtype)


@pytest.fixture(params=[1, 3])
def count(request, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", BLOCK)
    monkeypatch.setattr(blocks, "GRAIN", GRAIN)
    before = threads.get_count()
    threads.set_count(request.param)
    yield request.param
    threads.set_count(before)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_forward_and_gradient_are_the_plain_formulas(shape, count):
    for dtype in (np.float32, np.float64):
        x, g = points(shape, dtype), points(shape, dtype, 1)
        tolerance = TOLERANCE[dtype]
        with np.errstate(all="ignore"):
            for name, (kernel, formula) in FORWARD.items():
                found = kernel(x)
                assert found.dtype == dtype, name
                np.testing.assert_allclose(found, formula(x.astype(float)), tolerance, tolerance, err_msg=name)
            for name, (kernel, slope) in PULLS.items():
                found = kernel(g, x)
                assert found.dtype == dtype, name
                expected = g.astype(float) * slope(x.astype(float))
                scale = tolerance * max(1, np.abs(expected).max())
                np.testing.assert_allclose(found, expected, 2 * tolerance, scale, err_msg=name)


@pytest.mark.parametrize("name", sorted(FORWARD))
def test_float16_is_computed_as_float32(name):
    x = points((200,), np.float16)
    kernel, formula = FORWARD[name]
    found = kernel(x)
    assert found.dtype == np.float16
    np.testing.assert_allclose(found.astype(float), formula(x.astype(float)), TOLERANCE[np.float16], 1e-3)


def test_layouts_give_the_same():
    x, g = points((300, 41), np.float32), points((300, 41), np.float32, 1)
    expected = curves.silu_pull(g, x)
    np.testing.assert_array_equal(curves.silu_pull(np.asfortranarray(g), np.asfortranarray(x)), expected)
    np.testing.assert_array_equal(curves.silu_pull(np.asfortranarray(g), x), expected)
    padded = np.zeros((600, 82), np.float32)
    padded[::2, ::2] = x
    np.testing.assert_array_equal(curves.silu_pull(g, padded[::2, ::2]), expected)
    assert curves.silu(np.zeros((0, 3))).shape == (0, 3)
    assert isinstance(activation.gelu(np.float32(1)), np.float32)


def test_a_gradient_of_one_number_everywhere_takes_no_memory(count):
    x = points((4, BLOCK), np.float32)
    g = np.broadcast_to(np.float32(2), x.shape)
    np.testing.assert_array_equal(curves.silu_pull(g, x), curves.silu_pull(np.ascontiguousarray(g), x))


def test_infinities_and_nan():
    x = np.array([np.inf, -np.inf, np.nan, 1e38, -1e38, 100.0, -100.0, 0.0, -0.0], np.float32)
    g = np.full(9, 2, np.float32)
    with np.errstate(all="ignore"):
        for name in ("relu", "leaky_relu", "sigmoid", "softplus", "logsigmoid"):
            kernel, formula = FORWARD[name]
            np.testing.assert_allclose(
                kernel(x), formula(x.astype(float)).astype(np.float32), 1e-5, 1e-38, err_msg=name
            )
        for name in ("leaky_relu", "elu", "celu", "selu", "logsigmoid", "softplus", "hardswish"):
            kernel, slope = PULLS[name]
            np.testing.assert_allclose(kernel(g, x), 2 * slope(x.astype(float)), 1e-5, 1e-38, err_msg=name)
    bad = np.array([np.nan, np.inf, -np.inf, np.nan, 1.0], np.float32)
    y = np.array([0.0, 0.0, -0.0, 2.0, np.nan], np.float32)
    np.testing.assert_array_equal(curves.relu_pull(bad, y), np.array([0, 0, 0, np.nan, 1], np.float32))


def test_powers_of_two_are_as_good_as_exponentials(monkeypatch):
    x = np.linspace(-80, 80, 10_001).astype(np.float32)
    found = {}
    for quick in (True, False):
        monkeypatch.setattr(curves, "has_quick_exp2", lambda quick=quick: quick)
        found[quick] = np.empty_like(x)
        curves.exp_of_product(x, -0.5, found[quick], 0.25)
        np.testing.assert_allclose(found[quick], np.exp(-0.5 * x.astype(float) + 0.25), rtol=4e-6)
    assert isinstance(curves.has_quick_exp2(), bool)


def test_what_counts_as_large():
    big = np.ones(blocks.LARGE, np.float32)
    assert blocks.large(big)
    assert blocks.large(big, big.copy())
    assert not blocks.large(big[:-1])
    assert not blocks.large(big, big[:-1])
    assert not blocks.large(big, big.astype(np.float64))
    assert not blocks.large(big.astype(np.float16))
    assert not blocks.large(big.astype(np.int32))
    assert not blocks.large(np.float32(1))
    assert not blocks.large(big, np.float32(1))


def test_a_kernel_that_fails_leaves_the_scratch_usable(count):
    def fail(x, out, rows):
        raise ValueError("kernel")

    x = points((2 * GRAIN,), np.float32)
    with pytest.raises(ValueError, match="kernel"):
        blocks.over(fail, 2, x)
    np.testing.assert_array_equal(curves.relu(x), np.maximum(x, 0))


def test_a_kernel_may_call_another():
    def outer(x, out, rows):
        rows[0][...] = x
        out[...] = curves.silu(x)  # takes scratch of its own
        np.add(out, rows[0], out=out)

    x = points((3 * blocks.BLOCK,), np.float32)
    np.testing.assert_array_equal(blocks.over(outer, 1, x), curves.silu(x) + x)
