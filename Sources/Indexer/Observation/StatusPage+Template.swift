extension StatusPage {
  /// What stands in double braces is filled in.
  static let template = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Martlet network</title>
    <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\#
    %3Cpath fill='%230b6e66' d='{{bird}}'/%3E%3C/svg%3E">
    <style nonce="{{nonce}}">{{style}}</style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the figures</a>
    <header>
    <p class="name"><svg viewBox="0 0 32 32" aria-hidden="true"><path d="{{bird}}"/></svg>Martlet network</p>
    <p class="live" id="live" data-state="still"><span id="live-text">As of {{time}}</span></p>
    </header>
    <main id="main" tabindex="-1">
    <h1 id="summary">{{summary}}</h1>
    <noscript><p class="note">These figures are from {{time}}. Without scripts they stay as they are; load the page
    again for new ones.</p></noscript>
    <p class="alarm" id="alarm" role="alert" hidden></p>
    <p class="hidden" id="spoken" role="status"></p>
    <div class="grid">
    <div class="left">
    <section class="card map" aria-labelledby="map-title">
    <div class="head"><h2 id="map-title">Hosts by round trip</h2>
    <p class="pick" id="pick" hidden><label for="place">seen from</label> <select id="place"></select></p></div>
    <div class="world" id="world">
    <svg id="map" viewBox="0 0 180 71" aria-labelledby="map-title" aria-describedby="map-help">
    <path id="land" class="land" d="{{land}}"/>
    <g id="bands"></g><g id="hosts" role="group" aria-label="Places with hosts"></g><g id="here"></g>
    </svg>
    <p class="tip" id="tip" hidden></p>
    <p class="empty" id="empty"{{emptyHidden}}>
    No host has registered yet.<br><code>martlet host --indexer URL</code> adds one.</p>
    </div>
    <ul class="legend" id="legend" hidden></ul>
    <p class="fine" id="map-help" hidden>Round trips are estimates from distance. Click the map, or move the ring with
    the arrow keys, to see the network from somewhere else. Arrow keys also step through the places.</p>
    <details id="places"><summary>The places as a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Places with hosts, as a table"><table>
    <thead><tr><th scope="col">Place</th><th scope="col">Hosts</th><th scope="col">Ready</th>
    <th scope="col">Free seats</th><th scope="col">Seats</th>
    <th scope="col" id="trip-head" hidden>Round trip</th></tr></thead>
    <tbody id="rows">{{rows}}</tbody></table></div>
    <p class="fine" id="more">{{more}}</p></details>
    </section>
    <section class="card" aria-labelledby="t-facts"><h2 id="t-facts">Network</h2>
    <dl class="facts">
    <div><dt>Hosts ready</dt><dd id="f-standby">{{standby}}</dd></div>
    <div><dt>Draining</dt><dd id="f-draining">{{draining}}</dd></div>
    <div><dt>Silent</dt><dd id="f-silent">{{silent}}</dd></div>
    <div><dt>Offline</dt><dd id="f-offline">{{offline}}</dd></div>
    <div><dt>Indexers</dt><dd id="f-indexers">{{indexers}}</dd></div>
    <div><dt>Matches so far</dt><dd id="f-matches">{{matchesTotal}}</dd></div>
    <div><dt>Match takes (p99)</dt><dd id="f-latency">{{matchLatency}}</dd></div>
    <div><dt>Reservations are on</dt><dd id="f-durability">{{durability}}</dd></div>
    <div><dt>Up for</dt><dd id="f-uptime">{{uptime}}</dd></div>
    </dl></section>
    </div>
    <div class="charts">
    <section class="card" aria-labelledby="t-sessions"><h2 id="t-sessions">Sessions</h2>
    <p class="big"><b id="v-sessions">{{sessions}}</b> <span id="n-sessions">{{seatsNote}}</span></p>
    <figure class="chart" id="c-sessions"></figure></section>
    <section class="card" aria-labelledby="t-matches"><h2 id="t-matches">Matches a second</h2>
    <p class="big"><b id="v-matches">{{matches}}</b> <span id="n-matches">{{matchNote}}</span></p>
    <figure class="chart" id="c-matches"></figure></section>
    <section class="card" aria-labelledby="t-queue"><h2 id="t-queue">Waiting for a seat</h2>
    <p class="big"><b id="v-queue">{{waiting}}</b> <span id="n-queue">{{queueNote}}</span></p>
    <figure class="chart" id="c-queue"></figure></section>
    <section class="card" aria-labelledby="t-frame"><h2 id="t-frame">Time to first frame</h2>
    <p class="big"><b id="v-frame">{{frame}}</b> <span id="n-frame">{{frameNote}}</span></p>
    <figure class="chart" id="c-frame"></figure></section>
    </div>
    </div>
    </main>
    <footer><p>martlet {{version}} ·
    <a href="/v1/status">status as JSON</a> · <a href="/metrics">Prometheus metrics</a> ·
    <a href="/openapi.yaml">API</a></p></footer>
    <script nonce="{{nonce}}">{{script}}</script>
    </body>
    </html>
    """#
}
