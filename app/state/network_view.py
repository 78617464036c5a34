"""What a user looks at on the Network page: selection, opened layers, runs beside. It changes no Experiment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Draft
from snncore.run.record import closest_neuron
from snncore.run.simulation import Simulation

LAYER, INPUT, COMPARE = "Layer", "Input", "Compare"
"""Controls of which one is open."""

NO_OVERLAY = "Nothing"
AGAIN = "A second run without reset"
SHUFFLED = "Shuffled spike times"
OVERLAYS: dict[str, tuple[str, str]] = {
    NO_OVERLAY: ("", "One run, from a reset state."),
    AGAIN: ("second run", "It starts from the state in which the first one ended."),
    SHUFFLED: (
        "shuffled",
        "Each channel keeps its values in random order (noise seed). What stays depends on rates, what changes on timing.",
    ),
}
"""Of each, what the plots call it, and what it does."""

MOST_CHOSEN = 4
"""Neurons of a layer that are traced at once."""


@dataclass
class NetworkView:
    """Attributes:
    panel: which controls are open.
    layer: the selected layer's place in the network; None: the input.
    sample: of the batch.
    opened, weighed, heatmaps: layers whose details are shown, the weights of whose picked neuron are, whose u is shown of all neurons.
    chosen: traced neurons by layer, the last one picked first.
    overlay: the run that is drawn beside.
    taus: membrane time constants that are held side by side.
    """

    panel: str = LAYER
    layer: int | None = 1
    sample: int = 0
    opened: set[int] = field(default_factory=set)
    weighed: set[int] = field(default_factory=set)
    heatmaps: set[int] = field(default_factory=set)
    chosen: dict[int, list[int]] = field(default_factory=dict)
    overlay: str = NO_OVERLAY
    taus: tuple[float, ...] = ()

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """What is looked at first of a network."""
        made = cls()
        made.start_over(draft)
        return made

    def layer_in(self, draft: Draft) -> int | None:
        return self.layer if self.layer is not None and self.layer < len(draft.network) else None

    def select(self, layer: int | None) -> None:
        """Select a layer, or with None the input, and open its controls."""
        self.layer, self.panel = layer, INPUT if layer is None else LAYER

    def forget_neurons(self) -> None:
        """After an edit that gives layers other places or sizes."""
        self.chosen, self.opened, self.weighed, self.heatmaps = {}, set(), set(), set()

    def start_over(self, draft: Draft) -> None:
        """For another network, of which the first neuron layer is selected."""
        self.forget_neurons()
        self.sample, self.overlay, self.taus = 0, NO_OVERLAY, ()
        self.layer = next((place for place, layer in enumerate(draft.network) if isinstance(layer, NeuronSpec)), 0)

    def pick(self, layer: int, neuron: int, add: bool) -> None:
        """Selects a neuron; with `add`, beside those that are traced, or takes it from them. The one that is selected loses its weights."""
        traced = self.chosen.get(layer, [])
        if not add and traced == [neuron] and layer in self.weighed:
            self.weighed.discard(layer)
            return
        if not add:
            self.chosen[layer] = [neuron]
        elif neuron in traced and len(traced) > 1:
            self.chosen[layer] = [other for other in traced if other != neuron]
        else:
            self.chosen[layer] = [neuron, *(other for other in traced if other != neuron)][:MOST_CHOSEN]
        self.weighed.add(layer)

    def traced(self, simulation: Simulation) -> dict[int, list[int]]:
        """The neurons that are traced, by layer; of a layer of which none was picked, the one closest to its threshold."""
        self.sample = min(self.sample, len(simulation.input) - 1)
        chosen = {}
        for index, record in simulation.records.items():
            picked = [neuron for neuron in self.chosen.get(index, []) if neuron < record.u[0, 0].size]
            chosen[index] = picked or [closest_neuron(record, self.sample)]
        return chosen
