// The hidden neurons' maps, of which a message may bring only some. Pure functions of what was sent.

/** A hidden neuron with its map. @typedef {{layer: number, name: string, neuron: number, side: number, most: number, values: Uint8Array}} Tile */

/**
 * All hidden neurons; those that a message leaves out keep the map that they had.
 * @param {{header: {hidden: import("../wire.js").HiddenMaps[]}, arrays: ArrayLike<number>[]}} data
 * @param {Tile[]} before
 * @returns {Tile[]}
 */
export function tilesOf({ header, arrays }, before) {
  const held = new Map(before.map((tile) => [`${tile.layer} ${tile.neuron}`, tile]));
  const first = arrays.length - header.hidden.length;
  return header.hidden.flatMap(({ layer, name, drawn, side, most, sent }, place) => {
    const values = /** @type {Uint8Array} */ (arrays[first + place]);
    const places = new Map(sent.map((neuron, index) => [neuron, index]));
    return Array.from({ length: drawn }, (_, neuron) => {
      const index = places.get(neuron);
      const kept = held.get(`${layer} ${neuron}`);
      if (index === undefined && kept) return kept;
      const map =
        index === undefined ? new Uint8Array(side * side).fill(255) : values.subarray(index * side * side, (index + 1) * side * side);
      return { layer, name, neuron, side, most, values: map };
    });
  });
}
