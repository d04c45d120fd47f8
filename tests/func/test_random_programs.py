"""Random programs of random nests of transforms, against PyTorch: nothing else finds which combination goes wrong."""

import random

import numpy as np
import pytest

from tests.func.both import same

pytestmark = pytest.mark.torch

UNARY = ["sin", "cos", "tanh", "exp", "sigmoid", "atan", "square"]


def program(dice, depth, names):
    """A random expression in variables of three elements; ``("inner", …)`` differentiates an expression inside."""
    if depth == 0 or dice.random() < 0.15:
        return ("variable", dice.choice(names)) if dice.random() < 0.8 else ("constant", round(dice.uniform(-2, 2), 2))
    part = lambda more=(): program(dice, depth - 1, [*names, *more])
    kind = dice.choices(["unary", "binary", "sum", "index", "flip", "inner", "where"], [30, 30, 6, 5, 4, 20, 5])[0]
    if kind == "unary":
        return kind, dice.choice(UNARY), part()
    if kind == "binary":
        return kind, dice.choice("+-*"), part(), part()
    if kind == "index":
        return kind, part(), dice.randrange(3)
    if kind == "inner":
        own = f"u{depth}"
        return kind, dice.choice(["grad", "jvp", "vjp"]), part([own]), own, part()
    return (kind, part(), part()) if kind == "where" else (kind, part())


def run(tree, variables, p):
    """The value of an expression."""
    kind, *parts = tree
    value = lambda part: run(part, variables, p)
    if kind == "variable":
        return variables[parts[0]]
    if kind == "constant":
        return p.lib.full((3,), parts[0], dtype=p.lib.float64)
    if kind == "unary":
        return getattr(value(parts[1]) * 0.5, parts[0])()
    if kind == "binary":
        a, b = value(parts[1]), value(parts[2])
        return a + b if parts[0] == "+" else a - b if parts[0] == "-" else a * b
    if kind == "sum":
        return value(parts[0]).sum() * p.lib.ones(3, dtype=p.lib.float64)
    if kind == "index":
        return value(parts[0])[parts[1]] * p.lib.ones(3, dtype=p.lib.float64)
    if kind == "flip":
        return value(parts[0]).flip(0)
    if kind == "where":
        a, b = value(parts[0]), value(parts[1])
        return p.lib.where(a > b, a * b, b.sin())
    return inner(parts, variables, p, value(parts[3]))


def inner(parts, variables, p, at):
    """A derivative taken inside an expression."""
    way, body, own, _ = parts
    function = lambda u: run(body, {**variables, own: u}, p)
    if way == "grad":
        return p.func.grad(lambda u: function(u).sum())(at)
    if way == "jvp":
        return p.func.jvp(function, (at,), (at * 0.5 + 1,))[1]
    return p.func.vjp(function, at)[1](at * 0.5 + 1)[0]


def total(f):
    return lambda *args: f(*args).sum()


BOTH = (0, 1)
OUTER = {
    "grad": lambda f, d: d.grad(total(f), BOTH),
    "jacrev": lambda f, d: d.jacrev(f, BOTH),
    "jacfwd": lambda f, d: d.jacfwd(f, BOTH),
    "forward over reverse": lambda f, d: d.jacfwd(d.jacrev(total(f), BOTH), BOTH),
    "reverse over forward": lambda f, d: d.jacrev(d.jacfwd(total(f), BOTH), BOTH),
    "reverse over reverse": lambda f, d: d.jacrev(d.jacrev(total(f), BOTH), BOTH),
    "forward over forward": lambda f, d: d.jacfwd(d.jacfwd(total(f), BOTH), BOTH),
    "third": lambda f, d: d.jacfwd(d.hessian(total(f), 1), 0),
    "grad of jvp of grad": lambda f, d: d.grad(
        lambda x, y: d.jvp(lambda a: d.grad(lambda b: f(b, y).sum())(a), (x,), (y,))[1].sum(), BOTH
    ),
    "mapped grad": lambda f, d: d.vmap(d.grad(total(f)), (0, None)),
    "mapped hessian": lambda f, d: d.vmap(d.hessian(total(f)), (0, None)),
    "grad of mapped": lambda f, d: d.grad(total(d.vmap(f, (0, None))), BOTH),
    "jvp of mapped": lambda f, d: lambda x, y: d.jvp(d.vmap(f, (0, None)), (x, y), (x * 2, y + 1)),
}


def sink(tree):
    """Sums of squares of the Tensors of a tree that have a history."""
    if isinstance(tree, (tuple, list)):
        return [s for part in tree for s in sink(part)]
    return [(tree * tree).sum()] if tree.requires_grad else []


@pytest.mark.parametrize("outer", OUTER)
@pytest.mark.parametrize("history", [False, True])
def test_as_in_pytorch(outer, history):
    torch = pytest.importorskip("torch")
    for seed in range(6):
        tree = program(random.Random(f"{outer} {history} {seed}"), 2 + seed % 4, ["x", "y"])
        generator = np.random.default_rng(seed)
        shape = (4, 3) if "mapped" in outer else (3,)
        values = generator.normal(size=shape).tolist(), generator.normal(size=3).tolist()

        def compute(p, tree=tree, values=values):
            x, y = (p.lib.tensor(value, dtype=p.lib.float64) for value in values)
            y.requires_grad_(history)
            found = OUTER[outer](lambda x, y: run(tree, {"x": x, "y": y}, p), p.func)(x, y)
            for part in sink(found):
                part.backward(retain_graph=True)
            return found, p.lib.zeros(3, dtype=p.lib.float64) if y.grad is None else y.grad

        same(torch, compute, tolerance=1e-8, loosely=True)
