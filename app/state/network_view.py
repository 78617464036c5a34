"""View of the Network page: selection, opened layers, runs for comparison. It changes no Experiment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from app.state.why import Why
from app.words.rates import RateBand
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Draft
from snncore.run.record import closest_neuron
from snncore.run.simulation import Simulation

LAYER, INPUT = "Layer", "Input"
"""Panels of controls, one of which is open."""

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
"""Name in the plots and effect of each run that may be drawn for comparison."""

MOST_CHOSEN = 4
"""Most neurons of a layer that are traced at once."""


@dataclass
class NetworkView:
    """Attributes:
    panel: which controls are open.
    layer: the selected layer's place in the network; None: the input.
    sample: index in the batch.
    opened: layers whose details are shown.
    weighed: layers for whose picked neuron the weights are shown.
    heatmaps: layers that show u of all neurons.
    chosen: traced neurons by layer, the last one picked first.
    overlay: the run drawn for comparison.
    taus: membrane time constants compared side by side.
    band: rates that layers should keep to.
    why: the question why a neuron fired.
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
    band: RateBand | None = None
    why: Why = field(default_factory=Why)

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """Return the first view of a network."""
        made = cls()
        made.start_over(draft)
        return made

    def layer_in(self, draft: Draft) -> int | None:
        return self.layer if self.layer is not None and self.layer < len(draft.network) else None

    def select(self, layer: int | None) -> None:
        """Select a layer, or the input with None, and open its controls."""
        self.layer, self.panel = layer, INPUT if layer is None else LAYER

    def toggle(self, layer: int, opens: bool) -> None:
        """Show or hide a layer's details, or with `opens` False all its neurons instead of traces. A layer that is opened is selected."""
        shown = self.opened if opens else self.heatmaps
        shown.symmetric_difference_update({layer})
        if opens and layer in shown:
            self.select(layer)

    def forget_neurons(self) -> None:
        """Reset the view after an edit that changes places or sizes of layers."""
        self.chosen, self.opened, self.weighed, self.heatmaps, self.why = {}, set(), set(), set(), Why()

    def start_over(self, draft: Draft) -> None:
        """Reset the view for another network, with its first neuron layer selected."""
        self.forget_neurons()
        self.sample, self.overlay, self.taus = 0, NO_OVERLAY, ()
        self.layer = next((place for place, layer in enumerate(draft.network) if isinstance(layer, NeuronSpec)), 0)

    def pick(self, layer: int, neuron: int, add: bool) -> None:
        """Select a neuron. With `add`, add it to the traced neurons or remove it. Picking the selected one hides its weights."""
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
        """Return the traced neurons by layer; if none was picked, the one closest to its threshold."""
        self.sample = min(self.sample, len(simulation.input) - 1)
        chosen = {}
        for index, record in simulation.records.items():
            picked = [neuron for neuron in self.chosen.get(index, []) if neuron < record.u[0, 0].size]
            chosen[index] = picked or [closest_neuron(record, self.sample)]
        return chosen
