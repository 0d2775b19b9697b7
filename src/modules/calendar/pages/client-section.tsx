import type { ReactElement } from 'react';
import type { PageContext } from '../../../core/page.ts';

/** How one's own calendar programs are connected: links to follow, and CalDAV. */
export const clientSection = (_page: PageContext): Promise<ReactElement | null> => Promise.resolve(null);
