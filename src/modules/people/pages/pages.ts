import type { Page } from '../../../core/page.ts';
import { invitePages } from './invite-page.tsx';
import { accessPages } from './me-access-page.tsx';
import { mePages } from './me-page.tsx';
import { proofPages } from './me-proof-page.tsx';
import { substitutePages } from './me-substitute-page.tsx';
import { listPages } from './people-page.tsx';
import { personPages } from './person-page.tsx';
import { signInPages } from './sign-in-page.tsx';

export const peoplePages: readonly Page[] = [...signInPages, ...invitePages, ...mePages, ...proofPages, ...accessPages, ...substitutePages, ...listPages, ...personPages];
