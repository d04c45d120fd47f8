"""The command line: ``chainrule demo`` trains a network, checks its gradients and draws it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import autograd

if not hasattr(autograd, "Tensor"):
    raise ImportError(
        f"chainrule needs its own package 'autograd', but {autograd.__file__} is another distribution's (HIPS autograd has "
        "the same name): pip uninstall autograd, then reinstall chainrule"
    )


def _positive(text: str) -> int:
    """An argument that is a number of at least 1."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, but got {text!r}")
    return value


def parser() -> argparse.ArgumentParser:
    """The arguments that ``chainrule`` takes.

    >>> from autograd.cli import parser
    >>> parser().parse_args(["demo", "--epochs", "3"]).epochs
    3
    """
    top = argparse.ArgumentParser(prog="chainrule", description="Automatic differentiation on NumPy.")
    top.add_argument("--version", action="version", version=f"chainrule {autograd.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    demo = commands.add_parser(
        "demo",
        help="train a network on handwritten digits, check its gradients, draw it",
        description="Train a network on scikit-learn's handwritten digits, check the trained network's gradients "
        "against finite differences, and write pictures of its graph and of the learning curve.",
    )
    demo.add_argument(
        "--out",
        type=Path,
        default=Path("chainrule-demo"),
        metavar="FOLDER",
        help="for the pictures (default: %(default)s)",
    )
    demo.add_argument(
        "--epochs", type=_positive, default=25, help="passes over the training data (default: %(default)s)"
    )
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0, or 1 where the demo could not run or a gradient is wrong.

    >>> from autograd.cli import main
    >>> try:
    ...     main(["--version"])
    ... except SystemExit as stop:
    ...     print(stop.code)
    chainrule 0.1.0
    0
    """
    options = parser().parse_args(argv)
    from autograd.demo import DemoError, run  # noqa: PLC0415 - needs extras, and time to import

    try:
        return run(options.out, options.epochs)
    except DemoError as error:
        print(f"chainrule demo: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
