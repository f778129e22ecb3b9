import Glibc

func fail(_ message: String, status: Int32) -> Never {
  let line = message + "\n"
  _ = write(2, line, line.utf8.count)
  exit(status)
}

guard let options = Options(CommandLine.arguments.dropFirst()) else { fail(Options.usage, status: 64) }
guard let window = Window(width: options.width, height: options.height) else {
  fail("there is no X display that takes shared memory", status: 1)
}
guard let log = EventLog(path: options.logPath) else { fail("the log cannot be written", status: 1) }
var game = Game(options: options, window: window, log: log)
game.run()
