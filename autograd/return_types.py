"""The named tuples that functions with several results return. As ``torch.return_types``."""

from __future__ import annotations

from collections import namedtuple
from typing import Any


def _named(name: str, *fields: str, doc: str) -> Any:
    """A named tuple that is printed as PyTorch prints its own."""

    def __repr__(self: Any) -> str:  # noqa: N807 - becomes the method
        parts = ",\n".join(f"{field}={value!r}" for field, value in zip(fields, self, strict=True))
        return f"autograd.return_types.{name}(\n{parts})"

    make: Any = namedtuple  # noqa: PYI024 - the fields are given as arguments
    found = make(name, fields, module=__name__)
    found.__repr__ = __repr__
    found.__doc__ = doc
    return found


max = _named("max", "values", "indices", doc="What ``max(x, dim)`` returns.")
min = _named("min", "values", "indices", doc="What ``min(x, dim)`` returns.")
aminmax = _named("aminmax", "min", "max", doc="What ``aminmax`` returns.")
median = _named("median", "values", "indices", doc="What ``median(x, dim)`` returns.")
nanmedian = _named("nanmedian", "values", "indices", doc="What ``nanmedian(x, dim)`` returns.")
mode = _named("mode", "values", "indices", doc="What ``mode`` returns.")
kthvalue = _named("kthvalue", "values", "indices", doc="What ``kthvalue`` returns.")
sort = _named("sort", "values", "indices", doc="What ``sort`` returns.")
topk = _named("topk", "values", "indices", doc="What ``topk`` returns.")
cummax = _named("cummax", "values", "indices", doc="What ``cummax`` returns.")
cummin = _named("cummin", "values", "indices", doc="What ``cummin`` returns.")
