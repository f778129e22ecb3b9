internal import MediaUnits
internal import Octets
internal import RTP

/// Makes parity packets of a frame's packets, and keeps them until they are sent.
///
/// - Spec: Protocol/media.md §8.
struct ParityEncoder: ~Copyable {
  /// What the packets of a frame have in common.
  struct Frame: Sendable {
    var codec: VideoCodec
    var index: UInt16
    var isKeyframe: Bool
    var firstSequence: Int64
    var packetCount: Int
    var timestamp: RTPTimestamp
  }

  private static let capacity = 512
  private static let slotByteCount = 1200

  private let code: any ErasureCode
  private var rows = [UInt8](repeating: 0, count: ErasureLayout.maximumRowCount * ErasureLayout.rowByteCount)
  private var storage = [UInt8](repeating: 0, count: ParityEncoder.capacity * ParityEncoder.slotByteCount)
  private var byteCounts = [Int](repeating: 0, count: ParityEncoder.capacity)
  private var nextQueued = 0
  private var nextUnsent = 0

  init(code: any ErasureCode) {
    self.code = code
  }

  /// Makes `parityCount` packets for a frame, or a few more where it has several blocks.
  ///
  /// - Parameter packets: holds all packets of the frame.
  /// - Returns: packets made.
  mutating func protect(_ frame: Frame, packets: borrowing PacketHistory, parityCount: Int) -> Int {
    let blockCount = (frame.packetCount + ParityRule.maximumBlockCount - 1) / ParityRule.maximumBlockCount
    let perBlock = min(
      (parityCount + blockCount - 1) / blockCount,
      ErasureLayout.maximumRowCount - ParityRule.maximumBlockCount
    )
    guard perBlock > 0, blockCount <= 255, self.nextQueued - self.nextUnsent + perBlock * blockCount <= Self.capacity
    else { return 0 }
    for block in 0..<blockCount {
      self.protect(frame, block: block, of: blockCount, packets: packets, parityCount: perBlock)
    }
    return perBlock * blockCount
  }

  /// Sends what waits.
  ///
  /// - Parameters:
  ///   - number: of the next packet in the retransmission stream.
  ///   - send: gets each packet's number and bytes.
  /// - Returns: packets sent.
  mutating func poll(number: inout UInt16, ssrc: SSRC, _ send: (SequenceNumber, RawSpan) -> Void) -> Int {
    let count = self.nextQueued - self.nextUnsent
    while self.nextUnsent < self.nextQueued {
      let slot = self.nextUnsent % Self.capacity
      let start = slot * Self.slotByteCount
      var span = self.storage.mutableSpan
      // SAFETY: any byte is a valid `UInt8`.
      var bytes = unsafe span.mutableBytes
      bytes.storeBigEndian(number, at: start + 2)
      bytes.storeBigEndian(ssrc.rawValue, at: start + 8)
      let end = start + self.byteCounts[slot]
      send(SequenceNumber(rawValue: number), self.storage.octets.extracting(start..<end))
      number &+= 1
      self.nextUnsent += 1
    }
    return count
  }

  mutating func discardUnsent() {
    self.nextUnsent = self.nextQueued
  }

  private mutating func protect(
    _ frame: Frame,
    block: Int,
    of blockCount: Int,
    packets: borrowing PacketHistory,
    parityCount: Int
  ) {
    var rows: [UInt8] = []
    swap(&rows, &self.rows)
    defer { swap(&rows, &self.rows) }
    var span = rows.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    let members = stride(from: block, to: frame.packetCount, by: blockCount)
    var longest = 0
    for index in members {
      longest = max(longest, packets.entry(frame.firstSequence + Int64(index))?.byteCount ?? 0)
    }
    let symbolByteCount = longest - RTPHeader.fixedByteCount + ParityPayload.lengthByteCount
    var row = 0
    for index in members {
      let start = row * ErasureLayout.rowByteCount
      bytes.clear(start..<start + symbolByteCount)
      packets.withPacket(frame.firstSequence + Int64(index)) { packet, _ in
        let rest = packet.extracting(RTPHeader.fixedByteCount..<packet.byteCount)
        bytes.storeBigEndian(UInt16(rest.byteCount), at: start)
        bytes.copy(rest, at: start + ParityPayload.lengthByteCount)
      }
      row += 1
    }
    let layout = ErasureLayout(sourceCount: row, parityCount: parityCount, symbolByteCount: symbolByteCount)
    self.code.encode(&bytes, layout: layout)
    for parityIndex in 0..<parityCount {
      let payload = ParityPayload(
        frameIndex: frame.index,
        isKeyframe: frame.isKeyframe,
        packetCount: UInt16(frame.packetCount),
        firstSequenceNumber: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: frame.firstSequence)),
        blockCount: UInt8(blockCount),
        block: UInt8(block),
        parityCount: UInt8(parityCount),
        parityIndex: UInt8(parityIndex)
      )
      let symbol = layout.start(ofRow: row + parityIndex)
      self.queue(payload, bytes.bytes.extracting(symbol..<symbol + symbolByteCount), of: frame)
    }
  }

  private mutating func queue(_ payload: ParityPayload, _ symbol: RawSpan, of frame: Frame) {
    let slot = self.nextQueued % Self.capacity
    let start = slot * Self.slotByteCount
    var span = self.storage.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    var packet = bytes._mutatingExtracting(start..<start + Self.slotByteCount)
    // The number and the stream are filled in when it is sent.
    RTPHeader(
      marker: false,
      payloadType: .videoParity(frame.codec),
      sequenceNumber: SequenceNumber(rawValue: 0),
      timestamp: frame.timestamp,
      ssrc: SSRC(rawValue: 0)
    ).serialize(into: &packet)
    payload.serialize(into: &packet, at: RTPHeader.fixedByteCount)
    let symbolStart = RTPHeader.fixedByteCount + ParityPayload.headerByteCount
    packet.copy(symbol, at: symbolStart)
    self.byteCounts[slot] = symbolStart + symbol.byteCount
    self.nextQueued += 1
  }
}
