// The query as a program in four languages, each of which runs as printed.
export function snippets(address, query) {
  return [
    ["curl", `curl -sS ${shell(address)} -H 'Accept: text/csv' \\\n  --data-urlencode ${shell(`query=${query}`)}`],
    ["Python", `import csv
import io
import urllib.parse
import urllib.request

query = ${python(query)}
request = urllib.request.Request(
    ${JSON.stringify(address)},
    data=urllib.parse.urlencode({"query": query}).encode(),
    headers={"Accept": "text/csv"},
)
with urllib.request.urlopen(request) as answer:
    rows = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8")))
print(len(rows), rows[:3])`],
    ["R", `query <- ${r(query)}
address <- paste0(${JSON.stringify(`${address}?format=csv&query=`)}, URLencode(query, reserved = TRUE))
rows <- read.csv(address)
head(rows)`],
    ["JavaScript", `const query = ${javascript(query)};
const answer = await fetch(${JSON.stringify(address)}, {
  method: "POST",
  headers: { Accept: "application/sparql-results+json" },
  body: new URLSearchParams({ query }),
});
const { results } = await answer.json();
console.log(results.bindings.length, results.bindings.slice(0, 3));`],
  ];
}

function shell(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function python(text) {
  return text.includes('"""') || text.includes("\\") || text.endsWith('"') ? JSON.stringify(text) : `"""${text}"""`;
}

function javascript(text) {
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, "\\$&")}\``;
}

function r(text) {
  return text.includes(')---"') ? JSON.stringify(text) : `r"---(${text})---"`;
}
