"""Cases of layers and functions that are run beside PyTorch's: one file a family, each with a list ``CASES``.

    from tests.nn.cases import bad, case, function, ints, positive, real

    CASES = [
        case("Conv2d", 3, 4, 3, padding=1, inputs=[real(2, 3, 5, 5)]),
        case("NLLLoss", weight=positive(3), inputs=[real(4, 3), ints(3, 4)]),
        case("LSTM", 3, 2, inputs=[real(4, 1, 3), (real(1, 1, 2), real(1, 1, 2))]),
        case("MaxUnpool1d", 2, inputs=[...], call=lambda layer, x, i: layer(x, i, output_size=[5])),
        case("TransformerEncoder", made(lambda ag, nn: nn.TransformerEncoderLayer(4, 2)), 2, inputs=[real(3, 1, 4)]),
        function("normalize", p=3.0, inputs=[real(3, 4)]),
        bad("Conv2d", 3, 4, 3, inputs=[real(2, 4, 5, 5)], text="channels"),
    ]

``test_cases.py`` builds the layer in both libraries after the same ``manual_seed`` and compares

- the text, the initial weights, ``state_dict``, the names of parameters and buffers, and the same of a deep copy and of
  a pickled one;
- in training and in evaluation, in float64 (1e-10) and in float32 (1e-5, with inputs that are not contiguous): the
  outputs (tuples, dicts and packed sequences too), the inputs afterwards, the gradients of inputs and parameters, and
  parameters and buffers afterwards;
- in float64 the gradient of a weighted sum of squared gradients;
- for a ``bad`` one the type of the exception, that its text here matches ``text``, and that nothing has changed.

Inputs are made by `real`, `positive`, `unit`, `ints`, ... (all from one generator, so equal shapes differ), by
`made(function, *parts)`, which is called with ``autograd`` or ``torch``, the package ``nn`` beside it, and the parts as
tensors; tuples, lists and dicts are looked into, everything else is handed over as it is. Floating inputs require grad
unless made with ``grad=False``. The same makers serve as arguments of the constructor.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Draw:
    """An array to be drawn; its text stands in the name of the test."""

    text: str
    make: Callable[[np.random.Generator], np.ndarray] = field(repr=False)
    grad: bool = True

    def __repr__(self):
        return self.text


@dataclass(frozen=True)
class Made:
    """Something that each library makes: ``build(tensors, nn, *parts)``."""

    build: Callable[..., Any] = field(repr=False)
    parts: tuple

    def __repr__(self):
        return f"made{list(self.parts)}" if self.parts else "made"


def _draw(kind, make, shape, grad=True):
    return Draw(f"{kind}{'x'.join(map(str, shape))}", lambda rng: np.asarray(make(rng)), grad)


def real(*shape, low=-2.0, high=2.0, grad=True):
    """Real numbers from ``low`` to ``high``."""
    return _draw("", lambda rng: rng.uniform(low, high, shape), shape, grad)


def positive(*shape, low=0.1, high=2.0, grad=False):
    """Positive numbers, as for weights: without a gradient unless asked for."""
    return _draw("positive", lambda rng: rng.uniform(low, high, shape), shape, grad)


def unit(*shape, grad=True):
    """Numbers inside (0, 1)."""
    return _draw("unit", lambda rng: rng.uniform(0.05, 0.95, shape), shape, grad)


def signs(*shape):
    """1.0 and -1.0, without a gradient."""
    return _draw("signs", lambda rng: rng.integers(0, 2, shape) * 2.0 - 1.0, shape, grad=False)


def ints(high, *shape, low=0):
    """int64 numbers from ``low`` up to, not including, ``high``."""
    return _draw(f"ints{high}_", lambda rng: rng.integers(low, high, shape), shape, grad=False)


def bools(*shape, share=0.5):
    """Booleans, ``share`` of them True."""
    return _draw("bools", lambda rng: rng.random(shape) < share, shape, grad=False)


def probabilities(*shape, dim=1):
    """Positive numbers that add up to one along ``dim``."""

    def make(rng):
        array = rng.uniform(0.1, 1.0, shape)
        return array / array.sum(dim, keepdims=True)

    return _draw("probabilities", make, shape)


def values(numbers, grad=True):
    """The numbers given."""
    array = np.asarray(numbers)
    return _draw("values", lambda rng: array.copy(), array.shape, grad)


def made(build, *parts):
    """What ``build(autograd, nn, *parts)`` returns, or ``build(torch, torch.nn, *parts)`` for PyTorch's side."""
    return Made(build, parts)


@dataclass(frozen=True)
class Case:
    """One layer or function, and what it is called with. See `case` for the fields."""

    name: str
    args: tuple
    kwargs: dict
    inputs: list | None
    space: str = "nn"
    call: Callable | None = None
    second: bool | str = True
    modes: tuple = ("train", "eval")
    dtypes: tuple = ("float64", "float32")
    tolerance: dict = field(default_factory=dict)
    pickles: bool = True
    warns: str | None = None
    turned: bool = True
    fails: bool = False
    text: str | None = None
    family: str = ""  # the file it stands in

    def __repr__(self):
        words = [*map(_word, self.args), *(f"{key}={_word(value)}" for key, value in self.kwargs.items())]
        called = "" if self.inputs is None else _word(self.inputs)
        return f"{self.family}:{self.name}({','.join(words)}){called}".replace(" ", "")


def _word(value):
    text = getattr(value, "__name__", None) or repr(value)
    return text if len(text) < 60 else f"{text[:57]}..."


def case(
    name,
    *args,
    inputs,
    call=None,
    second=True,
    because=None,
    modes=("train", "eval"),
    dtypes=("float64", "float32"),
    tolerance=None,
    pickles=True,
    warns=None,
    turned=True,
    **kwargs,
):
    """The layer ``nn.name(*args, **kwargs)`` called with ``inputs``.

    ``call``: what is done with the layer and the inputs, instead of ``layer(*inputs)``.
    ``second``: "numeric" where PyTorch has no second derivative (finite differences are taken instead), False where there
    is none to compare. This, other than the two ``modes`` (a layer whose random numbers are not PyTorch's is compared in
    "eval"), fewer ``dtypes``, and ``turned=False`` (no inputs that are not contiguous) need a reason in ``because``.
    ``tolerance``: such as ``{"float64": 1e-8}``, where sums of many terms are taken in another order.
    ``pickles``: False for a layer that holds a lambda.
    ``warns``: the text of the warning that making or calling it gives here; PyTorch must give one of the same class.
    """
    usual = second is True and modes == ("train", "eval") and dtypes == ("float64", "float32") and turned
    if not usual and not because:
        raise ValueError(f"{name}: say in because= why not everything is compared")
    return Case(
        name, args, kwargs, inputs, "nn", call, second, modes, dtypes, dict(tolerance or {}), pickles, warns, turned
    )


def function(name, *, inputs, space="functional", **options):
    """The function ``nn.functional.name(*inputs, **kwargs)``, or ``autograd.name`` with ``space="top"``. Options as in `case`."""
    made_case = case(name, inputs=inputs, **({"modes": ("train",), "because": "functions have no modes"} | options))
    return Case(**{**vars(made_case), "space": space})


def bad(name, *args, inputs=None, text=None, space="nn", call=None, **kwargs):
    """Making the layer, or calling it where ``inputs`` are given, raises PyTorch's type of exception; ``text`` is a pattern.

    ``space="functional"`` or ``"top"``: the function of that name, called with the inputs and the keyword arguments.
    """
    return Case(name, args, kwargs, inputs, space, call, fails=True, text=text)


def files():
    """The modules of cases in this folder."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]


def collect():
    """The cases of all files in this folder."""
    return [
        replace(c, family=module.__name__.rpartition(".")[2])
        for module in files()
        for c in getattr(module, "CASES", ())
    ]
