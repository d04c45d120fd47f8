"""Operations: one record for each, and the dispatcher that a record's declaration makes for it.

A record is declared by ``elementwise``, ``linear``, ``multilinear`` or ``general``. The keyword arguments named after
the operation's tensor arguments are its derivative rules, and the parameter names of a rule say what it needs:

====================  =====================================================================
``g``                 the incoming gradient (always first)
an argument's name    its value
``out``               the result (or the name of one of several results)
``x_shape, x_dtype``  only that much of the argument ``x``
a static's name       the value of a non-tensor argument
``index``             which of the operands, for an operation with any number of them
``needs``             which arguments want a gradient, for a ``joint`` rule
====================  =====================================================================

Names are resolved here, once. What no rule names is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import dispatchers
from autograd.dispatch import number
from autograd.signatures import OpSignature
from autograd.tensor import Tensor

registry: dict[str, Op] = {}
BARE = frozenset({np.ndarray, np.float32, np.float64, np.bool_, int, float, tuple, type(None)})  # surely no Tensors

GENERIC = {"x": "input", "y": "other"}  # what PyTorch calls the first two arguments of most functions
SPELLINGS = {"axis": "dim", "axes": "dims", "keepdims": "keepdim", "a": "input"}


def parameters(function: Any, count: int = 0) -> tuple[list[str], dict[str, Any]]:
    """The parameter names of a Python function with their defaults; ``x, y, …`` for a ufunc or builtin."""
    code = getattr(function, "__code__", None)
    if code is None:
        return list("xyz")[: count or getattr(function, "nin", 1)], {}
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    defaults = function.__defaults__ or ()
    positional = names[: code.co_argcount]
    found = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True))
    return names, found | (function.__kwdefaults__ or {})


class Op:
    """The record of one operation. Made by the declaration helpers; calling it works on Tensors and on bare arrays.

    >>> from autograd.op import registry
    >>> registry["tanh"].kind, registry["mul"].label
    ('elementwise', '×')
    """

    def __init__(
        self,
        name: str,
        forward: Callable,
        kind: str,
        rules: dict[str, Callable],
        *,
        fast: Callable | None = None,
        tensors: Iterable[str] | None = None,
        joint: Callable | None = None,
        jvp: Callable | None = None,
        outputs: Iterable[str] = ("out",),
        differentiable: Iterable[str] | None = None,
        variadic: bool = False,
        many: bool = False,
        promotes: str | None = None,
        broadcasts: bool | None = None,
        view: bool = False,
        pack: bool = False,
        symbol: str | None = None,
        doc: str | None = None,
        samples: Any = (),
        errors: Any = (),
        public: bool = True,
        method: bool = True,
        inplace: bool = False,
    ) -> None:
        self.name, self.forward, self.kind = name, forward, kind
        self.fast = fast or forward
        names, defaults = parameters(forward)
        self.args = tuple(tensors) if tensors is not None else tuple(n for n in names if n not in defaults)
        self.static = tuple(n for n in names if n not in self.args)
        self.defaults = defaults
        self.outputs = tuple(outputs)
        self.differentiable = tuple(self.outputs if differentiable is None else differentiable)
        self.many = (
            many  # the one output is a list of any number of arrays; the rule gets a list of gradients (or Nones)
        )
        self.variadic, self.promotes, self.view, self.pack = variadic, promotes, view, pack
        self.broadcasts = promotes is not None if broadcasts is None else broadcasts
        self.label = symbol or name
        self.doc = doc or f"{name}: see PyTorch's ``torch.{name}``."
        self.samples, self.errors = samples, errors
        self.public, self.method, self.inplace = public, method, inplace
        self.rules, self.joint, self.jvp = rules, joint, jvp
        self._resolve()
        self.function: Callable = dispatchers.make(self)
        self.function.__name__ = self.function.__qualname__ = name.rstrip("_") or name
        self.function.__doc__ = self.doc
        self.function.__signature__ = OpSignature(self)  # type: ignore[attr-defined]
        if name in registry:
            raise ValueError(f"operation {name!r} is declared twice")
        registry[name] = self

    # -- names ----------------------------------------------------------------------------------------------------

    def _resolve(self) -> None:
        """Turn the parameter names of the rules into places in the frame (arguments, results, extras) or statics."""
        for key in self.rules:
            if key not in self.args:
                raise TypeError(f"{self.name}: a rule is given for {key!r}, but the tensor arguments are {self.args}")
        self.places = {n: i for i, n in enumerate(self.args + self.outputs)}
        self.extras: list[tuple[int, str]] = []  # (argument, "shape" or "dtype"), appended to the frame
        self.needs: dict[str, tuple[int, ...]] = {}
        self.pulls: tuple[Callable | None, ...] = tuple(
            self._bind(self.rules[name], name) if name in self.rules else None for name in self.args
        )
        self.plan = self._plan()
        self.pull_joint = self._bind(self.joint, "joint") if self.joint else None
        self.push = self._bind(self.jvp, "jvp", first="t") if self.jvp else None
        self.width = len(self.args) + len(self.outputs)
        self.frees = any(i < self.width for places in self.needs.values() for i in places)  # keeps more than shapes
        self.nothing = (None,) * (self.width + len(self.extras))
        self._keeps: dict[tuple, tuple[bool, ...]] = {}
        self._each: dict[int, tuple[Callable, ...]] = {}

    def _place(self, parameter: str, owner: str) -> tuple[str, int]:
        """Where the value of a rule's parameter comes from."""
        if parameter in self.places:
            return "frame", self.places[parameter]
        if parameter in self.static:
            return "static", self.static.index(parameter)
        stem, _, what = parameter.rpartition("_")
        if stem in self.args and what in {"shape", "dtype", "shapes"}:
            extra = (self.args.index(stem), what)
            if extra not in self.extras:
                self.extras.append(extra)
            return "frame", len(self.args) + len(self.outputs) + self.extras.index(extra)
        if parameter in {"index", "needs"}:
            return "given", 0
        known = [*self.places, *self.static, *(f"{a}_shape" for a in self.args), *(f"{a}_dtype" for a in self.args)]
        raise TypeError(f"{self.name}: the rule for {owner!r} asks for {parameter!r}; there is {', '.join(known)}")

    def _bind(self, rule: Callable, owner: str, first: str = "g") -> Callable:
        """The rule as a function of (gradient, frame, statics), its own parameters looked up by place."""
        names, _ = parameters(rule)
        if not names or names[0] != first:
            raise TypeError(f"{self.name}: the rule for {owner!r} must take {first!r} first")
        places = [self._place(name, owner) for name in names[1:]]
        self.needs[owner] = tuple(i for kind, i in places if kind == "frame")
        kinds = [kind for kind, _ in places]
        if "given" in kinds:
            return lambda g, frame, static, given: rule(
                g, *(given if k == "given" else (frame if k == "frame" else static)[i] for k, i in places)
            )
        if not places:
            return lambda g, frame, static: rule(g)
        if kinds == ["frame"]:
            only = places[0][1]
            return lambda g, frame, static: rule(g, frame[only])
        if kinds == ["frame", "frame"]:
            one, two = places[0][1], places[1][1]
            return lambda g, frame, static: rule(g, frame[one], frame[two])
        return lambda g, frame, static: rule(g, *[(frame if k == "frame" else static)[i] for k, i in places])

    def _plan(self) -> tuple | None:
        """For the short way of the backward walk: each rule with the places of the one or two values it takes.

        A rule that takes more, or statics, stands as its bound form (3); one that hands ``g`` on is marked −1; what
        needs the long way has no plan.
        """
        if self.joint or self.variadic or len(self.differentiable) != 1:
            return None
        plan: list[tuple] = []
        for name, pull in zip(self.args, self.pulls, strict=True):
            rule = self.rules.get(name)
            places = [self._place(p, name) for p in parameters(rule)[0][1:]] if rule else []
            if rule is None:
                plan.append((3, _no_gradient, 0, 0))
            elif rule.__code__.co_code == _IDENTITY and not places:
                plan.append((-1, rule, 0, 0))
            elif len(places) > 2 or any(kind != "frame" for kind, _ in places):
                plan.append((3, pull, 0, 0))
            else:
                i, j = [*(place for _, place in places), 0, 0][:2]
                plan.append((len(places), rule, i, j))
        return tuple(plan)

    # -- what a node keeps ----------------------------------------------------------------------------------------

    def keeps(self, wanted: tuple[bool, ...], forward_mode: bool = False) -> tuple[bool, ...]:
        """Which places of the frame are kept when the arguments in ``wanted`` require grad."""
        key = (wanted, forward_mode)
        found = self._keeps.get(key)
        if found is None:
            owners = [n for n, w in zip(self.args, wanted, strict=False) if w and n in self.rules]
            owners += ["joint"] if self.joint else []
            owners += ["jvp"] if forward_mode and self.jvp else []
            places = {i for owner in owners for i in self.needs[owner]}
            found = tuple(i in places for i in range(self.width + len(self.extras)))
            self._keeps[key] = found
        return found

    def pulls_for(self, count: int) -> tuple[Callable, ...]:
        """The rules of an operation with any number of operands: the one rule, told which operand it is for."""
        found = self._each.get(count)
        if found is None:
            pull: Any = self.pulls[0]
            takes_index = "index" in parameters(self.rules[self.args[0]])[0]
            found = tuple(
                (lambda g, frame, static, i=i: pull(g, frame, static, i)) if takes_index else pull for i in range(count)
            )
            self._each[count] = found
        return found

    # -- calling --------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Record on Tensors; on bare arrays, just compute. This is what rules call."""
        for arg in args[0] if self.variadic else args:
            if type(arg) not in BARE and isinstance(arg, Tensor):
                return self.function(*args, **kwargs)
        return self.forward(*args, **kwargs)

    def bind(self, args: tuple, kwargs: dict[str, Any]) -> tuple[list, tuple]:
        """Sort a call's arguments into tensors and statics; raise TypeError where they do not fit."""
        count = len(self.args)
        if (
            self.pack
            and len(args) > count
            and _is_int(args[count])
            and (len(args) > count + 1 or len(self.static) == 1)
        ):
            args = (*args[:count], tuple(args[count:]))
        names = self.args + self.static
        if len(args) > len(names):
            raise TypeError(f"{self.name}() takes at most {len(names)} arguments ({', '.join(names)}), got {len(args)}")
        values = dict(zip(names, args, strict=False))
        for key, value in kwargs.items():
            name = self._spelled(key)
            if name in values:
                raise TypeError(f"{self.name}() got two values for argument {key!r}")
            values[name] = value
        for name in names:
            if name not in values:
                if name not in self.defaults:
                    raise TypeError(f"{self.name}() missing required argument {GENERIC.get(name, name)!r}")
                values[name] = self.defaults[name]
            elif isinstance(values[name], Tensor) and name in self.static:
                values[name] = number(values[name], self.name, name)
        return [values[n] for n in self.args], tuple(values[n] for n in self.static)

    def _spelled(self, key: str) -> str:
        """The argument that a keyword means; NumPy's spellings (axis, keepdims) and ``input``/``other`` are known."""
        names = self.args + self.static
        for name in (key, SPELLINGS.get(key, key)):
            if name in names:
                return name
        for own, common in GENERIC.items():
            if common == SPELLINGS.get(key, key) and own in names:
                return own
        if SPELLINGS.get(key, key) == "input" and self.args:
            return self.args[0]
        known = ", ".join(GENERIC.get(n, n) for n in names)
        raise TypeError(f"{self.name}() got an unexpected keyword argument {key!r}; it takes {known}")

    def __repr__(self) -> str:
        return f"<Op {self.name}({', '.join(self.args + self.static)}) {self.kind}>"


_IDENTITY = (lambda g: g).__code__.co_code  # a rule that only hands the gradient on need not be called


def _no_gradient(g: Any, frame: tuple, static: tuple) -> None:
    """The rule of an argument that has none."""


def _is_int(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, Tensor)


OPTIONS = frozenset(Op.__init__.__kwdefaults__ or ())


def _split(keywords: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Callable]]:
    """Part a declaration's keywords into options and rules."""
    return (
        {k: v for k, v in keywords.items() if k in OPTIONS},
        {k: v for k, v in keywords.items() if k not in OPTIONS},
    )


def elementwise(name: str, forward: Callable, **keywords: Any) -> Op:
    """Declare an operation that acts on each element alone, its operands broadcast against each other.

    The rules are both the backward and, applied to tangents and added, the forward mode. Integers are promoted with
    the other operands (``promotes="same"``, the default), or made float first (``"float"``).

    >>> from autograd.op import registry
    >>> registry["exp"].kind
    'elementwise'
    """
    options, rules = _split(keywords)
    options.setdefault("promotes", "same")
    return Op(name, forward, "elementwise", rules, **options)


def predicate(name: str, forward: Callable, **keywords: Any) -> Op:
    """Declare an elementwise operation with no derivative, such as a comparison (``promotes="bool"`` by default).

    >>> from autograd.op import registry
    >>> registry["lt"].differentiable
    ()
    """
    options, rules = _split(keywords)
    options.setdefault("promotes", "bool")
    return Op(name, forward, "elementwise", rules, differentiable=(), **options)


def linear(name: str, forward: Callable, **keywords: Any) -> Op:
    """Declare an operation that is linear in all its tensor arguments together: its JVP is itself on the tangents.

    >>> from autograd.op import registry
    >>> registry["sum"].kind
    'linear'
    """
    options, rules = _split(keywords)
    return Op(name, forward, "linear", rules, **options)


def multilinear(name: str, forward: Callable, **keywords: Any) -> Op:
    """Declare an operation that is linear in each tensor argument: its JVP follows by the product rule.

    >>> from autograd.op import registry
    >>> registry["matmul"].kind
    'multilinear'
    """
    options, rules = _split(keywords)
    return Op(name, forward, "multilinear", rules, **options)


def general(name: str, forward: Callable, **keywords: Any) -> Op:
    """Declare any other operation; ``jvp=`` is its forward-mode rule, with ``t`` the tuple of tangents.

    >>> from autograd.op import registry
    >>> registry["amax"].kind
    'general'
    """
    options, rules = _split(keywords)
    return Op(name, forward, "general", rules, **options)
