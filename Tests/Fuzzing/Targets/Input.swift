// Modules: MediaUnits Octets SessionProtocol
// Corpus: input-packet input-acknowledgement
import SessionProtocol

/// Input packets and acknowledgements.
func fuzz(_ input: RawSpan) {
  _ = InputAcknowledgement(parsing: input)
  guard var reader = try? InputPacket.Reader(parsing: input) else { return }
  var count = 0
  while (try? reader.next(in: input)) != nil {
    count += 1
    precondition(count <= InputPacket.maximumEventCount)
  }
}
