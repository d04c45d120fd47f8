"""The kernels of convolution against sums over the places of the kernel."""

import itertools

import numpy as np
import pytest

from autograd.kernels import conv, conv_depthwise, conv_rows, conv_tiles, conv_winograd, threads

SHAPES = [  # input, weight; stride, padding, dilation
    ((2, 3, 7), (4, 3, 3), (1,), (0,), (1,)),
    ((2, 4, 9), (4, 2, 3), (2,), (3,), (2,)),
    ((2, 3, 6, 7), (4, 3, 3, 2), (1, 1), (1, 0), (1, 1)),
    ((3, 2, 8, 8), (4, 1, 2, 3), (2, 3), (1, 2), (1, 2)),
    ((2, 4, 6, 5), (4, 1, 3, 3), (1, 1), (1, 1), (1, 1)),
    ((3, 2, 5, 5), (6, 2, 1, 1), (1, 1), (0, 0), (1, 1)),
    ((3, 2, 5, 5), (6, 1, 1, 1), (2, 2), (1, 0), (1, 1)),
    ((2, 1, 6, 9), (3, 1, 2, 9), (1, 1), (0, 0), (1, 1)),  # each window as wide as the image
    ((1, 2, 4, 5, 4), (3, 2, 2, 3, 2), (1, 1, 1), (1, 1, 0), (1, 1, 2)),
    ((2, 2, 4, 5, 4), (2, 1, 2, 2, 2), (2, 1, 2), (0, 1, 1), (1, 2, 1)),
    ((2, 13, 9, 12), (14, 13, 3, 3), (1, 1), (1, 2), (1, 1)),
    ((5, 12, 21, 33), (12, 12, 3, 3), (1, 1), (0, 1), (1, 1)),
    ((40, 12, 4, 5), (16, 12, 3, 3), (1, 1), (1, 1), (1, 1)),
]
ROWS = [  # large kernels on several images
    ((9, 2, 9, 8), (4, 1, 5, 3), (2, 1), (2, 1), (1, 2)),
    ((8, 3, 6, 7), (2, 3, 5, 5), (1, 1), (0, 0), (1, 1)),
    ((8, 1, 7, 9), (3, 1, 4, 2), (3, 2), (3, 0), (1, 1)),
    ((9, 4, 5, 6), (2, 2, 4, 1), (1, 3), (4, 2), (1, 1)),
]
DEPTHWISE = [
    ((1, 4, 6, 5), (4, 1, 3, 3), (1, 1), (1, 1), (1, 1)),
    ((9, 3, 7, 6), (3, 1, 3, 2), (2, 1), (1, 0), (1, 2)),
    ((2, 3, 9, 35), (3, 1, 3, 4), (2, 2), (2, 3), (3, 1)),
    ((9, 2, 6, 8), (2, 1, 2, 3), (3, 4), (0, 1), (2, 2)),
    ((8, 2, 6, 5), (2, 1, 1, 1), (2, 2), (0, 1), (1, 1)),  # rows and columns that no output sees
]
SHAPES += ROWS + DEPTHWISE


def plain(x, w, bias, stride, padding, dilation):
    """The convolution: for each place in the kernel, its weights times what the outputs see there."""
    size = conv.output_size(x.shape[2:], w.shape[2:], stride, padding, dilation)
    groups = x.shape[1] // w.shape[1]
    wide = np.pad(x, [(0, 0), (0, 0), *[(p, p) for p in padding]])
    wide = wide.reshape(x.shape[0], groups, -1, *wide.shape[2:])
    parts = w.reshape(groups, -1, *w.shape[1:])
    out = np.zeros((x.shape[0], groups, parts.shape[1], *size), x.dtype)
    for place in itertools.product(*map(range, w.shape[2:])):
        spans = zip(place, size, stride, dilation, strict=True)
        seen = wide[(..., *[slice(k * d, k * d + (n - 1) * s + 1, s) for k, n, s, d in spans])]
        out += np.einsum("ngc...,goc->ngo...", seen, parts[(..., *place)])
    out = out.reshape(x.shape[0], -1, *size)
    return out if bias is None else out + bias.reshape(-1, *[1] * len(size))


def arrays(shape, weight, *settings, dtype=np.float64):
    """Input, weight, bias and a gradient of the result."""
    rng = np.random.default_rng(0)
    size = conv.output_size(shape[2:], weight[2:], *settings)
    shapes = (shape, weight, weight[:1], (shape[0], weight[0], *size))
    return [rng.uniform(-1, 1, s).astype(dtype) for s in shapes]


def gradients(x, w, g, *settings):
    """Those of ``Σ g · plain(x, w)`` with respect to ``x`` and ``w``, from its being linear in both."""
    unit_x, unit_w = np.zeros_like(x), np.zeros_like(w)
    by_x, by_w = np.empty_like(x), np.empty_like(w)
    for found, unit, value in ((by_x, unit_x, lambda: plain(unit_x, w, None, *settings)),
                               (by_w, unit_w, lambda: plain(x, unit_w, None, *settings))):  # fmt: skip
        for place in np.ndindex(found.shape):
            unit[place] = 1
            found[place] = np.vdot(value(), g)
            unit[place] = 0
    return by_x, by_w


def close(found, expected, tolerance=1e-12):
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * max(1.0, abs(expected).max(initial=0)))


@pytest.fixture(autouse=True)
def _transforms_of_few_outputs(monkeypatch):
    monkeypatch.setattr(conv_winograd, "OUTPUTS", 1)


@pytest.fixture(params=[1, 2])
def thread_count(request):
    before = threads.get_count()
    threads.set_count(request.param)
    yield
    threads.set_count(before)


@pytest.mark.usefixtures("thread_count")
@pytest.mark.parametrize("case", SHAPES, ids=str)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_convolution(case, dtype, tolerance):
    settings = case[2:]
    x, w, bias, _ = arrays(*case, dtype=dtype)
    for b in (bias, None):
        found = conv.convolve(x, w, b, *settings)
        assert found.dtype == dtype
        assert found.flags.c_contiguous
        close(
            found, plain(x.astype(float), w.astype(float), None if b is None else b.astype(float), *settings), tolerance
        )


@pytest.mark.usefixtures("thread_count")
@pytest.mark.parametrize("case", SHAPES, ids=str)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_what_it_does_backwards(case, dtype, tolerance):
    shape, weight, *settings = case
    x, w, _, g = arrays(*case, dtype=dtype)
    groups = shape[1] // weight[1]
    back = conv.spread(g, w, None, shape[2:], *settings, groups)
    to_weight = conv.weight_sums(g, x, weight, *settings)
    assert (back.dtype, to_weight.dtype) == (dtype, dtype)
    wide = [a.astype(float) for a in (x, w, g)]
    if x.size * g.size * w.size < 1e7:
        by_x, by_w = gradients(*wide, *settings)
        close(back, by_x, tolerance)
        close(to_weight, by_w, tolerance)
    else:  # on random directions
        rng = np.random.default_rng(1)
        for _ in range(20):
            dx, dw = rng.uniform(-1, 1, shape), rng.uniform(-1, 1, weight)
            close(np.vdot(back, dx), np.vdot(plain(dx, wide[1], None, *settings), wide[2]), tolerance * 10)
            close(np.vdot(to_weight, dw), np.vdot(plain(wide[0], dw, None, *settings), wide[2]), tolerance * 10)
    shift = np.arange(1.0, 1.0 + back.shape[1], dtype=dtype)
    with_bias = conv.spread(g, w, shift, shape[2:], *settings, groups)
    close(with_bias, back + shift.reshape(-1, *[1] * (x.ndim - 2)), tolerance)


@pytest.mark.parametrize("tile", [1, 40, 300])
@pytest.mark.parametrize("case", SHAPES[:10], ids=str)
def test_tiles_of_all_sizes(case, tile, monkeypatch):
    shape, weight, *settings = case
    x, w, bias, g = arrays(*case)
    groups = shape[1] // weight[1]
    whole = (conv.convolve(x, w, bias, *settings), conv.spread(g, w, None, shape[2:], *settings, groups),
             conv.weight_sums(g, x, weight, *settings))  # fmt: skip
    conv_tiles._known.cache_clear()
    for name, value in (("TILE", tile), ("NARROW", 1), ("PIECE", 1), ("SMALL", 1)):
        monkeypatch.setattr(conv_tiles, name, value)
    out, back = np.empty_like(g), np.empty_like(x)
    stride, padding, dilation = settings
    conv_tiles.correlate(x, w, bias, out, padding, stride, dilation)
    conv_tiles.scatter(g, w, None, back, padding, stride, dilation)
    close(out, whole[0])
    close(back, whole[1])
    close(conv_tiles.weight_sums(g, x, weight, padding, stride, dilation), whole[2])
    conv_tiles._known.cache_clear()


@pytest.mark.parametrize("tile", [1, 500, 5000])
@pytest.mark.parametrize("images", [1, 3, 8])
@pytest.mark.parametrize("case", ROWS, ids=str)
def test_rows_of_all_sizes(case, images, tile, monkeypatch):
    _, weight, stride, padding, dilation = case
    x, w, bias, g = arrays(*case)
    expected = tiled(x, w, bias, g, padding, stride, dilation)
    conv_rows._known.cache_clear()
    for name, value in (("IMAGES", images), ("TILE", tile), ("SMALL", 40 * tile), ("NARROW", 1), ("PIECE", 1)):
        monkeypatch.setattr(conv_rows, name, value)
    out, back = np.empty_like(g), np.empty_like(x)
    conv_rows.correlate(x, w, bias, out, padding, stride, dilation[1])
    conv_rows.scatter(g, w, None, back, padding, stride, dilation[1])
    close(out, expected[0])
    close(back, expected[1])
    close(conv_rows.weight_sums(g, x, weight, padding, stride, dilation[1]), expected[2])
    conv_rows._known.cache_clear()


@pytest.mark.parametrize("block", [1, 300, 1000])
@pytest.mark.parametrize("images", [1, 2, 8])
@pytest.mark.parametrize("case", DEPTHWISE, ids=str)
def test_blocks_of_channels_of_all_sizes(case, images, block, monkeypatch):
    shape, weight, *settings = case
    x, w, bias, g = arrays(*case)
    expected = tiled(x, w, bias, g, settings[1], settings[0], settings[2])
    conv_depthwise._planes.cache_clear()
    for name, value in (("IMAGES", images), ("BLOCK", block), ("PIECE", 1)):
        monkeypatch.setattr(conv_depthwise, name, value)
    close(conv.convolve(x, w, bias, *settings), expected[0])
    close(conv.spread(g, w, None, shape[2:], *settings, shape[1]), expected[1])
    close(conv.weight_sums(g, x, weight, *settings), expected[2])
    conv_depthwise._planes.cache_clear()


def tiled(x, w, bias, g, padding, stride, dilation):
    """What the tiles make of these arrays: the result, and what it does backwards to the input and the weight."""
    out, back = np.empty_like(g), np.empty_like(x)
    conv_tiles.correlate(x, w, bias, out, padding, stride, dilation)
    conv_tiles.scatter(g, w, None, back, padding, stride, dilation)
    return out, back, conv_tiles.weight_sums(g, x, w.shape, padding, stride, dilation)


@pytest.mark.parametrize("group", [1, 1 << 17])
@pytest.mark.parametrize("block", [4, 8, 16])
@pytest.mark.parametrize("padding", [(0, 0), (1, 1), (2, 2), (2, 0)])
def test_transforms_of_all_sizes(padding, block, group, monkeypatch):
    monkeypatch.setattr(conv_winograd, "BLOCK", block)
    monkeypatch.setattr(conv_winograd, "GROUP", group)
    conv_winograd._blocks.cache_clear()
    case = (3, 12, 14, 11), (13, 12, 3, 3), (1, 1), padding, (1, 1)
    x, w, bias, g = arrays(*case, dtype=np.float32)
    out = np.empty_like(g)
    conv_winograd.correlate(x, w.transpose(2, 3, 1, 0), bias, out, padding)
    close(out, plain(x.astype(float), w.astype(float), bias.astype(float), *case[2:]), 1e-5)
    close(conv_winograd.weight_sums(g, x, padding), conv.weight_sums(g.astype(float), x.astype(float), *case[1:]), 1e-5)
    conv_winograd._blocks.cache_clear()


def test_rounding_errors_of_the_transforms_are_small():
    case = (2, 64, 16, 16), (64, 64, 3, 3), (1, 1), (1, 1), (1, 1)
    x, w, _, g = arrays(*case, dtype=np.float32)
    wide = [a.astype(float) for a in (x, w, g)]
    for found, expected in [
        (conv.convolve(x, w, None, *case[2:]), conv.convolve(wide[0], wide[1], None, *case[2:])),
        (conv.spread(g, w, None, (16, 16), *case[2:], 1), conv.spread(wide[2], wide[1], None, (16, 16), *case[2:], 1)),
        (conv.weight_sums(g, x, *case[1:]), conv.weight_sums(wide[2], wide[0], *case[1:])),
    ]:
        error = found - expected
        assert error.std() < 2e-6 * expected.std()
        assert abs(error).max() < 2e-5 * expected.std()


def three(x, w, bias, g, *settings):
    """All that the kernels make of these arrays."""
    return (
        conv.convolve(x, w, bias, *settings),
        conv.spread(g, w, None, x.shape[2:], *settings, x.shape[1] // w.shape[1]),
        conv.weight_sums(g, x, w.shape, *settings),
    )


@pytest.mark.parametrize("case", SHAPES, ids=str)
def test_other_layouts_give_the_same(case):
    given = arrays(*case, dtype=np.float32)
    turned = [np.ascontiguousarray(a.T).T for a in given]
    for found, expected in zip(three(*turned, *case[2:]), three(*given, *case[2:]), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_half_precision_sums_in_single():
    x, w, bias, g = arrays((1, 40, 6, 6), (2, 40, 3, 3), (1, 1), (1, 1), (1, 1), dtype=np.float16)
    found = conv.convolve(x, w, bias, (1, 1), (1, 1), (1, 1))
    assert found.dtype == np.float16
    wide = conv.convolve(*[a.astype(np.float32) for a in (x, w, bias)], (1, 1), (1, 1), (1, 1))
    np.testing.assert_array_equal(found, wide.astype(np.float16))
    assert conv.spread(g, w, None, (6, 6), (1, 1), (1, 1), (1, 1), 1).dtype == np.float16
    assert conv.weight_sums(g, x, w.shape, (1, 1), (1, 1), (1, 1)).dtype == np.float16


def test_infinities_stay_where_they_are():
    x = np.ones((1, 1, 5, 5))
    x[0, 0, 0, 4] = np.inf
    found = conv.convolve(x, np.ones((1, 1, 3, 3)), None, (1, 1), (1, 1), (1, 1))[0, 0]
    assert np.isinf(found[:2, 3:]).all()
    assert np.isfinite(found).sum() == 21


@pytest.mark.usefixtures("thread_count")
@pytest.mark.parametrize("bad", [np.nan, np.inf, np.float32(3e38)])
def test_transforms_do_not_spread_what_is_not_finite(bad):
    case = (5, 12, 37, 40), (13, 12, 3, 3), (1, 1), (1, 1), (1, 1)
    x, w, bias, g = arrays(*case, dtype=np.float32)
    x[3, 2, 20, 19] = g[1, 4, 30, 7] = bad
    seen, met = np.zeros((5, 13, 37, 40), bool), np.zeros((5, 12, 37, 40), bool)
    seen[3, :, 19:22, 18:21] = met[1, :, 29:32, 6:9] = True
    of_weight = np.zeros((13, 12, 3, 3), bool)
    of_weight[:, 2] = of_weight[4] = True
    wide = [a.astype(float) for a in (x, w, bias, g)]
    with np.errstate(all="ignore"):
        found = three(x, w, bias, g, *case[2:])
        expected = [a.astype(np.float32) for a in three(*wide, *case[2:])]
    for mine, exact, touched in zip(found, expected, (seen, met, of_weight), strict=True):
        assert np.isfinite(mine[~touched]).all()
        np.testing.assert_array_equal(np.isnan(mine), np.isnan(exact))
        np.testing.assert_allclose(mine[~touched], exact[~touched], rtol=1e-3, atol=1e-4 * (abs(exact[~touched]).max()))
        np.testing.assert_allclose(mine[touched], exact[touched], rtol=1e-4)


def test_weights_that_are_not_finite_spoil_their_channel_only():
    case = (2, 12, 8, 8), (13, 12, 3, 3), (1, 1), (1, 1), (1, 1)
    x, w, bias, _ = arrays(*case, dtype=np.float32)
    w[5, 0, 1, 1] = np.nan
    found = conv.convolve(x, w, bias, *case[2:])
    assert np.isnan(found[:, 5]).all()
    assert np.isfinite(np.delete(found, 5, 1)).all()


def test_the_transforms_are_exact_for_large_offsets():
    case = (2, 32, 16, 16), (32, 32, 3, 3), (1, 1), (1, 1), (1, 1)
    x, w, bias, g = (1e4 + a for a in arrays(*case))
    w, bias = w - 1e4, bias - 1e4
    narrow = [a.astype(np.float32) for a in (x, w, bias, g)]
    expected = three(*[a.astype(float) for a in narrow], *case[2:])
    for found, exact in zip(three(*narrow, *case[2:]), expected, strict=True):
        np.testing.assert_allclose(found, exact, rtol=0, atol=5e-6 * abs(exact).max())


def test_outputs_beyond_the_last_window_get_the_bias_only():
    found = conv.spread(np.ones((1, 1, 2)), np.ones((1, 1, 2)), np.array([5.0]), (6,), (2,), (0,), (3,), 1)
    np.testing.assert_array_equal(found, [[[6, 5, 6, 6, 5, 6]]])
    longer = conv.spread(np.ones((1, 1, 2)), np.ones((1, 1, 1)), np.array([5.0]), (5,), (2,), (0,), (3,), 1)
    np.testing.assert_array_equal(longer, [[[6, 5, 6, 5, 5]]])
