// The answer of a query: a table of typed cells, so many rows at a time, or the text as it came; and its files.
import { element, fill, path, words } from "./dom.js";

const PAGE = 500;
const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9";
const BASE = "https://w3id.org/questeur/";
const NUMERIC = /#(integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger)$/;
const FORMATS = { rows: ["csv", "tsv", "json", "xml"], graph: ["ttl", "nt", "rdf", "jsonld"] };

export class Results {
  constructor(box) {
    this.box = box;
    this.prefixes = JSON.parse(document.querySelector("form.query").dataset.prefixes ?? "{}");
  }

  // Ask, show, and give the problem when there is one.
  async ask(query, signal) {
    this.say(words.running);
    const began = performance.now();
    try {
      const answer = await fetch("/sparql", { method: "POST", headers: { Accept: ACCEPT }, body: new URLSearchParams({ query }), signal });
      const text = await answer.text();
      const took = Math.round(performance.now() - began);
      if (!answer.ok) return this.fail(JSON.parse(text));
      if (answer.headers.get("Content-Type").includes("json")) this.show(JSON.parse(text), text, query, took);
      else this.raw(text, query, took);
    } catch (error) {
      if (signal.aborted) this.say(words.cancelled);
      else this.say(`${words.failed} ${error.message}`);
    }
    return null;
  }

  say(text) {
    this.box.replaceChildren(element("h2", { id: "result" }, words.result), element("p", { role: "status" }, text));
  }

  fail(problem) {
    const parts = [element("p", { lang: "en" }, problem.detail)];
    if (problem.excerpt !== undefined) parts.push(element("pre", { tabindex: "0", lang: "en" }, `${problem.excerpt}\n${problem.caret}`));
    if (problem.hint) parts.push(element("p", { lang: "en" }, problem.hint));
    this.trouble = element("div", { class: "problem", role: "alert" }, ...parts);
    this.box.replaceChildren(element("h2", { id: "result" }, words.result), this.trouble);
    return problem;
  }

  offer(name, apply) {
    const button = element("button", { type: "button" }, name);
    button.addEventListener("click", apply);
    this.trouble.append(element("p", {}, button));
  }

  show(found, text, query, took) {
    if (found.boolean !== undefined) {
      this.frame(query, "rows", [element("p", { class: "verdict", role: "status" }, found.boolean ? words.true : words.false)]);
      return;
    }
    const rows = found.results.bindings;
    const names = found.head.vars;
    const numeric = names.map((name) => rows.slice(0, 50).every((row) => !row[name] || NUMERIC.test(row[name].datatype ?? "")) && rows.some((row) => row[name]));
    const body = element("tbody");
    const head = element("tr", {}, ...names.map((name, place) => element("th", { scope: "col", ...(numeric[place] ? { class: "number" } : {}) }, name)));
    const table = element("table", { class: "list" }, element("thead", {}, head), body);
    const more = element("button", { type: "button", class: "plain-button" });
    const status = element("p", { role: "status" });
    const next = () => {
      const shown = body.rows.length;
      body.append(...rows.slice(shown, shown + PAGE).map((row) => element("tr", {}, ...names.map((name, place) => this.cell(row[name], numeric[place])))));
      const now = body.rows.length;
      status.textContent = `${fill(now < rows.length ? words.cut : words.rows, { shown: now, total: rows.length })} · ${fill(words.took, { milliseconds: took })}`;
      more.textContent = fill(words.more, { n: Math.min(PAGE, rows.length - now) });
      more.hidden = now >= rows.length;
    };
    next();
    more.addEventListener("click", next);
    const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": words.table }, table);
    const whole = element("details", {}, element("summary", {}, words.raw));
    whole.addEventListener("toggle", () => { if (whole.open && whole.children.length === 1) whole.append(pre(text)); });
    this.frame(query, "rows", [status, scroll, more, whole]);
  }

  raw(text, query, took) {
    this.frame(query, "graph", [element("p", { role: "status" }, fill(words.took, { milliseconds: took })), pre(text)]);
  }

  frame(query, kind, parts) {
    this.box.replaceChildren(element("h2", { id: "result" }, words.result), ...parts, files(query, kind));
  }

  cell(term, numeric) {
    const cell = element("td", numeric ? { class: "number" } : {});
    if (!term) return cell;
    const text = element("bdi", term["xml:lang"] ? { lang: term["xml:lang"] } : {}, term.type === "uri" ? this.shorten(term.value) : term.value);
    const href = term.type === "uri" ? link(term.value) : null;
    cell.append(href ? element("a", { href, ...(href.startsWith("/") ? {} : { rel: "external nofollow" }), title: term.value }, text) : text);
    return cell;
  }

  shorten(iri) {
    if (iri.startsWith(`${BASE}id/`)) return iri.slice(BASE.length + 3).replace(/^[a-z]+\//, "");
    const found = Object.entries(this.prefixes).find(([, start]) => iri.startsWith(start) && iri.length > start.length);
    return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
  }
}

// A thing of ours leads to its page here, any other to the web; nothing but http(s) is a link.
function link(iri) {
  if (iri.startsWith(`${BASE}id/`)) return path(`/${iri.slice(BASE.length + 3)}`);
  if (iri.startsWith(`${BASE}ns#`)) return path(`/ns/${iri.slice(BASE.length + 3)}`);
  return /^https?:\/\//.test(iri) ? iri : null;
}

function pre(text) {
  return element("pre", { tabindex: "0", class: "raw" }, text.length > 200_000 ? `${text.slice(0, 200_000)}\n…` : text);
}

// A form rather than a link: an address has a limit, a query has not.
function files(query, kind) {
  const form = element("form", { class: "files", action: "/sparql", method: "post" }, element("span", {}, words.files));
  form.append(element("input", { type: "hidden", name: "query", value: query }));
  for (const name of FORMATS[kind]) form.append(element("button", { name: "format", value: name, class: "chip plain-button" }, name.toUpperCase()));
  return form;
}
