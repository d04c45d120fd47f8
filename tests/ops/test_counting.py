"""Histograms, and what counts and searches, against PyTorch."""

import numpy as np
import pytest

import autograd as ag
from tests.ops.expressions import compare, listed

EXPRESSIONS = listed("""
lib.histogram(x) || lib.histogram(x, 4) || lib.histogram(x, bins=3, range=(-1.0, 1.0)) || x.histogram(5, density=True)
lib.histogram(x, T([-1.0, 0, 0.5, 2])) || lib.histogram(x, 4, weight=x.detach() ** 2) || lib.histogram(x, 2, range=(1, 1))
lib.histogram(x, 4, weight=x.detach() ** 2, density=True) || lib.histogram(x.float(), 4) || lib.histogram(x * 0, 3)
lib.histogram(z, 2) || lib.histogram(x[:0], 2) || lib.histogram(x.detach() / 0, 2) || lib.histogram(i, 2) || lib.histogram(x, 0)
lib.histogram(x, 2, range=(3.0, 1.0)) || lib.histogram(x, 2, range=(0, 1, 2)) || lib.histogram(x, T([0.0, 1]), range=(0.0, 1.0))
lib.histogram(x, T(1.0)) || lib.histogram(x, T([[0.0, 1.0]])) || lib.histogram(x, T([1.0])) || lib.histogram(x, T([0.0, 1]).float())
lib.histogram(x, 2, weight=x[:1]) || lib.histogram(x, 2, weight=x.float()) || lib.histogram(x, 2.0) || lib.histogram(x, True)
lib.histogram(x.detach(), 3, out=(lib.empty(0), lib.empty(0))) || lib.histogram(T([float("nan"), 1.0]), 2, range=(0.0, 2.0))
lib.histogramdd(x[:, :2], 3) || lib.histogramdd(x[:, :2], [2, 3]) || lib.histogramdd(e[..., :2], (2, 2), range=[-1.0, 1, -2, 2])
lib.histogramdd(x[:, :2], [T([-1.0, 0, 2]), T([0.0, 2])]) || lib.histogramdd(x[:, :2], [2, 3], density=True)
lib.histogramdd(x[:, :2], 2, weight=v.detach()) || lib.histogramdd(x, [2]) || lib.histogramdd(v, 2) || lib.histogramdd(z, 2)
lib.histogramdd(x[:, :2], [2, 3], range=[0.0, 1.0]) || lib.histogramdd(i, 2) || lib.histogramdd(x[:, :2], 2, weight=z.detach())
lib.histogramdd(x[:0, :2], 2) || lib.histogramdd(x, T([0.0, 1.0]))
lib.histc(x, 4) || lib.histc(x, 4, -1, 1) || lib.histc(i, 3) || lib.bincount(i[0]) || lib.bincount(i[0], v[:2].detach())
lib.unique(i) || lib.unique(i, return_inverse=True, return_counts=True) || lib.unique(i, dim=0) || lib.unique_consecutive(i[0])
lib.unique(i, dim=3) || i.unique_consecutive(dim=1, return_counts=True)
lib.searchsorted(T([0.0, 1]), x.detach()) || lib.searchsorted(m, m) || lib.bucketize(m, m[0]) || lib.bucketize(x, v.detach().sort()[0])
lib.searchsorted(x.detach(), x.detach(), sorter=x.argsort(1) + 9) || lib.searchsorted(x.detach(), x.detach(), sorter=x.argsort(1))
lib.count_nonzero(x, (0, 1)) || lib.count_nonzero(i, 0) || lib.isin(i, T([1, 5])) || lib.isin(m, m) || lib.isin(i, 1, invert=True)
""")


@pytest.mark.torch
@pytest.mark.parametrize("code", EXPRESSIONS)
def test_against_pytorch(code):
    compare(pytest.importorskip("torch"), code)


def test_results_are_named():
    found = ag.histogram(ag.tensor([1.0, 2.0]), 2)
    assert found._fields == ag.histogramdd(ag.ones(2, 1), 2)._fields == ("hist", "bin_edges")
    assert repr(found).startswith("autograd.return_types.histogram(\nhist=tensor([1., 1.])")


def test_histograms_of_many_points():
    points = np.random.default_rng(0).normal(size=(5000, 2))
    found = ag.histogramdd(ag.tensor(points), [7, 5], range=[-2.0, 2.0, -1.0, 3.0])
    plain, edges = np.histogramdd(points, [7, 5], [(-2, 2), (-1, 3)])
    np.testing.assert_array_equal(found.hist.numpy(), plain)
    for mine, theirs in zip(found.bin_edges, edges, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs, rtol=1e-12, atol=1e-12)


def test_errors_change_nothing():
    x, out = ag.ones(3), ag.zeros(2)
    with pytest.raises(RuntimeError, match=r"range \[nan, nan\] is not finite"):
        ag.histogram(x * float("nan"), 2, out=(out, ag.zeros(3)))
    with pytest.raises(RuntimeError, match="min should not exceed max, but got min 3"):
        ag.histogram(x, 2, range=(3.0, 1.0), out=(out, ag.zeros(3)))
    assert out.tolist() == [0.0, 0.0]
