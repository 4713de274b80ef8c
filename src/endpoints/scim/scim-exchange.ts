import type { ScimScopeWanted } from '../../domain/credentials/index.ts';
import type { Feed } from '../../provisioning/index.ts';
import type { Preconditions } from './entity-tag.ts';
import type { JsonValue } from './resource-json.ts';
import type { ScimService } from './scim-service.ts';

/** One request of a SCIM client, with the transport taken off it: `/Bulk` makes such requests too. */
export interface ScimRequest {
  readonly method: string;
  /** Below the base, without query: `/Users/2819…`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly preconditions: Preconditions;
  readonly body: JsonValue | undefined;
  readonly requestId: string;
  /** Made of the token; never to be told. */
  readonly holder: string;
  /** The opening statement of every batch: authenticates and sets organization and connection. */
  readonly open: (wanted: ScimScopeWanted, writes: boolean) => Feed['open'];
  /** Told of what becomes a 500 inside an answer that succeeds. */
  readonly onDefect: (error: unknown) => void;
}

export interface ScimAnswer {
  readonly status: number;
  /** JSON text; absent where there is nothing to say (204, 304). */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers one request; refuses by throwing. */
export type Handler = (service: ScimService, request: ScimRequest) => Promise<ScimAnswer>;

export const feedOf = (request: ScimRequest, wanted: ScimScopeWanted): Feed => ({ open: request.open(wanted, true), requestId: request.requestId, holder: request.holder });
