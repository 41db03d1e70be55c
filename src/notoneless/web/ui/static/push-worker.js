// Shows what a push brings, and opens the page it names. One notice at a time: a newer one takes the place of the older.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data ? event.data.json() : {};
  } catch (error) {
    told = {};
  }
  const options = { body: told.body || "", tag: "today", data: { link: told.link || "/family/" } };
  event.waitUntil(self.registration.showNotification(told.title || "Not One Less", options));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Only our own pages, whatever a message says.
  const asked = new URL(event.notification.data.link, self.location.origin);
  const address = asked.origin === self.location.origin ? asked.href : self.location.origin + "/family/";
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => {
      const open = pages.find((page) => page.url.startsWith(address));
      return open ? open.focus() : self.clients.openWindow(address);
    }),
  );
});
