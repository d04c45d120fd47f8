"""Switches that PyTorch's programs set. Most have nothing to switch here: they are kept, and can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.anomaly import set_detect_anomaly
from autograd.api.export import export, functions
from autograd.factory import warn

functions["dtype"] = np.dtype  # the class of dtypes, for annotations and isinstance

_state: dict[str, Any] = {
    "deterministic": 0,  # as the debug mode counts: 0 off, 1 warn only, 2 on
    "precision": "highest",
    "interop_threads": 1,
    "warn_always": False,
}
_MODES = ("default", "warn", "error")


def _bool(function: str, name: str, value: Any, error: type[Exception] = TypeError) -> bool:
    if not isinstance(value, bool):
        raise error(f"{function}(): argument {name!r} must be bool, not {type(value).__name__}")
    return value


# -- repeatability ------------------------------------------------------------------------------------------------------


@export(method=False)
def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for algorithms that give the same result each time. As ``torch.use_deterministic_algorithms``.

    All are like that here, on any number of threads, so this is remembered and changes nothing. TypeError for no bool.

    >>> import autograd
    >>> autograd.use_deterministic_algorithms(True)
    >>> autograd.are_deterministic_algorithms_enabled()
    True
    >>> autograd.use_deterministic_algorithms(False)
    """
    _bool("use_deterministic_algorithms", "mode", mode)
    _bool("use_deterministic_algorithms", "warn_only", warn_only)
    _state["deterministic"] = (1 if warn_only else 2) if mode else 0


@export(method=False)
def are_deterministic_algorithms_enabled() -> bool:
    """What was set by ``use_deterministic_algorithms``. As ``torch.are_deterministic_algorithms_enabled``.

    >>> import autograd
    >>> autograd.are_deterministic_algorithms_enabled()
    False
    """
    return _state["deterministic"] > 0


@export(method=False)
def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether ``warn_only`` was set. As ``torch.is_deterministic_algorithms_warn_only_enabled``.

    >>> import autograd
    >>> autograd.is_deterministic_algorithms_warn_only_enabled()
    False
    """
    return _state["deterministic"] == 1


@export(method=False)
def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """The other form of ``use_deterministic_algorithms``: "default" or 0 is off, "warn" or 1, "error" or 2.

    As ``torch.set_deterministic_debug_mode``. RuntimeError for another mode, TypeError for another type.

    >>> import autograd
    >>> autograd.set_deterministic_debug_mode("warn")
    >>> autograd.get_deterministic_debug_mode()
    1
    >>> autograd.set_deterministic_debug_mode(0)
    """
    if not isinstance(debug_mode, (int, str)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in _MODES:
            raise RuntimeError(
                f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
            )
        debug_mode = _MODES.index(debug_mode)
    if debug_mode not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    _state["deterministic"] = int(debug_mode)


@export(method=False)
def get_deterministic_debug_mode() -> int:
    """0, 1 or 2: see ``set_deterministic_debug_mode``. As ``torch.get_deterministic_debug_mode``.

    >>> import autograd
    >>> autograd.get_deterministic_debug_mode()
    0
    """
    return _state["deterministic"]


# -- arithmetic ---------------------------------------------------------------------------------------------------------


@export(method=False)
def set_float32_matmul_precision(precision: str) -> None:
    """Ask for "highest", "high" or "medium" products of float32 matrices. As ``torch.set_float32_matmul_precision``.

    They are always computed in full float32, so this is remembered and changes nothing; another word is a warning.

    >>> import autograd
    >>> autograd.set_float32_matmul_precision("high")
    >>> autograd.get_float32_matmul_precision()
    'high'
    >>> autograd.set_float32_matmul_precision("highest")
    """
    if precision not in ("highest", "high", "medium"):
        warn(f"{precision!r} is not one of 'highest', 'high', or 'medium'; the current setting is kept")
        return
    _state["precision"] = precision


@export(method=False)
def get_float32_matmul_precision() -> str:
    """What was set by ``set_float32_matmul_precision``. As ``torch.get_float32_matmul_precision``.

    >>> import autograd
    >>> autograd.get_float32_matmul_precision()
    'highest'
    """
    return _state["precision"]


@export(method=False)
def set_flush_denormal(mode: bool) -> bool:
    """Ask that the smallest numbers be flushed to 0; False, because NumPy does not. As ``torch.set_flush_denormal``.

    RuntimeError for no bool.

    >>> import autograd
    >>> autograd.set_flush_denormal(True)
    False
    """
    _bool("set_flush_denormal", "mode", mode, RuntimeError)
    return False


@export(method=False)
def get_num_interop_threads() -> int:
    """The number of operations that run at a time: 1 unless set. As ``torch.get_num_interop_threads``.

    >>> import autograd
    >>> autograd.get_num_interop_threads()
    1
    """
    return _state["interop_threads"]


@export(method=False)
def set_num_interop_threads(int: int) -> None:
    """Remember a number of threads; operations run one at a time all the same. As ``torch.set_num_interop_threads``.

    RuntimeError for what is no positive int.

    >>> import autograd
    >>> autograd.set_num_interop_threads(1)
    """
    if isinstance(int, bool) or not hasattr(int, "__index__"):
        raise RuntimeError(f"set_num_interop_threads expects an int, but got {type(int).__name__}")
    if int < 1:
        raise RuntimeError(f"set_num_interop_threads expects a positive integer, but got {int}")
    _state["interop_threads"] = int.__index__()


# -- warnings and checks ------------------------------------------------------------------------------------------------


@export(method=False)
def set_warn_always(b: bool, /) -> None:
    """Whether warnings that come once may come each time; here all come each time, as Python's filters say.

    Remembered only. As ``torch.set_warn_always``. RuntimeError for no bool.

    >>> import autograd
    >>> autograd.set_warn_always(False)
    """
    _state["warn_always"] = _bool("set_warn_always", "b", b, RuntimeError)


@export(method=False)
def is_warn_always_enabled() -> bool:
    """What was set by ``set_warn_always``. As ``torch.is_warn_always_enabled``.

    >>> import autograd
    >>> autograd.is_warn_always_enabled()
    False
    """
    return _state["warn_always"]


@export(method=False)
def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """``set_detect_anomaly`` as a plain call, for good. As ``torch.set_anomaly_enabled``.

    >>> import autograd
    >>> autograd.set_anomaly_enabled(True)
    >>> autograd.is_anomaly_enabled()
    True
    >>> autograd.set_anomaly_enabled(False)
    """
    set_detect_anomaly(enabled, check_nan)


def _assert(condition: Any, message: Any) -> None:
    """AssertionError with ``message`` unless ``condition``, a bool or a tensor of one element, is true.

    As ``torch._assert``, which models use so that a tracer does not lose the test.
    """
    if not condition:
        raise AssertionError(message)


functions["_assert"] = _assert


# -- compiling ----------------------------------------------------------------------------------------------------------


@export(method=False)
def compile(
    model: Callable | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str | Callable = "inductor",
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    disable: bool = False,
) -> Any:
    """``model`` itself, unchanged: nothing is compiled here, and the other arguments are ignored. As ``torch.compile``.

    Without a model, a decorator. AssertionError for what cannot be called.

    >>> import autograd
    >>> @autograd.compile(mode="reduce-overhead")
    ... def double(x):
    ...     return x * 2
    >>> double(autograd.ones(2))
    tensor([2., 2.])
    """
    if model is None:
        return lambda function: compile(function)
    if not callable(model):
        raise AssertionError(f"A callable function is expected, but {type(model)} is provided.")
    return model
