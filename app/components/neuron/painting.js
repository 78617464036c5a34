// What the plot and the panels are painted with: lines, words, axes, and numbers in words.

/** The context of a canvas that is as sharp as the screen, in pixels of the page. */
function clearedContext(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  const [wide, tall] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== tall) {
    Object.assign(canvas, { width: wide, height: tall });
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A line through points in pixels, one alone as a dot. */
function paintPath(context, points, color, width = 1, dash = [], opacity = 1) {
  context.beginPath();
  if (points.length === 1) {
    context.fillStyle = color;
    context.arc(...points[0], 4.5, 0, 2 * Math.PI);
    return context.fill();
  }
  Object.assign(context, { strokeStyle: color, lineWidth: width, globalAlpha: opacity });
  context.setLineDash(dash);
  for (const point of points) context.lineTo(...point);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** The horizontal axis at a height, with some of its values. */
function paintScale(stage, y, most, name) {
  const { context, axis, x, palette } = stage;
  const line = (...points) => paintPath(context, points, palette.muted);
  const right = LEFT + plotWidth(axis);
  line([LEFT, y], [right, y]);
  for (const value of ticks(axis.from, axis.to, most)) {
    line([x(value), y], [x(value), y + 4]);
    write(stage, inDigits(value), x(value), y + 11, "center");
  }
  write(stage, name, right, y + 24, "right");
}

function write({ context, palette }, text, x, y, textAlign) {
  Object.assign(context, { fillStyle: palette.muted, textAlign, textBaseline: "middle" });
  context.fillText(text, x, y);
}

/** A number with the digits it deserves. */
function inDigits(value) {
  return String(Number.isInteger(value) && Math.abs(value) < 1e6 ? value : Number(value.toPrecision(3)));
}
