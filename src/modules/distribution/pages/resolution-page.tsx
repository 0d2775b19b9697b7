import type { ReactElement } from 'react';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { formatDay, getLocale, isLocaleId } from '../../../core/language.ts';
import { DateField, ErrorSummary, Hidden, TextArea, type Option } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { At, Button, Crumbs, Empty, Letter, LinkButton, On } from '../../../ui/parts.tsx';
import { settleDelivery } from '../delivery.server.ts';
import { findWhereabouts } from '../delivery-list.server.ts';
import { giveResolution, readResolutionDesk } from '../resolution.server.ts';
import { caseHref, has, receiverOptions, Ticks, unitName } from './words.tsx';

type Desk = Awaited<ReturnType<typeof readDesk>>;
const readDesk = (page: PageContext, after = '') => page.run(readResolutionDesk, { after });

const unitsShown = 6;

/** Large choices of which one is taken: a tap each. */
function Taps({ name, id = name, legend, options, value, error, className = '' }: { name: string; id?: string; legend: string; options: readonly Option[]; value: string; error?: string | undefined; className?: string }): ReactElement {
  return (
    <fieldset className={`taps ${className}${error ? ' wrong' : ''}`} aria-describedby={error ? `${name}-error` : undefined}>
      <legend>{legend}</legend>
      {error && <p className="error" id={`${name}-error`}>{error}</p>}
      <div>{options.map((option, index) => <label key={option.value}><input type="radio" id={index === 0 ? id : undefined} name={name} value={option.value} defaultChecked={option.value === value} /><span>{option.label}{option.hint && <small>{option.hint}</small>}</span></label>)}</div>
    </fieldset>
  );
}

/** Who, what, by when: what both the leader's page and the page of one case ask. */
async function ResolutionForm({ page, desk, suggested, access, unitsOf, after }: { page: PageContext; desk: Desk; suggested: string | null; access: string; unitsOf?: readonly string[] | null; after?: Shown | undefined }): Promise<ReactElement> {
  const { t, locale } = page;
  const values = after?.values ?? page.values;
  const errors = errorsOf(page, after?.errors, ['to', 'phrase', 'text', 'dueOn']);
  const { units, people } = await receiverOptions(page, desk.absences, access);
  const mine = unitsOf ? units.filter((unit) => unitsOf.includes(unit.value.slice(5))) : units;
  const weight = (unit: Option): number => { const key = unit.value.slice(5); return key === suggested ? -1 : desk.usualUnits.includes(key) ? desk.usualUnits.indexOf(key) : 99; };
  const ranked = mine.map((unit) => ({ ...unit, ...(unit.value === `unit:${suggested}` ? { hint: t('resolution.suggested') } : {}) })).toSorted((a, b) => weight(a) - weight(b));
  const picked = first(values, 'to') || (after || !suggested ? '' : `unit:${suggested}`);
  const [near, far] = [ranked.slice(0, unitsShown), ranked.slice(unitsShown)];
  const chosen = new Set(many(values, 'also'));
  const due = first(values, 'due') || (after ? '' : 'none');
  return (
    <>
      {near.length > 0 && <Taps name="to" className="who" legend={t('resolution.to')} value={picked} error={errors['to']} options={near} />}
      {far.length > 0 && <details className="also" open={far.some((unit) => unit.value === picked)}><summary>{t('resolution.other_units')}</summary><Taps name="to" id="to-other" className="who" legend={t('resolution.other_units')} value={picked} options={far} /></details>}
      {mine.length === 0 && errors['to'] && <p className="error">{errors['to']}</p>}
      <details className="also" open={chosen.size > 0 || mine.length === 0}><summary>{t('resolution.also')}</summary><Ticks name="also" options={[...people, ...mine]} chosen={chosen} /></details>
      <Taps name="due" className="due" legend={t('resolution.due')} value={due} options={[...desk.dueDays.map((one) => ({ value: one.on, label: t('desk.days', { count: one.days }), hint: formatDay(one.on, locale, 'short') })), { value: 'none', label: t('resolution.due.none') }]} />
      <details className="also" open={Boolean(errors['dueOn']) || first(values, 'dueOn') !== ''}><summary>{t('resolution.due.other')}</summary><DateField name="dueOn" label={t('resolution.due.on')} value={first(values, 'dueOn')} error={errors['dueOn']} /></details>
      <Taps name="phrase" className="words" legend={t('resolution.what')} value={first(values, 'phrase') || desk.phrases[0]?.text || ''} options={desk.phrases.map((phrase) => ({ value: phrase.text, label: phrase.text }))} />
      <details className="also" open={Boolean(errors['text']) || first(values, 'text') !== ''}><summary>{t('resolution.own_words')}</summary><TextArea name="text" rows={3} label={t('resolution.text')} value={first(values, 'text')} error={errors['text']} optional /></details>
    </>
  );
}
/** What the form says, as the operation takes it: one's own words before the phrase, another day before the preset. */
const resolutionOf = (page: PageContext) => {
  const read = (name: string): string => first(page.values, name);
  return { to: [read('to'), ...many(page.values, 'also')].filter(Boolean), text: read('text').trim() || read('phrase'), dueOn: read('dueOn') || (read('due') === 'none' ? '' : read('due')) };
};

async function render(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const desk = await readDesk(page, page.query.get('after') ?? '');
  const { letter } = desk;
  if (!letter) return page.html(<DeskPage title={t('resolution.title')}><h1>{t('resolution.title')}</h1><Empty action={<LinkButton href="/desk">{t('desk.nav.today')}</LinkButton>}>{t('resolution.empty')}</Empty></DeskPage>);
  const errors = errorsOf(page, shown?.errors, ['to', 'text', 'dueOn']);
  const scans = letter.documents.filter((one) => one.mediaType.startsWith('image/')).slice(0, 3);
  const files = letter.documents.filter((one) => !scans.includes(one));
  const lang = isLocaleId(page.office.locale) ? getLocale(page.office.locale).html : undefined;
  return page.html(
    <DeskPage title={t('resolution.title')}>
      <div className="resolve">
        <p className="line"><b>{t('resolution.count', { index: desk.passed + 1, total: desk.total })}</b>{desk.total > 1 && <a href={`/desk/resolutions?after=${letter.deliveryId}`} rel="next">{t('resolution.later')}</a>}</p>
        {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
        <div className="split left"><article>
          <h1><a href={caseHref(letter.caseId)}>{letter.subject}</a></h1>
          <p className="meta"><span className="ref">{letter.reference}</span> · {[letter.sender, letter.senderPlace].filter(Boolean).join(', ') || t('petition.anonymous')} · <At at={letter.at} />{letter.purpose === 'signature' && ` · ${t('delivery.purpose.signature')}`}</p>
          {letter.note && <p className="notice">{letter.givenBy}: {letter.note}</p>}
          {scans.map((scan) => <a key={scan.id} className="scan" href={`/desk/documents/${scan.id}`}><img src={`/desk/documents/${scan.id}`} alt={scan.title} loading="eager" /></a>)}
          {files.length > 0 && <ul className="docs big">{files.map((file) => <li key={file.id}><a href={`/desk/documents/${file.id}`}>{file.title}</a></li>)}</ul>}
          {letter.text && <Letter text={letter.text.length > 1600 ? `${letter.text.slice(0, 1600)}…` : letter.text} {...(lang ? { lang } : {})} />}
          {letter.earlier.length > 0 && <ul className="docs">{letter.earlier.map((one, index) => <li key={index}><div>{one.text}<br /><span className="meta">{one.owner || unitName(page, one.unitId)}{one.dueOn && <> · <On on={one.dueOn} /></>}</span></div></li>)}</ul>}
        </article>
        <form method="post" action={`/desk/resolutions${page.url.search}`} className="give" noValidate>
          <Hidden fields={{ caseId: letter.caseId, deliveryId: letter.deliveryId }} />
          {await ResolutionForm({ page, desk, suggested: letter.suggestedUnit, access: letter.access, after: shown })}
          <div className="bottom"><Button kind="primary" icon="check" name="act" value="give">{t('resolution.give')}</Button><Button kind="quiet" name="act" value="settle">{t(letter.purpose === 'signature' ? 'resolution.signed' : 'resolution.seen')}</Button></div>
        </form></div>
      </div>
    </DeskPage>,
  );
}

const queue = definePage({
  path: '/desk/resolutions', audience: 'desk', get: render,
  async post(page) {
    const deliveryId = first(page.values, 'deliveryId');
    if (first(page.values, 'act') === 'settle') {
      await page.run(settleDelivery, { id: deliveryId });
      return page.redirect('/desk/resolutions', { key: 'desk.done.settled' });
    }
    await page.run(giveResolution, { id: first(page.values, 'caseId'), deliveryId, ...resolutionOf(page) });
    return page.redirect('/desk/resolutions', { key: 'desk.done.resolved' });
  },
});

async function renderOne(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const { file, can } = await page.run(findWhereabouts, { id: page.params['id']! });
  const desk = await readDesk(page);
  const errors = errorsOf(page, shown?.errors, ['to', 'text', 'dueOn']);
  const across = has(page, 'mayor', 'deputy', 'chief');
  return page.html(
    <DeskPage title={t('resolution.act.give')}>
      <Crumbs items={[{ label: t('obligation.title'), href: '/desk/obligations' }, { label: file.reference, href: caseHref(file.id) }, { label: t('resolution.act.give') }]} />
      <div className="formpage resolve">
        {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
        <h1>{t('resolution.act.give')}</h1><p className="meta">{file.subject}</p>
        {can.resolve ? (
          <form method="post" action={`/desk/cases/${file.id}/resolve`} className="give" noValidate data-unsaved="1">
            {await ResolutionForm({ page, desk, suggested: null, access: file.access, unitsOf: across ? null : page.caller.marks, after: shown })}
            <div className="bottom"><Button kind="primary" icon="check">{t('resolution.give')}</Button><LinkButton kind="quiet" href={caseHref(file.id)}>{t('desk.cancel')}</LinkButton></div>
          </form>
        ) : <p className="lead">{t('error.not_now')}</p>}
      </div>
    </DeskPage>,
  );
}
const ofCase = definePage({
  path: '/desk/cases/:id/resolve', audience: 'desk', get: renderOne,
  async post(page) {
    await page.run(giveResolution, { id: page.params['id']!, ...resolutionOf(page) });
    return page.redirect(caseHref(page.params['id']!), { key: 'desk.done.resolved' });
  },
});

export const resolutionPages: readonly Page[] = [queue, ofCase];
