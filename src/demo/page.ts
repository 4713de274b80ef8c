import type { ServerResponse } from 'node:http';
import { type Html, constantMarkup, html } from '../platform/html.ts';

const STYLE = `
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--text:#1a1d23;--quiet:#5b6270;--line:#dfe2e8;--brand:#0b5c4a;--on-brand:#fff;--bad:#a3211b;--bad-tint:#fdf0ee;
font:100%/1.5 ui-sans-serif,system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{--ground:#101216;--card:#191c22;--text:#eceef2;--quiet:#a6adba;--line:#2e333c;--bad:#ffa79f;--bad-tint:#2f1a18}}
.okta{--brand:#1d4ed8}.entra{--brand:#6b21a8}
@media (prefers-color-scheme:dark){.okta{--brand:#3b66e0}.entra{--brand:#8b4fc4}.app{--brand:#7ed9be;--on-brand:#06251d}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);overflow-wrap:anywhere}
main{max-width:26rem;margin:0 auto;padding:2.5rem 1.25rem}
.app main{max-width:44rem}
header{border-top:.375rem solid var(--brand);padding:1rem 1.25rem 0;display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;color:var(--quiet);font-size:.875rem}
header b{color:var(--text);font-size:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:0}h2{font-size:1rem;margin:2rem 0 .5rem}p{margin:.5rem 0 0}
.quiet{color:var(--quiet)}
form{margin:1.5rem 0 0;display:grid;gap:1rem}
label{display:grid;gap:.375rem;font-weight:600;font-size:.9375rem}
input{font:inherit;font-weight:400;color:inherit;background:var(--card);height:2.875rem;padding:0 .875rem;border:1px solid var(--quiet);border-radius:.5rem;width:100%}
.button,button{font:inherit;font-weight:600;display:inline-flex;align-items:center;justify-content:center;min-height:2.875rem;padding:.375rem 1.125rem;border-radius:.5rem;border:1px solid var(--brand);background:var(--brand);color:var(--on-brand);text-decoration:none;cursor:pointer}
.second{background:transparent;color:var(--text);border-color:var(--quiet)}
.row{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
.bad{color:var(--bad);background:var(--bad-tint);padding:.75rem .875rem;border-radius:.5rem;margin-top:1rem}
.table{overflow-x:auto;border:1px solid var(--line);border-radius:.625rem;background:var(--card);margin-top:.75rem}
table{border-collapse:collapse;width:100%;overflow-wrap:break-word;font-size:.9375rem}
th,td{text-align:start;vertical-align:top;padding:.5rem .875rem;border-top:1px solid var(--line)}
tr:first-child>*{border-top:0}th{font-weight:600;width:1%}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.card{background:var(--card);border:1px solid var(--line);border-radius:.875rem;padding:1.5rem;margin-top:1.25rem}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.375rem 1rem;margin:1rem 0 0}dt{color:var(--quiet)}dd{margin:0}
.tag{display:inline-block;white-space:nowrap;padding:.0625rem .625rem;border-radius:1rem;border:1px solid var(--line);background:var(--ground);font-size:.9375rem}
.tags{display:flex;flex-wrap:wrap;gap:.375rem}
.role{background:var(--brand);border-color:var(--brand);color:var(--on-brand);font-weight:600}
.off{text-decoration:line-through;color:var(--quiet)}
ul{margin:0;padding:0;list-style:none}
.ways{display:grid;gap:.75rem;margin-top:1rem}.ways li{display:grid;grid-template-columns:11.5rem 1fr;gap:.25rem 1rem;align-items:center}
summary{cursor:pointer;font-weight:600;margin-top:1.5rem}
pre{overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:.625rem;padding:1rem;font-size:.8125rem}
h2:first-child,dl:first-child{margin-top:0}
@media (max-width:30rem){dl,.ways li{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}.ways{gap:1.25rem}.ways li{gap:.25rem}}
`;

export interface PageFrame {
  readonly title: string;
  /** Whose page it is, told by colour. */
  readonly look: 'app' | 'okta' | 'entra';
  readonly owner: string;
  readonly note: string;
}

/** One page of the demonstration's own servers; the hub's pages are the hub's. */
export function page({ title, look, owner, note }: PageFrame, body: Html): string {
  return String(
    html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><link rel="icon" href="data:,"><style>${constantMarkup(STYLE)}</style></head>
<body class="${look}"><header><b>${owner}</b><span>${note}</span></header><main>${body}</main></body></html>
`,
  );
}

export function sendPage(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' });
  response.end(text);
}
