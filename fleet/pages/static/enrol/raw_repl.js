// MicroPython's raw REPL: scripts that run on a board, sent by raw-paste, so that none of their bytes is lost.
//
// Raw-paste: the board says how many bytes it takes (its window) and allows as many again with each 0x01; 0x04 from it
// means that it wants no more. Then come what the script printed, 0x04, its error, 0x04 and `>`.

import { Trouble, shownBytes } from "./trouble.js";

const STOP = [13, 3, 3];
const RAW = [1];
const END = 4;
const LEAVE = 1; // to send a window more
const PASTE = [5, 65, 1];
const PROMPT = bytesOf("raw REPL; CTRL-B to exit\r\n>");
const QUIET_MS = 200;
const SETTLE_MS = 2_000; // a board in its start talks for a second or two; who interrupts it too early is not heard
const ANSWER_MS = 3_000;
const ENTER_MS = 20_000;
const SCRIPT_MS = 30_000;
const HEARD_AT_MOST = 2_000;

// A script raised on the board; `found` is the last line of its trace.
export class ScriptFailed extends Trouble {
  constructor(trace) {
    super("install", shownBytes(trace.slice(trace.slice(0, -2).lastIndexOf(10) + 1)));
  }
}

export class RawRepl {
  constructor(cable) {
    this.cable = cable;
  }

  // Stop whatever runs and get the raw prompt.
  async enter(within_ms = ENTER_MS) {
    let heard = [];
    for (const ends = performance.now() + within_ms; ; ) {
      await this.cable.write(STOP);
      heard = heard.concat(await this.cable.quiet(QUIET_MS, SETTLE_MS)).slice(-HEARD_AT_MOST);
      this.#heard = [];
      await this.cable.write(RAW);
      try {
        await this.#until(PROMPT, ANSWER_MS);
        return;
      } catch (problem) {
        if (problem.word !== "no_micropython") throw problem;
        heard = heard.concat(this.#heard).slice(-HEARD_AT_MOST);
      }
      if (performance.now() >= ends) throw new Trouble("no_micropython", shownBytes(heard.slice(-200)));
    }
  }

  // What the script prints.
  async run(script, within_ms = SCRIPT_MS) {
    await this.#begin();
    await this.#paste(bytesOf(script));
    const printed = await this.#until([END], within_ms);
    const trace = await this.#until([END], ANSWER_MS);
    await this.#until(bytesOf(">"), ANSWER_MS);
    if (trace.length) throw new ScriptFailed(trace);
    return new TextDecoder().decode(Uint8Array.from(printed));
  }

  // Run this script, by which the board begins anew; nobody waits for its end.
  async leave(reset) {
    await this.#begin();
    await this.#paste(bytesOf(reset));
  }

  #heard = [];

  async #begin() {
    this.#heard = [];
    await this.cable.write(PASTE);
    const [first, second] = await this.#take(2);
    if (first !== 82 || second !== 1) throw new Trouble("old_micropython", shownBytes([first, second]));
  }

  async #paste(bytes) {
    const [low, high] = await this.#take(2);
    const step = low + 256 * high;
    let window = step;
    for (let at = 0; at < bytes.length; ) {
      while (window === 0 || this.#heard.length) {
        const [said] = await this.#take(1);
        if (said === END) return this.cable.write([END]); // it wants no more; why follows
        if (said !== LEAVE) throw new Trouble("no_micropython", shownBytes([said]));
        window += step;
      }
      const part = bytes.slice(at, at + window);
      await this.cable.write(part);
      at += part.length;
      window -= part.length;
      this.#heard.push(...(await this.cable.read(0)));
    }
    await this.cable.write([END]);
    while ((await this.#take(1))[0] !== END); // leave that came after the last byte was sent
  }

  async #take(count) {
    for (const ends = performance.now() + ANSWER_MS; this.#heard.length < count; ) {
      const left = ends - performance.now();
      if (left <= 0) throw new Trouble("no_micropython", shownBytes(this.#heard));
      this.#heard.push(...(await this.cable.read(left)));
    }
    return this.#heard.splice(0, count);
  }

  async #until(mark, within_ms) {
    for (const ends = performance.now() + within_ms; ; ) {
      const at = placeOf(mark, this.#heard);
      if (at >= 0) return this.#heard.splice(0, at + mark.length).slice(0, at);
      const left = ends - performance.now();
      if (left <= 0) throw new Trouble("no_micropython", shownBytes(this.#heard.slice(-200)));
      this.#heard.push(...(await this.cable.read(left)));
    }
  }
}

function bytesOf(text) {
  return [...new TextEncoder().encode(text)];
}

function placeOf(mark, bytes) {
  for (let at = 0; at + mark.length <= bytes.length; at += 1)
    if (mark.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}
