import type { TownOffice } from './town.ts';
import type { Visitor } from './visitor.ts';

export type Parts = { facts: string; basis: string; decision: string; remedy: string };
export const answerParts = ['facts', 'basis', 'decision', 'remedy'] as const;

/** The steps of a letter in an office that more than one journey goes. */
export async function openCase(visitor: Visitor, subject: string): Promise<string> {
  if (visitor.path !== '/desk') await visitor.open('/desk');
  await visitor.going(() => visitor.page.locator('main').getByRole('link', { name: subject }).first().click());
  return visitor.path;
}

export async function assign(chief: Visitor, unit: string, person: string): Promise<void> {
  await chief.act('assign');
  await chief.choose('petition.unit', unit);
  await chief.choose('petition.handler', person);
  await chief.press('petition.act.assign.do');
  await chief.says('desk.done.assigned_one');
}

export async function submitAnswer(clerk: Visitor, parts: Parts, approver: string): Promise<void> {
  for (const part of answerParts) await clerk.fill(`answer.part.${part}`, parts[part]);
  await clerk.choose('answer.approver', approver);
  await clerk.press('petition.act.submit');
  await clerk.says('desk.done.submitted');
}

export async function approve(approver: Visitor, casePath: string): Promise<void> {
  await approver.open(casePath);
  await approver.act('approve');
  await approver.press('petition.act.approve.do');
  await approver.says('desk.done.approved');
}

export async function dispatch(registrar: Visitor, casePath: string): Promise<void> {
  await registrar.open(casePath);
  await registrar.act('dispatch');
  await registrar.press('petition.act.dispatch');
  await registrar.says('desk.done.dispatched');
}

/** Writes a letter on the public site; answers with the number and the code of the receipt. */
export async function write(citizen: Visitor, letter: { subject: string; text: string; name: string; email: string }): Promise<{ reference: string; code: string }> {
  await fillSteps(citizen, letter);
  await citizen.press('public.check.send');
  return receiptOf(citizen);
}

export async function fillSteps(citizen: Visitor, letter: { subject: string; text: string; name: string; email: string }): Promise<void> {
  await citizen.open('/petition');
  await citizen.tick('public.kind.petition');
  await citizen.press('public.continue');
  await citizen.fill('public.field.subject', letter.subject);
  await citizen.fill('public.field.text', letter.text);
  await citizen.press('public.continue');
  await citizen.tick('public.who.named');
  await citizen.fill('public.field.name', letter.name);
  await citizen.tick('public.way.email');
  await citizen.fill('public.field.email', letter.email);
  await citizen.press('public.continue');
}

export async function receiptOf(citizen: Visitor): Promise<{ reference: string; code: string }> {
  await citizen.says('public.receipt.title');
  return { reference: await citizen.page.locator('main .facts .ref').innerText(), code: await citizen.page.locator('main .code b').innerText() };
}

/** Opens a letter by its code, as somebody who has only that. */
export async function track(citizen: Visitor, code: string): Promise<void> {
  await citizen.open('/track');
  await citizen.fill('public.code', code);
  await citizen.press('public.track.show');
}

export const countPetitions = (office: TownOffice): Promise<number> => office.within(async (db) => {
  const row = await db.selectFrom('petition').select((eb) => eb.fn.countAll<string>().as('count')).where('office_id', '=', office.office.id).executeTakeFirstOrThrow();
  return Number(row.count);
});
