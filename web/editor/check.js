// What is wrong with the text, from the service, which reads it and never runs it. Places count code points there,
// UTF-16 units here.
import { language, words } from "./dom.js";

export async function check(view, form) {
  const text = view.state.doc.toString();
  if (!text.trim()) return [];
  try {
    const answer = await fetch(`${form.dataset.check}`, { method: "POST", body: new URLSearchParams({ query: text }) });
    if (!answer.ok || view.state.doc.toString() !== text) return [];
    const { errors, warnings } = await answer.json();
    return [...errors.map((one) => diagnostic(view, one, "error")), ...warnings.map((one) => diagnostic(view, one, "warning"))].filter(Boolean);
  } catch {
    return [];
  }
}

export function diagnostic(view, found, severity) {
  const doc = view.state.doc;
  if (!found.line || found.line > doc.lines) return null;
  const line = doc.line(found.line);
  const from = Math.min(line.from + units(line.text, found.column - 1), line.to);
  const word = /^[^\s{}();,]+/.exec(line.text.slice(from - line.from));
  const to = Math.min(from + (word ? word[0].length : 1), line.to);
  return {
    from: to > from ? from : Math.max(line.from, from - 1),
    to,
    severity,
    message: found.hint ? `${found.detail} ${found.hint}` : found.detail,
    renderMessage: () => {
      const box = document.createElement("span");
      if (language !== "en") box.lang = "en";
      box.textContent = found.hint ? `${found.detail} ${found.hint}` : found.detail;
      return box;
    },
    actions: found.fix ? [{ name: words.repair, apply: (at) => repair(at, found.fix) }] : [],
  };
}

function repair(view, fix) {
  const text = view.state.doc.toString();
  const [from, to] = [units(text, fix.from), units(text, fix.to)];
  view.dispatch({ changes: { from, to, insert: fix.insert }, selection: { anchor: from + fix.insert.length } });
  view.focus();
}

export function units(text, points) {
  let place = 0;
  for (const char of text) {
    if (points-- <= 0) break;
    place += char.length;
  }
  return place;
}
