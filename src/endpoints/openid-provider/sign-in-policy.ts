import { decisions } from './existing-grant.ts';
import { interactionPolicy, type Configuration } from './provider-package.ts';

/**
 * When a person is asked: the package's own reasons, and two of ours. Both stand in the login prompt, so that they are
 * answered before consent is looked at, and with `login_required` where nobody may be asked.
 */
export function signInPolicy(): NonNullable<NonNullable<Configuration['interactions']>['policy']> {
  const policy = interactionPolicy.base();
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('account_inactive', 'the account of this session may not act any more', 'login_required', ({ oidc }) =>
      oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
  );
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('organization_not_proved', 'this session does not count in the organization', 'login_required', (context) => {
      return decisions.get(context)?.kind === 'prove';
    }),
  );
  return policy;
}
