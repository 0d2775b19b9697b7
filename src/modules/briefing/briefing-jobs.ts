import { log } from '../../core/log.ts';
import type { Listener, Schedule } from '../../core/module.ts';
import { PdfError } from '../../core/pdf.ts';
import { Refusal } from '../../core/refusal.ts';
import { forgetPrints, guardPacks } from './pack-file.server.ts';
import { makePrint } from './pack-print.ts';

/** A pack that is ready has its PDF before somebody asks for it. */
const print: Listener = {
  name: 'briefing.print', on: ['pack.ready'],
  async run(kernel, office, event) {
    try {
      if (event.nounId) await makePrint(kernel, kernel.system(office), event.nounId);
    } catch (error) {
      // It is made again when somebody asks for it.
      if (!(error instanceof Refusal) && !(error instanceof PdfError)) throw error;
      log.warn({ office: office.slug, pack: event.nounId, err: error.message }, 'no PDF of a pack');
    }
  },
};
/** A case that becomes confidential leaves the phones with the next contact. */
const guard: Listener = {
  name: 'briefing.guard', on: ['case.restricted', 'petition.restricted'],
  run: async (kernel, office, event) => void (event.caseId && (await kernel.run(guardPacks, kernel.system(office), { caseId: event.caseId }, { key: event.id, now: event.at }))),
};
const forget: Schedule = { name: 'briefing.forget', cron: '20 3 * * *', run: async (kernel, office, now) => void (await kernel.run(forgetPrints, kernel.system(office), {}, { now })) };

export const listeners: readonly Listener[] = [print, guard];
export const schedules: readonly Schedule[] = [forget];
