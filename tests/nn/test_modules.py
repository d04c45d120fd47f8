"""nn.modules (PyTorch's places), members found from the class, factory_kwargs, DataParallel, Container."""

import copy
import importlib
import pickle

import pytest

import autograd
import nn


@pytest.mark.torch
def test_pytorchs_places():
    torch = pytest.importorskip("torch")
    for place in nn.modules._PLACES:
        theirs = importlib.import_module(f"torch.nn.modules.{place}")
        ours = importlib.import_module(f"nn.modules.{place}")
        for name in theirs.__all__:
            if hasattr(nn, name):
                assert getattr(ours, name) is getattr(nn, name)
    assert torch.nn.modules.linear.Linear


def test_names_of_places():
    from nn.modules.loss import _Loss, _WeightedLoss
    from nn.modules.utils import _ntuple, _pair, _quadruple, _reverse_repeat_tuple, _single, _triple

    assert issubclass(nn.MSELoss, _Loss)
    assert issubclass(_WeightedLoss, _Loss)
    assert issubclass(nn.Conv2d, nn.modules.conv._ConvNd)
    assert issubclass(nn.BatchNorm1d, nn.modules.batchnorm._BatchNorm)
    assert issubclass(nn.MaxPool2d, nn.modules.pooling._MaxPoolNd)
    assert issubclass(nn.Dropout, nn.modules.dropout._DropoutNd)
    assert nn.modules.module._IncompatibleKeys is nn.state.IncompatibleKeys
    assert (_single(3), _pair(3), _triple((1, 2)), _quadruple(0), _ntuple(5)("x")) == (
        (3,), (3, 3), (1, 2), (0, 0, 0, 0), ("x",),
    )  # fmt: skip
    assert _reverse_repeat_tuple((1, 2), 2) == (2, 2, 1, 1)
    assert "Linear" in dir(nn.modules.linear)
    assert "Linear" in nn.modules.__all__
    assert "modules" not in nn.modules.__all__
    with pytest.raises(AttributeError, match=r"module 'nn\.modules\.conv' has no attribute '_Nope'"):
        _ = nn.modules.conv._Nope
    with pytest.raises(ImportError):
        importlib.import_module("nn.modules.nope")


def test_list_with_default():
    from nn.modules.utils import _list_with_default

    assert _list_with_default(3, [1, 2]) == 3
    assert _list_with_default([None, 5], [7, 8, 9]) == [8, 5]
    with pytest.raises(ValueError, match="should be at least 3"):
        _list_with_default([1, 2], [1])


def test_consuming_a_prefix():
    net = nn.DataParallel(nn.Sequential(nn.Linear(2, 1)))
    state = net.state_dict()
    nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
    assert list(state) == ["0.weight", "0.bias"]
    assert list(state._metadata) == ["", "0"]
    net.module.load_state_dict(state)


# -- members found from the class -----------------------------------------------------------------------------------


def make():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)
            self.scale = nn.Parameter(autograd.ones(1))
            self.register_buffer("mean", autograd.zeros(1))
            self.nothing = None
            self.register_parameter("absent", None)

    return Net


def test_members_are_found_twice_alike():
    kind = make()
    one, two = kind(), kind()
    for name in ("fc", "scale", "mean", "absent"):
        for _ in range(2):
            assert (
                getattr(one, name)
                is one.__dict__[{"fc": "_modules", "mean": "_buffers"}.get(name, "_parameters")][name]
            )
        assert getattr(two, name) is not getattr(one, name) or name == "absent"
        assert not hasattr(kind, name)
    with pytest.raises(AttributeError, match="'Net' object has no attribute 'nope'"):
        _ = one.nope


def test_members_that_go_away():
    one = make()()
    assert (one.fc, one.scale, one.mean) is not None
    assert {"fc", "scale", "mean"} <= set(dir(one))
    del one.fc, one.scale
    assert not {"fc", "scale"} & set(dir(one))
    for name in ("fc", "scale"):
        assert not hasattr(one, name)
    one.fc = 3
    assert one.fc == 3
    assert one.__dict__["fc"] == 3
    one.scale = nn.ReLU()
    assert isinstance(one.scale, nn.ReLU)
    one.mean = None
    assert one.mean is None
    object.__setattr__(one, "mean", 5)  # an attribute of the instance goes first, as in PyTorch
    assert one.mean == 5


def test_members_before_init_and_in_subclasses():
    kind = make()
    assert kind().fc is not None

    class Derived(kind):
        @property
        def fc(self):
            return "property"

        @fc.setter
        def fc(self, value):
            pass

    assert Derived().__class__.fc.fget(None) == "property"
    empty = kind.__new__(kind)
    with pytest.raises(AttributeError, match="fc"):
        _ = empty.fc


def test_a_getattr_of_ones_own_is_always_asked():
    asked = []

    class Wrapper(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(2, 2)

        def __getattr__(self, name):
            asked.append(name)
            try:
                return super().__getattr__(name)
            except AttributeError:
                return getattr(super().__getattr__("inner"), name)

    wrapper = Wrapper()
    for _ in range(3):
        assert wrapper.in_features == 2
        assert wrapper.weight is wrapper.inner.weight
    assert asked.count("inner") >= 3
    assert asked.count("weight") == 3


def test_copies_find_their_own():
    net = nn.Sequential(nn.Linear(2, 2))
    assert net[0].weight is not None
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net)), copy.copy(net)):
        assert other[0].weight is other[0]._parameters["weight"]


# -- the rest -------------------------------------------------------------------------------------------------------


def test_data_parallel():
    inner = nn.Linear(2, 1)
    net = nn.DataParallel(inner, device_ids=[0, 1], output_device=1)
    x = autograd.ones(4, 2)
    assert net(x).tolist() == inner(x).tolist() == nn.parallel.data_parallel(inner, x).tolist()
    assert list(net.state_dict()) == ["module.weight", "module.bias"]
    assert net.device_ids == []
    with pytest.raises(RuntimeError, match="DataParallel"), pytest.warns(FutureWarning, match="func"):
        nn.utils.stateless.functional_call(net, {}, x)


def test_stateless():
    layer = nn.Linear(2, 1)
    before = layer.weight
    with pytest.warns(FutureWarning, match=r"autograd\.func\.functional_call"):
        y = nn.utils.stateless.functional_call(layer, {"weight": autograd.ones(1, 2)}, autograd.ones(2), strict=False)
    assert y.item() == pytest.approx(2 + layer.bias.item())
    assert layer.weight is before


def test_container():
    with pytest.warns(FutureWarning, match=r"nn\.Container is deprecated"):
        container = nn.Container(a=nn.ReLU(), b=nn.Linear(1, 1))
    assert [name for name, _ in container.named_children()] == ["a", "b"]


@pytest.mark.torch
def test_factory_kwargs():
    torch = pytest.importorskip("torch")
    for given in (None, {}, {"device": "cpu"}, {"dtype": 3, "factory_kwargs": {"device": 1}}):
        assert nn.factory_kwargs(given) == torch.nn.factory_kwargs(given)
    for given in ({"size": 3}, {"dtype": 3, "factory_kwargs": {"dtype": 1}}):
        for library in (nn, torch.nn):
            with pytest.raises(TypeError, match=r"unexpected kwargs|specified twice"):
                library.factory_kwargs(given)


def test_moves_that_there_are_none_of():
    net = nn.Linear(2, 2)
    for name in ("cuda", "ipu", "xpu", "mtia"):
        with pytest.raises(RuntimeError, match=f"Module.{name}: tensors live in NumPy's memory"):
            getattr(net, name)()
    with pytest.raises(RuntimeError, match="device must be 'cpu'"):
        net.to_empty(device="cuda")
    assert net.cpu() is net
    assert net.compile() is None


def test_skip_init():
    autograd.manual_seed(3)
    expected = autograd.rand(2)
    autograd.manual_seed(3)
    layer = nn.utils.skip_init(nn.Linear, 3, 2, bias=False, dtype=autograd.float64)
    assert autograd.rand(2).tolist() == expected.tolist()
    assert layer.weight.shape == (2, 3)
    assert layer.weight.dtype is autograd.float64
    assert isinstance(layer.weight, nn.Parameter)
    assert nn.init.ones_(autograd.zeros(1)).item() == 1.0
    with pytest.raises(RuntimeError, match="must support a 'device' arg"):
        nn.utils.skip_init(nn.ReLU)
    with pytest.raises(RuntimeError, match="Expected a Module"):
        nn.utils.skip_init(dict)


def test_memory_format():
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Linear(2, 2), nn.ConvTranspose2d(2, 3, 3), nn.Conv3d(2, 2, 2))
    weights = [p.detach().clone() for p in net.parameters()]
    assert nn.utils.convert_conv2d_weight_memory_format(net, autograd.channels_last) is net
    assert net[0].weight.stride() == (18, 1, 6, 2)
    assert net[2].weight.stride() == (27, 1, 9, 3)
    assert net[3].weight.is_contiguous()
    nn.utils.convert_conv3d_weight_memory_format(net, autograd.channels_last_3d)
    assert net[3].weight.stride()[1] == 1
    assert all(bool((a == b).all()) for a, b in zip(weights, net.parameters(), strict=True))
