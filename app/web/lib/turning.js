// The page that the visitor asked for last. Whatever Streamlit tells its server names the page on display, and what is told last counts: where
// something tells the server anything after the visitor has asked for another page, such as a poll, the page that is left is drawn again. So
// views wait until the other is drawn. Where the page that was left is drawn all the same, the other is asked for again: also if it has been
// drawn already, since a quick server draws both, one after the other, until the visitor does something else.

const MOST = 5; // times that a page is asked for again
export const LONGEST = 10_000; // milliseconds for which views wait, since the server may be gone; and for which a drawn page was asked for

/** @type {{page: string, ask: () => void, times: number, at: number, isDrawn: boolean} | null} */
let asked = null;

/** What Python calls the page at a path. @param {string} path */
export const pageAt = (path) => path.split("/").at(-1) ?? "";

/** Notes that a page has been asked for, and how it is asked for again. @param {string} page @param {() => void} ask */
export function askedFor(page, ask) {
  asked = { page, ask, times: asked?.page === page ? asked.times : 0, at: performance.now(), isDrawn: false };
}

/** The visitor does something else. */
export function forgetAsked() {
  asked = null;
}

/** Whether views are to wait. */
export const isTurning = () => asked !== null && !asked.isDrawn && !isLongAgo(asked);

/** Whether a page is not the one that was asked for. @param {string} page */
export const isOvertaken = (page) => asked !== null && asked.page !== page && !(asked.isDrawn && isLongAgo(asked));

/** Notes that a page is drawn. @param {string} page */
export function pageDrawn(page) {
  if (!asked) return;
  if (asked.page === page) {
    asked.isDrawn = true;
    return;
  }
  asked.times += 1;
  if (asked.times > MOST || !isOvertaken(page)) asked = null;
  else asked.ask();
}

/** @param {{at: number}} asked */
const isLongAgo = ({ at }) => performance.now() - at >= LONGEST;
