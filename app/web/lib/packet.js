// Unpacks what Python sends: the length of the header, the header as JSON, and the arrays that it names, each at its offset.

/** @typedef {Uint8Array | Float32Array} Values */
/** @typedef {{dtype: "u1" | "f4", offset: number, bytes: number}} Entry */

const READERS = { u1: Uint8Array, f4: Float32Array };

/**
 * @template Header
 * @param {Uint8Array} bytes
 * @returns {{header: Header, arrays: Values[]}}
 */
export function unpack(bytes) {
  const start = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  /** @type {Header & {arrays: Entry[]}} */
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + start)));
  const arrays = header.arrays.map(({ dtype, offset, bytes: length }) => {
    const from = 4 + start + offset;
    return new READERS[dtype](bytes.slice(from, from + length).buffer); // a copy, so that it is aligned
  });
  return { header, arrays };
}
