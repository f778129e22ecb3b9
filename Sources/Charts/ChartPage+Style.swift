extension ChartPage {
  /// Colours and shapes of every page. The stages' colours keep their order of lightness, and the series' differ in it,
  /// for those who do not tell hues apart.
  static let baseStyle = """
    :root{--bg:#f7f7f5;--card:#fff;--ink:#1b1f24;--soft:#565e68;--rule:#dcdfe3;--bad:#c0182b;--ok:#8a6d00;--good:#1d7a3e;\
    --s0:#21366b;--s1:#3d5fa8;--s2:#6f9be0;--s3:#0f6b62;--s4:#2fa893;--s5:#9bd6b8;--s6:#a8540f;--s7:#f0b35c;\
    --c0:#1f5fbf;--c1:#b4460b;--c2:#0f7a6c;--c3:#7a3fb0;--c4:#9a6b00;--c5:#c23a7a;--c6:#3a8fc2;--c7:#5c6670}
    @media(prefers-color-scheme:dark){:root{--bg:#14171b;--card:#1d2127;--ink:#eceff3;--soft:#a9b2bd;--rule:#363c45;\
    --bad:#ff6f7d;--ok:#e8c64a;--good:#5fd08a;--s0:#4a66b3;--s1:#6b8fd8;--s2:#a3c4fa;--s3:#1e8a7e;--s4:#4bc4ae;\
    --s5:#b5e8cd;--s6:#cf7a30;--s7:#f7c981;--c0:#7db0ff;--c1:#ff9f63;--c2:#4bc4ae;--c3:#c79bf2;--c4:#e0bb4e;--c5:#ff8fbf;\
    --c6:#8fd0f5;--c7:#aab4bf}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main{max-width:960px;margin:0 auto;padding:32px 24px 64px}
    h1{font-size:30px;line-height:1.2;margin:0 0 6px;overflow-wrap:anywhere}
    h2{font-size:20px;margin:0 0 8px}h3{font-size:16px;margin:20px 0 4px}
    p{margin:0 0 12px;max-width:72ch}
    .kicker{color:var(--soft);font-size:13px;letter-spacing:.08em;text-transform:uppercase;margin-bottom:4px}
    .facts{color:var(--soft)}
    section{margin-top:36px}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;margin-top:22px}
    .card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px}
    .card h2{font-size:14px;font-weight:600;color:var(--soft);margin:0}
    .card p{font-size:14px;color:var(--soft);margin:0}
    .card .value{font-size:34px;line-height:1.25;font-weight:650;color:var(--ink);font-variant-numeric:tabular-nums}
    .card .value span{font-size:15px;font-weight:400;color:var(--soft)}
    svg.chart{display:block;width:100%;height:auto;overflow:visible;margin:10px 0 6px;touch-action:pan-y}
    svg.plot{overflow:hidden}
    .grid{stroke:var(--rule);stroke-width:1}
    .tick{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
    .label{fill:var(--ink);font-size:14px}.strong{font-weight:650}
    .s0{color:var(--s0)}.s1{color:var(--s1)}.s2{color:var(--s2)}.s3{color:var(--s3)}
    .s4{color:var(--s4)}.s5{color:var(--s5)}.s6{color:var(--s6)}.s7{color:var(--s7)}
    .c0{color:var(--c0)}.c1{color:var(--c1)}.c2{color:var(--c2)}.c3{color:var(--c3)}
    .c4{color:var(--c4)}.c5{color:var(--c5)}.c6{color:var(--c6)}.c7{color:var(--c7)}
    .good{color:var(--good)}.warning{color:var(--ok)}.bad{color:var(--bad)}.muted{color:var(--soft)}
    .bar{fill:currentColor}.area{fill:currentColor;opacity:.13}.shade{fill:currentColor;opacity:.22}
    polyline.line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
    .mark{stroke:currentColor;stroke-width:8;stroke-linecap:round;vector-effect:non-scaling-stroke}
    .cursor{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3;visibility:hidden}
    .selection{fill:var(--c0);opacity:.2}
    .legend{font-size:14px;color:var(--soft);display:flex;flex-wrap:wrap;gap:2px 22px;max-width:none;margin:0 0 16px}
    .legend output{color:var(--ink);font-weight:600;font-variant-numeric:tabular-nums}
    .legend .at{margin-left:auto;font-variant-numeric:tabular-nums}
    .key{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:8px;vertical-align:-1px;\
    background:currentColor}
    .key.dot{border-radius:50%}.key.line{height:4px;width:20px;vertical-align:4px}
    .whole{position:fixed;right:20px;bottom:20px;font:inherit;font-weight:600;padding:8px 16px;border-radius:20px;\
    border:1px solid var(--rule);background:var(--card);color:var(--ink);box-shadow:0 2px 10px #0003;cursor:pointer}
    .whole[hidden]{display:none}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
    th,td{padding:6px 10px;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap;vertical-align:top}
    th:first-child{text-align:left;font-weight:500;padding-left:0}
    thead th{color:var(--soft);font-weight:500}
    .prose{text-align:left;white-space:normal;min-width:260px;color:var(--soft)}
    .counts{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:0 32px;font-size:14px;margin:20px 0 0}
    .counts div{display:flex;justify-content:space-between;border-bottom:1px solid var(--rule);padding:5px 0}
    .counts dt{color:var(--soft)}.counts dd{margin:0;font-variant-numeric:tabular-nums}
    @media(max-width:600px){main{padding:20px 14px 48px}.tick{font-size:20px}.label{font-size:22px}\
    .tick.minor{display:none}th,td{padding:6px 5px}thead th{white-space:normal}.prose{min-width:150px}}
    @media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#bbb;--bad:#c0182b;--ok:#8a6d00;--good:#1d7a3e;\
    --s0:#21366b;--s1:#3d5fa8;--s2:#6f9be0;--s3:#0f6b62;--s4:#2fa893;--s5:#9bd6b8;--s6:#a8540f;--s7:#f0b35c;\
    --c0:#1f5fbf;--c1:#b4460b;--c2:#0f7a6c;--c3:#7a3fb0;--c4:#9a6b00;--c5:#c23a7a;--c6:#3a8fc2;--c7:#5c6670}\
    body{font-size:12px}main{max-width:none;padding:0}section{break-inside:avoid}.whole,.onscreen{display:none}\
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
