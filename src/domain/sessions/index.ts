/**
 * Who is signed in where: by which connection a single sign-on session was proved per organization, which organization a
 * session may enter, and what must be remembered while a sign-in is under way. Owns those rows and that decision; leaves
 * cookies and pages to the endpoints, and what an outside proof must contain to federation.
 */
export { decideEntry, proofCounts, type Entry, type EntryQuestion, type OrganizationFacts, type SessionProof } from './organization-entry.ts';
export { SessionProofStore, endSessionProofs, endSessionProofsOfConnection, endSessionProofsOfOrganization, type NewSessionProof } from './session-proof-store.ts';
export { domainOf, readIdentifier } from './identifier.ts';
export { PendingStore } from './pending-store.ts';
export { AcceptedAssertionStore } from './accepted-assertion-store.ts';
