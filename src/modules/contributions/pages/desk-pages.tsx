import { addDays, dayIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { askedTable, serveTable } from '../../../core/table-file.ts';
import { DateField, ErrorSummary, FileField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Actions, At, Button, Crumbs, Empty, Exports, Facts, Letter, LinkButton, On, Table, Views } from '../../../ui/parts.tsx';
import { getContribution, giveContribution, owedContributions, returnContribution } from '../contribution.server.ts';

const todayOf = (page: PageContext): string => dayIn(page.office.jurisdiction.timeZone, page.now);

const list = definePage({
  path: '/desk/contributions', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const mine = page.query.get('mine') === '1';
    const { contributions } = await page.run(owedContributions, mine ? { mine: true } : {});
    const as = askedTable(page);
    if (as) return serveTable(page, {
      name: t('desk.nav.contributions'), title: t('desk.nav.contributions'), columns: [{ title: t('contribution.of'), width: 28 }, { title: t('contribution.what'), width: 48 }, { title: t('contribution.case'), width: 18 }, { title: t('petition.subject'), width: 36 }, { title: t('contribution.due'), width: 14 }],
      rows: contributions.map((row) => [row.askedName, row.question, row.reference, row.subject, row.dueOn]),
    }, as);
    const today = todayOf(page);
    return page.html(
      <DeskPage title={t('desk.nav.contributions')}>
        <div className="head"><div><h1>{t('desk.nav.contributions')}</h1><p>{t('contribution.lead')}</p></div></div>
        <Views label={t('desk.views')} items={[{ href: '/desk/contributions', label: t('contribution.owed'), current: !mine }, { href: '/desk/contributions?mine=1', label: t('contribution.mine'), current: mine }]} />
        {contributions.length === 0 ? <Empty>{t('contribution.none')}</Empty> : (
          <Table caption={t('desk.nav.contributions')} head="what" columns={[{ key: 'of', label: t('contribution.of') }, { key: 'what', label: t('contribution.what'), className: 'full' }, { key: 'case', label: t('contribution.case') }, { key: 'due', label: t('contribution.due') }]} rows={contributions.map((row) => ({
            id: row.id, cells: {
              of: row.askedName, what: <a href={`/desk/contributions/${row.id}`} data-row={`/desk/contributions/${row.id}`}>{row.question.split('\n')[0]!.slice(0, 160)}</a>, case: <><a href={`/desk/petitions/${row.caseId}`} className="ref">{row.reference}</a><span className="sub">{row.subject}</span></>,
              due: <ClockMark state={row.dueOn < today ? 'late' : row.dueOn <= addDays(today, 2) ? 'soon' : 'ok'} label={formatDay(row.dueOn, locale, 'short')} />,
            },
          }))} />
        )}
        {contributions.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const row = await page.run(getContribution, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors);
  const values = after?.values ?? page.values;
  const open = row.state === 'asked' || row.state === 'returned';
  return page.html(
    <DeskPage title={t('contribution.title')}>
      <Crumbs items={[{ label: t('desk.nav.contributions'), href: '/desk/contributions' }, { label: row.askedName }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t('contribution.title')}</h1>
        <Facts facts={[[t('contribution.of'), row.askedName], [t('contribution.due'), <On key="d" on={row.dueOn} style="long" />], [t('contribution.asked_at'), <At key="a" at={row.askedAt} />], [t('contribution.case'), <a key="c" href={`/desk/petitions/${row.caseId}`}>{t('desk.open')}</a>]]} />
        <blockquote className="sp"><Letter text={row.question} /></blockquote>
        {row.reply && <><h2>{t('contribution.reply')}</h2><p className="meta">{row.repliedBy}</p><Letter text={row.reply} /></>}
        {open && (
          <form method="post" encType="multipart/form-data" action={`/desk/contributions/${row.id}`} className="stack" noValidate data-unsaved="1">
            <TextArea name="reply" rows={8} label={t('contribution.reply')} value={first(values, 'reply')} error={errors['reply']} />
            {row.isOutside && <TextField name="name" label={t('contribution.reply_from')} value={first(values, 'name')} error={errors['name']} optional />}
            <FileField name="files" label={t('desk.files')} hint={t('desk.files.hint')} error={errors['files']} optional />
            <Actions><Button kind="primary" icon="send">{t('contribution.give')}</Button><LinkButton kind="quiet" href="/desk/contributions">{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const show = definePage({
  path: '/desk/contributions/:id', audience: 'desk', get: render,
  async post(page) {
    const done = await page.run(giveContribution, { id: page.params['id']!, reply: first(page.values, 'reply'), name: first(page.values, 'name'), files: page.files['files'] ?? [] });
    return page.redirect(`/desk/contributions/${done.id}`, { key: 'desk.done.contribution_given' });
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
          <ErrorSummary errors={errors} /><h1>{t('contribution.act.return')}</h1><p className="meta">{row.askedName}</p>
          <blockquote><Letter text={row.reply} /></blockquote>
          <form method="post" action={`/desk/contributions/${row.id}/return`} className="stack" noValidate>
            <TextArea name="comment" label={t('contribution.return.comment')} value={first(values, 'comment')} error={errors['comment']} /><DateField name="dueOn" label={t('contribution.due')} value={first(values, 'dueOn') || addDays(todayOf(page), 5)} error={errors['dueOn']} />
            <Actions><Button kind="primary">{t('contribution.act.return')}</Button><LinkButton kind="quiet" href={`/desk/petitions/${row.caseId}`}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        </div>
      </DeskPage>,
    );
  },
  async post(page) {
    const done = await page.run(returnContribution, { id: page.params['id']!, comment: first(page.values, 'comment'), dueOn: first(page.values, 'dueOn') });
    return page.redirect(`/desk/petitions/${done.caseId}`, { key: 'desk.done.contribution_returned' });
  },
});

export const deskContributionPages: readonly Page[] = [list, show, back];
