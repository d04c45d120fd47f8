"""What recording costs: each operation beside bare NumPy and the peers, long chains, memory, and the import.

Run ``python benchmarks/overhead.py [--quick]`` on a machine that does little else. Figures are ratios or differences
between contenders that took turns in one run; compare them, not seconds from different runs.
"""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from statistics import median

from timing import MICRO, ROOT, Table, compete, difference, loop, peer, ratio  # first: it sets the number of threads

# isort: split
import numpy as np

import autograd

PEERS = {name: peer(name) for name in ("torch", "micrograd.engine", "mygrad")}
OPERATIONS = 90  # in a chain; a multiple of the steps of each


def vector(value):
    return np.full(10, value, np.float32)


def tensor(value, grad):
    return autograd.tensor(value, requires_grad=grad)


# -- one operation over bare NumPy --------------------------------------------------------------------------------

SINGLE = ("x + y", "x * y", "x / y", "x * 2.0", "exp(x)", "tanh(x)")  # the budget is for two; one is held to it too


def single_operations(table, effort):
    a, b = vector(1.25), vector(0.75)
    for title, budget, grad in (("recorded", 1.0, True), ("not recorded", 0.3, False)):
        table.title(f"one operation on (10,) float32, {title}: µs over the bare NumPy call")
        ours = {"x": tensor(a, grad), "y": tensor(b, grad), "exp": autograd.exp, "tanh": autograd.tanh}
        bare = {"x": a, "y": b, "exp": np.exp, "tanh": np.tanh}
        for source in SINGLE:
            times = compete({"autograd": loop(source, **ours), "numpy": loop(source, **bare)}, 0.5 * effort, 25)
            middle, fastest = difference(times, "autograd", "numpy")
            table.row(source, MICRO * middle, MICRO * fastest, budget)


# -- forward and backward of chains -------------------------------------------------------------------------------

CHAINS = {
    "add": ["y = y + b"],
    "mul": ["y = y * w"],
    "tanh": ["y = y.tanh()"],
    "exp": ["y = y.exp()", "y = y * c"],
    "mul, add, tanh, sub, div": ["y = y * w", "y = y + b", "y = y.tanh()", "y = y - b", "y = y / w"],
}
SCALARS = {
    "mul, add": ["y = y * w", "y = y + b"],
    "mul, add, relu": ["y = y * w", "y = y + b", "y = y.relu()"],
    "mul, add with numbers": ["y = y * 1.01", "y = y + 0.01"],
}


def chain(steps, finish, **names):
    """A function that builds the chain and runs backward; ``finish`` is the source that does the latter."""
    repeats = OPERATIONS // len(steps)
    source = "\n".join(["y = x", f"for _ in range({repeats}):", *[f"    {step}" for step in steps], finish])
    return loop(source, **names)


def vector_chains(table, effort):
    torch, mygrad = PEERS["torch"], PEERS["mygrad"]
    table.title(f"forward and backward, chains of {OPERATIONS} operations on (10,) float32: ratio of times")
    values = {"x": vector(0.5), "w": vector(1.01), "b": vector(0.01), "c": vector(0.4)}
    finish = "y.sum().backward()\nx.grad = w.grad = b.grad = c.grad = None"
    for name, steps in CHAINS.items():
        runs = {"autograd": chain(steps, finish, **{k: tensor(v, True) for k, v in values.items()})}
        if torch:
            runs["torch"] = chain(steps, finish, **{k: torch.tensor(v, requires_grad=True) for k, v in values.items()})
        if mygrad and name in {"add", "mul"}:
            runs["mygrad"] = chain(steps, "y.sum().backward()", **{k: mygrad.tensor(v) for k, v in values.items()})
        times = compete(runs, effort, 25)
        for other, budget in (("torch", 0.6), ("mygrad", None)):
            if other in times:
                table.row(f"{name}: to {other}", *ratio(times, "autograd", other), budget)
        table.row(f"{name}: µs per operation", *per_operation(times["autograd"]))
    missing(table, "torch", "mygrad")


def scalar_chains(table, effort):
    engine, mygrad = PEERS["micrograd.engine"], PEERS["mygrad"]
    table.title(f"forward and backward, chains of {OPERATIONS} operations on scalars: ratio of times")
    values = {"x": 0.5, "w": 1.01, "b": 0.01}
    for name, steps in SCALARS.items():
        finish = "y.backward()\nx.grad = w.grad = b.grad = None"
        runs = {"autograd": chain(steps, finish, **{k: tensor(v, True) for k, v in values.items()})}
        if engine:
            zero = "y.backward()\nx.grad = w.grad = b.grad = 0.0"
            runs["micrograd"] = chain(steps, zero, **{k: engine.Value(v) for k, v in values.items()})
        if mygrad and "relu" not in name:
            runs["mygrad"] = chain(steps, "y.backward()", **{k: mygrad.tensor(v) for k, v in values.items()})
        times = compete(runs, effort, 25)
        for other, budget in (("micrograd", 1.0), ("mygrad", None)):
            if other in times:
                table.row(f"{name}: to {other}", *ratio(times, "autograd", other), budget)
        table.row(f"{name}: µs per operation", *per_operation(times["autograd"]))
    missing(table, "micrograd.engine", "mygrad")


def per_operation(times):
    return MICRO * median(times) / OPERATIONS, MICRO * min(times) / OPERATIONS


def missing(table, *names):
    for name in names:
        if PEERS[name] is None:
            table.note(f"{name} is not installed: skipped")


# -- a long chain -------------------------------------------------------------------------------------------------


def long_chain(count, x, w):
    """Seconds to build a chain of ``count`` operations, to run backward, and to free it."""
    start = time.perf_counter()
    y = x
    for _ in range(count // 2):
        y = y * w
        y = y + w
    built = time.perf_counter()
    y.backward()
    walked = time.perf_counter()
    del y
    return np.array([built - start, walked - built, time.perf_counter() - walked])


def long_chains(table, quick):
    """A million operations against the same number in chains of 1,000, which take their turns before and after."""
    table.title(
        f"a chain of 1,000,000 operations (recursion limit {sys.getrecursionlimit()}): time per operation to 1,000"
    )
    x, w = tensor(0.5, True), tensor(0.5, True)
    long_chain(1000, x, w)
    ratios, small, large = [], [], []
    for _ in range(1 if quick else 3):
        before = [long_chain(1000, x, w) / 1000 for _ in range(200)]
        large.append(long_chain(1_000_000, x, w) / 1_000_000)
        after = [long_chain(1000, x, w) / 1000 for _ in range(200)]
        small.append(np.mean(before + after, axis=0))
        ratios.append(large[-1].sum() / small[-1].sum())
    table.row("build, backward and free", median(ratios), min(ratios), 1.3)
    for i, part in enumerate(("build", "backward", "free")):
        a, b = (MICRO * np.median([t[i] for t in times]) for times in (large, small))
        table.note(f"{part:<9} {a:.2f} µs per operation, in chains of 1,000 {b:.2f} µs")


# -- memory -------------------------------------------------------------------------------------------------------


def training_steps():
    """A function that makes one step of training a small network."""
    import nn
    import optim

    model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x, y = autograd.rand(32, 8), autograd.rand(32, 1)

    def step():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()

    return step


def resident():
    """The memory of this process in KiB, or None where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
    except OSError:
        return None


def memory(table):
    table.title("memory that 1,000 training steps leave behind, garbage collector off: KiB")
    step = training_steps()
    resident()  # opening a file for the first time leaves memory behind too
    gc.collect()
    gc.disable()
    try:
        tracemalloc.start()
        # Python keeps up to 2,000 freed tuples of each length for reuse; until they are there, they look like growth.
        for _ in range(2100):
            step()
        traced, objects, held = tracemalloc.get_traced_memory()[0], len(gc.get_objects()), resident()
        for _ in range(1000):
            step()
        grown = (tracemalloc.get_traced_memory()[0] - traced) / 1024
        more = len(gc.get_objects()) - objects
        tracemalloc.stop()
    finally:
        gc.enable()
    table.row("allocated by Python and NumPy", grown, None, 16.0)
    if held is not None:
        table.row("resident memory of the process", resident() - held, None, 1024.0)
    table.note(f"objects that the collector would have to look at: {more:+d}")


# -- import -------------------------------------------------------------------------------------------------------

IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def import_time(table, quick):
    table.title("import in a fresh process: ms over that of numpy")

    with tempfile.TemporaryDirectory() as compiled:  # as an installed package has its modules: compiled beforehand
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = compiled

        def fresh(name):
            command = [sys.executable, "-c", IMPORT.format(name)]
            run = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
            return float(run.stdout)

        fresh("autograd")
        times = {"autograd": [], "numpy": []}
        for _ in range(7 if quick else 21):
            for name, found in times.items():
                found.append(1e3 * fresh(name))
    table.row("import autograd", *difference(times, "autograd", "numpy"), 60.0)
    table.note(f"import numpy alone: {median(times['numpy']):.0f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: about 10 seconds")
    quick = parser.parse_args().quick
    effort = 0.15 if quick else 1.0
    table = Table()
    single_operations(table, effort)
    vector_chains(table, effort)
    scalar_chains(table, effort)
    long_chains(table, quick)
    memory(table)
    import_time(table, quick)
    table.close()


if __name__ == "__main__":
    main()
