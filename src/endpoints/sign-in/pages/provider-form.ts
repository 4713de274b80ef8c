import type { FormTarget } from './form.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

const unescape = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

/**
 * Reads the finished `<form>` that oidc-provider hands to its page hooks (sign-out) back into a target and its
 * hidden fields, so that the page can be built from data: with a label, without inline handlers, escaped like any other.
 *
 * @throws TypeError when the markup is not a form any more, which only a new version of the package can cause
 */
export function readProviderForm(markup: string): FormTarget {
  const action = /<form[^>]*\saction="([^"]*)"/.exec(markup)?.[1];
  if (action === undefined) throw new TypeError('The OpenID provider handed over something that is not a form.');
  const hidden = [...markup.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return {
    action: unescape(action),
    hidden: Object.fromEntries(hidden.map(([, name = '', value = '']) => [unescape(name), unescape(value)])),
  };
}
