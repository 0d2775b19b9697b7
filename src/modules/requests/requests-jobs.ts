import type { Listener, Schedule } from '../../core/module.ts';
import { enter } from '../../core/operation.ts';
import { translator } from '../../core/message.ts';
import { dayIn } from '../../core/day.ts';
import { formatDay, isLocaleId } from '../../core/language.ts';
import { clockView } from './tracking.server.ts';
import { lapseCompletions } from './completion.server.ts';
import { notify } from './notice.server.ts';
import { getPetitionRow } from './petition.server.ts';
import { receiptMail } from './tracking.server.ts';
import type { Context } from '../../core/operation.ts';
import { newId } from '../../core/id.ts';

/** The confirmation of receipt: a letter follows each registration that left an e-mail address. */
const confirm: Listener = {
  name: 'requests.confirm', on: ['petition.registered'],
  async run(kernel, office, event) {
    const caller = kernel.system(office);
    await kernel.db.transaction().execute(async (db) => {
      await enter(db, caller, 'all');
      // Heard twice after a crash, the letter still goes once: its id is the event's.
      const sent = await db.selectFrom('mail').select('id').where('office_id', '=', office.id).where('case_id', '=', event.caseId).limit(1).executeTakeFirst();
      if (sent) return;
      const context = { kernel, db, caller, office, now: event.at, today: dayIn(office.jurisdiction.timeZone, event.at), t: translator(office.locale), newId: () => newId(), record: () => {}, afterCommit: () => {} } satisfies Context;
      const petition = await getPetitionRow(context, event.caseId!);
      const locale = isLocaleId(petition.locale) ? petition.locale : office.locale;
      const clock = await clockView(context, petition.id, locale);
      await notify(context, petition, 'received', { legalOn: clock?.legalOn ?? '', sentence: clock?.sentence ?? '', on: formatDay(context.today, locale, 'long') }, { attachments: [await receiptMail(context, petition.id, locale)] });
    });
  },
};

const lapse: Schedule = { name: 'requests.lapse', cron: '15 6 * * *', run: async (kernel, office, now) => void (await kernel.run(lapseCompletions, kernel.system(office), {}, { now })) };

export const listeners: readonly Listener[] = [confirm];
export const schedules: readonly Schedule[] = [lapse];
