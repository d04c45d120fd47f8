"""Rendering Graphviz source to files and notebooks with what pip installs.

The distribution graphviz-pure holds one program, a port of Graphviz's `dot` with fonts of its own: the same picture on
every machine, and no system package. It is called through the `graphviz` package. Its limits, as of 0.2.2:
- no PDF and no PostScript: these need the system's `dot`;
- layout knows the widths of Helvetica, Times and Courier only, byte by byte, so other scripts get rough widths, and its
  PNG shows an empty box for a glyph that Arimo lacks (CJK, emoji, ⚠ ✓ ∇); `style` keeps to the glyphs it has;
- its SVG names fonts that a viewer may not have: `svgtext` makes the text fit.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

import graphviz
from graphviz.backend import dot_command
from graphviz.backend import pipe as _graphviz_pipe
from graphviz.parameters import FORMATS as _SYSTEM_FORMATS

from .dot import RankDir, draw_into
from .model import Graph
from .svgtext import fit_text

__all__ = ["PURE_FORMATS", "Drawing", "Engine", "RenderError", "render_source"]

Engine: TypeAlias = Literal["pure", "system"]

PURE_FORMATS = ("svg", "png", "jpg", "jpeg", "json", "xdot", "plain", "dot", "gv")
# Pictures of pixels with a longer side are refused by many viewers and take gigabytes to draw. Measuring costs a layout,
# so only sources of more lines than this are measured.
_PIXELS, _MEASURE_FROM = 32_000, 250
_RASTER = ("png", "jpg", "jpeg")
_SVG_SIZE = re.compile(rb'<svg width="([0-9.]+)pt" height="([0-9.]+)pt"')

# graphviz reads the program's name from a module variable, so only one call at a time may change it.
_BINARY_LOCK = threading.Lock()


class RenderError(RuntimeError):
    """A drawing could not be rendered: the program is missing or failed. The message says what to do.

    >>> issubclass(RenderError, RuntimeError)
    True
    """


def render_source(source: str, fmt: str, *, engine: Engine | None = None) -> bytes:
    """Return Graphviz source rendered by the `dot` layout as the bytes of a file of format `fmt`.

    `engine` is "pure" (the program of graphviz-pure), "system" (`dot` on the PATH), or None: "pure" for the formats
    that it has (`PURE_FORMATS`), otherwise "system". Raises ValueError for an unknown format or engine, RenderError if
    the program is missing or fails.

    >>> render_source("digraph { a -> b }", "png")[1:4]
    b'PNG'
    """
    fmt, engine = _checked(fmt, engine)
    if engine == "system":
        return _run(_system_dot(fmt), source, fmt)
    binary = _pure_dot()
    if fmt in _RASTER and source.count("\n") > _MEASURE_FROM:
        _check_size(_run(binary, source, "svg"), fmt)
    data = _run(binary, source, fmt)
    return fit_text(data.decode("utf-8")).encode("utf-8") if fmt == "svg" else data


def _run(binary: Path, source: str, fmt: str) -> bytes:
    """Pipe the source through a layout program."""
    try:
        with _dot_binary(binary):
            data: bytes = _graphviz_pipe("dot", fmt, source.encode("utf-8"), quiet=True)
    except graphviz.CalledProcessError as error:
        complaint = (error.stderr or b"").decode("utf-8", "replace").strip()
        raise RenderError(f"{binary} could not render the drawing as {fmt}: {complaint or error}") from error
    except (graphviz.ExecutableNotFound, OSError) as error:
        raise RenderError(f"{binary} could not be started: {error}") from error
    if not data:
        raise RenderError(f"{binary} rendered the drawing as {fmt} to an empty file")
    return data


def _check_size(svg: bytes, fmt: str) -> None:
    """Refuse to draw more pixels than a viewer can show. 96 pixels an inch; a point is 1/72 inch."""
    found = _SVG_SIZE.search(svg)
    if found is None:
        return
    width, height = (round(float(side) * 96 / 72) for side in found.groups())
    if max(width, height) > _PIXELS:
        raise RenderError(
            f"the drawing would be {width} by {height} pixels, too large for {fmt} (at most {_PIXELS} a side): "
            "render it as svg, or draw a smaller part of the graph"
        )


def _checked(fmt: str, engine: str | None) -> tuple[str, Engine]:
    """Lower-case the format and choose the program for it."""
    fmt = fmt.lower()
    if engine not in (None, "pure", "system"):
        raise ValueError(f"engine: expected None, 'pure' or 'system', got {engine!r}")
    if fmt not in PURE_FORMATS and fmt not in _SYSTEM_FORMATS:
        raise ValueError(
            f"unknown format {fmt!r}: available are {', '.join(PURE_FORMATS)}, "
            "and, with a system-wide Graphviz, pdf, ps, eps, gif and the others of its dot"
        )
    if engine == "pure" and fmt not in PURE_FORMATS:
        raise ValueError(f"engine 'pure' has no format {fmt!r}: available are {', '.join(PURE_FORMATS)}")
    if engine is None:
        return fmt, "pure" if fmt in PURE_FORMATS else "system"
    return fmt, "pure" if engine == "pure" else "system"


def _pure_dot() -> Path:
    """Find the program of graphviz-pure by its distribution's own list of files; it need not be on the PATH."""
    hint = "install it (pip install 'graphviz-pure>=0.2.2,<0.3'), or pass engine='system' to use Graphviz's own dot"
    try:
        files = importlib.metadata.files("graphviz-pure")
    except importlib.metadata.PackageNotFoundError as error:
        raise RenderError(f"the package graphviz-pure is not installed; {hint}") from error
    for file in files or ():
        if file.name in ("graphviz-pure", "graphviz-pure.exe"):
            path = Path(os.path.normpath(file.locate()))
            if path.is_file():
                return path
    raise RenderError(f"the package graphviz-pure is installed, but its program was not found; {hint}")


def _system_dot(fmt: str) -> Path:
    found = shutil.which("dot")
    if found is None:
        raise RenderError(
            f"rendering as {fmt} with the system's Graphviz needs its program 'dot', and none is on the PATH: install "
            "Graphviz (apt install graphviz, brew install graphviz, winget install graphviz, conda install graphviz), "
            "or choose svg or png, which need nothing more"
        )
    return Path(found)


@contextlib.contextmanager
def _dot_binary(binary: Path) -> Iterator[None]:
    """Let the graphviz package call `binary` for the time of a call, and put its own choice back after it."""
    with _BINARY_LOCK:
        before = dot_command.DOT_BINARY
        dot_command.DOT_BINARY = binary
        try:
            yield
        finally:
            dot_command.DOT_BINARY = before


def _write_atomically(path: Path, data: bytes) -> None:
    """Write beside the target and rename: a reader sees the old file or the new one, never a part."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {str(path)!r}: the folder {str(path.parent)!r} does not exist")
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {str(path)!r}: it is a folder")
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if os.name == "posix":  # mkstemp made it private; give it the rights of an ordinary new file
            mask = os.umask(0)
            os.umask(mask)
            Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


class Drawing(graphviz.Digraph):
    """A drawn graph: a `graphviz.Digraph` that renders without a system-wide Graphviz and shows itself in notebooks.

    Args:
        model: the view model (`autograd.draw.model.Graph`), kept as `.model`; None for an empty drawing.
        rankdir: "TB", "LR", "BT" or "RL", the direction from inputs to results.
        legend: whether to explain the shapes and colours that occur.
        options: further arguments of `graphviz.Digraph`.

    `.source` is the Graphviz source, `render` writes a picture, `pipe` returns one, `save` writes the source; nodes and
    edges can be added as with any Digraph.

    >>> from autograd.draw.model import Graph, NodeView
    >>> Drawing(Graph([NodeView("t", "op", "tanh")])).pipe("svg")[:5]
    b'<?xml'
    """

    def __init__(
        self, model: Graph | None = None, *, rankdir: RankDir = "TB", legend: bool = True, **options: Any
    ) -> None:
        options.setdefault("format", "svg")
        super().__init__(**options)
        self.model = model
        if model is not None:
            draw_into(self, model, rankdir=rankdir, legend=legend)

    def copy(self) -> Drawing:
        """Return an independent copy of the source, with the same model."""
        twin = type(self)(**self._copy_kwargs())
        twin.model = self.model
        return twin

    def pipe(
        self,
        format: str | None = None,
        *,
        engine: Engine | None = None,
        encoding: str | None = None,
        quiet: bool = True,
    ) -> bytes | str:
        """Return the picture as bytes, or as text if `encoding` is given.

        `format` is svg unless set otherwise; formats, `engine` and errors are those of `render_source`. `quiet` is
        accepted for `graphviz.Digraph`'s sake; the program's remarks are never printed.

        >>> Drawing().pipe("png")[1:4]
        b'PNG'
        """
        fmt = format or self.format
        data = render_source(self.source, fmt, engine=engine)
        return data if encoding is None else data.decode(encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *,
        outfile: str | os.PathLike[str] | None = None,
        engine: Engine | None = None,
        quiet: bool = True,
        quiet_view: bool = False,
    ) -> str:
        """Write the picture to a file and return its path.

        The suffix of `filename` (or `outfile`) chooses the format. A name without one, or one that differs from the
        given `format`, gets a suffix added; svg is the default. The file appears whole or not at all. Unlike
        `graphviz.Digraph.render` this leaves no source file (see `save`), so `cleanup` has nothing to do. Raises what
        `render_source` raises, and FileNotFoundError if the folder is missing; an existing file then stays as it was.

        >>> import tempfile
        >>> Path(Drawing().render(Path(tempfile.mkdtemp()) / "graph.png")).stat().st_size > 0
        True
        """
        path, fmt = self._target(outfile if outfile is not None else filename, directory, format)
        if not path.parent.is_dir():
            raise FileNotFoundError(f"cannot render to {str(path)!r}: the folder {str(path.parent)!r} does not exist")
        _write_atomically(path, render_source(self.source, fmt, engine=engine))
        if view or quiet_view:
            self._view(str(path), format=fmt, quiet=quiet_view)
        return str(path)

    def _target(self, name: str | os.PathLike[str] | None, directory: Any, format: str | None) -> tuple[Path, str]:
        path = Path(name) if name is not None else Path(self.filename).with_suffix(f".{format or self.format}")
        path = Path(directory if directory is not None else self.directory) / path
        suffix = path.suffix[1:]
        fmt = (format or suffix or self.format).lower()
        _checked(fmt, None)
        return (path if suffix.lower() == fmt else path.with_name(f"{path.name}.{fmt}")), fmt

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        r"""Write the Graphviz source to a file and return its path; FileNotFoundError if the folder is missing.

        >>> import tempfile
        >>> Path(Drawing().save("graph.gv", tempfile.mkdtemp())).read_text()
        'digraph {\n}\n'
        """
        path = Path(directory if directory is not None else self.directory) / Path(filename or self.filename)
        if not (skip_existing and path.exists()):
            _write_atomically(path, self.source.encode(self.encoding))
        return str(path)

    def _repr_svg_(self) -> str:
        """The picture for Jupyter and other IPython front ends."""
        return render_source(self.source, "svg").decode("utf-8")
