// SPDX-License-Identifier: Apache-2.0
// Fills the page from server-sent events, fetches frames one after the other, and sends policies.
//
// Why so little: the server says what there is in whole numbers and sentences; here they are only written down. Frames
// are asked for one at a time, each after the last, so a slow connection gets fewer of them and not late ones. When the
// events are cut the page says so, keeps what it shows, greyed, and connects again.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const by_id = id => document.getElementById(id);
  const number = (value, digits = 0) => value.toLocaleString("en-US", {minimumFractionDigits: digits, maximumFractionDigits: digits});
  const percent = (share, digits = 0) => `${number(100 * share, digits)} %`;
  // Writes only what changed, so that a screen reader is not told the same again.
  const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const drawn = (name, attributes, ...children) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const HISTORY_S = 60, RETRY_MS = 2000;
  let facts = null, is_connected = false, has_ended = false, frame_after = null;
  let history = [], switches = [];

  // Connection ----------------------------------------------------------------------------------------------------
  function show_connection() {
    const notice = by_id("notice");
    notice.hidden = is_connected && !has_ended;
    write(notice, has_ended ? "The demo has ended. The page shows its last moment, and goes on when it is started again."
                            : "The connection to sluice is cut. What you see is old; connecting again.");
    document.querySelector(".view").classList.toggle("is-old", !is_connected || has_ended);
  }

  function connect() {
    const events = new EventSource("events");
    const on = (name, take) => events.addEventListener(name, message => take(JSON.parse(message.data)));
    on("start", begin);
    on("switch", add_switch);
    on("state", show_state);
    on("end", () => { has_ended = true; show_connection(); });
    events.onopen = () => { is_connected = true; has_ended = false; show_connection(); };
    events.onerror = () => {
      is_connected = false;
      show_connection();
      // The browser connects again by itself, but gives up where it is refused.
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
    };
  }

  // Each frame is asked for when the one before is shown.
  async function show_frames() {
    const picture = by_id("picture");
    for (;;) {
      try {
        const answer = await fetch(frame_after === null ? "frame.jpg" : `frame.jpg?after=${frame_after}`);
        if (answer.status === 200) {
          frame_after = Number(answer.headers.get("X-Frame"));
          const address = URL.createObjectURL(await answer.blob()), old = picture.src;
          await new Promise(done => { picture.onload = picture.onerror = done; picture.src = address; });
          picture.dataset.frame = frame_after;
          if (old.startsWith("blob:")) URL.revokeObjectURL(old);
          continue;
        }
      } catch { /* said by show_connection() */ }
      await new Promise(done => setTimeout(done, 300));
    }
  }

  // What stays the same -------------------------------------------------------------------------------------------
  function begin(start) {
    facts = start;
    frame_after = null;
    switches = [];
    by_id("switches").replaceChildren();
    by_id("no-switches").hidden = false;
    write(by_id("last-switch"), "None yet.");
    write(by_id("network"), start.network);
    write(by_id("source"), start.source);
    write(by_id("device"), `${start.device} (${start.device_name})`);
    for (const kind of [by_id("rate-kind"), ...document.querySelectorAll("[data-rate-kind]")]) {
      kind.className = `kind ${start.rate_kind}`;
      write(kind, start.rate_kind);
    }
    document.title = `${start.network} - Sluice camera`;
    write(by_id("device-note"), start.rate_kind === "simulated" ? "What the design would take, fed without a pause." : "As many as the camera sends, at most.");
    by_id("rows").replaceChildren(...start.rows.map(row => {
      const take = element("button", {type: "button", "aria-label": `Always row ${row.row}`}, "take");
      take.addEventListener("click", () => send({name: "fixed", row: row.row}));
      return element("tr", {}, element("th", {scope: "row"}, String(row.row)),
        element("td", {class: "number"}, number(row.loss_points, 2), element("span", {class: "interval"}, ` [${number(row.loss_low, 2)}, ${number(row.loss_high, 2)}]`)),
        element("td", {class: "number"}, number(row.table_images_per_s)), element("td", {class: "number canaries"}, "-"), element("td", {class: "act"}, take));
    }));
    by_id("fixed-row").replaceChildren(...start.rows.map(row => element("option", {value: row.row}, `${row.row} (loss ${number(row.loss_points, 2)})`)));
    by_id("density").replaceChildren(...start.layers.map(layer => element("tr", layer.engine === "dense" ? {class: "all-dense"} : {},
      element("th", {scope: "row"}, layer.name), element("td", {class: "engine"}, layer.engine.replaceAll("_", " ")),
      element("td", {class: "number"}), element("td", {class: "number"}),
      element("td", {class: "bars"}, element("span", {class: "bar first"}), element("span", {class: "bar dense"})))));
    for (const id of ["by-target", "by-limit", "target", "limit"]) by_id(id).disabled = start.why_fixed !== "";
    show_policy(start.policy);
  }

  // The controls show what is in charge, unless somebody is at them.
  function show_policy(policy) {
    if (by_id("policy").contains(document.activeElement)) return;
    const key = JSON.stringify(policy);
    if (by_id("policy").dataset.shown === key) return;
    by_id("policy").dataset.shown = key;
    for (const choice of document.getElementsByName("policy")) choice.checked = choice.value === policy.name;
    if (policy.row !== undefined) by_id("fixed-row").value = policy.row;
    if (policy.max_disagreement_percent !== undefined) by_id("limit").value = policy.max_disagreement_percent;
    const target = policy.target_images_per_s ?? (facts.densest_images_per_s + facts.fastest_images_per_s) / 2;
    if (policy.target_images_per_s !== undefined || by_id("target").value === "") by_id("target").value = Math.round(target) || "";
  }

  async function send(policy) {
    const told = by_id("told");
    told.classList.remove("is-bad");
    try {
      const answer = await fetch("policy", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(policy)});
      if (answer.ok) return write(told, `Set: ${policy_words(policy)}.`);
      told.classList.add("is-bad");
      write(told, (await answer.json()).error);
    } catch {
      told.classList.add("is-bad");
      write(told, "Not set: sluice does not answer.");
    }
  }

  function policy_words(policy) {
    if (policy.name === "fixed") return `always row ${policy.row}`;
    if (policy.name === "min-accuracy") return `the fastest row with another class on at most ${number(policy.max_disagreement_percent, 1)} %`;
    return `the most accurate row that holds ${number(policy.target_images_per_s)} images/s`;
  }

  by_id("policy").addEventListener("submit", event => {
    event.preventDefault();
    const name = document.querySelector("[name=policy]:checked")?.value;
    if (name === "fixed") send({name, row: Number(by_id("fixed-row").value)});
    else if (name === "min-accuracy") send({name, max_disagreement_percent: Number(by_id("limit").value)});
    else if (name) send({name, target_images_per_s: Number(by_id("target").value)});
  });
  // Who types a number means the policy beside it.
  for (const [field, choice] of [["target", "by-target"], ["limit", "by-limit"], ["fixed-row", "by-row"]])
    by_id(field).addEventListener("input", () => { if (!by_id(choice).disabled) by_id(choice).checked = true; });

  // What changes --------------------------------------------------------------------------------------------------
  function show_state(now) {
    const row = facts.rows[now.row];
    write(by_id("camera-rate"), number(now.camera_frames_per_s, 1));
    write(by_id("camera-counts"), `${number(now.frames_captured)} frames, ${number(now.frames_dropped)} dropped, ${number(now.camera_cuts)} cuts`);
    write(by_id("device-rate"), now.device_images_per_s > 0 ? number(now.device_images_per_s) : "-");
    write(by_id("latency"), number(now.latency_ms, 1));
    write(by_id("device-latency"), now.device_latency_ms === undefined ? "" : facts.rate_kind === "simulated" ? `besides, ${number(now.device_latency_ms, 2)} ms in the device, simulated` : `of it ${number(now.device_latency_ms, 2)} ms in the device`);
    write(by_id("row-name"), String(now.row));
    write(by_id("row-unit"), `loss ${number(row.loss_points, 2)} points, ${number(row.table_images_per_s)} images/s estimated`);
    write(by_id("row-why"), facts.why_fixed ? "why it stays: under Rate" : (now.policy.name === "fixed" ? "you chose it" : now.why));
    write(by_id("aim"), aim_words(now.policy));
    write(by_id("view-state"), view_words(now));
    if (now.top.length > 0) show_top(now);
    show_rows(now);
    show_density(now);
    show_policy(now.policy);
    if (history.length > 0 && history.at(-1).at > now.at_s) history = [];  // another run
    if (now.device_images_per_s > 0) history.push({at: now.at_s, rate: now.device_images_per_s, target: now.policy.target_images_per_s});
    history = history.filter(point => point.at > now.at_s - HISTORY_S);
    draw(now.at_s);
  }

  const view_words = now =>
    now.camera_state === "reconnecting" ? `The camera is cut (${now.camera_trouble}); connecting again.`
    : now.camera_state === "ended" ? "The camera's frames have ended."
    : now.frame === undefined ? "No frame yet."
    : `frame ${number(now.frame)}, ${percent(now.brightness)} bright${now.brightness < .05 ? ": very dark" : ""}`;

  function aim_words(policy) {
    if (policy.name === "fixed") return facts.why_fixed || "No rate is to be held: every frame runs under one row.";
    if (policy.name === "min-accuracy") return "No rate is to be held: the fastest row whose class agrees often enough with row 0's.";
    const cameras = policy.target_images_per_s / facts.camera_frames_per_s;
    return `To be held: ${number(policy.target_images_per_s)} images/s, as from ${number(cameras)} cameras of ${number(facts.camera_frames_per_s)} frames/s; this one stands for all. ` +
      `On the bundle's own pictures the densest row gives ${number(facts.densest_images_per_s)}, the fastest ${number(facts.fastest_images_per_s)} images/s, simulated.`;
  }

  function show_top(now) {
    const list = by_id("top");
    while (list.children.length < now.top.length)
      list.append(element("li", {}, element("span", {class: "name"}), element("span", {class: "share"}), element("span", {class: "track"}, element("span", {class: "piece first"}))));
    now.top.forEach((one, i) => {
      const [name, share, track] = list.children[i].children;
      write(name, one.label);
      write(share, one.probability === null ? number(one.output, 2) : percent(one.probability));
      track.hidden = one.probability === null;
      track.firstChild.style.setProperty("--w", one.probability ?? 0);
    });
    write(by_id("unsure"), now.is_sure ? "" : "Not sure: all other classes together are as likely.");
  }

  function show_rows(now) {
    by_id("rows").closest("table").classList.toggle("has-canaries", now.disagreement_bound.length > 0);
    [...by_id("rows").children].forEach((line, i) => {
      line.classList.toggle("taken", i === now.row);
      line.querySelector("button").disabled = now.policy.name === "fixed" && now.policy.row === i;
      const bound = now.disagreement_bound[i];
      write(line.querySelector(".canaries"), i === 0 ? "-" : bound === undefined ? "-" : bound === null ? "not known yet" : percent(bound, 1));
    });
  }

  function show_density(now) {
    [...by_id("density").children].forEach((line, i) => {
      const planned = facts.layers[i].density_planned[now.row], seen = now.density[i];
      write(line.children[2], percent(seen, 1));
      write(line.children[3], percent(planned, 1));
      line.querySelector(".bar.first").style.setProperty("--w", seen);
      line.querySelector(".bar.dense").style.setProperty("--w", planned);
    });
  }

  function add_switch(one) {
    if (switches.some(other => other.number === one.number)) return;
    switches.push(one);
    by_id("no-switches").hidden = true;
    const light = one.is_by_user ? "" : ` The frames were ${percent(one.brightness_before)} bright some seconds before, ${percent(one.brightness)} then.`;
    by_id("switches").prepend(element("li", {"data-number": one.number}, element("time", {}, `${number(one.at_s, 1)} s`),
      element("span", {class: "rows"}, `row ${one.from} \u2192 ${one.to}`),
      element("span", {class: "why"}, `${one.reason}.`, element("span", {class: "light"}, light))));
    while (by_id("switches").children.length > 200) by_id("switches").lastChild.remove();
    write(by_id("last-switch"), `${number(one.at_s, 1)} s: row ${one.from} \u2192 ${one.to}, ${one.reason}.`);
    write(by_id("announced"), `Row ${one.from} to row ${one.to}: ${one.reason}.`);
  }

  // The last minute: the device's rate, the target, and where rows changed.
  function draw(now) {
    const figure = by_id("chart"), width = Math.max(260, figure.clientWidth - 24), height = 190;
    const rates = history.flatMap(point => [point.rate, point.target ?? point.rate]);
    if (rates.length === 0) return;
    const low = Math.min(...rates) * .97, high = Math.max(...rates) * 1.03;
    const left = 14 + 7.6 * number(high).length, top = 22, bottom = 24;
    const px = at => left + (at - now + HISTORY_S) / HISTORY_S * (width - left - 8);
    const py = rate => height - bottom - (rate - low) / (high - low || 1) * (height - top - bottom);
    const svg = drawn("svg", {viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true"});
    for (const rate of [0, 1, 2].map(i => low + (high - low) * (.1 + .4 * i)))
      svg.append(drawn("line", {class: "grid", x1: left, x2: width - 8, y1: py(rate), y2: py(rate)}),
                 drawn("text", {x: left - 8, y: py(rate) + 4, "text-anchor": "end"}, number(Math.round(rate / 10) * 10)));
    let free_from = 0;  // where a number's room begins that no other takes
    for (const one of switches.filter(other => other.at_s > now - HISTORY_S)) {
      const x = px(one.at_s);
      svg.append(drawn("line", {class: "switch", x1: x, x2: x, y1: top, y2: height - bottom}));
      if (x >= free_from) svg.append(drawn("text", {x: x + 3, y: top + 12}, String(one.to)));
      free_from = Math.max(free_from, x + 14);
    }
    const aimed = history.filter(point => point.target !== undefined);
    if (aimed.length > 1)
      svg.append(drawn("path", {class: "line target", d: aimed.map((point, i) => `${i ? "L" : "M"}${px(point.at)} ${py(point.target)}`).join("")}));
    svg.append(drawn("path", {class: "line", d: history.map((point, i) => `${i ? "L" : "M"}${px(point.at)} ${py(point.rate)}`).join("")}),
               drawn("text", {x: 0, y: 12}, `images/s, ${facts.rate_kind}`),
               drawn("text", {x: width - 8, y: height - 6, "text-anchor": "end"}, "now"),
               drawn("text", {x: left, y: height - 6}, `${HISTORY_S} s ago`));
    const last = history.at(-1);
    write(by_id("chart-told"), `Line: the device's rate over 64 images${last.target ? "; dashes: the rate to hold" : ""}; numbers: the row taken there.`);
    figure.querySelector("svg")?.remove();
    figure.prepend(svg);
  }

  show_connection();
  by_id("notice").hidden = true;
  connect();
  show_frames();
})();
