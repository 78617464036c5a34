// Gives the focus to the first button of the popover that this is in, once, when it opens.

const done = new WeakSet();

export default function ({ parentElement }) {
  const popover = parentElement.closest("[data-testid=stPopoverBody]");
  if (!popover || done.has(popover)) return;
  done.add(popover);
  requestAnimationFrame(() => popover.querySelector("button:not(:disabled)")?.focus());
}
