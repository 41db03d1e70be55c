// The switch for reminders on this phone. It asks for leave only after a tap; the words stand in the page.
(() => {
  "use strict";
  const form = document.querySelector("form[data-push]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;

  const show = (state) => {
    for (const part of form.querySelectorAll("[data-push-when]")) {
      const when = part.dataset.pushWhen;
      // After a refusal or a failure the button stays, so that one can try again.
      part.hidden = when !== state && !(when === "off" && part.tagName === "BUTTON" && state !== "on");
    }
    form.hidden = false;
  };
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const tell = async (address, subscription) => {
    const answer = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: subscription ? JSON.stringify(subscription) : "",
    });
    if (!answer.ok) throw new Error(String(answer.status));
  };
  const registration = () => navigator.serviceWorker.getRegistration(form.dataset.worker);

  const begin = async () => {
    if ((await Notification.requestPermission()) !== "granted") return show("denied");
    const worker = await navigator.serviceWorker.register(form.dataset.worker);
    const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) };
    // A worker that was only just registered cannot subscribe until it is active.
    if (!worker.active) {
      await new Promise((resolve) => {
        const coming = worker.installing || worker.waiting;
        coming.addEventListener("statechange", () => coming.state === "activated" && resolve());
      });
    }
    const known = await worker.pushManager.getSubscription();
    const subscription = known || (await worker.pushManager.subscribe(options));
    await tell(form.action, subscription.toJSON());
    show("on");
  };
  const end = async () => {
    const worker = await registration();
    const subscription = worker && (await worker.pushManager.getSubscription());
    if (subscription) {
      await tell(form.dataset.forget, subscription.toJSON());
      await subscription.unsubscribe();
    }
    show("off");
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    const act = button && button.dataset.pushWhen === "on" ? end : begin;
    if (button) button.disabled = true; // a push service may take seconds to answer
    act()
      .catch(() => show("failed"))
      .finally(() => {
        if (button) button.disabled = false;
      });
  });
  registration()
    .then((worker) => worker && worker.pushManager.getSubscription())
    .then((subscription) => show(subscription && Notification.permission === "granted" ? "on" : "off"))
    .catch(() => show("off"));
})();
