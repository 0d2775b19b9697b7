import type { Page } from '../../../core/page.ts';
import { structurePages } from './public-structure.tsx';
import { textPages } from './public-texts.tsx';

export const officePages: readonly Page[] = [...structurePages, ...textPages];
