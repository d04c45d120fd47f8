"""Margin losses of several classes against their definition, sum by sum."""

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd.kernels import margin_loss as kernel

rng = np.random.default_rng(4)


def multilabel(row, target):
    """One row's loss and slope by the loops of the definition."""
    right = list(target[: list(target).index(-1)]) if -1 in target else list(target)
    slope, loss = np.zeros(len(row)), 0.0
    for y in right:
        for i in range(len(row)):
            if i not in right and 1 - row[y] + row[i] > 0:
                loss += 1 - row[y] + row[i]
                slope[i] += 1
                slope[y] -= 1
    return loss / len(row), slope / len(row)


@pytest.mark.parametrize("pairs", [1, 40, kernel.PAIRS])
def test_multilabel_in_blocks(monkeypatch, pairs):
    monkeypatch.setattr(kernel, "PAIRS", pairs)
    x, target = rng.uniform(-2, 2, (7, 5)), rng.integers(-1, 5, (7, 5))
    target[3], target[4] = -1, [0, 1, 2, 3, 4]
    t = autograd.tensor(x, requires_grad=True)
    losses = F.multilabel_margin_loss(t, autograd.tensor(target), reduction="none")
    losses.sum().backward()
    expected = [multilabel(*row) for row in zip(x, target, strict=True)]
    np.testing.assert_allclose(losses.detach().numpy(), [e[0] for e in expected], rtol=1e-12)
    np.testing.assert_allclose(t.grad.numpy(), [e[1] for e in expected], rtol=1e-12)


@pytest.mark.parametrize("p", [1, 2])
def test_multi_margin(p):
    x, target, weight = rng.uniform(-2, 2, (6, 4)), rng.integers(0, 4, 6), rng.uniform(0.5, 2, 4)
    losses = F.multi_margin_loss(
        autograd.tensor(x), autograd.tensor(target), p, 0.7, autograd.tensor(weight), reduction="none"
    )
    expected = [
        sum(max(0.0, 0.7 - row[y] + row[j]) ** p for j in range(4) if j != y) * weight[y] / 4
        for row, y in zip(x, target, strict=True)
    ]
    np.testing.assert_allclose(losses.numpy(), expected, rtol=1e-12)


def test_second_derivative_of_the_square():
    x = autograd.tensor(rng.uniform(-2, 2, (3, 4)), requires_grad=True)
    target = autograd.tensor([0, 3, 1])
    assert autograd.gradgradcheck(lambda x: F.multi_margin_loss(x, target, 2), (x,))


def test_inputs_are_not_written():
    x, target = rng.uniform(-2, 2, (3, 4)), np.array([[3, 0, -1, 1], [1, 1, -1, -1], [-1, 2, 2, 2]])
    for array in (x, target):
        array.setflags(write=False)
    kernel.multi_margin(x, target[:, 1])
    kernel.multi_slope(x, target[:, 1], None, 2, 1.0)
    kernel.multilabel_margin(x, target)
    kernel.multilabel_slope(x, target)
