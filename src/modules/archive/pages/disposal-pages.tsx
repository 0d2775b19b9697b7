import type { ReactNode } from 'react';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { DateField, FileField, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Exports, Facts, LinkButton, Notice, Pages, Section, State, Table } from '../../../ui/parts.tsx';
import type { Operation } from '../../../core/operation.ts';
import type { ZodType } from 'zod';
import { notFound } from '../../../core/refusal.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import type { ItemRow } from '../archive.server.ts';
import { carryOutDisposal } from '../destruction.server.ts';
import type { DisposalAct, DisposalKind } from '../disposal.ts';
import { consentDisposal, getDisposal, listCandidates, listDisposals, proposeDisposal, refuseDisposal, submitDisposal } from '../disposal.server.ts';
import { boxWords, caseHref, className, classOptions, day, has, keeps, Kept, peopleOptions, period, Refused, Tabs, yearsOfLine } from './words.tsx';

const href = (id: string): string => `/desk/archive/disposals/${id}`;

const list = definePage({
  path: '/desk/archive/disposals', audience: 'desk',
  async get(page) {
    const { t } = page;
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listDisposals, { before: Number(after) || 0 });
        return { rows: part.disposals, next: part.next === null ? null : String(part.next) };
      });
      return serveTable(page, {
        name: t('archive.tab.disposals'), title: t('archive.tab.disposals'), isCut, columns: [{ title: t('disposal.list'), width: 24 }, { title: t('archive.number'), width: 8 }, { title: t('disposal.count') }, { title: t('archive.state'), width: 20 }, { title: t('disposal.consent'), width: 24 }],
        rows: rows.map((row) => [t(`disposal.kind.${row.kind}`), row.number, row.count, t(`disposal.state.${row.state}`), [row.consentReference, row.consentOn && day(page, row.consentOn)].filter(Boolean).join(', ')]),
      }, as);
    }
    const before = Number(page.query.get('before')) || 0;
    const { disposals, next } = await page.run(listDisposals, { before });
    return page.html(
      <DeskPage title={t('archive.tab.disposals')}>
        <div className="head"><div><h1>{t('archive.tab.disposals')}</h1><p>{t('disposal.lead')}</p></div>{keeps(page) && <div className="actions"><LinkButton kind="primary" icon="plus" href="/desk/archive/disposals/new?kind=destroy">{t('disposal.new.destroy')}</LinkButton><LinkButton href="/desk/archive/disposals/new?kind=hand_over">{t('disposal.new.hand_over')}</LinkButton></div>}</div>
        <Tabs page={page} current="disposals" />
        {disposals.length === 0 ? <Empty>{t('disposal.none')}</Empty> : (
          <Table caption={t('archive.tab.disposals')} head="what" columns={[{ key: 'what', label: t('disposal.list'), className: 'full' }, { key: 'count', label: t('disposal.count'), className: 'right' }, { key: 'state', label: t('archive.state') }, { key: 'consent', label: t('disposal.consent') }]} rows={disposals.map((row) => ({
            id: row.id, cells: {
              what: <><a href={href(row.id)} data-row={href(row.id)}>{t(`disposal.kind.${row.kind}`)} {row.number}</a><span className="sub"><At at={row.at} /> · {row.madeBy}</span></>, count: row.count, state: <State>{t(`disposal.state.${row.state}`)}</State>,
              consent: row.consentReference ? <>{row.consentReference}<span className="sub">{day(page, row.consentOn)}</span></> : '—',
            },
          }))} />
        )}
        <Pages previous={before ? '/desk/archive/disposals' : null} next={next === null ? null : `/desk/archive/disposals?before=${next}`} />
        {disposals.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

function Items({ page, rows, chosen }: { page: PageContext; rows: readonly ItemRow[]; chosen?: ReadonlySet<string> }) {
  const { t } = page;
  return (
    <table role="table" className="fold">
      <caption className="vh">{t('disposal.items')}</caption>
      <thead role="rowgroup"><tr role="row">{chosen && <th role="columnheader" scope="col"><span className="vh">{t('desk.column.selected')}</span></th>}{(['number', 'content', 'class', 'made_in', 'keep_until'] as const).map((key) => <th key={key} role="columnheader" scope="col" className={key === 'content' ? 'full' : undefined}>{t(`archive.${key}`)}</th>)}</tr></thead>
      <tbody role="rowgroup">{rows.map((row, index) => (
        <tr role="row" key={row.caseId} className={row.state === 'destroyed' ? 'annulled' : undefined}>
          {chosen && <td role="cell"><label className="vh" htmlFor={index === 0 ? 'ids' : `c-${row.caseId}`}>{t('desk.select', { reference: row.reference })}</label><input type="checkbox" id={index === 0 ? 'ids' : `c-${row.caseId}`} name="ids" value={row.caseId} defaultChecked={chosen.has(row.caseId)} /></td>}
          <td role="cell" className="num">{row.number}</td>
          <th role="rowheader" scope="row" className="full"><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.state === 'destroyed' ? <s>{row.subject}</s> : row.subject}</a><span className="sub"><span className="ref">{row.reference}</span>{row.box && ` · ${boxWords(page, row)}`}</span></th>
          <td role="cell">{row.classCode}<span className="sub">{className(page, row.classCode)}</span></td><td role="cell" className="nowrap">{yearsOfLine(row)}<span className="sub">{period(page, row.retentionYears)}</span></td><td role="cell"><Kept page={page} row={row} /></td>
        </tr>))}</tbody>
    </table>
  );
}

async function renderNew(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const values = after?.values ?? {};
  const kind: DisposalKind = (first(values, 'kind') || page.query.get('kind')) === 'hand_over' ? 'hand_over' : 'destroy';
  const asked = { classCode: page.query.get('class') ?? '', until: Number(page.query.get('until')) || undefined };
  const { items, more } = await page.run(listCandidates, { kind, ...asked });
  const people = await peopleOptions(page);
  const errors = errorsOf(page, after?.errors, ['ids', 'commission']);
  const members = many(values, 'commission');
  const chosen = new Set(after ? many(values, 'ids') : items.map((row) => row.caseId));
  const title = t(`disposal.new.${kind}`);
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('archive.tab.disposals'), href: '/desk/archive/disposals' }, { label: title }]} />
      <Refused page={page} after={after} errors={errors} />
      <div className="head"><div><h1>{title}</h1><p>{t(`disposal.new.${kind}.lead`)}</p></div></div>
      <form className="filters" action="/desk/archive/disposals/new"><Hidden fields={{ kind }} /><SelectField name="class" className="wide" label={t('archive.class')} empty={t('archive.any')} value={asked.classCode} options={classOptions(page)} /><TextField name="until" type="number" inputMode="numeric" label={t('disposal.closed_until')} value={asked.until ? String(asked.until) : ''} /><Button>{t('desk.filter.apply')}</Button></form>
      {items.length === 0 ? <Empty>{t(`disposal.candidates.none.${kind}`)}</Empty> : (
        <form method="post" action={`/desk/archive/disposals/new?${page.query}`} noValidate><Hidden fields={{ kind }} />
          <Items page={page} rows={items} chosen={chosen} />
          {more && <p className="meta">{t('disposal.more', { count: items.length })}</p>}
          <div className="sp"><Section id="commission-title" title={t('disposal.commission')}><p className="meta">{t('disposal.commission.hint')}</p>
            {errors['commission'] && <p className="error">{errors['commission']}</p>}
            <div className="filters">{[0, 1, 2].map((index) => <SelectField key={index} name="commission" id={index === 0 ? 'commission' : `commission-${index}`} className="wide" label={t(index === 0 ? 'disposal.commission.head' : 'disposal.commission.member')} empty={t('desk.choose')} options={people} value={members[index] ?? ''} />)}</div></Section></div>
          <Actions><Button kind="primary">{t('disposal.act.propose')}</Button><LinkButton kind="quiet" href="/desk/archive/disposals">{t('desk.cancel')}</LinkButton></Actions>
        </form>
      )}
    </DeskPage>,
  );
}

const make = definePage({
  path: '/desk/archive/disposals/new', audience: 'desk', get: renderNew,
  async post(page) {
    const { id, number } = await page.run(proposeDisposal, { kind: first(page.values, 'kind') === 'hand_over' ? 'hand_over' : 'destroy', ids: many(page.values, 'ids'), commission: many(page.values, 'commission').filter(Boolean) });
    return page.redirect(href(id), { key: 'archive.done.list_made', args: { number: String(number) } });
  },
});

const show = definePage({
  path: '/desk/archive/disposals/:id', audience: 'desk',
  async get(page) {
    const { t } = page;
    const row = await page.run(getDisposal, { id: page.params['id']! });
    const title = `${t(`disposal.kind.${row.kind}`)} ${row.number}`;
    const hasPackage = has(page, 'chief', 'mayor') && row.kind === 'hand_over' && (row.state === 'consented' || row.state === 'done');
    const blocked = row.isOwn && row.acts.includes('carry_out');
    const acts = row.acts.filter((act) => act !== 'carry_out' || !row.isOwn);
    return page.html(
      <DeskPage title={title}>
        <Crumbs items={[{ label: t('archive.tab.disposals'), href: '/desk/archive/disposals' }, { label: title }]} />
        <div className="head"><div><h1>{title}</h1><p><State>{t(`disposal.state.${row.state}`)}</State> {t('disposal.cases', { count: row.count })} · <At at={row.at} /> · {row.madeBy}</p></div><div className="actions">
          {acts.map((act, index) => (act === 'submit' ? <form key={act} method="post" action={`${href(row.id)}/submit`}><Button kind="primary" icon="send">{t('disposal.act.submit')}</Button></form> : <LinkButton key={act} kind={index === 0 ? 'primary' : ''} href={`${href(row.id)}/${act}`}>{t(`disposal.act.${act}${act === 'carry_out' ? `.${row.kind}` : ''}`)}</LinkButton>))}
          <LinkButton icon="print" href={`${href(row.id)}/list.pdf`}>{t('disposal.print')}</LinkButton>
          {hasPackage && <LinkButton icon="out" href={`${href(row.id)}/package.zip`}>{t('disposal.package')}</LinkButton>}
        </div></div>
        {blocked && <Notice>{t('disposal.other_person')}</Notice>}
        <div className="split"><div><Section id="items" title={t('disposal.items')} aside={<span className="meta">{row.count}</span>}><Items page={page} rows={row.items} /></Section></div>
          <aside aria-label={t('disposal.about')}><Section id="about" title={t('disposal.about')}><Facts facts={[
            [t('disposal.commission'), row.commission.join(', ')], row.submittedAt && [t('disposal.submitted'), <At key="s" at={row.submittedAt} />], row.consentReference && [t('disposal.consent'), <span key="c">{row.consentReference}, {day(page, row.consentOn)}{row.consentName && <> · <a href={`${href(row.id)}/consent-paper`}>{row.consentName}</a></>}</span>],
            row.refusedReason && [t('disposal.refused'), row.refusedReason], row.doneAt && [t(`disposal.done.${row.kind}`), <span key="d"><At at={row.doneAt} /> · {row.doneBy}</span>],
          ]} /></Section></aside></div>
      </DeskPage>,
    );
  },
});

type Form = { operation: unknown; fields(page: PageContext, errors: Record<string, string>, value: (name: string) => string, kind: DisposalKind): ReactNode; done: string; input?(page: PageContext): Record<string, unknown> };
const forms: Partial<Record<DisposalAct, Form>> = {
  consent: {
    operation: consentDisposal, done: 'archive.done.consent_noted', input: (page) => ({ files: page.files['files'] ?? [] }),
    fields: ({ t }, errors, value) => <><TextField name="reference" label={t('disposal.consent.number')} value={value('reference')} error={errors['reference']} maxLength={80} /><DateField name="on" label={t('disposal.consent.on')} value={value('on')} error={errors['on']} /><FileField name="files" label={t('disposal.consent.paper')} multiple={false} error={errors['files']} optional /></>,
  },
  refuse: { operation: refuseDisposal, done: 'archive.done.list_given_up', fields: ({ t }, errors, value) => <TextArea name="reason" label={t('disposal.refuse.reason')} rows={3} value={value('reason')} error={errors['reason']} /> },
  carry_out: {
    operation: carryOutDisposal, done: 'archive.done.carried_out',
    fields: ({ t }, errors, value, kind) => <><Notice kind="late">{t(`disposal.carry_out.${kind}.warning`)}</Notice><TextField name="confirmation" label={t('disposal.confirmation')} hint={t('disposal.confirmation.hint')} value={value('confirmation')} error={errors['confirmation']} /></>,
  },
};

const actOf = (page: PageContext): DisposalAct => {
  const act = page.params['act'] as DisposalAct;
  if (act !== 'submit' && !forms[act]) throw notFound();
  return act;
};

async function renderAct(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const act = actOf(page);
  const row = await page.run(getDisposal, { id: page.params['id']! });
  const form = forms[act];
  const errors = errorsOf(page, after?.errors, ['reference', 'on', 'files', 'confirmation', 'reason']);
  const title = t(`disposal.act.${act}${act === 'carry_out' ? `.${row.kind}` : ''}`);
  const name = `${t(`disposal.kind.${row.kind}`)} ${row.number}`;
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('archive.tab.disposals'), href: '/desk/archive/disposals' }, { label: name, href: href(row.id) }, { label: title }]} />
      <div className="formpage"><Refused page={page} after={after} errors={errors} />
        <h1>{title}</h1><p className="meta">{name} · {t('disposal.cases', { count: row.count })}{row.consentReference && ` · ${t('disposal.consent')}: ${row.consentReference}, ${day(page, row.consentOn)}`}</p>
        {!form || !row.acts.includes(act) ? <><Notice>{t('error.not_now')}</Notice><Actions><LinkButton href={href(row.id)}>{t('desk.back')}</LinkButton></Actions></> : (
          <form method="post" action={`${href(row.id)}/${act}`} className="stack" noValidate encType={act === 'consent' ? 'multipart/form-data' : undefined}>
            {form.fields(page, errors, (field) => first(after?.values ?? {}, field), row.kind)}
            <Actions><Button kind="primary">{title}</Button><LinkButton kind="quiet" href={href(row.id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const act = definePage({
  path: '/desk/archive/disposals/:id/:act', audience: 'desk', get: renderAct,
  async post(page) {
    const id = page.params['id']!;
    const form = forms[actOf(page)];
    if (!form) {
      await page.run(submitDisposal, { id });
      return page.redirect(href(id), { key: 'archive.done.list_submitted' });
    }
    await page.run(form.operation as Operation<ZodType, ZodType>, { ...Object.fromEntries(Object.keys(page.values).map((name) => [name, first(page.values, name)])), id, ...form.input?.(page) });
    return page.redirect(href(id), { key: form.done });
  },
});

export const disposalPages: readonly Page[] = [list, make, show];
export const disposalActPage: Page = act;
