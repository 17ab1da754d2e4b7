// The hand and the eyes of the bench: a click goes to the server, and what devices do comes back as news.

const csrf = document.querySelector('meta[name="csrf"]').content;
const toast = document.querySelector("[data-toast]");
const line = document.querySelector("[data-line]");
const slips = document.querySelector("[data-slips]");
const SLIPS_SHOWN = 6;
const TOAST_MS = 6000;
const DOWN_MS = 120;
const [SHORT_MS, LONG_MS, HELD_MS] = [80, 700, 1200];

const all = (selector, board) =>
  [...document.querySelectorAll(selector)].filter((one) => board === undefined || one.dataset.board === board);

async function send(what, body) {
  let reason = "";
  try {
    const answer = await fetch(`/bench/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(body),
    });
    if (answer.ok) return true;
    const said = await answer.json().catch(() => ({}));
    reason = typeof said.detail === "string" ? said.detail : `${answer.status} ${answer.statusText}`;
  } catch (error) {
    reason = error.message;
  }
  complain(reason);
  return false;
}

let quiet = 0;
function complain(reason) {
  toast.textContent = document.body.dataset.refused.replace("{reason}", reason);
  toast.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => (toast.hidden = true), TOAST_MS);
}

// What devices do.

const show = {
  everything(news) {
    for (const [board, on] of Object.entries(news.power)) show.power({ board, on });
    for (const [board, lamps] of Object.entries(news.lamps))
      for (const [pin, level] of Object.entries(lamps)) show.lamp({ board, pin, level });
    for (const [board, display] of Object.entries(news.displays)) show.display({ board, ...display });
    for (const [board, view] of Object.entries(news.screens)) show.screen({ board, ...view });
    for (const [board, levels] of Object.entries(news.scales)) show.scale({ board, levels });
    for (const [counter, on_duty] of Object.entries(news.clerks)) show.clerk({ counter, on_duty });
    show.paper({ state: news.paper });
    slips.replaceChildren();
    for (const number of news.slips.slice(-SLIPS_SHOWN)) addSlip(number, false);
  },
  lamp({ board, pin, level }) {
    for (const lamp of all(`[data-lamp="${pin}"]`, board)) lamp.classList.toggle("on", level === 1);
    for (const key of all(`[data-lit-by="${pin}"]`, board)) key.classList.toggle("lit", level === 1);
  },
  display({ board, text, bars }) {
    for (const display of all("[data-display]", board)) {
      display.setAttribute("aria-label", `${display.dataset.label}: ${text || display.dataset.empty}`);
      light(display, bars);
    }
  },
  screen({ board, show, rows, bars, lines, glow, volume, speaks, said }) {
    const device = document.querySelector(`[data-device="${board}"]`);
    const leds = device.querySelector("[data-leds]");
    leds.dataset.show = show;
    for (const part of leds.querySelectorAll("svg")) part.setAttribute("fill-opacity", glow);
    if (show === "matrix") drawDots(leds.querySelector("[data-dots]"), rows);
    light(leds.querySelector("[data-bars]"), bars);
    leds.querySelector("[data-lines]").replaceChildren(...lines.map((line) => element("li", line)));
    const voice = device.querySelector("[data-voice]");
    voice.classList.toggle("speaks", speaks);
    const told = voice.querySelector("[data-volume]");
    told.textContent = volume === null ? "" : told.dataset.text.replace("{volume}", volume);
    voice.querySelector("[data-said]").replaceChildren(...said.map((one) => sentence(one, voice.dataset)).reverse());
    voice.querySelector("[data-silent]").hidden = said.length > 0;
  },
  scale({ board, levels }) {
    for (const faces of all("[data-faces]", board)) {
      if (Number(faces.dataset.levels) === levels) continue;
      faces.dataset.levels = levels;
      faces.replaceChildren(document.querySelector(`template[data-levels="${levels}"]`).content.cloneNode(true));
      for (const key of faces.querySelectorAll(".key")) key.dataset.board = board;
    }
  },
  slip({ number }) {
    addSlip(number, true);
  },
  power({ board, on }) {
    for (const device of document.querySelectorAll(`[data-device="${board}"]`)) device.toggleAttribute("data-dark", !on);
    for (const plug of all("[data-power]", board)) {
      plug.setAttribute("aria-pressed", String(on));
      plug.disabled = false;
    }
    if (on) return;
    for (const lamp of all("[data-lamp]", board)) lamp.classList.remove("on");
    for (const key of all("[data-lit-by]", board)) key.classList.remove("lit");
  },
  paper({ state }) {
    for (const choice of document.querySelectorAll('[data-paper] input')) choice.checked = choice.value === state;
  },
  clerk({ counter, on_duty }) {
    document.querySelector(`[data-duty="${counter}"]`).setAttribute("aria-pressed", String(on_duty));
  },
  codes({ ticket }) {
    for (const paper of document.querySelectorAll("[data-ticket]")) {
      paper.dataset.code = paper.title = ticket;
      paper.hidden = !ticket;
    }
  },
};

function element(name, text, language) {
  const made = Object.assign(document.createElement(name), { textContent: text });
  if (language) made.lang = language;
  return made;
}

function light(digits, bars) {
  digits.querySelectorAll("svg").forEach((cell, place) => {
    for (const bar of cell.children) bar.classList.toggle("on", bars[place].includes(bar.dataset.bar));
  });
}

function drawDots(picture, rows) {
  const wide = rows[0].length;
  if (picture.childElementCount !== rows.length * wide) {
    picture.setAttribute("viewBox", `0 0 ${wide * 10} 80`);
    picture.replaceChildren();
    for (let dot = 0; dot < rows.length * wide; dot++) {
      const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      circle.setAttribute("cx", (dot % wide) * 10 + 5);
      circle.setAttribute("cy", Math.floor(dot / wide) * 10 + 5);
      circle.setAttribute("r", 4);
      picture.append(circle);
    }
  }
  const dots = rows.join("");
  [...picture.children].forEach((circle, place) => circle.classList.toggle("on", dots[place] === "#"));
}

// What was said, in its own words where we have them; in those of the page where they are others.
function sentence({ folder, language, words }, { code, names, folder: anyFolder }) {
  const item = document.createElement("li");
  const number = String(folder).padStart(2, "0");
  if (language) item.append(element("q", words[language], language));
  else item.append(element("b", JSON.parse(names)[number] ?? anyFolder.replace("{folder}", number)));
  if (language !== code) item.append(" ", element("small", words[code]));
  return item;
}

function addSlip(number, fresh) {
  const picture = Object.assign(document.createElement("img"), {
    src: `/bench/slip/${number}.png`,
    alt: document.body.dataset.slipAlt.replace("{number}", number),
  });
  const link = Object.assign(document.createElement("a"), { href: picture.src });
  const item = document.createElement("li");
  item.classList.toggle("fresh", fresh);
  link.append(picture);
  item.append(link);
  slips.prepend(item);
  while (slips.children.length > SLIPS_SHOWN) slips.lastElementChild.remove();
  document.querySelector("[data-none]").hidden = true;
}

function listen() {
  const news = new EventSource("/bench/live");
  const connected = (up) => {
    line.classList.toggle("down", !up);
    line.querySelector("[data-up]").hidden = !up;
    line.querySelector("[data-down]").hidden = up;
  };
  news.onopen = () => connected(true);
  news.onerror = () => connected(false);
  news.onmessage = (message) => {
    const one = JSON.parse(message.data);
    show[one.what]?.(one);
  };
}

// What the hand does.

// A key that is held on the page is held on the device, as far as the device tells short from long.
let heldSince = 0;
document.addEventListener("pointerdown", () => {
  heldSince = Date.now();
});

document.addEventListener("click", async (event) => {
  const { target } = event;
  const key = target.closest("[data-press]");
  if (key) {
    key.classList.add("down");
    setTimeout(() => key.classList.remove("down"), DOWN_MS);
    const held = event.detail && Date.now() - heldSince >= LONG_MS ? HELD_MS : SHORT_MS;
    await send("press", { board: key.dataset.board, pin: key.dataset.press, held_ms: held });
  }
  const paper = target.closest("[data-code]");
  if (paper) await send("scan", { board: paper.dataset.board, code: paper.dataset.code });
  const plug = target.closest("[data-power]");
  if (plug) {
    plug.disabled = true;
    await send("power", { board: plug.dataset.board, on: plug.getAttribute("aria-pressed") === "false" });
    plug.disabled = false;
  }
  const duty = target.closest("[data-duty]");
  if (duty) await send("duty", { counter: duty.dataset.duty, on: duty.getAttribute("aria-pressed") === "false" });
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-scan]");
  if (!form) return;
  event.preventDefault();
  if (await send("scan", { board: form.dataset.board, code: form.elements.code.value })) form.reset();
});

document.addEventListener("change", async (event) => {
  const roll = event.target.closest("[data-paper]");
  if (roll) await send("paper", { board: roll.dataset.board, state: event.target.value });
});

listen();
