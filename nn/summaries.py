"""A table of a model's layers: sizes, parameters, multiply-adds and memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import autograd
from autograd import Tensor, no_grad
from nn.counting import multiply_adds
from nn.module import Module
from nn.parameter import is_lazy

COLUMNS: dict[str, str] = {
    "input_size": "Input shape",
    "output_size": "Output shape",
    "num_params": "Params",
    "trainable": "Trainable",
    "calls": "Calls",
    "mult_adds": "Mult-adds",
}
NUMBERS = frozenset({"num_params", "calls", "mult_adds"})


class LayerSummary:
    """One row: a module at its place in the model.

    ``name`` (dotted), ``kind`` (its class), ``depth``, ``module``, ``shared`` (the name of its first place, where it
    stands at several), ``calls``, ``input_size`` and ``output_size`` (shapes as nested as the values, of the first
    call), ``num_params`` and ``trainable_params`` (its own, those of an earlier row not counted again), ``mult_adds``
    and ``output_bytes`` (over all calls), ``children`` (rows).

    >>> import nn
    >>> nn.summary(nn.Sequential(nn.Linear(2, 3)), input_size=(1, 2)).layers[1]
    <LayerSummary 0 (Linear) [1, 3] 9 params, 6 mult-adds>
    """

    def __init__(self, name: str, module: Any, depth: int) -> None:
        self.name, self.module, self.depth = name, module, depth
        self.kind = type(module).__name__
        self.shared: str | None = None
        self.calls, self.first_call = 0, math.inf
        self.input_size: Any = None
        self.output_size: Any = None
        self.num_params = self.trainable_params = self.mult_adds = self.output_bytes = 0
        self.without_shape = False
        self.children: list[LayerSummary] = []

    def rows(self) -> Iterator[LayerSummary]:
        """The row itself and all below it."""
        yield self
        for child in self.children:
            yield from child.rows()

    @property
    def is_innermost(self) -> bool:
        """Whether no module below it was called."""
        return sum(row.calls for row in self.rows()) == self.calls

    def total(self, field: str) -> int:
        """A number summed over this row and all below it."""
        return sum(getattr(row, field) for row in self.rows())

    def __repr__(self) -> str:
        label = f"{self.name.rpartition('.')[2]} ({self.kind})" if self.name else self.kind
        return f"<LayerSummary {label} {shown(self.output_size)} {self.num_params} params, {self.mult_adds} mult-adds>"


class ModelSummary:
    """What ``nn.summary`` returns; printing it shows the table.

    ``layers`` (rows, parents first), ``total_params``, ``trainable_params``, ``non_trainable_params``, ``mult_adds``,
    ``flops`` (twice that), ``input_bytes``, ``forward_backward_bytes`` (outputs of the innermost layers, once for
    forward and once for backward), ``param_bytes``, ``buffer_bytes``, ``total_bytes``.

    >>> import nn
    >>> nn.summary(nn.Linear(2, 3), input_size=(1, 2)).total_params
    9
    """

    def __init__(self, root: LayerSummary, input_bytes: int, depth: int, columns: Sequence[str]) -> None:
        self._root, self._depth, self._columns = root, depth, tuple(columns)
        self.layers = list(root.rows())
        self.total_params = root.total("num_params")
        self.trainable_params = root.total("trainable_params")
        self.non_trainable_params = self.total_params - self.trainable_params
        self.mult_adds = root.total("mult_adds")
        self.flops = 2 * self.mult_adds
        self.input_bytes = input_bytes
        self.forward_backward_bytes = 2 * sum(row.output_bytes for row in self.layers if row.is_innermost)
        self.param_bytes = sum(p.nbytes for p in root.module.parameters() if not is_lazy(p))
        self.buffer_bytes = sum(b.nbytes for b in root.module.buffers() if not is_lazy(b))
        self.total_bytes = input_bytes + self.forward_backward_bytes + self.param_bytes + self.buffer_bytes

    def __str__(self) -> str:
        lines = list(self._lines(self._root, "", ""))
        head = ["Layer (type)", *(COLUMNS[column] for column in self._columns)]
        widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
        aligned = [str.ljust, *(str.rjust if column in NUMBERS else str.ljust for column in self._columns)]
        table = [
            "  ".join(align(text, width) for align, text, width in zip(aligned, line, widths, strict=True)).rstrip()
            for line in [head, *lines]
        ]
        width = max(len(line) for line in table)
        return "\n".join([table[0], "=" * width, *table[1:], "=" * width, *self._totals()])

    __repr__ = __str__

    def _lines(self, row: LayerSummary, before: str, below: str) -> Iterator[list[str]]:
        """The cells of a row and of those below it, down to the depth that is shown."""
        hidden = row.depth >= self._depth
        name = row.name.rpartition(".")[2]
        label = f"{name} ({row.kind})" if row.name else row.kind
        yield [before + label, *(self._cell(row, column, hidden) for column in self._columns)]
        for child in () if hidden else row.children:
            last = child is row.children[-1]
            yield from self._lines(child, f"{below}{'└─ ' if last else '├─ '}", f"{below}{'   ' if last else '│  '}")

    def _cell(self, row: LayerSummary, column: str, hidden: bool) -> str:
        if column in {"input_size", "output_size"}:
            return f"as {row.shared}" if row.shared and column == "output_size" else shown(getattr(row, column))
        if column == "trainable":
            trainable, params = row.total("trainable_params"), row.total("num_params")
            return "—" if not params else "yes" if trainable == params else "partly" if trainable else "no"
        if column == "num_params" and row.without_shape:
            return "not known"
        number = row.total(column) if hidden and column != "calls" else getattr(row, column)
        return f"{number:,}" if number else "—"

    def _totals(self) -> list[str]:
        parts = f"trainable {self.trainable_params:,}, not trainable {self.non_trainable_params:,}"
        lines = [f"Params: {self.total_params:,} ({parts})"]
        if self._root.calls:
            lines.append(f"Mult-adds: {self.mult_adds:,} (FLOPs {self.flops:,})")
        memory = {
            "input": self.input_bytes,
            "forward/backward": self.forward_backward_bytes,
            "params": self.param_bytes,
            "buffers": self.buffer_bytes,
            "total": self.total_bytes,
        }
        lines.append("Memory: " + ", ".join(f"{name} {_bytes(size)}" for name, size in memory.items() if size))
        return lines


def _bytes(size: int) -> str:
    """A number of bytes in a unit that keeps it short."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.2f} {unit}"
    return f"{size} bytes"


def summary(
    model: Module,
    input: Any = None,
    *,
    input_size: Any = None,
    dtypes: Any = None,
    depth: int = 3,
    columns: Sequence[str] = ("output_size", "num_params", "mult_adds"),
    rules: Mapping[type, Callable[[Any, tuple, Any], int]] | None = None,
    **kwargs: Any,
) -> ModelSummary:
    """The layers of ``model`` with their output shapes, parameters and multiply-adds, measured on one forward pass.

    ``input`` is the argument of ``forward``, or a tuple of them (a dict: keyword arguments; ``kwargs`` are added). Instead
    ``input_size``, a shape or a list of shapes, has zeros of ``dtypes`` made. Without either only parameters are listed.
    Rows below ``depth`` are added up in the row above. ``columns``: any of "input_size", "output_size", "num_params",
    "trainable", "calls", "mult_adds".

    The pass runs in evaluation mode under ``no_grad``; modes, buffers, hooks and the stream of random numbers are put
    back afterwards, also after an error (lazy layers stay initialised). What is counted: ``nn.counting.multiply_adds``,
    to which ``rules`` adds classes; operations that ``forward`` calls as functions are not seen. Parameters that are
    shared count once.

    Raises TypeError unless ``model`` is a Module, ValueError for both inputs or an unknown column.

    >>> import nn
    >>> nn.summary(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), input_size=(1, 4))
    Layer (type)   Output shape  Params  Mult-adds
    ==============================================
    Sequential     [1, 2]             —          —
    ├─ 0 (Linear)  [1, 8]            40         32
    ├─ 1 (ReLU)    [1, 8]             —          —
    └─ 2 (Linear)  [1, 2]            18         16
    ==============================================
    Params: 58 (trainable 58, not trainable 0)
    Mult-adds: 48 (FLOPs 96)
    Memory: input 16 bytes, forward/backward 144 bytes, params 232 bytes, total 392 bytes
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: model must be an nn.Module, but got {type(model).__name__}")
    if input is not None and input_size is not None:
        raise ValueError("summary: give either input or input_size, not both")
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise ValueError(f"summary: unknown column {unknown[0]!r}; known are {', '.join(COLUMNS)}")
    if input_size is not None:
        input = _zeros(input_size, dtypes)
    args, named = _arguments(input, kwargs)
    calls: dict[int, _Calls] = {}
    if args or named:
        with _undisturbed(model), no_grad(), _counted(model, calls, dict(rules or {})) as reached:
            try:
                model(*args, **named)
            except Exception as error:
                error.add_note(f"nn.summary: forward failed; the layer called last was {reached[-1] or 'the model'}")
                raise
    root = _tree(model, calls)
    return ModelSummary(root, sum(t.nbytes for t in _tensors((args, named))), depth, columns)


# -- the pass -------------------------------------------------------------------------------------------------------


class _Calls:
    """What the hooks saw of one module."""

    def __init__(self, number: int) -> None:
        self.first_call = number
        self.calls = self.mult_adds = self.output_bytes = 0
        self.input_size: Any = None
        self.output_size: Any = None


def _zeros(input_size: Any, dtypes: Any) -> tuple[Tensor, ...]:
    """Tensors of zeros, one for each shape."""
    if isinstance(input_size, int):
        input_size = (input_size,)
    shapes = [tuple(input_size)] if all(isinstance(n, int) for n in input_size) else [tuple(s) for s in input_size]
    if not all(isinstance(n, int) and n >= 0 for shape in shapes for n in shape):
        raise ValueError(f"summary: input_size must be a shape or a list of shapes, but got {input_size!r}")
    kinds = list(dtypes) if isinstance(dtypes, (list, tuple)) else [dtypes] * len(shapes)
    if len(kinds) != len(shapes):
        raise ValueError(f"summary: there are {len(shapes)} shapes in input_size, but {len(kinds)} dtypes")
    return tuple(autograd.zeros(shape, dtype=kind) for shape, kind in zip(shapes, kinds, strict=True))


def _arguments(input: Any, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """The arguments of ``forward``."""
    if input is None:
        return (), kwargs
    if isinstance(input, Mapping):
        return (), {**input, **kwargs}
    if isinstance(input, (tuple, list)) and input and all(isinstance(n, int) for n in input):
        raise TypeError(
            f"summary: input must be what forward takes, but got the numbers {input!r}; is it input_size={input!r}?"
        )
    return (input if type(input) in {tuple, list} else (input,)), kwargs


@contextmanager
def _undisturbed(model: Module) -> Iterator[None]:
    """Evaluation mode inside; afterwards modes, buffers and random numbers as before."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [
        (module, name, buffer, None if is_lazy(buffer) else buffer.detach().clone())
        for module in model.modules()
        for name, buffer in module._buffers.items()
        if buffer is not None
    ]
    state = autograd.get_rng_state()
    model.eval()
    try:
        yield
    finally:
        autograd.set_rng_state(state)
        for module, mode in modes:
            module.training = mode
        with no_grad():
            for module, name, buffer, value in buffers:
                module._buffers[name] = buffer
                if value is not None:
                    buffer.copy_(value)


@contextmanager
def _counted(model: Module, calls: dict[int, _Calls], rules: dict) -> Iterator[list[str]]:
    """Hooks on all modules that fill ``calls``; yields the names of the modules that were entered."""
    reached = [""]

    def enter(name: str) -> Callable:
        def hook(module: Any, args: tuple) -> None:
            reached.append(name)
            calls.setdefault(id(module), _Calls(len(reached)))

        return hook

    def leave(module: Any, args: tuple, kwargs: dict, output: Any) -> None:
        seen = calls[id(module)]
        seen.calls += 1
        seen.mult_adds += multiply_adds(module, args, output, rules)
        seen.output_bytes += sum(tensor.nbytes for tensor in _tensors(output))
        if seen.calls == 1:
            given: Any = (*args, *kwargs.values())
            seen.input_size, seen.output_size = _shapes(given[0] if len(given) == 1 else given), _shapes(output)

    with ExitStack() as stack:
        for name, module in model.named_modules():
            stack.enter_context(module.register_forward_pre_hook(enter(name), prepend=True))
            stack.enter_context(module.register_forward_hook(leave, with_kwargs=True))
        yield reached


# -- shapes ---------------------------------------------------------------------------------------------------------


def _tensors(value: Any) -> Iterator[Tensor]:
    """The tensors in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        yield from _tensors(list(value.values()))
    elif isinstance(value, (tuple, list)):
        for entry in value:
            yield from _tensors(entry)


def _shapes(value: Any) -> Any:
    """The shapes of the tensors in nested tuples, lists and dicts, in the same nesting; None for anything else."""
    if isinstance(value, Tensor):
        return list(value.shape)
    if isinstance(value, Mapping):
        return {key: _shapes(entry) for key, entry in value.items()}
    return tuple(_shapes(entry) for entry in value) if isinstance(value, (tuple, list)) else None


def shown(shapes: Any) -> str:
    """The first shape, and how many more there are."""
    found = list(_flat(shapes))
    if not found:
        return "—"
    return str(found[0]) + (f" + {len(found) - 1} more" if len(found) > 1 else "")


def _flat(shapes: Any) -> Iterator[list[int]]:
    if isinstance(shapes, list):
        yield shapes
    elif isinstance(shapes, dict):
        yield from _flat(tuple(shapes.values()))
    elif isinstance(shapes, tuple):
        for entry in shapes:
            yield from _flat(entry)


# -- the rows -------------------------------------------------------------------------------------------------------


def _tree(model: Module, calls: dict[int, _Calls]) -> LayerSummary:
    """The rows, those that were called in the order of their first calls."""
    places: dict[int, str] = {}
    counted: set[int] = set()

    def row_of(name: str, module: Any, depth: int) -> LayerSummary:
        row = LayerSummary(name, module, depth)
        if id(module) in places:
            row.shared = places[id(module)] or "the model"
            return row
        places[id(module)] = name
        row.without_shape = any(is_lazy(p) for p in module._parameters.values())
        for parameter in module._parameters.values():
            if parameter is not None and not is_lazy(parameter) and id(parameter) not in counted:
                counted.add(id(parameter))
                row.num_params += parameter.numel()
                row.trainable_params += parameter.numel() if parameter.requires_grad else 0
        for field, value in vars(calls[id(module)]).items() if id(module) in calls else ():
            setattr(row, field, value)
        start = f"{name}." if name else ""
        below = [(f"{start}{n}", m) for n, m in module._modules.items() if m is not None]
        row.children = sorted((row_of(n, m, depth + 1) for n, m in below), key=_when)
        return row

    return row_of("", model, 0)


def _when(row: LayerSummary) -> float:
    """The first call of a row or of one below it."""
    return min(entry.first_call for entry in row.rows())


__all__ = ["summary"]
