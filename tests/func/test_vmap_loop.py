"""``vmap`` beside the loop over the examples, where memory, histories of several levels, or threads could part them."""

import threading

import numpy as np
import pytest

import autograd
import nn
from autograd import func, vmap

X = np.arange(24.0).reshape(4, 2, 3) / 13 - 0.8
K = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0], [0, 0, 1]])


def loop(f, *values, in_dims=0):
    """``vmap`` written out."""
    dims = (in_dims,) * len(values) if isinstance(in_dims, int) else in_dims
    count = next(v.shape[d] for v, d in zip(values, dims, strict=True) if d is not None)
    rows = [f(*[v if d is None else v.select(d, i) for v, d in zip(values, dims, strict=True)]) for i in range(count)]
    return autograd.stack(rows)


def slopes(run, *arrays):
    """The gradients, from outside, of a weighted sum of what ``run`` makes of leaves."""
    leaves = [autograd.tensor(a).requires_grad_(a.dtype.kind == "f") for a in arrays]
    out = run(*leaves)
    weights = autograd.tensor(np.cos(np.arange(out.numel())).reshape(out.shape))
    found = autograd.grad((out * weights).sum(), [t for t in leaves if t.requires_grad], materialize_grads=True)
    return [g.numpy() for g in found]


def check(f, *arrays, in_dims=0):
    """Values, and gradients from outside and inside, as the loop's."""
    made = [vmap(f, in_dims=in_dims)(*map(autograd.tensor, arrays))]
    made.append(loop(f, *map(autograd.tensor, arrays), in_dims=in_dims))
    np.testing.assert_allclose(made[0].numpy(), made[1].numpy(), rtol=1e-12)
    ours = slopes(lambda *a: vmap(f, in_dims=in_dims)(*a), *arrays)
    theirs = slopes(lambda *a: loop(f, *a, in_dims=in_dims), *arrays)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    inside = func.grad(lambda *a: (f(*a) ** 2).sum())
    np.testing.assert_allclose(
        vmap(inside, in_dims=in_dims)(*map(autograd.tensor, arrays)).numpy(),
        loop(inside, *map(autograd.tensor, arrays), in_dims=in_dims).numpy(),
        rtol=1e-12,
    )


def written(write):
    """A function that writes into a copy of its argument, by the statement ``write``."""
    code = compile(write, write, "exec")

    def f(x, *k):
        y = x * x
        exec(code, {"y": y, "x": x, "k": k[0] if k else None, "autograd": autograd})
        return y * x

    return f


WRITES = [
    "y.reshape(-1)[1:] *= 2", "y.flatten()[0].add_(2)", "y.contiguous().mul_(3)", "y.view(-1)[0] = x[1, 1]",
    "y.split(1)[0].mul_(x[1])", "y.unbind()[1].mul_(2)", "y.chunk(2, -1)[1].sin_()", "y.tensor_split(2)[0].mul_(x[0])",
    "y.zero_()", "y[0].fill_(2.0)", "y.narrow(0, 1, 1).fill_(x[0, 0])", "y[[0, 1]] = x[[1, 0]] * 2", "y[:, [0]] = 3.0",
    "y[[1, 0], [0, 2]] = x[0, :2]", "y[autograd.tensor([True, False])] = x[1]", "y[True] = 1.0", "y[[0], :] += x[1]",
    "y.as_strided((2,), (2,), 1).mul_(x[0, :2])", "y.t().mul_(2)", "y.unsqueeze(0)[0, 1].mul_(x[0])",
]  # fmt: skip


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_writes_reach_what_they_reach_in_one_example(write, dim):
    check(written(write), np.moveaxis(X, 0, dim).copy(), in_dims=dim)


def test_writes_into_what_has_no_dimensions():
    check(written("y.t().mul_(2)"), X[:, 0, 0])
    check(written("y.zero_()"), X[:, 0, 0])


def test_a_write_that_a_copied_view_would_not_see_is_an_error():
    def f(x):
        part = x.as_strided((2,), (1,))
        x.add_(1)
        return part

    strided = autograd.tensor(X.repeat(2, 0))[::2]  # then as_strided goes example by example
    with pytest.raises(RuntimeError, match="would not be seen there"):
        vmap(f)(strided)
    assert vmap(lambda x: f(x.clone()))(strided).shape == (4, 2)


@pytest.mark.parametrize("index", [K, K[0]])
def test_an_index_that_is_written_later(index):
    def f(x, k):
        places = k.clone()
        out = (x * x)[places]
        places.sub_(1).abs_()
        return out

    check(f, X, index, in_dims=(0, 0 if index is K else None))


@pytest.mark.parametrize("f", [
    lambda x, k: x[k], lambda x, k: x[k, k], lambda x, k: x[autograd.tensor([[0], [1]]), k], lambda x, k: x[:, k],
    lambda x, k: x.gather(0, k[None]), lambda x, k: x.index_select(0, k), lambda x, k: nn.functional.embedding(k, x),
    lambda x, k: nn.functional.embedding(k, x, scale_grad_by_freq=True),
    lambda x, k: x[k[0]], lambda x, k: x[:, k[0]], lambda x, k: x[k[0], k], lambda x, k: x[k, 0], lambda x, k: x[..., k],
    lambda x, k: x[k[0], 1:], lambda x, k: x.take(k), lambda x, k: x.index_put((k, k), x[0], accumulate=True),
    lambda x, k: x.index_put((k,), x.sum()), lambda x, k: x.put(k, x[0]).sin(), lambda x, k: x.quantile(0.3, 0),
])  # fmt: skip
@pytest.mark.parametrize("dims", [(0, 0), (None, 0), (0, None)])
def test_values_at_indices(f, dims):
    arrays = [a if d == 0 else a[0] for a, d in zip((X, K), dims, strict=True)]
    made = [run(f, *map(autograd.tensor, arrays), in_dims=dims) for run in (apply, loop)]
    np.testing.assert_array_equal(made[0].numpy(), made[1].numpy())
    ours, theirs = (slopes(lambda *a, run=run: run(f, *a, in_dims=dims), *arrays) for run in (apply, loop))
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)


def apply(f, *values, in_dims):
    return vmap(f, in_dims=in_dims)(*values)


def test_what_leaves_an_inner_level_keeps_the_history_of_the_outer_one():
    def f(x, y):
        def inner(a):
            return func.grad(lambda b: (b * b * b).sum() + a.sum())(y)

        return vmap(inner)(x).sum(0)

    check(lambda x: f(x, x[0]), X)


def test_classes_without_a_number_of_them():
    one_hot = nn.functional.one_hot
    with pytest.raises(RuntimeError, match="differ in shape"):
        vmap(one_hot)(autograd.tensor([[0, 1], [2, 0]]))
    assert vmap(one_hot)(autograd.tensor([[0, 1], [1, 0]])).shape == (2, 2, 2)


WRONG = {
    "dot": lambda x, v: x.dot(x),
    "mm": lambda x, v: x.mm(v),
    "mv": lambda x, v: x.mv(x.T),
    "bmm": lambda x, v: x.bmm(x),
    "bmm sizes": lambda x, v: x[None].bmm(x.T[None].expand(2, 3, 2)),
    "outer": lambda x, v: x.outer(x),
    "permute": lambda x, v: v.permute(1, 0),
    "permute short": lambda x, v: x.permute(0),
    "squeeze": lambda x, v: x.squeeze((0, 0)),
    "expand": lambda x, v: v.expand(-1, 3),
    "transpose": lambda x, v: v[0].transpose(0, 1),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_error_of_one_example_is_one_of_all(name):
    x, v = autograd.tensor(X), autograd.tensor(X[:, 0])
    with pytest.raises((RuntimeError, IndexError)) as alone:
        WRONG[name](x[0], v[0])
    with pytest.raises(alone.type):
        vmap(WRONG[name])(x, v)


def test_results_in_given_memory():
    x = autograd.tensor(X, requires_grad=True)
    with pytest.raises(RuntimeError, match="automatic differentiation"):
        vmap(lambda a: autograd.exp(a, out=autograd.zeros_like(a)))(x)
    np.testing.assert_allclose(
        vmap(lambda a: autograd.exp(a, out=autograd.zeros_like(a)))(x.detach()).numpy(), np.exp(X)
    )
    with pytest.raises(RuntimeError, match="out="):
        vmap(lambda a: autograd.rand(3, out=autograd.zeros(3)), randomness="different")(x)


def test_random_leaves_of_an_example():
    def f(x):
        noise = autograd.randn(2, 3, dtype=autograd.float64, requires_grad=True)
        return autograd.grad((noise * x).sum(), noise)[0]

    np.testing.assert_array_equal(vmap(f, randomness="different")(autograd.tensor(X)).numpy(), X)


def test_other_threads_are_not_mapped():
    found, inside, done = [], threading.Event(), threading.Event()

    def other():
        inside.wait()
        found.append(autograd.rand(3))
        found.append(vmap(lambda x: x + autograd.rand(()), randomness="different")(autograd.zeros(5)))
        done.set()

    def f(x):
        inside.set()
        done.wait(60)
        return x + autograd.rand(2, 3)

    thread = threading.Thread(target=other)
    thread.start()
    out = vmap(f, randomness="different")(autograd.tensor(X))
    thread.join()
    assert [tuple(t.shape) for t in found] == [(3,), (5,)]
    assert np.isfinite(found[0].numpy()).all()
    assert out.shape == X.shape
    assert autograd.lanes.depth == [0]


def test_what_an_index_of_each_example_reads_is_not_written():
    def f(x, i):
        y = x * x
        part = y[i]
        y.zero_()
        return part

    with pytest.raises(RuntimeError, match="would not be seen there"):
        vmap(f)(autograd.tensor(X), autograd.tensor([0, 1, 1, 0]))


def test_the_array_behind_a_mapped_tensor_is_not_compared():
    with pytest.raises(RuntimeError, match="a comparison"):
        vmap(lambda x: x + float(x._array != x._array))(autograd.tensor(X))
