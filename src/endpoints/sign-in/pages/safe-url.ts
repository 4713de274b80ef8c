import { DomainError } from '../../../platform/errors.ts';

/** The longest inline image a page carries; beyond it the page would be slower than the picture is worth. */
const LONGEST_IMAGE = 100_000;

const INLINE_IMAGE = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)(?:;base64)?,[^\s\p{Cc}]+$/u;

/** A path on this hub. `//host`, `/\host` and anything a browser would strip before reading them are not. */
const isOwnPath = (url: string): boolean => /^\/(?![/\\])[^\s\p{Cc}\\]*$/u.test(url);

function isWebUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

/**
 * A logo that may be shown: inline, or served by this hub. Pictures from other hosts are refused, since they would tell
 * those hosts who signs in where and when.
 */
export function imageUrl(url: string | undefined): string | undefined {
  if (url === undefined || url.length > LONGEST_IMAGE) return undefined;
  return isOwnPath(url) || INLINE_IMAGE.test(url) ? url : undefined;
}

/** An address that may be linked to: a path on this hub or a web page; never `javascript:` and its kin. */
export function linkUrl(url: string | undefined): string | undefined {
  return url !== undefined && (isOwnPath(url) || isWebUrl(url)) ? url : undefined;
}

/** Where a form may be sent. Unlike a link, a form without a target is of no use, so a bad one is an error. */
export function formUrl(url: string): string {
  if (isOwnPath(url) || isWebUrl(url)) return url;
  throw new DomainError('invalid', 'sign_in.unsafe_form_target', 'A sign-in page may send its form only to a path of this hub or to a web address.');
}
