internal import Charts
public import MediaUnits
public import Transport

/// Writes a trace's lines into memory; whoever has the file takes them from there.
///
/// - Spec: Protocol/trace.md.
public struct TraceText: Sendable {
  /// Lines that have not been taken, in UTF-8.
  public private(set) var bytes: [UInt8] = []
  private var startedAt = Instant.zero
  private var isFirst = true

  public init() {}

  /// Forgets the lines, but not the memory that they took.
  public mutating func removeAll() {
    self.bytes.removeAll(keepingCapacity: true)
  }

  /// Adds the first line.
  public mutating func append(_ header: TraceHeader) {
    self.startedAt = header.startedAt
    self.begin()
    self.add("martlet_trace", TraceHeader.version)
    self.add("clock", word: "ns")
    self.add("started_ns", header.startedAt.nanoseconds)
    self.add("unix_ns", header.unixNanoseconds)
    self.add("software", header.software)
    self.add("session", header.session)
    self.add("game", header.game)
    self.add("codec", header.codec)
    self.add("encoder", header.encoder)
    self.add("width_px", header.picture.width)
    self.add("height_px", header.picture.height)
    self.add("frame_rate", header.frameRate)
    self.add("maximum_bps", header.maximumBitrate)
    self.add("resumed", header.isResumed)
    self.end()
  }

  /// Adds a record's line.
  ///
  /// - Complexity: O(1); does not allocate once the memory has grown.
  public mutating func append(_ record: ControlTrace.Record) {
    self.begin(at: record.at)
    switch record.event {
    case .plan(let plan): self.add(plan)
    case .frame(let frame): self.add(frame)
    case .release(let release): self.add(release)
    case .feedback(let feedback): self.add(feedback)
    case .rate(let rate): self.add(rate)
    case .outage(let outage): self.add(outage)
    case .repair(let repair): self.add(repair)
    case .change(let change): self.add(change)
    }
    self.end()
  }

  /// Says that `count` records before `instant` could not be kept.
  public mutating func appendDropped(_ count: Int, at instant: Instant) {
    self.begin(at: instant)
    self.add("e", word: "dropped")
    self.add("records", count)
    self.end()
  }

  // MARK: Parts of a line

  private mutating func begin() {
    self.bytes.append(UInt8(ascii: "{"))
    self.isFirst = true
  }

  private mutating func begin(at instant: Instant) {
    self.begin()
    self.add("t", instant.nanoseconds &- self.startedAt.nanoseconds)
  }

  private mutating func end() {
    self.bytes.append(UInt8(ascii: "}"))
    self.bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func key(_ key: StaticString) {
    if !self.isFirst { self.bytes.append(UInt8(ascii: ",")) }
    self.isFirst = false
    self.bytes.append(UInt8(ascii: "\""))
    self.bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    self.bytes.append(UInt8(ascii: "\""))
    self.bytes.append(UInt8(ascii: ":"))
  }

  mutating func add(_ key: StaticString, _ value: Int64) {
    self.key(key)
    DecimalText.append(value, to: &self.bytes)
  }

  mutating func add(_ key: StaticString, _ value: Int) { self.add(key, Int64(value)) }

  mutating func add(_ key: StaticString, _ value: Duration) { self.add(key, value.wholeNanoseconds) }

  mutating func add(_ key: StaticString, _ value: Bitrate) { self.add(key, value.bitsPerSecond) }

  /// A share as millionths.
  mutating func add(_ key: StaticString, share: Double) {
    self.add(key, share.isFinite ? Int64((min(max(share, 0), 1000) * 1e6).rounded()) : 0)
  }

  mutating func add(_ key: StaticString, _ value: Bool) {
    self.key(key)
    self.bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// A word that needs no escape.
  mutating func add(_ key: StaticString, word: String) {
    self.key(key)
    self.bytes.append(UInt8(ascii: "\""))
    self.bytes.append(contentsOf: word.utf8)
    self.bytes.append(UInt8(ascii: "\""))
  }

  /// - Spec: RFC 8259 §7.
  private mutating func add(_ key: StaticString, _ text: String) {
    self.key(key)
    self.bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8.prefix(TraceReader.maximumTextByteCount) {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        self.bytes.append(UInt8(ascii: "\\"))
        self.bytes.append(byte)
      // Nothing that a line is about has control characters.
      case 0..<0x20, 0x7F: self.bytes.append(UInt8(ascii: " "))
      default: self.bytes.append(byte)
      }
    }
    self.bytes.append(UInt8(ascii: "\""))
  }
}
