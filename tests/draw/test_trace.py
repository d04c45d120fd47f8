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


# -- what would mislead -----------------------------------------------------------------------------------------------


def edge(picture, source, target):
    names = {node.id: node.name for node in picture.nodes}
    return next(e for e in picture.edges if (names[e.src], names[e.dst]) == (source, target))


def test_each_of_several_results_is_a_box_with_its_own_value_and_gradient():
    x = ag.tensor([[3.0, 0.0], [0.0, 4.0]], requires_grad=True)
    u, s, _ = ag.linalg.svd(x)
    first, second = (x * 2).chunk(2)
    nodes = by_name(picture := view((s * s).sum() + u.sum() + (first * second).sum()))
    assert (nodes["linalg_svd"].shape, nodes["linalg_svd"].data, nodes["linalg_svd"].grad) == (None, None, None)
    assert (nodes["linalg_svd.S"].shape, nodes["linalg_svd.S"].data.max, nodes["linalg_svd.S"].grad.max) == ((2,), 4, 8)
    assert {name for name in nodes if name.startswith("split")} == {"split", "split[0]", "split[1]"}
    assert nodes["split[1]"].data.max == 8
    assert edge(picture, "linalg_svd", "linalg_svd.S").shape == (2,)
    assert edge(picture, "linalg_svd", "linalg_svd.S").grad_rms == pytest.approx(np.sqrt((64 + 36) / 2))


def test_a_result_with_an_index_beside_it_is_shown():
    x = ag.tensor([1.0, 5.0, 3.0], requires_grad=True)
    nodes = by_name(view(x.topk(2).values.sum()))
    assert (nodes["topk"].shape, nodes["topk"].data.min, nodes["topk"].data.max) == ((2,), 3, 5)


def test_values_that_a_written_leaf_would_falsify_are_left_out():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    total = (w + 1).sum()
    with ag.no_grad():
        w += 100
    nodes = by_name(view(total, names={"w": w}))
    assert nodes["add"].data is None
    assert nodes["sum"].data == 5.0
    assert [flag.text for flag in nodes["w"].flags] == ["written after it was used"]


def test_values_are_not_made_up_once_backward_has_freed_the_graph():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    total = (w + 1).exp().sum()
    total.backward()
    w.data = w.data - w.grad
    nodes = by_name(view(total, names={"w": w}))
    assert nodes["add"].data is None
    assert "values freed by backward: draw before it" in [flag.text for flag in nodes["sum"].flags]


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 3)
        self.head = nn.Linear(3, 5, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, index):
        return self.head(self.embed(index))


def test_a_parameter_that_modules_share_stands_in_neither_and_has_all_its_names():
    model = Tied()
    picture = view(model(ag.tensor([0, 1])).sum(), params=model)
    nodes = by_name(picture)
    assert (nodes["embed.weight"].alias, nodes["embed.weight"].cluster) == ("= head.weight", None)
    assert nodes["linear"].cluster is None
    assert picture.clusters == []


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = nn.Linear(2, 3), nn.Linear(3, 2)

    def forward(self, x):
        return self.down(ag.tanh(self.up(x)))


def test_an_activation_stands_in_the_block_around_it():
    model = nn.Sequential(Block(), nn.ReLU(), Block())
    picture = view(model(ag.randn(4, 2)).sum(), params=model)
    assert [node.cluster for node in picture.nodes if node.name == "tanh"] == ["0", "2"]
    nodes = by_name(picture)
    assert nodes["relu"].cluster is None
    assert nodes["sum"].cluster is None
    picture.validate()


def test_what_stands_between_two_uses_of_a_layer_is_not_inside_it():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 2)

        def forward(self, x):
            return self.layer(ag.tanh(self.layer(x)))

    model = nn.Sequential(Twice())
    nodes = by_name(view(model(ag.randn(4, 2)).sum(), params=model))
    assert nodes["linear"].cluster == "0.layer"
    assert nodes["tanh"].cluster == "0"


def test_indices_and_writes_through_views_are_spelled_out():
    x = ag.ones(3, 4, requires_grad=True)
    y = x * 2
    y[0].mul_(3)
    y[:, 1:3] = 0.0
    total = y.sum() + x[..., ag.tensor([0, 1])].sum() + x[x > 0].sum() + x[1:, ::2].sum()
    details = [(node.name, line) for node in view(total).nodes for line in node.details]
    assert ("copy_slices", "in place, through select") in details
    assert ("set_item", "[:, 1:3]") in details
    assert ("index", "[mask (3, 4)]") in details
    assert ("slice", "[1:, ::2]") in details


def test_edges_have_the_shape_of_their_source_also_where_its_value_is_gone():
    x = ag.ones(3, 4, requires_grad=True)
    picture = view(x.exp().sum(), gradients=False)
    assert edge(picture, "exp", "sum").shape == (3, 4)
    picture = view(ag.where(x > 2, x, 0.0).sum())
    assert edge(picture, "where", "sum").shape == (3, 4)


def test_a_frozen_parameter_is_not_called_unused():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    model[0].requires_grad_(False)
    nodes = by_name(view(model(ag.ones(1, 2)).sum(), params=model))
    assert [(flag.text, flag.severity) for flag in nodes["0.weight"].flags] == [("frozen: no grad", "info")]
    assert nodes["1.weight"].flags == []


# -- rendering, errors ------------------------------------------------------------------------------------------------


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
