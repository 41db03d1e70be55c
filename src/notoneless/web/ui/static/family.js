// A family's reports, kept on the phone until they are sent. Without this script the form is a plain form.
//
// What is kept is sealed (AES-GCM) with a key that the page brings and that leaves with the session: signing out, its
// end, or the server's "sign in first" throw it away here. The reports stay, closed, until the same account signs in.
// In the clear are only whose they are (a number that says nothing), their ids and when they were written.
// Holds no words: what is said stands in the page's templates.
(() => {
  "use strict";
  const box = document.getElementById("queue");
  let household = document.getElementById("household");
  const able = window.indexedDB && window.crypto && crypto.subtle && window.fetch && window.TextEncoder;
  if (!box || !household || !able) return;

  const PATIENCE = 20000, AGAIN = 30000;
  const encoder = new TextEncoder(), decoder = new TextDecoder();
  let session = null; // {account, key, until, skew, zone, csrf}
  let replacing = null; // the refused report that is being filled in again
  let busy = false;
  let begun = false; // the reader has marked something that is not submitted yet
  const sentAt = Number(sessionStorage.getItem("nol-sent")); // told on the page after
  sessionStorage.removeItem("nol-sent");

  // ---- the phone's own storage -------------------------------------------------------------------------------------
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("nol-family", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("session");
      asked.result.createObjectStore("pages");
      asked.result.createObjectStore("reports", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (store, mode, act) => {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const work = database.transaction(store, mode);
      const asked = act(work.objectStore(store));
      work.oncomplete = () => resolve(asked.result);
      work.onerror = work.onabort = () => reject(work.error);
    });
  };
  const put = (store, value, name) => within(store, "readwrite", (kept) => kept.put(value, name));
  const get = (store, name) => within(store, "readonly", (kept) => kept.get(name));
  const drop = (store, name) => within(store, "readwrite", (kept) => kept.delete(name));
  const reports = async () => (await within("reports", "readonly", (kept) => kept.getAll())).sort((a, b) => a.made - b.made);

  const seal = async (thing) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, session.key, encoder.encode(JSON.stringify(thing)));
    return { iv, data };
  };
  const unseal = async (sealed) =>
    JSON.parse(decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, session.key, sealed.data)));

  // ---- the session: whose phone this is, for how long, and what time it really is -----------------------------------
  const begin = async (given) => {
    const raw = Uint8Array.from(atob(given.key), (sign) => sign.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    session = { account: given.account, key, until: given.until, skew: given.now - Date.now(), zone: given.zone, csrf: given.csrf };
    const { csrf, ...kept } = session;
    await put("session", kept, "current").catch(() => {}); // a private window: good until it is closed
  };
  const resume = async () => {
    const kept = await get("session", "current").catch(() => null);
    if (kept && kept.until > Date.now() + kept.skew) session = kept;
    else if (kept) await end();
  };
  const end = async () => {
    session = null;
    await drop("session", "current").catch(() => {});
    await within("pages", "readwrite", (kept) => kept.clear()).catch(() => {});
  };
  const now = () => Date.now() + (session ? session.skew : 0);
  const dayOf = (instant) => new Date(instant + session.zone * 60000).toISOString().slice(0, 10);
  const clock = (instant) => new Date(instant + (session ? session.zone * 60000 : 0)).toISOString().slice(5, 16).replace("T", " ");

  const ask = async (address, given) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      return await fetch(address, { ...given, redirect: "manual", credentials: "same-origin", cache: "no-store", signal: stop.signal });
    } finally {
      clearTimeout(timer);
    }
  };
  // Asks who is signed in. True: the session is fresh. False: nobody is. Throws where there is no line.
  const renew = async () => {
    const answer = await ask(box.dataset.key);
    if (answer.status >= 500 || answer.status === 429) throw new Error("busy");
    if (answer.type === "opaqueredirect" || !answer.ok) {
      await end();
      return false;
    }
    await begin(await answer.json());
    return true;
  };

  // ---- sending ------------------------------------------------------------------------------------------------------
  const post = (kept, told) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: session.csrf || "", item: kept.id, day: told.day, made: told.made });
    for (const [name, value] of told.fields) body.append(name, value);
    return ask(box.dataset.send, { method: "POST", body });
  };
  // One kept report: "sent", "refused", "waiting" (no line) or "locked" (nobody is signed in).
  const send = async (kept) => {
    try {
      const told = await unseal(kept);
      if (!session.csrf && !(await renew())) return "locked";
      let answer = await post(kept, told);
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
        if (!(await renew())) return "locked";
        answer = await post(kept, told);
      }
      if (answer.status >= 500 || answer.status === 429 || answer.type === "opaqueredirect") return "waiting";
      const said = answer.ok ? await answer.json() : { state: "refused", told: [] };
      if (said.state === "sent") {
        await drop("reports", kept.id);
        tell();
        return "sent";
      }
      await put("reports", { ...kept, ...(await seal({ ...told, told: said.told })), state: "refused" });
      return "refused";
    } catch (error) {
      return "waiting";
    }
  };
  const own = async () => (await reports()).filter((one) => session && one.account === session.account);
  const flush = async () => {
    if (busy || !session) return;
    busy = true;
    let sent = 0;
    try {
      for (const kept of await own()) {
        if (kept.state === "refused") continue;
        const became = await send(kept);
        if (became === "sent") sent += 1;
        if (became === "waiting" || became === "locked") break;
      }
    } finally {
      busy = false;
    }
    if (sent && !begun) {
      sessionStorage.setItem("nol-sent", String(now()));
      window.location.assign(box.dataset.page); // as the ledger has it now
    } else {
      await show();
      if (sent) say("sent", { time: now() }); // what the reader has begun stays in front of them
      catchUp();
    }
  };

  // ---- the other tabs ------------------------------------------------------------------------------------------------
  // A page asked for before another tab's report arrived may say less than the ledger knows: it is fetched again, once
  // for each such report, unless the reader has begun to fill in its form. Kept is only when this phone last sent one.
  const LAST = "nol-family-sent";
  const fetched = Date.now() + 1 - performance.now(); // by the wall clock: timeOrigin falls behind on a phone that sleeps
  const tell = () => {
    try {
      localStorage.setItem(LAST, String(Date.now())); // reaches the other tabs as a "storage" event
    } catch (error) {} // a phone that keeps nothing has no second tab to tell
  };
  const catchUp = () => {
    const last = localStorage.getItem(LAST);
    if (!document.getElementById("offline") || begun || busy || !navigator.onLine) return;
    if (!(Number(last) > fetched) || sessionStorage.getItem(LAST) === last) return;
    sessionStorage.setItem(LAST, last);
    window.location.reload();
  };

  // ---- what the reader sees ------------------------------------------------------------------------------------------
  const say = (name, { time, names, told, act } = {}) => {
    const copy = document.getElementById(`queue-${name}`).content.cloneNode(true);
    const part = (what) => copy.querySelector(what);
    if (time && part("time")) part("time").textContent = clock(time);
    if (names && part("[data-names]")) part("[data-names]").textContent = names.join("  ");
    for (const line of told || []) {
      const item = document.createElement("li");
      item.textContent = [line.name, line.text].filter(Boolean).join("  ");
      part("[data-told]").append(item);
    }
    for (const button of copy.querySelectorAll("[data-act]")) button.addEventListener("click", () => act(button.dataset.act));
    box.append(copy);
    box.hidden = false;
  };
  const show = async (full = false) => {
    const kept = await reports().catch(() => []);
    box.replaceChildren();
    box.hidden = true;
    if (full) say("full");
    if (sentAt) say("sent", { time: sentAt });
    if ("offline" in household.dataset || !navigator.onLine) say("offline");
    if (session && household.dataset.day && household.dataset.day !== dayOf(now())) {
      say("newday");
      box.querySelector("[data-today]").textContent = dayOf(now());
    }
    if (!session && kept.length) say("locked", { time: kept[0].made });
    for (const one of kept) {
      if (!session || one.account !== session.account) continue;
      const told = await unseal(one).catch(() => null);
      if (told) say(one.state, { time: one.made, names: told.names, told: told.told, act: (what) => ACTS[what](one, told) });
    }
  };
  const ACTS = {
    send: () => flush(),
    drop: async (one) => {
      if (!window.confirm(box.dataset.sure)) return;
      await drop("reports", one.id);
      await show();
    },
    refill: (one, told) => {
      const form = document.getElementById("report");
      if (!form) return;
      for (const [name, value] of told.fields) {
        for (const field of form.querySelectorAll(`[name="${name}"]`)) {
          if (field.type === "radio" || field.type === "checkbox") field.checked = field.checked || field.value === value;
          else field.value = value;
          field.closest("details")?.setAttribute("open", "");
          field.dispatchEvent(new Event("change", { bubbles: true }));
        }
      }
      replacing = one.id;
      form.scrollIntoView();
    },
  };

  // ---- the form -------------------------------------------------------------------------------------------------------
  const OURS = /^(p\d+-|offered-|as_before$)/;
  let pressed = null;
  const take = async (form) => {
    const fields = [...new FormData(form)].filter(([name, value]) => OURS.test(name) && typeof value === "string" && value !== "");
    if (pressed && pressed.form === form && pressed.name) fields.push([pressed.name, pressed.value]);
    const all = fields.some(([name]) => name === "as_before");
    const told = (prefix) => fields.some(([name]) => name.startsWith(prefix) || (all && name === `offered-${prefix}`));
    const names = [...form.querySelectorAll("[data-child]")].filter((one) => told(one.dataset.child)).map((one) => one.textContent);
    if (!names.length) return false;
    const made = now();
    const kept = { id: crypto.randomUUID ? crypto.randomUUID() : uuid(), account: session.account, made, state: "waiting" };
    await put("reports", { ...kept, ...(await seal({ day: dayOf(made), made: new Date(made).toISOString(), fields, names })) });
    if (replacing) await drop("reports", replacing);
    replacing = null;
    return kept.id;
  };
  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const onSubmit = async (event) => {
    const form = event.target;
    event.preventDefault();
    event.stopPropagation(); // this form may go again: each tap is a report of its own, and the same one only once
    if (busy) return;
    busy = true;
    form.classList.add("nol-busy");
    try {
      const id = await take(form);
      if (!id) {
        if (navigator.onLine) form.submit();
        return;
      }
      const became = await send(await get("reports", id));
      if (became === "sent") {
        window.location.assign(household.dataset.done);
        return;
      }
      if (became !== "refused") {
        form.reset();
        begun = false;
      }
      await show();
      box.scrollIntoView({ block: "center" });
    } catch (error) {
      if (navigator.onLine) form.submit(); // the phone cannot keep it: the plain way
      else await show(true);
    } finally {
      busy = false;
      pressed = null;
      form.classList.remove("nol-busy");
    }
  };
  const bind = () => {
    const form = document.getElementById("report");
    if (!form || !session) return;
    form.addEventListener("click", (event) => (pressed = event.target.closest("button") || pressed));
    form.addEventListener("change", () => (begun = true));
    form.addEventListener("submit", onSubmit);
  };

  // ---- the page without a line -----------------------------------------------------------------------------------------
  const keepPage = async () => put("pages", await seal({ html: household.outerHTML, day: household.dataset.day }), session.account);
  const openPage = async () => {
    const kept = await get("pages", session.account).catch(() => null);
    const page = kept && (await unseal(kept).catch(() => null));
    if (!page) return;
    // Our own page as the server wrote it: no script runs from it (the policy sees to that).
    household.insertAdjacentHTML("afterend", page.html);
    household.remove();
    household = document.getElementById("household");
    document.dispatchEvent(new Event("nol:page"));
  };
  const register = async () => {
    if (!navigator.serviceWorker) return;
    await navigator.serviceWorker.register(box.dataset.worker, { scope: box.dataset.page });
    const look = `${document.documentElement.lang} ${document.documentElement.dataset.bsTheme}`;
    const before = localStorage.getItem("nol-look"), ready = await navigator.serviceWorker.ready;
    if (before && before !== look) ready.active.postMessage("renew"); // the first time it has just been fetched
    localStorage.setItem("nol-look", look);
  };

  const start = async () => {
    const given = document.getElementById("offline");
    if (given) {
      await begin(JSON.parse(given.textContent));
      await keepPage().catch(() => {});
    } else {
      await resume();
      if (session) await openPage();
    }
    bind();
    document.documentElement.dataset.queue = "ready";
    await show();
    window.addEventListener("storage", (event) => event.key === LAST && catchUp());
    if (given) {
      await flush();
      window.addEventListener("load", () => register().catch(() => {}));
      if (document.readyState === "complete") register().catch(() => {});
    }
    window.addEventListener("online", flush);
    window.addEventListener("offline", () => show());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
    setInterval(async () => (await own()).some((one) => one.state === "waiting") && flush(), AGAIN);
  };
  start().catch(() => bind());
})();
