import { hitsAPage, rowsAPage, type Answer, type Known, type Letter, type Running } from './peer.ts';

/** Words that letters hold: `many` stands in a good part of them, `rare` in five that were written for it. */
export const words = { many: 'strada', rare: 'zvekirka' } as const;
export const rareLetters = 5;

export type Work = { name: string; writes: boolean; run: (system: Running, index: number) => Promise<void> };
/** What the answers must hold, read from the letters that were filled in. */
export type Facts = { known: readonly Known[]; letters: readonly Letter[]; open: number; many: number };

const at = <T>(list: readonly T[], index: number): T => list[(index * 7919) % list.length]!;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The same work for every system; each answer is looked at, so that nothing fast and wrong is counted. */
export function worksOf({ known, letters, open, many }: Facts): Work[] {
  const expect = (is: boolean, what: string, { text, rows }: Answer): void => {
    if (!is) throw new Error(`${what}: ${rows} rows; ${text.replace(/<[^>]*>|\s+/g, ' ').replace(/ +/g, ' ').slice(0, 400)}`);
  };
  return [
    {
      name: 'case page', writes: false,
      run: async (system, index) => {
        const one = at(known, index);
        const answer = await system.page(one);
        // Some systems write quotation marks as entities, others do not.
        for (const part of [one.subject, one.body.slice(0, 40)].map((text) => escaped(text).split(/["'„“”&\n]/)[0]!))
          expect(answer.text.includes(part), `the page of ${one.n} lacks "${part}"`, answer);
      },
    },
    {
      name: 'open list', writes: false,
      run: async (system) => {
        const answer = await system.list();
        expect(answer.rows === Math.min(open, rowsAPage), `the list should show ${Math.min(open, rowsAPage)}`, answer);
      },
    },
    {
      name: 'search, many', writes: false,
      run: async (system) => {
        const answer = await system.search(words.many);
        expect(answer.rows >= Math.min(many, hitsAPage / 2), `${words.many} stands in ${many}`, answer);
      },
    },
    {
      name: 'search, rare', writes: false,
      run: async (system) => {
        const answer = await system.search(words.rare);
        expect(answer.rows === rareLetters, `${words.rare} stands in ${rareLetters}`, answer);
      },
    },
    {
      name: 'register by REST', writes: true,
      run: async (system, index) => {
        const letter = at(letters, index);
        const answer = await system.register({ ...letter, name: `Sender ${index}`, email: `sender${index % 5000}@example.org` });
        expect(answer.rows === 1, 'a registration gives its number', answer);
      },
    },
  ];
}
