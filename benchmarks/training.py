"""Training steps beside PyTorch, bare NumPy and MyGrad: time and memory.

Run ``python benchmarks/training.py [--quick] [STEP ...]``. Each measurement is a fresh process with two threads; the
libraries take turns, and a figure is the median over the turns of the ratio within a turn. Memory is the peak of a process
over what it held before the model was made, after a step of another model.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

THREADS = "2"
FOR_BLAS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), THREADS)
HERE = Path(__file__).resolve().parent

# How many times as fast as the peer a step should be.
TARGETS = {
    "logistic": 2.0,
    "mlp": 1.3,
    "wide": 1.2,
    "lenet": 1.0,
    "convnet": 0.6,
    "lstm": 1.0,
    "gpt": 1.0,
    "vae": 1.2,
    "penalty": 1.3,
    "gelu": 1.0,
    "layer_norm": 1.0,
    "sigmoid": 1.0,
    "log_softmax": 1.0,
}
TO_NUMPY, TO_MYGRAD = 1 / 1.15, 5.0
MEBI = 1 << 20


# -- in the measured process --------------------------------------------------------------------------------------------


def memory(field):
    """A field of /proc/self/status in bytes; None where there is none."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024


def reset_peak():
    """Let the peak begin anew at the present size."""
    refs = Path("/proc/self/clear_refs")
    if refs.exists():
        refs.write_text("5")


def measure(name, side, seconds):
    """Build a step and run it for some seconds; prints the time of one step, peak memory, and losses."""
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    from steps import PEERS, STEPS, libraries

    if side in {"chainrule", "torch"}:
        lib = libraries(side)
        lib.torch.set_num_threads(int(THREADS))
        lib.torch.manual_seed(0)
        STEPS["mlp"](lib)()  # what a library loads with its first step is not the measured model's memory
        build = lambda: STEPS[name](lib)
    else:
        build = PEERS[name, side]
    gc.collect()
    reset_peak()
    resting = memory("VmRSS")
    run = build()
    first = run().item()
    for _ in range(2):
        run()
    times = []
    stop = time.perf_counter() + seconds
    while time.perf_counter() < stop or len(times) < 5:
        start = time.perf_counter()
        last = run()
        times.append(time.perf_counter() - start)
    peak = memory("VmHWM")
    print(
        json.dumps(
            {
                "median": median(times),
                "fastest": min(times),
                "memory": None if peak is None else peak - resting,
                "first": first,
                "last": last.item(),
                "steps": len(times),
            }
        )
    )


# -- the driver ---------------------------------------------------------------------------------------------------------


def process(name, side, seconds):
    """One measurement in a fresh process."""
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", name, side, str(seconds)]
    done = subprocess.run(command, env={**os.environ, **FOR_BLAS}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} with {side} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def sides_of(name):
    """Who runs a step: this package, PyTorch, and the peers for which it is written."""
    sys.path.insert(0, str(HERE))
    from steps import PEERS

    others = [side for step, side in PEERS if step == name]
    return ["chainrule", *[side for side in ("torch", *others) if installed(side)]]


def installed(side):
    try:
        __import__(side)
    except ModuleNotFoundError:
        return False
    return True


def compare(name, rounds, seconds):
    """All measurements of one step: for each side a list with one for each turn."""
    sides = sides_of(name)
    results = {side: [] for side in sides}
    for turn in range(rounds):
        for side in sides if turn % 2 else reversed(sides):
            results[side].append(process(name, side, seconds))
    return results


def speedup(results, side, key="median"):
    """How many times as long as this package's a side's steps take: the median over the turns."""
    return median(other[key] / own[key] for own, other in zip(results["chainrule"], results[side], strict=True))


def report(name, results):
    """The line of one step; returns how many targets it misses."""
    own = results["chainrule"]
    cells, missed = [f"{name:<12}{median(r['median'] for r in own) * 1e3:9.3f} ms"], 0
    for side, target in (("torch", TARGETS[name]), ("numpy", TO_NUMPY), ("mygrad", TO_MYGRAD)):
        if side in results:
            ratio = speedup(results, side)
            missed += ratio < target
            verdict = "" if ratio >= target else " BELOW"
            cells.append(
                f"{side} ×{ratio:.2f} (fastest ×{speedup(results, side, 'fastest'):.2f}, aim {target:.2f}){verdict}"
            )
    if own[0]["memory"] is not None and "torch" in results:
        mine, theirs = (median(r["memory"] for r in results[side]) / MEBI for side in ("chainrule", "torch"))
        over = mine > theirs
        missed += over
        cells.append(f"memory {mine:.1f} MiB, torch {theirs:.1f}{' ABOVE' if over else ''}")
    print("  ".join(cells), flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("steps", nargs="*", help=f"some of: {', '.join(TARGETS)}")
    parser.add_argument("--quick", action="store_true", help="fewer turns")
    parser.add_argument("--measure", nargs=3, metavar=("STEP", "SIDE", "SECONDS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        name, side, seconds = options.measure
        return measure(name, side, float(seconds))
    unknown = set(options.steps) - set(TARGETS)
    if unknown:
        parser.error(f"no step {', '.join(sorted(unknown))}; there are: {', '.join(TARGETS)}")
    rounds, seconds = (3, 0.5) if options.quick else (7, 1.0)
    print(
        f"times of a peer over this package's, {rounds} turns, {THREADS} threads each; ×1 is equally fast\n", flush=True
    )
    missed = sum(report(name, compare(name, rounds, seconds)) for name in options.steps or TARGETS)
    print(f"\n{'all targets reached' if not missed else f'{missed} figures short of their targets'}")
    return None


if __name__ == "__main__":
    main()
