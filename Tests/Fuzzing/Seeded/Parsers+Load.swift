import Foundation
import LoadTest

extension Parser {
  /// What a load test reads: its own results, and the networks that a person asks for.
  static func load() -> [Parser] {
    [
      Parser(name: "load-result", valid: [Array(Self.loadResult.utf8)], longest: 2000) { bytes in
        guard let result = try? LoadResult(parsing: Data(bytes)) else { return false }
        // What was read can be added up, shown and written.
        var sum = result
        for _ in 0..<3 { try? sum.merge(sum) }
        return !sum.text.isEmpty && (try? LoadResult(parsing: Data(sum.json.utf8))) != nil
      },
      Parser(
        name: "load-link",
        valid: [Array("wifi,delay=15ms,burst=0.1%,4,up:loss=5%".utf8), Array("rate=2M,down:outage=10s+2s/30s".utf8)],
        longest: 600
      ) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return (try? LoadConfiguration.Link(parsing: text)) != nil
      },
    ]
  }

  private static let loadResult = #"""
    {"bytesReceived":14655,"decoded":{"failed":0,"skipped":0,"freezeNanoseconds":0,"freezes":0,"late":0,"missing":0,"pic\#
    tures":19,"players":1,"stalled":0,"watchedNanoseconds":281474016},"failures":{},"frameBytes":13091,"fram\#
    es":19,"framesLate":0,"framesMissing":0,"framesSkipped":0,"framesStalled":0,"freezeNanoseconds":0,"freezes":0,"hosts":["h:\#
    1"],"latencies":{"encode":{"histogram":{"buckets":"0:1 890:11","count":12,"maximumNanoseconds":8000,"min\#
    imumNanoseconds":0,"missing":0,"sumNanoseconds":88000}},"frame-gap":{"histogram":{"buckets":"127:1 128:2\#
    ","count":3,"maximumNanoseconds":128,"minimumNanoseconds":127,"missing":1,"sumNanoseconds":383}}},"machi\#
    nes":[{"isLimiting":false,"processorCores":0.07562390828514946,"threadBusyShare":0.04540089420944992}],"\#
    packetsLost":0,"packetsRebuilt":0,"players":1,"playersWithPicture":1,"resumptions":0,"seconds":0.380169098,"series":{"sampl\#
    es":[{"ages":[12,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"bytes":13091,"frames":19,"frozenNanosec\#
    onds":0,"late":0,"missing":0,"packetsLost":0,"players":1}],"secondsPerSample":1},"streams":[{"bitsPerSec\#
    ond":10000000,"decoding":"full","frameRate":60,"hasInput":false,"height":48,"link":"","width":64}],"vers\#
    ion":4,"watchedNanoseconds":275245915}
    """#
}
