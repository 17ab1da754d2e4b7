// A talk with the firmware at a cable: objects in Improv frames, asked by a number and answered by the same; beside them
// the requests for Wi-Fi that every Improv device knows. What a board says is made fit to be shown here, once.

import * as improv from "./improv.js";
import { Trouble, shown, shownBytes } from "./trouble.js";

const ANSWER_MS = 5_000;
const TAKEN_MS = 2_000;
const TRY_MS = 1_000; // a board that is just starting hears nothing for a second or two; it is asked again
const QUIET_MS = 300;
const SCAN_MS = 15_000;
const JOIN_MS = 40_000;
const LONGEST_TEXT = 400;
const AS_IT_IS = new Set(["record", "proof"]); // checked by their signature, letter by letter

// `state` is how far the device is on its way to the fleet, `failures` how often that failed; `named` who it says it is,
// if it is a device already.
export class Conversation {
  constructor(cable) {
    this.cable = cable;
    this.named = null;
    this.again();
  }

  // The board began anew: what was half said is forgotten.
  again() {
    this.state = null;
    this.failures = 0;
    this.#begin();
  }

  // The answer to a request; what is streamed before it goes to `line`, and lengthens the time.
  async ask(what, { within_ms = ANSWER_MS, line = () => {} } = {}) {
    const number = await this.say(what);
    for (let ends = performance.now() + within_ms; ; ) {
      const said = await this.#object(ends - performance.now());
      if (said.id !== number) continue; // of another request, for whose answer nobody waits
      if (said.ok === true) return said;
      if ("ok" in said) throw new Trouble("refused", said.found || said.error);
      line(said);
      ends = performance.now() + within_ms;
    }
  }

  // Ask without waiting for the answer; the number by which it would be known.
  async say(what) {
    this.#number += 1;
    const bytes = new TextEncoder().encode(JSON.stringify({ ...what, id: this.#number }));
    const frames = improv.pieces(bytes);
    const last = frames.pop();
    for (const piece of frames) {
      await this.cable.write(piece);
      await this.#taken();
    }
    await this.cable.write(last);
    return this.#number;
  }

  // Who the board is; asked again until it answers. Null where it is a device on its way, which hears nothing.
  async about(within_ms) {
    for (const ends = performance.now() + within_ms; ; ) {
      try {
        const left = Math.min(TRY_MS, Math.max(100, ends - performance.now()));
        return await this.ask({ do: "about", now: Date.now() }, { within_ms: left });
      } catch (problem) {
        if (!(problem instanceof Trouble) || !["silent", "garbled"].includes(problem.word)) throw problem;
        if (this.state === improv.PROVISIONING || this.state === improv.PROVISIONED || this.failures) return null;
        if (performance.now() >= ends) throw problem;
        this.#begin();
      }
    }
  }

  // The Wi-Fi that the board hears, the strongest first: {name, level, closed}.
  async scan() {
    await this.cable.write(improv.request(improv.SCAN));
    const found = new Map();
    for (const ends = performance.now() + SCAN_MS; ; ) {
      const [name, level, closed] = await this.#texts(improv.SCAN, ends);
      if (name === undefined) break;
      const one = { name, level: Number(level), closed: closed === "YES" };
      if (name && !(found.get(name)?.level >= one.level)) found.set(name, one);
    }
    return [...found.values()].sort((one, other) => other.level - one.level);
  }

  // Have the board join this Wi-Fi and keep it for what it is offered.
  async join(name, password) {
    const before = this.failures;
    await this.cable.write(improv.request(improv.WIFI, improv.strings(name, password)));
    for (const ends = performance.now() + JOIN_MS; ; ) {
      const found = await this.#next(ends - performance.now());
      const refused = found?.type === improv.ERROR && found.data[0] === improv.INVALID;
      if (!found || refused || this.failures > before) throw new Trouble("wifi", name);
      if (improv.read(found.data)?.command === improv.WIFI && found.type === improv.RESULT) return;
    }
  }

  // Wait until the fleet has welcomed the device; `failed` hears of each try that came to nothing. False: time is over.
  async untilConnected(within_ms, failed) {
    for (const ends = performance.now() + within_ms; this.state !== improv.PROVISIONED; ) {
      if (performance.now() >= ends) return false;
      const before = this.failures;
      await this.#next(ends - performance.now());
      if (this.failures > before) failed(this.failures);
    }
    return true;
  }

  #number = 0;
  #frames;
  #objects;
  #waiting;

  #begin() {
    this.#frames = new improv.Frames();
    this.#objects = new improv.Objects();
    this.#waiting = [];
  }

  async #taken() {
    for (const ends = performance.now() + TAKEN_MS; ; ) {
      const found = await this.#next(ends - performance.now());
      if (!found) throw new Trouble("silent");
      if (improv.isTaken(found)) return;
    }
  }

  async #object(within_ms) {
    for (const ends = performance.now() + within_ms; ; ) {
      const found = await this.#next(ends - performance.now());
      if (!found) throw new Trouble("silent", shownBytes(this.#frames.chatter));
      const said = found.type === improv.RESULT ? improv.read(found.data) : null;
      if (said?.command !== improv.OBJECT) continue;
      const bytes = this.#objects.take(said.data);
      if (bytes) return harmless(parsed(bytes));
      if (said.data[0] & improv.MORE) await this.cable.write(improv.taken());
    }
  }

  // The texts of the next result of this command.
  async #texts(command, ends) {
    for (;;) {
      const found = await this.#next(ends - performance.now());
      if (!found) throw new Trouble("silent");
      const said = found.type === improv.RESULT ? improv.read(found.data) : null;
      if (said?.command === command) return improv.readStrings(said.data).map((text) => shown(text));
    }
  }

  // The next frame; what it says of the device's state is noted. Null when the time is over.
  async #next(within_ms) {
    for (const ends = performance.now() + within_ms; ; ) {
      const found = this.#waiting.shift();
      if (found) {
        if (found.type === improv.STATE && found.data.length) this.state = found.data[0];
        if (found.type === improv.ERROR && found.data[0] === improv.NO_CONNECTION) this.failures += 1;
        if (found.type === improv.RESULT && found.data[0] === improv.DEVICE) this.named = deviceIn(found.data);
        return found;
      }
      const left = ends - performance.now();
      if (left <= 0) return null;
      const came = await this.cable.read(Math.min(left, QUIET_MS));
      this.#waiting.push(...(came.length ? this.#frames.feed(came) : this.#frames.idle()));
    }
  }
}

// The device that this answer of the standard names; null in one that cannot be read.
function deviceIn(data) {
  const texts = improv.readStrings(improv.read(data)?.data ?? []);
  return texts.length === 4 ? shown(texts[3]) : null;
}

function parsed(bytes) {
  try {
    const said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes)));
    if (said && typeof said === "object") return said;
  } catch {
    // told below
  }
  throw new Trouble("garbled", shownBytes(bytes));
}

// What a board said, fit to be shown; what stands in lists and objects within it, too.
function harmless(value, name = "") {
  if (typeof value === "string") return AS_IT_IS.has(name) ? value : shown(value, LONGEST_TEXT);
  if (Array.isArray(value)) return value.map((one) => harmless(one));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [shown(key), harmless(one, key)]));
  return value;
}
