extension StreamTerms {
  /// Picture, rate and codec, for people.
  public var summary: String {
    "\(self.picture) at \(self.frameRate) fps, \(self.codec)\(self.hasIntraRefresh ? ", intra refresh" : "")"
  }
}
