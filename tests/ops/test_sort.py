"""Sorting, selection and distances: against PyTorch, and the kernels' short cuts against plain NumPy."""

import numpy as np
import pytest

import autograd as ag
from autograd.kernels import reduce, softmax, sums
from autograd.kernels import sort as kernel
from tests.ops.expressions import compare, listed

EXPRESSIONS = listed("""
x.sort(0) || x.sort(descending=True) || lib.sort(x, dim=1, descending=True, stable=True) || x.argsort(0, True) || lib.argsort(x, stable=True)
x.sort(0, True, True) || lib.argsort(x, 0, True, True) || lib.sort(i, stable=True) || lib.msort(e) || lib.sort(z) || x.sort(5)
x.topk(2) || x.topk(1, 0, False) || lib.topk(x, 0) || lib.topk(x, True) || lib.topk(x, 1.0) || lib.topk(x, 9) || lib.topk(m, 1)
x.kthvalue(2) || x.kthvalue(1, 0, True) || lib.kthvalue(x, True) || lib.kthvalue(x, 1.5) || lib.kthvalue(x, 5) || lib.kthvalue(m, 1)
x.median(1) || x.median() || x.mT.median(0, True) || x[:, :0].median(1) || lib.median(i[:0]) || lib.median(i[:0].int())
lib.median(i[:0].short()) || lib.median(m[:0]) || lib.median(m) || lib.median(m[:, :0], 1) || lib.nanmedian(m[:0]) || x.nanmedian(0)
x.mode(0) || x.max(0) || x.max(1, True) || x.min(-1) || lib.max(x, x * 2) || lib.max(i, 0) || lib.max(m, 1) || x.max(2)
lib.argmax(m) || lib.argmax(m, (0,)) || lib.argmin(x[:0]) || lib.argmin(x, 1, True) || lib.prod(x, 0, dtype=lib.int8)
lib.prod(i, dtype=lib.int8) || lib.prod(i, 1, dtype=lib.uint8) || lib.prod(m, dtype=lib.bool) || lib.nanmean(x, dtype=lib.int32)
lib.norm(x, 2, dtype=lib.float32) || lib.norm(x, "nuc") || lib.norm(x, "nuc", 0) || lib.norm(e, "nuc") || lib.norm(e, "nuc", (0, 2))
lib.norm(x, "nuc", (0, 1, 1)) || lib.norm(v, "nuc") || lib.norm(x, dim=-1) || lib.norm(x[:, :0], dim=-1) || lib.norm(x, 2, 1, True)
lib.cdist(x, x + 1) || lib.cdist(x, x[:2] - 1, 1) || lib.cdist(x, x + 2, 3) || lib.cdist(x, x + 1, float("inf")) || lib.cdist(x, x, 0)
lib.cdist(x, x + 1, 2.0, "use_mm_for_euclid_dist") || lib.cdist(x, x, compute_mode="fast") || lib.cdist(x, v) || lib.cdist(i, i)
lib.cdist(x, x + 1, 2, None) || lib.cdist(x, x, -1) || lib.cdist(x, x[:, :2]) || lib.cdist(e, x) || lib.cdist(x, x, 2)
lib.pdist(x) || lib.pdist(x, 1) || lib.pdist(x, 3) || lib.pdist(x, 0) || lib.pdist(x, float("inf")) || lib.pdist(x[:1])
lib.pdist(x * 0) || lib.pdist(v) || lib.pdist(e) || lib.pdist(i) || lib.pdist(x, -1) || lib.pdist(x.detach()[:, :0])
lib.renorm(x, 2, 0, 1.0) || lib.renorm(x, 1, 1, 2) || lib.renorm(x, float("inf"), 0, 0.5) || x.renorm(p=3, dim=-1, maxnorm=0)
lib.renorm(e, 2, 1, 1) || lib.renorm(x * 0, 2, 0, 1.0) || lib.renorm(x, 0, 0, 1.0) || lib.renorm(x, 2, 0, -1.0) || lib.renorm(v, 2, 0, 1)
lib.renorm(x, 2, 5, 1.0) || lib.renorm(i, 2, 0, 1) || lib.renorm(x, "fro", 0, 1) || (x * 1).renorm_(2, 0, 1) || lib.renorm(x[:0], 2, 0, 1)
lib.dist(x, x * 2) || lib.dist(x, v.sum()) || lib.dist(x, x + 1, 3) || lib.dist(i, i) || x.dist(x[0], float("inf"))
lib.pairwise_distance(x, x * 2 + 1) || lib.pairwise_distance(x, x[0] + 1, 1, 0.1, True) || lib.pairwise_distance(v, z + v)
lib.cosine_similarity(x, x ** 2) || lib.cosine_similarity(x, x[:, :1], 0) || lib.cosine_similarity(x, v[:1], -1, 0.5)
lib.cosine_similarity(x, x * 0) || lib.cosine_similarity(x, x, 3) || lib.cosine_similarity(i, i) || lib.cosine_similarity(x, i[:1, :1])
lib.norm_except_dim(x) || lib.norm_except_dim(x, 1, 1) || lib.norm_except_dim(e, 2, 1) || lib.norm_except_dim(x, 2, -1)
lib.norm_except_dim(v) || lib.norm_except_dim(z) || lib.norm_except_dim(x, 2, 3) || lib.norm_except_dim(i)
lib.hash_tensor(x) || lib.hash_tensor(x, 0) || x.hash_tensor(dim=(0, 1), keepdim=True) || lib.hash_tensor(i) || lib.hash_tensor(-i)
lib.hash_tensor(m) || lib.hash_tensor(x[:0]) || lib.hash_tensor(x[:0], 0) || lib.hash_tensor(x[:0], 1) || lib.hash_tensor(x, mode=1)
lib.hash_tensor(x.float()) || lib.hash_tensor(i.to(lib.uint8), 1) || lib.hash_tensor(x, 4) || lib.hash_tensor(z)
lib.segment_reduce(x, "sum", lengths=T([1, 2])) || lib.segment_reduce(x, "mean", lengths=T([1, 2, 0]))
lib.segment_reduce(x, "max", lengths=T([2, 1, 0])) || lib.segment_reduce(x, "min", lengths=T([1, 2, 0]), initial=0.1)
lib.segment_reduce(x, "prod", lengths=T([1, 2, 0])) || lib.segment_reduce(x, "mean", lengths=T([1, 2, 0]), initial=2)
lib.segment_reduce(x, "sum", offsets=T([0, 1, 3])) || lib.segment_reduce(x, "max", lengths=T([[1, 3]] * 3), axis=1)
lib.segment_reduce(x, "sum", lengths=T([1, 1]), unsafe=True) || lib.segment_reduce(x, "sum", lengths=T([1, 1]))
lib.segment_reduce(x, "sum", lengths=T([1, 2]), initial=5) || lib.segment_reduce(x, "sum", lengths=T([4, -1]))
lib.segment_reduce(x, "foo", lengths=T([1, 2])) || lib.segment_reduce(x, "sum") || lib.segment_reduce(i, "sum", lengths=T([1, 1]))
lib.segment_reduce(x, "sum", lengths=T([1, 2]), axis=1) || lib.segment_reduce(x, "sum", lengths=T([1.0, 2.0]))
lib.segment_reduce(x, "sum", indices=T([0, 1, 1])) || lib.segment_reduce(x * 0, "max", lengths=T([1, 2]))
lib.cov(x) || lib.cov(x[:1]) || lib.cov(x[:0]) || lib.cov(x, correction=0) || lib.cov(v) || lib.cov(z) || lib.cov(i) || lib.cov(m)
lib.cov(x, fweights=T([1, 2, 1, 3])) || lib.cov(x, aweights=x.detach()[0] ** 2, correction=2) || lib.cov(e) || lib.cov(x[:, :0])
lib.cov(x, fweights=T([1, 2, 1, 3]), aweights=T([1.0, 0.5, 2, 1]), correction=0) || lib.cov(x, fweights=T([1, 2]))
lib.cov(x, fweights=T([1.0, 2, 1, 3])) || lib.cov(x, aweights=T([1, 2, 1, 3])) || lib.cov(x, fweights=T([1, -2, 1, 3]))
lib.cov(x, aweights=T([0.0, 0, 0, 0])) || lib.cov(x, fweights=T([[1, 2, 1, 3]])) || lib.corrcoef(x) || lib.corrcoef(x[:1]) || lib.corrcoef(m)
""")


@pytest.mark.torch
@pytest.mark.parametrize("code", EXPRESSIONS)
def test_against_pytorch(code):
    compare(pytest.importorskip("torch"), code)


@pytest.mark.parametrize(
    ("shape", "axis"), [((5, 7), 1), ((5, 7), 0), ((7,), 0), ((2, 3, 4), 2), ((2, 3, 4), 1), ((3, 0), 1)]
)
def test_pick_is_take_along_axis(shape, axis):
    x = np.random.default_rng(0).normal(size=shape)
    order = np.argsort(x, axis=axis)
    for index in (order, order[(slice(None),) * axis + (slice(0, 1),)]):
        np.testing.assert_array_equal(kernel.pick(x, index, axis), np.take_along_axis(x, index, axis))


@pytest.mark.parametrize("shape", [(3000, 3), (400, 60), (300, 97), (200, 500), (2, 5000)])
def test_reductions_of_lines(shape):
    x = np.random.default_rng(0).normal(1, 0.1, shape)
    x32 = x.astype(np.float32)
    np.testing.assert_array_equal(reduce.amax(x32, 1), x32.max(axis=1))
    np.testing.assert_allclose(reduce.prod(x32[:, :40], 1), x[:, :40].prod(axis=1), rtol=1e-5)
    np.testing.assert_allclose(reduce.norm(x32, 2.0, 1), np.linalg.norm(x, axis=1), rtol=1e-6)
    np.testing.assert_allclose(sums.sum_squares(x32, (1,))[:, 0], (x * x).sum(axis=1), rtol=1e-6)
    for keep in (False, True):
        values, places = reduce.max_along(x32, 1, keep)
        np.testing.assert_array_equal(values, x32.max(axis=1, keepdims=keep))
        np.testing.assert_array_equal(places, x32.argmax(axis=1, keepdims=keep))


@pytest.mark.parametrize("shape", [(2, 3, 4), (300, 1000), (3, 40, 2500), (1, 300, 15000)])
def test_softmax_in_blocks(shape):
    x = np.random.default_rng(0).normal(0, 30, shape).astype(np.float32)
    g = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    for axis in range(3 - len(shape), len(shape)):
        wide = x.astype(np.float64)
        top = wide.max(axis=axis, keepdims=True)
        total = np.log(np.exp(wide - top).sum(axis=axis, keepdims=True)) + top
        share = np.exp(wide - total)
        with np.errstate(over="ignore"):  # as operations run kernels: what overflows is done again
            np.testing.assert_allclose(softmax.softmax(x, axis), share, atol=1e-6)
            np.testing.assert_allclose(softmax.log_softmax(x, axis), wide - total, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(reduce.logsumexp(x, axis, True), total, rtol=1e-6, atol=1e-6)
        out = share.astype(np.float32)
        back = share * (g - (g * share).sum(axis=axis, keepdims=True))
        np.testing.assert_allclose(softmax.softmax_pull(g, out, axis), back, atol=2e-4)


def test_membership_does_not_trust_assume_unique():
    x = ag.tensor([1, 1, 2])
    assert ag.isin(x, ag.tensor([2, 3]), assume_unique=True).tolist() == [False, False, True]
    with pytest.raises(RuntimeError, match="bool"):
        ag.isin(x > 1, x > 1)
