// The order of the samples on the wall, where each stands, and how they are counted. Pure functions of the numbers.

/** @typedef {ArrayLike<number>} Classes */

/**
 * Numbers of the samples, mistakes first, each part in the order of the data; of one pair of label and answer alone if that is asked for.
 * @param {Classes} labels
 * @param {Classes} answers
 * @param {[number, number] | null} [pair]
 */
export function ordered(labels, answers, pair = null) {
  const numbers = Array.from(labels, (_, number) => number).filter(
    (number) => !pair || (labels[number] === pair[0] && answers[number] === pair[1]),
  );
  const mistaken = numbers.filter((number) => labels[number] !== answers[number]);
  return [...mistaken, ...numbers.filter((number) => labels[number] === answers[number])];
}

/**
 * How many samples of each class (rows) are taken for each (columns).
 * @param {Classes} labels
 * @param {Classes} answers
 * @param {number} classes
 */
export function confusion(labels, answers, classes) {
  const counts = Array.from({ length: classes }, () => new Array(classes).fill(0));
  for (let number = 0; number < labels.length; number++) counts[labels[number]][answers[number]] += 1;
  return /** @type {number[][]} */ (counts);
}

/**
 * The cells of a wall: as large as all of them fit, but no smaller than `least`; then the wall is higher than the room.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @param {number} least
 * @param {number} most
 */
export function cells(count, width, height, least, most) {
  let columns = Math.max(1, Math.floor(width / most));
  const widest = Math.max(1, Math.floor(width / least));
  while (columns < widest && Math.ceil(count / columns) * Math.floor(width / columns) > height) columns += 1;
  const size = Math.min(most, Math.floor(width / columns));
  return { columns, size, rows: Math.ceil(count / columns) };
}
