/**
 * The pages a person meets while signing in, as pure functions from a typed model and the words of a language to HTML,
 * and the headers they are sent with. Owns markup, look, wording and what a page may load; leaves to the flow around it
 * which page is shown when, what a form's answer means, and every check of what it carries.
 */
export { connectionChoicePage } from './connection-choice-page.ts';
export type { ConnectionChoiceModel, ConnectionOption } from './connection-choice-page.ts';
export { consentPage } from './consent-page.ts';
export type { ConsentModel, RequestedScope } from './consent-page.ts';
export { errorPage, FAILURES } from './error-page.ts';
export type { ErrorModel, Failure } from './error-page.ts';
export type { FormTarget } from './form.ts';
export { frontPage, nothingHerePage } from './front-pages.ts';
export type { FrontModel } from './front-pages.ts';
export { identifierPage } from './identifier-page.ts';
export type { IdentifierModel } from './identifier-page.ts';
export type { ApplicationBrand } from './layout.ts';
export { redirectPage, formPostPage } from './leaving-pages.ts';
export type { RedirectModel, FormPostModel } from './leaving-pages.ts';
export { organizationChoicePage } from './organization-choice-page.ts';
export type { OrganizationChoiceModel, OrganizationOption } from './organization-choice-page.ts';
export { pageHeaders } from './page-headers.ts';
export type { PageHeaderOptions } from './page-headers.ts';
export { passwordPage } from './password-page.ts';
export type { PasswordModel } from './password-page.ts';
export { signedOutPage, signOutConfirmPage } from './sign-out-pages.ts';
export type { SignedOutModel, SignOutConfirmModel } from './sign-out-pages.ts';
export { chooseWords } from './words.ts';
export type { Words } from './words.ts';
