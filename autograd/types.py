"""Shapes and devices."""

from __future__ import annotations

from typing import Any


class Size(tuple):
    """A shape: a tuple with ``numel()``. As ``torch.Size``.

    >>> import autograd
    >>> autograd.ones(2, 3).shape.numel()
    6
    """

    __slots__ = ()

    def numel(self) -> int:
        """The product of the sizes."""
        count = 1
        for size in self:
            count *= size
        return count

    def __repr__(self) -> str:
        return f"autograd.Size({list(self)})"

    def __add__(self, other: Any) -> Any:
        return Size(tuple.__add__(self, other)) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return Size(tuple.__add__(other, self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, count: Any) -> Any:
        return Size(tuple.__mul__(self, count))

    __rmul__ = __mul__

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Size(found) if isinstance(index, slice) else found


class device:
    """Where a tensor lives. There is one: the CPU. As ``torch.device``; other names raise RuntimeError.

    >>> import autograd
    >>> autograd.device("cpu").type
    'cpu'
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        name = type.type if isinstance(type, device) else type
        if not isinstance(name, str) or name.partition(":")[0] != "cpu":
            raise RuntimeError(f"device must be 'cpu' (tensors live in NumPy's memory), but got {name!r}")
        self.type = "cpu"
        self.index = int(name.partition(":")[2]) if ":" in name else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and self.type == other.type

    def __hash__(self) -> int:
        return hash(self.type)

    def __repr__(self) -> str:
        return "device(type='cpu')"

    def __str__(self) -> str:
        return "cpu"


CPU = device()
