import { textIn } from '../../../core/message.ts';
import { definePage } from '../../../core/page.ts';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Section, Table } from '../../../ui/parts.tsx';
import { listDuties } from '../duty.server.ts';

/** Every duty of the office and what performs it; a duty with no module yet says so. */
export const dutiesPage = definePage({
  path: '/desk/duties', audience: 'desk',
  async get(page) {
    const { t, locale } = page;
    const { duties } = await page.run(listDuties, {});
    const part = (duty: (typeof duties)[number], state: string): string[] => duty.capabilities.filter((one) => one.state === state).map((one) => t(`capability.${one.key}`));
    const done = duties.filter((duty) => duty.state === 'performed').length;
    return page.html(
      <DeskPage title={t('desk.nav.duties')}>
        <div className="head"><div><h1>{t('desk.nav.duties')}</h1><p>{t('duty.lead', { count: duties.length, done })}</p></div></div>
        <Section id="list" title={t('desk.nav.duties')} hiddenTitle>
          <Table caption={t('desk.nav.duties')} head="title" columns={[{ key: 'id', label: t('duty.id') }, { key: 'title', label: t('duty.title'), className: 'full' }, { key: 'by', label: t('duty.by') }, { key: 'year', label: t('duty.year'), className: 'right' }]} rows={duties.map((duty) => ({
            id: duty.id, cells: {
              id: <span className="ref">{duty.id}</span>, title: textIn(duty.title, locale),
              by: duty.state === 'missing' ? <ClockMark state="none" label={t('duty.none')} /> : <><ClockMark state={duty.state === 'performed' ? 'ok' : 'soon'} label={t(`duty.state.${duty.state}`)} /><span className="sub">{[...part(duty, 'whole'), ...part(duty, 'begun').map((what) => t('duty.begun', { what }))].join(', ')}{part(duty, 'none').length > 0 && ` · ${t('duty.lacks', { what: part(duty, 'none').join(', ') })}`}</span></>,
              year: duty.acts > 0 ? duty.acts : '',
            },
          }))} />
        </Section>
      </DeskPage>,
    );
  },
});
