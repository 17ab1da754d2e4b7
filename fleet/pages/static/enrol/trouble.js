// What a person must know of when a board does not go on: a word for the page, and what was found.

export class Trouble extends Error {
  constructor(word, found = "") {
    super(`${word}: ${found}`);
    this.word = word;
    this.found = found;
  }
}

const LONGEST = 160;

// What a board says of itself is a stranger's: on one line, printable, and no longer than it has to be.
export function shown(said, most = LONGEST) {
  const text = typeof said === "string" ? said : String(said ?? "");
  const line = text
    .replace(/\s+/g, " ")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")
    .trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

export function shownBytes(bytes) {
  return shown(new TextDecoder().decode(Uint8Array.from(bytes)).replaceAll("\ufffd", "?"));
}
