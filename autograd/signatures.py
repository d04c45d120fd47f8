"""What ``help`` and ``inspect.signature`` say of an operation's function, put together from its record when asked."""

from __future__ import annotations

from inspect import Parameter, Signature
from types import MappingProxyType
from typing import Any

ALIASES = {"x": "input", "y": "other"}  # PyTorch's names of the arguments that the records call x and y


class OpSignature(Signature):
    """The signature of an operation's function: its arguments by PyTorch's names, its statics, and ``out``.

    >>> import autograd, inspect
    >>> print(inspect.signature(autograd.amax))
    (input, dim=(), keepdim=False, *, out=None)
    """

    __slots__ = ("op",)

    def __init__(self, op: Any) -> None:
        self.op = op
        self._return_annotation = Signature.empty

    @property
    def parameters(self) -> MappingProxyType[str, Parameter]:
        """The parameters by name, in their order."""
        op = self.op
        found = [self._argument(name) for name in op.args]
        found += [self._argument(name) for name in op.static]
        if "out" not in op.static:
            found.append(Parameter("out", Parameter.KEYWORD_ONLY, default=None))
        return MappingProxyType({p.name: p for p in found})

    def _argument(self, name: str) -> Parameter:
        default = self.op.defaults.get(name, Parameter.empty)
        return Parameter(ALIASES.get(name, name), Parameter.POSITIONAL_OR_KEYWORD, default=default)

    def replace(self, **changes: Any) -> Signature:  # type: ignore[override]
        """An ordinary signature with some parts changed."""
        parameters = changes.get("parameters", self.parameters.values())
        return Signature(parameters, return_annotation=changes.get("return_annotation", Signature.empty))
