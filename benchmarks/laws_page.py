"""Writes docs/laws.md and its pictures from `benchmarks.laws`: `python -m benchmarks.laws_page`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.laws import AT_THRESHOLD, LAWS, PARALLEL, SETTLING, diffusion_rate
from snncore import kernels
from snncore.activation import MembraneReset, SingleSpike
from snncore.layers import LIF, ExpLeak

ROOT = Path(__file__).parents[1]
PAGE, PICTURES = ROOT / "docs" / "laws.md", ROOT / "docs" / "laws"

WIDTH, HEIGHT = 480, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 28, 40
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
GREY = "#808080"

INTRODUCTION = """# Laws

What is known of these neurons in closed form, beside what `snncore` computes. `python -m benchmarks.laws` prints the tables, and
`python -m benchmarks.laws_page` writes this page. Every law is a test, in `tests/snncore/test_laws.py`: exact ones to rounding,
means within the tolerance that stands beside them.

Time is counted in steps; α = exp(-1/τ), β = exp(-1/τ_syn), and [dynamics.md](dynamics.md) has the equations.
"""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Curve:
    """Points that belong together, drawn as a line, or one by one."""

    name: str
    points: Points
    is_line: bool = True


def main() -> None:
    torch.set_num_threads(1)
    kernels.prepare()
    PICTURES.mkdir(exist_ok=True)
    drawn = {name: (file, text) for name, file, text in _pictures()}
    parts = [INTRODUCTION]
    for law in LAWS:
        parts.append(f"## {law.name}\n\n{law.statement[0].upper()}{law.statement[1:]}.\n")
        if law.name in drawn:
            file, text = drawn[law.name]
            parts.append(f"![{text}](laws/{file})\n")
        rows = [f"| {case.of} | {case.expected:.6g} | {case.measured:.6g} | {_within(case.tolerance)} |" for case in law.cases()]
        parts.append("\n".join(["| | expected | measured | may differ by |", "|---|---|---|---|", *rows]) + "\n")
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(PAGE)


def _within(tolerance: float) -> str:
    return "nothing" if tolerance == 0 else f"{tolerance:.1g}"


# --------------------------------------------------------------------------------------------------- what is drawn


def _pictures() -> Iterator[tuple[str, str, str]]:
    """Draw the pictures; yield the law that each belongs to, its file and what it shows."""
    yield (
        "Intervals with a hard reset",
        *_draw("intervals.svg", "Spikes per step at a constant current", "current I", _rates(), names_below=True),
    )
    peaks = [Curve(f"τ_mem {mem:g}, τ_syn {syn:g}", _postsynaptic(mem, syn)) for mem, syn in ((20, 10), (20, 5), (10, 2))]
    yield "The postsynaptic peak", *_draw("peaks.svg", "Potential after one input spike", "step", peaks)
    yield "Diffusion", *_draw("diffusion.svg", "Spikes per step with white noise, σ 0.3", "mean input μ", _diffusion(), names_below=True)
    steps = [x / 200 for x in range(401)]
    one = torch.ones((), dtype=torch.float64)
    surrogates = [
        Curve(type(surrogate).__name__, [(u, float(surrogate(torch.tensor(u, dtype=torch.float64), one))) for u in steps])
        for surrogate, _, _ in AT_THRESHOLD
    ]
    yield "Areas under the surrogates", *_draw("surrogates.svg", "Surrogate gradients at θ = 1", "potential u", surrogates)
    factors = [Curve(curve.name, [(u, 1 - slope) for u, slope in curve.points]) for curve in surrogates]
    yield (
        "The reset's path",
        *_draw("reset.svg", "Factor 1 - θσ' of a gradient through a soft reset", "potential u", factors, names_below=True),
    )


def _rates() -> list[Curve]:
    currents = [1.01 + 0.02 * number for number in range(150)]
    continuous = [(current, 1 / (-20 * math.log(1 - 1 / current))) for current in currents]
    layer = LIF(20.0, spike_fn=SingleSpike, reset_fn=MembraneReset())
    measured = []
    for current in currents[::6]:
        layer.reset_states()
        times = layer(torch.full((1, 400, 1), current))[0, :, 0].nonzero().flatten()
        measured.append((current, 1 / times.diff().float().mean().item()))
    return [Curve("in continuous time", continuous), Curve("snncore, in whole steps", measured, is_line=False)]


def _postsynaptic(tau_mem: float, tau_syn: float) -> Points:
    spike = torch.zeros(1, 60, 1)
    spike[0, 0] = 1
    return list(enumerate(ExpLeak(tau_mem, tau_syn=tau_syn)(spike).flatten().tolist()))


def _diffusion() -> list[Curve]:
    means = [0.5 + 0.05 * number for number in range(21)]
    alpha = math.exp(-1 / 20)
    deviation = 0.3 * math.sqrt((1 + alpha) / (2 * (1 - alpha)))
    noise = deviation * torch.randn(1, 2000, PARALLEL, generator=torch.Generator().manual_seed(1))
    measured = []
    with torch.no_grad():
        for mean in means[::2]:
            spikes = LIF(20.0, spike_fn=SingleSpike, reset_fn=MembraneReset())(noise + mean)
            measured.append((mean, spikes[0, SETTLING:].mean().item()))
    shifted = [(mean, diffusion_rate(mean, 0.3, 20.0)) for mean in means]
    return [Curve("with the threshold raised by the grid", shifted), Curve("snncore", measured, is_line=False)]


# ---------------------------------------------------------------------------------------------------------- drawing


def _draw(file: str, title: str, x_name: str, curves: Sequence[Curve], *, names_below: bool = False) -> tuple[str, str]:
    """Write a picture; return its file's name and title. Greys and colours are read on light and dark pages."""
    xs, ys = zip(*(point for curve in curves for point in curve.points), strict=True)
    left, right, low, high = min(xs), _round_above(max(xs)), min(0.0, *ys), _round_above(max(ys))
    names_at = HEIGHT - BOTTOM - 15 * len(curves) if names_below else TOP + 14

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - left) / (right - left) * (WIDTH - LEFT - RIGHT)
        up = (y - low) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return LEFT + across, HEIGHT - BOTTOM - up

    shapes = [_text(LEFT, 16, title, size=13)]
    for y in (low, (low + high) / 2, high):
        _, at = place(left, y)
        shapes += [f'<path d="M{LEFT},{at:.1f}H{WIDTH - RIGHT}" stroke="{GREY}" stroke-opacity=".35"/>']
        shapes += [_text(LEFT - 6, at + 4, f"{y:.3g}", anchor="end")]
    for x in (left, (left + right) / 2, right):
        shapes += [_text(place(x, low)[0], HEIGHT - BOTTOM + 16, f"{x:.3g}", anchor="middle")]
    shapes += [_text((WIDTH + LEFT - RIGHT) / 2, HEIGHT - 6, x_name, anchor="middle")]
    for number, (curve, colour) in enumerate(zip(curves, COLOURS, strict=False)):
        placed = [place(x, y) for x, y in curve.points]
        if curve.is_line:
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
            shapes += [f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>']
        else:
            shapes += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        shapes += [_text(WIDTH - RIGHT, names_at + 15 * number, curve.name, anchor="end", fill=colour)]
    opened = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">'
    (PICTURES / file).write_text("\n".join([opened, f"<title>{title}</title>", *shapes, "</svg>"]) + "\n", encoding="utf-8")
    return file, title


def _round_above(value: float) -> float:
    """Return the next number of one digit, 0.05 for 0.0452; or of two where that is closer than a tenth."""
    for digits in (1, 2):
        step = 10.0 ** (math.floor(math.log10(value)) + 1 - digits)
        rounded = math.ceil(value / step - 1e-9) * step
        if rounded <= 1.1 * value:
            break
    return rounded


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 11, fill: str = GREY) -> str:
    font = f'font-family="sans-serif" font-size="{size}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {font} fill="{fill}" text-anchor="{anchor}">{text}</text>'


if __name__ == "__main__":
    main()
