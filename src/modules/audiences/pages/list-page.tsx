import { definePage, type PageContext } from '../../../core/page.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Empty, Exports, LinkButton, Pages, Table, Views } from '../../../ui/parts.tsx';
import { Hidden } from '../../../ui/field.tsx';
import { audienceNumber } from '../audience.ts';
import { countAudiences, listAudiences, views, type ViewName } from '../list.server.ts';
import { has, hrefOf, listPath, organises, StateOf, topicName, topicOptions, unitName, whenOf } from './words.tsx';

const viewOf = (page: PageContext): ViewName => views.find((one) => one === page.query.get('view')) ?? (organises(page) ? 'waiting' : 'notes');

export const listPage = definePage({
  path: listPath, audience: 'desk',
  async get(page) {
    const { t, query } = page;
    const view = viewOf(page);
    const filters = { view, topic: query.get('topic') ?? '', query: query.get('q') ?? '' };
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const { audiences, next } = await page.run(listAudiences, { ...filters, after, limit: 500 });
        return { rows: audiences, next };
      });
      return serveTable(page, {
        name: t('audience.title'), title: `${t('audience.title')}: ${t(`audience.view.${view}`)}`, isCut,
        columns: [{ title: t('audience.number'), width: 10 }, { title: t('desk.column.number'), width: 20 }, { title: t('audience.who'), width: 28 }, { title: t('audience.topic'), width: 26 }, { title: t('audience.asked_at'), width: 14 }, { title: t('audience.when'), width: 20, time: true }, { title: t('audience.host'), width: 24 }, { title: t('audience.state'), width: 18 },
          { title: t('audience.outcome'), width: 18 }, { title: t('audience.promises'), width: 12 }, { title: t('audience.promises.done'), width: 12 }, { title: t('audience.promises.late'), width: 12 }, { title: t('audience.reply_due'), width: 14 }],
        rows: rows.map((one) => [audienceNumber(one), one.reference, one.name, topicName(page, one.topic), one.at, one.startsAt ?? one.arrivedAt, one.host, t(`audience.state.${one.state}`), one.outcome ? t(`audience.outcome.${one.outcome}`) : '', one.kept.promises, one.kept.done, one.kept.late, one.replyDueOn]),
      }, as);
    }
    const [{ audiences, next }, counts] = await Promise.all([page.run(listAudiences, { ...filters, after: query.get('after') ?? '' }), page.run(countAudiences, {})]);
    const link = (to: ViewName): string => `${listPath}?view=${to}`;
    const numbered: Partial<Record<ViewName, number>> = { waiting: counts.waiting, calls: counts.calls, notes: counts.notes };
    const shown = organises(page) ? views : views.filter((one) => one !== 'calls');
    return page.html(
      <DeskPage title={t('audience.title')}>
        <div className="head"><div><h1>{t('audience.title')}</h1><p>{t('audience.lead')}</p></div>
          <Actions><LinkButton kind="primary" icon="plus" href={`${listPath}/new`}>{t('audience.new')}</LinkButton><LinkButton href={`${listPath}/today`}>{t('audience.today')}</LinkButton><LinkButton kind="quiet" href={`${listPath}/days`}>{t('audience.days')}</LinkButton><LinkButton kind="quiet" href={`${listPath}/statistics`}>{t('audience.statistics')}</LinkButton></Actions></div>
        <Views label={t('audience.views')} items={shown.map((one) => ({ href: link(one), label: t(`audience.view.${one}`), count: numbered[one], current: one === view }))} />
        <form className="filters" action={listPath}><Hidden fields={{ view }} /><TextField name="q" id="aq" type="search" label={t('audience.search')} value={filters.query} className="wide" /><SelectField name="topic" id="at" label={t('audience.topic')} empty={t('audience.topic.any')} value={filters.topic} options={topicOptions(page)} /><Button icon="search">{t('desk.search.do')}</Button></form>
        {audiences.length === 0 ? <Empty>{t(`audience.empty.${view}`)}</Empty> : (
          <Table caption={t('audience.title')} head="who" columns={[{ key: 'who', label: t('audience.who'), className: 'full' }, { key: 'topic', label: t('audience.topic') }, { key: 'when', label: t(view === 'waiting' ? 'audience.asked_at' : 'audience.when') }, { key: 'state', label: t('audience.state') }]}
            rows={audiences.map((one) => ({
              id: one.id, cells: {
                who: <><a href={hrefOf(one.id)} data-row={hrefOf(one.id)}>{one.name || t('audience.nobody')}</a><span className="sub"><span className="ref">{audienceNumber(one)}</span> · <span className="ref">{one.reference}</span>{view === 'calls' && one.phone && <> · <a href={`tel:${one.phone.replaceAll(/[^+\d]/g, '')}`}>{one.phone}</a></>}</span></>,
                topic: <>{topicName(page, one.topic) || '—'}<span className="sub">{view === 'notes' ? unitName(page, one.unitId) : one.purpose.slice(0, 90)}{view !== 'notes' && one.purpose.length > 90 && '…'}</span></>,
                when: <>{one.startsAt ? whenOf(page, one.startsAt) : one.endedAt ? <At at={one.endedAt} style="both" /> : <At at={one.at} />}<span className="sub">{one.host}{view === 'notes' && one.noteDueOn && t('audience.note.due', { on: one.noteDueOn.split('-').reverse().join('.') })}</span></>,
                state: <><StateOf page={page} audience={one} />{one.kept.promises > 0 && <span className="sub">{t('audience.kept', { done: one.kept.done, count: one.kept.promises })}{one.kept.late > 0 && <b> {t('audience.kept.late', { count: one.kept.late })}</b>}</span>}{one.calls > 0 && view === 'calls' && <span className="sub">{t('audience.calls', { count: one.calls })}</span>}</>,
              },
            }))} />
        )}
        <div className="listfoot"><Pages previous={query.get('after') ? link(view) : null} next={next ? `${link(view)}&topic=${encodeURIComponent(filters.topic)}&q=${encodeURIComponent(filters.query)}&after=${encodeURIComponent(next)}` : null} />{audiences.length > 0 && has(page, 'chief', 'mayor', 'deputy', 'citizens', 'registrar', 'head', 'quality', 'auditor', 'protocol', 'clerk', 'adviser') && <Exports page={page} />}</div>
      </DeskPage>,
    );
  },
});
