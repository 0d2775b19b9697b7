import type { ReactElement } from 'react';
import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { Checkbox, DateField, ErrorSummary, FileField, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Exports, Facts, Letter, LinkButton, Pages, Section, State, Views } from '../../../ui/parts.tsx';
import { DocumentName } from '../../../ui/document.tsx';
import { proposalViews, type ProposalView as ListView } from '../proposal.ts';
import { listProposals, proposalSources, readProposal, type ProposalRow, type ProposalView } from '../proposal-list.server.ts';
import { acceptProposal, changeProposal, declineProposal, draftProposal, returnProposal, submitProposal, withdrawProposal } from '../proposal.server.ts';
import { ProposalMark, sittingHref, unitName, whenWords } from './meeting-words.tsx';

const href = (id: string): string => `/desk/proposals/${id}`;

export const ProposalRows = ({ page, rows }: { page: PageContext; rows: readonly ProposalRow[] }): ReactElement => (
  <ul className="rows">{rows.map((row) => (
    <li key={row.id}><a href={href(row.id)} data-row={href(row.id)}>{row.title}</a><ProposalMark page={page} row={row} />
      <span className="sub"><span className="ref">{row.reference}</span> · {[row.committee, unitName(page, row.unitId), row.papers > 0 && page.t('agenda.papers_count', { count: row.papers })].filter(Boolean).join(' · ')}{row.isConfidential && <> · <State kind="late">{page.t('agenda.confidential')}</State></>}{row.meetingId && row.meetingAt && <> · <a href={sittingHref(row.meetingId)}>{page.t('meeting.short', { number: row.meetingNumber ?? 0 })}, {whenWords(page, row.meetingAt, 'short')}</a></>}</span></li>))}</ul>
);

const list = definePage({
  path: '/desk/proposals', audience: 'desk',
  async get(page) {
    const { t } = page;
    const view: ListView = proposalViews.find((one) => one === page.query.get('view')) ?? 'mine';
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listProposals, { view, after, limit: 500 });
        return { rows: part.proposals, next: part.next };
      });
      return serveTable(page, {
        name: t('agenda_proposal.list.title'), title: t('agenda_proposal.list.title'), isCut, columns: [{ title: t('desk.column.number') }, { title: t('agenda.point_title'), width: 44 }, { title: t('committee.one'), width: 30 }, { title: t('petition.unit'), width: 30 }, { title: t('agenda.rapporteur'), width: 24 }, { title: t('meeting.state') }, { title: t('agenda_proposal.submitted'), time: true }],
        rows: rows.map((row) => [row.reference, row.title, row.committee, unitName(page, row.unitId), row.rapporteur, t(`agenda_proposal.state.${row.state}`), row.submittedAt]),
      }, as);
    }
    const { proposals, next } = await page.run(listProposals, { view, after: page.query.get('after') ?? '' });
    const query = new URLSearchParams(page.query);
    query.delete('after');
    return page.html(
      <DeskPage title={t('agenda_proposal.list.title')}>
        <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: t('agenda_proposal.list.title') }]} />
        <div className="head"><div><h1>{t('agenda_proposal.list.title')}</h1></div><div className="actions"><LinkButton kind="primary" icon="plus" href="/desk/proposals/new">{t('agenda_proposal.new')}</LinkButton></div></div>
        <Views label={t('desk.views')} items={proposalViews.map((one) => ({ href: `/desk/proposals?view=${one}`, label: t(`agenda_proposal.view.${one}`), current: one === view }))} />
        {proposals.length === 0 ? <Empty>{t(`agenda_proposal.empty.${view}`)}</Empty> : <ProposalRows page={page} rows={proposals} />}
        <Pages previous={page.query.get('after') ? `/desk/proposals?${query}` : null} next={next && `/desk/proposals?${new URLSearchParams([...query, ['after', next]])}`} />
        {proposals.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

type Known = Pick<ProposalView, 'title' | 'reason' | 'proposed' | 'rapporteur' | 'minutes' | 'wantedOn' | 'documentIds' | 'documents'>;
/** The fields that a draft and a returned proposal have alike. */
function Fields({ page, known, read, chosen, errors }: { page: PageContext; known: Known | null; read: (name: string, usual?: string | null) => string; chosen: ReadonlySet<string>; errors: Record<string, string> }): ReactElement {
  const { t } = page;
  const documents = known?.documents.filter((one) => !one.destroyedAt) ?? [];
  return (
    <>
      <TextField name="title" label={t('agenda.point_title')} value={read('title', known?.title)} error={errors['title']} />
      <TextArea name="reason" rows={6} label={t('agenda_proposal.reason')} value={read('reason', known?.reason)} error={errors['reason']} optional />
      <TextArea name="proposed" rows={4} label={t('agenda.proposed')} hint={t('agenda.proposed.hint')} value={read('proposed', known?.proposed)} error={errors['proposed']} optional />
      <div className="fields"><TextField name="rapporteur" label={t('agenda.rapporteur')} hint={t('agenda.rapporteur.hint')} value={read('rapporteur', known?.rapporteur ?? page.caller.name)} error={errors['rapporteur']} /><TextField name="minutes" type="number" inputMode="numeric" label={t('agenda.minutes_asked')} value={read('minutes', String(known?.minutes ?? 10))} error={errors['minutes']} /></div>
      <DateField name="wantedOn" label={t('agenda_proposal.wanted')} hint={t('agenda_proposal.wanted.hint')} value={read('wantedOn', known?.wantedOn)} error={errors['wantedOn']} optional />
      {documents.length > 0 && <fieldset className={`field${errors['documentIds'] ? ' wrong' : ''}`}><legend>{t('agenda_proposal.papers')}</legend>{errors['documentIds'] && <p className="error">{errors['documentIds']}</p>}
        <ul className="ticks one">{documents.map((one) => <li key={one.id}><label><input type="checkbox" name="documentIds" value={one.id} defaultChecked={chosen.has(one.id)} /><span>{one.title}</span></label></li>)}</ul></fieldset>}
      <FileField name="files" label={t('agenda.paper.add')} error={errors['files']} optional />
      {documents.length > 0 && <SelectField name="replaces" label={t('agenda.paper.replaces')} hint={t('agenda.paper.replaces.hint')} empty={t('agenda.paper.replaces.none')} options={documents.map((one) => ({ value: one.id, label: one.title }))} value={read('replaces')} error={errors['replaces']} optional />}
    </>
  );
}
const order = ['committeeId', 'title', 'reason', 'proposed', 'rapporteur', 'minutes', 'wantedOn', 'documentIds', 'files'];
const wordsOf = (page: PageContext) => {
  const read = (name: string): string => first(page.values, name);
  return { title: read('title'), reason: read('reason'), proposed: read('proposed'), rapporteur: read('rapporteur'), minutes: read('minutes'), wantedOn: read('wantedOn'), documentIds: many(page.values, 'documentIds'), replaces: read('replaces'), files: (page.files['files'] ?? []).filter((one) => one.bytes.length > 0) };
};

async function renderNew(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const values = after?.values ?? page.values;
  const caseId = page.query.get('case') || first(values, 'caseId') || '';
  const { committees, file, documents } = await page.run(proposalSources, { caseId });
  const errors = errorsOf(page, after?.errors, order);
  const read = (name: string, usual: string | null | undefined = ''): string => (name in values ? first(values, name) : (usual ?? ''));
  const title = t(file ? 'agenda_proposal.act.put' : 'agenda_proposal.new');
  const known: Known | null = file ? { title: file.subject, reason: '', proposed: '', rapporteur: page.caller.name, minutes: 10, wantedOn: null, documentIds: [], documents } : null;
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[...(file ? [{ label: file.reference, href: `/desk/cases/${file.id}` }] : [{ label: t('agenda_proposal.list.title'), href: '/desk/proposals' }]), { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>{file && <p className="meta">{file.subject}</p>}
        {committees.length === 0 ? <Empty>{t('committee.empty')}</Empty> : (
          <form method="post" action="/desk/proposals/new" encType="multipart/form-data" className="stack" noValidate data-unsaved="1">{caseId && <Hidden fields={{ caseId }} />}
            <SelectField name="committeeId" label={t('committee.one')} options={committees.map((one) => ({ value: one.id, label: one.name }))} value={read('committeeId', page.query.get('committee') ?? committees[0]!.id)} error={errors['committeeId']} />
            <Fields page={page} known={known} read={read} chosen={new Set(many(values, 'documentIds'))} errors={errors} />
            {!caseId && <Checkbox name="isConfidential" label={t('agenda_proposal.confidential')} hint={t('agenda_proposal.confidential.hint')} checked={first(values, 'isConfidential') === '1'} />}
            <Actions><Button kind="primary" icon="send" name="act" value="submit">{t('agenda_proposal.act.submit')}</Button><Button name="act" value="save">{t('agenda_proposal.act.save')}</Button></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}
const create = definePage({
  path: '/desk/proposals/new', audience: 'desk', get: renderNew,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const { id } = await page.run(draftProposal, { ...wordsOf(page), committeeId: read('committeeId'), caseId: read('caseId'), isConfidential: read('isConfidential') });
    if (read('act') === 'submit' && (read('proposed').trim() || read('reason').trim())) await page.run(submitProposal, { id });
    return page.redirect(href(id), { key: read('act') === 'submit' ? 'meeting.done.submitted' : 'meeting.done.drafted' });
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const one = await page.run(readProposal, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors, [...order, 'comment']);
  const values = after?.values ?? (page.query.has('held') ? page.values : {});
  const read = (name: string, usual: string | null | undefined = ''): string => (name in values ? first(values, name) : (usual ?? ''));
  const current = after?.current as { version?: number; title?: string; reason?: string; proposed?: string } | undefined;
  const writes = one.acts.includes('change');
  const judges = one.acts.includes('accept');
  const papers = one.documentIds.flatMap((id) => one.documents.filter((document) => document.id === id));
  return page.html(
    <DeskPage title={one.title}>
      <Crumbs items={[{ label: t('agenda_proposal.list.title'), href: '/desk/proposals' }, { label: one.committee, href: `/desk/committees/${one.committeeId}` }, { label: one.reference }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      {current?.title !== undefined && <div className="notice warn"><b>{t('agenda_proposal.changed_meanwhile')}</b><Letter text={[current.title, current.reason, current.proposed].filter(Boolean).join('\n\n')} /></div>}
      <div className="casehead"><div className="line"><span className="ref">{one.reference}</span><ProposalMark page={page} row={one} />{one.isConfidential && <State kind="late">{t('agenda.confidential')}</State>}<span>{one.proposedBy} · <At at={one.at} style="both" /></span></div><h1>{one.title}</h1></div>
      {one.comment && (one.state === 'returned' || one.state === 'declined') && <div className="notice warn"><b>{t(`agenda_proposal.comment.${one.state}`, { who: one.decidedBy })}</b><Letter text={one.comment} /></div>}
      <div className="split"><div>
        {judges && (
          <form method="post" action={href(one.id)} className="stack" noValidate>
            <TextArea name="comment" rows={2} label={t('agenda_proposal.comment')} hint={t('agenda_proposal.comment.hint')} value={read('comment')} error={errors['comment']} optional />
            <Actions><Button kind="primary" icon="check" name="act" value="accept">{t('agenda_proposal.act.accept')}</Button><Button name="act" value="return">{t('agenda_proposal.act.return')}</Button><Button kind="quiet" name="act" value="decline">{t('agenda_proposal.act.decline')}</Button></Actions>
          </form>
        )}
        {writes ? (
          <form method="post" action={href(one.id)} encType="multipart/form-data" className="stack" noValidate data-unsaved="1"><Hidden fields={{ version: current?.version ?? one.version }} />
            <Fields page={page} known={one} read={read} chosen={new Set('documentIds' in values ? many(values, 'documentIds') : one.documentIds)} errors={errors} />
            <Actions><Button kind="primary" icon="send" name="act" value="submit">{t('agenda_proposal.act.submit')}</Button><Button name="act" value="save">{t('agenda_proposal.act.save')}</Button></Actions>
          </form>
        ) : (
          <>
            {one.proposed && <Section id="proposed" title={t('agenda.proposed')}><Letter text={one.proposed} /></Section>}
            {one.reason && <Section id="reason" title={t('agenda_proposal.reason')}><Letter text={one.reason} /></Section>}
            <Section id="papers" title={t('agenda.papers')}>{papers.length === 0 ? <p className="meta">{t('agenda.no_papers')}</p> : <ul className="docs">{papers.map((document) => <li key={document.id}><div><DocumentName document={document} /></div></li>)}</ul>}</Section>
          </>
        )}
      </div><aside aria-label={t('petition.facts')}>
        <Facts facts={[
          [t('committee.one'), <a key="c" href={`/desk/committees/${one.committeeId}`}>{one.committee}</a>], one.unitId && [t('petition.unit'), unitName(page, one.unitId)], !writes && one.rapporteur && [t('agenda.rapporteur'), one.rapporteur], !writes && [t('agenda.minutes_asked'), String(one.minutes)], !writes && one.wantedOn && [t('agenda_proposal.wanted'), formatDay(one.wantedOn, page.locale)],
          one.submittedAt && [t('agenda_proposal.submitted'), <At key="s" at={one.submittedAt} style="both" />], one.meetingId && one.meetingAt && [t('meeting.one'), <a key="m" href={sittingHref(one.meetingId)}>{t('meeting.short', { number: one.meetingNumber ?? 0 })}, {whenWords(page, one.meetingAt, 'short')}</a>], [t('agenda_proposal.case'), <a key="f" href={`/desk/cases/${one.caseId}`}>{one.reference}</a>],
        ]} />
        {one.acts.includes('return') && !judges && <form method="post" action={href(one.id)} className="stack" noValidate><TextArea name="comment" rows={2} label={t('agenda_proposal.comment')} value={read('comment')} error={errors['comment']} /><Actions><Button name="act" value="return">{t('agenda_proposal.act.return')}</Button><Button kind="quiet" name="act" value="decline">{t('agenda_proposal.act.decline')}</Button></Actions></form>}
        {one.acts.includes('withdraw') && <form method="post" action={href(one.id)}><Button kind="quiet" name="act" value="withdraw">{t('agenda_proposal.act.withdraw')}</Button></form>}
      </aside></div>
    </DeskPage>,
  );
}
const show = definePage({
  path: '/desk/proposals/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const act = read('act');
    const done = (key: string): Response => page.redirect(href(id), { key: `meeting.done.${key}` });
    if (act === 'accept') await page.run(acceptProposal, { id });
    else if (act === 'return') await page.run(returnProposal, { id, comment: read('comment') });
    else if (act === 'decline') await page.run(declineProposal, { id, comment: read('comment') });
    else if (act === 'withdraw') await page.run(withdrawProposal, { id });
    else {
      await page.run(changeProposal, { id, version: read('version'), ...wordsOf(page) });
      if (act !== 'submit') return done('drafted');
      await page.run(submitProposal, { id });
      return done('submitted');
    }
    return act === 'accept' ? page.redirect('/desk/proposals?view=waiting', { key: 'meeting.done.accept' }) : done(act);
  },
});

export const proposalPages: readonly Page[] = [list, create, show];
