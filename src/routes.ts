import type { Page } from './core/page.ts';
import { contributionPages } from './modules/contributions/pages/pages.ts';
import { directoryPages } from './modules/directory/pages/pages.tsx';
import { documentPages } from './modules/documents/pages/pages.ts';
import { officePages } from './modules/offices/pages/pages.ts';
import { apiPage } from './modules/offices/pages/api-page.tsx';
import { dutiesPage } from './modules/offices/pages/duties-page.tsx';
import { deskContributionPages } from './modules/contributions/pages/desk-pages.tsx';
import { peoplePages } from './modules/people/pages/pages.ts';
import { registryPages } from './modules/registry/pages/pages.tsx';
import { requestPages } from './modules/requests/pages/pages.ts';

/** Every page of every module: the only list. Fixed paths stand before those with parameters. */
export const pages: readonly Page[] = [...officePages, dutiesPage, apiPage, ...peoplePages, ...directoryPages, ...documentPages, ...registryPages, ...contributionPages, ...deskContributionPages, ...requestPages]
  .toSorted((a, b) => Number(a.path.includes(':')) - Number(b.path.includes(':')));
