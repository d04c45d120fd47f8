"""Resampling and reading at points: against formulas for one point, and each linear map against its transpose."""

import numpy as np
import pytest

from autograd.kernels import grid, resample, shuffle

MODES = ["nearest", "nearest-exact", "linear", "cubic", "area"]


def source(i, size, out, align_corners):
    """Where output pixel ``i`` lies among the input's."""
    if align_corners:
        return i * (size - 1) / (out - 1) if out > 1 else 0.0
    return (i + 0.5) * size / out - 0.5


def key(t):
    """Keys' cubic convolution kernel with a = −3/4."""
    t, a = abs(t), -0.75
    if t <= 1:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1
    return a * (t**3 - 5 * t**2 + 8 * t - 4) if t < 2 else 0.0


def one(line, i, out, mode, align_corners):
    """One resampled element of a line."""
    size = len(line)
    if mode == "area":
        return line[i * size // out : -(-(i + 1) * size // out)].mean()
    at = source(i, size, out, align_corners)
    if mode == "nearest":
        return line[min(i * size // out, size - 1)]
    if mode == "nearest-exact":
        return line[min(int(np.floor((i + 0.5) * size / out)), size - 1)]
    if mode == "linear":
        return np.interp(at, np.arange(size), line)
    near = int(np.floor(at))
    return sum(key(at - j) * line[np.clip(j, 0, size - 1)] for j in range(near - 1, near + 3))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("size", "out"), [(5, 5), (5, 10), (4, 7), (7, 3), (1, 3), (6, 1)])
@pytest.mark.parametrize("align_corners", [False, True])
def test_each_element_follows_its_formula(mode, size, out, align_corners):
    if align_corners and mode in {"nearest", "nearest-exact", "area"}:
        return
    x = np.random.default_rng(size * out).normal(size=(2, size))
    found = resample.resample(x, (out,), mode, align_corners)
    expected = [[one(line, i, out, mode, align_corners) for i in range(out)] for line in x]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("scales", [None, (1.7, 0.6)])
def test_the_way_back_is_the_transpose(mode, scales):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 6))
    found = resample.resample(x, (8, 3), mode, False, scales)
    g = rng.normal(size=found.shape)
    back = resample.resample_back(g, (5, 6), mode, False, scales)
    assert np.sum(found * g) == pytest.approx(np.sum(x * back))


def test_dimensions_are_resampled_one_by_one():
    x = np.random.default_rng(0).normal(size=(3, 4, 5))
    found = resample.resample(x, (5, 7, 3), "linear", True)
    for axis, out in enumerate((5, 7, 3)):
        line = np.moveaxis(x, axis, -1)
        x = np.moveaxis(resample.resample(line, (out,), "linear", True), -1, axis)
    np.testing.assert_allclose(found, x, rtol=1e-12)


def test_infinities_stay_where_they_are():
    found = resample.resample(np.array([[0.0, 1.0, np.inf, 0.0, 1.0]]), (10,), "linear")
    assert np.isinf(found).ravel().nonzero()[0].tolist() == [3, 4, 5, 6]
    assert not np.isnan(found).any()


def test_points_outside_count_as_nothing():
    points = np.array([[[-3.0], [-1.0], [1.0], [3.0]]])
    places, slope, shift = grid.pixels(points, (4,), "bilinear", "zeros", True)
    assert places.tolist() == [[[-1, 0, 3, -1], [-1, 1, -1, -1]]]
    assert slope.ravel().tolist() == [1.5] * 4
    assert (points * slope + shift[..., :]).ravel()[1:3].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("mode", ["border", "reflection"])
@pytest.mark.parametrize("align_corners", [False, True])
def test_points_are_brought_inside(mode, align_corners):
    points = np.linspace(-5, 5, 41).reshape(1, 41, 1)
    places, _, _ = grid.pixels(points, (4,), "nearest", mode, align_corners)
    low, high = (0.0, 3.0) if align_corners else (-0.5, 3.5)
    for point, place in zip(points.ravel(), places.ravel(), strict=True):
        at = (point + 1) / 2 * 3 if align_corners else (point + 1) * 2 - 0.5
        if mode == "reflection":
            span = high - low
            at = (at - low) % (2 * span)
            at = low + (at if at <= span else 2 * span - at)
        assert place == np.rint(np.clip(at, 0, 3)), point


def test_picking_and_putting_pixels_are_transposes():
    rng = np.random.default_rng(0)
    x, places = rng.normal(size=(2, 3, 4, 5)), rng.integers(-1, 20, (2, 4, 6))
    picked = grid.pick_pixels(x, places)
    assert (picked[:, :, places[0] == -1][0] == 0).all()
    g = rng.normal(size=picked.shape)
    assert np.sum(picked * g) == pytest.approx(np.sum(x * grid.put_pixels(g, places, (4, 5))))


def test_shuffles_undo_each_other():
    x = np.arange(2 * 12 * 2 * 3).reshape(2, 12, 2, 3)
    np.testing.assert_array_equal(shuffle.pixel_unshuffle(shuffle.pixel_shuffle(x, 2), 2), x)
    np.testing.assert_array_equal(shuffle.channel_shuffle(shuffle.channel_shuffle(x, 3), 4), x)
    assert shuffle.pixel_shuffle(x, 2)[1, 2, 3, 4] == x[1, 2 * 4 + 2, 1, 2]
