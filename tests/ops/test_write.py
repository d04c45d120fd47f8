"""Writes that are methods of their own, against PyTorch."""

import pytest

import autograd as ag

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (5, 2), (7, 3), (3, 3, 3), (6, 2), (0, 2)])
def test_fill_diagonal(shape, wrap):
    ours, theirs = ag.zeros(*shape), torch.zeros(*shape)
    assert ours.fill_diagonal_(2.0, wrap) is ours
    assert ours.tolist() == theirs.fill_diagonal_(2.0, wrap).tolist()


def test_fill_diagonal_cuts_the_gradient():
    x = ag.ones(2, 2, requires_grad=True)
    (x * 2).fill_diagonal_(0.0).sum().backward()
    assert x.grad.tolist() == [[0.0, 2.0], [2.0, 0.0]]


def test_fill_diagonal_refuses_vectors_and_unequal_sizes():
    for shape in [(3,), (2, 3, 3)]:
        x = ag.zeros(*shape)
        with pytest.raises(RuntimeError, match="fill_diagonal_: "):
            x.fill_diagonal_(1.0)
        assert x.sum() == 0
