"""Softmax and log-softmax with their gradients over blocks of lines, and losses whose blocks the threads share."""

import numpy as np
import pytest

from autograd.kernels import loss, pair_loss, softmax, threads


@pytest.fixture(autouse=True)
def quiet():
    """As operations run kernels: some of OpenBLAS's set flags of errors that did not happen."""
    with np.errstate(all="ignore"):
        yield


SHAPES = [((700, 500), 1), ((700, 500), 0), ((3000, 5), 1), ((40, 90, 100), 1), ((2, 200_000), -1), ((60_000,), 0)]


@pytest.fixture(params=[1, 3])
def count(request):
    before = threads.get_count()
    threads.set_count(request.param)
    yield request.param
    threads.set_count(before)


def plain(x, axis):
    """The softmax and its logarithm, in float64."""
    x = x.astype(float)
    x = x - x.max(axis, keepdims=True)
    total = np.exp(x).sum(axis, keepdims=True)
    return np.exp(x) / total, x - np.log(total)


@pytest.mark.parametrize(("shape", "axis"), SHAPES, ids=str)
@pytest.mark.parametrize("scale", [1.0, 30.0, 300.0])
def test_large_arrays(shape, axis, scale, count):
    rng = np.random.default_rng(0)
    for dtype, tolerance in ((np.float32, 1e-5), (np.float64, 1e-12)):
        x = (rng.normal(size=shape) * scale).astype(dtype)
        g = rng.normal(size=shape).astype(dtype)
        with np.errstate(all="ignore"):
            p, logs = plain(x, axis)
        found = softmax.softmax(x, axis)
        np.testing.assert_allclose(found, p, tolerance, 1e-30)
        back = p * (g - (g * p).sum(axis, keepdims=True))
        np.testing.assert_allclose(softmax.softmax_pull(g, p.astype(dtype), axis), back, tolerance, tolerance)
        found = softmax.log_softmax(x, axis)
        finite = np.isfinite(logs)
        np.testing.assert_allclose(found[finite], logs[finite], tolerance, tolerance)
        back = g - p * g.astype(float).sum(axis, keepdims=True)
        pulled = softmax.log_softmax_pull(g, found, axis)
        np.testing.assert_allclose(pulled, back, tolerance, tolerance * np.abs(back).max())


@pytest.mark.parametrize("offset", [-300.0, -95.0, -60.0, -7.0, 0.0, 5.0, 12.0, 60.0, 88.0, 300.0])
def test_no_digits_are_lost_far_from_0(offset):
    x = np.random.default_rng(1).normal(size=(64, 700)).astype(np.float32) * 4 + np.float32(offset)
    x[::7, 0] += 30  # nearly certain: the logarithm of 1 must not be that of a number whose digits are before the point
    p, logs = plain(x, 1)
    np.testing.assert_allclose(softmax.softmax(x, 1), p, 1e-5, 1e-37)
    np.testing.assert_allclose(softmax.log_softmax(x, 1), logs, 3e-7, 2e-6)


def test_infinities_and_nan_stay_in_their_lines(count):
    x = np.zeros((600, 500), np.float32)
    x[1, 0], x[2, 0], x[3], x[4, 1] = np.inf, -np.inf, -np.inf, np.nan
    with np.errstate(all="ignore"):
        p, logs = softmax.softmax(x, 1), softmax.log_softmax(x, 1)
    bad = {1, 3, 4}
    for i in range(600):
        assert np.isnan(p[i]).any() == (i in bad)
        assert np.isnan(logs[i]).any() == (i in bad)
    assert p[2, 0] == 0
    assert logs[2, 0] == -np.inf


def test_cross_entropy_of_many_rows(count):
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(3000, 100)).astype(np.float32), rng.integers(0, 100, 3000)
    p, logs = plain(x, 1)
    value, found = loss.cross_entropy(x, target)
    np.testing.assert_allclose(found, p, 1e-5)
    np.testing.assert_allclose(value, -logs[np.arange(3000), target].mean(), 1e-6)


LOSSES = {
    "mse": (lambda x, y: pair_loss.mse(x, y, "mean"), lambda x, y: (x - y) ** 2),
    "l1": (lambda x, y: pair_loss.l1(x, y, "mean"), lambda x, y: np.abs(x - y)),
    "huber": (
        lambda x, y: pair_loss.huber(x, y, "mean", 0.25),
        lambda x, y: np.where(np.abs(x - y) < 0.25, (x - y) ** 2 / 2, 0.25 * (np.abs(x - y) - 0.125)),
    ),
    "smooth l1": (
        lambda x, y: pair_loss.smooth_l1(x, y, "mean", 0.25),
        lambda x, y: np.where(np.abs(x - y) < 0.25, (x - y) ** 2 * 2, np.abs(x - y) - 0.125),
    ),
    "bce": (lambda x, y: pair_loss.bce(x, y, None, "mean"), lambda x, y: -y * np.log(x) - (1 - y) * np.log(1 - x)),
    "logits": (
        lambda x, y: pair_loss.bce_with_logits(10 * x, y, None, None, "mean"),
        lambda x, y: np.log1p(np.exp(-10 * x)) + (1 - y) * 10 * x,
    ),
    "kl": (lambda x, y: pair_loss.kl_div(x, y, "mean", False), lambda x, y: y * (np.log(y) - x)),
}


@pytest.mark.parametrize("name", sorted(LOSSES))
@pytest.mark.parametrize("size", [5, 129, 5000, 200_001])
def test_reductions_do_not_depend_on_the_threads(name, size):
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0.05, 0.95, (2, size))
    kernel, formula = LOSSES[name]
    before, found = threads.get_count(), []
    try:
        for count in (1, 2, 7):
            threads.set_count(count)
            found.append(kernel(x, y))
    finally:
        threads.set_count(before)
    assert found[0] == found[1] == found[2]
    np.testing.assert_allclose(found[0], formula(x, y).mean(), 1e-12)
    np.testing.assert_allclose(kernel(x.astype(np.float32), y.astype(np.float32)), found[0], 1e-5)


@pytest.mark.parametrize("size", [3, 5000, 300_000])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_gradients_of_losses(size, reduction, count):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=size) * 5, rng.uniform(0, 1, size)
    g = rng.normal(size=size) if reduction == "none" else np.float64(1.5)
    scale = g / size if reduction == "mean" else g
    cases = {
        "bce_with_logits_grad": ((1 / (1 + np.exp(-x)) - y) * scale, ()),
        "mse_grad": (2 * (x - y) * scale, ()),
        "clipped_grad": (np.clip(x - y, -0.5, 0.5) * 2 * scale, (0.5, 2.0)),
    }
    for name, (values, options) in cases.items():
        found = getattr(pair_loss, name)(g, x, y, reduction, *options)
        np.testing.assert_allclose(found, values, 1e-12, 1e-18)
        small = [np.asarray(a, np.float32)[()] for a in (g, x, y)]
        found = getattr(pair_loss, name)(*small, reduction, *options)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, values, 1e-5, 1e-5 * np.abs(values).max())
