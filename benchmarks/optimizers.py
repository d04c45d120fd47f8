"""A step of each optimizer beside PyTorch's: few large tensors, many small ones.

Run ``python benchmarks/optimizers.py [--quick]``. PyTorch runs as it does by default (one tensor after the other on a
CPU) and with ``foreach=True``; both libraries use one thread.
"""

import argparse

from timing import MICRO, Table, compete, peer, ratio  # first: it sets the number of threads

# isort: split
import numpy as np

import autograd
import optim

SIZES = {
    "8 tensors, 1,000,000 elements": [125_000] * 8,
    "200 tensors of 500": [500] * 200,
    "200 tensors of 64 and 4,096": [64, 4096] * 100,
}
OPTIMIZERS = {
    "SGD": {"lr": 1e-4},
    "SGD, momentum": {"lr": 1e-4, "momentum": 0.9},
    "RMSprop": {"lr": 1e-4},
    "Adagrad": {"lr": 1e-4},
    "Adam": {"lr": 1e-4},
    "AdamW": {"lr": 1e-4},
}
BUDGETS = {"8 tensors, 1,000,000 elements": 0.6, "200 tensors of 500": 0.3}  # for Adam, to PyTorch's default


def stepper(optimizer):
    def run(count):
        for _ in range(count):
            optimizer.step()

    return run


def parameters(make, sizes):
    rng = np.random.default_rng(0)
    params = [make(rng.standard_normal(size).astype(np.float32), requires_grad=True) for size in sizes]
    for p in params:
        p.grad = make(rng.standard_normal(tuple(p.shape)).astype(np.float32))
    return params


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter rounds")
    seconds = 0.3 if parser.parse_args().quick else 1.5
    torch = peer("torch")
    table = Table()
    if torch is None:
        table.note("torch is not installed: nothing to compare with, milliseconds only")
    for title, sizes in SIZES.items():
        table.title(f"{title}: one step, ratio of times")
        for name, options in OPTIMIZERS.items():
            kind = name.split(",")[0]
            runs = {"autograd": stepper(getattr(optim, kind)(parameters(autograd.tensor, sizes), **options))}
            if torch:
                make = getattr(torch.optim, kind)
                runs["torch"] = stepper(make(parameters(torch.tensor, sizes), **options))
                runs["torch, foreach"] = stepper(make(parameters(torch.tensor, sizes), **options, foreach=True))
            times = compete(runs, seconds, 15)
            for other in list(runs)[1:]:
                budget = BUDGETS.get(title) if (name, other) == ("Adam", "torch") else None
                table.row(f"{name}: to {other}", *ratio(times, "autograd", other), budget)
            table.note(f"{name}: {min(times['autograd']) * MICRO / 1000:.2f} ms")
    table.close()


if __name__ == "__main__":
    main()
