// What the mouse and the keys do in the drawing.

const KEY_PAUSE = 220; // milliseconds; a held key moves on at once and is told to the page at its end
const DOUBLE = 350;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function listen(view) {
  const { network, canvas, tip } = view;
  let last = { node: null, at: 0 };
  network.on("click", ({ nodes, edges }) => {
    network.setSelection({ nodes: [], edges: [] });
    const node = nodes.map(entityOf).find((id) => id !== undefined) ?? null, at = performance.now();
    if (node === null && !edges.length) return;
    const isSecond = node !== null && node === last.node && at - last.at < DOUBLE;
    last = { node, at };
    if (isSecond) return; // the first one selected it; the double click expands it
    if (node === null) {
      view.send("picked", { edge: tripleOf(edges[0]) });
    } else {
      select(view, node);
      view.send("picked", { node });
    }
  });
  canvas.addEventListener("dblclick", (event) => {
    const box = canvas.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const node = entityOf(network.getNodeAt(at));
    if (node !== undefined) view.send("opened", { node });
  });
  network.on("hoverNode", ({ node }) => {
    const id = entityOf(node);
    show(view, view.titles.get(id));
    network.setSelection({ nodes: [], edges: linesOf(view, id) }, { highlightEdges: false });
  });
  network.on("hoverEdge", ({ edge }) => show(view, view.titles.get(tripleOf(edge))));
  network.on("blurNode", () => {
    tip.hidden = true;
    network.setSelection({ nodes: [], edges: [] });
  });
  network.on("blurEdge", () => { tip.hidden = true; });
  network.on("dragStart", () => { tip.hidden = true; });
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    tip.style.left = `${Math.max(0, Math.min(x + 14, box.width - 250))}px`;
    tip.style.top = y > box.height - 110 ? "auto" : `${y + 14}px`;
    tip.style.bottom = y > box.height - 110 ? `${box.height - y + 10}px` : "auto";
  });
  // The wheel scrolls the page until the drawing was clicked into.
  canvas.tabIndex = 0;
  canvas.addEventListener("focus", () => network.setOptions({ interaction: { zoomView: true } }));
  canvas.addEventListener("blur", () => network.setOptions({ interaction: { zoomView: false } }));
  canvas.addEventListener("pointerdown", () => canvas.focus({ preventScroll: true }));
  canvas.addEventListener("keydown", (event) => onKey(view, event));
}

function show(view, text) {
  if (!text) return;
  view.tip.textContent = text;
  view.tip.hidden = false;
}

function onKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { network, order } = view, key = event.key, way = WAYS[key];
  if (way && event.shiftKey) {
    const at = network.getViewPosition(), step = 60 / network.getScale();
    network.moveTo({ position: { x: at.x + way[0] * step, y: at.y + way[1] * step } });
  } else if (way) {
    moveTo(view, nextOne(view, way));
  } else if (key === "+" || key === "-") {
    network.moveTo({ scale: network.getScale() * (key === "+" ? 1.2 : 1 / 1.2) });
  } else if (key === "0" || key === "f" || key === "F") {
    fit(view, false);
  } else if (key === "n" || key === "p") {
    const place = order.indexOf(view.selected);
    moveTo(view, order[(place + (key === "n" ? 1 : -1) + order.length) % order.length]);
  } else if (key === "Enter" && view.byId.has(view.selected)) {
    told(view);
    view.send("opened", { node: view.selected });
  } else {
    return;
  }
  event.preventDefault();
}

// The nearest entity in a direction; what lies straight ahead comes before what lies aside.
function nextOne(view, [right, down]) {
  if (!view.byId.has(view.selected)) return view.order[0];
  const from = view.network.getPosition(view.selected);
  let best = view.selected, least = Infinity;
  for (const id of view.order) {
    const at = view.network.getPosition(id), dx = at.x - from.x, dy = at.y - from.y;
    const along = dx * right + dy * down, aside = Math.abs(dx * down) + Math.abs(dy * right);
    if (along <= 1e-6 || aside > 1.6 * along) continue;
    if (along + 2 * aside < least) [best, least] = [id, along + 2 * aside];
  }
  return best;
}

function moveTo(view, id) {
  if (id === undefined || id === view.selected) return;
  select(view, id);
  view.told.textContent = view.titles.get(id) || "";
  if (isOutside(view, id)) view.network.moveTo({ position: view.network.getPosition(id) });
  clearTimeout(view.waiting);
  view.waiting = setTimeout(() => {
    view.waiting = 0;
    view.send("picked", { node: id });
  }, KEY_PAUSE);
}

// Whatever waits to be told is overtaken by what follows.
function told(view) {
  clearTimeout(view.waiting);
  view.waiting = 0;
}
