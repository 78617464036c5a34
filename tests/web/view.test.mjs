import assert from "node:assert/strict";
import { test } from "node:test";
import { Acts } from "../../app/web/lib/acts.js";
import { APART } from "../../app/web/lib/turns.js";
import { lastingView } from "../../app/web/lib/view.js";

/** A place on the page with Streamlit's key. */
const placeOf = (key) => ({ isConnected: true, closest: () => ({ className: `stElementContainer st-key-${key} st-emotion` }) });

/** Shows a view at a place, and returns it with all that it told. */
function shown(show, place) {
  const told = [];
  const setTriggerValue = (_name, value) => told.push(value.map(({ number }) => number));
  const end = show({ parentElement: place, data: 0, setTriggerValue });
  return { told, end };
}

test("a view at the place of one that was taken away tells what that one got no answer to, and no other view does", async () => {
  globalThis.location = { pathname: "/network" };
  const views = [];
  const show = lastingView({
    create: () => views.at(views.push({ acts: new Acts() }) - 1),
    update: ({ acts }, answered, send) => acts.update(send, answered),
  });
  const place = placeOf("fields");
  const { told, end } = shown(show, place);
  views[0].acts.tell({ do: "edit" });
  assert.deepEqual(told, [[1]]);
  place.isConnected = false;
  end();
  const { told: elsewhere } = shown(show, placeOf("others"));
  const { told: again } = shown(show, placeOf("fields"));
  await new Promise((resolve) => setTimeout(resolve, 10 * APART));
  assert.deepEqual([elsewhere, again], [[], [[1]]]);
  for (const { acts } of views) acts.end();
});
