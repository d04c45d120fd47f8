"""Vector updates in one pass, and sweeps of rules over many arrays: large and small ones, in any number of threads."""

import numpy as np
import pytest

from autograd.kernels import blas, optim, threads


@pytest.fixture(autouse=True)
def quiet():
    """As operations run kernels: some of OpenBLAS's set flags of errors that did not happen."""
    with np.errstate(all="ignore"):
        yield


@pytest.fixture(params=["openblas", "numpy"])
def which(request, monkeypatch):
    """With the functions of OpenBLAS where there are some, and without."""
    if request.param == "numpy":
        monkeypatch.setattr(blas, "_functions", lambda name: {})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1, 100, blas.SMALL - 1, blas.SMALL, 3 * blas.SMALL + 1])
def test_vector_updates(which, dtype, size):
    rng = np.random.default_rng(size)
    x, y = rng.normal(size=(2, size)).astype(dtype)
    scratch, tolerance = np.empty_like(x), 8 * np.finfo(dtype).eps
    for a, b in ((0.1, 0.9), (np.array(-0.25, dtype), np.array(1.5, dtype)), (0, 1), (1, 0)):
        found = y.copy()
        blas.axpby(a, x, b, found, scratch)
        np.testing.assert_allclose(found, float(a) * x.astype(float) + float(b) * y, tolerance, tolerance)
        found = y.copy()
        blas.axpy(a, x, found, scratch)
        np.testing.assert_allclose(found, float(a) * x.astype(float) + y, tolerance, tolerance)


def test_parts_of_arrays_and_read_only_ones(which):
    memory = np.arange(40_000.0)
    x, y = memory[10_000:20_000], memory[30_000:]
    x.flags.writeable = False
    expected = 2 * x + 3 * y
    blas.axpby(2, x, 3, y, np.empty(10_000))
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(memory[:30_000], np.arange(30_000.0))


def test_infinities_and_nan(which):
    x = np.tile([np.inf, -np.inf, np.nan, 1.0], blas.SMALL).astype(np.float32)
    y = np.tile([1.0, np.inf, 1.0, np.nan], blas.SMALL).astype(np.float32)
    with np.errstate(all="ignore"):
        expected = np.float32(0.5) * x + y
        blas.axpy(0.5, x, y, np.empty_like(x))
    np.testing.assert_array_equal(y, expected)


def test_addresses_are_numpys():
    fixed = np.arange(5.0)
    fixed.flags.writeable = False
    for x in (np.zeros(3), np.zeros(9, np.float32)[2:], np.zeros((2, 3))[1], np.arange(5), fixed):
        assert blas._address(x) == x.ctypes.data


SHAPES = {
    "small": [(3,), (2, 2), (), (0,), (5, 7)],
    "large": [(optim.SMALL,), (2, optim.BLOCK // 2 + 3)],
    "both": [(3,), (optim.SMALL + 1,), (200, 100), (), (2 * optim.BLOCK + 1,), (100,)],
    "many small": [(400,)] * 100,
}


def rule(p, m, g, t):
    np.multiply(g, 0.5, out=t)
    np.add(m, t, out=m)
    np.subtract(p, m, out=p)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_sweep_updates_every_element_once(name, count):
    before = threads.get_count()
    threads.set_count(count)
    try:
        rng = np.random.default_rng(0)
        columns = [[np.asarray(rng.normal(size=shape)) for shape in SHAPES[name]] for _ in range(3)]
        p, m, g = [[a.copy() for a in column] for column in columns]
        optim.sweep(rule, columns, 2, 1, np.dtype(float))
    finally:
        threads.set_count(before)
    for i, (new, old, slope) in enumerate(zip(p, m, g, strict=True)):
        np.testing.assert_array_equal(columns[1][i], old + slope * 0.5)
        np.testing.assert_array_equal(columns[0][i], new - (old + slope * 0.5))
        np.testing.assert_array_equal(columns[2][i], slope)


def test_other_dtypes_and_layouts_are_written_back():
    rng = np.random.default_rng(0)
    size = optim.SMALL + 10
    wide = rng.normal(size=(2, size))
    p, m, g = wide.T, rng.normal(size=(size, 2)).astype(np.float32), rng.normal(size=(size, 2))
    mean = m.astype(float) + 0.5 * g
    expected = p - mean
    optim.sweep(rule, [[p], [m], [g]], 2, 1, np.dtype(float))
    np.testing.assert_array_equal(p, expected)
    np.testing.assert_array_equal(m, mean.astype(np.float32))
    np.testing.assert_array_equal(wide.T, expected)


def test_an_error_in_a_rule_is_raised():
    def fail(x):
        raise ValueError("rule")

    for size in (10, 4 * optim.BLOCK):
        with pytest.raises(ValueError, match="rule"):
            optim.sweep(fail, [[np.zeros(size)]], 1, 0, np.dtype(float))
