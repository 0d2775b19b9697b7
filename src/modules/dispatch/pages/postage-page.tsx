import { calendarNames } from '../../../core/language.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { askedTable, serveTable } from '../../../core/table-file.ts';
import { ErrorSummary, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, Exports, Notice, Section, State, Table, Views } from '../../../ui/parts.tsx';
import { listedWays, type ListedWay } from '../dispatch.ts';
import { readPostage, setRate } from '../postage.server.ts';
import { money, sends } from './dispatch-parts.tsx';

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, locale } = page;
  const asked = Number(page.query.get('year'));
  const { year, months, rates, tariffIsOwn } = await page.run(readPostage, asked >= 2000 && asked <= 2100 ? { year: asked } : {});
  const title = `${t('postage.title')} ${year}`;
  const names = calendarNames(locale).months;
  const as = askedTable(page);
  if (as) return serveTable(page, { name: title, title, columns: [t('postage.month'), t('dispatch.column.way'), t('post_list.pieces'), t('dispatch.column.postage')].map((column) => ({ title: column, width: 18 })), rows: months.map((row) => [names[row.month - 1]!, t(`dispatch.way.${row.way}`), row.pieces, row.cents / 100]) }, as);
  const errors = errorsOf(page, after?.errors);
  const value = (name: string): string => first(after?.values ?? (page.query.has('held') ? page.values : {}), name);
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('dispatch.list.title'), href: '/desk/dispatch' }, { label: t('postage.title') }]} />
      <ErrorSummary errors={errors} />
      <div className="head"><div><h1>{title}</h1><p>{t('postage.lead', { amount: money(page, months.reduce((sum, row) => sum + row.cents, 0)), pieces: months.reduce((sum, row) => sum + row.pieces, 0) })}</p></div></div>
      <Views label={t('postage.year')} items={[year + 1, year, year - 1].filter((one) => one <= new Date(page.now).getFullYear()).map((one) => ({ href: `/desk/dispatch/postage?year=${one}`, label: String(one), current: one === year }))} />
      {months.length === 0 ? <Empty>{t('postage.none')}</Empty> : (
        <Table fold={false} caption={title} head="month" columns={[{ key: 'month', label: t('postage.month') }, { key: 'way', label: t('dispatch.column.way'), className: 'full' }, { key: 'pieces', label: t('post_list.pieces'), className: 'right' }, { key: 'cents', label: t('dispatch.column.postage'), className: 'right' }]}
          rows={months.map((row) => ({ id: `${row.month}${row.way}`, cells: { month: names[row.month - 1]!, way: t(`dispatch.way.${row.way}`), pieces: row.pieces, cents: money(page, row.cents) } }))} />
      )}
      <Exports page={page} />
      <Section id="rates" title={t('postage.rates')}>
        {!tariffIsOwn && <Notice kind="warn">{t('postage.to_confirm')}</Notice>}
        <Table fold={false} caption={t('postage.rates')} head="way" columns={[{ key: 'way', label: t('dispatch.column.way'), className: 'full' }, { key: 'upTo', label: t('postage.up_to'), className: 'right' }, { key: 'cents', label: t('postage.rate'), className: 'right' }, { key: 'own', label: t('postage.whose') }]}
          rows={rates.map((rate) => ({ id: `${rate.way}${rate.upToG}`, cells: { way: t(`dispatch.way.${rate.way}`), upTo: t('dispatch.grams', { weight: rate.upToG }), cents: money(page, rate.cents), own: rate.isOwn ? t('postage.own') : <State>{t('postage.placeholder')}</State> } }))} />
        {sends(page) && (
          <form method="post" action="/desk/dispatch/postage" className="filters" noValidate>
            <SelectField name="way" label={t('dispatch.column.way')} value={value('way')} error={errors['way']} options={listedWays.map((way) => ({ value: way, label: t(`dispatch.way.${way}`) }))} />
            <TextField name="upToG" type="number" inputMode="numeric" label={t('postage.up_to_g')} value={value('upToG')} error={errors['upToG']} />
            <TextField name="amount" label={t('postage.rate')} value={value('amount')} error={errors['amount']} />
            <Actions><Button>{t('postage.set')}</Button></Actions>
          </form>
        )}
      </Section>
    </DeskPage>,
  );
}

export const postagePage = definePage({
  path: '/desk/dispatch/postage', audience: 'desk', get: render,
  async post(page) {
    await page.run(setRate, { way: first(page.values, 'way') as ListedWay, upToG: first(page.values, 'upToG'), amount: first(page.values, 'amount') });
    return page.redirect('/desk/dispatch/postage#rates', { key: 'desk.done.saved' });
  },
});
