internal import Charts
internal import Transport

extension TracePage {
  /// Lines of what comes with every frame end where there are none.
  private static let longestPause = 0.3

  /// Charts over one time axis.
  static func course(_ course: TraceCourse) -> String {
    guard !course.bitrate.isEmpty || !course.frameBytes.isEmpty || !course.roundTrip.isEmpty else { return "" }
    let parts = [
      Self.rates(course), Self.bytes(course), Self.delays(course), Self.frames(course), Self.repairs(course),
      Self.states(course),
    ]
    return """
      <section><h2>Over time</h2>
      <p>All charts share one time, in seconds since the session began. <i class="key bad"></i>Red shades: nothing came
      back from the player.<span class="onscreen"> Point at a chart to read its values, drag to enlarge a part of the
      time in all of them, and double-click to see all of it again.</span></p></section>
      \(parts.joined(separator: "\n"))
      """
  }

  /// One chart with a heading and what to look for.
  private static func section(
    _ course: TraceCourse,
    _ heading: String,
    _ text: String,
    unit: String,
    height: Double = 180,
    series: [TimeSeriesChart.Series],
    marks: [TimeSeriesChart.Mark] = []
  ) -> String {
    let known = series.filter { !$0.points.isEmpty }
    guard !known.isEmpty else { return "" }
    var chart = TimeSeriesChart(heading, text, unit: unit, series: known)
    chart.height = height
    chart.range = course.range
    chart.marks = marks
    chart.spans = course.outages
    return "<section><h3>\(heading)</h3><p>\(text)</p>\(chart.html)</section>"
  }

  private static func rates(_ course: TraceCourse) -> String {
    Self.section(
      course,
      "Rate",
      """
      What the encoder was told, beside what the path was taken to carry: a good session stays below the shade. Dots are \
      changes of the rate, green up and red down, or of picture, frame rate and codec.
      """,
      unit: "Mbit/s",
      height: 220,
      series: [
        .init("Capacity of the path", .muted, course.capacity, isStepped: true, isFilled: true),
        .init("Arriving", .series(2), course.received, longestPause: Self.longestPause),
        .init("Bit rate", .series(0), course.bitrate, isStepped: true),
      ],
      marks: course.rateMarks + course.changeMarks
    )
  }

  private static func bytes(_ course: TraceCourse) -> String {
    Self.section(
      course,
      "Under way",
      """
      Bytes sent of which nothing is known yet, beside what one frame may take. When more is under way than the budget \
      allows, the next picture is left out.
      """,
      unit: "kB",
      series: [
        .init("Budget of a frame", .muted, course.budget, isStepped: true, isFilled: true),
        .init("Outstanding", .series(1), course.outstanding, isStepped: true),
        .init("Queued at the bottleneck", .series(3), course.queued, isStepped: true),
        .init("Waiting in the pacer", .series(4), course.pacer, isStepped: true),
      ]
    )
  }

  private static func delays(_ course: TraceCourse) -> String {
    Self.section(
      course,
      "Delay of the path",
      "From sending a packet to hearing of it, and how much of that it waited in a queue.",
      unit: "ms",
      series: [
        .init("Round trip", .series(0), course.roundTrip, longestPause: Self.longestPause),
        .init("Wait in queues", .series(1), course.queueDelay, longestPause: Self.longestPause),
      ]
    )
  }

  private static func frames(_ course: TraceCourse) -> String {
    let encoding = Self.section(
      course,
      "Capture and encoding",
      "How long each picture took at the host before it could be sent.",
      unit: "ms",
      height: 110,
      series: [
        .init("Reading the picture", .series(2), course.captureTime, longestPause: Self.longestPause),
        .init("Converting and encoding", .series(5), course.encodeTime, longestPause: Self.longestPause),
      ]
    )
    let sizes = Self.section(
      course,
      "Size of frames",
      "Each frame as it was sent. Dots are key frames.",
      unit: "kB",
      height: 110,
      series: [.init("Frame", .series(0), course.frameBytes, longestPause: Self.longestPause)],
      marks: course.keyframeMarks
    )
    return sizes + encoding
  }

  private static func repairs(_ course: TraceCourse) -> String {
    let lists: [(String, ChartColor, [ChartPoint])] = [
      ("Lost", .bad, course.lost), ("Marked by the network", .warning, course.marked),
      ("Sent again", .series(0), course.resent), ("Parity", .series(2), course.parity),
    ]
    let series = lists.filter { _, _, points in points.contains { $0.y > 0 } }
    guard !series.isEmpty || !course.repairMarks.isEmpty else {
      return "<section><h3>Loss and repair</h3><p>Nothing was lost, and nothing had to be repaired.</p></section>"
    }
    let width = DecimalText.fixed(course.bucketSeconds * 1000, 0)
    return Self.section(
      course,
      "Loss and repair",
      """
      Packets in each \(width) ms. Yellow dots: packets that were asked for and not sent again. Purple dots: a new picture \
      instead of a repair.
      """,
      unit: "packets",
      height: 140,
      series: (series.isEmpty ? [lists[0]] : series).map { name, color, points in
        .init(name, color, points, isStepped: true, isFilled: color == .bad)
      },
      marks: course.repairMarks
    )
  }

  private static func states(_ course: TraceCourse) -> String {
    var lanes: [LaneChart.Lane] = []
    if !course.streams.isEmpty {
      let blocks = course.streams.enumerated().map { index, stream in
        LaneChart.Block(stream.range, .stage(index % 2), stream.text)
      }
      lanes.append(LaneChart.Lane("Picture, frame rate and codec", blocks))
    }
    for reason in ControlTrace.Plan.Reason.allCases {
      let skips = course.skips.filter { $0.reason == reason }
      guard !skips.isEmpty else { continue }
      let name = TraceWords.skip(reason.rawValue)
      lanes.append(
        LaneChart.Lane(
          "Left out: \(name)",
          skips.map { skip in
            LaneChart.Block(
              skip.range,
              .series(1),
              "\(skip.count) \(skip.count == 1 ? "picture" : "pictures") left out: \(name)"
            )
          }
        )
      )
    }
    for (index, mode) in ControlTrace.Mode.allCases.enumerated() {
      let times = course.modes.filter { $0.mode == mode }
      guard !times.isEmpty else { continue }
      let name = TraceWords.mode(mode)
      lanes.append(
        LaneChart.Lane(name.capitalizedFirst, times.map { LaneChart.Block($0.range, .stage(index), name) })
      )
    }
    guard !lanes.isEmpty else { return "" }
    let text = "Which pictures were left out on purpose, what the rate followed, and what was streamed."
    let chart = LaneChart("Decisions", text, range: course.range, lanes: lanes)
    return "<section><h3>Decisions</h3><p>\(text)</p>\(chart.html)</section>"
  }
}
