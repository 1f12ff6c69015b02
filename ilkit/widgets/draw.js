// draw: axes, marks and panels of a Figure as SVG; explore.js, which follows, has the controls.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 58, right: 14, top: 10, bottom: 42 };

function make(tag, attributes = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// ---------------------------------------------------------------- axes

function scale(axis, from, to) {
  const f = axis.log ? Math.log10 : (v) => v;
  const [low, high] = axis.lim.map(f);
  return (v) => from + ((f(v) - low) / (high - low)) * (to - from);
}

function ticks(axis, most) {
  const [low, high] = axis.lim;
  const marks = [];
  if (axis.log) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const step = Math.ceil((last - first + 1) / most);
    for (let k = first; k <= last; k += step) marks.push(10 ** k);
    return marks;
  }
  const rough = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((m) => m * unit >= rough * (1 - 1e-9));
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    marks.push(i * step);
  }
  return marks;
}

// Numbers as a reader writes them; powers of ten on a logarithmic axis that spans many.
function writer(axis) {
  const powers = axis.log && (axis.lim[0] < 5e-3 || axis.lim[1] > 5e3);
  return (value) => (powers ? tenToThe(value) : String(Number(value.toPrecision(6))).replace("-", "−"));
}

function tenToThe(value) {
  const power = String(Math.round(Math.log10(value)));
  return "10" + [...power].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
}

function drawAxes(svg, panel, x, y, box) {
  const grid = make("svg:g", { class: "il-axes" });
  const names = panel.names;
  const [writeX, writeY] = [writer(panel.x), writer(panel.y)];
  const across = names.length ? names.map((_, i) => i) : ticks(panel.x, box.width < 360 ? 4 : 7);
  for (const v of across) {
    grid.append(make("svg:line", { x1: x(v), x2: x(v), y1: box.bottom, y2: box.bottom + 4 }));
    const text = names.length ? names[v] : writeX(v);
    grid.append(make("svg:text", { x: x(v), y: box.bottom + 17, "text-anchor": "middle" }, text));
  }
  for (const v of ticks(panel.y, 5)) {
    const rule = { x1: box.left, x2: box.right, y1: y(v), y2: y(v), class: "il-rule" };
    grid.append(make("svg:line", rule));
    const at = { x: box.left - 7, y: y(v) + 4, "text-anchor": "end" };
    grid.append(make("svg:text", at, writeY(v)));
  }
  const floor = { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom };
  const wall = { x1: box.left, x2: box.left, y1: box.top, y2: box.bottom };
  grid.append(make("svg:line", floor), make("svg:line", wall));
  const below = { x: (box.left + box.right) / 2, y: box.bottom + 36, "text-anchor": "middle" };
  grid.append(make("svg:text", below, panel.x.label));
  const middle = (box.top + box.bottom) / 2;
  const beside = { transform: `translate(13 ${middle}) rotate(-90)`, "text-anchor": "middle" };
  grid.append(make("svg:text", beside, panel.y.label));
  svg.append(grid);
}

// ---------------------------------------------------------------- marks

function path(xs, ys, x, y) {
  let d = "";
  let pen = "M";
  xs.forEach((v, i) => {
    if (v === null || ys[i] === null) return (pen = "M");
    d += `${pen}${x(v).toFixed(1)} ${y(ys[i]).toFixed(1)}`;
    pen = "L";
  });
  return d;
}

const DRAW = {
  line: (m, x, y) => {
    const options = { class: m.dashed ? "il-line il-dashed" : "il-line" };
    return [make("svg:path", { ...options, d: path(m.x, m.y, x, y) })];
  },
  points: (m, x, y) =>
    m.x.flatMap((v, i) =>
      v === null || m.y[i] === null
        ? []
        : [make("svg:circle", { class: "il-dot", cx: x(v), cy: y(m.y[i]), r: 3 })],
    ),
  area: (m, x, y) => {
    const back = path([...m.x].reverse(), [...m.low].reverse(), x, y).replace("M", "L");
    return [make("svg:path", { class: "il-area", d: path(m.x, m.high, x, y) + back + "Z" })];
  },
  bars: (m, x, y, zero) =>
    m.x.map((v, i) => {
      const [left, right, top] = [x(v - m.width / 2), x(v + m.width / 2), y(m.y[i] ?? 0)];
      const size = { width: right - left, height: Math.abs(zero - top) };
      return make("svg:rect", { class: "il-bar", x: left, y: Math.min(zero, top), ...size });
    }),
  drive: (m, x, y, zero, time) => {
    const upTo = Math.min(time, m.x.length - 1);
    const whole = make("svg:path", { class: "il-ahead", d: path(m.x, m.y, x, y) });
    const cut = (values) => values.slice(0, upTo + 1);
    const trail = make("svg:path", { class: "il-line", d: path(cut(m.x), cut(m.y), x, y) });
    return [whole, trail, vehicle(m, x, y, upTo)];
  },
  image: (m, x, y, zero, time, box, fit) => {
    const canvas = make("canvas", { width: m.columns, height: m.rows });
    const bytes = atob(m.pixels);
    const pixels = new ImageData(m.columns, m.rows);
    for (let i = 0; i < bytes.length; i++) {
      const grey = bytes.charCodeAt(i);
      pixels.data.set([grey, grey, grey, 255], 4 * i);
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    const size = { width: box.right - box.left, height: box.bottom - box.top };
    const place = { x: box.left, y: box.top, ...size, preserveAspectRatio: fit };
    return [make("svg:image", { ...place, class: "il-image", href: canvas.toDataURL() })];
  },
};

function vehicle(m, x, y, i) {
  const [cx, cy] = [x(m.x[i]), y(m.y[i])];
  if (!m.car) return make("svg:circle", { class: "il-dot", cx, cy, r: 5 });
  const [a, b] = [Math.max(i - 1, 0), Math.max(i, 1)];
  const slope = Math.atan2(y(m.y[b]) - y(m.y[a]), x(m.x[b]) - x(m.x[a]));
  const turn = `translate(${cx} ${cy}) rotate(${(slope * 180) / Math.PI})`;
  const body = { class: "il-car", x: -10, y: -5.5, width: 20, height: 11, rx: 3 };
  const glass = { class: "il-glass", x: 1, y: -4, width: 4, height: 8, rx: 1 };
  return make("svg:g", { transform: turn }, make("svg:rect", body), make("svg:rect", glass));
}

// ---------------------------------------------------------------- panels

function bounds(panel, width, height) {
  const margin = panel.bare ? { left: 0, right: 0, top: 0, bottom: 0 } : MARGIN;
  const box = { width, left: margin.left, right: width - margin.right };
  Object.assign(box, { top: margin.top, bottom: height - margin.bottom });
  if (panel.equal) {
    const [wide, high] = [panel.x, panel.y].map((axis) => axis.lim[1] - axis.lim[0]);
    const unit = Math.min((box.right - box.left) / wide, (box.bottom - box.top) / high);
    box.right = box.left + unit * wide;
    box.top = box.bottom - unit * high;
  }
  return box;
}

function drawPanel(svg, panel, time) {
  const { width, height } = svg.getBoundingClientRect();
  if (!width) return;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const box = bounds(panel, width, height);
  const x = scale(panel.x, box.left, box.right);
  const y = scale(panel.y, box.bottom, box.top);
  const clip = `il-clip-${(drawPanel.count = (drawPanel.count ?? 0) + 1)}`;
  const frame = { x: box.left, y: box.top - 3 };
  Object.assign(frame, { width: box.right - box.left + 3, height: box.bottom - box.top + 3 });
  svg.append(make("svg:clipPath", { id: clip }, make("svg:rect", frame)));
  if (!panel.bare) drawAxes(svg, panel, x, y, box);
  const zero = panel.y.log ? box.bottom : y(Math.max(0, panel.y.lim[0]));
  const fit = panel.bare ? "xMidYMid meet" : "none"; // a picture alone keeps its shape
  for (const mark of panel.marks) {
    const group = make("svg:g", { style: `--ink: var(--il-${mark.color})` });
    group.setAttribute("clip-path", `url(#${clip})`);
    group.append(...DRAW[mark.kind](mark, x, y, zero, time, box, fit));
    svg.append(group);
  }
}

function legend(panel) {
  const entries = panel.marks.filter((mark) => mark.label);
  return entries.map((mark) => {
    const kind = mark.dashed ? "dashed" : mark.kind;
    const swatch = make("span", { class: `il-swatch il-${kind}`, "aria-hidden": "true" });
    return make("li", { style: `--ink: var(--il-${mark.color})` }, swatch, mark.label);
  });
}
