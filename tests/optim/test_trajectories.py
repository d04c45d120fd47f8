"""Every optimizer walks the way that PyTorch's walks, for every combination of its options."""

import functools
import itertools

import numpy as np
import pytest

import autograd
import optim

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

SHAPES = [(3, 4), (4,), (), (2, 0), (2, 1, 3)]


def grid(name, **choices):
    """A list of (name, options), one for each combination."""
    return [(name, dict(zip(choices, values, strict=True))) for values in itertools.product(*choices.values())]


def allowed(case):
    _, options = case
    return not (options.get("nesterov") and (not options["momentum"] or options["dampening"]))


ADAM = {
    "lr": [0.02],
    "betas": [(0.9, 0.999), (0.5, 0.8)],
    "eps": [1e-8, 1e-2],
    "weight_decay": [0, 0.1],
    "amsgrad": [False, True],
    "maximize": [False, True],
}
CASES = [
    *grid(
        "SGD",
        lr=[0.01],
        momentum=[0, 0.9],
        dampening=[0, 0.3, 1],
        weight_decay=[0, 0.1],
        nesterov=[False, True],
        maximize=[False, True],
    ),
    *grid(
        "Adagrad",
        lr=[0.1],
        lr_decay=[0, 0.05],
        weight_decay=[0, 0.1],
        initial_accumulator_value=[0, 0.5],
        eps=[1e-10, 1e-2],
        maximize=[False, True],
    ),
    *grid(
        "RMSprop",
        lr=[0.01],
        alpha=[0.99, 0.6],
        eps=[1e-8, 1e-2],
        weight_decay=[0, 0.1],
        momentum=[0, 0.9],
        centered=[False, True],
        maximize=[False, True],
    ),
    *grid("Adam", **ADAM, decoupled_weight_decay=[False, True]),
    *grid("AdamW", **ADAM),
]
CASES = [case for case in CASES if allowed(case)]


def title(case):
    return f"{case[0]}-" + "-".join(f"{k}={v}" for k, v in case[1].items() if v)


def start(dtype, shapes=SHAPES):
    """The same parameters for both: (ours, PyTorch's)."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    ours = [autograd.tensor(a, requires_grad=True) for a in arrays]
    return ours, [torch.tensor(a, requires_grad=True) for a in arrays]


def slopes(values, step):
    """Gradients that depend on the parameters and on the step: of a bowl, with noise."""
    noises = noise(step, tuple(v.shape for v in values))
    return [(0.7 * v + n).astype(v.dtype) for v, n in zip(values, noises, strict=True)]


@functools.cache
def noise(step, shapes):
    rng = np.random.default_rng(step)
    return [rng.standard_normal(shape) for shape in shapes]


def walk(ours, theirs, one, other, steps=100):
    for params, optimizer, make in ((ours, one, autograd.from_numpy), (theirs, other, torch.from_numpy)):
        values = [p.detach().numpy() for p in params]
        for step in range(steps):
            for p, g in zip(params, slopes(values, step), strict=True):
                p.grad = make(np.asarray(g))
            optimizer.step()


def distance(ours, theirs):
    """The largest difference relative to the size of the tensor."""
    worst = 0.0
    for p, q in zip(ours, theirs, strict=True):
        a, b = np.asarray(p.detach().numpy()), q.detach().numpy()
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        if a.size:
            worst = max(worst, float(np.abs(a - b).max() / np.abs(b).max()))
    return worst


@pytest.mark.parametrize("case", CASES, ids=title)
def test_trajectory_in_float64(case):
    name, options = case
    ours, theirs = start(np.float64)
    one, other = getattr(optim, name)(ours, **options), getattr(torch.optim, name)(theirs, **options)
    walk(ours, theirs, one, other)
    assert distance(ours, theirs) < 1e-12
    for p, q in zip(ours, theirs, strict=True):
        assert set(one.state[p]) == set(other.state[q])
        for key, value in other.state[q].items():
            np.testing.assert_allclose(np.asarray(one.state[p][key]), value.numpy(), rtol=1e-11, atol=1e-14)


NAMES = ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"]
USUAL = {
    "SGD": {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.01},
    "Adagrad": {"lr": 0.1},
    "RMSprop": {"lr": 0.01, "momentum": 0.5, "centered": True},
    "Adam": {"lr": 0.01, "amsgrad": True},
    "AdamW": {"lr": 0.01},
}


@pytest.mark.parametrize(("dtype", "near"), [(np.float32, 2e-5), (np.float16, 2e-2)])
@pytest.mark.parametrize("name", NAMES)
def test_trajectory_in_narrow_dtypes(name, dtype, near):
    ours, theirs = start(dtype)
    one = getattr(optim, name)(ours, **USUAL[name], eps=1e-3) if name != "SGD" else optim.SGD(ours, **USUAL[name])
    other = (
        getattr(torch.optim, name)(theirs, **USUAL[name], eps=1e-3)
        if name != "SGD"
        else torch.optim.SGD(theirs, **USUAL[name])
    )
    walk(ours, theirs, one, other, 50)
    assert distance(ours, theirs) < near


@pytest.mark.parametrize("name", NAMES)
def test_large_tensors_walk_in_blocks(name):
    # Longer than several blocks, not a multiple of one, beside small ones, and one that is not contiguous.
    shapes = [(7,), (70001,), (300, 301), (5, 5)]
    ours, theirs = start(np.float64, shapes)
    with autograd.no_grad():
        turned = autograd.from_numpy(np.ascontiguousarray(ours[2].detach().numpy().T).T)
    ours[2] = turned.requires_grad_()
    assert not ours[2].is_contiguous()
    one, other = getattr(optim, name)(ours, **USUAL[name]), getattr(torch.optim, name)(theirs, **USUAL[name])
    walk(ours, theirs, one, other, 3)
    assert distance(ours, theirs) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_groups_have_their_own_options(name):
    ours, theirs = start(np.float64)
    split = lambda p: [{"params": p[:2], "lr": 0.003}, {"params": p[2:], "weight_decay": 0.2}]
    one, other = getattr(optim, name)(split(ours), lr=0.05), getattr(torch.optim, name)(split(theirs), lr=0.05)
    walk(ours, theirs, one, other, 20)
    for optimizer in (one, other):
        optimizer.param_groups[0]["lr"] = 0.01
        optimizer.param_groups[1]["maximize"] = True
    walk(ours, theirs, one, other, 20)
    assert distance(ours, theirs) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_parameters_without_gradient_are_skipped_and_count_their_own_steps(name):
    ours, theirs = start(np.float64)
    one, other = getattr(optim, name)(ours, **USUAL[name]), getattr(torch.optim, name)(theirs, **USUAL[name])
    for step in range(12):
        present = [(step + i) % 3 != 0 for i in range(len(ours))]
        for params, make in ((ours, autograd.tensor), (theirs, torch.tensor)):
            grads = slopes([p.detach().numpy() for p in params], step)
            for p, g, there in zip(params, grads, present, strict=True):
                p.grad = make(g) if there else None
        one.step()
        other.step()
    assert distance(ours, theirs) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_saved_state_continues_the_trajectory_across_libraries(name):
    ours, theirs = start(np.float64)
    other = getattr(torch.optim, name)(theirs, **USUAL[name])
    first = getattr(optim, name)(ours, **USUAL[name])
    walk(ours, theirs, first, other, 10)
    saved = other.state_dict()
    for state in saved["state"].values():
        state.update({k: autograd.tensor(v.numpy()) for k, v in state.items()})
    second = getattr(optim, name)(ours, lr=123.0)
    second.load_state_dict(saved)
    assert second.param_groups[0]["lr"] == USUAL[name]["lr"]
    other = getattr(torch.optim, name)(theirs, **USUAL[name])
    kept = first.state_dict()
    other.load_state_dict(
        kept
        | {
            "state": {
                i: {k: torch.tensor(np.asarray(v)) for k, v in state.items()} for i, state in kept["state"].items()
            }
        }
    )
    walk(ours, theirs, second, other, 10)
    assert distance(ours, theirs) < 1e-12


def test_learning_rate_and_betas_may_be_tensors():
    ours, theirs = start(np.float64)
    # PyTorch computes the bias corrections in the dtype of these tensors, here in float64 always.
    numbers = [np.array(value) for value in (0.5, 0.5, 0.75)]
    lr, *betas = [autograd.tensor(n) for n in numbers]
    one = optim.Adam(ours, lr=lr, betas=betas)
    lr, *betas = [torch.tensor(n) for n in numbers]
    other = torch.optim.Adam(theirs, lr=lr, betas=tuple(betas))
    walk(ours, theirs, one, other, 20)
    assert distance(ours, theirs) < 1e-12


def test_a_duplicate_parameter_is_updated_twice():
    ours, theirs = start(np.float64)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        one = optim.Adam([ours[0], ours[1], ours[0]], lr=0.1)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        other = torch.optim.Adam([theirs[0], theirs[1], theirs[0]], lr=0.1)
    walk(ours, theirs, one, other, 10)
    assert one.state_dict()["param_groups"][0]["params"] == other.state_dict()["param_groups"][0]["params"] == [2, 1, 2]
    assert distance(ours[:2], theirs[:2]) < 1e-12
