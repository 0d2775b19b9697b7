import type { Page } from '../../../core/page.ts';
import { casePage } from './case-page.tsx';

/** Pages of papers and cases. */
export const casePages: readonly Page[] = [casePage];
