// explore: draws a Figure and its sliders. One script, two hosts: an anywidget under a kernel,
// and static pages, where `Stored` stands in for the kernel's model (see explore.py).
// Drawing is draw.js's, which goes before this file (see explorer.py).

const PLAY_SECONDS = 6;

// ---------------------------------------------------------------- controls

// JupyterLab takes the arrow keys for itself unless an input says that it wants them.
const OURS = { "data-lm-suppress-shortcuts": "true" };

function slider(label, texts, position, moved) {
  const shown = make("output");
  const input = make("input", { type: "range", min: 0, step: 1, ...OURS });
  const it = {
    row: make("label", { class: "il-slider" }, make("span", { class: "il-name" }, label), input, shown),
    at: () => Number(input.value),
    offer: (offered) => {
      it.texts = offered;
      input.max = offered.length - 1;
    },
    show: (at) => {
      input.value = at;
      input.setAttribute("aria-valuetext", it.texts[at]);
      shown.textContent = it.texts[at];
    },
  };
  it.offer(texts);
  it.show(position);
  input.addEventListener("input", () => {
    it.show(it.at());
    moved(it.at());
  });
  return it;
}

// Words are chosen by radio buttons, numbers by a slider.
function choice(label, texts, position, moved) {
  const group = `il-choice-${(choice.count = (choice.count ?? 0) + 1)}`;
  const options = texts.map((text, at) => {
    const input = make("input", { type: "radio", name: group, value: at, ...OURS });
    input.checked = at === position;
    input.addEventListener("change", () => moved(at));
    return make("label", {}, input, text);
  });
  const name = make("span", { class: "il-name" }, label);
  const about = { class: "il-choice", role: "radiogroup", "aria-label": label };
  return { row: make("div", about, name, ...options) };
}

// A slider over the points of the paths, and a button that plays it; `draw(t)` shows point t.
function player(draw) {
  const time = slider("time", ["0"], 0, (t) => {
    stop();
    draw(t);
  });
  const button = make("button", { type: "button", class: "il-play", ...OURS }, "Play");
  const row = make("div", { class: "il-film" }, button, time.row);
  const last = () => time.texts.length - 1;
  let running = 0;
  const stop = () => {
    cancelAnimationFrame(running);
    running = 0;
    button.textContent = "Play";
  };
  button.addEventListener("click", () => {
    if (running) return stop();
    button.textContent = "Pause";
    const from = time.at() >= last() ? 0 : time.at();
    const began = performance.now();
    const tick = (now) => {
      const passed = Math.max(0, now - began) / 1000;
      const t = Math.min(last(), from + Math.floor((passed / PLAY_SECONDS) * last()));
      time.show(t);
      draw(t);
      if (t >= last()) return stop();
      running = requestAnimationFrame(tick);
    };
    running = requestAnimationFrame(tick);
  });
  // A new frame may have longer or shorter paths; whoever was at the end stays there.
  const fit = (points) => {
    const t = time.at() >= last() ? points - 1 : Math.min(time.at(), points - 1);
    time.offer(Array.from({ length: points }, (_, i) => `${i + 1}/${points}`));
    time.show(t);
    row.hidden = points < 2;
  };
  return { row, now: time.at, fit, stop };
}

// ---------------------------------------------------------------- the figure

function render({ model, el }) {
  const first = model.get("frame");
  const panels = first.map(() => {
    const title = make("p", { class: "il-title" });
    const key = make("ul", { class: "il-legend" });
    const svg = make("svg:svg", { role: "img", "aria-label": model.get("alt") });
    return { title, key, svg, node: make("div", { class: "il-panel" }, title, key, svg) };
  });
  const note = make("p", { class: "il-note", "aria-live": "polite" });
  const controls = make("div", { class: "il-controls" });
  const film = player((t) => draw(t));

  function draw(t) {
    model.get("frame").forEach((panel, i) => drawPanel(panels[i].svg, panel, t));
  }
  function show() {
    const frame = model.get("frame");
    const marks = frame.flatMap((panel) => panel.marks);
    frame.forEach((panel, i) => {
      panels[i].title.textContent = panel.title;
      panels[i].key.replaceChildren(...legend(panel));
      panels[i].key.hidden = !marks.some((mark) => mark.label);
    });
    note.textContent = frame.map((panel) => panel.note).filter(Boolean).join(" ");
    film.fit(Math.max(1, ...marks.map((mark) => (mark.kind === "drive" ? mark.x.length : 1))));
    draw(film.now());
  }

  for (const { name, label, texts, words } of model.get("sliders")) {
    const moved = (at) => {
      model.set("index", { ...model.get("index"), [name]: at });
      model.save_changes();
    };
    const control = words ? choice : slider;
    controls.append(control(label, texts, model.get("index")[name], moved).row);
  }
  controls.append(film.row);
  el.classList.add("il-explore");
  el.style.setProperty("--panels", panels.length);
  const row = make("div", { class: "il-panels" }, ...panels.map((panel) => panel.node));
  el.replaceChildren(row, note, controls);
  model.on("change:frame", show);
  const watch = new ResizeObserver(() => draw(film.now()));
  watch.observe(row);
  show();
  return () => {
    watch.disconnect();
    film.stop();
  };
}

// ---------------------------------------------------------------- without a kernel

// The part of an anywidget model that `render` uses, answering from the stored frames.
class Stored {
  constructor(data) {
    this.data = data;
    this.heard = () => {};
    this.data.frame = this.look();
  }
  get(name) {
    return this.data[name];
  }
  set(name, value) {
    this.data[name] = value;
  }
  on(_, heard) {
    this.heard = heard;
  }
  save_changes() {
    this.data.frame = this.look();
    this.heard();
  }
  look() {
    const { sliders, index, frames, pool } = this.data;
    const at = sliders.reduce((sum, { name, texts }) => sum * texts.length + index[name], 0);
    return JSON.parse(JSON.stringify(frames[at]), (_, v) => (v && "$" in Object(v) ? pool[v.$] : v));
  }
}

function startAll(root) {
  for (const el of root.querySelectorAll(".il-explore")) {
    const stored = el.querySelector(":scope > script[type='application/json']");
    if (stored) render({ model: new Stored(JSON.parse(stored.textContent)), el });
  }
}

function whenReady(run) {
  if (document.readyState !== "loading") run();
  else document.addEventListener("DOMContentLoaded", run);
}

export default { render };
