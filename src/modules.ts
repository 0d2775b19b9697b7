import type { Module } from './core/module.ts';
import { contributions } from './modules/contributions/module.ts';
import { directory } from './modules/directory/module.ts';
import { documents } from './modules/documents/module.ts';
import { obligations } from './modules/obligations/module.ts';
import { distribution } from './modules/distribution/module.ts';
import { dispatch } from './modules/dispatch/module.ts';
import { calendar } from './modules/calendar/module.ts';
import { briefing } from './modules/briefing/module.ts';
import { plan } from './modules/plan/module.ts';
import { meetings } from './modules/meetings/module.ts';
import { audiences } from './modules/audiences/module.ts';
import { mailroom } from './modules/mailroom/module.ts';
import { correspondence } from './modules/correspondence/module.ts';
import { archive } from './modules/archive/module.ts';
import { classified } from './modules/classified/module.ts';
import { exchange } from './modules/exchange/module.ts';
import { offices } from './modules/offices/module.ts';
import { people } from './modules/people/module.ts';
import { registry } from './modules/registry/module.ts';
import { requests } from './modules/requests/module.ts';

/** All modules, in order of level: the only list. */
export const modules: readonly Module[] = [offices, people, directory, documents, registry, obligations, contributions, distribution, dispatch, calendar, briefing, requests,
  mailroom, correspondence, archive, classified, exchange, plan, meetings, audiences];
