import type { ReactElement } from 'react';
import { assetPath } from '../../../core/asset.ts';
import { getLocale, type LocaleId } from '../../../core/language.ts';
import { textIn, translator } from '../../../core/message.ts';
import type { Office } from '../../../core/office.ts';
import { BarePage } from '../../../ui/frame.tsx';
import { Arms } from '../../../ui/icon.tsx';
import { ViewContext, type View } from '../../../ui/view.tsx';

/** Which office? Shown where the host names none. */
export function chooserPage(offices: readonly Office[], locale: LocaleId, port: string): ReactElement {
  const t = translator(locale);
  const view: View = {
    t, locale, lang: getLocale(locale).html, office: null, person: null, languages: (['cnr-Latn', 'sr-Cyrl', 'mk', 'ro', 'sq', 'en'] as const).map((id) => ({ id, name: getLocale(id).name, lang: getLocale(id).html })), path: '/', search: '', nav: [], views: [],
    theme: null, density: 'comfortable', asset: assetPath, flash: null, zone: 'UTC', now: new Date(), singleKeys: false, demo: true,
  };
  return (
    <ViewContext value={view}>
      <BarePage title={t('public.chooser.title')}>
        <h1>{t('public.chooser.title')}</h1>
        <p className="lead">{t('public.chooser.lead')}</p>
        <ul className="ways offices">
          {offices.map((office) => (
            <li key={office.slug} data-office={office.data.slug} lang={getLocale(office.locale).html}>
              <h2><a href={`//${office.slug}.localhost${port}/`}><Arms />{textIn(office.data.name, office.locale)}</a></h2>
              <p>{textIn(office.data.cabinet, office.locale)}</p>
              <p><a href={`//${office.slug}.localhost${port}/desk`}>{translator(office.locale)('public.nav.desk')}</a></p>
            </li>
          ))}
        </ul>
      </BarePage>
    </ViewContext>
  );
}
