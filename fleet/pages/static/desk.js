// A counter's page acts without being loaded anew, and by single keys. Without this script its forms work by themselves.
//
// One thing is done at a time, under the key of its form: what is sent twice is done once. The second press of a double
// click does nothing, whatever lies under the hand by then.

import { swap } from "./live.js";

const ANSWER_WITHIN_MS = 15_000;
const DOUBLE_MS = 500; // as long as systems wait for the second press of a double click
const DOUBLE_PX = 24;
const KEYS_OFF = "motcua-keys-off";

const told = document.getElementById("told");
const keys = document.getElementById("keys");
let busy = false;
let doing = null; // the letter of what is being done
let waiting = null; // the letter that was pressed meanwhile
let clicked = { at: -DOUBLE_MS, x: 0, y: 0 };

async function send(form) {
  if (busy) return;
  busy = true;
  doing = form.querySelector("[data-press]")?.dataset.press;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (new URL(answer.url).pathname === "/login" || [403, 404].includes(answer.status)) location.reload();
    else if (answer.ok || answer.status === 409) show(await answer.text());
    else say(told.dataset.failed);
  } catch {
    say(told.dataset.failed); // the same form may be sent again
  }
  form.removeAttribute("aria-busy");
  busy = false;
  const next = waiting;
  waiting = null;
  if (next) press(next);
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const section of document.querySelectorAll("[data-at]")) {
    const its = fresh.getElementById(section.id);
    if (its && Number(its.dataset.at) >= Number(section.dataset.at)) swap(section.id, its.outerHTML);
  }
  say(fresh.getElementById("told")?.textContent ?? "");
}

function say(text) {
  told.textContent = text;
  told.hidden = !text;
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
  if (keys.dataset.off) return;
  const choice = open && /^[1-9]$/.test(event.key) && open.querySelectorAll(".choice-list button")[event.key - 1];
  const letter = event.key.toLowerCase();
  if (choice) send(choice.form);
  else if (!/^[a-z]$/.test(letter)) return;
  else if (busy) waiting = letter === doing ? null : letter;
  else press(letter);
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
  send(event.target);
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
