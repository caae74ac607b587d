/** The look of a report: light or dark by the reader's own setting, dark ink on white paper in print. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--muted:#5d6878;--grid:#e1e5ec;--accent:#3559c7;--second:#c85f14;--third:#2f8f6b;--fourth:#8b5cc7;--fifth:#b8485c;--sixth:#5b7f95;--paper:#fff;--card:#f7f8fb;--good:#17704a;--bad:#b42335}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--muted:#9aa5b5;--grid:#2d3440;--accent:#7f9cf5;--second:#f0954f;--third:#56b894;--fourth:#b592e6;--fifth:#e3808f;--sixth:#8fb0c4;--paper:#12161d;--card:#191e27;--good:#5cc795;--bad:#f0788a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 ui-sans-serif,system-ui,"Segoe UI",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1080px;margin:0 auto;padding:44px 28px 80px}
.kind{margin:0 0 4px;color:var(--muted);font-size:13px;letter-spacing:.04em}
h1{font-size:32px;line-height:1.2;margin:0 0 8px;letter-spacing:-.02em;overflow-wrap:anywhere}
h2{font-size:20px;line-height:1.3;margin:52px 0 12px;letter-spacing:-.01em}
h3{font-size:15px;margin:22px 0 6px;overflow-wrap:anywhere}
p{margin:0 0 12px;max-width:76ch;overflow-wrap:anywhere}
.lead{font-size:18px;margin-bottom:18px}
.muted{color:var(--muted)}
.good{color:var(--good);font-weight:600;white-space:nowrap}
.bad{color:var(--bad);font-weight:600;white-space:nowrap}
dl{margin:0 0 16px}
dl div{display:grid;grid-template-columns:150px minmax(0,1fr);gap:16px;padding:4px 0}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px 0 0}
.tiles div{border-top:2px solid var(--grid);padding:10px 0 0}
.tiles b{display:block;font-size:26px;line-height:1.25;font-weight:620;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles span{color:var(--muted);font-size:13px;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:28px 0 0;padding:10px 0;border-top:1px solid var(--grid);border-bottom:1px solid var(--grid);font-size:14px}
nav a{color:var(--accent);text-decoration:none}
nav a:hover,nav a:focus-visible{text-decoration:underline}
p.verdict{max-width:none;white-space:normal;padding:12px 16px;border-left:4px solid currentColor;background:var(--card);font-size:17px}
p.verdict.none{color:var(--muted)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:16px}
figure{margin:0;padding:16px 18px;border:1px solid var(--grid);border-radius:8px;background:var(--card);break-inside:avoid}
figcaption h3{margin:0}
figcaption p{color:var(--muted);font-size:13px;line-height:1.45;margin:2px 0 10px}
figure svg{display:block;max-width:100%;height:auto;margin:0 auto}
figure svg text{font-family:inherit}
.scroll{overflow-x:auto;margin:0 0 16px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:550;color:var(--muted);font-size:13px;vertical-align:bottom}
tbody th{font-weight:500;overflow-wrap:break-word;max-width:34ch}
td{overflow-wrap:break-word}
td:last-child:not(.n){min-width:20ch}
.n{text-align:right;white-space:nowrap}
thead .n{white-space:normal}
tr.strong{background:var(--card)}
tbody tr.strong td:first-child{box-shadow:inset 3px 0 0 var(--good)}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:0 40px}
code{font:12.5px/1.5 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
td code{white-space:nowrap}
ul{margin:0;padding-left:20px;overflow-wrap:anywhere}
li{margin:0 0 6px;max-width:80ch}
@media(max-width:560px){main{padding:24px 16px 60px}dl div{grid-template-columns:1fr;gap:0}}
@media print{
:root{color-scheme:light}
@page{margin:16mm}
body{font-size:10.5pt}
main{padding:0;max-width:none}
nav{display:none}
h2{margin-top:26px;break-after:avoid}h3{break-after:avoid}
.charts{grid-template-columns:1fr 1fr;gap:10px}
figure{padding:10px 12px}
.scroll{overflow:visible}
table{font-size:8pt}th,td{padding-right:6px}td:last-child:not(.n){min-width:0}td code{white-space:normal}.good,.bad{white-space:normal}
tr{break-inside:avoid}thead{display:table-header-group}
}
`;
