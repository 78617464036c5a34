// What was typed into a field, as a number; `app/words/typed_numbers.py` reads other fields by the same rule.

/**
 * The number that a text stands for, NaN where it isn't one plain number. One comma is a decimal point, but 1,500 may be fifteen hundred
 * too; with a point beside it, or several, nobody knows which number was meant. A minus sign may be the typographic one. Whole numbers are
 * digits alone. What would become 0 or infinity is no number to compute with.
 * @param {string} text
 * @param {boolean} isWhole
 */
export function typedNumber(text, isWhole) {
  const typed = text.trim().replaceAll("\u2212", "-");
  if (isWhole) return /^[-+]?0*\d{1,18}$/.test(typed) ? Number(typed) : NaN;
  const isPlain = /^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i.test(typed) && !/^[-+]?[1-9]\d{0,2},\d{3}$/.test(typed);
  const value = isPlain ? Number(typed.replace(",", ".")) : NaN;
  const isLost = value === 0 && /[1-9]/.test(typed.split(/e/i)[0]);
  return Number.isFinite(value) && !isLost ? value : NaN;
}
