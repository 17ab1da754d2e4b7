// The change is tried while its form changes. Without this script the form is sent by its button, and says the same.

const PAUSE_MS = 200; // a slider passes many values; the one at which it rests is tried

const form = document.getElementById("question");
const more = form.elements.more;
const shown = document.getElementById("more-shown");
let waiting = null;
let asking = null;

form.addEventListener("input", () => {
  shown.textContent = more.value > 0 ? `+${more.value}` : more.value;
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE_MS);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  ask();
});

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  const answer = document.getElementById("answer");
  answer.setAttribute("aria-busy", "true");
  try {
    const told = await fetch(address, { signal: asking.signal, redirect: "manual", cache: "no-store" });
    if (told.type === "opaqueredirect") return location.reload(); // the session is over: the sign-in page follows
    const fresh = new DOMParser().parseFromString(await told.text(), "text/html").getElementById("answer");
    if (!fresh) return location.assign(address); // no answer but a refusal: let it be seen whole
    answer.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name === "AbortError") return; // a later question was asked
    location.assign(address);
  }
  answer.removeAttribute("aria-busy");
}
