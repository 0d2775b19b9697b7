import type { Page } from '../../../core/page.ts';
import { signInPages } from './sign-in-page.tsx';

export const peoplePages: readonly Page[] = [...signInPages];
