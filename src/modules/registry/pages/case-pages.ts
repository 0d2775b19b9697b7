import type { Page } from '../../../core/page.ts';
import { caseActPages } from './case-act-pages.tsx';
import { caseListPage } from './case-list-page.tsx';
import { casePage } from './case-page.tsx';
import { labelPages } from './label-pages.tsx';
import { addPaperPage, newPaperPage } from './paper-page.tsx';
import { registeredPage } from './registered-page.tsx';

export { caseMenu } from './case-list-page.tsx';
export { actsOfAny } from './case-page.tsx';

/** Pages of papers and cases. */
export const casePages: readonly Page[] = [caseListPage, newPaperPage, casePage, registeredPage, addPaperPage, ...caseActPages, ...labelPages];
