/**
 * Node has had `navigator` since version 21. Where it is missing, `pg` loads node's whole fetch implementation to find out
 * whether it runs at Cloudflare (40 ms of every start). Imported for its effect, before `pg`.
 */
if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: Object.freeze({ userAgent: `Node.js/${process.versions.node.split('.')[0] ?? ''}` }), configurable: true });
