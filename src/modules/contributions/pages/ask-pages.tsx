import type { ReactElement } from 'react';
import { addDays } from '../../../core/day.ts';
import { isId } from '../../../core/id.ts';
import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, many, type PageContext, type Shown } from '../../../core/page.ts';
import { DateField, ErrorSummary, Hidden, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Letter, LinkButton, Table } from '../../../ui/parts.tsx';
import { getCase } from '../../registry/index.ts';
import { askMany } from '../ask.server.ts';
import { isOwed } from '../contribution.ts';
import { getAsk } from '../owed.server.ts';
import { addressees, askHref, DueMark, Ticks, todayOf } from './words.tsx';

const fields = ['title', 'question', 'of', 'dueOn', 'documentIds'] as const;

/** One question to many: for a case, for an engagement, or by itself. */
async function ask(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const values = after?.values ?? page.values;
  const read = (name: string): string => first(values, name) || (page.query.get(name) ?? '');
  const [caseId, engagementId] = [read('caseId'), read('engagementId')];
  const errors = errorsOf(page, after?.errors, fields);
  const file = isId(caseId) ? await page.run(getCase, { id: caseId }) : null;
  const { units, bodies } = await addressees(page);
  const chosen = new Set([...many(values, 'of'), ...page.query.getAll('of')]);
  const picked = new Set(many(values, 'documentIds'));
  const papers = file?.documents.filter((one) => !one.destroyedAt) ?? [];
  const back = file ? `/desk/cases/${file.id}` : first(values, 'back') || (page.query.get('back')?.startsWith('/desk/') ? page.query.get('back')! : '/desk/contributions');
  return page.html(
    <DeskPage title={t('contribution.ask.title')}>
      <Crumbs items={[{ label: t('desk.nav.contributions'), href: '/desk/contributions' }, { label: t('contribution.ask.title') }]} />
      <div className="formpage">
        {after && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 || !after.said ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('contribution.ask.title')}</h1>
        <p className="lead">{file ? <><span className="ref">{file.reference}</span> {file.subject}</> : t(engagementId ? 'contribution.ask.lead.engagement' : 'contribution.ask.lead')}</p>
        <form method="post" action="/desk/contributions/new" className="stack" noValidate data-unsaved="1">
          <Hidden fields={{ caseId, engagementId, back }} />
          <TextField name="title" label={t('contribution.ask.name')} value={read('title')} error={errors['title']} maxLength={200} />
          <TextArea name="question" rows={6} label={t('contribution.question')} hint={t('contribution.question.hint')} value={read('question')} error={errors['question']} />
          <fieldset className={`field${errors['of'] ? ' wrong' : ''}`}><legend>{t('contribution.of')}</legend><p className="hint">{t('contribution.of.hint')}</p>
            {errors['of'] && <p className="error">{errors['of']}</p>}
            <Ticks name="of" options={units} chosen={chosen} />
            <details className="also" open={bodies.some((one) => chosen.has(one.value))}><summary>{t('contribution.bodies')}</summary><Ticks name="of" options={bodies} chosen={chosen} /></details>
          </fieldset>
          {papers.length > 0 && <fieldset className="field"><legend>{t('contribution.papers')} <span className="hint">{t('ui.optional')}</span></legend><p className="hint">{t('contribution.papers.hint')}</p>
            <Ticks name="documentIds" options={papers.map((one) => ({ value: one.id, label: one.title }))} chosen={picked} /></fieldset>}
          <DateField name="dueOn" label={t('contribution.due')} value={read('dueOn') || addDays(todayOf(page), 7)} error={errors['dueOn']} />
          <Actions><Button kind="primary" icon="send">{t('contribution.ask.do')}</Button><LinkButton kind="quiet" href={back}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const askPage = definePage({
  path: '/desk/contributions/new', audience: 'desk', get: ask,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const done = await page.run(askMany, { caseId: read('caseId'), engagementId: read('engagementId'), title: read('title'), question: read('question'), dueOn: read('dueOn'), of: many(page.values, 'of'), documentIds: many(page.values, 'documentIds') });
    const back = read('back');
    return page.redirect(back.startsWith('/desk/packs/') ? back : `/desk/contributions/asks/${done.askId}`, { key: 'contribution.done.asked', args: { count: done.contributionIds.length } });
  },
});

/** Who answered one question, side by side. */
export const matrixPage = definePage({
  path: '/desk/contributions/asks/:id', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const asked = await page.run(getAsk, { id: page.params['id']! });
    const came = asked.contributions.filter((one) => !isOwed(one.state)).length;
    const file = asked.contributions[0]!;
    const cell = (row: (typeof asked.contributions)[number]): ReactElement => (
      <>{row.reply ? <details open={asked.contributions.length <= 6}><summary>{row.repliedBy}{row.repliedAt && <> · <At at={row.repliedAt} /></>}{row.version > 1 && ` · ${t('contribution.version', { version: row.version })}`}</summary><Letter text={row.reply} /></details>
        : <span className="meta">{isOwed(row.state) ? t('contribution.waits', { on: formatDay(row.dueOn, locale, 'long') }) : t(`contribution.state.${row.state}`)}</span>}</>
    );
    return page.html(
      <DeskPage title={asked.title || t('contribution.title')}>
        <Crumbs items={[{ label: t('desk.nav.contributions'), href: '/desk/contributions' }, { label: asked.title }]} />
        <div className="head"><div><h1>{asked.title}</h1><p><a className="ref" href={`/desk/cases/${file.caseId}`}>{file.reference}</a> · {t('contribution.came_of', { came, count: asked.contributions.length })}</p></div></div>
        <blockquote><Letter text={asked.question} /></blockquote>
        <Table className="sp" caption={asked.title} head="of" columns={[{ key: 'of', label: t('contribution.of') }, { key: 'reply', label: t('contribution.reply'), className: 'full' }, { key: 'due', label: t('contribution.due') }]}
          rows={asked.contributions.map((row) => ({ id: row.id, cells: { of: <a href={askHref(row)} data-row={askHref(row)}>{row.askedName}</a>, reply: cell(row), due: <DueMark page={page} row={row} /> } }))} />
      </DeskPage>,
    );
  },
});
