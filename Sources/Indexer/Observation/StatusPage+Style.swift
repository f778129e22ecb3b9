extension StatusPage {
  /// Nearer bands are darker in the light and lighter in the dark, for those who do not tell hues apart.
  static let style = #"""
    :root{color-scheme:light dark;--bg:#f5f4f0;--card:#fff;--ink:#182026;--soft:#59636e;--rule:#dddcd6;--land:#cfd2cf;
    --accent:#0b6e66;--warm:#a8540f;--bad:#b3261e;--badbg:#fdecea;
    --b0:#00796b;--b1:#2673b8;--b2:#6c56b8;--b3:#a8487f;--b4:#77736b}
    @media(prefers-color-scheme:dark){:root{--bg:#101417;--card:#181e22;--ink:#e9eef0;--soft:#a3adb5;--rule:#2c353b;
    --land:#3b454b;--accent:#4fd1c0;--warm:#f2a65e;--bad:#ff8f86;--badbg:#3a1a18;
    --b0:#3fd6bf;--b1:#6cb2f2;--b2:#a897f5;--b3:#ec8fc0;--b4:#a39e94}}
    *{box-sizing:border-box}
    [hidden]{display:none!important}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0;background:var(--bg);color:var(--ink);
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;
    font-variant-numeric:tabular-nums}
    header,main,footer{max-width:1280px;margin:0 auto;padding:0 28px}
    header{display:flex;justify-content:space-between;align-items:center;gap:16px;padding-top:20px;padding-bottom:4px}
    .name{display:flex;align-items:center;gap:10px;margin:0;font-weight:600;letter-spacing:.01em}
    .name svg{width:30px;height:30px;fill:var(--accent)}
    .live{margin:0;color:var(--soft);font-size:13px;display:flex;align-items:center;gap:8px}
    .live::before{content:"";width:9px;height:9px;border-radius:50%;background:var(--land)}
    .live[data-state=live]::before{background:var(--accent)}
    .live[data-state=lost]::before{background:var(--bad)}
    h1{font-size:clamp(20px,2.2vw,26px);line-height:1.3;font-weight:600;letter-spacing:-.01em;margin:14px 0 20px;
    text-wrap:balance}
    h2{font-size:14px;font-weight:600;margin:0}
    main:focus{outline:none}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
    a{color:var(--accent)}
    .skip{position:absolute;left:-9999px;top:8px;background:var(--card);padding:8px 14px;z-index:2}
    .skip:focus{left:8px}
    .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;margin:0}
    .note,.alarm{
    margin:0 0 16px;padding:10px 14px;border-radius:8px;border:1px solid var(--rule);background:var(--card)}
    .alarm{background:var(--badbg);border-color:var(--bad);color:var(--ink)}
    .grid{display:grid;grid-template-columns:minmax(0,2.15fr) minmax(290px,1fr);gap:16px;align-items:stretch}
    .card{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:16px 18px;min-width:0}
    .charts{display:grid;gap:16px;grid-auto-rows:minmax(165px,auto);align-self:start}
    .charts .card{display:flex;flex-direction:column;padding:12px 18px 10px}
    .stale .card{filter:grayscale(1)}
    .head{display:flex;justify-content:space-between;align-items:center;flex-wrap:wrap;gap:6px 16px;margin-bottom:10px}
    .pick{margin:0;font-size:13px;color:var(--soft)}
    select{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--soft);border-radius:7px;
    padding:5px 8px;min-height:32px;max-width:100%}
    .world{position:relative;margin:0 -6px}
    .world svg{display:block;width:100%;height:auto;overflow:visible;touch-action:manipulation}
    .world.ready svg{cursor:crosshair}
    .land,#bands path{fill:none;stroke-width:.66;stroke-linecap:round;stroke-dasharray:0 1;stroke:var(--land)}
    #bands path{opacity:.42}
    .s0{stroke:var(--b0)!important}.s1{stroke:var(--b1)!important}.s2{stroke:var(--b2)!important}
    .s3{stroke:var(--b3)!important}.s4{stroke:var(--b4)!important}
    .f0{fill:var(--b0)}.f1{fill:var(--b1)}.f2{fill:var(--b2)}.f3{fill:var(--b3)}.f4{fill:var(--b4)}
    #hosts circle{stroke:var(--card);stroke-width:1.5px;vector-effect:non-scaling-stroke;cursor:pointer}
    #hosts circle.full{fill:var(--card);stroke-width:2.5px}
    #hosts circle.gone{opacity:.4}
    #hosts circle:focus-visible,#hosts circle.on{outline:none;stroke:var(--ink);stroke-width:3px}
    #here circle{fill:none;stroke:var(--ink);stroke-width:2px;vector-effect:non-scaling-stroke;pointer-events:none}
    #here line{stroke:var(--ink);stroke-width:2px;vector-effect:non-scaling-stroke;pointer-events:none}
    #here g:focus-visible{outline:none}
    #here g:focus-visible circle,#here g:focus-visible line{stroke:var(--accent);stroke-width:4px}
    .tip{position:absolute;margin:0;
    padding:8px 11px;background:var(--ink);color:var(--bg);border-radius:8px;font-size:13px;
    line-height:1.4;pointer-events:none;width:max-content;max-width:min(250px,80%);z-index:1}
    .tip b{display:block;font-weight:600}
    .empty{position:absolute;inset:0;margin:auto;width:fit-content;height:fit-content;max-width:90%;padding:14px 20px;
    text-align:center;background:var(--card);border:1px solid var(--rule);border-radius:10px}
    code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.92em}
    .legend{list-style:none;display:grid;grid-template-columns:repeat(5,1fr);gap:8px;margin:12px 0 8px;padding:0;
    font-size:13px}
    .legend li{border-top:4px solid;padding-top:5px;line-height:1.35}
    .legend b{display:block;font-weight:600}.legend span{color:var(--soft)}
    .k0{border-color:var(--b0)!important}.k1{border-color:var(--b1)!important}.k2{border-color:var(--b2)!important}
    .k3{border-color:var(--b3)!important}.k4{border-color:var(--b4)!important}
    .fine{margin:6px 0;color:var(--soft);font-size:13px;max-width:74ch}
    details{margin-top:6px}
    summary{cursor:pointer;font-size:14px;padding:5px 0;color:var(--accent);width:fit-content}
    .scroll{overflow:auto;max-height:340px}
    table{border-collapse:collapse;width:100%;font-size:13px}
    th,td{padding:6px 10px;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}
    th:first-child,td:first-child{text-align:left;padding-left:0}
    th{font-weight:500;color:var(--soft);position:sticky;top:0;background:var(--card)}
    td:first-child{font-weight:500}
    .big{margin:0;color:var(--soft);font-size:13px;line-height:1.3;display:flex;align-items:baseline;gap:9px;
    flex-wrap:wrap}
    .big b{font-size:27px;line-height:1.15;font-weight:600;color:var(--ink);letter-spacing:-.02em}
    .chart{margin:auto 0 0;padding-top:17px;position:relative;min-height:83px}
    .chart svg{display:block;width:100%;height:48px;overflow:visible}
    .chart .line{fill:none;
    stroke:var(--accent);stroke-width:1.75px;vector-effect:non-scaling-stroke;stroke-linejoin:round}
    .chart .area{fill:var(--accent);opacity:.14}
    .chart .second{stroke:var(--warm);stroke-dasharray:4 3}
    .chart .base,.chart .top{stroke:var(--rule);stroke-width:1px;vector-effect:non-scaling-stroke}
    .chart .cross{stroke:var(--soft);stroke-width:1px;vector-effect:non-scaling-stroke}
    .chart .ends{display:flex;justify-content:space-between;font-size:12px;line-height:18px;color:var(--soft)}
    .chart .max{position:absolute;right:0;top:0;font-size:12px;line-height:16px;color:var(--soft)}
    .chart .none{position:absolute;inset:30px 0 auto;text-align:center;color:var(--soft);font-size:13px}
    .left{display:flex;flex-direction:column;gap:16px;min-width:0}.left .card:last-child{flex:1}
    .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:12px 20px;margin:10px 0 0}
    .facts dt{font-size:13px;color:var(--soft)}
    .facts dd{margin:0;font-weight:600}
    footer{padding-top:22px;padding-bottom:36px;font-size:13px;color:var(--soft)}
    @media(max-width:900px){.grid{grid-template-columns:minmax(0,1fr)}
    .charts{align-self:auto;grid-template-columns:repeat(auto-fit,minmax(270px,1fr))}}
    @media(max-width:560px){header,main,footer{padding-left:14px;padding-right:14px}
    .card{padding:14px}
    .charts{gap:10px;grid-auto-rows:auto;grid-template-columns:minmax(0,1fr)}.charts .card{padding:12px 14px 8px}
    .legend{grid-template-columns:repeat(2,1fr)}
    .pick{flex-basis:100%;display:flex;align-items:center;gap:8px}.pick select{flex:1;min-height:44px}
    summary{padding:10px 0}th,td{padding:6px 7px}}
    @media(prefers-reduced-motion:no-preference){.live[data-state=live]::before{animation:beat 2s ease-in-out infinite}
    @keyframes beat{50%{opacity:.35}}}
    @media(forced-colors:active){.legend li{border-top-color:CanvasText!important}#hosts circle{fill:CanvasText}}
    @media print{body{background:#fff}.card{break-inside:avoid}}
    """#
}
