"""What ``chainrule demo`` does: train a network on handwritten digits, check its gradients, draw it."""

from __future__ import annotations

import copy
import importlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

import autograd
from autograd import Tensor

SEED = 0
BATCH = 64
SHOWN = 50  # images whose loss is drawn: enough that a unit which never fires is a dead one
RATE = 0.01

say = tqdm.write  # a line on standard output that does not run into the progress bar


class DemoError(Exception):
    """The demo cannot run; the message says what to do.

    >>> issubclass(DemoError, Exception)
    True
    """


class Part(NamedTuple):
    """Images as rows of 64 grey values from 0 to 1, and the digits that they show."""

    images: Tensor
    digits: Tensor


class Epoch(NamedTuple):
    """One point of the learning curve."""

    loss: float
    train: float
    validation: float


def run(folder: Path, epochs: int) -> int:
    """The demo; writes its pictures to ``folder`` and returns the exit status (1 where a gradient is wrong)."""
    start = time.perf_counter()
    learn = _extra("sklearn", "scikit-learn")
    _extra("matplotlib", "matplotlib")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DemoError(f"cannot make the folder {folder}: {error}") from error
    autograd.manual_seed(SEED)
    train, validation, test = _parts()
    model = _model()
    say(f"scikit-learn {learn.__version__}: {len(train.digits)} digits to train on, {len(validation.digits)} to "
          f"validate, {len(test.digits)} to test")  # fmt: skip
    say(f"{model}, {sum(p.numel() for p in model.parameters()):,} parameters")
    curve = _train(model, train, validation, epochs)
    for name, part in (("training", train), ("validation", validation), ("test", test)):
        say(f"{name + ' accuracy':<20} {_accuracy(model, part):7.2%}")
    verdict = _check(model, test)
    for path in _draw(model, test, folder) + [_plot(curve, folder / "learning-curve.png")]:
        say(f"wrote {path}")
    say(f"{time.perf_counter() - start:.1f} seconds")
    return 0 if verdict else 1


def _extra(module: str, distribution: str) -> Any:
    """A module that only the demo needs; DemoError where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise DemoError(f"{distribution} is not installed; install what the demo needs with "
                        "pip install scikit-learn matplotlib") from error  # fmt: skip


# -- data -------------------------------------------------------------------------------------------------------------


def _parts() -> tuple[Part, Part, Part]:
    """The digits in three parts, 64 : 16 : 20, each with its share of every digit."""
    from sklearn.datasets import load_digits  # noqa: PLC0415 - an extra
    from sklearn.model_selection import train_test_split  # noqa: PLC0415 - an extra

    images, digits = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32)
    rest, last, rest_digits, last_digits = train_test_split(
        images, digits, test_size=0.2, stratify=digits, random_state=SEED
    )
    first, middle, first_digits, middle_digits = train_test_split(
        rest, rest_digits, test_size=0.2, stratify=rest_digits, random_state=SEED
    )
    return _part(first, first_digits), _part(middle, middle_digits), _part(last, last_digits)


def _part(images: np.ndarray, digits: np.ndarray) -> Part:
    return Part(autograd.tensor(images), autograd.tensor(digits.astype(np.int64)))


def _shifted(part: Part) -> Part:
    """The images and their copies moved by one pixel up, down, left and right: five times as many."""
    square = np.pad(part.images.numpy().reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    corners = ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))
    images = [square[:, y : y + 8, x : x + 8].reshape(-1, 64) for y, x in corners]
    return _part(np.concatenate(images), np.tile(part.digits.numpy(), len(corners)))


# -- training ---------------------------------------------------------------------------------------------------------


def _model() -> Any:
    """A perceptron with two hidden layers."""
    import nn  # noqa: PLC0415 - stands on this package

    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def _loss() -> Callable[[Tensor, Tensor], Tensor]:
    """Cross-entropy with smoothed labels, which keep the network from being too sure of the digits that it knows."""
    import nn  # noqa: PLC0415 - stands on this package

    return nn.CrossEntropyLoss(label_smoothing=0.1)


def _train(model: Any, train: Part, validation: Part, epochs: int) -> list[Epoch]:
    """Train with AdamW and a rate that falls to zero; returns the learning curve."""
    import optim  # noqa: PLC0415 - stands on this package

    loss_of = _loss()
    optimizer = optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.05)
    images, digits = _shifted(train)
    batches = -(-len(digits) // BATCH)
    curve = []
    with tqdm(total=epochs * batches, desc="training", unit="batch") as bar:
        for _ in range(epochs):
            total = 0.0
            for batch in autograd.randperm(len(digits)).split(BATCH):
                optimizer.param_groups[0]["lr"] = RATE * (1 - bar.n / bar.total)
                optimizer.zero_grad()
                loss = loss_of(model(images[batch]), digits[batch])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
                bar.update()
            curve.append(Epoch(total / len(digits), _accuracy(model, train), _accuracy(model, validation)))
            bar.set_postfix(loss=f"{curve[-1].loss:.4f}", validation=f"{curve[-1].validation:.2%}")
    return curve


@autograd.no_grad()
def _accuracy(model: Any, part: Part) -> float:
    """The share of the images whose digit the model names."""
    return (model(part.images).argmax(1) == part.digits).float().mean().item()


# -- checking ---------------------------------------------------------------------------------------------------------


def _check(model: Any, part: Part) -> bool:
    """Compare the gradient of every weight of the trained model, in float64, with central differences."""
    exact = copy.deepcopy(model).double()
    loss_of = _loss()
    images, digits = part.images[:8].double(), part.digits[:8]
    # The check moves the weights in place, so the model's own forward is what it calls.
    report = autograd.gradcheck(
        lambda *weights: loss_of(exact(images), digits), tuple(exact.parameters()), atol=1e-7, raise_exception=False
    )
    if not report:
        say(f"gradient check       FAILED\n{report}")
        return False
    worst = max(comparison.worst for comparison in report.comparisons)
    say(
        f"gradient check       passed: all {report.compared:,} derivatives agree with finite differences "
        f"(worst difference {worst:.1e})"
    )
    return True


# -- pictures ---------------------------------------------------------------------------------------------------------


def _draw(model: Any, part: Part, folder: Path) -> list[Path]:
    """The graph of the loss of one batch, as SVG and PNG."""
    from autograd import draw  # noqa: PLC0415 - costs time to import

    with draw.keep_values():
        images, digits = part.images[:SHOWN], part.digits[:SHOWN]
        loss = _loss()(model(images), digits)
    names = {"images": images, "digits": digits}
    drawing = draw.graph(
        loss, params=model, names=names, title="Handwritten digits: the loss of a batch of test images"
    )
    return [Path(drawing.render(folder / name)) for name in ("graph.svg", "graph.png")]


def _plot(curve: list[Epoch], path: Path) -> Path:
    """The learning curve: loss on the left, accuracies on the right."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - an extra
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(curve) + 1)
    left.plot(epochs, [e.loss for e in curve], marker="o", markersize=3)
    left.set(title="training loss", xlabel="epoch", ylabel="cross-entropy, smoothed labels")
    right.plot(epochs, [e.train for e in curve], marker="o", markersize=3, label="training")
    right.plot(epochs, [e.validation for e in curve], marker="o", markersize=3, label="validation")
    right.set(title="accuracy", xlabel="epoch")
    right.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
    right.legend()
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.xaxis.get_major_locator().set_params(integer=True)
    figure.savefig(path, dpi=150)
    return path
