extension StatusPage {
  /// Pointer and keyboard on the map; goes on where ``worldScript`` ends.
  static let mapScript = #"""
      show(mark) {
        for (const other of this.marks) other.classList.toggle("on", other === mark);
        const tip = byID("tip");
        tip.hidden = !mark;
        if (!mark) return;
        const [name, ...rest] = this.describe(mark.cell, mark.trip);
        tip.replaceChildren(html("b", name), rest.slice(0, 2).join(" · "), document.createElement("br"), rest[2]);
        const box = byID("world"), scale = this.scale();
        const x = this.x(mark.cell) / scale + byID("map").offsetLeft, y = this.y(mark.cell) / scale;
        tip.style.left = Math.max(0, Math.min(box.clientWidth - tip.offsetWidth, x - tip.offsetWidth / 2)) + "px";
        tip.style.top = (y > tip.offsetHeight + 24 ? y - tip.offsetHeight - 20 : y + 20) + "px";
      },

      // The place under a pointer, and the mark within 14 pixels of it.
      under(event) {
        const box = byID("map").getBoundingClientRect(), scale = 180 / box.width;
        const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
        let nearest = null, distance = 14 * scale;
        for (const mark of this.marks) {
          const away = Math.hypot(this.x(mark.cell) - x, this.y(mark.cell) - y);
          if (away < distance) [nearest, distance] = [mark, away];
        }
        return { nearest, latitude: 84 - 2 * y, longitude: 2 * x - 180 };
      },

      focus(index) {
        this.marks[this.current]?.setAttribute("tabindex", -1);
        this.current = Math.max(0, Math.min(this.marks.length - 1, index));
        this.marks[this.current].setAttribute("tabindex", 0);
        this.marks[this.current].focus();
      },

      listen() {
        const map = byID("map"), hosts = byID("hosts"), here = byID("here");
        map.addEventListener("pointermove", (event) => this.show(this.under(event).nearest));
        map.addEventListener("pointerleave", () => this.show(null));
        map.addEventListener("click", (event) => {
          const { nearest, latitude, longitude } = this.under(event);
          // A finger has no hover: its first touch of a place shows what is there.
          if (nearest) this.show(nearest);
          else this.moveTo(latitude, longitude);
        });
        // Not on the group: drawings that listen for focus can have it themselves.
        const world = byID("world");
        world.addEventListener("focusin", (event) => this.show(this.marks.find((mark) => mark === event.target)));
        world.addEventListener("focusout", () => this.show(null));
        hosts.addEventListener("keydown", (event) => {
          const index = event.target.index;
          const next = { ArrowRight: index + 1, ArrowDown: index + 1, ArrowLeft: index - 1, ArrowUp: index - 1,
            Home: 0, End: this.marks.length - 1 }[event.key];
          if (next !== undefined) this.focus(next);
          else if (event.key === "Enter" || event.key === " ") {
            this.moveTo(event.target.cell.latitude, event.target.cell.longitude);
          } else if (event.key === "Escape") this.show(null);
          else return;
          event.preventDefault();
        });
        here.addEventListener("keydown", (event) => {
          const step = event.shiftKey ? 1 : 5;
          const steps = { ArrowUp: [step, 0], ArrowDown: [-step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] };
          const by = steps[event.key];
          if (!by) return;
          this.moveTo(this.here.latitude + by[0], this.here.longitude + by[1]);
          event.preventDefault();
        });
        const place = byID("place");
        html("option", "the busiest place", place);
        for (const [name] of cities) html("option", name, place);
        place.addEventListener("change", () => {
          const city = cities[place.selectedIndex - 1];
          if (city) return this.moveTo(city[1], city[2], true);
          this.chosen = false;
          this.signature = "";
          place.options[0].textContent = "the busiest place";
          live.drawMap();
        });
        new ResizeObserver(() => { if (this.here) this.draw(); }).observe(map);
        world.classList.add("ready");
        for (const id of ["pick", "legend", "map-help", "trip-head"]) byID(id).hidden = false;
      },
    };
    """#
}
