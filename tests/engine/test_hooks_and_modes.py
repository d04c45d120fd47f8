"""Hooks and grad modes."""

import threading

import numpy as np
import pytest

import autograd as ag


def leaf(*values, dtype=ag.float64):
    return ag.tensor(values if len(values) > 1 else values[0], dtype=dtype, requires_grad=True)


# -- hooks ----------------------------------------------------------------------------------------------------------


def test_tensor_hooks_see_and_replace_gradients_in_order():
    x = leaf(1.0)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.item()))
    y.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: seen.append(g.item()))
    (y * 3).backward()
    assert seen == [3, 30]
    assert x.grad.item() == 60


def test_a_removed_hook_is_not_called():
    x = leaf(1.0)
    seen = []
    with x.register_hook(seen.append):
        (x * 2).backward()
    (x * 2).backward()
    assert len(seen) == 1


def test_a_leaf_hook_sees_the_whole_gradient():
    x = leaf(1.0)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3).backward()
    assert seen == [5]


def test_post_accumulate_hook():
    x = leaf(1.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.item()))
    (x * 2).backward()
    (x * 2).backward()
    assert seen == [2, 4]
    with pytest.raises(RuntimeError, match="non-leaf"):
        (x * 2).register_post_accumulate_grad_hook(print)


def test_a_post_accumulate_hook_returns_nothing():
    x = ag.ones(2, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda t: t.grad)
    with pytest.raises(RuntimeError, match="post accumulate grad hooks should return None"):
        x.sum().backward()


def test_node_hooks():
    x = leaf(2.0)
    y = x * 3
    seen = []
    y.grad_fn.register_hook(lambda gin, gout: seen.append((gin[0].item(), gout[0].item())))
    y.grad_fn.register_prehook(lambda gout: (gout[0] * 2,))
    (y * 1).backward()
    assert seen == [(6, 2)]
    assert x.grad.item() == 6


def test_retain_grad():
    x = leaf(2.0)
    y = x * 3
    y.retain_grad()
    assert y.retains_grad
    (y * y).backward()
    assert y.grad.item() == 12


def test_hook_answers_are_checked():
    x = leaf(1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match="changed the size"):
        y.sum().backward()
    z = x * 2
    z.register_hook(lambda g: 3)
    with pytest.raises(TypeError, match="must return a Tensor"):
        z.sum().backward()


# -- modes ----------------------------------------------------------------------------------------------------------


def test_no_grad_as_context_and_decorators():
    x = leaf(1.0)

    @ag.no_grad()
    def one():
        return x * 2

    @ag.no_grad
    def two():
        return x * 2

    with ag.no_grad():
        assert not (x * 2).requires_grad
        with ag.enable_grad():
            assert (x * 2).requires_grad
        assert not ag.is_grad_enabled()
    assert ag.is_grad_enabled()
    assert not one().requires_grad
    assert not two().requires_grad
    assert (x * 2).requires_grad


def test_set_grad_enabled_acts_at_once_and_restores():
    x = leaf(1.0)
    with ag.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    assert ag.is_grad_enabled()
    ag.set_grad_enabled(False)
    assert not ag.is_grad_enabled()
    ag.set_grad_enabled(True)


def test_decorated_generator_runs_in_its_mode_and_its_consumer_not():
    x = leaf(1.0)

    @ag.no_grad()
    def produce():
        yield x * 2
        yield x * 3

    states = [(value.requires_grad, ag.is_grad_enabled()) for value in produce()]
    assert states == [(False, True)] * 2


def test_modes_are_per_thread():
    x = leaf(1.0)
    found = {}

    def other():
        found["recorded"] = (x * 2).requires_grad

    with ag.no_grad():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert found["recorded"]


def test_threads_record_and_walk_at_the_same_time():
    errors = []

    def work(seed):
        try:
            rng = np.random.default_rng(seed)
            for _ in range(50):
                values = rng.uniform(0.5, 1.5, 2000)
                x = ag.tensor(values, requires_grad=True)
                (x.log() * x).sum().backward()
                np.testing.assert_allclose(x.grad.numpy(), np.log(values) + 1)
        except Exception as error:  # noqa: BLE001 - reported by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
