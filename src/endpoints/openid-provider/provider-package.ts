/**
 * The one door to the `oidc-provider` package. On import it prints that Node 20 is unsupported, judging by the release's
 * name alone; what it uses exists in the versions we require and its flows are tested on them, so that line is held back
 * and nothing else.
 */
// oxlint-disable-next-line no-console -- the package writes to the console, so that is where it must be stopped
const warn = console.warn;
console.warn = (...lines: unknown[]) => {
  if (!String(lines[0]).includes('Unsupported runtime')) warn(...lines);
};
const loaded = await import('oidc-provider');
console.warn = warn;

export const { Provider, errors, interactionPolicy } = loaded;
export type {
  Account,
  Adapter,
  AdapterPayload,
  AllClientMetadata,
  Client,
  Configuration,
  default as ProviderInstance,
  InteractionResults,
  KoaContextWithOIDC,
} from 'oidc-provider';
