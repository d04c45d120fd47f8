"""HIPS autograd has the same import name: where the two meet, an import says so and what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(folder, *arguments):
    """Python with ``folder`` before this checkout on its path."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    command = [sys.executable, "-W", "always", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def stranger(tmp_path):
    """A folder with another distribution's package of the same name."""
    package = tmp_path / "autograd"
    package.mkdir()
    (package / "__init__.py").write_text("def grad(function):\n    return function\n")
    (package / "core.py").write_text("")
    return tmp_path


@pytest.mark.parametrize("package", ["nn", "optim", "nn.functional", "optim.sgd"])
def test_another_autograd_is_an_import_error_that_names_it(package, stranger):
    done = run(stranger, "-c", f"import {package}")
    assert done.returncode == 1
    error = done.stderr.strip().splitlines()[-1]
    assert error.startswith(f"ImportError: {package.partition('.')[0]} needs Chainrule's package 'autograd'")
    assert str(stranger / "autograd") in error
    assert "pip uninstall autograd, then reinstall chainrule" in error


def test_a_folder_without_a_package_is_one_too(tmp_path):
    (tmp_path / "autograd").mkdir()
    # A regular package anywhere on the path comes before such a folder, so this checkout has to be out of reach.
    for package in ("nn", "optim"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-S", "-c", "import nn"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ImportError: nn needs Chainrule's package 'autograd'" in done.stderr


def test_the_command_line_says_so_where_its_package_was_overwritten(stranger):
    shutil.copy(ROOT / "autograd" / "cli.py", stranger / "autograd")
    done = run(stranger, "-m", "autograd.cli", "--version")
    assert done.returncode == 1
    assert "ImportError: chainrule needs its own package 'autograd'" in done.stderr
    assert "pip uninstall autograd, then reinstall chainrule" in done.stderr


@pytest.mark.parametrize("left", ["core.py", "wrap_util.py", "numpy"])
def test_files_of_another_autograd_in_the_folder_are_a_warning(left, tmp_path):
    shutil.copytree(ROOT / "autograd", tmp_path / "autograd", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "autograd" / left).mkdir()
    done = run(tmp_path, "-c", "import autograd; print(autograd.__file__, autograd.ones(2).sum().item())")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'autograd' / '__init__.py'} 2.0\n"
    assert "UserWarning: another distribution's package 'autograd' is installed in the same folder" in done.stderr
    assert f"has {left})" in done.stderr
    assert "pip uninstall autograd, then reinstall chainrule" in done.stderr


def test_nothing_is_said_where_all_is_well(tmp_path):
    done = run(tmp_path, "-c", "import autograd, nn, optim; print(autograd.__file__)")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == str(ROOT / "autograd" / "__init__.py")
