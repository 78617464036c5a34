// The main number and its sentence. The milestone is a live region on a lasting node, so that it is read once per change.

const parts = ["number", "unit", "status", "milestone"];
const roots = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let root = roots.get(parentElement);
  if (!root) {
    root = createRoot();
    parentElement.append(root);
    roots.set(parentElement, root);
  }
  for (const part of parts) {
    const node = root.querySelector(`.headline-${part}`);
    if (node.textContent !== data[part]) node.textContent = data[part];
  }
  const action = root.querySelector(".headline-action");
  action.hidden = !data.action;
  if (action.textContent !== data.action) action.textContent = data.action;
  action.onclick = () => setTriggerValue("acted", true);
}

function createRoot() {
  const root = document.createElement("div");
  root.className = "headline";
  const title = document.createElement("h1");
  title.className = "headline-hidden";
  title.textContent = document.title;
  root.append(title);
  const sentence = document.createElement("p");
  sentence.className = "headline-sentence";
  for (const part of parts) {
    const node = document.createElement("span");
    node.className = `headline-${part}`;
    (part === "status" ? sentence : root).append(node);
  }
  const action = document.createElement("button");
  action.className = "headline-action";
  sentence.append(action);
  root.append(sentence);
  const milestone = root.querySelector(".headline-milestone");
  milestone.classList.add("headline-hidden");
  milestone.setAttribute("role", "status");
  return root;
}
