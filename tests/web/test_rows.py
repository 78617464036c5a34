"""The browser reads what Python sent of a figure, and says of it what the simulation holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from app.components.sent import Sent
from tests.app.drawn_rows import drawn, last_sample, of_sample, opened, row_of, simulation_of, spiking
from tests.web.node import Modules

NAMES = ("ten spikes", "maps", "ALIF", "ExpLeak on maps", "one current for all", "currents")
TAKEN = "({ receivedBy }, sent) => { const { header, arrays } = receivedBy('rows').take(Uint8Array.from(Buffer.from(sent, 'base64')));"


@pytest.fixture(scope="module")
def modules() -> Iterator[Modules]:
    made = Modules(["lib/received.js", "rows/kinds/kinds.js"])
    yield made
    made.close()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_sent_is_read_as_the_figure(name: str, modules: Modules) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, opened(simulation, chosen=2))
    sent = base64.b64encode(Sent("rows").message(figure.header, figure.arrays)).decode()
    header, arrays = modules.evaluate(
        f"{TAKEN} return [header, arrays.map(values => [values instanceof Uint8Array, [...values]])]; }}", sent
    )
    assert header == json.loads(json.dumps(figure.header, default=asdict))
    assert arrays == [[put.dtype == "uint8", put.ravel().tolist()] for put in figure.arrays]


def test_a_raster_says_of_each_neuron_and_step_how_many_spikes_it_has(modules: Modules) -> None:
    simulation = simulation_of("ten spikes")
    figure = drawn(simulation, opened(simulation))
    say = """({ KINDS }, { row, values, steps }) => {
        const upTo = (length, made) => Array.from({ length }, (_, index) => made(index));
        const field = { arrays: { [row.z]: values }, steps };
        return upTo(row.neurons, line => upTo(steps, time => KINDS.raster.say(field, row, { line, time }, "LIF")));
    }"""
    for place, record in spiking(simulation):
        row = row_of(figure, place, "raster")
        spikes = of_sample(record.spikes, last_sample(simulation))
        told = modules.evaluate(say, {"row": row, "values": figure.arrays[row["z"]].ravel().tolist(), "steps": spikes.shape[1]})
        expected = [
            [f"LIF neuron {neuron} · time {step} · spikes {int(count)}" for step, count in enumerate(counts)]
            for neuron, counts in enumerate(spikes)
        ]
        assert told == expected
