// Keys that press buttons of the page while a plot has the focus; a button that is disabled isn't pressed, and the key of one that is gone
// stays the browser's. What the plots do with a key themselves comes first.

const PLOTS = ".plot, .rows";
const listeners = new WeakMap();

export default function ({ parentElement, data }) {
  document.removeEventListener("keydown", listeners.get(parentElement));
  const listener = (event) => onKey(event, data);
  listeners.set(parentElement, listener);
  document.addEventListener("keydown", listener);
  parentElement.dataset.listening = "true";
  return () => setTimeout(() => parentElement.isConnected || document.removeEventListener("keydown", listeners.get(parentElement)));
}

function onKey(event, buttons) {
  if (event.defaultPrevented || event.repeat || !event.target.matches(PLOTS) || !Object.hasOwn(buttons, event.key)) return;
  const button = document.querySelector(`.st-key-${buttons[event.key]} button`);
  if (!button) return;
  event.preventDefault();
  button.click(); // does nothing while it is disabled
}
