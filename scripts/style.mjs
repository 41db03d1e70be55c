// Makes vendor/tabler.css: of Tabler's style sheet only what our pages use, and its dark theme also for readers whose
// device is dark. A phone on a slow line pays for every rule it is sent: the whole sheet is nine times as large.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const source = "node_modules/@tabler/core/dist/css/tabler.min.css";
const target = "src/notoneless/web/ui/static/vendor/tabler.css";
const written = ["html", "py", "js"].map((kind) => `src/notoneless/web/**/*.${kind}`);

// Our own sheets use Tabler's variables, so those stay.
const folder = "src/notoneless/web/ui/static";
const ours = readdirSync(folder).filter((name) => name.endsWith(".css")).map((name) => readFileSync(`${folder}/${name}`, "utf8"));
const used = [...new Set(ours.join(" ").match(/--tblr-[a-z0-9-]+/g))];

const [kept] = await new PurgeCSS().purge({
  css: [{ raw: readFileSync(source, "utf8") }],
  content: written,
  skippedContentGlobs: ["src/notoneless/web/ui/static/vendor/**"],
  // Put together in Python: badges of a state's colour.
  safelist: { standard: [/^bg-[a-z]+-lt$/], deep: [], greedy: [], variables: used },
  dynamicAttributes: ["data-bs-theme", "disabled", "open"],
  fontFace: true,
  keyframes: true,
  variables: true,
});

// "auto" is light, and dark where the reader's device is: the same rules once more under a media query.
const sheet = postcss.parse(kept.css);
const dark = postcss.atRule({ name: "media", params: "(prefers-color-scheme:dark)" });
const DARK = /\[data-bs-theme="?dark"?\]/g;
sheet.walkRules((rule) => {
  const chosen = rule.selectors.filter((selector) => selector.match(DARK));
  if (chosen.length === 0) return;
  const copy = rule.clone({ selectors: chosen.map((selector) => selector.replace(DARK, "[data-bs-theme=auto]")) });
  const around = rule.parent.type === "atrule" ? rule.parent.clone({ nodes: [] }) : null;
  if (around) around.append(copy);
  dark.append(around ?? copy);
});
sheet.append(dark);
sheet.walkAtRules("charset", (rule) => rule.remove()); // the server says it, and only a first rule may
sheet.walkComments((comment) => comment.remove());

const header = "/* Tabler (MIT), the part our pages use: made by scripts/style.mjs, see LICENSE.tabler-core.txt. */\n";
const text = header + sheet.toString() + "\n";
// A purge that found no pages, or a Tabler that changed its ways, must not pass in silence.
for (const rule of [".card", ".btn-primary", "[data-bs-theme=dark]", "[data-bs-theme=auto]"]) {
  if (!text.includes(rule)) throw new Error(`style: ${rule} is missing from ${target}`);
}
writeFileSync(target, text);
