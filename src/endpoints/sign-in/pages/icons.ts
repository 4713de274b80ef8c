import { constantMarkup, html } from './html.ts';
import type { Html } from './html.ts';

/** The mark of Gatehouse: an arch with its portcullis half raised. */
export const GATE_PATH =
  'M12 2a9 9 0 0 0-9 9v11h4.5V11.5a4.5 4.5 0 0 1 9 0V22H21V11a9 9 0 0 0-9-9ZM9 10.5v5.2h1.2V9.2Q9.5 9.6 9 10.5Zm2.4-1.8v8.4h1.2V8.7ZM15 10.5v5.2h-1.2V9.2Q14.5 9.6 15 10.5Z';

function icon(path: string, size: number): Html {
  return html`<svg viewBox="0 0 24 24" width="${size}" height="${size}" aria-hidden="true" focusable="false">${constantMarkup(path)}</svg>`;
}

const stroke = (path: string): string =>
  `<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" d="${path}"/>`;

export const GATE = icon(`<path fill="currentColor" d="${GATE_PATH}"/>`, 26);
export const CHECK = icon(stroke('m5 12.5 4.5 4.5L19 7.5'), 20);
export const DONE = icon(stroke('m5 12.5 4.5 4.5L19 7.5'), 26);
export const STOP = icon(stroke('M12 7v6.5M12 17v.01'), 26);
export const ARROW = icon(stroke('m9 6 6 6-6 6'), 20);
export const DOT = icon('<circle cx="12" cy="12" r="3" fill="currentColor"/>', 20);
export const KEY = icon(stroke('M8 11.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM11 12.5 20 3.5M16.5 7l3 3M13.5 10l2 2'), 22);
export const WARNING = icon(stroke('M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 8v4.5M12 16v.01'), 20);
