extension StatusPage {
  /// The map: its land, its places and the round trips between them.
  static let worldScript = #"""
    const svg = (name, attributes = {}, parent) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      if (parent) parent.append(element);
      return element;
    };
    const html = (name, text, parent) => {
      const element = document.createElement(name);
      if (text !== undefined) element.textContent = text;
      if (parent) parent.append(element);
      return element;
    };
    const byID = (id) => document.getElementById(id);

    // Upper ends in milliseconds; the last band has none.
    const bands = [20, 40, 80, 150, Infinity];
    const bandNames = ["up to 20 ms", "20–40 ms", "40–80 ms", "80–150 ms", "over 150 ms"];
    const cities = [
      ["Amsterdam", 52.4, 4.9], ["Bengaluru", 13, 77.6], ["Berlin", 52.5, 13.4], ["Bogotá", 4.7, -74.1],
      ["Buenos Aires", -34.6, -58.4], ["Cairo", 30, 31.2], ["Chicago", 41.9, -87.6], ["Dubai", 25.2, 55.3],
      ["Istanbul", 41, 29], ["Jakarta", -6.2, 106.8], ["Johannesburg", -26.2, 28], ["Lagos", 6.5, 3.4],
      ["London", 51.5, -0.1], ["Los Angeles", 34.1, -118.2], ["Madrid", 40.4, -3.7], ["Mexico City", 19.4, -99.1],
      ["Mumbai", 19.1, 72.9], ["Nairobi", -1.3, 36.8], ["New York", 40.7, -74], ["Paris", 48.9, 2.4],
      ["São Paulo", -23.6, -46.6], ["Seoul", 37.6, 127], ["Singapore", 1.4, 103.8], ["Stockholm", 59.3, 18.1],
      ["Sydney", -33.9, 151.2], ["Tokyo", 35.7, 139.7], ["Toronto", 43.7, -79.4], ["Warsaw", 52.2, 21],
    ];

    const radians = Math.PI / 180;
    // As the indexer estimates: light in glass covers 200 km a millisecond, there and back, and access costs 2 ms.
    const roundTrip = (a, b) => {
      const x = Math.sin((b.latitude - a.latitude) * radians / 2);
      const y = Math.sin((b.longitude - a.longitude) * radians / 2);
      const h = x * x + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * y * y;
      return 2 + 12742 * Math.asin(Math.sqrt(Math.min(1, h))) / 100;
    };
    const bandOf = (milliseconds) => bands.findIndex((end) => milliseconds <= end);
    const spot = (place) => {
      const north = Math.abs(place.latitude).toFixed(0) + "°" + (place.latitude < 0 ? "S" : "N");
      return north + " " + Math.abs(place.longitude).toFixed(0) + "°" + (place.longitude < 0 ? "W" : "E");
    };
    const cellName = (cell) => cell.region ? cell.region + ", " + spot(cell) : spot(cell);
    const number = (value) => Math.round(value).toLocaleString("en");
    const count = (value, one, many) => number(value) + " " + (value === 1 ? one : many);

    // The world: land coloured by round trip from `here`, and a circle for every place with hosts.
    const world = {
      here: null, chosen: false, cells: [], marks: [], current: 0, signature: "",
      // Column, row and length of each stretch of land.
      runs: [...byID("land").getAttribute("d").matchAll(/M(\d+)\.5 (\d+)\.5h(\d+)/g)]
        .map(([, column, row, steps]) => [+column, +row, +steps + 1]),

      x: (place) => (place.longitude + 180) / 2,
      y: (place) => (84 - place.latitude) / 2,
      // Map units in one CSS pixel.
      scale: () => 180 / Math.max(1, byID("map").clientWidth),

      update(cells) {
        const signature = JSON.stringify(cells);
        if (signature === this.signature) return;
        this.signature = signature;
        this.cells = cells;
        byID("empty").hidden = cells.length > 0;
        if (!this.chosen) {
          const busiest = cells.reduce((best, cell) => !best || cell.hosts > best.hosts ? cell : best, null);
          const place = busiest || { latitude: 48.9, longitude: 2.4 };
          if (!this.here || this.here.latitude !== place.latitude || this.here.longitude !== place.longitude) {
            this.here = { latitude: place.latitude, longitude: place.longitude };
            this.drawLand();
          }
        }
        this.draw();
      },

      moveTo(latitude, longitude, isCity) {
        this.chosen = true;
        const wrapped = ((longitude + 180) % 360 + 360) % 360 - 180;
        this.here = { latitude: Math.max(-58, Math.min(84, latitude)), longitude: wrapped };
        if (!isCity) {
          byID("place").options[0].textContent = spot(this.here);
          byID("place").selectedIndex = 0;
        }
        this.drawLand();
        this.draw();
      },

      drawLand() {
        const paths = bands.map(() => "");
        for (const [column, row, length] of this.runs) {
          let start = column, band = -1;
          for (let at = column; at <= column + length; at++) {
            const place = { latitude: 83 - 2 * row, longitude: 2 * at - 179 };
            const next = at < column + length ? bandOf(roundTrip(this.here, place)) : -1;
            if (next === band) continue;
            if (band >= 0) paths[band] += "M" + start + ".5 " + row + ".5h" + (at - start - 1) + ".01";
            start = at;
            band = next;
          }
        }
        byID("bands").replaceChildren(...paths.map((d, band) => svg("path", { d, class: "s" + band })));
        byID("land").style.display = "none";
      },

      draw() {
        const focused = document.activeElement?.parentNode === byID("hosts") ? document.activeElement.cell : null;
        const near = this.cells.map((cell) => ({ cell, trip: roundTrip(this.here, cell) }));
        near.sort((a, b) => a.trip - b.trip);
        const scale = this.scale();
        this.marks = near.map(({ cell, trip }, index) => {
          const pixels = Math.min(17, 4 + 1.6 * Math.sqrt(cell.hosts)) * (scale > 0.35 ? 0.75 : 1);
          const full = cell.ready > 0 && cell.freeSeats === 0;
          const mark = svg("circle", {
            cx: this.x(cell), cy: this.y(cell), r: pixels * scale, tabindex: -1, role: "button",
            class: (full ? "full s" : "f") + bandOf(trip) + (cell.ready ? "" : " gone"),
            "aria-label": this.describe(cell, trip).join(", ") + ". Look from here.",
          });
          Object.assign(mark, { cell, trip, index });
          return mark;
        });
        // Small ones on top of large ones.
        byID("hosts").replaceChildren(...this.marks.slice().sort((a, b) => b.cell.hosts - a.cell.hosts));
        this.current = Math.max(0, this.marks.findIndex((mark) => focused && mark.cell.latitude === focused.latitude
          && mark.cell.longitude === focused.longitude));
        if (this.marks.length) this.marks[this.current].setAttribute("tabindex", 0);
        if (focused && this.marks.length) this.marks[this.current].focus({ preventScroll: true });
        this.drawHere(scale);
        this.drawLegend(near);
        this.drawTable(near);
      },

      drawHere(scale) {
        let group = byID("here").firstChild;
        if (!group) {
          group = svg("g", { tabindex: 0, role: "application", "aria-roledescription": "movable place" }, byID("here"));
          svg("circle", {}, group);
          for (let index = 0; index < 4; index++) svg("line", {}, group);
        }
        group.setAttribute("aria-label", "Seen from " + spot(this.here) + ". The arrow keys move it.");
        const x = this.x(this.here), y = this.y(this.here);
        const [circle, ...lines] = group.children;
        for (const [key, value] of [["cx", x], ["cy", y], ["r", 11 * scale]]) circle.setAttribute(key, value);
        [[0, -1], [1, 0], [0, 1], [-1, 0]].forEach(([dx, dy], index) => {
          lines[index].setAttribute("x1", x + dx * 8 * scale);
          lines[index].setAttribute("y1", y + dy * 8 * scale);
          lines[index].setAttribute("x2", x + dx * 16 * scale);
          lines[index].setAttribute("y2", y + dy * 16 * scale);
        });
      },

      describe(cell, trip) {
        const seats = cell.ready === 0 ? "none takes players now"
          : cell.freeSeats === 0 ? "all " + count(cell.seats, "seat", "seats") + " taken"
          : cell.freeSeats + " of " + count(cell.seats, "seat", "seats") + " free";
        return [cellName(cell), count(cell.hosts, "host", "hosts"), seats, "about " + trip.toFixed(0) + " ms"];
      },

      drawLegend(near) {
        byID("legend").replaceChildren(...bandNames.map((name, band) => {
          const inside = near.filter(({ trip }) => bandOf(trip) === band);
          const sum = (key) => inside.reduce((total, { cell }) => total + cell[key], 0);
          const item = html("li");
          item.className = "k" + band;
          html("b", name, item);
          html("span", count(sum("hosts"), "host", "hosts") + ", " + number(sum("freeSeats")) + " free", item);
          return item;
        }));
      },

      drawTable(near) {
        byID("rows").replaceChildren(...near.slice(0, 200).map(({ cell, trip }) => {
          const row = html("tr");
          const texts = [cellName(cell), cell.hosts, cell.ready, cell.freeSeats, cell.seats, trip.toFixed(0) + " ms"];
          for (const text of texts) {
            html("td", text, row);
          }
          return row;
        }));
        byID("more").textContent = near.length > 200 ? "The nearest 200 of " + near.length + " places." : "";
      },
    """#
}
