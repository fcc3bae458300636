// Two more looks at an answer, loaded when one is first asked for: a chart of its numbers, a graph of its things.
// Plain SVG of our own: classes and presentation attributes only, since the policy of the page blocks styles.
import { element, fill, language, number, words } from "./dom.js";
import { link, NUMERIC, shorten } from "./terms.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_MARKS = 60;
const MOST_POINTS = 2000;
const MOST_NODES = 300;
const DATED = /#(date|dateTime|gYear|gYearMonth)$/;

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// ---- chart -------------------------------------------------------------------------------------------------------

export function chart({ names, rows }) {
  const typed = (name, pattern) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || pattern.test(row[name].datatype ?? ""));
  const numeric = names.filter((name) => typed(name, NUMERIC));
  const state = { y: numeric.at(-1), x: names.find((name) => !numeric.includes(name)) ?? numeric[0] };
  const ordered = (name) => typed(name, DATED) || numeric.includes(name);
  state.kind = typed(state.x, DATED) ? "line" : numeric.includes(state.x) && state.x !== state.y ? "scatter" : "bar";
  const figure = element("figure", { class: "drawing" });
  const draw = () => {
    const kind = state.kind !== "bar" && !ordered(state.x) ? "bar" : state.kind;
    const points = rows.filter((row) => row[state.y]).map((row) => ({ x: row[state.x], y: Number(row[state.y].value) })).filter(({ y }) => Number.isFinite(y));
    const shown = points.slice(0, kind === "bar" ? MOST_MARKS : MOST_POINTS);
    const caption = fill(shown.length < points.length ? words.chart_cut : words.chart_text, { x: state.x, y: state.y, shown: shown.length, total: points.length });
    const made = kind === "bar" ? bars(shown, caption) : plot(shown, { caption, dated: typed(state.x, DATED), joined: kind === "line" });
    figure.replaceChildren(element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, made), element("figcaption", {}, caption));
  };
  const choose = (label, key, options) => {
    const select = element("select", {}, ...options.map(([value, text]) => element("option", { value, ...(value === state[key] ? { selected: "" } : {}) }, text)));
    select.addEventListener("change", () => { state[key] = select.value; draw(); });
    return element("label", {}, `${label} `, select);
  };
  draw();
  return [
    element("p", { class: "choices" },
      choose(words.chart_kind, "kind", [["bar", words.chart_bar], ["line", words.chart_line], ["scatter", words.chart_scatter]]),
      choose(words.chart_x, "x", names.map((name) => [name, name])),
      choose(words.chart_y, "y", numeric.map((name) => [name, name]))),
    figure,
  ];
}

function named(term) {
  if (!term) return "–";
  return term.type === "uri" ? shorten(term.value) : term.value;
}

// Round steps over a range that always holds 0.
function ticks(low, high) {
  const span = high - low || 1;
  const rough = span / 5;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * size).find((one) => one >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}

function bars(points, caption) {
  const line = 24, left = 270, width = 520, top = 24;
  const values = points.map(({ y }) => y);
  const low = Math.min(0, ...values), high = Math.max(0, ...values) || 1;
  const at = (value) => left + (width * (value - low)) / (high - low);
  const height = top + points.length * line + 6;
  const made = svg("svg", { class: "chart", viewBox: `0 0 ${left + width + 90} ${height}`, width: left + width + 90, height, role: "img", "aria-label": caption });
  for (const tick of ticks(low, high)) {
    made.append(svg("line", { class: "grid", x1: at(tick), x2: at(tick), y1: top - 4, y2: height - 4 }), svg("text", { class: "middle", x: at(tick), y: 14 }, number(tick)));
  }
  points.forEach(({ x, y }, place) => {
    const name = named(x), from = Math.min(at(0), at(y)), here = top + place * line;
    made.append(
      svg("text", { class: "end", x: left - 8, y: here + 16 }, name.length > 36 ? `${name.slice(0, 35)}…` : name),
      svg("rect", { class: "mark", x: from, y: here + 3, width: Math.max(1, Math.abs(at(y) - at(0))), height: line - 7 }, svg("title", {}, `${name}: ${number(y)}`)),
      svg("text", { x: Math.max(at(0), at(y)) + 6, y: here + 16 }, number(y)),
    );
  });
  return made;
}

function plot(points, { caption, dated, joined }) {
  const width = 720, height = 320, left = 70, bottom = 34, top = 12;
  const place = (term) => (dated ? Date.parse(term?.value.length === 4 ? `${term.value}-01-01` : term?.value) : Number(term?.value));
  const known = points.map(({ x, y }) => [place(x), y]).filter(([x]) => Number.isFinite(x));
  if (joined) known.sort((one, other) => one[0] - other[0]);
  const xs = known.map(([x]) => x), ys = known.map(([, y]) => y);
  const [west, east] = [Math.min(...xs), Math.max(...xs)], [low, high] = [Math.min(0, ...ys), Math.max(0, ...ys) || 1];
  const across = (x) => left + (width * (x - west)) / (east - west || 1);
  const up = (y) => top + height - (height * (y - low)) / (high - low || 1);
  const made = svg("svg", { class: "chart", viewBox: `0 0 ${left + width + 50} ${top + height + bottom}`, width: left + width + 50, height: top + height + bottom, role: "img", "aria-label": caption });
  for (const tick of ticks(low, high)) made.append(svg("line", { class: "grid", x1: left, x2: left + width, y1: up(tick), y2: up(tick) }), svg("text", { class: "end", x: left - 8, y: up(tick) + 4 }, number(tick)));
  const marks = dated ? [0, 1, 2, 3, 4].map((part) => west + ((east - west) * part) / 4) : ticks(west, east);
  for (const mark of marks) made.append(svg("text", { class: "middle", x: across(mark), y: top + height + 22 }, dated ? new Date(mark).toISOString().slice(0, 10) : number(mark)));
  if (joined) made.append(svg("path", { class: "line", d: known.map(([x, y], n) => `${n ? "L" : "M"}${across(x).toFixed(1)} ${up(y).toFixed(1)}`).join("") }));
  if (!joined || known.length <= MOST_MARKS) made.append(...known.map(([x, y]) => svg("circle", { class: "mark", cx: across(x), cy: up(y), r: 3.5 }, svg("title", {}, number(y)))));
  return made;
}

// ---- graph -------------------------------------------------------------------------------------------------------

// The edges of rows: the first column to the last that is a thing too, by the one between them if there are three.
export function edges({ names, rows }) {
  const things = names.filter((name) => rows.some((row) => row[name]) && rows.every((row) => !row[name] || row[name].type !== "literal"));
  if (things.length < 2) return [];
  const [from, to] = [things[0], things.at(-1)], by = things.length > 2 ? things[1] : null;
  return rows.filter((row) => row[from] && row[to]).map((row) => ({ from: row[from].value, to: row[to].value, by: by && row[by] ? row[by].value : "" }));
}

// N-Triples between things; what is said in words has no node.
export function triples(text) {
  const pattern = /^(?:<([^>]*)>|(_:\S+)) <([^>]*)> (?:<([^>]*)>|(_:\S+)) \.$/gm;
  return Array.from(text.matchAll(pattern), ([, iri, blank, by, target, other]) => ({ from: iri ?? blank, by, to: target ?? other }));
}

export async function graph(found) {
  const kept = [], places = new Map();
  for (const edge of found) {
    const fresh = new Set([edge.from, edge.to].filter((one) => !places.has(one)));
    if (places.size + fresh.size > MOST_NODES) continue;
    for (const one of fresh) places.set(one, null);
    kept.push(edge);
  }
  if (!kept.length) return [element("p", { class: "note" }, words.graph_none)];
  const labels = await labelled([...places.keys()].filter((one) => link(one)));
  const name = (iri) => labels.get(iri) ?? shorten(iri);
  const nodes = [...places.keys()].sort((one, other) => kind(one).localeCompare(kind(other)) || name(one).localeCompare(name(other)));
  const radius = Math.max(150, (nodes.length * 26) / (2 * Math.PI)), margin = 210, size = 2 * (radius + margin), middle = size / 2;
  const kinds = [...new Set(nodes.map(kind))];
  nodes.forEach((node, place) => {
    const angle = (2 * Math.PI * place) / nodes.length - Math.PI / 2;
    places.set(node, { x: middle + radius * Math.cos(angle), y: middle + radius * Math.sin(angle), turn: (angle * 180) / Math.PI });
  });
  const caption = fill(kept.length < found.length ? words.graph_cut : words.graph_text, { nodes: nodes.length, edges: kept.length, total: found.length });
  const made = svg("svg", { class: "ring answer", viewBox: `0 0 ${size} ${size}`, width: size, height: size, role: "group", "aria-label": caption });
  for (const { from, to, by } of kept) {
    const [a, b] = [places.get(from), places.get(to)];
    const said = `${name(from)} → ${by ? `${shorten(by)} → ` : ""}${name(to)}`;
    const bend = from === to ? `q 40 -40 0 .1` : `Q ${middle} ${middle} ${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
    made.append(svg("path", { class: "tie", d: `M${a.x.toFixed(1)} ${a.y.toFixed(1)} ${bend}` }, svg("title", {}, said)));
  }
  for (const node of nodes) made.append(drawn(node, name(node), places.get(node), kinds.indexOf(kind(node)) % 4));
  return [element("figure", { class: "drawing" }, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, made), element("figcaption", {}, caption))];
}

// The names of things, in the language of the page where there is one; a drawing without names is better than none.
async function labelled(iris) {
  const query = `SELECT ?thing ?label { VALUES ?thing { ${iris.map((iri) => `<${iri}>`).join(" ")} } ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?label }`;
  const found = new Map();
  if (!iris.length) return found;
  const answer = await fetch("/sparql", { method: "POST", headers: { Accept: "application/sparql-results+json" }, body: new URLSearchParams({ query }) });
  if (!answer.ok) return found;
  for (const { thing, label } of (await answer.json()).results.bindings) {
    if (!found.has(thing.value) || label["xml:lang"] === language) found.set(thing.value, label.value);
  }
  return found;
}

// The type of a thing of ours, or the vocabulary of any other: what stands together on the ring.
function kind(iri) {
  return iri.match(/\/id\/([a-z]+)\//)?.[1] ?? iri.replace(/[^/#]*$/, "");
}

function drawn(iri, name, { x, y, turn }, shape) {
  const outward = Math.abs(turn) > 90 && turn < 270 && Math.cos((turn * Math.PI) / 180) < 0;
  const text = svg("text", { class: outward ? "end" : "start", x: outward ? -11 : 11, y: 4, transform: `rotate(${(outward ? turn + 180 : turn).toFixed(1)})` }, name.length > 30 ? `${name.slice(0, 29)}…` : name);
  const paths = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", "M-5 -5h10v10h-10z", "M0 -6l6 11h-12z", "M0 -7l7 7l-7 7l-7 -7z"];
  const made = svg("g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, svg("title", {}, iri), svg("path", { class: "node", d: paths[shape] }), text);
  const href = link(iri);
  return href ? svg("a", { href, ...(href.startsWith("/") ? {} : { rel: "external nofollow" }) }, made) : made;
}
