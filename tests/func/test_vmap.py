"""``vmap`` beside PyTorch's: arguments, results, nesting, gradients from inside and outside, writes, randomness, errors."""

import numpy as np
import pytest

import autograd
import nn
from autograd import func, vmap

X = np.arange(12.0).reshape(4, 3) / 7 - 0.6
W = np.array([0.3, -0.7, 0.4])


def ours(f, *values, **options):
    return vmap(f, **options)(*[autograd.tensor(v) for v in values])


def theirs(f, *values, **options):
    torch = pytest.importorskip("torch")
    return torch.func.vmap(f, **options)(*[torch.tensor(v) for v in values])


def compare(f, *values, rtol=1e-10, **options):
    a, b = ours(f, *values, **options), theirs(f, *values, **options)
    a, b = (a, b) if isinstance(a, tuple) else ((a,), (b,))
    for x, y in zip(a, b, strict=True):
        assert tuple(x.shape) == tuple(y.shape)
        assert str(x.dtype) == str(y.dtype).removeprefix("torch.")
        np.testing.assert_allclose(x.numpy(), y.numpy(), rtol=rtol, atol=1e-12)


FUNCTIONS = {
    "elementwise": lambda x: (x * 2 + 1).exp().sin() / (x * x + 1),
    "broadcast": lambda x: x.unsqueeze(1) * x + x[0],
    "sum": lambda x: (x.sum(), x.sum(0, keepdim=True), x.mean(-1)),
    "max": lambda x: (x.max(), x.max(0).values, x.argmax(), x.amin(0)),
    "softmax": lambda x: x.softmax(0).log() + x.log_softmax(-1),
    "views": lambda x: x[None].expand(2, 3).t().reshape(-1)[1:].flip(0),
    "numbers": lambda x: 3.0 - x**2 + 2**x - (x > 0) * 1.0,
    "sort": lambda x: (x.sort(descending=True).values, x.topk(2).indices, x.cumsum(0)),
    "cat": lambda x: x.new_zeros(2),
    "where": lambda x: x.where(x > 0, -x).clamp(max=0.5),
    "norm": lambda x: (x.norm(), x.std(), x.var(0)),
    "index": lambda x: (x[-1], x[..., 1:], x[[0, 2]]),
    "dtype": lambda x: (x > 0, x.to(x.dtype).long(), x.isnan().any()),
    "matmul": lambda x: (x @ x, x.outer(x) @ x, x.unsqueeze(0) @ x.outer(x)),
    "shape": lambda x: x * x.shape[0] + x.dim() + x.numel() + len(x),
    "iterate": lambda x: sum(part * i for i, part in enumerate(x)),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_one_example(name):
    compare(FUNCTIONS[name], X)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("in_dims", "out_dims"),
    [(0, 0), ((0, 0), 0), ((0, None), 0), ((None, 1), 1), ((1, 1), -1), ((-1, 1), 0), ((0, 0), (1,))],
)
def test_dimensions(in_dims, out_dims):
    a, b = np.random.default_rng(0).standard_normal((2, 3, 3))
    compare(lambda x, y: x * y + y.sum(), a, b, in_dims=in_dims, out_dims=out_dims)


@pytest.mark.torch
def test_results_that_no_example_changes_are_repeated():
    compare(lambda x: x.new_ones(2), X)
    compare(lambda x, w: (w * 2, x), X, W, in_dims=(0, None), out_dims=(0, 1))


def test_trees_of_arguments_and_results():
    x, w = autograd.tensor(X), autograd.tensor(W)
    tree = {"a": [x, w], "b": (x,)}
    out = vmap(lambda t: {"sum": t["a"][0] + t["a"][1], "list": [t["b"][0] * 2]}, in_dims=({"a": [0, None], "b": 0},))(
        tree
    )
    np.testing.assert_allclose(out["sum"].numpy(), X + W)
    np.testing.assert_allclose(out["list"][0].numpy(), X * 2)
    np.testing.assert_allclose(vmap(lambda x, *, y: x + y, in_dims=0)(x, y=x).numpy(), X * 2)


@pytest.mark.parametrize("chunk_size", [1, 3, 4, 9])
def test_chunks(chunk_size):
    f = lambda x, w: (x * w, x.sum())
    a = vmap(f, in_dims=(0, None), out_dims=(1, 0), chunk_size=chunk_size)(autograd.tensor(X), autograd.tensor(W))
    np.testing.assert_allclose(a[0].numpy(), (X * W).T)
    np.testing.assert_allclose(a[1].numpy(), X.sum(1))


@pytest.mark.torch
def test_levels():
    compare(lambda a: a, X)
    torch = pytest.importorskip("torch")
    pairs = vmap(lambda a: vmap(lambda b: (a - b).pow(2).sum().sqrt())(autograd.tensor(X)))(autograd.tensor(X))
    t = torch.tensor(X)
    np.testing.assert_allclose(pairs.numpy(), torch.cdist(t, t).numpy(), atol=1e-7)
    three = vmap(vmap(vmap(lambda a, b: a * b, in_dims=(0, None)), in_dims=(None, 0)), in_dims=(0, None))
    np.testing.assert_allclose(
        three(autograd.tensor(X), autograd.tensor(W)).numpy(), np.einsum("ni,j->nji", X, W), rtol=1e-12
    )


def test_gradients_flow_through_from_outside():
    x, w = autograd.tensor(X, requires_grad=True), autograd.tensor(W, requires_grad=True)
    out = vmap(lambda a: (a * w).sin().sum() * a[0])(x)
    out.sum().backward()
    y, v = autograd.tensor(X, requires_grad=True), autograd.tensor(W, requires_grad=True)
    ((y * v).sin().sum(1) * y[:, 0]).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy())
    np.testing.assert_allclose(w.grad.numpy(), v.grad.numpy())


def test_nothing_is_recorded_that_nobody_asked_for():
    x, w = autograd.tensor(X), autograd.tensor(W, requires_grad=True)
    slopes = vmap(func.grad(lambda a, b: (a * b).sum()), in_dims=(None, 0))(autograd.tensor(W), x)
    assert not slopes.requires_grad
    with autograd.no_grad():
        assert not vmap(lambda a: a * w)(x).requires_grad
    assert vmap(lambda a: a * w)(x).requires_grad
    assert not vmap(lambda a: (a * w).detach())(x).requires_grad


def test_detach_inside_stops_gradients_from_outside():
    x = autograd.tensor(X, requires_grad=True)
    vmap(lambda a: (a.detach() * a).sum())(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), X)


def per_example(module, functional_call, grad, cross_entropy, vmap):
    def loss(parameters, x, y):
        return cross_entropy(functional_call(module, parameters, (x,)), y)

    return vmap(grad(loss), in_dims=(None, 0, 0))


@pytest.mark.torch
@pytest.mark.parametrize("whole", [False, True])
def test_gradients_of_each_example(whole):
    torch = pytest.importorskip("torch")
    autograd.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 4))
    other = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 4))
    parameters = {k: p.detach() for k, p in net.named_parameters()}
    x = np.random.default_rng(0).standard_normal((6, 2, 3) if whole else (6, 3)).astype(np.float32)
    y = np.arange(12).reshape(6, 2) % 4 if whole else np.arange(6) % 4
    a = per_example(net, func.functional_call, func.grad, nn.functional.cross_entropy, vmap)
    b = per_example(other, torch.func.functional_call, torch.func.grad, torch.nn.functional.cross_entropy, torch.vmap)
    found = a(parameters, autograd.tensor(x), autograd.tensor(y))
    expected = b({k: torch.tensor(p.numpy()) for k, p in parameters.items()}, torch.tensor(x), torch.tensor(y))
    for k in parameters:
        np.testing.assert_allclose(found[k].numpy(), expected[k].numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.torch
def test_second_order_through_both():
    torch = pytest.importorskip("torch")

    def slope(module, f):
        return module.vmap(module.grad(f))

    x, t = autograd.tensor(X, requires_grad=True), torch.tensor(X, requires_grad=True)
    f = lambda a: (a * a.sin()).sum() * a[0]
    ours, theirs = slope(func, f)(x), slope(torch.func, f)(t)
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy())
    (ours**2).sum().backward()
    (theirs**2).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy())


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize("name", ["hessian", "jacrev", "jacfwd"])
def test_matrices_of_derivatives_of_each_example(name):
    torch = pytest.importorskip("torch")
    f = lambda a: (a.sin() * a.prod(0)).sum()
    found = vmap(getattr(func, name)(f))(autograd.tensor(X))
    expected = torch.vmap(getattr(torch.func, name)(f))(torch.tensor(X))
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-10)


# -- writes ---------------------------------------------------------------------------------------------------------------


def fill_parts(x):
    y = x.clone()
    y[0] = 5
    y[1:] += 1
    y.mul_(x)
    y[-1:].add_(x[0])
    return y


def write_into_likes(x):
    y = x.new_zeros(2, 3)
    y[0] = x
    y[1, 1:] = x[:2] * x[2]
    return y.sum(0) + y


def masks(x):
    y = x.clone()
    y.masked_fill_(x > 0, 7.0)
    return y.clamp(max=5)


@pytest.mark.torch
@pytest.mark.parametrize("f", [fill_parts, write_into_likes, masks])
def test_writes(f):
    compare(f, X)
    torch = pytest.importorskip("torch")
    x, t = autograd.tensor(X, requires_grad=True), torch.tensor(X, requires_grad=True)
    (vmap(f)(x) ** 2).sum().backward()
    (torch.vmap(f)(t) ** 2).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy())
    found = vmap(func.grad(lambda a: (f(a) ** 2).sum()))(autograd.tensor(X))
    np.testing.assert_allclose(found.numpy(), t.grad.numpy())


def test_values_that_differ_cannot_be_written_into_what_all_examples_share():
    shared = autograd.zeros(3)
    with pytest.raises(RuntimeError, match="differ from example to example into a Tensor that is shared"):
        ours(lambda x: shared.add_(x), X)
    with pytest.raises(RuntimeError, match="shared"):
        ours(lambda x: shared.__setitem__(0, x[0]), X)
    assert shared.tolist() == [0.0] * 3


@pytest.mark.parametrize("arguments", [((4,), (1,)), ((2,), (3,)), ((3,), (1,), 1)])
def test_as_strided_stays_inside_an_example(arguments):
    with pytest.raises(RuntimeError, match="out of bounds"):
        ours(lambda x: x.as_strided(*arguments), X)


@pytest.mark.parametrize("dim", [0, 1, 2])
@pytest.mark.parametrize("f", [lambda x: x.t() * 2, lambda x: x * 2, lambda x: x.t().exp() + x.t()])
def test_a_result_lies_in_memory_as_that_of_one_example(f, dim):
    x, seen = autograd.tensor(np.arange(24.0).reshape(2, 4, 3)), []
    vmap(lambda one: (f(one), seen.append(f(one).stride()))[0], in_dims=dim)(x)
    assert seen == [f(x.select(dim, 0)).stride()]


def test_a_leaf_of_the_mapped_function_gives_the_results_no_history():
    x = autograd.tensor(X)
    assert not vmap(lambda a: autograd.ones(3, requires_grad=True) * 2)(x).requires_grad
    assert not vmap(lambda a: autograd.ones(3, requires_grad=True) * a)(x).requires_grad
    assert vmap(lambda a: autograd.ones(3, requires_grad=True) * a)(x.requires_grad_()).requires_grad


def test_the_likes_of_a_mapped_tensor_can_be_leaves():
    def slope(x):
        leaf = autograd.zeros_like(x, requires_grad=True)
        return autograd.grad((leaf * x).sum(), leaf)[0]

    assert ours(slope, X).tolist() == X.tolist()


def test_a_write_that_would_be_lost_is_an_error():
    with pytest.raises(RuntimeError, match="would not reach its base"):
        vmap(lambda x: x.as_strided((2,), (1,)).add_(1))(autograd.tensor(X)[::2])


def test_an_overwritten_value_that_a_rule_needs_is_an_error():
    def f(x):
        leaf = x.clone().detach().requires_grad_()
        y = leaf * 1
        z = y * y
        y.add_(1)
        return autograd.grad(z.sum(), leaf)[0]

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        ours(f, X)


# -- randomness -----------------------------------------------------------------------------------------------------------

DRAWS = {
    "rand": lambda x: x + autograd.rand(3),
    "like": lambda x: x + autograd.randn_like(x),
    "bernoulli": lambda x: autograd.bernoulli(x * 0 + 0.5),
    "uniform_": lambda x: autograd.empty_like(x).uniform_(),
    "dropout": lambda x: nn.functional.dropout(x + 10),
    "normal": lambda x: autograd.normal(x, 1.0),
}


@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers(name):
    many = np.zeros((20, 3))
    with pytest.raises(RuntimeError, match="randomness='different'"):
        ours(DRAWS[name], many)
    autograd.manual_seed(1)
    different = ours(DRAWS[name], many, randomness="different").numpy()
    assert len({tuple(row) for row in different.round(9).tolist()}) > 5
    same = ours(DRAWS[name], many, randomness="same").numpy()
    assert len({tuple(row) for row in same.tolist()}) == 1
    assert len(autograd.lanes.state.levels) == 0


# -- errors ---------------------------------------------------------------------------------------------------------------

WRONG = {
    "no inputs": (lambda m, x: m.vmap(lambda: 1)(), ValueError),
    "in_dims too long": (lambda m, x: m.vmap(lambda a: a, in_dims=(0, 0))(x), ValueError),
    "in_dims out of range": (lambda m, x: m.vmap(lambda a: a, in_dims=2)(x), ValueError),
    "nothing mapped": (lambda m, x: m.vmap(lambda a: a, in_dims=None)(x), ValueError),
    "none of them mapped": (lambda m, x: m.vmap(lambda a: a, in_dims=(None,))(x), ValueError),
    "a number": (lambda m, x: m.vmap(lambda a, b: a)(x, 2.0), ValueError),
    "sizes": (lambda m, x: m.vmap(lambda a, b: a)(x, x[:2]), ValueError),
    "result no Tensor": (lambda m, x: m.vmap(lambda a: 1.0)(x), ValueError),
    "out_dims": (lambda m, x: m.vmap(lambda a: a, out_dims=(0, 1))(x), ValueError),
    "out_dims structure": (lambda m, x: m.vmap(lambda a: (a, a), out_dims=(0, 1, 2))(x), ValueError),
    "randomness": (lambda m, x: m.vmap(lambda a: a, randomness="odd")(x), RuntimeError),
    "chunk_size": (lambda m, x: m.vmap(lambda a: a, chunk_size=0)(x), ValueError),
    "0-d": (lambda m, x: m.vmap(lambda a: a)(x.sum()), ValueError),
    "shapes": (lambda m, x: m.vmap(lambda a: a + a[:2])(x), RuntimeError),
    "item": (lambda m, x: m.vmap(lambda a: a.sum().item())(x), RuntimeError),
    "if": (lambda m, x: m.vmap(lambda a: a if a.sum() > 0 else -a)(x), RuntimeError),
    "nonzero": (lambda m, x: m.vmap(lambda a: a.nonzero())(x), RuntimeError),
    "mask": (lambda m, x: m.vmap(lambda a: a[a > 0])(x), RuntimeError),
    "dim": (lambda m, x: m.vmap(lambda a: a.sum(1))(x), IndexError),
    "dim -2": (lambda m, x: m.vmap(lambda a: a.sum(-2))(x), IndexError),
}


@pytest.mark.torch
@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls(name):
    torch = pytest.importorskip("torch")
    call, error = WRONG[name]
    with pytest.raises(error):
        call(torch.func, torch.tensor(X))
    with pytest.raises(error):
        call(func, autograd.tensor(X))
    assert autograd.lanes.depth == [0]


@pytest.mark.parametrize("text", ["tolist", "numpy", "nonzero", "__bool__", "__float__", "__int__", "item"])
def test_what_needs_values_says_so(text):
    with pytest.raises((RuntimeError, TypeError), match="vmap"):
        ours(lambda x: getattr(x.sum() if text.startswith("__") or text == "item" else x, text)(), X)


def test_a_branch_is_named_as_such():
    with pytest.raises(RuntimeError, match=r"truth value \(if, while"):
        ours(lambda x: x if x.sum() > 0 else -x, X)


def test_numpy_does_not_see_one_example():
    with pytest.raises(RuntimeError, match="vmap"):
        ours(lambda x: autograd.tensor(np.asarray(x)), X)
    np.testing.assert_allclose(ours(lambda x: np.exp(x) + np.ones(3), X).numpy(), np.exp(X) + 1)


def test_printing_shows_all_examples():
    texts = []
    ours(lambda x: texts.append(repr(x)) or x, X)
    assert texts[0].startswith("Mapped(count=4, shape=(3,)")


def test_backward_inside_into_what_all_examples_share_is_an_error():
    w = autograd.tensor(W, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"use autograd\.grad"):
        ours(lambda x: (x * w).sum().backward() or x, X)
    assert w.grad is None


def test_no_examples():
    assert vmap(lambda x: x * 2)(autograd.zeros(0, 3)).shape == (0, 3)
    assert vmap(lambda x: x.sum())(autograd.zeros(0, 3)).shape == (0,)


# -- the rest of the engine, on mapped Tensors ------------------------------------------------------------------------------


class Cubed(autograd.Function):
    """A function with a derivative of its own."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


def test_functions_with_derivatives_of_their_own():
    np.testing.assert_allclose(ours(Cubed.apply, X).numpy(), X**3)
    slopes = ours(func.grad(lambda x: Cubed.apply(x).sum()), X)
    np.testing.assert_allclose(slopes.numpy(), 3 * X**2)
    x = autograd.tensor(X, requires_grad=True)
    vmap(Cubed.apply)(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 3 * X**2)


def test_a_reshape_that_copies_is_no_view():
    def f(x):
        square = x.outer(x).t()
        flat = square.reshape(-1)
        flat.mul_(0)
        return square.sum() * x

    np.testing.assert_allclose(ours(f, X).numpy(), X * (X.sum(1, keepdims=True) ** 2))
    found = ours(func.grad(lambda x: f(x).sum()), X)
    np.testing.assert_allclose(found.numpy(), np.broadcast_to(3 * X.sum(1, keepdims=True) ** 2, X.shape))


def test_hooks_and_retained_gradients():
    def f(x):
        leaf = x.clone().detach().requires_grad_()
        leaf.register_hook(lambda g: g * 10)
        y = leaf * leaf
        y.retain_grad()
        y.sum().backward()
        return leaf.grad, y.grad

    leaf, y = ours(f, X)
    np.testing.assert_allclose(leaf.numpy(), 20 * X)
    np.testing.assert_allclose(y.numpy(), np.ones_like(X))


def test_anomalies_are_found():
    with autograd.detect_anomaly(), pytest.raises(RuntimeError, match="nan"):
        ours(func.grad(lambda x: (x * 0).sqrt().sum()), X)


def test_hooks_that_would_never_run_are_refused():
    w = autograd.tensor(W, requires_grad=True)
    with pytest.raises(RuntimeError, match="doesn't require gradient inside"):
        ours(lambda x: (x * w).register_hook(lambda g: g) or x, X)
    with pytest.raises(RuntimeError, match="data cannot be set"):
        ours(lambda x: setattr(x.clone(), "data", x) or x, X)


def test_written_values_keep_the_history_of_what_all_examples_share():
    w = autograd.tensor(W, requires_grad=True)

    def f(x):
        y = x.clone()
        y[0] = w[0]
        y[1:].copy_(w[1:] * 2)
        return y * x

    vmap(f)(autograd.tensor(X)).sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), X.sum(0) * [1, 2, 2])


def test_detach_in_place_stops_gradients_from_outside():
    x = autograd.tensor(X, requires_grad=True)

    def f(a):
        b = a * 1
        b.detach_()
        return (a * b).sum()

    vmap(f)(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), X)


@pytest.mark.parametrize("in_dim", [0, 1, 2])
def test_attention_layers(in_dim):
    layer = nn.TransformerEncoderLayer(4, 2, 5, dropout=0.0, dtype=autograd.float64)
    weights = {name: p.detach() for name, p in layer.named_parameters()}
    x = autograd.randn(3, 3, 4, dtype=autograd.float64)

    def loss(weights, x):
        return (autograd.func.functional_call(layer, weights, (x,)) ** 3).sum()

    found = autograd.func.vmap(autograd.func.grad(loss), (None, in_dim))(weights, x.movedim(0, in_dim))
    for i, example in enumerate(x):
        for name, gradient in autograd.func.grad(loss)(weights, example).items():
            np.testing.assert_allclose(found[name][i].numpy(), gradient.numpy(), rtol=1e-9, atol=1e-12)


def test_a_view_of_mapped_examples_that_would_copy_is_refused():
    x = np.arange(12.0).reshape(2, 3, 2)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        autograd.func.vmap(lambda e: e.t().view(6))(autograd.tensor(x))
    assert autograd.func.vmap(lambda e: e.view(6))(autograd.tensor(x)).tolist() == x.reshape(2, 6).tolist()
