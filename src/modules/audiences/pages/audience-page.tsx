import type { ReactElement } from 'react';
import { formatDay, getLocale, isLocaleId } from '../../../core/language.ts';
import type { Output } from '../../../core/operation.ts';
import { definePage, first, type Page, type PageContext } from '../../../core/page.ts';
import type { CaseAct } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { DocumentName } from '../../../ui/document.tsx';
import { ErrorSummary, Hidden } from '../../../ui/field.tsx';
import { Actions, At, Button, Crumbs, Facts, Letter, LinkButton, MoreActs, Section } from '../../../ui/parts.tsx';
import { audienceNumber } from '../audience.ts';
import { earlierMatters, getAudienceView, type Audience, type Promised } from '../audience.server.ts';
import { callAudience, confirmAudience, takeUp } from '../schedule.server.ts';
import { arriveAudience, beginAudience, missAudience } from '../visit.server.ts';
import { EarlierRows } from './new-page.tsx';
import { caseHref, hrefOf, listPath, needWords, StateOf, todayOf, topicName, unitName, whenOf } from './words.tsx';

export type Shown = Output<typeof getAudienceView>;
/** What is done by one press; everything else asks for something first. */
const pressed = ['take_up', 'confirm', 'call', 'arrive', 'begin', 'miss'] as const;
type Pressed = (typeof pressed)[number];
export const isPressed = (act: string): act is Pressed => (pressed as readonly string[]).includes(act);
const icons: Record<string, string> = { schedule: 'calendar', confirm: 'check', arrive: 'check', begin: 'check', end: 'pen', answer: 'send', note: 'pen', prepare: 'send', take_up: 'check' };
/** The one thing that is due in a state, if it is offered. */
const due: Partial<Record<Audience['state'], readonly string[]>> = { asked: ['schedule', 'note'], waiting: ['schedule', 'note'], scheduled: ['confirm', 'note'], confirmed: ['arrive', 'note'], arrived: ['begin'], talking: ['end'], held: ['answer'], missed: ['schedule'] };
/** Whether the act is what the day asks for: nobody comes before their day, a note that is there is not written again, and not every talk owes an answer. */
const isDue = (page: PageContext, one: Audience, act: string): boolean => (act === 'arrive' ? one.onDay === todayOf(page) : act === 'note' ? one.note === '' : act !== 'answer' || one.replyDueOn !== null);

/** Who has a time already is given another. */
export const actLabel = (page: PageContext, audience: Pick<Audience, 'state'>, act: string): string => page.t(act === 'schedule' && ['scheduled', 'confirmed'].includes(audience.state) ? 'audience.act.schedule_other' : `audience.act.${act}`);
export const ActButton = ({ page, audience, act, kind = '', back }: { page: PageContext; audience: Pick<Audience, 'id' | 'state'>; act: string; kind?: 'primary' | 'quiet' | ''; back?: string }): ReactElement => {
  const label = actLabel(page, audience, act);
  if (!isPressed(act)) return <LinkButton href={hrefOf(audience.id, act.replace('_', '-'))} kind={kind} {...(icons[act] ? { icon: icons[act] as 'pen' } : {})}>{label}</LinkButton>;
  return <form method="post" action={hrefOf(audience.id, 'do')}><Hidden fields={{ act, back }} /><Button kind={kind} {...(icons[act] ? { icon: icons[act] as 'pen' } : {})}>{label}</Button></form>;
};

export const Promises = ({ page, promises }: { page: PageContext; promises: readonly Promised[] }): ReactElement => (
  <ul className="rows">{promises.map((one) => (
    <li key={one.id}><span>{one.text}</span><span className="nowrap">{page.t(`audience.promise.${one.state}`)}</span>
      <span className="sub">{[one.owner, unitName(page, one.unitId), one.dueOn && page.t('audience.until', { on: formatDay(one.dueOn, page.locale, 'numeric') })].filter(Boolean).join(' · ')}{one.report && <> · {one.report}</>}</span></li>))}</ul>
);

export const factsOf = (page: PageContext, one: Audience): (readonly [string, ReactElement | string] | false)[] => {
  const { t } = page;
  return [
    one.startsAt !== null && [t('audience.when'), `${whenOf(page, one.startsAt)}${one.place && `, ${one.place}`}`], one.host !== '' && [t('audience.host'), one.host],
    topicName(page, one.topic) !== '' && [t('audience.topic'), topicName(page, one.topic)], [t('petition.channel'), <>{t(`audience.channel.${one.channel}`)}, <At at={one.at} style="both" /></>],
    [t('audience.contact_by'), <>{t(`audience.contact.${one.contactBy}`)}{one.phone && <> · <a href={`tel:${one.phone.replaceAll(/[^+\d]/g, '')}`}>{one.phone}</a></>}{one.email && ` · ${one.email}`}</>],
    [one.address, one.town].some(Boolean) && [t('petition.address'), [one.address, one.town].filter(Boolean).join(', ')], (one.wished !== '' || one.wishedOn !== null) && [t('audience.wished'), [one.wishedOn && formatDay(one.wishedOn, page.locale, 'weekday'), one.wished].filter(Boolean).join(', ')],
    (one.people > 1 || one.companions !== '') && [t('audience.people'), `${one.people}${one.companions && `, ${one.companions}`}`], one.needs !== '' && [t('audience.needs'), needWords(page, one.needs)],
    isLocaleId(one.locale) && one.locale !== page.office.locale && [t('petition.locale'), getLocale(one.locale).name],
  ];
};

async function render(page: PageContext, said?: string): Promise<Response> {
  const { t } = page;
  const shown = await page.run(getAudienceView, { id: page.params['id']! });
  const { audience: one, promises, documents, acts } = shown;
  const matters = one.partyId ? (await page.run(earlierMatters, { partyId: one.partyId, exceptCaseId: one.caseId })).matters : [];
  const first_ = due[one.state]?.find((act) => acts.includes(act) && isDue(page, one, act));
  const beside = acts.filter((act) => act !== first_ && ['schedule', 'prepare', 'note', 'end', 'call', 'confirm', 'answer'].includes(act) && (act !== 'note' || one.note === '')).slice(0, 3);
  const more: CaseAct[] = acts.filter((act) => act !== first_ && !beside.includes(act)).map((act) => ({ key: act, label: actLabel(page, one, act), href: hrefOf(one.id, act.replace('_', '-')), group: ['redirect', 'decline', 'withdraw'].includes(act) ? 'matter' : 'work' }));
  const hasEnded = one.endedAt !== null;
  return page.html(
    <DeskPage title={`${one.name || t('audience.nobody')} · ${t('audience.one')} ${audienceNumber(one)}`}>
      <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: audienceNumber(one) }]} />
      {said && <ErrorSummary errors={{}} title={said} />}
      <div className="head"><div><h1>{one.name || t('audience.nobody')}</h1>
        <p><StateOf page={page} audience={one} /> · {t('audience.one')} <span className="ref">{audienceNumber(one)}</span> · <a href={caseHref(one.caseId)} className="ref">{one.reference}</a>{one.access === 'confidential' && <> · {t('petition.access.confidential')}</>}</p></div>
        <Actions>{first_ && <ActButton page={page} audience={one} act={first_} kind="primary" />}{beside.map((act) => <ActButton key={act} page={page} audience={one} act={act} />)}<MoreActs label={t('petition.more_acts')} acts={more} /></Actions></div>
      <div className="split"><div>
        <Section id="purpose" title={t('audience.purpose')}><Letter text={one.purpose} /></Section>
        {hasEnded && <Section id="talk" title={t('audience.talk')} aside={<span className="meta">{one.startedAt && <At at={one.startedAt} style="both" />}</span>}>
          {one.outcome && <p><b>{t(`audience.outcome.${one.outcome}`)}</b></p>}<Letter text={one.talk} /></Section>}
        {(hasEnded || promises.length > 0) && <Section id="promises" title={t('audience.promises')} aside={acts.includes('promise') ? <a href={hrefOf(one.id, 'promise')}>{t('audience.act.promise')}</a> : undefined}>{promises.length > 0 ? <Promises page={page} promises={promises} /> : <p className="meta">{t('audience.promises.none')}</p>}</Section>}
        {acts.includes('answer') && <Section id="answer" title={t('audience.answer')}><p className="meta">{one.replyDueOn ? t('audience.owed', { on: formatDay(one.replyDueOn, page.locale, 'numeric') }) : t('audience.reply.none')}</p><p><a href={`/desk/letters/new?case=${one.caseId}`}>{t('audience.answer.letter')}</a></p></Section>}
        {(one.answer !== '' || one.answeredAt) && <Section id="answer" title={t('audience.answer')} aside={<span className="meta">{one.answeredAt && <At at={one.answeredAt} />}</span>}>{one.answer ? <Letter text={one.answer} /> : <p><a href={caseHref(one.caseId)}>{t('audience.answer.in_case')}</a></p>}</Section>}
        <Section id="note" title={t('audience.note')} aside={acts.includes('note') ? <a href={hrefOf(one.id, 'note')}>{t(one.note ? 'audience.note.change' : 'audience.act.note')}</a> : undefined}>
          {one.note ? <><Letter text={one.note} /><p className="meta">{one.noteBy}{one.noteAt && <> · <At at={one.noteAt} style="both" /></>}</p></> : <p className="meta">{one.unitId ? t('audience.note.owed', { unit: unitName(page, one.unitId), on: one.noteDueOn ? formatDay(one.noteDueOn, page.locale, 'numeric') : '—' }) : t('audience.note.none')}</p>}</Section>
        {one.reason !== '' && <Section id="reason" title={t('audience.reason')}><Letter text={one.reason} /></Section>}
      </div><aside aria-label={t('audience.aside')}>
        <Section id="facts" title={t('audience.facts')} hiddenTitle><Facts facts={factsOf(page, one)} /></Section>
        {matters.length > 0 && <Section id="earlier" title={t('audience.earlier', { count: matters.length })}><EarlierRows page={page} matters={matters} /></Section>}
        {documents.length > 0 && <Section id="papers" title={t('audience.papers')}><ul className="docs">{documents.map((file) => <li key={file.id}><DocumentName document={file} /></li>)}</ul></Section>}
      </aside></div>
    </DeskPage>,
  );
}

const press = (page: PageContext, act: Pressed) => {
  const id = page.params['id']!;
  switch (act) {
    case 'take_up': return page.run(takeUp, { id });
    case 'confirm': return page.run(confirmAudience, { id });
    case 'call': return page.run(callAudience, { id });
    case 'arrive': return page.run(arriveAudience, { id, dayId: first(page.values, 'dayId') || null });
    case 'begin': return page.run(beginAudience, { id });
    case 'miss': return page.run(missAudience, { id });
  }
};

export const audiencePages: readonly Page[] = [
  definePage({
    path: `${listPath}/:id/do`, audience: 'desk',
    get: (page, shown) => (shown?.said ? render(page, page.t(shown.said.key, shown.said.args)) : page.redirect(hrefOf(page.params['id']!))),
    async post(page) {
      const act = first(page.values, 'act');
      const back = first(page.values, 'back');
      if (!isPressed(act)) return page.redirect(hrefOf(page.params['id']!));
      await press(page, act);
      return page.redirect(/^\/desk\/audiences(\/|\?|$)/.test(back) ? back : hrefOf(page.params['id']!), { key: `audience.done.${act}` });
    },
  }),
  definePage({ path: `${listPath}/:id`, audience: 'desk', get: (page) => render(page) }),
];
