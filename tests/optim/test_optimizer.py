"""What all optimizers share: groups, state, hooks, errors, and how parameters are written."""

import copy
import pickle

import numpy as np
import pytest

import autograd
import optim
from autograd import updates

ALL = [optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adam, optim.AdamW]


def leaf(*values, dtype=None):
    return autograd.tensor(list(values), requires_grad=True, dtype=dtype)


def with_grad(*values, grad=1.0):
    p = leaf(*values)
    p.grad = autograd.full_like(p, grad, requires_grad=False)
    return p


# -- construction and groups --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize(
    ("params", "error", "text"),
    [
        (list, ValueError, "empty parameter list"),
        (lambda: leaf(1.0), TypeError, "iterable of Tensors or dicts, but got Tensor"),
        (lambda: [1], TypeError, "can only optimize Tensors, but one of the params is int"),
        (lambda: [leaf(1.0) * 2], ValueError, "can't optimize a non-leaf Tensor"),
        (lambda: [{"params": {leaf(1.0)}}], TypeError, "use a list instead"),
        (lambda: [("a", leaf(1.0)), leaf(2.0)], ValueError, "Some param names are missing"),
        (lambda: [{"lr": 0.1}], KeyError, "params"),
    ],
)
def test_unfit_parameters(make, params, error, text):
    with pytest.raises(error, match=text):
        make(params())


@pytest.mark.parametrize("make", ALL)
def test_negative_learning_rate(make):
    with pytest.raises(ValueError, match=r"Invalid learning rate: -0\.5"):
        make([leaf(1.0)], lr=-0.5)
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        make([leaf(1.0)], lr=autograd.ones(2))


@pytest.mark.parametrize(
    ("make", "options", "text"),
    [
        (optim.SGD, {"momentum": -1}, "Invalid momentum value: -1"),
        (optim.SGD, {"weight_decay": -1}, "Invalid weight_decay value: -1"),
        (optim.SGD, {"nesterov": True}, "Nesterov momentum requires a momentum and zero dampening"),
        (optim.Adam, {"eps": -1}, "Invalid epsilon value: -1"),
        (optim.Adam, {"betas": (1.0, 0.9)}, "Invalid beta parameter at index 0: 1.0"),
        (optim.AdamW, {"betas": (0.9, 1.5)}, "Invalid beta parameter at index 1: 1.5"),
        (optim.Adam, {"betas": (0, 0.9)}, "betas must be either both floats or both Tensors"),
        (optim.Adam, {"weight_decay": -1}, "Invalid weight_decay value: -1"),
        (optim.Adagrad, {"lr_decay": -1}, "Invalid lr_decay value: -1"),
        (optim.Adagrad, {"initial_accumulator_value": -1}, "Invalid initial_accumulator_value value: -1"),
        (optim.RMSprop, {"alpha": -1}, "Invalid alpha value: -1"),
        (optim.RMSprop, {"momentum": -1}, "Invalid momentum value: -1"),
    ],
)
def test_options_out_of_range(make, options, text):
    with pytest.raises(ValueError, match=text):
        make([leaf(1.0)], **options)


@pytest.mark.parametrize("make", [optim.SGD, optim.Adam, optim.AdamW, optim.Adagrad])
def test_choices_of_implementation(make):
    for options in ({"foreach": True}, {"fused": True}, {"foreach": False, "fused": None}):
        assert make([leaf(1.0)], **options).defaults["foreach"] == options.get("foreach")
    with pytest.raises(RuntimeError, match="cannot be `True` together"):
        make([leaf(1.0)], fused=True, foreach=True)


@pytest.mark.parametrize("make", ALL)
def test_differentiable_is_refused(make):
    with pytest.raises(NotImplementedError, match="differentiable=True is not supported"):
        make([leaf(1.0)], differentiable=True)


def test_groups_take_defaults_and_own_options():
    a, b = leaf(1.0), leaf(2.0)
    optimizer = optim.SGD([{"params": a}, {"params": (x for x in [b]), "lr": 0.5}], lr=0.1, momentum=0.9)
    assert [g["lr"] for g in optimizer.param_groups] == [0.1, 0.5]
    assert [g["momentum"] for g in optimizer.param_groups] == [0.9, 0.9]
    assert optimizer.param_groups[1]["params"][0] is b
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": [a]})
    with pytest.raises(TypeError, match="param_group must be a dict, but got list"):
        optimizer.add_param_group([a])
    assert len(optimizer.param_groups) == 2


def test_named_parameters():
    a, b = leaf(1.0), leaf(2.0)
    optimizer = optim.Adam([("weight", a)])
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight"]
    with pytest.raises(ValueError, match="cannot add param group without names"):
        optimizer.add_param_group({"params": [b]})
    optimizer.add_param_group({"params": [("bias", b)]})
    assert optimizer.param_groups[1]["param_names"] == ["bias"]


def test_required_option():
    class Needs(optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"size": optim.optimizer.required})

    with pytest.raises(ValueError, match="didn't specify a value of required optimization parameter size"):
        Needs([leaf(1.0)])
    Needs([{"params": [leaf(1.0)], "size": 1}])


def test_repr():
    two = repr(optim.SGD([{"params": [leaf(1.0)]}, {"params": [leaf(2.0)], "lr": 0.25}], lr=0.5))
    assert "    weight_decay: 0\n\nParameter Group 1\n    dampening: 0\n" in two
    assert repr(optim.SGD([leaf(1.0)], lr=autograd.tensor(0.5))) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n"
        "    lr: 0.5\n    maximize: False\n    momentum: 0\n    nesterov: False\n    weight_decay: 0\n)"
    )


# -- steps --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", ALL)
def test_memory_and_identity_stay(make):
    p = with_grad(1.0, 2.0, 3.0)
    alias, part, before = p.detach(), p.detach()[1:], p.data_ptr()
    optimizer = make([p], lr=0.1)
    optimizer.step()
    assert p.data_ptr() == before
    assert p.is_leaf
    assert p.requires_grad
    assert alias.tolist() == p.tolist() != [1.0, 2.0, 3.0]
    assert part.tolist() == p.tolist()[1:]


@pytest.mark.parametrize("make", ALL)
def test_a_step_between_forward_and_backward_is_noticed(make):
    p = leaf(1.0, 2.0)
    optimizer = make([p], lr=0.1)
    loss = (p * p).sum()
    (p * 3).sum().backward()
    optimizer.step()
    with pytest.raises(RuntimeError, match=rf"modified by an inplace operation.*{make.__name__}.step"):
        loss.backward()
    (p * p).sum().backward()


def test_a_step_between_is_noticed_for_views_and_scalars():
    base = autograd.ones(4)
    p = base[1:3].requires_grad_()
    s = autograd.tensor(2.0, requires_grad=True)
    optimizer = optim.SGD([p, s], lr=0.1)
    q = leaf(1.0, 1.0)
    loss = (base[:2] * q).sum()
    ((p * s).sum() * 3).backward()
    optimizer.step()
    assert base.tolist() == pytest.approx([1.0, 0.4, 0.4, 1.0])
    assert s.item() == pytest.approx(1.4)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("make", ALL)
def test_nothing_happens_without_gradients(make):
    p = leaf(1.0)
    optimizer = make([p])
    optimizer.step()
    assert p.tolist() == [1.0]
    assert p not in optimizer.state or make is optim.Adagrad


def test_closure_runs_with_recording_and_its_loss_is_returned():
    p = leaf(3.0)
    optimizer = optim.SGD([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with autograd.no_grad():
        assert optimizer.step(closure).item() == 9.0
    assert p.item() == pytest.approx(2.4)
    assert optimizer.step() is None


def test_zero_grad():
    p, q = with_grad(1.0), leaf(1.0)
    held = p.grad
    optimizer = optim.SGD([p, q])
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is held
    assert p.grad.tolist() == [0.0]
    assert q.grad is None
    optimizer.zero_grad()
    assert p.grad is None


def test_read_only_parameter_changes_nothing():
    array = np.ones(2, np.float32)
    array.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable"):
        frozen = autograd.from_numpy(array)
    frozen.requires_grad_()
    p = with_grad(1.0)
    frozen.grad = autograd.ones(2)
    optimizer = optim.Adam([p, frozen])
    with pytest.raises(RuntimeError, match=r"Adam.step.*read-only"):
        optimizer.step()
    assert p.tolist() == [1.0]
    assert optimizer.state[p]["step"].item() == 0


def test_base_class_does_not_step():
    optimizer = optim.Optimizer([leaf(1.0)], {})
    with pytest.raises(NotImplementedError, match="must define step"):
        optimizer.step()


def test_parameters_of_several_dtypes():
    p, q = leaf(1.0), leaf(1.0, dtype=autograd.float64)
    for each in (p, q):
        each.grad = autograd.ones_like(each, requires_grad=False)
    optimizer = optim.Adam([p, q], lr=0.5)
    optimizer.step()
    assert p.tolist() == pytest.approx([0.5])
    assert q.tolist() == pytest.approx([0.5])
    assert optimizer.state[q]["exp_avg"].dtype is autograd.float64


# -- hooks --------------------------------------------------------------------------------------------------------


def test_step_hooks():
    p = with_grad(1.0)
    optimizer = optim.SGD([p], lr=0.5)
    seen = []
    pre = optimizer.register_step_pre_hook(lambda opt, args, kwargs: seen.append(("pre", opt is args[0], p.item())))
    post = optimizer.register_step_post_hook(lambda opt, args, kwargs: seen.append(("post", opt is args[0], p.item())))
    optimizer.step()
    assert seen == [("pre", True, 1.0), ("post", True, 0.5)]
    pre.remove()
    post.remove()
    optimizer.step()
    assert len(seen) == 2
    optimizer.register_step_pre_hook(lambda opt, args, kwargs: ((opt, lambda: 7), {}))
    assert optimizer.step() == 7
    optimizer.register_step_pre_hook(lambda *args: 3)
    with pytest.raises(RuntimeError, match="must return None or a tuple"):
        optimizer.step()
    with pytest.raises(TypeError, match="hook must be callable, but got int"):
        optimizer.register_step_post_hook(3)


def test_state_dict_hooks():
    optimizer = optim.SGD([leaf(1.0)], lr=0.5)
    seen = []
    optimizer.register_state_dict_pre_hook(lambda opt: seen.append("second"))
    optimizer.register_state_dict_pre_hook(lambda opt: seen.append("first"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda opt, saved: saved | {"extra": 1})
    saved = optimizer.state_dict()
    assert saved["extra"] == 1
    optimizer.register_load_state_dict_pre_hook(lambda opt, given: seen.append(given.pop("extra")))
    optimizer.register_load_state_dict_post_hook(lambda opt: seen.append("loaded"))
    optimizer.load_state_dict(saved)
    assert seen == ["first", "second", 1, "loaded"]
    assert saved["extra"] == 1


# -- saving and loading -------------------------------------------------------------------------------------------


def trained(make, steps=3):
    p, q = leaf(1.0, -2.0), leaf(0.5)
    optimizer = make([{"params": [p]}, {"params": [q], "lr": 0.05}], lr=0.1)
    continued(optimizer, steps)
    return optimizer


def continued(optimizer, steps):
    for _ in range(steps):
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad = (p * 0.3 + 0.1).detach()
        optimizer.step()
    return [p.tolist() for group in optimizer.param_groups for p in group["params"]]


@pytest.mark.parametrize("make", [*ALL, lambda params, lr: optim.SGD(params, lr, momentum=0.9)])
def test_state_dict_round_trip(make):
    one = trained(make)
    two = trained(make, 0)
    with autograd.no_grad():
        for source, target in zip(one.param_groups, two.param_groups, strict=True):
            target["params"][0].copy_(source["params"][0])
    saved = one.state_dict()
    assert [g["params"] for g in saved["param_groups"]] == [[0], [1]]
    two.load_state_dict(saved)
    assert continued(one, 3) == continued(two, 3)
    # A loaded state is a copy: the two go on independently.
    before = {k: v.tolist() for k, v in saved["state"].get(0, {}).items()}
    continued(two, 1)
    assert {k: v.tolist() for k, v in saved["state"].get(0, {}).items()} == before


def test_loading_what_does_not_fit_changes_nothing():
    optimizer = trained(optim.Adam)
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError, match="different number of parameter groups"):
        optimizer.load_state_dict({"state": {}, "param_groups": []})
    groups = copy.deepcopy(before["param_groups"])
    groups[0]["params"] = [0, 1, 2]
    with pytest.raises(ValueError, match="doesn't match the size of optimizer's group"):
        optimizer.load_state_dict({"state": {}, "param_groups": groups})
    with pytest.raises(KeyError):
        optimizer.load_state_dict({})
    assert str(optimizer.state_dict()) == str(before)


def test_loaded_state_of_another_shape_is_refused_at_the_step():
    optimizer = trained(optim.Adam)
    saved = optimizer.state_dict()
    saved["state"][0] = saved["state"][0] | {"exp_avg": autograd.zeros(5)}
    optimizer.load_state_dict(saved)
    with pytest.raises(RuntimeError, match=r"Adam.step: .* must have one shape, but got \[2\] and \[5\]"):
        continued(optimizer, 1)


def test_loading_old_checkpoints_with_numbers_as_steps():
    optimizer = trained(optim.Adam)
    saved = optimizer.state_dict()
    saved["state"] = {i: state | {"step": int(state["step"].item())} for i, state in saved["state"].items()}
    del saved["param_groups"][0]["amsgrad"]
    optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["amsgrad"] is False
    assert [state["step"].item() for state in optimizer.state.values()] == [3.0, 3.0]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_are_independent(copied):
    one = trained(optim.Adam)
    two = copied(one)
    assert two.param_groups[0]["params"][0] is not one.param_groups[0]["params"][0]
    assert continued(two, 2) == continued(one, 2)
    two.register_step_post_hook(lambda *args: None)
    assert not one._hooks


# -- updates ------------------------------------------------------------------------------------------------------


def test_blockwise_sees_every_element_once():
    sizes = [0, 1, 5000, 8192, 40000, 3, 30000, 8191, 8191, 8191, 8191, 8191]
    tensors = [autograd.zeros(n, dtype=autograd.float64) for n in sizes]
    steps = [autograd.arange(n, dtype=autograd.float64) for n in sizes]
    updates.blockwise(lambda x, g, *, k: np.add(x, g * k, out=x), [tensors], [steps], k=2.0)
    for tensor, n in zip(tensors, sizes, strict=True):
        np.testing.assert_array_equal(tensor.numpy(), 2.0 * np.arange(n))


def test_blockwise_checks_before_it_writes():
    x = autograd.zeros(2)
    rule = lambda x, g: np.add(x, g, out=x)
    with pytest.raises(RuntimeError, match=r"update: the tensors .* \[2\] and \[3\]"):
        updates.blockwise(rule, [[autograd.zeros(2), x]], [[autograd.ones(2), autograd.ones(3)]])
    with pytest.raises(RuntimeError, match="the columns must be of one length, but got 1 and 2"):
        updates.blockwise(rule, [[x]], [[autograd.ones(2), autograd.ones(2)]])
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        updates.blockwise(rule, [[autograd.zeros(1).expand(2)]], [[autograd.ones(2)]])
    assert x.tolist() == [0.0, 0.0]


def test_counters_do_not_share_writes():
    one, two = autograd.tensor(0.0), autograd.tensor(0.0)
    two.numpy()  # now an array
    updates.set_counts([one, two], 4)
    assert updates.counts([one, two]) == [4.0, 4.0]
    one += 1
    assert two.item() == 4.0
