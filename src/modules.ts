import type { Module } from './core/module.ts';
import { contributions } from './modules/contributions/module.ts';
import { directory } from './modules/directory/module.ts';
import { documents } from './modules/documents/module.ts';
import { obligations } from './modules/obligations/module.ts';
import { offices } from './modules/offices/module.ts';
import { people } from './modules/people/module.ts';
import { registry } from './modules/registry/module.ts';
import { requests } from './modules/requests/module.ts';

/** All modules, in order of level: the only list. */
export const modules: readonly Module[] = [offices, people, directory, documents, registry, obligations, contributions, requests];
