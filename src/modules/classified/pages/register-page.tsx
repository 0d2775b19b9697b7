import { dayIn } from '../../../core/day.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notAllowed, notFound } from '../../../core/refusal.ts';
import { DateField, ErrorSummary, FileField, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton } from '../../../ui/parts.tsx';
import { textIn } from '../../../core/message.ts';
import { directions, getBookRule, levels, rankOf } from '../classified.ts';
import { keepers, registerClassified } from '../classified.server.ts';
import { listClearances, ownStanding } from '../clearance.server.ts';
import { stampOf } from '../view.server.ts';

const order = ['level', 'direction', 'receivedOn', 'subject', 'sender', 'senderReference', 'basis', 'copies', 'pages', 'untilOn', 'readers', 'need', 'note', 'files'];

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office, caller } = page;
  const { level } = await page.run(ownStanding, {});
  if (!level) throw notFound();
  if (!keepers.some((role) => caller.roles.has(role))) throw notAllowed();
  const { clearances } = await page.run(listClearances, {});
  const rule = getBookRule(office);
  const values = after?.values ?? {};
  const value = (name: string, preset = ''): string => first(values, name) || preset;
  const errors = errorsOf(page, after?.errors, order);
  const chosen = many(values, 'readers');
  const offered = levels.filter((one) => rankOf(one) <= rankOf(level)).toReversed();
  const others = clearances.filter((one) => one.isValid && one.personId !== caller.personId);
  const today = dayIn(office.jurisdiction.timeZone, page.now);
  const text = (name: string, more: { max: number; optional?: boolean; type?: 'text' | 'number' }) => <TextField name={name} type={more.type ?? 'text'} label={t(`classified.${name}`)} value={value(name)} error={errors[name]} optional={more.optional ?? true} maxLength={more.max} autoComplete="off" />;
  return page.html(
    <DeskPage title={t('classified.register')}>
      <Crumbs items={[{ label: textIn(rule.name, page.locale), href: '/desk/classified' }, { label: t('classified.register') }]} />
      <div className="formpage">
        <ErrorSummary errors={errors} />
        <h1>{t('classified.register')}</h1>
        <p className="meta">{t('classified.register.hint')}</p>
        <form method="post" encType="multipart/form-data" action="/desk/classified/new" className="stack" noValidate data-unsaved="1">
          <SelectField name="level" label={t('classified.level')} empty={t('desk.choose')} value={value('level')} error={errors['level']} options={offered.map((one) => ({ value: one, label: stampOf(page, one) }))} />
          <RadioGroup name="direction" legend={t('classified.direction')} value={value('direction', 'in')} error={errors['direction']} options={directions.map((one) => ({ value: one, label: t(`classified.direction.${one}`) }))} />
          <DateField name="receivedOn" label={t('classified.received')} value={value('receivedOn', today)} error={errors['receivedOn']} max={today} />
          {text('subject', { max: 300, optional: false })}
          {text('sender', { max: 200 })}
          {text('senderReference', { max: 80 })}
          {text('basis', { max: 300 })}
          <TextField name="copies" type="number" inputMode="numeric" label={t('classified.copies')} value={value('copies', '1')} error={errors['copies']} />
          <TextField name="pages" type="number" inputMode="numeric" label={t('classified.pages')} value={value('pages')} error={errors['pages']} optional />
          <DateField name="untilOn" label={t('classified.until')} value={value('untilOn')} error={errors['untilOn']} optional />
          <fieldset className={`field${errors['readers'] ? ' wrong' : ''}`}>
            <legend>{t('classified.readers')}</legend>
            <p className="hint">{t(others.length > 0 ? 'classified.readers.hint' : 'classified.readers.none')}</p>
            {errors['readers'] && <p className="error" id="readers-error"><span className="vh">{t('ui.error_prefix')} </span>{errors['readers']}</p>}
            <div className="radios">{others.map((one, index) => <label key={one.personId}><input type="checkbox" id={index === 0 ? 'readers' : undefined} name="readers" value={one.personId} defaultChecked={chosen.includes(one.personId)} /><span>{one.name}</span><span className="hint">{stampOf(page, one.level)}</span></label>)}</div>
          </fieldset>
          {others.length > 0 && text('need', { max: 300 })}
          <TextArea name="note" rows={4} label={t('classified.note')} value={value('note')} error={errors['note']} optional autoComplete="off" />
          {rule.filesUpTo && <FileField name="files" accept=".pdf,.jpg,.jpeg,.png" label={t('classified.files')} hint={t('classified.files.hint', { level: stampOf(page, rule.filesUpTo) })} error={errors['files']} optional />}
          <Actions><Button kind="primary">{t('classified.register.do')}</Button><LinkButton kind="quiet" href="/desk/classified">{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const registerPage: Page = definePage({
  path: '/desk/classified/new', audience: 'desk', isForgotten: true, get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const { id, reference } = await page.run(registerClassified, {
      level: read('level') as 'restricted', direction: read('direction') as 'in', subject: read('subject'), sender: read('sender'), senderReference: read('senderReference'), note: read('note'), basis: read('basis'), copies: read('copies'),
      pages: read('pages'), receivedOn: read('receivedOn'), untilOn: read('untilOn'), readers: many(page.values, 'readers'), need: read('need'), files: page.files['files'] ?? [],
    });
    return page.redirect(`/desk/classified/${id}`, { key: 'classified.done.registered', args: { reference } });
  },
});
