import type { Module } from './core/module.ts';
import { contributions } from './modules/contributions/module.ts';
import { directory } from './modules/directory/module.ts';
import { documents } from './modules/documents/module.ts';
import { obligations } from './modules/obligations/module.ts';
import { distribution } from './modules/distribution/module.ts';
import { dispatch } from './modules/dispatch/module.ts';
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
export const modules: readonly Module[] = [offices, people, directory, documents, registry, obligations, contributions, distribution, dispatch, requests, mailroom, correspondence, archive, classified, exchange];
