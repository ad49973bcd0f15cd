// The graph that answers a click: vis-network on positions that come from Python.
// What data says is drawn as text (canvas, textContent), never as markup.

const FIT = { animation: { duration: 350, easingFunction: "easeInOutQuad" } };
const views = new WeakMap();

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(text, title, onClick) {
  const made = element("button", "tool", text);
  made.type = "button";
  made.title = title;
  made.setAttribute("aria-label", title);
  made.onclick = onClick;
  return made;
}

function build(parent) {
  const root = element("div", "graph");
  const legend = element("div", "legend");
  const stage = element("div", "stage");
  const canvas = element("div", "canvas");
  const tip = element("div", "tip");
  const tools = element("div", "tools");
  tip.hidden = true;
  stage.append(canvas, tools, tip);
  root.append(legend, stage);
  parent.append(root);
  const nodes = new vis.DataSet();
  const edges = new vis.DataSet();
  const network = new vis.Network(canvas, { nodes, edges }, {
    physics: { enabled: false },
    layout: { improvedLayout: false },
    interaction: { hover: true, zoomView: false, keyboard: false, tooltipDelay: 1e9,
      selectConnectedEdges: false, hoverConnectedEdges: true },
    edges: { smooth: false, arrows: { to: { enabled: true, scaleFactor: 0.45 } } },
  });
  const view = { root, legend, stage, canvas, tip, nodes, edges, network, sent: new Map(), scene: null,
    send: null, selected: null };
  const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor, ...FIT });
  tools.append(
    button("+", "Zoom in", () => zoom(1.3)),
    button("−", "Zoom out", () => zoom(1 / 1.3)),
    button("Fit", "Show the whole drawing", () => network.fit(FIT)),
  );
  listen(view);
  return view;
}

function listen(view) {
  const { network, canvas, tip } = view;
  let waiting = 0;
  network.on("click", ({ nodes, edges }) => {
    if (nodes.length || edges.length) {
      const picked = nodes.length ? { node: nodes[0] } : { edge: edges[0] };
      clearTimeout(waiting);
      // A second click may follow; then it was an expansion.
      waiting = setTimeout(() => view.send("picked", picked), 180);
    }
    mark(view);
  });
  canvas.addEventListener("dblclick", (event) => {
    const box = canvas.getBoundingClientRect();
    const node = network.getNodeAt({ x: event.clientX - box.left, y: event.clientY - box.top });
    clearTimeout(waiting);
    if (node !== undefined) view.send("opened", { node });
  });
  network.on("hoverNode", ({ node }) => show(view, view.titles.get(node)));
  network.on("hoverEdge", ({ edge }) => show(view, view.titles.get(edge)));
  network.on("blurNode", () => { tip.hidden = true; });
  network.on("blurEdge", () => { tip.hidden = true; });
  network.on("dragStart", () => { tip.hidden = true; });
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    tip.style.left = `${Math.min(x + 14, box.width - 250)}px`;
    tip.style.top = `${y + 14}px`;
  });
  // The wheel scrolls the page until the drawing was clicked into.
  canvas.tabIndex = 0;
  canvas.addEventListener("focus", () => network.setOptions({ interaction: { zoomView: true } }));
  canvas.addEventListener("blur", () => network.setOptions({ interaction: { zoomView: false } }));
  canvas.addEventListener("pointerdown", () => canvas.focus({ preventScroll: true }));
  canvas.addEventListener("keydown", (event) => onKey(view, event));
}

function onKey(view, event) {
  const { network } = view;
  const at = network.getViewPosition(), step = 60 / network.getScale();
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (moves[event.key]) {
    const [dx, dy] = moves[event.key];
    network.moveTo({ position: { x: at.x + dx, y: at.y + dy } });
  } else if (event.key === "+" || event.key === "-") {
    network.moveTo({ scale: network.getScale() * (event.key === "+" ? 1.2 : 1 / 1.2) });
  } else if (event.key === "0") {
    network.fit();
  } else if (event.key === "n" || event.key === "p") {
    const ids = view.order, place = ids.indexOf(view.selected);
    view.send("picked", { node: ids[(place + (event.key === "n" ? 1 : -1) + ids.length) % ids.length] });
  } else if (event.key === "Enter" && view.selected !== null) {
    view.send("opened", { node: view.selected });
  } else {
    return;
  }
  event.preventDefault();
}

function show(view, text) {
  if (!text) return;
  view.tip.textContent = text;
  view.tip.hidden = false;
}

function nodeOptions(node, data) {
  const group = data.types[node.type];
  const ring = node.id === data.selected ? data.colors.accent : node.ring ? data.colors.text : group.color;
  const color = { background: group.color, border: ring };
  const isLoud = node.center || node.id === data.selected;
  return {
    id: node.id, label: node.label, x: node.x, y: node.y, shape: group.shape, size: node.size,
    borderWidth: (node.id === data.selected ? 5 : node.ring ? 3 : 1) * data.scale,
    color: { ...color, highlight: color, hover: color },
    font: { color: data.colors.text, size: (isLoud ? 17 : 12.5) * data.scale, face: data.font,
      strokeWidth: 3 * data.scale, strokeColor: data.colors.background },
    shapeProperties: { borderDashes: node.open ? [6, 4] : false },
  };
}

function edgeOptions(edge, data) {
  const tone = data.colors[edge.tone] || data.colors.muted;
  const color = { color: tone, highlight: data.colors.accent, hover: data.colors.accent,
    opacity: edge.tone ? 0.8 : edge.faint ? 0.22 : 0.6 };
  return {
    id: edge.id, from: edge.from, to: edge.to, label: edge.label, width: edge.width * data.scale, color,
    dashes: edge.dashed, selectionWidth: 1, arrows: { to: { enabled: true, scaleFactor: edge.faint ? 0.25 : 0.45 } },
    font: { size: 11 * data.scale, color: data.colors.muted, face: data.font,
      strokeWidth: 3 * data.scale, strokeColor: data.colors.background },
  };
}

function refresh(view, dataset, list) {
  const wanted = new Set(list.map((entry) => entry.id));
  dataset.remove(dataset.getIds().filter((id) => !wanted.has(id)));
  const changed = list.filter((entry) => {
    const text = JSON.stringify(entry);
    if (dataset.get(entry.id) !== null && view.sent.get(entry.id) === text) return false;
    view.sent.set(entry.id, text);
    return true;
  });
  dataset.update(changed);
}

function drawLegend(view, data) {
  view.legend.replaceChildren(...data.legend.map((entry) => {
    const line = element("span", "entry");
    const glyph = element("b", "glyph", entry.glyph);
    glyph.style.color = entry.color;
    line.append(glyph, ` ${entry.text}`);
    return line;
  }));
}

function mark(view) {
  view.network.setSelection({ nodes: [], edges: [] });
}

function isOutside(view, node) {
  const place = view.network.canvasToDOM({ x: node.x, y: node.y });
  const box = view.canvas.getBoundingClientRect();
  return place.x < 10 || place.y < 10 || place.x > box.width - 10 || place.y > box.height - 10;
}

function update(view, data) {
  const colors = data.colors;
  for (const [name, value] of Object.entries(colors)) view.root.style.setProperty(`--${name}`, value);
  view.root.style.setProperty("--font", data.font);
  view.stage.style.height = `${data.height}px`;
  view.canvas.setAttribute("role", "application");
  view.canvas.setAttribute("aria-label", data.alt);
  view.titles = new Map([...data.nodes, ...data.edges].map((entry) => [entry.id, entry.title]));
  view.order = data.nodes.map((node) => node.id);
  view.selected = data.selected;
  view.tip.hidden = true;
  const known = new Set(view.nodes.getIds());
  drawLegend(view, data);
  refresh(view, view.nodes, data.nodes.slice().reverse().map((node) => nodeOptions(node, data)));
  refresh(view, view.edges, data.edges.map((edge) => edgeOptions(edge, data)));
  if (view.scene !== data.scene) {
    view.scene = data.scene;
    view.network.setSize("100%", `${data.height}px`);
    view.network.redraw();
    view.network.fit({ maxZoomLevel: 1.4 });
    // Some room around the start, so that the first expansions need no other zoom.
    view.network.moveTo({ scale: view.network.getScale() * 0.88 });
  } else if (data.nodes.some((node) => !known.has(node.id) && isOutside(view, node))) {
    view.network.fit(FIT);
  }
  view.root.dataset.nodes = String(data.nodes.length);
  view.root.dataset.selected = String(data.selected);
}

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view || !view.root.isConnected) {
    view = build(parentElement);
    views.set(parentElement, view);
    // For tests and benchmarks: where each entity stands on the screen.
    view.root.idsInside = () => view.order.filter((id) => !isOutside(view, view.network.getPosition(id)));
    view.root.placeOf = (id) => view.network.canvasToDOM(view.network.getPosition(id));
  }
  view.send = setTriggerValue;
  update(view, data);
  return () => {
    view.network.destroy();
    view.root.remove();
    views.delete(parentElement);
  };
}
