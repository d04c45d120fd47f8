"""``autograd.functional`` against ``torch.autograd.functional``: values, structures, dtypes, history, strictness, errors."""

import pytest

import autograd as ag
from autograd import functional
from tests.func.both import same, same_error

pytestmark = pytest.mark.torch


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def x(p, n=3):
    return p.lib.arange(1.0, n + 1) / 2


def m(p):
    return p.lib.tensor([[0.5, -1.0], [2.0, 0.25]], dtype=p.lib.float64)


FUNCTIONS = {
    "one to one": (lambda a: a.sum() * a**2, lambda p: x(p)),
    "matrix": (lambda a: (a @ a).sin(), lambda p: m(p)),
    "two to one": (lambda a, b: (a * b.sum()).exp(), lambda p: (x(p), x(p, 2))),
    "one to two": (lambda a: (a**3, a.sum()), lambda p: x(p)),
    "two to two": (lambda a, b: (a * b, (b**2).sum()), lambda p: (x(p), x(p) + 1)),
    "tuple of one": (lambda a: (a**2,), lambda p: (x(p),)),
    "unused": (lambda a, b: a**2, lambda p: (x(p), x(p, 2))),
    "linear": (lambda a: 3 * a, lambda p: x(p)),
    "mixed dtypes": (lambda a, b: a.double() * b, lambda p: (x(p), x(p).double())),
    "scalar": (lambda a: a * a, lambda p: p.lib.tensor(3.0)),
    "with history": (lambda a: a**3, lambda p: x(p).requires_grad_()),
    "part with history": (lambda a, b: a**3 * b, lambda p: (x(p).requires_grad_(), x(p))),
    "an input returned": (lambda a: a, lambda p: x(p)),
}
SCALARS = {
    "cubes": (lambda a: (a**3).sum(), lambda p: x(p)),
    "matrix": (lambda a: (a @ a).sin().sum(), lambda p: m(p)),
    "two": (lambda a, b: (a**2 * b).sum(), lambda p: (x(p), x(p) + 1)),
    "tuple of one": (lambda a: (a**3).sum(), lambda p: (x(p),)),
    "linear": (lambda a: (2 * a).sum(), lambda p: x(p)),
    "separate": (lambda a, b: (a**2).sum() + (b**3).sum(), lambda p: (x(p), x(p, 2))),
    "unused": (lambda a, b: (a**3).sum(), lambda p: (x(p), x(p, 2))),
    "one element": (lambda a: (a**3).sum()[None], lambda p: x(p)),
    "with history": (lambda a: (a**3).sum(), lambda p: x(p).requires_grad_()),
    "scalar": (lambda a: a**3, lambda p: p.lib.tensor(3.0)),
}


def outputs_like(p, function, inputs):
    with p.lib.no_grad():
        found = function(*inputs) if isinstance(inputs, tuple) else function(inputs)
        return tuple(o + 1 for o in found) if isinstance(found, tuple) else found + 1


def inputs_like(p, inputs):
    with p.lib.no_grad():
        return tuple(i * 2 for i in inputs) if isinstance(inputs, tuple) else inputs * 2


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("name", FUNCTIONS)
class TestFirstOrder:
    def test_jacobian(self, torch, name, create):
        function, inputs = FUNCTIONS[name]
        same(torch, lambda p: p.functional.jacobian(function, inputs(p), create_graph=create))

    def test_jacobian_vectorized(self, torch, name, create):
        function, inputs = FUNCTIONS[name]
        # Loosely: there, one row with a history gives all of them one.
        same(
            torch,
            lambda p: p.functional.jacobian(function, inputs(p), create_graph=create, vectorize=True),
            loosely=create,
        )

    def test_jacobian_forward(self, torch, name, create):
        if create:
            return
        function, inputs = FUNCTIONS[name]
        # Loosely: there, this strategy gives lists, and a history although create_graph is False.
        same(
            torch,
            lambda p: p.functional.jacobian(function, inputs(p), vectorize=True, strategy="forward-mode"),
            loosely=True,
        )

    def test_vjp(self, torch, name, create):
        function, inputs = FUNCTIONS[name]
        same(torch, lambda p: p.functional.vjp(function, inputs(p), outputs_like(p, function, inputs(p)), create))

    def test_jvp(self, torch, name, create):
        function, inputs = FUNCTIONS[name]
        same(torch, lambda p: p.functional.jvp(function, inputs(p), inputs_like(p, inputs(p)), create))


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("name", SCALARS)
class TestSecondOrder:
    """With ``create`` loosely: which constant second derivatives have a history differs from engine to engine."""

    def test_hessian(self, torch, name, create):
        function, inputs = SCALARS[name]
        same(torch, lambda p: p.functional.hessian(function, inputs(p), create_graph=create), loosely=create)

    def test_hessian_vectorized(self, torch, name, create):
        function, inputs = SCALARS[name]
        same(
            torch,
            lambda p: p.functional.hessian(function, inputs(p), create_graph=create, vectorize=True),
            loosely=create,
        )

    def test_vhp(self, torch, name, create):
        function, inputs = SCALARS[name]
        same(torch, lambda p: p.functional.vhp(function, inputs(p), inputs_like(p, inputs(p)), create), loosely=create)

    def test_hvp(self, torch, name, create):
        function, inputs = SCALARS[name]
        same(torch, lambda p: p.functional.hvp(function, inputs(p), inputs_like(p, inputs(p)), create), loosely=create)


@pytest.mark.parametrize("name", ["cubes", "matrix", "two", "separate", "scalar"])
def test_hessian_forward(torch, name):
    function, inputs = SCALARS[name]
    same(
        torch,
        lambda p: p.functional.hessian(function, inputs(p), vectorize=True, outer_jacobian_strategy="forward-mode"),
        loosely=True,
    )


def test_the_vector_may_be_left_out_for_one_element(torch):
    same(torch, lambda p: p.functional.vjp(lambda a: (a**2).sum(), x(p)))
    same(torch, lambda p: p.functional.jvp(lambda a: a * x(p), p.lib.tensor(2.0)))
    same(torch, lambda p: p.functional.vhp(lambda a: a**3, p.lib.tensor(2.0)))
    same(torch, lambda p: p.functional.hvp(lambda a: a**3, p.lib.tensor([2.0])))


def test_create_graph_leads_back_to_the_inputs(torch):
    def program(p):
        a = x(p).requires_grad_()
        jacobian = p.functional.jacobian(lambda t: t.sum() * t**2, a, create_graph=True)
        product = p.functional.jvp(lambda t: t**3, a, x(p), create_graph=True)[1]
        curvature = p.functional.hvp(lambda t: (t**4).sum(), a, x(p), create_graph=True)[1]
        ((jacobian**2).sum() + product.sum() + curvature.sum()).backward()
        return a.grad

    same(torch, program)


STRICT = {
    "outputs constant": lambda p, f: f(lambda a: p.lib.ones(3), x(p), x(p), strict=True),
    "input unused": lambda p, f: f(lambda a, b: a**2, (x(p), x(p)), x(p), strict=True),
}


@pytest.mark.parametrize("name", STRICT)
def test_strict_first_order(torch, name):
    assert same_error(torch, lambda p: STRICT[name](p, p.functional.vjp))


STRICT_ERRORS = {
    "jacobian constant": lambda p: p.functional.jacobian(lambda a: p.lib.ones(3), x(p), strict=True),
    "jacobian unused": lambda p: p.functional.jacobian(lambda a, b: a**2, (x(p), x(p)), strict=True),
    "jacobian linear": lambda p: p.functional.jacobian(
        lambda a: 2 * a, x(p).requires_grad_(), strict=True, create_graph=True
    ),
    "vjp linear": lambda p: p.functional.vjp(
        lambda a: 2 * a, x(p).requires_grad_(), x(p), strict=True, create_graph=True
    ),
    "jvp constant": lambda p: p.functional.jvp(lambda a: p.lib.ones(3), x(p), x(p), strict=True),
    "jvp unused": lambda p: p.functional.jvp(lambda a, b: a**2, (x(p), x(p)), (x(p), x(p)), strict=True),
    "jvp linear": lambda p: p.functional.jvp(
        lambda a: 2 * a, x(p).requires_grad_(), x(p), strict=True, create_graph=True
    ),
    "hessian linear": lambda p: p.functional.hessian(lambda a: (2 * a).sum(), x(p), strict=True),
    "hessian quadratic recorded": lambda p: p.functional.hessian(
        lambda a: (a * a).sum(), x(p).requires_grad_(), strict=True, create_graph=True
    ),
    "hessian constant": lambda p: p.functional.hessian(lambda a: p.lib.tensor(1.0), x(p), strict=True),
    "vhp linear": lambda p: p.functional.vhp(lambda a: (2 * a).sum(), x(p), x(p), strict=True),
    "vhp unused": lambda p: p.functional.vhp(lambda a, b: (a**3).sum(), (x(p), x(p)), (x(p), x(p)), strict=True),
    "hvp linear": lambda p: p.functional.hvp(lambda a: (2 * a).sum(), x(p), x(p), strict=True),
    "hvp unused": lambda p: p.functional.hvp(lambda a, b: (a**3).sum(), (x(p), x(p)), (x(p), x(p)), strict=True),
    "jacobian vectorized": lambda p: p.functional.jacobian(lambda a: a**2, x(p), strict=True, vectorize=True),
    "jacobian forward": lambda p: p.functional.jacobian(
        lambda a: a**2, x(p), strict=True, vectorize=True, strategy="forward-mode"
    ),
}
ERRORS = {
    "inputs list": lambda p: p.functional.jacobian(lambda a: a, [x(p)]),
    "inputs number in tuple": lambda p: p.functional.vjp(lambda a, b: a, (x(p), 3.0), x(p)),
    "outputs number": lambda p: p.functional.vjp(lambda a: 3.0, x(p)),
    "outputs list": lambda p: p.functional.jacobian(lambda a: [a], x(p)),
    "integer input": lambda p: p.functional.jacobian(lambda a: a * 2.0, p.lib.arange(3)),
    "v shape": lambda p: p.functional.vjp(lambda a: a, x(p), x(p, 2)),
    "v shape in tuple": lambda p: p.functional.jvp(lambda a, b: a, (x(p), x(p)), (x(p), x(p, 2))),
    "v length": lambda p: p.functional.jvp(lambda a, b: a, (x(p), x(p)), (x(p),)),
    "v too many": lambda p: p.functional.vjp(lambda a: a, x(p), (x(p), x(p))),
    "v number": lambda p: p.functional.vjp(lambda a: a, x(p), 1.0),
    "vjp without v": lambda p: p.functional.vjp(lambda a: a, x(p)),
    "jvp without v": lambda p: p.functional.jvp(lambda a: a, x(p)),
    "vhp without v": lambda p: p.functional.vhp(lambda a: a.sum(), x(p)),
    "hvp without v": lambda p: p.functional.hvp(lambda a: a.sum(), x(p)),
    "hessian of a vector": lambda p: p.functional.hessian(lambda a: a**2, x(p)),
    "hessian of a tuple": lambda p: p.functional.hessian(lambda a: (a.sum(),), x(p)),
    "vhp of a vector": lambda p: p.functional.vhp(lambda a: a**2, x(p), x(p)),
    "hvp of a tuple": lambda p: p.functional.hvp(lambda a: (a.sum(),), x(p), x(p)),
    "strategy": lambda p: p.functional.jacobian(lambda a: a, x(p), strategy="sideways"),
    "hessian strategy": lambda p: p.functional.hessian(lambda a: a.sum(), x(p), outer_jacobian_strategy="sideways"),
    "forward not vectorized": lambda p: p.functional.jacobian(lambda a: a, x(p), strategy="forward-mode"),
    "forward recorded": lambda p: p.functional.jacobian(
        lambda a: a, x(p), True, vectorize=True, strategy="forward-mode"
    ),
}


@pytest.mark.parametrize("name", STRICT_ERRORS)
def test_strict(torch, name):
    assert same_error(torch, STRICT_ERRORS[name])


@pytest.mark.parametrize("name", ERRORS)
def test_errors(torch, name):
    assert same_error(torch, ERRORS[name])


STRICT_FINE = {
    "jacobian": lambda p: p.functional.jacobian(lambda a: a**2, x(p), strict=True),
    "vjp": lambda p: p.functional.vjp(lambda a: a**2, x(p), x(p), strict=True),
    "vjp linear": lambda p: p.functional.vjp(lambda a: 2 * a, x(p), x(p), strict=True),
    "jvp": lambda p: p.functional.jvp(lambda a: a**2, x(p), x(p), strict=True),
    "jvp linear": lambda p: p.functional.jvp(lambda a: 2 * a, x(p), x(p), strict=True),
    "hessian": lambda p: p.functional.hessian(lambda a: (a**3).sum(), x(p), strict=True),
    "vhp": lambda p: p.functional.vhp(lambda a: (a**3).sum(), x(p), x(p), strict=True),
    "hvp": lambda p: p.functional.hvp(lambda a: (a**3).sum(), x(p), x(p), strict=True),
    "recorded": lambda p: p.functional.vhp(
        lambda a: (a**4).sum(), x(p).requires_grad_(), x(p), strict=True, create_graph=True
    ),
}


@pytest.mark.parametrize("name", STRICT_FINE)
def test_strict_and_fine(torch, name):
    same(torch, STRICT_FINE[name])


def test_no_grad_outside_makes_no_difference(torch):
    def program(p):
        with p.lib.no_grad():
            return (
                p.functional.jacobian(lambda a: a**2, x(p)),
                p.functional.hessian(lambda a: (a**3).sum(), x(p)),
                p.functional.jvp(lambda a: a**2, x(p), x(p)),
            )

    same(torch, program)


def test_the_inputs_stay_as_they_are():
    t = ag.tensor([1.0, 2.0])
    functional.jacobian(lambda a: a**2, t)
    functional.hvp(lambda a: (a**3).sum(), t, t)
    assert not t.requires_grad
    assert t.grad is None


@pytest.mark.parametrize("name", ["hessian", "vhp", "hvp"])
def test_strict_says_that_a_gradient_is_constant(name):
    vector = [] if name == "hessian" else [ag.ones(3)]
    with pytest.raises(RuntimeError, match="found that the jacobian of the user-provided function"):
        getattr(functional, name)(lambda a: (2 * a).sum(), ag.ones(3), *vector, strict=True)
