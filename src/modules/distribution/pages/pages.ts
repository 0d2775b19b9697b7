import type { Page, Panel } from '../../../core/page.ts';
import { deliverPage } from './deliver-page.tsx';
import { deliveryPages } from './delivery-pages.tsx';
import { matterPages } from './matter-page.tsx';
import { panel } from './panel.tsx';
import { resolutionPages } from './resolution-page.tsx';
import { rokovnikPages } from './rokovnik-page.tsx';

export const distributionPages: readonly Page[] = [...deliveryPages, deliverPage, ...resolutionPages, ...rokovnikPages, ...matterPages];
export const distributionPanel: Panel = panel;
