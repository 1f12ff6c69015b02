// Quick questions: folds become radio buttons that answer at once (see book/_ext/question.py).

function enhance(root) {
  const set = document.createElement("fieldset");
  const text = document.createElement("div");
  text.className = "question-text";
  text.id = root.dataset.name;
  set.setAttribute("aria-labelledby", text.id);
  const answer = document.createElement("div");
  answer.className = "reply";
  answer.setAttribute("aria-live", "polite");

  const folds = [...root.querySelectorAll(":scope > details")];
  text.append(...[...root.childNodes].filter((node) => !folds.includes(node)));
  set.append(text);
  for (const fold of folds) {
    const right = "right" in fold.dataset;
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: root.dataset.name });
    const label = document.createElement("label");
    label.append(input, ...wrapped(fold.querySelector("summary")));
    const reply = fold.querySelector(".answer");
    input.addEventListener("change", () => {
      for (const other of set.querySelectorAll("label")) other.className = "";
      label.className = right ? "right" : "wrong";
      answer.className = `reply ${label.className}`;
      const verdict = document.createElement("strong");
      verdict.textContent = right ? "Right." : "Not quite.";
      answer.replaceChildren(verdict, ...reply.cloneNode(true).childNodes);
    });
    set.append(label);
  }
  root.replaceChildren(set, answer);
}

function wrapped(summary) {
  const span = document.createElement("span");
  span.append(...summary.childNodes);
  return [span];
}

// Mathematics is typeset first, in the open folds, so that what is moved is finished.
function start() {
  const ready = window.MathJax?.startup?.promise ?? Promise.resolve();
  ready.then(() => document.querySelectorAll(".question").forEach(enhance));
}
if (document.readyState === "complete") start();
else window.addEventListener("load", start);
