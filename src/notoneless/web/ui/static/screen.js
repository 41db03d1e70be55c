// Keeps a wall up to date, and says how old it is when it cannot: the last figures stay, with their age, amber and then red.
(() => {
  "use strict";
  const EVERY = 1000, PATIENCE = 5000, AMBER = 10, RED = 60; // milliseconds, and seconds since the server last answered
  const wall = document.querySelector("[data-wall]");
  const board = wall.querySelector("[data-board]");
  const part = (name) => wall.querySelector(`[data-${name}]`);
  let etag = wall.dataset.etag;
  let isOver = false;
  // Two clocks: one that nobody sets, and one that goes on while the machine sleeps. The older age is the true one.
  let seen = { steady: performance.now(), wall: Date.now() };
  const age = () => Math.max(performance.now() - seen.steady, Date.now() - seen.wall) / 1000;

  const heard = (answer) => {
    seen = { steady: performance.now(), wall: Date.now() };
    isOver = false;
    for (const mark of wall.querySelectorAll("[data-as-of]")) mark.textContent = answer.headers.get("X-As-Of") || mark.textContent;
  };
  const ask = async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(location.href, {
        headers: { "HX-Request": "true", "If-None-Match": etag }, redirect: "manual", cache: "no-store", signal: stop.signal,
      });
      if (answer.type === "opaqueredirect") isOver = true; // the way to the sign-in page
      else if (answer.status === 304) heard(answer);
      else if (answer.ok && answer.headers.get("X-As-Of")) {
        board.innerHTML = await answer.text();
        etag = answer.headers.get("ETag");
        heard(answer);
      }
    } catch {
      // The network is cut: what is shown stays, and grows old.
    } finally {
      clearTimeout(timer);
      setTimeout(ask, EVERY);
    }
  };
  const tell = () => {
    const seconds = Math.floor(age());
    const isStale = seconds >= AMBER;
    wall.dataset.state = isOver || seconds >= RED ? "old" : isStale ? "ageing" : "fresh";
    part("fresh").hidden = isStale || isOver;
    part("stale").hidden = !isStale || isOver;
    part("over").hidden = !isOver;
    const inMinutes = seconds >= 120;
    part("age").textContent = inMinutes ? Math.floor(seconds / 60) : seconds;
    part("seconds").hidden = inMinutes;
    part("minutes").hidden = !inMinutes;
  };
  setInterval(tell, 500);
  setTimeout(ask, EVERY);
})();
