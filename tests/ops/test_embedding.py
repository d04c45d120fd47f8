"""Look-up in tables, and bags of rows, against loops."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

rng = np.random.default_rng(0)
TABLE = rng.standard_normal((6, 3))
INDICES, OFFSETS = np.array([1, 0, 2, 2, 5, 1, 4]), np.array([0, 2, 2, 6])


def table():
    return autograd.tensor(TABLE, requires_grad=True)


def bags(padding=-1):
    """The indices of each bag, and their places."""
    ends = [*OFFSETS[1:], len(INDICES)]
    return [[p for p in range(a, b) if INDICES[p] != padding] for a, b in zip(OFFSETS, ends, strict=True)]


@pytest.mark.parametrize("padding", [-1, 2, 4])
@pytest.mark.parametrize("mode", [0, 1, 2])
def test_bags_against_a_loop(mode, padding):
    weight = table()
    out, owners, sizes, origin = autograd.embedding_bag(
        weight,
        autograd.tensor(INDICES),
        autograd.tensor(OFFSETS),
        mode=mode,
        padding_idx=None if padding < 0 else padding,
    )
    weights = rng.standard_normal(out.shape)
    out.backward(autograd.tensor(weights))
    slope = np.zeros_like(TABLE)
    for bag, (result, w, places) in enumerate(zip(out.tolist(), weights, bags(padding), strict=True)):
        rows = TABLE[INDICES[places]]
        if not places:
            expected = np.zeros(3)
        elif mode == 2:
            expected, which = rows.max(0), INDICES[places][rows.argmax(0)]
            slope[which, np.arange(3)] += w
            assert origin[bag].tolist() == which.tolist()
        else:
            share = 1 if mode == 0 else len(places)
            expected = rows.sum(0) / share
            for row in INDICES[places]:
                slope[row] += w / share
        np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(weight.grad.numpy(), slope, rtol=1e-12, atol=1e-15)
    assert owners.tolist() == [0, 0, 2, 2, 2, 2, 3]
    assert sizes.tolist() == ([0] * 4 if mode == 0 else [len(b) for b in bags(padding)])


def test_weights_of_the_indices():
    weight, factors = table(), autograd.tensor(rng.standard_normal(7), requires_grad=True)
    out = F.embedding_bag(
        autograd.tensor(INDICES),
        weight,
        autograd.tensor(OFFSETS),
        mode="sum",
        per_sample_weights=factors,
        padding_idx=2,
    )
    expected = [sum((TABLE[INDICES[p]] * factors[p].item() for p in places), np.zeros(3)) for places in bags(2)]
    np.testing.assert_allclose(out.tolist(), expected, rtol=1e-12)
    out.sum().backward()
    np.testing.assert_allclose(factors.grad.tolist(), np.where(INDICES == 2, 0, TABLE[INDICES].sum(1)), rtol=1e-12)


def test_gradients_are_divided_by_how_often_a_row_comes():
    # PyTorch divides the k-th of the rows that come by how often the k-th of the sorted indices does
    weight = table()
    indices = autograd.tensor([1, 2, 1, 4])
    F.embedding_bag(indices, weight, autograd.tensor([0, 2]), mode="sum", scale_grad_by_freq=True).sum().backward()
    assert weight.grad.tolist() == [[float(row in (1, 2, 4))] * 3 for row in range(6)]
    looked_up = table()
    F.embedding(indices, looked_up, scale_grad_by_freq=True).sum().backward()
    assert looked_up.grad.tolist() == weight.grad.tolist()


def test_the_last_offset_is_the_end():
    plain = F.embedding_bag(autograd.tensor(INDICES), table(), autograd.tensor(OFFSETS))
    ends = autograd.tensor([*OFFSETS, 7])
    assert F.embedding_bag(autograd.tensor(INDICES), table(), ends, include_last_offset=True).tolist() == plain.tolist()


def test_offsets_and_indices_of_other_dtypes():
    plain = F.embedding_bag(autograd.tensor(INDICES), table(), autograd.tensor(OFFSETS)).tolist()
    for one, two in (("int32", "int64"), ("int64", "int32"), ("int32", "int32")):
        indices, offsets = autograd.tensor(INDICES.astype(one)), autograd.tensor(OFFSETS.astype(two))
        assert F.embedding_bag(indices, table(), offsets).tolist() == plain


def test_rows_are_shortened_in_place_and_once():
    weight = autograd.tensor([[3.0, 4.0], [0.3, 0.4], [6.0, 8.0]])
    found = autograd.embedding_renorm_(weight, autograd.tensor([[0, 0], [1, 0]]), 1.0, 2.0)
    assert found is weight
    np.testing.assert_allclose(weight.tolist(), [[0.6, 0.8], [0.3, 0.4], [6.0, 8.0]], rtol=1e-6)
    with pytest.raises(RuntimeError, match="leaf"):
        autograd.embedding_renorm_(table(), autograd.tensor([0]), 0.1, 2.0)
    layer = nn.EmbeddingBag(3, 2, max_norm=1.0, _weight=autograd.tensor([[3.0, 4.0], [0.3, 0.4], [6.0, 8.0]]))
    layer(autograd.tensor([[0, 1]])).sum().backward()
    np.testing.assert_allclose(layer.weight.norm(dim=1).tolist(), [1.0, 0.5, 10.0], rtol=1e-6)
    assert layer.weight.grad.tolist() == [[0.5, 0.5], [0.5, 0.5], [0.0, 0.0]]


def test_a_failed_call_changes_nothing():
    weight = autograd.tensor([[3.0, 4.0], [6.0, 8.0]])
    for wrong in (lambda: F.embedding_bag(autograd.tensor([[0, 2]]), weight, max_norm=1.0),
                  lambda: F.embedding_bag(autograd.tensor([[0, 1]]), weight, max_norm=1.0, mode="x"),
                  lambda: F.embedding_bag(autograd.tensor([0, 1]), weight, max_norm=1.0)):  # fmt: skip
        with pytest.raises((IndexError, ValueError)):
            wrong()
        assert weight.tolist() == [[3.0, 4.0], [6.0, 8.0]]


def test_sparse_gradients_are_refused():
    for call in (lambda: nn.Embedding(2, 3, sparse=True), lambda: nn.EmbeddingBag(2, 3, sparse=True),
                 lambda: F.embedding_bag(autograd.tensor([[0]]), table(), sparse=True),
                 lambda: autograd.embedding(table(), autograd.tensor([0]), -1, False, True)):  # fmt: skip
        with pytest.raises(NotImplementedError, match="sparse"):
            call()


def test_what_is_no_tensor():
    for call, name in ((lambda: autograd.embedding([1.0], autograd.tensor([0])), "weight"),
                       (lambda: autograd.embedding(table(), [0]), "indices"),
                       (lambda: autograd.embedding_bag(table(), autograd.tensor([0]), [0]), "offsets")):  # fmt: skip
        with pytest.raises(TypeError, match=rf"{name}.* must be Tensor, not list"):
            call()
