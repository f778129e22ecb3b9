import DatagramIO
import MediaUnits
import PixelConversion
import Presentation
import Transport

/// Pictures in the terminal that the player was started from; keys from it.
final class TerminalOutput: PictureOutput {
  private let presenter: TerminalPresenter
  private let picture: PixelBuffer
  private let scaled: PixelBuffer

  init(size: PictureSize) throws {
    let capability = TerminalCapability.detect(input: 0, output: 1, timeout: .milliseconds(200))
    self.presenter = try TerminalPresenter(input: 0, output: 1, capability: capability)
    self.picture = PixelBuffer(size: size)
    self.scaled = PixelBuffer(size: size)
  }

  var inputDescriptor: Int32? { 0 }
  var inputDeadline: Instant? { self.presenter.inputDeadline }

  func show(_ picture: I420View, frame: ReceivedFrame, decodedAt: Instant) throws {
    self.picture.resize(to: picture.size)
    self.scaled.resize(to: self.presenter.pictureSize(for: picture.size))
    PixelConversion.convert(picture, to: self.picture.view)
    PixelConversion.scale(self.picture.view, to: self.scaled.view)
    self.presenter.present(self.scaled.view)
  }

  func handleInput(link: PlayerLink) throws {
    self.presenter.readInput(now: .now)
    while let output = self.presenter.nextInput(now: .now) {
      switch output {
      case .input(let input): link.send(input)
      case .quit: link.finish(.finished)
      }
    }
  }

  func finish() throws {
    self.presenter.close()
  }
}
