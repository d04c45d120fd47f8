"""The base class of layers, losses and models."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Self

from autograd import Tensor
from nn import hook_calls
from nn.conversion import Conversion
from nn.hooks import Hook, RemovableHandle, everywhere, in_use, registered, registering
from nn.parameter import Buffer, Parameter
from nn.state import State
from nn.tree import CONTAINERS, Tree

TABLES = ("_parameters", "_buffers", "_modules")


class Module(Tree, State, Conversion):
    """The base class of all layers and models: knows its parameters, buffers and submodules. As ``torch.nn.Module``.

    Call ``super().__init__()`` first, assign ``Parameter``, ``Module`` and (by ``register_buffer``) buffers as
    attributes, and write ``forward``; calling the module runs it with the hooks around it. A list or dict of modules
    is not seen: use ``ModuleList`` and ``ModuleDict``.

    >>> import autograd, nn
    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.fc = nn.Linear(2, 1)
    ...     def forward(self, x):
    ...         return self.fc(x).relu()
    >>> Net()
    Net(
      (fc): Linear(in_features=2, out_features=1, bias=True)
    )
    """

    training: bool
    call_super_init: bool = False
    dump_patches: bool = False  # PyTorch's, and without effect there too

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init and (args or kwargs):
            name = f"{type(self).__name__}.__init__()"
            if kwargs:
                raise TypeError(f"{name} got an unexpected keyword argument {next(iter(kwargs))!r}")
            raise TypeError(f"{name} takes 1 positional argument but {len(args) + 1} were given")
        own = self.__dict__  # past __setattr__, which asks these
        own["training"] = True
        own["_parameters"] = {}
        own["_buffers"] = {}
        own["_non_persistent_buffers_set"] = set()
        own["_modules"] = {}
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What calling the module computes; every subclass writes its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward`` with the hooks around it."""
        if not in_use or (self._hooks is None and not everywhere):
            return self.forward(*args, **kwargs)
        return hook_calls.call(self, self._hooks, args, kwargs)

    # -- attributes -------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        if "_parameters" in own:
            for table in TABLES:
                if name in own[table]:
                    _shorten(type(self), name)
                    return own[table][name]
        inherited = getattr(type(self), name, None)
        if isinstance(inherited, property):  # it raised AttributeError itself: show that error, not one about its name
            return inherited.__get__(self)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if "_parameters" not in own:
            _refuse_early(value)
            object.__setattr__(self, name, value)
        elif isinstance(value, Parameter):
            self._forget(name, "_parameters")
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            self._forget(name, "_modules")
            own["_modules"][name] = registered("module", self, name, value) if registering["module"] else value
        elif name in own["_parameters"]:
            _refuse(value is not None, value, "parameter", name, "nn.Parameter or None")
            self.register_parameter(name, value)
        elif name in own["_modules"]:
            _refuse(value is not None, value, "child module", name, "nn.Module or None")
            own["_modules"][name] = registered("module", self, name, value) if registering["module"] else value
        elif name in own["_buffers"] or isinstance(value, Buffer):
            _refuse(value is not None and not isinstance(value, Tensor), value, "buffer", name, "a Tensor or None")
            persistent = name not in own["_non_persistent_buffers_set"]
            if isinstance(value, Buffer):
                persistent = value.persistent
                self._forget(name, "_buffers")
            self._assign_buffer(name, value, persistent)
        else:
            object.__setattr__(self, name, value)
            if type(value) in CONTAINERS:
                self._look_into(name, value)

    def _assign_buffer(self, name: str, value: Any, persistent: bool) -> None:
        """Register a buffer that was assigned; an override of ``register_buffer`` may not know ``persistent``."""
        own: Any = type(self).register_buffer
        if own is Module.register_buffer or "persistent" in inspect.signature(own).parameters:
            self.register_buffer(name, value, persistent)
        elif persistent:
            self.register_buffer(name, value)
        else:
            raise RuntimeError(
                f"{type(self).__name__}.register_buffer has no argument persistent, so the non-persistent buffer {name!r} "
                "cannot be assigned"
            )

    def __delattr__(self, name: str) -> None:
        for table in TABLES:
            if name in self.__dict__.get(table, ()):
                del self.__dict__[table][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def _forget(self, name: str, but: str) -> None:
        """Remove whatever else has this name."""
        self.__dict__.pop(name, None)
        for table in TABLES:
            if table != but:
                self.__dict__[table].pop(name, None)
        if but != "_buffers":
            self._non_persistent_buffers_set.discard(name)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__.copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __dir__(self) -> list[str]:
        members = {n for kind in type(self).__mro__ for n, value in vars(kind).items() if isinstance(value, _Member)}
        names = {*dir(type(self))} - members
        names.update(self.__dict__, self._parameters, self._buffers, self._modules)
        return sorted(name for name in names if not name[0].isdigit())

    # -- registering ------------------------------------------------------------------------------------------------

    def _check_name(self, kind: str, name: Any, table: str) -> None:
        if table not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string, but got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if not name:
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in self.__dict__[table] and hasattr(self, name):
            raise KeyError(f"attribute {name!r} already exists")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter (None keeps the place, and stays out of ``state_dict``); assigning an attribute does this too.

        Raises KeyError for a name that is taken, empty or has a dot, TypeError for anything but a ``Parameter``.

        >>> import autograd, nn
        >>> module = nn.Module()
        >>> module.register_parameter("scale", nn.Parameter(autograd.ones(1)))
        >>> module.scale
        Parameter containing:
        tensor([1.], requires_grad=True)
        """
        self._check_name("parameter", name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign a {type(param).__name__} to parameter {name!r} (nn.Parameter or None expected)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter {name!r}: a parameter is a leaf. To make {name!r} a function "
                "of another Tensor, compute it in forward()."
            )
        if param is not None and registering["parameter"]:
            param = registered("parameter", self, name, param)
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is no parameter; with ``persistent=False`` not to ``state_dict``.

        Raises KeyError for a name that is taken, empty or has a dot, TypeError for anything but a Tensor.

        >>> import autograd, nn
        >>> module = nn.Module()
        >>> module.register_buffer("mean", autograd.zeros(2))
        >>> module.mean
        tensor([0., 0.])
        """
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign a {type(tensor).__name__} to buffer {name!r} (Tensor or None required)")
        if registering["buffer"]:
            tensor = registered("buffer", self, name, tensor)
        self._buffers[name] = tensor
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a submodule; assigning an attribute does this too. The same as ``add_module``.

        >>> import nn
        >>> module = nn.Module()
        >>> module.register_module("act", nn.ReLU())
        >>> module.act
        ReLU()
        """
        self.add_module(name, module)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a submodule under a name that need not be known before.

        Raises TypeError for anything but a Module, KeyError for a name that is taken, empty or has a dot.
        """
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{name!r}: {type(module).__name__} is not a Module subclass")
        self._check_name("module", name, "_modules")
        self._modules[name] = registered("module", self, name, module) if registering["module"] else module

    def _hook(self, moment: str, hook: Hook, prepend: bool = False) -> RemovableHandle:
        return RemovableHandle(self._ask_hooks().table(moment), hook, prepend)

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before ``forward``; it may return other arguments.

        ``with_kwargs``: ``hook(module, args, kwargs)``, which may return both. ``prepend`` puts it before the others.

        >>> import autograd, nn
        >>> layer = nn.Identity()
        >>> handle = layer.register_forward_pre_hook(lambda module, args: (args[0] + 1,))
        >>> layer(autograd.zeros(1))
        tensor([1.])
        """
        return self._hook("forward_pre", Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after ``forward``; it may return another output.

        ``with_kwargs``: ``hook(module, args, kwargs, output)``. ``always_call``: also where forward raised (then with
        None as output). ``prepend`` puts it before the others.

        >>> import autograd, nn
        >>> layer = nn.Identity()
        >>> handle = layer.register_forward_hook(lambda module, args, output: print(tuple(output.shape)))
        >>> y = layer(autograd.zeros(3))
        (3,)
        """
        return self._hook("forward", Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradients of the outputs are known; it may return others."""
        return self._hook("backward_pre", Hook(hook), prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of the inputs are known.

        Both are tuples, with zeros for tensors that do not require grad and None for anything else; the hook may return
        another ``grad_input``. They are for positional arguments.

        >>> import autograd, nn
        >>> layer = nn.Tanh()
        >>> handle = layer.register_full_backward_hook(lambda module, grad_input, grad_output: print(grad_input))
        >>> layer(autograd.zeros(1, requires_grad=True)).sum().backward()
        (tensor([1.]),)
        """
        self._ask_hooks().refuse_both("backward", "on a single Module")
        return self._hook("backward", Hook(hook), prepend)

    def register_backward_hook(self, hook: Callable) -> RemovableHandle:
        """The older form of ``register_full_backward_hook``: ``hook`` sees the last operation in place of the module.

        ``grad_input`` are the gradients of the inputs of the operation that made the (first) output, in this engine's
        order. RuntimeError beside full backward hooks.
        """
        self._ask_hooks().refuse_both("legacy", "on a single Module")
        return self._hook("legacy", Hook(hook))

    # -- modes and gradients ----------------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below it to training (dropout drops …); returns it. ValueError unless a bool."""
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, but got {type(mode).__name__}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Switch this module and all below it to evaluation; returns it. The same as ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Switch recording on or off for all parameters (off freezes them); returns the module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or with ``set_to_none=False`` set them to zero."""
        for module in self.modules():
            for parameter in module._parameters.values():
                if parameter is None or parameter.grad is None:
                    continue
                if set_to_none:
                    parameter.grad = None
                else:
                    gradient = parameter.grad
                    if gradient.grad_fn is None:
                        gradient.requires_grad_(False)
                    else:
                        gradient.detach_()
                    gradient.zero_()

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call ``fn`` on every module below and then on this one, for example to initialise; returns the module.

        >>> import nn
        >>> net = nn.Sequential(nn.ReLU()).apply(lambda module: print(type(module).__name__))
        ReLU
        Sequential
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no compiler here. PyTorch's programs that call it run unchanged."""

    # -- text -------------------------------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands between the brackets when the module is printed; override it in your own module."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        own = extra.split("\n") if extra else []
        below = [f"({name}): {_indented(repr(module))}" for name, module in self._modules.items()]
        if not below and len(own) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(own + below) + "\n)"


class _Member:
    """A parameter, buffer or submodule found from the class: 3 times as fast as failing first and then ``__getattr__``.

    It gives way to an attribute of the instance, is put on a class when the name is first asked for, and is not there
    for whoever asks the class.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, module: Any, owner: type | None = None) -> Any:
        if module is not None:
            own, name = module.__dict__, self.name
            try:
                found = own["_parameters"].get(name)
                if found is not None:
                    return found
                found = own["_modules"].get(name)
                if found is not None:
                    return found
                return own["_buffers"][name]
            except KeyError:
                pass
        raise AttributeError(self.name)  # a module is asked by __getattr__ then


def _shorten(kind: type, name: str) -> None:
    """Let modules of this class find ``name`` faster from now on, unless the class has a ``__getattr__`` of its own."""
    if kind.__getattr__ is Module.__getattr__ and name.isidentifier():  # type: ignore[attr-defined]
        setattr(kind, name, _Member(name))


def _indented(text: str) -> str:
    """The lines after the first moved in; empty ones stay empty, as in PyTorch."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"  {line}" if line.strip() else "" for line in rest)])


def _refuse(wrong: bool, value: Any, kind: str, name: str, expected: str) -> None:
    if wrong:
        raise TypeError(f"cannot assign a {type(value).__name__} as {kind} {name!r} ({expected} expected)")


def _refuse_early(value: Any) -> None:
    """An assignment before ``Module.__init__`` ran."""
    for kind, plural in ((Parameter, "parameters"), (Module, "module"), (Buffer, "buffer")):
        if isinstance(value, kind):
            raise AttributeError(f"cannot assign {plural} before Module.__init__() call: call super().__init__() first")


__all__ = ["Module"]
