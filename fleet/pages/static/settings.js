// What numbers would mean is said while they are typed. Without this script it is said of those that were saved.

const PAUSE_MS = 250; // a number of two digits is one question

const form = document.getElementById("tried");
let waiting = null;
let asking = null;

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE_MS);
});

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const fields = new FormData(form);
  for (const carried of ["csrf", "seen"]) fields.delete(carried); // an address is written into logs
  try {
    const told = await fetch(`${form.action}?${new URLSearchParams(fields)}`, {
      signal: asking.signal,
      redirect: "manual",
      cache: "no-store",
    });
    if (!told.ok) return; // the session is over: saving says so
    const fresh = new DOMParser().parseFromString(await told.text(), "text/html").getElementById("preview");
    if (fresh) document.getElementById("preview").replaceChildren(...fresh.childNodes);
  } catch (error) {
    if (error.name !== "AbortError") console.warn(error);
  }
}
