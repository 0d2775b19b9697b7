import type { Page } from '../../../core/page.ts';
import { actPages } from './public-acts.tsx';
import { draftPages } from './public-check.tsx';
import { homePages } from './public-home.tsx';
import { stepPages } from './public-petition.tsx';
import { publishedPages } from './public-published.tsx';
import { receiptPages } from './public-receipt.tsx';
import { trackPages } from './public-track.tsx';

/** The site that needs no account. */
export const publicPages: readonly Page[] = [
  ...homePages,
  ...stepPages,
  ...draftPages,
  ...receiptPages,
  ...trackPages,
  ...actPages,
  ...publishedPages,
];
