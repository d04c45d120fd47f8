"""Rendering to files: nothing here needs a system-wide Graphviz."""

import importlib.metadata
import os
import re
import struct
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import graphviz
import numpy as np
import pytest
from graphviz.backend import dot_command

from autograd.draw import Drawing, RenderError, render
from autograd.draw.model import Cluster, EdgeView, Flag, Graph, NodeView, Stats
from autograd.draw.render import PURE_FORMATS, render_source

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    '<b>&"x',
    "</table>>",
    "\\N \\G \\",
    "a\nb\tc\0",
    "]]>-->",
    "{|}<f0>",
    "&lt;&#10;",
    "\ud800",
    "\u202eabc",
    "中文 😀",
    "",
    " ",
    "x" * 5000,
]


def model(name="fc1.weight"):
    stats = Stats.of(np.arange(6.0))
    return Graph(
        [
            NodeView("w", "param", name, shape=(2, 3), dtype="float32", data=stats, grad=stats, cluster="c"),
            NodeView("x", "input", name, alias=name, shape=(3,), dtype="int64", data=Stats.of(np.arange(3))),
            NodeView("s", "root", "sum", symbol="Σ", shape=(), data=15.0, grad=1.0, flags=[Flag(name, "error")]),
        ],
        [
            EdgeView("w", "s", (2, 3), saved=True, carries_grad=True, grad_rms=1.0, label=name),
            EdgeView("x", "s", (3,), label=name),
        ],
        [Cluster("c", name)],
        title=name,
    )


def png_size(data):
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def texts(svg):
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_png_has_the_size_of_the_svg_and_is_not_blank():
    drawing = Drawing(model())
    png = drawing.pipe("png")
    match = re.search(rb'<svg width="([\d.]+)pt" height="([\d.]+)pt"', drawing.pipe("svg"))
    for pixels, points in zip(png_size(png), match.groups(), strict=True):
        assert pixels == pytest.approx(float(points) * 96 / 72, abs=3)
    assert len(png) > 5000  # a blank picture of this size compresses to a few hundred bytes


def test_svg_holds_the_text_and_the_ids():
    svg = Drawing(model()).pipe("svg").decode()
    shown = texts(svg)
    for text in ("fc1.weight", "(2, 3) float32", "2.5 ± 1.71", "15.0", "Legend"):
        assert text in shown
    ids = {group.get("id") for group in ET.fromstring(svg).iter(f"{SVG}g")}
    assert {"n0", "n1", "n2", "e0", "e1", "c0", "legend"} <= ids


def test_svg_text_carries_the_width_it_was_laid_out_for():
    root = ET.fromstring(Drawing(model()).pipe("svg"))
    element = next(e for e in root.iter(f"{SVG}text") if e.text == "2.5 ± 1.71")
    assert float(element.get("textLength")) == pytest.approx(44.41, abs=0.01)  # Helvetica's widths at 10 points


def links(svg):
    return list(ET.fromstring(svg).iter(f"{SVG}a"))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_shown_as_they_are(name):
    drawing = Drawing(model(name))
    assert png_size(drawing.pipe("png"))
    shown = texts(drawing.pipe("svg"))
    if name.strip() and len(name) < 20:
        escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
        assert shown.count(escaped) >= 3  # title, cluster, node
        assert f"! {escaped}" in shown
        assert any(text.strip("\xa0 ") == f"(2, 3) {escaped} *saved" for text in shown)
        hints = [link.get("{http://www.w3.org/1999/xlink}title") for link in links(drawing.pipe("svg"))]
        assert any(hint.startswith(f"{escaped}\nshape (2, 3)") for hint in hints)


@pytest.mark.parametrize("kind", ["op", "param", "leaf", "input", "root", "module"])
def test_one_node_of_each_kind_without_anything_else(kind):
    drawing = Drawing(Graph([NodeView("a", kind, "a")]), legend=False)
    assert texts(drawing.pipe("svg")) == ["a"]
    assert min(png_size(drawing.pipe("png"))) > 20


def test_values_that_are_empty_or_not_finite():
    bad = Stats.of(np.array([np.nan, np.inf, 1.0]))
    nodes = [
        NodeView("e", "input", "e", shape=(0, 3), dtype="float32", data=Stats.of(np.zeros((0, 3)))),
        NodeView("b", "op", "b", shape=(3,), data=bad, grad=bad),
        NodeView("n", "op", "n", shape=(), data=float("nan"), grad=float("-inf")),
    ]
    edges = [EdgeView("e", "b"), EdgeView("b", "n", carries_grad=True, grad_rms=float("nan"))]
    shown = texts(Drawing(Graph(nodes, edges)).pipe("svg"))
    for text in ("empty", "NaN", "-inf", "the gradient is NaN or inf"):
        assert text in shown


def test_the_same_model_gives_the_same_bytes():
    assert Drawing(model()).pipe("svg") == Drawing(model()).pipe("svg")
    assert Drawing(model()).pipe("png") == Drawing(model()).pipe("png")


def test_an_empty_drawing():
    assert png_size(Drawing(Graph()).pipe("png"))


@pytest.mark.parametrize("legend", [True, False])
@pytest.mark.parametrize("rankdir", ["TB", "LR"])
def test_a_thousand_operations(rankdir, legend):
    nodes = [NodeView(str(i), "op", "add", shape=(3,), data=1.0) for i in range(1000)]
    edges = [EdgeView(str(i), str(i + 1), (3,), carries_grad=True, grad_rms=0.1) for i in range(999)]
    drawing = Drawing(Graph(nodes, edges), rankdir=rankdir, legend=legend)
    assert drawing.pipe("svg").count(b">add<") == 1000
    with pytest.raises(RenderError, match=r"too large for png.*svg"):
        drawing.pipe("png")


@pytest.mark.parametrize(
    ("name", "format", "written", "start"),
    [
        ("g.svg", None, "g.svg", b"<?xml"),
        ("g.png", None, "g.png", b"\x89PNG"),
        ("g.PNG", None, "g.PNG", b"\x89PNG"),
        ("g.jpg", None, "g.jpg", b"\xff\xd8"),
        ("g", None, "g.svg", b"<?xml"),
        ("g", "png", "g.png", b"\x89PNG"),
        ("g.v2", "png", "g.v2.png", b"\x89PNG"),
    ],
)
def test_render_takes_the_format_from_the_suffix(tmp_path, name, format, written, start):
    path = Drawing(model()).render(tmp_path / name, format=format)
    assert path == str(tmp_path / written)
    assert (tmp_path / written).read_bytes().startswith(start)
    assert names_in(tmp_path) == [written]


def test_every_format_of_the_bundled_program(tmp_path):
    for fmt in PURE_FORMATS:
        assert Drawing(model()).pipe(fmt)


def test_render_replaces_a_file_and_a_failure_leaves_it(tmp_path, monkeypatch):
    target = tmp_path / "g.svg"
    target.write_text("old")
    drawing = Drawing(model())
    monkeypatch.setattr(render, "render_source", lambda *_, **__: (_ for _ in ()).throw(RenderError("no")))
    with pytest.raises(RenderError):
        drawing.render(target)
    monkeypatch.undo()
    assert target.read_text() == "old"
    drawing.render(target)
    assert target.read_text().startswith("<?xml")


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(self, target):
        raise PermissionError("no")

    monkeypatch.setattr(render.Path, "replace", refuse)
    with pytest.raises(PermissionError):
        Drawing(model()).render(tmp_path / "g.svg")
    assert names_in(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_a_written_file_has_the_rights_of_an_ordinary_one(tmp_path):
    (tmp_path / "plain").write_text("")
    path = Drawing(model()).render(tmp_path / "g.svg")
    assert Path(path).stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_missing_folder_is_named(tmp_path):
    for write in (Drawing(model()).render, Drawing(model()).save):
        with pytest.raises(FileNotFoundError, match=r"nowhere.*does not exist"):
            write(tmp_path / "nowhere" / "g.svg")


def test_an_unknown_format_is_refused_with_those_that_there_are(tmp_path):
    with pytest.raises(ValueError, match="'bogus': available are svg, png"):
        Drawing(model()).render(tmp_path / "g.bogus")
    with pytest.raises(ValueError, match="'bogus'"):
        Drawing(model()).pipe("bogus")
    with pytest.raises(ValueError, match=r"engine: expected .* got 'neato'"):
        Drawing(model()).pipe("svg", engine="neato")
    with pytest.raises(ValueError, match="engine 'pure' has no format 'pdf'"):
        Drawing(model()).pipe("pdf", engine="pure")
    assert names_in(tmp_path) == []


def test_pdf_without_a_system_graphviz_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    for call in (lambda: Drawing(model()).pipe("pdf"), lambda: Drawing(model()).pipe("svg", engine="system")):
        with pytest.raises(RenderError, match=r"install Graphviz.*choose svg or png"):
            call()


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for dot")
def test_the_system_engine_calls_dot_on_the_path(tmp_path, monkeypatch):
    script = tmp_path / "dot"
    script.write_text('#!/bin/sh\ncat >/dev/null\necho "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert Drawing(model()).pipe("pdf").split() == [b"-Kdot", b"-Tpdf"]
    assert Drawing(model()).pipe("svg", engine="system").split() == [b"-Kdot", b"-Tsvg"]


def test_without_graphviz_pure_the_error_says_what_to_install(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", missing)
    with pytest.raises(RenderError, match="pip install 'graphviz-pure"):
        Drawing(model()).pipe("svg")
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [])
    with pytest.raises(RenderError, match="program was not found"):
        Drawing(model()).pipe("svg")


def test_source_that_is_no_graph_is_an_error():
    with pytest.raises(RenderError, match="syntax error"):
        render_source("digraph {", "svg")


def test_the_graphviz_package_is_left_as_it_was():
    before = dot_command.DOT_BINARY
    Drawing(model()).pipe("svg")
    with pytest.raises(RenderError):
        render_source("digraph {", "svg")
    after = dot_command.DOT_BINARY
    assert after == before


def test_nothing_is_printed(capfd):
    Drawing(model("中文")).pipe("svg")
    assert capfd.readouterr() == ("", "")


def test_drawings_render_from_several_threads():
    drawing, results = Drawing(model()), []
    threads = [threading.Thread(target=lambda: results.append(drawing.pipe("svg"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 1
    assert len(results) == 4


def test_a_drawing_is_a_digraph(tmp_path):
    graph = model()
    drawing = Drawing(graph)
    assert isinstance(drawing, graphviz.Digraph)
    assert drawing.model is graph
    drawing.node("mine", "my note")
    with drawing.subgraph(name="cluster_mine") as inner:
        inner.node("inner", "inner note")
    twin = drawing.copy()
    assert (twin.source, twin.model) == (drawing.source, graph)
    assert {"my note", "inner note"} <= set(texts(twin.pipe("svg")))
    saved = drawing.save("g.gv", tmp_path)
    assert Path(saved).read_text(encoding="utf-8") == drawing.source


def test_notebooks_show_svg():
    drawing = Drawing(model())
    assert drawing._repr_svg_().startswith("<?xml")
    assert drawing._repr_mimebundle_() == {"image/svg+xml": drawing._repr_svg_()}
    assert drawing._repr_mimebundle_(include=["image/png"])["image/png"].startswith(b"\x89PNG")


def test_importing_the_package_does_not_import_graphviz():
    code = "import autograd.draw, sys; print('graphviz' in sys.modules, 'Drawing' in dir(autograd.draw))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_an_unknown_name_is_an_attribute_error():
    import autograd.draw

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        autograd.draw.nothing
