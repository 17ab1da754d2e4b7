// The page on which a technician enrols the board that hangs at this computer. Whoever chose once plugs in board after
// board. What was typed, and each claim, is in this page's memory and nowhere else.

import { Board } from "./board.js";
import { Cable } from "./cable.js";
import { Fleet } from "./fleet.js";
import { Trouble } from "./trouble.js";
import { View } from "./view.js";

const GOES_ON = ["gone", "stalled", "silent", "closed", "network"]; // when the cable comes back, without a hand

const at = (id) => document.getElementById(id);
const form = at("choices");
const view = new View();
const fleet = new Fleet(document.querySelector("meta[name=csrf]").content);
let means = null; // what the fleet gives to work with; asked for once
let last = null; // the port and the number of the board that was worked at, and whether it goes on when it comes back
let busy = false;

// What was chosen; null while something is missing, which is said.
function chosen() {
  const roles = [...form.querySelectorAll("[name=role]:checked")].map((one) => one.value);
  at("no-role").hidden = roles.length > 0;
  form.querySelector("[name=role]").setCustomValidity(roles.length ? "" : at("no-role").textContent);
  if (!form.reportValidity()) return null;
  const typed = { name: form.ssid.value, password: form.password.value };
  return { place: form.place.value, roles, hands: form.hands.checked, wifi: typed };
}

async function work(port, hw) {
  const choice = chosen();
  if (busy || !choice) return;
  hold(true);
  view.begin();
  let cable = null;
  let board = { hw };
  last = { port, hw, goesOn: false };
  try {
    means ??= await fleet.means();
    cable = new Cable(port, means.ports);
    await cable.open();
    board = new Board(cable, fleet, means, choice, view, hw);
    await board.work();
    [form.ssid.value, form.password.value] = [choice.wifi.name, choice.wifi.password]; // for the next board
    view.done();
    last = null;
  } catch (problem) {
    const trouble = problem instanceof Trouble ? problem : new Trouble("broken", String(problem));
    last = { port: cable?.port ?? port, hw: board.hw, goesOn: GOES_ON.includes(trouble.word) };
    view.trouble(trouble);
  } finally {
    await cable?.leave();
    hold(false);
  }
}

// While a board is worked at, nothing else is begun, and the page is not left by mistake.
function hold(now) {
  busy = now;
  for (const one of form.elements) one.disabled = now;
}

async function connect(all) {
  if (busy || !chosen()) return;
  let port;
  try {
    means ??= await fleet.means();
    const filters = means.ports.map(([usbVendorId, usbProductId]) => ({ usbVendorId, usbProductId }));
    port = await navigator.serial.requestPort(all ? {} : { filters });
  } catch (problem) {
    if (problem instanceof Trouble) view.trouble(problem);
    return; // nobody chose a port
  }
  await work(port, null);
}

async function again() {
  const there = await navigator.serial.getPorts();
  if (last && there.includes(last.port)) await work(last.port, last.hw);
  else await connect(false);
}

function comes({ target }) {
  if (busy || !last?.goesOn) return;
  const [its, known] = [target.getInfo(), last.port.getInfo()];
  if (its.usbVendorId === known.usbVendorId && its.usbProductId === known.usbProductId) work(target, last.hw);
}

function next() {
  at("work").hidden = true;
  at("connect").focus();
  at("connect").scrollIntoView({ block: "center" });
}

if ("serial" in navigator) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    connect(false);
  });
  form.addEventListener("change", () => form.querySelector("[name=role]").setCustomValidity(""));
  at("any-port").addEventListener("click", () => connect(true));
  at("again").addEventListener("click", again);
  at("next").addEventListener("click", next);
  navigator.serial.addEventListener("connect", comes);
  addEventListener("beforeunload", (event) => busy && event.preventDefault());
  form.hidden = false;
} else {
  at(isSecureContext ? "no-serial" : "no-https").hidden = false;
}
