// What was typed into a field, as a number.

/**
 * The number that a text stands for, NaN where it isn't one plain number. One comma is a decimal point; with a point beside it, or
 * several, nobody knows which number was meant. A minus sign may be the typographic one.
 * @param {string} text
 */
function typedNumber(text) {
  const plain = text.trim().replace("\u2212", "-").replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}
