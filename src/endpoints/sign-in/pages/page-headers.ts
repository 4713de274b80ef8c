import { autoSubmitScript } from './leaving-pages.ts';
import { hashSource, stylesheet } from './stylesheet.ts';

const STYLE_SOURCE = hashSource(stylesheet);
const SCRIPT_SOURCE = hashSource(autoSubmitScript);

/** What a sign-in page never needs. Passkeys (`publickey-credentials-get`) are not on this list. */
const UNUSED_FEATURES = ['accelerometer', 'camera', 'display-capture', 'geolocation', 'gyroscope', 'hid', 'microphone', 'midi', 'payment', 'serial', 'usb'];

export interface PageHeaderOptions {
  /**
   * Where the page's form may lead besides this hub. Chromium holds not only the form's own target against `form-action`
   * but every redirect that answers it: list the application's redirect URI when the answer may go straight there, and
   * use `redirectPage` when it goes to an identity provider, whose further redirects cannot be listed. `anywhere` is for
   * `formPostPage`, whose receiver may redirect to wherever it likes.
   */
  readonly formTargets?: readonly string[] | 'anywhere';
  /** For `formPostPage` alone: lets its one line of script run. */
  readonly autoSubmit?: boolean;
}

/** The headers every page of this room is sent with. */
export function pageHeaders({ formTargets = [], autoSubmit = false }: PageHeaderOptions = {}): Record<string, string> {
  const policy = [
    `default-src 'none'`,
    `style-src ${STYLE_SOURCE}`,
    ...(autoSubmit ? [`script-src ${SCRIPT_SOURCE}`] : []),
    `img-src 'self' data:`,
    ...(formTargets === 'anywhere' ? [] : [`form-action ${["'self'", ...new Set(formTargets.flatMap(targetSource))].join(' ')}`]),
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
  ];
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cache-Control': 'no-store',
    // Not `no-referrer`: with that a browser sends `Origin: null` with our own forms, which the forgery check needs.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', '),
  };
}

/**
 * The CSP source for a target: the origin of a web address, or the scheme of an application on a device (RFC 8252 §7.1).
 * Schemes that run or hold content in the page itself are no targets, and neither is what cannot be read as a URL.
 */
function targetSource(target: string): string[] {
  if (!URL.canParse(target)) return [];
  const { protocol, origin } = new URL(target);
  if (protocol === 'https:' || protocol === 'http:') return [origin];
  return /^[a-z][a-z0-9+.-]*:$/.test(protocol) && !['javascript:', 'data:', 'blob:', 'file:', 'about:', 'filesystem:'].includes(protocol) ? [protocol] : [];
}
