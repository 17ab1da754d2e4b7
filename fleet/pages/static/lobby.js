// A screen on a wall calls people: it says each call once, one after another, and shows the office's time.
//
// Recorded clips go before the browser's voice; where neither is there, a chime. Browsers let a page sound only after
// somebody has touched it, unless the screen was started for it (docs/guides/lobby.md), so there is a button until then.
// The screen runs for weeks: what is remembered of calls is bounded, and nothing else is kept.

import { serverNow } from "./live.js";

const FRESH_MS = 60_000; // whoever was called a minute ago has come, or is called again
const REMEMBERED = 200;
const WAITING = 6; // when more are called than can be said, the newest are
const LONGEST_MS = 8_000; // of one clip
const CHIME_S = 0.5;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZĐĂÂÊÔƠƯ";
const CHIME = 1;
const CALLED = 2;
const TO_COUNTER = 3;
const DIGIT = 10;
const LETTER = 21;
const COUNTER = 100;
// Clips by their numbers: docs/voices.md, as the firmware of call displays speaks them.

const page = document.body;
const main = document.querySelector("main");
const button = document.getElementById("sound");
const clock = document.getElementById("clock");
const voices = [...document.querySelectorAll(".voice")].map((one) => ({
  folder: one.value ?? one.getAttribute("value"),
  clips: new Set(one.dataset.clips.split(",").filter(Boolean).map(Number)),
}));
const time = new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
  timeZone: page.dataset.timezone,
});
const known = new Map(); // how often each call was made again
const player = new Audio();
const waiting = [];
let sound = null;
let speaking = false;

export function clips(label, counter) {
  const said = [CHIME, CALLED];
  for (const letter of label.toUpperCase()) {
    if (/\d/.test(letter)) said.push(DIGIT + Number(letter));
    else if (LETTERS.includes(letter)) said.push(LETTER + LETTERS.indexOf(letter));
  }
  if (/^\d+$/.test(counter) && 1 <= Number(counter) && Number(counter) <= 99) said.push(TO_COUNTER, COUNTER + Number(counter));
  return said;
}

function look() {
  const calls = [...main.querySelectorAll("[data-call]")].reverse(); // the oldest is said first
  for (const call of calls) {
    const { call: key, recalls, called } = call.dataset;
    const before = known.get(key);
    if (before === recalls) continue;
    known.set(key, recalls);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value);
    if (before === undefined && serverNow() - Number(called) > FRESH_MS) continue; // it was before the screen was here
    call.classList.add("is-new");
    waiting.push({ label: call.dataset.label, counter: call.dataset.counter });
    if (waiting.length > WAITING) waiting.shift();
  }
  speak();
}

async function speak() {
  if (speaking) return;
  speaking = true;
  while (waiting.length) {
    const call = waiting.shift();
    if (sound?.state === "running") await say(call).catch(() => {});
  }
  speaking = false;
}

async function say({ label, counter }) {
  let chimed = false;
  for (const { folder, clips: there } of voices) {
    const said = clips(label, counter).filter((one) => there.has(one) && (one !== CHIME || !chimed));
    if (said.some((one) => one !== CHIME)) {
      if (!there.has(CHIME) && !chimed) await chime();
      for (const one of said) await play(`/voices/${folder}/${String(one).padStart(3, "0")}`);
    } else {
      if (!chimed) await chime();
      await utter(label, counter);
    }
    chimed = true;
  }
}

function play(address) {
  return new Promise((done) => {
    const late = setTimeout(done, LONGEST_MS);
    player.onended = player.onerror = () => {
      clearTimeout(late);
      done();
    };
    player.src = address;
    player.play().catch(player.onerror);
  });
}

function utter(label, counter) {
  const language = document.documentElement.lang;
  const voice = globalThis.speechSynthesis?.getVoices().find((one) => one.lang.startsWith(language));
  if (!voice) return Promise.resolve(); // another language's voice would not be understood
  return new Promise((done) => {
    const words = page.dataset.say.replace("{label}", [...label].join(" ")).replace("{counter}", counter);
    const said = new SpeechSynthesisUtterance(words);
    const late = setTimeout(done, 2 * LONGEST_MS);
    said.voice = voice;
    said.lang = voice.lang;
    said.onend = said.onerror = () => {
      clearTimeout(late);
      done();
    };
    speechSynthesis.speak(said);
  });
}

function chime() {
  return new Promise((done) => {
    const loud = sound.createGain();
    loud.connect(sound.destination);
    loud.gain.setValueAtTime(0.25, sound.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 2 * CHIME_S);
    [659.25, 523.25].forEach((pitch, at) => {
      const tone = sound.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(loud);
      tone.start(sound.currentTime + at * CHIME_S);
      tone.stop(sound.currentTime + (at + 1) * CHIME_S);
      if (at) {
        tone.onended = () => {
          loud.disconnect();
          done();
        };
      }
    });
  });
}

function wake() {
  navigator.wakeLock?.request("screen").catch(() => {}); // the television may have its own way
}

function listenFirst() {
  sound = new AudioContext();
  button.hidden = sound.state === "running";
  sound.onstatechange = () => (button.hidden = sound.state === "running");
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => sound.resume());
}

listenFirst();
wake();
document.addEventListener("visibilitychange", () => document.hidden || wake());
new MutationObserver(look).observe(main, { childList: true });
look();
setInterval(() => (clock.textContent = time.format(serverNow())), 1000);
