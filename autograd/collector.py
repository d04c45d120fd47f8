"""Keeping Python's cycle collector from walking over large graphs again and again.

A recorded graph has no cycles and dies by reference counts, but the collector cannot know: while a million nodes are
recorded it walks over all of them some seven times, which doubles the time. So while nodes are most of what is
allocated, what has survived two collections is set aside (``gc.freeze``, which only relinks lists); it is handed back as
soon as recording slows down, and after every backward pass. Somebody else's use of ``gc.freeze`` is left alone.
"""

from __future__ import annotations

import gc
from typing import Any

from autograd.node import numbers

_MANY = 2000  # nodes between two collections of the middle generation (7,000 allocations): then a graph is being built
_FEW = 1000  # objects that may be set aside without anybody having asked: Python 3.12 starts with some 400


class _Collector:
    """What the callback knows: the node count at the last collection, and whether objects are set aside by us."""

    def __init__(self) -> None:
        self.last = 0
        self.aside = False

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        generation = info["generation"]
        if phase == "stop" and generation == 1:
            self._set_aside()
        elif phase == "start" and generation == 2 and self.aside and next(numbers) - self.last < _MANY:
            self.hand_back()

    def _set_aside(self) -> None:
        number = next(numbers)
        building = number - self.last > _MANY
        self.last = number
        if building and (self.aside or gc.get_freeze_count() < _FEW):
            gc.freeze()
            self.aside = True
        elif not building and self.aside:
            self.hand_back()

    def hand_back(self) -> None:
        """Give what was set aside back to the collector."""
        gc.unfreeze()
        self.aside = False


collector = _Collector()
gc.callbacks.append(collector)
