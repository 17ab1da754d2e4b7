// The page hears of changes and shows them. Without this script it is a plain page that a reload brings up to date.
//
// The server sends sections that changed, and a beat at least every five seconds. Times that pass are told as the moment
// they began (data-since, in the server's clock) and counted on here. When nothing was heard for a while the page says so,
// stops counting, and listens anew until it is answered.

const SILENCE_MS = 16_000; // three beats
const RETRY_MS = 3_000;
const ANSWER_WITHIN_MS = 30_000;

const page = document.body;
const connection = document.getElementById("connection");
const lost = document.getElementById("lost");
const spoken = document.getElementById("spoken");
const plainTitle = document.title;
const before = new Map(); // by section the last HTML of each keyed part that it has, to mark what changed

let ahead_ms = Number(page.dataset.now) - Date.now(); // the server's clock minus this one
let heard_ms = Date.now();
let isLost = false;
let source = null;
let retry = null;
let sent_ms = -Infinity; // when a form was sent whose answer is another page

function listen() {
  source?.close();
  source = new EventSource(page.dataset.stream);
  source.addEventListener("section", (event) => {
    heard();
    const { id, html } = JSON.parse(event.data);
    swap(id, html);
  });
  source.addEventListener("beat", (event) => {
    heard();
    const { now, version } = JSON.parse(event.data);
    ahead_ms = now - Date.now();
    if (version !== page.dataset.version) reload(); // the server was updated
    tick();
  });
  source.addEventListener("ended", reload); // the session is over: the sign-in page follows
  source.addEventListener("error", () => {
    lose();
    if (source.readyState === EventSource.CLOSED) listenLater(); // otherwise the browser tries again itself
  });
}

function listenLater() {
  clearTimeout(retry);
  retry = setTimeout(async () => {
    const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.type === "opaqueredirect") reload(); // the session ended meanwhile
    else listen();
  }, RETRY_MS);
}

// The answer to a form leads on, such as from signing out here to signing out at the provider of identities; to load this
// page anew meanwhile would throw it away. Should nothing come of it in a while, this page is still the one that is seen.
export function reload() {
  const left_ms = sent_ms + ANSWER_WITHIN_MS - Date.now();
  if (left_ms > 0) setTimeout(reload, left_ms);
  else location.reload();
}

function heard() {
  heard_ms = Date.now();
  if (!isLost && connection.dataset.state === "on") return;
  isLost = false;
  lost.hidden = true;
  page.classList.remove("is-lost");
  state("on");
}

function lose() {
  if (isLost) return;
  isLost = true;
  const time = new Date(heard_ms).toLocaleTimeString(document.documentElement.lang);
  lost.textContent = lost.dataset.text.replace("{time}", time);
  lost.hidden = false;
  page.classList.add("is-lost");
  state("off");
}

function state(now) {
  connection.dataset.state = now;
  connection.textContent = connection.dataset[now];
}

// What time it is at the server.
export function serverNow() {
  return Date.now() + ahead_ms;
}

export function swap(id, html) {
  const old = document.getElementById(id);
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
  if (!old || !fresh) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const opened = [...old.querySelectorAll("details[open][id]")];
  const known = before.get(id);
  const parts = new Map(); // what is gone is forgotten: a page stays open for weeks
  for (const part of fresh.querySelectorAll("[data-key]")) {
    const looks = part.outerHTML.replace(/(data-since="\d+">)[^<]*|(class="gauge-fill" width=")[^"]*/g, "$1$2");
    if (known && known.get(part.dataset.key) !== looks) part.classList.add("changed");
    parts.set(part.dataset.key, looks);
  }
  before.set(id, parts);
  old.replaceWith(fresh);
  for (const part of opened) document.getElementById(part.id)?.setAttribute("open", "");
  for (const field of old.querySelectorAll("input[id]")) {
    const same = document.getElementById(field.id);
    if (same) same.value = field.value; // what was typed is not lost
  }
  if (focused) keepFocus(focused.id, fresh);
  if (fresh.dataset.announced && fresh.dataset.announced !== old.dataset.announced) spoken.textContent = fresh.dataset.announced;
  if (fresh.dataset.spoken !== undefined) {
    if (spoken.textContent !== fresh.dataset.spoken) spoken.textContent = fresh.dataset.spoken;
    document.title = fresh.dataset.title ? `${fresh.dataset.title} · ${plainTitle}` : plainTitle;
  }
  tick();
}

// Who works with the keyboard goes on where they were, or at the section if what they were at is gone.
function keepFocus(id, section) {
  const part = (id && document.getElementById(id)) || section;
  if (part === section) section.tabIndex = -1;
  part.focus({ preventScroll: true });
}

function tick() {
  if (isLost) return;
  const now_ms = Date.now() + ahead_ms;
  for (const time of document.querySelectorAll("[data-since]")) {
    const text = elapsed((now_ms - Number(time.dataset.since)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
  for (const gauge of document.querySelectorAll("[data-gauge]")) {
    const percent = (now_ms - Number(gauge.dataset.gauge)) / 10 / Number(gauge.dataset.target);
    gauge.querySelector(".gauge-fill").setAttribute("width", Math.min(120, Math.max(0, percent)).toFixed(1));
  }
}

function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

setInterval(() => {
  if (Date.now() - heard_ms > SILENCE_MS) {
    heard_ms = isLost ? Date.now() : heard_ms; // while it is lost, listen anew only as often
    lose();
    listen();
  }
  tick();
}, 1000);
addEventListener("submit", (event) => {
  const before_ms = sent_ms;
  sent_ms = Date.now();
  setTimeout(() => event.defaultPrevented && (sent_ms = before_ms)); // a script sends it, and this page stays
});
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  sent_ms = -Infinity;
  listen();
});

state("connecting");
listen();
