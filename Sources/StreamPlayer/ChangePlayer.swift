import DatagramIO
import MediaUnits
import Presentation
import Synchronization

/// Asks for planned changes of the stream, their time counted from the first picture.
struct ChangePlayer {
  let changes: [PlannedChange]
  let link: PlayerLink

  func run() {
    while !self.link.hasPicture.load(ordering: .relaxed) {
      guard self.link.waitForEnd(until: .now + .milliseconds(5)) == false else { return }
    }
    let start = Instant.now
    for planned in self.changes.sorted(by: { $0.after < $1.after }) {
      guard self.link.waitForEnd(until: start + planned.after) == false else { return }
      self.link.wish(.change(planned.change))
    }
  }
}
