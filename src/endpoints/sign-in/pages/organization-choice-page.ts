import { choiceList } from './choice-list.ts';
import { form } from './form.ts';
import type { FormTarget } from './form.ts';
import { html } from '../../../platform/html.ts';
import { page, person } from './layout.ts';
import type { ApplicationBrand } from './layout.ts';
import { say } from './words.ts';
import type { Words } from './words.ts';

export interface OrganizationOption {
  readonly id: string;
  readonly name: string;
  readonly detail?: string | undefined;
  readonly logoUrl?: string | undefined;
}

export interface OrganizationChoiceModel {
  /** Receives `organization` (an option's id). */
  readonly form: FormTarget;
  readonly application?: ApplicationBrand | undefined;
  readonly account?: string | undefined;
  readonly organizations: readonly OrganizationOption[];
}

/** For people who belong to several organizations: which one is this sign-in for? */
export function organizationChoicePage(model: OrganizationChoiceModel, words: Words): string {
  const { application, account } = model;
  const lead = application === undefined ? words.organizations.leadAlone : words.organizations.lead;
  return page({
    words,
    application,
    title: words.organizations.title,
    body: html`<p class="lead">${say(lead, { application: application?.name })}</p>
${account !== undefined && person(words.signedInAs, account)}
${form(
  model.form,
  choiceList(model.organizations.map(({ id, name, detail, logoUrl }) => ({ name: 'organization', value: id, label: name, detail, logoUrl }))),
)}`,
  });
}
