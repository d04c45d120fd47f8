"""Grad modes: per thread, as context managers and as decorators.

``off`` counts the non-default modes that are active in any thread, so that recording an operation costs one test of
a module global while everybody records, and a thread-local look-up only while somebody does not.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

off = 0
_lock = threading.Lock()


class _State(threading.local):
    """What one thread has set."""

    enabled = True
    inference = False


state = _State()


def _set(enabled: bool) -> None:
    """Switch this thread and keep the count of threads that do not record."""
    global off  # noqa: PLW0603 - one counter read on the hot path
    if state.enabled != enabled:
        with _lock:
            off += 1 if state.enabled else -1
        state.enabled = enabled


def is_grad_enabled() -> bool:
    """Whether operations on tensors that require grad are recorded in this thread. As ``torch.is_grad_enabled``.

    >>> import autograd
    >>> with autograd.no_grad():
    ...     autograd.is_grad_enabled()
    False
    """
    return state.enabled


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside ``inference_mode``. As ``torch.is_inference_mode_enabled``.

    >>> import autograd
    >>> autograd.is_inference_mode_enabled()
    False
    """
    return state.inference


class _Mode:
    """A grad mode that restores what it found: ``with mode():``, ``@mode()`` or ``@mode``."""

    enabled = True

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make the mode, or decorate at once where it is used as a bare ``@mode``."""
        self = super().__new__(cls)
        if args and callable(args[0]):
            self._before = []
            return self(args[0])
        return self

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(state.enabled)
        _set(self.enabled)

    def __exit__(self, *exc: object) -> None:
        _set(self._before.pop())

    def _clone(self) -> _Mode:
        return type(self)()

    def __call__(self, function: Callable) -> Callable:
        """Decorate ``function`` (a generator function too) to run in this mode."""
        import inspect  # noqa: PLC0415 - slow to import, needed by decorators only

        if inspect.isgeneratorfunction(function):
            return self._generator(function)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self._clone():
                return function(*args, **kwargs)

        return wrapped

    def _generator(self, function: Callable) -> Callable:
        """Run a generator in this mode and its consumer in their own."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            step: Callable[[], Any] = functools.partial(next, generator)
            while True:
                try:
                    with self._clone():
                        value = step()
                except StopIteration as stop:
                    return stop.value
                try:
                    step = functools.partial(generator.send, (yield value))
                except GeneratorExit:
                    with self._clone():
                        generator.close()
                    raise
                except BaseException as error:  # noqa: BLE001 - handed on to the generator, which may handle it
                    step = functools.partial(generator.throw, error)

        return wrapped


class no_grad(_Mode):
    """Do not record: results inside do not require grad. Context manager and decorator, per thread. As ``torch.no_grad``.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    enabled = False


class enable_grad(_Mode):
    """Record again inside ``no_grad``. Context manager and decorator, per thread. As ``torch.enable_grad``.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.no_grad(), autograd.enable_grad():
    ...     y = x * 2
    >>> y.requires_grad
    True
    """

    enabled = True


class set_grad_enabled(_Mode):
    """Record or not, by a flag; acts at once, and as a context manager or decorator restores. As ``torch.set_grad_enabled``.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.set_grad_enabled(False):
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.enabled = bool(mode)
        self._found = state.enabled
        _set(self.enabled)

    def __enter__(self) -> None:
        self._before.append(self._found)
        _set(self.enabled)

    def _clone(self) -> _Mode:
        return set_grad_enabled(self.enabled)

    def __call__(self, function: Callable) -> Callable:
        """Decorate ``function``; the mode set by the call itself is taken back."""
        _set(self._found)
        return super().__call__(function)


class inference_mode(_Mode):
    """``no_grad`` for inference, with a flag as ``torch.inference_mode`` takes it.

    Tensors made inside are ordinary tensors that do not require grad: there is no version counter to save here.

    >>> import autograd
    >>> @autograd.inference_mode()
    ... def predict(x):
    ...     return x * 2
    >>> predict(autograd.ones(1, requires_grad=True)).requires_grad
    False
    """

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.mode = bool(mode)
        self.enabled = not self.mode
        self._inference: list[bool] = []

    def __enter__(self) -> None:
        self._inference.append(state.inference)
        state.inference = self.mode
        super().__enter__()

    def __exit__(self, *exc: object) -> None:
        state.inference = self._inference.pop()
        super().__exit__(*exc)

    def _clone(self) -> _Mode:
        return inference_mode(self.mode)
