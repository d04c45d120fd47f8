"""Attention in tiles against the formula on whole matrices."""

import tracemalloc

import numpy as np
import pytest

from autograd.kernels import attention as kernel
from autograd.kernels import threads

rng = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def quietly():
    """As the engine runs kernels: large scores overflow at first."""
    with np.errstate(all="ignore"):
        yield


def plain(q, k, v, mask=None, keep=None, is_causal=False, scale=1.0, rate=0.0):
    """The result, and the probabilities before dropout."""
    scores = scale * q @ k.swapaxes(-1, -2)
    if is_causal:
        scores = np.where(np.tril(np.ones(scores.shape[-2:], bool)), scores, -np.inf)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf) if mask.dtype == bool else scores + mask
    top = scores.max(-1, keepdims=True, initial=-1e300)
    weights = np.exp(scores - top)
    total = weights.sum(-1, keepdims=True)
    probs = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    dropped = probs if keep is None else probs * keep / (1 - rate)
    return dropped @ v, probs


def plain_grad(g, q, k, v, mask=None, keep=None, is_causal=False, scale=1.0, rate=0.0):
    """The gradients by the formula."""
    _, probs = plain(q, k, v, mask, keep, is_causal, scale, rate)
    factor = 1 if keep is None else keep / (1 - rate)
    slopes = g @ v.swapaxes(-1, -2) * factor
    slopes = probs * (slopes - (slopes * probs).sum(-1, keepdims=True))
    return slopes @ k * scale, slopes.swapaxes(-1, -2) @ q * scale, (probs * factor).swapaxes(-1, -2) @ g, slopes


def draw(*shape, dtype=np.float64, heads_last=False, size=1.0):
    array = (rng.standard_normal(shape) * size).astype(dtype)
    return np.ascontiguousarray(array.swapaxes(-2, -3)).swapaxes(-2, -3) if heads_last else array


def compare(q, k, v, mask=None, keep=None, is_causal=False, scale=0.5, rate=0.0, tolerance=1e-12):
    out, sums = kernel.attention(q, k, v, mask, keep, is_causal, scale, rate)
    expected, _ = plain(q, k, v, mask, keep, is_causal, scale, rate)
    size = max(1.0, np.abs(expected).max(initial=0))
    np.testing.assert_allclose(out, expected, atol=tolerance * size)
    g = draw(*out.shape, dtype=out.dtype)
    needs = (True, True, True, mask is not None and mask.dtype != bool)
    found = kernel.attention_grad(g, q, k, v, mask, keep, out, sums, is_causal, scale, rate, needs)
    for got, want in zip(found, plain_grad(g, q, k, v, mask, keep, is_causal, scale, rate), strict=True):
        if got is not None:
            want = want.sum(tuple(range(want.ndim - got.ndim)))
            wide = tuple(d for d in range(got.ndim) if got.shape[d] != want.shape[d])
            want = want.sum(wide, keepdims=True)
            np.testing.assert_allclose(got, want, atol=tolerance * max(1.0, np.abs(want).max(initial=0)))


@pytest.fixture(params=[0, -300, 1, 60, 300, 1 << 19], ids="tile{}".format)
def tile(request, monkeypatch):
    """Tiles of all kinds: none, small matrices, a few rows of one matrix, one matrix, some of them, all."""
    if not request.param:
        return
    monkeypatch.setattr(kernel, "FEW", -1)
    monkeypatch.setattr(kernel, "FEW_BACK", -1)
    if request.param > 0:
        monkeypatch.setattr(kernel, "SMALL", -1)
    monkeypatch.setattr(kernel, "TILE", abs(request.param) * 8)
    monkeypatch.setattr(kernel, "ROWS", 2)
    monkeypatch.setattr(kernel, "CAUSAL_ROWS", 3)
    monkeypatch.setattr(kernel, "SHARE", 4)


@pytest.mark.usefixtures("tile")
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("size", [1.0, 40.0])
@pytest.mark.parametrize("heads_last", [False, True])
@pytest.mark.parametrize(("length", "source"), [(7, 7), (4, 9), (9, 4), (1, 5)])
def test_tiles(length, source, heads_last, size, is_causal):
    options = {"heads_last": heads_last, "size": size}
    q, k, v = draw(2, 3, length, 5, **options), draw(2, 3, source, 5, **options), draw(2, 3, source, 4, **options)
    compare(q, k, v, is_causal=is_causal, tolerance=1e-11)


@pytest.mark.usefixtures("tile")
@pytest.mark.parametrize("shape", [(7, 6), (2, 1, 1, 6), (3, 7, 6), (2, 3, 7, 1), (1, 6)])
@pytest.mark.parametrize("kind", ["bool", "float", "hidden"])
@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_masks(shape, kind, rate):
    mask = {"bool": lambda: rng.random(shape) < 0.6, "float": lambda: draw(*shape)}.get(
        kind, lambda: np.where(rng.random(shape) < 0.6, 0.3, -np.inf)
    )()
    keep = rng.random((2, 3, 7, 6)) < 0.7 if rate else None
    compare(draw(2, 3, 7, 5), draw(2, 3, 6, 5), draw(2, 3, 6, 4), mask, keep, rate=rate)


def test_rows_that_see_nothing_give_and_get_zeros():
    mask = np.ones((4, 6), bool)
    mask[1] = False
    q, k, v = draw(2, 4, 5), draw(2, 6, 5), draw(2, 6, 5)
    compare(q, k, v, mask)
    out, sums = kernel.attention(q, k, v, mask)
    assert not out[:, 1].any()
    assert np.isinf(sums[:, 1]).all()
    assert not kernel.attention_grad(np.ones_like(out), q, k, v, mask, None, out, sums, False, 1.0, 0.0)[0][:, 1].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("size", [1.0, 30.0])
def test_narrow_floats(dtype, size):
    q, k, v = (draw(2, 20, 8, dtype=dtype, size=size) for _ in range(3))
    out, sums = kernel.attention(q, k, v, None, None, True, 0.3)
    wide = [a.astype(np.float64) for a in (q, k, v)]
    accuracy = {np.float32: 3e-5, np.float16: 1e-2}[dtype] * size
    assert out.dtype == dtype
    np.testing.assert_allclose(out, plain(*wide, is_causal=True, scale=0.3)[0], atol=accuracy)
    g = draw(2, 20, 8, dtype=dtype)
    found = kernel.attention_grad(g, q, k, v, None, None, out, sums, True, 0.3, 0.0)
    assert [a.dtype for a in found[:3]] == [dtype] * 3
    for got, want in zip(found, plain_grad(g.astype(np.float64), *wide, is_causal=True, scale=0.3), strict=False):
        if got is not None:
            np.testing.assert_allclose(got, want, atol=accuracy * max(1, np.abs(want).max()))


@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 0, 2), (2, 3, 0)])
def test_empty(shape):
    compare(draw(*shape), draw(*shape[:1], 4, shape[2]), draw(*shape[:1], 4, 3))
    compare(draw(2, 3, 2), draw(2, 0, 2), draw(2, 0, 3))
    compare(draw(2, 3, 2), draw(2, 4, 2), draw(2, 4, 0))


def test_nan_and_infinity_stay_in_their_rows():
    q, k, v = draw(4, 3), draw(5, 3), draw(5, 3)
    clean = kernel.attention(q, k, v)[0]
    for wrong in (np.nan, np.inf):
        q[2] = wrong
        out = kernel.attention(q, k, v)[0]
        assert np.isnan(out[2]).all()
        np.testing.assert_allclose(np.delete(out, 2, 0), np.delete(clean, 2, 0))


def test_any_strides():
    q = np.broadcast_to(draw(1, 4), (6, 4))
    k, v = draw(10, 8)[::2, ::-2], draw(5, 3, 2).transpose(1, 2, 0)[0].T
    compare(q, k, v)


def test_one_thread_and_several_agree(monkeypatch):
    monkeypatch.setattr(kernel, "SHARE", 1)
    q, k, v = (draw(4, 2, 40, 8) for _ in range(3))
    count, found = threads.get_count(), []
    try:
        for number in (1, 3):
            threads.set_count(number)
            found.append(kernel.attention(q, k, v, None, None, True)[0])
    finally:
        threads.set_count(count)
    np.testing.assert_allclose(*found, rtol=1e-13)


def test_the_scores_are_never_all_in_memory():
    q, k, v = (draw(8, 512, 16, dtype=np.float32) for _ in range(3))
    scores = 8 * 512 * 512 * 4
    tracemalloc.start()
    try:
        out, sums = kernel.attention(q, k, v)
        kernel.attention_grad(out, q, k, v, None, None, out, sums, False, 1.0, 0.0)
        assert tracemalloc.get_traced_memory()[1] < scores
    finally:
        tracemalloc.stop()
