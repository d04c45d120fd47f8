"""Scans, finite differences and integrals: against PyTorch, and the fast kernels against plain NumPy."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd.kernels import scan as kernel
from tests.ops.expressions import compare, listed

EXPRESSIONS = listed("""
x.cumsum(0) || x.cumsum(-1) || lib.cumsum(i, 1) || lib.cumsum(m, 1) || z.cumsum(0) || x[:0].cumsum(0) || x.cumsum(2)
lib.cumsum(x, 1, dtype=lib.float32) || lib.cumsum(m, 0, dtype=lib.bool) || lib.cumprod(x, 0) || e.cumprod(1) || e.cumsum(1)
x.cummax(1) || x.cummin(0) || e.cummax(1) || z.cummax(0) || lib.cummax(i, 0) || x.logcumsumexp(0) || e.logcumsumexp(-2)
lib.logcumsumexp(i, 0) || lib.cumsum(x) || lib.cumsum(x, 1.5) || lib.cumsum(x.mT, 0) || lib.cumsum(x[:, ::2], 1)
lib.cumulative_trapezoid(x) || lib.cumulative_trapezoid(x, dim=0) || lib.cumulative_trapezoid(x, dx=2.5, dim=0)
lib.cumulative_trapezoid(x, x[0] ** 2) || lib.cumulative_trapezoid(x, v, dim=0) || lib.cumulative_trapezoid(e, x, dim=-2)
lib.cumulative_trapezoid(i) || lib.cumulative_trapezoid(i, i) || lib.cumulative_trapezoid(m) || lib.cumulative_trapezoid(z)
lib.cumulative_trapezoid(x, v) || lib.cumulative_trapezoid(x, dim=3) || lib.cumulative_trapezoid(x[:, :0])
lib.cumulative_trapezoid(x, x, dx=1) || lib.cumulative_trapezoid(x[:, :1])
lib.gradient(x) || lib.gradient(x, spacing=2) || lib.gradient(x, spacing=0.5, dim=0) || lib.gradient(x, dim=(1, 0))
lib.gradient(x, spacing=(2.0, 3.0)) || lib.gradient(x, spacing=[2.0], dim=[1]) || lib.gradient(x, edge_order=2)
lib.gradient(x, spacing=(T([1.0, 2, 4]), T([0.0, 1, 3, 9]))) || lib.gradient(x, spacing=[T([0.0, 1, 3, 9])], dim=-1)
lib.gradient(x, spacing=(T([1.0, 2, 4]),), dim=0, edge_order=2) || lib.gradient(x, spacing=(v ** 2 + 1,), dim=0)
lib.gradient(x, spacing=T(2.0)) || lib.gradient(z) || lib.gradient(e, dim=()) || lib.gradient(e, dim=1) || lib.gradient(i)
lib.gradient(x, spacing=(1, 2, 3)) || lib.gradient(x, spacing=(1, 2), dim=0) || lib.gradient(x, dim=(0, 0))
lib.gradient(x, dim=5) || lib.gradient(x, edge_order=3) || lib.gradient(x[:1]) || lib.gradient(x[:2], edge_order=2)
lib.gradient(m) || lib.gradient(i.to(lib.uint8)) || lib.gradient(x, spacing=T([2.0])) || lib.gradient(x, 1)
lib.gradient(x, spacing="a")
""")


@pytest.mark.torch
@pytest.mark.parametrize("code", EXPRESSIONS)
def test_against_pytorch(code):
    compare(pytest.importorskip("torch"), code)


SHAPES = [
    (5,),
    (200,),
    (1000,),
    (70003,),
    (3, 200),
    (100, 10),
    (70, 32),
    (70, 33),
    (4, 128),
    (300, 64),
    (2, 300, 200),
    (4, 70001),
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
def test_sums_of_any_shape(shape, dtype):
    x = (np.random.default_rng(0).normal(size=shape) * 3).astype(dtype)
    wide = np.float64 if x.dtype.kind == "f" else np.int64
    for axis in range(len(shape)):
        for given in (x, np.moveaxis(np.moveaxis(x, axis, 0).copy(), 0, axis)):
            forwards = np.cumsum(x, axis=axis, dtype=wide)
            backwards = np.flip(np.cumsum(np.flip(x, axis), axis=axis, dtype=wide), axis)
            limit = {"f": 1e-6, "d": 1e-13}.get(x.dtype.char, 0) * max(1.0, float(np.abs(forwards).max()))
            np.testing.assert_allclose(kernel.cumsum(given, axis), forwards, atol=limit, rtol=0)
            np.testing.assert_allclose(kernel.cumsum_back(given, axis), backwards, atol=limit, rtol=0)


@pytest.mark.parametrize("shape", [(300,), (100, 10), (3, 200)])
@np.errstate(invalid="ignore")
def test_sums_with_infinities(shape):
    x = np.random.default_rng(0).normal(size=shape)
    x.reshape(-1)[37], x.reshape(-1)[45] = np.inf, np.nan
    for axis in range(len(shape)):
        np.testing.assert_allclose(kernel.cumsum(x, axis), np.cumsum(x, axis=axis))
        back = np.flip(np.cumsum(np.flip(x, axis), axis=axis), axis)
        np.testing.assert_allclose(kernel.cumsum_back(x, axis), back)


@pytest.mark.parametrize("shape", [(3000,), (400, 10), (5, 70, 80), (60, 200)])
@pytest.mark.parametrize("name", ["cumprod", "logcumsumexp", "cummax", "cummin"])
def test_scans_of_any_shape(name, shape):
    x = np.random.default_rng(0).normal(size=shape).round(1) + (0 if name != "cumprod" else 3 * math.pi) / 9
    ufunc = {"cumprod": np.multiply, "logcumsumexp": np.logaddexp, "cummax": np.maximum, "cummin": np.minimum}[name]
    for axis in range(len(shape)):
        found, plain = getattr(kernel, name)(x, axis), ufunc.accumulate(x, axis=axis)
        if name in {"cummax", "cummin"}:
            found, places = found
            np.testing.assert_array_equal(np.take_along_axis(x, places, axis), plain)
            line = [np.flatnonzero(np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])[0][: k + 1] == v)[-1]
                    for k, v in enumerate(np.moveaxis(plain, axis, -1).reshape(-1, x.shape[axis])[0])]  # fmt: skip
            np.testing.assert_array_equal(np.moveaxis(places, axis, -1).reshape(-1, x.shape[axis])[0], line)
        np.testing.assert_allclose(found, plain, rtol=1e-10, atol=1e-10)


def test_extremes_keep_nan():
    x = np.array([[1.0, np.nan, 3.0] * 30] * 200)
    for function in (kernel.cummax, kernel.cummin):
        values, places = function(x, 1)
        assert np.isnan(values[:, 1:]).all()
        assert places[0, :5].tolist() == [0, 1, 1, 1, 4]
        sideways = function(x.T.copy(), 0)
        np.testing.assert_array_equal(sideways[1], places.T)


def test_gradient_names_what_does_not_fit():
    x = ag.ones(3, 4)
    with pytest.raises(RuntimeError, match=r"coordinates of dimension 1 must have shape \[4\], but got \[3\]"):
        ag.gradient(x, spacing=(ag.ones(3),), dim=1)
    with pytest.raises(RuntimeError, match=r"at least edge_order\+1 \(3\), but dimension 0 has size 2"):
        ag.gradient(x[:2], edge_order=2)


def test_parabolas_are_differentiated_exactly():
    points = ag.tensor([0.0, 1.0, 3.0, 4.0, 8.0], dtype=ag.float64)
    (slopes,) = ag.gradient(3 * points**2 - points, spacing=(points,), edge_order=2)
    np.testing.assert_allclose(slopes.numpy(), (6 * points - 1).numpy(), rtol=1e-12)
