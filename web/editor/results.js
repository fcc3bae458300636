// The answer of a query: a table of typed cells, so many rows at a time, the text as it came, and its files. Chart and
// graph are a script of their own, fetched when one is first looked at.
import { element, fill, words } from "./dom.js";
import { tabs } from "./tabs.js";
import { link, NUMERIC, shorten } from "./terms.js";

const PAGE = 500;
const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9";
const FORMATS = { rows: ["csv", "tsv", "json", "xml"], graph: ["ttl", "nt", "rdf", "jsonld"] };

export class Results {
  constructor(box) {
    this.box = box;
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
    const answer = { names, rows };
    const things = names.filter((name) => rows.some((row) => row[name]?.type === "uri") && rows.every((row) => row[name]?.type !== "literal"));
    this.frame(query, "rows", [status, ...this.views([
      ["table", () => [scroll, more]],
      ...(numeric.some(Boolean) ? [["chart", async () => (await views()).chart(answer)]] : []),
      ...(things.length > 1 ? [["graph", async () => drawn(answer)]] : []),
      ["raw", () => [pre(text)]],
    ])]);
  }

  raw(text, query, took) {
    const parsed = async () => {
      const [{ graph, triples }, answer] = await Promise.all([views(), fetch("/sparql", { method: "POST", headers: { Accept: "application/n-triples" }, body: new URLSearchParams({ query }) })]);
      return graph(triples(await answer.text()));
    };
    this.frame(query, "graph", [element("p", { role: "status" }, fill(words.took, { milliseconds: took })), ...this.views([["raw", () => [pre(text)]], ["graph", parsed]])]);
  }

  views(found) {
    return tabs(words.views, found.map(([name, make]) => ({ name, label: words[`view_${name}`], make })), words.failed);
  }

  frame(query, kind, parts) {
    this.box.replaceChildren(element("h2", { id: "result" }, words.result), ...parts, files(query, kind));
  }

  cell(term, numeric) {
    const cell = element("td", numeric ? { class: "number" } : {});
    if (!term) return cell;
    const text = element("bdi", term["xml:lang"] ? { lang: term["xml:lang"] } : {}, term.type === "uri" ? shorten(term.value) : term.value);
    const href = term.type === "uri" ? link(term.value) : null;
    cell.append(href ? element("a", { href, ...(href.startsWith("/") ? {} : { rel: "external nofollow" }), title: term.value }, text) : text);
    return cell;
  }
}

function views() {
  return import(document.querySelector("form.query").dataset.views);
}

async function drawn(answer) {
  const { graph, edges } = await views();
  return graph(edges(answer));
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
