// A kiosk: one page that never leaves itself. What is touched is fetched and put into its place, so that a network that
// is gone leaves a screen that says so, and no error page of the browser that nobody can get away from.
//
// One press is one number: the form's key goes with it, so that it may be sent again. After a while without a touch the
// screen asks whether anybody is still there, and goes back to its start and to Vietnamese.

import { serverNow } from "./live.js";

const ANSWERED_MS = 10_000;
const SETTLES_MS = 600; // the second touch of a hasty finger belongs to the screen before
const TYPED_MS = 250;
const AGAIN_MS = 500;
const LEAVES_S = 20;

const page = document.body;
const clock = document.getElementById("clock");
const spoken = document.getElementById("spoken");
const leaving = document.getElementById("leaving");
const countdown = leaving.querySelector("p");
const time = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: page.dataset.timezone,
});

let touched_ms = performance.now();
let settling = null;
let busy = false;
let typing = null;
let asking = null;

async function fetched(address, options) {
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(ANSWERED_MS), ...options });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (fresh.body.classList.contains("kiosk")) return fresh;
  if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
  location.assign(page.dataset.home); // signed out, or the kiosk was closed
  return null;
}

async function go(address, options = {}) {
  if (busy) return;
  busy = true;
  try {
    const fresh = await fetched(address, options);
    if (fresh && fresh.documentElement.lang !== document.documentElement.lang) location.assign(address);
    else if (fresh) show(fresh);
  } catch {
    fail();
  } finally {
    busy = false;
  }
}

function show(fresh) {
  for (const part of ["main", "header nav"]) document.querySelector(part).replaceWith(fresh.querySelector(part));
  document.title = fresh.title;
  touched_ms = performance.now();
  scrollTo(0, 0);
  clearTimeout(settling);
  page.classList.add("is-settling");
  settling = setTimeout(() => page.classList.remove("is-settling"), SETTLES_MS);
  settle();
}

function settle() {
  const main = document.querySelector("main");
  const words = main.querySelector("#words");
  const keys = main.querySelector(".kiosk-keys");
  if (keys) {
    keys.hidden = false;
    if (keys.offsetParent) words.inputMode = "none"; // its keys are on the screen
  }
  (words ?? main).focus({ preventScroll: true });
  spoken.textContent = main.dataset.spoken ?? "";
  if (main.dataset.again) setTimeout(wait, AGAIN_MS, main.dataset.again);
  tick();
}

// The printer was asked for a paper: look until it has answered, through whatever the network does meanwhile.
async function wait(address) {
  const fresh = await fetched(address).catch(() => null);
  if (document.querySelector("main").dataset.again !== address) return;
  if (fresh && !fresh.querySelector("main").dataset.again) show(fresh);
  else setTimeout(wait, AGAIN_MS, address);
}

function tell(text) {
  const place = document.getElementById("refused");
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

function fail() {
  tell(page.dataset.failed); // the key stays, so a number that was given all the same is the one that is shown
  document.querySelector("main").classList.remove("is-busy");
  touched_ms = performance.now();
}

function take(form, button) {
  if (busy) return;
  document.querySelector("main").classList.add("is-busy");
  tell(page.dataset.busy);
  go(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
}

async function find(form) {
  asking?.abort();
  asking = new AbortController();
  const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  const fresh = await fetched(address, { signal: asking.signal }).catch(() => null); // a lost network is said above
  const found = document.getElementById("found");
  if (fresh && found) found.replaceWith(fresh.getElementById("found"));
}

function type(key) {
  const words = document.getElementById("words");
  if (key === "none") words.value = "";
  else if (key === "back") words.value = words.value.slice(0, -1);
  else words.value += key;
  words.dispatchEvent(new Event("input", { bubbles: true }));
}

function tick() {
  clock.textContent = time.format(serverNow());
  const { idle, leaves = LEAVES_S } = document.querySelector("main").dataset;
  const left_s = Math.ceil(Number(idle) + Number(leaves) - (performance.now() - touched_ms) / 1000);
  const isLeaving = idle !== undefined && left_s <= Number(leaves);
  if (isLeaving) countdown.textContent = countdown.dataset.text.replace("{seconds}", Math.max(0, left_s));
  if (isLeaving && leaving.hidden && Number(idle)) spoken.textContent = countdown.textContent;
  leaving.hidden = !isLeaving;
  if (isLeaving && left_s <= 0 && !busy) {
    touched_ms = performance.now(); // should nothing answer, it is tried again in a while
    go(page.dataset.home);
  }
}

for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => {
    touched_ms = performance.now();
    tick();
  });
}
addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  if (key) type(key.dataset.key);
  const link = event.target.closest("a[href]");
  if (!link) return;
  event.preventDefault();
  go(link.href);
});
addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.method === "post") take(event.target, event.submitter);
  else find(event.target);
});
addEventListener("input", (event) => {
  if (event.target.id !== "words") return;
  clearTimeout(typing);
  typing = setTimeout(find, TYPED_MS, event.target.form);
});
addEventListener("contextmenu", (event) => event.preventDefault()); // a finger that rests opens none

settle();
setInterval(tick, 1000);
