import type { ReactElement } from 'react';
import { addDays } from '../../../core/day.ts';
import { formatBytes, formatDay, formatNumber } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { DateField, ErrorSummary, FileField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Exports, Facts, Letter, LinkButton, On, Pages, Section, Table, Views } from '../../../ui/parts.tsx';
import { isOwed } from '../contribution.ts';
import { askMoreTime, decideMoreTime, declineContribution, dropContribution, getContribution, giveContribution, readPaper, returnContribution } from '../contribution.server.ts';
import { listAsked, owedViews, readOverview, type OwedView } from '../owed.server.ts';
import { askPage, matrixPage } from './ask-pages.tsx';
import { askHref, asks, DueMark, nameOf, todayOf } from './words.tsx';

const isView = (name: string): name is OwedView => (owedViews as readonly string[]).includes(name);
const tabs = (page: PageContext, current: string) => [
  ...owedViews.map((view) => ({ href: `/desk/contributions?view=${view}`, label: page.t(`contribution.view.${view}`), current: view === current })), { href: '/desk/contributions/overview', label: page.t('contribution.view.overview'), current: current === 'overview' },
];
const Head = ({ page }: { page: PageContext }): ReactElement => (
  <div className="head"><div><h1>{page.t('desk.nav.contributions')}</h1><p>{page.t('contribution.lead')}</p></div>{asks(page) && <div className="actions"><LinkButton kind="primary" icon="ask" href="/desk/contributions/new">{page.t('contribution.ask.title')}</LinkButton></div>}</div>
);

const list = definePage({
  path: '/desk/contributions', audience: 'desk',
  async get(page) {
    const { t } = page;
    const asked = page.query.get('view') ?? '';
    const view = isView(asked) ? asked : page.query.get('mine') === '1' ? 'mine' : 'owed';
    const of = page.query.get('of') ?? '';
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listAsked, { view, of, after, limit: 500 });
        return { rows: part.contributions, next: part.next };
      });
      return serveTable(page, {
        name: t('desk.nav.contributions'), title: `${t('desk.nav.contributions')}: ${t(`contribution.view.${view}`)}`, isCut,
        columns: [{ title: t('contribution.of'), width: 28 }, { title: t('contribution.what'), width: 48 }, { title: t('contribution.case'), width: 18 }, { title: t('petition.subject'), width: 36 }, { title: t('contribution.asked_at'), width: 14 }, { title: t('contribution.due'), width: 14 }, { title: t('contribution.state'), width: 16 }],
        rows: rows.map((row) => [row.askedName, nameOf(row), row.reference, row.subject, row.askedAt, row.dueOn, t(`contribution.state.${row.state}`)]),
      }, as);
    }
    const { contributions, next } = await page.run(listAsked, { view, of, after: page.query.get('after') ?? '' });
    const link = (after: string): string => `/desk/contributions?${new URLSearchParams({ view, ...(of ? { of } : {}), ...(after ? { after } : {}) })}`;
    return page.html(
      <DeskPage title={t('desk.nav.contributions')}>
        <Head page={page} />
        <Views label={t('desk.views')} items={tabs(page, view)} />
        {contributions.length === 0 ? <Empty>{t(view === 'asked' ? 'contribution.none.asked' : 'contribution.none')}</Empty> : (
          <Table caption={t('desk.nav.contributions')} head="what" columns={[{ key: 'of', label: t('contribution.of') }, { key: 'what', label: t('contribution.what'), className: 'full' }, { key: 'case', label: t('contribution.case') }, { key: 'due', label: t('contribution.due') }]} rows={contributions.map((row) => ({
            id: row.id, cells: {
              of: row.askedName, what: <><a href={askHref(row)} data-row={askHref(row)}>{nameOf(row)}</a>{row.askId && <span className="sub"><a href={`/desk/contributions/asks/${row.askId}`}>{t('contribution.all_answers')}</a></span>}</>,
              case: <><a href={`/desk/cases/${row.caseId}`} className="ref">{row.reference}</a><span className="sub">{row.subject}</span></>, due: <DueMark page={page} row={row} />,
            },
          }))} />
        )}
        <div className="listfoot"><Pages previous={page.query.get('after') ? link('') : null} next={next ? link(next) : null} />{contributions.length > 0 && <Exports page={page} />}</div>
      </DeskPage>,
    );
  },
});

const overview = definePage({
  path: '/desk/contributions/overview', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const { fromOn, untilOn, balances } = await page.run(readOverview, { fromOn: page.query.get('fromOn') ?? '', untilOn: page.query.get('untilOn') ?? '' });
    const as = askedTable(page);
    const days = (value: number | null): string => (value === null ? '' : formatNumber(value, locale));
    // On a phone the figures are said beside the name.
    const inWords = (row: (typeof balances)[number]): string => [['open', row.open], ['late', row.late], ['asked', row.asked], ['given', row.given], ['days', days(row.averageDays)]].filter(([, figure]) => figure).map(([name, figure]) => `${t(`contribution.figure.${name}`)}: ${figure}`).join(' · ');
    if (as) return serveTable(page, {
      name: t('contribution.view.overview'), title: t('contribution.view.overview'), filters: [{ label: t('contribution.period'), value: `${formatDay(fromOn, locale, 'numeric')} – ${formatDay(untilOn, locale, 'numeric')}` }],
      columns: [{ title: t('contribution.of'), width: 40 }, ...['asked', 'open', 'late', 'given', 'in_time', 'declined', 'days'].map((name) => ({ title: t(`contribution.figure.${name}`), width: 14 }))],
      rows: balances.map((row) => [row.name, row.asked, row.open, row.late, row.given, row.inTime, row.declined, row.averageDays]),
    }, as);
    return page.html(
      <DeskPage title={t('contribution.view.overview')}>
        <Head page={page} />
        <Views label={t('desk.views')} items={tabs(page, 'overview')} />
        <form className="filters" action="/desk/contributions/overview"><DateField name="fromOn" label={t('contribution.from')} value={fromOn} /><DateField name="untilOn" label={t('contribution.until')} value={untilOn} /><Button>{t('contribution.show')}</Button></form>
        {balances.length === 0 ? <Empty>{t('contribution.none.period')}</Empty> : (
          <Table className="balances" caption={t('contribution.view.overview')} head="of" columns={[{ key: 'of', label: t('contribution.of'), className: 'full' }, ...['open', 'late', 'asked', 'given', 'inTime', 'days'].map((key) => ({ key, label: t(`contribution.figure.${key === 'inTime' ? 'in_time' : key}`), className: 'right' }))]} rows={balances.map((row) => ({
            id: row.of, cells: {
              of: <><a href={`/desk/contributions?${new URLSearchParams({ view: row.open > 0 ? 'owed' : 'all', of: row.of })}`}>{row.name}</a><span className="sub only-narrow">{inWords(row)}</span></>, open: row.open || '', late: row.late > 0 ? <b>{row.late}</b> : '', asked: row.asked, given: row.given || '', inTime: row.given > 0 ? `${Math.round((row.inTime / row.given) * 100)} %` : '', days: days(row.averageDays),
            },
          }))} />
        )}
        {balances.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, locale } = page;
  const row = await page.run(getContribution, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors);
  const values = after?.values ?? page.values;
  const act = first(values, 'act');
  const action = askHref(row);
  const isJudged = row.can.judge && !isOwed(row.state) && row.state !== 'dropped';
  return page.html(
    <DeskPage title={t('contribution.title')}>
      <Crumbs items={[{ label: t('desk.nav.contributions'), href: '/desk/contributions' }, { label: row.askedName }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{row.title || t('contribution.title')}</h1>
        <Facts facts={[[t('contribution.of'), row.askedName], [t('contribution.due'), isOwed(row.state) ? <On key="d" on={row.dueOn} style="long" /> : t(`contribution.state.${row.state}`)], [t('contribution.asked_at'), <span key="a"><At at={row.askedAt} />{row.askedBy && `, ${row.askedBy}`}</span>], [t('contribution.case'), <a key="c" className="ref" href={`/desk/cases/${row.caseId}`}>{row.reference}</a>],
          row.reminders > 0 && [t('contribution.reminded'), <span key="r">{t('contribution.reminded.times', { count: row.reminders })}{row.remindedOn && <>, <On on={row.remindedOn} /></>}</span>], row.askId && [t('contribution.matrix'), <a key="m" href={`/desk/contributions/asks/${row.askId}`}>{t('contribution.all_answers')}</a>],
          row.papers.length > 0 && [t('contribution.papers'), <span key="p">{row.papers.map((one, index) => <span key={one.id}>{index > 0 && ', '}<a href={`${action}/papers/${one.id}`}>{one.title}</a> <span className="meta">{formatBytes(one.size, locale)}</span></span>)}</span>]]} />
        <blockquote className="sp"><Letter text={row.question} /></blockquote>
        {row.declinedReason && row.state === 'declined' && <Section id="declined" title={t('contribution.state.declined')}><p className="meta">{row.repliedBy}</p><Letter text={row.declinedReason} /></Section>}
        {row.versions.toReversed().map((one, index) => (
          <Section key={one.version} id={`v${one.version}`} title={row.versions.length > 1 ? t('contribution.version', { version: one.version }) : t('contribution.reply')} aside={<span className="meta">{one.repliedBy}, <At at={one.repliedAt} style="both" /></span>}>
            {index === 0 ? <Letter text={one.reply} /> : <details><summary>{t('contribution.version.show')}</summary><Letter text={one.reply} /></details>}
            {one.comment && <p className="meta">{t('contribution.version.returned')}: {one.comment}</p>}
          </Section>
        ))}
        {row.versions.length === 0 && row.reply && <><h2>{t('contribution.reply')}</h2><p className="meta">{row.repliedBy}</p><Letter text={row.reply} /></>}
        {row.moreUntil && (
          <Section id="more" title={t('contribution.more.asked', { until: formatDay(row.moreUntil, locale, 'long') })}><p>{row.moreReason}</p>
            {row.can.judge && <form method="post" action={action} className="stack" noValidate><DateField name="dueOn" label={t('contribution.more.decide')} hint={t('contribution.more.decide.hint')} value={(act === 'decide' && first(values, 'dueOn')) || row.moreUntil} error={act === 'decide' ? errors['dueOn'] : undefined} />
              <Actions><Button kind="primary" name="act" value="decide">{t('contribution.more.decide.do')}</Button></Actions></form>}</Section>
        )}
        {isJudged && <p className="actions"><LinkButton href={`${action}/return`}>{t('contribution.act.return')}</LinkButton></p>}
        {row.can.give && (
          <form method="post" encType="multipart/form-data" action={action} className="stack sp" noValidate data-unsaved="1">
            <TextArea name="reply" rows={8} label={t('contribution.reply')} value={first(values, 'reply')} error={errors['reply']} />
            {row.isOutside && <TextField name="name" label={t('contribution.reply_from')} value={first(values, 'name')} error={errors['name']} optional />}
            <FileField name="files" label={t('desk.files')} hint={t('desk.files.hint')} error={errors['files']} optional />
            <Actions><Button kind={row.moreUntil && row.can.judge ? '' : 'primary'} icon="send" name="act" value="give">{t('contribution.give')}</Button><LinkButton kind="quiet" href="/desk/contributions">{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
        {row.can.askMore && (
          <details className="sp" open={act === 'more'}><summary>{t('contribution.more.title')}</summary><form method="post" action={action} className="stack" noValidate>
            <DateField name="until" label={t('contribution.more.until')} value={first(values, 'until') || addDays(row.dueOn < todayOf(page) ? todayOf(page) : row.dueOn, 5)} error={errors['until']} /><TextArea name="reason" id="more-reason" rows={2} label={t('contribution.reason')} value={act === 'more' ? first(values, 'reason') : ''} error={act === 'more' ? errors['reason'] : undefined} />
            <Actions><Button name="act" value="more">{t('contribution.more.do')}</Button></Actions></form></details>
        )}
        {row.can.give && (
          <details open={act === 'decline'}><summary>{t('contribution.decline.title')}</summary><form method="post" action={action} className="stack" noValidate>
            <TextArea name="reason" id="decline-reason" rows={3} label={t('contribution.reason')} hint={t('contribution.decline.hint')} value={act === 'decline' ? first(values, 'reason') : ''} error={act === 'decline' ? errors['reason'] : undefined} />
            <Actions><Button name="act" value="decline">{t('contribution.decline.do')}</Button></Actions></form></details>
        )}
        {row.can.judge && isOwed(row.state) && <form method="post" action={action} className="sp"><Button kind="quiet" name="act" value="drop">{t('contribution.drop.do')}</Button></form>}
      </div>
    </DeskPage>,
  );
}

const show = definePage({
  path: '/desk/contributions/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const done = (key: string): Response => page.redirect(`/desk/contributions/${id}`, { key });
    switch (read('act')) {
      case 'more': await page.run(askMoreTime, { id, until: read('until'), reason: read('reason') }); return done('contribution.done.more');
      case 'decide': await page.run(decideMoreTime, { id, dueOn: read('dueOn') }); return done('contribution.done.decided');
      case 'decline': await page.run(declineContribution, { id, reason: read('reason') }); return done('contribution.done.declined');
      case 'drop': await page.run(dropContribution, { id }); return done('contribution.done.dropped');
      default: await page.run(giveContribution, { id, reply: read('reply'), name: read('name'), files: page.files['files'] ?? [] }); return done('desk.done.contribution_given');
    }
  },
});

const back = definePage({
  path: '/desk/contributions/:id/return', audience: 'desk',
  async get(page, after) {
    const { t } = page;
    const row = await page.run(getContribution, { id: page.params['id']! });
    const errors = errorsOf(page, after?.errors);
    const values = after?.values ?? page.values;
    return page.html(
      <DeskPage title={t('contribution.act.return')}>
        <div className="formpage">
          {after && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 || !after.said ? {} : { title: t(after.said.key, after.said.args) })} />}<h1>{t('contribution.act.return')}</h1><p className="meta">{row.askedName}</p>
          <blockquote><Letter text={row.state === 'declined' ? row.declinedReason : row.reply} /></blockquote>
          <form method="post" action={`${askHref(row)}/return`} className="stack" noValidate>
            <TextArea name="comment" label={t('contribution.return.comment')} value={first(values, 'comment')} error={errors['comment']} /><DateField name="dueOn" label={t('contribution.due')} value={first(values, 'dueOn') || addDays(todayOf(page), 5)} error={errors['dueOn']} />
            <Actions><Button kind="primary">{t('contribution.act.return')}</Button><LinkButton kind="quiet" href={askHref(row)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        </div>
      </DeskPage>,
    );
  },
  async post(page) {
    const done = await page.run(returnContribution, { id: page.params['id']!, comment: first(page.values, 'comment'), dueOn: first(page.values, 'dueOn') });
    return page.redirect(`/desk/cases/${done.caseId}`, { key: 'desk.done.contribution_returned' });
  },
});

const paper = definePage({ path: '/desk/contributions/:id/papers/:documentId', audience: 'desk', get: async (page) => serveFile(await page.run(readPaper, { id: page.params['id']!, documentId: page.params['documentId']! })) });

export const deskContributionPages: readonly Page[] = [list, askPage, overview, matrixPage, show, back, paper];
