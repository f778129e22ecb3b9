/// Text as HTML and SVG take it.
public enum Markup {
  /// `text` with everything replaced that could end a text or an attribute in quotes.
  public static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      case UInt8(ascii: "\""): bytes += "&quot;".utf8
      // Control characters are not allowed in a document at all.
      case 0..<0x09, 0x0B, 0x0C, 0x0E..<0x20: bytes += "\u{FFFD}".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A coordinate; one decimal is finer than any screen here.
  static func point(_ value: Double) -> String { DecimalText.fixed(value, 1) }

  /// The frame of every chart: `height` is that of the plot, below which the axis has its room.
  static func chart(_ title: String, _ description: String, height: Double, attributes: String = "", _ content: String)
    -> String
  {
    """
    <svg class="chart" viewBox="0 -14 \(Int(ChartAxis.width)) \(Int(height) + 40)" role="img"\(attributes)>\
    <title>\(Self.escaped(title))</title><desc>\(Self.escaped(description))</desc>\(content)</svg>
    """
  }

  /// Names and colours, with room for the values under the pointer.
  static func legend(_ entries: [(name: String, color: ChartColor, isLine: Bool)]) -> String {
    let items = entries.map { entry in
      """
      <span><i class="key \(entry.isLine ? "line " : "")\(entry.color.styleClass)"></i>\(Self.escaped(entry.name)) \
      <output></output></span>
      """
    }
    return "<p class=\"legend\">\(items.joined())<span class=\"at\"></span></p>"
  }
}
