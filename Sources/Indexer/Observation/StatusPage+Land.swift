extension StatusPage {
  /// Where there is land: a line for each two degrees of latitude from 84° north, and in it each stretch of land as the
  /// column of two degrees at which it starts, from 180° west, and how many columns it has, in base 36.
  ///
  /// - Source: computed from Natural Earth's 1:110 m countries, which are in the public domain.
  private static let landRows = """
    1b.1 1d.a 1v.b
    16.15 2s.2 36.1 3s.3
    11.3 15.c 1i.q 2o.7 3t.5
    t.3 z.1 14.1 16.2 19.6 1i.r 2p.2 3e.2 3w.6
    w.5 14.1 16.1 18.6 1p.j 3a.4 3p.e 4f.3 4j.2
    s.6 10.2 13.5 19.7 1q.h 38.2 3h.1 3m.o 4g.3
    0.1 a.4 s.1 v.7 14.1 16.2 19.a 1q.h 2u.3 38.2 3f.1b 4z.1
    0.1 7.w 14.2 17.3 1b.2 1g.4 1r.f 2q.b 38.1 3b.1p
    0.4 8.15 1h.6 1r.a 2p.e 34.1w
    1.3 6.14 1b.2 1f.7 1s.6 26.5 2n.6 2u.26
    4.1 8.11 1b.1 1i.4 1t.4 2l.7 2t.27
    7.10 1f.4 1u.3 2k.7 2t.1w 4q.6
    9.4 e.1 k.n 1f.5 1l.1 2l.6 2u.1t 4q.1
    a.2 d.1 n.n 1f.8 2f.2 2m.1 2o.2 2t.1n 4o.4
    8.1 o.p 1f.a 2e.4 2m.3 2q.1 2s.1m 4o.3
    p.o 1e.c 2d.2 2g.3 2k.1y 4o.2
    q.10 2f.23
    r.v 1p.2 2g.20 4h.1
    s.u 1r.1 2h.1y 4h.1
    s.v 2h.7 2p.8 2z.1 31.5 37.17
    s.r 2d.8 2n.2 2q.6 32.4 38.15 4g.2
    s.r 2d.6 2m.1 2o.j 39.12 4g.1
    s.p 2d.5 2q.1 2s.2 2v.c 39.w 48.2 4g.1
    t.n 2e.3 2j.5 2p.1 2w.1b 49.2 4e.3
    u.m 2f.8 2u.1 2y.1 30.16 49.1 4c.4
    v.j 2e.b 2s.1 2z.18 4b.2
    w.i 2d.e 2s.1f
    y.9 1c.2 2d.t 37.10
    x.1 z.7 1d.1 2b.o 30.7 39.x
    y.1 10.5 2a.y 39.1 3c.u
    11.4 1c.2 2a.q 31.b 3g.o 46.1
    11.5 19.2 1f.2 29.s 32.9 3h.9 3s.8 41.1
    12.4 18.2 1h.2 2a.r 32.9 3i.6 3t.6 40.1
    14.6 2a.s 33.6 3i.5 3t.7 46.1
    18.4 29.t 33.5 3j.3 3v.6 46.1
    19.3 29.w 3j.3 3v.6 46.2
    1b.1 1g.5 2a.y 3k.2 3v.1 3y.2 47.2
    1c.c 2b.w 3k.1 3m.1 3v.1 3y.1 48.1
    1f.a 2c.v 3m.1 3w.1 44.1 48.1
    1f.d 2d.5 2l.l 3u.1 3w.2 43.3
    1f.e 2n.i 3v.1 3x.1 42.3
    1e.f 2m.i 3v.3 40.5 46.1 49.1
    1d.i 2m.h 3w.2 41.4 46.1 4b.2
    1e.k 2n.f 3x.2 41.3 45.2 4a.1 4c.6
    1d.n 2o.e 3y.1 47.1 4e.5 4l.1
    1e.n 2o.e 3z.3 4f.5 4o.1
    1e.n 2o.e 43.3 48.1 4g.2 4j.2 4q.1
    1f.l 2p.d
    1g.j 2o.f 36.1 4b.3 4h.1
    1g.j 2o.e 36.1 48.6 4h.2 4t.1
    1i.h 2o.e 34.3 47.c 4z.1
    1j.f 2o.c 34.3 47.d
    1j.f 2p.b 34.2 44.h 4s.1
    1j.e 2p.b 34.2 43.i
    1i.c 2p.a 34.1 43.j
    1i.c 2p.a 43.k
    1i.b 2q.8 43.k
    1i.b 2r.6 44.j
    1i.a 2r.5 44.5 4d.9
    1i.7 1q.1 44.1 4f.6 4w.1
    1h.9 4g.5 4x.1
    1h.8 4h.1 4x.2
    1h.6 4i.2 4w.2
    1h.5 4j.1 4v.2
    1g.5 4u.2
    1g.5 4u.1
    1g.4 3g.1
    1g.4 1o.1
    1h.3
    1i.2
    """

  /// The land as one SVG path in units of two degrees; a dash pattern makes it dots.
  static let landPath: String = {
    var path = ""
    for (row, line) in Self.landRows.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      for stretch in line.split(separator: " ") {
        let numbers = stretch.split(separator: ".").compactMap { Int($0, radix: 36) }
        guard numbers.count == 2 else { preconditionFailure("a stretch of land is a column and a length") }
        path += "M\(numbers[0]).5 \(row).5h\(numbers[1] - 1).01"
      }
    }
    return path
  }()
}
