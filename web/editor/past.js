// The last queries, kept in this browser and nowhere else.
const KEY = "questeur.queries";
const MOST = 30;

export function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export function remember(text) {
  try {
    localStorage.setItem(KEY, JSON.stringify([text, ...remembered().filter((one) => one !== text)].slice(0, MOST)));
  } catch {
    // Full, or forbidden: the page works without a past.
  }
}
