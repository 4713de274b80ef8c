import { createHash } from 'node:crypto';

/**
 * The one stylesheet, sent inside each page and allowed there by its hash: no second request, nothing to cache wrongly.
 * Every pair of text and ground in both palettes has a contrast of at least 4.5 : 1, and every edge of a control 3 : 1
 * (WCAG 2.2, 1.4.3 and 1.4.11).
 */
export const stylesheet = `
:root{color-scheme:light dark;
--ground:#f2f4f1;--card:#fff;--text:#17211d;--quiet:#55615b;--line:#dde3de;--edge:#7d8a83;
--accent:#0b5c4a;--accent-strong:#08473a;--on-accent:#fff;--tint:#e9f2ee;--focus:#0b5c4a;
--problem:#a3211b;--problem-tint:#fdf0ee;
--shadow:0 1px 2px rgb(15 35 28/.06),0 12px 32px -12px rgb(15 35 28/.18);
--radius:.625rem;
font:100%/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Inter,Roboto,"Helvetica Neue","Noto Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{
--ground:#0d1311;--card:#161e1b;--text:#e9efec;--quiet:#a3b0aa;--line:#2a3530;--edge:#74827b;
--accent:#7ed9be;--accent-strong:#a2e6d2;--on-accent:#06251d;--tint:#1b2a25;--focus:#7ed9be;
--problem:#ffa79f;--problem-tint:#2f1a18;
--shadow:none}}
*,*::before,*::after{box-sizing:border-box}
svg{display:block}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--card);color:var(--text);overflow-wrap:anywhere}
.page{min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;padding:1.25rem 1.25rem 1rem}
.masthead{display:flex;align-items:center;gap:.5rem;color:var(--text);font-weight:600;letter-spacing:-.005em}
.masthead svg{color:var(--accent)}
main{width:100%;max-width:26rem;margin:2.25rem auto 2rem}
footer{margin-top:auto;padding-top:1rem;color:var(--quiet);font-size:.8125rem}
h1{margin:0;font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.015em;text-wrap:balance}
h2{margin:1.5rem 0 .5rem;font-size:.9375rem;font-weight:600}
p{margin:.75rem 0 0;text-wrap:pretty}
h1+.lead{margin-top:.375rem}
.lead{color:var(--quiet)}
.lead strong,.note strong{color:var(--text);font-weight:600}
.note{color:var(--quiet);font-size:.875rem}
a{color:var(--accent);text-underline-offset:.2em;text-decoration-thickness:.06em}
a:hover{color:var(--accent-strong);text-decoration-thickness:.12em}
form{margin:1.5rem 0 0}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.logo{display:flex;margin:0 0 1.25rem}
.tile{flex:none;display:grid;place-items:center;width:2.5rem;height:2.5rem;border-radius:.5rem;background:var(--tint);color:var(--accent);font-weight:650;overflow:hidden}
.logo .tile{width:3.25rem;height:3.25rem;font-size:1.375rem;border-radius:.75rem}
img.tile{object-fit:contain;background:#fff;border:1px solid var(--line);padding:.25rem}
.logo .mark{border-radius:50%}
.mark.bad{background:var(--problem-tint);color:var(--problem)}
.field label{display:block;margin-bottom:.375rem;font-weight:600;font-size:.9375rem}
.field input{width:100%;height:3rem;padding:0 .875rem;font:inherit;color:var(--text);background:var(--card);border:1px solid var(--edge);border-radius:var(--radius);transition:border-color .12s,box-shadow .12s}
.field input:hover{border-color:var(--text)}
.field input:focus-visible{outline:2px solid var(--focus);outline-offset:0;border-color:var(--focus)}
.field input[aria-invalid]{border-color:var(--problem)}
.field input[aria-invalid]:focus-visible{outline-color:var(--problem)}
.problem{display:flex;gap:.5rem;color:var(--problem);font-size:.9375rem}
.problem svg{flex:none;margin-top:.1rem}
p.problem:not(.field p){margin-top:1.25rem;padding:.75rem .875rem;border-radius:var(--radius);background:var(--problem-tint)}
.field p.problem{margin-top:.5rem}
.actions{display:grid;gap:.75rem;margin-top:1.5rem}
.primary,.secondary{display:block;width:100%;min-height:3rem;padding:.625rem 1.25rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;border-radius:var(--radius);border:1px solid transparent;cursor:pointer;transition:background-color .12s,border-color .12s}
.primary,a.primary{background:var(--accent);color:var(--on-accent)}
.primary:hover,a.primary:hover{background:var(--accent-strong);color:var(--on-accent)}
.secondary,a.secondary{background:transparent;color:var(--text);border-color:var(--edge)}
.secondary:hover,a.secondary:hover{border-color:var(--text);background:var(--tint);color:var(--text)}
.person{display:grid;grid-template-columns:1fr auto;gap:0 1rem;margin-top:1.25rem;padding:.75rem .875rem;border:1px solid var(--line);border-radius:var(--radius)}
.person span,.person a{font-size:.875rem}
.person span{color:var(--quiet)}
.person strong{grid-column:1/-1;grid-row:2;font-weight:600}
.choices{list-style:none;margin:0;padding:0;display:grid;gap:.625rem}
.choices button{display:flex;align-items:center;gap:.875rem;width:100%;min-height:4rem;padding:.625rem .875rem;font:inherit;color:inherit;text-align:start;background:var(--card);border:1px solid var(--edge);border-radius:var(--radius);cursor:pointer;transition:background-color .12s,border-color .12s}
.choices button:hover{border-color:var(--accent);background:var(--tint)}
.choices .words{flex:1;min-width:0}
.choices .words>bdi{display:block;font-weight:600}
.choices .words small{display:block;font-size:.875rem;color:var(--quiet)}
.choices .go{flex:none;color:var(--quiet)}
.grants,.advice{margin:0;padding:0;list-style:none;display:grid;gap:.625rem}
.grants li,.advice li{display:flex;gap:.625rem}
.grants svg,.advice svg{flex:none;margin-top:.125rem;color:var(--accent)}
.grants strong{font-weight:600}
.grants+.note{margin-top:1.25rem}
.advice code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.links{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.875rem}
.reference{margin:1.75rem 0 0;padding:1rem 0 0;border-top:1px solid var(--line);display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;font-size:.875rem}
.reference dt{color:var(--quiet)}
.reference dd{margin:0}
.reference code{font:600 .9375rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;user-select:all}
@media (min-width:34rem){
body{background:var(--ground)}
.page{padding:2rem 2rem 1.5rem;align-items:center}
.masthead{margin-top:max(0rem,calc(12vh - 3rem))}
main{margin:1.5rem auto 1.5rem;padding:2.25rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;box-shadow:var(--shadow)}
}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media (forced-colors:active){.tile,.person{border:1px solid CanvasText}}
`;

/** A CSP source that allows exactly this text inline (CSP3 §2.3.1 `hash-source`). */
export const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
