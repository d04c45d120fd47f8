"""nn.summary: the table, its numbers, and that the model is as before."""

import warnings

import numpy as np
import pytest

import autograd
import nn
from nn.counting import multiply_adds


class Net(nn.Module):
    """Two branches, a reused layer, an unused one, several inputs and outputs."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Linear(3, 3)
        self.late = nn.Linear(4, 2)
        self.early = nn.Sequential(nn.Linear(3, 4, bias=False), nn.Tanh())
        self.tied = self.late
        self.register_buffer("seen", autograd.zeros(1))
        self.late.bias.requires_grad_(False)

    def forward(self, x, y, scale=1):
        self.seen += 1
        h = self.early(x) * scale + self.early(y)
        return {"out": self.late(h), "more": (self.late(h), h)}


def test_numbers():
    net = Net()
    found = nn.summary(net, (autograd.ones(2, 3), autograd.ones(2, 3)), scale=3)
    names = [row.name for row in found.layers]
    assert names == ["", "early", "early.0", "early.1", "late", "unused", "tied"]
    rows = dict(zip(names, found.layers, strict=True))
    assert rows[""].output_size == {"out": [2, 2], "more": ([2, 2], [2, 4])}
    assert rows[""].input_size == ([2, 3], [2, 3], None)
    assert rows["early"].calls == 2
    assert rows["early.0"].mult_adds == 2 * 2 * 4 * 3
    assert rows["late"].mult_adds == 2 * 2 * 2 * 4
    assert rows["unused"].calls == 0
    assert rows["unused"].output_size is None
    assert rows["tied"].shared == "late"
    assert found.total_params == 12 + 10 + 12
    assert (found.trainable_params, found.non_trainable_params) == (32, 2)
    assert found.mult_adds == 48 + 32
    assert found.flops == 160
    assert found.input_bytes == 2 * 2 * 3 * 4
    assert found.forward_backward_bytes == 2 * 4 * 2 * (2 * 4 + 2 * 4 + 2 * 2)  # early.0, early.1, late: twice each
    assert found.param_bytes == 4 * 34
    assert found.buffer_bytes == 4
    assert found.total_bytes == 48 + 320 + 136 + 4


def test_table():
    net = Net()
    text = str(nn.summary(net, (autograd.ones(2, 3), autograd.ones(2, 3)), columns=list(nn.summaries.COLUMNS), depth=1))
    assert text == repr(nn.summary(net, (autograd.ones(2, 3),) * 2, columns=list(nn.summaries.COLUMNS), depth=1))
    lines = [line.split() for line in text.splitlines()]
    assert " ".join(lines[0]) == "Layer (type) Input shape Output shape Params Trainable Calls Mult-adds"
    assert lines[2][0] == "Net"
    assert " ".join(lines[3]) == "├─ early (Sequential) [2, 3] [2, 4] 12 yes 2 48"  # with what stands below it
    assert " ".join(lines[4]) == "├─ late (Linear) [2, 4] [2, 2] 10 partly 2 32"
    assert " ".join(lines[5]) == "├─ unused (Linear) — — 12 yes — —"
    assert " ".join(lines[6]) == "└─ tied (Linear) — as late — — — —"
    assert " ".join(lines[8]) == "Params: 34 (trainable 32, not trainable 2)"
    assert "Mult-adds: 80 (FLOPs 160)" in text
    assert "+ 2 more" in text
    deep = str(nn.summary(net, (autograd.ones(2, 3),) * 2))
    assert "│  ├─ 0 (Linear)" in deep
    assert "│  └─ 1 (Tanh)" in deep


def test_without_an_input():
    found = nn.summary(Net())
    assert found.total_params == 34
    assert "Mult-adds:" not in str(found)
    assert found.layers[1].name == "unused"  # in the order of registration
    assert "not known" in str(nn.summary(nn.LazyLinear(2)))
    assert nn.summary(nn.LazyLinear(2), input_size=(1, 3)).total_params == 8


def test_input_size():
    assert nn.summary(nn.Embedding(5, 3), input_size=(2, 4), dtypes=autograd.int64).layers[0].output_size == [2, 4, 3]
    assert nn.summary(Net(), input_size=[(2, 3), [2, 3]]).layers[0].calls == 1
    assert nn.summary(nn.Linear(3, 2), input_size=3).layers[0].output_size == [2]
    assert nn.summary(Net(), {"x": autograd.ones(3), "y": autograd.ones(3)}).mult_adds == 40


def state(net):
    return (
        [m.training for m in net.modules()],
        {k: v.tolist() for k, v in net.state_dict().items()},
        [m._hooks.on_call if m._hooks else False for m in net.modules()],
        autograd.get_rng_state().tolist(),
        [p.grad for p in net.parameters()],
    )


class Failing(nn.Module):
    def forward(self, x):
        raise ZeroDivisionError("here")


def count(module, args):
    module.count.add_(1)


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_is_as_before(fails):
    class Noisy(nn.Module):
        def forward(self, x):
            return x + autograd.rand(x.shape)

    net = nn.Sequential(Noisy(), nn.Dropout(), nn.Linear(2, 2), *([Failing()] if fails else []))
    net[1].eval()
    net.register_buffer("count", autograd.ones(2))
    net.register_forward_pre_hook(count)
    before = state(net)
    buffer = net.count
    if fails:
        with pytest.raises(ZeroDivisionError, match="here") as error:
            nn.summary(net, autograd.ones(1, 2))
        assert "the layer called last was 3" in error.value.__notes__[0]
    else:
        nn.summary(net, autograd.ones(1, 2))
    assert state(net) == before
    assert net.count is buffer


def test_it_runs_in_evaluation_mode_without_recording():
    modes = []

    class Spy(nn.Module):
        def forward(self, x):
            modes.append((self.training, autograd.is_grad_enabled()))
            return x

    nn.summary(nn.Sequential(Spy()), autograd.ones(1))
    assert modes == [(False, False)]


def test_rules():
    class Square(nn.Module):
        def forward(self, x):
            return x @ x

    rules = {Square: lambda module, args, output: args[0].shape[0] ** 3}
    assert nn.summary(Square(), autograd.ones(4, 4), rules=rules).mult_adds == 64
    assert nn.summary(Square(), autograd.ones(4, 4)).mult_adds == 0


@pytest.mark.parametrize(
    ("name", "args", "inputs", "expected"),
    [
        ("Linear", (3, 2), [(5, 3)], 30),
        ("Bilinear", (2, 3, 4), [(5, 2), (5, 3)], 5 * 4 * 2 * 3),
        ("Conv1d", (2, 4, 3), [(1, 2, 6)], 4 * 4 * 2 * 3),
        ("Conv2d", (4, 6, 3, 1, 1, 1, 2), [(2, 4, 5, 5)], 2 * 6 * 25 * 2 * 9),
        ("ConvTranspose2d", (4, 6, 2), [(2, 4, 5, 5)], 2 * 4 * 25 * 6 * 4),
        ("RNN", (3, 4), [(5, 2, 3)], 10 * (12 + 16)),
        ("LSTM", (3, 4, 2), [(5, 2, 3)], 10 * (4 * (12 + 16) + 4 * (16 + 16))),
        ("GRU", (3, 4), [(5, 2, 3)], 10 * 3 * (12 + 16)),
        ("LSTMCell", (3, 4), [(2, 3)], 2 * 4 * (12 + 16)),
        ("MultiheadAttention", (4, 2), [(5, 2, 4), (6, 2, 4), (6, 2, 4)], 2 * 4 * (40 + 48) + 2 * 2 * 5 * 6 * 4),
        ("BatchNorm2d", (3,), [(2, 3, 4, 4)], 96),
        ("LayerNorm", (4,), [(2, 4)], 16),
        ("GroupNorm", (1, 4), [(2, 4)], 16),
        ("MaxPool2d", (2,), [(1, 1, 4, 4)], 16),
        ("AvgPool1d", (2,), [(1, 1, 4)], 4),
        ("AdaptiveAvgPool2d", (1,), [(1, 2, 4, 4)], 32),
        ("ReLU", (), [(7,)], 0),
    ],
)
def test_counting(name, args, inputs, expected):
    layer = getattr(nn, name)(*args)
    found = nn.summary(layer, tuple(autograd.ones(*shape) for shape in inputs))
    assert found.mult_adds == expected


@pytest.mark.torch
def test_parameters_are_pytorchs(torch):
    """The counts that torchinfo and Keras print are sums over these."""
    ours = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    theirs = torch.nn.Sequential(torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10))
    found = nn.summary(ours, input_size=(64, 784))
    assert found.total_params == sum(p.numel() for p in theirs.parameters()) == 203530
    assert found.mult_adds == 64 * (784 * 256 + 256 * 10)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m: nn.summary(3), TypeError, "model must be an nn.Module, but got int"),
        (lambda m: nn.summary(m, autograd.ones(3), input_size=(3,)), ValueError, "either input or input_size"),
        (lambda m: nn.summary(m, (1, 3)), TypeError, r"is it input_size=\(1, 3\)"),
        (lambda m: nn.summary(m, columns=["size"]), ValueError, "unknown column 'size'"),
        (lambda m: nn.summary(m, input_size=(-1, 3)), ValueError, "input_size must be a shape"),
        (lambda m: nn.summary(m, input_size=[(3,)], dtypes=[autograd.float32] * 2), ValueError, "but 2 dtypes"),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call(nn.Linear(3, 2))


def test_sizes_have_units():
    text = str(nn.summary(nn.Linear(1000, 1000), input_size=(1, 1000)))
    assert "input 4.00 kB" in text
    assert "params 4.00 MB" in text
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(nn.summary(nn.ReLU(), input_size=(0, 3)).total_bytes)
    assert multiply_adds(nn.ReLU(), (), None) == 0
