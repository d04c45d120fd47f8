"""Connectionist temporal classification: against all alignments one by one, over long sequences, and at its edges."""

import itertools

import numpy as np
import pytest

import autograd
import nn.functional as F

rng = np.random.default_rng(2)


def alignments(label, steps, classes, blank):
    """Every sequence of classes that becomes ``label`` when repeats are merged and blanks taken out."""
    for path in itertools.product(range(classes), repeat=steps):
        if [c for c, _ in itertools.groupby(path) if c != blank] == list(label):
            yield path


@pytest.mark.parametrize(("label", "blank"), [([1], 0), ([1, 1], 0), ([2, 1], 0), ([], 0), ([0, 2], 1), ([1, 1, 1], 0)])
def test_is_the_sum_over_all_alignments(label, blank):
    log_probs = autograd.tensor(rng.normal(size=(5, 1, 3))).log_softmax(-1)
    table = log_probs[:, 0].numpy()
    total = sum(np.exp(sum(table[t, c] for t, c in enumerate(path))) for path in alignments(label, 5, 3, blank))
    targets = autograd.tensor(np.array([label], np.int64).reshape(1, -1))
    found = F.ctc_loss(log_probs, targets, (5,), (len(label),), blank, "sum")
    np.testing.assert_allclose(found.item(), -np.log(total), rtol=1e-12)


def test_targets_in_rows_and_one_after_another():
    log_probs = autograd.tensor(rng.normal(size=(6, 3, 4))).log_softmax(-1)
    rows = autograd.tensor([[1, 2, -7], [3, -7, -7], [1, 1, 2]])  # what stands behind a target does not matter
    turn = autograd.tensor([1, 2, 3, 1, 1, 2])
    one, two = (F.ctc_loss(log_probs, t, (6, 5, 6), (2, 1, 3), reduction="none") for t in (rows, turn))
    assert one.tolist() == two.tolist()


def test_a_label_that_is_no_class_is_an_error():
    with pytest.raises(RuntimeError, match="classes from 0 to 3, but they go from 1 to 4"):
        F.ctc_loss(autograd.zeros(6, 1, 4), autograd.tensor([[1, 4]]), (6,), (2,))


def test_long_sequences_keep_their_digits():
    scores, label = rng.normal(size=(300, 2, 20)), autograd.tensor(rng.integers(1, 20, (2, 40)))

    def gradient(dtype):
        x = autograd.tensor(scores.astype(dtype), requires_grad=True)
        F.ctc_loss(x.log_softmax(-1), label, (300, 250), (40, 30), reduction="sum").backward()
        return x.grad.numpy()

    np.testing.assert_allclose(gradient(np.float32), gradient(np.float64), atol=2e-3)


def test_forbidden_class_and_unlikely_path():
    scores = np.zeros((4, 1, 3))
    scores[:, :, 2] = -np.inf
    x = autograd.tensor(scores, requires_grad=True)
    F.ctc_loss(x.log_softmax(-1), autograd.tensor([[1]]), (4,), (1,)).backward()
    assert np.isfinite(x.grad.numpy()).all()
    assert (x.grad.numpy()[:, :, 2] == 0).all()
    sure = np.full((60, 1, 5), -1000.0)
    sure[:, :, 0] = 0
    loss = F.ctc_loss(autograd.tensor(sure).log_softmax(-1), autograd.tensor([[1, 2, 3]]), (60,), (3,), reduction="sum")
    np.testing.assert_allclose(loss.item(), 3000 - np.log(34220), rtol=1e-9)  # 60 choose 3 places


def test_second_derivative():
    x = autograd.tensor(rng.normal(size=(4, 2, 3)), requires_grad=True)
    targets = autograd.tensor([[1, 2], [2, 0]])
    assert autograd.gradgradcheck(lambda x: F.ctc_loss(x.log_softmax(-1), targets, (4, 3), (2, 1)), (x,))


def test_each_example_of_vmap():
    x, targets = autograd.tensor(rng.normal(size=(3, 5, 1, 4))), autograd.tensor([[1, 2]])
    loss = lambda x: F.ctc_loss(x.log_softmax(-1), targets, (5,), (2,), reduction="sum")
    mapped = autograd.vmap(loss)(x)
    np.testing.assert_allclose(mapped.numpy(), [loss(one).item() for one in x], rtol=1e-12)
