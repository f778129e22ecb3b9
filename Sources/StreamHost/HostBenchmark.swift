import DatagramIO
public import FFmpegCodec
import Foundation
public import IndexAPI
public import MediaUnits

/// What this machine can stream, found out by doing it: at most ten seconds, and kept for the next start.
public enum HostBenchmark {
  /// The pictures that are tried, each with the class that 60 of them a second make.
  private static let pictures: [(size: PictureSize, performanceClass: PerformanceClass)] = [
    (PictureSize(width: 1280, height: 720), .hd), (PictureSize(width: 1920, height: 1080), .fullHD),
    (PictureSize(width: 2560, height: 1440), .quadHD), (PictureSize(width: 3840, height: 2160), .ultraHD),
  ]
  /// Pictures a second that a class asks for.
  private static let classRate = 60.0
  /// Below this a larger picture is not tried.
  private static let hopelessRate = 10.0
  private static let limit: Duration = .seconds(9)
  private static let perPicture: Duration = .milliseconds(500)

  private struct Record: Codable {
    /// What must be the same for the result to hold.
    var key: String
    var capability: HostCapability
  }

  /// What was measured on an earlier start, if nothing that matters has changed, else a new measurement.
  ///
  /// - Parameters:
  ///   - kinds: the encoders to try; each counts only if what it encodes decodes to what went in.
  ///   - build: the version of this program.
  ///   - isForced: measure, whatever was measured before.
  ///   - progress: called with a line for people at each step.
  public static func capability(
    of kinds: [EncoderKind] = EncoderKind.all(of: .h264),
    build: String,
    isForced: Bool,
    progress: (String) -> Void
  ) -> HostCapability {
    let facts = MachineFacts.read()
    let names = kinds.map(\.rawValue).joined(separator: ",")
    let key = [
      facts.processor, "\(facts.cores)", facts.gpu ?? "no gpu", EncoderBenchmark.libraryVersion, names, build,
    ].joined(separator: "|")
    if !isForced, let record = Self.load(), record.key == key {
      progress("measured earlier: \(Self.summary(record.capability)); --rebenchmark measures again")
      return record.capability
    }
    let claims = Self.measure(kinds, progress: progress)
    let capability = HostCapability(
      gpu: facts.gpu,
      encoders: claims,
      cores: facts.cores,
      memoryMegabytes: facts.memoryMegabytes,
      performanceClass: Self.performanceClass(of: claims)
    )
    Self.store(Record(key: key, capability: capability))
    progress("measured: \(Self.summary(capability))")
    return capability
  }

  /// The largest picture that one of the encoders holds at 60 a second, with all smaller ones.
  static func performanceClass(of claims: [EncoderClaim]) -> PerformanceClass {
    var best = PerformanceClass.basic
    for (size, performanceClass) in Self.pictures {
      guard claims.contains(where: { $0.picture == "\(size)" && $0.framesPerSecond >= Self.classRate }) else { break }
      best = performanceClass
    }
    return best
  }

  private static func measure(_ kinds: [EncoderKind], progress: (String) -> Void) -> [EncoderClaim] {
    let deadline = Instant.now + Self.limit
    var claims: [EncoderClaim] = []
    for kind in kinds {
      guard
        (try? EncoderSelection.choose(named: kind, size: Self.pictures[0].size, frameRate: 60, bitrate: .megabits(10)))
          != nil
      else { continue }
      for (size, _) in Self.pictures {
        guard Instant.now + Self.perPicture < deadline else { return claims }
        let megabits = min(50, 10 * Double(size.width * size.height) / (1280 * 720))
        let rate = try? EncoderBenchmark.framesPerSecond(
          of: kind,
          size: size,
          bitrate: .megabits(megabits),
          limit: Self.perPicture
        ) { .now }
        guard let rate else { break }
        let rounded = (rate * 10).rounded() / 10
        progress("\(kind.rawValue) encodes \(size) at \(rounded) fps")
        claims.append(EncoderClaim(name: kind.rawValue, picture: "\(size)", framesPerSecond: rounded))
        guard rate >= Self.hopelessRate else { break }
      }
    }
    return claims
  }

  private static func summary(_ capability: HostCapability) -> String {
    let names = Set(capability.encoders.map(\.name)).sorted().joined(separator: ", ")
    return "class \(capability.performanceClass), \(capability.gpu ?? "no graphics processor"), \(names)"
  }

  // MARK: The cache

  /// - Spec: XDG Base Directory Specification.
  private static var path: String {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? (environment["HOME"] ?? "/root") + "/.cache"
    return cache + "/martlet/benchmark.json"
  }

  private static func load() -> Record? {
    FileManager.default.contents(atPath: Self.path).flatMap { try? JSONDecoder().decode(Record.self, from: $0) }
  }

  /// A result that cannot be kept is measured again next time.
  private static func store(_ record: Record) {
    guard let json = try? JSONEncoder().encode(record) else { return }
    let url = URL(fileURLWithPath: Self.path)
    try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? json.write(to: url, options: .atomic)
  }
}
