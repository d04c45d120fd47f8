"""Hooks around forward and backward."""

import copy

import numpy as np
import pytest

import autograd
import nn


def test_forward_pre_hook():
    layer = nn.Identity()
    with layer.register_forward_pre_hook(lambda module, args: args[0] + 1):
        assert layer(autograd.zeros(1)).tolist() == [1.0]
    assert layer(autograd.zeros(1)).tolist() == [0.0]
    layer.register_forward_pre_hook(lambda module, args, kwargs: (args, {"a": 3}), with_kwargs=True)
    layer.forward = lambda x, a=0: x + a
    assert layer(autograd.zeros(1)).tolist() == [3.0]
    layer.register_forward_pre_hook(lambda module, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"tuple of new \(args, kwargs\)"):
        layer(autograd.zeros(1))


def test_forward_hook():
    layer, seen = nn.Identity(), []
    layer.register_forward_hook(lambda module, args, output: seen.append((module, args, output)))
    x = autograd.zeros(1)
    assert layer(x) is x
    assert seen == [(layer, (x,), x)]
    layer.register_forward_hook(lambda module, args, kwargs, output: output + 5, with_kwargs=True)
    assert layer(x).tolist() == [5.0]


def test_order_and_prepend():
    layer, seen = nn.Identity(), []
    for name, prepend in (("a", False), ("b", False), ("c", True)):
        layer.register_forward_hook(lambda *_, name=name: seen.append(name), prepend=prepend)
        layer.register_forward_pre_hook(lambda *_, name=name: seen.append(f"pre {name}"), prepend=prepend)
    layer(autograd.zeros(1))
    assert seen == ["pre c", "pre a", "pre b", "c", "a", "b"]


def test_removing_twice():
    layer = nn.Identity()
    handle = layer.register_forward_hook(lambda *_: None)
    handle.remove()
    handle.remove()
    with pytest.raises(TypeError, match="hook must be callable, but got int"):
        layer.register_forward_hook(3)


def test_private_tables():
    layer = nn.Identity()
    assert len(layer._forward_hooks) == 0
    handle = layer.register_forward_hook(lambda module, args, output: output + 1)
    layer.register_forward_pre_hook(lambda module, args: args[0] * 10)
    assert list(layer._forward_hooks) == [handle.id]
    assert layer(autograd.ones(1)).item() == 11
    layer._forward_hooks.clear()
    assert layer(autograd.ones(1)).item() == 10
    layer._forward_pre_hooks = {}
    assert layer(autograd.ones(1)).item() == 1
    layer._forward_pre_hooks = {7: lambda module, args: args[0] - 1}
    assert layer(autograd.ones(1)).item() == 0


def test_always_call():
    class Broken(nn.Module):
        def forward(self, x):
            raise ZeroDivisionError("forward failed")

    layer, seen = Broken(), []
    layer.register_forward_hook(lambda module, args, output: seen.append(output), always_call=True)
    layer.register_forward_hook(lambda module, args, output: seen.append("no"))
    with pytest.raises(ZeroDivisionError, match="forward failed"):
        layer(1)
    assert seen == [None]
    layer.register_forward_hook(lambda *_: 1 / 0, always_call=True)
    with pytest.warns(UserWarning, match="always_call=True"), pytest.raises(ZeroDivisionError, match="forward failed"):
        layer(1)


def test_hooks_for_all_modules():
    seen = []
    net = nn.Sequential(nn.ReLU(), nn.Tanh())
    with (
        nn.register_module_forward_pre_hook(lambda module, args: seen.append(f"> {type(module).__name__}")),
        nn.register_module_forward_hook(lambda module, args, output: seen.append(f"< {type(module).__name__}")),
    ):
        net(autograd.zeros(1))
    assert seen == ["> Sequential", "> ReLU", "< ReLU", "> Tanh", "< Tanh", "< Sequential"]
    net(autograd.zeros(1))
    assert len(seen) == 6


def run_backward(library, package, hooks):
    """Gradients of a two-layer model with hooks on its first layer, and what the hooks saw."""
    layer, seen = package.Bilinear(2, 2, 2), []
    for parameter, value in zip(layer.parameters(), (np.arange(8.0).reshape(2, 2, 2), np.ones(2)), strict=True):
        parameter.data = library.tensor(value)
    hooks(layer, seen)
    x = library.tensor([[1.0, 2.0]], dtype=library.float64, requires_grad=True)
    y = library.tensor([[3.0, 4.0]], dtype=library.float64)
    layer(x, y).pow(2).sum().backward()
    return x.grad.tolist(), [p.grad.tolist() for p in layer.parameters()], seen


def lists(gradients):
    return [None if g is None else g.tolist() for g in gradients]


def observing(layer, seen):
    layer.register_full_backward_pre_hook(lambda module, grad_output: seen.append(lists(grad_output)))
    layer.register_full_backward_hook(lambda module, grad_input, out: seen.append((lists(grad_input), lists(out))))


def changing(layer, seen):
    layer.register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 2,))
    layer.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] * 10, None))
    layer.register_full_backward_hook(lambda module, grad_input, grad_output: seen.append(lists(grad_input)))
    layer.register_full_backward_hook(lambda module, grad_input, out: seen.append("first"), prepend=True)


@pytest.mark.torch
@pytest.mark.parametrize("hooks", [observing, changing])
def test_full_backward_hooks(torch, hooks):
    ours = run_backward(autograd, nn, hooks)
    assert ours == run_backward(torch, torch.nn, hooks)
    assert ours[2]


def test_backward_hook_without_grad_in_the_inputs():
    layer, seen = nn.Linear(2, 1), []
    layer.register_full_backward_hook(lambda module, grad_input, out: seen.append((grad_input, lists(out))))
    y = layer(autograd.ones(2))
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        y.sum().backward()
    assert seen == [((None,), [[1.0]])]
    assert layer.weight.grad is not None
    layer.register_full_backward_hook(lambda module, grad_input, out: (autograd.ones(2),))
    y = layer(autograd.ones(2))
    with pytest.warns(UserWarning, match="no inputs"), pytest.raises(RuntimeError, match="may not return a gradient"):
        y.sum().backward()


def test_backward_hook_on_several_outputs():
    class Split(nn.Module):
        def forward(self, x):
            return x * 2, x * 3

    layer, seen = Split(), []
    layer.register_full_backward_hook(lambda module, grad_input, out: seen.append((lists(grad_input), lists(out))))
    x = autograd.tensor(1.0, requires_grad=True)
    a, b = layer(x)
    (a + 10 * b).backward()
    assert seen == [([32.0], [1.0, 10.0])]
    assert x.grad.item() == 32.0


def test_backward_hook_errors():
    layer = nn.Identity()
    layer.register_full_backward_hook(lambda module, grad_input, out: (None, None))
    y = layer(autograd.ones(2, requires_grad=True))
    with pytest.raises(RuntimeError, match="returned 2 gradients where there are 1"):
        y.sum().backward()
    with pytest.warns(UserWarning, match="returned list"):
        assert layer([1]) == [1]


def test_backward_hook_under_no_grad():
    layer = nn.Linear(2, 1)
    layer.register_full_backward_hook(lambda *_: None)
    with autograd.no_grad():
        assert not layer(autograd.ones(2)).requires_grad


def test_old_name():
    layer, seen = nn.Tanh(), []
    layer.register_backward_hook(lambda module, grad_input, out: seen.append(lists(grad_input)))
    layer(autograd.zeros(1, requires_grad=True)).sum().backward()
    assert seen == [[[1.0]]]


def test_copied_modules_keep_their_hooks():
    layer = nn.Identity()
    layer.register_forward_hook(lambda module, args, output: output + 1)
    other = copy.deepcopy(layer)
    assert other(autograd.zeros(1)).tolist() == [1.0]
    other.register_forward_hook(lambda module, args, output: output + 1)
    assert layer(autograd.zeros(1)).tolist() == [1.0]


def test_forward_calls_no_hooks():
    layer = nn.Identity()
    layer.register_forward_hook(lambda *_: 1 / 0)
    assert layer.forward(3) == 3
