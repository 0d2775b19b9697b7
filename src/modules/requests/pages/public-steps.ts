import type { Office } from '../../../core/office.ts';
import { fieldErrors } from '../../../core/input.ts';
import type { Values } from '../../../core/page.ts';
import { first } from '../../../core/page.ts';
import type { FieldErrors } from '../../../core/refusal.ts';
import { petitionFrom } from '../draft.server.ts';
import { submitPetition } from '../intake.server.ts';

export type StepName = 'kind' | 'letter' | 'you';
/** The steps of the form, each with its address and the fields it asks for, in the order of the page. */
export const steps: readonly { name: StepName; path: string; fields: readonly string[]; checks: readonly string[] }[] = [
  { name: 'kind', path: '/petition', fields: ['kind'], checks: [] },
  { name: 'letter', path: '/petition/letter', fields: ['subject', 'text', 'place', 'area'], checks: [] },
  {
    name: 'you',
    path: '/petition/you',
    fields: ['who', 'name', 'organisation', 'email', 'phone', 'address', 'town', 'replyBy', 'locale', 'mayPublish'],
    checks: ['organisation', 'mayPublish'],
  },
];
export const checkPath = '/petition/check';
export const stepNamed = (name: StepName) => steps.find((step) => step.name === name)!;

/** The fields of a step as posted; a box that was not ticked counts as such. */
export function valuesOf(name: StepName, posted: Values): Record<string, string> {
  const step = stepNamed(name);
  return Object.fromEntries(
    step.fields
      .filter((field) => posted[field] !== undefined || step.checks.includes(field))
      .map((field) => [field, first(posted, field)]),
  );
}

const shape = submitPetition.input.shape;
type Field = keyof typeof shape;

/** What is wrong with a step's values, by the rules of the intake itself. */
export function errorsIn(name: StepName, values: Record<string, string>, office: Office): FieldErrors {
  const errors: FieldErrors = {};
  const input = petitionFrom(values, office.locale);
  for (const field of stepNamed(name).fields) {
    if (!(field in shape)) continue;
    const parsed = shape[field as Field].safeParse(input[field]);
    if (!parsed.success) errors[field] = Object.values(fieldErrors(parsed.error))[0]!;
  }
  if (name === 'letter' && values['area'] && !office.data.areas.some((area) => area.id === values['area']))
    errors['area'] = { key: 'field.choose' };
  if (name !== 'you') return errors;
  if (values['who'] !== 'named' && values['who'] !== 'anonymous') return { who: { key: 'field.choose' } };
  if (values['who'] === 'named') {
    if (!input['name'] || !String(input['name']).trim()) errors['name'] = { key: 'field.name_or_anonymous' };
    if (input['replyBy'] === 'email' && !input['email']) errors['email'] = { key: 'field.email_for_reply' };
    if (input['replyBy'] === 'post' && !String(input['address']).trim()) errors['address'] = { key: 'field.address_for_reply' };
  }
  return errors;
}

/** The first step that is not finished, or the check. */
export function nextPath(values: Record<string, string>, office: Office): string {
  return steps.find((step) => Object.keys(errorsIn(step.name, values, office)).length > 0)?.path ?? checkPath;
}
