import { definePage, type Page } from '../../../core/page.ts';
import { answerDav } from '../dav-answer.ts';

const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PROPFIND', 'PROPPATCH', 'REPORT', 'POST', 'MKCALENDAR', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'ACL'] as const;
const serve: NonNullable<Page['serve']> = { methods, answer: answerDav };

/** CalDAV, as docs/caldav.md lists it. */
export const davPages: readonly Page[] = [definePage({ path: '/dav', audience: 'program', serve }), definePage({ path: '/dav/*', audience: 'program', serve })];
