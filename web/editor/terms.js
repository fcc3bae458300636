// RDF terms as a reader sees them: short names, links to pages.
import { path, prefixes } from "./dom.js";

const BASE = "https://w3id.org/questeur/";
export const NUMERIC = /#(integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger)$/;

// A thing of ours leads to its page here, any other to the web; nothing but http(s) is a link.
export function link(iri) {
  if (iri.startsWith(`${BASE}id/`)) return path(`/${iri.slice(BASE.length + 3)}`);
  if (iri.startsWith(`${BASE}ns#`)) return path(`/ns/${iri.slice(BASE.length + 3)}`);
  return /^https?:\/\//.test(iri) ? iri : null;
}

export function shorten(iri) {
  if (iri.startsWith(`${BASE}id/`)) return iri.slice(BASE.length + 3).replace(/^[a-z]+\//, "");
  const found = Object.entries(prefixes).find(([, start]) => iri.startsWith(start) && iri.length > start.length);
  return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
}
