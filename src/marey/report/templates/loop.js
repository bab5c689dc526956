"use strict";
(() => {
  const data = JSON.parse(document.getElementById("loop-data").textContent);
  const find = (id) => document.getElementById(id);
  const phases = data.times.length;
  const slices = data.sheets.length;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // Base64 of little-endian uint16 -> for each frame the place where its curves begin.
  const outlines = data.outlines.map((outline) => {
    const bytes = Uint8Array.from(atob(outline.points), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    const numbers = Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
    const starts = [];
    for (let i = 0; i < numbers.length;) {
      starts.push(i);
      let curves = numbers[i++];
      while (curves--) i += 1 + 2 * numbers[i];
    }
    return { ...outline, numbers, starts, paths: new Map(), shown: true };
  });

  const path = (outline, frame) => {
    if (outline.paths.has(frame)) return outline.paths.get(frame);
    const drawn = new Path2D();
    const [sx, sy] = data.stretch;
    let i = outline.starts[frame];
    for (let curves = outline.numbers[i++]; curves > 0; curves--) {
      for (let n = outline.numbers[i++], k = 0; k < n; k++, i += 2) {
        const x = outline.numbers[i] * sx;
        const y = outline.numbers[i + 1] * sy;
        if (k) drawn.lineTo(x, y); else drawn.moveTo(x, y);
      }
      drawn.closePath();
    }
    outline.paths.set(frame, drawn);
    return drawn;
  };

  const draw = (canvas, slice, phase, line) => {
    const dense = Math.min(devicePixelRatio || 1, 2);
    const width = Math.round(canvas.clientWidth * dense);
    if (!width || !data.sheets[slice].complete) return;
    const height = Math.round(width * data.height / data.width);
    if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
    const pen = canvas.getContext("2d");
    const zoom = width / data.width;
    pen.imageSmoothingQuality = "high";
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(data.sheets[slice], (phase % data.columns) * data.width, Math.floor(phase / data.columns) * data.height,
      data.width, data.height, 0, 0, width, height);
    pen.setTransform(zoom, 0, 0, zoom, 0, 0);
    pen.lineWidth = line * dense / zoom;
    pen.lineJoin = "round";
    for (const outline of outlines) {
      if (!outline.shown) continue;
      pen.strokeStyle = outline.colour;
      pen.stroke(path(outline, phase * slices + slice));
    }
  };

  const middle = data.levels.map((level, z) => [level, z]).filter(([level]) => level === "mid");
  let slice = middle.length ? middle[Math.floor(middle.length / 2)][1] : Math.floor(slices / 2);
  let phase = data.ed;
  let playing = false;
  let clock = 0;
  let last = 0;
  const thumbs = [];

  const show = () => {
    draw(find("stage"), slice, phase, 1.8);
    thumbs.forEach((canvas, z) => draw(canvas, z, phase, 1));
    find("phase").value = phase;
    const mark = phase === data.ed ? ", end-diastole" : phase === data.es ? ", end-systole" : "";
    const volumes = Object.entries(data.volumes).filter(([, v]) => v[phase] !== null).map(([n, v]) => `${n} ${v[phase].toFixed(0)} mL`);
    const words = `phase ${phase + 1} of ${phases}, ${data.times[phase].toFixed(0)} ms${mark}`;
    find("phase").setAttribute("aria-valuetext", words);
    find("readout").textContent = `Slice ${slice + 1}, ${data.levels[slice]}${volumes.length ? " · " : ""}${volumes.join(" · ")}\n${words[0].toUpperCase()}${words.slice(1)}`;
    document.querySelectorAll(".cursor").forEach((line) => {
      const { left, right, end } = line.dataset;
      line.style.visibility = "visible";
      line.setAttribute("transform", `translate(${(right - left) * data.times[phase] / end} 0)`);
    });
  };

  const tick = (now) => {
    if (!playing) return;
    clock = (clock + (now - last) * find("speed").value) % data.period;
    last = now;
    let next = phases - 1;
    while (next > 0 && data.times[next] > clock) next--;
    if (next !== phase) { phase = next; show(); }
    requestAnimationFrame(tick);
  };

  const play = (on) => {
    playing = on && phases > 1;
    find("play").textContent = playing ? "Pause" : "Play";
    find("play").setAttribute("aria-pressed", playing);
    if (playing) { last = performance.now(); clock = data.times[phase]; requestAnimationFrame(tick); }
  };

  const choose = (z) => {
    slice = z;
    find("strip").querySelectorAll("button").forEach((button, i) => button.setAttribute("aria-pressed", i === z));
    show();
  };

  data.sheets = data.sheets.map((source) => {
    const sheet = new Image();
    sheet.onload = show;
    sheet.src = source;
    return sheet;
  });
  data.levels.forEach((level, z) => {
    const button = document.createElement("button");
    const name = document.createElement("span");
    button.type = "button";
    button.setAttribute("aria-label", `Slice ${z + 1}, ${level}`);
    name.textContent = `${z + 1} ${level}`;
    thumbs.push(document.createElement("canvas"));
    button.append(thumbs[z], name);
    button.addEventListener("click", () => choose(z));
    find("strip").append(button);
  });
  find("player").hidden = find("strip").hidden = false;
  find("play").addEventListener("click", () => play(!playing));
  find("phase").addEventListener("input", (event) => { play(false); phase = Number(event.target.value); show(); });
  document.querySelectorAll("[data-outline]").forEach((box) => box.addEventListener("change", () => {
    outlines[box.dataset.outline].shown = box.checked;
    show();
  }));
  addEventListener("resize", show);
  choose(slice);
  if (!still.matches) {
    new IntersectionObserver(([entry], observer) => {
      if (entry.isIntersecting) { observer.disconnect(); play(true); }
    }).observe(find("stage"));
  }
})();
