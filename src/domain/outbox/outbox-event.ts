/** Something the rest of the world must hear of, before it is written. The organization comes from the transaction. */
export interface OutboxEvent {
  /** Noun and past tense, `membership.suspended`: what subscribers choose by. */
  readonly kind: string;
  /** Ids rather than copies: whoever delivers reads what is then true. Never a secret. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** An event that waits for its delivery. */
export interface WaitingEvent extends OutboxEvent {
  readonly id: number | bigint;
  readonly createdAt: Date;
}
