"""The style sheet: colors of the app, letters of the reader's system, paper and dark screens."""

from __future__ import annotations

from kgrec_core.palette import DARK, LIGHT, Palette

__all__ = ["STYLE"]


def _variables(palette: Palette) -> str:
    values = {
        "ground": palette.background,
        "panel": palette.panel,
        "text": palette.text,
        "muted": palette.muted,
        "grid": palette.grid,
        "accent": palette.accent,
        "good": palette.positive,
        "bad": palette.negative,
        **{f"m-{name}": color for name, color in palette.modalities.items()},
        **{f"s{number}": color for number, color in enumerate(palette.series)},
    }
    return "".join(f"--{name}:{value};" for name, value in values.items())


def _curves() -> str:
    return "".join(f".s{n}{{stroke:var(--s{n});color:var(--s{n})}}" for n in range(7))


def _modalities() -> str:
    return "".join(
        f".m-{name}{{fill:var(--m-{name});stroke:var(--m-{name})}}" for name in LIGHT.modalities
    )


_BASE = """
*{box-sizing:border-box}
html{background:var(--ground);color:var(--text);-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:3rem 1.5rem 5rem;max-width:50rem;font:1rem/1.6 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans","Liberation Sans",sans-serif;
overflow-wrap:anywhere}
h1{font-size:2.1rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}
h2{font-size:1.5rem;line-height:1.25;margin:3.6rem 0 1rem;padding-top:1rem;
border-top:2px solid var(--text)}
h2 .number{color:var(--muted);font-weight:400;margin-right:.35rem}
h3{font-size:1.15rem;line-height:1.3;margin:2.2rem 0 .5rem}
h4{font-size:1rem;line-height:1.35;margin:1.6rem 0 .4rem}
p{margin:.6rem 0;max-width:42rem}
a{color:var(--accent)}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--ground)}
.eyebrow{color:var(--muted);margin:0 0 1.2rem}
.lead{background:var(--panel);border-left:4px solid var(--accent);padding:.9rem 1.3rem;
margin:1.5rem 0}
.lead ol{margin:0;padding-left:1.3rem}.lead li{margin:.45rem 0}
.lead a{font-size:.85rem;white-space:nowrap}
nav ol{columns:2;column-gap:2.5rem;padding-left:1.3rem;margin:.6rem 0}
nav li{padding:.15rem 0}nav a{break-inside:avoid}nav ul{padding-left:1.1rem}
.words{margin:.6rem 0}.pair{display:grid;grid-template-columns:11rem 1fr;gap:.2rem 1rem;
padding:.34rem 0;border-bottom:1px solid var(--grid)}.pair dt{font-weight:500}.pair dd{margin:0}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.4rem,1fr));gap:.9rem 1.4rem;
margin:1.2rem 0}
.facts div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
.facts dt{color:var(--muted);font-size:.85rem;line-height:1.3}
.facts dd{margin:0;font-size:1.3rem;line-height:1.3;font-variant-numeric:tabular-nums}
.note,figcaption,caption,.muted-text{color:var(--muted);font-size:.875rem;line-height:1.5}
.missing{border:1px dashed var(--muted);padding:.6rem .9rem;max-width:none}
.warn{border-left:4px solid var(--bad);padding:.3rem .9rem}
.wide{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4;
font-variant-numeric:tabular-nums}
caption{text-align:left;padding:0 0 .4rem}
th,td{padding:.34rem .7rem .34rem 0;text-align:left;vertical-align:top;
border-bottom:1px solid var(--grid);overflow-wrap:break-word}
tbody th,td:not(.num){overflow-wrap:anywhere}
th:last-child,td:last-child{padding-right:0}
thead th{border-bottom:1px solid var(--muted);vertical-align:bottom}
tbody th{font-weight:500;min-width:8rem}td:not(.num){min-width:5.5rem}
.num{text-align:right;white-space:nowrap}thead .num{white-space:normal;overflow-wrap:normal}
figure{margin:1.4rem 0 .4rem}figcaption{margin-top:.3rem;max-width:42rem}
.drawing{overflow-x:auto;overflow-y:hidden}
details{margin:.4rem 0 1.4rem}summary{cursor:pointer;color:var(--accent);font-size:.875rem}
code,pre{font:.85em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{background:var(--panel);padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
.person{border-top:1px solid var(--grid);margin-top:2.4rem}
.list{padding:0;margin:1rem 0;list-style:none}
.list>li{display:grid;grid-template-columns:2rem 1fr auto;gap:0 .7rem;padding:.6rem 0;
border-bottom:1px solid var(--grid)}
.list .rank{color:var(--muted);font-variant-numeric:tabular-nums}
.list .score{font-variant-numeric:tabular-nums;text-align:right}
.list .title{font-weight:600}
.list ul{grid-column:2/-1;margin:.2rem 0 0;padding:0;list-style:none;font-size:.92rem}
.list ul li{display:grid;grid-template-columns:minmax(4.6rem,max-content) 1fr;gap:.6rem}
.list ul .part{color:var(--muted);font-variant-numeric:tabular-nums;text-align:right;
white-space:nowrap}
.chosen{display:inline-block;border:1px solid var(--m-graph);color:var(--m-graph);
border-radius:.6rem;padding:0 .5rem;font-size:.78rem;font-weight:500;margin-left:.5rem;
white-space:nowrap}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.85rem;color:var(--muted);
margin:.4rem 0;padding:0;list-style:none}
.legend svg{display:inline-block;width:.8rem;
height:.8rem;vertical-align:-.05rem;margin-right:.35rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{fill:var(--text);font-family:inherit;font-size:12.5px}
svg text[font-size]{font-size:11.5px}
svg .muted{fill:var(--muted)}svg .strong{font-weight:600}
svg .number{font-variant-numeric:tabular-nums}
svg .halo{fill:var(--muted);paint-order:stroke;stroke:var(--ground);stroke-width:5px;
stroke-linejoin:round}
.grid{stroke:var(--grid);stroke-width:1}.zero{stroke:var(--text);stroke-width:1}
.link{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 2}
.t-main{stroke:var(--accent);fill:var(--accent)}
.t-plain{stroke:var(--muted);fill:var(--ground)}
.t-good{stroke:var(--good);fill:var(--good)}.t-bad{stroke:var(--bad);fill:var(--bad)}
.t-band{stroke:var(--grid);fill:none}
.dot{stroke-width:2}
.mark{stroke:none;fill:currentColor}
.column{fill:var(--accent)}
.bar{stroke-width:1.5}
.m-score{fill:var(--text);stroke:var(--text)}
.bar.loss{fill:var(--ground)}
.box{fill:var(--ground);stroke:var(--muted);stroke-width:1.5}
.box.item{fill:var(--panel)}.box.goal{stroke:var(--m-graph);stroke-width:2.5}
.way{fill:none;stroke:var(--m-graph);stroke-opacity:.55}
.way.against{stroke:var(--bad);stroke-dasharray:7 4}
.way.tie{stroke:var(--muted);stroke-dasharray:2 4}
"""

_PAPER = """
@page{size:A4;margin:17mm 16mm 19mm;@bottom-right{content:counter(page) " / " counter(pages);
font:9pt system-ui,sans-serif;color:#5B6875}
@bottom-left{font:9pt system-ui,sans-serif;color:#5B6875}}
@media print{
html{font-size:10.2pt}body{padding:0;max-width:none}
h1{font-size:22pt}h2{margin-top:2.6rem}
#data{break-before:page}#data h2{margin-top:0}.pair{padding:.2rem 0}
h2,h3,h4,.legend,caption,thead{break-after:avoid}
caption,figure,tr,.list>li,.lead,.missing,.facts,.pair{break-inside:avoid}
tbody tr:nth-child(-n+2),tbody tr:last-child{break-before:avoid}
.person.drawn{break-before:page;border:0;margin-top:0}.person.first{break-before:auto}
p,figcaption{orphans:3;widows:3;max-width:none}.drawing{overflow:visible}
a{color:inherit;text-decoration:none}
th,td{padding-top:.22rem;padding-bottom:.22rem}.wide{overflow:visible}.skip{display:none}
details::details-content{content-visibility:visible;display:block;block-size:auto}
summary{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
@media screen and (max-width:40rem){body{padding:1.5rem 1rem}nav ol{columns:1}
.drawing svg{width:38rem}
tbody th{min-width:7rem}caption{max-width:calc(100vw - 2rem)}
.num{white-space:normal}.pair{grid-template-columns:1fr}
.drawing+figcaption::before{content:"Scrolls sideways. "}.many{min-width:36rem}
.list>li{grid-template-columns:1.4rem 1fr auto}.list ul{grid-column:1/-1}
.list ul li{grid-template-columns:4.2rem 1fr}}
"""

STYLE = (
    f":root{{color-scheme:light dark;{_variables(LIGHT)}}}"
    f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    f"{_BASE}{_curves()}{_modalities()}.bar.loss{{fill:var(--ground)}}{_PAPER}"
)
