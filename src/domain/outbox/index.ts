/**
 * Events for the rest of the world (webhooks, back-channel logout, mail): written in the transaction of the change,
 * delivered later. It owns the waiting line; how an event is delivered belongs to those who deliver.
 */
export type { OutboxEvent, WaitingEvent } from './outbox-event.ts';
export { appendOutbox, markDelivered, takeWaiting, toWaitingEvent } from './outbox-store.ts';
