import { constantMarkup, html } from '../../../platform/html.ts';
import type { Html, HtmlValue } from '../../../platform/html.ts';
import { DONE, GATE, GATE_PATH, STOP } from './icons.ts';
import { imageUrl } from './safe-url.ts';
import { stylesheet } from './stylesheet.ts';
import { nameOf, sayPlainly } from './words.ts';
import type { Words } from './words.ts';

/** The application on whose behalf a person is here. */
export interface ApplicationBrand {
  readonly name: string;
  /** Inline (`data:image/…`) or a path of this hub; anything else is not shown. */
  readonly logoUrl?: string | undefined;
}

export interface Layout {
  readonly words: Words;
  /** The heading, and with the application's name the title of the window. */
  readonly title: string;
  readonly application?: ApplicationBrand | undefined;
  /** Marks the window title, so that a screen reader says first that something is wrong. */
  readonly hasProblem?: boolean;
  /** What stands above the heading: the application's logo by default, or a sign of how it went. */
  readonly mark?: 'done' | 'stopped' | undefined;
  readonly head?: HtmlValue;
  readonly body: HtmlValue;
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#0b5c4a" d="${GATE_PATH}"/></svg>`,
)}`;

const STYLE = constantMarkup(`<style>${stylesheet}</style>`);

/** A whole page around one heading and one card: landmarks, language, title, and nothing from anywhere else. */
export function page(layout: Layout): string {
  const { words, application } = layout;
  const title = layout.hasProblem === true ? sayPlainly(words.errorTitle, { title: layout.title }) : layout.title;
  return html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<title>${[title, application && sayPlainly('{name}', { name: application.name }), 'Gatehouse'].filter(Boolean).join(' · ')}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="theme-color" content="#f2f4f1" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0d1311" media="(prefers-color-scheme: dark)">
<link rel="icon" href="${ICON}">
${layout.head}${STYLE}
</head>
<body>
<div class="page">
<header class="masthead">${GATE}<span>Gatehouse</span></header>
<main>
${emblem(layout)}
<h1>${layout.title}</h1>
${layout.body}
</main>
<footer>${words.protectedBy}</footer>
</div>
</body>
</html>
`.toString();
}

function emblem({ mark, application }: Layout): HtmlValue {
  if (mark === 'done') return html`<div class="logo"><span class="tile mark">${DONE}</span></div>`;
  if (mark === 'stopped') return html`<div class="logo"><span class="tile mark bad">${STOP}</span></div>`;
  return application === undefined ? '' : html`<div class="logo">${tile(application)}</div>`;
}

/** A logo, or the first letter where there is none. The name always stands beside it in words, so it is silent. */
export function tile({ name, logoUrl }: ApplicationBrand): Html {
  const image = imageUrl(logoUrl);
  if (image !== undefined) return html`<img class="tile" src="${image}" alt="" width="40" height="40">`;
  const letter = /[\p{Letter}\p{Number}]/u.exec(name)?.[0] ?? '·';
  return html`<span class="tile" aria-hidden="true">${letter.toLocaleUpperCase()}</span>`;
}

/** Who is signing in or signed in, and the way out for whoever that is not. */
export function person(label: string, name: string, way?: { href: string; text: string; detail: string }): Html {
  const link = way === undefined ? '' : html`<a href="${way.href}" title="${way.detail}">${way.text}</a>`;
  return html`<div class="person"><span>${label}</span><strong>${nameOf(name)}</strong>${link}</div>`;
}
