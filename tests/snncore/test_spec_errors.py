"""Every bad Experiment ends in one ExperimentError, a single line that names the layer or field and the remedy."""

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.bptt import train


class Missing:
    def __str__(self) -> str:
        return "nothing"


MISSING = Missing()


def nested(value: Any, depth: int) -> Any:
    """The value in so many lists within one another."""
    for _ in range(depth):
        value = [value]
    return value


def changed(path: str, value: Any) -> dict[str, Any]:
    """The ten-spike task as JSON data with one entry changed, or left out."""
    data = json.loads(ten_spikes().to_json())
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = data
    for part in parents:
        place = place[part]
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return data


def message_of(data: Any) -> str:
    """The error's text; by every way in, it is the same single line of bounded length."""
    with pytest.raises(ExperimentError) as from_json:
        Experiment.from_json(json.dumps(data))
    with pytest.raises(ExperimentError) as from_python:
        Experiment(**copy.deepcopy(data))
    message = str(from_json.value)
    assert message == str(from_python.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 400
    return message


BAD_VALUES = [
    ("network.0.in_features", 17, ["Linear 1", "in_features", "17", "16"]),
    ("network.2.in_features", 63, ["Linear 3", "in_features", "63", "64"]),
    ("network.0.in_features", 0, ["Linear 1", "in_features is 0", "greater than or equal to 1"]),
    ("network.0.in_features", 16.5, ["Linear 1", "in_features is 16.5", "valid integer"]),
    ("network.0.out_features", 32, ["Linear 3", "in_features is 64", "32", "set in_features to 32"]),
    ("network.0.bias", "maybe", ["Linear 1", "bias", "'maybe'", "true or false without quotation marks"]),
    ("network.0.bias", "no", ["Linear 1", "bias is 'no'", "true or false without quotation marks"]),
    ("network.0.in_features", "16", ["Linear 1", "in_features is '16'", "a number without quotation marks"]),
    ("network.1.tau_mem", "1_0", ["LIF 2", "tau_mem is '1_0'", "finite number"]),
    ("network.1.tau_mem", ["1_0"] * 64, ["LIF 2", "tau_mem is", "finite number"]),
    ("network.1.train_alphas", "on", ["LIF 2", "train_alphas is 'on'", "true or false without quotation marks"]),
    ("network.1.surrogate_grad_fn", {"kind": "ATan", "alpha": "1_0"}, ["LIF 2", "alpha is '1_0'", "number"]),
    ("network.0.weights", {"kind": "random", "gain": "1_0"}, ["Linear 1", "gain is '1_0'", "a number without quotation marks"]),
    ("input.shape", [1, "1_00", 16], ["input", "shape holds '1_00'", "a number without quotation marks"]),
    ("input.probability", "1_0", ["input", "probability is '1_0'", "a number without quotation marks"]),
    ("training.lr", "1_0", ["training", "lr is '1_0'", "a number without quotation marks"]),
    ("training.epochs", "1_0", ["training", "epochs is '1_0'", "a number without quotation marks"]),
    ("training.task.target", " 10 ", ["training.task", "target is ' 10 '", "a number without quotation marks"]),
    ("training.changes", [{"epoch": "1_0", "field": "training.lr", "value": 1.0}], ["epoch is '1_0'", "a number without quotation marks"]),
    ("training.changes", [{"epoch": 1, "field": "training.lr", "value": "1_0"}], ["lr is '1_0'", "a number without quotation marks"]),
    ("seeds.weights", "1_0", ["seeds", "weights is '1_0'", "a number without quotation marks"]),
    ("dt", "1e-3", ["dt is '1e-3'", "a number without quotation marks"]),
    ("network.1.tau_mem", 0, ["LIF 2", "tau_mem is 0", "at least 0.1"]),
    ("network.3.tau_mem", -3.0, ["LIF 4", "tau_mem is -3", "at least 0.1"]),
    ("network.1.tau_mem", 1e9, ["LIF 2", "tau_mem is 1e+09", "vanish", "IAF"]),
    ("network.1.tau_mem", math.nan, ["LIF 2", "tau_mem is nan", "finite"]),
    ("network.1.tau_mem", math.inf, ["LIF 2", "tau_mem is inf", "finite"]),
    ("network.1.tau_mem", 10**400, ["LIF 2", "tau_mem", "number"]),
    ("network.1.tau_mem", "fast", ["LIF 2", "tau_mem is 'fast'", "number"]),
    ("network.1.tau_mem", None, ["LIF 2", "tau_mem is None", "number"]),
    ("network.1.tau_mem", [10.0, "x"], ["LIF 2", "tau_mem is [10.0, 'x']", "a list with one for each neuron"]),
    ("network.1.tau_mem", [10.0, 20.0], ["LIF 2", "tau_mem has values for (2,) neurons", "(64,)"]),
    ("network.1.tau_mem", [[10.0], [20.0, 30.0]], ["LIF 2", "tau_mem", "lists of one length"]),
    ("network.1.tau_mem", [], ["LIF 2", "tau_mem is []", "a number for each neuron"]),
    ("network.1.tau_mem", True, ["LIF 2", "tau_mem is True", "number"]),
    ("network.1", {"kind": "ALIF", "tau_mem": 10.0}, ["ALIF 2", "tau_adapt is missing"]),
    ("network.1", {"kind": "ALIF", "tau_mem": 10.0, "tau_adapt": 0}, ["ALIF 2", "tau_adapt is 0", "at least 0.1"]),
    ("network.1", {"kind": "ExpLeak", "tau_mem": 10.0, "spike_threshold": 1}, ["ExpLeak 2", "'spike_threshold'", "remove it"]),
    ("network.1", {"kind": "IAFRecurrent"}, ["IAFRecurrent 2", "rec_connect is missing"]),
    (
        "network.1",
        {"kind": "IAFRecurrent", "rec_connect": {"in_features": 3, "out_features": 64}},
        ["IAFRecurrent 2", "rec_connect is 3→64", "64"],
    ),
    (
        "network.1",
        {"kind": "IAFRecurrent", "rec_connect": {"in_features": 64, "out_features": 3}},
        ["IAFRecurrent 2", "rec_connect is 64→3 for 64 neurons", "set its in_features and out_features to 64"],
    ),
    ("network.1.tau_mem", MISSING, ["LIF 2", "tau_mem is missing"]),
    ("network.1.tau_syn", 0.0, ["LIF 2", "tau_syn is 0", "at least 0.1"]),
    ("network.1.spike_threshold", 0.0, ["LIF 2", "spike_threshold is 0", "above 0"]),
    ("network.1.spike_threshold", -1.0, ["LIF 2", "spike_threshold is -1", "above 0"]),
    ("network.1.spike_threshold", 1e300, ["LIF 2", "spike_threshold", "finite"]),
    ("network.1.min_v_mem", math.nan, ["LIF 2", "min_v_mem is nan", "finite"]),
    ("network.1.kind", "LiF", ["Layer 2", "'LiF'", "Linear, LIF, IAF"]),
    ("network.1.kind", "L" * 1000, ["Layer 2", "Linear, LIF, IAF"]),
    ("network.1.kind", ["LIF"], ["Layer 2", "Linear, LIF, IAF"]),
    ("network.1.kind", MISSING, ["Layer 2", "kind", "Linear, LIF, IAF"]),
    ("network.1.tau", 3.0, ["LIF 2", "'tau'", "remove it or correct its name"]),
    ("network.1." + "x" * 1000, 3.0, ["LIF 2", "remove it or correct its name"]),
    ("network.1.new\nline", 3.0, ["LIF 2", "remove it or correct its name"]),
    ("network.1", 5, ["Layer 2", "5"]),
    ("network.1", None, ["Layer 2", "None"]),
    ("network.1.spike_fn", "ManySpike", ["LIF 2", "'ManySpike'", "MultiSpike, MaxSpike, SingleSpike"]),
    ("network.1.spike_fn", "M" * 1000, ["LIF 2", "spike_fn", "MultiSpike, MaxSpike, SingleSpike"]),
    ("network.1.spike_fn", ["MultiSpike"], ["LIF 2", "spike_fn", "MultiSpike, MaxSpike, SingleSpike"]),
    ("network.1.spike_fn", {"kind": ["MultiSpike"]}, ["LIF 2", "spike_fn", "MultiSpike, MaxSpike, SingleSpike"]),
    (
        "network.1.spike_fn",
        {"kind": "MaxSpike", "max_num_spikes_per_bin": 0},
        ["LIF 2", "max_num_spikes_per_bin is 0", "at least 1"],
    ),
    ("network.1.spike_fn", {"kind": "MaxSpike", "max_num_spikes_per_bin": 2.5}, ["LIF 2", "max_num_spikes_per_bin is 2.5"]),
    ("network.1.spike_fn", {"kind": "MaxSpike", "max_num_spikes_per_bin": math.nan}, ["LIF 2", "max_num_spikes_per_bin is nan"]),
    ("network.1.reset_fn", "Reset", ["LIF 2", "'Reset'", "MembraneSubtract, MembraneReset"]),
    ("network.1.reset_fn", {"kind": "MembraneReset", "reset_value": None}, ["LIF 2", "reset_value", "number"]),
    ("network.1.reset_fn", {"kind": "MembraneReset", "reset_value": math.inf}, ["LIF 2", "reset_value is inf", "finite"]),
    ("network.1.surrogate_grad_fn", {"kind": "ATan", "alpha": -1}, ["LIF 2", "ATan", "alpha is -1", "above 0"]),
    ("network.1.surrogate_grad_fn", {"kind": "ATan", "beta": 1}, ["LIF 2", "ATan has no 'beta'", "alpha"]),
    ("network.1.surrogate_grad_fn", {"kind": "ATan", "alpha": "x"}, ["LIF 2", "alpha is 'x'", "number"]),
    ("network.1.surrogate_grad_fn", {"kind": "ATan", "alpha": None}, ["LIF 2", "alpha", "number"]),
    ("network.1.surrogate_grad_fn", {"kind": "ATan", "alpha": 10**400}, ["LIF 2", "alpha"]),
    ("network.1.surrogate_grad_fn", {}, ["LIF 2", "surrogate_grad_fn", "SingleExponential"]),
    ("network", [], ["network", "at least 1 item"]),
    ("network", 5, ["network is 5"]),
    ("network", MISSING, ["network is missing"]),
    ("input", MISSING, ["input is missing"]),
    ("input", 5, ["input is 5"]),
    ("input.kind", "poisson", ["'poisson' is not a known input", "random_spikes, poisson_spikes"]),
    ("input.shape", [1, 100], ["input.shape", "at least 3"]),
    ("input.shape", [1, 0, 16], ["input", "(1, 0, 16)", "at least 1"]),
    ("input.shape", [1, 100, 17], ["Linear 1", "16", "17"]),
    ("input.probability", 1.5, ["input.probability is 1.5", "less than or equal to 1"]),
    ("input.probability", -0.1, ["input.probability is -0.1", "greater than or equal to 0"]),
    ("input.probability", math.nan, ["input.probability is nan"]),
    ("training.lr", 0, ["training.lr is 0", "greater than 0"]),
    ("training.lr", math.nan, ["training.lr is nan", "finite"]),
    ("training.epochs", 0, ["training.epochs is 0", "greater than or equal to 1"]),
    ("training.optimiser", "Magic", ["training.optimiser is 'Magic'", "RMSprop", "Adam", "SGD"]),
    ("training.task", {"kind": "sing"}, ["'sing' is not a known task", "spike_count, spike_times"]),
    ("training.task.target", -1, ["training.task.target is -1", "greater than or equal to 0"]),
    ("training.task.target", 2.5, ["training.task.target is 2.5", "integer"]),
    ("seeds.weights", -1, ["seeds.weights is -1", "greater than or equal to 0"]),
    ("seeds.input", 2**53, ["seeds.input", "less than or equal to"]),
    ("seeds.colour", 1, ["'seeds.colour'", "remove it or correct its name"]),
    ("version", 2, ["version is 2"]),
    ("dt", 0, ["dt is 0", "greater than or equal to"]),
    ("surprise", 1, ["'surprise'", "remove it or correct its name"]),
    ("network.1.tau_mem", nested(1.0, 17), ["LIF 2", "tau_mem", "up to 16 lists"]),
    ("network.1.tau_mem", nested(1.0, 65), ["LIF 2", "tau_mem", "up to 16 lists"]),
    ("network.1.tau_mem", nested(1.0, 400), ["LIF 2", "tau_mem", "up to 16 lists"]),
    ("network.1.spike_threshold", [[1.0], 2.0], ["LIF 2", "spike_threshold", "lists of one length"]),
    ("network.1.min_v_mem", -1e39, ["LIF 2", "min_v_mem is -1e+39", "±3e+38"]),
    (
        "network.1.surrogate_grad_fn",
        {"kind": "SingleExponential", "grad_scale": 1e300},
        ["LIF ", "grad_scale is 1e+300", "±3e+38"],
    ),
    ("network.1.reset_fn", {"kind": "MembraneReset", "reset_value": nested(1.0, 400)}, ["LIF 2", "reset_value", "number"]),
    ("network.0.out_features", 2**31, ["Linear 1", "out_features is 2147483648", "less than or equal to 2147483647"]),
    ("network.0.out_features", 10**400, ["Linear 1", "out_features is a number of many digits"]),
    ("network.0", {"kind": "Conv2d", "in_channels": 1, "out_channels": 1, "kernel_size": 1, "stride": 2**31}, ["Conv2d ", "stride is"]),
    ("network.0", {"kind": "Conv2d", "in_channels": 1, "out_channels": 1, "kernel_size": 1, "padding": 2**31}, ["Conv2d ", "padding is"]),
    ("network.0", {"kind": "AvgPool2d", "kernel_size": 1, "stride": 2**31}, ["AvgPool2d 1", "stride is 2147483648"]),
    ("network.0.in_features", True, ["Linear 1", "in_features is True", "can't be true or false"]),
    ("network", [{"kind": "Flatten"}] * 501, ["network has 501 entries", "at most 500"]),
    ("input.shape", [1] * 65, ["input.shape has 65 entries", "at most 16"]),
    ("input.shape", [1, 10**400, 16], ["shape is (1, a number of many digits, 16)", "at most 2,147,483,647"]),
    ("input.shape", [True, 100, 16], ["input.shape.0 is True", "integer"]),
    ("input.probability", False, ["probability is False", "can't be true or false"]),
    ("training.lr", 1e300, ["training.lr is 1e+300", "less than or equal to"]),
    ("training.epochs", 2**53, ["training.epochs is 9007199254740992", "less than or equal to 9007199254740991"]),
    ("training.task.target", 2**53, ["training.task.target is 9007199254740992", "less than or equal to 9007199254740991"]),
    ("seeds.weights", 10**4000, ["seeds.weights is a number of many digits"]),
    ("dt", 1e-300, ["dt is 1e-300", "greater than or equal to"]),
    ("dt", 1e300, ["dt is 1e+300", "less than or equal to"]),
    ("training.changes", [{"epoch": 2**53, "field": "training.lr", "value": 1.0}], ["epoch is 9007199254740992", "less than or equal to"]),
    ("training.changes", [{"epoch": 1, "field": "training.lr", "value": 1.0}] * 1001, ["training.changes has 1,001 entries", "1,000"]),
    (
        "training.changes",
        [{"epoch": 1, "field": "training.lr", "value": nested(1.0, 400)}],
        ["the change at epoch 1", "training.lr", "number"],
    ),
    (
        "training.changes",
        [{"epoch": 1, "field": "network.1.learns", "value": nested(1.0, 400)}],
        ["the change at epoch 1: LIF 2", "learns", "a list of names"],
    ),
    (
        "training.changes",
        [{"epoch": 1, "field": "network.4.learns", "value": None}],
        ["the change at epoch 1", "no field 'network.4.learns'"],
    ),
    (
        "training.changes",
        [{"epoch": 1, "field": "training.task.target", "value": -1}],
        ["at epoch 1: training.task.target is -1"],
    ),
]


@pytest.mark.parametrize(("path", "value", "words"), BAD_VALUES, ids=[f"{path[:40]}={str(value)[:40]!r}" for path, value, _ in BAD_VALUES])
def test_bad_value_is_one_line_that_names_the_place_and_the_remedy(path, value, words):
    message = message_of(changed(path, value))
    assert [word for word in words if word not in message] == [], message


def test_key_that_python_takes_for_something_else_is_refused_like_any_other():
    with pytest.raises(ExperimentError, match="'self' is not a field"):
        Experiment.from_json(json.dumps(changed("self", 1)))


def test_bad_change_by_path_is_refused_like_bad_data():
    with pytest.raises(ExperimentError, match=r"LIF 2: tau_mem is -1; it must be at least 0\.1"):
        ten_spikes().replace({"network.1.tau_mem": -1.0})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["not valid JSON", "line 1", "column 1"]),
        ('{"version": 1,\n "network": [}', ["not valid JSON", "line 2"]),
        ('{"version": 1', ["not valid JSON"]),
        ("not json", ["not valid JSON"]),
        ("[" * 100_000, ["nested too deeply"]),
        ("1" * 5000, ["Experiment"]),
        ("[]", ["JSON object", "list"]),
        ("null", ["JSON object"]),
        ('"ten spikes"', ["JSON object", "str"]),
        ("NaN", ["JSON object"]),
        ("{}", ["network is missing"]),
        ('{"version": 1, "dt": 0.001, "dt": 0.002}', ["'dt' stands twice", "remove one"]),
        ('{"network": [{"kind": "LIF", "tau_mem": 5, "tau_mem": 6}]}', ["'tau_mem' stands twice"]),
        ('{"dt": 1e-999}', ["1e-999", "too small", "write 0"]),
        ('{"dt": 0.0e-999}', ["dt"]),
        (" " * 2**21 + "{}", ["2,097,154 characters", "2,097,152"]),
        ('{"a": ' * 200 + "1" + "}" * 200, ["network is missing"]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else "",
)
def test_text_that_is_no_experiment_is_one_line_that_says_why(text, words):
    with pytest.raises(ExperimentError) as caught:
        Experiment.from_json(text)
    message = str(caught.value)
    assert "\n" not in message
    assert [word for word in words if word not in message] == [], message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=4,
)
PATHS = sorted({path for path, _, _ in BAD_VALUES if "\n" not in path} | {"network.1.surrogate_grad_fn.grad_width", "training.changes"})


@given(st.sampled_from(PATHS), JSON)
def test_any_json_is_an_experiment_or_one_error(path, value):
    experiment, message = None, ""
    try:
        experiment = Experiment.from_json(json.dumps(changed(path, value)))
    except ExperimentError as error:
        message = str(error)
    assert "\n" not in message
    if experiment is not None:
        Experiment.from_json(experiment.to_json()).build()


@pytest.mark.parametrize("last", [{"kind": "ExpLeak", "tau_mem": 10.0}, {"kind": "Linear", "in_features": 4, "out_features": 4}])
def test_a_network_whose_output_has_no_spike_times_is_built_but_not_trained_for_them(last):
    data = ten_spikes().replace({"training.task": {"kind": "spike_times", "times": [[5]] * 4}}).model_dump()
    experiment = Experiment(**{**data, "network": [*data["network"][:3], last]})
    assert experiment.build()(experiment.make_input()).shape == (1, 100, 4)
    with pytest.raises(ExperimentError, match=rf"{last['kind']} 4 doesn't spike, so it has no spike times; .*LIF, IAF, ALIF"):
        next(train(experiment))
