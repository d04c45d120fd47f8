"""``gradcheck`` and ``gradgradcheck``: derivatives of functions against central differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.creation import from_numpy, tensor
from autograd.differentiate import grad
from autograd.gradcheck import causes
from autograd.gradcheck.jacobian import analytical, as_outputs, moved, numerical, pulled, pushed, values
from autograd.gradcheck.report import GradcheckError, GradcheckReport, compare
from autograd.tensor import Tensor, materialise


def gradcheck(
    func: Callable,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> GradcheckReport:
    """Compare the gradients of ``func(*inputs)`` with ``(f(x + ε) − f(x − ε)) / 2ε``, element by element.

    Every output that requires grad against every input that does; they agree where
    ``|analytic − numeric| ≤ atol + rtol · |numeric|``. Inputs should be float64 (a UserWarning where they are not) and
    away from kinks. It is also checked that backward gives the same twice, is linear in its gradient, gives zeros
    for zeros, and that ``func`` leaves its inputs alone; ``check_forward_ad`` adds forward mode; ``fast_mode`` compares
    one random direction instead of every element.

    Returns a ``GradcheckReport``, true where all agree; else raises ``GradcheckError`` with the report (returns it with
    ``raise_exception=False``). ValueError where no input requires grad. As ``torch.autograd.gradcheck``.

    >>> import autograd
    >>> x = autograd.tensor([0.5, 1.5], dtype=autograd.float64, requires_grad=True)
    >>> print(autograd.gradcheck(lambda x: (x**3).sum(), x))
    gradcheck passed: 2 derivatives compared
      output  input   mode      compared  wrong  worst difference
      0 ()    0 (2,)  backward  2         0      ...
    """
    if not (check_backward_ad or check_forward_ad):
        raise ValueError("gradcheck: one of check_backward_ad and check_forward_ad must be True")
    if check_batched_grad or check_batched_forward_grad:
        raise NotImplementedError("gradcheck: check_batched_grad and check_batched_forward_grad are not supported")
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    check = _Check(func, given, eps, (atol, rtol), nondet_tol)
    check.begin()
    if check.report:
        if fast_mode:
            check.fast(check_forward_ad, check_backward_ad)
        else:
            check.slow(check_forward_ad, check_backward_ad)
    if check.report and check_backward_ad and check.places:
        check.backward_properties(check_undefined_grad)
    return _verdict(check.report, raise_exception)


def gradgradcheck(
    func: Callable,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> GradcheckReport:
    """Compare second derivatives with central differences of the first: ``gradcheck`` of the gradients of ``func``.

    ``grad_outputs`` are the gradients of the outputs with which the first are taken (random ones if left out), and are
    differentiated, too. Returns and raises as ``gradcheck``. As ``torch.autograd.gradgradcheck``.

    >>> import autograd
    >>> x = autograd.tensor([0.5, 1.5], dtype=autograd.float64, requires_grad=True)
    >>> bool(autograd.gradgradcheck(lambda x: x**3, x))
    True
    """
    given = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    outputs = [o for o in as_outputs(func(*given)) if o.requires_grad]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        seeds = tuple(_seed(rng, o, gen_non_contig_grad_outputs) for o in outputs)
    else:
        seeds = (grad_outputs,) if isinstance(grad_outputs, Tensor) else tuple(grad_outputs)
    count = len(given)

    def gradients(*args: Any) -> tuple:
        made = [o for o in as_outputs(func(*args[:count])) if o.requires_grad]
        wanted = [a for a in args[:count] if isinstance(a, Tensor) and a.requires_grad]
        found = grad(made, wanted, list(args[count:]), create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    report = gradcheck(
        gradients,
        (*given, *seeds),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=False,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
    )
    report.name = "gradgradcheck"
    report.notes.append(
        f"an output is a gradient of func here; the inputs from {count} on are the gradients of its outputs"
    )
    return _verdict(report, raise_exception)


def _seed(rng: np.random.Generator, output: Tensor, gaps: bool) -> Tensor:
    """A random gradient for ``output``, in memory with gaps if asked for."""
    shape = tuple(output.shape)
    array = rng.uniform(-1, 1, (*shape, 2) if gaps else shape).astype(output.dtype)
    return (from_numpy(array[..., 0]) if gaps else tensor(array)).requires_grad_()


def _verdict(report: GradcheckReport, raise_exception: bool) -> GradcheckReport:
    if raise_exception and not report:
        error = GradcheckError(str(report))
        error.report = report
        raise error
    return report


class _Check:
    """One check: the function, its inputs, which of them and of the outputs are compared, and the report."""

    def __init__(self, func: Callable, inputs: tuple, eps: float, tolerances: tuple, nondet_tol: float) -> None:
        self.func, self.inputs, self.eps = func, inputs, eps
        self.tolerances, self.nondet_tol = tolerances, nondet_tol
        self.report = GradcheckReport()
        self.wanted = [i for i, t in enumerate(inputs) if isinstance(t, Tensor) and t.requires_grad]
        if not self.wanted:
            raise ValueError(
                "gradcheck expects at least one input tensor to require gradient, but none of them has requires_grad=True"
            )
        self._check_inputs()

    def _check_inputs(self) -> None:
        for i in self.wanted:
            given = self.inputs[i]
            if given.element_size() < 8:
                warnings.warn(
                    f"Input #{i} requires gradient and is not a double precision floating point ({given.dtype}). This "
                    "check will likely fail if all the inputs are not of double precision floating point.",
                    UserWarning,
                    stacklevel=4,
                )
            array = materialise(given)
            if array.size and any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True)):
                raise RuntimeError(
                    f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                    "non-overlapping to be able to compute the numerical gradients correctly. You should call "
                    ".contiguous() on the input before passing it to gradcheck."
                )

    def begin(self) -> None:
        """Run the function once, and see that it leaves its inputs alone."""
        given = [t for t in self.inputs if isinstance(t, Tensor)]
        before = [np.array(t._array) for t in given]
        self.outputs = as_outputs(self.func(*self.inputs))
        self.places = [i for i, o in enumerate(self.outputs) if o.requires_grad]
        for i, (one, kept) in enumerate(zip(given, before, strict=True)):
            if not np.array_equal(np.asarray(one._array), kept, equal_nan=kept.dtype.kind == "f"):
                self.report.problems.append(
                    f"func changed tensor input {i} in place: it must compute on a copy, since it is called again and "
                    "again with the same inputs"
                )
        again = as_outputs(self.func(*self.inputs))
        self.steady = len(again) == len(self.outputs) and all(
            np.array_equal(a, b, equal_nan=True) for a, b in zip(values(again), values(self.outputs), strict=True)
        )

    # -- every element ------------------------------------------------------------------------------------------------

    def slow(self, forward: bool, backward: bool) -> None:
        """Compare all Jacobians, element by element."""
        tensors = [self.inputs[n] for n in self.wanted]
        places = self.places or [i for i, o in enumerate(self.outputs) if o.is_floating_point()]
        numeric: list[list[np.ndarray]] = []
        for n in self.wanted:
            columns, kinks = numerical(self.func, self.inputs, places, n, self.eps)
            numeric.append(columns)
            if kinks and self.steady:
                shown = ", ".join(str(k) for k in kinks[:3]) + (", …" if len(kinks) > 3 else "")
                self.report.notes.append(
                    f"input {n} stands on a kink at {shown}: there the slopes to both sides differ, and what backward "
                    "gives is a convention"
                )
        if not self.places:
            self._constant(places, numeric)
            return
        modes = []
        if backward:
            modes.append(("backward", [analytical(self.outputs[i], tensors) for i in self.places]))
        if forward:
            modes.append(("forward", pushed(self.func, self.inputs, self.places, self.wanted)))
        for mode, jacobians in modes:
            for j, place in enumerate(self.places):
                for k, number in enumerate(self.wanted):
                    self._compare(place, number, mode, jacobians[j][k], numeric[k][j])

    def _constant(self, places: list[int], numeric: list) -> None:
        """No output requires grad: then none may change."""
        for k, number in enumerate(self.wanted):
            for j, place in enumerate(places):
                if not np.allclose(numeric[k][j], 0, atol=self.tolerances[0]):
                    self.report.problems.append(
                        f"output {place} does not require grad, but changes with input {number}: Numerical gradient for "
                        "function expected to be zero (was it computed under no_grad(), or detached?)"
                    )
        self.report.notes.append("no output requires grad")

    def _compare(self, place: int, number: int, mode: str, analytic: np.ndarray, numeric: np.ndarray) -> None:
        shapes = (tuple(self.outputs[place].shape), tuple(self.inputs[number].shape))
        found = compare(place, number, mode, shapes, analytic, numeric, self.tolerances)
        self.report.comparisons.append(found)
        if found.mismatches:
            if not self.steady:
                found.causes.append(
                    "func is not deterministic: the same inputs gave other values (random numbers, dropout, state)"
                )
                return
            found.causes += causes.precision(self.inputs, self.outputs)
            found.causes += causes.patterns(analytic, numeric, found)
            found.causes += causes.at_the_worst(self.func, self.inputs, self.places, found.mismatches[0], self.eps)

    # -- one random direction -------------------------------------------------------------------------------------------

    def fast(self, forward: bool, backward: bool) -> None:
        """Compare ``vᵀ J u`` for one random ``u`` of each input and one ``v`` for all outputs."""
        if not self.places:
            self.slow(forward, backward)
            return
        rng = np.random.default_rng(0)
        weights = [rng.uniform(0.1, 1, tuple(self.outputs[i].shape)).astype(self.outputs[i].dtype) for i in self.places]
        tensors = [self.inputs[n] for n in self.wanted]
        gradients = pulled([self.outputs[i] for i in self.places], tensors, weights)
        for gradient, number in zip(gradients, self.wanted, strict=True):
            array = materialise(self.inputs[number])
            direction = rng.uniform(0.1, 1, array.shape)
            direction /= max(float(np.linalg.norm(direction)), 1e-30)
            numeric = (
                (self._weighted(array, direction, weights) - self._weighted(array, -direction, weights)) / 2 / self.eps
            )
            analytic = float((gradient * direction).sum())
            pair = (np.array([[analytic]]), np.array([[numeric]]))
            found = compare(self.places[0], number, "fast", ((), ()), *pair, self.tolerances)
            self.report.comparisons.append(found)
            if found.mismatches:
                found.causes += causes.precision(self.inputs, self.outputs)
                found.causes.append(
                    "one random direction was compared: run without fast_mode to see which elements differ"
                )
        if forward:
            self.report.notes.append("forward mode is not checked by fast_mode")

    def _weighted(self, array: np.ndarray, direction: np.ndarray, weights: Sequence[np.ndarray]) -> float:
        with moved(array, ..., self.eps * direction):
            outputs = as_outputs(self.func(*self.inputs))
            found = values([outputs[i] for i in self.places])
        return float(sum((f * w).sum() for f, w in zip(found, weights, strict=True)))

    # -- what backward must do besides ----------------------------------------------------------------------------------

    def backward_properties(self, check_zeros: bool) -> None:
        """The same gradient twice, linear in the incoming one, zeros for zeros, and the inputs' dtypes."""
        outputs = [self.outputs[i] for i in self.places]
        tensors = [self.inputs[n] for n in self.wanted]
        rng = np.random.default_rng(1)
        one, two = ([np.asarray(rng.uniform(-1, 1, tuple(o.shape))).astype(o.dtype) for o in outputs] for _ in range(2))
        first, again = pulled(outputs, tensors, one), pulled(outputs, tensors, one)
        second = pulled(outputs, tensors, two)
        both = pulled(outputs, tensors, [a + 2 * b for a, b in zip(one, two, strict=True)])
        zeros = pulled(outputs, tensors, [0 * a for a in one]) if check_zeros else []
        for k, number in enumerate(self.wanted):
            apart = float(np.max(np.abs(first[k] - again[k]), initial=0))
            if apart > self.nondet_tol:
                self.report.problems.append(
                    f"Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    f"gives different values: input {number} differs by {apart:.3g} (nondet_tol={self.nondet_tol:g})"
                )
            elif not np.allclose(both[k], first[k] + 2 * second[k], rtol=1e-3, atol=self.tolerances[0], equal_nan=True):
                self.report.problems.append(
                    f"backward is not linear in the incoming gradient for input {number}: the gradient of a sum is not "
                    "the sum of the gradients (is the gradient clipped, normalised or rounded in backward?)"
                )
            if check_zeros and np.any(zeros[k] != 0):
                self.report.problems.append(
                    f"backward does not give zeros for zero gradients of the outputs: input {number} gets {zeros[k].max():.3g}"
                )
