internal import MediaUnits
internal import Transport

/// The words of a trace, as people are told them.
enum TraceWords {
  static func skip(_ reason: String) -> String {
    guard let reason = ControlTrace.Plan.Reason(rawValue: reason) else { return reason }
    return switch reason {
    case .fits: "fits the path"
    case .overdue: "a picture was overdue"
    case .keyframe: "a key frame was wanted"
    case .probe: "to probe the path"
    case .outstanding: "too much under way"
    case .queue: "a queue at the bottleneck"
    case .outage: "the path was silent"
    case .pacer: "packets still waited at the host"
    case .encoder: "the encoder was busy"
    case .decoder: "the player's decoder was slow"
    case .budget: "the budget was too small for a picture"
    }
  }

  static func rate(_ reason: String) -> String {
    guard let reason = ControlTrace.Rate.Reason(rawValue: reason) else { return reason }
    return switch reason {
    case .start: "first rate"
    case .idle: "the path had room"
    case .busy: "the path was too busy"
    case .queue: "a queue at the bottleneck"
    case .loss: "loss"
    case .marks: "marks of the network"
    case .outage: "the path fell silent"
    case .healed: "the path came back"
    case .limit: "the session's limit"
    case .decoder: "the player's decoder"
    case .encoder: "the encoder"
    }
  }

  static func repair(_ action: String) -> String {
    guard let action = ControlTrace.Repair.Action(rawValue: action) else { return action }
    return switch action {
    case .resend: "sent again"
    case .late: "too late to send again"
    case .refuse: "not sent again"
    case .parity: "parity sent along"
    case .keyframe: "key frame"
    case .refresh: "picture drawn anew in parts"
    }
  }

  static func change(_ reason: String) -> String {
    guard let reason = ControlTrace.Change.Reason(rawValue: reason) else { return reason }
    return switch reason {
    case .wish: "the player asked for it"
    case .path: "what the path carries"
    case .decoder: "the player's decoder"
    }
  }

  /// Picture, frame rate and codec.
  static func stream(_ change: ControlTrace.Change) -> String {
    Self.stream(change.picture, frameRate: change.frameRate, codec: change.codec.description)
  }

  static func stream(_ picture: PictureSize, frameRate: Int, codec: String) -> String {
    "\(picture.width) × \(picture.height) at \(frameRate) Hz, \(codec)"
  }

  static func mode(_ mode: ControlTrace.Mode) -> String {
    switch mode {
    case .starting: "starting: the path's first measurements"
    case .tracking: "tracking: keeps the path busy for its share of each frame"
    case .draining: "draining: lets a queue run dry"
    case .competing: "competing: beside a flow that keeps the queue full"
    case .outage: "outage: nothing comes back"
    }
  }
}
