import { chooseWords, errorPage, FAILURES, formPostPage, pageHeaders, signedOutPage, signOutConfirmPage, type Failure } from './pages/index.ts';
import { readProviderForm } from './pages/provider-form.ts';
import type { Clock } from '../../platform/clock.ts';

/** A page that is ready to be sent. */
interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Asked {
  readonly acceptLanguage: string | undefined;
}

/** The pages that the OpenID provider shows by itself, drawn like all others; the composition root hands them over. */
export interface PagesOfProvider {
  failure(model: Asked & { readonly failure: Failure; readonly reference: string }): Rendered;
  signOut(model: Asked & { readonly form: string; readonly application: string | undefined; readonly formTargets?: readonly string[] }): Rendered;
  signedOut(model: Asked & { readonly application: { readonly name: string; readonly url: string | undefined } | undefined }): Rendered;
  handOver(model: Asked & { readonly form: string; readonly destination: string }): Rendered;
}

export function createPagesOfProvider(clock: Clock): PagesOfProvider {
  return {
    failure: ({ failure, reference, acceptLanguage }) => ({
      status: FAILURES[failure],
      headers: pageHeaders(),
      body: errorPage({ failure, reference, at: clock.now() }, chooseWords(acceptLanguage)),
    }),
    signOut: ({ form, application, formTargets = [], acceptLanguage }) => ({
      status: 200,
      headers: pageHeaders({ formTargets }),
      body: signOutConfirmPage({ providerForm: form, application: application === undefined ? undefined : { name: application } }, chooseWords(acceptLanguage)),
    }),
    signedOut: ({ application, acceptLanguage }) => ({
      status: 200,
      headers: pageHeaders(),
      body: signedOutPage({ application }, chooseWords(acceptLanguage)),
    }),
    handOver({ form, destination, acceptLanguage }) {
      const { action, hidden: fields = {} } = readProviderForm(form);
      return {
        status: 200,
        headers: pageHeaders({ formTargets: 'anywhere', autoSubmit: true }),
        body: formPostPage({ action, fields, destination }, chooseWords(acceptLanguage)),
      };
    },
  };
}
