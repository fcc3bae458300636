// Looks at one answer, one at a time: a list of tabs and the panel they share. The arrow keys go from tab to tab.
import { element } from "./dom.js";

// Each view has a name, a label, and what makes its parts when it is first looked at; a maker may take its time.
export function tabs(label, views, failed) {
  const made = new Map();
  const panel = element("div", { role: "tabpanel", id: "view", tabindex: "-1" });
  const list = element("div", { role: "tablist", class: "tabs", "aria-label": label });
  const select = async (view, tab) => {
    for (const one of list.children) {
      one.setAttribute("aria-selected", one === tab);
      one.tabIndex = one === tab ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", tab.id);
    if (!made.has(view)) made.set(view, Promise.resolve().then(view.make).catch((error) => [element("p", { role: "alert" }, `${failed} ${error.message}`)]));
    const parts = await made.get(view);
    if (tab.tabIndex === 0) panel.replaceChildren(...parts);
  };
  for (const view of views) {
    const tab = element("button", { type: "button", role: "tab", id: `view-${view.name}`, "aria-controls": "view" }, view.label);
    tab.addEventListener("click", () => select(view, tab));
    list.append(tab);
  }
  list.addEventListener("keydown", (event) => {
    const all = [...list.children], here = all.indexOf(document.activeElement);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = all[(next + all.length) % all.length];
    tab.focus();
    tab.click();
  });
  select(views[0], list.firstChild);
  return [list, panel];
}
