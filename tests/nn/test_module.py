"""Module: attributes, the tree, conversion, text, copies; errors leave it as it was."""

import copy
import pickle
import warnings

import pytest

import autograd
import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.scale = nn.Parameter(autograd.ones(4))
        self.register_buffer("mean", autograd.zeros(4))
        self.register_buffer("cache", autograd.zeros(2), persistent=False)
        self.tail = nn.Sequential(nn.ReLU(), nn.Linear(4, 2, bias=False))

    def forward(self, x):
        return self.tail(self.first(x) * self.scale - self.mean)


@pytest.fixture
def twin(torch):
    """The same model in PyTorch."""
    tnn = torch.nn

    class Net(tnn.Module):
        def __init__(self):
            super().__init__()
            self.first = tnn.Linear(3, 4)
            self.scale = tnn.Parameter(torch.ones(4))
            self.register_buffer("mean", torch.zeros(4))
            self.register_buffer("cache", torch.zeros(2), persistent=False)
            self.tail = tnn.Sequential(tnn.ReLU(), tnn.Linear(4, 2, bias=False))

    return Net()


def names(pairs):
    return [name for name, _ in pairs]


def test_order_of_names(twin):
    net = Net()
    for listing in ("named_parameters", "named_buffers", "named_modules", "named_children"):
        assert names(getattr(net, listing)()) == names(getattr(twin, listing)())
        if listing != "named_children":
            assert names(getattr(net, listing)(prefix="p")) == names(getattr(twin, listing)(prefix="p"))
    assert names(net.named_parameters(recurse=False)) == ["scale"]
    assert names(net.named_buffers(recurse=False)) == ["mean", "cache"]
    assert list(net.state_dict()) == list(twin.state_dict())
    assert repr(net) == repr(twin)
    assert [type(m).__name__ for m in net.modules()] == [type(m).__name__ for m in twin.modules()]


def test_dir():
    listed = dir(Net())
    assert {"first", "scale", "mean", "tail", "forward", "training"} <= set(listed)
    assert not [name for name in dir(nn.Sequential(nn.ReLU())) if name.isdigit()]


def test_tied_weights():
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    net[1].weight = net[0].weight
    assert names(net.named_parameters()) == ["0.weight", "0.bias", "1.bias"]
    assert len(list(net.named_parameters(remove_duplicate=False))) == 4
    assert list(net.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    other = copy.deepcopy(net)
    assert other[0].weight is other[1].weight
    assert other[0].weight is not net[0].weight
    shared = nn.ReLU()
    assert len(list(nn.Sequential(shared, shared).modules())) == 2
    assert len(list(nn.Sequential(shared, shared).children())) == 1
    assert len(list(nn.Sequential(shared, shared).named_modules(remove_duplicate=False))) == 3


def test_gradients_reach_all_parameters():
    net = Net()
    net(autograd.ones(5, 3)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    grad = net.scale.grad
    net.zero_grad(set_to_none=False)
    assert net.scale.grad is not None
    assert grad.tolist() == [0.0] * 4
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_train_and_eval():
    net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    assert net.eval() is net
    assert not any(m.training for m in net.modules())
    net.train()
    assert all(m.training for m in net.modules())
    with pytest.raises(ValueError, match="boolean"):
        net.train(1)


def test_requires_grad_():
    net = Net().requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())
    assert not net(autograd.ones(3)).requires_grad


def test_apply_visits_children_first():
    seen = []
    net = nn.Sequential(nn.ReLU(), nn.Tanh())
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["ReLU", "Tanh", "Sequential"]


# -- attributes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind"), [(nn.Parameter(autograd.ones(1)), "parameters"), (nn.ReLU(), "module"), (nn.Buffer(), "buffer")]
)
def test_assignment_before_init(value, kind):
    class Early(nn.Module):
        def __init__(self):
            self.plain = 3
            self.part = value

    with pytest.raises(AttributeError, match=rf"cannot assign {kind} before Module.__init__\(\) call"):
        Early()


def test_assigning_the_wrong_thing():
    net = Net()
    for name, value, text in (
        ("scale", autograd.ones(4), "cannot assign a Tensor as parameter 'scale'"),
        ("first", autograd.ones(4), "cannot assign a Tensor as child module 'first'"),
        ("mean", 3, "cannot assign a int as buffer 'mean'"),
    ):
        before = getattr(net, name)
        with pytest.raises(TypeError, match=text):
            setattr(net, name, value)
        assert getattr(net, name) is before


def test_assigning_none_and_replacing():
    net = Net()
    net.scale = None
    assert net.scale is None
    assert "scale" not in net.state_dict()
    net.scale = nn.Parameter(autograd.zeros(4))
    net.mean = autograd.ones(4)
    assert net.mean.tolist() == [1.0] * 4
    assert "mean" in net.state_dict()
    net.cache = autograd.ones(2)
    assert "cache" not in net.state_dict()
    net.first = None
    assert "first.weight" not in net.state_dict()
    net.mean = nn.Parameter(autograd.ones(4))
    assert "mean" in dict(net.named_parameters())
    assert "mean" not in dict(net.named_buffers())
    net.plain = 3
    net.plain = nn.ReLU()
    assert isinstance(net.plain, nn.ReLU)
    assert "plain" not in net.__dict__


def test_delattr():
    net = Net()
    del net.scale, net.mean, net.tail
    assert list(net.state_dict()) == ["first.weight", "first.bias"]
    net.x = 1
    del net.x
    with pytest.raises(AttributeError):
        del net.scale


def test_missing_attribute():
    with pytest.raises(AttributeError, match="'Net' object has no attribute 'nope'"):
        _ = Net().nope


def test_a_property_shows_its_own_error():
    class Broken(nn.Module):
        @property
        def size(self):
            return self.missing

    with pytest.raises(AttributeError, match="missing"):
        _ = Broken().size


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m: m.register_parameter("a.b", None), KeyError, "parameter name can.*t contain"),
        (lambda m: m.register_parameter("", None), KeyError, "be empty string"),
        (lambda m: m.register_parameter(3, None), TypeError, "should be a string"),
        (lambda m: m.register_parameter("forward", None), KeyError, "'forward' already exists"),
        (lambda m: m.register_parameter("p", autograd.ones(2)), TypeError, "cannot assign a Tensor to parameter 'p'"),
        (lambda m: m.register_buffer("scale", autograd.ones(2)), KeyError, "already exists"),
        (lambda m: m.register_buffer("b", 3), TypeError, "cannot assign a int to buffer 'b'"),
        (lambda m: m.add_module("m", 3), TypeError, "int is not a Module subclass"),
        (lambda m: m.add_module("mean", nn.ReLU()), KeyError, "already exists"),
        (lambda m: m.get_submodule("first.weight"), AttributeError, "`weight` is not an nn.Module"),
        (lambda m: m.get_submodule("nope"), AttributeError, "Net has no attribute `nope`"),
        (lambda m: m.get_parameter("first.nope"), AttributeError, "Linear has no attribute `nope`"),
        (lambda m: m.get_parameter("mean"), AttributeError, "is not an nn.Parameter"),
        (lambda m: m.get_buffer("scale"), AttributeError, "is not a buffer"),
        (lambda m: m.set_submodule("", nn.ReLU()), ValueError, "must not be empty"),
        (lambda m: m.set_submodule("first", 3), ValueError, "must be an nn.Module"),
        (lambda m: m.set_submodule("other", nn.ReLU(), strict=True), AttributeError, "no attribute `other`"),
        (lambda m: m.to(autograd.int64), TypeError, "only floating-point dtypes"),
        (lambda m: m.to("cuda"), RuntimeError, "device must be 'cpu'"),
        (lambda m: m.to(nonsense=1), TypeError, "unexpected keyword argument 'nonsense'"),
        (lambda m: m.cuda(), RuntimeError, "no GPU"),
        (lambda m: nn.Module()(1), NotImplementedError, r'Module \[Module\] is missing the required "forward"'),
        (lambda m: nn.Module(3), TypeError, "takes 1 positional argument but 2 were given"),
        (lambda m: nn.Module(x=3), TypeError, "unexpected keyword argument 'x'"),
        (lambda m: nn.Parameter([1.0]), TypeError, "data must be a Tensor, but got list"),
        (lambda m: nn.Parameter(autograd.tensor([1])), RuntimeError, "floating point"),
    ],
)
def test_errors_change_nothing(call, error, text):
    net = Net()
    before = (repr(net), list(net.state_dict()), sorted(net.__dict__))
    with pytest.raises(error, match=text):
        call(net)
    assert (repr(net), list(net.state_dict()), sorted(net.__dict__)) == before


def test_finding():
    net = Net()
    assert net.get_submodule("") is net
    assert net.get_submodule("tail.1") is net.tail[1]
    assert net.get_parameter("tail.1.weight") is net.tail[1].weight
    assert net.get_buffer("mean") is net.mean
    net.set_submodule("tail.0", nn.Tanh())
    assert isinstance(net.tail[0], nn.Tanh)


def test_buffer_class():
    class Holder(nn.Module):
        def __init__(self):
            super().__init__()
            self.kept = nn.Buffer(autograd.ones(2))
            self.lost = nn.Buffer(autograd.ones(2), persistent=False)

    assert list(Holder().state_dict()) == ["kept"]
    assert names(Holder().named_buffers()) == ["kept", "lost"]


# -- silent mistakes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ([nn.ReLU()], r"nn\.ModuleList\(\.\.\.\)"),
        ((nn.ReLU(), nn.ReLU()), r"nn\.ModuleList\(\.\.\.\)"),
        ({"a": nn.ReLU()}, r"nn\.ModuleDict\(\.\.\.\)"),
        ([nn.Parameter(autograd.ones(1))], r"nn\.ParameterList\(\.\.\.\)"),
        ({"a": nn.Parameter(autograd.ones(1))}, r"nn\.ParameterDict\(\.\.\.\)"),
    ],
)
def test_hidden_modules_are_reported(value, cure):
    net = nn.Module()
    with pytest.warns(UserWarning, match=rf"Module\.layers is a plain .*{cure}"):
        net.layers = value
    with warnings.catch_warnings():  # once for each attribute
        warnings.simplefilter("error")
        net.layers = value
        list(net.parameters())


def test_modules_appended_later_are_reported():
    net = nn.Module()
    net.layers = []
    net.layers.append(nn.Linear(1, 1))
    with pytest.warns(UserWarning, match=r"Module\.layers is a plain list"):
        assert list(net.parameters()) == []


def test_other_lists_are_not_reported():
    net = Net()
    net.sizes = [1, 2, 3]
    net.known = [net.first, net.tail]
    net.names = {"a": "b"}
    net.tensors = [autograd.ones(1)]
    object.__setattr__(net, "hidden", 3)
    assert len(list(net.parameters())) == 4


# -- conversion and copies ----------------------------------------------------------------------------------------------


def test_to():
    net = Net()
    net.register_buffer("count", autograd.zeros(1, dtype=autograd.int64))
    scale = net.scale
    net(autograd.ones(2, 3)).sum().backward()
    for call, dtype in (
        (lambda: net.double(), autograd.float64),
        (lambda: net.half(), autograd.float16),
        (lambda: net.float(), autograd.float32),
        (lambda: net.to(autograd.float64), autograd.float64),
        (lambda: net.to("cpu", autograd.float32), autograd.float32),
        (lambda: net.to(dtype=autograd.float64), autograd.float64),
        (lambda: net.to(autograd.ones(1)), autograd.float32),
        (lambda: net.to(autograd.device("cpu"), non_blocking=True), autograd.float32),
        (lambda: net.cpu(), autograd.float32),
    ):
        assert call() is net
        assert {p.dtype for p in net.parameters()} == {dtype}
        assert {p.grad.dtype for p in net.parameters()} == {dtype}
        assert net.mean.dtype is dtype
        assert net.count.dtype is autograd.int64
        assert net.scale is scale
    assert net.type(autograd.float64).count.dtype is autograd.float64
    net.double()(autograd.ones(2, 3, dtype=autograd.float64)).sum().backward()


def test_deepcopy_and_pickle():
    net = Net()
    net(autograd.ones(2, 3)).sum().backward()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert repr(other) == repr(net)
        assert list(other.state_dict()) == list(net.state_dict())
        x = autograd.ones(2, 3)
        assert other(x).tolist() == net(x).tolist()
        assert isinstance(other.scale, nn.Parameter)
        assert other.scale.requires_grad
        with autograd.no_grad():
            other.scale.zero_()
        assert net.scale.tolist() == [1.0] * 4
    assert copy.deepcopy(net).scale.grad is None


def test_parameter():
    data = autograd.ones(2)
    parameter = nn.Parameter(data)
    data[0] = 5
    assert parameter.tolist() == [5.0, 1.0]
    assert repr(parameter) == "Parameter containing:\ntensor([5., 1.], requires_grad=True)"
    assert isinstance(parameter, autograd.Tensor)
    assert type(parameter + 1) is autograd.Tensor
    assert type(parameter.detach()) is autograd.Tensor
    assert nn.Parameter().shape == (0,)
    assert not nn.Parameter(autograd.tensor([1]), requires_grad=False).requires_grad
    parameter.note = "kept"
    assert pickle.loads(pickle.dumps(parameter)).note == "kept"
    assert nn.Parameter(parameter * 2).is_leaf


def test_compile_does_nothing():
    assert Net().compile() is None


def test_extra_repr_of_several_lines():
    class Two(nn.Module):
        def extra_repr(self):
            return "a=1\nb=2"

    assert repr(Two()) == "Two(\n  a=1\n  b=2\n)"
    assert repr(nn.Sequential(Two())) == "Sequential(\n  (0): Two(\n    a=1\n    b=2\n  )\n)"


def test_call_super_init():
    class Mixin:
        def __init__(self, size):
            self.size = size

    class Both(nn.Module, Mixin):
        call_super_init = True

        def __init__(self, size):
            super().__init__(size)

    assert Both(3).size == 3
