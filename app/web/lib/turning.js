// The page that the visitor asked for last, until it is drawn. Whatever Streamlit tells its server names the page on display, and what is
// told last counts: where something tells the server anything after the visitor has asked for another page, such as a poll, the page that is
// left is drawn again. So views wait meanwhile, and where that page is drawn all the same, the other is asked for again.

const MOST = 5; // times that a page is asked for again
export const LONGEST = 10_000; // milliseconds for which views wait; the server may be gone

/** @type {{page: string, ask: () => void, times: number, at: number} | null} */
let asked = null;

/** What Python calls the page at a path. @param {string} path */
export const pageAt = (path) => path.split("/").at(-1) ?? "";

/** Notes that a page has been asked for, and how it is asked for again. @param {string} page @param {() => void} ask */
export function askedFor(page, ask) {
  asked = { page, ask, times: asked?.page === page ? asked.times : 0, at: performance.now() };
}

/** The visitor does something else. */
export function forgetAsked() {
  asked = null;
}

/** Whether views are to wait. */
export const isTurning = () => asked !== null && performance.now() - asked.at < LONGEST;

/** Whether a page is not the one that was asked for. @param {string} page */
export const isOvertaken = (page) => asked !== null && asked.page !== page;

/** Notes that a page is drawn. @param {string} page */
export function pageDrawn(page) {
  if (!asked) return;
  asked.times += 1;
  if (asked.page === page || asked.times > MOST) asked = null;
  else asked.ask();
}
