// Values of one bit, eight to a byte, the first one lowest.

/** @param {Uint8Array} bytes @param {number} count of the values @returns {Uint8Array<ArrayBuffer>} */
export function bitsOf(bytes, count = 8 * bytes.length) {
  const values = new Uint8Array(count);
  for (let at = 0; at < count; at++) values[at] = (bytes[at >> 3] >> (at & 7)) & 1;
  return values;
}
