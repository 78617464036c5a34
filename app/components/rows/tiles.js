// Draws the rows that don't run over time: bars, weights as bars or kernels, feature maps at one moment.

const FADE = 0.75; // what a spike on a feature map keeps of its darkness in a step
const REMEMBERED = 12; // steps

function drawBars(stage, row) {
  const { context, axis, height, palette } = stage;
  const z = stage.arrays[row.z];
  const top = z.reduce((most, value) => Math.max(most, value), 0) || 1;
  const floor = height - 14;
  const wide = plotWidth(axis) / z.length;
  for (let index = 0; index < z.length; index++) {
    context.fillStyle = index === row.selected ? palette.membrane : palette.text;
    const tall = z[index] / top * (floor - 2);
    context.fillRect(LEFT + index * wide, floor - tall, Math.max(wide > SEPARATE ? wide - 1 : wide, 0.5), tall);
  }
  label(stage, inWords(top), MIN_INSET);
  title(stage, row.axis);
  context.fillStyle = palette.muted;
  context.textBaseline = "bottom";
  context.textAlign = "left";
  context.fillText(String(row.first), LEFT, height);
  context.textAlign = "center";
  context.fillText(row.across, LEFT + plotWidth(axis) / 2, height);
  context.textAlign = "right";
  context.fillText(String(row.first + z.length * row.bin - 1), LEFT + plotWidth(axis), height);
}

/** Of a Linear one bar for each input, up or down; of a Conv2d its kernels side by side. On one scale, centred on zero. */
function drawWeights(stage, row) {
  const { context, axis, height } = stage;
  const z = stage.arrays[row.z];
  const largest = z.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const colors = stage.ramps.difference;
  const color = (value) => {
    const found = colors[Math.round((value / largest + 1) / 2 * (LEVELS - 1))];
    return `rgb(${found & 255} ${(found >> 8) & 255} ${(found >> 16) & 255})`;
  };
  const [count, tall = 0, across = 0] = row.shape;
  if (!tall) {
    const wide = plotWidth(axis) / count;
    const middle = height / 2;
    for (let index = 0; index < count; index++) {
      const reach = z[index] / largest * (middle - 2);
      context.fillStyle = color(Math.sign(z[index]) * largest);
      context.fillRect(LEFT + index * wide, Math.min(middle, middle - reach), Math.max(wide > SEPARATE ? wide - 1 : wide, 0.5), Math.abs(reach));
    }
    strokeLevel(stage, middle, "muted", []);
  } else {
    const { cell, place } = tiling(stage, row.shape);
    for (let index = 0; index < z.length; index++) {
      const [x, y] = place(Math.floor(index / (tall * across)));
      context.fillStyle = color(z[index]);
      context.fillRect(x + index % across * cell, y + Math.floor(index / across) % tall * cell, cell, cell);
    }
  }
  label(stage, inWords(largest), MIN_INSET);
  label(stage, inWords(-largest), height - MIN_INSET);
  title(stage, "weight");
}

/** Channels side by side, as large as the row allows. @returns {{cell: number, place: (channel: number) => number[]}} */
function tiling({ axis, height }, [count, tall, across]) {
  const gap = 4;
  let best = { cell: 1, columns: count };
  for (let columns = 1; columns <= count; columns++) {
    const lines = Math.ceil(count / columns);
    const cell = Math.min((plotWidth(axis) - gap * (columns - 1)) / columns / across, (height - 2 - gap * (lines - 1)) / lines / tall, 24);
    if (cell > best.cell) best = { cell, columns };
  }
  const { columns } = best;
  const cell = Math.max(best.cell >= 2 ? Math.floor(best.cell) : best.cell, 0.5);
  const place = (channel) => [LEFT + channel % columns * (across * cell + gap), 1 + Math.floor(channel / columns) * (tall * cell + gap)];
  return { cell, place };
}

/** The channels at the cursor's time; spikes fade over the next steps, so that playing them doesn't flicker. */
function drawMaps(stage, row) {
  const { context, palette } = stage;
  const z = stage.arrays[row.z];
  const [count, tall, across] = row.shape;
  const neurons = count * tall * across;
  const at = Math.min(Math.max(stage.at, 0), z.length / neurons - 1);
  const { cell, place } = tiling(stage, row.shape);
  const isSpikes = z instanceof Uint8Array;
  const bound = row.most ?? (row.most = z.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1);
  context.strokeStyle = palette.muted;
  for (let channel = 0; channel < count; channel++) {
    const [x, y] = place(channel);
    context.lineWidth = 0.5;
    context.globalAlpha = 1;
    context.strokeRect(x - 0.5, y - 0.5, across * cell + 1, tall * cell + 1);
  }
  context.fillStyle = isSpikes ? palette.text : palette.membrane;
  for (let neuron = 0; neuron < neurons; neuron++) {
    let shade = 0;
    if (isSpikes) {
      for (let back = 0; back < Math.min(REMEMBERED, at + 1); back++) shade += Math.sign(z[(at - back) * neurons + neuron]) * FADE ** back;
    } else {
      shade = Math.abs(z[at * neurons + neuron]) / bound;
    }
    if (!shade) continue;
    const [x, y] = place(Math.floor(neuron / (tall * across)));
    context.globalAlpha = Math.min(shade, 1);
    context.fillRect(x + neuron % across * cell, y + Math.floor(neuron / across) % tall * cell, cell, cell);
  }
  context.globalAlpha = 1;
  if (row.selected != null) {
    const [x, y] = place(Math.floor(row.selected / (tall * across)));
    context.strokeStyle = palette.membrane;
    context.lineWidth = 2;
    context.strokeRect(x + row.selected % across * cell - 1, y + Math.floor(row.selected / across) % tall * cell - 1, cell + 2, cell + 2);
  }
}

/** The value of a feature map or kernel under a place, by its number, or null. @returns {?number} */
function tileAt(stage, row, left, top) {
  const [count, tall, across] = row.shape;
  const { cell, place } = tiling(stage, row.shape);
  for (let channel = 0; channel < count; channel++) {
    const [x, y] = place(channel);
    const [column, line] = [Math.floor((left - x) / cell), Math.floor((top - y) / cell)];
    if (column >= 0 && column < across && line >= 0 && line < tall) return (channel * tall + line) * across + column;
  }
  return null;
}
