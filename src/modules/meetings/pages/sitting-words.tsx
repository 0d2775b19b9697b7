import type { ReactElement } from 'react';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { first, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import type { Option } from '../../../ui/field.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { State } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { listColleagues } from '../../people/index.ts';
import { voteWords } from '../minutes-print.ts';
import type { ConclusionRow, ItemRow, ObligationOf, SittingView, VoteRow } from '../sitting-read.server.ts';

export const meetingHref = (id: string, part = ''): string => `/desk/meetings/${id}${part ? `/${part}` : ''}`;
export const sittingName = (page: Pick<PageContext, 't'>, view: Pick<SittingView, 'committee' | 'number'>): string => page.t('meeting.name', { committee: view.committee, number: view.number });
export const unitName = (page: Pick<PageContext, 'office' | 'locale'>, unitId: string | null): string => textIn(page.office.data.units.find((unit) => unit.id === unitId)?.name, page.locale);

/** What was typed into one of the page's forms, told by its `act`; and whether the refusal is about it. */
export function formOf(shown: Shown | undefined, act: string, more: Record<string, string> = {}): { is: boolean; value(name: string): string; values: Values } {
  const values = shown?.values ?? {};
  const is = first(values, 'act') === act && Object.entries(more).every(([name, value]) => first(values, name) === value);
  return { is, values: is ? values : {}, value: (name) => (is ? first(values, name) : '') };
}

/** Persons and units who may be bound by a conclusion, the units first. */
export async function ownerOptions(page: PageContext): Promise<Option[]> {
  const { people } = await page.run(listColleagues, {});
  const units = [...page.office.data.units].sort((a, b) => Number(b.cabinet) - Number(a.cabinet));
  const order = new Map(units.map((unit, index) => [unit.id, index]));
  return [
    ...units.map((unit) => ({ value: `unit:${unit.id}`, label: textIn(unit.name, page.locale), group: page.t('sitting.units') })),
    ...people.toSorted((a, b) => (order.get(a.unitId ?? '') ?? 99) - (order.get(b.unitId ?? '') ?? 99)).map((person) => ({ value: `person:${person.id}`, label: `${person.name}, ${textIn(person.title, page.locale)}`, group: unitName(page, person.unitId) || page.t('sitting.people') })),
  ];
}

export const QuorumMark = ({ page, view }: { page: Pick<PageContext, 't'>; view: Pick<SittingView, 'quorum'> }): ReactElement =>
  <ClockMark state={view.quorum.isMet ? 'ok' : 'late'} label={page.t(view.quorum.isMet ? 'sitting.quorum' : 'sitting.no_quorum', { present: view.quorum.present, entitled: view.quorum.entitled, needed: view.quorum.needed })} />;

export const ItemState = ({ page, item }: { page: Pick<PageContext, 't'>; item: Pick<ItemRow, 'state'> }): ReactElement =>
  <State kind={item.state === 'open' ? 'soon' : item.state === 'done' ? 'ok' : item.state === 'waiting' ? '' : 'paused'}>{page.t(`point.state.${item.state}`)}</State>;

/** Who carries out a conclusion, by when, and how far it is. */
export function ownerWords(page: Pick<PageContext, 't' | 'office' | 'locale'>, one: ObligationOf): string {
  const who = one.owner || unitName(page, one.unitId);
  return [who, one.dueOn ? page.t('conclusion.until', { on: formatDay(one.dueOn, page.locale, 'numeric') }) : ''].filter(Boolean).join(', ');
}
export const isStanding = (one: ConclusionRow): boolean => one.droppedAt === null;

/** A vote that is over, in one line; one that runs says how many have voted. */
export const VoteLine = ({ page, vote }: { page: Pick<PageContext, 't'>; vote: VoteRow }): ReactElement =>
  vote.state === 'open' ? <p>{page.t('vote.running', { question: vote.question, cast: vote.cast, present: vote.present })}</p>
    : <p className={vote.state === 'annulled' ? 'meta' : undefined}>{vote.state === 'closed' && <State kind={vote.isCarried ? 'ok' : 'late'}>{page.t(vote.isCarried ? 'vote.carried' : 'vote.lost')}</State>} {voteWords(page.t, vote)}</p>;

/** The sheet of these pages, and with `live` the script that follows the sitting. */
export function SittingAssets({ live }: { live?: boolean }): ReactElement {
  const { asset } = useView();
  return <><link rel="stylesheet" href={asset('sitting.css')} />{live && <script type="module" src={asset('sitting.js')} />}</>;
}
