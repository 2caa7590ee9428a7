"use strict";
// Keys reach the terminal without a click into it first. Not before it is connected: textual.js
// tells the server of the focus.
addEventListener("DOMContentLoaded", () => {
  const focus = () => document.querySelector(".xterm-helper-textarea")?.focus();
  const whenLoaded = (changes, observer) => {
    if (!document.body.classList.contains("-loaded")) return;
    observer.disconnect();
    addEventListener("focus", focus);
    focus();
  };
  new MutationObserver(whenLoaded).observe(document.body, { attributeFilter: ["class"] });
});
