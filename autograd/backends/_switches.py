"""Setting a module's switches for a while."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def switched(module: str, switches: dict[str, Any]) -> Iterator[None]:
    """The switches of ``module`` as given; afterwards as before."""
    names = vars(sys.modules[module])
    before = {name: names[name] for name in switches}
    names.update(switches)
    try:
        yield
    finally:
        names.update(before)
