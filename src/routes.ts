import type { Page, Panel } from './core/page.ts';
import { contributionPages, contributionsPanel } from './modules/contributions/pages/pages.ts';
import { directoryPages } from './modules/directory/pages/pages.tsx';
import { documentPages } from './modules/documents/pages/pages.ts';
import { officePages } from './modules/offices/pages/pages.ts';
import { apiPage } from './modules/offices/pages/api-page.tsx';
import { dutiesPage } from './modules/offices/pages/duties-page.tsx';
import { deskContributionPages } from './modules/contributions/pages/desk-pages.tsx';
import { peoplePages } from './modules/people/pages/pages.ts';
import { registryPages, registryPanel } from './modules/registry/pages/pages.tsx';
import { distributionPages, distributionPanel } from './modules/distribution/pages/pages.ts';
import { dispatchPages, dispatchPanel } from './modules/dispatch/pages/pages.ts';
import { obligationPages, obligationsPanel } from './modules/obligations/pages/pages.ts';
import { calendarPages, calendarPanel } from './modules/calendar/pages/pages.ts';
import { briefingPages, briefingPanel } from './modules/briefing/pages/pages.ts';
import { planPages, planPanel } from './modules/plan/pages/pages.ts';
import { meetingsPages, meetingsPanel } from './modules/meetings/pages/pages.ts';
import { audiencesPages, audiencesPanel } from './modules/audiences/pages/pages.ts';
import { mailroomPages, mailroomPanel } from './modules/mailroom/pages/pages.ts';
import { correspondencePages, correspondencePanel } from './modules/correspondence/pages/pages.ts';
import { archivePages, archivePanel } from './modules/archive/pages/pages.ts';
import { classifiedPages, classifiedPanel } from './modules/classified/pages/pages.ts';
import { exchangePages, exchangePanel } from './modules/exchange/pages/pages.ts';
import { requestPages } from './modules/requests/pages/pages.ts';

/** Every page of every module: the only list. Fixed paths stand before those with parameters. */
export const pages: readonly Page[] = [...officePages, dutiesPage, apiPage, ...peoplePages, ...directoryPages, ...documentPages, ...registryPages, ...contributionPages, ...deskContributionPages, ...distributionPages, ...dispatchPages, ...requestPages, ...mailroomPages, ...correspondencePages, ...archivePages,
  ...classifiedPages, ...exchangePages, ...obligationPages, ...calendarPages, ...briefingPages, ...planPages, ...meetingsPages, ...audiencesPages]
  .toSorted((a, b) => Number(a.path.includes(':')) - Number(b.path.includes(':')));

/** What modules add to the pages of others, in the order in which it is shown. */
export const panels: readonly Panel[] = [registryPanel, calendarPanel, briefingPanel, planPanel, meetingsPanel, audiencesPanel, obligationsPanel, contributionsPanel, distributionPanel, correspondencePanel, dispatchPanel, mailroomPanel, archivePanel, classifiedPanel, exchangePanel];
