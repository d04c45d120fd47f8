"""README's examples run as printed, and its two commands are what the rest of the project takes them for."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """Code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.splitlines()[0])
def test_example_runs(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__"}
    exec(compile(code, "README.md", "exec"), namespace)
    error = float(re.search(r"mean square error (\S+)", capsys.readouterr().out)[1])
    assert error < 1e-3
    assert "<svg" in (tmp_path / "graph.svg").read_text(encoding="utf-8")


def test_there_is_one_example_of_about_twenty_lines():
    (code,) = blocks("python")
    assert len(code.splitlines()) <= 25


def test_sessions_print_what_is_shown():
    (session,) = blocks("pycon")
    examples = doctest.DocTestParser().get_doctest(session, {}, "README.md", "README.md", 0)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(examples)
    assert runner.tries == 3
    assert runner.failures == 0


def test_two_commands_each_one_line_with_its_own_environment():
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 2
    environments = [re.match(r"python3 -m venv (\S+) && ", command)[1] for command in commands]
    assert len(set(environments)) == 2
    for command, environment in zip(commands, environments, strict=True):
        assert f"{environment}/bin/pip install" in command
    assert commands[0].endswith("chainrule demo")
    assert commands[1].endswith("python -m pytest")


def test_links_to_files_exist():
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
