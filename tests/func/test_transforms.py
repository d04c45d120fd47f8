"""``autograd.func`` against ``torch.func``: values, structures, dtypes, history, and errors."""

import pytest

import autograd as ag
from autograd import func
from tests.func.both import same, same_error

pytestmark = pytest.mark.torch


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def x(p, n=3):
    return p.lib.arange(1.0, n + 1) / 2


def small(p):
    return p.lib.tensor([[0.5, -1.0], [2.0, 0.25]], dtype=p.lib.float64)


def scalar(p, value):
    return p.lib.tensor(value)


def then(value, function):
    """What to do with a value that is needed twice."""
    return function(value)


PROGRAMS = {
    # grad
    "grad": lambda p: p.func.grad(lambda x: (x**3).sum())(x(p)),
    "grad float64": lambda p: p.func.grad(lambda x: x.sin().sum())(small(p)),
    "grad argnums": lambda p: p.func.grad(lambda a, b: (a * b * b).sum(), argnums=1)(x(p), x(p) + 1),
    "grad argnums tuple": lambda p: p.func.grad(lambda a, b: (a * b * b).sum(), argnums=(1, 0))(x(p), x(p) + 1),
    "grad argnums negative": lambda p: p.func.grad(lambda a, b: (a * b * b).sum(), argnums=(-1,))(x(p), x(p) + 1),
    "grad aux": lambda p: p.func.grad(lambda x: ((x**2).sum(), {"y": x * 2, "z": [x]}), has_aux=True)(x(p)),
    "grad kwargs": lambda p: p.func.grad(lambda a, k=1.0: (a * k).sum())(x(p), k=3.0),
    "grad tensor kwargs": lambda p: p.func.grad(lambda a, k: (a * k).sum())(x(p), k=x(p)),
    "grad dict": lambda p: p.func.grad(lambda d: (d["w"] * d["x"]["y"]).sum())({"w": x(p), "x": {"y": x(p) + 2}}),
    "grad list": lambda p: p.func.grad(lambda d: (d[0] * d[1][0]).sum())([x(p), (x(p) + 2,)]),
    "grad same tensor twice": lambda p: then(x(p), lambda t: p.func.grad(lambda a, b: (a * a * b).sum())(t, t)),
    "grad unused": lambda p: p.func.grad(lambda a, b: (a * 2).sum(), argnums=(0, 1))(x(p), x(p)),
    "grad constant": lambda p: p.func.grad(lambda a: p.lib.tensor(3.0))(x(p)),
    "grad integer output": lambda p: p.func.grad(lambda a: a.argmax())(x(p)),
    "grad_and_value": lambda p: p.func.grad_and_value(lambda x: (x**3).sum())(x(p)),
    "grad_and_value aux": lambda p: p.func.grad_and_value(lambda x: ((x**3).sum(), x + 1), has_aux=True)(x(p)),
    "grad of temporaries written": lambda p: p.func.grad(_writes(p))(x(p)),
    "grad of an integer index argument": lambda p: p.func.grad(lambda a, i: a[i].sum())(x(p), p.lib.tensor([0, 0, 2])),
    # history
    "history of the argument": lambda p: p.func.grad_and_value(lambda x: (x**2).sum())(x(p).requires_grad_()),
    "no history in a constant slope": lambda p: p.func.grad_and_value(lambda x: (2 * x).sum())(x(p).requires_grad_()),
    "history of a closure": lambda p: _closure(p),
    "closure alone": lambda p: _closure_alone(p),
    "no_grad outside": lambda p: _under_no_grad(p, lambda t: p.func.grad_and_value(lambda x: (x**2).sum())(t)),
    "no_grad inside": lambda p: p.func.grad(lambda x: (x * _without(p, lambda: x * x)).sum())(x(p)),
    "no_grad between": lambda p: p.func.grad(
        lambda y: _without(p, lambda: p.func.grad(lambda x: (x**3).sum())(y)).sum() + y.sum()
    )(x(p)),
    "backward through grad": lambda p: _backward_through(p),
    "detach inside": lambda p: p.func.grad(lambda x: (x.detach() * x).sum())(x(p)),
    # vjp
    "vjp": lambda p: p.func.vjp(lambda x: x.sin(), x(p))[1](x(p)),
    "vjp several": lambda p: p.func.vjp(lambda a, b: (a * b, {"s": a.sum()}), x(p), x(p) + 1)[1](
        (x(p), {"s": scalar(p, 2.0)})
    ),
    "vjp dict": lambda p: p.func.vjp(lambda d: {"o": d["a"].sin()}, {"a": x(p)})[1]({"o": x(p)}),
    "vjp twice": lambda p: then(p.func.vjp(lambda x: x.exp(), x(p))[1], lambda pull: [pull(x(p)), pull(2 * x(p))]),
    "vjp aux": lambda p: then(
        p.func.vjp(lambda x: (x.exp(), [x]), x(p), has_aux=True), lambda out: [out[0], out[1](x(p)), out[2]]
    ),
    "vjp of an input returned": lambda p: p.func.vjp(lambda x: x, x(p))[1](x(p)),
    "vjp of a constant": lambda p: p.func.vjp(lambda x: p.lib.ones(2), x(p))[1](p.lib.ones(2)),
    "vjp cotangent of another dtype": lambda p: p.func.vjp(lambda x: x.exp(), x(p))[1](x(p).double()),
    "vjp in the cotangent": lambda p: p.func.grad(lambda v: (p.func.vjp(lambda x: x**3, x(p))[1](v)[0] ** 2).sum())(
        x(p)
    ),
    "vjp made outside, pulled inside": lambda p: then(
        p.func.vjp(lambda x: x**3, x(p))[1], lambda pull: p.func.grad(lambda v: (pull(v)[0] ** 2).sum())(x(p))
    ),
    "grad through vjp": lambda p: p.func.grad(lambda t: p.func.vjp(lambda x: x**3, t)[1](x(p))[0].sum())(x(p)),
    "vjp with history": lambda p: then(
        p.func.vjp(lambda x: x**3, x(p).requires_grad_()), lambda out: [out[0], out[1](x(p))]
    ),
    # jvp
    "jvp": lambda p: p.func.jvp(lambda x: x.sin(), (x(p),), (x(p),)),
    "jvp several": lambda p: p.func.jvp(lambda a, b: {"s": a * b, "t": [a.sum()]}, (x(p), x(p) + 1), (x(p), -x(p))),
    "jvp dict": lambda p: p.func.jvp(lambda d: d["a"] @ d["b"], ({"a": x(p), "b": x(p)},), ({"a": x(p), "b": -x(p)},)),
    "jvp aux": lambda p: p.func.jvp(lambda x: (x.exp(), {"k": x}), (x(p),), (x(p),), has_aux=True),
    "jvp constant": lambda p: p.func.jvp(lambda x: (p.lib.ones(2), x), (x(p),), (x(p),)),
    "jvp integer output": lambda p: p.func.jvp(lambda x: x.argmax(), (x(p),), (x(p),)),
    "jvp of an input returned": lambda p: p.func.jvp(lambda x: x, (x(p),), (2 * x(p),)),
    "jvp with history": lambda p: p.func.jvp(lambda x: x**3, (x(p).requires_grad_(),), (x(p),)),
    "jvp tangent with history": lambda p: p.func.jvp(lambda x: x**3, (x(p),), (x(p).requires_grad_(),)),
    "jvp of max": lambda p: p.func.jvp(lambda x: x.max(0)[0], (small(p),), (small(p) + 1,)),
    "jvp of expand": lambda p: p.func.jvp(lambda x: x.expand(2, 3), (x(p),), (x(p),)),
    "jvp detach": lambda p: p.func.jvp(lambda x: x.detach() * x, (x(p),), (x(p),)),
    "jvp of temporaries written": lambda p: p.func.jvp(_writes(p), (x(p),), (x(p),)),
    "linearize": lambda p: then(
        p.func.linearize(lambda x: {"o": x.sin(), "p": x.sum()}, x(p)),
        lambda out: [out[0], out[1](x(p)), out[1](2 * x(p))],
    ),
    # jacobians
    "jacrev": lambda p: p.func.jacrev(lambda x: x.sum() * x**2)(x(p)),
    "jacrev matrix": lambda p: p.func.jacrev(lambda x: x @ x.T)(small(p)),
    "jacrev tree": lambda p: p.func.jacrev(lambda x: {"a": x**2, "b": (x.sum(), [x])})(x(p)),
    "jacrev dict in": lambda p: p.func.jacrev(lambda d: d["p"] * d["q"].sum())({"p": x(p), "q": x(p, 2)}),
    "jacrev argnums": lambda p: p.func.jacrev(lambda a, b: a * b, argnums=(0, 1))(x(p), x(p)),
    "jacrev argnums one": lambda p: p.func.jacrev(lambda a, b: a * b, argnums=(1,))(x(p), x(p)),
    "jacrev aux": lambda p: p.func.jacrev(lambda x: (x**2, {"x": x}), has_aux=True)(x(p)),
    "jacrev chunks": lambda p: [p.func.jacrev(lambda x: x.sum() * x**2, chunk_size=c)(x(p, 5)) for c in (1, 2, 5, 9)],
    "jacrev empty": lambda p: p.func.jacrev(lambda x: x.sin())(p.lib.ones(0)),
    "jacrev of a constant": lambda p: p.func.jacrev(lambda x: p.lib.ones(2))(x(p)),
    "jacrev dtype": lambda p: p.func.jacrev(lambda x: x.double())(x(p)),
    "jacfwd": lambda p: p.func.jacfwd(lambda x: x.sum() * x**2)(x(p)),
    "jacfwd matrix": lambda p: p.func.jacfwd(lambda x: x @ x.T)(small(p)),
    "jacfwd tree": lambda p: p.func.jacfwd(lambda x: {"a": x**2, "b": (x.sum(), [x])})(x(p)),
    "jacfwd dict in": lambda p: p.func.jacfwd(lambda d: d["p"] * d["q"].sum())({"p": x(p), "q": x(p, 2)}),
    "jacfwd argnums": lambda p: p.func.jacfwd(lambda a, b: a * b, argnums=(0, 1))(x(p), x(p)),
    "jacfwd argnums None": lambda p: p.func.jacfwd(lambda a, b: a * b, argnums=None)(x(p), x(p)),
    "jacfwd aux": lambda p: p.func.jacfwd(lambda x: (x**2, {"x": x}), has_aux=True)(x(p)),
    "jacfwd empty": lambda p: p.func.jacfwd(lambda x: x.sin())(p.lib.ones(0)),
    "jacfwd dtype": lambda p: p.func.jacfwd(lambda x: x.double())(x(p)),
    "jacrev with history": lambda p: p.func.jacrev(lambda x: x**3)(x(p).requires_grad_()),
    "jacfwd with history": lambda p: p.func.jacfwd(lambda x: x**3)(x(p).requires_grad_()),
    "hessian": lambda p: p.func.hessian(lambda x: (x**3).sum() * x[0])(x(p)),
    "hessian argnums": lambda p: p.func.hessian(lambda a, b: (a * a * b).sum(), argnums=(0, 1))(x(p, 2), x(p, 2)),
    "hessian dict": lambda p: p.func.hessian(lambda d: (d["a"] ** 2 * d["b"]).sum())({"a": x(p, 2), "b": x(p, 2)}),
    "hessian rev rev": lambda p: p.func.jacrev(p.func.jacrev(lambda x: (x**3).sum() * x[0]))(x(p)),
    "hessian fwd fwd": lambda p: p.func.jacfwd(p.func.jacfwd(lambda x: (x**3).sum() * x[0]))(x(p)),
    "hessian rev fwd": lambda p: p.func.jacrev(p.func.jacfwd(lambda x: (x**3).sum() * x[0]))(x(p)),
    # nests
    "perturbations apart": lambda p: p.func.grad(lambda a: a * p.func.grad(lambda b: a + b)(scalar(p, 1.0)))(
        scalar(p, 1.0)
    ),
    "perturbations apart forward": lambda p: p.func.jvp(
        lambda a: a * p.func.jvp(lambda b: a + b, (scalar(p, 1.0),), (scalar(p, 1.0),))[1],
        (scalar(p, 1.0),),
        (scalar(p, 1.0),),
    )[1],
    "perturbations of one value": lambda p: then(
        scalar(p, 3.0), lambda one: p.func.grad(lambda a: a * p.func.grad(lambda b: a * b * b)(one))(one)
    ),
    "third order": lambda p: p.func.grad(p.func.grad(p.func.grad(lambda x: x.sin() * x)))(scalar(p, 0.7)),
    "fourth order": lambda p: p.func.grad(p.func.grad(p.func.grad(p.func.grad(lambda x: x.exp() * x))))(scalar(p, 0.7)),
    "jvp of grad": lambda p: p.func.jvp(p.func.grad(lambda x: (x**4).sum()), (x(p),), (x(p),)),
    "grad of jvp": lambda p: p.func.grad(lambda t: p.func.jvp(lambda x: x**4, (t,), (x(p),))[1].sum())(x(p)),
    "grad of jvp in the tangent": lambda p: p.func.grad(
        lambda t: (p.func.jvp(lambda x: x**4, (x(p),), (t,))[1] ** 2).sum()
    )(x(p)),
    "jvp of jvp": lambda p: p.func.jvp(
        lambda t: p.func.jvp(lambda x: x.sin() * x, (t,), (x(p),))[1], (x(p),), (p.lib.ones(3),)
    ),
    "third order jvp of jvp of grad": lambda p: p.func.jvp(
        lambda t: p.func.jvp(p.func.grad(lambda x: (x**4).sum()), (t,), (x(p),))[1], (x(p),), (p.lib.ones(3),)
    ),
    "jacfwd of hessian": lambda p: p.func.jacfwd(p.func.hessian(lambda x: (x**4).sum() * x[0]))(x(p, 2)),
    "grad over jacrev": lambda p: p.func.grad(lambda t: p.func.jacrev(lambda x: x.sum() * x**2)(t).sum())(x(p)),
    "grad over jacfwd": lambda p: p.func.grad(lambda t: p.func.jacfwd(lambda x: x.sum() * x**2)(t).sum())(x(p)),
    "grad over linearize": lambda p: p.func.grad(lambda t: (t * p.func.grad(lambda x: (x**3).sum())(t)).sum())(x(p)),
    "inner independent of outer": lambda p: p.func.grad(
        lambda t: (t * p.func.grad(lambda x: (x**3).sum())(x(p))).sum()
    )(x(p)),
    "mixed closures": lambda p: p.func.grad(lambda a: p.func.grad(lambda b: p.func.grad(lambda c: a * b * c**2)(b))(a))(
        scalar(p, 2.0)
    ),
}


def _writes(p):
    def function(x):
        y = x * 2
        y += x
        y[0] = x[1] * x[2]
        z = p.lib.zeros(3)
        z[1:] = y[1:] * 3
        return (y * z).sum()

    return function


def _without(p, function):
    with p.lib.no_grad():
        return function()


def _under_no_grad(p, function):
    t = x(p).requires_grad_()
    with p.lib.no_grad():
        return function(t)


def _closure(p):
    w = x(p).requires_grad_()
    found, value = p.func.grad_and_value(lambda x: (x * w).sum())(x(p) + 1)
    (found.sum() * value).backward()
    return found, value, w.grad


def _closure_alone(p):
    w = x(p).requires_grad_()
    return p.func.grad_and_value(lambda x: w.sum())(x(p))


def _backward_through(p):
    w = x(p).requires_grad_()
    found = p.func.grad(lambda t: (t**3).sum())(w * 2)
    found.sum().backward()
    return w.grad


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_in_pytorch(torch, name):
    same(torch, PROGRAMS[name])


ERRORS = {
    "grad of an integer": lambda p: p.func.grad(lambda x: x.sum())(p.lib.arange(3)),
    "grad of a number": lambda p: p.func.grad(lambda x: x * 2)(2.0),
    "grad of None": lambda p: p.func.grad(lambda d: d["a"].sum())({"a": x(p), "b": None}),
    "grad of a number returned": lambda p: p.func.grad(lambda x: 3.0)(x(p)),
    "grad of a vector": lambda p: p.func.grad(lambda x: x)(x(p)),
    "grad of one element": lambda p: p.func.grad(lambda x: x.sum()[None])(x(p)),
    "grad argnums too large": lambda p: p.func.grad(lambda x: x.sum(), argnums=1)(x(p)),
    "grad argnums float": lambda p: p.func.grad(lambda x: x.sum(), argnums=1.0)(x(p)),
    "grad argnums list": lambda p: p.func.grad(lambda x: x.sum(), argnums=[0])(x(p)),
    "grad argnums repeated": lambda p: p.func.grad(lambda x: x.sum(), argnums=(0, -1))(x(p)),
    "grad argnums empty": lambda p: p.func.grad(lambda x: x.sum(), argnums=())(x(p)),
    "grad aux missing": lambda p: p.func.grad(lambda x: x.sum(), has_aux=True)(x(p)),
    "grad of its argument written": lambda p: p.func.grad(lambda x: x.add_(1).sum())(x(p)),
    "nested grad of its argument written": lambda p: p.func.grad(
        lambda t: p.func.grad(lambda x: x.mul_(2).sum())(t).sum()
    )(x(p)),
    "vjp of an integer": lambda p: p.func.vjp(lambda x: x.sum(), p.lib.arange(3)),
    "vjp integer output": lambda p: p.func.vjp(lambda x: x.argmax(), x(p)),
    "vjp None": lambda p: p.func.vjp(lambda x: None, x(p)),
    "vjp a number": lambda p: p.func.vjp(lambda x: (x, 3.0), x(p)),
    "vjp structure": lambda p: p.func.vjp(lambda x: x.sin(), x(p))[1]((x(p),)),
    "vjp shape": lambda p: p.func.vjp(lambda x: x.sin(), x(p))[1](x(p, 2)),
    "vjp again after the last": lambda p: then(
        p.func.vjp(lambda x: x.sin(), x(p))[1], lambda pull: (pull(x(p), retain_graph=False), pull(x(p)))
    ),
    "jvp of an integer": lambda p: p.func.jvp(lambda x: x.sum(), (p.lib.arange(3),), (p.lib.arange(3),)),
    "jvp no tuple": lambda p: p.func.jvp(lambda x: x.sum(), x(p), x(p)),
    "jvp list": lambda p: p.func.jvp(lambda x: x.sum(), [x(p)], [x(p)]),
    "jvp structure": lambda p: p.func.jvp(lambda x: x.sum(), (x(p),), (x(p), x(p))),
    "jvp shape": lambda p: p.func.jvp(lambda x: x.sum(), (x(p),), (x(p, 2),)),
    "jvp number": lambda p: p.func.jvp(lambda x: x.sum(), (2.0,), (x(p),)),
    "jvp number tangent": lambda p: p.func.jvp(lambda x: x.sum(), (x(p),), (1.0,)),
    "jvp empty": lambda p: p.func.jvp(lambda: x(p), (), ()),
    "jvp strict": lambda p: p.func.jvp(lambda x: p.lib.ones(2), (x(p),), (x(p),), strict=True),
    "jvp number returned": lambda p: p.func.jvp(lambda x: 3.0, (x(p),), (x(p),)),
    "jvp nothing returned": lambda p: p.func.jvp(lambda x: (), (x(p),), (x(p),)),
    "jvp aux missing": lambda p: p.func.jvp(lambda x: x, (x(p),), (x(p),), has_aux=True),
    "linearize shape": lambda p: p.func.linearize(lambda x: x.sin(), x(p))[1](x(p, 2)),
    "linearize dtype": lambda p: p.func.linearize(lambda x: x.sin(), x(p))[1](x(p).double()),
    "linearize structure": lambda p: p.func.linearize(lambda x: x.sin(), x(p))[1](x(p), x(p)),
    "jacrev integer": lambda p: p.func.jacrev(lambda x: x.sum())(p.lib.arange(3)),
    "jacrev integer output": lambda p: p.func.jacrev(lambda x: x.argmax())(x(p)),
    "jacrev chunk": lambda p: p.func.jacrev(lambda x: x, chunk_size=0)(x(p)),
    "jacrev argnums None": lambda p: p.func.jacrev(lambda x: x, argnums=None)(x(p)),
    "jacrev keyword": lambda p: p.func.jacrev(lambda x, k=1: x * k)(x(p), k=2),
    "jacfwd integer": lambda p: p.func.jacfwd(lambda x: x.sum())(p.lib.arange(3)),
    "jacfwd randomness": lambda p: p.func.jacfwd(lambda x: x, randomness="some")(x(p)),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_as_in_pytorch(torch, name):
    assert same_error(torch, ERRORS[name])


def test_a_write_into_an_argument_changes_nothing(torch):
    outer = ag.tensor([1.0, 2.0])
    with pytest.raises(RuntimeError, match="in-place"):
        func.grad(lambda t: func.grad(lambda y: y.mul_(2).sum())(t).sum())(outer)
    assert outer.tolist() == [1.0, 2.0]
    with pytest.raises(RuntimeError, match="in-place"):
        func.grad(lambda t: func.grad(lambda y: (y[0].zero_(), y.sum())[1])(t).sum())(outer)
    assert outer.tolist() == [1.0, 2.0]


def test_no_garbage_is_left(torch):
    import gc

    t = ag.tensor([1.0, 2.0])
    f = lambda x: (x.sin() * x).sum()
    gc.collect()
    gc.disable()
    try:
        func.hessian(f)(t), func.jvp(f, (t,), (t,)), func.vjp(f, t)[1](ag.tensor(1.0)), func.linearize(f, t)[1](t)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_hvp_and_value_and_grad():
    t, v = ag.tensor([1.0, 2.0]), ag.tensor([1.0, -1.0])
    assert func.hvp(lambda x: (x**3).sum(), (t,), (v,))[0].tolist() == [6.0, -12.0]
    both = func.hvp(lambda a, b: ((a * b).sum(), "aux"), (t, t), (v, v), has_aux=True)
    assert [part.tolist() for part in both[0]] == [[1.0, -1.0], [1.0, -1.0]]
    assert both[1] == "aux"
    with pytest.raises(RuntimeError, match="tuple"):
        func.hvp(lambda x: x.sum(), t, v)
    value, slope = func.value_and_grad(lambda x: (x**2).sum())(t)
    assert (value.item(), slope.tolist()) == (5.0, [2.0, 4.0])
    (value, aux), slope = func.value_and_grad(lambda x: ((x**2).sum(), {"n": 3}), has_aux=True)(t)
    assert (value.item(), aux, slope.tolist()) == (5.0, {"n": 3}, [2.0, 4.0])


def test_results_share_no_memory_with_tangents():
    t, v = ag.tensor([1.0, 2.0]), ag.tensor([1.0, -1.0])
    for f in (lambda x: x, lambda x: x[1:], lambda x: x.reshape(1, 2), lambda x: x.sum().expand(2)):
        func.jvp(f, (t,), (v,))[1].add_(1)
    assert v.tolist() == [1.0, -1.0]


@pytest.mark.parametrize("f", [lambda x: x, lambda x: x[1:], lambda x: x.reshape(1, 2), lambda x: x.t()])
def test_recorded_results_share_no_memory_with_tangents(f):
    w = ag.tensor([1.0, -1.0], requires_grad=True)
    v = w * 1
    moved = func.jvp(f, (ag.tensor([1.0, 2.0]),), (v,))[1]
    assert moved.requires_grad
    moved.add_(1)
    assert v.tolist() == [1.0, -1.0]


class Cube(ag.Function):
    """An operation with derivatives of its own."""

    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2

    @staticmethod
    def jvp(ctx, t):
        (x,) = ctx.saved_tensors
        return t * 3 * x**2


def test_functions_of_the_users_own():
    t, f = ag.tensor([1.0, 2.0]), lambda x: Cube.apply(x).sum()
    assert func.grad(f)(t).tolist() == [3.0, 12.0]
    assert func.jvp(f, (t,), (t,))[1].item() == 27.0
    for outer in (func.jacfwd, func.jacrev):
        for inner in (func.jacfwd, func.jacrev):
            assert outer(inner(f))(t).tolist() == [[6.0, 0.0], [0.0, 12.0]]


def test_no_grad_inside_stops_forward_mode():
    """Not as in PyTorch, which has a switch of its own for forward mode: documented in ``autograd.func``."""
    t = ag.tensor([1.0, 2.0])

    def f(x):
        with ag.no_grad():
            return x * x

    assert func.jvp(f, (t,), (t,))[1].tolist() == [0.0, 0.0]


def test_hooks_inside_are_run():
    t, seen = ag.tensor([1.0, 2.0]), []

    def f(x):
        y = x * 2
        y.register_hook(lambda g: seen.append(g.tolist()) or g * 10)
        return y.sum()

    assert func.grad(f)(t).tolist() == [20.0, 20.0]
    assert seen == [[1.0, 1.0]]


def test_an_error_inside_leaves_the_modes_as_they_were():
    t = ag.tensor([1.0, 2.0])

    def f(x):
        raise KeyError("inside")

    with ag.no_grad():
        for transform in (func.grad(f), func.jacfwd(f), lambda t: func.jvp(f, (t,), (t,)), lambda t: func.vjp(f, t)):
            with pytest.raises(KeyError, match="inside"):
                transform(t)
        assert not ag.is_grad_enabled()
    kept = (t.requires_grad_() ** 2).sum().grad_fn.parents[0].saved
    assert sum(v is not None for v in kept) == sum(v is not None for v in (t**2).grad_fn.saved)


def test_grad_to_an_intermediate_leaves_what_is_behind_it(torch):
    for lib in (ag, torch):
        t = lib.tensor([1.0, 2.0], requires_grad=True)
        between = t.exp()
        lib.autograd.grad((between**2).sum(), between)
        between.sum().backward()
        assert t.grad.tolist() == between.tolist()
