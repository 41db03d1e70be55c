// The quick way to take a check, on the same fields as the page without script: all names at once, one line at a time,
// keys for a desk, undo, and marks that survive a reload. Holds no words: what is said stands in the page.
(() => {
  "use strict";
  const form = document.querySelector("form[data-check]");
  if (!form || !Element.prototype.closest) return;

  const grid = form.querySelector(".check-grid");
  const find = form.querySelector("[data-check-find]");
  const count = form.querySelector("[data-count]");
  const send = form.querySelector(".check-send");
  const act = (name) => form.querySelector(`[data-check-act="${name}"]`);
  const note = (name) => document.querySelector(`[data-check-note="${name}"]`);
  const mayMark = !("readOnly" in form.dataset);
  const LETTERS = "abcdefghijklmnopqrstuvwxyz";

  // --- One pupil: the line of the form, the chip of the grid. ---
  const fieldsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), textarea")];
  const stateOf = (row) => [row.querySelector("select").value,
    ...fieldsOf(row).map((one) => (one.type === "checkbox" || one.type === "radio" ? one.checked : one.value))];
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  const pupils = [...form.querySelectorAll(".check-row")].map((row, place) => {
    const select = row.querySelector("select");
    const pupil = { place, row, select, plain: select.options[0].value, ways: [], known: null, first: null };
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "check-chip";
    chip.tabIndex = place === 0 ? 0 : -1;
    chip.setAttribute("aria-expanded", "false");
    chip.setAttribute("aria-controls", row.id);
    const part = (name, text) => {
      const span = document.createElement("span");
      span.className = name;
      span.textContent = text;
      return span;
    };
    const top = part("check-top", "");
    const stands = row.querySelector("[data-stands]");
    pupil.stands = stands ? stands.textContent : "";
    pupil.mark = part("check-mark", "");
    pupil.name = row.querySelector(".nol-name").textContent.trim();
    top.append(part("check-n", String(place + 1)), pupil.mark);
    chip.append(top, part("check-name", pupil.name));
    pupil.chip = chip;
    grid.append(chip);
    return pupil;
  });
  const pupilOf = (element) => pupils.find((one) => one.row === element || one.chip === element);

  const labelled = (pupil) => {
    const ticked = fieldsOf(pupil.row).filter((one) => one.type === "checkbox" && one.checked && !one.closest(":disabled"));
    const chosen = pupil.select.selectedOptions[0];
    return [chosen ? chosen.textContent : "", ...ticked.map((one) => one.parentElement.querySelector("span").textContent)];
  };
  const isMarked = (pupil) => pupil.select.value !== pupil.plain;
  const draw = (pupil) => {
    const marked = isMarked(pupil);
    const said = marked ? labelled(pupil) : [pupil.stands];
    pupil.mark.textContent = said[0].length > 9 ? said[0].split(" ").pop() : said[0]; // "sick" of "Absent: sick"
    pupil.chip.title = said.join(" ");
    pupil.chip.classList.toggle("is-marked", marked);
    pupil.chip.classList.toggle("is-wrong", !!pupil.row.querySelector(".nol-error"));
    for (const way of pupil.ways) way.setAttribute("aria-pressed", String(way.dataset.value === pupil.select.value));
  };
  const total = () => {
    const marked = pupils.filter(isMarked).length;
    count.textContent = count.dataset.count.replace("[n]", pupils.length - marked).replace("[m]", marked);
  };

  // --- Undo. ---
  const undone = [];
  const noted = (pupil) => {
    const now = stateOf(pupil.row);
    if (same(now, pupil.known)) return;
    undone.push([pupil, pupil.known]);
    pupil.known = now;
    act("undo").hidden = false;
    draw(pupil);
    total();
    keep();
  };
  const restore = (pupil, state) => {
    pupil.select.value = state[0];
    fieldsOf(pupil.row).forEach((one, place) => {
      const value = state[place + 1];
      if (typeof value === "boolean") one.checked = value;
      else if (value !== undefined) one.value = value;
    });
    pupil.known = stateOf(pupil.row);
    pupil.row.dispatchEvent(new Event("change", { bubbles: true }));
    draw(pupil);
    total();
  };
  const undo = () => {
    const last = undone.pop();
    if (!last) return;
    restore(...last);
    act("undo").hidden = !undone.length;
    go(last[0], open ? "line" : "chip");
    keep();
  };

  // --- Going from pupil to pupil. ---
  let current = pupils[0];
  let open = null;
  const go = (pupil, to = "chip") => {
    if (!pupil) return;
    if (current) current.chip.tabIndex = -1;
    current = pupil;
    pupil.chip.tabIndex = 0;
    if (to === "line" || open) show(pupil, to === "line");
    if (to === "chip") pupil.chip.focus();
  };
  const close = (focus) => {
    if (!open) return;
    const was = open;
    open = null;
    was.row.classList.remove("is-open");
    was.chip.classList.remove("is-open");
    was.chip.setAttribute("aria-expanded", "false");
    act("done").hidden = true;
    if (focus) was.chip.focus({ preventScroll: true });
  };
  const show = (pupil, focus) => {
    if (open !== pupil) {
      close(false);
      open = pupil;
      pupil.row.classList.add("is-open");
      pupil.chip.classList.add("is-open");
      pupil.chip.setAttribute("aria-expanded", "true");
      act("done").hidden = false;
      waysOf(pupil);
      draw(pupil);
      const foot = form.querySelector(".check-rows").getBoundingClientRect();
      const chip = pupil.chip.getBoundingClientRect();
      if (chip.bottom > foot.top && foot.left < chip.right) window.scrollBy(0, chip.bottom - foot.top + 8);
    }
    if (focus) (pupil.ways.find((one) => one.getAttribute("aria-pressed") === "true") || pupil.row.querySelector(".nol-who")).focus({ preventScroll: true });
  };

  // A line's answers as buttons in the place of its list, made when it is first shown.
  const key = (text) => {
    const kbd = document.createElement("kbd");
    kbd.textContent = text;
    kbd.setAttribute("aria-hidden", "true");
    return kbd;
  };
  const waysOf = (pupil) => {
    if (pupil.ways.length) return;
    const box = pupil.row.querySelector(".check-ways");
    pupil.ways = [...pupil.select.options].map((option, place) => {
      const way = document.createElement("button");
      way.type = "button";
      way.className = "check-way";
      way.dataset.value = option.value;
      way.disabled = !mayMark;
      way.append(option.textContent, key(String(place + 1)));
      way.addEventListener("click", () => choose(pupil, option.value));
      box.append(way);
      return way;
    });
    let letter = 0;
    for (const one of fieldsOf(pupil.row)) {
      if (one.type !== "checkbox" || one.name.endsWith("-also")) continue;
      one.dataset.key = LETTERS[letter];
      one.parentElement.append(key(LETTERS[letter]));
      letter += 1;
    }
    box.hidden = false;
    pupil.select.hidden = true;
  };
  const choose = (pupil, value) => {
    pupil.select.value = value;
    pupil.select.dispatchEvent(new Event("change", { bubbles: true }));
    if (value === pupil.plain) close(true);
  };

  // --- Finding by number, by initials, by name. ---
  // The first Chinese sign of each initial in the order of pinyin; surnames that are read in a way of their own first.
  const SURNAMES = { 单: "s", 曾: "z", 解: "x", 查: "z", 仇: "q", 区: "o", 朴: "p", 翟: "z", 覃: "q", 盖: "g", 尉: "w", 乐: "y", 缪: "m" };
  const FIRST = [..."阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀"];
  const INITIAL = "abcdefghjklmnopqrstwxyz";
  const order = new Intl.Collator("zh-Hans-u-co-pinyin");
  const knowsPinyin = order.resolvedOptions().locale.startsWith("zh") && order.compare("张", "王") > 0;
  const initial = (sign, place) => {
    if (/[a-z]/i.test(sign)) return sign.toLowerCase();
    if (place === 0 && SURNAMES[sign]) return SURNAMES[sign];
    if (!knowsPinyin || !/\p{Script=Han}/u.test(sign)) return "";
    let found = "";
    FIRST.forEach((one, at) => { if (order.compare(sign, one) >= 0) found = INITIAL[at]; });
    return found;
  };
  for (const pupil of pupils) {
    pupil.initials = [...pupil.name].map(initial).join("");
    pupil.latin = pupil.name.toLowerCase();
  }
  const byText = (text) => {
    const typed = text.trim().toLowerCase();
    if (!typed) return null;
    if (/^\d+$/.test(typed)) return pupils[Number(typed) - 1] || null;
    return pupils.find((one) => one.initials.startsWith(typed)) || pupils.find((one) => one.latin.includes(typed)) || null;
  };
  let typed = "";
  let typedAt = 0;
  const type = (letter) => {
    const isNew = Date.now() - typedAt > 1500 || /\d/.test(letter) !== /\d/.test(typed);
    typed = isNew ? letter : typed + letter;
    typedAt = Date.now();
    const found = byText(typed) || byText(letter);
    if (found) go(found);
  };

  // --- Keys. ---
  const across = () => {
    const top = pupils[0].chip.offsetTop;
    const second = pupils.findIndex((one) => one.chip.offsetTop > top);
    return second < 0 ? pupils.length : second;
  };
  const step = (by) => {
    const to = current.place + by;
    if (to >= 0 && to < pupils.length) go(pupils[to]);
  };
  const onGrid = (event) => {
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across(), ArrowUp: -across(), Home: -current.place, End: pupils.length - 1 - current.place };
    if (event.key in moves) step(moves[event.key]);
    else if (event.key === " ") go(current, "line");
    else if (event.key === "Enter") { if (send) send.focus(); }
    else if (event.key === "/") find.focus();
    else if ((event.key === "Delete" || event.key === "Backspace") && mayMark) choose(current, current.plain);
    else if (/^[0-9a-z]$/i.test(event.key)) type(event.key.toLowerCase());
    else return;
    event.preventDefault();
  };
  const onLine = (event) => {
    const isTyping = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea");
    const way = /^[1-9]$/.test(event.key) && open.ways[Number(event.key) - 1];
    const box = /^[a-z]$/i.test(event.key) && fieldsOf(open.row).find((one) => one.dataset.key === event.key.toLowerCase());
    if (event.key === "Escape" || (event.key === "Enter" && !event.target.matches("textarea"))) close(true);
    else if (isTyping) return;
    else if (way && mayMark) way.click();
    else if (box && mayMark && !box.closest("[hidden]")) box.click();
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    if (!pupils.length || event.isComposing || event.altKey || event.metaKey) return;
    const at = document.activeElement;
    if (event.ctrlKey) {
      if (event.key.toLowerCase() === "z" && !at.matches("input[type=text], input[type=search], textarea")) { undo(); event.preventDefault(); }
      return;
    }
    if (at === find) {
      if (event.key === "Enter" || event.key === "ArrowDown") { const found = byText(find.value); find.value = ""; go(found || current); event.preventDefault(); }
      else if (event.key === "Escape") { find.value = ""; go(current); }
    } else if (open && open.row.contains(at)) onLine(event);
    else if (grid.contains(at) || at === document.body) onGrid(event);
  });
  find.addEventListener("input", () => {
    const found = byText(find.value);
    for (const one of pupils) one.chip.classList.toggle("is-found", one === found);
  });

  grid.addEventListener("click", (event) => {
    const pupil = pupilOf(event.target.closest(".check-chip"));
    if (!pupil) return;
    if (open === pupil) close(true);
    else go(pupil, "line");
  });
  act("done").addEventListener("click", () => close(true));
  act("undo").addEventListener("click", undo);
  form.addEventListener("change", (event) => {
    const pupil = event.isTrusted || event.target.matches("select") ? pupilOf(event.target.closest(".check-row")) : null;
    if (pupil) noted(pupil);
  });

  // --- Marks that were not sent survive a reload: in this tab alone, sealed with a key that ends with the session. ---
  const store = `check ${form.dataset.check}`;
  const seal = window.crypto && window.crypto.subtle
    ? window.crypto.subtle.importKey("raw", Uint8Array.from(atob(form.dataset.key), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"])
    : null;
  const packed = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const unpacked = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  let keeping = Promise.resolve();
  const keep = () => {
    if (!seal) return;
    const rows = pupils.filter((one) => !same(stateOf(one.row), one.first)).map((one) => [one.row.dataset.person, stateOf(one.row)]);
    const plain = new TextEncoder().encode(JSON.stringify({ stamp: form.dataset.stamp, rows }));
    const iv = window.crypto.getRandomValues(new Uint8Array(12));
    keeping = keeping.then(async () => {
      if (!rows.length) return sessionStorage.removeItem(store);
      const sealed = await window.crypto.subtle.encrypt({ name: "AES-GCM", iv }, await seal, plain);
      sessionStorage.setItem(store, `${packed(iv)} ${packed(sealed)}`);
    }).catch(() => {});
  };
  const bring = async () => {
    const sent = sessionStorage.getItem(`${store} sent`);
    sessionStorage.removeItem(`${store} sent`);
    if ("posted" in form.dataset) return;
    if (sent && sent !== form.dataset.stamp) sessionStorage.removeItem(store); // it has arrived
    const held = sessionStorage.getItem(store);
    if (!held || !seal) return;
    try {
      const [iv, sealed] = held.split(" ").map(unpacked);
      const plain = await window.crypto.subtle.decrypt({ name: "AES-GCM", iv }, await seal, sealed);
      const { stamp, rows } = JSON.parse(new TextDecoder().decode(plain));
      for (const [person, state] of rows) {
        const pupil = pupils.find((one) => one.row.dataset.person === person);
        if (pupil) restore(pupil, state);
      }
      note("restored").hidden = false;
      if (stamp !== form.dataset.stamp) note("stale").hidden = false;
    } catch {
      sessionStorage.removeItem(store); // another session's
    }
  };
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sessionStorage.setItem(`${store} sent`, form.dataset.stamp);
  });

  // Another window may have sent the check while this one lay behind it.
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible" || "posted" in form.dataset) return;
    try {
      const answer = await fetch(window.location.href, { method: "HEAD" });
      const stamp = answer.headers.get("X-Check");
      if (!stamp || stamp === form.dataset.stamp) return;
      if (undone.length) note("stale").hidden = false;
      else window.location.reload();
    } catch { /* no network: what is sent later will be looked at by the server */ }
  });

  // --- Begin. ---
  form.querySelector(".check-board").hidden = false;
  form.querySelector(".check-keys").hidden = false;
  count.hidden = false;
  form.classList.add("check-on");
  for (const pupil of pupils) {
    pupil.known = stateOf(pupil.row);
    pupil.first = pupil.known;
    draw(pupil);
  }
  total();
  bring();
  const wrong = pupils.find((one) => one.row.querySelector(".nol-error"));
  if (wrong) go(wrong, "line");
})();
