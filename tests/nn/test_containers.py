"""Containers against PyTorch's: the same sequence of calls, the same contents."""

from collections import OrderedDict

import pytest

import autograd
import nn

pytestmark = pytest.mark.torch


def kinds(container):
    return [type(m).__name__ for m in container]


SEQUENCE = {
    "index": lambda n, c: type(c[0]).__name__ + type(c[-1]).__name__,
    "slice": lambda n, c: (type(c[1:]).__name__, kinds(c[1:]), list(c[1:].state_dict())),
    "step": lambda n, c: kinds(c[::2]),
    "append": lambda n, c: (c.append(n.GELU()) is c, list(c._modules), repr(c)),
    "extend": lambda n, c: (c.extend([n.GELU(), n.ELU()]) is c, repr(c)),
    "insert": lambda n, c: (c.insert(1, n.GELU()) is None, list(c._modules), repr(c)),
    "insert last": lambda n, c: (c.insert(3, n.GELU()) is None, repr(c)),
    "delete": lambda n, c: (c.__delitem__(0), list(c._modules), repr(c)),
    "delete negative": lambda n, c: (c.__delitem__(-1), list(c._modules), repr(c)),
    "delete slice": lambda n, c: (c.__delitem__(slice(0, 2)), list(c._modules), repr(c)),
    "set": lambda n, c: (c.__setitem__(1, n.ELU()), repr(c)),
    "set negative": lambda n, c: (c.__setitem__(-1, n.ELU()), repr(c)),
    "pop": lambda n, c: (type(c.pop(1)).__name__, list(c._modules), repr(c)),
    "iterate": lambda n, c: (kinds(c), len(c)),
    "add": lambda n, c: repr(c + c),
    "dir": lambda n, c: [name for name in dir(c) if name.isdigit()],
}
BAD = {
    "index": lambda n, c: c[7],
    "negative": lambda n, c: c[-4],
    "text": lambda n, c: c["x"],
    "set": lambda n, c: c.__setitem__(0, 3),
    "append": lambda n, c: c.append(3),
    "extend": lambda n, c: c.extend(3),
    "extend with others": lambda n, c: c.extend([3]),
}


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
@pytest.mark.parametrize("call", SEQUENCE)
def test_sequences(torch, kind, call):
    def build(package):
        modules = [package.Linear(2, 2), package.ReLU(), package.Tanh()]
        return package.Sequential(*modules) if kind == "Sequential" else package.ModuleList(modules)

    assert SEQUENCE[call](nn, build(nn)) == SEQUENCE[call](torch.nn, build(torch.nn))


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
@pytest.mark.parametrize("call", BAD)
def test_sequence_errors(torch, kind, call):
    def build(package):
        modules = [package.Linear(2, 2), package.ReLU(), package.Tanh()]
        return package.Sequential(*modules) if kind == "Sequential" else package.ModuleList(modules)

    with pytest.raises(Exception) as expected:
        BAD[call](torch.nn, build(torch.nn))
    ours = build(nn)
    before = repr(ours)
    with pytest.raises(type(expected.value)):
        BAD[call](nn, ours)
    assert repr(ours) == before


def test_sequential():
    net = nn.Sequential(OrderedDict(a=nn.Linear(2, 3), b=nn.ReLU()))
    assert list(net.state_dict()) == ["a.weight", "a.bias"]
    assert isinstance(net.b, nn.ReLU)
    assert list(net[:1].state_dict()) == ["a.weight", "a.bias"]
    assert net(autograd.ones(2)).shape == (3,)
    assert nn.Sequential()(autograd.ones(2)).tolist() == [1.0, 1.0]
    assert len(net * 2) == 4
    assert (2 * net)[2] is net[0]
    more = nn.Sequential(nn.ReLU())
    more += nn.Sequential(nn.Tanh())
    assert kinds(more) == ["ReLU", "Tanh"]
    more *= 2
    assert len(more) == 4
    for wrong, error in ((lambda: net + 3, ValueError), (lambda: net * 0, ValueError), (lambda: net * "x", TypeError)):
        with pytest.raises(error):
            wrong()
    with pytest.raises(TypeError, match="int is not a Module subclass"):
        nn.Sequential(3)
    with pytest.raises(TypeError, match="insert: expected a Module"):
        net.insert(0, 3)


def test_module_list():
    layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    assert repr(layers) == "ModuleList(\n  (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)\n)"
    layers += [nn.ReLU()]
    assert len(layers) == 4
    with pytest.raises(NotImplementedError):
        layers(1)


def test_module_list_text(torch):
    def build(n):
        return n.ModuleList([n.ReLU(), n.ReLU(), n.Sequential(n.ReLU()), n.Tanh(), n.Sequential(n.ReLU())])

    assert repr(build(nn)) == repr(build(torch.nn))
    assert repr(nn.ModuleList()) == repr(torch.nn.ModuleList())


def test_module_dict(torch):
    check_module_dict(nn)
    check_module_dict(torch.nn)


def check_module_dict(package):
    heads = package.ModuleDict({"a": package.ReLU(), "b": package.Tanh()})
    heads["c"] = package.ELU()
    heads.update([("d", package.GELU())])
    heads.update(package.ModuleDict({"a": package.SELU()}))
    assert list(heads) == list(heads.keys()) == ["a", "b", "c", "d"]
    assert [type(m).__name__ for m in heads.values()] == ["SELU", "Tanh", "ELU", "GELU"]
    assert "c" in heads
    del heads["c"]
    assert type(heads.pop("b")).__name__ == "Tanh"
    assert len(heads) == 2
    assert [key for key, _ in heads.items()] == ["a", "d"]
    heads.clear()
    assert not list(heads)
    for wrong, error in (
        (lambda: heads.update(3), TypeError),
        (lambda: heads.update([3]), TypeError),
        (lambda: heads.update([("a", heads, 3)]), ValueError),
        (lambda: heads["q"], KeyError),
        (lambda: heads.__setitem__(3, package.ReLU()), TypeError),
        (lambda: heads.__setitem__("a", 3), TypeError),
    ):
        with pytest.raises(error):
            wrong()


def test_parameter_list(torch):
    check_parameter_list(autograd, nn)
    check_parameter_list(torch, torch.nn)
    text = repr(nn.ParameterList([autograd.ones(2, 3), "x"]))
    assert text == (
        "ParameterList(\n    (0): Parameter containing: [float32 of size 2x3]\n    (1): Object of type: str\n)"
    )


def check_parameter_list(library, package):
    weights = package.ParameterList([library.ones(2), package.Parameter(library.zeros(3))])
    weights.append(library.ones(1)).extend([library.ones(4)])
    weights += [library.ones(5)]
    assert [p.shape[0] for p in weights] == [2, 3, 1, 4, 5]
    assert all(isinstance(p, package.Parameter) for p in weights)
    assert weights[-1].shape[0] == 5
    assert len(weights[1:3]) == 2
    weights[0] = library.ones(7)
    assert list(weights.state_dict()) == ["0", "1", "2", "3", "4"]
    assert weights.state_dict()["0"].shape[0] == 7
    assert not [name for name in dir(weights) if name.isdigit()]
    for wrong, error in ((lambda: weights[9], IndexError), (lambda: weights.extend(library.ones(2)), TypeError)):
        with pytest.raises(error):
            wrong()
    assert not list(package.ParameterList())
    with pytest.raises(RuntimeError):
        weights(1)


def test_parameter_dict(torch):
    check_parameter_dict(autograd, nn)
    check_parameter_dict(torch, torch.nn)


def check_parameter_dict(library, package):
    weights = package.ParameterDict({"a": library.ones(2)})
    weights["b"] = library.zeros(3)
    weights.update({"c": library.ones(1), "note": "text"})
    assert list(weights) == list(weights.keys()) == ["a", "b", "c", "note"]
    assert list(weights.state_dict()) == ["a", "b", "c"]
    assert weights.get("q", 5) == 5
    assert weights.setdefault("d", library.ones(6)).shape[0] == 6
    assert next(reversed(weights)) == "d"
    assert weights.popitem()[0] == "d"
    assert weights.pop("note") == "text"
    assert [k for k, _ in weights.items()] == ["a", "b", "c"]
    assert len(list(weights.values())) == len(weights) == 3
    assert list(weights | package.ParameterDict({"z": library.ones(1)})) == ["a", "b", "c", "z"]
    other = weights.copy()
    other |= package.ParameterDict({"y": library.ones(1)})
    assert list(other) == ["a", "b", "c", "y"]
    assert other["a"] is weights["a"]
    assert list(weights.fromkeys(["m", "n"])) == ["m", "n"]
    del weights["a"]
    assert "a" not in weights
    weights.clear()
    assert len(weights) == 0
    assert list(weights.state_dict()) == []
    with pytest.raises((KeyError, AttributeError)):  # PyTorch's is an AttributeError
        weights["q"]
    with pytest.raises(TypeError):
        weights.update(3)
    with pytest.raises(RuntimeError):
        weights(1)
