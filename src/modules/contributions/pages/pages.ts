import type { Page } from '../../../core/page.ts';
import { contributePage } from './contribute-page.tsx';

export const contributionPages: readonly Page[] = [contributePage];
