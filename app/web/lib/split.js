// A text in parts: words of the glossary, and what stands between them. app/words/glossary.py does the same.

/**
 * @param {string} text
 * @param {import("../wire.js").Glossary} glossary
 * @returns {{text: string, word: string}[]} a word counts where it comes first; what is no word of the glossary has an empty one
 */
export function split(text, { pattern, terms }) {
  const parts = [];
  /** @type {Set<string>} */
  const seen = new Set();
  let end = 0;
  for (const found of text.matchAll(new RegExp(pattern, "g"))) {
    const { word } = terms[found.slice(1).findIndex((group) => group !== undefined)];
    if (seen.has(word)) continue;
    seen.add(word);
    parts.push({ text: text.slice(end, found.index), word: "" }, { text: found[0], word });
    end = found.index + found[0].length;
  }
  return [...parts, { text: text.slice(end), word: "" }];
}
