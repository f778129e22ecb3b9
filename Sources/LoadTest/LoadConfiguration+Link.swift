internal import NetworkSimulator

/// Why an emulated network makes no sense, and what would.
public struct LoadLinkError: Error, Hashable, CustomStringConvertible {
  public let description: String
}

extension LoadConfiguration.Link {
  /// Longer texts are not read.
  public static let maximumByteCount = 500

  /// Reads a profile and settings such as `wifi,delay=15ms,burst=0.1%,4,up:loss=5%`.
  ///
  /// A part without `=` is a profile where it stands first, and belongs to the value before it elsewhere. `up:` and
  /// `down:` set one direction only.
  ///
  /// - Throws: ``LoadLinkError``, which says what would be understood.
  public init(parsing text: String) throws(LoadLinkError) {
    guard text.utf8.count <= Self.maximumByteCount else {
      throw LoadLinkError(description: "has at most \(Self.maximumByteCount) bytes")
    }
    self.init(up: .perfect, down: .perfect, name: text)
    var settings: [(name: Substring, value: String)] = []
    for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if sides.count == 2 {
        settings.append((sides[0], String(sides[1])))
      } else if index == 0 {
        settings.append(("profile", String(part)))
      } else {
        settings[settings.count - 1].value += ",\(part)"
      }
    }
    for setting in settings { try self.apply(setting.name, setting.value) }
  }

  private mutating func apply(_ name: Substring, _ value: String) throws(LoadLinkError) {
    let isUp = name.hasPrefix("up:")
    let isDown = name.hasPrefix("down:")
    let name = isUp ? name.dropFirst(3) : isDown ? name.dropFirst(5) : name
    let setting: LinkSetting
    do {
      setting = try LinkSetting(name: String(name.prefix(64)), value: value)
    } catch {
      throw LoadLinkError(description: "\(error)")
    }
    if !isDown { self.up.apply(setting) }
    if !isUp { self.down.apply(setting) }
  }
}
