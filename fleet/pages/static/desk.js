// A counter's page acts without being loaded anew, and by single keys. Without this script its forms work by themselves.
//
// One thing is done at a time, under the key of its form: what is sent twice is done once. The second press of a double
// click does nothing, whatever lies under the hand by then.
//
// A scanner on USB types what it reads. So a letter that others follow at once is no key of ours: it is looked for the
// code of a dossier, and nothing else of it (a resident's card, for instance) leaves this machine.

import { reload, swap } from "./live.js";

const ANSWER_WITHIN_MS = 15_000;
const DOUBLE_MS = 500; // as long as systems wait for the second press of a double click
const DOUBLE_PX = 24;
const TYPED_MS = 50; // no hand is so fast
const READ_MS = 200; // a scanner that sends no end of line is through by then
const SHORTEST = 6; // what is shorter was two keys pressed together
const CODE = /(?:^|[^\w.])((?:[A-Z0-9]{1,3}\.){0,6}[A-Z0-9]{1,3}-\d{6}-[A-Z0-9]{4,12})(?![\w.])/i;
const GOOD_MS = 4_000;
const KEYS_OFF = "motcua-keys-off";

const told = document.getElementById("told");
const keys = document.getElementById("keys");
let busy = false;
let doing = null; // the letter of what is being done, or its verb
let waiting = null; // what is to be done after it
let said = null; // when good news goes; what was refused stays until something else is done
let typed = "";
let typed_ms = -READ_MS;
let later = null; // what is done about what was typed when no more comes, and when
let clicked = { at: -DOUBLE_MS, x: 0, y: 0 };

async function send(form) {
  if (busy) return hold(form);
  busy = true;
  doing = name(form);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (new URL(answer.url).pathname === "/login" || [403, 404].includes(answer.status)) reload();
    else if (answer.ok || answer.status === 409) show(await answer.text());
    else say(told.dataset.failed);
  } catch {
    say(told.dataset.failed); // the same form may be sent again
  }
  form.removeAttribute("aria-busy");
  busy = false;
  const next = waiting;
  waiting = null;
  if (next) next();
}

function name(form) {
  return form.querySelector("[data-press]")?.dataset.press ?? form.elements.verb.value;
}

// The page may show what was done before its answer is here: what is pressed by then is done next, if it still can be.
function hold(form) {
  const { id } = form.querySelector("button");
  if (name(form) === doing) return;
  waiting = () => {
    const button = document.getElementById(id);
    if (button && !button.disabled) send(button.form);
  };
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const section of document.querySelectorAll("[data-at]")) {
    const its = fresh.getElementById(section.id);
    if (its && Number(its.dataset.at) >= Number(section.dataset.at)) swap(section.id, its.outerHTML);
  }
  const its = fresh.getElementById("told");
  say(its?.textContent ?? "", its?.className);
  const field = document.getElementById("scan-code");
  if (field && doing === "scan") field.value = "";
}

function say(text, how = "refused") {
  told.textContent = text;
  told.className = how;
  told.hidden = !text;
  clearTimeout(said);
  if (how === "done") said = setTimeout(say, GOOD_MS, "");
}

function press(letter) {
  const it = document.querySelector(`[data-press="${letter}"]`);
  if (!it || it.disabled) return;
  if (it.tagName === "SUMMARY") toggle(it.parentElement);
  else send(it.form);
}

function toggle(choices) {
  choices.open = !choices.open;
  choices.querySelector(choices.open ? "button" : "summary").focus();
}

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.repeat && (event.key === "Enter" || event.key === " ")) return event.preventDefault(); // held, not pressed
  if (event.repeat || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const open = document.querySelector(".choices[open]");
  if (open && event.key === "Escape") return toggle(open);
  if (event.key === "Enter" && typed.length >= SHORTEST && event.timeStamp - typed_ms < READ_MS) {
    event.preventDefault(); // else the button that has the focus would be pressed
    read();
  }
  if (event.key.length > 1) return;
  const follows = event.timeStamp - typed_ms < TYPED_MS;
  if (follows) clearTimeout(later?.timer);
  else settle(); // on a machine that is slow no timer may have run since
  typed = follows ? typed + event.key : event.key;
  typed_ms = event.timeStamp;
  const act = follows ? read : () => key(event.key.toLowerCase());
  later = { act, timer: setTimeout(settle, follows ? READ_MS : TYPED_MS) };
}

// No more comes: what was typed is done now.
function settle() {
  clearTimeout(later?.timer);
  const { act } = later ?? {};
  later = null;
  act?.();
}

function key(letter) {
  if (keys.dataset.off) return;
  const choices = document.querySelectorAll(".choices[open] .choice-list button");
  if (/^[1-9]$/.test(letter)) return choices[letter - 1] && send(choices[letter - 1].form);
  if (!/^[a-z]$/.test(letter)) return;
  if (!busy) press(letter);
  else if (letter !== doing) waiting = () => press(letter);
}

function read() {
  clearTimeout(later?.timer);
  later = null;
  const text = typed;
  typed = "";
  typed_ms = -READ_MS;
  if (text.length >= SHORTEST) scan(text);
}

function scan(text) {
  const found = text.includes("|") ? null : CODE.exec(text);
  if (found) add(found[1]);
  else say(told.dataset.noCode);
}

function add(code) {
  const field = document.getElementById("scan-code");
  if (busy) waiting = () => add(code);
  else if (!field) say(told.dataset.noVisit);
  else {
    field.value = code;
    send(field.form);
  }
}

function once(event) {
  if (!event.detail || !event.target.closest(".act, .choices")) return; // Enter makes a click without a place
  const [x, y] = [event.clientX, event.clientY];
  const again = event.timeStamp - clicked.at < DOUBLE_MS && Math.hypot(x - clicked.x, y - clicked.y) < DOUBLE_PX;
  clicked = { at: event.timeStamp, x, y };
  if (again) event.preventDefault();
}

function turn(off) {
  const button = keys.firstElementChild;
  button.textContent = off ? button.dataset.off : button.dataset.on;
  if (off) keys.dataset.off = "yes";
  else delete keys.dataset.off;
  document.body.classList.toggle("with-keys", !off);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".act")) return;
  event.preventDefault();
  const field = event.target.querySelector("#scan-code");
  if (!field) return send(event.target);
  const text = field.value;
  field.value = "";
  scan(text);
});
document.addEventListener("click", once, { capture: true });

if (keys) {
  document.addEventListener("keydown", pressed);
  keys.hidden = false;
  keys.firstElementChild.addEventListener("click", () => {
    const off = !keys.dataset.off;
    localStorage.setItem(KEYS_OFF, off ? "yes" : "");
    turn(off);
  });
  turn(localStorage.getItem(KEYS_OFF) === "yes");
}
