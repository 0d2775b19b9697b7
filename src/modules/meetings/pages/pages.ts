import type { Page, Panel } from '../../../core/page.ts';
import { sittingPages } from './sitting-page.tsx';

export const meetingsPages: readonly Page[] = [...sittingPages];
export const meetingsPanel: Panel = { name: 'meetings' };
