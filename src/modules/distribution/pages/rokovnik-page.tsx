import type { ReactElement } from 'react';
import { addDays, partsOf } from '../../../core/day.ts';
import { calendarNames, formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { askedTable, serveTable } from '../../../core/table-file.ts';
import { DateField, ErrorSummary, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Actions, Button, Crumbs, Empty, Exports, LinkButton, Section } from '../../../ui/parts.tsx';
import { getCase } from '../../registry/index.ts';
import { laterSlot, monthGrid, nextMonth, slotOf } from '../bring-forward.ts';
import { putForward, readRokovnik, takeForward, type ForwardRow } from '../bring-forward.server.ts';
import { caseHref, todayOf, unitName } from './words.tsx';

const awaitedWords = (page: PageContext, row: ForwardRow): string => [row.awaited && `${page.t('rokovnik.awaited')}: ${row.awaited}`, row.awaitedFrom && page.t('rokovnik.from', { who: row.awaitedFrom })].filter(Boolean).join(' · ');

/** Cases of the morning: what came back and why, what is due. */
export function ForwardRows({ page, rows }: { page: PageContext; rows: readonly ForwardRow[] }): ReactElement {
  const { t } = page;
  const today = todayOf(page);
  return (
    <ul className="rows">{rows.map((row) => (
      <li key={row.id}><a href={caseHref(row.caseId)} data-row={caseHref(row.caseId)}>{row.subject}</a>{row.why === 'paper' ? <ClockMark state="soon" label={t('rokovnik.why.paper')} /> : <ClockMark state={row.dueOn < today ? 'late' : 'ok'} label={row.dueOn === today ? t('date.today') : formatDay(row.dueOn, page.locale, 'short')} />}
        <span className="sub"><span className="ref">{row.reference}</span> · {row.handler || unitName(page, row.unitId) || t('petition.unassigned')}{row.note && ` · ${row.note}`}{awaitedWords(page, row) && ` · ${awaitedWords(page, row)}`}</span></li>))}</ul>
  );
}

const slotName = (page: PageContext, on: string): string => calendarNames(page.locale).weekdays[(new Date(`${on}T12:00:00Z`).getUTCDay() + 6) % 7]!;

const rokovnik = definePage({
  path: '/desk/rokovnik', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const mine = page.query.get('mine') === '1';
    const book = await page.run(readRokovnik, { mine });
    const { today } = book;
    const as = askedTable(page);
    if (as) return serveTable(page, {
      name: t('rokovnik.title'), title: t('rokovnik.title'), isCut: book.more, columns: [{ title: t('rokovnik.due') }, { title: t('desk.column.number') }, { title: t('delivery.what'), width: 40 }, { title: t('petition.handler'), width: 24 }, { title: t('rokovnik.awaited'), width: 30 }, { title: t('rokovnik.note'), width: 30 }],
      rows: [...book.back, ...book.waiting].map((row) => [row.dueOn, row.reference, row.subject, row.handler || unitName(page, row.unitId), [row.awaited, row.awaitedFrom].filter(Boolean).join(', '), row.note]),
    }, as);
    const due = book.waiting.filter((row) => row.dueOn <= today);
    const slots = new Map<number, ForwardRow[]>();
    for (const row of book.waiting) slots.set(slotOf(row.dueOn, today), [...(slots.get(slotOf(row.dueOn, today)) ?? []), row]);
    const later = slots.get(laterSlot) ?? [];
    const morning = [...due, ...book.back];
    const closed = new Set(book.closed);
    return page.html(
      <DeskPage title={t('rokovnik.title')}>
        <div className="head"><div><h1>{t('rokovnik.title')}</h1><p>{t('rokovnik.lead', { count: book.waiting.length })}</p></div><div className="actions"><LinkButton kind="quiet" href={mine ? '/desk/rokovnik' : '/desk/rokovnik?mine=1'}>{t(mine ? 'rokovnik.all' : 'rokovnik.mine')}</LinkButton><LinkButton icon="print" href={`/desk/rokovnik?${new URLSearchParams({ ...(mine ? { mine: '1' } : {}), as: 'pdf' })}`}>{t('rokovnik.print')}</LinkButton></div></div>
        <Section id="morning" title={t('rokovnik.morning')} aside={<span className="meta">{formatDay(today, locale, 'weekday')}</span>}>
          {morning.length === 0 ? <Empty>{t('rokovnik.empty')}</Empty> : <ForwardRows page={page} rows={morning} />}
        </Section>
        <Section id="month" title={`${calendarNames(locale).months[partsOf(today).month - 1]} ${partsOf(today).year}`}>
          <p className="weekdays meta" aria-hidden="true">{calendarNames(locale).weekdays.map((name) => <span key={name}>{name}</span>)}</p>
          <ol className="month">
            {monthGrid(today).map((on, index) => on === null ? <li key={`x${index}`} className="none" aria-hidden="true" /> : (
              <li key={on} className={[on === today ? 'today' : '', closed.has(on) ? 'closed' : '', on < today ? 'past' : '', slots.has(partsOf(on).date) ? 'has' : ''].join(' ').trim() || undefined}>
                <b><span className="wd">{slotName(page, on)} </span>{partsOf(on).date}</b>
                <ul>{(slots.get(partsOf(on).date) ?? []).slice(0, 6).map((row) => <li key={row.id}><a href={caseHref(row.caseId)} title={row.subject}><span className="ref">{row.reference}</span><span className="subj"> {row.subject}</span></a></li>)}{(slots.get(partsOf(on).date) ?? []).length > 6 && <li className="meta">+{(slots.get(partsOf(on).date) ?? []).length - 6}</li>}</ul>
              </li>))}
            <li className={`later${later.length > 0 ? ' has' : ''}`}><b>{laterSlot} · {t('rokovnik.later', { month: calendarNames(locale).months[partsOf(nextMonth(today)).month - 1]! })}</b>
              <ul>{later.slice(0, 60).map((row) => <li key={row.id}><a href={caseHref(row.caseId)}><span className="ref">{row.reference}</span><span> {row.subject}</span></a> <span className="meta">{formatDay(row.dueOn, locale, 'numeric')}</span></li>)}</ul></li>
          </ol>
        </Section>
        <Exports page={page} />
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const file = await page.run(getCase, { id: page.params['id']! });
  const { waiting } = await page.run(readRokovnik, { caseId: file.id });
  const [open] = waiting;
  const title = t('rokovnik.act.put');
  const errors = errorsOf(page, after?.errors, ['dueOn', 'awaited', 'partyId', 'note']);
  const value = (name: string): string => first(after?.values ?? page.values, name);
  const parties = file.party ? [{ value: file.party.id, label: file.party.name }] : [];
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('rokovnik.title'), href: '/desk/rokovnik' }, { label: file.reference, href: caseHref(file.id) }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1><p className="meta">{file.subject} · {t('rokovnik.put.hint')}</p>
        {open ? (
          <form method="post" action={`/desk/cases/${file.id}/bring-forward`} className="stack"><input type="hidden" name="take" value={open.id} />
            <p>{t('rokovnik.lies', { on: formatDay(open.dueOn, page.locale, 'long') })} {awaitedWords(page, open)}</p>
            <Actions><Button kind="primary">{t('rokovnik.act.take')}</Button><LinkButton kind="quiet" href={caseHref(file.id)}>{t('desk.cancel')}</LinkButton></Actions></form>
        ) : (
          <form method="post" action={`/desk/cases/${file.id}/bring-forward`} className="stack" noValidate>
            <DateField name="dueOn" label={t('rokovnik.until')} hint={t('rokovnik.until.hint')} value={value('dueOn')} error={errors['dueOn']} min={addDays(todayOf(page), 1)} />
            <TextField name="awaited" label={t('rokovnik.awaited_paper')} hint={t('rokovnik.awaited_paper.hint')} value={value('awaited')} error={errors['awaited']} optional />
            {parties.length > 0 && <SelectField name="partyId" label={t('rokovnik.awaited_from')} empty={t('rokovnik.anybody')} options={parties} value={value('partyId')} error={errors['partyId']} optional />}
            <TextField name="note" label={t('rokovnik.note')} value={value('note')} error={errors['note']} optional />
            <Actions><Button kind="primary" icon="calendar">{t('rokovnik.put')}</Button><LinkButton kind="quiet" href={caseHref(file.id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        )}
      </div>
    </DeskPage>,
  );
}

const put = definePage({
  path: '/desk/cases/:id/bring-forward', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    if (read('take')) {
      await page.run(takeForward, { id: read('take') });
      return page.redirect(caseHref(id), { key: 'desk.done.taken' });
    }
    const { dueOn } = await page.run(putForward, { id, dueOn: read('dueOn'), awaited: read('awaited'), partyId: read('partyId'), note: read('note') });
    return page.redirect(caseHref(id), { key: 'desk.done.put_forward', args: { on: formatDay(dueOn, page.locale, 'long') } });
  },
});

export const rokovnikPages: readonly Page[] = [rokovnik, put];
