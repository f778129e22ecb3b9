import GameStage
import StreamHost

extension GameFile {
  /// What stands for a game where there is none: one picture, no sound, no program that is ever run.
  init(synthetic picture: SyntheticPicture) {
    self.init(name: "synthetic", title: "Synthetic pictures", command: ["none"], directory: "/")
    self.audio = false
    self.picture.sizes = [picture.size]
    self.picture.defaultSize = picture.size
    self.picture.maximumRate = picture.frameRate
    self.picture.defaultRate = picture.frameRate
  }
}
