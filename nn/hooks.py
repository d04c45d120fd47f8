"""Registering hooks on modules: functions called around ``forward``, in backward, and when state is read or set."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple, Self


class Hook(NamedTuple):
    """One registered function and how it wants to be called."""

    function: Callable
    with_kwargs: bool = False
    always_call: bool = False
    private: bool = False  # registered by PyTorch's underscored method, whose hooks are called differently


class RemovableHandle:
    """What registering a hook returns: ``remove()`` takes the hook away, ``with handle:`` does so on leaving.

    >>> import autograd, nn
    >>> layer = nn.Identity()
    >>> handle = layer.register_forward_hook(lambda module, args, output: output + 1)
    >>> layer(autograd.zeros(1))
    tensor([1.])
    >>> handle.remove()
    >>> layer(autograd.zeros(1))
    tensor([0.])
    """

    _next = itertools.count()

    def __init__(self, table: OrderedDict[int, Hook], hook: Hook, prepend: bool = False) -> None:
        if not callable(hook.function):
            raise TypeError(f"hook must be callable, but got {type(hook.function).__name__}")
        self.id = next(self._next)
        self._table = table
        table[self.id] = hook
        if prepend:
            table.move_to_end(self.id, last=False)

    def remove(self) -> None:
        """Take the hook away; doing it twice is fine."""
        self._table.pop(self.id, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


in_use: list[bool] = []  # not empty once any module has been given hooks; until then calls need not look for them


class Hooks:
    """The hooks of one module, a table for each moment; in each, those registered first come first."""

    MOMENTS = (
        "forward_pre",
        "forward",
        "backward_pre",
        "backward",
        "legacy",
        "state_dict_pre",
        "state_dict",
        "load_pre",
        "load_post",
    )

    forward_pre: OrderedDict[int, Hook]
    forward: OrderedDict[int, Hook]
    backward_pre: OrderedDict[int, Hook]
    backward: OrderedDict[int, Hook]
    legacy: OrderedDict[int, Hook]

    def __init__(self) -> None:
        for moment in self.MOMENTS:
            setattr(self, moment, OrderedDict())
        in_use[:] = [True]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        in_use[:] = [True]

    def table(self, moment: str) -> OrderedDict[int, Hook]:
        """The hooks of one moment by their handle's number."""
        return getattr(self, moment)

    def functions(self, moment: str) -> list[Callable]:
        """The functions of one moment, in order."""
        return [hook.function for hook in self.table(moment).values()]

    def refuse_both(self, moment: str, where: str) -> None:
        """Raise where hooks of the other kind of backward hook are there already."""
        if self.table({"backward": "legacy", "legacy": "backward"}[moment]):
            raise RuntimeError(
                f"Cannot use both regular backward hooks and full backward hooks {where}. Please use only one of them."
            )

    @property
    def on_call(self) -> bool:
        """Whether a call of the module has any hook to run."""
        return bool(self.forward or self.forward_pre or self.backward or self.backward_pre or self.legacy)


everywhere: list[Hooks] = []  # the hooks that run for all modules, once there are any
NONE = Hooks()  # has none
in_use.clear()


class _EverywhereHandle(RemovableHandle):
    """The handle of a hook for all modules; with the last of them calls become as fast as before."""

    def remove(self) -> None:
        """Take the hook away; doing it twice is fine."""
        super().remove()
        if everywhere and not everywhere[0].on_call:
            everywhere.clear()


def _register_everywhere(moment: str, hook: Hook) -> RemovableHandle:
    if moment in {"backward", "legacy"} and everywhere:
        everywhere[0].refuse_both(moment, "as a global Module hook")
    tables = everywhere[0] if everywhere else Hooks()
    handle = _EverywhereHandle(tables.table(moment), hook)
    everywhere[:] = [tables]
    return handle


def register_module_forward_pre_hook(hook: Callable) -> RemovableHandle:
    """Call ``hook(module, args)`` before the forward of every module; it may return other arguments.

    As ``torch.nn.modules.module.register_module_forward_pre_hook``: for debugging and drawing. The hook runs before
    the module's own. Raises TypeError unless ``hook`` is callable.

    >>> import autograd, nn
    >>> with nn.register_module_forward_pre_hook(lambda module, args: print(type(module).__name__)):
    ...     y = nn.Sequential(nn.Identity())(autograd.zeros(1))
    Sequential
    Identity
    """
    return _register_everywhere("forward_pre", Hook(hook))


def register_module_forward_hook(
    hook: Callable, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after the forward of every module; it may return another output.

    ``with_kwargs`` passes the keyword arguments too, ``always_call`` calls the hook also where forward raised. As
    ``torch.nn.modules.module.register_module_forward_hook``; raises TypeError unless ``hook`` is callable.

    >>> import autograd, nn
    >>> with nn.register_module_forward_hook(lambda module, args, output: print(tuple(output.shape))):
    ...     y = nn.Flatten()(autograd.zeros(2, 3, 4))
    (2, 12)
    """
    return _register_everywhere("forward", Hook(hook, with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Callable) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` for every module when the gradients of its outputs are known.

    Before the module's own; it may return other gradients. As the function of that name in
    ``torch.nn.modules.module``; raises TypeError unless ``hook`` is callable.

    >>> import autograd, nn
    >>> with nn.register_module_full_backward_pre_hook(lambda module, grad_output: print(type(module).__name__)):
    ...     nn.Sequential(nn.Tanh())(autograd.zeros(1, requires_grad=True)).sum().backward()
    Sequential
    Tanh
    """
    return _register_everywhere("backward_pre", Hook(hook))


def register_module_full_backward_hook(hook: Callable) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` for every module when the gradients of its inputs are known.

    Before the module's own; it may return another ``grad_input``. As the function of that name in
    ``torch.nn.modules.module``; raises TypeError unless ``hook`` is callable, RuntimeError beside hooks of the older
    kind.

    >>> import autograd, nn
    >>> with nn.register_module_full_backward_hook(lambda module, *gradients: print(type(module).__name__)):
    ...     nn.Sequential(nn.Tanh())(autograd.zeros(1, requires_grad=True)).sum().backward()
    Tanh
    Sequential
    """
    return _register_everywhere("backward", Hook(hook))


def register_module_backward_hook(hook: Callable) -> RemovableHandle:
    """The older form of ``register_module_full_backward_hook``, as ``Module.register_backward_hook`` is of its.

    >>> import nn
    >>> nn.register_module_backward_hook(lambda module, grad_input, grad_output: None).remove()
    """
    return _register_everywhere("legacy", Hook(hook))


# -- what is registered with a module -------------------------------------------------------------------------------

registering: dict[str, OrderedDict[int, Hook]] = {kind: OrderedDict() for kind in ("parameter", "buffer", "module")}


def registered(kind: str, module: Any, name: str, value: Any) -> Any:
    """What the hooks leave of a parameter, buffer or module that is being registered."""
    for hook in list(registering[kind].values()):
        answer = hook.function(module, name, value)
        if answer is not None:
            value = answer
    return value


def register_module_parameter_registration_hook(hook: Callable) -> RemovableHandle:
    """Call ``hook(module, name, param)`` whenever a parameter is registered; it may return another one.

    As the function of that name in ``torch.nn.modules.module``; TypeError unless ``hook`` is callable.

    >>> import nn
    >>> with nn.register_module_parameter_registration_hook(lambda module, name, param: print(name)):
    ...     layer = nn.Linear(2, 1)
    weight
    bias
    """
    return RemovableHandle(registering["parameter"], Hook(hook))


def register_module_buffer_registration_hook(hook: Callable) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` whenever a buffer is registered; it may return another one.

    As the function of that name in ``torch.nn.modules.module``; TypeError unless ``hook`` is callable.

    >>> import autograd, nn
    >>> with nn.register_module_buffer_registration_hook(lambda module, name, buffer: buffer + 1):
    ...     module = nn.Module()
    ...     module.register_buffer("mean", autograd.zeros(1))
    >>> module.mean
    tensor([1.])
    """
    return RemovableHandle(registering["buffer"], Hook(hook))


def register_module_module_registration_hook(hook: Callable) -> RemovableHandle:
    """Call ``hook(module, name, submodule)`` whenever a submodule is registered; it may return another one.

    As the function of that name in ``torch.nn.modules.module``; TypeError unless ``hook`` is callable.

    >>> import nn
    >>> with nn.register_module_module_registration_hook(lambda module, name, submodule: nn.Identity()):
    ...     print(nn.Sequential(nn.ReLU()))
    Sequential(
      (0): Identity()
    )
    """
    return RemovableHandle(registering["module"], Hook(hook))


__all__ = [
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]
