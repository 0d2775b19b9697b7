import type { Module } from '../../core/module.ts';
import { putForward, readRokovnik, returnDue, returnOnPaper, takeForward } from './bring-forward.server.ts';
import { giveDelivery, receiveDeliveries, rerouteDelivery, returnDelivery, settleDelivery, signOffDeliveries, withdrawAnnulled, withdrawDelivery } from './delivery.server.ts';
import { countDeliveries, findWhereabouts, listDeliveries } from './delivery-list.server.ts';
import { listeners, schedules } from './distribution-jobs.ts';
import { linkCase, mergeCase, splitCase } from './matter.server.ts';
import { giveResolution, readResolutionDesk } from './resolution.server.ts';

export const distribution: Module = {
  name: 'distribution', level: 1, ofCase: [{ name: 'delivery', table: 'delivery' }, { name: 'bring_forward', table: 'bring_forward' }, { name: 'split', table: 'entry', where: 'x.split_to is not null' }], listeners, schedules,
  operations: [
    giveDelivery, receiveDeliveries, signOffDeliveries, returnDelivery, rerouteDelivery, withdrawDelivery, withdrawAnnulled, settleDelivery, listDeliveries, countDeliveries, findWhereabouts,
    giveResolution, readResolutionDesk, putForward, takeForward, returnDue, returnOnPaper, readRokovnik, linkCase, mergeCase, splitCase,
  ],
};
