import { simulate } from '../cli/simulator/index.ts';
import type { Company } from './cast.ts';
import { type ProgressOutput, ProgressBar } from './progress-bar.ts';

export interface PushOptions {
  readonly company: Company;
  readonly scimUrl: string;
  readonly token: string;
  readonly output: ProgressOutput;
}

/** Pushes a company's people and groups as its vendor does, and reads some of them back as no vendor does. */
export async function pushCompany({ company, scimUrl, token, output }: PushOptions): Promise<void> {
  const { vendor, name, people, groups, seed, domain } = company;
  const bar = new ProgressBar(output, `${vendor === 'okta' ? 'Okta' : 'Entra ID'} → ${name}`.padEnd(23));
  const options = { vendor, url: scimUrl, token, people: people.length, groups: groups.length, cycles: 0, seed, domain, keep: true, concurrency: 4 } as const;
  const report = await simulate(options, ({ phase, done, total }) => bar.show(phase.replace('initial cycle: ', ''), done, total));
  const { firstFailure: failure } = report;
  if (report.aborted !== undefined) throw new Error(report.aborted);
  if (failure) throw new Error(`${failure.request.method} ${failure.request.path}: ${failure.reason}`);
}
