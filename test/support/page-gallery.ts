import {
  connectionChoicePage,
  consentPage,
  errorPage,
  FAILURES,
  frontPage,
  identifierPage,
  nothingHerePage,
  organizationChoicePage,
  passwordPage,
  redirectPage,
  formPostPage,
  signedOutPage,
  signOutConfirmPage,
} from '#hub/endpoints/sign-in/index.js';
import type { Failure, Words } from '#hub/endpoints/sign-in/index.js';

export interface GalleryNames {
  readonly application: string;
  readonly organization: string;
  readonly person: string;
  readonly logoUrl: string | undefined;
  readonly url: string;
}

export const FRIENDLY: GalleryNames = {
  application: 'Acme Expenses',
  organization: 'Northwind Traders',
  person: 'ada.lovelace@northwind.example',
  logoUrl:
    'data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22%20viewBox=%220%200%2040%2040%22%3E%3Crect%20width=%2240%22%20height=%2240%22%20rx=%228%22%20fill=%22%23274690%22/%3E%3Cpath%20d=%22M12%2028l8-17%208%2017M15%2022h10%22%20fill=%22none%22%20stroke=%22%23fff%22%20stroke-width=%223%22/%3E%3C/svg%3E'.replaceAll(
      '%22',
      '%27',
    ),
  url: 'https://expenses.example/start',
};

/** Forms exactly as oidc-provider hands them to its page hooks. */
export const PROVIDER_FORMS = {
  logout:
    '<form id="op.logoutForm" method="post" action="https://login.example/oidc/session/end/confirm"><input type="hidden" name="xsrf" value="s3cr3t"/></form>',
};

/** Every page in every state worth looking at, by name. */
export function pageGallery(words: Words, names: GalleryNames = FRIENDLY): Record<string, string> {
  const application = { name: names.application, logoUrl: names.logoUrl, url: names.url, policyUrl: names.url, termsUrl: names.url };
  const form = { action: '/sign-in/abc', hidden: { token: 'f0rg3ry' } };
  const choice = {
    form,
    identifier: names.person,
    changeUrl: '/sign-in/abc',
    passwordAllowed: true,
    connections: [
      { id: 'c1', name: names.organization, detail: 'Okta', logoUrl: names.logoUrl },
      { id: 'c2', name: 'Contoso', detail: 'Microsoft Entra ID' },
    ],
  };
  const password = { form, application, identifier: names.person, changeUrl: '/sign-in/abc' };
  const failed = { reference: 'GH-7F3K-92QD', at: Date.UTC(2026, 0, 15, 9, 30), application, retryUrl: '/sign-in/abc' };
  const failures = Object.fromEntries(
    (Object.keys(FAILURES) as Failure[]).map((failure) => [`error-${failure}`, errorPage({ ...failed, failure }, words)]),
  );
  return {
    identifier: identifierPage({ form, application }, words),
    'identifier-again': identifierPage({ form, application, again: true }, words),
    'identifier-alone': identifierPage({ form }, words),
    'identifier-unknown': identifierPage({ form, application, identifier: names.person, error: 'unknown' }, words),
    'connection-choice': connectionChoicePage({ ...choice, application }, words),
    'connection-choice-unavailable': connectionChoicePage({ ...choice, error: 'unavailable' }, words),
    password: passwordPage(password, words),
    'password-wrong': passwordPage({ ...password, error: 'wrong' }, words),
    'password-throttled': passwordPage({ ...password, error: { throttledForSeconds: 130 } }, words),
    consent: consentPage(
      {
        form,
        application,
        organization: names.organization,
        account: names.person,
        scopes: [
          { name: 'openid' },
          { name: 'profile' },
          { name: 'roles' },
          { name: 'offline_access' },
          { name: 'expenses.write', description: 'File and approve expenses in your name' },
          { name: 'urn:acme:reports' },
        ],
      },
      words,
    ),
    'organization-choice': organizationChoicePage({ form, application, account: names.person, organizations: choice.connections }, words),
    'sign-out-confirm': signOutConfirmPage({ providerForm: PROVIDER_FORMS.logout, application }, words),
    'signed-out': signedOutPage({ application }, words),
    'signed-out-alone': signedOutPage({}, words),
    'saml-post': formPostPage({ action: 'https://idp.example/sso', fields: { SAMLRequest: 'PHNhbWw+', RelayState: names.person }, destination: names.organization }, words),
    redirect: redirectPage({ url: 'https://idp.example/authorize?client_id=1&state=2', destination: names.organization }, words),
    front: frontPage({ publicUrl: 'https://login.example/hub', forOperators: true }, words),
    'nothing-here': nothingHerePage(words),
    'error-too-many-wait': errorPage({ ...failed, failure: 'too-many', waitSeconds: 90 }, words),
    ...failures,
  };
}
