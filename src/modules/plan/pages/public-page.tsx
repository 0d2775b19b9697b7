import { dayIn } from '../../../core/day.ts';
import { formatAt, formatDay } from '../../../core/language.ts';
import { definePage, type Page } from '../../../core/page.ts';
import { PublicPage } from '../../../ui/frame.tsx';
import { daysOf } from '../plan.ts';
import { spanWords, timeWords } from '../plan-print.ts';
import { readPublicPlan } from '../public.server.ts';

const day = /^\d{4}-\d{2}-\d{2}$/;

const publicPlan = definePage({
  path: '/plan', audience: 'public',
  async get(page) {
    const { t, locale } = page;
    const asked = page.query.get('on') ?? '';
    const plan = await page.run(readPublicPlan, { on: day.test(asked) ? asked : '' });
    const zone = page.office.jurisdiction.timeZone;
    const today = dayIn(zone, page.now);
    const days = daysOf(plan).filter((on) => plan.entries.some((entry) => entry.on === on));
    const leaders = new Set(plan.entries.map((entry) => entry.leader)).size;
    return page.html(
      <PublicPage title={t('public.plan.title')}>
        <h1>{t('public.plan.title')}</h1>
        <p className="lead">{spanWords({ period: 'week', fromOn: plan.fromOn, untilOn: plan.untilOn }, locale)}</p>
        {days.length === 0 ? <p>{t('public.plan.none')}</p> : days.map((on) => (
          <section key={on} className="planday"><h2>{formatDay(on, locale, 'weekday')}{on === today && <span className="meta"> · {t('public.plan.today')}</span>}</h2>
            <ul className="planrows">{plan.entries.filter((entry) => entry.on === on).map((entry) => (
              <li key={entry.key}><span className="time">{timeWords(entry, on, zone, locale)}</span>
                <span><b>{entry.title}</b>{(entry.place || leaders > 1) && <span className="sub">{[entry.place, leaders > 1 && entry.leader].filter(Boolean).join(' · ')}</span>}</span></li>))}</ul></section>))}
        <p className="planlinks">{plan.previous && <a href={`/plan?on=${plan.previous}`}>{t('public.plan.previous')}</a>}{plan.next && <a href={`/plan?on=${plan.next}`}>{t('public.plan.next')}</a>}<a href="/calendar.ics">{t('public.plan.calendar')}</a></p>
        {plan.approvedAt && <p className="meta">{t('public.plan.approved', { at: formatAt(plan.approvedAt, zone, locale) })}</p>}
        <p className="meta">{t('public.plan.may_change')}</p>
      </PublicPage>,
    );
  },
});
export const publicPages: readonly Page[] = [publicPlan];
