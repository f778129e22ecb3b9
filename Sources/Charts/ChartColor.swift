/// What something is drawn in. Each stands for a variable of ``ChartPage``'s style, so that it suits light, dark and paper.
public enum ChartColor: Hashable, Sendable {
  /// Things of a kind, told apart: 0 … 7, taken again from 0 after that.
  case series(Int)
  /// Steps of a frame's way in their order, 0 … 7; their lightness differs as well as their hue.
  case stage(Int)
  case good
  case warning
  case bad
  /// What is there only to compare with.
  case muted

  /// The class that sets `color`.
  public var styleClass: String {
    switch self {
    case .series(let index): "c\(Self.wrapped(index))"
    case .stage(let index): "s\(Self.wrapped(index))"
    case .good: "good"
    case .warning: "warning"
    case .bad: "bad"
    case .muted: "muted"
    }
  }

  private static func wrapped(_ index: Int) -> Int { (index % 8 + 8) % 8 }
}
