import type { IncomingMessage } from 'node:http';
import type { ProviderInstance } from './provider-package.ts';

/** What to do with a request that the provider has no answer for. */
export type Onward = WeakMap<IncomingMessage, () => void>;

/** Hands on what none of the package's routes serves; it would say "Not Found" in plain text, to people and programs alike. */
export function handOnUnserved(provider: ProviderInstance, onward: Onward): void {
  provider.use(async (context, next) => {
    await next();
    const handOn = onward.get(context.req);
    if (handOn === undefined || context.status !== 404 || context.body !== undefined) return;
    context.respond = false;
    handOn();
  });
}
