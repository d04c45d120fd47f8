"""From the recorded graph to the picture: what is shown is what was computed."""

import numpy as np
import pytest

import autograd as ag
import nn
from autograd.draw import graph, keep_values
from autograd.draw.trace import view


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 2)
        self.unused = nn.Linear(2, 2, bias=False)

    def forward(self, x):
        return self.fc2(ag.relu(self.fc1(x)))


def mlp():
    model = Net()
    x, target = ag.randn(5, 4), ag.zeros(5, 2)
    loss = nn.functional.mse_loss(model(x), target)
    return model, x, target, loss


def by_name(model):
    return {node.name: node for node in model.nodes}


def test_values_and_gradients_of_a_scalar_expression():
    a, b = ag.tensor(2.0, requires_grad=True), ag.tensor(-3.0, requires_grad=True)
    y = (a * b + 1.0) ** 2
    nodes = by_name(view(y, names={"a": a, "b": b}))
    assert (nodes["a"].data, nodes["a"].grad) == (2.0, 30.0)
    assert (nodes["mul"].data, nodes["mul"].grad) == (-6.0, -10.0)
    assert (nodes["pow"].kind, nodes["pow"].data, nodes["pow"].grad) == ("root", 25.0, 1.0)
    assert a.grad is None


def test_the_picture_leaves_the_graph_usable():
    model, _, _, loss = mlp()
    graph(loss, params=model)
    loss.backward()
    assert model.fc1.weight.grad is not None


def test_parameters_modules_and_inputs_of_a_network():
    model, x, target, loss = mlp()
    picture = view(loss, params=model, names={"x": x, "target": target})
    nodes = by_name(picture)
    assert nodes["fc1.weight"].kind == "param"
    assert nodes["fc1.weight"].cluster == "fc1"
    assert nodes["x"].kind == "input"
    assert picture.clusters[0].label == "fc1 : Linear(4 → 8) · 40 params"
    assert any("grad is None" in flag.text for flag in nodes["unused.weight"].flags)
    loss.backward()
    rms = float(np.sqrt((model.fc1.weight.grad.numpy() ** 2).mean()))
    assert nodes["fc1.weight"].grad.rms == pytest.approx(rms, rel=1e-5)


def test_edges_say_what_is_saved_and_what_carries_a_gradient():
    x, w = ag.ones(3), ag.ones(3, requires_grad=True)
    picture = view((x * w + 1).sum(), names={"x": x, "w": w})
    ids = {node.id: node.name for node in picture.nodes}
    edges = {(ids[e.src], ids[e.dst]): e for e in picture.edges}
    assert edges["x", "mul"].saved
    assert not edges["x", "mul"].carries_grad
    assert edges["w", "mul"].carries_grad
    assert edges["w", "mul"].grad_rms == 1
    assert not edges["mul", "add"].saved


def test_after_backward_only_what_is_left_is_shown():
    x = ag.ones(3, requires_grad=True)
    y = x.exp().sum()
    y.backward()
    nodes = by_name(view(y, names={"x": x}))
    assert nodes["x"].grad.rms == pytest.approx(np.e, rel=1e-6)
    assert nodes["exp"].grad is None


def test_keep_values_shows_everything_even_after_backward():
    x = ag.tensor([1.0, -2.0], requires_grad=True)
    with keep_values():
        y = ((x + 1) * 3).sum()
    y.backward()
    nodes = by_name(view(y))
    assert nodes["add"].data.max == 2
    assert nodes["mul"].grad.rms == 1


def test_overwritten_values_are_not_shown():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    a = x * 1
    y = (a * a).sum()
    a.detach().mul_(100)
    assert by_name(view(y, gradients=False))["sum"].data is not None


def test_dead_units_and_nan_are_flagged():
    w = ag.tensor([[1.0, -1.0]], requires_grad=True)
    y = ag.relu(ag.ones(3, 1) @ w).sum()
    flags = [f.text for node in view(y).nodes for f in node.flags]
    assert "1/2 dead units" in flags
    z = (ag.tensor([float("nan"), 1.0], requires_grad=True) * 2).sum()
    assert any("NaN" in f.text for node in view(z).nodes for f in node.flags)


def test_renders(tmp_path):
    model, x, target, loss = mlp()
    drawing = graph(loss, params=model, names={"x": x, "target": target})
    for suffix in ("svg", "png"):
        drawing.render(tmp_path / f"g.{suffix}")
        assert (tmp_path / f"g.{suffix}").stat().st_size > 1000


def test_bad_arguments():
    with pytest.raises(TypeError, match="outputs must be Tensors"):
        graph([3])
    with pytest.raises(ValueError, match="no recorded graph"):
        graph(ag.ones(2))
    with pytest.raises(TypeError, match="params must map names to Tensors"):
        graph(ag.ones(1, requires_grad=True) * 2, params={"x": 3})
