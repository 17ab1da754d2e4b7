// The page of a ticket asks again by itself and exchanges what changed. Without this script it reloads as a whole.
//
// A tone and a vibration near the turn only where somebody has asked for them by a tap: browsers allow no other. What
// is asked after a visit is never exchanged under somebody's finger: only another stage, or an answer, changes it.

const RETRY_S = 5;
const CALLING = ["near", "called"];

let audio = null;
let timer = null;
let main = document.querySelector("main");

async function ask() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "omit" });
    if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
    exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
    later(Number(main.dataset.again));
  } catch {
    const fresh = document.getElementById("fresh");
    if (fresh && main.dataset.lost) fresh.textContent = main.dataset.lost;
    later(RETRY_S);
  }
}

function exchange(now) {
  const next = now.querySelector("main");
  const [before, after] = [main.dataset.stage, next.dataset.stage];
  document.title = now.title;
  if (next.outerHTML !== plain) {
    plain = next.outerHTML;
    const open = [...main.querySelectorAll("details")].map((one) => one.open);
    const focused = document.activeElement?.id;
    main.replaceWith(next);
    main = next;
    main.querySelectorAll("details").forEach((one, at) => (one.open = open[at] ?? one.open));
    offerTone();
    if (focused) document.getElementById(focused)?.focus();
  }
  if (after !== before && CALLING.includes(after)) sound();
}

function later(seconds) {
  clearTimeout(timer);
  if (seconds > 0) timer = setTimeout(ask, seconds * 1000);
}

function offerTone() {
  const button = document.getElementById("tone");
  if (!button) return;
  button.hidden = false;
  if (audio) button.textContent = button.dataset.on;
  button.setAttribute("aria-pressed", String(audio !== null));
  button.addEventListener("click", () => {
    audio ??= new AudioContext();
    audio.resume();
    button.textContent = button.dataset.on;
    button.setAttribute("aria-pressed", "true");
    navigator.wakeLock?.request("screen").catch(() => {}); // a telephone that sleeps hears nothing
    sound();
  });
}

function sound() {
  if (!audio) return;
  document.body.dataset.sounded = main.dataset.stage;
  navigator.vibrate?.([300, 150, 300]);
  for (const [at, hertz] of [[0, 660], [0.25, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.value = 0.3;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.2);
  }
}

let plain = main.outerHTML;
offerTone();
later(Number(main.dataset.again));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Number(main.dataset.again) > 0) ask();
});
