"""A call of a module with hooks around it, forward and backward."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor
from nn.hooks import NONE, Hook, Hooks, everywhere


def call(module: Any, own: Hooks | None, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Run ``module.forward`` with the hooks of the module and those for all modules around it."""
    own = own or NONE
    if not everywhere and not own.on_call:
        return module.forward(*args, **kwargs)
    run = _Call(module, [*everywhere, own], args, kwargs)
    try:
        return run.run()
    except Exception:
        run.finish()
        raise


class _Call:
    """One call: its arguments and its result as the hooks so far have left them."""

    def __init__(self, module: Any, tables: list[Hooks], args: tuple, kwargs: dict[str, Any]) -> None:
        self.module, self.tables, self.args, self.kwargs = module, tables, args, kwargs
        self.result: Any = None
        self.done: set[int] = set()

    def run(self) -> Any:
        """The hooks before, ``forward``, the hooks after; and what makes backward call its hooks."""
        for hooks in self.tables:
            for hook in list(hooks.forward_pre.values()):
                self._before(hook)
        backward = _Backward.of(self.module, self.tables)
        if backward is not None:
            self.args = backward.tap_inputs(self.args)
        self.result = self.module.forward(*self.args, **self.kwargs)
        for hooks in self.tables:
            for number, hook in list(hooks.forward.items()):
                self.done.add(number)
                self._after(hook)
        if backward is not None:
            self.result = backward.tap_outputs(self.result)
        for hooks in self.tables:
            if hooks.legacy:
                _hook_last_node(self.module, self.result, hooks.functions("legacy"))
        return self.result

    def finish(self) -> None:
        """After an error: the ``always_call`` hooks that have not run; their errors must not hide the first one."""
        late = [item for hooks in self.tables for item in hooks.forward.items()]
        for number, hook in late:
            if not hook.always_call or number in self.done:
                continue
            try:
                self._after(hook)
            except Exception as error:  # noqa: BLE001 - reported; the first error follows
                warnings.warn(
                    f"a forward hook with always_call=True of {type(self.module).__name__} raised "
                    f"{type(error).__name__} ({error}) after another error in this call, which follows",
                    UserWarning,
                    stacklevel=4,
                )

    def _before(self, hook: Hook) -> None:
        """Take the arguments as one forward pre-hook leaves them."""
        if not hook.with_kwargs:
            answer = hook.function(self.module, self.args)
            if answer is not None:
                self.args = answer if isinstance(answer, tuple) else (answer,)
            return
        answer = hook.function(self.module, self.args, self.kwargs)
        if answer is None:
            return
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise RuntimeError(
                "a forward pre-hook with with_kwargs=True must return None or a tuple of new (args, kwargs), "
                f"but returned {answer!r}"
            )
        self.args, self.kwargs = answer

    def _after(self, hook: Hook) -> None:
        """Take the result as one forward hook leaves it."""
        middle = (self.args, self.kwargs) if hook.with_kwargs else (self.args,)
        answer = hook.function(self.module, *middle, self.result)
        if answer is not None:
            self.result = answer


def _hook_last_node(module: Any, result: Any, functions: list[Callable]) -> None:
    """Backward hooks of the older kind: they see the node of the result (of its first tensor), not the module."""
    while not isinstance(result, Tensor):
        if isinstance(result, dict):
            result = next(value for value in result.values() if isinstance(value, Tensor))
        else:
            result = result[0]
    if result.grad_fn is not None:
        for function in functions:
            result.grad_fn.register_hook(functools.partial(function, module))


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
        if not any([hooks.backward or hooks.backward_pre for hooks in tables]):
            return None
        before = [hook for hooks in tables for hook in hooks.backward_pre.values()]
        after = [hook for hooks in tables for hook in hooks.backward.values()]
        return cls(module, before, after)

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
            self.grad_output = None
        return tuple(grad_output[i] for i in self.outputs)

    def input_gradients(self, gradients: tuple) -> tuple:
        """Run the hooks on the gradients of the inputs."""
        if self.grad_output is None:  # of a second derivative, whose path does not lead through the module's outputs
            return gradients
        grad_input = self._run_after(_spread(gradients, self.inputs, self.blank_inputs))
        self.grad_output = None
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


__all__ = ["call"]
