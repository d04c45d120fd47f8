"""bfloat16: kept in 16 bits (the dtype comes from the package ``ml_dtypes``), computed in float32.

NumPy has no such numbers of its own, and the kernels do not know them. So from the moment the dtype is first asked for,
whatever runs a kernel looks at its arguments (until then it costs nothing): where one is bfloat16, the operation becomes
three, a conversion to float32, itself, and a conversion back, each recorded. Views and conversions run as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes


class Narrow(RuntimeError):  # noqa: N818 - a signal, caught wherever kernels are run
    """Says to whoever runs a kernel that an argument is bfloat16."""


_native: set[Callable] = set()  # the array functions of operations that take bfloat16 as it is
_seen = [0]  # the number of operations when they were collected


def _is_native(forward: Callable) -> bool:
    from autograd.op import registry  # noqa: PLC0415 - operations stand on this module

    if len(registry) != _seen[0]:
        _seen[0] = len(registry)
        for op in registry.values():
            if op.view or op.name == "cast":
                _native.update((op.forward, op.fast))
    return forward in _native


def _watching(plain: Callable) -> Callable:
    """``plain``, which runs a kernel, but raising Narrow for an argument of bfloat16."""
    (wanted,) = dtypes.narrow

    def quiet(forward: Callable, *args: Any, **kwargs: Any) -> Any:
        for arg in args:
            among = arg if type(arg) is tuple else (arg,)
            if any([getattr(a, "dtype", None) is wanted for a in among]) and not _is_native(forward):
                raise Narrow(f"{getattr(forward, '__name__', 'a kernel')} does not compute in bfloat16")
        return plain(forward, *args, **kwargs)

    return quiet


def enable() -> None:
    """Look for bfloat16 from now on; called once, when the dtype is there."""
    from autograd import dispatch  # noqa: PLC0415 - stands on this module

    plain = dispatch.quiet
    watching = _watching(plain)
    for name, module in list(sys.modules.items()):
        # NumPy itself, which makes tensors in factory.py, knows bfloat16.
        if name.startswith("autograd.") and name != "autograd.factory" and vars(module).get("quiet") is plain:
            module.quiet = watching  # type: ignore[attr-defined]


def run(op: Any, tensors: list, static: tuple) -> Any:
    """``op`` on Tensors of which some are bfloat16: computed in float32, results in float32 converted back."""
    from autograd.dispatch import record  # noqa: PLC0415 - stands on this module
    from autograd.ops.convert import cast  # noqa: PLC0415

    (narrow,) = dtypes.narrow
    others = {t._array.dtype for t in tensors if t is not None and dtypes.is_differentiable(t._array.dtype)} - {narrow}
    if others and "norm" not in op.name:
        raise RuntimeError(f"{op.name}: expected all arguments to have one dtype, but got bfloat16 and {others.pop()}")
    wide = [t if t is None or t._array.dtype is not narrow else cast.function(t, dtypes.float32) for t in tensors]
    asked = [value for value in static if isinstance(value, np.dtype)]
    found = record(op, wide, tuple([dtypes.float32 if value is narrow else value for value in static]))
    if asked and narrow not in asked:
        return found

    def back(tensor: Any) -> Any:
        return cast.function(tensor, narrow) if tensor._array.dtype is dtypes.float32 else tensor

    return tuple([back(t) for t in found]) if isinstance(found, tuple) else back(found)


dtypes.when_narrow.append(enable)
