import { constantMarkup, html } from '../../../platform/html.ts';
import type { Html } from '../../../platform/html.ts';

/** The mark of Gatehouse: an arch with its portcullis half raised. */
export const GATE_PATH =
  'M12 2a9 9 0 0 0-9 9v11h3.5V11a5.5 5.5 0 0 1 11 0v11H21V11a9 9 0 0 0-9-9ZM8.2 9.6v6.6h1.7V7.6Q8.8 8.4 8.2 9.6ZM11.15 7.2v11.2h1.7V7.2ZM15.8 9.6v6.6h-1.7V7.6Q15.2 8.4 15.8 9.6Z';

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
