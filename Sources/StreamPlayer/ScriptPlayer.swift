import DatagramIO
import MediaUnits
import Presentation
import Synchronization

/// Plays an input script, its time counted from the first picture.
struct ScriptPlayer {
  let script: InputScript
  let link: PlayerLink

  func run() {
    while !self.link.hasPicture.load(ordering: .relaxed) {
      guard self.link.waitForEnd(until: .now + .milliseconds(5)) == false else { return }
    }
    let start = Instant.now
    for input in self.script.events {
      guard self.link.waitForEnd(until: start + input.offset) == false else { return }
      self.link.send(input.event)
    }
  }
}
