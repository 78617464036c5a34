import assert from "node:assert/strict";
import { test } from "node:test";
import { LEFT, RIGHT } from "../../app/web/lib/time_axis.js";
import { KINDS } from "../../app/web/rows/kinds/kinds.js";

const STEPS = 10;
const AXIS = { from: -0.5, to: STEPS - 0.5, width: LEFT + 100 + RIGHT }; // ten pixels a step

const field = (...arrays) => ({ axis: AXIS, height: 40, arrays, steps: STEPS });
const raster = { kind: "raster", axis: "neuron", z: 0, bin: 1, span: 1, neurons: 4, other: "", pick: 1 };
const spikes = new Uint8Array(4 * STEPS);
spikes[2 * STEPS + 7] = 1;
const heatmap = { kind: "heatmap", axis: "neuron", z: 0, bin: 1, span: 1, neurons: 4, pick: 1 };
const traces = {
  kind: "traces",
  axis: "u",
  range: [0, 4],
  pick: 1,
  lines: [
    { u: 0, v: 1, neuron: 5, name: "" },
    { u: 2, v: null, neuron: 6, name: "" },
  ],
};
const potentials = [Float32Array.of(1, 3.25), Float32Array.of(1, 0.25), Float32Array.of(1, 0)];
const bars = { kind: "bars", axis: "Hz", across: "neuron", z: 0, bin: 1, first: 0, pick: 1 };
const kernels = { kind: "weights", z: 0, shape: [2, 3, 3] };
const maps = { kind: "maps", z: 0, spikes: true, shape: [2, 3, 3], selected: 4, pick: 1 };

test("a raster says neuron, time and spikes", () => {
  assert.equal(KINDS.raster.say(field(spikes), raster, { line: 2, time: 7 }, "LIF 2"), "LIF 2 neuron 2 · time 7 · spikes 1");
  const second = { ...raster, other: "second run" };
  assert.equal(KINDS.raster.say(field(spikes), second, { line: 2, time: 6 }, "LIF 2"), "LIF 2 neuron 2 · second run · time 6 · spikes 0");
});

test("a raster says where its step is a target", () => {
  const marked = { ...raster, marks: { lines: 1, times: 2 } };
  const arrays = field(spikes, Float32Array.of(2, 0), Float32Array.of(7, 3));
  assert.equal(KINDS.raster.say(arrays, marked, { line: 2, time: 7 }, "LIF 2"), "LIF 2 neuron 2 · time 7 · spikes 1 · target");
  assert.equal(KINDS.raster.say(arrays, marked, { line: 2, time: 3 }, "LIF 2"), "LIF 2 neuron 2 · time 3 · spikes 0");
});

test("thinned rows say which neurons and steps a value stands for, the last ones fewer", () => {
  const thin = { ...raster, axis: "channel", bin: 3, span: 4 };
  const sums = Uint8Array.of(1, 2, 3, 4, 5, 6);
  assert.equal(KINDS.raster.say(field(sums), thin, { line: 0, time: 5 }, "Input"), "Input channels 0–2 · time 4–7 · spikes 2");
  assert.equal(KINDS.raster.say(field(sums), thin, { line: 1, time: 9 }, "Input"), "Input channels 3–3 · time 8–9 · spikes 6");
  const means = { ...heatmap, bin: 3, span: 4 };
  assert.equal(KINDS.heatmap.say(field(sums), means, { line: 0, time: 5 }, "LIF 2"), "LIF 2 neurons 0–2 · time 4–7 · mean u 2");
});

test("a heatmap says u of neurons and the input of channels", () => {
  const values = new Float32Array(4 * STEPS).fill(1 / 3);
  assert.equal(KINDS.heatmap.say(field(values), heatmap, { line: 3, time: 0 }, "LIF 2"), "LIF 2 neuron 3 · time 0 · u 0.3333");
  const input = { ...heatmap, axis: "channel" };
  assert.equal(KINDS.heatmap.say(field(values), input, { line: 3, time: 0 }, "Input"), "Input channel 3 · time 0 · input 0.3333");
});

test("a heatmap of another quantity says it, with the parts that it is the sum of", () => {
  const [whole, own, later] = [3, 4, -1].map((value) => new Float32Array(4 * STEPS).fill(value));
  const credit = { ...heatmap, quantity: "∂L/∂u" };
  assert.equal(KINDS.heatmap.say(field(whole), credit, { line: 3, time: 2 }, "LIF 2"), "LIF 2 neuron 3 · time 2 · ∂L/∂u 3");
  const parts = [
    { name: "output", z: 1 },
    { name: "decay", z: 2 },
  ];
  const said = KINDS.heatmap.say(field(whole, own, later), { ...credit, parts }, { line: 3, time: 2 }, "LIF 2");
  assert.equal(said, "LIF 2 neuron 3 · time 2 · ∂L/∂u 3 = output 4 + decay -1");
});

test("a click on a heatmap that asks tells its cell", () => {
  assert.deepEqual(KINDS.heatmap.pick({ ...heatmap, asks: 3 }, { line: 2, time: 7 }, false, []), { do: "ask", layer: 3, row: 2, time: 7 });
  assert.equal(KINDS.heatmap.pick(heatmap, { line: 2, time: 7 }, false, []).do, "pick");
});

test("a heatmap says where a neuron spikes", () => {
  const values = new Float32Array(4 * STEPS).fill(2);
  const marked = { ...heatmap, spikes: 1 };
  assert.equal(KINDS.heatmap.say(field(values, spikes), marked, { line: 2, time: 7 }, "LIF 2"), "LIF 2 neuron 2 · time 7 · u 2 · spikes 1");
  assert.equal(KINDS.heatmap.say(field(values, spikes), marked, { line: 2, time: 6 }, "LIF 2"), "LIF 2 neuron 2 · time 6 · u 2");
});

test("traces say a reset where there is one", () => {
  const { say } = KINDS.traces;
  assert.equal(say(field(...potentials), traces, { line: 0, time: 0 }, "LIF 2"), "LIF 2 neuron 5 · time 0 · u 1");
  assert.equal(say(field(...potentials), traces, { line: 0, time: 1 }, "LIF 2"), "LIF 2 neuron 5 · time 1 · u 3.25, reset to 0.25");
  const rate = { ...traces, axis: "Hz", lines: [{ u: 0, v: null, neuron: null, name: "rate" }] };
  assert.equal(say(field(...potentials), rate, { line: 0, time: 1 }, "LIF 2"), "LIF 2 · time 1 · rate 3.25");
});

test("bars, weights and maps say what their values stand for", () => {
  const rates = Float32Array.of(10, 20.5);
  assert.equal(KINDS.bars.say(field(rates), bars, { line: 1, time: 0 }, "LIF 2"), "LIF 2 · neuron 1 · Hz 20.5");
  const binned = { ...bars, across: "steps", axis: "count", bin: 3, first: 1 };
  assert.equal(KINDS.bars.say(field(rates), binned, { line: 1, time: 0 }, "LIF 2"), "LIF 2 · steps 4–6 · count 20.5");
  const row = { kind: "weights", z: 0, shape: [2] };
  assert.equal(KINDS.weights.say(field(rates), row, { line: 0, time: 0 }, "LIF 2"), "LIF 2 · weight from 0 10");
  const values = Float32Array.from({ length: 36 }, (_, index) => index);
  const place = "channel 1, row 0, column 2";
  assert.equal(KINDS.weights.say(field(values), kernels, { line: 11, time: 0 }, "LIF 2"), `LIF 2 · weight from ${place} 11`);
  assert.equal(KINDS.maps.say(field(values), maps, { line: 0, time: 1 }, "LIF 2"), "LIF 2 neuron 4 · time 1 · 22");
  assert.equal(KINDS.maps.say(field(values), maps, { line: 0, time: 1, neuron: 0 }, "LIF 2"), "LIF 2 neuron 0 · time 1 · 18");
});

test("whole numbers are said whole", () => {
  assert.equal(KINDS.bars.say(field(Float32Array.of(123456)), bars, { line: 0, time: 0 }, "LIF 2"), "LIF 2 · neuron 0 · Hz 123456");
});

test("under a place is the line and time that are drawn there", () => {
  for (let line = 0; line < 4; line++) {
    for (let time = 0; time < STEPS; time++) {
      const found = KINDS.raster.hit(field(spikes), raster, LEFT + (time + 0.5) * 10, (line + 0.5) * 10);
      assert.deepEqual(found, { time, line });
      assert.deepEqual(KINDS.heatmap.hit(field(spikes), heatmap, LEFT + (time + 0.5) * 10, (line + 0.5) * 10), found);
    }
  }
});

test("beside the plot is nothing", () => {
  for (const left of [0, LEFT - 3, LEFT + 103]) {
    assert.equal(KINDS.raster.hit(field(spikes), raster, left, 5), null);
    assert.equal(KINDS.bars.hit(field(spikes), bars, left, 5), null);
    assert.equal(KINDS.traces.hit(field(...potentials), traces, left, 5), null);
  }
});

test("under a place is the nearest line, and of lines in one place the upper one", () => {
  const { hit } = KINDS.traces;
  assert.deepEqual(hit(field(...potentials), traces, LEFT + 15, 2), { time: 1, line: 0 });
  assert.deepEqual(hit(field(...potentials), traces, LEFT + 15, 38), { time: 1, line: 1 });
  assert.deepEqual(hit(field(...potentials), traces, LEFT + 5, 38), { time: 0, line: 1 });
});

test("bars at the very edges are the first and the last", () => {
  const { hit } = KINDS.bars;
  assert.deepEqual(hit(field(Float32Array.of(1, 2, 3, 4)), bars, LEFT - 1, 5), { line: 0 });
  assert.deepEqual(hit(field(Float32Array.of(1, 2, 3, 4)), bars, LEFT + 30, 5), { line: 1 });
  assert.deepEqual(hit(field(Float32Array.of(1, 2, 3, 4)), bars, LEFT + 101, 5), { line: 3 });
});

test("of kernels and maps a place is the value of a channel, and between channels nothing", () => {
  const space = { ...field(new Float32Array(18)), height: 38 }; // two channels of 36 pixels, 4 apart
  assert.deepEqual(KINDS.weights.hit(space, kernels, LEFT + 1, 2), { line: 0 });
  assert.deepEqual(KINDS.weights.hit(space, kernels, LEFT + 35, 36), { line: 8 });
  assert.equal(KINDS.weights.hit(space, kernels, LEFT + 38, 10), null);
  assert.deepEqual(KINDS.weights.hit(space, kernels, LEFT + 41, 2), { line: 9 });
  assert.deepEqual(KINDS.maps.hit(space, maps, LEFT + 41, 2), { neuron: 9 });
});

test("a pick tells a neuron where one is known, else the drawn line", () => {
  const spot = { line: 1, time: 3 };
  const told = { do: "pick", layer: 1, add: true };
  assert.deepEqual(KINDS.raster.pick(raster, spot, true), { ...told, row: 1 });
  assert.deepEqual(KINDS.heatmap.pick(heatmap, spot, true), { ...told, row: 1 });
  assert.deepEqual(KINDS.bars.pick(bars, spot, true), { ...told, row: 1 });
  assert.deepEqual(KINDS.traces.pick(traces, spot, true), { ...told, neuron: 6 });
  assert.deepEqual(KINDS.weights.pick({ ...kernels, pick: 1 }, spot, true), { ...told, neuron: 1 });
  assert.deepEqual(KINDS.maps.pick(maps, { ...spot, neuron: 7 }, true), { ...told, neuron: 7 });
  assert.deepEqual(KINDS.maps.pick(maps, spot, true), { ...told, neuron: 4 });
});

test("a pick tells nothing where no neuron can be picked", () => {
  assert.equal(KINDS.weights.pick({ ...kernels, pick: null }, { line: 1, time: 0 }, false), null);
  assert.equal(KINDS.raster.pick({ ...raster, pick: undefined }, { line: 1, time: 0 }, false), null);
});

test("where a raster takes marks, a click sets one, and picks with Shift", () => {
  const taking = { ...raster, marks_one: true };
  assert.deepEqual(KINDS.raster.pick(taking, { line: 1, time: 3 }, false), { do: "mark", neuron: 1, time: 3 });
  assert.deepEqual(KINDS.raster.pick(taking, { line: 1, time: 3 }, true), { do: "pick", layer: 1, add: true, row: 1 });
});

test("the cursor stands on neurons, lines or values", () => {
  assert.equal(KINDS.raster.lines([spikes], { ...raster, neurons: 10, bin: 3 }), 4);
  assert.equal(KINDS.traces.lines(potentials, traces), 2);
  assert.equal(KINDS.bars.lines([Float32Array.of(1, 2, 3)], bars), 3);
  assert.equal(KINDS.weights.lines([new Float32Array(18)], kernels), 18);
  assert.equal(KINDS.maps.lines([new Float32Array(36)], maps), 1);
});

test("a click on a spike asks why where rows ask, and picks the neuron elsewhere and with Shift", () => {
  const { pick } = KINDS.raster;
  const asking = { ...raster, asks: 3 };
  assert.deepEqual(pick(asking, { line: 2, time: 7 }, false, [spikes]), { do: "ask", layer: 3, row: 2, time: 7 });
  assert.deepEqual(pick(asking, { line: 2, time: 6 }, false, [spikes]), { do: "pick", layer: 1, add: false, row: 2 });
  assert.deepEqual(pick(asking, { line: 2, time: 7 }, true, [spikes]), { do: "pick", layer: 1, add: true, row: 2 });
  assert.deepEqual(pick(raster, { line: 2, time: 7 }, false, [spikes]), { do: "pick", layer: 1, add: false, row: 2 });
  const thin = { ...asking, bin: 3, span: 4 };
  assert.deepEqual(pick(thin, { line: 1, time: 9 }, false, [Uint8Array.of(0, 0, 0, 0, 0, 6)]), { do: "ask", layer: 3, row: 1, time: 9 });
});
