extension StatusPage {
  /// The charts.
  static let chartScript = #"""
    // A line of the last five minutes, one value a second; `second` is drawn dashed above it.
    class Chart {
      constructor(id, label, format) {
        Object.assign(this, { figure: byID("c-" + id), value: byID("v-" + id), label, format, at: null });
        this.drawing = svg("svg", { viewBox: "0 0 300 48", preserveAspectRatio: "none", role: "img" }, this.figure);
        svg("line", { class: "top", x1: 0, x2: 300, y1: 0, y2: 0 }, this.drawing);
        svg("line", { class: "base", x1: 0, x2: 300, y1: 48, y2: 48 }, this.drawing);
        this.area = svg("path", { class: "area" }, this.drawing);
        this.line = svg("path", { class: "line" }, this.drawing);
        this.second = svg("path", { class: "line second" }, this.drawing);
        this.cross = svg("line", { class: "cross", y1: 0, y2: 48 }, this.drawing);
        this.cross.style.display = "none";
        this.top = html("span", "", this.figure);
        this.top.className = "max";
        this.none = html("span", "nothing yet", this.figure);
        this.none.className = "none";
        const ends = html("div", undefined, this.figure);
        ends.className = "ends";
        this.start = html("span", "5 min ago", ends);
        html("span", "now", ends);
        this.drawing.addEventListener("pointermove", (event) => {
          const box = this.drawing.getBoundingClientRect();
          this.at = Math.round((event.clientX - box.left) / box.width * 299);
          this.read();
        });
        this.drawing.addEventListener("pointerleave", () => { this.at = null; this.read(); });
      }

      path(values, top, closes) {
        let d = "", first = null, last = null;
        values.forEach((value, index) => {
          if (value === null || value === undefined) return;
          const x = 300 - (values.length - 1 - index) * 300 / 299;
          d += (d ? "L" : "M") + x.toFixed(1) + " " + (48 - 46 * value / top).toFixed(1);
          first ??= x;
          last = x;
        });
        return d && closes ? d + "L" + last.toFixed(1) + " 48L" + first.toFixed(1) + " 48Z" : d;
      }

      // The next of 1, 2, 5, 10, …, so that the scale seldom changes.
      static ceiling(value) {
        const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
        return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10);
      }

      draw(values, second = []) {
        this.values = values;
        const known = values.concat(second).filter((value) => value !== null && value !== undefined);
        const top = Chart.ceiling(Math.max(0, ...known));
        this.none.hidden = known.length > 0;
        this.area.setAttribute("d", this.path(values, top, true));
        this.line.setAttribute("d", this.path(values, top, false));
        this.second.setAttribute("d", this.path(second, top, false));
        this.full = known.length ? this.format(top) : "";
        const highest = known.length ? this.format(Math.max(...known)) : "none";
        this.drawing.setAttribute("aria-label", this.label + " over the last five minutes; highest " + highest);
        this.read();
      }

      // The value under the pointer, else the scale's end.
      read() {
        const index = this.at === null ? -1 : this.at - (300 - this.values.length);
        const value = this.values?.[index];
        const shows = value !== null && value !== undefined;
        this.cross.style.display = shows ? "" : "none";
        if (shows) {
          for (const end of ["x1", "x2"]) this.cross.setAttribute(end, this.at * 300 / 299);
          this.top.textContent = this.format(value) + ", " + (299 - this.at) + " s ago";
        } else this.top.textContent = this.full ?? "";
      }
    }

    const milliseconds = (microseconds) => microseconds === null || microseconds === undefined ? "–"
      : microseconds < 1000 ? microseconds + " µs"
      : microseconds < 10000 ? (microseconds / 1000).toFixed(1) + " ms"
      : microseconds < 1e7 ? Math.round(microseconds / 1000).toLocaleString("en") + " ms"
      : (microseconds / 1e6).toFixed(0) + " s";
    const span = (seconds) => seconds < 90 ? Math.round(seconds) + " s"
      : seconds < 5400 ? Math.round(seconds / 60) + " min"
      : seconds < 172800 ? Math.round(seconds / 3600) + " h" : Math.round(seconds / 86400) + " days";
    const rate = (value) => value >= 100 ? number(value) : value.toFixed(1).replace(/\.0$/, "");
    """#
}
