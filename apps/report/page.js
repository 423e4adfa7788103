// SPDX-License-Identifier: Apache-2.0
// Draws the two charts of the report from the data in #charts, at the width the page gives them, again when that changes.
//
// Why: text of a picture that is scaled to a phone cannot be read; drawn anew it keeps its size. The page is complete
// without this: each chart's figures are in the table under it. Points can be reached by Tab and say what they are.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const COLOURS = ["var(--c0)", "var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"];
  const text_height = 16, digit_width = 7.6;

  const node = (name, attributes, ...children) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const html = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const number = (value, digits = 0) => value.toLocaleString("en-US", {minimumFractionDigits: digits, maximumFractionDigits: digits});

  // Round values from `low` to `high`, about `count` of them: steps of 1, 2 or 5 times a power of ten.
  function ticks(low, high, count) {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= rough);
    const list = [];
    for (let t = Math.ceil(low / step) * step; t <= high + step * 1e-9; t += step) list.push(Math.abs(t) < step * 1e-9 ? 0 : t);
    return {list, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9))};
  }

  // With air around; a single value gets a range, too.
  function range(values) {
    const low = Math.min(...values), high = Math.max(...values);
    const air = (high - low) * .08 || Math.abs(high) * .1 || 1;
    return [low - air, high + air];
  }

  function draw(figure, chart, view) {
    const width = Math.max(280, figure.clientWidth - 24), height = Math.round(Math.min(420, Math.max(260, width * .45)));
    const points = view.series.flatMap(s => s.points), is_steps = chart.shape === "steps";
    const xs = points.map(p => p.x).concat(...view.series.map(s => s.lines ?? []), view.series.map(s => s.until ?? []).flat());
    const ys = points.flatMap(p => [p.y, p.low ?? p.y, p.high ?? p.y]);
    if (xs.length === 0 || ys.length === 0) return node("svg", {});
    let [x0, x1] = range(xs), [y0, y1] = range(ys);
    if (is_steps) x0 = 0;
    const y_ticks = ticks(y0, y1, 5);
    const left = 14 + digit_width * Math.max(...y_ticks.list.map(t => number(t, y_ticks.digits).length)), right = 14, top = 28, bottom = 44;
    const x_ticks = ticks(x0, x1, Math.max(2, Math.floor((width - left - right) / 110)));
    const px = x => left + (x - x0) / (x1 - x0) * (width - left - right);
    const py = y => height - bottom - (y - y0) / (y1 - y0) * (height - top - bottom);
    const svg = node("svg", {viewBox: `0 0 ${width} ${height}`, height, role: "group", "aria-label": `${chart.y} against ${chart.x}, ${view.kind}`});
    for (const t of x_ticks.list) {
      svg.append(node("line", {class: "grid", x1: px(t), x2: px(t), y1: top, y2: height - bottom}),
                 node("text", {x: px(t), y: height - bottom + 18, "text-anchor": "middle"}, number(t, x_ticks.digits)));
    }
    for (const t of y_ticks.list) {
      svg.append(node("line", {class: "grid", x1: left, x2: width - right, y1: py(t), y2: py(t)}),
                 node("text", {x: left - 8, y: py(t) + 4, "text-anchor": "end"}, number(t, y_ticks.digits)));
    }
    svg.append(node("text", {x: 0, y: 12}, chart.y),
               node("text", {x: width - right, y: height - 6, "text-anchor": "end"}, `${chart.x}${is_steps ? "" : `, ${view.kind}`}`));
    const told = figure.querySelector(".told"), labels = [];
    view.series.forEach((series, index) => {
      const colour = COLOURS[index % COLOURS.length];
      for (const x of series.lines ?? [])
        svg.append(node("line", {x1: px(x), x2: px(x), y1: top, y2: height - bottom, stroke: colour, "stroke-width": 2, "stroke-dasharray": "6 4"}));
      let path = series.points.map((p, i) => i === 0 ? `M${px(p.x)} ${py(p.y)}` : is_steps ? `H${px(p.x)}V${py(p.y)}` : `L${px(p.x)} ${py(p.y)}`).join("");
      if (is_steps && series.until) path += `H${px(Math.max(series.until, series.points.at(-1).x))}`;
      svg.append(node("path", {d: path, fill: "none", stroke: colour, "stroke-width": index === 0 ? 2 : 1.5, opacity: index === 0 || is_steps ? 1 : .7}));
      for (const p of series.points) {
        if (p.low !== undefined)
          svg.append(node("line", {x1: px(p.x), x2: px(p.x), y1: py(p.low), y2: py(p.high), stroke: colour, opacity: .45, "stroke-width": 2}));
        const words = `${series.name}${p.label ? ` (row ${p.label})` : ""}: ${number(p.x)} ${chart.x}, ` +
          (is_steps ? `${number(p.y)} cycles an image, ${view.kind}` : `${view.kind}, ${number(p.y, 2)} points lost (${number(p.low, 2)} to ${number(p.high, 2)})`);
        const mark = node("circle", {class: "mark", cx: px(p.x), cy: py(p.y), r: index === 0 ? 6 : 5, fill: colour, stroke: "var(--card)", "stroke-width": 1.5,
                                     tabindex: 0, role: "img", "aria-label": words});
        const tell = () => { told.textContent = words; };
        mark.addEventListener("focus", tell);
        mark.addEventListener("pointerenter", tell);
        svg.append(mark);
        if (p.label) labels.push({x: px(p.x), y: py(p.y), text: p.label});
      }
    });
    place(svg, labels, points.map(p => [px(p.x), py(p.y)]), width - right, top);
    return svg;
  }

  // Beside its point where there is room that no point and no other label takes; else nowhere: the table has it.
  function place(svg, labels, points, most_x, least_y) {
    const taken = points.map(([x, y]) => ({x: x - 7, y: y - 7, w: 14, h: 14}));
    for (const label of labels) {
      const w = 9 * label.text.length, h = text_height - 3;
      const box = [[9, -6 - h], [-9 - w, -6 - h], [9, 6], [-9 - w, 6]].map(([dx, dy]) => ({x: label.x + dx, y: label.y + dy, w, h}))
        .find(b => b.x > 0 && b.x + w < most_x && b.y > least_y && !taken.some(t => b.x < t.x + t.w && t.x < b.x + w && b.y < t.y + t.h && t.y < b.y + h));
      if (!box) continue;
      taken.push(box);
      svg.append(node("text", {class: "label", x: box.x, y: box.y + h - 2}, label.text));
    }
  }

  function show(figure, chart) {
    if (!chart) return;
    let view = chart.views[0];
    if (chart.views.length > 1) {
      const choices = chart.views.map((one, i) => {
        const input = html("input", {type: "radio", name: figure.id, ...(i === 0 ? {checked: ""} : {})});
        input.addEventListener("change", () => { view = one; again(); });
        return html("label", {}, input, ` ${one.kind}`);
      });
      figure.append(html("fieldset", {}, ...choices));
    }
    const legend = html("ul", {class: "legend"}), picture = html("div", {}), told = html("p", {class: "told", role: "status"});
    figure.append(legend, picture, told);
    function again() {
      legend.replaceChildren(...view.series.map((series, i) => html("li", {}, html("span", {class: `swatch c${i % COLOURS.length}`}), series.name)));
      picture.replaceChildren(draw(figure, chart, view));
    }
    let width = 0;
    new ResizeObserver(() => {
      if (figure.clientWidth === width) return;
      width = figure.clientWidth;
      again();
    }).observe(figure);
  }

  const charts = JSON.parse(document.getElementById("charts").textContent);
  for (const figure of document.querySelectorAll("[data-chart]")) show(figure, charts[figure.dataset.chart]);
})();
