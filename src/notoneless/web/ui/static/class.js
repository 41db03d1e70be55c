// On a phone the links of a class are wider than the screen: the page that is open is brought into view.
(() => {
  "use strict";
  const here = document.querySelector(".class-links [aria-current]");
  if (here) here.scrollIntoView({ block: "nearest", inline: "center" });
})();
