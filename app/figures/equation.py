"""The equations of one time step of a neuron, with places for its numbers, which the browser fills in."""

from __future__ import annotations

from typing import Any, TypedDict

from snncore.activation import MaxSpike, MembraneReset, SingleSpike
from snncore.experiment.layers import NeuronSpec


class EquationLine(TypedDict):
    """A line of the equations: `symbols`, and `pieces` of text, each with the part of the step that it belongs to."""

    symbols: str
    pieces: list[tuple[str, str]]


def equation(layer: NeuronSpec) -> list[EquationLine]:
    """Return the neuron's equations line by line.

    They are the equations of `docs/dynamics.md`, without the terms that the neuron lacks.

    In a text, `{u}` is u at this step and `{u-}` u at the step before; likewise i, v, b, z and theta. `{s}` and `{spikes}` are its spikes
    as a number and in words; `{r}` is v after the reset and before the bound; `{sign}` is how u compares with θ; `{taken}` is what each
    spike takes from u; `{at}` is the step; other names are the parameters in force. Each piece lights up with one part of the step:
    "decay", "input", "compare", "spike", "reset" or "bound", or with none.
    """
    has_leak, has_synapse, is_bounded = (getattr(layer, name, None) is not None for name in ("tau_mem", "tau_syn", "min_v_mem"))
    normalises = bool(getattr(layer, "norm_input", False))
    decays, gains = ("α·", "{alpha}·") if has_leak else ("", ""), ("(1-α)·", "{gain}·") if normalises else ("", "")
    lines = [
        _line("t = {at}"),
        _line("i[t] = β·(i[t-1] + z[t])", ("{beta}·({i-} + {z}) = {i}", "input"))
        if has_synapse
        else _line("i[t] = z[t]", ("{z}", "input")),
        _line(
            f"u[t] = {decays[0]}v[t-1] + {gains[0]}i[t]",
            (f"{decays[1]}{{v-}}", "decay"),
            ("+", ""),
            (f"{gains[1]}{{i}}", "input"),
            ("= {u}", ""),
        ),
    ]
    if not layer.does_spike:
        return [*lines, _bounded("u", is_bounded), _line("output = u[t]", ("{u}", ""))]
    adapts = layer.kind == "ALIF"
    if adapts:
        lines.append(_line("θ[t] = b0 + a·b[t-1]", ("{threshold} + {adaptScale}·{b-} = {theta}", "compare")))
    lines += [_spikes(layer), _reset(layer), _bounded("r", is_bounded)]
    return [*lines, _line("b[t] = ρ·b[t-1] + (1-ρ)·s", ("{rho}·{b-} + {adaptGain}·{s} = {b}", ""))] if adapts else lines


def _line(symbols: str, *pieces: tuple[str, str]) -> EquationLine:
    return {"symbols": symbols, "pieces": list(pieces)}


def _spikes(layer: Any) -> EquationLine:
    if isinstance(layer.spike_fn, SingleSpike):
        return _line("s[t] = 1 where u ≥ θ", ("{u} {sign} {theta}:", "compare"), ("{spikes}", "spike"))
    counted = "max(⌊u/θ⌋, 0)"
    most = layer.spike_fn.max_num_spikes_per_bin if isinstance(layer.spike_fn, MaxSpike) else None
    symbols = counted if most is None else f"min({counted}, {most})"
    return _line(f"s[t] = {symbols}", ("{u} / {theta}:", "compare"), ("{spikes}", "spike"))


def _reset(layer: Any) -> EquationLine:
    if isinstance(layer.reset_fn, MembraneReset):
        return _line("r[t] = v_reset where s > 0, else u", ("{r}", "reset"))
    taken = "θ" if layer.reset_fn.subtract_value is None else "d"
    return _line(f"r[t] = u - s·{taken}", ("{u} - {s}·{taken} = {r}", "reset"))


def _bounded(symbol: str, is_bounded: bool) -> EquationLine:
    if not is_bounded:
        return _line(f"v[t] = {symbol}", ("{v}", ""))
    return _line(f"v[t] = max({symbol}, v_min)", (f"max({{{symbol}}}, {{minVMem}}) = {{v}}", "bound"))
