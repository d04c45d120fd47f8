"""What the benchmarks share: contenders timed in alternating short rounds, and a table with budgets.

Import this first: it keeps NumPy's and PyTorch's linear algebra to one thread.
"""

import importlib
import os
import sys
import time
from pathlib import Path
from statistics import median

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, also where another version is installed

MICRO = 1e6


def peer(name):
    """A peer's module, or None where it is not installed."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError:
        return None
    if name == "torch":
        module.set_num_threads(1)
    return module


def loop(source, **names):
    """A function of ``count`` that runs ``source`` that many times; the names are its locals, so look-ups are equal."""
    body = "\n        ".join(source.splitlines())
    given = ", ".join(f"{name}={name}" for name in names)
    space = dict(names)
    exec(f"def run(count, {given}):\n    for _ in range(count):\n        {body}\n", space)
    return space["run"]


def clock(run, count):
    """Seconds for one of ``count`` runs."""
    start = time.perf_counter()
    run(count)
    return (time.perf_counter() - start) / count


def compete(contenders, seconds, rounds):
    """Seconds per run of each contender: a list with one entry per round, in which each had its short turn.

    The order turns around from round to round, so that nobody always follows the same neighbour.
    """
    share = seconds / rounds / len(contenders)
    counts = {}
    for name, run in contenders.items():
        run(2)  # warm up
        counts[name] = max(1, int(share / max(clock(run, 3), 1e-9)))
    times = {name: [] for name in contenders}
    for turn in range(rounds):
        order = list(contenders) if turn % 2 else list(reversed(contenders))
        for name in order:
            times[name].append(clock(contenders[name], counts[name]))
    return times


def difference(times, one, other):
    """Median over the rounds, and difference of the fastest rounds, of what ``one`` takes more than ``other``."""
    pairs = zip(times[one], times[other], strict=True)
    return median(a - b for a, b in pairs), min(times[one]) - min(times[other])


def ratio(times, one, other):
    """Median over the rounds, and ratio of the fastest rounds, of ``one``'s time to ``other``'s."""
    pairs = zip(times[one], times[other], strict=True)
    return median(a / b for a, b in pairs), min(times[one]) / min(times[other])


class Table:
    """Lines of figures beside their budgets, printed as they come, and a verdict in the end."""

    WIDTHS = (46, 10, 10, 10, 6)

    def __init__(self):
        self.over = 0
        self._line("", "median", "fastest", "budget", "")

    def _line(self, *cells):
        first, *rest = cells
        print(
            f"{first:<{self.WIDTHS[0]}}" + "".join(f"{c:>{w}}" for c, w in zip(rest, self.WIDTHS[1:], strict=True)),
            flush=True,
        )

    def title(self, text):
        print(f"\n{text}", flush=True)

    def note(self, text):
        print(f"  {text}", flush=True)

    def row(self, name, middle, fastest=None, budget=None, unit=""):
        """One figure; where it has a budget, its median is judged."""
        verdict = "" if budget is None else "ok" if middle <= budget else "over"
        self.over += verdict == "over"
        show = lambda value: "" if value is None else f"{value:.2f}{unit}"
        self._line(f"  {name}", show(middle), show(fastest), show(budget), verdict)

    def close(self):
        print(f"\n{'all within budget' if not self.over else f'{self.over} over budget'}")
