"""Hooks on modules: functions called before and after ``forward``, and when a module's gradients are known."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple, Self

import autograd
from autograd import Tensor


class Hook(NamedTuple):
    """One registered function and how it wants to be called."""

    function: Callable
    with_kwargs: bool = False
    always_call: bool = False


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


class Hooks:
    """The hooks of one module, a table for each moment; in each, those registered first come first."""

    MOMENTS = (
        "forward_pre",
        "forward",
        "backward_pre",
        "backward",
        "state_dict_pre",
        "state_dict",
        "load_pre",
        "load_post",
    )

    def __init__(self) -> None:
        for moment in self.MOMENTS:
            setattr(self, moment, OrderedDict())

    def table(self, moment: str) -> OrderedDict[int, Hook]:
        """The hooks of one moment by their handle's number."""
        return getattr(self, moment)

    def functions(self, moment: str) -> list[Callable]:
        """The functions of one moment, in order."""
        return [hook.function for hook in self.table(moment).values()]

    @property
    def on_call(self) -> bool:
        """Whether a call of the module has any hook to run."""
        return any(self.table(moment) for moment in self.MOMENTS[:4])


everywhere: list[Hooks] = []  # the hooks that run for all modules, once there are any
NONE = Hooks()


class _EverywhereHandle(RemovableHandle):
    """The handle of a hook for all modules; with the last of them calls become as fast as before."""

    def remove(self) -> None:
        """Take the hook away; doing it twice is fine."""
        super().remove()
        if everywhere and not everywhere[0].on_call:
            everywhere.clear()


def _register_everywhere(moment: str, hook: Hook) -> RemovableHandle:
    if not everywhere:
        everywhere.append(Hooks())
    return _EverywhereHandle(everywhere[0].table(moment), hook)


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


# -- a call with hooks ----------------------------------------------------------------------------------------------


def call(module: Any, own: Hooks | None, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Run ``module.forward`` with the hooks of the module and those for all modules around it."""
    tables = [*everywhere, own or NONE]
    if not any(hooks.on_call for hooks in tables):
        return module.forward(*args, **kwargs)
    done: set[int] = set()
    try:
        return _call(module, tables, args, kwargs, done)
    except Exception:
        for hooks in tables:
            for number, hook in list(hooks.table("forward").items()):
                if hook.always_call and number not in done:
                    _call_late(module, hook, args, kwargs)
        raise


def _call_late(module: Any, hook: Hook, args: tuple, kwargs: dict[str, Any]) -> None:
    """Run an ``always_call`` hook after forward raised; its own error must not hide the first one."""
    try:
        _call_after(module, hook, args, kwargs, None)
    except Exception as error:  # noqa: BLE001 - reported; the error of forward itself follows
        warnings.warn(
            f"a forward hook with always_call=True of {type(module).__name__} raised {type(error).__name__} ({error}) "
            "after forward itself had raised; the error of forward follows",
            UserWarning,
            stacklevel=5,
        )


def _call(module: Any, tables: list[Hooks], args: tuple, kwargs: dict[str, Any], done: set[int]) -> Any:
    for hooks in tables:
        for hook in list(hooks.table("forward_pre").values()):
            args, kwargs = _call_before(module, hook, args, kwargs)
    backward = _Backward.of(module, tables)
    if backward is not None:
        args = backward.tap_inputs(args)
    result = module.forward(*args, **kwargs)
    for hooks in tables:
        for number, hook in list(hooks.table("forward").items()):
            done.add(number)
            answer = _call_after(module, hook, args, kwargs, result)
            if answer is not None:
                result = answer
    return result if backward is None else backward.tap_outputs(result)


def _call_before(module: Any, hook: Hook, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """The arguments as one forward pre-hook leaves them."""
    if not hook.with_kwargs:
        answer = hook.function(module, args)
        return (args if answer is None else answer if isinstance(answer, tuple) else (answer,)), kwargs
    answer = hook.function(module, args, kwargs)
    if answer is None:
        return args, kwargs
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise RuntimeError(
            "a forward pre-hook with with_kwargs=True must return None or a tuple of new (args, kwargs), "
            f"but returned {answer!r}"
        )
    return answer


def _call_after(module: Any, hook: Hook, args: tuple, kwargs: dict[str, Any], result: Any) -> Any:
    if hook.with_kwargs:
        return hook.function(module, args, kwargs, result)
    return hook.function(module, args, result)


# -- backward hooks -------------------------------------------------------------------------------------------------


@functools.cache
def _tap_class() -> Any:
    """The operation that hands a group of tensors through, and their gradients, together, to a function."""

    class ModuleTap(autograd.Function):
        """The identity; ``answer(gradients)`` sees all gradients at once and returns those that go on."""

        @staticmethod
        def forward(ctx: Any, answer: Callable, *tensors: Tensor) -> tuple[Tensor, ...]:
            ctx.answer = answer
            return tuple(tensor.view_as(tensor) for tensor in tensors)

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> tuple:
            return (None, *ctx.answer(gradients))

    return ModuleTap


class _Backward:
    """One call's full backward hooks: catches the gradients of its outputs, then those of its inputs."""

    def __init__(self, module: Any, before: list[Hook], after: list[Hook]) -> None:
        self.module, self.before, self.after = module, before, after
        self.blank_inputs: list[Any] = []  # for each argument: shape and dtype of a tensor, None for anything else
        self.blank_outputs: list[Any] = []
        self.inputs: list[int] = []  # the places of those that require grad
        self.outputs: list[int] = []
        self.grad_output: tuple | None = None

    @classmethod
    def of(cls, module: Any, tables: list[Hooks]) -> _Backward | None:
        """The catcher of ``module``'s backward hooks; None where there are none."""
        before = [hook for hooks in tables for hook in hooks.table("backward_pre").values()]
        after = [hook for hooks in tables for hook in hooks.table("backward").values()]
        return cls(module, before, after) if before or after else None

    def tap_inputs(self, args: tuple) -> tuple:
        """The positional arguments, those that require grad seen through the tap."""
        self.blank_inputs = _blank(args)
        self.inputs = _with_grad(args)
        return self._tap(args, self.inputs, self.input_gradients)

    def tap_outputs(self, result: Any) -> Any:
        """The module's result, its tensors seen through the tap."""
        several = isinstance(result, tuple)
        if not several and not isinstance(result, Tensor):
            warnings.warn(
                "full backward hooks are called only where the module's output is a Tensor or a tuple of Tensors, "
                f"but {type(self.module).__name__} returned {type(result).__name__}",
                UserWarning,
                stacklevel=5,
            )
            return result
        results = result if several else (result,)
        self.blank_outputs = _blank(results)
        self.outputs = _with_grad(results)
        tapped = self._tap(results, self.outputs, self.output_gradients)
        return (tapped if type(result) is tuple else type(result)(*tapped)) if several else tapped[0]

    @staticmethod
    def _tap(values: tuple, places: list[int], answer: Callable) -> tuple:
        if not places:
            return values
        replaced = list(values)
        for place, tensor in zip(places, _tap_class().apply(answer, *[values[i] for i in places]), strict=True):
            replaced[place] = tensor
        return tuple(replaced)

    def output_gradients(self, gradients: tuple) -> tuple:
        """Run the pre-hooks on the gradients of the outputs; where no input wants one, the hooks as well."""
        grad_output = _spread(gradients, self.outputs, self.blank_outputs)
        for hook in self.before:
            answer = hook.function(self.module, grad_output)
            if answer is not None:
                grad_output = _like(answer, grad_output, "backward pre-hook")
        self.grad_output = grad_output
        if not self.inputs and self.after:
            warnings.warn(
                f"Full backward hook of {type(self.module).__name__} is firing when gradients are computed with respect "
                "to module outputs since no inputs require gradients",
                UserWarning,
                stacklevel=2,
            )
            self._run_after((None,) * len(self.blank_inputs), frozen=True)
        return tuple(grad_output[i] for i in self.outputs)

    def input_gradients(self, gradients: tuple) -> tuple:
        """Run the hooks on the gradients of the inputs."""
        grad_input = self._run_after(_spread(gradients, self.inputs, self.blank_inputs))
        return tuple(grad_input[i] for i in self.inputs)

    def _run_after(self, grad_input: tuple, frozen: bool = False) -> tuple:
        for hook in self.after:
            answer = hook.function(self.module, grad_input, self.grad_output)
            if answer is None:
                continue
            found = _like(answer, grad_input, "backward hook")
            if frozen and any(g is not None for g in found):
                raise RuntimeError(
                    "a backward hook may not return a gradient for the inputs of a module none of whose inputs "
                    "requires grad"
                )
            grad_input = found
        return grad_input


def _with_grad(values: tuple) -> list[int]:
    """The places of the tensors that require grad."""
    return [i for i, value in enumerate(values) if isinstance(value, Tensor) and value.requires_grad]


def _blank(values: tuple) -> list[Any]:
    return [(value.shape, value.dtype) if isinstance(value, Tensor) else None for value in values]


def _spread(gradients: tuple, places: list[int], blank: list[Any]) -> tuple:
    """The gradients at their places; as in PyTorch zeros for other tensors, None for anything else."""
    found: list[Any] = [None] * len(blank)
    for place, like in enumerate(blank):
        if like is not None and place not in places:
            found[place] = autograd.zeros(like[0], dtype=like[1])
    for place, gradient in zip(places, gradients, strict=True):
        found[place] = gradient
    return tuple(found)


def _like(answer: Any, gradients: tuple, what: str) -> tuple:
    """A hook's answer as a tuple as long as ``gradients``."""
    answers = answer if isinstance(answer, tuple) else (answer,)
    if len(answers) != len(gradients):
        raise RuntimeError(f"a {what} returned {len(answers)} gradients where there are {len(gradients)}")
    return answers


__all__ = ["RemovableHandle", "register_module_forward_hook", "register_module_forward_pre_hook"]
