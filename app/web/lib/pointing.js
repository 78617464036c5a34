// Words that point at the rows that they are about: those rows are marked while the pointer is on the words.

/**
 * Marks the rows of a layer, or ends that.
 * @param {string} layer the name of their group
 * @param {boolean} isPointedAt
 */
export function pointAt(layer, isPointedAt) {
  for (const rows of document.querySelectorAll(`.rows-group[data-layer="${layer}"]`)) rows.classList.toggle("rows-pointed", isPointedAt);
}
