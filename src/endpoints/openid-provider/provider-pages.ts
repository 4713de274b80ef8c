/** A page that is ready to be sent. */
export interface RenderedPage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What kind of failure a person is told of; the details go to the log. */
export type ProviderFailure = 'expired' | 'cancelled' | 'unknown-application' | 'bad-request' | 'unexpected';

/** The pages that the provider itself shows. They are drawn by the sign-in pages, which the composition root hands over. */
export interface ProviderPages {
  failure(model: { failure: ProviderFailure; reference: string; acceptLanguage: string | undefined }): RenderedPage;
  /**
   * @param model.form markup of a form that the page sends with `logout=yes`, or without to stay signed in
   * @param model.formTargets where the answer to that form may lead
   */
  signOut(model: { form: string; application: string | undefined; formTargets: readonly string[]; acceptLanguage: string | undefined }): RenderedPage;
  signedOut(model: { application: { name: string; url: string | undefined } | undefined; acceptLanguage: string | undefined }): RenderedPage;
  /**
   * Carries a form on to where it belongs.
   * @param model.form markup that holds the form; it is read back, not shown
   * @param model.destination what people call the place
   */
  handOver(model: { form: string; destination: string; acceptLanguage: string | undefined }): RenderedPage;
}

const FAILURES: Readonly<Record<string, ProviderFailure>> = {
  invalid_client: 'unknown-application',
  invalid_redirect_uri: 'unknown-application',
  access_denied: 'cancelled',
  server_error: 'unexpected',
};

/** An OAuth error in words for a person. */
export function failureOf(error: { name: string; error?: unknown }): ProviderFailure {
  if (error.name === 'SessionNotFound') return 'expired';
  return typeof error.error === 'string' ? (FAILURES[error.error] ?? 'bad-request') : 'unexpected';
}
