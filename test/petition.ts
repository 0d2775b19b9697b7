import type { z } from 'zod';
import type { Caller } from '../src/core/caller.ts';
import { submitAnswer, approveAnswer, dispatchAnswer, draftAnswer } from '../src/modules/requests/answer.server.ts';
import { submitPetition } from '../src/modules/requests/intake.server.ts';
import { assignPetition } from '../src/modules/requests/work.server.ts';
import type { TestOffice } from './office.ts';

export const letter = {
  kind: 'petition' as const, subject: 'Расвјета код школе', text: 'Молимо да се поправи улична расвјета код школе. Већ двије недјеље је мрак.', place: 'Код школе', name: 'Ђурђа Његовановић',
  email: 'djurdja@primjer.example', phone: '067 000 111', address: 'Липова 4', town: 'Примјер', replyBy: 'email' as const,
};
export const parts = { facts: 'Увиђајем је утврђено да три стуба не свијетле.', basis: 'Члан 12 одлуке о комуналном реду.', decision: 'Стубови се поправљају до петка.', remedy: 'Може се изјавити приговор у року од 15 дана.' };

type Registered = z.output<(typeof submitPetition)['output']>;

/** A letter of somebody, sent through the public site. */
export const submitted = (office: TestOffice, more: Partial<z.input<(typeof submitPetition)['input']>> = {}, now?: Date): Promise<Registered> =>
  office.run(submitPetition, office.public(), { ...letter, ...more }, now ? { now } : {});

export type Told = Registered & { chief: Caller; clerk: Caller; unitId: string; registrar: Caller };

/** A letter on somebody's desk: sent, and assigned by the chief. */
export async function assigned(office: TestOffice, more: Parameters<typeof submitted>[1] = {}, now?: Date): Promise<Told> {
  const sent = await submitted(office, more, now);
  const [chief, clerk, registrar] = [await office.as('chief'), await office.as('clerk'), await office.as('registrar')];
  const unitId = clerk.unitId!;
  await office.run(assignPetition, chief, { id: sent.id, unitId, personId: clerk.personId! }, now ? { now } : {});
  return { ...sent, chief, clerk, registrar, unitId };
}

/** The answer written, approved and sent. */
export async function answered(office: TestOffice, told: Pick<Told, 'id' | 'chief' | 'clerk' | 'registrar'>, now?: Date) {
  const options = now ? { now } : {};
  const { version } = await office.run(draftAnswer, told.clerk, { id: told.id, ...parts }, options);
  await office.run(submitAnswer, told.clerk, { id: told.id, version, ...parts, approverId: told.chief.personId! }, options);
  await office.run(approveAnswer, told.chief, { id: told.id }, options);
  return office.run(dispatchAnswer, told.registrar, { id: told.id }, options);
}
