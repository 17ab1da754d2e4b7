// What the page shows of the work at a board, and how it asks the person who stands there.
//
// All words are in the page, in its language; what a board says is shown as text, never as HTML.

const words = new Map(
  [...document.querySelectorAll("#words [data-word]")].map((one) => [one.dataset.word, one.textContent.trim()]),
);
const at = (id) => document.getElementById(id);
const WEAK_DBM = -80;

// The text of this key; what the page has no text for stands for itself.
export function say(key) {
  return words.get(key) ?? key.slice(key.indexOf(".") + 1);
}

export class View {
  #answer = () => {};
  #step = null;

  // A new board: nothing is done yet.
  begin() {
    for (const row of document.querySelectorAll("#steps [data-step]")) this.#mark(row, "waiting", "");
    at("parts").replaceChildren();
    at("board").replaceChildren();
    for (const id of ["trouble", "done"]) at(id).hidden = true;
    at("work").hidden = false;
    at("work").scrollIntoView();
    this.#step = null;
  }

  // This step begins, and the one before is done.
  step(name) {
    this.#end("done");
    this.#step = document.querySelector(`#steps [data-step="${name}"]`);
    for (let row = this.#step.previousElementSibling; row; row = row.previousElementSibling)
      if (row.dataset.state === "waiting") this.#mark(row, "passed_over");
    this.#mark(this.#step, "now", "");
    at("now").textContent = `${say(`step.${name}`)}…`;
    this.progress(null);
  }

  // How much of the step is done, from 0 to 1; null where nobody knows.
  progress(share) {
    at("share").hidden = share === null;
    if (share !== null) at("share").value = share;
  }

  // Something to know of this step.
  note(word) {
    this.#step.querySelector(".step-note").textContent = say(`note.${word}`);
  }

  // So often the device tried to reach the fleet in vain.
  tries(n) {
    this.#step.querySelector(".step-note").textContent = `${say("note.tries")} ${n}`;
  }

  // How a part of the self-test is.
  part(name, result, found) {
    let row = [...at("parts").children].find((one) => one.dataset.part === name);
    if (!row) {
      row = at("part-row").content.firstElementChild.cloneNode(true);
      row.dataset.part = name;
      row.querySelector("b").textContent = this.name(name);
      at("parts").append(row);
    }
    row.dataset.state = result;
    row.querySelector(".step-state").textContent = say(`result.${result}`);
    row.querySelector("small").textContent = found;
  }

  // What a part of the self-test is called.
  name(part) {
    return say(`part.${part}`);
  }

  // Ask the person; one of the answers, or null if nobody wants it any more.
  ask(word, { detail = "", answers }) {
    this.tell(word, { detail });
    at("ask").focus();
    return new Promise((resolve) => {
      this.#answer = resolve;
      const buttons = answers.map((answer, place) => button(say(`answer.${answer}`), place === 0));
      buttons.forEach((one, place) => one.addEventListener("click", () => this.forget(answers[place])));
      at("ask-answers").replaceChildren(...buttons);
    });
  }

  // Tell the person what to do; `code` is for a reader.
  tell(word, { detail = "", code }) {
    this.#answer(null);
    this.#answer = () => {};
    at("ask-title").textContent = say(`ask.${word}`);
    at("ask-detail").textContent = [detail, code].filter(Boolean).join(" · ");
    at("ask-answers").replaceChildren();
    at("wifi-form").hidden = true;
    at("ask-code").hidden = !code;
    if (code) {
      at("ask-code").src = `/devices/enrol/code/${encodeURIComponent(code)}.svg`;
      at("ask-code").alt = code;
    }
    at("ask").hidden = false;
    at("ask").scrollIntoView({ block: "nearest" });
  }

  // Which of these Wi-Fi, and its password: {name, password}; null if nobody wants it any more.
  askWifi(heard, chosen, failed) {
    this.tell(failed ? "wifi_failed" : "wifi", { detail: "" });
    const form = at("wifi-form");
    const told = ({ name, level }) => `${name} (${level} dBm${level < WEAK_DBM ? " !" : ""})`;
    const other = new Option(say("answer.other_wifi"), "");
    form.heard.replaceChildren(...heard.map((one) => new Option(told(one), one.name)), other);
    form.heard.value = heard.some(({ name }) => name === chosen) ? chosen : (heard[0]?.name ?? "");
    form.other.value = form.heard.value ? "" : chosen;
    form.heard.onchange = () => (form.querySelector(".other-wifi").hidden = form.heard.value !== "");
    form.heard.onchange();
    form.hidden = false;
    form.heard.focus();
    return new Promise((resolve) => {
      this.#answer = resolve;
      form.onsubmit = (event) => {
        event.preventDefault();
        const name = form.heard.value || form.other.value;
        if (name) this.forget({ name, password: form.password.value });
      };
    });
  }

  // Nothing is asked any more; whoever asked gets this answer.
  forget(answer = null) {
    if (at("ask").contains(document.activeElement)) at("work").focus({ preventScroll: true }); // for the keyboard
    at("ask").hidden = true;
    const told = this.#answer;
    this.#answer = () => {};
    told(answer);
  }

  // What the fleet says of the board.
  board(section) {
    at("board").replaceChildren(section);
  }

  // It does not go on: what it is, what to do, and what was found.
  trouble({ word, found }) {
    this.forget();
    this.#end("failed");
    this.progress(null);
    at("now").textContent = "";
    at("trouble-title").textContent = say(`trouble.${word}`);
    at("trouble-do").textContent = say(`do.${word}`);
    at("trouble-found").textContent = found;
    at("trouble").hidden = false;
    at("trouble").focus();
  }

  // The board is a device of the fleet.
  done() {
    this.#end("done");
    at("now").textContent = say("note.enrolled");
    at("done").hidden = false;
    at("next").focus();
  }

  #end(state) {
    if (this.#step) this.#mark(this.#step, state);
  }

  #mark(row, state, note) {
    row.dataset.state = state;
    row.querySelector(".step-state").textContent = say(`state.${state}`);
    if (note !== undefined) row.querySelector(".step-note").textContent = note;
    if (state === "now") row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  }
}

function button(text, main) {
  const one = document.createElement("button");
  one.type = "button";
  one.className = main ? "main-button" : "small-button";
  one.textContent = text;
  return one;
}
