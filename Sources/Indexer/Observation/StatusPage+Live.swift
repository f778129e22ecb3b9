extension StatusPage {
  /// Asks for the status every second and shows it.
  static let liveScript = #"""
    const charts = {
      sessions: new Chart("sessions", "Sessions", number),
      matches: new Chart("matches", "Matches a second", number),
      queue: new Chart("queue", "Players waiting", number),
      frame: new Chart("frame", "Time to first frame", milliseconds),
    };

    const live = {
      status: null, failures: 0, round: 0, heard: 0, spoken: 0,

      async ask() {
        // The map changes slowly and may be large.
        const withMap = this.round++ % 10 === 0 || !this.status?.places;
        const aborter = new AbortController();
        const timer = setTimeout(() => aborter.abort(), 5000);
        try {
          const answer = await fetch("/v1/status" + (withMap ? "" : "?places=false"), {
            signal: aborter.signal, cache: "no-store",
          });
          if (!answer.ok) throw new Error("status " + answer.status);
          const status = await answer.json();
          status.places ??= this.status?.places;
          this.status = status;
          this.show();
        } catch {
          this.fail();
        } finally {
          clearTimeout(timer);
        }
        // A wait that grows while nobody answers, to ten seconds.
        const wait = this.failures ? Math.min(10000, 1000 * 2 ** (this.failures - 1)) : 1000;
        setTimeout(() => this.ask(), document.hidden ? Math.max(wait, 5000) : wait);
      },

      fail() {
        this.failures++;
        if (this.failures < 2) return;
        byID("live").dataset.state = "lost";
        byID("live-text").textContent = "No answer";
        const since = this.heard ? " What is shown is from " + new Date(this.heard).toLocaleTimeString() + "." : "";
        const text = "The indexer does not answer; trying again." + since + " Sessions in progress go on without it.";
        if (byID("alarm").textContent !== text) byID("alarm").textContent = text;
        byID("alarm").hidden = false;
        byID("main").classList.add("stale");
      },

      show() {
        const status = this.status;
        const set = (id, text) => { if (byID(id).textContent !== text) byID(id).textContent = text; };
        if (this.failures) byID("alarm").hidden = true;
        const recovered = this.failures > 1;
        this.failures = 0;
        this.heard = Date.now();
        byID("main").classList.remove("stale");
        byID("live").dataset.state = "live";
        set("live-text", "Live");
        const { hosts, seats, queue, series, firstFrame, matchLatency } = status;
        const summary = this.summary();
        set("summary", summary);
        set("v-sessions", number(status.sessions));
        set("n-sessions", "on " + number(seats.offered) + " offered seats, " + number(seats.free) + " free");
        const recent = series.matches.slice(-5), refused = series.refusals.slice(-60).reduce((sum, n) => sum + n, 0);
        set("v-matches", rate(recent.reduce((sum, n) => sum + n, 0) / Math.max(1, recent.length)));
        set("n-matches", refused ? number(refused) + " refused in the last minute" : "none refused in the last minute");
        set("v-queue", number(queue.waiting));
        set("n-queue", queue.waiting === 0 ? "nobody waits"
          : queue.estimateSeconds === undefined || queue.estimateSeconds === null ? "no estimate yet"
          : "about " + span(queue.estimateSeconds) + " for the last in line");
        set("v-frame", milliseconds(firstFrame.p50Microseconds));
        set("n-frame", firstFrame.count ? "p50 · p95 " + milliseconds(firstFrame.p95Microseconds) + " · p99 "
          + milliseconds(firstFrame.p99Microseconds) : "no session started lately");
        charts.sessions.draw(series.sessions);
        charts.matches.draw(series.matches);
        charts.queue.draw(series.waiting);
        charts.frame.draw(series.firstFrameP50Microseconds, series.firstFrameP95Microseconds);
        for (const state of ["standby", "draining", "silent", "offline"]) set("f-" + state, number(hosts[state]));
        set("f-indexers", number(status.indexers));
        set("f-matches", number(status.matches));
        set("f-latency", milliseconds(matchLatency.p99Microseconds));
        set("f-uptime", span(status.uptimeSeconds));
        this.drawMap();
        // Said aloud now and then, not every second.
        if (recovered || this.heard - this.spoken > 30000) {
          this.spoken = this.heard;
          set("spoken", (recovered ? "The indexer answers again. " : "") + summary);
        }
      },

      summary() {
        const { hosts, seats, queue, sessions } = this.status;
        const known = hosts.standby + hosts.draining + hosts.silent;
        if (known === 0) return "No hosts yet: the network is waiting for its first.";
        const ready = hosts.standby === 0 ? "No host takes players at the moment."
          : count(hosts.standby, "host takes", "hosts take") + " players, with "
            + count(seats.free, "free seat", "free seats") + ".";
        const running = sessions === 0 ? " No session runs" : " " + count(sessions, "session runs", "sessions run");
        const waiting = queue.waiting === 0 ? " and nobody waits."
          : " and " + count(queue.waiting, "player waits.", "players wait.");
        return ready + running + waiting;
      },

      drawMap() {
        if (this.status?.places) world.update(this.status.places);
      },
    };

    world.listen();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && live.status) live.show(); });
    live.ask();
    """#
}
