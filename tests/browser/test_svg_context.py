"""The context that makes SVG, beside a canvas's own: what is painted on both by the same calls looks the same."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, JSHandle

from app.components.assets import web_url
from tests.browser.server import Server

DRAWINGS = {
    "lines": """
        Object.assign(context, { lineWidth: 3, strokeStyle: "#0072B2" });
        for (const point of [[10, 100], [40, 20], [70, 100]]) context.lineTo(...point);
        context.moveTo(90, 20);
        for (const point of [[150, 60], [90, 100]]) context.lineTo(...point);
        context.closePath();
        context.stroke();""",
    "dashes": """
        context.lineWidth = 2;
        for (const [y, dash] of [[20, [6, 4]], [50, [7, 3, 1.5, 3]], [80, [5]], [105, []]]) {
            context.setLineDash(dash);
            context.beginPath();
            context.moveTo(10, y);
            context.lineTo(150, y);
            context.stroke();
        }""",
    "places that are no numbers": """
        context.lineWidth = 2;
        for (const point of [[NaN, 10], [10, 10], [Infinity, 20], [150, 100]]) context.lineTo(...point);
        context.stroke();""",
    "a sharp corner": """
        context.lineWidth = 6;
        for (const point of [[20, 100], [35, 30], [50, 100]]) context.lineTo(...point);
        context.stroke();""",
    "circles": """
        context.fillStyle = "#CF5A00";
        context.arc(40, 60, 25, 0, 2 * Math.PI);
        context.fill();
        for (const [x, to, isCounterclockwise] of [[80, 2, false], [115, 2, true], [140, -1, false]]) {
            context.beginPath();
            context.arc(x, 60, 14, 0.5, to, isCounterclockwise);
            context.stroke();
        }""",
    "rectangles": """
        Object.assign(context, { fillStyle: "#00855F", globalAlpha: 0.4 });
        context.fillRect(10, 10, 60, 40);
        context.fillRect(50, 30, 60, 40);
        context.strokeRect(20.5, 80.5, 100, 30);
        context.rect(120, 10, 30, 30);
        context.fill();""",
    "clips": """
        context.save();
        context.rect(20, 20, 80, 80);
        context.clip();
        context.save();
        context.beginPath();
        context.rect(60, 40, 90, 30);
        context.clip();
        context.fillRect(0, 0, 160, 120);
        context.restore();
        context.fillStyle = "#CF5A00";
        context.fillRect(0, 80, 160, 40);
        context.restore();
        context.fillRect(110, 90, 40, 20);""",
    "what is saved": """
        Object.assign(context, { lineWidth: 8, strokeStyle: "#CF5A00", globalAlpha: 0.5 });
        context.setLineDash([4, 4]);
        context.save();
        Object.assign(context, { lineWidth: 1, strokeStyle: "#000000", globalAlpha: 1 });
        context.setLineDash([]);
        context.translate(50, 50);
        context.restore();
        context.moveTo(10, 60);
        context.lineTo(150, 60);
        context.stroke();""",
    "another place, turned and stretched": """
        context.translate(80, 60);
        context.rotate(0.5);
        context.scale(2, 0.7);
        context.lineWidth = 4;
        context.setLineDash([9, 3]);
        context.strokeRect(-30, -40, 60, 80);
        context.beginPath();
        context.arc(0, 0, 20, 0, 5);
        context.fill();""",
    "a path that was begun elsewhere": """
        context.lineWidth = 6;
        context.translate(20, 20);
        context.moveTo(0, 0);
        context.scale(3, 1);
        context.lineTo(30, 0);
        context.rotate(0.3);
        context.lineTo(20, 40);
        context.stroke();""",
    "words": """
        context.font = "13px sans-serif";
        const baselines = { left: "alphabetic", center: "middle", right: "top", start: "bottom", end: "hanging" };
        Object.entries(baselines).forEach(([textAlign, textBaseline], place) => {
            Object.assign(context, { textAlign, textBaseline });
            context.fillText("uv 0.951", 80, 15 + 22 * place);
        });""",
    "turned words": """
        Object.assign(context, { font: "bold 14px monospace", fillStyle: "#8F3D86", textAlign: "center", textBaseline: "middle" });
        context.translate(30, 60);
        context.rotate(-Math.PI / 2);
        context.fillText("input z", 0, 0);""",
    "how wide words are": """
        context.font = "20px serif";
        context.fillRect(10, 10, context.measureText("potential").width, 10);""",
}

PAINT_BOTH = """async (module, drawing) => {
    const [width, height, scale] = [160, 120, 2];
    const sheet = () => Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
    const paint = new Function("context", drawing);
    const [canvas, rasterised] = [sheet(), sheet()];
    canvas.getContext("2d").scale(scale, scale);
    paint(canvas.getContext("2d"));
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(name, value);
    paint(new module.SvgContext(svg));
    const text = new XMLSerializer().serializeToString(svg);
    const picture = Object.assign(new Image(width, height), { src: `data:image/svg+xml,${encodeURIComponent(text)}` });
    await picture.decode();
    rasterised.getContext("2d").drawImage(picture, 0, 0, width * scale, height * scale);
    return [canvas.toDataURL(), rasterised.toDataURL(), text];
}"""
"""A drawing on a canvas and as SVG, both as PNG, and the SVG."""

Pixels = NDArray[np.float64]


@pytest.fixture(scope="module")
def module(browser: Browser, server: Server) -> Iterator[JSHandle]:
    page = browser.new_page()
    page.goto(f"{server.url}_stcore/health")
    yield page.evaluate_handle("address => import(address)", f"{server.url}{web_url()}/pictures/svg_context.js")
    page.close()


def on_white(url: str) -> Pixels:
    """(height, width, 3), from 0 to 1."""
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("RGB")) / 255


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_looks_the_same_as_on_a_canvas(name: str, module: JSHandle) -> None:
    canvas, svg = (on_white(url) for url in module.evaluate(PAINT_BOTH, DRAWINGS[name])[:2])
    ink = np.abs(canvas - 1).sum()
    assert ink > 100, "something is drawn"
    difference = np.abs(canvas - svg)
    assert difference.sum() < 0.02 * ink + 1
    assert difference.max() < 0.5, "edges are smoothed a little otherwise"


def test_a_drawing_is_made_of_vectors_and_words(module: JSHandle) -> None:
    *_, text = module.evaluate(PAINT_BOTH, DRAWINGS["lines"] + DRAWINGS["turned words"])
    root = ElementTree.fromstring(text)
    assert [node.attrib["d"] for node in root.iterfind(".//{*}path")] == ["M10 100L40 20L70 100M90 20L150 60L90 100Z"]
    assert [node.text for node in root.iterfind(".//{*}text")] == ["input z"]
