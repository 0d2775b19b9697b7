import type { Module } from '../../core/module.ts';
import { answerAudience, noteAnswer } from './answer.server.ts';
import { lifecycle } from './audience.ts';
import { earlierMatters, findOfCase, getAudienceView } from './audience.server.ts';
import { listeners, schedules } from './audiences-jobs.ts';
import { addSlot, cancelDay, changeReceptionDay, closeDay, daysAhead, dropSlot, getReceptionDay, holdDays, listDays, listFree, makeDays } from './day.server.ts';
import { findAudienceDraft, forgetAudienceDrafts, saveAudienceDraft, sendAudienceDraft } from './draft.server.ts';
import { countAudiences, listAudiences } from './list.server.ts';
import { adoptAudience, askAudience, confirmReceipt, registerAudience } from './register.server.ts';
import { askOtherTime, callAudience, confirmAudience, declineAudience, noteAdopted, offerTime, prepareAudience, redirectAudience, remindAudiences, scheduleAudience, takeUp, withdrawAudience } from './schedule.server.ts';
import { audienceFigures } from './statistics.server.ts';
import { findAudienceByCode, readAudienceAnswer, trackAudience } from './tracking.server.ts';
import { arriveAudience, beginAudience, correctTalk, endAudience, gatherPack, missAudience, noteAudience, promiseMore } from './visit.server.ts';

export const audiences: Module = {
  name: 'audiences', level: 2, ofCase: [{ name: 'audience', table: 'audience' }], listeners, schedules, lifecycles: [lifecycle], capabilities: ['audiences'],
  operations: [
    askAudience, registerAudience, adoptAudience, confirmReceipt, findAudienceDraft, saveAudienceDraft, sendAudienceDraft, forgetAudienceDrafts, getAudienceView, findOfCase, earlierMatters, listAudiences, countAudiences,
    daysAhead, listFree, listDays, getReceptionDay, makeDays, changeReceptionDay, addSlot, dropSlot, closeDay, cancelDay, holdDays, takeUp, scheduleAudience, confirmAudience, askOtherTime, withdrawAudience, callAudience, redirectAudience, noteAdopted,
    declineAudience, prepareAudience, offerTime, remindAudiences, noteAudience, gatherPack, arriveAudience, beginAudience, endAudience, correctTalk, promiseMore, missAudience, answerAudience, noteAnswer, audienceFigures, findAudienceByCode, trackAudience, readAudienceAnswer,
  ],
};
