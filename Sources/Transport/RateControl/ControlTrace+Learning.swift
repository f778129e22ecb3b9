public import MediaUnits

extension ControlTrace {
  /// What one feedback packet told, of packets that nothing was known of before.
  public struct Feedback: Hashable, Sendable {
    /// Packets that arrived, and their bytes.
    public var ackedPacketCount: Int
    public var ackedByteCount: Int
    public var lostPacketCount: Int
    /// Packets that the network marked instead of dropping them.
    public var markedPacketCount: Int
    /// From the first arrival told of to the last.
    public var arrivalSpan: Duration
    /// From sending the newest of them until this feedback came.
    public var roundTrip: Duration
    /// How long the newest had waited on its way, beyond the least that is known.
    public var queueDelay: Duration?
    /// What arrives, over the last while.
    public var received: Bitrate?
    /// Part of packets lost, smoothed, 0 ... 1.
    public var loss: Double?

    public init(
      ackedPacketCount: Int,
      ackedByteCount: Int,
      lostPacketCount: Int,
      markedPacketCount: Int,
      arrivalSpan: Duration,
      roundTrip: Duration,
      queueDelay: Duration? = nil,
      received: Bitrate? = nil,
      loss: Double? = nil
    ) {
      self.ackedPacketCount = ackedPacketCount
      self.ackedByteCount = ackedByteCount
      self.lostPacketCount = lostPacketCount
      self.markedPacketCount = markedPacketCount
      self.arrivalSpan = arrivalSpan
      self.roundTrip = roundTrip
      self.queueDelay = queueDelay
      self.received = received
      self.loss = loss
    }
  }

  /// A change of what the encoder is told.
  public struct Rate: Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
      /// The session's first.
      case start
      /// The path is idle for long enough of each frame interval.
      case idle
      /// The path is busy for too much of each frame interval.
      case busy
      case queue
      case loss
      /// Marks of the network.
      case marks
      case outage
      /// The path is back.
      case healed
      /// What the session was granted, or asked for anew.
      case limit
      /// The player's decoder cannot keep up, or can again.
      case decoder
      /// The encoder cannot keep up, or can again.
      case encoder
    }

    public var old: Bitrate
    public var new: Bitrate
    public var reason: Reason
    public var mode: Mode?
    public var capacity: Bitrate?
    /// Part of a frame interval for which the path is busy, smoothed; 1 is all of it.
    public var utilization: Double?
    /// Frames per second from now on.
    public var frameRate: Int?

    public init(
      old: Bitrate,
      new: Bitrate,
      reason: Reason,
      mode: Mode? = nil,
      capacity: Bitrate? = nil,
      utilization: Double? = nil,
      frameRate: Int? = nil
    ) {
      self.old = old
      self.new = new
      self.reason = reason
      self.mode = mode
      self.capacity = capacity
      self.utilization = utilization
      self.frameRate = frameRate
    }
  }

  /// The beginning or the end of a time in which nothing comes back.
  public struct Outage: Hashable, Sendable {
    public enum Phase: String, Hashable, Sendable, CaseIterable {
      case begin
      case end
    }

    public var phase: Phase
    /// Since something was last heard; at the end, how long it was in all.
    public var silence: Duration
    /// Bytes sent that are neither acknowledged nor lost.
    public var outstanding: Int

    public init(phase: Phase, silence: Duration, outstanding: Int) {
      self.phase = phase
      self.silence = silence
      self.outstanding = outstanding
    }
  }

  /// What is done about losses.
  public struct Repair: Hashable, Sendable {
    public enum Action: String, Hashable, Sendable, CaseIterable {
      /// Packets that were asked for are sent again.
      case resend
      /// They would come too late.
      case late
      /// They are not known any more, or are on their way already, or too many are sent again.
      case refuse
      /// Parity goes with a frame.
      case parity
      /// A key frame is asked of the encoder.
      case keyframe
      /// The encoder draws the picture anew part by part.
      case refresh
    }

    public var action: Action
    /// Packets that it is about: lost ones, or of parity.
    public var packetCount: Int
    /// How often each is sent; 0 if it is not.
    public var copies: Int
    /// Since the oldest of them was first sent.
    public var age: Duration?
    public var roundTrip: Duration?

    public init(
      action: Action,
      packetCount: Int = 0,
      copies: Int = 0,
      age: Duration? = nil,
      roundTrip: Duration? = nil
    ) {
      self.action = action
      self.packetCount = packetCount
      self.copies = copies
      self.age = age
      self.roundTrip = roundTrip
    }
  }
}
