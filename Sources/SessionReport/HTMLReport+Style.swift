extension HTMLReport {
  /// The stages' colours keep their order of lightness for those who do not tell hues apart.
  static let style = """
    :root{--bg:#f7f7f5;--card:#fff;--ink:#1b1f24;--soft:#565e68;--rule:#dcdfe3;--a:#1f5fbf;--b:#b4460b;--bad:#c0182b;\
    --ok:#8a6d00;--s0:#21366b;--s1:#3d5fa8;--s2:#6f9be0;--s3:#0f6b62;--s4:#2fa893;--s5:#9bd6b8;--s6:#a8540f;--s7:#f0b35c}
    @media(prefers-color-scheme:dark){:root{--bg:#14171b;--card:#1d2127;--ink:#eceff3;--soft:#a9b2bd;--rule:#363c45;\
    --a:#7db0ff;--b:#ff9f63;--bad:#ff6f7d;--ok:#e8c64a;--s0:#4a66b3;--s1:#6b8fd8;--s2:#a3c4fa;--s3:#1e8a7e;--s4:#4bc4ae;\
    --s5:#b5e8cd;--s6:#cf7a30;--s7:#f7c981}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main{max-width:960px;margin:0 auto;padding:32px 24px 64px}
    h1{font-size:30px;line-height:1.2;margin:0 0 6px}
    h2{font-size:20px;margin:0 0 8px}
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
    svg{display:block;width:100%;height:auto;overflow:visible;margin:10px 0 14px}
    .grid{stroke:var(--rule);stroke-width:1}
    .tick{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
    .label{fill:var(--ink);font-size:14px}.strong{font-weight:650}
    .line{fill:none;stroke-width:2.5;stroke-linejoin:round}
    .line.a{stroke:var(--a)}.line.b{stroke:var(--b)}
    .s0{fill:var(--s0);background:var(--s0)}.s1{fill:var(--s1);background:var(--s1)}
    .s2{fill:var(--s2);background:var(--s2)}.s3{fill:var(--s3);background:var(--s3)}
    .s4{fill:var(--s4);background:var(--s4)}.s5{fill:var(--s5);background:var(--s5)}
    .s6{fill:var(--s6);background:var(--s6)}.s7{fill:var(--s7);background:var(--s7)}
    .lost{fill:var(--bad);background:var(--bad)}.repaired{fill:var(--ok);background:var(--ok)}
    .key{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:8px;vertical-align:-1px}
    .key.dot{border-radius:50%;margin-left:10px}
    .key.line{height:4px;width:20px;vertical-align:4px}.key.a{background:var(--a)}.key.b{background:var(--b)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
    th,td{padding:6px 10px;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}
    th:first-child{text-align:left;font-weight:500;padding-left:0}
    thead th{color:var(--soft);font-weight:500}
    .prose{text-align:left;white-space:normal;min-width:260px;color:var(--soft)}
    .counts{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:0 32px;font-size:14px;margin:20px 0 0}
    .counts div{display:flex;justify-content:space-between;border-bottom:1px solid var(--rule);padding:5px 0}
    .counts dt{color:var(--soft)}.counts dd{margin:0;font-variant-numeric:tabular-nums}
    @media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#bbb}body{font-size:12px}
    main{max-width:none;padding:0}section{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
}
