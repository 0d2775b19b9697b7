import { Fragment, type ReactElement, type ReactNode } from 'react';
import { dayIn } from '../../../core/day.ts';
import { formatDay, getLocale, isLocaleId } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { caseActs, casePanels, definePage, errorsOf, first, type CaseAct, type CaseHead, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, Hidden, SelectField, TextArea } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark, type IconName } from '../../../ui/icon.tsx';
import { At, Button, ClockPanel, Crumbs, Facts, Letter, LinkButton, MoreActs, On, Section, State, Table } from '../../../ui/parts.tsx';
import { formatBytes } from '../../../core/language.ts';
import { listColleagues } from '../../people/index.ts';
import { approverRoles, draftAnswer, submitAnswer } from '../answer.server.ts';
import { DocumentName } from '../../../ui/document.tsx';
import { historyLine } from '../../registry/index.ts';
import { getPetition } from '../case.server.ts';
import { findDuplicates } from '../intake.server.ts';
import { answerParts, missingParts } from '../petition.ts';
import { areaName, capital, unitName } from './case-words.ts';

export type CaseView = Awaited<ReturnType<typeof readCase>>;
const readCase = (page: PageContext, id: string) => page.run(getPetition, { id });

const icons: Partial<Record<string, IconName>> = { assign: 'people', draft: 'pen', submit: 'send', approve: 'check', return: 'history', dispatch: 'send', forward: 'arrow', ask_contribution: 'ask', ask_completion: 'mail', close: 'register', extend: 'calendar' };
/** What comes next, in the order of who should do it; the first that the caller may do is the page's one primary action. */
const primaryOf: Record<string, readonly string[]> = {
  registered: ['assign'], assigned: ['draft', 'assign'], drafting: ['draft'], awaiting_completion: ['complete'], awaiting_approval: ['approve'], approved: ['dispatch'], answered: ['close'], forwarded: ['close'], dismissed: ['close'], withdrawn: ['close'], closed: [],
};
const hrefOf = (shown: { id: string }, act: string): string => (act === 'draft' || act === 'submit' ? `/desk/petitions/${shown.id}#answer` : `/desk/petitions/${shown.id}/${act}`);

export function nextStep(page: PageContext, shown: { id: string; state: string; acts: readonly string[] }): { act: string; href: string; label: string } | null {
  const act = primaryOf[shown.state]?.find((one) => shown.acts.includes(one));
  return act ? { act, href: hrefOf(shown, act), label: page.t(`petition.act.${act}`) } : null;
}

const headOf = (shown: CaseView): CaseHead => ({
  id: shown.id, kind: 'petition', reference: shown.reference, subject: shown.subject, access: shown.access, unitId: shown.unitId, handledBy: shown.handler?.id ?? null, partyId: shown.party?.id ?? null,
  parts: shown.parts, closedAt: shown.state === 'closed' ? shown.answeredAt ?? shown.registeredAt : null,
});

function Acts({ page, shown }: { page: PageContext; shown: CaseView }): ReactElement {
  const { t } = page;
  const next = nextStep(page, shown);
  const missing = missingParts(shown.answer?.state === 'sent' ? null : shown.answer);
  const secondary = ['return', 'assign', 'ask_contribution', 'ask_completion', 'extend'].filter((act) => shown.acts.includes(act) && act !== next?.act);
  const offered = caseActs(page, headOf(shown));
  // Whoever has no step of the lifecycle to take gives the paper on or adds to it.
  const beside = offered.filter((act) => act.key === 'deliver' || act.key === 'add_paper').slice(0, Math.max(0, 2 - (next ? 1 : 0) - secondary.length));
  const own = ['close', 'add', 'publish', 'reopen', 'link', 'restrict', 'forward', 'dismiss', 'withdraw'].filter((act) => shown.acts.includes(act) && act !== next?.act);
  const quiet: CaseAct[] = [...own.map((act) => ({ key: `own_${act}`, label: t(`petition.act.${act}`), href: hrefOf(shown, act), group: ['close', 'add', 'publish', 'reopen'].includes(act) ? 'work' as const : 'matter' as const })), ...offered.filter((act) => !beside.includes(act))];
  return (
    <div className="next">
      {next && <LinkButton kind={next.act === 'draft' ? '' : 'primary'} icon={icons[next.act] ?? 'arrow'} href={next.href} data-key={next.act === 'assign' ? 'a' : 'e'}>{next.label}</LinkButton>}
      {secondary.map((act) => <LinkButton key={act} href={hrefOf(shown, act)} data-key={act === 'assign' ? 'a' : ''}>{t(`petition.act.${act}`)}</LinkButton>)}
      {beside.map((act) => <LinkButton key={act.key} href={act.href}>{act.label}</LinkButton>)}
      <MoreActs label={t('petition.more_acts')} acts={quiet} />
      <p className="why">
        {(shown.state === 'drafting' || shown.state === 'assigned') && missing.length > 0 && shown.answer && shown.answer.state !== 'sent'
          ? t('petition.why.missing', { parts: missing.map((part) => t(`answer.part.${part}`).toLocaleLowerCase(getLocale(page.locale).intl)).join(', ') })
          : !next && shown.state !== 'closed' ? t(`petition.why.${shown.state}`, { who: (shown.state === 'awaiting_approval' ? shown.approver?.name : shown.handler?.name) ?? unitName(page, shown.unitId) }) : ''}
      </p>
    </div>
  );
}

function AnswerForm({ page, shown, people, after }: { page: PageContext; shown: CaseView; people: { id: string; name: string }[]; after: Shown | undefined }): ReactElement {
  const { t, office } = page;
  const typed = after?.values ?? (page.query.has('held') ? page.values : undefined);
  const current = shown.answer?.state === 'sent' ? null : shown.answer;
  const errors = errorsOf(page, after?.errors, answerParts);
  const templateId = page.query.get('template') ?? '';
  const template = office.data.answerTemplates.find((one) => one.id === templateId);
  const zone = office.jurisdiction.timeZone;
  const language = isLocaleId(shown.locale) ? shown.locale : office.locale;
  const fill = (text: Record<string, string> | undefined): string => textIn(text, language).replaceAll('{{subject}}', shown.subject).replaceAll('{{place}}', shown.place || '…').replaceAll('{{reference}}', shown.reference)
    .replaceAll('{{receivedOn}}', formatDay(dayIn(zone, shown.registeredAt), language, 'long'));
  const value = (part: (typeof answerParts)[number]): string => (typed ? first(typed, part) : (template && !current?.[part] ? fill(template[part]) : current?.[part]) || (part === 'remedy' && !current ? fill(office.data.remedy) : ''));
  const found = shown.contributions.filter((one) => one.state === 'given');
  return (
    <>
      <form action={`/desk/petitions/${shown.id}#answer`} className="actions template">
        <SelectField name="template" label={t('answer.template')} empty={t('answer.template.none')} value={templateId} options={office.data.answerTemplates.map((one) => ({ value: one.id, label: textIn(one.name, page.locale) }))} />
        <Button>{t('answer.template.use')}</Button>
      </form>
      {current?.comment && <div className="notice warn"><b>{t('answer.returned_with')}</b><Letter text={current.comment} /></div>}
      <form className="answer" id="ans" method="post" action={`/desk/petitions/${shown.id}`} data-draft-url={`/desk/petitions/${shown.id}/autosave`} data-saved={t('ui.saved_at')} data-conflict={t('ui.draft.conflict')} data-unsaved-text={t('ui.unsaved')} data-unsaved="1">
        <Hidden fields={{ version: (after?.current as { version?: number } | undefined)?.version ?? current?.version ?? 0, template: templateId || current?.template || '' }} />
        {answerParts.map((part) => (
          <TextArea key={part} name={part} rows={part === 'basis' ? 2 : 4} label={t(`answer.part.${part}`)} hint={<span className="meta">{t(`answer.hint.${part}`)}</span>} value={value(part)} error={errors[part]} />
        ))}
        {found.length > 0 && <details><summary>{t('answer.from_contributions', { count: found.length })}</summary>{found.map((one) => <blockquote key={one.id}><p className="meta">{one.askedName}</p><Letter text={one.reply} /></blockquote>)}</details>}
        <SelectField name="approverId" label={t('answer.approver')} value={typed ? first(typed, 'approverId') : shown.approver?.id} options={people.map((person) => ({ value: person.id, label: person.name }))} error={errors['approverId']} />
        <div className="actions" data-top>
          <Button kind="primary" icon="send" name="act" value="submit">{t('petition.act.submit')}</Button><Button name="act" value="draft">{t('answer.save')}</Button>
          <a className="btn quiet" href={`/desk/petitions/${shown.id}/answer.pdf`}>{t('answer.preview')}</a><span className="meta" data-saved-at aria-live="polite" />
        </div>
      </form>
    </>
  );
}

// A draft saves itself every few seconds: of what one person repeats in an hour the newest is shown.
const withoutRepeats = (history: CaseView['history']): CaseView['history'] =>
  history.filter((event, index) => {
    // What came is said by the act it came with, where there is one.
    if (event.name === 'case.paper_came' && history.some((other) => other !== event && other.at.getTime() === event.at.getTime())) return false;
    const newer = history[index - 1];
    return !newer || newer.name !== event.name || newer.by !== event.by || newer.actor !== event.actor || event.name !== 'answer.drafted' || newer.at.getTime() - event.at.getTime() > 3_600_000;
  });

function Clock({ page, shown }: { page: PageContext; shown: CaseView }): ReactElement | null {
  const { t, locale } = page;
  const clock = shown.clock;
  if (!clock) return null;
  if (clock.stopped) return <p className="meta clockdone">{t('petition.clock.was', { on: formatDay(clock.legalOn, locale, 'long') })} {clock.sentence}</p>;
  return (
    <ClockPanel state={clock.state} big={capital(clock.label)} small={t('petition.clock.until', { on: formatDay(clock.legalOn, locale, 'weekday') })} percent={clock.percent} start={formatDay(clock.startedOn, locale, 'short')} now={t('date.today')} end={formatDay(clock.legalOn, locale, 'short')}
      sentence={clock.sentence} title={t('petition.clock')} holds={clock.holds} more={clock.basis && <span className="basis">{clock.basis}</span>} />
  );
}

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, locale } = page;
  const shown = await readCase(page, page.params['id']!);
  const isNew = ['registered', 'assigned', 'drafting'].includes(shown.state);
  const writes = shown.acts.includes('draft');
  const [{ people }, alike, panels] = await Promise.all([writes ? page.run(listColleagues, {}) : { people: [] }, isNew ? page.run(findDuplicates, { id: shown.id }) : { cases: [] }, casePanels(page, headOf(shown))]);
  const duplicates = alike.cases.filter((one) => !shown.links.some((link) => link.id === one.id));
  const approvers = people.filter((person) => person.roles.some((role) => approverRoles.includes(role))).sort((a, b) => Number(b.roles.includes('chief')) - Number(a.roles.includes('chief')));
  const errors = errorsOf(page, after?.errors, answerParts);
  const asked = shown.completions.find((one) => one.state === 'asked');
  return page.html(
    <DeskPage title={`${shown.reference} ${shown.subject}`}>
      <Crumbs items={[{ label: t('desk.nav.petitions'), href: '/desk/petitions' }, { label: shown.reference }]} />
      {after?.said && <ErrorSummary errors={errors} {...(after.errors && Object.keys(after.errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      {after?.current !== undefined && <Changed page={page} current={after.current} />}
      <div className="casehead">
        <div className="line"><span className="ref">{shown.reference}</span><State>{t(`petition.state.${shown.state}`)}</State>{shown.access === 'confidential' && <State kind="late">{t('petition.access.confidential')}</State>}<span>{t(`petition.kind.${shown.kind}`)} · {t('petition.received')} <At at={shown.registeredAt} style="both" />, {t(`channel.${shown.channel}`)}</span></div>
        <h1 lang={shown.locale}>{shown.subject}</h1>
        <div className="line"><span>{t('petition.sender')}: {shown.party ? <a href={`/desk/directory/${shown.party.id}`}>{shown.party.name}</a> : t('petition.anonymous')}{shown.party && shown.party.cases > 1 && <span className="meta"> ({t('petition.cases_of_party', { count: shown.party.cases })})</span>}</span>
          <span>{t('petition.handler')}: {shown.handler ? shown.handler.name : t('petition.unassigned')}</span></div>
      </div>
      <Clock page={page} shown={shown} />
      <Acts page={page} shown={shown} />
      {duplicates.length > 0 && (
        <div className="notice warn"><b>{t('petition.duplicates')}</b>
          <ul className="docs">{duplicates.map((one) => <li key={one.id}><div><a href={`/desk/cases/${one.id}`}>{one.subject}</a><br /><span className="meta"><span className="ref">{one.reference}</span> · <At at={one.openedAt} /> · {t(`petition.duplicate.${one.why}`)}</span></div>
            {shown.acts.includes('link') && <form method="post" action={`/desk/petitions/${shown.id}/link`} className="meta"><Hidden fields={{ otherId: one.id, kind: one.why === 'same_text' ? 'duplicate' : 'connected' }} /><Button kind="quiet">{t('petition.duplicate.link')}<span className="vh"> {one.reference}</span></Button></form>}</li>)}</ul></div>
      )}
      {asked && <div className="notice"><b>{t('petition.waits_completion')}</b><p>{asked.question}</p><p className="meta">{t('petition.clock.until', { on: formatDay(asked.dueOn, locale, 'long') })}</p></div>}
      <div className="split"><div>
        <Section id="letter" title={t('petition.letter')} aside={shown.documents[0] && <DocumentName document={shown.documents[0]} />}>
          {shown.body ? <Letter text={shown.body} lang={isLocaleId(shown.locale) ? getLocale(shown.locale).html : shown.locale} /> : <p className="meta">{t(shown.documents[0]?.destroyedAt ? 'document.all_destroyed' : 'petition.see_scan')}</p>}
        </Section>
        {(writes || shown.answer) && (
          <Section id="answer" title={t('petition.answer')} aside={shown.answer && <span className="meta">{t(`answer.state.${shown.answer.state}`)} · <At at={shown.answer.updatedAt} style="both" /></span>}>
            {writes ? <AnswerForm page={page} shown={shown} people={approvers} after={after} /> : shown.answer && (
              <>{answerParts.map((part) => <div key={part} className="part"><h3>{t(`answer.part.${part}`)}</h3><Letter text={shown.answer![part]} lang={shown.locale} /></div>)}
                <p className="actions" data-top>{shown.documents.some((one) => one.id === shown.answer!.documentId && one.destroyedAt) ? <span className="meta">{t('document.all_destroyed')}</span> : shown.answer.documentId ? <a className="btn" href={`/desk/documents/${shown.answer.documentId}`}>{t('answer.pdf')}</a> : <a className="btn" href={`/desk/petitions/${shown.id}/answer.pdf`}>{t('answer.preview')}</a>}</p></>
            )}
          </Section>
        )}
        {shown.contributions.length > 0 && (
          <Section id="contributions" title={t('petition.contributions')} aside={shown.acts.includes('ask_contribution') && <a href={`/desk/petitions/${shown.id}/ask_contribution`}>{t('petition.act.ask_contribution')}</a>}>
            <Table className="contrib" caption={t('petition.contributions')} head="of" columns={[{ key: 'of', label: t('contribution.of') }, { key: 'what', label: t('contribution.what'), className: 'full' }, { key: 'due', label: t('contribution.due') }]} rows={shown.contributions.map((one) => ({
              id: one.id, cells: {
                of: <>{one.askedName}<span className="sub">{one.repliedBy}</span></>,
                what: <>{one.question.slice(0, 200)}{one.reply && <details><summary>{t('contribution.reply')}</summary><Letter text={one.reply} />{one.state === 'given' && writes && <a href={`/desk/contributions/${one.id}/return`}>{t('contribution.act.return')}</a>}</details>}</>,
                due: one.state === 'given' ? <ClockMark state="ok" label={`${t('contribution.came')} ${one.repliedAt ? formatDay(dayIn(page.office.jurisdiction.timeZone, one.repliedAt), locale, 'short') : ''}`} />
                  : <ClockMark state={one.dueOn < dayIn(page.office.jurisdiction.timeZone, page.now) ? 'late' : 'soon'} label={formatDay(one.dueOn, locale, 'short')} />,
              },
            }))} />
          </Section>
        )}
        <Papers page={page} shown={shown} />
        {panels.map((panel, index) => <Fragment key={index}>{panel}</Fragment>)}
      </div>
      <aside aria-label={t('petition.about')}>
        <Section id="facts" title={t('petition.facts')} hiddenTitle>
          <Facts facts={[
            [t('petition.unit'), unitName(page, shown.unitId) || '—'], shown.approver && [t('answer.approver'), shown.approver.name], shown.area && [t('petition.area'), areaName(page, shown.area)], shown.forwardBy && [t('petition.forward_by'), <On key="f" on={shown.forwardBy} />], [t('petition.class'), shown.classCode],
            shown.place && [t('petition.place'), shown.place], [t('petition.reply_by'), t(`reply_by.${shown.replyBy}`)], shown.party?.email && ['E-mail', <a key="m" href={`mailto:${shown.party.email}`}>{shown.party.email.split('@')[0]}<wbr />@{shown.party.email.split('@')[1]}</a>], shown.party?.phone && [t('petition.phone'), shown.party.phone],
            shown.party?.address && [t('petition.address'), [shown.party.address, shown.party.place].filter(Boolean).join(', ')], [t('petition.visibility'), t(shown.mayPublish ? 'petition.may_publish' : 'petition.not_public')],
            shown.forwardedTo && [t('petition.forwarded_to'), shown.forwardedTo], shown.disposition && [t('petition.disposition'), textIn(page.office.jurisdiction.dispositions.find((one) => one.key === shown.disposition)?.title, locale)],
            shown.satisfaction && [t('petition.satisfaction'), t(`petition.satisfaction.${shown.satisfaction}`)], shown.isPublished && [t('petition.published'), <form key="u" method="post" action={`/desk/petitions/${shown.id}/unpublish`}><Button kind="quiet">{t('petition.act.unpublish')}</Button></form>],
          ]} />
          {page.caller.roles.has('registrar') || page.caller.roles.has('chief') || page.caller.roles.has('citizens') ? <form method="post" action={`/desk/petitions/${shown.id}/receipt`} target="_blank" className="receiptform"><Button icon="print" kind="quiet">{t('petition.print_receipt')}</Button></form> : null}
        </Section>
        <Section id="history" title={t('petition.history')}><ol className="hist">{withoutRepeats(shown.history).map((event, index) => <li key={index}><At at={event.at} style="both" /><div>{historyLine(page, event)} <span className="meta">{event.by || t(`event.actor.${event.actor}`)}</span></div></li>)}</ol></Section>
        {shown.links.length > 0 && <Section id="links" title={t('petition.links')}><ul className="docs">{shown.links.map((one) => <li key={one.id}><div><a href={`/desk/cases/${one.id}`}>{one.subject}</a><br /><span className="meta"><span className="ref">{one.reference}</span> · {t(`petition.link.${one.kind}`)}</span></div></li>)}</ul></Section>}
        {shown.documents.length > 0 && <Section id="documents" title={t('petition.documents')} aside={shown.acts.includes('add') && <a href={`/desk/petitions/${shown.id}/add`}>{t('petition.act.add')}</a>}>
          <ul className="docs">{shown.documents.map((one) => <li key={one.id}><DocumentName document={one} /><span className="meta">{formatBytes(one.size, locale)}</span></li>)}</ul>
        </Section>}
      </aside></div>
    </DeskPage>,
  );
}

function Papers({ page, shown }: { page: PageContext; shown: CaseView }): ReactElement {
  const { t } = page;
  return (
    <Section id="entries" title={t('petition.entries')}>
      <Table caption={t('petition.entries')} head="number" columns={[{ key: 'number', label: t('desk.column.number') }, { key: 'what', label: t('petition.entry.what'), className: 'full' }, { key: 'at', label: t('petition.entry.at') }]} rows={shown.entries.map((entry) => ({
        id: entry.id, cells: {
          number: <span className="ref">{entry.reference}{entry.sub > 1 && !entry.reference.endsWith(`/${entry.sub}`) && <span className="sub">{entry.sub}</span>}</span>,
          what: <>{t(`entry.direction.${entry.direction}`)} · {t(`channel.${entry.channel}`)}{entry.body && entry.sub > 1 && <details><summary>{entry.body.slice(0, 90)}{entry.body.length > 90 ? '…' : ''}</summary><Letter text={entry.body} /></details>}</>, at: <At at={entry.at} style="both" />,
        },
      }))} />
    </Section>
  );
}

/** What the other writer left, beside what was typed and is still in the form. */
function Changed({ page, current }: { page: PageContext; current: unknown }): ReactNode {
  const other = current as Partial<Record<(typeof answerParts)[number], string>>;
  if (!answerParts.some((part) => other[part])) return null;
  return <div className="notice warn" id="changed"><b>{page.t('answer.other_wrote')}</b>{answerParts.map((part) => other[part] && <div key={part} className="part"><h3>{page.t(`answer.part.${part}`)}</h3><Letter text={other[part]} /></div>)}</div>;
}

export const casePage = definePage({
  path: '/desk/petitions/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const parts = { id, version: Number(read('version')) || 0, template: read('template'), facts: read('facts'), basis: read('basis'), decision: read('decision'), remedy: read('remedy') };
    if (read('act') === 'submit') {
      await page.run(submitAnswer, { ...parts, approverId: read('approverId') });
      return page.redirect(`/desk/petitions/${id}`, { key: 'desk.done.submitted' });
    }
    await page.run(draftAnswer, parts);
    return page.redirect(`/desk/petitions/${id}#answer`, { key: 'desk.done.draft_saved' });
  },
});
