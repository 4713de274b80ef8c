/**
 * The SCIM simulator: Okta and Entra as they really push people and groups, against any SCIM 2.0 server. It owns the
 * simulated company, the vendors' sequences and the judgement of the answers; it knows a server by its address alone and
 * nothing of the hub. What a terminal shows of it is the command's matter.
 */
export { Company } from './company.ts';
export { externalUserIdAt, groupNameAt, personAt } from './people.ts';
export type { Person } from './people.ts';
export type { OktaApplication } from './okta.ts';
export type { Report } from './report.ts';
export { simulate } from './run.ts';
export type { Progress, SimulationOptions } from './run.ts';
