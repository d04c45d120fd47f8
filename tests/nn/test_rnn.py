"""Sequences of several lengths, and what recurrent layers do besides running: ``cases/recurrent.py`` has the rest."""

import warnings

import numpy as np
import pytest

import autograd
import nn
from nn.utils import rnn


def padded(*shape, dtype="float64"):
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def plain(value):
    """Tensors of either library as arrays, with their dtypes."""
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value if value is None else (str(value.dtype).removeprefix("torch."), value.tolist())


def grads(library, module, call, array):
    """The result of a call and the gradient of its input, all elements weighted differently."""
    x = library.tensor(array, requires_grad=True)
    out = call(library, module, x)
    found = [t for t in (out if isinstance(out, (tuple, list)) else [out]) if t is not None and t.requires_grad]
    total = sum((t * library.tensor(np.cos(np.arange(t.numel())).reshape(tuple(t.shape)))).sum() for t in found)
    total.backward()
    return plain(out), plain(x.grad)


CALLS = {
    "pack": lambda ag, m, x: m.pack_padded_sequence(x, [4, 2, 1]),
    "pack shorter": lambda ag, m, x: m.pack_padded_sequence(x, ag.tensor([3, 3, 1])),
    "pack unsorted": lambda ag, m, x: m.pack_padded_sequence(x, [2, 4, 1], enforce_sorted=False),
    "pack float lengths": lambda ag, m, x: m.pack_padded_sequence(x, ag.tensor([4.0, 2.0, 1.0])),
    "pack batch first": lambda ag, m, x: m.pack_padded_sequence(x, [3, 3, 2, 1], batch_first=True),
    "pad": lambda ag, m, x: m.pad_packed_sequence(m.pack_padded_sequence(x, [4, 2, 1])),
    "pad unsorted": lambda ag, m, x: m.pad_packed_sequence(
        m.pack_padded_sequence(x, [2, 4, 1], enforce_sorted=False), True, -1.0, 6
    ),
    "pad columns": lambda ag, m, x: m.pad_packed_sequence(m.pack_padded_sequence(x[..., 0], [2, 1, 1])),
    "unpack": lambda ag, m, x: m.unpack_sequence(m.pack_padded_sequence(x, [2, 4, 1], enforce_sorted=False)),
    "pad sequences": lambda ag, m, x: m.pad_sequence([x[0], x[1, :1], x[2, :0]]),
    "pad sequences left": lambda ag, m, x: m.pad_sequence([x[0], x[1, :1]], True, 2.5, "left"),
    "pad broadcast": lambda ag, m, x: m.pad_sequence([x[0], x[1, :2, :1]]),
    "pad rows": lambda ag, m, x: m.pad_sequence(x, batch_first=True),
    "unpad": lambda ag, m, x: m.unpad_sequence(x.clone(), ag.tensor([4, 2, 0]), batch_first=False),
    "unpad batch first": lambda ag, m, x: m.unpad_sequence(x, ag.tensor([3, 2, 1, 9]), batch_first=True),
    "pack sequences": lambda ag, m, x: m.pack_sequence([x[0], x[1, :2], x[2, :2]]),
    "pack sequences unsorted": lambda ag, m, x: m.pack_sequence([x[0, :1], x[1]], enforce_sorted=False),
}
ERRORS = {
    "count": (lambda ag, m, x: m.pack_padded_sequence(x, [4, 2]), "batch_size"),
    "order": (lambda ag, m, x: m.pack_padded_sequence(x, [2, 4, 1]), "sorted in decreasing order"),
    "zero": (lambda ag, m, x: m.pack_padded_sequence(x, [4, 2, 0]), "greater than 0"),
    "empty": (lambda ag, m, x: m.pack_padded_sequence(x[:0], [4, 2, 1]), "Cannot pack empty"),
    "2-D lengths": (lambda ag, m, x: m.pack_padded_sequence(x, ag.tensor([[4, 2, 1]])), "1D"),
    "1-D": (lambda ag, m, x: m.pack_padded_sequence(x[:, 0, 0], [4]), "dimension"),
    "total": (
        lambda ag, m, x: m.pad_packed_sequence(m.pack_padded_sequence(x, [4, 2, 1]), total_length=3),
        "total_length",
    ),
    "no sequences": (lambda ag, m, x: m.pad_sequence([]), "empty list"),
    "a number": (lambda ag, m, x: m.pad_sequence(3), "iterable"),
    "numbers": (lambda ag, m, x: m.pad_sequence([1, 2]), "Tensor"),
    "sizes": (lambda ag, m, x: m.pad_sequence([x[0, :, :1], x[1]]), "sizes"),
    "scalars": (lambda ag, m, x: m.pad_sequence([x[0, 0, 0]]), "sizes"),
    "side": (lambda ag, m, x: m.pad_sequence([x[0]], padding_side="top"), "left or right"),
    "lengths": (lambda ag, m, x: m.unpad_sequence(x, ag.tensor([4, 2]), True), "zip"),
    "an empty sequence": (lambda ag, m, x: m.pack_sequence([x[0], x[0, :0]]), "greater than 0"),
    "unsorted": (lambda ag, m, x: m.pack_sequence([x[0, :1], x[1]]), "sorted"),
    "data": (lambda ag, m, x: m.PackedSequence(x), "length 2"),
}


@pytest.mark.torch
@pytest.mark.parametrize("call", CALLS)
def test_against_pytorch(call):
    torch = pytest.importorskip("torch")
    array = padded(4, 3, 2)
    ours = grads(autograd, rnn, CALLS[call], array)
    assert ours == grads(torch, torch.nn.utils.rnn, CALLS[call], array)


@pytest.mark.parametrize("call", ERRORS)
def test_errors(call):
    function, text = ERRORS[call]
    with pytest.raises((RuntimeError, ValueError, TypeError, IndexError, AssertionError), match=text):
        function(autograd, rnn, autograd.tensor(padded(4, 3, 2)))


@pytest.mark.torch
@pytest.mark.parametrize("call", ERRORS)
def test_types_of_errors(call):
    torch = pytest.importorskip("torch")
    function, text = ERRORS[call]
    with pytest.raises(Exception) as expected:
        function(torch, torch.nn.utils.rnn, torch.tensor(padded(4, 3, 2)))
    with pytest.raises(type(expected.value), match=text):
        function(autograd, rnn, autograd.tensor(padded(4, 3, 2)))


def test_there_and_back():
    sequences = [autograd.tensor(padded(n, 2)) for n in (2, 4, 1, 4)]
    packed = rnn.pack_sequence(sequences, enforce_sorted=False)
    for a, b in zip(rnn.unpack_sequence(packed), sequences, strict=True):
        assert autograd.equal(a, b)
    assert packed.batch_sizes.tolist() == [4, 3, 2, 2]
    assert autograd.equal(rnn.invert_permutation(packed.sorted_indices), packed.unsorted_indices)
    assert rnn.invert_permutation(None) is None


def test_a_length_beyond_the_input():
    """PyTorch counts steps there that have no rows."""
    with pytest.raises(RuntimeError, match="does not fit"):
        rnn.pack_padded_sequence(autograd.ones(4, 3), [5, 2, 1])


def test_packed_sequence():
    data, sizes = autograd.ones(3, 2), autograd.tensor([2, 1])
    packed = rnn.PackedSequence(data, sizes, autograd.tensor([1, 0]))
    assert packed._fields == ("data", "batch_sizes", "sorted_indices", "unsorted_indices")
    assert packed.unsorted_indices.tolist() == [1, 0]
    assert rnn.PackedSequence((data, sizes)).data is data
    assert packed.to(autograd.float32) is packed
    assert packed.cpu() is packed
    assert not packed.is_cuda
    assert not packed.is_pinned()
    names = {"double": "float64", "half": "float16", "long": "int64", "int": "int32", "short": "int16", "char": "int8",
             "byte": "uint8", "float": "float32"}  # fmt: skip
    for method, dtype in names.items():
        other = getattr(packed, method)()
        assert isinstance(other, rnn.PackedSequence)
        assert other.data.dtype is getattr(autograd, dtype)
        assert other.batch_sizes is sizes


def test_padding_does_not_matter():
    """Packed sequences give what each gives alone."""
    autograd.manual_seed(0)
    layer = nn.LSTM(2, 3, num_layers=2, bidirectional=True)
    sequences = [autograd.randn(n, 2) for n in (2, 4, 1)]
    out, (h, c) = layer(rnn.pack_sequence(sequences, enforce_sorted=False))
    for i, (sequence, one) in enumerate(zip(sequences, rnn.unpack_sequence(out), strict=True)):
        alone, (h_alone, c_alone) = layer(sequence)
        np.testing.assert_allclose(one.detach().numpy(), alone.detach().numpy(), atol=1e-6)
        np.testing.assert_allclose(h[:, i].detach().numpy(), h_alone.detach().numpy(), atol=1e-6)
        np.testing.assert_allclose(c[:, i].detach().numpy(), c_alone.detach().numpy(), atol=1e-6)


@pytest.mark.parametrize(("layer", "cell"), [("RNN", "RNNCell"), ("LSTM", "LSTMCell"), ("GRU", "GRUCell")])
def test_cells_step_by_step_are_the_layer(layer, cell):
    autograd.manual_seed(0)
    whole, single = getattr(nn, layer)(2, 3), getattr(nn, cell)(2, 3)
    single.load_state_dict({name.removesuffix("_l0"): value for name, value in whole.state_dict().items()})
    x = autograd.randn(5, 4, 2)
    state, outs = None, []
    for step in x:
        state = single(step, state)
        outs.append(state[0] if layer == "LSTM" else state)
    np.testing.assert_allclose(
        autograd.stack(outs).detach().numpy(), whole(x)[0].detach().numpy(), rtol=1e-5, atol=1e-6
    )


def test_weights_that_are_replaced_are_used():
    layer = nn.GRU(2, 3)
    x = autograd.ones(2, 1, 2)
    before = layer(x)[0]
    layer.weight_ih_l0 = nn.Parameter(autograd.zeros(9, 2))
    assert layer.all_weights[0][0] is layer.weight_ih_l0
    assert not autograd.equal(layer(x)[0], before)
    zeros = {name: autograd.zeros_like(value) for name, value in layer.named_parameters()}
    out, h = autograd.func.functional_call(layer, zeros, (x,))
    assert not out.any()
    assert not h.any()
    layer.flatten_parameters()


def test_permute_hidden():
    order = autograd.tensor([1, 0])
    state = autograd.arange(4.0).reshape(1, 2, 2)
    assert nn.GRU(2, 2).permute_hidden(state, order).tolist() == [[[2, 3], [0, 1]]]
    assert nn.GRU(2, 2).permute_hidden(state, None) is state
    assert [t.tolist() for t in nn.LSTM(2, 2).permute_hidden((state, state), order)] == [[[[2, 3], [0, 1]]]] * 2


def test_dropout_of_one_layer_warns_where_the_layer_is_made():
    with pytest.warns(UserWarning, match="all but last recurrent layer") as found:
        nn.LSTM(2, 2, dropout=0.5)
    assert found[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.LSTM(2, 2, 2, dropout=0.5)
