// The text beside the chat: shows a source, marks the cited words, scrolls to them. All text is set as text, never as HTML.

const framed = window.parent !== window;
const sources = new Map(); // id -> promise of what /api/source gives
const byId = (id) => document.getElementById(id);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function readSource(id) {
  if (!sources.has(id)) {
    const path = id.split("/").map(encodeURIComponent).join("/");
    const reading = fetch(`/api/source/${path}`).then(async (response) => {
      const body = await response.json();
      if (!response.ok) throw new Error(body.error);
      return body;
    });
    reading.catch(() => sources.delete(id)); // ask again next time
    sources.set(id, reading);
  }
  return sources.get(id);
}

// Offsets count characters as Python does: code points, not the UTF-16 units of a JavaScript string.
function paragraphs(characters, note) {
  const text = characters.join("");
  const pieces = [];
  const gap = note ? /\n/gu : /\r?\n[ \t]*\r?\n\s*/gu;
  let start = 0;
  const add = (from, to) => text.slice(from, to).trim() && pieces.push([from, to]);
  for (const match of text.matchAll(gap)) {
    add(start, match.index);
    start = match.index + match[0].length;
  }
  add(start, text.length);
  const points = (units) => Array.from(text.slice(0, units)).length;
  return pieces.map(([from, to]) => [points(from), points(to)]);
}

function appendMarked(parent, characters, from, to, span) {
  const start = Math.min(Math.max(span.start, from), to);
  const end = Math.max(Math.min(span.end, to), start);
  parent.append(characters.slice(from, start).join(""));
  if (end > start) parent.append(make("mark", "", characters.slice(start, end).join("")));
  parent.append(characters.slice(end, to).join(""));
}

function headOf(source) {
  const head = make("header", "source-head");
  const about = [source.author, source.publisher, source.date].filter(Boolean).join(", ");
  head.append(make("h2", "", source.title));
  if (about) head.append(make("p", "by", about));
  if (source.wording !== "note") return head;
  head.append(make("p", "own-words", "Our notes on this source, in our own words. None of it is a quotation."));
  for (const bearing of source.bears) {
    const claim = make("p", "claim");
    const because = bearing.because ? ` (${bearing.because})` : "";
    claim.append(make("span", `relation ${bearing.relation}`, bearing.relation), " the essay’s words: ");
    const jump = make("button", "to-claim", `“${bearing.claim}”`);
    jump.type = "button";
    jump.addEventListener("click", () => showClaim(bearing.claim));
    claim.append(jump, because);
    head.append(claim);
  }
  return head;
}

function render(source, span) {
  const note = source.wording === "note";
  const characters = Array.from(source.body);
  const list = make(note ? "ol" : "div", note ? "facts" : "prose-text");
  for (const [from, to] of paragraphs(characters, note)) {
    const block = make(note ? "li" : "p");
    appendMarked(block, characters, from, to, span);
    list.append(block);
  }
  byId("reader-body").replaceChildren(headOf(source), list);
}

let latest = 0; // a text that arrives late must not replace one asked for after it

async function show(id, span) {
  const body = byId("reader-body");
  const turn = ++latest;
  try {
    const source = await readSource(id);
    if (turn !== latest) return;
    render(source, span ?? { start: 0, end: 0 });
    const which = byId("which");
    which.value = id; // empty where a note is shown: the list holds the texts themselves
    const mark = body.querySelector("mark");
    if (mark) centre(mark);
    else body.scrollTop = 0;
  } catch (error) {
    if (turn !== latest) return;
    body.replaceChildren(make("p", "problem", `This text could not be loaded: ${error.message}`));
  }
}

function centre(mark) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  mark.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

// The words of a claim stand in a main text, its white space folded.
async function showClaim(claim) {
  const pattern = new RegExp(claim.split(/\s+/u).map((w) => w.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")).join("\\s+"), "u");
  for (const option of byId("which").options) {
    const source = await readSource(option.value);
    const match = pattern.exec(source.body);
    if (match) {
      const start = Array.from(source.body.slice(0, match.index)).length;
      await show(source.id, { start, end: start + Array.from(match[0]).length });
      return;
    }
  }
}

let cameFrom = null; // the citation button to give the focus back to

async function openCitation(button) {
  for (const pressed of document.querySelectorAll(".cite[aria-pressed]")) pressed.removeAttribute("aria-pressed");
  button.setAttribute("aria-pressed", "true");
  cameFrom = button;
  document.body.classList.add("reading");
  await show(button.dataset.source, { start: Number(button.dataset.start), end: Number(button.dataset.end) });
  if (byId("close-reader").offsetParent) byId("close-reader").focus({ preventScroll: true }); // only where it covers the chat
}

function closeReader() {
  document.body.classList.remove("reading");
  if (cameFrom?.isConnected) cameFrom.focus();
}

// Gradio reads the box through its events; a frame later the question is there to be sent.
function ask(question) {
  const box = document.querySelector("#question textarea");
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => document.querySelector("#question .submit-button").click());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.classList.contains("cite")) openCitation(button);
  else if (button?.id === "close-reader") closeReader();
  else if (button?.classList.contains("ask")) ask(button.textContent);
});

document.addEventListener("change", (event) => {
  if (event.target.id === "which") show(event.target.value);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (document.body.classList.contains("reading") && byId("close-reader").offsetParent) closeReader();
  else if (framed) window.parent.postMessage({ essayChat: "close" }, "*"); // says nothing but "close"
});

let wanted = false; // the widget was opened, perhaps before the question box is there

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.data?.essayChat !== "focus") return;
  wanted = true;
  settle();
});

// Gradio builds the page after this script has run, and replaces the transcript whenever something is said.
let started = false;
let told = null;

function settle() {
  if (!started && byId("reader-body") && byId("which")) {
    started = true;
    if (byId("which").options.length > 1) byId("reader").classList.add("several");
    show(byId("which").value);
  }
  const box = wanted && document.querySelector("#question textarea");
  if (box) {
    wanted = false;
    box.focus();
  }
  const last = [...document.querySelectorAll("#transcript .exchange")].at(-1);
  if (!last || last === told) return;
  told = last;
  last.scrollIntoView({ block: "start", behavior: "auto" });
  const reply = last.querySelector(".reply");
  const said = [...reply.querySelectorAll(".reason, .voice, [role=alert]")].map((part) => part.textContent).join(" ");
  byId("status").textContent = said || reply.querySelector(".stage")?.textContent || "";
}

new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true });
settle();
if (framed) {
  document.documentElement.classList.add("framed");
  window.parent.postMessage({ essayChat: "ready" }, "*"); // the widget may now ask for the focus
}
