public import MediaUnits

extension ControlTrace {
  /// What the rate follows.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// The path's first measurements.
    case starting
    /// How long of each frame interval the path is busy.
    case tracking
    /// A queue that has built up is being let run dry.
    case draining
    /// Losses, beside a flow that keeps the queue full.
    case competing
    /// Nothing, for nothing comes back.
    case outage
  }

  /// A decision before encoding.
  public struct Plan: Hashable, Sendable {
    public enum Decision: String, Hashable, Sendable, CaseIterable {
      case encode
      case skip
    }

    public enum Reason: String, Hashable, Sendable, CaseIterable {
      /// Encoded: the path takes it in its interval.
      case fits
      /// Encoded: a picture was left out long enough.
      case overdue
      /// Encoded: the player cannot go on without.
      case keyframe
      /// Encoded: to learn whether the path is back, or carries more.
      case probe
      /// Skipped: what is under way already fills the path.
      case outstanding
      /// Skipped: a queue has built up.
      case queue
      /// Skipped: nothing comes back.
      case outage
      /// Skipped: packets still wait in the pacer.
      case pacer
      /// Skipped: the encoder has not finished the one before.
      case encoder
      /// Skipped: the player's decoder cannot keep up.
      case decoder
      /// Skipped: no budget is large enough for a picture.
      case budget
    }

    /// Number of the frame that the picture becomes if it is encoded; counts frames sent, from 0.
    public var frame: Int64
    public var decision: Decision
    public var reason: Reason
    public var mode: Mode?
    /// Bytes that the frame may take.
    public var budget: Int
    /// What the encoder is told to keep to.
    public var bitrate: Bitrate
    /// What the path is taken to carry.
    public var capacity: Bitrate?
    /// Bytes sent that are neither acknowledged nor lost.
    public var outstanding: Int
    /// Of those, bytes that are taken to wait at the bottleneck.
    public var queued: Int?

    public init(
      frame: Int64,
      decision: Decision,
      reason: Reason,
      mode: Mode? = nil,
      budget: Int,
      bitrate: Bitrate,
      capacity: Bitrate? = nil,
      outstanding: Int,
      queued: Int? = nil
    ) {
      self.frame = frame
      self.decision = decision
      self.reason = reason
      self.mode = mode
      self.budget = budget
      self.bitrate = bitrate
      self.capacity = capacity
      self.outstanding = outstanding
      self.queued = queued
    }
  }

  /// A frame on its way to the network.
  public struct Frame: Hashable, Sendable {
    /// Counts frames sent, from 0.
    public var frame: Int64
    /// Of the encoded frame, without packet headers.
    public var byteCount: Int
    public var packetCount: Int
    public var isKeyframe: Bool
    /// From the game's drawing until the picture had been read.
    public var captureTime: Duration
    /// From then until the encoder let go of it.
    public var encodeTime: Duration

    public init(
      frame: Int64,
      byteCount: Int,
      packetCount: Int,
      isKeyframe: Bool,
      captureTime: Duration,
      encodeTime: Duration
    ) {
      self.frame = frame
      self.byteCount = byteCount
      self.packetCount = packetCount
      self.isKeyframe = isKeyframe
      self.captureTime = captureTime
      self.encodeTime = encodeTime
    }
  }

  /// A burst of packets that the pacer let go.
  public struct Release: Hashable, Sendable {
    public var packetCount: Int
    public var byteCount: Int
    /// Bytes that still wait in the pacer.
    public var waiting: Int
    /// At which the pacer spreads packets.
    public var rate: Bitrate?

    public init(packetCount: Int, byteCount: Int, waiting: Int, rate: Bitrate? = nil) {
      self.packetCount = packetCount
      self.byteCount = byteCount
      self.waiting = waiting
      self.rate = rate
    }
  }
}
