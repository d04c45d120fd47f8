"""Random programs of views and writes in place, run with this engine and with PyTorch: values, histories, gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")

SHAPES = [(), (3,), (2, 3), (2, 1, 3), (4, 2), (2, 3, 2)]


# -- views: each is a function of a tensor and two numbers; None where it does not apply ----------------------------------


def pick_dim(t, a):
    return a % t.ndim


def select(lib, t, a, b):
    return t.select(pick_dim(t, a), b % t.shape[pick_dim(t, a)]) if t.ndim and t.numel() else None


def narrow(lib, t, a, b):
    if not t.ndim:
        return None
    size = t.shape[pick_dim(t, a)]
    start = b % (size + 1)
    return t.narrow(pick_dim(t, a), start, (b // 7) % (size - start + 1))


def stepped(lib, t, a, b):
    return t[(slice(None),) * pick_dim(t, a) + (slice(b % 2, None, 1 + b % 3),)] if t.ndim else None


def mixed(lib, t, a, b):
    return t[None, ..., b % t.shape[-1]] if t.ndim and t.shape[-1] else None


def transpose(lib, t, a, b):
    return t.transpose(pick_dim(t, a), pick_dim(t, b)) if t.ndim else None


def reshape(lib, t, a, b):
    if b % 2 and t.ndim and t.numel():
        return t.reshape(-1, t.shape[pick_dim(t, a)])
    return t.reshape(t.numel())


def unsqueeze(lib, t, a, b):
    return t.unsqueeze(a % (t.ndim + 1))


def squeeze(lib, t, a, b):
    return t.squeeze() if b % 2 or not t.ndim else t.squeeze(pick_dim(t, a))


def permute(lib, t, a, b):
    return t.permute(*np.random.default_rng(a).permutation(t.ndim).tolist()) if t.ndim else None


def diagonal(lib, t, a, b):
    return t.diagonal(b % 3 - 1, -1, -2) if t.ndim > 1 and t.numel() else None


def unfold(lib, t, a, b):
    size = t.shape[pick_dim(t, a)] if t.ndim else 0
    return t.unfold(pick_dim(t, a), 1 + b % size, 1 + b % 2) if size else None


def expand(lib, t, a, b):
    return t.expand(1 + b % 2, *t.shape)


def one_of_unbind(lib, t, a, b):
    """One of several outputs: PyTorch forbids to write into those, so there it is a plain select."""
    if not t.ndim or not t.shape[pick_dim(t, a)]:
        return None
    i = b % t.shape[pick_dim(t, a)]
    return t.select(pick_dim(t, a), i) if lib is torch else t.unbind(pick_dim(t, a))[i]


def one_of_split(lib, t, a, b):
    if not t.ndim or t.shape[pick_dim(t, a)] < 2:
        return None
    dim = pick_dim(t, a)
    sizes = [1, t.shape[dim] - 1]
    return t.narrow(dim, b % 2, sizes[b % 2]) if lib is torch else t.split(sizes, dim)[b % 2]


def chunk(lib, t, a, b):
    if not t.ndim or t.shape[pick_dim(t, a)] < 2:
        return None
    dim = pick_dim(t, a)
    half = -(-t.shape[dim] // 2)
    return t.narrow(dim, 0, half) if lib is torch else t.chunk(2, dim)[0]


def detach(lib, t, a, b):
    return t.detach()


VIEWS = [
    select, narrow, stepped, mixed, transpose, reshape, unsqueeze, squeeze, permute, diagonal, unfold, expand,
    one_of_unbind, one_of_split, chunk, detach,
]  # fmt: skip


# -- writes ---------------------------------------------------------------------------------------------------------------


def mul_number(lib, t, other, leaf, a, b):
    t.mul_(1.5)


def add_leaf(lib, t, other, leaf, a, b):
    t.add_(leaf)


def mul_leaf(lib, t, other, leaf, a, b):
    t.mul_(leaf)


def fill(lib, t, other, leaf, a, b):
    t.fill_(0.5)


def fill_leaf(lib, t, other, leaf, a, b):
    t.fill_(leaf)


def copy_other(lib, t, other, leaf, a, b):
    if other.shape == t.shape:
        t.copy_(other.clone())


def copy_part(lib, t, other, leaf, a, b):
    if t.ndim and t.shape[0]:
        t.copy_(t[b % t.shape[0]].clone())


def set_row(lib, t, other, leaf, a, b):
    if t.ndim and t.shape[0]:
        t[b % t.shape[0]] = leaf * 2


def set_number(lib, t, other, leaf, a, b):
    t[...] = 0.25


def set_places(lib, t, other, leaf, a, b):
    if t.ndim and t.shape[0]:
        t[lib.tensor([b % t.shape[0], a % t.shape[0]])] = leaf


def set_mask(lib, t, other, leaf, a, b):
    t[t.detach() > 0] = leaf


def add_row(lib, t, other, leaf, a, b):
    if t.ndim and t.shape[0]:
        t[b % t.shape[0]] += leaf


def mask_fill(lib, t, other, leaf, a, b):
    t.masked_fill_(t.detach() < 0, leaf)


def transpose_in_place(lib, t, other, leaf, a, b):
    if t.ndim:
        t.transpose_(pick_dim(t, a), pick_dim(t, b))


def unsqueeze_in_place(lib, t, other, leaf, a, b):
    if t.ndim < 4:
        t.unsqueeze_(a % (t.ndim + 1))


def squeeze_in_place(lib, t, other, leaf, a, b):
    t.squeeze_()


WRITES = [
    mul_number, add_leaf, mul_leaf, fill, fill_leaf, copy_other, copy_part, set_row, set_number, set_places, set_mask,
    add_row, mask_fill, transpose_in_place, unsqueeze_in_place, squeeze_in_place,
]  # fmt: skip

RESHAPES = [transpose_in_place, unsqueeze_in_place, squeeze_in_place]

step = st.tuples(
    st.sampled_from(["view", "view", "write", "write", "use", "quiet"]),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 40),
)
programs = st.tuples(st.sampled_from(SHAPES), st.booleans(), st.lists(step, min_size=1, max_size=9))


def values(shape):
    return np.random.default_rng(7).uniform(-1, 1, shape)


def overlaps(t):
    """Whether two elements are one memory location: what a write there means, PyTorch leaves open."""
    places = {sum(i * s for i, s in zip(at, t.stride(), strict=True)) for at in np.ndindex(tuple(t.shape))}
    return len(places) < t.numel()


class Run:
    """A program in progress with one library."""

    def __init__(self, lib, shape, base_requires_grad):
        self.lib = lib
        self.leaves = [
            lib.tensor(values(shape).tolist(), dtype=lib.float64, requires_grad=base_requires_grad).reshape(shape),
            lib.tensor(0.7, dtype=lib.float64, requires_grad=True),
        ]
        if base_requires_grad:
            self.leaves[0] = lib.tensor(values(shape).tolist(), dtype=lib.float64, requires_grad=True)
        self.tensors = [self.leaves[0].clone()]
        self.used = []
        self.lenient = False  # whether PyTorch may refuse where this engine's gradient is right all the same

    def do(self, kind, what, where, a, b):
        """One step; a RuntimeError is an answer like any other."""
        t = self.tensors[where % len(self.tensors)]
        other = self.tensors[(where + a) % len(self.tensors)]
        write = WRITES[what % len(WRITES)] if kind == "write" else None
        # a 0-d value is saved as a number, which no write reaches; and a new shape changes no saved value
        self.lenient |= (t.ndim == 0 and (kind == "use" or write is mul_leaf)) or write in RESHAPES
        for tensor in self.tensors:
            tensor.grad_fn  # PyTorch brings the history of a view up to date when it is asked for
        try:
            if kind == "view":
                made = VIEWS[what % len(VIEWS)](self.lib, t, a, b)
                if made is not None:
                    self.tensors.append(made)
            elif kind != "use" and overlaps(t):
                pass
            elif kind == "write":
                write(self.lib, t, other, self.leaves[1], a, b)
            elif kind == "quiet":
                with self.lib.no_grad():
                    t.mul_(0.5)
            else:
                self.used.append((t * t).sum())
        except RuntimeError:
            return "refused"
        return "done"

    def shown(self):
        return [
            t.detach().numpy().copy() for t in self.tensors
        ]  # an array still held would make the engine save copies

    def gradients(self):
        total = self.leaves[1] * 0
        for i, t in enumerate(self.tensors):
            total = total + (t * (0.3 + i)).sum()
        for u in self.used:
            total = total + u
        try:
            total.backward()
        except RuntimeError as error:
            if "modified" not in str(error):
                raise
            return None
        return [None if x.grad is None else x.grad.numpy() for x in self.leaves]


@settings(max_examples=max(150, settings.default.max_examples))
@given(programs)
def test_program(program):
    shape, requires_grad, steps = program
    ours, theirs = Run(autograd, shape, requires_grad), Run(torch, shape, requires_grad)
    for number, one in enumerate(steps):
        answers = ours.do(*one), theirs.do(*one)
        assert answers[0] == answers[1], f"step {number}: {one}"
        for mine, other in zip(ours.shown(), theirs.shown(), strict=True):
            assert mine.shape == other.shape
            np.testing.assert_allclose(mine, other, err_msg=f"step {number}: {one}")
    assert [t.requires_grad for t in ours.tensors] == [t.requires_grad for t in theirs.tensors]
    mine, other = ours.gradients(), theirs.gradients()
    if other is None and ours.lenient:
        return
    assert (mine is None) == (other is None)
    for a, b in zip(mine or [], other or [], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)
