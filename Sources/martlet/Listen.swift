import Glibc
import PulseAudio
nonisolated(unsafe) var peak = 0
nonisolated(unsafe) var packets = 0
nonisolated(unsafe) var serverName = ""
func listen() {
  var thread = pthread_t()
  pthread_create(&thread, nil, { p in
    do {
      var m = try MonitorCapture(server: serverName)
      let b = UnsafeMutableBufferPointer<Int16>.allocate(capacity: 2 * m.framesPerPacket)
      while true {
        try m.read(into: b)
        packets += 1
        for s in b { peak = max(peak, abs(Int(s))) }
        if packets % 200 == 0 { print("latency", try m.latency()) }
      }
    } catch { print("sound:", error) }
    return nil
  }, nil)
}
