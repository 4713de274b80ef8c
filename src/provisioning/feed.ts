import type { Statement } from '../database/index.ts';

/** One request of a feed (today: SCIM). The opening statement authenticates it and sets organization and connection. */
export interface Feed {
  readonly open: Statement;
  /** Stands in every audit event that the request causes. */
  readonly requestId: string;
  /** Whose request it is, for what is remembered from one to the next; nothing is without. Not to be told: it is made of a secret. */
  readonly holder?: string;
}
