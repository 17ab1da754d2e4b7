// Frames of Improv Serial and the objects in them, byte for byte as protocols/improv.py has them; a test compares both.

export const STATE = 1;
export const ERROR = 2;
export const REQUEST = 3;
export const RESULT = 4;
export const PROVISIONING = 3;
export const PROVISIONED = 4;
export const INVALID = 1;
export const NO_CONNECTION = 3;
export const WIFI = 1;
export const DEVICE = 3;
export const SCAN = 4;
export const OBJECT = 0xc0;
export const MORE = 1;
const TAKEN = 2;
const FIRST = 4;
const PIECE_BYTES = 120;
const OBJECT_AT_MOST = 8192;
const HEAD = [...new TextEncoder().encode("IMPROV"), 1];
const BEFORE_DATA = 9;
const NEWLINE = 10;
const CHATTER_AT_MOST = 256;

// Finds the frames in what comes, however it is cut. `chatter`: the last bytes that were part of none.
export class Frames {
  chatter = [];
  #held = [];
  #ended = false;

  // The frames that these bytes complete: {type, data}.
  feed(bytes) {
    for (const byte of bytes) this.#held.push(byte);
    return this.#found(false);
  }

  // Nothing came for a while: what has begun will not be whole. Frames may stand in it.
  idle() {
    return this.#found(true);
  }

  #found(giveUp) {
    const held = this.#held;
    const frames = [];
    let at = 0;
    while (at < held.length) {
      const newline = this.#ended && held[at] === NEWLINE; // of the frame before
      const length = newline ? 0 : lengthAt(held, at);
      if (length > held.length - at && !giveUp) break;
      const whole = length > 0 && length <= held.length - at;
      this.#ended = whole && sum(held, at, at + length - 1) === held[at + length - 1];
      if (this.#ended) frames.push({ type: held[at + 7], data: held.slice(at + BEFORE_DATA, at + length - 1) });
      else if (!newline) this.chatter.push(held[at]); // a frame may begin within what looked like one
      at += this.#ended ? length : 1;
    }
    this.#held = held.slice(at);
    this.chatter = this.chatter.slice(-CHATTER_AT_MOST);
    return frames;
  }
}

// How many bytes the frame that begins there has, or at least will have; 0 if none begins.
function lengthAt(held, at) {
  const there = Math.min(HEAD.length, held.length - at);
  for (let i = 0; i < there; i += 1) if (held[at + i] !== HEAD[i]) return 0;
  return BEFORE_DATA + 1 + (held[at + 8] ?? 0);
}

function sum(bytes, from, to) {
  let all = 0;
  for (let at = from; at < to; at += 1) all += bytes[at];
  return all & 0xff;
}

// Puts the pieces of an object together. What is left of one whose beginning nobody heard is left aside.
export class Objects {
  #held = [];
  #open = false;
  #number = 0;

  // The bytes of the object that this piece completes; null while more follow, or where it is none of ours.
  take(piece) {
    const [flags, ...part] = piece;
    if (flags === undefined || flags & TAKEN) return null;
    if (flags & FIRST) [this.#held, this.#open, this.#number] = [[], true, 0];
    if (!this.#open || flags >> 4 !== this.#number || this.#held.length + part.length > OBJECT_AT_MOST) {
      this.#open = false;
      return null;
    }
    this.#held.push(...part);
    this.#number = (this.#number + 1) & 15;
    this.#open = (flags & MORE) !== 0;
    return this.#open ? null : this.#held;
  }
}

// A frame with its newline.
export function frame(type, data) {
  const whole = [...HEAD, type, data.length, ...data];
  return Uint8Array.from([...whole, sum(whole, 0, whole.length), NEWLINE]);
}

// A frame that asks for something of the standard.
export function request(command, data = []) {
  return frame(REQUEST, answer(command, data));
}

// A command, and its data: what stands in a request or a result.
export function answer(command, data) {
  return [command, data.length, ...data];
}

// {command, data} of a request or a result; null for what is none.
export function read(data) {
  return data.length < 2 || data[1] !== data.length - 2 ? null : { command: data[0], data: data.slice(2) };
}

// Texts as the standard has them: each with its length in bytes before it.
export function strings(...texts) {
  return texts.map((text) => [...new TextEncoder().encode(text)]).flatMap((bytes) => [bytes.length, ...bytes]);
}

// The texts that stand there, as far as they go.
export function readStrings(data) {
  const texts = [];
  for (let at = 0; at + data[at] < data.length; at += 1 + data[at])
    texts.push(new TextDecoder().decode(Uint8Array.from(data.slice(at + 1, at + 1 + data[at]))));
  return texts;
}

// The frames that carry this object as a request. After each but the last wait until it is taken.
export function pieces(bytes) {
  const frames = [];
  for (let at = 0; at < Math.max(1, bytes.length); at += PIECE_BYTES) {
    const more = at + PIECE_BYTES < bytes.length ? MORE : 0;
    const flags = ((frames.length & 15) << 4) | (at ? 0 : FIRST) | more;
    frames.push(request(OBJECT, [flags, ...bytes.slice(at, at + PIECE_BYTES)]));
  }
  return frames;
}

// What confirms a piece that others follow.
export function taken() {
  return frame(RESULT, answer(OBJECT, [TAKEN]));
}

// Whether this frame confirms a piece.
export function isTaken({ type, data }) {
  return type === RESULT && data[0] === OBJECT && data.length === 3 && (data[2] & TAKEN) !== 0;
}
