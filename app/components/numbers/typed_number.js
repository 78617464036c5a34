// What was typed into a field, as a number; `app/number_text.py` reads other fields by the same rule.

/**
 * The number that a text stands for, NaN where it isn't one plain number. One comma is a decimal point, but 1,500 may be fifteen hundred
 * too; with a point beside it, or several, nobody knows which number was meant. A minus sign may be the typographic one.
 * @param {string} text
 */
function typedNumber(text) {
  const typed = text.trim().replace("\u2212", "-");
  const isPlain = /^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i.test(typed) && !/^[-+]?[1-9]\d{0,2},\d{3}$/.test(typed);
  return isPlain ? Number(typed.replace(",", ".")) : NaN;
}
