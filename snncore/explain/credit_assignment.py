"""Credit through time: ∂L/∂u of every neuron and step, and the parts that it is the sum of, one for each way from u to the loss.

The gradients are those of back-propagation through `snncore.dynamics.scan`, recorded where a step hands its values on. The parts follow
from them by differentiating one step, for all steps at once. They are exact for any step, so also for a model from outside the package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from snncore.arrays import Array
from snncore.errors import ExperimentError, InputError, NonFiniteError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment
from snncore.explain.one_pass import one_pass
from snncore.explain.recorded_calls import LayerCalls, called_no_more, calls_kept, recording
from snncore.layers.model import reset_states, spiking_layers
from snncore.run.record import LayerRecord, record_of, threshold_of

OUTPUT, READ, DECAY, RESET, ADAPTATION, RECURRENCE, SYNAPSE = (
    *("output", "read", "decay", "reset", "adaptation", "recurrence", "synapse"),
)
"""Names of parts: see `LayerCredit.parts`."""

Place = TypeVar("Place", int, str)
Loss = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Cell:
    """Credit of one neuron at one step.

    Attributes:
        u: ∂L/∂u.
        parts: what it is the sum of, by name as in `LayerCredit.parts`.
        from_outside: ∂L/∂s, as the loss and other layers see the output.
        slope: ds/du, the surrogate's value; 1 for a layer that never spikes.
        next: ∂L/∂u of the same neuron one step later; None at the last step.
        factor: ∂u[t+1]/∂u[t] through the membrane: with leak and soft reset, α (1 - θ ds/du).
        is_held: whether the lower bound held v, which then passes nothing on to the next step.
    """

    u: float
    parts: dict[str, float]
    from_outside: float
    slope: float
    next: float | None
    factor: float
    is_held: bool


@dataclass(frozen=True)
class LayerCredit:
    """Credit of one layer. All arrays are (batch, time, ...).

    Attributes:
        record: what the layer did.
        u: ∂L/∂u.
        parts: what it is the sum of, by name. Each is there where the layer has such a way from u[t] to the loss:

            - `output`: its output at the same step, as the loss, or the layers above without their synaptic currents, take it up.
            - `read`: the loss, or another module, reads u itself.
            - `decay`: what stays of u in v, and so in u[t+1].
            - `reset`: what its spikes take from v.
            - `adaptation`: its spikes raise its later thresholds.
            - `recurrence`: its spikes come back as current, one step later.
            - `synapse`: the same spikes, in the layer called next or fed back, through what is left of the synaptic current later on.
            - any other state variable, by its own name.
        from_outside: ∂L/∂s, as the loss and other layers see the output.
        slope: ds/du, the surrogate's value; 1 for a layer that never spikes.
        factor: ∂u[t+1]/∂u[t] through the membrane, where a next step follows.
        held: whether the lower bound held v.
    """

    record: LayerRecord
    u: Array
    parts: dict[str, Array]
    from_outside: Array
    slope: Array
    factor: Array
    held: Array

    def cell(self, neuron: int, step: int, sample: int = 0) -> Cell:
        """Return one neuron's credit at one step; neurons of several axes are numbered through.

        Raises:
            ExperimentError: there is no such neuron, step or sample.
        """
        batch, steps = self.u.shape[:2]
        check_place(self.u.reshape(batch, steps, -1).shape, sample, step, neuron)

        def at(values: Array, of_step: int = step) -> float:
            return float(values[sample, of_step].reshape(-1)[neuron])

        return Cell(
            u=at(self.u),
            parts={name: at(values) for name, values in self.parts.items()},
            from_outside=at(self.from_outside),
            slope=at(self.slope),
            next=at(self.u, step + 1) if step + 1 < steps else None,
            factor=at(self.factor),
            is_held=bool(at(self.held)),
        )


@dataclass(frozen=True)
class Credit(Generic[Place]):
    """Credit of a network for one loss.

    Attributes:
        loss: its value.
        layers: credit of each neuron layer, by its place in the Experiment's network, or by module name.
    """

    loss: float
    layers: dict[Place, LayerCredit]


def credit(experiment: Experiment, parameters: Parameters | None = None, files: Files = NO_FILES) -> Credit[int]:
    """Return the credit in one forward and backward pass of an Experiment's network and task, dropout switched off.

    Labelled data are learned in batches of which none is kept; here the loss is that of the samples that the input shows.

    Args:
        parameters: all parameters of the network by name, to run it with instead of its own, as in `EpochRecord.parameters`.
        files: arrays that the input, the data and the checkpoint name by their digest.

    Raises:
        ExperimentError: the task can't measure the output, `parameters` belong to a different network, a file is missing, the input is no
            sample of the labelled data, or a potential or a gradient became infinite or NaN.
    """
    ready = one_pass(experiment, parameters, files)
    try:
        found = credit_of(ready.model, ready.data, ready.loss)
    except NonFiniteError as error:
        name = next(name for name, layer in spiking_layers(ready.model).items() if layer is error.layer)
        raise ExperimentError(f"{experiment.layer_label(name)}: {str(error).partition(': ')[2]}") from error
    except InputError as error:
        name, colon, what = str(error).partition(": ")
        is_of_layer = name in spiking_layers(ready.model)
        raise ExperimentError(f"{experiment.layer_label(name)}{colon}{what}" if is_of_layer else str(error)) from error
    return Credit(found.loss, {int(name): layer for name, layer in found.layers.items()})


def credit_of(model: nn.Module, data: Tensor, loss: Loss) -> Credit[str]:
    """Return the credit in one forward and backward pass of any model with spiking layers.

    The model runs from its initial state, in the mode it is in, and its states are reset again at the end. Its parameters' gradients stay
    as they were.

    Args:
        model: a spiking layer that is called several times, as step by step, runs on in time; its steps are those of all calls.
        data: its input.
        loss: returns a scalar with a gradient, from the model's output. It may also read the layers' `recordings`.

    Returns:
        Credit by module name, for each spiking layer that was called.

    Raises:
        InputError: there is no spiking layer, one is checkpointed, called without gradients or with different batches or neurons, the loss
            isn't a finite scalar with a gradient, or a gradient is infinite or NaN.
        NonFiniteError: a potential became infinite or NaN.
    """
    layers = spiking_layers(model)
    if not layers:
        raise InputError(f"{type(model).__name__} has no spiking layer, so there is no membrane potential to give credit to.")
    reset_states(model)
    thresholds = {name: threshold_of(layer) for name, layer in layers.items()}
    with torch.enable_grad(), recording(layers):
        with calls_kept(layers) as runs:
            output = model(data)
        value = loss(output)
        _check_loss(value)
        read = _potentials_read(value, output, runs)
        steps = {name: _Differentiated(run) for name, run in runs.items()}
        found, names = {}, list(runs)
        for name, above in zip(names, [*names[1:], None], strict=True):
            later = None if above is None else runs[name].handed_down(runs[above], steps[above].later)
            run, parts = runs[name], steps[name].parts(read[name], later)
            run.layer.recordings = run.recordings  # of all its calls
            record = record_of(name, run.layer, run.output, thresholds[name])
            found[name] = steps[name].credit(record, parts)
            if not np.isfinite(found[name].u).all():
                raise InputError(f"{name}: the gradient is not finite; lower the surrogate's grad_scale.")
    return Credit(float(value.detach()), found)


def _check_loss(value: Any) -> None:
    """Raise InputError unless the loss is a finite scalar with a gradient."""
    if not isinstance(value, Tensor) or value.numel() != 1 or not value.requires_grad:
        raise InputError("The loss must be one number with a gradient that depends on the network's output; this one doesn't.")
    if not bool(value.isfinite()):
        raise InputError(f"The loss is {value.item()}; it must be a finite number. See how it is computed from the model's output.")


def _potentials_read(value: Tensor, output: Any, runs: Mapping[str, LayerCalls]) -> dict[str, Tensor | None]:
    """Run the backward pass, and return ∂L/∂u as something reads it, (batch, time, ...) by layer; None where nothing does.

    Raises:
        InputError: a layer is checkpointed, or the loss has a gradient that is infinite or NaN.
    """
    calls = [call for run in runs.values() for call in run.calls]
    outputs = [output] if isinstance(output, Tensor) and output.requires_grad else []
    # by each z too, or a layer that nothing before it learns from would have no backward pass
    watched = [*outputs, *(call.scanned.z for call in calls), *(call.recordings["u"] for call in calls)]
    with called_no_more([run.layer for run in runs.values()]):
        gradients = torch.autograd.grad(value.sum(), watched, retain_graph=True, allow_unused=True) if calls else ()
    if outputs and calls and gradients[0] is not None and not bool(gradients[0].isfinite().all()):
        raise InputError("The gradient of the loss by the model's output is not finite, though the loss is; see how it is computed.")
    read, of_runs = iter(gradients[-len(calls) :]), {}
    for name, run in runs.items():
        parts = [next(read) for _ in run.calls]
        given = [torch.zeros_like(call.recordings["u"]) if part is None else part for call, part in zip(run.calls, parts, strict=True)]
        of_runs[name] = None if all(part is None for part in parts) else torch.cat(given, dim=1)
    return of_runs


def check_place(shape: tuple[int, ...], sample: int, step: int, neuron: int) -> None:
    """Raise ExperimentError unless (batch, time, neurons) has such a sample, step and neuron."""
    for name, count, place in zip(("sample", "step", "neuron"), shape, (sample, step, neuron), strict=True):
        if not 0 <= place < count:
            raise ExperimentError(f"There is no {name} {place} in this layer; choose one from 0 to {count - 1}.")


# ------------------------------------------------------------------------------------------------ one step, differentiated


class _Differentiated:
    """A layer's step for all time steps at once, as if each were a sample of its own, and its derivatives.

    Attributes:
        later: the part of ∂L/∂z that comes from what is left of the synaptic current at later steps; None without one.
    """

    def __init__(self, run: LayerCalls) -> None:
        self.layer = run.layer
        self.gradients = {name: gradient.flatten(0, 1) for name, gradient in run.gradients.items()}
        z = run.z.detach()
        self.shape = z.shape
        z = z.flatten(0, 1).requires_grad_()
        before = {name: run.before(name).flatten(0, 1).requires_grad_() for name in run.layer.state_names}
        self._before = before
        self.output, seen, self.state = run.layer.step(z, before, run.calls[0].scanned.parameters)
        self.u = seen["u"]
        self.later = None
        if "i_syn" in self.state:
            later = _derived(self.state["i_syn"], z, self.gradients["i_syn"])
            self.later = None if later is None else later.unflatten(0, self.shape[:2])

    def parts(self, read: Tensor | None, later_above: Tensor | None) -> dict[str, Tensor]:
        """Return the parts of ∂L/∂u, each (batch, time, ...).

        Args:
            read: ∂L/∂u as something reads it.
            later_above: the part of ∂L/∂s that comes from later synaptic currents of the layer above.
        """
        found: dict[str, Tensor] = {}
        outside, kept = self.gradients["output"], None
        if later_above is not None:
            kept = later_above.flatten(0, 1)
            outside = outside - kept
        found[OUTPUT] = self._through_output(outside)
        if read is not None:
            found[READ] = read.flatten(0, 1)
        for name, value in self.state.items():
            gradient = self.gradients[name]
            spent = _derived(value, self.output, gradient) if self.layer.does_spike else None
            through_spikes = self._through_output(spent) if spent is not None else None
            whole = _derived(value, self.u, gradient)
            if name == "v_mem":
                reset = torch.zeros_like(self.u) if through_spikes is None else through_spikes
                found[DECAY] = (torch.zeros_like(self.u) if whole is None else whole) - reset
                if self.layer.does_spike:
                    found[RESET] = reset
            elif name == "i_rec":
                later = self._fed_back_later()
                if later is not None:
                    kept = later if kept is None else kept + later
                    assert spent is not None
                    spent = spent - later
                found[RECURRENCE] = torch.zeros_like(self.u) if spent is None else self._through_output(spent)
            elif whole is not None:
                found[ADAPTATION if name == "b" else name] = whole
        if kept is not None:
            found[SYNAPSE] = self._through_output(kept)
        return {name: part.detach().unflatten(0, self.shape[:2]) for name, part in found.items()}

    def credit(self, record: LayerRecord, parts: Mapping[str, Tensor]) -> LayerCredit:
        ones = torch.ones_like(self.u)
        to_v = _derived(self.state["v_mem"], self.u, ones)
        from_v = _derived(self.u, self._before["v_mem"], ones)
        factor = torch.zeros_like(self.u) if to_v is None or from_v is None else to_v * from_v

        def array(values: Tensor) -> Array:
            of_steps: Array = values.detach().reshape(self.shape).numpy()
            return of_steps

        return LayerCredit(
            record=record,
            u=array(self.gradients["u"]),
            parts={name: array(part) for name, part in parts.items()},
            from_outside=array(self.gradients["output"]),
            slope=array(self._through_output(ones)),
            factor=array(factor),
            held=array(self._held()),
        )

    def _held(self) -> Tensor:
        """Return where the lower bound held v."""
        v, bound = self.state["v_mem"], getattr(self.layer, "min_v_mem", None)
        return torch.zeros_like(v, dtype=torch.bool) if bound is None else v <= bound.to(v.dtype)

    def _through_output(self, gradient: Tensor) -> Tensor:
        """Return a gradient of the output as one of u."""
        found = _derived(self.output, self.u, gradient)
        return torch.zeros_like(self.u) if found is None else found

    def _fed_back_later(self) -> Tensor | None:
        """Return the part of ∂L/∂s that comes from synaptic currents that a spike fed back leaves after its first step."""
        if self.later is None:
            return None
        following = torch.zeros_like(self.later)
        following[:, :-1] = self.later[:, 1:]
        return _derived(self.state["i_rec"], self.output, following.flatten(0, 1))


def _derived(value: Tensor, by: Tensor, gradient: Tensor) -> Tensor | None:
    """Return the gradient of `value` as one of `by`; None if it doesn't depend on it."""
    if not value.requires_grad:
        return None
    (found,) = torch.autograd.grad(value, by, gradient.to(value), retain_graph=True, allow_unused=True)
    return found
