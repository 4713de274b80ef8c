import type { SamlSettings } from '../connection-settings.ts';
import type { PendingSignIn } from '../sign-in-method.ts';
import type { XmlElement } from './strict-xml.ts';

/** What the checks of a response are held against. */
export interface ResponseContext {
  response: XmlElement;
  settings: SamlSettings;
  /** Our assertion consumer service, to which the response must be addressed. */
  acsUrl: string;
  /** Our own entity id, which the audience must name. */
  entityId: string;
  /** Absent for a response that nobody asked for. */
  pending: PendingSignIn | undefined;
  now: number;
}

/** The same, once the signature has shown which assertion counts. */
export interface AssertionContext extends ResponseContext {
  /** Parsed from the signed bytes alone. */
  assertion: XmlElement;
}

/** The address of our metadata is our name, unless the customer's administrator was given another one. */
export function serviceProviderEntityId(settings: SamlSettings, acsUrl: string): string {
  return settings.spEntityId ?? acsUrl.replace(/\/acs$/, '/metadata');
}
