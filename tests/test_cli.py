"""The command line, and the demo from the data to the pictures."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from autograd import demo
from autograd.cli import main

PICTURES = ("graph.svg", "graph.png", "learning-curve.png")


@pytest.fixture
def extras():
    """Skip where the demo's extras are not installed."""
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"chainrule {autograd.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["train"], ["demo", "--epochs", "0"], ["demo", "--epochs", "many"]])
def test_wrong_arguments(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: chainrule" in capsys.readouterr().err


@pytest.mark.parametrize(("module", "distribution"), [("sklearn", "scikit-learn"), ("matplotlib", "matplotlib")])
def test_missing_extras_are_named(module, distribution, extras, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["demo", "--out", str(tmp_path / "out")]) == 1
    message = capsys.readouterr().err
    assert f"{distribution} is not installed" in message
    assert "pip install scikit-learn matplotlib" in message
    assert not (tmp_path / "out").exists()


def test_folder_that_cannot_be_made(extras, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert main(["demo", "--out", str(tmp_path / "file" / "out")]) == 1
    assert "cannot make the folder" in capsys.readouterr().err


@pytest.mark.slow
def test_demo_from_end_to_end(extras, tmp_path):
    command = [sys.executable, "-m", "autograd.cli", "demo", "--out", str(tmp_path / "new" / "folder")]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {name: float(value) for name, value in re.findall(r"(\w+) accuracy +([\d.]+)%", done.stdout)}
    assert set(found) == {"training", "validation", "test"}
    assert found["test"] > 97
    assert re.search(r"gradient check +passed: all 6,570 derivatives agree", done.stdout)
    assert "training: 100%" in done.stderr  # the progress bar
    for name in PICTURES:
        path = tmp_path / "new" / "folder" / name
        assert f"wrote {path}" in done.stdout
        assert path.stat().st_size > 5_000
    assert "0.weight" in (tmp_path / "new" / "folder" / "graph.svg").read_text(encoding="utf-8")


def test_a_wrong_gradient_fails_the_demo(extras, monkeypatch, capsys):
    class Wrong(autograd.Function):
        @staticmethod
        def forward(_ctx, x):
            return x.clone()

        @staticmethod
        def backward(_ctx, g):
            return 1.01 * g

    autograd.manual_seed(0)
    part = demo.Part(autograd.rand(8, 64), autograd.arange(8))
    model = demo._model()
    assert demo._check(model, part)
    loss = demo._loss()
    monkeypatch.setattr(demo, "_loss", lambda: lambda scores, digits: loss(Wrong.apply(scores), digits))
    assert not demo._check(model, part)
    assert "FAILED" in capsys.readouterr().out


def test_the_parts_do_not_overlap_and_have_every_digit(extras):
    parts = demo._parts()
    assert [len(part.digits) for part in parts] == [1149, 288, 360]
    assert all(set(part.digits.tolist()) == set(range(10)) for part in parts)
    shifted = demo._shifted(parts[1])
    assert shifted.images[:288].tolist() == parts[1].images.tolist()
    up = shifted.images[288:576].reshape(-1, 8, 8)
    assert up[:, 1:].tolist() == parts[1].images.reshape(-1, 8, 8)[:, :-1].tolist()
    assert shifted.digits.tolist() == 5 * parts[1].digits.tolist()
