import { choiceList } from './choice-list.ts';
import type { Choice } from './choice-list.ts';
import { form, problem } from './form.ts';
import type { FormTarget } from './form.ts';
import { html } from '../../../platform/html.ts';
import { KEY } from './icons.ts';
import { page, person } from './layout.ts';
import type { ApplicationBrand } from './layout.ts';
import { linkUrl } from './safe-url.ts';
import { say } from './words.ts';
import type { Words } from './words.ts';

export interface ConnectionOption {
  readonly id: string;
  /** What people call it, for example the name of their organization. */
  readonly name: string;
  readonly detail?: string | undefined;
  readonly logoUrl?: string | undefined;
}

export interface ConnectionChoiceModel {
  /** Receives `connection` (an option's id), or `method` = `password`. */
  readonly form: FormTarget;
  readonly application?: ApplicationBrand | undefined;
  readonly identifier?: string | undefined;
  /** Back to the first question. */
  readonly changeUrl?: string | undefined;
  readonly connections: readonly ConnectionOption[];
  readonly passwordAllowed: boolean;
  /** Somebody is signed in, in a way that does not count for the organization that is asked for. */
  readonly again?: boolean;
  readonly error?: keyof Words['connections']['errors'] | undefined;
}

/** The ways on that this person has, each one press away. */
export function connectionChoicePage(model: ConnectionChoiceModel, words: Words): string {
  const { application, identifier, error } = model;
  const changeUrl = linkUrl(model.changeUrl);
  const way = changeUrl === undefined ? undefined : { href: changeUrl, text: words.notYou, detail: words.notYouDetail };
  const lead = application === undefined ? words.connections.leadAlone : words.connections.lead;
  const choices: Choice[] = model.connections.map(({ id, name, detail, logoUrl }) => ({ name: 'connection', value: id, label: name, detail, logoUrl }));
  if (model.passwordAllowed)
    choices.push({ name: 'method', value: 'password', label: words.connections.password, detail: words.connections.passwordDetail, icon: KEY });
  return page({
    words,
    application,
    title: words.connections.title,
    hasProblem: error !== undefined,
    body: html`<p class="lead">${say(lead, { application: application?.name })}</p>
${model.again === true && html`<p class="note">${words.signInAgain}</p>`}
${error && problem(words.connections.errors[error])}
${identifier !== undefined && person(words.signingInAs, identifier, way)}
${form(model.form, choiceList(choices))}`,
  });
}
