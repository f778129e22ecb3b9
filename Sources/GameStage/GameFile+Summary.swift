internal import MediaUnits

extension GameFile.Picture {
  /// The sizes and rates that are allowed, for people: "1280x720 or 1920x1080, up to 60 fps".
  public var summary: String {
    let sizes =
      self.sizes.isEmpty
      ? "\(self.minimum) to \(self.maximum)" : self.sizes.map(\.description).joined(separator: " or ")
    return "\(sizes), up to \(self.maximumRate) fps"
  }
}
