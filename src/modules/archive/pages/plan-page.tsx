import { textIn } from '../../../core/message.ts';
import { definePage, type Page } from '../../../core/page.ts';
import { askedTable, serveTable } from '../../../core/table-file.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { Exports, Facts, Section } from '../../../ui/parts.tsx';
import { readPlan } from '../plan.server.ts';
import { period, reads, Tabs } from './words.tsx';

const plan = definePage({
  path: '/desk/archive/plan', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const { classes, law } = await page.run(readPlan, {});
    const as = askedTable(page);
    const title = textIn(law.document, locale);
    if (as) {
      return serveTable(page, {
        name: title, title, columns: [{ title: t('archive.class') }, { title: t('archive.class.name'), width: 60 }, { title: t('archive.retention'), width: 20 }, { title: t('archive.plan.cases') }, { title: t('archive.plan.archived') }],
        rows: classes.map((one) => [one.code, textIn(one.name, locale), period(page, one.years), one.cases, one.archived]), filters: [{ label: t('archive.plan.set_by'), value: textIn(law.setBy, locale) }, { label: t('archive.plan.basis'), value: textIn(law.basis, locale) }],
      }, as);
    }
    const periods = law.periods.map((one) => [textIn(one.what, locale), period(page, one.years)] as const).filter(([what, years]) => what.toLowerCase() !== years.toLowerCase());
    const groups = [...new Set(classes.map((one) => one.group))];
    return page.html(
      <DeskPage title={t('archive.tab.plan')}>
        <div className="head"><div><h1>{title}</h1><p>{t('archive.plan.lead')}</p></div></div>
        <Tabs page={page} current="plan" />
        <div className="split"><div>
          <table role="table" className="fold">
            <caption className="vh">{title}</caption>
            <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">{t('archive.class')}</th><th role="columnheader" scope="col" className="full">{t('archive.class.name')}</th><th role="columnheader" scope="col">{t('archive.retention')}</th><th role="columnheader" scope="col" className="right">{t('archive.plan.cases')}</th><th role="columnheader" scope="col" className="right">{t('archive.plan.archived')}</th></tr></thead>
            {groups.map((group) => (
              <tbody role="rowgroup" key={group}>
                {group && <tr role="row"><th role="rowheader" scope="rowgroup" colSpan={5}>{group}</th></tr>}
                {classes.filter((one) => one.group === group).map((one) => (
                  <tr role="row" key={one.code}><td role="cell" className="nowrap">{one.code}</td><th role="rowheader" scope="row" className="full">{textIn(one.name, locale)}</th><td role="cell" className="nowrap">{period(page, one.years)}</td>
                    <td role="cell" className="hide right num">{one.cases || ''}</td><td role="cell" className="hide right num">{one.archived > 0 && reads(page) ? <a href={`/desk/archive?class=${encodeURIComponent(one.code)}`}>{one.archived}</a> : one.archived || ''}</td></tr>))}
              </tbody>))}
          </table>
          <Exports page={page} />
        </div><aside aria-label={t('archive.plan.law')}>
          <Section id="law" title={t('archive.plan.law')}><Facts facts={[[t('archive.plan.set_by'), textIn(law.setBy, locale)], [t('archive.plan.basis'), textIn(law.basis, locale)], [t('archive.plan.mark'), law.closingMark]]} /></Section>
          {periods.length > 0 && <Section id="periods" title={t('archive.plan.periods')}><Facts facts={periods} /></Section>}
        </aside></div>
      </DeskPage>,
    );
  },
});

export const planPages: readonly Page[] = [plan];
