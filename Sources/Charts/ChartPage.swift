/// A page of charts as one file of HTML that needs nothing else: for a browser, light or dark, or for paper.
public struct ChartPage: Sendable {
  /// The name of its tab.
  public var title: String
  /// What kind of page it is, above the heading.
  public var kicker: String
  public var heading: String
  /// What it is about, in a line.
  public var facts: [String]
  /// HTML; whoever makes it escapes what is not its own with ``Markup/escaped(_:)``.
  public var body: String
  /// More rules of style, for what only this page has.
  public var style = ""

  public init(title: String, kicker: String, heading: String, facts: [String], body: String) {
    self.title = title
    self.kicker = kicker
    self.heading = heading
    self.facts = facts
    self.body = body
  }

  /// The whole document.
  public var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(Markup.escaped(self.title))</title>
    <style>\(Self.baseStyle)\(self.style)</style>
    </head>
    <body>
    <main>
    <header>
    <p class="kicker">\(Markup.escaped(self.kicker))</p>
    <h1>\(Markup.escaped(self.heading))</h1>
    <p class="facts">\(self.facts.filter { !$0.isEmpty }.map(Markup.escaped).joined(separator: " · "))</p>
    </header>
    \(self.body)
    </main>
    <script>\(Self.script)</script>
    </body>
    </html>

    """
  }

  /// A headline number with a sentence about it.
  ///
  /// - Parameter text: plain text.
  public static func card(_ name: String, _ value: String, _ unit: String, _ text: String) -> String {
    """
    <div class="card"><h2>\(Markup.escaped(name))</h2><p class="value">\(Markup.escaped(value)) \
    <span>\(Markup.escaped(unit))</span></p><p>\(Markup.escaped(text))</p></div>
    """
  }

  /// ``card(_:_:_:_:)``s in a row.
  public static func cards(_ cards: [String]) -> String {
    "<section class=\"cards\" aria-label=\"Headline numbers\">\(cards.joined())</section>"
  }
}
