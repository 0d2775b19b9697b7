import type { Day } from '../../core/day.ts';
import { isPlausibleDay } from '../../core/day.ts';

export type Suggestion = { subject: string; name: string; senderReference: string; senderDatedOn: Day | '' };

// As letterheads of the four countries write them; a machine that reads mistakes a colon for a dot.
const numberMark = /(?:^|\n)[^\S\n]*(?:Broj|Број|Br|Бр|Nr|Nr\. ?înreg|Număr|Numri|No|Ref)[^\S\n]*[.:;]+[^\S\n]*([\p{L}\d][\p{L}\d\-/.]*(?:[^\S\n]?[-/][^\S\n]?[\p{L}\d.]+)*)/iu;
const subjectMark = /(?:^|\n)[^\S\n]*(?:Predmet|Предмет|Obiect(?:ul)?|Subiect|Lënda|Subject|Referitor la)[^\S\n]*[.:;][^\S\n]*([^\n]{3,200})/iu;
const dayMark = /(?<!\d)(\d{1,2})\s?[./]\s?(\d{1,2})\s?[./]\s?((?:19|20)\d\d)(?!\d)/gu;
const title = /^(?:republika|република|crna gora|црна гора|românia|republica|bosna|босна|opština|општина|grad |град |primăria|број|broj|nr|datum|датум|data)\b/iu;

/** What a letter seems to say of itself, from the words a machine read on it: to be looked at before it is used. */
export function suggest(words: string, today: Day): Suggestion {
  const head = words.slice(0, 4000);
  const days = [...head.matchAll(dayMark)].map(([, day, month, year]) => `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`).filter((one) => isPlausibleDay(one, { from: '2000-01-01', until: today }));
  const rows = head.split('\n').map((row) => row.replace(/\s+/g, ' ').trim()).filter((row) => /\p{L}{3}/u.test(row));
  const first = rows.find((row) => row.length <= 100 && !title.test(row) && !subjectMark.test(row)) ?? '';
  return {
    subject: (subjectMark.exec(head)?.[1] ?? '').replace(/\s+/g, ' ').trim().slice(0, 200), name: first.replace(/[^\p{L}\p{N} .,„“”"'-]/gu, '').trim().slice(0, 100),
    senderReference: (numberMark.exec(head)?.[1] ?? '').replace(/\s+/g, '').replace(/[.,]+$/, '').slice(0, 60), senderDatedOn: days[0] ?? '',
  };
}
