// Draws each <figure data-chart> from the JSON beside it, and saves a <figure data-drawing> as it stands. Holds no words: names and titles come with the data.
// Canvas on the page, with tooltips drawn on it, since the policy allows no inline style; pictures to save are made apart.
(() => {
  "use strict";
  const root = document.documentElement;
  const colour = (name, fallback) => getComputedStyle(root).getPropertyValue(name).trim() || fallback;
  const palette = () => ({
    text: colour("--tblr-body-color", "#182433"),
    soft: colour("--tblr-secondary", "#667382"),
    line: colour("--nol-line", "#d5dae1"),
    ground: colour("--tblr-bg-surface", "#ffffff"),
    past: colour("--nol-field", "#79828f"),
    series: [colour("--tblr-link-color", "#0b6e4f"), colour("--nol-warning", "#93370d"), colour("--nol-info", "#175cd3")],
  });

  // Series differ by shape and dash as well as by colour.
  const shapes = ["circle", "triangle", "rect"];
  const dashes = ["solid", "dashed", "dotted"];
  const option = (data, look, isPicture) => {
    const unit = data.share ? "\u2009%" : "";
    const values = data.series.flatMap((one) => one.values).filter((n) => n !== null);
    const least = Math.min(...values);
    // The drawer of SVG writes a font's name into an attribute as it stands: double quotes would end it.
    const font = getComputedStyle(document.body).fontFamily.replaceAll('"', "'");
    // Letters grow with the page's, on a wall or for who needs them large; a saved picture has one size.
    const em = isPicture ? 16 : parseFloat(getComputedStyle(document.documentElement).fontSize);
    const fontSize = 0.75 * em;
    return {
      animation: false,
      // Of two sets of bars the second is the present one: the past stands back.
      color: data.kind === "bar" && data.series.length > 1 ? [look.past, look.series[0]] : look.series,
      backgroundColor: isPicture ? look.ground : "transparent",
      textStyle: { fontFamily: font, color: look.text },
      aria: { enabled: true, decal: { show: data.kind === "bar" && data.series.length > 1 } },
      title: isPicture ? { text: data.title, subtext: data.subject, left: "center", textStyle: { color: look.text, fontSize: 18 }, subtextStyle: { color: look.soft } } : undefined,
      legend: data.series.length > 1 ? { bottom: 0, textStyle: { color: look.text, fontSize } } : undefined,
      grid: { left: 8, right: 16, top: isPicture ? 72 : 16, bottom: data.series.length > 1 ? 2.25 * em : 12, containLabel: true },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, backgroundColor: look.ground, borderColor: look.line,
        textStyle: { color: look.text, fontSize }, valueFormatter: (n) => (n === null || n === undefined ? "—" : `${n}${unit}`),
      },
      xAxis: { type: "category", data: data.labels, axisLabel: { color: look.soft, fontSize, hideOverlap: true }, axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false } },
      yAxis: {
        type: "value", axisLabel: { color: look.soft, fontSize, formatter: `{value}${unit}` }, splitLine: { lineStyle: { color: look.line } },
        max: data.share ? 100 : undefined, minInterval: data.share ? undefined : 1,
        // Bars begin at nought. A line of shares near a hundred would be flat, so its axis says where it begins.
        min: data.kind === "line" && data.share && values.length ? Math.max(0, Math.floor((least - 5) / 10) * 10) : 0,
      },
      series: data.series.map((one, place) => ({
        name: one.name, type: data.kind, data: one.values, connectNulls: false, barMaxWidth: 28,
        symbol: shapes[place % 3], symbolSize: 7, lineStyle: { width: 2, type: dashes[place % 3] },
      })),
    };
  };

  const save = (address, name) => {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
  };
  const picture = (data, name, kind) => {
    const size = { width: 1200, height: 640 };
    if (kind === "svg") {
      const made = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
      made.setOption(option(data, palette(), true));
      const address = URL.createObjectURL(new Blob([made.renderToSVGString()], { type: "image/svg+xml" }));
      made.dispose();
      save(address, `${name}.svg`);
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    } else {
      const sheet = document.createElement("canvas");
      const made = echarts.init(sheet, null, { renderer: "canvas", devicePixelRatio: 2, ...size });
      made.setOption(option(data, palette(), true));
      const address = made.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: palette().ground });
      made.dispose();
      save(address, `${name}.png`);
    }
  };

  // A drawing of the page itself (the sketch of districts): its looks come from a style sheet, so they are written into
  // a copy, as attributes, before it leaves.
  const LOOKS = ["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "paint-order", "font-family", "font-size", "font-weight", "text-anchor", "display"];
  const copied = (svg, title) => {
    const copy = svg.cloneNode(true);
    const olds = [svg, ...svg.querySelectorAll("*")], news = [copy, ...copy.querySelectorAll("*")];
    olds.forEach((old, place) => {
      const look = getComputedStyle(old);
      for (const name of LOOKS) news[place].setAttribute(name, look.getPropertyValue(name));
    });
    const [x, y, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const head = 40;
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("viewBox", `${x} ${y - head} ${width} ${height + head}`);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height + head);
    const made = (kind, given, words) => {
      const one = document.createElementNS("http://www.w3.org/2000/svg", kind);
      for (const [name, value] of Object.entries(given)) one.setAttribute(name, value);
      one.textContent = words;
      return one;
    };
    const look = palette();
    copy.prepend(
      made("rect", { x, y: y - head, width, height: height + head, fill: look.ground }, ""),
      made("text", { x: x + 8, y: y - head + 26, fill: look.text, "font-size": 18, "font-family": getComputedStyle(document.body).fontFamily }, title),
    );
    return { text: new XMLSerializer().serializeToString(copy), width, height: height + head };
  };
  const saveDrawing = async (figure, name, kind) => {
    const { text, width, height } = copied(figure.querySelector("svg"), figure.dataset.title);
    if (kind === "svg") {
      const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
      save(address, `${name}.svg`);
      setTimeout(() => URL.revokeObjectURL(address), 10000);
      return;
    }
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await picture.decode();
    const sheet = document.createElement("canvas");
    sheet.width = 2 * width;
    sheet.height = 2 * height;
    sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
    save(sheet.toDataURL("image/png"), `${name}.png`);
  };
  const unit = location.pathname.split("/").filter(Boolean)[1] || "";
  for (const figure of document.querySelectorAll("figure[data-drawing]")) {
    figure.querySelector("[data-pictures]").hidden = false;
    for (const button of figure.querySelectorAll("[data-picture]")) {
      button.addEventListener("click", () => saveDrawing(figure, `${unit}-${figure.dataset.drawing}`, button.dataset.picture));
    }
  }

  const drawn = [];
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const canvas = figure.querySelector("[data-canvas]");
    canvas.hidden = false;
    figure.querySelector("[data-numbers]").open = false;
    const chart = echarts.init(canvas, null, { renderer: "canvas" });
    const draw = () => chart.setOption(option(data, palette(), false), true);
    draw();
    drawn.push({ chart, draw });
    figure.querySelector("[data-pictures]").hidden = false;
    for (const button of figure.querySelectorAll("[data-picture]")) {
      button.addEventListener("click", () => picture(data, `${unit}-${figure.dataset.name}`, button.dataset.picture));
    }
  }
  addEventListener("resize", () => drawn.forEach((one) => one.chart.resize()));
  const redraw = () => drawn.forEach((one) => one.draw());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme", "class"] });
})();
