"""Elementwise kernels: large arrays and single numbers take other ways than small arrays, with the same results."""

import numpy as np
import pytest

from autograd.kernels import activation, division, elementwise, special


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_large_arrays_give_what_small_ones_give(dtype):
    rng = np.random.default_rng(0)
    x = (rng.normal(size=5000) * np.repeat([1, 10, 1000, 1e4], 1250)).astype(dtype)
    x[:5] = [np.inf, -np.inf, np.nan, 0.0, -0.0]
    names = "relu leaky_relu elu selu celu softplus logsigmoid hardtanh hardsigmoid hardswish softshrink hardshrink silu sigmoid"
    with np.errstate(all="ignore"):
        for name in names.split():
            function = getattr(activation, name)
            small = np.concatenate([function(x[i : i + 1000]) for i in range(0, 5000, 1000)])
            tolerance = 4 * np.finfo(dtype).eps
            if name in {"silu", "sigmoid"} and dtype is np.float32:
                tolerance = 1e-5  # exp(x) as a power of 2, whose exponent is rounded
            np.testing.assert_allclose(function(x), small, rtol=tolerance, atol=1e-30, err_msg=name)
        mask = rng.random(5000) < 0.5
        np.testing.assert_array_equal(elementwise.keep(x, mask), np.where(mask, x, 0))
        np.testing.assert_array_equal(elementwise.choose(mask, x, -x), np.where(mask, x, -x))
        np.testing.assert_array_equal(elementwise.choose(mask, x, dtype(3)), np.where(mask, x, dtype(3)))
        np.testing.assert_array_equal(elementwise.bounded(x, -1, 2), np.clip(x, -1, 2))


def test_scalars_give_what_arrays_give():
    points = np.array([-1e4, -3.0, -0.5, 0.0, 0.5, 3.0, 1e4, np.inf, -np.inf, np.nan])
    with np.errstate(all="ignore"):
        for name in ("relu", "sigmoid", "softplus", "gelu", "silu", "elu", "leaky_relu", "logsigmoid", "mish"):
            function = getattr(activation, name)
            single = [function(p) for p in points]
            assert all(isinstance(v, np.float64) for v in single), name
            np.testing.assert_allclose(single, function(points), rtol=1e-14, atol=1e-300, err_msg=name)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
@np.errstate(over="ignore")  # of the odds 1/Φ − 1, as where operations run kernels
def test_gelu_in_blocks(approximate):
    x = np.linspace(-12, 12, 50_001)
    exact = x * special.ndtr(x) if approximate == "none" else activation.gelu(x, "tanh")
    np.testing.assert_allclose(activation.gelu(x, approximate), exact, rtol=1e-13, atol=3e-16 * 12)
    slope = activation.gelu_slope(x, approximate)
    step = 1e-5
    central = (activation.gelu(x + step, approximate) - activation.gelu(x - step, approximate)) / (2 * step)
    np.testing.assert_allclose(slope, central, atol=1e-9)
    for dtype, tolerance in ((np.float32, 3e-7), (np.float16, 2e-3)):
        y = x.astype(dtype)
        wide = y.astype(np.float64)
        for function in (activation.gelu, activation.gelu_slope):
            got = function(y, approximate)
            assert got.dtype == dtype
            scale = np.maximum(np.abs(wide), 1)
            assert (np.abs(got - function(wide, approximate)) / scale).max() < tolerance
    strided = x.astype(np.float32)[:50_000].reshape(100, 500).T[::-1]
    np.testing.assert_array_equal(
        activation.gelu(strided, approximate), activation.gelu(strided.copy(), approximate), strict=True
    )
    assert activation.gelu(np.empty((0, 3), np.float32), approximate).shape == (0, 3)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(division.floor_divide, np.floor_divide), (division.remainder, np.remainder), (division.fmod, np.fmod)],
)
def test_division_of_large_arrays_is_exact(ours, theirs):
    rng = np.random.default_rng(0)
    edges = np.array(
        [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, -1e-40, 1.0, -1.0, 3.0, 16777215.0, 3e38, 1e-38], np.float32
    )
    x = np.concatenate(
        [
            np.repeat(edges, edges.size),
            rng.normal(size=4000),
            rng.integers(-999, 999, 4000),
            10 ** rng.uniform(-30, 30, 4000),
        ]
    ).astype(np.float32)
    y = np.concatenate(
        [np.tile(edges, edges.size), rng.normal(size=4000), rng.integers(-9, 9, 4000), 10 ** rng.uniform(-30, 30, 4000)]
    ).astype(np.float32)
    y[-8000:-6000] = np.float32(0.1)  # quotients that float32 would round up to whole numbers
    x[-8000:-6000] = rng.integers(-(2**20), 2**20, 2000).astype(np.float32) * np.float32(0.1)

    def expected(x, y):
        """NumPy's result; near 2²⁴, where its quotient in float32 is off by one, that of float64."""
        wide = theirs(x.astype(float), np.float64(y)).astype(np.float32)
        large = (np.abs(x / y) > 2**22) & (np.abs(x / y) < 2**24)
        return np.where(large, wide, theirs(x, y))

    with np.errstate(all="ignore"):
        for divisor in (y, *np.array([0.1, -3, 0.0, np.inf], np.float32)):
            np.testing.assert_array_equal(ours(x, divisor), expected(x, divisor), strict=True)
            np.testing.assert_array_equal(np.signbit(ours(x, divisor)), np.signbit(expected(x, divisor)))
        np.testing.assert_array_equal(ours(x, 0.1), ours(x, np.float32(0.1)), strict=True)
        np.testing.assert_array_equal(ours(x.astype(float), y), theirs(x.astype(float), y), strict=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_of_exponentials_of_large_arrays(dtype):
    rng = np.random.default_rng(0)
    edges = np.array([0.0, np.inf, -np.inf, np.nan, 1e4, -1e4], dtype)
    x = np.concatenate([np.repeat(edges, 6), rng.normal(size=5000) * 20]).astype(dtype)
    y = np.concatenate([np.tile(edges, 6), rng.normal(size=5000) * 20]).astype(dtype)
    tolerance = 4 * np.finfo(dtype).eps
    with np.errstate(all="ignore"):
        for ours, theirs in ((elementwise.logaddexp, np.logaddexp), (elementwise.logaddexp2, np.logaddexp2)):
            got, expected = ours(x, y), theirs(x, y)
            assert got.dtype == dtype
            np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)
            np.testing.assert_allclose(ours(x, dtype(1)), theirs(x, dtype(1)), rtol=tolerance, atol=tolerance)
