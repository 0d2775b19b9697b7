import type { Page, Panel } from '../../../core/page.ts';
import { agendaPages } from './agenda-page.tsx';
import { committeePages } from './committee-pages.tsx';
import { linkPages } from './link-page.tsx';
import { meetingFormPages } from './meeting-form-page.tsx';
import { meetingListPage } from './meeting-list-page.tsx';
import { meetingPage, ownPackPage } from './meeting-page.tsx';
import { panel } from './panel.tsx';
import { proposalPages } from './proposal-pages.tsx';
import { sittingPages } from './sitting-page.tsx';

export const meetingsPages: readonly Page[] = [meetingListPage, ...meetingFormPages, ...committeePages, ...proposalPages, ...agendaPages, ...sittingPages, ownPackPage, meetingPage, ...linkPages];
export const meetingsPanel: Panel = panel;
