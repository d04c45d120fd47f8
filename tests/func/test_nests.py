"""Transforms inside and around ``vmap``, and over models, against PyTorch."""

import pytest

from autograd.func import jacobians
from tests.func import test_functional, test_transforms
from tests.func.both import same

pytestmark = pytest.mark.torch


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def xs(p, n=4):
    return (p.lib.arange(3.0 * n).reshape(n, 3) - 4) / 5


def v(p):
    return p.lib.tensor([1.0, -2.0, 0.5])


def net(p):
    """A small model with the same weights in both libraries, its parameters, inputs and targets."""
    model = p.nn.Sequential(p.nn.Linear(3, 4), p.nn.Tanh(), p.nn.Linear(4, 2))
    with p.lib.no_grad():
        for i, weight in enumerate(model.parameters()):
            weight.copy_((p.lib.arange(float(weight.numel())).reshape(weight.shape) - i) / 9)
    return model, {n: w.detach() for n, w in model.named_parameters()}, xs(p), xs(p)[:, :2]


def scalar(a):
    return (a.sin() * a).sum() * a[0]


def vector(a):
    return a.sum() * a**3


PROGRAMS = {
    "vmap grad": lambda p: p.func.vmap(p.func.grad(scalar))(xs(p)),
    "vmap grad_and_value": lambda p: p.func.vmap(p.func.grad_and_value(scalar))(xs(p)),
    "vmap grad aux": lambda p: p.func.vmap(p.func.grad(lambda a: (scalar(a), a * 2), has_aux=True))(xs(p)),
    "vmap grad shared": lambda p: p.func.vmap(p.func.grad(lambda w, a: scalar(w * a)), in_dims=(None, 0))(v(p), xs(p)),
    "vmap grad of the shared": lambda p: p.func.vmap(lambda a: p.func.grad(lambda w: scalar(w * a))(v(p)))(xs(p)),
    "vmap grad independent": lambda p: p.func.vmap(lambda a: p.func.grad(scalar)(v(p)) * a)(xs(p)),
    "vmap grad grad": lambda p: p.func.vmap(p.func.grad(lambda a: p.func.grad(scalar)(a).sum()))(xs(p)),
    "vmap jacrev": lambda p: p.func.vmap(p.func.jacrev(vector))(xs(p)),
    "vmap jacfwd": lambda p: p.func.vmap(p.func.jacfwd(vector))(xs(p)),
    "vmap hessian": lambda p: p.func.vmap(p.func.hessian(scalar))(xs(p)),
    "vmap vjp": lambda p: p.func.vmap(lambda a: p.func.vjp(vector, a)[1](a))(xs(p)),
    "vmap pull": lambda p: p.func.vmap(p.func.vjp(vector, v(p))[1])(xs(p)),
    "vmap push": lambda p: p.func.vmap(p.func.linearize(vector, v(p))[1])(xs(p)),
    "vmap jvp": lambda p: p.func.vmap(lambda a: p.func.jvp(vector, (a,), (a,)))(xs(p)),
    "vmap jvp tangent": lambda p: p.func.vmap(lambda a: p.func.jvp(vector, (v(p),), (a,)))(xs(p)),
    "vmap jvp jvp": lambda p: p.func.vmap(
        lambda a: p.func.jvp(lambda b: p.func.jvp(vector, (b,), (v(p),))[1], (a,), (a,))[1]
    )(xs(p)),
    "vmap jvp grad": lambda p: p.func.vmap(lambda a: p.func.jvp(p.func.grad(scalar), (a,), (v(p),))[1])(xs(p)),
    "vmap grad jvp": lambda p: p.func.vmap(p.func.grad(lambda a: p.func.jvp(scalar, (a,), (v(p),))[1]))(xs(p)),
    "grad vmap": lambda p: p.func.grad(lambda t: p.func.vmap(scalar)(t).sum())(xs(p)),
    "grad vmap shared": lambda p: p.func.grad(lambda w: p.func.vmap(lambda a: scalar(a * w))(xs(p)).sum())(v(p)),
    "grad vmap grad": lambda p: p.func.grad(lambda t: (p.func.vmap(p.func.grad(scalar))(t) ** 2).sum())(xs(p)),
    "grad vmap grad shared": lambda p: p.func.grad(
        lambda w: (p.func.vmap(p.func.grad(lambda a: scalar(a * w)))(xs(p)) ** 2).sum()
    )(v(p)),
    "grad vmap grad of the shared": lambda p: p.func.grad(
        lambda w: (p.func.vmap(lambda a: p.func.grad(lambda u: scalar(a * u))(w))(xs(p)) ** 2).sum()
    )(v(p)),
    "jvp vmap": lambda p: p.func.jvp(p.func.vmap(vector), (xs(p),), (xs(p) + 1,)),
    "jvp vmap grad": lambda p: p.func.jvp(p.func.vmap(p.func.grad(scalar)), (xs(p),), (xs(p) + 1,)),
    "jacrev vmap": lambda p: p.func.jacrev(p.func.vmap(scalar))(xs(p, 2)),
    "jacfwd vmap": lambda p: p.func.jacfwd(p.func.vmap(scalar))(xs(p, 2)),
    "hessian vmap": lambda p: p.func.hessian(lambda t: p.func.vmap(scalar)(t).sum())(xs(p, 2)),
    "vmap vmap grad": lambda p: p.func.vmap(lambda w: p.func.vmap(p.func.grad(lambda a: scalar(a * w)))(xs(p)))(
        xs(p, 2)
    ),
    "backward through vmap grad": lambda p: _backward(p),
    "per-sample gradients": lambda p: _per_sample(p),
    "ensemble": lambda p: _ensemble(p),
    "Fisher": lambda p: _fisher(p),
    "a step inside a loss": lambda p: _step_inside(p),
    "a differential equation": lambda p: _equation(p),
    "Laplacian": lambda p: p.func.vmap(lambda a: p.func.hessian(scalar)(a).diagonal().sum())(xs(p)),
    "Gauss-Newton product": lambda p: p.func.vjp(vector, v(p))[1](p.func.jvp(vector, (v(p),), (v(p),))[1]),
}


def _backward(p):
    t, w = xs(p).requires_grad_(), v(p).requires_grad_()
    (p.func.vmap(p.func.grad(lambda a: scalar(a * w)))(t) ** 2).sum().backward()
    return t.grad, w.grad


def _per_sample(p):
    model, state, inputs, targets = net(p)

    def loss(state, x, y):
        return ((p.func.functional_call(model, state, (x[None],)) - y[None]) ** 2).mean()

    return p.func.vmap(p.func.grad(loss), in_dims=(None, 0, 0))(state, inputs, targets)


def _ensemble(p):
    models = [net(p)[0] for _ in range(3)]
    with p.lib.no_grad():
        for i, model in enumerate(models):
            for weight in model.parameters():
                weight.mul_(i + 1)
    parameters, buffers = p.func.stack_module_state(models)
    outputs = p.func.vmap(lambda s, b, x: p.func.functional_call(models[0], (s, b), (x,)), (0, 0, None))(
        parameters, buffers, xs(p)
    )
    outputs.sum().backward()
    return outputs, {name: weight.grad for name, weight in parameters.items()}


def _step_inside(p):
    """The gradient of a loss after two steps of gradient descent, for each of several tasks (MAML)."""
    model, state, inputs, targets = net(p)

    def loss(state, x, y):
        return ((p.func.functional_call(model, state, (x,)) - y) ** 2).mean()

    def task(state, x, y):
        fast = state
        for _ in range(2):
            slopes = p.func.grad(loss)(fast, x, y)
            fast = {name: weight - 0.1 * slopes[name] for name, weight in fast.items()}
        return loss(fast, x, y)

    def all_tasks(state):
        x, y = inputs.reshape(2, 2, 3), targets.reshape(2, 2, 2)
        return p.func.vmap(task, (None, 0, 0))(state, x, y).sum()

    return p.func.grad_and_value(all_tasks)(state)


def _equation(p):
    """The gradient of a residual with first and second derivatives of a model in it (a physics-informed network)."""
    model, state, points, _ = net(p)

    def u(state, x):
        return p.func.functional_call(model, state, (x[None],))[0, 0]

    def residual(state, x):
        slope = p.func.grad(u, 1)(state, x)
        curvature = p.func.jacfwd(p.func.grad(u, 1), 1)(state, x)
        return (curvature[0, 0] + slope[1] * u(state, x)) ** 2

    return p.func.grad(lambda s: p.func.vmap(residual, (None, 0))(s, points).mean())(state)


def _fisher(p):
    """Products of the Jacobian of a model with itself for each example, as neural tangent kernels are computed."""
    model, state, inputs, _ = net(p)
    each = p.func.vmap(p.func.jacrev(lambda s, x: p.func.functional_call(model, s, (x[None],))[0]), in_dims=(None, 0))(
        state, inputs
    )
    flat = p.lib.cat([block.reshape(4, 2, -1) for block in each.values()], -1)
    return flat @ flat.transpose(-1, -2)


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_in_pytorch(torch, name):
    same(torch, PROGRAMS[name], tolerance=1e-4)


MATRICES = [name for name in test_transforms.PROGRAMS if "jac" in name or "hessian" in name]


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize("name", MATRICES)
def test_matrices_at_once_and_one_by_one(torch, name, few, monkeypatch):
    monkeypatch.setattr(jacobians, "FEW", few)
    same(torch, test_transforms.PROGRAMS[name])


@pytest.mark.parametrize("name", test_functional.FUNCTIONS)
def test_functional_matrices_at_once(torch, name, monkeypatch):
    monkeypatch.setattr(jacobians, "FEW", 0)
    function, inputs = test_functional.FUNCTIONS[name]
    same(torch, lambda p: p.functional.jacobian(function, inputs(p)))
    same(torch, lambda p: p.functional.jacobian(function, inputs(p), create_graph=True, vectorize=True), loosely=True)


def test_what_cannot_be_mapped_is_done_one_by_one(torch, monkeypatch):
    monkeypatch.setattr(jacobians, "FEW", 0)
    calls = []

    def refuse(function, chunk_size=None):
        calls.append(chunk_size)
        raise jacobians.NeedsValues("values")

    monkeypatch.setattr("autograd.mapping.vmap.vmap", refuse)
    same(torch, lambda p: p.func.jacrev(vector)(v(p)))
    assert calls == [None]
