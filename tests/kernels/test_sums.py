"""Sums and products over shapes that take other ways: long lines in threads, few long lines, few rows times much."""

import numpy as np
import pytest

from autograd.kernels import products, sums, threads


@pytest.fixture(autouse=True)
def quiet():
    """As operations run kernels: some of OpenBLAS's set flags of errors that did not happen."""
    with np.errstate(all="ignore"):
        yield


SHAPES = [(3000, 1000), (2, 1_100_000), (2_200_001,), (40_000, 64), (1000, 3000), (1024, 64), (1025, 64), (50, 40, 600)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sums_are_exact_enough_and_the_same_in_any_number_of_threads(shape):
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    before = threads.get_count()
    try:
        for dim in (None, 0, -1):
            found = []
            for count in (1, 2, 3):
                threads.set_count(count)
                found.append(sums.sum_(x, dim))
            assert all(np.array_equal(found[0], other) for other in found)
            exact = x.astype(float).sum(dim)
            np.testing.assert_allclose(found[0], exact, rtol=0, atol=1e-6 * np.abs(x.astype(float)).sum(dim).max())
            kept = sums.sum_(x, dim, True)
            assert kept.shape == np.sum(x, axis=dim, keepdims=True).shape
    finally:
        threads.set_count(before)


def test_few_long_lines_of_any_layout():
    x = np.random.default_rng(0).normal(size=(300, 2000))
    for a in (x, np.asfortranarray(x), x[::2], x[:, ::2], np.broadcast_to(x[:1], x.shape)):
        np.testing.assert_allclose(sums.sum_(a, 0), np.add.reduce(a, 0), rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("rows", [1, 7, 8, 33, 64, 65])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_times_a_transposed_matrix(rows, dtype):
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(rows, 600)), rng.normal(size=(300, 600))
    found = products.times_transposed(x.astype(dtype), weight.astype(dtype))
    assert found.flags.c_contiguous
    assert found.dtype == dtype
    tolerance = 1e-4 if dtype is np.float32 else 1e-12
    np.testing.assert_allclose(found, x @ weight.T, tolerance, 20 * tolerance)
    bias = rng.normal(size=300).astype(dtype)
    np.testing.assert_array_equal(products.linear(x.astype(dtype), weight.astype(dtype), bias), found + bias)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        products.linear(x.astype(dtype)[:, 1:], weight.astype(dtype), bias)
