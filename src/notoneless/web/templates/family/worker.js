// Keeps the family's page ready for when there is no line. What it keeps is the same for everybody: style, script and an
// empty page. What is a family's own is kept by family.js, under its key.
"use strict";
const CACHE = "nol-family-{{ version }}";
const FILES = [{% for file in files %}"{{ file }}", {% endfor %}];
const SHELL = "{{ shell }}";
const PAGE = "{{ page }}";
const PATIENCE = 8000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...FILES, SHELL])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("nol-family-") && name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

// The page has changed its language or look: the empty page is fetched anew.
self.addEventListener("message", (event) => {
  if (event.data === "renew") event.waitUntil(caches.open(CACHE).then((cache) => cache.add(SHELL)));
});

const shell = () => caches.match(SHELL).then((kept) => kept || Response.error());

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (address.pathname !== PAGE) return;
    // A line that is there and silent is no line: after some seconds the phone's own page is shown.
    const patience = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE));
    const fetched = fetch(event.request).catch(() => null);
    event.respondWith(Promise.race([fetched, patience]).then((answer) => answer || shell()));
  } else if (FILES.includes(address.pathname)) {
    event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept || fetch(event.request)));
  }
});
