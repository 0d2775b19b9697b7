import type { Page, Panel } from '../../../core/page.ts';
import { bookAnnulPages } from './book-annul-page.tsx';
import { bookClosingPages } from './book-closing-page.tsx';
import { registerPages } from './book-page.tsx';
import { bookPanel } from './book-panel.tsx';
import { bookPrintPages } from './book-print.ts';
import { bookReservePages } from './book-reserve-page.tsx';
import { casePages } from './case-pages.ts';

export const registryPages: readonly Page[] = [...registerPages, ...bookPrintPages, ...bookClosingPages, ...bookReservePages, ...bookAnnulPages, ...casePages];
export const registryPanel: Panel = bookPanel;
