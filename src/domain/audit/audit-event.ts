/** Who did what to whom, before it is written. Organization and actor come from the transaction it is told in. */
export interface AuditEvent {
  /** Noun and past tense: `connection.created`, `role_override.set`. */
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string;
  /** What changed, in plain words and values. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
}

/** An event as it was written. */
export interface AuditRecord {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
}

/** Which events: all conditions hold. `actionPrefix` is a whole action or a noun, `connection`. */
export interface AuditQuery {
  readonly action?: string;
  readonly targetType?: string;
  readonly targetId?: string;
  readonly actor?: string;
  readonly limit: number;
}
