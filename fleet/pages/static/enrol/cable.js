// The line to one board through Web Serial.
//
// The laws of a cable: its lines DTR and RTS are at rest, for behind a bridge they reset the board or hold it in its
// boot mode; no call waits for ever; a board that was reset may come back as another port, and is known by its USB
// numbers.

import { Trouble } from "./trouble.js";

const BAUD = 115_200;
const HELD_BYTES = 65_536;
const WRITE_MS = 5_000;
const LOOK_MS = 50;
const SETTLE_MS = 300; // a port that goes with a reset is still there for a moment
export const BACK_WITHIN_MS = 15_000;

export class Cable {
  // `native`: USB numbers of boards that make their port themselves, which see by DTR that somebody reads.
  constructor(port, native) {
    this.port = port;
    this.native = native;
    this.#reset();
  }

  // Open it where the board is now; one that is away may come back within this time.
  async open(within_ms = 0) {
    await this.close();
    const ends = performance.now() + within_ms;
    for (;;) {
      if (this.#left) throw new Trouble("gone");
      try {
        this.port = (await alike(this.port)) ?? this.port;
        await this.port.open({ baudRate: BAUD, bufferSize: HELD_BYTES });
        break;
      } catch (problem) {
        if (performance.now() >= ends) throw why(problem);
        await pause(LOOK_MS);
      }
    }
    this.#reset();
    this.#pumping = this.#pump();
    await this.#rest();
  }

  // After a reset: let go, and take it again as whatever it comes back.
  async reopen(within_ms = BACK_WITHIN_MS) {
    await pause(SETTLE_MS);
    await this.open(within_ms);
  }

  // Whether the port of this board goes away when the board begins anew.
  get vanishes() {
    const { usbVendorId, usbProductId } = this.port.getInfo();
    return this.native.some(([vendor, product, away]) => away && vendor === usbVendorId && product === usbProductId);
  }

  // What the board says next, however little; nothing if it is silent for so long.
  async read(within_ms) {
    if (!this.#came.length && !this.#lost) await this.#hear(within_ms);
    if (!this.#came.length && this.#lost) throw new Trouble("gone");
    const came = this.#came;
    this.#came = [];
    return came;
  }

  // Send all of this, after what is just being sent.
  write(bytes) {
    const sent = this.#sent.then(() => this.#send(Uint8Array.from(bytes)));
    this.#sent = sent.catch(() => {});
    return sent;
  }

  // What the board says until it is silent for a moment, or for the longest time that we listen.
  async quiet(for_ms, at_most_ms) {
    const heard = [];
    for (const ends = performance.now() + at_most_ms; performance.now() < ends; ) {
      const came = await this.read(for_ms);
      if (!came.length) break;
      heard.push(...came);
    }
    return heard;
  }

  async close() {
    this.#wanted = false;
    await this.#reader?.cancel().catch(() => {});
    await this.#pumping;
    await this.port.close().catch(() => {}); // it may be gone already
  }

  // Let go of it for good.
  async leave() {
    this.#left = true;
    await this.close();
  }

  #left = false;
  #sent;
  #came;
  #lost;
  #heard;
  #wanted;
  #reader = null;
  #pumping = null;

  #reset() {
    this.#sent = Promise.resolve();
    this.#came = [];
    this.#lost = false;
    this.#wanted = true;
    this.#heard = () => {};
  }

  async #send(bytes) {
    if (this.#lost || !this.port.writable) throw new Trouble("gone");
    const writer = this.port.writable.getWriter();
    try {
      await within(writer.write(bytes), WRITE_MS, "stalled");
    } catch (problem) {
      throw problem instanceof Trouble ? problem : new Trouble("gone");
    } finally {
      writer.releaseLock();
    }
  }

  // Holds what comes. A break or a byte that was spoilt ends a stream; then the port has another one, unless it is gone.
  async #pump() {
    while (this.#wanted && this.port.readable) {
      this.#reader = this.port.readable.getReader();
      try {
        for (let one = await this.#reader.read(); !one.done; one = await this.#reader.read()) this.#take(one.value);
      } catch {
        // whether the port is still there is seen by its next stream
      }
      this.#reader.releaseLock();
    }
    this.#reader = null;
    this.#lost = true;
    this.#heard();
  }

  #take(bytes) {
    for (const byte of bytes) this.#came.push(byte);
    this.#heard();
  }

  #hear(within_ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, within_ms));
      this.#heard = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #rest() {
    const { usbVendorId: v, usbProductId: p } = this.port.getInfo();
    const dataTerminalReady = this.native.some(([vendor, product, , dtr]) => dtr && vendor === v && product === p);
    await this.port.setSignals({ dataTerminalReady, requestToSend: false }).catch(() => {}); // not every port has them
  }
}

// The port under which this board is there now: itself, or one with the same USB numbers.
async function alike(port) {
  const { usbVendorId, usbProductId } = port.getInfo();
  const there = await navigator.serial.getPorts();
  if (there.includes(port)) return port;
  return there.find((one) => {
    const its = one.getInfo();
    return its.usbVendorId === usbVendorId && its.usbProductId === usbProductId;
  });
}

function why(problem) {
  if (problem.name === "InvalidStateError") return new Trouble("busy");
  return new Trouble(problem.name === "NetworkError" ? "closed" : "gone", problem.message);
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// What comes within this time, or the trouble that it did not.
export async function within(promise, ms, word) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Trouble(word)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
