// Tells when the page's background changes, by a spot of its colour that takes a moment to change.

export default function ({ parentElement, setTriggerValue }) {
  const spot = parentElement.querySelector(".theme-spot") ?? parentElement.appendChild(Object.assign(document.createElement("div"), { className: "theme-spot" }));
  spot.ontransitionend = () => setTriggerValue("changed", true);
}
