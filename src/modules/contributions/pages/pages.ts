import type { Page, Panel } from '../../../core/page.ts';
import { contributePage } from './contribute-page.tsx';

export const contributionPages: readonly Page[] = [contributePage];
export const contributionsPanel: Panel = { name: 'contributions' };
