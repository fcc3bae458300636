// Elements made of text, never of markup, and the words of the page, which the server writes on the form.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const language = document.documentElement.lang === "en" ? "en" : "fr";
export const words = JSON.parse(document.querySelector("form.query[data-words]")?.dataset.words ?? "{}");

export const prefixes = JSON.parse(document.querySelector("form.query")?.dataset.prefixes ?? "{}");

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => number(values[name]));
}

export function number(value) {
  return typeof value === "number" ? value.toLocaleString(language) : value;
}

export function path(target) {
  return language === "en" ? `/en${target}` : target;
}
