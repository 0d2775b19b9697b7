import { z } from 'zod';
import { id } from '../../core/input.ts';
import { formatDay, isLocaleId } from '../../core/language.ts';
import { operation } from '../../core/operation.ts';
import { notify } from './notice.server.ts';
import { getPetitionRow } from './petition.server.ts';
import { clockView, receiptMail } from './tracking.server.ts';

export const confirmPetition = operation({
  id: 'petition.confirm', kind: 'command', allow: [],
  summary: 'Confirms the receipt of a letter to who left an e-mail address, with the receipt as PDF.',
  input: z.object({ id: id() }),
  output: z.object({ mailed: z.boolean() }),
  async run(context, input) {
    const petition = await getPetitionRow(context, input.id);
    const locale = isLocaleId(petition.locale) ? petition.locale : context.office.locale;
    const clock = await clockView(context, petition.id, locale);
    const said = { legalOn: clock?.legalOn ?? '', sentence: clock?.sentence ?? '', on: formatDay(context.today, locale, 'long') };
    const mailed = (await notify(context, petition, 'received', said, { attachments: [await receiptMail(context, petition.id, locale)] })) !== null;
    context.record({ name: mailed ? 'petition.confirmed' : 'petition.not_confirmed', nounId: petition.id, caseId: petition.id });
    return { mailed };
  },
});
