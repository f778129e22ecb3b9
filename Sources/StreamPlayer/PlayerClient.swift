import DatagramIO
import Dispatch
import FFmpegCodec
public import Logging
import MediaUnits
import Presentation
import SessionProtocol
public import SessionReport
import Synchronization
import Transport

/// A player's session from its first hello to its summary.
///
/// Three threads of its own: network, picture and sound. ``run(onSecond:)`` runs on the caller's.
public final class PlayerClient: Sendable {
  private let configuration: PlayerConfiguration
  private let logger: Logger
  private let link: PlayerLink
  private let figures: PictureFigures
  private let audio = Shared(AudioFigures())

  /// What is known each second, for a status line.
  public struct Progress: Sendable {
    public var sample: SecondSample
    public var network: NetworkFigures
    public var hasPicture: Bool
  }

  /// How it went.
  public struct Outcome: Sendable {
    public var end: PlayerEnd
    /// What was thrown that ended it, if anything was.
    public var error: (any Error)?
    public var summary: SessionSummary
    public var network: NetworkFigures
    public var audio: AudioFigures
    /// Small pictures from the whole session, where they were asked for.
    public var contactSheet: ContactSheetFile?
  }

  /// - Throws: ``OutputUnavailable`` if the statistics or the key log cannot be written.
  public init(_ configuration: PlayerConfiguration, logger: Logger) throws {
    self.configuration = configuration
    self.logger = logger
    self.link = try PlayerLink(framePadding: VideoDecoder.inputPadding)
    self.figures = try OutputUnavailable.explaining(configuration.statisticsPath) {
      try PictureFigures(statisticsPath: configuration.statisticsPath)
    }
    if let path = configuration.keyLogPath { try OutputUnavailable.explaining(path) { try KeyLog.prepare(path) } }
  }

  /// Ends the session from any thread, politely.
  public func stop() {
    self.link.finish(.finished)
  }

  /// Plays until the session ends.
  ///
  /// - Parameter onSecond: called about once a second while it does.
  /// - Throws: ``OutputUnavailable`` if a file cannot be written, and whatever else keeps an output from being opened
  ///   or the address from being resolved.
  public func run(onSecond: (Progress) -> Void) throws -> Outcome {
    let configuration = self.configuration
    let recording = try configuration.recordingPath.map { path in
      try OutputUnavailable.explaining(path) {
        try Recording(
          path: path,
          size: configuration.size,
          frameRate: configuration.frameRate,
          hasAudio: configuration.audioPacketMilliseconds > 0
        )
      }
    }
    let thumbnails = configuration.keepsThumbnails ? ThumbnailOutput(size: configuration.size) : nil
    var outputs = try configuration.videoOutputs.map(self.open)
    if let thumbnails { outputs.append(thumbnails) }
    // SAFETY: each of these is made here and from then on touched only by the thread that is started with it; the
    // thumbnails are read after their thread has been joined.
    nonisolated(unsafe) let loop = try PlayerLoop(configuration: configuration, link: self.link, logger: self.logger)
    nonisolated(unsafe) let pictures = PictureThread(
      link: self.link,
      outputs: outputs,
      recording: recording,
      figures: self.figures
    )
    nonisolated(unsafe) let sound = try OutputUnavailable.explaining(configuration.audioOutput.path) {
      try AudioThread(
        link: self.link,
        output: configuration.audioOutput,
        recording: recording,
        figures: self.audio
      )
    }
    let picturesDone = DispatchSemaphore(value: 0)
    let pictureThread = MediaThread.start(name: "player-picture") {
      pictures.run()
      picturesDone.signal()
    }
    var threads = [
      MediaThread.start(name: "player-network") { loop.run() },
      MediaThread.start(name: "player-sound") { sound.run() },
    ]
    if let script = configuration.inputScript {
      let link = self.link
      threads.append(MediaThread.start(name: "player-input") { ScriptPlayer(script: script, link: link).run() })
    }
    if !configuration.plannedChanges.isEmpty {
      let (changes, link) = (configuration.plannedChanges, self.link)
      threads.append(MediaThread.start(name: "player-changes") { ChangePlayer(changes: changes, link: link).run() })
    }
    self.watch(onSecond)
    for thread in threads { thread.join() }
    // Whoever reads the raw pictures may have stopped reading; nobody shall wait for that.
    let isWhole = picturesDone.wait(timeout: .now() + .seconds(2)) == .success
    if isWhole { pictureThread.join() } else { self.logger.notice("an output takes no more pictures; left as it is") }
    try recording?.finish()
    return try self.outcome(thumbnails: isWhole ? thumbnails : nil)
  }

  private func open(_ output: PlayerConfiguration.VideoOutput) throws -> any PictureOutput {
    let size = self.configuration.size
    switch output {
    case .window(let title): return try WindowOutput(title: title, size: size)
    case .terminal: return try TerminalOutput(size: size)
    case .raw(let path, let format):
      return try OutputUnavailable.explaining(path) {
        try RawOutput(path: path, format: format, size: size, frameRate: self.configuration.frameRate)
      }
    case .snapshots(let directory, let interval):
      return try OutputUnavailable.explaining(directory) {
        try SnapshotOutput(directory: directory, interval: interval, size: size)
      }
    case .strip(let path): return try OutputUnavailable.explaining(path) { try StripOutput(path: path) }
    }
  }

  /// A host reports every 250 ms.
  private static let longestSilence: Duration = .seconds(1)

  /// Whether the host that is played on was heard just now.
  private var hasHost: Bool {
    self.link.networkFigures.lastHeardAt.map { .now - $0 < Self.longestSilence } ?? false
  }

  /// Samples the session once a second until it ends, and ends it when its time is up.
  private func watch(_ onSecond: (Progress) -> Void) {
    var last = NetworkFigures()
    var lastDecoded: Int64 = 0
    var second: Int64 = 0
    var nextSample = Instant.now + .seconds(1)
    var isReported = false
    defer { self.reportStart(&isReported) }
    while self.link.endReason == nil {
      self.reportStart(&isReported)
      var wake = isReported ? nextSample : min(nextSample, .now + .milliseconds(50))
      if let duration = self.configuration.duration, let first = self.figures.firstPictureAt {
        guard .now - first < duration else {
          self.link.finish(self.hasHost ? .finished : .hostLost)
          break
        }
        wake = min(wake, first + duration)
      }
      self.link.waitForEnd(until: wake)
      guard Instant.now >= nextSample else { continue }
      nextSample += .seconds(1)
      second += 1
      let network = self.link.networkFigures
      let decoded = self.figures.summary.framesDecoded
      var sample = SecondSample(from: last.statistics, to: network.statistics)
      sample.second = second
      sample.framesDecoded = decoded - lastDecoded
      sample.roundTripNanoseconds = network.roundTrip?.wholeNanoseconds ?? 0
      (last, lastDecoded) = (network, decoded)
      onSecond(
        Progress(sample: self.figures.record(sample), network: network, hasPicture: self.figures.firstPictureAt != nil)
      )
      if let failure = self.figures.failure { self.link.finish(.failed("\(failure)")) }
    }
  }

  /// Tells who found the host how long the first picture took, once it is there.
  private func reportStart(_ isReported: inout Bool) {
    guard !isReported, let figures = self.startFigures else { return }
    isReported = true
    self.configuration.source.started(figures)
  }

  /// `nil` before the first picture, and where nobody was asked for a host.
  private var startFigures: StartFigures? {
    let network = self.link.networkFigures
    guard let offer = network.hosts.first, let requestedAt = offer.requestedAt, let answeredAt = offer.answeredAt,
      let firstPacketAt = network.firstPacketAt, let firstPictureAt = self.figures.firstPictureAt
    else { return nil }
    return StartFigures(
      ticket: answeredAt - requestedAt,
      firstPacket: firstPacketAt - requestedAt,
      firstFrame: firstPictureAt - requestedAt,
      isWarm: offer.isWarm
    )
  }

  private func outcome(thumbnails: ThumbnailOutput?) throws -> Outcome {
    let network = self.link.networkFigures
    let audio = self.audio.current
    var summary = self.figures.summary
    summary.host = network.lastTried?.endpoint ?? ""
    summary.hostCount = Int64(network.hosts.count)
    summary.start = self.startFigures.map { SessionSummary.Start($0) }
    summary.complete(with: network, firstPictureAt: self.figures.firstPictureAt, now: .now)
    summary.playedSound = PlayedSound(audio)
    try self.figures.finish(summary)
    return Outcome(
      end: self.link.endReason ?? .finished,
      error: self.link.endError,
      summary: summary,
      network: network,
      audio: audio,
      contactSheet: thumbnails.map { ContactSheetFile($0) }
    )
  }
}

extension SecondSample {
  /// What happened between two readings of the transport's counters.
  fileprivate init(from old: PlayerSession.Statistics, to new: PlayerSession.Statistics) {
    self.init()
    self.framesReceived = Int64(max(0, new.framesDelivered - old.framesDelivered))
    self.framesLost = Int64(max(0, new.framesLost - old.framesLost))
    self.bitsPerSecond = Int64(max(0, new.bytesReceived - old.bytesReceived)) * 8
    self.packetsReceived = Int64(max(0, new.packetsReceived - old.packetsReceived))
    self.packetsLost = Int64(max(0, new.packetsLost - old.packetsLost))
    self.packetsRetransmitted = Int64(max(0, new.packetsRepaired - old.packetsRepaired))
  }
}

extension SessionSummary.Start {
  fileprivate init(_ figures: StartFigures) {
    self.init(
      ticketNanoseconds: figures.ticket.wholeNanoseconds,
      firstPacketNanoseconds: figures.firstPacket.wholeNanoseconds,
      firstFrameNanoseconds: figures.firstFrame.wholeNanoseconds,
      isWarm: figures.isWarm
    )
  }
}

extension SessionSummary {
  /// Fills in what only the network thread knows.
  fileprivate mutating func complete(with network: NetworkFigures, firstPictureAt: Instant?, now: Instant) {
    let statistics = network.statistics
    if let grant = network.grant {
      let terms = network.terms ?? grant.terms
      self.game = grant.title
      self.pictureWidth = Int64(terms.picture.width)
      self.pictureHeight = Int64(terms.picture.height)
      self.frameRate = Int64(terms.frameRate)
    }
    if let firstPictureAt {
      self.durationNanoseconds = (now - firstPictureAt).wholeNanoseconds
      self.firstPictureNanoseconds = (firstPictureAt - network.startedAt).wholeNanoseconds
    }
    self.handshakeNanoseconds = network.handshakeTime.wholeNanoseconds
    self.framesCaptured = self.framesDecoded + self.framesLost
    self.bytesReceived = Int64(statistics.bytesReceived)
    self.packetsReceived = Int64(statistics.packetsReceived)
    self.packetsLost = Int64(statistics.packetsLost)
    self.packetsRetransmitted = Int64(statistics.packetsRepaired)
    self.audioPacketsReceived = Int64(statistics.audioPacketsReceived)
    self.audioPacketsLost = Int64(statistics.audioPacketsLost)
    self.audioPacketsConcealed = self.audioPacketsLost
  }
}
