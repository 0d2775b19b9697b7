type Kept = { until: number; value: Promise<unknown> };
const people = new Map<string, Map<string, Kept>>();
const marks = new Map<string, string>();
const peopleAtMost = 5000;

/** What many pages show a person beside their work (counts, figures), read anew after some seconds or after the person's own next act. */
export function glance<T>(personId: string, name: string, seconds: number, read: () => Promise<T>): Promise<T> {
  if (people.size > peopleAtMost) people.clear();
  const kept = people.get(personId) ?? new Map<string, Kept>();
  people.set(personId, kept);
  const found = kept.get(name);
  if (found && found.until > Date.now()) return found.value as Promise<T>;
  const value = read();
  kept.set(name, { until: Date.now() + seconds * 1000, value });
  value.catch(() => kept.delete(name));
  return value;
}

export const forgetGlances = (personId: string): void => void people.delete(personId);

/** The mark of a person's last act comes with the browser: one that is not known here was an act on another server, after which nothing kept counts. */
export function noticeAct(personId: string, mark: string): void {
  if (marks.get(personId) === mark) return;
  if (marks.size > peopleAtMost) marks.clear();
  marks.set(personId, mark);
  forgetGlances(personId);
}
