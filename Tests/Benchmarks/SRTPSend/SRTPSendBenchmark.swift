import DatagramIO

/// What a host's network thread pays per packet of 1,200 bytes, on loopback to a thread that drains the socket.
///
/// At 20 Mbit/s a player, 1 Gbit/s is 50 players. The receiving half of the kernel's work runs on the sender's core too,
/// as it would not on a network card.
@main
enum SRTPSendBenchmark {
  private static let packetCount = 200_000
  private static let repetitions = 7

  static func main() throws {
    let drain = try Drain()
    let thread = drain.start()
    let loops = try PacketLoops(packetCount: self.packetCount, destination: drain.address)
    let variants: [(name: String, run: () -> Void)] = [
      ("protect + segmented send (ours)", loops.protectAndSendSegmented),
      ("segmented send, no cipher", loops.sendSegmented),
      ("protect + sendto each (ours)", loops.protectAndSendEach),
      ("sendto each, no cipher", loops.sendEach),
      ("protect only (ours)", loops.protect),
      ("protect only (libsrtp, in place)", loops.protectWithLibSRTP),
    ]
    var measurements = [[Measurement]](repeating: [], count: variants.count)
    for repetition in 0...self.repetitions {
      for (index, variant) in variants.enumerated() {
        let measurement = Measurement(packetCount: self.packetCount, variant.run)
        // The first round warms caches, sockets and the cipher.
        if repetition > 0 { measurements[index].append(measurement) }
      }
    }
    drain.stop()
    thread.join()

    print("\(self.packetCount) packets of 1200 bytes, median of \(self.repetitions) runs, Gbit/s")
    print(self.row("", ["wall", "min", "max", "per CPU-s", "allocations", "bytes kept"]))
    for (variant, runs) in zip(variants, measurements) {
      let wall = runs.map(\.gigabitsPerSecond).sorted()
      let processor = runs.map(\.gigabitsPerProcessorSecond).sorted()
      let rates = [wall[wall.count / 2], wall[0], wall[wall.count - 1], processor[processor.count / 2]]
      let costs = [runs.map(\.allocationCount).max() ?? 0, runs.map(\.allocatedByteChange).max() ?? 0]
      print(self.row(variant.name, rates.map { "\(($0 * 100).rounded() / 100)" } + costs.map { "\($0)" }))
    }
    print("batched: \(loops.socket.counters)")
    print("sendto failed: \(loops.plainFailures); received: \(drain.received)")
  }

  private static func row(_ name: String, _ columns: [String]) -> String {
    func padded(_ text: String, _ count: Int) -> String {
      text + String(repeating: " ", count: max(1, count - text.count))
    }
    return padded(name, 34) + columns.map { padded($0, 12) }.joined()
  }
}
