// Small conveniences; every page works without them. Holds no words: what is said stands in the page.
(() => {
  "use strict";

  // A part with data-when (a condition on another answer of the same sheet) shows, and is sent, only while it holds.
  const holds = (test, value) => {
    if (test.not_in) return value !== "" && !test.not_in.includes(value);
    if (test.in) return test.in.includes(value);
    return value === String(test.is);
  };
  const answer = (sheet, field) => {
    const name = sheet.dataset.sheet + field;
    const picked = sheet.querySelector(`[name="${name}"]:checked, select[name="${name}"]`);
    return picked ? picked.value : "";
  };
  const disclose = (sheet) => {
    for (const part of sheet.querySelectorAll("[data-when]")) {
      const test = JSON.parse(part.dataset.when);
      const shown = holds(test, answer(sheet, test.field));
      part.hidden = !shown;
      part.disabled = !shown;
    }
    for (const part of sheet.querySelectorAll("details[data-open-when]")) {
      const test = JSON.parse(part.dataset.openWhen), given = answer(sheet, test.field);
      if (!given.startsWith("same:") && holds(test, given)) part.open = true;
    }
  };
  const unfold = () => {
    for (const sheet of document.querySelectorAll("[data-sheet]")) {
      disclose(sheet);
      sheet.addEventListener("change", () => disclose(sheet));
    }
  };
  unfold();
  document.addEventListener("nol:page", unfold); // a page that the phone had kept

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]") && event.target.value) event.target.form.requestSubmit();
  });

  // Who signs out takes the key of what this phone keeps along; what waits stays, closed (family.js).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-sign-out]") || !window.indexedDB || form.dataset.forgotten) return;
    event.preventDefault();
    const leave = () => { form.dataset.forgotten = "1"; form.submit(); };
    const asked = indexedDB.open("nol-family");
    asked.onupgradeneeded = () => asked.transaction.abort(); // there was none
    asked.onerror = leave;
    asked.onsuccess = () => {
      const work = asked.result.transaction(["session", "pages"], "readwrite");
      work.objectStore("session").clear();
      work.objectStore("pages").clear();
      work.oncomplete = work.onerror = leave;
    };
  });

  // Ask before what cannot be taken back; then let a form go only once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = form.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Live figures: unchanged ones are not sent again, only the time at which they were looked at.
  const lost = (is) => {
    for (const mark of document.querySelectorAll(".nol-offline")) mark.hidden = !is;
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const asOf = event.detail.xhr && event.detail.xhr.getResponseHeader("X-As-Of");
    lost(!asOf);
    if (asOf) for (const mark of document.querySelectorAll("[data-as-of]")) mark.textContent = asOf;
  });
})();
