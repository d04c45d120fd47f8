"""Attention and transformers: what comparing single calls with PyTorch does not show."""

import warnings

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from nn.attention import SDPBackend, chosen_backends, sdpa_kernel
from nn.attention.bias import CausalBias, CausalVariant, causal_lower_right, causal_upper_left


def three(*shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [autograd.tensor(rng.standard_normal(s).astype(dtype), requires_grad=True) for s in shapes]


SHAPES = (2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 3)


# -- the function -------------------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(2, 3, 40, 8), (1, 2, 150, 16)])
@pytest.mark.parametrize("is_causal", [False, True])
def test_pytorchs_fast_kernel(shape, is_causal):
    torch = pytest.importorskip("torch")
    ours = three(shape, shape, shape, dtype=np.float32)
    theirs = [torch.tensor(t.detach().numpy(), requires_grad=True) for t in ours]
    out, expected = (f(*x, is_causal=is_causal) for f, x in (
        (F.scaled_dot_product_attention, ours), (torch.nn.functional.scaled_dot_product_attention, theirs)))  # fmt: skip
    assert "Flash" in type(expected.grad_fn).__name__
    out.square().sum().backward()
    expected.square().sum().backward()
    np.testing.assert_allclose(out.detach().numpy(), expected.detach().numpy(), atol=2e-6)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), atol=2e-5)


@pytest.mark.parametrize("is_causal", [False, True])
def test_derivatives_of_both_orders_and_forward_mode(is_causal):
    def call(q, k, v, mask):
        return F.scaled_dot_product_attention(q, k, v, None if is_causal else mask, is_causal=is_causal)

    given = three((1, 2, 3, 2), (1, 2, 4, 2), (1, 2, 4, 2), (3, 4))
    assert autograd.gradcheck(call, given, check_forward_ad=True)
    assert autograd.gradgradcheck(call, given)


def test_the_weights_that_dropout_drops_are_those_of_dropout():
    q, k, v = three(*SHAPES)
    autograd.manual_seed(1)
    out = F.scaled_dot_product_attention(q, k, v, dropout_p=0.4)
    autograd.manual_seed(1)
    weights = F.dropout(autograd.softmax(q @ k.transpose(-1, -2) / 2, -1), 0.4)
    np.testing.assert_allclose(out.detach().numpy(), (weights @ v).detach().numpy(), rtol=1e-12)
    again = F.scaled_dot_product_attention(q, k, v, dropout_p=1.0)
    assert not again.detach().numpy().any()


def test_one_record():
    q, k, v = three(*SHAPES)
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    parents = [f for f, _ in out.grad_fn.next_functions if f is not None]
    assert [f.next_functions for f in parents] == [()] * 3


def test_heads_that_come_last_in_memory_stay_there():
    heads = autograd.ones(2, 3, 4, 5).transpose(1, 2)  # (N, heads, L, E), made of (N, L, heads, E)
    out = F.scaled_dot_product_attention(heads, heads, heads)
    assert out.transpose(1, 2).is_contiguous()


def test_vmap_and_gradients_of_each_example():
    q, k, v = three(*SHAPES)
    mask = autograd.tensor([[True, False, True, True, False]] * 3)

    def call(q, k, v):
        return F.scaled_dot_product_attention(q, k, v, mask).sum()

    found = autograd.vmap(autograd.func.grad(call, argnums=(0, 1, 2)), in_dims=(0, None, 0))(q, k[0], v)
    for i in range(2):
        one = autograd.func.grad(call, argnums=(0, 1, 2))(q[i], k[0], v[i])
        for a, b in zip(found, one, strict=True):
            np.testing.assert_allclose(a[i].detach().numpy(), b.detach().numpy(), rtol=1e-10, atol=1e-12)


def test_a_failed_call_draws_no_random_numbers():
    q, k, v = three(*SHAPES)
    autograd.manual_seed(0)
    expected = autograd.rand(1).item()
    autograd.manual_seed(0)
    with pytest.raises(RuntimeError, match="broadcast"):
        F.scaled_dot_product_attention(q, k, v, autograd.ones(2, 2), 0.5)
    assert autograd.rand(1).item() == expected


# -- nn.attention -------------------------------------------------------------------------------------------------------


def test_sdpa_kernel_nests_and_changes_no_number():
    q, k, v = three(*SHAPES)
    expected = F.scaled_dot_product_attention(q, k, v).tolist()
    outside = chosen_backends()
    with sdpa_kernel([SDPBackend.MATH, SDPBackend.FLASH_ATTENTION]) as given:
        assert given == {}
        assert chosen_backends() == (SDPBackend.MATH, SDPBackend.FLASH_ATTENTION)
        with sdpa_kernel(SDPBackend.EFFICIENT_ATTENTION, set_priority=True):
            assert F.scaled_dot_product_attention(q, k, v).tolist() == expected
        with pytest.raises(TypeError, match="must be Tensor"), sdpa_kernel(SDPBackend.EFFICIENT_ATTENTION):
            F.scaled_dot_product_attention(1, k, v)
        assert chosen_backends() == (SDPBackend.MATH, SDPBackend.FLASH_ATTENTION)
    assert chosen_backends() == outside
    assert repr(SDPBackend.MATH) == "<SDPBackend.MATH: 0>"
    for wrong in (3, (SDPBackend.MATH,), [3]):
        with pytest.raises(AssertionError, match="Backend must be"), sdpa_kernel(wrong):
            pass


@pytest.mark.parametrize("sizes", [(3, 5), (5, 5)])
def test_causal_biases(sizes):
    length, source = sizes
    q, k, v = three((2, length, 4), (2, source, 4), (2, source, 4))
    for bias, shift in ((causal_upper_left(*sizes), 0), (causal_lower_right(*sizes), source - length)):
        mask = autograd.tril(autograd.ones(length, source, dtype=autograd.bool), shift)
        assert repr(bias) == repr(mask)
        expected = F.scaled_dot_product_attention(q, k, v, mask)
        np.testing.assert_allclose(
            F.scaled_dot_product_attention(q, k, v, bias).tolist(), expected.tolist(), rtol=1e-12
        )
    with pytest.raises(ValueError, match="causal=True"):
        F.scaled_dot_product_attention(q, k, v, bias, is_causal=True)


def test_causal_biases_that_make_no_sense():
    with pytest.raises(AssertionError, match="CausalVariant"):
        CausalBias(1, 2, 3)
    for make in (causal_lower_right, causal_upper_left):
        with pytest.raises(AssertionError, match="2D"):
            make(1, 2, 3)
    with pytest.warns(UserWarning, match="see no key"):
        CausalBias(CausalVariant.LOWER_RIGHT, 3, 2)


# -- layers -------------------------------------------------------------------------------------------------------------


def test_heads_of_a_layer_are_projected_once():
    autograd.manual_seed(0)
    layer, x = nn.MultiheadAttention(6, 2, batch_first=True), autograd.randn(2, 4, 6)
    one, _ = layer(x, x, x, need_weights=False)
    apart, _ = layer(x, x.clone(), x.clone(), need_weights=False)
    pair = x.clone()
    two, _ = layer(x, pair, pair, need_weights=False)
    weighted, weights = layer(x, x, x)
    for other in (apart, two, weighted):
        np.testing.assert_allclose(one.tolist(), other.tolist(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(weights.sum(-1).tolist(), np.ones((2, 4)), rtol=1e-6)


def test_static_keys_and_values():
    autograd.manual_seed(0)
    x, weight, out = autograd.randn(3, 2, 4), autograd.randn(12, 4), autograd.eye(4)
    k, v = autograd.randn(4, 3, 2), autograd.randn(4, 3, 2)
    options = {"static_k": k, "static_v": v, "need_weights": False}

    def call(**changes):
        return F.multi_head_attention_forward(
            x, x, x, 4, 2, weight, None, None, None, False, 0.0, out, None, **(options | changes)
        )[0]

    q = (x @ weight[:4].T).reshape(3, 4, 2).transpose(0, 1)
    expected = F.scaled_dot_product_attention(q, k, v).transpose(0, 1).reshape(3, 2, 4)
    np.testing.assert_allclose(call().tolist(), expected.tolist(), rtol=1e-5, atol=1e-6)
    with pytest.raises(AssertionError, match=r"static_k.size\(0\)"):
        call(static_k=k[:3])
    with pytest.raises(AssertionError, match=r"static_v.size\(2\)"):
        call(static_v=v[..., :1])


def test_merged_masks():
    layer = nn.MultiheadAttention(4, 2)
    query, padding, mask = autograd.zeros(3, 5, 4), autograd.ones(3, 5), autograd.ones(5, 5)
    assert layer.merge_masks(None, None, query) == (None, None)
    assert layer.merge_masks(None, padding, query)[1] == 1
    merged, kind = layer.merge_masks(mask, padding, query)
    assert (tuple(merged.shape), kind) == ((3, 2, 5, 5), 2)
    assert merged.unique().tolist() == [2.0]
    assert tuple(layer.merge_masks(autograd.ones(6, 5, 5), None, query)[0].shape) == (3, 2, 5, 5)


def test_the_parts_of_a_transformers_layer_can_be_overridden():
    class Quiet(nn.TransformerEncoderLayer):
        def _sa_block(self, x, attn_mask, key_padding_mask, is_causal=False):
            return x * 0

        def _ff_block(self, x):
            return x * 0

    layer = Quiet(4, 2, 8, norm_first=True)
    x = autograd.ones(3, 1, 4)
    assert layer(x).tolist() == x.tolist()


def test_a_causal_mask_is_recognised():
    autograd.manual_seed(0)
    x, seen = autograd.randn(4, 2, 4), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, 0.0), 2)
    model.layers[0].register_forward_pre_hook(lambda m, a, k: seen.append(k["is_causal"]), with_kwargs=True)
    mask = nn.Transformer.generate_square_subsequent_mask(4)
    results = [model(x, mask), model(x, mask, is_causal=False), model(x, mask == -np.inf), model(x, mask - 1)]
    assert seen == [True, False, True, False]
    for other in results[1:]:
        np.testing.assert_allclose(results[0].tolist(), other.tolist(), atol=1e-6)


def test_a_transformer_learns_to_copy():
    import optim

    autograd.manual_seed(0)
    model = nn.Transformer(16, 2, 1, 1, 32, 0.0, batch_first=True)
    table, head = nn.Embedding(7, 16), nn.Linear(16, 7)
    parameters = [*model.parameters(), *table.parameters(), *head.parameters()]
    optimizer = optim.Adam(parameters, lr=5e-3)
    data = autograd.randint(1, 7, (32, 4))
    mask = nn.Transformer.generate_square_subsequent_mask(4)
    place = autograd.randn(4, 16)
    shifted = autograd.cat([autograd.zeros(32, 1, dtype=autograd.int64), data[:, :-1]], 1)
    for _ in range(60):
        optimizer.zero_grad()
        out = model(table(data) + place, table(shifted) + place, tgt_mask=mask)
        loss = F.cross_entropy(head(out).reshape(-1, 7), data.reshape(-1))
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.3


@pytest.mark.torch
@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("batch_first", [True, False])
def test_several_heads_of_no_examples(need_weights, batch_first):
    torch = pytest.importorskip("torch")
    found = []
    for lib, layers in ((autograd, nn), (torch, torch.nn)):
        x = lib.ones((0, 3, 4) if batch_first else (3, 0, 4), requires_grad=True)
        out, weights = layers.MultiheadAttention(4, 2, batch_first=batch_first)(x, x, x, need_weights=need_weights)
        out.sum().backward()
        found.append((tuple(out.shape), weights if weights is None else tuple(weights.shape), tuple(x.grad.shape)))
    assert found[0] == found[1]
