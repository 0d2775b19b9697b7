import type { Page, Panel } from '../../../core/page.ts';
import { listPage } from './list-page.tsx';
import { packOfPage, packPage, pdfPage } from './pack-page.tsx';
import { panel } from './panel.tsx';
import { pocketPages } from './pocket-pages.tsx';
import { addPartPage, changePartPage } from './part-pages.tsx';

export const briefingPages: readonly Page[] = [listPage, packOfPage, changePartPage, packPage, pdfPage, addPartPage, ...pocketPages];
export const briefingPanel: Panel = panel;
