"""Comparisons, closeness and equality beyond what the registry's tests cover."""

import operator

import numpy as np
import pytest

import autograd as ag


def test_comparisons_leave_strangers_to_python():
    x = ag.tensor([1.0, 2.0])
    assert (x == None) is False  # noqa: E711
    assert (x != "a") is True
    assert x.__lt__("a") is NotImplemented
    with pytest.raises(TypeError):
        operator.lt(x, None)
    with pytest.raises(TypeError):
        ag.eq(x, None)


def test_comparisons_with_arrays_and_other_dtypes():
    x = ag.tensor([1.0, 2.0])
    assert (x == np.array([1.0, 3.0])).tolist() == [True, False]
    assert (x > ag.tensor([1, 1])).tolist() == [False, True]
    assert (x < np.float64(1.5)).tolist() == [True, False]
    assert (x == 1 + 1e-12).tolist() == [True, False]
    assert not (x > 1).requires_grad
    with pytest.raises(RuntimeError, match="must match the size"):
        operator.eq(x, ag.zeros(3))


def test_gaps_between_integers_are_exact():
    low, high = ag.tensor([-128, -1, 0], dtype=ag.int8), ag.tensor([127, 127, -128], dtype=ag.int8)
    assert ag.isclose(low, high, atol=128).tolist() == [False, True, True]
    assert ag.isclose(low, high, atol=255).tolist() == [True, True, True]
    assert ag.isclose(ag.tensor([True]), ag.tensor([False]), atol=1).tolist() == [True]


def test_equal_and_allclose_are_python_bools():
    x = ag.tensor([1.0, np.nan])
    assert ag.equal(x, x) is False
    assert ag.equal(ag.ones(2), ag.ones(3)) is False
    assert ag.equal(ag.tensor([1]), ag.tensor([1.0])) is True
    assert ag.allclose(x, x) is False
    assert x.allclose(x, equal_nan=True) is True
    with pytest.raises(RuntimeError, match="rtol"):
        ag.isclose(x, x, rtol=-1)
