"""state_dict and load_state_dict: keys, errors that change nothing, hooks, extra state."""

from collections import OrderedDict

import pytest

import autograd
import nn


def net():
    return nn.Sequential(OrderedDict(a=nn.Linear(2, 3), b=nn.Sequential(nn.ReLU(), nn.Linear(3, 1))))


def values(module):
    return {key: value.tolist() for key, value in module.state_dict().items()}


def test_round_trip():
    one, two = net(), net()
    assert values(one) != values(two)
    result = two.load_state_dict(one.state_dict())
    assert repr(result) == "<All keys matched successfully>"
    assert values(one) == values(two)


def test_values_share_memory_and_are_detached():
    model = net()
    state = model.state_dict()
    state["a.weight"][0, 0] = 7
    assert model.a.weight[0, 0].item() == 7
    assert not state["a.weight"].requires_grad
    assert model.state_dict(keep_vars=True)["a.weight"] is model.a.weight
    assert list(model.a.state_dict(prefix="x.")) == ["x.weight", "x.bias"]
    into = {}
    assert model.a.state_dict(destination=into) is into
    assert state._metadata["b.1"] == {"version": 1}
    with pytest.warns(FutureWarning, match="positional"):
        assert list(model.a.state_dict({}, "y.")) == ["y.weight", "y.bias"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda s: s.pop("b.1.bias"), r'Missing key\(s\) in state_dict: "b.1.bias"'),
        (lambda s: s.update(extra=autograd.ones(1)), r'Unexpected key\(s\) in state_dict: "extra"'),
        (lambda s: s.update({"a.extra": autograd.ones(1)}), r'Unexpected key\(s\) in state_dict: "a.extra"'),
        (
            lambda s: s.update({"b.1.weight": autograd.ones(1, 4)}),
            r"size mismatch for b.1.weight: the state dict has shape \(1, 4\), the current model \(1, 3\)",
        ),
        (lambda s: s.update({"b.1.weight": [1.0]}), 'parameter named "b.1.weight", expected a Tensor .* list'),
    ],
)
def test_errors_change_nothing(change, text):
    model, state = net(), net().state_dict()
    change(state)
    before = values(model)
    with pytest.raises(RuntimeError, match=f"(?s)Error.* in loading state_dict for Sequential.*{text}"):
        model.load_state_dict(state)
    assert values(model) == before


def test_all_errors_at_once():
    with pytest.raises(RuntimeError) as error:
        net().load_state_dict({"a.weight": autograd.ones(1), "z": autograd.ones(1)})
    assert all(text in str(error.value) for text in ("Missing", "Unexpected", "size mismatch"))


def test_wrong_type():
    with pytest.raises(TypeError, match="dict-like"):
        net().load_state_dict(3)


def test_not_strict():
    model, state = net(), net().state_dict()
    del state["a.bias"]
    state["z"] = autograd.ones(1)
    result = model.load_state_dict(state, strict=False)
    assert result.missing_keys == ["a.bias"]
    assert result.unexpected_keys == ["z"]
    assert model.a.weight.tolist() == state["a.weight"].tolist()
    state["a.weight"] = autograd.ones(1)
    with pytest.raises(RuntimeError, match="size mismatch"):
        model.load_state_dict(state, strict=False)


def test_a_prefix_is_recognised():
    state = {f"module.{key}": value for key, value in net().state_dict().items()}
    with pytest.raises(RuntimeError, match=r"removeprefix\('module\.'\)"):
        net().load_state_dict(state)


def test_copies_keep_dtype_and_object():
    model = net()
    weight = model.a.weight
    model.load_state_dict(net().double().state_dict())
    assert model.a.weight is weight
    assert weight.dtype is autograd.float32


def test_assign():
    model, other = net(), net().double()
    state = other.state_dict()
    model.load_state_dict(state, assign=True)
    assert model.a.weight.dtype is autograd.float64
    assert isinstance(model.a.weight, nn.Parameter)
    assert model.a.weight.requires_grad
    assert values(model) == values(other)


def test_assign_with_an_error_changes_nothing():
    model = net()
    weight, state = model.a.weight, net().state_dict()
    del state["b.1.bias"]
    with pytest.raises(RuntimeError, match="Missing"):
        model.load_state_dict(state, assign=True)
    assert model.a.weight is weight


def test_zero_dimensional_from_one_element():
    module = nn.Module()
    module.register_buffer("n", autograd.tensor(0.0))
    module.load_state_dict({"n": autograd.tensor([3.0])})
    assert module.n.item() == 3.0


class WithExtra(nn.Module):
    extra = "old"

    def get_extra_state(self):
        return self.extra

    def set_extra_state(self, state):
        self.extra = state


def test_extra_state():
    one, two = nn.Sequential(WithExtra()), nn.Sequential(WithExtra())
    one[0].extra = "new"
    assert one.state_dict() == {"0._extra_state": "new"}
    two.load_state_dict(one.state_dict())
    assert two[0].extra == "new"
    with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "0._extra_state"'):
        two.load_state_dict({})
    with pytest.raises(RuntimeError, match="Unexpected"):
        nn.ReLU().load_state_dict({"_extra_state": 1})


def test_state_dict_hooks():
    model, calls = net(), []
    model.a.register_state_dict_pre_hook(lambda module, prefix, keep_vars: calls.append((prefix, keep_vars)))

    def drop(module, state_dict, prefix, metadata):
        del state_dict["a.bias"]

    handle = model.register_state_dict_post_hook(drop)
    assert "a.bias" not in model.state_dict()
    assert calls == [("a.", False)]
    handle.remove()
    assert "a.bias" in model.state_dict()
    model.register_state_dict_post_hook(lambda *_: {})
    with pytest.raises(RuntimeError, match="must return None"):
        model.state_dict()


def test_load_hooks():
    model, other = net(), net()
    state = other.state_dict()
    state["old"] = state.pop("a.bias")

    def rename(module, state_dict, prefix, metadata, strict, missing, unexpected, errors):
        state_dict["a.bias"] = state_dict.pop("old")

    with model.register_load_state_dict_pre_hook(rename):
        model.load_state_dict(state)
    assert values(model) == values(other)
    assert "old" in state

    loaded = []
    model.a.register_load_state_dict_post_hook(lambda module, keys: loaded.append(module.weight.tolist()))
    with model.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear()):
        fresh = net().state_dict()
        expected = fresh["a.weight"].tolist()
        del fresh["b.1.bias"]
        model.load_state_dict(fresh)
    assert loaded == [expected]
    before = values(model)
    del fresh["a.bias"]
    fresh["a.weight"] = autograd.zeros(3, 2)
    with pytest.raises(RuntimeError, match="Missing"):
        model.load_state_dict(fresh)
    assert values(model) == before


def test_an_own_loader_still_works():
    class Versioned(nn.Linear):
        _version = 2

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *args):
            if local_metadata.get("version", 1) < 2:
                state_dict[prefix + "bias"] = autograd.zeros(1)
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)

    layer = nn.Sequential(Versioned(2, 1))
    layer.load_state_dict({"0.weight": autograd.ones(1, 2)})
    assert layer[0].bias.tolist() == [0.0]
    state = layer.state_dict()
    assert state._metadata["0"]["version"] == 2
    state["0.bias"] = autograd.ones(1)
    layer.load_state_dict(state)
    assert layer[0].bias.tolist() == [1.0]
