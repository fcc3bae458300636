// Completion from what the graph holds: classes after `a`, properties elsewhere, those of the subject's class first,
// with the explanation in the page's language and how often each is used. The PREFIX line comes with the name.
import { language, number } from "./dom.js";

const KEYWORDS = ("SELECT DISTINCT WHERE OPTIONAL FILTER UNION MINUS GRAPH VALUES BIND SERVICE ASK CONSTRUCT DESCRIBE PREFIX BASE " +
  "EXISTS LIMIT OFFSET HAVING COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT CONTAINS LCASE REGEX BOUND YEAR MONTH STR LANG COALESCE IF").split(" ")
  .concat(["ORDER BY", "GROUP BY", "NOT EXISTS"]);
let schema;

async function load() {
  schema ??= fetch("/ns.json").then(async (answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))));
  try {
    return await schema;
  } catch {
    schema = undefined;
    return null;
  }
}

export async function complete(context) {
  const before = context.state.sliceDoc(0, context.pos);
  const text = context.state.doc.toString();
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) return { from: variable.from, options: variables(text, variable.text), validFor: /^[?$]\w*$/ };
  const word = context.matchBefore(/[A-Za-z][\w-]*:?[\w-]*/);
  if (!word && !context.explicit) return null;
  if (/(^|[^\\])(#|")[^"\n]*$/.test(before.slice(before.lastIndexOf("\n") + 1)) && !/<[^>]*#[^>]*>/.test(before.slice(before.lastIndexOf("\n") + 1))) return null;
  const known = await load();
  if (!known || context.aborted) return null;
  const start = word ? word.from : context.pos;
  const head = text.slice(0, start);
  if (/\bPREFIX\s+$/i.test(head)) return { from: start, options: declarations(known) };
  const classes = /(^|[\s;])(a|rdf:type)\s+$/.test(head);
  const options = terms(known, classes ? "class" : "property", head, text);
  return { from: start, options: classes ? options : [...options, ...KEYWORDS.map((label) => ({ label, type: "keyword", boost: -20 }))], validFor: /^[\w:-]*$/ };
}

function terms(known, kind, head, text) {
  const subject = kind === "property" ? classOf(head, text, known) : null;
  const wider = subject ? above(subject, known) : new Set();
  const ours = known.terms.filter((one) => (kind === "class" ? one.kind === "class" : ["link", "value"].includes(one.kind)));
  const theirs = known.borrowed.filter((one) => one.kind === kind);
  const most = Math.max(1, ...[...ours, ...theirs].map((one) => one.count ?? 0));
  return [...ours, ...theirs].map((one) => ({
    label: one.name,
    detail: [one.label?.[language], one.count === null || one.count === undefined ? "" : number(one.count)].filter(Boolean).join(" · "),
    info: one.comment?.[language] || undefined,
    boost: (one.domain ?? []).some((iri) => wider.has(iri)) ? 50 : Math.round((20 * Math.log1p(one.count ?? 0)) / Math.log1p(most)) - 10,
    apply: (view, _, from, to) => insert(view, one, known, from, to),
  }));
}

// The class that the text gives to the subject of the pattern being written.
function classOf(head, text, known) {
  const pattern = head.slice(Math.max(head.lastIndexOf("{"), head.search(/\.[^.]*$/)) + 1);
  const inside = /\ba\s+([\w-]+:[\w-]+)/.exec(pattern);
  const subject = /^\s*([?$]\w+|<[^>]*>|[\w-]+:[\w-]*)/.exec(pattern)?.[1];
  const elsewhere = subject ? new RegExp(`${subject.replace(/[?$.*+()[\]\\|^{}]/g, "\\$&")}\\s+a\\s+([\\w-]+:[\\w-]+)`).exec(text) : null;
  const name = (inside ?? elsewhere)?.[1];
  return known.terms.find((one) => one.name === name)?.iri ?? null;
}

function above(iri, known, found = new Set()) {
  if (found.has(iri)) return found;
  found.add(iri);
  for (const wider of known.terms.find((one) => one.iri === iri)?.above ?? []) above(wider, known, found);
  return found;
}

function insert(view, one, known, from, to) {
  const prefix = one.name.split(":")[0];
  const text = view.state.doc.toString();
  const declared = new RegExp(`\\bPREFIX\\s+${prefix}:`, "i").test(text);
  const line = declared || !known.prefixes[prefix] ? "" : `PREFIX ${prefix}: <${known.prefixes[prefix]}>\n`;
  view.dispatch({
    changes: [...(line ? [{ from: 0, insert: line }] : []), { from, to, insert: one.name }],
    selection: { anchor: line.length + from + one.name.length },
    userEvent: "input.complete",
  });
}

function variables(text, written) {
  return [...new Set(text.match(/[?$]\w+/g) ?? [])].filter((name) => name !== written).map((label) => ({ label }));
}

function declarations(known) {
  return Object.entries(known.prefixes).map(([prefix, iri]) => ({ label: `${prefix}: <${iri}>`, displayLabel: `${prefix}:`, detail: iri }));
}
