// The graph that answers a click: vis-network on positions that come from Python.
// What data says is drawn as text (canvas, textContent), never as markup.
// graph_marks.js (looks, view) and graph_input.js (mouse, keys) stand before this in one module.

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
  const told = element("div", "told");
  told.setAttribute("role", "status");
  tip.hidden = true;
  stage.append(canvas, tools, tip);
  root.append(legend, stage, told);
  parent.append(root);
  const nodes = new vis.DataSet();
  const edges = new vis.DataSet();
  const network = new vis.Network(canvas, { nodes, edges }, {
    physics: { enabled: false },
    layout: { improvedLayout: false },
    interaction: { hover: true, zoomView: false, keyboard: false, tooltipDelay: 1e9,
      selectConnectedEdges: false, hoverConnectedEdges: false },
    edges: { smooth: false, arrows: { to: { enabled: true, scaleFactor: 0.45 } } },
  });
  // The frame of vis-network would be a second stop of the Tab key without a name.
  canvas.querySelector(".vis-network").removeAttribute("tabindex");
  const view = { root, legend, stage, canvas, tip, told, nodes, edges, network, sent: new Map(),
    byId: new Map(), order: [], extras: [], scene: null, base: null, selected: null, waiting: 0,
    send: null };
  const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor, ...EASE });
  view.fitButton = button("Fit", "Show the whole drawing", () => fit(view, true));
  tools.append(
    button("+", "Zoom in", () => zoom(1.3)),
    button("−", "Zoom out", () => zoom(1 / 1.3)),
    view.fitButton,
  );
  network.on("beforeDrawing", (ctx) => drawRings(view, ctx));
  network.on("afterDrawing", (ctx) => drawNames(view, ctx));
  listen(view);
  return view;
}

// Only what changed goes on to vis-network; `places` holds those that are new or have to move.
function refresh(view, dataset, list, places) {
  const wanted = new Set(list.map((entry) => entry.id));
  const gone = dataset.getIds().filter((id) => !wanted.has(id));
  for (const id of gone) view.sent.delete(id);
  if (gone.length) dataset.remove(gone);
  const changed = list.filter((entry) => {
    const text = JSON.stringify(entry), isSame = view.sent.get(entry.id) === text;
    view.sent.set(entry.id, text);
    return !isSame || places.has(entry.id);
  });
  if (changed.length) dataset.update(changed.map((entry) => ({ ...entry, ...places.get(entry.id) })));
}

function drawLegend(view) {
  const entries = view.drawing.legend.map((entry) => {
    const line = element("span", "entry");
    const glyph = element("b", "glyph", entry.glyph);
    glyph.style.color = entry.color;
    line.append(glyph, ` ${entry.text}`);
    return line;
  });
  const notes = view.drawing.notes.map((note) => element("span", "entry note", note));
  if (notes.length) entries.push(document.createElement("br"), ...notes);
  view.legend.replaceChildren(...entries);
}

// Another drawing. Whatever stands there already stays where it is, also where it was dragged to,
// unless this is another scene.
function redraw(view, data) {
  const drawing = data.drawing, isNew = view.scene !== data.scene;
  for (const [name, value] of Object.entries(drawing.colors)) {
    view.root.style.setProperty(`--${name}`, value);
  }
  view.root.style.setProperty("--font", drawing.font);
  view.stage.style.height = `${drawing.height}px`;
  const known = new Set(view.order);
  view.drawing = drawing;
  view.base = data.base;
  view.byId = new Map(drawing.nodes.map((node) => [node.id, node]));
  view.titles = new Map([...drawing.nodes, ...drawing.edges].map((entry) => [entry.id, entry.title]));
  view.order = drawing.nodes.map((node) => node.id);
  view.extras = []; // vis-network paints while its entities change, and must not meet one that is gone
  view.selected = data.selected;
  drawLegend(view);
  const fresh = isNew ? drawing.nodes : drawing.nodes.filter((node) => !known.has(node.id));
  const places = new Map(fresh.map(({ id, x, y }) => [id, { x, y }]));
  const plates = drawing.nodes.filter((node) => node.side === "plate")
    .map((node) => plateOptions(view, node));
  for (const { plate, port, plateAt, portAt } of plates) {
    places.set(plate.id, plateAt).set(port.id, portAt);
  }
  const marks = drawing.nodes.slice().reverse().map((node) => nodeOptions(view, node));
  const lines = drawing.edges.map((edge) => stretches(view, edge));
  const nodes = [...plates.map(({ plate }) => plate), ...marks, ...plates.map(({ port }) => port),
    ...lines.flatMap(({ points }) => points)];
  refresh(view, view.nodes, nodes, places);
  refresh(view, view.edges, lines.flatMap(({ edges }) => edges), new Map());
  view.extras = drawing.nodes.filter((node) => node.halo || node.badge || OWN_SIDES.has(node.side));
  // What belongs to a plate would stay behind when its mark is dragged away.
  view.network.setOptions({ interaction: { dragNodes: !plates.length } });
  if (isNew) {
    view.scene = data.scene;
    view.network.setSize("100%", `${drawing.height}px`);
    view.network.redraw();
    fit(view, false);
  } else {
    view.network.redraw();
    tellOutside(view, fresh);
  }
}

function update(view, data) {
  view.canvas.setAttribute("role", "application");
  view.canvas.setAttribute("aria-label", data.alt);
  view.tip.hidden = true;
  if (data.base !== view.base) {
    if (!data.drawing) {
      view.send("lost", { base: data.base });
      return;
    }
    redraw(view, data);
  } else if (!view.waiting) {
    select(view, data.selected);
  }
  view.root.dataset.nodes = String(view.order.length);
  view.root.dataset.selected = String(view.selected);
  view.root.dataset.answered = String(data.selected);
}

// The library comes with the first drawing of a visit and stays as long as the page does.
function hasLibrary(text) {
  if (!globalThis.vis && text) {
    const script = document.createElement("script");
    script.textContent = text;
    document.head.append(script);
    script.remove();
  }
  return Boolean(globalThis.vis);
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!hasLibrary(data.library)) {
    if (!data.library) setTriggerValue("lost", { library: false });
    else parentElement.append(element("div", "told", "This browser cannot draw the graph."));
    return () => {};
  }
  let view = views.get(parentElement);
  if (!view || !view.root.isConnected) {
    view = build(parentElement);
    views.set(parentElement, view);
    // For tests and benchmarks: where each entity stands on the screen, and how it is looked at.
    view.root.idsInside = () => view.order.filter((id) => !isOutside(view, id));
    view.root.placeOf = (id) => view.network.canvasToDOM(view.network.getPosition(id));
    view.root.lookedAt = () => ({ scale: view.network.getScale(), ...view.network.getViewPosition() });
  }
  view.send = (name, value) => setTriggerValue(name, { ...value, have: view.base });
  update(view, data);
  return () => {
    clearTimeout(view.waiting);
    view.network.destroy();
    view.root.remove();
    views.delete(parentElement);
  };
}
