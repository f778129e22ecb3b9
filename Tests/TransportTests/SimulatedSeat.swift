import MediaUnits
import Octets
import RTP
import SessionProtocol
import Transport

/// The encoder of a simulated host: opens another beside the one that runs, and changes over at a frame.
struct SimulatedSeat: Sendable {
  /// What a frame was made with.
  struct Frame: Sendable {
    var codec: VideoCodec
    /// Changes before it.
    var revision: Int
  }

  /// How long an encoder takes to open.
  var openingTime = Duration.milliseconds(60)
  /// Whether encoders that are asked for intra refresh open.
  var hasRefresh = true

  private(set) var terms: StreamTerms
  private(set) var revision = 0
  /// What is being opened, and when that is done.
  private var opening: (terms: StreamTerms, readyAt: Instant)?
  /// Encoders that were begun, and how many of them at the same time as another.
  private(set) var openedCount = 0
  private(set) var overlapCount = 0

  init(terms: StreamTerms) {
    self.terms = terms
  }

  var frameInterval: Duration { .nanoseconds(1_000_000_000 / Int64(self.terms.frameRate)) }

  mutating func begin(_ terms: StreamTerms, now: Instant) {
    if self.opening != nil { self.overlapCount += 1 }
    self.openedCount += 1
    self.opening = (terms, now + self.openingTime)
  }

  /// The terms of an encoder that is ready and takes over with the next frame.
  mutating func takeFinished(now: Instant) -> StreamTerms? {
    guard let opening = self.opening, opening.readyAt <= now else { return nil }
    self.opening = nil
    self.terms = opening.terms
    self.revision += 1
    return opening.terms
  }
}

/// Chosen datagrams that the path loses.
struct SimulatedLosses: Sendable {
  /// Of the player's wishes for other terms, the next so many.
  var wishes = 0
  /// Of the host's notices, alone or behind reports, the next so many.
  var notices = 0
  /// All packets, first sent or repeated, of the next key frame that is begun.
  var nextKeyframe = false
  private(set) var lostKeyframe: UInt16?
  /// Of these frames, all packets, first sent or repeated.
  var frames: Set<UInt16> = []

  mutating func takesUp(_ packet: RawSpan, _ kind: PacketKind) -> Bool {
    guard self.wishes > 0, kind == .rtcp, Self.holds(TermsWish.subtype, in: packet) else { return false }
    self.wishes -= 1
    return true
  }

  mutating func takesDown(_ packet: RawSpan, _ kind: PacketKind) -> Bool {
    guard kind == .rtp else {
      guard self.notices > 0, Self.holds(TermsNotice.subtype, in: packet) else { return false }
      self.notices -= 1
      return true
    }
    guard let header = try? RTPHeader(parsing: packet),
      let descriptor = FrameDescriptor(parsing: packet, extensions: header.extensions)
    else { return false }
    guard descriptor.isKeyframe else { return self.frames.contains(descriptor.frameIndex) }
    if self.nextKeyframe {
      self.nextKeyframe = false
      self.lostKeyframe = descriptor.frameIndex
    }
    return descriptor.frameIndex == self.lostKeyframe
  }

  private static func holds(_ subtype: UInt8, in packet: RawSpan) -> Bool {
    var reader = RTCPReader(packet)
    while let part = try? reader.next(in: packet) {
      if case .application(let application) = part, application.name == InputAcknowledgement.name,
        application.subtype == subtype
      {
        return true
      }
    }
    return false
  }
}
