// The paper follows what is typed. Without this script the buttons above it show it anew.

const PAUSE_MS = 250; // a word is typed in many strokes; the one after which nothing comes is looked at

const form = document.getElementById("tickets");
let waiting = null;
let looking = null;

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE_MS);
});

async function look() {
  looking?.abort();
  looking = new AbortController();
  const paper = document.getElementById("paper");
  const typed = new URLSearchParams(new FormData(form));
  typed.set("look", paper.dataset.look);
  try {
    const told = await fetch(form.action, { method: "POST", body: typed, signal: looking.signal, redirect: "manual" });
    const fresh = new DOMParser().parseFromString(await told.text(), "text/html").getElementById("paper");
    if (fresh) paper.replaceChildren(...fresh.childNodes);
  } catch (error) {
    if (error.name !== "AbortError") paper.setAttribute("aria-busy", "true"); // it shows what was typed before
  }
}
