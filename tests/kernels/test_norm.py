"""The fused kernels of normalisation beside the formula, written out in NumPy."""

import numpy as np
import pytest

from autograd.kernels import norm_calls as kernel
from autograd.kernels import threads

RNG = np.random.default_rng(0)
SHAPES = [
    (5, 3),
    (64, 700),
    (6, 3, 2),
    (32, 6, 5),
    (4, 6, 8, 9),
    (2, 4, 24, 25),
    (3, 2, 130, 130),
    (1000, 40),
    (7, 1, 3),
]


def plain(x, axes, eps):
    """The input normalised over ``axes``, its mean and inverse deviation, in float64."""
    x = x.astype(np.float64)
    mean = x.mean(axes, keepdims=True)
    rstd = 1 / np.sqrt(x.var(axes, keepdims=True) + eps)
    return (x - mean) * rstd, mean, rstd


def plain_pull(g, x, axes, eps):
    """The gradient of that."""
    h, _, rstd = plain(x, axes, eps)
    g = g.astype(np.float64)
    return rstd * (g - g.mean(axes, keepdims=True) - h * (g * h).mean(axes, keepdims=True))


def drawn(shape, dtype, shift=0.0):
    return (RNG.standard_normal(shape) + shift).astype(dtype)


def close(got, expected, dtype, size=1.0):
    assert got.dtype == dtype
    tolerance = {"f": 1e-5, "d": 1e-11}[np.dtype(dtype).char] * size
    np.testing.assert_allclose(
        got, expected, rtol=tolerance, atol=tolerance * max(1.0, np.abs(expected).max(initial=0))
    )


@pytest.fixture(params=[1, 3])
def count(request):
    """With one thread and with several."""
    before = threads.get_count()
    threads.set_count(request.param)
    yield request.param
    threads.set_count(before)


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm(shape, dtype, count):
    x, g, axes = drawn(shape, dtype, 1.0), drawn(shape, dtype), (0, *range(2, len(shape)))
    w, b = drawn(shape[1], dtype), drawn(shape[1], dtype)
    place = (-1, *[1] * (len(shape) - 2))
    h, mean, rstd = plain(x, axes, 1e-3)
    out, got_mean, var, got_rstd = kernel.batch_norm(x, w, b, 1e-3)
    close(out, h * w.reshape(place) + b.reshape(place), dtype)
    close(got_mean, mean.reshape(-1), dtype)
    close(var, x.var(axes, dtype=np.float64), dtype)
    close(got_rstd, rstd.reshape(-1), dtype)
    gx, gw, gb = kernel.batch_norm_pull(g, x, w, b, got_mean, got_rstd, (True, True, True))
    close(gx, plain_pull(g * w.reshape(place), x, axes, 1e-3), dtype, 3)
    close(gw, (g * h).sum(axes), dtype, 10)
    close(gb, g.sum(axes, dtype=np.float64), dtype, 10)
    affine = kernel.channel_affine(x, w, b)
    close(affine, x.astype(np.float64) * w.reshape(place) + b.reshape(place), dtype)
    close(kernel.channel_sums(g, x), (g.astype(np.float64) * x).sum(axes), dtype, 10)


@pytest.mark.parametrize("shift", [0.0, 1000.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm_by_given_statistics(shape, shift, count):
    axes, place = (0, *range(2, len(shape))), (-1, *[1] * (len(shape) - 2))
    x, g, w, b = (drawn(size, "f") for size in (shape, shape, shape[1], shape[1]))
    mean, var = np.full(shape[1], shift, np.float32), drawn(shape[1], "f") ** 2
    x = x + np.float32(shift)
    wide = x.astype(np.float64)
    rstd = 1 / np.sqrt(var.astype(np.float64) + 0.5)
    h = (wide - shift) * rstd.reshape(place)
    expected = h * w.reshape(place) + b.reshape(place)
    close(kernel.running_batch_norm(x, mean, var, w, b, 0.5), expected, "f", 1 + shift / 10)
    slope = kernel.running_weight_pull(g, x, w, mean, rstd.astype(np.float32))
    close(slope, (g * h).sum(axes), "f", 10)


@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize("shape", SHAPES)
def test_group_norm(shape, dtype, count):
    groups = 3 if shape[1] % 3 == 0 else shape[1]
    x, g, axes = drawn(shape, dtype, 1.0), drawn(shape, dtype), (0, *range(2, len(shape)))
    w, b = drawn(shape[1], dtype), drawn(shape[1], dtype)
    place, folded = (-1, *[1] * (len(shape) - 2)), (shape[0], groups, -1)
    h, mean, rstd = plain(x.reshape(folded), (2,), 0.1)
    out, got_mean, got_rstd, var = kernel.group_norm(x, w, b, groups, 0.1)
    close(out, h.reshape(shape) * w.reshape(place) + b.reshape(place), dtype)
    close(got_mean, mean[..., 0], dtype)
    close(got_rstd, rstd[..., 0], dtype)
    close(var, x.reshape(folded).var(2, dtype=np.float64), dtype)
    gx, gw, gb = kernel.group_norm_pull(g, x, w, b, got_mean, got_rstd, groups, (True, True, True))
    expected = plain_pull((g * w.reshape(place)).reshape(folded), x.reshape(folded), (2,), 0.1)
    close(gx, expected.reshape(shape), dtype, 3)
    close(gw, (g * h.reshape(shape)).sum(axes), dtype, 10)
    close(gb, g.sum(axes, dtype=np.float64), dtype, 10)


@pytest.mark.parametrize("weights", ["both", "weight", "bias", "none"])
@pytest.mark.parametrize("dtype", ["f", "d"])
@pytest.mark.parametrize("shape", [(5, 3), (300, 700), (700, 300), (2, 9000), (40000, 2), (1, 1), (70, 512)])
def test_layer_and_rms_norm(shape, dtype, weights, count):
    x, g = drawn(shape, dtype, 1.0), drawn(shape, dtype)
    w = drawn(shape[1], dtype) if weights in {"both", "weight"} else None
    b = drawn(shape[1], dtype) if weights in {"both", "bias"} else None
    one = np.ones(shape[1]) if w is None else w
    h, mean, rstd = plain(x, (1,), 0.1)
    out, got_mean, got_rstd = kernel.layer_norm(x, w, b, shape[1:], 0.1)
    close(out, h * one + (0 if b is None else b), dtype)
    close(got_mean, mean, dtype)
    close(got_rstd, rstd, dtype)
    needs = (True, w is not None, b is not None)
    gx, gw, gb = kernel.last_norm_pull(g, x, w, b, got_mean, got_rstd, 1, True, needs)
    close(gx, plain_pull(g * one, x, (1,), 0.1), dtype, 3)
    if w is not None:
        close(gw, (g * h).sum(0), dtype, 10)
    if b is not None:
        close(gb, g.sum(0, dtype=np.float64), dtype, 10)
    wide = x.astype(np.float64)
    rstd = 1 / np.sqrt((wide * wide).mean(1, keepdims=True) + 0.1)
    h, a = wide * rstd, g * one
    out, got_rstd = kernel.rms_norm(x, w, shape[1:], 0.1)
    close(out, h * one, dtype)
    gx, gw, _ = kernel.last_norm_pull(g, x, w, None, None, got_rstd, 1, False, (True, w is not None, False))
    close(gx, rstd * (a - h * (a * h).mean(1, keepdims=True)), dtype, 3)
    if w is not None:
        close(gw, (g * h).sum(0), dtype, 10)


@np.errstate(over="ignore", invalid="ignore")  # as operations run
@pytest.mark.parametrize("shift", [100.0, 1e5, 1e18])
def test_means_far_from_zero(shift):
    """Where sums of squares would lose all digits, or overflow."""
    spread = np.float32(max(1.0, shift / 100))
    x = (RNG.standard_normal((8, 6, 40)) * spread + shift).astype(np.float32)
    g = drawn(x.shape, "f")
    for name, axes, call in (
        ("batch", (0, 2), lambda: kernel.batch_norm(x, eps=0.0)),
        ("long batch", (0, 2), lambda: kernel.batch_norm(np.concatenate([x] * 2, 2), eps=0.0)),
        ("layer", (2,), lambda: kernel.layer_norm(x, None, None, (40,), 0.0)),
        ("group", (2,), lambda: kernel.group_norm(x, groups=6, eps=0.0)),
    ):
        expected = plain(x, axes, 0.0)[0]
        if name == "long batch":
            expected = np.concatenate([expected] * 2, 2)
        np.testing.assert_allclose(call()[0], expected, rtol=1e-4, atol=1e-4, err_msg=name)
    _, mean, _, rstd = kernel.batch_norm(x, eps=0.0)
    back = kernel.batch_norm_pull(g, x, None, None, mean, rstd, (True, False, False))[0]
    np.testing.assert_allclose(back * spread, plain_pull(g, x, (0, 2), 0.0) * spread, rtol=2e-3, atol=2e-3)
    _, mean, rstd = kernel.layer_norm(x, None, None, (40,), 0.0)
    back = kernel.last_norm_pull(g, x, None, None, mean, rstd, 1, True, (True, False, False))[0]
    np.testing.assert_allclose(back * spread, plain_pull(g, x, (2,), 0.0) * spread, rtol=2e-3, atol=2e-3)


@np.errstate(over="ignore")
def test_squares_too_large_for_float32():
    x = np.array([[3e19, 4e19]], np.float32)
    out, rstd = kernel.rms_norm(x, None, (2,), 0.0)
    np.testing.assert_allclose(out, [[3 / 12.5**0.5, 4 / 12.5**0.5]], rtol=1e-6)
    np.testing.assert_allclose(rstd, [[1e-19 / 12.5**0.5]], rtol=1e-5)


def test_constant_input_gives_the_bias():
    x, b = np.full((4, 3, 70), 7.3, np.float32), np.array([1, 2, 3], np.float32)
    expected = np.broadcast_to(b[:, None], x.shape)
    np.testing.assert_allclose(kernel.batch_norm(x, None, b)[0], expected, atol=1e-3)
    np.testing.assert_allclose(kernel.group_norm(x, None, b, 3)[0], expected, atol=1e-3)
    np.testing.assert_array_equal(kernel.layer_norm(np.zeros((2, 3), np.float32), None, b, (3,))[0], [b, b])


def test_not_a_number_stays_in_its_row_or_channel():
    x = drawn((4, 6), "f")
    x[1, 2] = np.nan
    rows = np.isnan(kernel.layer_norm(x, None, None, (6,))[0])
    assert rows[1].all()
    assert rows.sum() == 6
    columns = np.isnan(kernel.batch_norm(x)[0])
    assert columns[:, 2].all()
    assert columns.sum() == 4


def test_half_precision_is_normalised_in_single():
    x = (RNG.standard_normal((4, 300)) * 100 + 300).astype(np.float16)
    out, mean, _ = kernel.layer_norm(x, np.ones(300, np.float32), None, (300,))
    assert (out.dtype, mean.dtype) == (np.float16, np.float32)
    np.testing.assert_allclose(out, plain(x, (1,), 1e-5)[0], atol=2e-3)
    g, rstd = np.ones((4, 300), np.float16), np.ones((4, 1), np.float32)
    back = kernel.last_norm_pull(g, x, np.ones(300, np.float32), None, mean, rstd, 1, True, (True, True, False))
    assert [a.dtype for a in back[:2]] == [np.float16, np.float32]


@pytest.mark.parametrize("axes", [(0,), (0, 2), (1, 2), (1,), (0, 1, 2)])
def test_standardize_over_any_axes(axes):
    x, g = drawn((3, 4, 5), "d"), drawn((3, 4, 5), "d")
    out, mean, rstd = kernel.standardize(x, axes, 0.1)
    expected = plain(x, axes, 0.1)
    for got, wanted in zip((out, mean, rstd), expected, strict=True):
        close(got, wanted, "d")
    for statistics in ((mean, rstd), (None, None)):
        close(kernel.standardize_pull(g, x, *statistics, axes, 0.1), plain_pull(g, x, axes, 0.1), "d")


def test_the_buffer_size_of_numpy_is_as_before():
    before = np.getbufsize()
    kernel.layer_norm(drawn((64, 1024), "f"), None, None, (1024,))
    kernel.batch_norm(drawn((4, 8, 32, 32), "f"))
    assert np.getbufsize() == before


def test_results_do_not_depend_on_which_thread_was_faster(count):
    x, g = drawn((4096, 96), "f"), drawn((4096, 96), "f")
    w = drawn(96, "f")
    _, mean, rstd = kernel.layer_norm(x, w, None, (96,))
    first = kernel.last_norm_pull(g, x, w, w, mean, rstd, 1, True, (True, True, True))
    for _ in range(5):
        again = kernel.last_norm_pull(g, x, w, w, mean, rstd, 1, True, (True, True, True))
        assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
