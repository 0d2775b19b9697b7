import { glance } from '../../../core/glance.ts';
import type { Output } from '../../../core/operation.ts';
import type { PageContext } from '../../../core/page.ts';
import { countPetitions } from '../list.server.ts';

/** How many cases the reader has in each view, as every page of the desk shows it. */
export const countsOf = (page: PageContext): Promise<Output<typeof countPetitions>> => glance(page.caller.personId ?? '', 'counts', 10, () => page.run(countPetitions, {}));
