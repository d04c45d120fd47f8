"""Pooling and sliding blocks: the blocked kernels against loops over windows, and each linear map against its transpose."""

import itertools

import numpy as np
import pytest

from autograd.kernels import fold, pool, pool_average, threads
from autograd.kernels.pool_windows import apart, windows

DRAWN = range(60)


def draw(seed, dilations=True):
    """Random windows over a random array with equal elements."""
    rng = np.random.default_rng(seed)
    while True:
        dims = int(rng.integers(1, 4))
        sizes = tuple(rng.integers(1, 8 if dims < 3 else 5, dims).tolist())
        kernel, stride = (tuple(rng.integers(1, 4, dims).tolist()) for _ in range(2))
        dilation = tuple(rng.integers(1, 3, dims).tolist()) if dilations else (1,) * dims
        padding = tuple([int(rng.integers(0, k // 2 + 1)) for k in kernel])
        x = rng.integers(-3, 4, (2, 3, *sizes)).astype(np.float64)
        try:
            found = windows(f"max_pool{dims}d", x.shape, kernel, stride, padding, dilation, bool(rng.integers(2)))
        except RuntimeError:
            continue
        if all(any(cells(found, place)) for place in np.ndindex(found.out)):
            return rng, x, found


def cells(w, place):
    """For each element of the window at ``place``, in row-major order, where it is; None in the padding."""
    starts = [p * s - pad for p, s, pad in zip(place, w.stride, w.padding, strict=True)]
    for steps in np.ndindex(w.kernel):
        at = [start + step * d for start, step, d in zip(starts, steps, w.dilation, strict=True)]
        yield tuple(at) if all(0 <= a < n for a, n in zip(at, w.sizes, strict=True)) else None


def loop_max(plane, w):
    """The largest element of each window, and its place: a loop as one would write it first."""
    values, places = np.empty(w.out), np.empty(w.out, np.int64)
    for place in np.ndindex(w.out):
        best = None
        for at in cells(w, place):
            if at is not None and (best is None or plane[at] > plane[best] or np.isnan(plane[at])):
                best = at
        values[place], places[place] = plane[best], np.ravel_multi_index(best, w.sizes)
    return values, places


@pytest.mark.parametrize("seed", DRAWN)
def test_max_pool_is_the_loop(seed):
    rng, x, w = draw(seed)
    x[rng.random(x.shape) < rng.choice([0, 0.2])] = np.nan
    x[rng.random(x.shape) < rng.choice([0, 0.4])] = -np.inf
    values, places = pool.max_pool(x, w)
    for n, c in itertools.product(range(2), range(3)):
        expected = loop_max(x[n, c], w)
        np.testing.assert_array_equal(values[n, c], expected[0])
        np.testing.assert_array_equal(places[n, c], expected[1])
    np.testing.assert_array_equal(pool.max_codes(x, w, with_codes=False)[0], values)


@pytest.mark.parametrize("kernel", [(8, 8), (9, 9), (17, 17), (20, 20)])
def test_large_windows_are_the_loop(kernel):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 9, (2, 20, 20)).astype(np.float64)
    x[0, 5, 17] = x[0, 18, 6] = np.nan
    w = windows("max_pool2d", x.shape, kernel, 4, 2, 1, True)
    values, places = pool.max_pool(x, w)
    for n in range(2):
        expected = loop_max(x[n], w)
        np.testing.assert_array_equal(values[n], expected[0])
        np.testing.assert_array_equal(places[n], expected[1])


@pytest.mark.parametrize("seed", DRAWN)
@pytest.mark.parametrize("counted", [True, False])
def test_avg_pool_is_the_loop(seed, counted):
    rng, x, w = draw(seed, dilations=False)
    found = pool_average.avg_pool(x, w, counted, None)
    for place in np.ndindex(w.out):
        at = [a for a in cells(w, place) if a is not None]
        starts = [p * s - pad for p, s, pad in zip(place, w.stride, w.padding, strict=True)]
        numbers = zip(starts, w.kernel, w.sizes, w.padding, strict=True)
        count = np.prod([min(s + k, n + p) - s for s, k, n, p in numbers]) if counted else len(at)
        total = sum(x[(slice(None), slice(None), *a)] for a in at)
        np.testing.assert_allclose(found[(slice(None), slice(None), *place)], total / count, rtol=1e-13)
    divided = pool_average.avg_pool(x, w, counted, 7)
    g = rng.normal(size=found.shape)
    for result, divisor in ((found, None), (divided, 7)):
        back = pool_average.avg_spread(g, w, counted, divisor)
        assert back.shape == x.shape
        assert np.sum(result * g) == pytest.approx(np.sum(x * back), rel=1e-10, abs=1e-10)


def test_integers_are_averaged_towards_zero():
    w = windows("avg_pool1d", (1, 4), 2, None, 0, 1, False)
    found = pool_average.avg_pool(np.array([[1, 2, -1, -2]]), w, True, None)
    assert (found.dtype, found.tolist()) == (np.int64, [[1, -1]])


@pytest.mark.parametrize("out", [(1, 1), (2, 3), (4, 5), (7, 6), (3, 2)])
def test_adaptive_windows_are_the_loop(out):
    x = np.random.default_rng(0).integers(-3, 4, (2, 4, 5)).astype(np.float64)
    values, places = pool.adaptive_max_pool(x, out)
    for n, i, j in np.ndindex(2, *out):
        rows = slice(i * 4 // out[0], -(-(i + 1) * 4 // out[0]))
        columns = slice(j * 5 // out[1], -(-(j + 1) * 5 // out[1]))
        part = x[n, rows, columns]
        row, column = np.unravel_index(part.argmax(), part.shape)
        assert values[n, i, j] == part.max()
        assert places[n, i, j] == (row + rows.start) * 5 + column + columns.start


def test_fractional_windows_start_where_the_numbers_say():
    x = np.arange(36.0).reshape(1, 6, 6)
    values, places = pool.fractional_max_pool(x, np.array([[[0.0, 0.9]]]), (2, 2), (3, 3))
    assert places.tolist() == [[[7, 9, 11], [19, 21, 23], [31, 33, 35]]]
    assert (values == places).all()


@pytest.mark.parametrize("seed", DRAWN)
def test_reading_and_adding_at_places_are_transposes(seed):
    rng, x, w = draw(seed)
    _, places = pool.max_pool(x, w)
    g = rng.normal(size=places.shape)
    put = pool.put_places(g, places, w.sizes, apart(f"max_pool{len(w.sizes)}d", w.kernel, w.stride, w.dilation))
    assert np.sum(put * x) == pytest.approx(np.sum(g * pool.pick_places(x, places, len(w.sizes))))
    np.testing.assert_allclose(put, pool.put_places(g, places, w.sizes), rtol=1e-14)
    codes = pool.max_codes(x, w)[1]
    np.testing.assert_allclose(put, pool.put_codes(g, codes, w), rtol=1e-14)
    np.testing.assert_array_equal(pool.pick_codes(x, codes, w), pool.pick_places(x, places, len(w.sizes)))


def test_large_arrays_are_worked_on_in_pieces():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 9, 26, 24)).astype(np.float32)
    w = windows("max_pool2d", x.shape, 2, None, 0, 1, False)
    values, places = pool.max_pool(x, w)
    tiles = x.reshape(50, 9, 13, 2, 12, 2).max((3, 5))
    np.testing.assert_array_equal(values, tiles)
    np.testing.assert_array_equal(pool.pick_places(x, places, 2), tiles)
    back = pool.put_places(values, places, w.sizes, apart=True)
    codes = pool.max_codes(x, w)[1]
    np.testing.assert_array_equal(pool.pick_codes(x, codes, w), tiles)
    np.testing.assert_array_equal(pool.put_codes(values, codes, w), back)
    np.testing.assert_array_equal(back, np.where(x == tiles.repeat(2, 2).repeat(2, 3), x, 0))
    means = pool_average.avg_pool(x, w, True, None)
    np.testing.assert_allclose(means, x.reshape(50, 9, 13, 2, 12, 2).mean((3, 5)), rtol=1e-5, atol=1e-6)
    before = threads.get_count()
    threads.set_count(1 if before > 1 else 2)
    try:
        np.testing.assert_array_equal(pool.max_pool(x, w)[1], places)
    finally:
        threads.set_count(before)


@pytest.mark.parametrize("seed", range(20))
def test_blocks_are_the_loop_and_fold_the_transpose(seed):
    rng = np.random.default_rng(seed)
    kernel, dilation, stride = (tuple(rng.integers(1, 3, 2).tolist()) for _ in range(3))
    padding = tuple(rng.integers(0, 3, 2).tolist())
    x = rng.normal(size=(2, 3, 4, 5))
    w = fold.blocks("unfold", (4, 5), kernel, dilation, padding, stride)
    columns = fold.unfold(x, w)
    wide = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    for number, (i, j) in enumerate(np.ndindex(w.out)):
        rows = i * stride[0] + np.arange(kernel[0]) * dilation[0]
        across = j * stride[1] + np.arange(kernel[1]) * dilation[1]
        np.testing.assert_array_equal(columns[..., number], wide[:, :, rows[:, None], across].reshape(2, -1))
    g = rng.normal(size=columns.shape)
    assert np.sum(columns * g) == pytest.approx(np.sum(x * fold.fold(g, w)))
