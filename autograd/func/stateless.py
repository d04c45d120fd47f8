"""Modules as functions of their parameters: for transforms that differentiate, or map, over a whole model's state.

Modules are known by their methods only, so that the engine needs nothing of ``nn``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd.tensor import Tensor

_MISSING: Any = object()


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: dict[str, Tensor] | Sequence[dict[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """``module(*args, **kwargs)`` with other parameters and buffers, given by name in one dict or in several.

    ``args`` that is no tuple is one argument. The module is as before afterwards; what it assigned or wrote to its
    buffers is in the dict. Tied parameters stay tied unless ``tie_weights=False``; with ``strict`` the names must be
    exactly the module's. As ``torch.func.functional_call``; ValueError for a name in two dicts, or two values for one
    tied parameter, RuntimeError for names that ``strict`` refuses.

    >>> import autograd, nn
    >>> from autograd.func import functional_call, grad
    >>> layer = nn.Linear(2, 1)
    >>> weights = {"weight": autograd.tensor([[1.0, 2.0]]), "bias": autograd.zeros(1)}
    >>> functional_call(layer, weights, autograd.ones(2))
    tensor([3.])
    >>> grad(lambda w: functional_call(layer, w, autograd.ones(2)).sum())(weights)["weight"]
    tensor([[1., 1.]])
    """
    state = _merged(parameter_and_buffer_dicts)
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _with_state(module, state, tie_weights, strict):
        return module(*arguments, **(kwargs or {}))


def _merged(dicts: Any) -> dict[str, Tensor]:
    """One dict of all; the given one itself where there is one, since changes are written back to it."""
    if isinstance(dicts, dict):
        return dicts
    if not isinstance(dicts, Sequence) or isinstance(dicts, str):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(dicts)}"
        )
    if not all(isinstance(d, dict) for d in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for d in dicts for name in d]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: value for d in dicts for name, value in d.items()}


@contextmanager
def _with_state(module: Any, state: dict[str, Tensor], tie_weights: bool, strict: bool) -> Iterator[None]:
    """Run with the module's state replaced by ``state``; put back what was there and note in ``state`` what changed."""
    values = _untied(module, state) if tie_weights else dict(state)
    if strict:
        _check_names(module, values)
    for name, value in values.items():
        if not isinstance(value, (Tensor, type(None))):
            raise TypeError(f"functional_call: {name!r} must be a Tensor, but got {type(value).__name__}")
    found: dict[str, tuple[dict, str, Any]] = {}
    try:
        for name, value in values.items():
            table, key = _table(module, name)
            found[name] = table, key, table.get(key, _MISSING)
            table[key] = value
        yield
    finally:
        for name, (table, key, before) in found.items():
            if name in state:
                state[name] = table.get(key, state[name])
            if before is _MISSING:
                table.pop(key, None)
            else:
                table[key] = before


def _table(module: Any, name: str) -> tuple[dict, str]:
    """Where the module keeps the parameter, buffer or attribute ``name``, which may lead through submodules."""
    path, _, key = name.rpartition(".")
    owner = module.get_submodule(path) if path else module
    for table in (owner._parameters, owner._buffers):
        if key in table:
            return table, key
    own = vars(owner)
    if key in own and not isinstance(own[key], (Tensor, type(None))):
        raise TypeError(f"functional_call: {name!r} of {type(module).__name__} is not a Tensor")
    return own, key


def _all_names(module: Any) -> dict[str, Tensor]:
    """Every name of every parameter and buffer, tied ones too."""
    return {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }


def _untied(module: Any, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """``state`` with the value of each tied name under all its names; ValueError where it has several values."""
    groups: dict[int, list[str]] = {}
    for name, tensor in _all_names(module).items():
        groups.setdefault(id(tensor), []).append(name)
    values = dict(state)
    for names in groups.values():
        given = [name for name in names if name in state]
        if len(names) == 1 or not given:
            continue
        if len({id(state[name]) for name in given}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(names)}, which are tied. Consider using "
                "tie_weights=False"
            )
        values.update(dict.fromkeys(names, state[given[0]]))
    return values


def _check_names(module: Any, values: dict[str, Tensor]) -> None:
    """RuntimeError unless the names are those of the module's parameters and buffers."""
    names = _all_names(module)
    unexpected = [repr(name) for name in values if name not in names]
    missing = [repr(name) for name in names if name not in values]
    problems = [f"Unexpected key(s): {', '.join(unexpected)}."] if unexpected else []
    problems += [f"Missing key(s): {', '.join(missing)}."] if missing else []
    if problems:
        raise RuntimeError(
            "Error(s) in reparametrizing for {}:\n\t{}".format(type(module).__name__, "\n\t".join(problems))
        )


def stack_module_state(models: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of several models of one class, stacked by name: for ``vmap`` over an ensemble.

    Each stacked parameter is a new leaf (of shape ``(len(models), *shape)``) that requires grad as the originals do.
    As ``torch.func.stack_module_state``; RuntimeError where the models differ in class, in training mode, or in what
    requires grad.

    >>> import nn
    >>> from autograd.func import stack_module_state
    >>> parameters, buffers = stack_module_state([nn.Linear(3, 2) for _ in range(5)])
    >>> parameters["weight"].shape, buffers
    (autograd.Size([5, 2, 3]), {})
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({bool(m.training) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = [dict(m.named_parameters()) for m in models]
    buffers = [dict(m.named_buffers()) for m in models]
    return (
        {name: _stacked([p[name] for p in parameters], name) for name in parameters[0]},
        {name: _stacked([b[name] for b in buffers], name) for name in buffers[0]},
    )


def _stacked(tensors: list[Tensor], name: str) -> Tensor:
    from autograd.ops.join import stack  # noqa: PLC0415 - operations stand on the engine

    wanted = {t.requires_grad for t in tensors}
    if len(wanted) > 1:
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    made = stack.function([t.detach() for t in tensors], 0)
    return made.requires_grad_() if wanted.pop() else made
