// One board on its way from bare to enrolled; each step may be the last one, and the next time goes on from there.
//
//   look → claim → firmware → start → Wi-Fi → self-test → label → keep → welcomed by the fleet
//
// The fleet binds the claim to the board's number before anything is written to the board, so a board that comes again
// gets the same one, or is waited for; never a second one. The same way as `motcua bench` goes.

import { BACK_WITHIN_MS, within } from "./cable.js";
import { Conversation } from "./conversation.js";
import { bring, differs, install, probe, sound, takeAwayStart, thereNow } from "./installing.js";
import { RawRepl } from "./raw_repl.js";
import { selfTest } from "./self_test.js";
import { Trouble } from "./trouble.js";

const GREET_MS = 1_500; // firmware that runs answers within a tenth of this
const START_MS = 30_000;
const LABEL_MS = 20_000;
const KEEP_MS = 15_000;
const CONNECT_MS = 180_000;

// The work at one cable. `choice`: {place, roles, hands, wifi}; `page` shows steps and asks the person. `hw`: the only
// board that may hang there; null: any.
export class Board {
  constructor(cable, fleet, means, choice, page, hw = null) {
    Object.assign(this, { cable, fleet, choice, page, hw, scripts: means.scripts });
    this.brought = Object.entries(means.brought);
    this.repl = new RawRepl(cable);
    this.claim = null;
  }

  // All steps; the fleet's last word of the board. Throws Trouble.
  async work() {
    this.page.step("looking");
    const talk = new Conversation(this.cable);
    const about = await talk.about(GREET_MS).catch(ifSilent);
    if (about) await this.#bind(about.hw);
    await this.#throughReset(() => this.repl.enter());
    const found = await probe(this.repl, this.scripts);
    if (found.device !== null) await this.#known(found);
    else await this.#firmware(found);
    await this.#restart();
    this.page.step("starting");
    talk.again();
    if (found.device === null) {
      const now = await this.#throughReset(() => talk.about(START_MS));
      // An image may keep its identity where no file is.
      if (now === null) await this.#known({ hw: found.hw, device: talk.named });
      else await this.#become(talk, now);
      talk.again();
    }
    return this.#connect(talk);
  }

  // The claim of this board.
  async #bind(hw) {
    this.#is(hw);
    if (this.claim) return;
    try {
      this.claim = await this.fleet.claim(this.choice, hw);
    } catch (problem) {
      if (problem.word !== "other_claim") throw problem;
      const other = await this.page.ask("other_claim", { detail: problem.found, answers: ["take", "withdraw"] });
      this.claim = await this.fleet.claim(this.choice, hw, other);
    }
  }

  // From now on no other board may hang at the cable.
  #is(said) {
    const hw = sound(said);
    if (this.hw !== null && this.hw !== hw) throw new Trouble("other_board", hw);
    this.hw = hw;
  }

  // The board is a device: one that this fleet knows by its number, or one to be left as it was.
  async #known({ hw, device }) {
    this.#is(hw);
    const known = await this.fleet.board(hw, device);
    if (known && !known.revoked) {
      this.claim = { claim: known.claim, device: known.device };
      return;
    }
    await this.#restart();
    throw new Trouble(known ? "revoked" : "stranger", device ?? "");
  }

  async #firmware(found) {
    await this.#bind(found.hw);
    if (!found.frozen) await this.#install(found);
    await bring(this.repl, this.scripts, this.brought);
  }

  async #install(found) {
    this.page.step("installing");
    const files = await this.fleet.files(found.machine, this.claim.roles);
    if (found.start && differs(await thereNow(this.repl, this.scripts), files)) {
      // The application's modules fill the heap until the board begins anew without them.
      await takeAwayStart(this.repl);
      await this.#restart();
      await this.#throughReset(() => this.repl.enter());
    }
    await install(this.repl, this.scripts, files, (share) => this.page.progress(share));
  }

  // Begin anew; a board with USB of its own goes away a moment later, and comes back as some port.
  async #restart() {
    await this.repl.leave(this.scripts.reset).catch((problem) => {
      if (problem.word !== "gone" || !this.cable.vanishes) throw problem; // else it was quicker than the prompt
    });
    if (this.cable.vanishes) await this.cable.reopen();
  }

  // Do this with a board that begins anew: its port may vanish in the middle, once or twice.
  async #throughReset(act) {
    for (const ends = performance.now() + BACK_WITHIN_MS; ; ) {
      try {
        return await act();
      } catch (problem) {
        if (problem.word !== "gone" || !this.cable.vanishes || performance.now() >= ends) throw problem;
        await this.cable.reopen();
      }
    }
  }

  async #become(talk, about) {
    await this.#bind(about.hw);
    if (about.radio) await this.#wifi(talk);
    await talk.ask({ do: "offer", claim: this.claim, now: Date.now() });
    this.page.step("testing");
    await selfTest(talk, this.fleet, this.choice.hands, this.page);
    this.page.step("labelling");
    const label = await talk.ask({ do: "label" }, { within_ms: LABEL_MS }).catch((problem) => {
      if (problem.word !== "refused") throw problem; // most boards have no printer
    });
    this.page.note(label ? "labelled" : "no_label");
    this.page.step("keeping");
    await talk.ask({ do: "keep" }, { within_ms: KEEP_MS });
  }

  // The board joins the Wi-Fi that was typed, or one of those that it hears; again until it did.
  async #wifi(talk) {
    this.page.step("wifi");
    for (let failed = false; ; failed = true) {
      if (failed || !this.choice.wifi.name) {
        this.choice.wifi = await this.page.askWifi(await talk.scan(), this.choice.wifi.name, failed);
      }
      try {
        return await talk.join(this.choice.wifi.name, this.choice.wifi.password);
      } catch (problem) {
        if (problem.word !== "wifi") throw problem;
      }
    }
  }

  // Wait until the board says that the fleet has welcomed it, and the fleet says so, too.
  async #connect(talk) {
    this.page.step("connecting");
    const ends = performance.now() + CONNECT_MS;
    let hush;
    const welcomed = new Promise((resolve, reject) => {
      hush = this.fleet.listen(
        this.claim.claim,
        (section) => {
          this.page.board(section);
          if (section.dataset.state === "welcomed") resolve(section);
          if (section.dataset.state === "revoked") reject(new Trouble("revoked", this.claim.device));
        },
        reject,
      );
    });
    welcomed.catch(() => {}); // it is waited for below
    try {
      await Promise.race([this.#connected(talk, ends), welcomed.then(() => new Promise(() => {}))]);
      return await within(welcomed, Math.max(0, ends - performance.now()), "network");
    } finally {
      hush();
    }
  }

  async #connected(talk, ends) {
    for (;;) {
      try {
        if (await talk.untilConnected(ends - performance.now(), (n) => this.page.tries(n))) return;
        throw new Trouble("network");
      } catch (problem) {
        if (problem.word !== "gone" || !this.cable.vanishes) throw problem;
        await this.cable.reopen(Math.max(0, Math.min(BACK_WITHIN_MS, ends - performance.now())));
        talk.again();
      }
    }
  }
}

function ifSilent(problem) {
  if (problem.word === "silent" || problem.word === "garbled") return null;
  throw problem;
}
