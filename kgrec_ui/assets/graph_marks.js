// How entities and links look, what is drawn beside them, and which part of the drawing is seen.

const EASE = { animation: { duration: 350, easingFunction: "easeInOutQuad" } };
const NAME = 12.5, LOUD_NAME = 17, BESIDE = 7;
const PLATE_PADDING = 6, PLATE_HEIGHT = 24;
const MARGIN = 22, TOP_MARGIN = 44, MAX_ZOOM = 1.4; // the buttons lie at the top
const PLATE = "p", PORT = "r", BEND = "b"; // what begins the ids of all that is no entity
const BESIDE_SIDES = new Set(["left", "right", "above"]); // names that we draw ourselves
const OWN_SIDES = new Set([...BESIDE_SIDES, "plate"]); // marks that need something drawn later
const HIDDEN = { shape: "dot", size: 0, borderWidth: 0, opacity: 0, label: "", chosen: false };

function nodeOptions(view, node) {
  const { types, colors, scale, font } = view.drawing;
  const group = types[node.type], isSelected = node.id === view.selected;
  const border = isSelected ? colors.accent : node.ring ? colors.text : group.color;
  const color = { background: group.color, border };
  const isLoud = node.center || isSelected;
  const words = isSelected ? node.name || node.label : node.label;
  return {
    id: node.id, label: node.side === "below" ? words || " " : " ", shape: group.shape, size: node.size,
    borderWidth: (isSelected ? 5 : node.ring ? 3 : 1) * scale,
    color: { ...color, highlight: color, hover: color }, opacity: node.dim && !isSelected ? 0.35 : 1,
    font: { color: node.dim && !isSelected ? colors.muted : colors.text, face: font,
      size: (isLoud ? LOUD_NAME : NAME) * scale, strokeWidth: 3 * scale, strokeColor: colors.background },
    shapeProperties: { borderDashes: node.open ? [6, 4] : false },
  };
}

// Mark and name on a ground that covers the lines below. Its right edge is where lines begin that
// go to the right; they hang on an entity of vis-network that nobody sees.
function plateOptions(view, node) {
  const { colors, scale, font } = view.drawing, isSelected = node.id === view.selected;
  const border = isSelected ? colors.accent : colors.grid;
  const color = { background: colors.background, border };
  const ctx = view.canvas.querySelector("canvas").getContext("2d");
  const padding = PLATE_PADDING * scale;
  const left = node.size * 1.25 + padding, beside = node.size + BESIDE * scale;
  ctx.save();
  ctx.font = `${NAME * scale}px ${font}`;
  const words = ctx.measureText(node.label).width;
  ctx.restore();
  const right = Math.max(beside + words + padding, node.reach), height = Math.max(PLATE_HEIGHT * scale, node.size * 2.2);
  const plate = {
    id: `${PLATE}${node.id}`, label: node.label, shape: "box", borderWidth: scale,
    chosen: false, color: { ...color, highlight: color, hover: color },
    shapeProperties: { borderRadius: 5 * scale }, heightConstraint: { minimum: height },
    margin: { left: left + beside, right: right - beside - words, top: 0, bottom: 0 },
    font: { color: node.dim ? colors.muted : colors.text, face: font, size: NAME * scale },
  };
  return {
    plate, port: { ...HIDDEN, id: `${PORT}${node.id}` },
    plateAt: { x: node.x + (right - left) / 2, y: node.y }, portAt: { x: node.x + right, y: node.y },
  };
}

// The stretches of a line: one, or one more than it has bends; bends hang on hidden entities.
function stretches(view, edge) {
  const head = view.byId.get(edge.from), tail = view.byId.get(edge.to);
  const points = edge.bends.map(([x, y], i) => ({ id: `${BEND}${edge.id}.${i}`, x, y }));
  const first = points[0] || tail, last = points[points.length - 1] || head;
  const ends = [endOf(head, first), ...points.map((point) => point.id), endOf(tail, last)];
  const edges = ends.slice(1).map((to, i) => {
    const isLast = i === ends.length - 2, options = edgeOptions(view, edge, isLast);
    return { ...options, id: i ? `${edge.id}.${i}` : edge.id, from: ends[i], to,
      label: i ? "" : options.label };
  });
  return { edges, points: points.map((point) => ({ ...HIDDEN, ...point })) };
}

function endOf(node, next) {
  return node.side === "plate" && next.x > node.x + node.size * 2 ? `${PORT}${node.id}` : node.id;
}

// The entity that a node of vis-network stands for; undefined for a bend or none.
function entityOf(id) {
  const found = /^[pr]?(\d+)$/.exec(String(id));
  return found ? Number(found[1]) : undefined;
}

// The triple that an edge of vis-network is a stretch of.
const tripleOf = (id) => String(id).split(".")[0];

// The stretches of all lines of an entity, so that pointing at it shows where they go.
function linesOf(view, id) {
  return view.drawing.edges.filter((edge) => edge.from === id || edge.to === id)
    .flatMap((edge) => [edge.id, ...edge.bends.map((_, i) => `${edge.id}.${i + 1}`)]);
}

function edgeOptions(view, edge, hasArrow) {
  const { colors, scale, font } = view.drawing;
  const color = { color: colors[edge.tone] || colors.muted, highlight: colors.accent, hover: colors.accent,
    opacity: edge.tone ? 0.8 : edge.faint ? 0.22 : 0.6 };
  return {
    label: edge.label, width: edge.width * scale, color, dashes: edge.dashed, selectionWidth: 1,
    arrows: { to: { enabled: hasArrow, scaleFactor: edge.faint ? 0.25 : 0.45 } },
    font: { size: 11 * scale, color: colors.muted, face: font, strokeWidth: 3 * scale,
      strokeColor: colors.background },
  };
}

// Another entity is selected: two marks change, whatever else is drawn.
function select(view, id) {
  if (id === view.selected) return;
  const old = view.selected;
  view.selected = id;
  const nodes = [old, id].map((one) => view.byId.get(one)).filter(Boolean);
  const plates = nodes.filter((node) => node.side === "plate");
  const changed = [...nodes.map((node) => nodeOptions(view, node)),
    ...plates.map((node) => plateOptions(view, node).plate)];
  for (const entry of changed) view.sent.set(entry.id, JSON.stringify(entry));
  if (changed.length) view.nodes.update(changed);
  view.root.dataset.selected = String(id);
}

function drawRings(view, ctx) {
  if (!view.drawing) return;
  const { colors } = view.drawing;
  for (const node of view.extras) {
    if (!node.halo) continue;
    const { x, y } = view.network.getPosition(node.id);
    ctx.save();
    ctx.beginPath();
    ctx.arc(x, y, node.size * 1.25 + node.halo / 2 + 2 * view.drawing.scale, 0, 2 * Math.PI);
    ctx.lineWidth = node.halo;
    ctx.strokeStyle = colors[node.tone] || colors.muted;
    if (node.tone === "negative") ctx.setLineDash([node.size * 0.5, node.size * 0.35]);
    ctx.stroke();
    ctx.restore();
  }
}

function drawNames(view, ctx) {
  if (!view.drawing) return;
  const { colors, scale, font } = view.drawing;
  for (const node of view.extras) {
    const { x, y } = view.network.getPosition(node.id);
    // vis-network draws whatever has a number for an id first, so plates lie on their marks.
    if (node.side === "plate") view.network.body.nodes[node.id].draw(ctx);
    ctx.save();
    ctx.textBaseline = "middle";
    if (BESIDE_SIDES.has(node.side)) {
      const isSelected = node.id === view.selected, isLoud = node.center || isSelected;
      const words = isSelected ? node.name || node.label : node.label;
      const size = (isLoud && node.side === "above" || node.center ? LOUD_NAME : NAME) * scale;
      const away = node.size + BESIDE * scale;
      const above = node.size * 1.25 + node.halo + 3 * scale + size / 2;
      ctx.font = `${size}px ${font}`;
      ctx.textAlign = { left: "right", right: "left", above: "center" }[node.side];
      ctx.lineWidth = 3 * scale;
      ctx.lineJoin = "round";
      ctx.strokeStyle = colors.background;
      ctx.fillStyle = node.dim && !isSelected ? colors.muted
        : isSelected && !node.center ? colors.accent : colors.text;
      const atX = { left: x - away, right: x + away, above: x }[node.side];
      const atY = node.side === "above" ? y - above : y;
      ctx.strokeText(words, atX, atY);
      ctx.fillText(words, atX, atY);
    }
    if (node.badge) drawBadge(view, ctx, node, x, y);
    ctx.restore();
  }
}

function drawBadge(view, ctx, node, x, y) {
  const { colors, scale, font } = view.drawing;
  const size = 10.5 * scale, height = 14 * scale;
  ctx.font = `600 ${size}px ${font}`;
  ctx.textAlign = "center";
  const width = Math.max(height, ctx.measureText(node.badge).width + 8 * scale);
  const reach = node.size + node.halo / 2 + 2 * scale;
  const left = x + reach * 0.6; // at the upper right, or the lower one below a name
  const top = node.side === "above" ? y + reach * 0.6 : y - reach * 0.6 - height;
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, height / 2);
  ctx.fillStyle = colors.text;
  ctx.strokeStyle = colors.background;
  ctx.lineWidth = 1.5 * scale;
  ctx.stroke();
  ctx.fill();
  ctx.fillStyle = colors.background;
  ctx.fillText(node.badge, left + width / 2, top + height / 2 + 0.5 * scale);
}

// How far a mark with its name reaches from its middle.
function reachOf(view, ctx, node) {
  const { scale, font } = view.drawing;
  const own = node.size * 1.25 + node.halo;
  if (!node.label) return [own, own, own, own];
  ctx.font = `${(node.center ? LOUD_NAME : NAME) * scale}px ${font}`;
  const width = ctx.measureText(node.label).width;
  if (node.side === "below") {
    return [Math.max(own, width / 2), own, Math.max(own, width / 2), node.size + 20 * scale];
  }
  if (node.side === "above") {
    return [Math.max(own, width / 2), own + 20 * scale, Math.max(own, width / 2), own];
  }
  const beside = Math.max(node.size + BESIDE * scale + width, node.reach);
  return node.side === "left" ? [beside, own, own, own] : [own, own, beside, own];
}

function fit(view, isMoving) {
  const ctx = view.canvas.querySelector("canvas").getContext("2d");
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  ctx.save();
  for (const node of view.drawing.nodes) {
    const { x, y } = view.network.getPosition(node.id);
    const [west, north, east, south] = reachOf(view, ctx, node);
    left = Math.min(left, x - west); right = Math.max(right, x + east);
    top = Math.min(top, y - north); bottom = Math.max(bottom, y + south);
  }
  ctx.restore();
  if (left > right) return;
  const box = view.canvas.getBoundingClientRect();
  const across = (box.width - 2 * MARGIN) / Math.max(right - left, 1);
  const down = (box.height - MARGIN - TOP_MARGIN) / Math.max(bottom - top, 1);
  const scale = Math.min(across, down, MAX_ZOOM);
  view.network.moveTo({
    position: { x: (left + right) / 2, y: (top + bottom - (TOP_MARGIN - MARGIN) / scale) / 2 },
    scale, ...(isMoving ? EASE : {}),
  });
  tellOutside(view, []);
}

function isOutside(view, id) {
  const place = view.network.canvasToDOM(view.network.getPosition(id));
  const box = view.canvas.getBoundingClientRect();
  return place.x < 10 || place.y < 10 || place.x > box.width - 10 || place.y > box.height - 10;
}

// The view stays as it was left; the button says what came up beyond its edge.
function tellOutside(view, fresh) {
  const n = fresh.filter((node) => isOutside(view, node.id)).length;
  view.fitButton.textContent = n ? `Fit (${n} new outside)` : "Fit";
  view.fitButton.classList.toggle("calling", n > 0);
  if (n) view.told.textContent = `${n} new ${n === 1 ? "entity is" : "entities are"} outside of the view. F shows all.`;
}
