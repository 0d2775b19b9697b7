import { addDays } from '../../../core/day.ts';
import { formatDay, formatAt } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { renderPdf, type TableData } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { notFound } from '../../../core/refusal.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Crumbs, Empty, LinkButton, Section } from '../../../ui/parts.tsx';
import { audienceNumber } from '../audience.ts';
import type { Audience } from '../audience.server.ts';
import { getReceptionDay, listDays } from '../day.server.ts';
import { ActButton } from './audience-page.tsx';
import { hrefOf, listPath, needWords, organises, StateOf, timeOf, todayOf, topicName } from './words.tsx';

const next: Partial<Record<Audience['state'], string>> = { scheduled: 'arrive', confirmed: 'arrive', arrived: 'begin', talking: 'end', held: 'answer' };
/** In what order the room is: who talks, who is here by arrival, who is to come by time, who was. */
const rank = (one: Audience): number => ({ talking: 0, arrived: 1, scheduled: 2, confirmed: 2, held: 3, answered: 3, missed: 4 })[one.state as 'held'] ?? 5;

const meant = async (page: PageContext) => {
  const today = todayOf(page);
  const { days } = await page.run(listDays, { untilOn: today });
  return Promise.all(days.map((one) => page.run(getReceptionDay, { id: one.id })));
};

const todayPage = definePage({
  path: `${listPath}/today`, audience: 'desk',
  async get(page) {
    const { t } = page;
    const today = todayOf(page);
    const shown = await meant(page);
    const ahead = shown.length === 0 ? (await page.run(listDays, { fromOn: addDays(today, 1), limit: 1 })).days[0] : undefined;
    return page.html(
      <DeskPage title={t('audience.today')}>
        <Crumbs items={[{ label: t('audience.title'), href: listPath }, { label: t('audience.today') }]} />
        <div className="head"><div><h1>{t('audience.today.title', { on: formatDay(today, page.locale, 'weekday') })}</h1></div>
          <Actions>{shown.length > 0 && <LinkButton icon="print" href={`${listPath}/today.pdf`}>{t('audience.print')}</LinkButton>}{organises(page) && <LinkButton icon="plus" href={`${listPath}/new`}>{t('audience.new')}</LinkButton>}</Actions></div>
        {shown.length === 0 && <Empty action={ahead && <LinkButton href={`${listPath}/days/${ahead.id}`}>{formatDay(ahead.onDay, page.locale, 'weekday')}</LinkButton>}>{t(ahead ? 'audience.today.none' : 'audience.days.none')}</Empty>}
        {shown.map(({ day, slots, audiences }) => (
          <Section key={day.id} id={`d${day.id}`} title={day.host} aside={<span className="meta">{[day.place, t('audience.today.free', { count: slots.filter((slot) => !slot.isTaken && slot.startsAt > page.now).length })].filter(Boolean).join(' · ')}</span>}>
            {audiences.length === 0 ? <p className="meta">{t('audience.today.nobody')}</p> : (
              <ul className="rows big">{audiences.toSorted((a, b) => rank(a) - rank(b) || (rank(a) === 1 ? (a.arrivedAt?.getTime() ?? 0) - (b.arrivedAt?.getTime() ?? 0) : 0)).map((one) => {
                const act = next[one.state];
                return (
                  <li key={one.id}><a href={hrefOf(one.id)} data-row={hrefOf(one.id)}>{one.name || t('audience.nobody')}</a><b className="nowrap">{one.startsAt ? timeOf(page, one.startsAt) : t('audience.between')}</b>
                    <span className="sub">{topicName(page, one.topic)} · {one.purpose.slice(0, 140)}{one.purpose.length > 140 && '…'}</span>
                    <span className="sub"><StateOf page={page} audience={one} />{one.arrivedAt && ['arrived', 'talking'].includes(one.state) && ` · ${t('audience.here_since', { at: timeOf(page, one.arrivedAt) })}`}{one.people > 1 && ` · ${t('audience.with', { count: one.people - 1 })}`}{one.needs && ` · ${needWords(page, one.needs)}`}{one.note === '' && one.unitId !== null && !one.endedAt && <b> · {t('audience.note.missing')}</b>}</span>
                    {organises(page) && act && <span className="sub"><span className="actions"><ActButton page={page} audience={one} act={act} kind={one.state === 'talking' ? 'primary' : ''} back={`${listPath}/today`} />{['scheduled', 'confirmed'].includes(one.state) && one.startsAt && one.startsAt < page.now && <ActButton page={page} audience={one} act="miss" kind="quiet" back={`${listPath}/today`} />}</span></span>}
                  </li>
                );
              })}</ul>
            )}
          </Section>
        ))}
      </DeskPage>,
    );
  },
});

/** The list of a day on paper: for the table of who receives, and for the door. */
const todayPdf = definePage({
  path: `${listPath}/today.pdf`, audience: 'desk',
  async get(page) {
    const { t, office, locale } = page;
    const zone = office.jurisdiction.timeZone;
    const wanted = page.query.get('day');
    const shown = wanted ? [await page.run(getReceptionDay, { id: wanted })] : await meant(page);
    const [first] = shown;
    if (!first) throw notFound();
    const { onDay } = first.day;
    const rows = shown.flatMap(({ day, slots, audiences }) => [
      ...slots.map((slot): [Date, Audience | undefined, string] => [slot.startsAt, audiences.find((one) => one.slotId === slot.id), day.host]).filter(([, one]) => one !== undefined), ...audiences.filter((one) => !one.slotId).map((one): [Date, Audience | undefined, string] => [one.arrivedAt ?? one.at, one, day.host]),
    ]);
    const data: TableData = {
      lang: locale, region: office.jurisdiction.country, title: t('audience.today.title', { on: formatDay(onDay, locale, 'weekday') }), issuedAt: onDay, orientation: 'landscape',
      office: { name: textIn(office.data.name, locale), cabinet: textIn(office.data.cabinet, locale), accent: office.data.accent[0] }, filters: [{ label: t('audience.host'), value: [...new Set(shown.map(({ day }) => day.host))].join(', ') }, ...(first.day.place ? [{ label: t('audience.place'), value: first.day.place }] : [])],
      count: t('table.count', { count: rows.length }), columns: [{ title: t('audience.time'), width: 9 }, { title: t('audience.who'), width: 26 }, { title: t('audience.about'), width: 44 }, { title: t('audience.note'), width: 44 }, { title: t('audience.number'), width: 12 }],
      rows: rows.map(([at, one]) => [timeOf(page, at), [one!.name || t('audience.nobody'), one!.people > 1 ? t('audience.with', { count: one!.people - 1 }) : '', needWords(page, one!.needs)].filter(Boolean).join(', '), [topicName(page, one!.topic), one!.purpose.slice(0, 300)].filter(Boolean).join(': '), one!.note.slice(0, 300), audienceNumber(one!)]),
      printed: t('table.printed', { at: formatAt(page.now, zone, locale) }), labels: { page: t('table.page', { page: '{page}', pages: '{pages}' }), empty: t('table.empty') },
    };
    return serveFile({ fileName: `${onDay}.pdf`, mediaType: 'application/pdf', content: await renderPdf('table', data) }, page.query.has('download'));
  },
});

export const todayPages: readonly Page[] = [todayPage, todayPdf];
