// What the page asks of the fleet while it works at a board.

import { Trouble } from "./trouble.js";

const ANSWER_MS = 20_000;
const BUILD_MS = 180_000; // the fleet compiles the firmware of a kind of board when it is first asked for

export class Fleet {
  constructor(csrf) {
    this.csrf = csrf;
  }

  // What runs on a board at its prompt, and what each is brought, and which ports may be boards: {scripts, brought, ports}.
  means() {
    return told("/devices/enrol/means");
  }

  // The firmware of these roles for this machine: {sha256, data} by path, the data in base64.
  async files(machine, roles) {
    const asked = new URLSearchParams([["machine", machine], ...roles.map((role) => ["role", role])]);
    const { files } = await told(`/devices/enrol/package?${asked}`, { within_ms: BUILD_MS });
    return new Map(Object.entries(files));
  }

  // The claim of the board of this number; `other`: what becomes of one for another place.
  claim({ place, roles }, hw, other = "ask") {
    const wanted = [["place", place], ["hw", hw], ["other", other], ...roles.map((role) => ["role", role])];
    return told("/devices/enrol/claim", { body: new URLSearchParams(wanted), csrf: this.csrf });
  }

  // What the fleet knows of a board that is this device: {claim, device, revoked}; null: nothing.
  async board(hw, device) {
    const asked = device === null ? "" : `?${new URLSearchParams({ device })}`;
    return told(`/devices/enrol/boards/${hw}${asked}`, { none: 404 });
  }

  // Keep what the board found out about itself, as it signed it.
  keep({ record, proof }) {
    return told("/devices/enrol/selftest", { body: new URLSearchParams({ record, proof }), csrf: this.csrf });
  }

  // Hear how far the board of this claim is: `look` gets each section. Returns what ends it.
  listen(claim, look, failed) {
    const source = new EventSource(`/live/enrol/${claim}`);
    source.addEventListener("section", (event) => {
      const page = new DOMParser().parseFromString(JSON.parse(event.data).html, "text/html");
      look(page.body.firstElementChild);
    });
    source.addEventListener("ended", () => failed(new Trouble("signed_out")));
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) failed(new Trouble("fleet")); // otherwise the browser tries again
    });
    return () => source.close();
  }
}

// The fleet's answer, or the trouble that it tells; null where it answers with `none`.
async function told(address, { body, csrf, none, within_ms = ANSWER_MS } = {}) {
  let answer, said;
  try {
    const headers = csrf ? { "X-CSRF-Token": csrf } : {};
    const signal = AbortSignal.timeout(within_ms);
    answer = await fetch(address, { method: body ? "POST" : "GET", body, headers, signal, cache: "no-store" });
    if (answer.status === none || answer.status === 204) return null;
    if (!answer.redirected && answer.status !== 403) said = await answer.json();
  } catch {
    throw new Trouble("fleet");
  }
  if (answer.redirected || answer.status === 403) throw new Trouble("signed_out");
  if (!answer.ok) throw new Trouble(said.error ?? "fleet", (said.said ?? []).join(" "));
  return said;
}
