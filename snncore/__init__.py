"""snncore: spiking layers for PyTorch, their training through time, and experiments as data.

The names below are imported from their modules on first use. So no module waits for all others, and threads that import different
names at the same time never wait for each other.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snncore.activation import (
        ATan,
        FastSigmoid,
        Gaussian,
        Heaviside,
        MaxSpike,
        MembraneReset,
        MembraneSubtract,
        MultiGaussian,
        MultiSpike,
        PeriodicExponential,
        SingleExponential,
        SingleSpike,
        TrueDerivative,
    )
    from snncore.convert import SNNAnalyzer, SynOpCounter, from_model, normalize
    from snncore.diagnosis.layers import diagnose
    from snncore.errors import (
        ConversionError,
        DivergenceError,
        ExperimentError,
        GraphError,
        InputError,
        InputFileError,
        MisfitError,
        NonFiniteError,
        ParameterError,
        RegistrationError,
        ShapeError,
        SNNCoreError,
    )
    from snncore.experiment.field_words import FieldWords
    from snncore.experiment.recognition import digits, remember, yin_yang
    from snncore.experiment.registration import register_neuron, unregister_neuron
    from snncore.experiment.spec import Experiment, ten_spikes
    from snncore.io.labelled import read_labelled
    from snncore.layers import (
        ALIF,
        IAF,
        LIF,
        ALIFRecurrent,
        ALIFRecurrentSqueeze,
        ALIFSqueeze,
        ExpLeak,
        ExpLeakSqueeze,
        FlattenTime,
        IAFRecurrent,
        IAFRecurrentSqueeze,
        IAFSqueeze,
        LIFRecurrent,
        LIFRecurrentSqueeze,
        LIFSqueeze,
        Membrane,
        Repeat,
        SpikingMembrane,
        StatefulLayer,
        UnflattenTime,
    )
    from snncore.layers.model import reset_states, zero_grad
    from snncore.run.bptt import train
    from snncore.run.labelled import answer
    from snncore.run.simulation import simulate

__version__ = "0.1.0"

__all__ = [
    "ALIF",
    "IAF",
    "LIF",
    "ALIFRecurrent",
    "ALIFRecurrentSqueeze",
    "ALIFSqueeze",
    "ATan",
    "ConversionError",
    "DivergenceError",
    "ExpLeak",
    "ExpLeakSqueeze",
    "Experiment",
    "ExperimentError",
    "FastSigmoid",
    "FieldWords",
    "FlattenTime",
    "Gaussian",
    "GraphError",
    "Heaviside",
    "IAFRecurrent",
    "IAFRecurrentSqueeze",
    "IAFSqueeze",
    "InputError",
    "InputFileError",
    "LIFRecurrent",
    "LIFRecurrentSqueeze",
    "LIFSqueeze",
    "MaxSpike",
    "Membrane",
    "MembraneReset",
    "MembraneSubtract",
    "MisfitError",
    "MultiGaussian",
    "MultiSpike",
    "NonFiniteError",
    "ParameterError",
    "PeriodicExponential",
    "RegistrationError",
    "Repeat",
    "SNNAnalyzer",
    "SNNCoreError",
    "ShapeError",
    "SingleExponential",
    "SingleSpike",
    "SpikingMembrane",
    "StatefulLayer",
    "SynOpCounter",
    "TrueDerivative",
    "UnflattenTime",
    "answer",
    "diagnose",
    "digits",
    "from_model",
    "normalize",
    "read_labelled",
    "register_neuron",
    "remember",
    "reset_states",
    "simulate",
    "ten_spikes",
    "train",
    "unregister_neuron",
    "yin_yang",
    "zero_grad",
]

_HOMES = (
    "errors",
    "activation",
    "layers",
    "layers.model",
    "experiment.field_words",
    "experiment.spec",
    "experiment.registration",
    "experiment.recognition",
    "run.simulation",
    "run.bptt",
    "convert",
    "run.labelled",
    "io.labelled",
    "diagnosis.layers",
)


if not TYPE_CHECKING:  # for a type checker, any name would exist

    def __getattr__(name: str) -> Any:
        if name in __all__:
            for home in _HOMES:
                module = import_module(f"snncore.{home}")
                if hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"module 'snncore' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
