import type { Page } from '../../../core/page.ts';
import { bookPages } from './book-page.tsx';
import { boxPages } from './box-pages.tsx';
import { disposalActPage, disposalPages } from './disposal-pages.tsx';
import { lendingPages } from './lending-pages.tsx';
import { planPages } from './plan-page.tsx';
import { printPages } from './prints.ts';
import { waitingPages } from './waiting-page.tsx';
export { archivePanel } from './panel.tsx';

// The acts of a list come after its papers: their path would take those too.
export const archivePages: readonly Page[] = [...bookPages, ...waitingPages, ...planPages, ...boxPages, ...lendingPages, ...printPages, ...disposalPages, disposalActPage];
