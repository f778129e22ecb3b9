/// A depth-first search for an order of the operations whose answers are known.
///
/// Operations of unknown outcome and ends of leases are not searched for: they happen at the last moment, when an answer
/// cannot be explained without them. That loses nothing. A session that appears later leaves more room before, and one
/// that ends later can explain every answer that it could have explained by ending earlier.
struct LinearizationSearch {
  /// What is known of one session before the search.
  private struct Session {
    /// Operations that were answered, of this session, as indices into ``steps``.
    var steps: [Int32] = []
    /// When somebody asked for a seat and saw no answer.
    var mayAppearFrom: Int64?
    /// When that seat's lease would be over at the earliest.
    var appearanceEnd: Int64 = .max
    /// When somebody released it and saw no answer.
    var mayVanishFrom: Int64?
  }

  private struct Step {
    var index: Int
    var kind: Kind
    var isDone: Bool
    var invoked: Int64
    var returned: Int64
    /// When a lease that this sets is over, at the earliest.
    var leaseEnd: Int64

    enum Kind {
      case reserve(Int32)
      case extend(Int32)
      case release(Int32)
      case observe([Int32])
    }

    /// Whether its answer says that the session held a seat until then.
    var needsSession: Bool {
      switch self.kind {
      case .extend, .release: self.isDone
      case .reserve, .observe: false
      }
    }
  }

  /// The sequential object and how far the search has come: equal states have equal futures.
  private struct State: Hashable {
    /// Every step before this one is linearized.
    var front: Int32 = 0
    /// Linearized steps behind ``front``, in ascending order.
    var ahead: [Int32] = []
    /// Sessions that hold a seat, in ascending order.
    var live: [Int32] = []
    /// Sessions that came to hold one though nobody saw an answer, in ascending order.
    var appeared: [Int32] = []

    func contains(_ step: Int32) -> Bool { step < self.front || self.ahead.contains(step) }
  }

  private let capacity: Int
  private let slack: Int64
  /// Sessions that nobody saw an answer about, those that may end soonest first. They differ in nothing else.
  private var strangers: [Int32] = []
  /// Other sessions that may appear.
  private var acquaintances: [Int32] = []
  private var sessions: [Session] = []
  /// Ordered by invocation.
  private var steps: [Step] = []

  init(_ history: SeatHistory, slack: Int64) {
    self.capacity = history.capacity
    self.slack = slack
    var numbers: [String: Int32] = [:]
    let order = history.operations.indices.sorted {
      history.operations[$0].invoked < history.operations[$1].invoked
    }
    for index in order { self.add(history.operations[index], at: index, numbers: &numbers) }
    self.sortThoseThatMayAppear()
  }

  private mutating func sortThoseThatMayAppear() {
    var observed: Set<Int32> = []
    for step in self.steps {
      if case .observe(let sessions) = step.kind { observed.formUnion(sessions) }
    }
    for (index, session) in self.sessions.enumerated() where session.mayAppearFrom != nil {
      let isStranger = session.steps.isEmpty && !observed.contains(Int32(index))
      if isStranger { self.strangers.append(Int32(index)) } else { self.acquaintances.append(Int32(index)) }
    }
    let ends = self.sessions.map { min($0.appearanceEnd, $0.mayVanishFrom ?? .max) }
    self.strangers.sort { ends[Int($0)] < ends[Int($1)] }
  }

  private mutating func number(of name: String, in numbers: inout [String: Int32]) -> Int32 {
    if let known = numbers[name] { return known }
    let number = Int32(self.sessions.count)
    numbers[name] = number
    self.sessions.append(Session())
    return number
  }

  private mutating func add(_ operation: SeatOperation, at index: Int, numbers: inout [String: Int32]) {
    let kind: Step.Kind
    var leaseEnd = Int64.min
    switch operation.kind {
    case .reserve(let name, let lease):
      let session = self.number(of: name, in: &numbers)
      leaseEnd = Self.sum(operation.invoked, lease)
      if operation.outcome == .unknown {
        let known = self.sessions[Int(session)].mayAppearFrom ?? .max
        self.sessions[Int(session)].mayAppearFrom = min(known, operation.invoked)
        self.sessions[Int(session)].appearanceEnd = min(self.sessions[Int(session)].appearanceEnd, leaseEnd)
        return
      }
      kind = .reserve(session)
    case .extend(let name, let lease):
      let session = self.number(of: name, in: &numbers)
      // It would only make the session last, which is never needed.
      guard operation.outcome != .unknown else { return }
      leaseEnd = Self.sum(operation.invoked, lease)
      kind = .extend(session)
    case .release(let name):
      let session = self.number(of: name, in: &numbers)
      if operation.outcome == .unknown {
        let known = self.sessions[Int(session)].mayVanishFrom ?? .max
        self.sessions[Int(session)].mayVanishFrom = min(known, operation.invoked)
        return
      }
      kind = .release(session)
    case .observe(let names):
      guard operation.outcome == .done else { return }
      kind = .observe(names.map { self.number(of: $0, in: &numbers) }.sorted())
    }
    let isDone = operation.outcome == .done
    if case .reserve(let session) = kind { self.sessions[Int(session)].steps.append(Int32(self.steps.count)) }
    if case .extend(let session) = kind { self.sessions[Int(session)].steps.append(Int32(self.steps.count)) }
    if case .release(let session) = kind { self.sessions[Int(session)].steps.append(Int32(self.steps.count)) }
    self.steps.append(
      Step(
        index: index,
        kind: kind,
        isDone: isDone,
        invoked: operation.invoked,
        returned: max(operation.invoked, operation.returned),
        leaseEnd: leaseEnd
      )
    )
  }

  private static func sum(_ instant: Int64, _ lease: Int64) -> Int64 {
    let (sum, overflows) = instant.addingReportingOverflow(lease)
    return overflows ? .max : sum
  }

  mutating func run(stateLimit: Int) -> SeatHistory.Verdict {
    var seen: Set<State> = []
    var stack = [State()]
    var deepest: Int32 = 0
    while let state = stack.popLast() {
      guard state.front < self.steps.count else { return .linearizable }
      guard seen.insert(state).inserted else { continue }
      guard seen.count <= stateLimit else { return .undecided }
      deepest = max(deepest, state.front)
      stack.append(contentsOf: self.successors(of: state))
    }
    return .notLinearizable(operation: self.steps[Int(deepest)].index)
  }

  /// Every state that one more linearized step leads to, the most likely last.
  private func successors(of state: State) -> [State] {
    var candidates: [Int32] = []
    // A step that was asked for after another was answered comes after it.
    var bound = Int64.max
    for number in state.front..<Int32(self.steps.count) where !state.ahead.contains(number) {
      let step = self.steps[Int(number)]
      guard step.invoked <= bound else { break }
      bound = min(bound, step.returned)
      candidates.append(number)
    }
    candidates.removeAll { self.steps[Int($0)].invoked > bound }
    candidates.sort { self.steps[Int($0)].returned > self.steps[Int($1)].returned }
    return candidates.flatMap { number in
      self.effects(of: number, on: state, by: bound).map { self.mark(number, in: $0) }
    }
  }

  private func mark(_ number: Int32, in state: State) -> State {
    var state = state
    state.ahead.insert(number, at: state.ahead.firstIndex { $0 > number } ?? state.ahead.endIndex)
    while state.ahead.first == state.front {
      state.ahead.removeFirst()
      state.front += 1
    }
    return state
  }

  /// What the object may be after a step that happened no later than `bound`; empty if the answer cannot be explained.
  private func effects(of number: Int32, on state: State, by bound: Int64) -> [State] {
    let step = self.steps[Int(number)]
    switch step.kind {
    case .reserve(let session):
      guard step.isDone else { return self.full(state, by: bound) }
      guard !state.live.contains(session), !state.appeared.contains(session) else { return [] }
      return self.withRoom(state, by: bound, step: number).map { Self.seating(session, in: $0) }
    case .extend(let session):
      return step.isDone
        ? self.present(session, in: state, by: bound, step: number)
        : self.absent(session, in: state, by: bound, step: number)
    case .release(let session):
      guard step.isDone else { return self.absent(session, in: state, by: bound, step: number) }
      return self.present(session, in: state, by: bound, step: number).map { Self.clearing(session, in: $0) }
    case .observe(let expected):
      var state = state
      for session in state.live where !expected.contains(session) {
        guard self.mayEnd(session, in: state, by: bound, step: number) else { return [] }
        state = Self.clearing(session, in: state)
      }
      for session in expected where !state.live.contains(session) {
        guard self.mayAppear(session, in: state, by: bound) else { return [] }
        state = Self.appearing(session, in: state)
      }
      return state.live.count <= self.capacity ? [state] : []
    }
  }

  // What nobody saw happen.

  private func mayAppear(_ session: Int32, in state: State, by bound: Int64) -> Bool {
    guard let start = self.sessions[Int(session)].mayAppearFrom, start <= bound else { return false }
    return !state.appeared.contains(session) && !state.live.contains(session)
  }

  private func mayEnd(_ session: Int32, in state: State, by bound: Int64, step: Int32) -> Bool {
    let known = self.sessions[Int(session)]
    var end = state.appeared.contains(session) ? known.appearanceEnd : Int64.min
    for number in known.steps {
      if state.contains(number) {
        if self.steps[Int(number)].isDone { end = max(end, self.steps[Int(number)].leaseEnd) }
      } else if number != step, self.steps[Int(number)].needsSession {
        return false
      }
    }
    end = end == .max ? .max : end - self.slack
    return min(end, known.mayVanishFrom ?? .max) <= bound
  }

  private func withRoom(_ state: State, by bound: Int64, step: Int32) -> [State] {
    guard state.live.count >= self.capacity else { return [state] }
    return state.live.filter { self.mayEnd($0, in: state, by: bound, step: step) }
      .map { Self.clearing($0, in: state) }
  }

  private func full(_ state: State, by bound: Int64) -> [State] {
    guard state.live.count < self.capacity else { return [state] }
    // Of strangers the one that may end soonest is as good as any: any order with another becomes one with it.
    let stranger = self.strangers.first { self.mayAppear($0, in: state, by: bound) }
    let known = self.acquaintances.filter { self.mayAppear($0, in: state, by: bound) }
    return (known + (stranger.map { [$0] } ?? [])).flatMap { self.full(Self.appearing($0, in: state), by: bound) }
  }

  private func present(_ session: Int32, in state: State, by bound: Int64, step: Int32) -> [State] {
    if state.live.contains(session) { return [state] }
    guard self.mayAppear(session, in: state, by: bound) else { return [] }
    return self.withRoom(state, by: bound, step: step).map { Self.appearing(session, in: $0) }
  }

  private func absent(_ session: Int32, in state: State, by bound: Int64, step: Int32) -> [State] {
    guard state.live.contains(session) else { return [state] }
    return self.mayEnd(session, in: state, by: bound, step: step) ? [Self.clearing(session, in: state)] : []
  }

  private static func seating(_ session: Int32, in state: State) -> State {
    var state = state
    state.live.insert(session, at: state.live.firstIndex { $0 > session } ?? state.live.endIndex)
    return state
  }

  private static func appearing(_ session: Int32, in state: State) -> State {
    var state = Self.seating(session, in: state)
    state.appeared.insert(session, at: state.appeared.firstIndex { $0 > session } ?? state.appeared.endIndex)
    return state
  }

  private static func clearing(_ session: Int32, in state: State) -> State {
    var state = state
    state.live.removeAll { $0 == session }
    return state
  }
}
