import type { Protocol } from './connection.ts';
import { SECRET_SETTINGS } from './connection-settings.ts';

/** Secret values by their concrete path: `signingKeys.0.privateKey`. */
export type SettingSecrets = Readonly<Record<string, string>>;

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** The concrete paths in `settings` that a pattern with `*` for every index means, whether or not a value is there. */
function pathsOf(settings: unknown, pattern: readonly string[], path: readonly string[] = []): string[][] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [[...path]];
  if (!isTree(settings)) return [];
  const keys = step === '*' ? Object.keys(settings) : [step];
  return keys.flatMap((key) => pathsOf(settings[key], rest, [...path, key]));
}

function parentOf(settings: Tree, path: readonly string[]): Tree | undefined {
  let parent: unknown = settings;
  for (const step of path.slice(0, -1)) parent = isTree(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
  return isTree(parent) ? parent : undefined;
}

/** Takes the secrets out of settings, so that they can be sealed and the rest be shown. */
export function splitSecrets(protocol: Protocol, settings: object | null): { readonly open: Tree; readonly secrets: SettingSecrets } {
  const open = structuredClone(settings ?? {}) as Tree;
  const secrets: Record<string, string> = {};
  for (const path of SECRET_SETTINGS[protocol].flatMap((pattern) => pathsOf(open, pattern.split('.')))) {
    const parent = parentOf(open, path);
    const key = path.at(-1) ?? '';
    const value = parent?.[key];
    if (parent === undefined || typeof value !== 'string') continue;
    secrets[path.join('.')] = value;
    delete parent[key];
  }
  return { open, secrets };
}

/** Puts secrets back where they were taken from. */
export function joinSecrets(open: object, secrets: SettingSecrets): Tree {
  const settings = structuredClone(open) as Tree;
  for (const [path, value] of Object.entries(secrets)) {
    const steps = path.split('.');
    const parent = parentOf(settings, steps);
    if (parent !== undefined) parent[steps.at(-1) ?? ''] = value;
  }
  return settings;
}
