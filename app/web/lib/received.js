// What Python sends of a view's data: what changed since an earlier message. `app/components/sent.py` is the other end.

/** @typedef {Uint8Array | Float32Array | Float64Array | Int32Array} Values */
/** @typedef {{bytes: Uint8Array<ArrayBuffer>, type?: string, values?: Values}} Part */

import { bitsOf } from "./bits.js";

const READERS = { u1: Uint8Array, f4: Float32Array, f8: Float64Array, i4: Int32Array };

/**
 * The messages that one view has received, as far as later ones may be based on them.
 * @template Header
 */
export class Received {
  /** @type {Map<number, Part[]>} */
  #messages = new Map();
  /** Of the last message. @type {Part[]} */
  #latest = [];

  /** The numbers of those messages. */
  get held() {
    return [...this.#messages.keys()];
  }

  /**
   * Header and arrays that a message stands for; null where it is based on one that never came.
   * Arrays that are as they were in the last message are the same objects.
   * @param {Uint8Array} message
   * @returns {{header: Header, arrays: Values[]} | null}
   */
  take(message) {
    const { head, end } = headOf(message);
    const base = head.base === null ? [] : this.#messages.get(head.base);
    if (!base) return null;
    let at = end;
    const parts = head.parts.map((entry, place) => {
      const [source, kept, size] = entry || [place, base[place].bytes.length, 0];
      const part = joined(base[source], kept, message.subarray(at, at + size));
      at += size;
      const before = this.#latest[place];
      return before && isEqual(before.bytes, part.bytes) ? before : part;
    });
    this.#latest = parts;
    for (const number of this.#messages.keys()) if (head.base === null || number < head.base) this.#messages.delete(number);
    if (head.isOffered) this.#messages.set(head.number, parts);
    return read(parts);
  }
}

const CLOSE = 1_000_000; // numbers of messages from one session lie closer together; those of different ones hardly ever do

/** Whether a message was made before another to the same view. @param {number} number @param {number} other */
export const isOlder = (number, other) => number < other && other - number < CLOSE;

/** @param {Uint8Array} message @returns {{head: import("../wire.js").SentHead, end: number}} */
export function headOf(message) {
  const end = 4 + new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  return { head: JSON.parse(inText(message.subarray(4, end))), end };
}

/** @type {Map<string, Received<unknown>>} */
const kept = new Map();

/**
 * What views under a key have received: it outlives them, as Python's memory of what it sent does.
 * @template Header
 * @param {string} key
 * @returns {Received<Header>}
 */
export function receivedBy(key) {
  const found = kept.get(key) ?? new Received();
  kept.set(key, found);
  return /** @type {Received<Header>} */ (found);
}

/**
 * A part that begins like an earlier one.
 * @param {Part | undefined} before
 * @param {number} kept bytes of it
 * @param {Uint8Array} added
 * @returns {Part}
 */
function joined(before, kept, added) {
  if (!before || !kept) return { bytes: new Uint8Array(added) }; // a copy, so that it begins where its memory does
  if (!added.length && kept === before.bytes.length) return before;
  const bytes = new Uint8Array(kept + added.length);
  bytes.set(before.bytes.subarray(0, kept));
  bytes.set(added, kept);
  return { bytes };
}

/** @param {Uint8Array} one @param {Uint8Array} other */
const isEqual = (one, other) => one === other || (one.length === other.length && one.every((byte, place) => byte === other[place]));

/**
 * @template Header
 * @param {Part[]} parts
 * @returns {{header: Header, arrays: Values[]}}
 */
function read(parts) {
  const types = /** @type {string[]} */ (JSON.parse(inText(parts[1].bytes)));
  /** @param {Part} part @returns {unknown} */
  const objectOf = ({ bytes }) => JSON.parse(inText(bytes), (_, value) => (value?.$held ? listOf(value.$held) : value));
  /** @param {[number, number]} held */
  const listOf = ([first, end]) => parts.slice(2 + first, 2 + end).map(objectOf);
  const begin = parts.length - types.length;
  return { header: /** @type {Header} */ (objectOf(parts[0])), arrays: types.map((type, place) => valuesOf(parts[begin + place], type)) };
}

/** @param {Uint8Array} bytes */
const inText = (bytes) => new TextDecoder().decode(bytes);

/** Read once, unless equal bytes now stand for values of another type. @param {Part} part @param {string} type @returns {Values} */
function valuesOf(part, type) {
  if (part.type === type && part.values) return part.values;
  part.type = type;
  if (type.startsWith("b")) part.values = bitsOf(part.bytes, Number(type.slice(1)));
  else part.values = new READERS[/** @type {keyof typeof READERS} */ (type)](part.bytes.buffer);
  return part.values;
}
