"""The project's own rules, read from its sources and from what it exports.

Layers, lengths and forbidden constructs are read from the syntax tree, docstrings and the registry from the imported
packages. A reviewed exception stands in a table below, with its reason.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograd", "nn", "optim")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
ALL_FILES = SOURCES + sorted(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))

MAX_FILE, MAX_FUNCTION = 500, 60
LONG_FILES = {
    # "autograd/….py": "reason",
}
LONG_FUNCTIONS = {
    "autograd/dispatchers.py:_binary": "the path of a*b: a call to a part of it would cost a tenth of the whole",
    "autograd/graph.py:_run": "one step of the walk, with nothing taken out that would cost a call",
}
NO_DOCSTRING = {
    # "autograd.module.name": "reason",
}

# The helpers that declare operations, and who may call them besides autograd/ops/.
DECLARATIONS = {"elementwise", "predicate", "linear", "multilinear", "general"}
MAY_DECLARE = {"autograd/op.py"}
# Modules of the engine that only the engine uses, even though `ag.op` would reach them.
INTERNAL = {
    "op", "dispatch", "dispatchers", "graph", "forward", "node", "inplace", "out", "lanes", "mapping", "kernels", "ops",
    "modes", "dtypes", "api",
}  # fmt: skip
SAMPLERS = {"_standard_gamma", "_sample_dirichlet"}  # PyTorch's names, public but for the underscore
# What draw/ and gradcheck/ may not import: they reach nodes through graph.py's public functions.
GRAPH_INTERNALS = {"autograd.op", "autograd.dispatch", "autograd.node", "autograd.inplace", "autograd.ops"}
# Fields that only a walk over the graph reads, and the files that keep the record.
WALK_FIELDS = {"parents"}
MAY_WALK = {
    "autograd/graph.py",
    "autograd/forward.py",
    "autograd/node.py",
    "autograd/dispatch.py",
    "autograd/dispatchers.py",
    "autograd/inplace.py",
    "autograd/records.py",
    "autograd/function.py",
}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def module_of(path):
    """Dotted name of a source file and the package that its relative imports start from."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    package = parts[:-1]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts), package


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path):
    """Every import in a file, at any depth: (module, name or None, local name, line)."""
    _, package = module_of(path)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, None, alias.asname or alias.name.split(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield module, alias.name, alias.asname or alias.name, node.lineno


def within(module, *packages):
    return any(module == package or module.startswith(package + ".") for package in packages)


def targets(module, name):
    """The dotted names an import may mean: a name of a module, or a submodule of a package."""
    return [module] if name is None else [module, f"{module}.{name}"]


def files_under(*folders):
    return [path for path in SOURCES if any((ROOT / folder) in path.parents for folder in folders)]


# -- layers -------------------------------------------------------------------------------------------------------


def kernel_violations(path):
    """Imports of a kernel other than NumPy, the standard library, kernels, dtypes and errors."""
    own = ("autograd.kernels", "autograd.dtypes", "autograd.errors")
    for module, name, _, line in imports(path):
        if within(module, *own) or (module == "autograd" and name in {"kernels", "dtypes", "errors"}):
            continue
        if module.split(".")[0] not in {"numpy", *sys.stdlib_module_names}:
            yield f"{name_of(path)}:{line} imports {module}{'.' + name if name else ''}"


def public_use_violations(path):
    """Uses of autograd other than by its public names, and imports of a package that stands above."""
    package = path.relative_to(ROOT).parts[0]
    own = ".".join(path.relative_to(ROOT).parts[:-1])
    aliases = set()
    for module, name, local, line in imports(path):
        where = f"{name_of(path)}:{line}"
        if package == "nn" and within(module, "optim"):
            yield f"{where} imports optim"
        if package == "autograd" and within(module, own):
            continue
        if module == "autograd" and name is None:
            aliases.add(local)
        elif module == "autograd":
            if name.startswith("_") or name in INTERNAL:
                yield f"{where} imports autograd.{name}"
        elif within(module, "autograd"):
            parts = module.split(".")[1:] + ([name] if name else [])
            if parts[0] in INTERNAL or any(part.startswith("_") for part in parts):
                yield f"{where} imports {'.'.join(['autograd', *parts])}"
        elif package == "optim" and within(module, "nn") and name and name.startswith("_"):
            yield f"{where} imports {module}.{name}"
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            private = node.attr.startswith("_") and not node.attr.startswith("__") and node.attr not in SAMPLERS
            if private or node.attr in INTERNAL:
                yield f"{name_of(path)}:{node.lineno} uses autograd.{node.attr}"


def declaration_violations(path):
    """Calls of the declaration helpers outside autograd/ops/."""
    if name_of(path) in MAY_DECLARE or (ROOT / "autograd" / "ops") in path.parents:
        return
    helpers, modules = set(), set()
    for module, name, local, _ in imports(path):
        if module == "autograd.op" and name in DECLARATIONS:
            helpers.add(local)
        if "autograd.op" in targets(module, name):
            modules.add(local)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            function = node.func
            by_name = isinstance(function, ast.Name) and function.id in helpers
            by_module = (
                isinstance(function, ast.Attribute)
                and function.attr in DECLARATIONS
                and isinstance(function.value, ast.Name)
                and function.value.id in modules
            )
            if by_name or by_module:
                yield f"{name_of(path)}:{node.lineno} declares an operation"


def reader_violations(path):
    """Ways from draw/ and gradcheck/ to the graph that pass by graph.py's public functions."""
    for module, name, _, line in imports(path):
        for target in targets(module, name):
            if within(target, *GRAPH_INTERNALS):
                yield f"{name_of(path)}:{line} imports {target}"
                break
        if module == "autograd.graph" and name and name.startswith("_"):
            yield f"{name_of(path)}:{line} imports a private name of autograd.graph: {name}"


def walk_violations(path):
    """Reads of the fields by which the graph is walked, outside the files that keep it."""
    if name_of(path) in MAY_WALK:
        return
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and node.attr in WALK_FIELDS:
            yield f"{name_of(path)}:{node.lineno} reads .{node.attr}"


_PUBLIC = "distributions use public names of autograd"
LAYER_RULES = {
    "kernels know arrays only": (kernel_violations, files_under("autograd/kernels")),
    "nn and optim use public names of autograd": (public_use_violations, files_under("nn", "optim")),
    _PUBLIC: (
        public_use_violations,
        files_under("autograd/distributions"),
    ),
    "operations are declared in ops": (declaration_violations, SOURCES),
    "draw and gradcheck read through graph.py": (reader_violations, files_under("autograd/draw", "autograd/gradcheck")),
    "only graph.py and forward.py walk the graph": (walk_violations, files_under("autograd")),
}


@pytest.mark.parametrize("rule", LAYER_RULES)
def test_layers(rule):
    violations, paths = LAYER_RULES[rule]
    assert paths, "no file is checked"
    assert [text for path in paths for text in violations(path)] == []


@pytest.mark.parametrize(
    ("rule", "file", "line", "good"),
    [
        ("kernels know arrays only", "autograd/kernels/k.py", "from autograd.tensor import Tensor", False),
        ("kernels know arrays only", "autograd/kernels/k.py", "from ..graph import walk", False),
        ("kernels know arrays only", "autograd/kernels/k.py", "import tqdm", False),
        ("kernels know arrays only", "autograd/kernels/k.py", "from . import blocks\nimport numpy.linalg", True),
        ("kernels know arrays only", "autograd/kernels/k.py", "from autograd import dtypes", True),
        ("nn and optim use public names of autograd", "nn/l.py", "from autograd.op import registry", False),
        ("nn and optim use public names of autograd", "nn/l.py", "from autograd import _state", False),
        ("nn and optim use public names of autograd", "nn/l.py", "import autograd as ag\nag.kernels.conv()", False),
        ("nn and optim use public names of autograd", "nn/l.py", "import optim", False),
        ("nn and optim use public names of autograd", "nn/l.py", "import autograd as ag\nag.matmul()", True),
        ("nn and optim use public names of autograd", "optim/o.py", "from nn import Module", True),
        (_PUBLIC, "autograd/distributions/d.py", "from autograd.dispatch import wrap", False),
        (_PUBLIC, "autograd/distributions/d.py", "from autograd.distributions._base import x", True),
        ("operations are declared in ops", "autograd/t.py", "from autograd.op import linear\nlinear()", False),
        ("operations are declared in ops", "autograd/t.py", "from . import op\nop.elementwise()", False),
        ("operations are declared in ops", "autograd/t.py", "from autograd.api import linear\nlinear()", True),
        ("operations are declared in ops", "autograd/ops/t.py", "from autograd.op import linear\nlinear()", True),
        ("draw and gradcheck read through graph.py", "autograd/draw/d.py", "from autograd.node import Node", False),
        ("draw and gradcheck read through graph.py", "autograd/draw/d.py", "from ..graph import _order", False),
        ("draw and gradcheck read through graph.py", "autograd/draw/d.py", "from autograd.graph import order", True),
        ("only graph.py and forward.py walk the graph", "autograd/tensor.py", "x.node.parents", False),
        ("only graph.py and forward.py walk the graph", "autograd/graph.py", "x.node.parents", True),
    ],
)
def test_layer_rules_can_fail(rule, file, line, good, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n", encoding="utf-8")
    violations, _ = LAYER_RULES[rule]
    assert (list(violations(path)) == []) is good


# -- lengths and forbidden constructs -----------------------------------------------------------------------------


def functions(path):
    """Functions of a file with the number of their lines, docstring not counted."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                lines -= node.body[0].end_lineno - node.body[0].lineno + 1
            yield node.name, node.lineno, lines


def test_file_lengths():
    long = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ALL_FILES}
    long = {name: lines for name, lines in long.items() if lines > MAX_FILE}
    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}
    assert set(LONG_FILES) <= set(long), "an exception is no longer needed"


def test_function_lengths():
    long = {
        f"{name_of(path)}:{name}": lines
        for path in ALL_FILES
        for name, _, lines in functions(path)
        if lines > MAX_FUNCTION
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "an exception is no longer needed"


def swallowed(path):
    """`except:`, and handlers of Exception or BaseException that do nothing."""
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        broad = isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
        if node.type is None:
            yield f"{name_of(path)}:{node.lineno} catches everything"
        elif broad and all(isinstance(statement, ast.Pass | ast.Continue) for statement in node.body):
            yield f"{name_of(path)}:{node.lineno} swallows {node.type.id}"


def test_no_exception_is_swallowed():
    assert [text for path in ALL_FILES for text in swallowed(path)] == []


# -- docstrings ---------------------------------------------------------------------------------------------------


def modules():
    """Every public module of the three packages, imported."""
    for package in PACKAGES:
        root = importlib.import_module(package)
        yield root
        for info in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
            if not any(part.startswith("_") for part in info.name.split(".")):
                yield importlib.import_module(info.name)


def public_names(module):
    """The functions and classes a module offers: those of its __all__, else the public ones that it defines."""
    names = getattr(module, "__all__", None)
    if names is None:
        own = {name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__}
        names = sorted(name for name in own if not name.startswith("_"))
    for name in names:
        value = getattr(module, name)
        if inspect.isroutine(value) or inspect.isclass(value):
            yield name, value


def members(cls):
    """Public methods and properties that a class itself defines."""
    for name, value in vars(cls).items():
        plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not name.startswith("_") and (inspect.isroutine(plain) or isinstance(plain, property)):
            yield name, plain


def undocumented():
    """Dotted names of public things without a docstring."""
    seen = set()
    for module in modules():
        if not (module.__doc__ or "").strip():
            yield module.__name__
        for name, value in public_names(module):
            full = f"{getattr(value, '__module__', module.__name__)}.{name}"
            if full in seen or not within(getattr(value, "__module__", "") or "", *PACKAGES):
                continue
            seen.add(full)
            if not (value.__doc__ or "").strip():
                yield full
            if inspect.isclass(value):
                yield from (f"{full}.{m}" for m, v in members(value) if not (inspect.getdoc(v) or "").strip())


def test_public_names_have_docstrings():
    missing = sorted(set(undocumented()))
    assert [name for name in missing if name not in NO_DOCSTRING] == []
    assert set(NO_DOCSTRING) <= set(missing), "an exception is no longer needed"


@pytest.mark.parametrize("package", PACKAGES)
def test_exported_functions_and_classes_have_an_example(package):
    module = importlib.import_module(package)
    exported = {name: getattr(module, name) for name in module.__all__}
    without = [
        name
        for name, value in exported.items()
        if (inspect.isroutine(value) or inspect.isclass(value)) and ">>>" not in (value.__doc__ or "")
    ]
    assert without == []


@pytest.mark.parametrize("package", PACKAGES)
def test_all_names_exist_once(package):
    module = importlib.import_module(package)
    assert len(module.__all__) == len(set(module.__all__))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert [name for name in module.__all__ if name.startswith("_") and name != "__version__"] == []


# -- the registry -------------------------------------------------------------------------------------------------


def registry():
    """All operations; importing the package declares them."""
    importlib.import_module("autograd")
    return importlib.import_module("autograd.op").registry


def test_every_operation_is_complete():
    operations = registry()
    assert len(operations) > 100
    gaps = {
        name: [field for field in ("label", "doc", "samples") if not getattr(op, field)]
        + (["doc is the placeholder"] if op.doc.startswith(f"{name}: see PyTorch's") else [])
        + (["doc without an example"] if op.public and ">>>" not in op.doc else [])
        for name, op in operations.items()
    }
    assert {name: missing for name, missing in gaps.items() if missing} == {}


def test_registry_names_are_the_operations_names():
    assert [name for name, op in registry().items() if op.name != name] == []


# -- packaging and commands ---------------------------------------------------------------------------------------

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_ci_runs_readmes_test_command():
    (command,) = re.findall(
        r"^python3 -m venv .* -m pytest$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    pattern = re.search(r"test_command=\$\(grep -E '([^']+)' README\.md\)", CI)[1]
    assert re.search(pattern, command)
    assert 'bash -euo pipefail -c "$test_command"' in CI
    # The tests run by that command only: neither pytest nor an installation of the project is written out again.
    code = "\n".join(line for line in CI.splitlines() if not line.lstrip().startswith(("#", "echo")))
    assert code.count("pytest") == pattern.count("pytest") == 1
    assert "[test]" not in code


def test_ci_script_is_valid_and_executable():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o100
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_packages_are_typed_and_shipped():
    assert PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PACKAGES)
    assert [package for package in PACKAGES if not (ROOT / package / "py.typed").is_file()] == []


def test_every_linter_exception_has_a_reason():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    codes = PYPROJECT["tool"]["ruff"]["lint"]["ignore"]
    bare = [code for code in codes if not any(re.search(rf'^\s*"{code}",\s*# \S', line) for line in lines)]
    assert bare == []


def test_version_is_stated_once():
    import autograd

    assert getattr(autograd, "__version__", None) == PYPROJECT["project"]["version"]


def test_console_script_exists():
    module, function = PYPROJECT["project"]["scripts"]["chainrule"].split(":")
    assert callable(getattr(importlib.import_module(module), function))
