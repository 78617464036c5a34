// One entry of the browser's history for each page, preset and lesson, so that Back leaves it. Streamlit adds an entry for every change of
// the address; here an address that only follows an edit replaces its entry. An edit that leads to what the entry before or after shows, as
// undo may, goes to that one: two neighbours alike would cost a press that does nothing. After Back or Forward the server may still answer
// for a page that was left, and Streamlit would turn to it again, which would discard the entries after this one. So until the visitor does
// something, nothing turns the page. Where Streamlit itself writes an address of the page on display, it is one that the server knew before
// it wrote the present one: it is left out, since it may be that of the entry before, and the page would go back.

import { askedFor, forgetAsked, isOvertaken, pageAt } from "../lib/turning.js";

const NEW = "new"; // in an address that has to have an entry of its own, as in `app/widgets/session.py`
const PAGE = "of"; // in an address: the page that wrote it
const DRAFT = "x"; // what an entry shows of a page
const CHECKSUM = 12; // characters at the end of a draft's text that tell it from others of its length
const KEPT = "entries"; // name in the tab's storage
const LINKS = "[data-testid=stPageLink-NavLink]";

const { pushState, replaceState } = history;
/** What the entries of this tab show, by their place. @type {Record<number, string>} */
const shown = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
let here = placeOf(history.state) ?? history.length;
let isTurning = false; // to a neighbour, which takes a moment
let path = location.pathname; // of the page on display
let hasTurned = false; // by Back or Forward, and the visitor has done nothing since

history.pushState = (state, _, url) => write(state, new URL(url ?? "", location.href));
history.replaceState = (state, _, url) => rewrite(state, new URL(url ?? "", location.href));
if (placeOf(history.state) === undefined) forgetLater(); // a new entry is the last one
window.addEventListener("popstate", onPop); // once, for good, over all pages
for (const act of ["pointerdown", "keydown", "click"]) window.addEventListener(act, onAct, true);
window.addEventListener("click", onTakenClick);
put(history.state, new URL(location.href)); // notes its place

export default function () {}

/** @param {unknown} state @param {URL} target */
function write(state, target) {
  if (!isOfItsPage(target) || (hasTurned && target.pathname !== path)) return;
  if (target.pathname !== location.pathname && isOvertaken(pageAt(target.pathname))) return;
  const isNew = target.searchParams.has(NEW);
  if (isNew) target.searchParams.delete(NEW);
  if (!isNew && target.pathname === location.pathname) return follow(state, target);
  here += 1;
  forgetLater();
  isTurning = false;
  path = target.pathname;
  note(target);
  pushState.call(history, withPlace(state), "", target);
}

/** @param {unknown} state @param {URL} target */
function rewrite(state, target) {
  if (isOfItsPage(target)) follow(state, target);
}

/** Has the present entry show an address, or goes to its neighbour that does. @param {unknown} state @param {URL} target */
function follow(state, target) {
  if (isTurning) return;
  const step = [-1, 1].find((step) => shown[here + step] === shownAt(target));
  if (step && shown[here] !== shownAt(target)) {
    isTurning = true;
    history.go(step);
    return;
  }
  put(state, target);
}

/** @param {unknown} state @param {URL} target */
function put(state, target) {
  note(target);
  replaceState.call(history, withPlace(state), "", target);
}

/** @param {PopStateEvent} event */
function onPop({ state, isTrusted }) {
  if (isTrusted && !isTurning) forgetAsked(); // by Back or Forward
  isTurning = false;
  here = placeOf(state) ?? here;
  if (location.pathname === path) return;
  hasTurned = true;
  path = location.pathname;
  if (linkTo(pageAt(path))) askedFor(pageAt(path), () => window.dispatchEvent(new PopStateEvent("popstate", { state: history.state })));
}

/** @param {Event} event */
function onAct({ isTrusted }) {
  hasTurned = false;
  if (isTrusted) forgetAsked();
}

/** A click that came through, with whatever keys: Streamlit turns the page. @param {MouseEvent} event */
function onTakenClick({ target }) {
  const link = target instanceof Element ? target.closest(LINKS) : null;
  if (link && !link.hasAttribute("disabled")) askedFor(pageOf(link), () => linkTo(pageOf(link))?.click());
}

/** The page that a link leads to. Its `href` is relative; resolved, it would depend on the page on display. @param {Element} link */
const pageOf = (link) => pageAt(link.getAttribute("href") ?? "");

/** Any link to a page, since the one that was clicked may be gone by now. @param {string} page */
function linkTo(page) {
  const links = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(LINKS));
  return [...links].find((link) => pageOf(link) === page);
}

/** @param {URL} target */
function note(target) {
  shown[here] = shownAt(target);
  sessionStorage.setItem(KEPT, JSON.stringify(shown));
}

/** @param {URL} address */
function shownAt({ pathname, searchParams }) {
  const draft = searchParams.get(DRAFT) ?? "";
  return `${pathname} ${draft.length} ${draft.slice(-CHECKSUM)}`;
}

/**
 * Whether the page that wrote an address is still the one on display: Back may have left it meanwhile. Streamlit turns the page by an address
 * that may still have what the page before wrote; that is taken out.
 * @param {URL} target
 */
function isOfItsPage(target) {
  const page = target.searchParams.get(PAGE);
  target.searchParams.delete(PAGE);
  const isIts = page === pageAt(target.pathname);
  if (target.pathname === location.pathname) return isIts;
  if (page !== null && !isIts) target.search = "";
  return true;
}

function forgetLater() {
  for (const place of Object.keys(shown).map(Number)) if (place > here) delete shown[place];
}

/** @param {unknown} state */
function withPlace(state) {
  return { ...(typeof state === "object" ? state : {}), place: here };
}

/** @param {unknown} state @returns {number | undefined} */
function placeOf(state) {
  const place = typeof state === "object" && state && "place" in state ? state.place : undefined;
  return typeof place === "number" ? place : undefined;
}
