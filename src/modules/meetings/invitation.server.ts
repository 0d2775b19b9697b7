import { officeAddress } from '../../core/address.ts';
import { dayIn } from '../../core/day.ts';
import { formatDay, formatTime } from '../../core/language.ts';
import { queueMail } from '../../core/mail.ts';
import { textIn, translator } from '../../core/message.ts';
import type { Context } from '../../core/operation.ts';
import type { AgendaData } from '../../core/pdf.ts';
import { openText } from '../../core/secret.ts';
import { invitationText } from '../calendar/index.ts';
import type { Place, Point } from './agenda-item.server.ts';
import type { PointMark } from './meeting.ts';

/** What a sitting is called in the office's own words. */
export const sittingName = (office: Pick<Context['office'], 'locale'>, committee: { name: string }, number: number): string => translator(office.locale)('meeting.name', { number, committee: committee.name });

export type Called = { id: string; number: number; kind: string; title: string; place: string; link: string; startsAt: Date; endsAt: Date; caseId: string; engagementId?: string | null };
type Body = { name: string; isConfidential: boolean; noticeBasis?: string };
export type Changes = { marks: ReadonlyMap<string, PointMark>; dropped: readonly string[] };

/** The agenda line by line as anybody who sees the sitting may read it: a confidential point has its number and no words. */
export function agendaLines({ office }: Pick<Context, 'office'>, places: readonly Place[], points: readonly Point[], marks?: Changes['marks']): { id: string; number: number; title: string; point: Point | null; mark: string }[] {
  const t = translator(office.locale);
  return places.map((place) => {
    const point = points.find((one) => one.id === place.id && !one.isConfidential) ?? null;
    const mark = marks?.get(place.id);
    return { id: place.id, number: place.number, title: point?.title ?? t('agenda.confidential_point'), point, mark: mark ? t(`agenda.mark.${mark}`) : '' };
  });
}

const when = (office: Context['office'], at: Date): { day: string; time: string } => ({ day: formatDay(dayIn(office.jurisdiction.timeZone, at), office.locale, 'weekday'), time: formatTime(at, office.jurisdiction.timeZone, office.locale) });

type Paper = { meeting: Called; committee: Body; reference: string; places: readonly Place[]; points: readonly Point[]; changes: Changes | null; urgency: string; members: readonly { name: string; standsFor: string; role: string }[]; signer: { name: string; title: string } };
/** The invitation as a paper: when and where, the agenda with rapporteurs and papers, who is called, who calls. */
export function invitationData(context: Pick<Context, 'office' | 'today'>, paper: Paper, kind: 'invitation' | 'pack' = 'invitation'): AgendaData {
  const { office, today } = context;
  const t = translator(office.locale);
  const { meeting, committee } = paper;
  const { day, time } = when(office, meeting.startsAt);
  const name = sittingName(office, committee, meeting.number);
  const zone = office.jurisdiction.timeZone;
  return {
    lang: office.locale, region: office.jurisdiction.country, title: `${t(`meeting.paper.${kind}`)}: ${name}`, issuedAt: today, number: paper.reference, date: formatDay(today, office.locale), heading: t(`meeting.paper.${kind}`), subtitle: name,
    office: { name: textIn(office.data.name, office.locale), cabinet: textIn(office.data.cabinet, office.locale), address: office.data.address, phone: office.data.phone, email: office.data.email, accent: office.data.accent[0] },
    ...(kind === 'invitation' ? { intro: t(paper.changes ? 'meeting.paper.intro_changed' : 'meeting.paper.intro', { day, time, basis: committee.noticeBasis ?? '' }) } : {}),
    facts: [
      { label: t('meeting.when'), value: `${day}, ${time}` }, { label: t('meeting.place'), value: meeting.place }, { label: t('meeting.link'), value: meeting.link }, { label: t('meeting.kind'), value: t(`meeting.kind.${meeting.kind}`) }, { label: t('meeting.matter'), value: meeting.title },
      { label: t('meeting.urgency'), value: paper.urgency },
    ],
    agenda: agendaLines({ office }, paper.places, paper.points, paper.changes?.marks).map(({ number, title, point, mark }) => ({
      number: String(number), time: point ? formatTime(point.beginsAt, zone, office.locale) : '', title, mark,
      meta: [point?.rapporteur && t('agenda.rapporteur_is', { name: point.rapporteur }), point && point.papers.filter((one) => !one.replacedBy).length > 0 ? t('agenda.papers_count', { count: point.papers.filter((one) => !one.replacedBy).length }) : ''].filter((one): one is string => Boolean(one)),
    })),
    ...(paper.changes && paper.changes.dropped.length > 0 ? { dropped: [...paper.changes.dropped] } : {}),
    ...(kind === 'invitation' ? { members: paper.members.map((one) => [one.name, one.standsFor].filter(Boolean).join(', ')), signatory: paper.signer, place: office.data.place } : {}),
    labels: { page: t('public.paper.page', { page: '{page}', pages: '{pages}' }), number: t('public.paper.number'), date: t('public.paper.date'), agenda: t('agenda.title'), dropped: t('agenda.dropped'), members: t('meeting.called') },
  };
}

export type MailKind = 'convened' | 'changed' | 'postponed' | 'cancelled';
/** Tells every one who was called, at the own address, with the way to the papers: staff at their desk, others by a link of their own. Of a confidential committee the mail says when and where, and nothing else. */
export async function mailMembers(context: Context, meeting: Called, committee: Body, kind: MailKind, more: { agenda?: readonly string[]; reason?: string; before?: string; changes?: readonly string[] } = {}): Promise<number> {
  const { db, office, now, kernel } = context;
  const t = translator(office.locale);
  const rows = await db.selectFrom('attendance as a').leftJoin('person as p', (join) => join.onRef('p.office_id', '=', 'a.office_id').onRef('p.id', '=', 'a.person_id')).select(['a.id', 'a.name', 'a.email', 'a.person_id', 'a.member_id', 'a.token_sealed', 'p.email as person_email'])
    .where('a.office_id', '=', office.id).where('a.meeting_id', '=', meeting.id).where('a.member_id', 'is not', null).orderBy('a.position').execute();
  const { day, time } = when(office, meeting.startsAt);
  const address = officeAddress(kernel.config, office);
  const name = committee.isConfidential ? t('meeting.mail.sitting') : sittingName(office, committee, meeting.number);
  let sent = 0;
  for (const row of rows) {
    const to = row.person_id ? row.person_email : row.email;
    if (!to) continue;
    const link = row.person_id ? `${address}/desk/meetings/${meeting.id}` : row.token_sealed ? `${address}/sitting/${openText(row.token_sealed)}` : '';
    const agenda = committee.isConfidential ? '' : (more.agenda ?? []).join('\n');
    const changes = committee.isConfidential ? '' : (more.changes ?? []).join('\n');
    const said = { name, person: row.name, day, time, place: [meeting.place, meeting.link].filter(Boolean).join(', '), link, reason: more.reason ?? '', before: more.before ?? '', office: textIn(office.data.name, office.locale), cabinet: textIn(office.data.cabinet, office.locale), phone: office.data.phone };
    const body = [t(`meeting.mail.${kind}.body`, said), changes && `${t('meeting.mail.changes')}\n${changes}`, agenda && `${t('agenda.title')}:\n${agenda}`, link && kind !== 'cancelled' ? t('meeting.mail.papers', said) : '', t('meeting.mail.end', said)].filter(Boolean).join('\n\n');
    // Staff have it in the calendar of the office.
    const entry = row.person_id || !meeting.engagementId ? null : await invitationText(context, meeting.engagementId, { email: to, name: row.name }, { title: name, place: said.place });
    await queueMail(db, office.id, now, { to, caseId: meeting.caseId, locale: office.locale, subject: t(`meeting.mail.${kind}.subject`, said), body, ...(entry ? { attachments: [entry] } : {}) });
    sent++;
  }
  return sent;
}

/** Tells a rapporteur who is no member when the own point comes; nothing is said of the others. */
export async function mailRapporteur(context: Context, meeting: Called, rapporteur: { name: string; email: string }, point: { number: number; title: string; beginsAt: Date }): Promise<void> {
  const { db, office, now } = context;
  const t = translator(office.locale);
  const { day } = when(office, meeting.startsAt);
  const said = { person: rapporteur.name, day, time: formatTime(point.beginsAt, office.jurisdiction.timeZone, office.locale), place: meeting.place, number: point.number, title: point.title, office: textIn(office.data.name, office.locale), cabinet: textIn(office.data.cabinet, office.locale), phone: office.data.phone };
  await queueMail(db, office.id, now, { to: rapporteur.email, caseId: meeting.caseId, locale: office.locale, subject: t('meeting.mail.rapporteur.subject', said), body: `${t('meeting.mail.rapporteur.body', said)}\n\n${t('meeting.mail.end', said)}` });
}
