// The firmware goes onto a board: only what differs, each file whole or not at all, and its start last.
//
// `main.py` is taken away before anything else changes and written when all else is there, so a board whose cable was
// pulled runs the whole firmware or none; the next time goes on where this one stopped. What runs on the board comes
// from the fleet, the same that `motcua bench` uses.

import { ScriptFailed } from "./raw_repl.js";
import { Trouble, shown } from "./trouble.js";

const START = "main.py";
const PIECE_LETTERS = 1364; // of base64, 1023 bytes: a script is compiled in the board's RAM beside the bytes themselves
const HW = /^[0-9a-f]{2,32}$/;

// What MicroPython says of the board: {hw, machine, version, start, frozen, device}.
export async function probe(repl, scripts) {
  const printed = await repl.run(scripts.probe);
  try {
    const said = JSON.parse(printed);
    const device = said.device === null ? null : shown(said.device);
    return { ...said, hw: sound(said.hw), machine: shown(said.machine), device };
  } catch (problem) {
    throw problem instanceof Trouble ? problem : new Trouble("install", shown(printed));
  }
}

// The chip's own number, as it may be asked for.
export function sound(hw) {
  if (!HW.test(String(hw))) throw new Trouble("hw", shown(hw));
  return String(hw);
}

// What lies on the board of ours: the hash of each file, as it can be read back.
export async function thereNow(repl, scripts) {
  await repl.run(scripts.on_board);
  const printed = await repl.run(scripts.list);
  const lines = printed.split("\n").map((line) => line.trim());
  return new Map(lines.filter((line) => line.includes(" ")).map((line) => line.split(/ (?=[^ ]*$)/)));
}

// Whether anything of ours on the board is not as it is in these files.
export function differs(there, files) {
  return there.size !== files.size || [...files].some(([path, file]) => there.get(path) !== file.sha256);
}

// From now on the board starts nothing.
export function takeAwayStart(repl) {
  return repl.run("import os\nos.remove(os.getcwd().rstrip('/') + '/main.py')\n");
}

// Make the board's files those of the package; `progress` hears how much of it is done, from 0 to 1.
export async function install(repl, scripts, files, progress) {
  const there = await thereNow(repl, scripts);
  if (!differs(there, files)) return;
  const isOther = (path) => path !== START && there.get(path) !== files.get(path).sha256;
  const others = [...files.keys()].filter(isOther).sort();
  const strange = [...there.keys()].filter((path) => !files.has(path)).sort();
  if (there.has(START)) await takeAwayStart(repl);
  for (const path of strange) await told(path, repl.run(`os.remove(_top + ${JSON.stringify(path)})\n`));
  const wanted = [...others, START];
  const of = wanted.reduce((all, path) => all + files.get(path).data.length, 0);
  let done = 0;
  for (const path of wanted)
    for (const [script, letters] of pieces(path, files.get(path))) {
      await told(path, repl.run(script));
      done += letters;
      progress(of ? done / of : 1);
    }
}

// Further files, which the firmware takes in as it begins.
export async function bring(repl, scripts, files) {
  if (!files.length) return;
  await repl.run(scripts.on_board);
  for (const [path, file] of files)
    for (const [script] of pieces(path, file)) await told(path, repl.run(script));
}

// The scripts that write a file, and how many letters of its base64 each of them brings.
function pieces(path, { sha256, data }) {
  const scripts = [];
  for (let at = 0; at < Math.max(1, data.length); at += PIECE_LETTERS) {
    const part = data.slice(at, at + PIECE_LETTERS);
    const last = at + PIECE_LETTERS >= data.length ? sha256 : "";
    const first = at === 0 ? "True" : "False";
    const [name, hash, bytes] = [path, last, part].map((one) => JSON.stringify(one));
    scripts.push([`_take(${name},${first},${hash},${bytes})\n`, part.length]);
  }
  return scripts;
}

async function told(path, running) {
  try {
    await running;
  } catch (problem) {
    if (!(problem instanceof ScriptFailed)) throw problem;
    const full = /ENOSPC|: 28$/.test(problem.found);
    throw new Trouble(full ? "full" : "install", `${path}: ${problem.found}`);
  }
}
