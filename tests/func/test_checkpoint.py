"""Checkpointing: the same values and gradients, with less memory."""

import weakref

import pytest

import autograd as ag
import nn
from autograd import func
from autograd.utils.checkpoint import checkpoint, checkpoint_sequential


def model():
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))


@pytest.mark.parametrize("use_reentrant", [None, True, False])
def test_gradients_are_equal(use_reentrant):
    net, x = model(), ag.randn(5, 4, requires_grad=True)
    found = []
    for wrap in (lambda f, x: f(x), lambda f, x: checkpoint(f, x, use_reentrant=use_reentrant)):
        ag.manual_seed(3)
        net.zero_grad()
        x.grad = None
        wrap(net, x).square().sum().backward()
        found.append([x.grad, *[p.grad.clone() for p in net.parameters()]])
    for plain, again in zip(*found, strict=True):
        assert ag.equal(plain, again)


def test_sequential_in_segments():
    net, x = model().eval(), ag.randn(5, 4)
    net(x).sum().backward()
    plain = [p.grad.clone() for p in net.parameters()]
    for segments in (1, 2, 3, 6):
        net.zero_grad()
        checkpoint_sequential(net, segments, x, use_reentrant=False).sum().backward()
        assert all(ag.equal(a, p.grad) for a, p in zip(plain, net.parameters(), strict=True))
    assert ag.equal(checkpoint_sequential(list(net), 2, x), net(x))
    with pytest.raises(ValueError, match="segments"):
        checkpoint_sequential(net, 7, x)
    with pytest.raises(ValueError, match="keyword"):
        checkpoint_sequential(net, 2, x, colour="red")


def test_what_lies_between_is_not_kept():
    x = ag.ones(10, requires_grad=True)
    seen = []

    def function(x):
        y = x.exp()
        seen.append(weakref.ref(y))
        z = y * y
        seen.append(weakref.ref(z._array))
        return z.sin()

    kept = checkpoint(function, x, use_reentrant=False)
    assert [ref() for ref in seen] == [None, None]
    kept.sum().backward()
    assert len(seen) == 4
    assert x.grad is not None


def test_grad_and_second_derivatives():
    x = ag.tensor([0.5, 1.5], requires_grad=True)
    w = ag.tensor([2.0, 3.0], requires_grad=True)
    cube = lambda x: (w * x**3).sum()
    y = checkpoint(cube, x, use_reentrant=False)
    (first,) = ag.grad(y, x, create_graph=True)
    assert ag.allclose(first, 3 * w * x**2)
    second = ag.grad(first.sum(), [x, w])
    assert ag.allclose(second[0], 6 * w * x)
    assert ag.allclose(second[1], 3 * x**2)


def test_transforms_see_through():
    def function(x):
        return checkpoint(lambda t: (t**3).sum(), x, use_reentrant=False)

    x, t = ag.tensor([1.0, 2.0]), ag.tensor([1.0, 10.0])
    assert func.grad(function)(x).tolist() == [3.0, 12.0]
    assert func.jvp(function, (x,), (t,))[1].tolist() == pytest.approx(123.0)
    assert func.hessian(function)(x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    assert func.jacrev(func.jacrev(function))(x).tolist() == [[6.0, 0.0], [0.0, 12.0]]


def test_nested():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    calls = []

    def inner(x):
        calls.append("inner")
        return x * x

    def outer(x):
        calls.append("outer")
        return checkpoint(inner, x, use_reentrant=False) * x

    checkpoint(outer, x, use_reentrant=False).sum().backward()
    assert x.grad.tolist() == [3.0, 12.0]
    assert calls == ["outer", "inner", "outer", "inner", "inner"]


def test_trees_keywords_and_what_is_no_tensor():
    x = ag.ones(2, requires_grad=True)
    found = checkpoint(
        lambda d, k: {"double": d["x"] * k, "same": d["x"], "name": "n", "whole": d["x"].argmax(), "const": ag.ones(1)},
        {"x": x},
        k=2,
        use_reentrant=False,
    )
    assert found["name"] == "n"
    assert found["same"] is x
    assert not found["const"].requires_grad
    found["double"].sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(ValueError, match="keyword arguments: k"):
        checkpoint(lambda k: k, k=2, use_reentrant=True)


def test_several_outputs_of_which_one_is_used():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    a, b = checkpoint(lambda x: (x * 2, x**2), x, use_reentrant=False)
    b.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]
    assert a.tolist() == [2.0, 4.0]


def test_nothing_is_recorded_where_nothing_needs_it():
    x = ag.ones(2)
    assert not checkpoint(lambda x: x * 2, x, use_reentrant=False).requires_grad
    with ag.no_grad():
        assert not checkpoint(lambda x: x * 2, x.requires_grad_(), use_reentrant=False).requires_grad


def test_random_numbers():
    x = ag.ones(100, requires_grad=True)
    drop = lambda x: nn.functional.dropout(x, 0.5)
    y = checkpoint(drop, x, use_reentrant=False)
    state = ag.get_rng_state()
    y.sum().backward()
    assert ag.equal(x.grad, y.detach())
    assert ag.equal(ag.get_rng_state(), state)
    x.grad = None
    y = checkpoint(drop, x, use_reentrant=False, preserve_rng_state=False)
    y.sum().backward()
    assert not ag.equal(x.grad, y.detach())


def test_temporaries_may_be_written():
    def function(x):
        y = x * 2
        y += 1
        z = y * y
        y = y.clone()
        y.relu_()
        return z + y

    x = ag.tensor([1.0, -2.0], requires_grad=True)
    function(x).sum().backward()
    plain, x.grad = x.grad, None
    checkpoint(function, x, use_reentrant=False).sum().backward()
    assert ag.equal(plain, x.grad)


def test_an_argument_that_was_overwritten_is_noticed():
    x = ag.ones(2, requires_grad=True)
    y = x * 1
    z = checkpoint(lambda y: y.exp(), y, use_reentrant=False)
    y += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_another_result_the_second_time_is_an_error():
    x = ag.ones(2, requires_grad=True)
    sizes = iter([1, 2])
    y = checkpoint(lambda x: x[: next(sizes)] * 2, x, use_reentrant=False)
    with pytest.raises(RuntimeError, match="different metadata"):
        y.sum().backward()
    with pytest.raises(ValueError, match="determinism_check"):
        checkpoint(lambda x: x, x, determinism_check="often")


def test_contexts():
    entered = []

    class Note:
        def __init__(self, name):
            self.name = name

        def __enter__(self):
            entered.append(self.name)

        def __exit__(self, *exc):
            return None

    x = ag.ones(2, requires_grad=True)
    y = checkpoint(lambda x: x * 2, x, use_reentrant=False, context_fn=lambda: (Note("first"), Note("second")))
    assert entered == ["first"]
    y.sum().backward()
    assert entered == ["first", "second"]


def test_drawing_again_leaves_the_generator_as_it_was():
    x = ag.ones(3, requires_grad=True)
    y = checkpoint(lambda t: t * ag.rand(3), x, use_reentrant=False).sum()
    ag.rand(5)
    before = ag.get_rng_state()
    y.backward()
    assert (ag.get_rng_state() == before).all()


def test_a_missing_result_is_an_error_even_unchecked():
    x, runs = ag.ones(2, requires_grad=True), []

    def fickle(t):
        runs.append(t)
        return (t * 2, t * 3) if len(runs) == 1 else (t * 2,)

    a, b = checkpoint(fickle, x, use_reentrant=False, determinism_check="none")
    with pytest.raises(RuntimeError, match="different metadata"):
        (a + b).sum().backward()
