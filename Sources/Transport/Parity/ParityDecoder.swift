internal import MediaUnits
internal import Octets
internal import RTP

/// Keeps parity packets, and makes missing packets of a frame anew as soon as there is enough parity for them.
///
/// - Spec: Protocol/media.md §8.
struct ParityDecoder: ~Copyable {
  private struct Slot: Sendable {
    var payload: ParityPayload
    var codec: VideoCodec
    var firstSequence: Int64
    var timestamp: RTPTimestamp
  }

  /// Parity packets kept; at a third of 50 Mbit/s, those of 160 ms.
  private static let capacity = 256

  private let code: any ErasureCode
  /// Of the video stream, which made packets belong to.
  private let ssrc: SSRC
  private var slots = [Slot?](repeating: nil, count: ParityDecoder.capacity)
  private var symbols = [UInt8](repeating: 0, count: ParityDecoder.capacity * ErasureLayout.rowByteCount)
  private var rows = [UInt8](repeating: 0, count: ErasureLayout.maximumRowCount * ErasureLayout.rowByteCount)
  private var packet = [UInt8](repeating: 0, count: RTPHeader.fixedByteCount + ErasureLayout.rowByteCount)
  private var nextSlot = 0
  private var missing: [Int] = []
  private var parity: [Int] = []
  private var parityPlaces: [Int] = []

  init(code: any ErasureCode, ssrc: SSRC) {
    self.code = code
    self.ssrc = ssrc
    self.missing.reserveCapacity(ErasureLayout.maximumRowCount)
    self.parity.reserveCapacity(ErasureLayout.maximumRowCount)
    self.parityPlaces.reserveCapacity(ErasureLayout.maximumRowCount)
  }

  /// Keeps one parity packet.
  ///
  /// - Parameters:
  ///   - codec: of the frame that it protects.
  ///   - firstSequence: the extended form of ``RTP/ParityPayload/firstSequenceNumber``.
  mutating func insert(
    _ payload: ParityPayload,
    in datagram: RawSpan,
    codec: VideoCodec,
    firstSequence: Int64,
    timestamp: RTPTimestamp
  ) {
    guard payload.symbol.count <= ErasureLayout.rowByteCount else { return }
    let isKnown = self.slots.contains { slot in
      slot.map {
        $0.firstSequence == firstSequence && $0.payload.block == payload.block
          && $0.payload.parityIndex == payload.parityIndex
      } ?? false
    }
    guard !isKnown else { return }
    let start = self.nextSlot * ErasureLayout.rowByteCount
    var span = self.symbols.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    bytes.copy(datagram.extracting(payload.symbol), at: start)
    self.slots[self.nextSlot] = Slot(
      payload: payload,
      codec: codec,
      firstSequence: firstSequence,
      timestamp: timestamp
    )
    self.nextSlot = (self.nextSlot + 1) % Self.capacity
  }

  /// Makes what can be made of the frame that packet number `sequence` belongs to, and gives it to `assembler`.
  ///
  /// - Parameter made: appended to: the extended sequence number of each packet made.
  mutating func rebuild(
    frameOf sequence: Int64,
    assembler: inout FrameAssembler,
    made: inout [Int64],
    now: Instant
  ) {
    for place in self.slots.indices {
      guard let slot = self.slots[place], slot.firstSequence <= sequence,
        sequence < slot.firstSequence + Int64(slot.payload.packetCount),
        // Of those that say the same, one suffices.
        !self.slots[..<place].contains(where: { Self.areOfOneBlock($0, slot) })
      else { continue }
      if self.fill(slot, from: place, assembler: assembler) {
        self.deliver(slot, to: &assembler, made: &made, now: now)
      }
      if self.missing.isEmpty || !self.parity.isEmpty { self.forget(slot, from: place) }
    }
  }

  private static func areOfOneBlock(_ slot: Slot?, _ other: Slot) -> Bool {
    guard let slot else { return false }
    return slot.firstSequence == other.firstSequence && slot.payload.block == other.payload.block
  }

  /// Finds out what of a block is missing and makes it. Sets ``missing``, and ``parity`` where that suffices.
  private mutating func fill(_ slot: Slot, from place: Int, assembler: borrowing FrameAssembler) -> Bool {
    let payload = slot.payload
    self.missing.removeAll(keepingCapacity: true)
    self.parity.removeAll(keepingCapacity: true)
    self.parityPlaces.removeAll(keepingCapacity: true)
    for row in 0..<payload.sourceCount where !assembler.holds(Self.sequence(ofRow: row, of: slot)) {
      self.missing.append(row)
    }
    guard !self.missing.isEmpty else { return false }
    for other in place..<Self.capacity where self.parity.count < self.missing.count {
      guard let candidate = self.slots[other], Self.areOfOneBlock(candidate, slot),
        // All packets of one block say the same.
        candidate.payload.parityCount == payload.parityCount, candidate.payload.blockCount == payload.blockCount,
        candidate.payload.packetCount == payload.packetCount,
        candidate.payload.symbol.count == payload.symbol.count, candidate.codec == slot.codec
      else { continue }
      self.parity.append(Int(candidate.payload.parityIndex))
      self.parityPlaces.append(other)
    }
    guard self.parity.count == self.missing.count else {
      self.parity.removeAll(keepingCapacity: true)
      return false
    }
    return self.compute(slot, assembler: assembler)
  }

  private mutating func compute(_ slot: Slot, assembler: borrowing FrameAssembler) -> Bool {
    let layout = ErasureLayout(
      sourceCount: slot.payload.sourceCount,
      parityCount: Int(slot.payload.parityCount),
      symbolByteCount: slot.payload.symbol.count
    )
    var rows: [UInt8] = []
    swap(&rows, &self.rows)
    defer { swap(&rows, &self.rows) }
    var span = rows.mutableSpan
    // SAFETY: any byte is a valid `UInt8`.
    var bytes = unsafe span.mutableBytes
    var fits = true
    for row in 0..<layout.sourceCount {
      let start = layout.start(ofRow: row)
      bytes.clear(start..<start + layout.symbolByteCount)
      assembler.withPacket(Self.sequence(ofRow: row, of: slot)) { rest in
        guard rest.byteCount + ParityPayload.lengthByteCount <= layout.symbolByteCount else {
          fits = false
          return
        }
        bytes.storeBigEndian(UInt16(rest.byteCount), at: start)
        bytes.copy(rest, at: start + ParityPayload.lengthByteCount)
      }
    }
    // A parity symbol is as long as the longest packet: a longer one is not of this block.
    guard fits else { return false }
    for (index, place) in zip(self.parity, self.parityPlaces) {
      let symbol = place * ErasureLayout.rowByteCount
      bytes.copy(
        self.symbols.octets.extracting(symbol..<symbol + layout.symbolByteCount),
        at: layout.start(ofRow: layout.sourceCount + index)
      )
    }
    self.code.rebuild(&bytes, layout: layout, missing: self.missing, parity: self.parity)
    return true
  }

  private mutating func deliver(
    _ slot: Slot,
    to assembler: inout FrameAssembler,
    made: inout [Int64],
    now: Instant
  ) {
    var (held, rows): ([UInt8], [UInt8]) = ([], [])
    swap(&held, &self.packet)
    swap(&rows, &self.rows)
    for row in self.missing {
      let start = row * ErasureLayout.rowByteCount
      let symbol = rows.octets.extracting(start..<start + slot.payload.symbol.count)
      let byteCount = Int(symbol.bigEndian(at: 0, as: UInt16.self))
      guard byteCount <= symbol.byteCount - ParityPayload.lengthByteCount else { continue }
      let sequence = Self.sequence(ofRow: row, of: slot)
      var span = held.mutableSpan
      // SAFETY: any byte is a valid `UInt8`.
      var bytes = unsafe span.mutableBytes
      RTPHeader(
        marker: sequence == slot.firstSequence + Int64(slot.payload.packetCount) - 1,
        payloadType: .video(slot.codec),
        sequenceNumber: SequenceNumber(rawValue: UInt16(truncatingIfNeeded: sequence)),
        timestamp: slot.timestamp,
        ssrc: self.ssrc,
        hasExtension: true
      ).serialize(into: &bytes)
      let from = ParityPayload.lengthByteCount
      bytes.copy(symbol.extracting(from..<from + byteCount), at: RTPHeader.fixedByteCount)
      let packet = held.octets.extracting(0..<RTPHeader.fixedByteCount + byteCount)
      // A host that makes parity of anything but its packets gets nothing for it.
      guard let header = try? RTPHeader(parsing: packet) else { continue }
      let refused = assembler.counts.refusedPackets
      assembler.insert(packet, payload: header.payload, header: header, sequence: sequence, isRepair: true, now: now)
      if assembler.counts.refusedPackets == refused { made.append(sequence) }
    }
    swap(&held, &self.packet)
    swap(&rows, &self.rows)
  }

  private mutating func forget(_ slot: Slot, from place: Int) {
    for other in place..<Self.capacity where Self.areOfOneBlock(self.slots[other], slot) { self.slots[other] = nil }
  }

  private static func sequence(ofRow row: Int, of slot: Slot) -> Int64 {
    slot.firstSequence + Int64(slot.payload.block) + Int64(row * Int(slot.payload.blockCount))
  }
}
