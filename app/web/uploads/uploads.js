// A file that the browser refuses, for its ending or size, is no longer told of once the next one is chosen or dropped. Streamlit keeps it
// beside the next one, and would tell of it again when that is taken away.

const UPLOADER = "[data-testid=stFileUploader]";
const REFUSED = "[data-testid=stFileChip][aria-invalid=true] [data-testid=stFileChipDeleteBtn] button";

for (const type of ["change", "drop"]) document.addEventListener(type, onFile, true); // once, for good, over all pages

export default function () {}

/** @param {Event} event */
function onFile({ target }) {
  const uploader = target instanceof Element ? target.closest(UPLOADER) : null;
  const removes = /** @type {NodeListOf<HTMLElement>} */ (uploader?.querySelectorAll(REFUSED) ?? []);
  for (const remove of removes) remove.click();
}
