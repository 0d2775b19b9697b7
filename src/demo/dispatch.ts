import { addDays, dayIn, instantIn, weekdayOf } from '../core/day.ts';
import { isWorkingDay } from '../core/holiday.ts';
import type { LocalText } from '../core/language.ts';
import { textIn } from '../core/message.ts';
import { deliverDispatch, failDispatch, listDispatches, prepareDispatch } from '../modules/dispatch/dispatch.server.ts';
import { handPostList, makePostList } from '../modules/dispatch/post-list.server.ts';
import { listedWays } from '../modules/dispatch/dispatch.ts';
import type { Stage } from './tell.ts';

const gone: LocalText = { sr: 'Прималац одселио', cnr: 'Прималац одселио', mk: 'Примачот е отселен', ro: 'Destinatar mutat', en: 'Addressee has moved' };

/** Each second Thursday the post is weighed, listed and handed over; some of it is confirmed, a little comes back. What is newer still waits. */
export function tellDispatch({ kernel, office, cast, random, add, now }: Stage): void {
  const zone = office.jurisdiction.timeZone;
  const today = dayIn(zone, now);
  const by = cast.registrar;
  let pieces = 0;
  for (let day = addDays(today, -350), week = 0; day < addDays(today, -3); day = addDays(day, 1)) {
    if (weekdayOf(day) !== 4 || week++ % 2 === 1 || !isWorkingDay(office.jurisdiction, day)) continue;
    const on = day;
    add(instantIn(zone, on, '13:00'), async (moment) => {
      for (const way of listedWays) {
        const { dispatches } = await kernel.run(listDispatches, by, { way });
        if (dispatches.length === 0) continue;
        for (const row of dispatches) if (way !== 'courier') await kernel.run(prepareDispatch, by, { id: row.id, addressee: row.addressee, address: row.address, weightG: 20 + Math.floor(random() * 90), tracking: way === 'registered' ? `RE ${100_000 + ++pieces}` : '' }, { now: moment });
        const list = await kernel.run(makePostList, by, { way }, { now: moment });
        await kernel.run(handPostList, by, { id: list.id }, { now: moment });
        if (way !== 'post') add(instantIn(zone, addDays(on, 5), '10:00'), async (then) => {
          for (const row of dispatches) await kernel.run(deliverDispatch, by, { id: row.id, deliveredOn: addDays(on, 4), deliveredTo: row.addressee }, { now: then });
        });
        else if (random() < 0.25) add(instantIn(zone, addDays(on, 8), '10:30'), async (then) => void (await kernel.run(failDispatch, by, { id: dispatches[0]!.id, reason: textIn(gone, office.locale) }, { now: then })));
      }
    });
  }
}
