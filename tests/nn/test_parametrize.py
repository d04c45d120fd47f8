"""Parametrised weights, new form and old, against PyTorch's: values, gradients, state, errors."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import autograd
import nn
from nn.utils import parametrizations, parametrize

X = np.cos(np.arange(20.0)).reshape(4, 5)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT


class Exp(nn.Module):
    def forward(self, x):
        return x.exp()

    def right_inverse(self, x):
        return x.log()


def numbers(tensor):
    return np.asarray(tensor.detach().numpy())


def trained(library, package, shape, apply, steps=3):
    """A layer with a changed weight after some steps: its text, state, outputs and gradients."""
    library.manual_seed(5)
    layer = package.Linear(*shape).double()
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        apply(package, layer)
    found = [("repr", repr(layer)), *layer.state_dict().items()]
    x = library.tensor(X[:, : shape[0]])
    for step in range(steps):
        layer.train(step != 1)
        y = layer(x)
        layer.zero_grad()
        y.pow(2).sum().backward()
        found += [("y", y), *((f"{name}.grad", p.grad) for name, p in layer.named_parameters())]
        with library.no_grad():
            for parameter in layer.parameters():
                parameter -= 0.05 * parameter.grad
    return [*found, *layer.state_dict().items(), ("weight", layer.weight)]


def agree(ours, theirs):
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    for (name, one), (_, two) in zip(ours, theirs, strict=True):
        if isinstance(one, str):
            assert one == two
        else:
            np.testing.assert_allclose(numbers(one), numbers(two), rtol=1e-8, atol=1e-9, err_msg=name)


APPLY = {
    "weight_norm": lambda package, layer: package.utils.parametrizations.weight_norm(layer),
    "weight_norm dim 1": lambda package, layer: package.utils.parametrizations.weight_norm(layer, dim=1),
    "weight_norm whole": lambda package, layer: package.utils.parametrizations.weight_norm(layer, dim=None),
    "weight_norm bias": lambda package, layer: package.utils.parametrizations.weight_norm(layer, "bias"),
    "spectral_norm": lambda package, layer: package.utils.parametrizations.spectral_norm(layer),
    "spectral_norm dim 1": lambda package, layer: package.utils.parametrizations.spectral_norm(
        layer, n_power_iterations=3, dim=-1
    ),
    "spectral_norm bias": lambda package, layer: package.utils.parametrizations.spectral_norm(layer, "bias"),
    "old weight_norm": lambda package, layer: package.utils.weight_norm(layer),
    "old weight_norm whole": lambda package, layer: package.utils.weight_norm(layer, dim=None),
    "old spectral_norm": lambda package, layer: package.utils.spectral_norm(layer),
    "old spectral_norm dim 1": lambda package, layer: package.utils.spectral_norm(layer, n_power_iterations=2, dim=1),
}
for map_ in ("matrix_exp", "cayley", "householder"):
    APPLY[map_] = lambda package, layer, m=map_: package.utils.parametrizations.orthogonal(layer, orthogonal_map=m)
    APPLY[f"{map_} untrivial"] = lambda package, layer, m=map_: package.utils.parametrizations.orthogonal(
        layer, orthogonal_map=m, use_trivialization=False
    )


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "shape"),
    [(name, shape) for name in APPLY for shape in [(5, 5), (3, 5), (5, 3)][: 1 if "untrivial" in name else 3]],
)
def test_like_pytorch(torch, name, shape):
    agree(trained(autograd, nn, shape, APPLY[name]), trained(torch, torch.nn, shape, APPLY[name]))


@pytest.mark.torch
@pytest.mark.parametrize(
    "name", ["matrix_exp", "cayley", "spectral_norm", "weight_norm"]
)  # householder cuts its signs to integers
def test_second_order(name):
    layer = nn.Linear(3, 4).double().eval()
    APPLY[name](nn, layer)
    key = next(iter(dict(layer.parametrizations.weight.named_parameters())))
    parametrization = layer.parametrizations.weight
    original = getattr(parametrization, key)

    def weight(value):
        return parametrization[0](value, *(getattr(parametrization, n).detach() for n in parametrization._names()[1:]))

    assert autograd.gradgradcheck(weight, (original.detach().clone().requires_grad_(),))


@pytest.mark.torch
@pytest.mark.parametrize("map_", ["matrix_exp", "cayley", "householder"])
@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3)])
def test_assigning_an_orthogonal_weight(torch, map_, shape):
    def run(library, package):
        library.manual_seed(1)
        layer = package.utils.parametrizations.orthogonal(package.Linear(*shape).double(), orthogonal_map=map_)
        q = library.linalg.qr(library.tensor(np.sin(np.arange(25.0) ** 2).reshape(5, 5)[: max(shape), : min(shape)]))[0]
        layer.weight = q if layer.weight.shape == q.shape else q.T
        return [("weight", layer.weight), ("assigned", q if layer.weight.shape == q.shape else q.T)]

    ours = run(autograd, nn)
    agree(ours, run(torch, torch.nn))
    np.testing.assert_allclose(numbers(ours[0][1]), numbers(ours[1][1]), atol=1e-10)


@pytest.mark.torch
def test_state_of_the_older_weight_norm_loads(torch):
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        old = torch.nn.utils.weight_norm(torch.nn.Linear(3, 2))
    new = parametrizations.weight_norm(nn.Linear(3, 2))
    new.load_state_dict({key: autograd.tensor(value.numpy()) for key, value in old.state_dict().items()})
    np.testing.assert_allclose(numbers(new.weight), numbers(old.weight), rtol=1e-6)


@pytest.mark.torch
def test_state_of_the_first_spectral_norm_loads(torch):
    old = torch.nn.utils.spectral_norm(torch.nn.Linear(3, 2)).eval()
    old(torch.ones(3))
    state = {k: autograd.tensor(v.numpy()) for k, v in old.state_dict().items() if k != "weight_v"}
    state["weight"] = autograd.tensor(old.weight.detach().numpy())
    new = nn.utils.spectral_norm(nn.Linear(3, 2)).eval()
    new.load_state_dict(state)
    assert new.state_dict()._metadata[""]["spectral_norm"] == {"weight.version": 1}
    x = autograd.ones(3)
    np.testing.assert_allclose(numbers(new(x)), numbers(old(torch.ones(3))), rtol=1e-4)
    del state["weight_u"], state["weight"]
    with pytest.raises(RuntimeError, match="Missing key"):
        new.load_state_dict(state)


@pytest.mark.parametrize("kind", ["weight_norm", "spectral_norm"])
def test_removing_the_older_forms(kind):
    layer = nn.Linear(3, 2)
    before = list(layer.state_dict())
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        getattr(nn.utils, kind)(layer)
        layer(autograd.ones(3))
        weight = layer.weight.detach().clone()
        with pytest.raises(RuntimeError, match="Cannot register two"):
            getattr(nn.utils, kind)(layer)
        with pytest.raises(ValueError, match="lazy module"):
            getattr(nn.utils, kind)(nn.LazyLinear(2))
    getattr(nn.utils, f"remove_{kind}")(layer)
    assert sorted(layer.state_dict()) == sorted(before)
    assert autograd.allclose(layer.weight, weight)
    assert not any(layer._hooks.table(moment) for moment in layer._hooks.MOMENTS)
    with pytest.raises(ValueError, match="not found"):
        getattr(nn.utils, f"remove_{kind}")(layer)


def test_register_and_remove():
    layer = nn.Linear(3, 3)
    before = layer.weight
    parametrize.register_parametrization(layer, "weight", Symmetric())
    assert type(layer).__name__ == "ParametrizedLinear"
    assert parametrize.type_before_parametrizations(layer) is nn.Linear
    assert parametrize.is_parametrized(layer)
    assert not parametrize.is_parametrized(layer, "bias")
    assert layer.parametrizations.weight.original is before
    assert "weight" not in dict(layer.named_parameters())
    weight = layer.weight
    assert weight.tolist() == weight.T.tolist()
    parametrize.register_parametrization(layer, "weight", Exp())
    assert autograd.allclose(layer.weight, weight.exp())
    parametrize.register_parametrization(layer, "bias", Exp(), unsafe=True)
    parametrize.remove_parametrizations(layer, "weight")
    assert layer.weight is before
    assert autograd.allclose(layer.weight, weight.exp())
    parametrize.remove_parametrizations(layer, "bias", leave_parametrized=False)
    assert type(layer) is nn.Linear
    assert not hasattr(layer, "parametrizations")
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(layer, "weight")


def test_assigning():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Exp(), unsafe=True)
    layer.weight = autograd.full((2, 2), 3.0)
    assert autograd.allclose(layer.weight, autograd.full((2, 2), 3.0))
    assert autograd.allclose(layer.parametrizations.weight.original, autograd.full((2, 2), 3.0).log())
    symmetric = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Symmetric())
    with pytest.raises(RuntimeError, match="Symmetric does not implement right_inverse"):
        symmetric.weight = autograd.eye(2)


class Halves(nn.Module):
    def forward(self, a, b):
        return a + b

    def right_inverse(self, x):
        return x / 2, x / 2


def test_several_originals():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Halves())
    assert [n for n, _ in layer.named_parameters()] == [
        "bias", "parametrizations.weight.original0", "parametrizations.weight.original1",
    ]  # fmt: skip
    layer.weight = autograd.eye(2)
    assert layer.weight.tolist() == autograd.eye(2).tolist()
    with pytest.raises(ValueError, match="Cannot leave unparametrized"):
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
    parametrize.remove_parametrizations(layer, "weight")
    assert isinstance(layer.weight, nn.Parameter)


def test_buffers_stay_buffers():
    layer = nn.Module()
    layer.register_buffer("scale", autograd.ones(2))
    parametrize.register_parametrization(layer, "scale", Exp(), unsafe=True)
    assert list(dict(layer.named_buffers())) == ["parametrizations.scale.original"]
    parametrize.remove_parametrizations(layer, "scale")
    assert list(layer.state_dict()) == ["scale"]


def test_cached():
    class Counting(nn.Module):
        calls = 0

        def forward(self, x):
            Counting.calls += 1
            return x * 1

    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Counting())
    Counting.calls = 0
    with parametrize.cached():
        with parametrize.cached():
            assert layer.weight is layer.weight
        assert layer.weight is layer.weight
        assert Counting.calls == 1
    assert layer.weight is not layer.weight
    assert Counting.calls == 3


def test_copies_do_not_share_their_class():
    layer = parametrizations.orthogonal(nn.Linear(3, 3))
    other = copy.deepcopy(layer)
    assert autograd.allclose(other.weight, layer.weight)
    parametrize.remove_parametrizations(layer, "weight")
    assert parametrize.is_parametrized(other, "weight")
    assert other.weight.shape == (3, 3)
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(other)


def test_transfer():
    one, two = parametrizations.weight_norm(nn.Linear(2, 2)), nn.Linear(2, 2)
    parametrize.transfer_parametrizations_and_params(one, two)
    assert two.parametrizations.weight.original0 is one.parametrizations.weight.original0
    assert two.weight.tolist() == one.weight.tolist()
    parametrize.transfer_parametrizations_and_params(one, empty := nn.Module(), "weight")
    assert empty.weight.tolist() == one.weight.tolist()
    assert parametrize.transfer_parametrizations_and_params(nn.Linear(1, 1), two) is two


class Wide(nn.Module):
    def forward(self, x):
        return x.double()


class Long(nn.Module):
    def forward(self, x):
        return x.reshape(-1)


class Nothing(nn.Module):
    def forward(self, x):
        return None


class ListOfNumbers(nn.Module):
    def forward(self, x):
        return x

    def right_inverse(self, x):
        return [1, 2]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m: parametrize.register_parametrization(m, "nope", Exp()), ValueError, "does not have a parameter"),
        (lambda m: parametrize.register_parametrization(m, "weight", Wide()), ValueError, "may not change the dtype"),
        (lambda m: parametrize.register_parametrization(m, "weight", Long()), ValueError, "may not change the shape"),
        (lambda m: parametrize.register_parametrization(m, "weight", Nothing()), ValueError, "must return a tensor"),
        (lambda m: parametrize.register_parametrization(m, "weight", ListOfNumbers()), ValueError, "element 0 of"),
        (lambda m: parametrize.ParametrizationList([], m.weight), ValueError, "one or more modules"),
        (lambda m: parametrizations.orthogonal(m, "bias"), ValueError, "Got a tensor of 1 dimensions"),
        (lambda m: parametrizations.orthogonal(m, "nope"), ValueError, "no parameter or buffer with name 'nope'"),
        (lambda m: parametrizations.orthogonal(m, orthogonal_map="euler"), ValueError, "orthogonal_map has to be"),
        (lambda m: parametrizations.spectral_norm(m, dim=2), IndexError, "Dimension out of range"),
        (lambda m: parametrizations.spectral_norm(m, n_power_iterations=0), ValueError, "n_power_iterations"),
        (lambda m: nn.utils.spectral_norm(m, n_power_iterations=0), ValueError, "n_power_iterations"),
    ],
)
def test_errors_change_nothing(call, error, text):
    layer = nn.Linear(2, 3)
    with pytest.raises(error, match=text):
        call(layer)
    assert type(layer) is nn.Linear
    assert list(layer.state_dict()) == ["weight", "bias"]


def test_adding_a_second_one_is_checked():
    layer = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Exp())
    for bad, text in ((Wide(), "dtype"), (Long(), "shape"), (Nothing(), "must return a tensor")):
        with pytest.raises(ValueError, match=text):
            parametrize.register_parametrization(layer, "weight", bad)
    assert len(layer.parametrizations.weight) == 1
    orthogonal = parametrizations.orthogonal(nn.Linear(2, 2), orthogonal_map="cayley", use_trivialization=False)
    with pytest.raises(NotImplementedError, match="use_trivialization=False"):
        orthogonal.weight = autograd.eye(2)
