"""The fused recurrent layers against the same layers step by step, for all ways in which the work is cut up."""

import threading

import numpy as np
import pytest

import autograd
import autograd.fused
from autograd.kernels import recurrent, threads
from autograd.ops.recurrent import gru_by_steps, gru_layer, lstm_by_steps, lstm_layer, rnn_by_steps, rnn_layer

KINDS = {
    "lstm": (lstm_layer, lstm_by_steps, 4, ()),
    "projected": (lstm_layer, lstm_by_steps, 4, ()),
    "gru": (gru_layer, gru_by_steps, 3, ()),
    "tanh": (rnn_layer, rnn_by_steps, 1, (False,)),
    "relu": (rnn_layer, rnn_by_steps, 1, (True,)),
}
SIZES = {
    "one step": (3,),
    "equal": (3,) * 9,
    "wide": (14,) * 5,
    "falling": (7, 7, 5, 5, 5, 2, 1, 1, 1),
    "none": (0, 0),
}


@pytest.fixture
def count():
    """Sets the number of threads, and puts it back."""
    before = threads.get_count()
    yield threads.set_count
    threads.set_count(before)


def arguments(kind, sizes, bias, hidden=5, features=4, seed=0):
    """Tensors that require grad, None for what there is not."""
    rng = np.random.default_rng(seed)
    gates = KINDS[kind][2]
    out = 2 if kind == "projected" else hidden
    shapes = [(sum(sizes), features), (sizes[0], out)]
    shapes += [(sizes[0], hidden)] if gates == 4 else []
    shapes += [(gates * hidden, features), (gates * hidden, out)]
    shapes += [(gates * hidden,)] * 2 if bias else [None, None]
    shapes += [(out, hidden) if kind == "projected" else None] if gates == 4 else []
    return [None if s is None else autograd.tensor(rng.uniform(-1, 1, s), requires_grad=True) for s in shapes]


def outcome(function, given, sizes, reverse, more):
    """Outputs, and the gradients of a weighted sum of them."""
    outs = [o for o in function(*given, sizes, reverse, *more) if o.requires_grad]
    wanted = [t for t in given if t is not None]
    shares = [autograd.tensor(np.cos(np.arange(o.numel()) + i).reshape(o.shape)) for i, o in enumerate(outs)]
    found = autograd.grad(outs, wanted, shares)
    return [t.detach().numpy() for t in (*outs, *found)]


def compare(kind, sizes, reverse, bias=True, **options):
    layer, steps, _, more = KINDS[kind]
    given = arguments(kind, sizes, bias, **options)
    ours = outcome(layer.function, given, sizes, reverse, more)
    plain = outcome(steps, given, sizes, reverse, more)
    for a, b in zip(ours, plain, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)
    return ours


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("reverse", [False, True])
def test_against_steps(kind, sizes, reverse):
    compare(kind, SIZES[sizes], reverse)


@pytest.mark.parametrize("kind", KINDS)
def test_without_biases(kind):
    compare(kind, (3, 3, 1), False, bias=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_chunks_and_threads(kind, reverse, workers, monkeypatch, count):
    monkeypatch.setattr(recurrent, "BLOCK", 60)  # a chunk for each step or two
    monkeypatch.setattr(recurrent, "SMALL", 30)
    monkeypatch.setattr(recurrent, "SHARED", 0)
    monkeypatch.setattr(recurrent, "NARROW", 3)
    count(workers)
    first = compare(kind, SIZES["falling"], reverse)
    for _ in range(3):  # the same bits, whoever did the work
        for a, b in zip(compare(kind, SIZES["falling"], reverse), first, strict=True):
            np.testing.assert_array_equal(a, b)


def test_gradients_of_biases_are_asked_for_alone():
    layer, steps, _, _ = KINDS["lstm"]
    given = arguments("lstm", (2, 2), True)
    given = [t.detach().requires_grad_(i in {5, 6}) if t is not None else None for i, t in enumerate(given)]
    ours, plain = (autograd.grad(f(*given, (2, 2), False)[0].sum(), given[5:7]) for f in (layer.function, steps))
    for a, b in zip(ours, plain, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


@pytest.mark.parametrize("where", ["sweep", "ahead", "behind"])
def test_an_error_ends_all_threads(where, count):
    """An error in any of the parts is raised, and nobody waits for ever."""
    count(2)
    asked = threading.Event()

    def fail(part):
        if part == where:
            raise MemoryError(part)

    def prepare(k):
        if k > 1:
            fail("ahead")

    def sweep(line):
        for k in range(6):
            line.need(k)
            asked.set()
            line.put(lambda: fail("behind"))
            if k == 3:
                fail("sweep")

    with pytest.raises(MemoryError, match=where):
        recurrent.walk(sweep, prepare, 6, 1e9)
    assert asked.is_set()


def test_every_chunk_is_prepared_once_and_before_it_is_used(count):
    for workers in (1, 2, 3):
        count(workers)
        prepared, used, finished = [], [], []

        def sweep(line, prepared=prepared, used=used, finished=finished):
            for k in range(20):
                line.need(k)
                assert k in prepared
                used.append(k)
                line.put(lambda k=k: finished.append(k))

        recurrent.walk(sweep, prepared.append, 20, 1e9)
        assert sorted(prepared) == used == sorted(finished) == list(range(20))


def test_float16_is_computed_in_float32():
    given = [None if t is None else t.detach() for t in arguments("gru", (3, 3), True)]
    half = [None if t is None else t.half().requires_grad_() for t in given]
    wide = [None if t is None else t.detach().float().requires_grad_() for t in half]
    ours, exact = (gru_layer.function(*g, (3, 3), False) for g in (half, wide))
    assert ours[0].dtype is autograd.float16
    np.testing.assert_array_equal(ours[0].detach().numpy(), exact[0].detach().half().numpy())
    for a, b in zip(*(autograd.grad(o[0].sum(), g[:4]) for o, g in ((ours, half), (exact, wide))), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=4e-3, atol=1e-3)
