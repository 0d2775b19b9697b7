import type { Page, Panel } from '../../../core/page.ts';
import { contributePage, contributePaper } from './contribute-page.tsx';
import { panel } from './panel.tsx';

export const contributionPages: readonly Page[] = [contributePage, contributePaper];
export const contributionsPanel: Panel = panel;
