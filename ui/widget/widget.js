// essay-chat in somebody's page: a button that opens the chat in a frame of the server this script comes from.
//   <script src="https://HOST/widget.js" async></script>
// The page's origin must be in the server's allowed_origins; the page's own CSP, if any, must allow HOST in script-src and
// frame-src. Nothing else is asked of it: styles are a constructed sheet in a closed shadow root, no inline style, no eval.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script?.src || window.essayChatWidget) return;
  window.essayChatWidget = true;
  const server = new URL(script.src).origin;
  const PATIENCE_MS = 5000; // from the frame's load to the first word from the page in it

  const STYLE = `
    :host { all: initial !important; position: fixed !important; right: 16px !important; bottom: 16px !important;
      z-index: 2147483000 !important; } /* important, because the page's own rules for the element would win otherwise */
    button { font: 600 16px/1.2 system-ui, sans-serif; color: #fffefb; background: #7a2e22; border: 1px solid #fffefb55;
      border-radius: 24px; padding: 12px 20px; cursor: pointer; box-shadow: 0 2px 10px #0005; float: right; }
    button:hover { background: #5f2319; }
    button:focus-visible { outline: 3px solid #1f5fa8; outline-offset: 2px; }
    .panel { position: fixed; right: 16px; bottom: 76px; width: min(420px, calc(100vw - 32px)); height: min(680px, calc(100vh - 100px));
      background: #f6f4ef; border: 1px solid #0003; border-radius: 10px; overflow: hidden; box-shadow: 0 6px 30px #0006; }
    .panel[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; display: block; }
    p { margin: 24px; font: 16px/1.5 system-ui, sans-serif; color: #23211e; }
    @media (max-width: 480px) { .panel { inset: 0 0 72px 0; width: auto; height: auto; border-radius: 0; } }
  `;

  function make(tag, values) {
    return Object.assign(document.createElement(tag), values);
  }

  const host = make("div", { id: "essay-chat" });
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const button = make("button", { type: "button", textContent: "Ask the essay" });
  const panel = make("div", { className: "panel", id: "panel", hidden: true });
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "panel");
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "Ask the essay");
  root.append(panel, button);

  let frame = null;
  let alive = false; // the page in the frame has spoken, so it was let in
  let patience = 0;

  function refuse() {
    console.error(`essay-chat: ${server} does not let ${location.origin} show the chat; it must be in the server's allowed_origins.`);
    frame.remove();
    panel.append(make("p", { textContent: "The chat is not available on this page." }));
  }

  function load() {
    frame = make("iframe", { src: `${server}/`, title: "Ask the essay" });
    // A frame refused by frame-ancestors loads an error page, which this page cannot look into: it never speaks.
    frame.addEventListener("load", () => {
      clearTimeout(patience);
      if (!alive) patience = setTimeout(refuse, PATIENCE_MS);
    });
    panel.append(frame);
  }

  function tell(message) {
    frame?.contentWindow?.postMessage({ essayChat: message }, server);
  }

  function open() {
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    button.textContent = "Close";
    if (!frame) load();
    frame.focus();
    if (alive) tell("focus");
  }

  function close() {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.textContent = "Ask the essay";
    button.focus();
  }

  button.addEventListener("click", () => (panel.hidden ? open() : close()));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });
  window.addEventListener("message", (event) => {
    if (event.origin !== server || !frame || event.source !== frame.contentWindow) return;
    alive = true;
    clearTimeout(patience);
    if (panel.hidden) return;
    if (event.data?.essayChat === "close") close();
    if (event.data?.essayChat === "ready") tell("focus");
  });

  const attach = () => document.body.append(host);
  if (document.body) attach();
  else document.addEventListener("DOMContentLoaded", attach, { once: true });
})();
