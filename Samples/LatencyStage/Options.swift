/// What the command line asks for.
struct Options {
  var width = 0
  var height = 0
  var rate = 60
  var logPath: String?
  var beeps = false
  var frameLimit = Int.max

  static let usage = "usage: LatencyStage [--size WxH] [--rate N] [--log FILE] [--beep] [--frames N]"

  /// - Returns: `nil` if the arguments make no sense.
  init?(_ arguments: some Sequence<String>) {
    var rest = Array(arguments)[...]
    while let option = rest.popFirst() {
      switch option {
      case "--size":
        let parts = (rest.popFirst() ?? "").split(separator: "x").compactMap { Int($0) }
        guard parts.count == 2, (480...16384).contains(parts[0]), (48...16384).contains(parts[1]) else { return nil }
        (self.width, self.height) = (parts[0], parts[1])
      case "--rate":
        guard let rate = rest.popFirst().flatMap({ Int($0) }), (1...240).contains(rate) else { return nil }
        self.rate = rate
      case "--log":
        guard let path = rest.popFirst() else { return nil }
        self.logPath = path
      case "--beep":
        self.beeps = true
      case "--frames":
        guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else { return nil }
        self.frameLimit = count
      default:
        return nil
      }
    }
  }
}
