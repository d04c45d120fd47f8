"""Poisson, binomial, gamma and Dirichlet numbers against PyTorch's, and what they leave of the stream."""

import numpy as np
import pytest

from autograd.kernels import rejection
from autograd.kernels.streams import Stream


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def drawn(torch, ours, theirs, *arrays, seed=3):
    """Both draws, one after the other from generators of one seed, and both streams after them."""
    stream, generator = Stream(seed), torch.Generator().manual_seed(seed)
    stream.normal(1, "float64")  # a kept normal number comes first
    torch.empty(1, dtype=torch.float64).normal_(generator=generator)
    tensors = [torch.tensor(a) for a in arrays]
    found = [(ours(stream, *arrays), theirs(*tensors, generator=generator).numpy()) for _ in range(2)]
    after = torch.empty(3, dtype=torch.float64).normal_(generator=generator).numpy()
    np.testing.assert_allclose(stream.normal(3, "float64"), after, rtol=1e-13)
    return found


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gamma(torch, dtype):
    shapes = np.exp(np.random.default_rng(0).uniform(-5, 7, 1000)).astype(dtype)
    for edge in (0.0, -1.0, np.nan, 1.0, np.nextafter(np.float32(1), np.float32(0)), 1e-30):
        shapes[np.random.default_rng(1).integers(1000)] = edge
    for ours, theirs in drawn(torch, rejection.standard_gamma, torch._standard_gamma, shapes):
        np.testing.assert_allclose(ours, theirs, rtol=3e-7 if dtype == "float32" else 1e-14)


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(7,), (40, 3), (1,), (), (0, 3)])
def test_dirichlet(torch, dtype, shape):
    shapes = np.exp(np.random.default_rng(0).uniform(-6, 4, shape)).astype(dtype)
    for ours, theirs in drawn(torch, rejection.dirichlet, torch._sample_dirichlet, np.asarray(shapes, dtype)):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=3e-7 if dtype == "float32" else 1e-13)


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_binomial(torch, dtype):
    rng = np.random.default_rng(0)
    counts = np.floor(np.exp(rng.uniform(0, 10, 1000))).astype(dtype)
    chances = rng.random(1000).astype(dtype)
    chances[:5] = 0, 1, 0.5, -0.5, 1.5
    counts[5:9] = 0, -3, 20, 1e6
    for ours, theirs in drawn(torch, rejection.binomial, torch.binomial, counts, chances):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_poisson(torch, dtype):
    rates = np.exp(np.random.default_rng(0).uniform(-3, 6, 1000)).astype(dtype)
    rates[:3] = 0, 10, 9.999
    for ours, theirs in drawn(torch, rejection.poisson, torch.poisson, rates):
        np.testing.assert_array_equal(ours, theirs)


def test_nothing_in_is_nothing_out_and_nothing_drawn():
    stream = Stream(4)
    for draw in (rejection.standard_gamma, rejection.dirichlet, rejection.poisson):
        assert draw(stream, np.ones((0, 3))).shape == (0, 3)
    assert rejection.binomial(stream, np.ones((0, 3)), np.ones((0, 3))).shape == (0, 3)
    np.testing.assert_array_equal(stream.u32(3), Stream(4).u32(3))


def test_nan_stays_nan():
    found = rejection.binomial(Stream(0), np.array([np.nan, 3.0]), np.array([0.5, np.nan]))
    assert np.isnan(found).all()


def test_moments():
    """Independent of PyTorch: means and variances are those of the distributions."""
    stream, n = Stream(8), 20_000
    for found, mean, variance in (
        (rejection.gamma(stream, np.full(n, 0.4)), 0.4, 0.4),
        (rejection.gamma(stream, np.full(n, 6.0)), 6, 6),
        (rejection.binomial(stream, np.full(n, 20.0), np.full(n, 0.2)), 4, 3.2),
        (rejection.binomial(stream, np.full(n, 80.0), np.full(n, 0.7)), 56, 16.8),
        (rejection.poisson(stream, np.full(n, 3.0)), 3, 3),
        (rejection.poisson(stream, np.full(n, 40.0)), 40, 40),
    ):
        assert found.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / n))
        assert found.var() == pytest.approx(variance, rel=0.1)
