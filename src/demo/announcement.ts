import type { Company } from './cast.ts';
import { PASSWORD } from './cast.ts';
import type { Demo } from './demo.ts';

export const HELP = `Shows Gatehouse at work, on this machine alone.

  npm run demo -- [--people <n>] [--port <n>] [--once]

Starts the hub with a database of its own, two identity providers (one like Okta by
OpenID Connect, one like Entra ID by SAML) and an application; pushes the people and
12 groups by SCIM; prints what to open. Ctrl-C stops all of it and removes its data.

  --people <n>  how many people are pushed (default 200, at least 20)
  --port <n>    port of the hub, the others follow it; taken ones are passed over
                (default 3000, 0: any that are free)
  --once        start, push, print and stop
  --help        this text`;

const VENDORS = { okta: 'Okta, OpenID Connect', entra: 'Entra ID, SAML' } as const;

function companyLines({ name, vendor, leads, people, roleMap }: Company): string[] {
  const width = Math.max(...leads.map(({ userName }) => userName.length));
  const rows = leads.map(({ userName, groups }) => `    ${userName.padEnd(width)}  ${groups.join(', ') || 'in no group'}`);
  return [`  ${name} (${VENDORS[vendor]}); its map: ${roleMap}`, ...rows, `    … and ${people.length - leads.length} more`, ''];
}

/** What to open, and as whom to sign in. */
export function announcement({ applicationUrl, hubUrl, companies, local, adminToken }: Demo): string {
  return [
    '',
    `  Open ${applicationUrl} and sign in. The password of everybody is: ${PASSWORD}`,
    '',
    ...companies.flatMap(companyLines),
    '  Without an identity provider (“Somebody else …”)',
    `    ${local.userName}  password: ${local.password}`,
    '',
    '  The command line, in another terminal:',
    `    export GATEHOUSE_URL=${hubUrl} GATEHOUSE_TOKEN=${adminToken}`,
    ...companies.map(({ slug, leads }) => `    npx gatehouse user show ${leads[0]?.userName ?? ''} --organization ${slug}`),
    '',
  ].join('\n');
}
