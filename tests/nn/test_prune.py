"""Pruning, against PyTorch's: masks, weights, hooks, state, errors."""

import copy

import numpy as np
import pytest

import autograd
import nn
from nn.utils import prune


def numbers(tensor):
    return np.asarray(tensor.detach().numpy())


def pruned(library, package, *steps):
    """A layer pruned step by step; its state, weight and gradient."""
    library.manual_seed(2)
    layer = package.Linear(6, 5)
    library.manual_seed(4)
    for name, args in steps:
        getattr(package.utils.prune, name)(layer, "weight", *[a(library) if callable(a) else a for a in args])
    layer(library.ones(3, 6)).pow(2).sum().backward()
    return [*layer.state_dict().items(), ("weight", layer.weight), ("grad", layer.weight_orig.grad)]


def mask(library):
    return library.tensor([[1, 0, 1, 1, 0, 1]] * 5)


def scores(library):
    return library.arange(30.0).reshape(5, 6).cos()


STEPS = {
    "identity": [("identity", ())],
    "random": [("random_unstructured", (0.4,))],
    "l1": [("l1_unstructured", (7,))],
    "l1 scores": [("l1_unstructured", (7, scores))],
    "none": [("l1_unstructured", (0,))],
    "all": [("l1_unstructured", (1.0,))],
    "random slices": [("random_structured", (2, 0))],
    "ln": [("ln_structured", (0.5, 2, 1))],
    "ln inf": [("ln_structured", (2, float("inf"), -1))],
    "ln scores": [("ln_structured", (1, 1, 0, scores))],
    "mask": [("custom_from_mask", (mask,))],
    "twice": [("l1_unstructured", (5,)), ("random_unstructured", (0.5,))],
    "thrice": [("ln_structured", (1, 2, 0)), ("l1_unstructured", (0.25,)), ("random_structured", (0.5, 1))],
    "mask last": [("random_structured", (1, 1)), ("custom_from_mask", (mask,))],
}


@pytest.mark.torch
@pytest.mark.parametrize("name", STEPS)
def test_like_pytorch(torch, name):
    torch_prune = pytest.importorskip("torch.nn.utils.prune")
    assert torch_prune
    ours, theirs = pruned(autograd, nn, *STEPS[name]), pruned(torch, torch.nn, *STEPS[name])
    assert [key for key, _ in ours] == [key for key, _ in theirs]
    for (key, one), (_, two) in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(numbers(one), numbers(two), rtol=1e-5, atol=1e-7, err_msg=key)


@pytest.mark.torch
def test_global(torch):
    def run(library, package):
        library.manual_seed(2)
        net = package.Sequential(package.Linear(4, 3), package.Linear(3, 4))
        pairs = [(net[0], "weight"), (net[1], "weight"), (net[1], "bias")]
        rule = package.utils.prune
        rule.l1_unstructured(net[0], "weight", 2)
        rule.global_unstructured(pairs, pruning_method=rule.L1Unstructured, amount=0.4)
        rule.global_unstructured(pairs, rule.RandomUnstructured, {(net[0], "weight"): net[0].weight * 2}, amount=3)
        return net.state_dict()

    ours, theirs = run(autograd, nn), run(torch, torch.nn)
    assert list(ours) == list(theirs)
    for key, value in theirs.items():
        np.testing.assert_array_equal(numbers(ours[key]), numbers(value), err_msg=key)


def test_remove():
    layer = nn.Linear(4, 3)
    weight = layer.weight
    assert not prune.is_pruned(layer)
    prune.l1_unstructured(layer, "weight", 5)
    prune.random_structured(layer, "weight", 1, dim=0)
    assert prune.is_pruned(nn.Sequential(layer))
    assert layer.weight_orig is weight
    left = layer.weight.detach().clone()
    assert prune.remove(layer, "weight") is layer
    assert layer.weight is weight
    assert layer.weight.tolist() == left.tolist()
    assert sorted(layer.state_dict()) == ["bias", "weight"]
    assert not prune.is_pruned(layer)
    with pytest.raises(ValueError, match="has to be pruned before"):
        prune.remove(layer, "weight")


def test_the_mask_holds_while_training():
    layer = prune.l1_unstructured(nn.Linear(4, 3), "weight", 6)
    gone = layer.weight_mask == 0
    for _ in range(3):
        layer(autograd.ones(4)).sum().backward()
        assert bool((layer.weight_orig.grad[gone] == 0).all())
        with autograd.no_grad():
            layer.weight_orig -= 0.1 * layer.weight_orig.grad + 1
    layer(autograd.ones(4))
    assert bool((layer.weight[gone] == 0).all())


def test_copies_are_pruned_apart():
    layer = nn.Linear(4, 3)
    prune.identity(layer, "bias")
    layer.bias = layer.bias.detach()  # a computed tensor cannot be copied, as in PyTorch
    other = copy.deepcopy(layer)
    prune.l1_unstructured(other, "bias", 2)
    assert layer.bias_mask.sum().item() == 3
    assert other.bias_mask.sum().item() == 1


def test_pruning_a_tensor():
    t = autograd.tensor([[3.0, -1.0], [2.0, 0.5]])
    assert prune.L1Unstructured(2).prune(t).tolist() == [[3.0, 0.0], [2.0, 0.0]]
    assert prune.LnStructured(1, 2, 0).prune(t, default_mask=autograd.eye(2)).tolist() == [[3.0, 0.0], [0.0, 0.0]]
    with pytest.raises(AssertionError, match="same shape as tensor t"):
        prune.Identity().prune(t, importance_scores=autograd.ones(3))


def test_container():
    one, two = prune.L1Unstructured(1), prune.Identity()
    one.tensor_name, two.tensor_name = "weight", "bias"
    container = prune.PruningContainer(one)
    assert list(container) == [one]
    assert container[0] is one
    with pytest.raises(ValueError, match="acting on the parameter named 'weight'"):
        container.add_pruning_method(two)
    with pytest.raises(TypeError, match="not a BasePruningMethod subclass"):
        container.add_pruning_method(3)
    assert len(container) == 1
    one.PRUNING_TYPE = "odd"
    with pytest.raises(ValueError, match="Unrecognized PRUNING_TYPE odd"):
        container.compute_mask(autograd.ones(2), autograd.ones(2))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m: prune.l1_unstructured(m, "weight", "1"), TypeError, "Must be int or float"),
        (lambda m: prune.l1_unstructured(m, "weight", -1), ValueError, "amount=-1 should either be"),
        (lambda m: prune.l1_unstructured(m, "weight", 1.5), ValueError, "amount=1.5 should either be"),
        (lambda m: prune.l1_unstructured(m, "weight", 99), ValueError, "smaller than the number of parameters"),
        (lambda m: prune.random_unstructured(m, "weight", 99), ValueError, "smaller than the number"),
        (lambda m: prune.ln_structured(m, "bias", 1, 2, 0), ValueError, "only be applied to multidimensional"),
        (lambda m: prune.ln_structured(m, "weight", 1, 2, 2), IndexError, "Invalid index 2"),
        (lambda m: prune.l1_unstructured(m, "weight", 1, autograd.ones(2)), AssertionError, "same shape as parameter"),
        (lambda m: prune.custom_from_mask(m, "weight", autograd.ones(2)), AssertionError, "must match self.mask"),
        (lambda m: prune.identity(m, "nope"), AttributeError, "nope"),
        (lambda m: prune.global_unstructured(3, prune.Identity), TypeError, "not an Iterable"),
        (lambda m: prune.global_unstructured([], prune.Identity, [1]), TypeError, "must be of type dict"),
        (
            lambda m: prune.global_unstructured([(m, "weight")], prune.RandomStructured, amount=1),
            TypeError,
            'Only "unstructured" PRUNING_TYPE',
        ),
    ],
)
def test_errors_change_nothing(call, error, text):
    layer = nn.Linear(4, 3)
    with pytest.raises(error, match=text):
        call(layer)
    assert list(layer.state_dict()) == ["weight", "bias"]
    assert layer._hooks is None
    prune.l1_unstructured(layer, "weight", 4)
    before = layer.weight_mask.tolist()
    with pytest.raises(error, match=text):
        call(layer)
    assert layer.weight_mask.tolist() == before
    assert len(layer._hooks.table("forward_pre")) == 1
