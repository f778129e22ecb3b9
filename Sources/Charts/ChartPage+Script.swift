extension ChartPage {
  /// Shows values under the pointer, and enlarges a part of the time. Everything is there to read without it.
  static let script = #"""
    "use strict";
    (() => {
      const charts = [...document.querySelectorAll("svg.chart[data-kind]")].map((svg) => {
        const legend = svg.nextElementSibling?.classList.contains("legend") ? svg.nextElementSibling : null;
        const plot = svg.querySelector(".plot"), box = plot.viewBox.baseVal;
        const lines = [...svg.querySelectorAll("polyline")].map((line) => {
          const values = line.getAttribute("points").trim().split(/[ ,]+/).map(Number);
          return { name: line.dataset.name, xs: values.filter((_, i) => i % 2 === 0), ys: values.filter((_, i) => i % 2) };
        });
        return { svg, plot, legend, lines, whole: { x: box.x, y: box.y, w: box.width, h: box.height },
          cursor: svg.querySelector(".cursor"), axis: svg.querySelector(".axis"), left: plot.x.baseVal.value,
          kind: svg.dataset.kind, from: +svg.dataset.from, to: +svg.dataset.to, top: +svg.dataset.top,
          height: +svg.dataset.height, unit: svg.dataset.unit };
      });
      const timed = charts.filter((chart) => chart.kind === "time");
      const digits = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
      // Units of a chart across: where in the plot, and which value, a place on the page is.
      const place = (chart, event) => {
        const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.svg.getScreenCTM().inverse());
        const box = chart.plot.viewBox.baseVal;
        return Math.min(1, Math.max(0, (at.x - chart.left) / chart.whole.w)) * box.width + box.x;
      };
      const value = (chart, x) => chart.from + (x / chart.whole.w) * (chart.to - chart.from);
      const across = (chart, value) => ((value - chart.from) / (chart.to - chart.from)) * chart.whole.w;
      const nearest = (xs, x) => {
        let low = 0, high = xs.length - 1;
        while (low < high) { const middle = (low + high + 1) >> 1; if (xs[middle] <= x) low = middle; else high = middle - 1; }
        return low + 1 < xs.length && xs[low + 1] - x < x - xs[low] ? low + 1 : low;
      };
      const show = (chart, x) => {
        const box = chart.plot.viewBox.baseVal;
        const screen = chart.left + ((x - box.x) / box.width) * chart.whole.w;
        chart.cursor.setAttribute("x1", screen);
        chart.cursor.setAttribute("x2", screen);
        chart.cursor.style.visibility = "visible";
        if (!chart.legend) return;
        const at = value(chart, x);
        chart.legend.querySelector(".at").textContent = chart.kind === "time" ? "at " + at.toFixed(at < 100 ? 3 : 2) + " s"
          : chart.kind === "rarity" ? "at " + (100 - 100 * 10 ** -at).toFixed(at < 2 ? 1 : 2) + " %"
          : "at " + digits(at) + " " + chart.unit;
        for (const text of chart.legend.querySelectorAll("output")) text.textContent = "";
        // A line that was broken by a pause is there several times.
        for (const line of chart.lines) {
          const entry = [...chart.legend.children].find((item) => item.firstChild?.nextSibling?.data?.trim() === line.name);
          if (!entry || !line.xs.length) continue;
          const inside = x >= line.xs[0] - chart.whole.w / 50 && x <= line.xs.at(-1) + chart.whole.w / 50;
          const y = (1 - line.ys[nearest(line.xs, x)] / chart.height) * chart.top;
          if (inside) entry.querySelector("output").textContent = chart.kind === "cumulative" ? y.toFixed(1) + " %"
            : digits(Math.max(0, y)) + " " + chart.unit;
        }
      };
      const hide = (chart) => {
        chart.cursor.style.visibility = "hidden";
        if (chart.legend) for (const text of chart.legend.querySelectorAll("output, .at")) text.textContent = "";
      };
      const button = document.createElement("button");
      button.className = "whole";
      button.textContent = "Show all of the time";
      button.hidden = true;
      document.body.append(button);
      const ticks = (chart, from, to) => {
        if (!chart.axis) return;
        if (!chart.ticks) chart.ticks = chart.axis.innerHTML;
        if (from === chart.from && to === chart.to) { chart.axis.innerHTML = chart.ticks; return; }
        const rough = (to - from) / 8, power = 10 ** Math.floor(Math.log10(rough));
        const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
        const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        chart.axis.replaceChildren();
        for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
          const text = document.createElementNS(chart.svg.namespaceURI, "text");
          const x = chart.left + ((tick - from) / (to - from)) * chart.whole.w;
          for (const [key, value] of [["class", "tick"], ["x", x], ["y", chart.height + 18],
            ["text-anchor", x > chart.left + chart.whole.w - 16 ? "end" : "middle"]]) text.setAttribute(key, value);
          text.textContent = tick.toFixed(places) + " s";
          chart.axis.append(text);
        }
      };
      const zoom = (from, to) => {
        for (const chart of timed) {
          const [low, high] = [Math.max(from, chart.from), Math.min(to, chart.to)];
          if (!(high > low)) continue;
          const x = across(chart, low);
          chart.plot.setAttribute("viewBox", `${x} ${chart.whole.y} ${across(chart, high) - x} ${chart.whole.h}`);
          ticks(chart, low, high);
          hide(chart);
        }
        button.hidden = timed.every((chart) => from <= chart.from && to >= chart.to);
      };
      const all = () => zoom(-Infinity, Infinity);
      button.onclick = all;
      document.addEventListener("keydown", (event) => { if (event.key === "Escape") all(); });
      for (const chart of charts) {
        let start = null, selection = null;
        const group = chart.kind === "time" ? timed : [chart];
        chart.svg.addEventListener("pointermove", (event) => {
          const x = place(chart, event), at = value(chart, x);
          for (const other of group) show(other, other === chart ? x : across(other, at));
          if (start === null) return;
          selection ??= chart.plot.appendChild(document.createElementNS(chart.svg.namespaceURI, "rect"));
          for (const [key, value] of [["class", "selection"], ["x", Math.min(start, x)], ["y", chart.whole.y],
            ["width", Math.abs(x - start)], ["height", chart.whole.h]]) selection.setAttribute(key, value);
        });
        chart.svg.addEventListener("pointerleave", () => group.forEach(hide));
        if (chart.kind !== "time") continue;
        chart.svg.addEventListener("pointerdown", (event) => {
          if (event.button || event.pointerType === "touch") return;
          start = place(chart, event);
          event.preventDefault();
        });
        window.addEventListener("pointerup", (event) => {
          if (start === null) return;
          const end = place(chart, event), wide = Math.abs(end - start) > chart.plot.viewBox.baseVal.width / 100;
          const [low, high] = [Math.min(start, end), Math.max(start, end)].map((x) => value(chart, x));
          selection?.remove();
          start = selection = null;
          if (wide) zoom(low, high);
        });
        chart.svg.addEventListener("dblclick", all);
      }
    })();
    """#
}
