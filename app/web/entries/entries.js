// One entry of the browser's history for each page, preset and lesson, so that Back leaves it. Streamlit adds an entry for every change of
// the address; here an address that only follows an edit replaces its entry. Two neighbours that show the same count as one.

const NEW = "new"; // in an address that has to have an entry of its own, as in `app/widgets/session.py`
const DRAFT = "x"; // what an entry shows of a page

const { pushState, replaceState } = history;
/** The address of the entry we are at, and its place among all entries of this tab. */
let here = { address: location.href, place: placeOf(history.state) ?? history.length };

history.pushState = (state, _, url) => write(state, url);
history.replaceState = (state, _, url) => replace(state, new URL(url ?? "", location.href));
window.addEventListener("popstate", onPop, true); // once, for good, over all pages, and before Streamlit hears of it
replace(history.state, new URL(location.href)); // notes its place

export default function () {}

/** @param {unknown} state @param {string | URL | null | undefined} url */
function write(state, url) {
  const target = new URL(url ?? "", location.href);
  const isNew = target.searchParams.has(NEW);
  if (isNew) target.searchParams.delete(NEW);
  if (!isNew && target.pathname === location.pathname) return replace(state, target);
  here = { address: target.href, place: here.place + 1 };
  pushState.call(history, noting(state, here.place), "", target);
}

/** @param {unknown} state @param {URL} target */
function replace(state, target) {
  here = { ...here, address: target.href };
  replaceState.call(history, noting(state, here.place), "", target);
}

/** @param {PopStateEvent} event */
function onPop(event) {
  const before = here;
  here = { address: location.href, place: placeOf(event.state) ?? before.place };
  if (here.place === before.place || shownAt(here.address) !== shownAt(before.address)) return;
  event.stopImmediatePropagation(); // there is nothing new to see
  history.go(here.place < before.place ? -1 : 1);
}

/** @param {string} address */
function shownAt(address) {
  const { pathname, searchParams } = new URL(address);
  return JSON.stringify([pathname, searchParams.get(DRAFT)]);
}

/** @param {unknown} state @param {number} place */
function noting(state, place) {
  return { ...(typeof state === "object" ? state : {}), place };
}

/** @param {unknown} state @returns {number | undefined} */
function placeOf(state) {
  const place = typeof state === "object" && state && "place" in state ? state.place : undefined;
  return typeof place === "number" ? place : undefined;
}
