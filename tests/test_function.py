"""Operations of the user's own."""

import gc
import weakref

import numpy as np
import pytest

import autograd
from autograd.function import FunctionCtx, once_differentiable


def leaf(*values, dtype=autograd.float64):
    return autograd.tensor(list(values), dtype=dtype, requires_grad=True)


class Cube(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x * x


class Exp(autograd.Function):
    """Saves its output; with setup_context."""

    @staticmethod
    def forward(x, scale):
        return (x * scale).exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
        ctx.scale = inputs[1]

    @staticmethod
    def backward(ctx, grad):
        (out,) = ctx.saved_tensors
        return grad * out * ctx.scale, None


SEEN = []


class Split(autograd.Function):
    """Two results, of which one may be unused."""

    @staticmethod
    def forward(ctx, x, y, materialize=True):
        ctx.save_for_backward(x, y)
        ctx.set_materialize_grads(materialize)
        return x * y, x + y

    @staticmethod
    def backward(ctx, gp, gs):
        SEEN.append((gp, gs))
        x, y = ctx.saved_tensors
        gp = 0 if gp is None else gp
        gs = 0 if gs is None else gs
        return gp * y + gs, gp * x + gs, None


def test_first_and_higher_derivatives():
    x = leaf(2.0, -1.0)
    y = Cube.apply(x)
    assert y.grad_fn.name() == "CubeBackward"
    assert not y.is_leaf
    (first,) = autograd.grad(y.sum(), x, create_graph=True)
    (second,) = autograd.grad(first.sum(), x, create_graph=True)
    (third,) = autograd.grad(second.sum(), x)
    assert first.tolist() == [12.0, 3.0]
    assert second.tolist() == [12.0, -6.0]
    assert third.tolist() == [6.0, 6.0]


def test_saved_output_and_setup_context():
    x = leaf(0.5)
    y = Exp.apply(x, 2.0)
    (first,) = autograd.grad(y, x, autograd.ones(1, dtype=autograd.float64), create_graph=True)
    (second,) = autograd.grad(first, x, autograd.ones(1, dtype=autograd.float64))
    assert first.item() == pytest.approx(2 * np.exp(1.0))
    assert second.item() == pytest.approx(4 * np.exp(1.0))
    assert y.grad_fn.scale == 2.0


def test_several_results_and_materialised_gradients():
    x, y = leaf(2.0, 3.0), leaf(5.0, 7.0)
    SEEN.clear()
    product, total = Split.apply(x, y)
    (product.sum() + 2 * total.sum()).backward()
    assert x.grad.tolist() == [7.0, 9.0]
    assert y.grad.tolist() == [4.0, 5.0]
    product, _ = Split.apply(x, y)
    product.sum().backward()
    assert SEEN[-1][1].tolist() == [0.0, 0.0]
    product, _ = Split.apply(x, y, False)
    product.sum().backward()
    assert SEEN[-1][1] is None


def test_second_order_through_several_results():
    x, y = leaf(2.0), leaf(5.0)
    product, total = Split.apply(x, y)
    gx, gy = autograd.grad((product * total).sum(), [x, y], create_graph=True)
    assert gx.item() == 2 * 2 * 5 + 25
    assert gy.item() == 2 * 2 * 5 + 4
    (mixed,) = autograd.grad(gx.sum(), y)
    assert mixed.item() == 2 * 2 + 2 * 5


def test_needs_input_grad_and_constants():
    seen = []

    class Scale(autograd.Function):
        @staticmethod
        def forward(ctx, x, y, k):
            seen.append(ctx.needs_input_grad)
            return x * y * k

        @staticmethod
        def backward(ctx, g):
            seen.append(ctx.needs_input_grad)
            return g, None, None

    x = leaf(1.0)
    Scale.apply(x, autograd.tensor([2.0], dtype=autograd.float64), 3).sum().backward()
    assert seen == [(True, False, False)] * 2
    with autograd.no_grad():
        assert not Scale.apply(x, x, 1).requires_grad
    assert not Scale.apply(x.detach(), x.detach(), 1).requires_grad


def test_forward_is_not_recorded():
    class Inside(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            assert not autograd.is_grad_enabled()
            y = x * 2
            assert not y.requires_grad
            return y

        @staticmethod
        def backward(ctx, g):
            assert not autograd.is_grad_enabled()
            return g * 2

    x = leaf(1.0)
    Inside.apply(x).sum().backward()
    assert x.grad.tolist() == [2.0]


def test_mark_non_differentiable():
    class Sort(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            order = x.argsort()
            rounded = x.round()
            ctx.mark_non_differentiable(rounded)
            ctx.save_for_backward(order)
            return x[order], order, rounded

        @staticmethod
        def backward(ctx, g, g_order, g_rounded):
            assert g_order.shape == (3,)
            assert g_rounded.tolist() == [0.0, 0.0, 0.0]
            (order,) = ctx.saved_tensors
            back = autograd.zeros_like(g)
            back[order] = g
            return back

    x = leaf(3.0, 1.0, 2.0)
    values, order, rounded = Sort.apply(x)
    assert values.requires_grad
    assert not order.requires_grad
    assert not rounded.requires_grad
    (values * autograd.tensor([1.0, 10.0, 100.0], dtype=autograd.float64)).sum().backward()
    assert x.grad.tolist() == [100.0, 1.0, 10.0]


class Double(autograd.Function):
    """In place."""

    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 2


def test_mark_dirty():
    x = leaf(1.0, 2.0)
    y = x * 1
    z = Double.apply(y)
    assert z is y
    assert y.tolist() == [2.0, 4.0]
    (y * 3).sum().backward()
    assert x.grad.tolist() == [6.0, 6.0]
    with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
        Double.apply(leaf(1.0))


def test_mark_dirty_must_be_returned():
    class Wrong(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x * 1

    with pytest.raises(RuntimeError, match="returned as an output"):
        Wrong.apply(leaf(1.0) * 1)


def test_an_input_returned_untouched_is_another_tensor():
    class Reverse(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return -g

    x = leaf(1.0)
    y = Reverse.apply(x)
    assert y is not x
    assert x.is_leaf
    y.sum().backward()
    assert x.grad.tolist() == [-1.0]


def test_overwritten_saved_value_is_an_error():
    x = leaf(1.0, 2.0)
    y = x * 1
    z = Cube.apply(y)
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation: Cube saved"):
        z.sum().backward()


def test_freed_values():
    x = leaf(1.0)
    y = Cube.apply(x)
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    assert x.grad.tolist() == [6.0]
    with pytest.raises(RuntimeError, match="second time"):
        y.sum().backward()
    with pytest.raises(RuntimeError, match="already been freed"):
        y.grad_fn.saved_tensors


def test_saved_values_die_after_backward():
    x = leaf(1.0)
    middle = x * 2
    memory = weakref.ref(middle)
    y = Cube.apply(middle)
    del middle
    gc.disable()
    try:
        y.sum().backward()
        assert memory() is None
    finally:
        gc.enable()


def returning(value):
    class Fixed(autograd.Function):
        @staticmethod
        def forward(ctx, x, k):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return value(g) if callable(value) else value

    return Fixed


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (lambda g: g, RuntimeError, r"incorrect number of gradients \(expected 2, got 1\)"),
        (lambda g: (g, None, g), RuntimeError, r"incorrect number of gradients \(expected 2, got 3\)"),
        (lambda g: (g, g), RuntimeError, "different from None at position 2"),
        (lambda g: (g[:2], None), RuntimeError, r"invalid gradient at index 0 - got \[2\] but expected .*\[3\]"),
        (lambda g: (3.0, None), TypeError, "expected a Tensor or None as gradient 0, but got float"),
    ],
)
def test_wrong_gradients(value, error, text):
    x = leaf(1.0, 2.0, 3.0)
    with pytest.raises(error, match=text):
        returning(value).apply(x, 5).sum().backward()


def test_gradients_are_fitted():
    x = leaf(1.0, 2.0, 3.0, dtype=autograd.float32)
    returning(lambda g: (g.double(), None, None)).apply(x, 5).sum().backward()
    assert x.grad.dtype == autograd.float32
    y = leaf(1.0)
    (returning(lambda g: (autograd.ones(4, 1, dtype=autograd.float64), None)).apply(y, 5)).sum().backward()
    assert y.grad.tolist() == [4.0]
    z = leaf(1.0)
    returning((None, None)).apply(z, 5).sum().backward()
    assert z.grad is None


def test_once_differentiable():
    class Square(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            assert not autograd.is_grad_enabled()
            return 2 * g * ctx.saved_tensors[0]

    x = leaf(3.0)
    y = Square.apply(x)
    (first,) = autograd.grad(y * x, x, autograd.ones(1, dtype=autograd.float64), create_graph=True)
    assert first.item() == 27.0
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


def test_forward_mode():
    class Square(autograd.Function):
        @staticmethod
        def forward(ctx, x, k):
            ctx.save_for_forward(x)
            return k * x * x

        @staticmethod
        def jvp(ctx, t, k):
            return 2 * 3 * ctx.saved_tensors[0] * t

    from autograd.forward import push_forward

    x = leaf(2.0)
    y = Square.apply(x, 3)
    (tangent,) = push_forward([y], {x._node.number: np.array([1.0])})
    assert tangent.tolist() == [12.0]


def test_errors_of_use():
    with pytest.raises(RuntimeError, match="not instantiated"):
        Cube()(leaf(1.0))
    with pytest.raises(TypeError, match="argument 1 is of type int"):
        FunctionCtx().save_for_backward(leaf(1.0), 3)

    class Nothing(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 3.0

    with pytest.raises(TypeError, match="expected to return a Tensor"):
        Nothing.apply(leaf(1.0))
    with pytest.raises(NotImplementedError, match="implement the forward"):
        autograd.Function.apply(leaf(1.0))

    class NoBackward(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    with pytest.raises(NotImplementedError, match="backward or vjp"):
        NoBackward.apply(leaf(1.0)).sum().backward()


def test_hooks_and_walks_to_chosen_inputs():
    x, y = leaf(2.0), leaf(3.0)
    product, total = Split.apply(x, y)
    seen = []
    product.register_hook(lambda g: seen.append(g.tolist()))
    (gx,) = autograd.grad((product + total).sum(), x)
    assert gx.tolist() == [4.0]
    assert seen == [[1.0]]


def test_a_picture_can_be_drawn():
    from autograd.records import records

    x = leaf(2.0)
    found = records([Cube.apply(x).sum()])
    assert "Cube" in [r.label for r in found]


def test_many_calls_in_a_chain_need_no_recursion():
    x = leaf(1.0)
    y = x
    keep = returning(lambda g: (g, None))
    for _ in range(3000):
        y = keep.apply(y, 0)
    y.sum().backward()
    assert x.grad.tolist() == [1.0]
    del y


@pytest.mark.torch
def test_a_module_of_functions_as_in_pytorch():
    import torch

    def build(lib):
        class Linear(lib.Function if lib is autograd else torch.autograd.Function):
            @staticmethod
            def forward(ctx, input, weight, bias=None):
                ctx.save_for_backward(input, weight, bias)
                output = input.mm(weight.t())
                if bias is not None:
                    output += bias.unsqueeze(0).expand_as(output)
                return output

            @staticmethod
            def backward(ctx, grad_output):
                input, weight, bias = ctx.saved_tensors
                grad_input = grad_weight = grad_bias = None
                if ctx.needs_input_grad[0]:
                    grad_input = grad_output.mm(weight)
                if ctx.needs_input_grad[1]:
                    grad_weight = grad_output.t().mm(input)
                if bias is not None and ctx.needs_input_grad[2]:
                    grad_bias = grad_output.sum(0)
                return grad_input, grad_weight, grad_bias

        return Linear

    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(s) for s in ((5, 3), (2, 3), (2,))]
    found = []
    for lib in (autograd, torch):
        args = [lib.tensor(a, requires_grad=True) for a in arrays]
        out = build(lib).apply(*args)
        first = (lib if lib is autograd else torch.autograd).grad((out**3).sum(), args, create_graph=True)
        second = (lib if lib is autograd else torch.autograd).grad(sum((g**2).sum() for g in first), args)
        found.append([np.asarray(t.detach().numpy()) for t in (*first, *second)])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)
