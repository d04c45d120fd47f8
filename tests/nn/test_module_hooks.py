"""Hooks of all kinds and the corners of Module, the same calls in both libraries: the same log."""

import warnings

import pytest

import autograd
import nn

pytestmark = pytest.mark.torch


def values(gradients):
    return [None if g is None else [round(v, 5) for v in g.reshape(-1).tolist()] for g in gradients]


def global_backward(lib, package, place, log):
    net = package.Sequential(package.Tanh(), package.Linear(2, 2))
    for parameter in net.parameters():
        parameter.data = lib.ones_like(parameter)
    net[0].register_full_backward_hook(lambda module, given, out: log.append(("own", values(given))))
    net[0].register_full_backward_pre_hook(lambda module, out: log.append(("own before", values(out))))
    hooks = [
        place.register_module_full_backward_hook(lambda m, given, out: log.append((type(m).__name__, values(given)))),
        place.register_module_full_backward_pre_hook(lambda m, out: log.append(("before", type(m).__name__))),
    ]
    for _ in range(2):
        x = lib.tensor([[1.0, 2.0]], requires_grad=True)
        net(x).sum().backward()
        log.append(values([x.grad]))
        for hook in hooks:
            hook.remove()


def always_called(lib, package, place, log):
    layer = package.Identity()
    layer.register_forward_hook(lambda module, args, output: 1 / 0)
    layer.register_forward_hook(lambda module, args, output: log.append(output.tolist()), always_call=True)
    with place.register_module_forward_hook(lambda module, args, output: log.append("global"), always_call=True):
        try:
            layer(lib.ones(1))
        except ZeroDivisionError:
            log.append("raised")


def changed_arguments(lib, package, place, log):
    class Add(package.Module):
        def forward(self, x, k=1):
            return x + k

    layer = Add()
    layer.register_forward_pre_hook(lambda module, args: args[0] + 1)
    layer.register_forward_pre_hook(lambda module, args, kwargs: (args, {"k": kwargs["k"] * 2}), with_kwargs=True)
    layer.register_forward_hook(
        lambda module, args, kwargs, output: log.append((args[0].tolist(), kwargs, output.tolist())), with_kwargs=True
    )
    layer(lib.zeros(1), k=3)


def older_backward(lib, package, place, log):
    layer = package.Tanh()
    layer.register_backward_hook(lambda module, given, out: tuple(g * 3 for g in given))
    layer.register_backward_hook(
        lambda module, given, out: log.append((type(module).__name__, values(given), values(out)))
    )
    x = lib.zeros(2, requires_grad=True)
    layer(x).sum().backward()
    log.append(values([x.grad]))
    for one, two in (("register_backward_hook", "register_full_backward_hook"),) * 2:
        other = package.Tanh()
        getattr(other, one)(lambda *_: None)
        for name in (one, two):
            try:
                getattr(other, name)(lambda *_: None)
            except RuntimeError as error:
                log.append(str(error)[:60])
    with place.register_module_backward_hook(lambda module, given, out: log.append("all")):
        last = package.Tanh()  # PyTorch's hook knows its module weakly
        last(lib.zeros(1, requires_grad=True)).backward()
    last(lib.zeros(1, requires_grad=True)).backward()


def registrations(lib, package, place, log):
    class Net(package.Module):
        def __init__(self):
            super().__init__()
            self.linear = package.Linear(1, 1)
            self.register_buffer("total", None)
            self.weight = package.Parameter(lib.ones(1))
            self.weight = None
            self.linear = None
            self.total = lib.ones(1)
            self.add_module("act", package.ReLU())

    with (
        place.register_module_parameter_registration_hook(lambda module, name, value: log.append(name)),
        place.register_module_buffer_registration_hook(lambda module, name, value: log.append(name)),
        place.register_module_module_registration_hook(lambda module, name, value: log.append(name)),
    ):
        Net()
    with place.register_module_module_registration_hook(lambda module, name, value: package.Tanh()):
        log.append(repr(package.Sequential(package.ReLU())))


def states(lib, package, place, log):
    one, two = package.Linear(1, 1), package.Linear(1, 1)
    one._register_state_dict_hook(lambda module, state, prefix, meta: {**state, f"{prefix}x": 1})
    one.register_state_dict_pre_hook(lambda module, prefix, keep: log.append((prefix, keep)))
    log.append(list(one.state_dict(prefix="a.")))
    two.register_state_dict_post_hook(lambda module, state, prefix, meta: log.append((list(state), prefix, meta)))
    package.Sequential(two).state_dict()
    two._register_load_state_dict_pre_hook(lambda state, prefix, *_: log.append((list(state), prefix)))
    two._register_load_state_dict_pre_hook(lambda module, state, prefix, *_: log.append(prefix), with_module=True)

    def forgive(module, keys):
        log.append(repr(keys))
        keys.missing_keys.clear()

    two.register_load_state_dict_post_hook(forgive)
    log.append(repr(package.Sequential(two).load_state_dict({"0.weight": lib.ones(1, 1)})))


def outputs_of_other_kinds(lib, package, place, log):
    class Two(package.Module):
        def forward(self, x, y=None):
            return x * 2, {"more": x * 3}

    layer = Two()
    layer.register_full_backward_hook(lambda module, given, out: log.append((values(given), values(out))))
    for y in (None, 3, lib.ones(2)):
        x = lib.ones(2, requires_grad=True)
        first, rest = layer(x, y)
        (first.sum() + rest["more"].sum()).backward()
        log.append(values([x.grad]))


def second_derivatives(lib, package, place, log):
    lib.manual_seed(0)
    net = package.Sequential(package.Linear(2, 3), package.Tanh(), package.Linear(3, 1))
    net[1].register_full_backward_hook(lambda module, given, out: log.append(("called", len(given))) or (given[0] * 2,))
    net[0].register_full_backward_pre_hook(lambda module, out: (out[0] * 3,))
    x = lib.ones(4, 2, requires_grad=True)
    (slope,) = lib.autograd.grad(net(x).sum(), x, create_graph=True)
    slope.pow(2).sum().backward()
    gradients = [slope, x.grad, *(p.grad for p in net.parameters())]
    log += [None if g is None else [round(v, 3) for v in g.reshape(-1).tolist()] for g in gradients]


def corners(lib, package, place, log):
    layer = package.Linear(1, 1)
    layer(lib.ones(1)).sum().backward()
    gradient = layer.weight.grad
    layer.zero_grad(set_to_none=False)
    log.append((layer.weight.grad is gradient, gradient.tolist()))
    state = layer.__getstate__()
    other = package.Linear.__new__(package.Linear)
    other.__setstate__(state)
    log.append((state is layer.__dict__, other.weight is layer.weight))
    act = package.ReLU()
    net = package.Sequential(act, act)
    log.append((len(list(net.modules())), len(list(net.modules(remove_duplicate=False)))))
    log.append([name for name, _ in net.named_modules(remove_duplicate=False)])
    holder = package.Module()
    holder.w = package.Parameter(lib.ones(2, 3, 4, 5))
    log.append((holder.to(memory_format=lib.channels_last) is holder, holder.w.stride()))
    log.append((holder.to_empty(device="cpu") is holder, holder.share_memory() is holder, tuple(holder.w.shape)))
    log.append((holder.type(lib.float64).w.dtype == lib.float64, holder.half().w.dtype == lib.float16))


def overridden(lib, package, place, log):
    class Own(package.Module):
        def register_buffer(self, name, tensor):
            super().register_buffer(name, tensor)
            log.append(name)

    module = Own()
    module.kept = package.Buffer(lib.ones(1))
    try:
        module.lost = package.Buffer(lib.ones(1), persistent=False)
    except RuntimeError:
        log.append("refused")


@pytest.mark.parametrize(
    "scene",
    [
        global_backward,
        always_called,
        changed_arguments,
        older_backward,
        registrations,
        states,
        outputs_of_other_kinds,
        second_derivatives,
        corners,
        overridden,
    ],
)
def test_the_same_log(scene, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.nn.modules.module, "_global_is_full_backward_hook", None)  # stays set after removal
    ours, theirs = [], []
    with warnings.catch_warnings(action="ignore"):
        scene(autograd, nn, nn, ours)
        scene(torch, torch.nn, torch.nn.modules.module, theirs)
    assert ours == theirs
    assert ours
