public import ArgumentParser
internal import MediaUnits
public import NetworkTrials

@main
struct NetworkTrialsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network-trials",
    abstract: "Runs Martlet and rivals over recorded and made-up networks, in virtual time.",
    discussion: """
      Every sender sends 60 frames a second with the same modelled encoder and, but for rs-20, sound beside them. Paths
      have 16 ms (Ethernet), 18 ms (Wi-Fi) or 20 ms (cellular) of round trip, a queue of 300 kB that drops at its tail, and
      the trace's losses both ways, feedback included, in bursts of three on average within a row of 15 ms.

      traces  age of the newest frame that can be shown, sampled every millisecond over all traces of a family; frames
              that came after 100 ms, never came, or were skipped; use of what the path offered up to 50 Mbit/s
      loss    the same losses at 100 Mbit/s and pictures of 26.5 Mbit/s: frames that cannot be shown within 50 ms (and
              within 50 ms and the way), and what was sent on top of the media
      share   two flows, of which one comes 5 s later, share 30 Mbit/s and 20 ms for 60 s: what each gets of its fair
              share, and the frames' delay
      step    from 50 to 12 Mbit/s at once: how long the queue stays above one frame

      Senders: martlet (both ends as shipped), gcc (Google's congestion control, which probes
      after large drops), gcc-eager (and every five seconds), fixed (10 Mbit/s), rs-20 (fixed rate, 20 %
      Reed-Solomon). The same seed gives the same figures.

      Exit status: 0 when every goal that was tried is met, 1 when one is missed, 70 when nothing could be run.
      """
  )

  enum Part: String, CaseIterable, ExpressibleByArgument { case traces, loss, share, step }

  @Option(help: "A folder of traces, unpacked. Without one, the parts that need traces are skipped.")
  var traces: String?
  @Option(help: "Run this part only; may be given again.")
  var only: [Part] = []
  @Option(help: "Run this sender only; may be given again.")
  var sender: [PictureSender] = []
  @Option(help: "Run traces of this family only; may be given again.")
  var family: [Family] = []
  @Option(help: "Run this trace only, such as wifi-5; may be given again.")
  var trace: [String] = []
  @Option(help: "How much of each trace to run; 0 for all of it.")
  var seconds = 60.0
  @Option(help: "Where chance starts.")
  var seed: UInt64 = 1
  @Option(help: "How many runs go at once; 0 for as many as there are processors.")
  var jobs = 0
  @Flag(help: "Print the figures as JSON.")
  var json = false

  func validate() throws {
    guard self.seconds >= 0 else { throw ValidationError("--seconds must not be negative") }
    guard self.jobs >= 0 else { throw ValidationError("--jobs must not be negative") }
  }

  func run() async throws {
    let parts = self.only.isEmpty ? Part.allCases : self.only
    var report = Report(seed: self.seed)
    let pool = Pool(count: self.jobs)
    if parts.contains(.traces) || parts.contains(.loss) {
      let files = try TraceFile.all(in: self.traces).filter { file in
        (self.family.isEmpty || self.family.contains(file.family))
          && (self.trace.isEmpty || self.trace.contains(file.name))
      }
      if files.isEmpty {
        Progress.say(
          "network-trials: no such traces (set MARTLET_TRACES to their folder); the parts that need them are skipped"
        )
      } else {
        if parts.contains(.traces) {
          report.traces = await TraceReport.measure(files, self.senders(but: .reedSolomon), self.options, pool)
        }
        if parts.contains(.loss) {
          report.loss = await LossReport.measure(files, self.senders(but: .fixed), self.options, pool)
        }
      }
    }
    if parts.contains(.share) {
      report.share = await ShareReport.measure(self.senders(but: .fixed), self.options, pool)
    }
    if parts.contains(.step) { report.step = await StepReport.measure(self.senders(but: .fixed), self.options, pool) }
    print(self.json ? try report.json() : report.text())
    if report.isEmpty { throw ExitCode(70) }
    if !report.missed.isEmpty { throw ExitCode(1) }
  }

  private var options: RunOptions { RunOptions(seconds: self.seconds, seed: self.seed) }

  private func senders(but other: PictureSender) -> [PictureSender] {
    PictureSender.allCases.filter { (self.sender.isEmpty || self.sender.contains($0)) && $0 != other }
  }
}

struct RunOptions: Sendable {
  /// 0 for the whole.
  var seconds: Double
  var seed: UInt64
}

extension PictureSender: ExpressibleByArgument {}
