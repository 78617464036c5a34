// A button that copies the page's address.

import { button, element } from "../lib/dom.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";

await stylesheet(new URL("copy_link.css", import.meta.url));

export default lastingView({ create, update: () => {} });

/** @param {HTMLElement} parent */
function create(parent) {
  const root = element("div", "copy-link", parent);
  button(root, "Copy link", copy, { title: "The address has everything that this page shows, but for files, trained weights and A" });
  const said = element("p", "copy-link-said", root, { role: "status" });
  const field = element("input", "copy-link-field", root, { hidden: true, readOnly: true, ariaLabel: "Link to this page" });

  async function copy() {
    const address = withoutDesk(location.href);
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = "Copied.";
    } catch {
      // It is no secure page, or the browser was told not to.
      Object.assign(field, { hidden: false, value: address });
      field.select();
      said.textContent = "This browser doesn't let the page copy. Copy it from here:";
    }
  }
  return root;
}

/** The address without the name of the visitor's desk, which is of no use to others. @param {string} href */
function withoutDesk(href) {
  const address = new URL(href);
  address.searchParams.delete("run");
  return address.href;
}
