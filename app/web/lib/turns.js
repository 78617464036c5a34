// Views take turns to tell Python something. What several tell in one moment Streamlit sends as one message, and then draws the fragment of
// only one of them again.

export const APART = 20; // milliseconds between what two views tell
const LONGEST = 1000; // milliseconds until a browser counts as idle that never is

/** @type {{who: object, tell: () => void}[]} */
const waiting = [];
/** Who told something less than `APART` ago. @type {object | undefined} */
let last;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Tells at once where nobody else told something just before, and else later, in the order of the calls.
 * @param {object} who
 * @param {() => void} tell
 */
export function inTurn(who, tell) {
  if (last && (waiting.length || last !== who)) waiting.push({ who, tell });
  else take(who, tell);
}

/** @param {object} who @param {() => void} tell */
function take(who, tell) {
  last = who;
  clearTimeout(timer);
  timer = setTimeout(next, APART);
  tell();
}

function next() {
  last = undefined;
  const first = waiting.shift();
  if (!first) return;
  take(first.who, first.tell);
  while (waiting[0]?.who === last) waiting.shift()?.tell();
}

/**
 * Tells something that nobody waits for, once the browser has nothing else to do: a click that it has yet to handle would else join it.
 * @param {() => void} tell
 */
export function whenIdle(tell) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(tell, { timeout: LONGEST });
  else tell(); // Safari has none
}
