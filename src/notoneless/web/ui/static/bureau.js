// Copies a sentence. Without this script it stands in its box and is copied by hand.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copy]")) {
    const box = document.getElementById(button.dataset.copy);
    const told = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
    button.hidden = false;
    button.addEventListener("click", async () => {
      box.select();
      try {
        await navigator.clipboard.writeText(box.value);
      } catch {
        document.execCommand("copy"); // plain http inside an office network has no clipboard API
      }
      told.hidden = false;
      setTimeout(() => { told.hidden = true; }, 3000);
    });
  }
})();
