import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { findClockRule } from '../../../core/jurisdiction.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { inScript } from '../office-public.server.ts';
import { PublicPage } from '../../../ui/frame.tsx';
import { Back, Column } from '../../../ui/public.tsx';

const accessibility = ['how', 'keyboard', 'reader', 'tested', 'known', 'tell'] as const;
const privacy = ['who', 'what', 'why', 'see', 'long', 'cookies', 'rights', 'ask'] as const;

function TextPage({
  page,
  name,
  sections,
  said,
}: {
  page: PageContext;
  name: 'accessibility' | 'privacy';
  sections: readonly string[];
  said: Record<string, string | number>;
}): ReactElement {
  const { t } = page;
  return (
    <PublicPage title={t(`public.nav.${name}`)}>
      <Column>
        <Back href="/" />
        <h1>{t(`public.nav.${name}`)}</h1>
        <p className="lead">{t(`public.${name}.lead`, said)}</p>
        {sections.map((section) => (
          <section key={section} aria-labelledby={section}>
            <h2 className="sp" id={section}>
              {t(`public.${name}.${section}.title`)}
            </h2>
            {t(`public.${name}.${section}`, said)
              .split('\n')
              .map((line, index) => (
                <p className="read" key={index}>
                  {line}
                </p>
              ))}
          </section>
        ))}
        <p className="read sp">
          <a href="/structure">{t('public.nav.structure')}</a>
        </p>
      </Column>
    </PublicPage>
  );
}

/** What the two texts take from the office and from the law of its jurisdiction. */
function saidOf(page: PageContext): Record<string, string | number> {
  const { office, locale, now } = page;
  const { data, jurisdiction } = office;
  const law = (text: unknown): string => textIn(text as Record<string, string>, locale);
  const rule = findClockRule(jurisdiction, 'petition.reply', dayIn(jurisdiction.timeZone, now));
  return {
    office: textIn(data.name, locale),
    cabinet: textIn(data.cabinet, locale),
    address: inScript(data.address, locale),
    phone: data.phone,
    basis: law(rule?.basis),
    retention: law(jurisdiction.retention.document),
    setBy: law(jurisdiction.retention.setBy),
    archives: law(jurisdiction.retention.basis),
    publishes: String(data.publishes),
    draftDays: 30,
    caseHours: 12,
  };
}

export const textPages: readonly Page[] = [
  definePage({
    path: '/accessibility',
    audience: 'public',
    get: (page) => page.html(<TextPage page={page} name="accessibility" sections={accessibility} said={saidOf(page)} />),
  }),
  definePage({
    path: '/privacy',
    audience: 'public',
    get: (page) => page.html(<TextPage page={page} name="privacy" sections={privacy} said={saidOf(page)} />),
  }),
];
