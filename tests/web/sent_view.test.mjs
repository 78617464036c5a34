import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { PATIENCE } from "../../app/web/lib/acts.js";
import { handOver, sentView } from "../../app/web/lib/sent_view.js";

/** A message with a header and no arrays, whole or based on an earlier one whose parts it repeats. */
function message(number, base, header) {
  const parts = [JSON.stringify(header), "[]"].map((text) => new TextEncoder().encode(text));
  const entries = base === null ? parts.map(({ length }) => [0, 0, length]) : [0, 0];
  const head = new TextEncoder().encode(JSON.stringify({ view: "rows", number, isOffered: true, base, parts: entries }));
  const bytes = new Uint8Array(4 + head.length + (base === null ? parts[0].length + parts[1].length : 0));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  if (base === null) bytes.set([...parts[0], ...parts[1]], 4 + head.length);
  return bytes;
}

test("a view that lacks what a message is based on says what it holds, again and again, until it is sent that", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const shown = [];
  const asked = [];
  const show = sentView({ create: () => ({}), update: (_view, { header }) => shown.push(header.epoch) });
  const parentElement = { isConnected: true, closest: () => null };
  const take = (data) => show({ parentElement, data, setTriggerValue: (name, value) => asked.push([name, value]) });
  take(message(7, null, { epoch: 1 }));
  take(message(9, 8, {}));
  mock.timers.tick(1);
  assert.deepEqual(asked, [["lacking", [7]]]);
  mock.timers.tick(PATIENCE);
  mock.timers.tick(PATIENCE);
  assert.equal(asked.length, 3);
  take(message(10, 7, {}));
  mock.timers.tick(2 * PATIENCE);
  assert.equal(asked.length, 3);
  assert.deepEqual(shown, [1, 1]);
});

test("a message that was handed over is drawn, and one that it overtook is not", () => {
  const shown = [];
  const show = sentView({ create: () => ({}), update: (_view, { header }) => shown.push(header.epoch) });
  const parentElement = { isConnected: true, closest: () => null };
  const take = (data) => show({ parentElement, data, setTriggerValue: () => {} });
  const first = message(5_000_107, null, { epoch: 1 });
  take(first);
  handOver(message(5_000_109, null, { epoch: 3 }));
  take(message(5_000_108, null, { epoch: 2 }));
  take(first); // Streamlit calls a view again with what it had
  take(message(5_000_110, null, { epoch: 4 }));
  take(message(7, null, { epoch: 1 })); // of another session
  parentElement.isConnected = false;
  handOver(message(8, null, { epoch: 2 }));
  assert.deepEqual(shown, [1, 3, 3, 3, 4, 1]);
});
