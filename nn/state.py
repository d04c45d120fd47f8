"""A module's state as a dictionary, and back: nothing is written before everything was checked."""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import Tensor, no_grad
from nn.hooks import NONE, Hook, Hooks, RemovableHandle
from nn.parameter import Parameter, is_lazy

if TYPE_CHECKING:
    from nn.module import Module

EXTRA_STATE = "_extra_state"


class IncompatibleKeys(NamedTuple):
    """What ``load_state_dict`` returns: the keys that were missing and those that were not expected."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"

    def __str__(self) -> str:
        return repr(self)


def _table(moment: str) -> property:
    """A module's hooks of one moment, by the number of their handles."""

    def get(self: Any) -> OrderedDict[int, Hook]:
        return self._ask_hooks().table(moment)

    def put(self: Any, hooks: Mapping[int, Any]) -> None:
        found = {key: hook if isinstance(hook, Hook) else Hook(hook) for key, hook in hooks.items()}
        table = self._ask_hooks().table(moment)
        table.clear()
        table.update(found)

    return property(get, put)


class State:
    """How a ``Module`` hands out and takes its state. A part of ``Module``; not used alone."""

    _version: int = 1
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    _hooks: Hooks | None = None

    def _ask_hooks(self) -> Hooks:
        """The hooks of this module, made when first asked for."""
        if self._hooks is None:
            object.__setattr__(self, "_hooks", Hooks())
        assert self._hooks is not None
        return self._hooks

    # PyTorch's private names of the tables of hooks, which programs count and clear; the values are records (Hook).
    _forward_hooks, _forward_pre_hooks = _table("forward"), _table("forward_pre")
    _backward_hooks, _backward_pre_hooks = _table("backward"), _table("backward_pre")
    _state_dict_hooks, _state_dict_pre_hooks = _table("state_dict"), _table("state_dict_pre")
    _load_state_dict_pre_hooks, _load_state_dict_post_hooks = _table("load_pre"), _table("load_post")

    # -- out --------------------------------------------------------------------------------------------------------

    def get_extra_state(self) -> Any:
        """Override, together with ``set_extra_state``, to put more than tensors into ``state_dict``."""
        raise RuntimeError(
            "get_extra_state is called only for modules that override it; override get_extra_state and set_extra_state"
        )

    def set_extra_state(self, state: Any) -> None:
        """Override to take what ``get_extra_state`` returned; called by ``load_state_dict``."""
        raise RuntimeError(
            "the state dict has extra state for this module, which does not override set_extra_state to take it"
        )

    def _has_extra_state(self, method: str) -> bool:
        return getattr(type(self), method) is not getattr(State, method)

    def _save_to_state_dict(self, destination: dict, prefix: str, keep_vars: bool) -> None:
        """Put this module's own parameters and persistent buffers into ``destination``; subclasses may add to it."""
        for name, tensor in self._own_state().items():
            destination[prefix + name] = tensor if keep_vars or is_lazy(tensor) else tensor.detach()
        if self._has_extra_state("get_extra_state"):
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    def _own_state(self) -> dict[str, Tensor]:
        hidden = self._non_persistent_buffers_set
        tensors = {**self._parameters, **{n: b for n, b in self._buffers.items() if n not in hidden}}
        return {name: tensor for name, tensor in tensors.items() if tensor is not None}

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """All parameters and persistent buffers by dotted name, in an OrderedDict. As ``torch.nn.Module.state_dict``.

        The values share memory with the module and are detached, unless ``keep_vars``. ``prefix`` goes before each
        name; ``destination`` is filled where one is given.

        >>> import nn
        >>> list(nn.Sequential(nn.Linear(2, 3), nn.ReLU()).state_dict())
        ['0.weight', '0.bias']
        """
        if args:
            warnings.warn(
                "state_dict: positional arguments are deprecated; pass destination=, prefix= and keep_vars= by name",
                FutureWarning,
                stacklevel=2,
            )
            given = dict(zip(("destination", "prefix", "keep_vars"), args, strict=False))
            destination = given.get("destination", destination)
            prefix = given.get("prefix", prefix)
            keep_vars = given.get("keep_vars", keep_vars)
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        hooks = self._hooks or NONE
        for function in hooks.functions("state_dict_pre"):
            function(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in list(hooks.table("state_dict").values()):
            answer = hook.function(self, destination, prefix, metadata)
            if answer is not None and not hook.private:
                raise RuntimeError(f"state_dict post-hook must return None, but returned {type(answer).__name__}")
            destination = destination if answer is None else answer
        return destination

    # -- in ---------------------------------------------------------------------------------------------------------

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Copy the values of ``state_dict`` into this module's parameters and buffers.

        Everything is checked first: after an error the module is as it was. Raises RuntimeError for a wrong size and,
        with ``strict``, for missing or unexpected keys; otherwise those are returned, as ``missing_keys`` and
        ``unexpected_keys``. ``assign`` takes the given tensors themselves instead of copying (so dtypes change). As
        ``torch.nn.Module.load_state_dict``.

        >>> import nn
        >>> a, b = nn.Linear(2, 3), nn.Linear(2, 3)
        >>> a.load_state_dict(b.state_dict())
        <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict).__name__}")
        loading = Loading(state_dict, strict, assign)
        loading.collect(self, "", loading.values)
        loading.run(self)
        return IncompatibleKeys(loading.missing, loading.unexpected)

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Check the entries for this module itself and plan the copies; subclasses may change ``state_dict`` first.

        The copies are run by ``load_state_dict`` once all modules were checked (they wait in
        ``local_metadata["copies"]``).
        """
        arguments = (state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        for hook in list((self._hooks or NONE).table("load_pre").values()):
            hook.function(*(() if hook.private else (self,)), *arguments)
        copies: list[Callable[[], Any]] = local_metadata.get("copies", [])
        assign = local_metadata.get("assign_to_params_buffers", False)
        own = self._own_state()
        for name, tensor in own.items():
            key = prefix + name
            if key in state_dict:
                found = _fitting(state_dict[key], tensor, key, error_msgs)
                if found is not None:
                    copies.append(functools.partial(_take, self, name, tensor, found, assign))
            elif strict:
                missing_keys.append(key)
        self._load_extra_state(state_dict, prefix + EXTRA_STATE, strict, missing_keys, unexpected_keys, copies)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != prefix + EXTRA_STATE:
                    name, dot, _ = key[len(prefix) :].partition(".")
                    if (name not in self._modules) if dot else (name not in own):
                        unexpected_keys.append(key)
        if "copies" not in local_metadata:
            for copy in copies:
                copy()

    def _load_extra_state(
        self, state_dict: dict, key: str, strict: bool, missing: list[str], unexpected: list[str], copies: list
    ) -> None:
        if self._has_extra_state("set_extra_state"):
            if key in state_dict:
                copies.append(functools.partial(self.set_extra_state, state_dict[key]))
            elif strict:
                missing.append(key)
        elif strict and key in state_dict:
            unexpected.append(key)

    # -- hooks ------------------------------------------------------------------------------------------------------

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before ``state_dict`` reads this module."""
        return RemovableHandle(self._ask_hooks().table("state_dict_pre"), Hook(hook))

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after ``state_dict`` read this module and those below.

        The hook may change ``state_dict`` in place; RuntimeError where it returns anything.
        """
        return RemovableHandle(self._ask_hooks().table("state_dict"), Hook(hook))

    def _register_state_dict_hook(self, hook: Callable) -> RemovableHandle:
        """PyTorch's inner form of ``register_state_dict_post_hook``: what the hook returns replaces the dictionary."""
        return RemovableHandle(self._ask_hooks().table("state_dict"), Hook(hook, private=True))

    def _register_load_state_dict_pre_hook(self, hook: Callable, with_module: bool = False) -> RemovableHandle:
        """PyTorch's inner form of ``register_load_state_dict_pre_hook``: without the module unless ``with_module``."""
        return RemovableHandle(self._ask_hooks().table("load_pre"), Hook(hook, private=not with_module))

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)``
        before ``load_state_dict`` reads the entries of this module; it may change them in place.
        """
        return RemovableHandle(self._ask_hooks().table("load_pre"), Hook(hook))

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after ``load_state_dict`` loaded this module and those below.

        What the hook takes out of ``incompatible_keys`` is not an error any more.
        """
        return RemovableHandle(self._ask_hooks().table("load_post"), Hook(hook))


class Loading:
    """One run of ``load_state_dict``: what does not fit, and the copies to make when all was checked."""

    def __init__(self, state_dict: Mapping[str, Any], strict: bool, assign: bool) -> None:
        self.values = OrderedDict(state_dict)
        self.metadata = getattr(state_dict, "_metadata", None)
        self.strict, self.assign = strict, assign
        self.missing: list[str] = []
        self.unexpected: list[str] = []
        self.errors: list[str] = []
        self.copies: list[Callable[[], Any]] = []
        self.after: list[tuple[Any, Callable]] = []

    def collect(self, module: Any, prefix: str, values: dict[str, Any]) -> None:
        """Check ``module`` and those below it against ``values``, whose keys start with ``prefix``."""
        metadata = {} if self.metadata is None else dict(self.metadata.get(prefix[:-1], {}))
        metadata["copies"] = self.copies
        if self.assign:
            metadata["assign_to_params_buffers"] = True
        module._load_from_state_dict(values, prefix, metadata, True, self.missing, self.unexpected, self.errors)
        for name, child in module._modules.items():
            if child is not None:
                start = f"{prefix}{name}."
                self.collect(child, start, {k: v for k, v in values.items() if k.startswith(start)})
        self.after += [(module, function) for function in (module._hooks or NONE).functions("load_post")]

    def run(self, root: Module | State) -> None:
        """Make the copies, or raise and leave the module as it was."""
        if self.errors or not self.after:
            self.check(root)
        with no_grad():
            before = [_undoing(t) for m in root.modules() for t in _tensors(m)] if self.after else []  # type: ignore[union-attr]
            for copy in self.copies:
                copy()
            keys = IncompatibleKeys(self.missing, self.unexpected)
            for module, function in self.after:
                answer = function(module, keys)
                if answer is not None:
                    raise RuntimeError("a load_state_dict post-hook must return None and change the keys in place")
            try:
                self.check(root)
            except RuntimeError:
                for undo in before:
                    undo()
                raise

    def check(self, root: Any) -> None:
        """Raise what does not fit."""
        errors = list(self.errors)
        if self.strict:
            if self.unexpected:
                errors.insert(0, f"Unexpected key(s) in state_dict: {_quoted(self.unexpected)}.{self._hint()}")
            if self.missing:
                errors.insert(0, f"Missing key(s) in state_dict: {_quoted(self.missing)}.")
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(root).__name__}:\n\t" + "\n\t".join(errors))

    def _hint(self) -> str:
        """What to do where all the keys merely have one more word in front."""
        first, dot, _ = self.unexpected[0].partition(".")
        start = first + dot
        if (
            dot
            and {k.removeprefix(start) for k in self.unexpected if k.startswith(start)} >= set(self.missing) != set()
        ):
            return f" The missing keys are there behind {start!r}: strip it with key.removeprefix({start!r})."
        return ""


def _tensors(module: Any) -> list[Tensor]:
    return [t for t in (*module._parameters.values(), *module._buffers.values()) if t is not None]


def _undoing(tensor: Any) -> Callable[[], Any]:
    """What gives ``tensor`` back the values it has now."""
    if not is_lazy(tensor):
        return functools.partial(tensor.copy_, tensor.detach().clone())

    kind, empty = type(tensor), tensor.data

    def undo() -> None:
        tensor.data = empty
        tensor.__class__ = kind

    return undo


def _quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def _fitting(value: Any, tensor: Tensor, key: str, errors: list[str]) -> Tensor | None:
    """``value`` where it can be copied into ``tensor``; otherwise an entry in ``errors``."""
    if not isinstance(value, Tensor):
        errors.append(
            f'While copying the parameter named "{key}", expected a Tensor from the state dict '
            f"but received {type(value).__name__}"
        )
        return None
    if is_lazy(tensor):
        return value
    if tensor.ndim == 0 and tuple(value.shape) == (1,):
        value = value[0]
    if value.shape != tensor.shape:
        errors.append(
            f"size mismatch for {key}: the state dict has shape {tuple(value.shape)}, "
            f"the current model {tuple(tensor.shape)}."
        )
        return None
    return value


def _take(module: Any, name: str, tensor: Tensor, value: Tensor, assign: bool) -> None:
    """Copy ``value`` into ``tensor``, or put it in its place."""
    if not assign:
        if is_lazy(tensor) and not is_lazy(value):
            tensor.materialize(value.shape)
        tensor.copy_(value)
    elif isinstance(tensor, Parameter):
        taken = value if isinstance(value, Parameter) else Parameter(value, requires_grad=False)
        setattr(module, name, taken.requires_grad_(tensor.requires_grad))
    else:
        setattr(module, name, value)


__all__ = ["IncompatibleKeys"]
