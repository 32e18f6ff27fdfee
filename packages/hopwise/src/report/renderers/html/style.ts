/** The page's only style sheet: light and dark by the reader's setting, everything unfolded on paper. */
export const STYLE = `
:root { color-scheme: light dark;
  --ground: light-dark(#ffffff, #14171c); --panel: light-dark(#f4f5f7, #1d222a); --ink: light-dark(#1b1f24, #e4e7eb);
  --quiet: light-dark(#57606a, #9aa4b2); --rule: light-dark(#d5d9df, #343b46);
  --ok: light-dark(#1a7f37, #4cc46a); --broken: light-dark(#c1121f, #ff7b72); --doubt: light-dark(#8a5a00, #e3b341); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.35rem; line-height: 1.35; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h2 small, .quiet { color: var(--quiet); font-weight: normal; }
p { margin: .3rem 0; }
code, pre { font-family: ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace; font-size: .875em; }
pre code { font-size: inherit; }
pre { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: .6rem .8rem; margin: .4rem 0; white-space: pre-wrap; }
header { border-left: 6px solid var(--doubt); padding: .2rem 0 .2rem 1rem; }
header.failing { border-color: var(--broken); } header.healthy { border-color: var(--ok); }
.mark { font-weight: bold; } .ok { color: var(--ok); } .broken { color: var(--broken); }
.suspect, .unknown { color: var(--doubt); }
.rail li { color: var(--ink); } .rail li.unreached, .unreached { color: var(--quiet); }
.rail { display: flex; flex-wrap: wrap; list-style: none; margin: 1.5rem 0 0; padding: 0; row-gap: .8rem; }
.rail li { display: flex; flex-direction: column; align-items: center; position: relative; padding: 0 1.1rem; }
.rail li + li::before { content: ''; position: absolute; left: -.8rem; top: .75rem; width: 1.6rem; border-top: 2px solid var(--rule); }
.rail li.after-cut::before { border-top: 2px dashed var(--broken); }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--rule); }
th { color: var(--quiet); font-weight: normal; width: 7rem; }
td.place { color: var(--quiet); text-align: right; padding-right: 0; width: 26%; }
td.number { width: 1%; white-space: nowrap; }
blockquote { margin: .2rem 0; padding-left: .6rem; border-left: 2px solid var(--rule); color: var(--quiet); }
details { margin: .5rem 0; } summary { cursor: pointer; } details details { margin-left: 1rem; }
footer { margin-top: 2.5rem; padding-top: .6rem; border-top: 1px solid var(--rule); color: var(--quiet); font-size: .875rem; }
@media print {
  :root { color-scheme: light; } body { font-size: 11pt; } main { max-width: none; padding: 0; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  h2, tr, pre { break-inside: avoid; } h2 { break-after: avoid; }
}
`;
