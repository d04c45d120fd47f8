"""The gradient check must pass what is right, fail what is wrong, and say why."""

import importlib

import numpy as np
import pytest

import autograd
from autograd.gradcheck import GradcheckError, GradcheckReport, gradcheck, gradgradcheck


def leaf(values, dtype=autograd.float64):
    return autograd.tensor(values, dtype=dtype, requires_grad=True)


def function(forward, backward):
    """A Function of one tensor; ``backward`` gets the gradient and the argument."""

    class Made(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, g):
            return backward(g, ctx.saved_tensors[0])

    return Made.apply


def failing(func, inputs, **options):
    report = gradcheck(func, inputs, raise_exception=False, **options)
    assert isinstance(report, GradcheckReport)
    assert not report
    return report


def test_it_is_a_function_of_the_package():
    assert autograd.gradcheck is gradcheck
    assert autograd.gradgradcheck is gradgradcheck
    importlib.import_module("autograd.gradcheck.report")  # the package is still there to import from
    assert autograd.gradcheck is gradcheck


def test_what_is_right_passes():
    x, y = leaf([0.5, -1.5, 2.0]), leaf([[1.0], [2.0]])
    report = gradcheck(lambda x, y: (x * y, (x.exp() / y).sum()), (x, y), check_forward_ad=True)
    assert report
    assert report.compared == 2 * (6 * 3 + 6 * 2 + 3 + 2)
    assert report.mismatches == []
    assert x.tolist() == [0.5, -1.5, 2.0]
    assert x.grad is None
    assert "passed: 70 derivatives" in str(report)


def test_zero_dimensional_empty_and_constant_inputs():
    x = leaf(3.0)
    assert gradcheck(lambda x, k, c: x * k * c, (x, 2, autograd.tensor(3.0, dtype=autograd.float64)))
    assert gradcheck(
        lambda x, e: x * 2 + e.sum(), (x, autograd.zeros(0, 3, dtype=autograd.float64, requires_grad=True))
    )


def test_second_derivatives():
    x, y = leaf([0.5, -1.5]), leaf([2.0, 3.0])
    assert gradgradcheck(lambda x, y: x**3 * y, (x, y))
    assert gradgradcheck(
        lambda x, y: (x * y).sum(), (x, y), autograd.tensor(2.0, dtype=autograd.float64, requires_grad=True)
    )
    assert gradgradcheck(lambda x: x.exp(), x, gen_non_contig_grad_outputs=True)
    wrong = function(lambda x: x**3, lambda g, x: 3 * g * x.detach() ** 2)
    assert gradcheck(wrong, x)
    report = gradgradcheck(wrong, x, raise_exception=False)
    assert not report
    assert report.mismatches[0].input == 0
    assert str(report).startswith("gradgradcheck failed")


def test_a_wrong_gradient_is_named_with_its_place_and_values():
    def backward(g, x):
        back = 2 * g * x
        return back * autograd.tensor([[1.0, 1.0], [1.0, 1.5]], dtype=autograd.float64)

    report = failing(function(lambda x: x * x, backward), leaf([[1.0, 2.0], [3.0, 4.0]]))
    (wrong,) = report.mismatches
    assert (wrong.output, wrong.output_element, wrong.input, wrong.input_element) == (0, (1, 1), 0, (1, 1))
    assert wrong.analytic == pytest.approx(12.0)
    assert wrong.numeric == pytest.approx(8.0)
    assert wrong.difference == pytest.approx(4.0)
    text = str(report)
    assert "Jacobian mismatch for output 0 with respect to input 0" in text
    assert "(1, 1)" in text
    assert "12" in text


def test_it_raises_with_the_report():
    wrong = function(lambda x: x * x, lambda g, x: g * x)
    with pytest.raises(GradcheckError, match="Jacobian mismatch") as caught:
        gradcheck(wrong, leaf([1.0, 2.0]))
    assert len(caught.value.report.mismatches) == 2
    assert issubclass(GradcheckError, RuntimeError)


@pytest.mark.parametrize(
    ("backward", "cause"),
    [
        (lambda g, x: g * x, "a factor of 2 is missing"),
        (lambda g, x: -2 * g * x, "the sign is wrong"),
        (lambda g, x: 0 * g, "no gradient arrives at all"),
        (lambda g, x: None, "no gradient arrives at all"),
        (lambda g, x: (2 * g * x).t(), "transpose"),
        (lambda g, x: g * float("nan"), "0 · inf"),
    ],
)
def test_likely_causes_from_the_pattern(backward, cause):
    x = leaf([[1.0, 2.0], [3.0, 5.0]])
    assert cause in str(failing(function(lambda x: x * x, backward), x))


def test_a_kink_is_told():
    x = leaf([0.0, 1.0])
    wrong = function(lambda x: x.abs(), lambda g, x: g)
    assert "a kink at this point: the slope is -1 to the left and 1 to the right" in str(failing(wrong, x))
    report = gradcheck(lambda x: x.abs(), x)
    assert "input 0 stands on a kink at (0,)" in str(report)


def test_a_jump_is_told():
    step = function(lambda x: (x > 1.0).double(), lambda g, x: 0 * g)
    assert "a jump at this point" in str(failing(step, leaf([1.0, 3.0])))


def test_a_function_that_is_not_deterministic():
    rng = np.random.default_rng(0)
    text = str(failing(lambda x: x * float(rng.uniform()), leaf([1.0, 2.0])))
    assert "not deterministic" in text


def test_float32_is_warned_of_and_told():
    x = leaf([100.0, 2.0], dtype=autograd.float32)
    with pytest.warns(UserWarning, match="Input #0 requires gradient and is not a double precision"):
        report = gradcheck(lambda x: x**3, x, raise_exception=False)
    assert not report
    assert "use float64" in str(report)


def test_an_in_place_change_of_an_input():
    def func(x, buffer):
        buffer.add_(1)
        return x * 2

    text = str(failing(func, (leaf([1.0]), autograd.zeros(1))))
    assert "changed tensor input 1 in place" in text


def test_backward_that_differs_from_run_to_run():
    class Noisy(autograd.Function):
        calls = 0

        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            Noisy.calls += 1
            return g * 2 + 1e-7 * (Noisy.calls % 2) * g

    assert "Backward is not reentrant" in str(failing(Noisy.apply, leaf([1.0])))
    assert gradcheck(Noisy.apply, leaf([1.0]), nondet_tol=1e-5)


def test_backward_that_is_not_linear():
    clipped = function(lambda x: 2 * x, lambda g, x: 2 * g.sign() * g.abs().round())
    assert "not linear in the incoming gradient" in str(failing(clipped, leaf([1.0, 2.0])))


def test_backward_that_does_not_give_zeros():
    shifted = function(lambda x: 2 * x, lambda g, x: 2 * g + (g == 0).all().double())
    assert "zeros for zero gradients" in str(failing(shifted, leaf([1.0])))


def test_an_output_cut_from_the_graph():
    report = failing(lambda x: x.detach() * 2, leaf([1.0]))
    assert "does not require grad, but changes with input 0" in str(report)
    assert gradcheck(lambda x: (x > 0.5).double(), leaf([1.0]))


def test_forward_mode_is_checked_apart():
    class Half(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g

        @staticmethod
        def jvp(ctx, t):
            return 3 * t

    x = leaf([1.0])
    assert gradcheck(Half.apply, x)
    report = failing(Half.apply, x, check_forward_ad=True)
    assert [c.mode for c in report.comparisons if c.mismatches] == ["forward"]


def test_fast_mode():
    x, y = leaf(np.linspace(0.2, 1, 30).tolist()), leaf([2.0])
    report = gradcheck(lambda x, y: (x**3).sum() * y, (x, y), fast_mode=True)
    assert report.compared == 2
    wrong = function(lambda x: x**2, lambda g, x: 2.1 * g * x)
    assert "without fast_mode" in str(failing(lambda x: wrong(x), x, fast_mode=True))


def test_closures_over_the_inputs_see_the_changes():
    weight = leaf([[1.0, 2.0]])
    assert gradcheck(lambda *_: (weight**2).sum(), (weight,))


def test_errors_of_use():
    x = leaf([1.0])
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(lambda x: x, autograd.ones(2))
    with pytest.raises(TypeError, match="output 0 is float"):
        gradcheck(lambda x: 3.0, x)
    with pytest.raises(ValueError, match="one of check_backward_ad"):
        gradcheck(lambda x: x, x, check_backward_ad=False)
    with pytest.raises(NotImplementedError, match="check_batched_grad"):
        gradcheck(lambda x: x, x, check_batched_grad=True)
    with pytest.raises(RuntimeError, match="stride 0"):
        gradcheck(lambda x: x * 1, autograd.ones(1, dtype=autograd.float64).expand(3).requires_grad_())


def test_non_leaf_inputs():
    x = leaf([1.0, 2.0])
    assert gradcheck(lambda y: y**2, x * 2)


@pytest.mark.torch
@pytest.mark.parametrize("factor", [1.0, 1.0009, 1.0011, 1.1])
def test_the_same_verdict_as_pytorch(factor):
    import torch

    class Theirs(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1.0

        @staticmethod
        def backward(ctx, g):
            return g * factor

    ours = gradcheck(function(lambda x: x * 1.0, lambda g, x: g * factor), leaf([5.0, 7.0]), raise_exception=False)
    x = torch.tensor([5.0, 7.0], dtype=torch.float64, requires_grad=True)
    assert bool(ours) == torch.autograd.gradcheck(Theirs.apply, x, raise_exception=False)


def test_reports_and_mismatches_are_printed_shortly():
    x = leaf([1.0, 2.0])
    assert (
        repr(autograd.gradcheck(lambda x: x.exp(), x)) == "<GradcheckReport: gradcheck passed: 4 derivatives compared>"
    )
    report = autograd.gradcheck(lambda x: x.detach() * x, x, raise_exception=False)
    assert "analytic=2.0" in repr(report.mismatches[0])
