import { z } from 'zod';
import { computeClock } from '../../core/clock.ts';
import { findClockRule } from '../../core/jurisdiction.ts';
import { textIn } from '../../core/message.ts';
import { operation } from '../../core/operation.ts';
import { officeCalendar } from '../registry/index.ts';

export const answerTerm = operation({
  id: 'petition.answer_term',
  kind: 'query',
  rest: 'GET /answer-term',
  allow: ['public', 'petitioner'],
  asOffice: true,
  summary: 'How long an answer to a letter sent today may take by the rule in force, and the day that makes.',
  input: z.object({}),
  output: z.object({
    days: z.number(),
    targetDays: z.number(),
    unit: z.enum(['calendar', 'working']),
    legalOn: z.string(),
    basis: z.string(),
  }),
  async run({ db, office, today, caller }) {
    const rule = findClockRule(office.jurisdiction, 'petition.reply', today);
    if (!rule) throw new Error(`no clock rule petition.reply in ${office.jurisdiction.id} on ${today}`);
    const clock = computeClock(rule, { startedOn: today, pauses: [], extensions: [], today }, await officeCalendar(db, office));
    return {
      days: rule.days,
      targetDays: rule.targetDays ?? rule.days,
      unit: rule.unit,
      legalOn: clock.legalOn,
      basis: textIn(rule.basis as Record<string, string>, caller.locale),
    };
  },
});
