// The SPARQL page with script: it enhances the plain form, which stays in step and works without.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { linter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { check, diagnostic } from "./check.js";
import { complete } from "./complete.js";
import { remember, remembered } from "./past.js";
import { Results } from "./results.js";
import { snippets } from "./snippets.js";
import { element, words } from "./dom.js";

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--keyword)", fontWeight: "600" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--variable)" },
  { tag: [tags.string, tags.meta], color: "var(--string)" },
  { tag: [tags.atom, tags.standard(tags.variableName), tags.operator, tags.propertyName], color: "var(--name)" },
  { tag: [tags.number, tags.literal, tags.bool], color: "var(--number)" },
  { tag: tags.comment, color: "var(--comment)", fontStyle: "italic" },
]);
const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--soft)", borderRadius: "var(--radius)", fontSize: ".9rem" },
  "&.cm-focused": { outline: "3px solid var(--mark)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", minHeight: "15rem", maxHeight: "60vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: ".7rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--soft)", border: "0", paddingLeft: ".3rem" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--accent-soft)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--soft)", borderRadius: "var(--radius)", maxWidth: "min(34rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "15rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".2rem .6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--button)", color: "var(--button-ink)" },
  ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--sans)", color: "inherit", marginLeft: "1rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { padding: ".5rem .7rem", fontFamily: "var(--sans)", backgroundColor: "var(--surface)" },
  ".cm-diagnostic": { padding: ".4rem .7rem", fontFamily: "var(--sans)", borderLeft: "4px solid var(--mark)" },
  ".cm-diagnosticAction": { font: "inherit", fontWeight: "600", color: "var(--button-ink)", backgroundColor: "var(--button)", border: "0", borderRadius: "var(--radius)", padding: ".2rem .7rem", minHeight: "24px", margin: "0 0 0 .8rem", cursor: "pointer" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy 2px var(--mark)", textUnderlineOffset: ".25em" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline dotted 2px var(--note-line)", textUnderlineOffset: ".25em" },
});

// Typing over a selection is done here: the browser's own way keeps its look by a style attribute, which the policy blocks.
const TYPING = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const [from, to] = selected(view);
    if (event.inputType !== "insertText" || event.isComposing || !event.data || from === to) return false;
    event.preventDefault();
    const insert = () => view.state.update({ changes: { from, to, insert: event.data }, selection: { anchor: from + event.data.length }, userEvent: "input.type", scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((one) => one(view, from, to, event.data, insert))) view.dispatch(insert());
    return true;
  },
});

// The document's own selection may be newer than the editor's: a key may follow at once.
function selected(view) {
  const own = view.root.getSelection?.();
  if (!own?.anchorNode || !view.contentDOM.contains(own.anchorNode)) return [view.state.selection.main.from, view.state.selection.main.to];
  const ends = [view.posAtDOM(own.anchorNode, own.anchorOffset), view.posAtDOM(own.focusNode, own.focusOffset)];
  return ends.sort((one, other) => one - other);
}

class Page {
  constructor(form) {
    this.form = form;
    this.area = form.querySelector("textarea");
    this.results = new Results(document.querySelector("#outcome"));
    this.host = element("div", { class: "editor-host" });
    this.area.before(this.host);
    const root = this.host.attachShadow({ mode: "open" });
    this.view = new EditorView({ state: this.state(this.area.value), parent: root, root });
    this.area.hidden = true;
    form.querySelector("label").addEventListener("click", () => this.view.focus());
    this.buttons();
    this.past();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    addEventListener("popstate", () => this.restore());
    this.restoreLong();
    this.code();
    this.host.dataset.ready = "true";
  }

  state(doc) {
    const kept = EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      this.area.value = update.state.doc.toString();
      clearTimeout(this.later);
      this.later = setTimeout(() => this.code(), 400);
    });
    return EditorState.create({
      doc,
      extensions: [
        lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), EditorView.lineWrapping, kept, TYPING, THEME,
        StreamLanguage.define(sparql), syntaxHighlighting(COLOURS),
        autocompletion({ override: [complete], icons: false, defaultKeymap: true }),
        linter((view) => check(view, this.form), { delay: 300 }),
        EditorView.contentAttributes.of({ "aria-label": words.query, "aria-multiline": "true", spellcheck: "false", autocapitalize: "off" }),
        keymap.of([
          { key: "Ctrl-Enter", mac: "Cmd-Enter", preventDefault: true, run: () => (this.run(), true) },
          ...closeBracketsKeymap, ...defaultKeymap.filter((one) => one.key !== "Mod-Enter"), ...historyKeymap, ...completionKeymap, ...lintKeymap,
        ]),
      ],
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  set text(value) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: value } });
  }

  buttons() {
    const actions = this.form.querySelector(".actions");
    this.stop = element("button", { type: "button", class: "plain-button", hidden: "" }, words.cancel);
    this.stop.addEventListener("click", () => this.running?.abort());
    const share = element("button", { type: "button", class: "plain-button" }, words.share);
    const said = element("span", { class: "meta", role: "status" });
    share.addEventListener("click", async () => {
      const link = await this.link();
      try {
        await navigator.clipboard.writeText(location.origin + link);
        said.textContent = words.copied;
      } catch {
        said.replaceChildren(element("a", { href: link }, words.link));
      }
    });
    actions.append(this.stop, share, said);
  }

  past() {
    this.list = element("ol", { class: "past" });
    const box = element("details", { class: "inline" }, element("summary", {}, words.past), this.list);
    this.form.after(box);
    this.showPast();
  }

  showPast() {
    const kept = remembered();
    this.list.parentElement.hidden = !kept.length;
    this.list.replaceChildren(...kept.map((text) => {
      const short = text.replace(/^\s*PREFIX[^\n]*\n/gim, "").trim().replace(/\s+/g, " ").slice(0, 110);
      const button = element("button", { type: "button", class: "plain-button" }, short || text.slice(0, 110));
      button.addEventListener("click", () => { this.text = text; this.view.focus(); });
      return element("li", {}, button);
    }));
  }

  code() {
    const box = document.querySelector("#code");
    if (!box) return;
    box.hidden = false;
    box.querySelector(".snippets").replaceChildren(...snippets(location.origin + "/sparql", this.text).flatMap(([name, text]) => [
      element("h3", {}, name), element("pre", { tabindex: "0", "data-code": name, role: "region", "aria-label": name }, element("code", {}, text)),
    ]));
  }

  // The state of the page is its address; a query too long for an address goes, packed, behind the hash.
  async link() {
    const plain = `${location.pathname}?${new URLSearchParams({ query: this.text })}`;
    if (plain.length < 2000) return plain;
    const packed = new Blob([this.text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    return `${location.pathname}#q=${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  }

  async restoreLong() {
    if (!location.hash.startsWith("#q=")) return false;
    try {
      const text = atob(location.hash.slice(3).replaceAll("-", "+").replaceAll("_", "/"));
      const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
      this.text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
    } catch {
      this.results.say(words.bad_link);
    }
    return true;
  }

  async restore() {
    if (await this.restoreLong()) return;
    const query = new URLSearchParams(location.search).get("query");
    if (query !== null) { this.text = query; this.run({ push: false }); }
  }

  async run({ push = true } = {}) {
    this.running?.abort();
    const mine = (this.running = new AbortController());
    const text = this.text;
    if (document.querySelector("#problem")) return HTMLFormElement.prototype.submit.call(this.form);
    this.stop.hidden = false;
    try {
      if (push) { const link = await this.link(); if (link !== location.pathname + location.search) window.history.pushState(null, "", link); }
      remember(text);
      this.showPast();
      const problem = await this.results.ask(text, mine.signal);
      if (problem) this.problem(problem);
    } finally {
      if (this.running === mine) { this.running = null; this.stop.hidden = true; }
    }
  }

  // The place and the repair of an error, at the text itself and beside the result.
  problem(problem) {
    const found = problem.line ? diagnostic(this.view, problem, "error") : null;
    if (found) {
      this.view.dispatch(setDiagnostics(this.view.state, [found]), { selection: { anchor: found.from }, scrollIntoView: true });
      const repair = found.actions?.[0];
      if (repair) this.results.offer(repair.name, () => { repair.apply(this.view); this.run(); });
    }
  }
}

const form = document.querySelector("form.query[data-words]");
if (form) new Page(form);
