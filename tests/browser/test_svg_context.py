"""The context that makes SVG, beside a canvas's own: what is painted on both by the same calls looks the same."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, JSHandle

from app.components.assets import source

WIDTH, HEIGHT, SCALE = 160, 120, 2

DRAWINGS = {
    "lines": "context.lineWidth = 3; context.strokeStyle = '#0072B2'; context.lineTo(10, 100); context.lineTo(40, 20); context.lineTo(70, 100);"
    "context.moveTo(90, 20); context.lineTo(150, 60); context.lineTo(90, 100); context.closePath(); context.stroke();",
    "dashes": "context.lineWidth = 2; for (const [y, dash] of [[20, [6, 4]], [50, [7, 3, 1.5, 3]], [80, [5]], [105, []]]) {"
    "context.setLineDash(dash); context.beginPath(); context.moveTo(10, y); context.lineTo(150, y); context.stroke(); }",
    "numbers that are none": "context.lineWidth = 2; context.lineTo(NaN, 10); context.lineTo(10, 10); context.lineTo(Infinity, 20);"
    "context.lineTo(150, 100); context.stroke();",
    "sharp corners": "context.lineWidth = 6; context.moveTo(20, 100); context.lineTo(35, 30); context.lineTo(50, 100); context.stroke();",
    "circles": "context.fillStyle = '#CF5A00'; context.arc(40, 60, 25, 0, 2 * Math.PI); context.fill();"
    "for (const [x, to, back] of [[80, 2, false], [115, 2, true], [140, -1, false]]) {"
    "context.beginPath(); context.arc(x, 60, 14, 0.5, to, back); context.stroke(); }",
    "rectangles": "context.fillStyle = '#00855F'; context.globalAlpha = 0.4; context.fillRect(10, 10, 60, 40); context.fillRect(50, 30, 60, 40);"
    "context.strokeRect(20.5, 80.5, 100, 30); context.rect(120, 10, 30, 30); context.fill();",
    "clips": "context.fillStyle = '#0072B2'; context.save(); context.rect(20, 20, 80, 80); context.clip(); context.save();"
    "context.beginPath(); context.rect(60, 40, 90, 30); context.clip(); context.fillRect(0, 0, 160, 120); context.restore();"
    "context.fillStyle = '#CF5A00'; context.fillRect(0, 80, 160, 40); context.restore(); context.fillRect(110, 90, 40, 20);",
    "what is saved": "context.lineWidth = 8; context.strokeStyle = '#CF5A00'; context.setLineDash([4, 4]); context.globalAlpha = 0.5; context.save();"
    "context.lineWidth = 1; context.strokeStyle = '#000'; context.setLineDash([]); context.globalAlpha = 1; context.translate(50, 50);"
    "context.restore(); context.moveTo(10, 60); context.lineTo(150, 60); context.stroke();",
    "places": "context.translate(80, 60); context.rotate(0.5); context.scale(2, 0.7); context.lineWidth = 4; context.setLineDash([9, 3]);"
    "context.strokeRect(-30, -40, 60, 80); context.beginPath(); context.arc(0, 0, 20, 0, 5); context.fill();",
    "a path begun elsewhere": "context.lineWidth = 6; context.translate(20, 20); context.moveTo(0, 0); context.scale(3, 1); context.lineTo(30, 0);"
    "context.rotate(0.3); context.lineTo(20, 40); context.stroke();",
    "words": "context.font = '13px sans-serif'; const aligns = ['left', 'center', 'right', 'start', 'end']; aligns.forEach((align, place) => {"
    "context.textAlign = align; context.textBaseline = ['alphabetic', 'middle', 'top', 'bottom', 'hanging'][place];"
    "context.fillText('uv 0.951', 80, 15 + 22 * place); });",
    "turned words": "context.font = 'bold 14px monospace'; context.fillStyle = '#8F3D86'; context.translate(30, 60); context.rotate(-Math.PI / 2);"
    "context.textAlign = 'center'; context.textBaseline = 'middle'; context.fillText('input z', 0, 0);",
    "what words measure": "context.font = '20px serif'; context.fillRect(10, 10, context.measureText('potential').width, 10);",
}

BOTH = """async (module, drawing) => {
    const [width, height, scale] = [%d, %d, %d];
    const sheet = () => Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale }).getContext("2d");
    const pixels = (context) => Array.from(context.getImageData(0, 0, width * scale, height * scale).data);
    const paint = new Function("context", drawing);
    const canvas = sheet();
    canvas.scale(scale, scale);
    paint(canvas);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(name, value);
    paint(new module.SvgContext(svg));
    const text = new XMLSerializer().serializeToString(svg);
    const picture = Object.assign(new Image(width, height), { src: `data:image/svg+xml,${encodeURIComponent(text)}` });
    await picture.decode();
    const drawn = sheet();
    drawn.drawImage(picture, 0, 0, width * scale, height * scale);
    return [pixels(canvas), pixels(drawn), text];
}""" % (WIDTH, HEIGHT, SCALE)
"""The pixels of a drawing on a canvas, those of its SVG, and the SVG."""

Drawn = tuple[NDArray[np.float64], NDArray[np.float64], str]


@pytest.fixture(scope="module")
def module(browser: Browser) -> Iterator[JSHandle]:
    page = browser.new_page()
    load = "text => import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })))"
    yield page.evaluate_handle(load, source("pictures", "svg_context.js"))
    page.close()


def drawn(module: JSHandle, drawing: str) -> Drawn:
    """On white paper, (height, width, 3) from 0 to 1, on the canvas and as SVG."""
    *both, text = module.evaluate(BOTH, drawing)
    canvas, svg = (np.array(pixels).reshape(HEIGHT * SCALE, WIDTH * SCALE, 4) / 255 for pixels in both)
    return on_paper(canvas), on_paper(svg), text


def on_paper(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    opacity = pixels[..., 3:]
    return pixels[..., :3] * opacity + 1 - opacity


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_looks_the_same_as_on_a_canvas(name: str, module: JSHandle) -> None:
    canvas, svg, _ = drawn(module, DRAWINGS[name])
    ink = np.abs(canvas - 1).sum()
    assert ink > 100, "something is drawn"
    assert np.abs(canvas - svg).sum() < 0.02 * ink + 1
    assert np.abs(canvas - svg).max() < 0.25, "but for the edges' smoothing"


def test_a_drawing_is_made_of_vectors_and_words(module: JSHandle) -> None:
    *_, text = drawn(module, DRAWINGS["lines"] + DRAWINGS["turned words"])
    root = ElementTree.fromstring(text)
    assert [node.text for node in root.iterfind(".//{*}text")] == ["input z"]
    assert [node.attrib["d"] for node in root.iterfind(".//{*}path")] == ["M10 100L40 20L70 100M90 20L150 60L90 100Z"]
    assert not root.findall(".//{*}image")
