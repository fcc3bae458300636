// Builds the scripts into api/static/dist/, with a manifest and the licences of what is inside. The same sources give
// the same bytes: names are hashes of contents, and nothing of the machine or the clock enters.
// `node build.mjs --check` builds beside and compares with what is committed; what is packed, unpacked: another version
// of the packer may write other bytes.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, "..", "api", "static", "dist");
const ENTRIES = { "editor.js": "editor/editor.js", "views.js": "editor/views.js" };

process.chdir(HERE);
const made = new Map();
const manifest = {};
const packages = new Set();

for (const [name, source] of Object.entries(ENTRIES)) {
  const result = await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const bytes = Buffer.from(result.outputFiles[0].contents);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  manifest[name] = name.replace(".js", `-${hash}.js`);
  made.set(manifest[name], bytes);
  made.set(`${manifest[name]}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  for (const input of Object.keys(result.metafile.inputs)) {
    const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
}

made.set("manifest.json", Buffer.from(JSON.stringify(manifest, null, 1) + "\n"));
made.set("THIRD_PARTY_LICENSES.txt", Buffer.from([...packages].sort().map(licence).join("\n\n")));

function licence(name) {
  const folder = join("node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new Error(`${name} ${version} comes without a licence text: it cannot ship`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

if (process.argv.includes("--check")) {
  const there = readdirSync(DIST).sort();
  const plain = (name, bytes) => (name.endsWith(".br") ? brotliDecompressSync(bytes) : bytes);
  const same = (name, bytes) => there.includes(name) && plain(name, readFileSync(join(DIST, name))).equals(plain(name, bytes));
  const differing = [...made].filter(([name, bytes]) => !same(name, bytes));
  const extra = there.filter((name) => !made.has(name));
  if (differing.length || extra.length) {
    console.error(`api/static/dist is not what web/ gives: ${[...differing.map(([name]) => name), ...extra].join(", ")}. Run make assets`);
    process.exit(1);
  }
  console.log("api/static/dist is what web/ gives, byte for byte");
} else {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  for (const [name, bytes] of made) {
    writeFileSync(join(DIST, basename(name)), bytes);
    console.log(`${name} ${bytes.length}`);
  }
}
