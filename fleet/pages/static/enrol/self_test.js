// A board tests itself, and once more after each repair; the fleet keeps what it signed.

import { Trouble } from "./trouble.js";

const WITHIN_MS = 120_000; // counts from the last line of it
const HANDS_S = 60; // so long a part waits for a finger or an eye
const BY_HAND = ["buttons", "reader"]; // these judge themselves what a person does
const RESULTS = { yes: "pass", no: "fail", repeat: "again", skip: "ask" };

// Until no part fails. `hands`: somebody stands there. Throws Trouble.
export async function selfTest(talk, fleet, hands, page) {
  for (;;) {
    const asked = { do: "selftest", hands, wait_s: HANDS_S, now: Date.now() };
    const told = await talk.ask(asked, { within_ms: WITHIN_MS, line: (line) => heard(talk, line, hands, page) });
    page.forget();
    await fleet.keep(told);
    const failed = JSON.parse(told.record).parts.filter((one) => one.result === "fail");
    if (!failed.length) return;
    const names = failed.map((one) => page.name(String(one.part))).join(", ");
    if ((await page.ask("test_again", { detail: names, answers: ["again", "stop"] })) !== "again")
      throw new Trouble("test", names);
  }
}

// A part is done, or asks: for the time, for a finger, or whether a person sees or hears what it does.
function heard(talk, { part, result, found, code, answers }, hands, page) {
  const seen = (what) => talk.say({ do: "seen", part, ...what }).catch(() => {}); // a lost cable is noticed there
  if (Array.isArray(answers) && answers.includes("now")) {
    seen({ now: Date.now() });
    return;
  }
  page.part(String(part), String(result), String(found));
  if (hands && Array.isArray(answers)) {
    const words = Object.keys(RESULTS).filter((word) => word === "skip" || answers.includes(RESULTS[word]));
    page.ask(part, { detail: found, answers: words }).then((word) => {
      if (word) seen({ result: RESULTS[word] });
    });
  } else if (hands && result === "ask" && BY_HAND.includes(part)) page.tell(part, { detail: found, code });
  else page.forget();
}
