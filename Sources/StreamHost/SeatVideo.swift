import DatagramIO
import FFmpegCodec
import MediaUnits
import PixelConversion
import RTP
import SessionProtocol
import Synchronization
import Transport
import X11

/// A seat's picture: damage → capture → convert → encode → network thread, on the calling thread until told to stop.
struct SeatVideo: ~Copyable {
  private let link: SeatLink
  private let stageEndReason: () throws -> String?
  private var capture: ScreenCapture
  private let scaler = PictureScaler()
  private var encoder: VideoEncoder
  /// The encoder that is to take over, while it is being opened.
  private var opening: EncoderOpening?
  /// The first picture of an encoder must be a key frame.
  private var isEncoderNew = false
  /// What was granted, and then changed to.
  private var terms: StreamTerms?
  private var pacer: FramePacer
  private var rating: EncoderRating
  /// Until then the path cannot take a picture in time.
  private var skippedUntil = Instant.zero
  /// How often that was since the last picture.
  private var skippedCount = 0
  private var schedule = RepeatSchedule()
  private var frameIndex: Int64 = 0
  private var hasChanged = true

  /// - Parameter stageEndReason: looks at the stage; returns why it ended, or `nil` while it goes on.
  init(
    link: SeatLink,
    capture: consuming ScreenCapture,
    encoder: consuming VideoEncoder,
    stageEndReason: @escaping () throws -> String?
  ) {
    self.link = link
    self.pacer = FramePacer(frameRate: encoder.configuration.frameRate)
    self.rating = EncoderRating(change: encoder.rateChange, current: encoder.configuration.bitrate)
    self.capture = capture
    self.encoder = encoder
    self.stageEndReason = stageEndReason
  }

  /// Takes and encodes one picture that nobody gets, so that the first that counts finds all memory in place.
  ///
  /// - Throws: ``X11Error`` when the display is lost, ``FFmpegError`` when the encoder fails.
  private mutating func warmUp() throws {
    _ = try self.capture.processEvents()
    _ = try self.capture.capture { picture in
      self.encoder.withInput { self.scaler.convert(picture, to: $0) }
    }
    self.frameIndex += 1
    try self.encoder.encode(isKeyframe: true, pts: self.frameIndex) { _ in }
  }

  /// Waits until the game has drawn something, `deadline` has come, or there is a session.
  ///
  /// - Parameter stageDescriptor: readable when the stage has an event.
  /// - Returns: why the stage ended, if it did.
  /// - Throws: ``X11Error`` when the display is lost, ``FFmpegError`` when the encoder fails.
  mutating func waitForPicture(stageDescriptor: CInt, until deadline: Instant) throws -> String? {
    // After this the screen reports its next change.
    try self.warmUp()
    var poll = PollSet([self.capture.fileDescriptor, self.link.captureWakeup.fileDescriptor, stageDescriptor])
    while !self.link.mustStop.load(ordering: .relaxed), self.link.grant == nil, .now < deadline {
      if let reason = try self.stageEndReason() { return reason }
      if try self.capture.processEvents() {
        try self.warmUp()
        return nil
      }
      try poll.wait(until: deadline)
      self.link.captureWakeup.drain()
    }
    return nil
  }

  /// Waits, at rest, until the link has a session or says stop, or the stage has something to tell.
  ///
  /// - Parameter stageDescriptor: readable when the stage has an event.
  /// - Returns: why the stage ended, if it did.
  /// - Throws: ``X11Error`` when the display is lost.
  mutating func waitForSession(stageDescriptor: CInt) throws -> String? {
    var poll = PollSet([self.capture.fileDescriptor, self.link.captureWakeup.fileDescriptor, stageDescriptor])
    while !self.link.mustStop.load(ordering: .relaxed), self.link.grant == nil {
      try poll.wait(until: nil)
      self.link.captureWakeup.drain()
      if let reason = try self.stageEndReason() { return reason }
      // The screen tells of its first change only until a picture is taken, so a game that moves wakes nobody here.
      _ = try self.capture.processEvents()
    }
    return nil
  }

  /// Gives the encoder what the session was granted.
  ///
  /// - Parameter start: for the first picture, while nothing is known of the path.
  /// - Throws: ``FFmpegError`` when the encoder has to be opened anew and cannot be.
  mutating func begin(_ terms: StreamTerms, start: Bitrate) throws {
    let bitrate = self.encoder.rateChange == .nextFrame ? start : terms.maximumBitrate
    if self.refreshes(as: terms) {
      try self.encoder.setRate(bitrate, frameRate: terms.frameRate)
    } else {
      // A stage that stood ready draws at another rate. How often waves come is settled when an encoder is opened.
      var configuration = self.encoder.configuration
      configuration.frameRate = terms.frameRate
      configuration.bitrate = bitrate
      configuration.refreshPeriod = terms.refreshPeriod
      self.encoder = try VideoEncoder(configuration)
      self.isEncoderNew = true
    }
    self.rating = EncoderRating(change: self.encoder.rateChange, current: bitrate)
    if terms.frameRate != self.pacer.frameRate { self.pacer = FramePacer(frameRate: terms.frameRate) }
    self.terms = terms
  }

  /// Changes the stream's terms, as far as that has been asked for: opens another encoder beside the present one, and
  /// goes over to it once it is ready.
  private mutating func advanceChange() throws {
    if self.opening == nil, let terms = self.link.takeChange() { try self.beginChange(to: terms) }
    guard let opening = self.opening else { return }
    switch opening.take() {
    case .opened(let next):
      var old: VideoEncoder? = consume next
      if var taken = old.take() {
        swap(&self.encoder, &taken)
        opening.end(retiring: taken)
      }
      self.opening = nil
      self.isEncoderNew = true
      self.finishChange(to: opening.terms)
    case .failed(let text):
      opening.end(retiring: nil)
      self.opening = nil
      self.link.report(.changeFailed(text))
    case nil: break
    }
  }

  /// Whether the encoder draws pictures anew part by part as `terms` say.
  private func refreshes(as terms: StreamTerms) -> Bool {
    self.encoder.configuration.refreshPeriod == terms.refreshPeriod
  }

  private mutating func beginChange(to terms: StreamTerms) throws {
    let present = self.encoder.configuration
    // The rate controller's bitrate goes on, unless the most that it may be has changed.
    let bitrate = terms.maximumBitrate == self.terms?.maximumBitrate ? present.bitrate : terms.maximumBitrate
    let isSameStream =
      terms.picture == present.size && terms.codec == present.kind.codec && self.refreshes(as: terms)
    if isSameStream, self.encoder.rateChange != .onlyByReopening || terms.frameRate == present.frameRate {
      try self.encoder.setRate(bitrate, frameRate: terms.frameRate)
      self.finishChange(to: terms)
      return
    }
    let link = self.link
    self.opening = EncoderOpening(
      terms,
      bitrate: bitrate,
      kind: { try link.encoderKind(of: terms) },
      wakeup: link.captureWakeup
    )
  }

  private mutating func finishChange(to terms: StreamTerms) {
    if terms.frameRate != self.pacer.frameRate { self.pacer = FramePacer(frameRate: terms.frameRate) }
    self.terms = terms
    self.rating = EncoderRating(change: self.encoder.rateChange, current: self.encoder.configuration.bitrate)
    self.link.report(.changed(terms))
  }

  /// Runs until the link says stop or the stage has something to tell.
  ///
  /// - Parameter stageDescriptor: readable when the stage has an event.
  /// - Returns: why the stage ended, if it did.
  /// - Throws: ``X11Error`` when the display is lost, ``FFmpegError`` when the encoder fails.
  mutating func run(stageDescriptor: CInt) throws -> String? {
    var poll = PollSet([self.capture.fileDescriptor, self.link.captureWakeup.fileDescriptor, stageDescriptor])
    defer { self.opening?.end(retiring: nil) }
    while !self.link.mustStop.load(ordering: .relaxed) {
      try poll.wait(until: self.nextWake)
      self.link.captureWakeup.drain()
      if let reason = try self.stageEndReason() { return reason }

      try self.advanceChange()
      self.hasChanged = try self.capture.processEvents()
      let now = Instant.now
      guard !self.link.isSuspended.load(ordering: .relaxed), self.pacer.nextAllowed <= now, self.link.frames.hasRoom
      else { continue }
      let mustSendKeyframe = self.isEncoderNew || self.link.mustSendKeyframe.load(ordering: .relaxed)
      guard self.hasChanged || mustSendKeyframe || self.schedule.dueAt <= now else { continue }
      guard try self.plan(isKeyframe: mustSendKeyframe, now: now) else { continue }
      try self.send(isKeyframe: mustSendKeyframe, now: now)
    }
    return nil
  }

  private var nextWake: Instant {
    if self.link.isSuspended.load(ordering: .relaxed) { return .now + .seconds(1) }
    let wanted =
      self.hasChanged || self.isEncoderNew || self.link.mustSendKeyframe.load(ordering: .relaxed)
      ? Instant.zero : self.schedule.dueAt
    // A full mailbox wakes this thread when the network thread has emptied it.
    guard self.link.frames.hasRoom else { return .now + .milliseconds(5) }
    return max(wanted, self.pacer.nextAllowed, self.skippedUntil)
  }

  /// Sets the encoder to what the path takes now.
  ///
  /// - Returns: whether to take a picture at all.
  private mutating func plan(isKeyframe: Bool, now: Instant) throws -> Bool {
    guard self.skippedUntil <= now else { return false }
    guard let path = self.link.pathState else { return true }
    let plan = path.plan(now: now)
    let before = self.rating.current
    switch plan {
    case .skip(let until):
      self.skippedUntil = until
      self.skippedCount += 1
    case .encode(_, let bitrate):
      if let rate = self.rating.follow(bitrate, now: now) {
        try self.encoder.setBitrate(rate)
        self.link.record(at: now, .rate(path.change(from: before, to: rate)))
      }
    }
    let current = self.rating.current
    self.link.record(at: now, .plan(path.trace(plan, bitrate: current, isKeyframe: isKeyframe, now: now)))
    return self.skippedUntil <= now
  }

  private mutating func send(isKeyframe: Bool, now: Instant) throws {
    let isRepeat = !self.hasChanged
    self.hasChanged = false
    self.isEncoderNew = false
    if isKeyframe { self.link.mustSendKeyframe.store(false, ordering: .relaxed) }
    self.pacer.captured(at: now)

    // Read before the picture: what it counts had been applied by then.
    let inputSequence = self.link.appliedInput.load(ordering: .acquiring)
    var convertedAt = now
    let times = try self.capture.capture { picture in
      self.encoder.withInput { self.scaler.convert(picture, to: $0) }
      convertedAt = .now
    }
    self.frameIndex += 1
    let codec = self.encoder.kind.codec
    let (link, skippedCount) = (self.link, self.skippedCount)
    self.skippedCount = 0
    try self.encoder.encode(isKeyframe: isKeyframe, pts: self.frameIndex) { packet in
      let frame = VideoFrame(
        codec: codec,
        isKeyframe: packet.isKeyframe,
        damagedAt: isRepeat ? now : times.damagedAt,
        capturedAt: times.capturedAt,
        convertedAt: convertedAt,
        encodedAt: .now,
        inputSequence: inputSequence,
        skipped: skippedCount > 0 ? SkippedPictures(count: skippedCount, reason: .path) : nil,
        startsRefresh: packet.recoveryFrameCount != nil
      )
      link.send(packet.bytes, frame)
    }
    self.schedule.sent(isRepeat: isRepeat, now: .now)
    self.link.spent(.now - now)
    // Reading the picture may have read the report of the next change with it, which then wakes nobody.
    self.hasChanged = try self.capture.processEvents()
  }
}
