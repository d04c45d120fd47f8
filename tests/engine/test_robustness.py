"""What a user can do to the engine that is easy to get wrong: shared gradients, threads, hooks, odd pictures."""

import sys
import threading

import pytest

import autograd as ag
import autograd.draw
from autograd.records import records


def leaf(*values):
    return ag.tensor(list(values), dtype=ag.float64, requires_grad=True)


# -- .grad is nobody else's memory ----------------------------------------------------------------------------------


@pytest.mark.parametrize("create", [False, True])
def test_the_grads_of_two_leaves_do_not_share_memory(create):
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    seed = ag.ones(2, dtype=ag.float64)
    (x + w).backward(seed, create_graph=create)
    x.grad.detach().mul_(5)
    assert x.grad is not w.grad
    assert w.grad.tolist() == [1.0, 1.0]
    assert seed.tolist() == [1.0, 1.0]


def test_a_recorded_grad_stays_recorded_and_the_same_tensor():
    x = leaf(1.0, 2.0)
    (x**3).sum().backward(create_graph=True)
    held = x.grad
    (x * 5).sum().backward()
    assert x.grad is held
    assert held.tolist() == [8.0, 17.0]
    assert ag.grad(held.sum(), x)[0].tolist() == [6.0, 12.0]


def test_a_grad_of_another_shape_is_an_error():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    x.data = ag.zeros(3, dtype=ag.float64)
    with pytest.raises(RuntimeError, match=r"grad of a tensor has shape \[2\], but a gradient of shape \[3\]"):
        (x * x).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]
    x.grad = None
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_an_expanded_grad_is_not_written_twice():
    x = leaf(1.0, 2.0)
    one = ag.ones(1, dtype=ag.float64)
    x.grad = one.expand(2)
    (x * x).sum().backward()
    assert x.grad.tolist() == [3.0, 5.0]
    assert one.tolist() == [1.0]


def test_threads_that_reach_the_same_leaves_lose_no_gradient():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(40):
            leaves = [ag.tensor(1.0, requires_grad=True) for _ in range(40)]
            together = threading.Barrier(2)

            def work(leaves=leaves, together=together):
                loss = sum(w * 2 for w in leaves)
                together.wait()
                loss.backward()

            threads = [threading.Thread(target=work) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert {w.grad.item() for w in leaves} == {4.0}
    finally:
        sys.setswitchinterval(interval)


# -- retained gradients follow the tensor ---------------------------------------------------------------------------


def test_a_retained_gradient_is_that_of_the_tensor_after_the_last_write():
    x = leaf(1.0, 2.0)
    y = x * 1
    y.retain_grad()
    y.mul_(3)
    assert y.retains_grad
    (y * 2).sum().backward()
    assert y.grad.tolist() == [2.0, 2.0]
    assert x.grad.tolist() == [6.0, 6.0]


def test_a_retained_gradient_survives_writes_through_views_and_to_the_base():
    x = leaf(1.0, 2.0)
    y = x * 1
    y.retain_grad()
    v = y[:1]
    v.retain_grad()
    v.mul_(3)
    y.mul_(2)
    (y.sum() + v.sum()).backward()
    assert y.grad.tolist() == [2.0, 1.0]
    assert v.grad.tolist() == [1.0]
    assert x.grad.tolist() == [12.0, 2.0]


# -- modes ----------------------------------------------------------------------------------------------------------


def test_a_decorated_generator_is_thrown_into_and_closed_in_its_mode():
    seen = []

    @ag.no_grad()
    def steps():
        try:
            yield ag.is_grad_enabled()
        except ValueError:
            seen.append(ag.is_grad_enabled())
            yield 1
        finally:
            seen.append(ag.is_grad_enabled())

    running = steps()
    next(running)
    running.throw(ValueError)
    assert ag.is_grad_enabled()
    running.close()
    assert seen == [False, False]


# -- errors in the middle of a pass ---------------------------------------------------------------------------------


def test_after_a_hook_raised_everything_goes_on():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = x * w

    def fail(grad):
        raise ValueError("stop")

    handle = y.register_hook(fail)
    z = (y * y).sum()
    for _ in range(2):
        with pytest.raises(ValueError, match="stop"):
            z.backward(retain_graph=True)
    assert ag.is_grad_enabled()
    assert x.grad is w.grad is None
    handle.remove()
    z.backward()
    assert x.grad.tolist() == [18.0, 64.0]


def test_a_backward_inside_a_hook():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)

    def inner(grad):
        with ag.enable_grad():
            (w * w * grad).sum().backward()
            (x**3).sum().backward()
        return grad * 2

    y = x * x
    y.register_hook(inner)
    (y * 5).sum().backward()
    assert w.grad.tolist() == [30.0, 40.0]
    assert x.grad.tolist() == [3.0 + 20.0, 12.0 + 40.0]


def test_what_is_no_tensor_is_named():
    x = leaf(1.0)
    with pytest.raises(TypeError, match="gradients must be a Tensor or a sequence of Tensors, but got float"):
        (x * 2).sum().backward(2.0)
    with pytest.raises(TypeError, match="outputs must be a Tensor or a sequence of Tensors, but got int"):
        ag.grad(3, x)
    with pytest.raises(TypeError, match="inputs must be a Tensor or a sequence of Tensors, but got int"):
        (x * 2).sum().backward(inputs=3)


# -- pictures of odd graphs -----------------------------------------------------------------------------------------


def names(output):
    return [node.name for node in autograd.draw.graph(output).model.nodes]


def test_operations_with_many_results_can_be_drawn():
    a, b, c = leaf(1.0, 2.0, 3.0).unbind(0)
    assert names(a * b + c)[-2:] == ["mul", "add"]


def test_a_function_with_an_unused_result_can_be_drawn():
    class Two(ag.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            return 2 * a + 3 * b

    used, _ = Two.apply(leaf(1.0, 2.0))
    assert names(used.sum())[-1] == "sum"


def test_a_graph_with_an_overwritten_value_can_be_drawn():
    y = leaf(1.0, 2.0).exp()
    y.add_(1)
    assert names(y.sum()) == ["leaf", "exp", "add", "sum"]


def test_a_picture_touches_no_grad():
    x = leaf(1.0, 2.0)
    y = x * x
    y.retain_grad()
    z = y.sum()
    assert [r.gradient.tolist() for r in records([z], gradients=True)][:2] == [[2.0, 4.0], [1.0, 1.0]]
    assert y.grad is None
    assert x.grad is None


def test_scalar_gradients_from_the_long_way_and_the_short_way_add_up():
    x = ag.tensor(2.0, dtype=ag.float64, requires_grad=True)
    y = x * 1
    square = y * y  # its backward comes last, by the short way
    (ag.stack([y, y]).sum() + square).backward()
    assert x.grad.item() == 6
