"""Modules as functions of their parameters, against PyTorch's."""

import pytest

import autograd as ag
import nn
from autograd import func
from tests.func.both import same, same_error

pytestmark = pytest.mark.torch


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def mlp(p):
    """A small model with the same weights in both libraries, and its state."""
    model = p.nn.Sequential(p.nn.Linear(2, 3), p.nn.Tanh(), p.nn.Linear(3, 1))
    with p.lib.no_grad():
        for i, weight in enumerate(model.parameters()):
            weight.copy_((p.lib.arange(float(weight.numel())).reshape(weight.shape) - i) / 7)
    return model, {name: weight.detach() for name, weight in model.named_parameters()}


def data(p):
    return p.lib.tensor([[1.0, -1.0], [0.5, 2.0]]), p.lib.tensor([[1.0], [0.0]])


class Tied(nn.Module):
    """Two names for one parameter, and a buffer that changes."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(ag.ones(2))
        self.b = self.a
        self.register_buffer("count", ag.zeros(1))

    def forward(self, x):
        self.count += 1
        return x * self.a + self.b


def loss(p, model):
    inputs, targets = data(p)
    return lambda state: ((p.func.functional_call(model, state, inputs) - targets) ** 2).mean()


def test_gradient_of_a_model(torch):
    def program(p):
        model, state = mlp(p)
        return p.func.grad(loss(p, model))(state)

    same(torch, program)


def test_hessian_of_a_model(torch):
    def program(p):
        model, state = mlp(p)
        return p.func.hessian(loss(p, model))(state)

    same(torch, program, tolerance=1e-4)


def test_jacobians_of_a_model(torch):
    def program(p):
        model, state = mlp(p)
        outputs = lambda state: p.func.functional_call(model, state, data(p)[0])
        return p.func.jacrev(outputs)(state), p.func.jacfwd(outputs)(state)

    same(torch, program)


def test_the_model_is_as_before(torch):
    model, state = mlp(type("P", (), {"lib": ag, "nn": nn}))
    before = dict(model.named_parameters())
    func.functional_call(model, {name: value + 1 for name, value in state.items()}, ag.ones(1, 2))
    assert all(before[name] is weight for name, weight in model.named_parameters())
    with pytest.raises(RuntimeError):
        func.functional_call(model, state, ag.ones(1, 5))
    assert all(before[name] is weight for name, weight in model.named_parameters())


def test_gradients_reach_what_is_given():
    layer = nn.Linear(2, 2)
    weight = ag.ones(2, 2, requires_grad=True)
    func.functional_call(layer, {"weight": weight}, ag.ones(2)).sum().backward()
    assert weight.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert layer.weight.grad is None
    assert layer.bias.grad.tolist() == [1.0, 1.0]


def test_arguments_and_keywords():
    class Scaled(nn.Module):
        def forward(self, x, y=0, *, scale=1):
            return (x + y) * scale

    assert func.functional_call(Scaled(), {}, 3) == 3
    assert func.functional_call(Scaled(), {}, (3, 4), {"scale": 2}) == 14
    assert func.functional_call(Scaled(), {}, None, {"x": 5}) == 5


def test_tied_parameters():
    module = Tied()
    two = ag.full((2,), 2.0)
    assert func.functional_call(module, {"a": two}, ag.ones(2)).tolist() == [4.0, 4.0]
    assert func.functional_call(module, {"a": two}, ag.ones(2), tie_weights=False).tolist() == [3.0, 3.0]
    with pytest.raises(ValueError, match="tied"):
        func.functional_call(module, {"a": two, "b": two + 1}, ag.ones(2))
    assert func.functional_call(module, {"a": two, "b": two}, ag.ones(2)).tolist() == [4.0, 4.0]


def test_changed_buffers_are_in_the_dict():
    module = Tied()
    state = {"count": ag.full((1,), 5.0)}
    func.functional_call(module, state, ag.ones(2))
    assert state["count"].tolist() == [6.0]
    assert module.count.tolist() == [0.0]


def test_replaced_buffers_are_in_the_dict():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("count", ag.zeros(1))

        def forward(self, x):
            self.count = self.count + 1
            return x

    module, before = Counting(), ag.full((1,), 5.0)
    state = {"count": before}
    func.functional_call(module, state, ag.ones(2))
    assert (state["count"].tolist(), before.tolist(), module.count.tolist()) == ([6.0], [5.0], [0.0])


def test_names_must_fit_where_it_is_strict():
    module = Tied()
    with pytest.raises(RuntimeError, match=r"Unexpected key\(s\): 'c'.*\n.*Missing key\(s\): 'count'"):
        func.functional_call(module, {"a": ag.ones(2), "c": ag.ones(2)}, ag.ones(2), strict=True)


ERRORS = {
    "no dict": lambda p: p.func.functional_call(p.nn.Linear(2, 2), 3, p.lib.ones(2)),
    "no dicts": lambda p: p.func.functional_call(p.nn.Linear(2, 2), [3], p.lib.ones(2)),
    "repeated": lambda p: p.func.functional_call(
        p.nn.Linear(2, 2), ({"weight": p.lib.ones(2, 2)}, {"weight": p.lib.ones(2, 2)}), p.lib.ones(2)
    ),
    "no tensor": lambda p: p.func.functional_call(p.nn.Linear(2, 2), {"weight": 3}, p.lib.ones(2)),
    "strict": lambda p: p.func.functional_call(p.nn.Linear(2, 2), {}, p.lib.ones(2), strict=True),
    "no models": lambda p: p.func.stack_module_state([]),
    "modes differ": lambda p: p.func.stack_module_state([p.nn.Linear(2, 2), p.nn.Linear(2, 2).eval()]),
    "classes differ": lambda p: p.func.stack_module_state([p.nn.Linear(2, 2), p.nn.Identity()]),
    "grad differs": lambda p: p.func.stack_module_state([p.nn.Linear(2, 2), p.nn.Linear(2, 2).requires_grad_(False)]),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(torch, name):
    assert same_error(torch, ERRORS[name])


def test_stacked_state(torch):
    def program(p):
        parameters, buffers = p.func.stack_module_state([mlp(p)[0] for _ in range(3)])
        return parameters, buffers, all(value.is_leaf for value in parameters.values())

    same(torch, program)
