import type { Page, Panel } from '../../../core/page.ts';

export const audiencesPages: readonly Page[] = [];
export const audiencesPanel: Panel = { name: 'audiences' };
