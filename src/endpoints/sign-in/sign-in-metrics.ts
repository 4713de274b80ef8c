import type { Metrics } from '../../platform/metrics.ts';
import { FAILURES } from './pages/index.ts';

/** @param method the protocol of the connection, or `password`; `none` where a failure came before one was chosen */
export type SignInOutcome = (outcome: string, method: string) => void;

const OUTCOMES = ['success', 'wrong-password', ...Object.keys(FAILURES)];
const METHODS = ['oidc', 'saml', 'password', 'none'] as const;

/** By which protocol a failing request had come, told by its address. */
export const methodIn = (url: string): string => /^\/federation\/[^/]+\/(oidc|saml)\//.exec(url)?.[1] ?? (/^\/sign-in\/[^/]+\/password/.test(url) ? 'password' : 'none');

/** Counts how sign-ins end. */
export function countSignIns(metrics: Metrics): SignInOutcome {
  const ends = metrics.counter('gatehouse_sign_ins_total', 'Sign-ins by how they ended.', { outcome: OUTCOMES, method: METHODS });
  return (outcome, method) => ends.record({ outcome, method });
}
