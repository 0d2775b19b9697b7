import type { ReactElement, ReactNode } from 'react';
import { dayIn } from '../../../core/day.ts';
import { countedBooks } from '../../../core/jurisdiction.ts';
import { getLocale } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { acceptedEndings } from '../../../core/file.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { wrong } from '../../../core/refusal.ts';
import { Checkbox, DateField, ErrorSummary, FileField, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, LinkButton, Section } from '../../../ui/parts.tsx';
import { listParties } from '../../directory/index.ts';
import { listReserved, registerPaper } from '../../registry/index.ts';
import { findDuplicates, registerMessage, registerPetition } from '../intake.server.ts';
import { kinds, replyWays } from '../petition.ts';
import { areaOptions } from './case-words.ts';
import { newToken } from '../../../core/secret.ts';

const fields = ['kind', 'subject', 'text', 'files', 'place', 'partyId', 'name', 'address', 'town', 'email', 'phone', 'replyBy', 'locale', 'channel', 'receivedOn', 'senderReference', 'senderDatedOn', 'pages', 'enclosures', 'valueNoted', 'area', 'classCode', 'book', 'reservedId', 'message'] as const;
const paperChannels = ['letter', 'post', 'courier', 'counter', 'email', 'phone'] as const;

/** Asked of a petition only, or of other mail only; hidden by the choice above them. */
const For = ({ kind, children }: { kind: 'paper' | 'petition'; children: ReactNode }): ReactElement => <div className={`for-${kind}`}>{children}</div>;

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const values = after?.values ?? page.values;
  const errors = errorsOf(page, after?.errors, fields);
  const value = (name: string, preset = ''): string => first(values, name) || preset;
  const channel = value('channel', page.query.get('channel') ?? 'letter');
  const kind = value('kind', page.query.get('kind') ?? (page.caller.roles.has('registrar') ? 'paper' : 'petition'));
  const today = dayIn(office.jurisdiction.timeZone, page.now);
  const isAsked = Object.keys(values).length > 0;
  const [known, same, { numbers }] = await Promise.all([
    value('name').length > 2 ? page.run(listParties, { query: value('name') }).then(({ parties }) => parties.filter((party) => kind === 'paper' || party.kind !== 'body').slice(0, 6)) : [],
    value('name') || value('subject') ? page.run(findDuplicates, { name: value('name'), subject: value('subject') }).then(({ cases }) => cases) : [],
    page.run(listReserved, {}),
  ]);
  const books = countedBooks(office.jurisdiction);
  return page.html(
    <DeskPage title={t('paper.new.title')}>
      <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: t('paper.new.title') }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <h1>{t('paper.new.title')}</h1>
      <div className="split"><div>
        <form id="new" method="post" encType="multipart/form-data" action="/desk/petitions/new" className="stack bykind" noValidate data-unsaved="1">
          <Hidden fields={{ form: value('form') || newToken() }} />
          <Section id="s1" title={t('desk.new.paper')}>
            <SelectField name="kind" label={t('paper.kind')} value={kind} error={errors['kind']} options={[{ value: 'paper', label: t('paper.kind.paper') }, ...kinds.map((one) => ({ value: one, label: t(`petition.kind.${one}`), group: t('paper.kind.petition') }))]} />
            <TextField name="subject" label={t('petition.subject')} value={value('subject')} error={errors['subject']} maxLength={300} autoFocus={!isAsked} />
            <TextArea name="text" rows={6} label={t('petition.text')} hint={t('paper.content.hint')} value={value('text')} error={errors['text']} maxLength={20_000} />
            <FileField name="files" label={t('desk.files.scan')} hint={t('desk.files.hint')} optional error={errors['files']} accept={acceptedEndings.map((ending) => `.${ending}`).join(',')} />
            <For kind="petition"><TextField name="place" label={t('petition.place')} optional value={value('place')} error={errors['place']} /></For>
          </Section>
          <Section id="s2" title={t('paper.sender')}>
            {known.length > 0 && (
              <SelectField name="partyId" label={t('desk.new.known')} hint={t('desk.new.known.hint')} empty={t('desk.new.someone_else')} value={value('partyId')} error={errors['partyId']} options={known.map((party) => ({ value: party.id, label: [party.name, party.address, party.email].filter(Boolean).join(', ') }))} />
            )}
            <TextField name="name" label={t('paper.sender_name')} hint={t('paper.anonymous.hint')} value={value('name')} error={errors['name']} autoComplete="off" />
            <div className="two fields">
              <TextField name="address" label={t('petition.address')} optional value={value('address')} error={errors['address']} autoComplete="off" />
              <TextField name="town" label={t('petition.town')} optional value={value('town', kind === 'paper' ? '' : office.data.place)} error={errors['town']} autoComplete="off" />
              <TextField name="email" type="email" label={t('petition.email')} optional value={value('email')} error={errors['email']} autoComplete="off" spellCheck={false} />
              <TextField name="phone" type="tel" label={t('petition.phone')} optional value={value('phone')} error={errors['phone']} autoComplete="off" />
              <For kind="petition"><SelectField name="replyBy" label={t('petition.reply_by')} value={value('replyBy', channel === 'email' ? 'email' : 'post')} error={errors['replyBy']} options={replyWays.map((way) => ({ value: way, label: t(`reply_by.${way}`) }))} /></For>
              <For kind="petition"><SelectField name="locale" label={t('petition.locale')} value={value('locale', office.locale)} error={errors['locale']} options={office.publicLocales.map((id) => ({ value: id, label: getLocale(id).name }))} /></For>
            </div>
            <Checkbox name="organisation" label={t('paper.organisation')} checked={value('organisation') !== ''} />
          </Section>
          <Section id="s3" title={t('paper.on_it')}>
            <div className="two fields">
              <SelectField name="channel" label={t('petition.channel')} value={channel} error={errors['channel']} options={paperChannels.map((one) => ({ value: one, label: t(`channel.${one}`) }))} />
              <DateField name="receivedOn" label={t('petition.received_on')} value={value('receivedOn', today)} error={errors['receivedOn']} max={today} />
              <TextField name="senderReference" label={t('petition.sender_reference')} optional value={value('senderReference')} error={errors['senderReference']} />
              <For kind="paper"><DateField name="senderDatedOn" label={t('paper.sender_dated')} optional value={value('senderDatedOn')} error={errors['senderDatedOn']} max={today} /></For>
              <TextField name="pages" label={t('petition.pages')} optional type="number" inputMode="numeric" value={value('pages')} error={errors['pages']} />
              <For kind="paper"><TextField name="enclosures" label={t('paper.enclosures')} optional type="number" inputMode="numeric" value={value('enclosures')} error={errors['enclosures']} /></For>
              <For kind="paper"><TextField name="valueNoted" label={t('paper.value')} optional value={value('valueNoted')} error={errors['valueNoted']} /></For>
              <For kind="petition"><SelectField name="area" label={t('petition.area')} empty={t('desk.choose')} optional value={value('area')} error={errors['area']} options={areaOptions(page)} /></For>
              <SelectField name="classCode" label={t('petition.class')} empty={t(kind === 'paper' ? 'desk.choose' : 'petition.class.by_area')} optional value={value('classCode')} error={errors['classCode']} options={office.data.classes.map((one) => ({ value: one.code, label: `${one.code} ${textIn(one.name, page.locale)}` }))} />
              {books.length > 1 && <For kind="paper"><SelectField name="book" label={t('paper.book')} value={value('book', 'main')} error={errors['book']} options={books.map((one) => ({ value: one.id, label: textIn(one.name, page.locale) }))} /></For>}
              {numbers.length > 0 && <For kind="paper"><SelectField name="reservedId" label={t('paper.reserved')} empty={t('paper.reserved.next')} optional value={value('reservedId')} error={errors['reservedId']} options={numbers.map((one) => ({ value: one.id, label: `${one.reference} ${one.purpose}` }))} /></For>}
            </div>
            <Checkbox name="confidential" label={t('petition.access.confidential')} hint={t('petition.access.confidential.hint')} checked={value('confidential') !== ''} />
          </Section>
          <Actions><Button kind="primary" icon="check" data-key="s">{t('desk.new.do')}</Button><Button name="check" value="1">{t('paper.check')}</Button><LinkButton kind="quiet" href="/desk">{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
      <aside aria-label={t('desk.new.aside')}>
        {same.length > 0 && <Section id="same" title={t('petition.duplicates')}><ul className="docs">{same.map((one) => <li key={one.id}><div><a href={`/desk/cases/${one.id}`} target="_blank" rel="noreferrer">{one.subject}</a><br /><span className="meta"><span className="ref">{one.reference}</span> · <At at={one.openedAt} /> · {t(`petition.duplicate.${one.why}`)}</span></div></li>)}</ul></Section>}
        <Section id="way" title={t('paper.other_way')}><ul className="docs">{(['out', 'internal'] as const).map((one) => <li key={one}><a href={`/desk/cases/new?direction=${one}`}>{t(`paper.new.${one}`)}</a></li>)}</ul></Section>
        <Section id="eml" title={t('desk.new.message')}>
          <p className="meta">{t('desk.new.message.hint')}</p>
          <form method="post" encType="multipart/form-data" action="/desk/petitions/new" className="stack">
            <Hidden fields={{ form: newToken(), act: 'message' }} />
            <FileField name="message" label={t('desk.new.message.file')} multiple={false} accept=".eml,message/rfc822" megabytes={30} error={errors['message']} />
            <Button icon="mail">{t('desk.new.message.do')}</Button>
          </form>
        </Section>
        <Section id="stamp" title={t('desk.new.stamp')}><dl className="facts">{office.jurisdiction.stamp.fields.map((field) => [<dt key={`t${field.key}`}>{textIn(field.label, page.locale)}</dt>, <dd key={`d${field.key}`}>{stampValue(page, field.key, today)}</dd>])}</dl></Section>
      </aside></div>
    </DeskPage>,
  );
}

const stampValue = (page: PageContext, key: string, today: string): string => {
  const { office, locale } = page;
  if (key === 'body') return textIn(office.data.name, locale);
  if (key === 'receivedOn') return today.split('-').reverse().join('.');
  if (key === 'unit') return office.data.numbering.unit;
  if (key === 'class') return office.data.numbering.class;
  return key === 'direction' ? page.t('entry.direction.in') : page.t('desk.new.on_saving');
};

export const newPage = definePage({
  path: '/desk/petitions/new', audience: 'desk', get: render,
  async post(page) {
    const { values } = page;
    const read = (name: string): string => first(values, name);
    const key = read('form').slice(0, 100);
    if (read('act') === 'message') {
      const message = page.files['message']?.[0];
      if (!message) throw wrong({ message: { key: 'field.required' } });
      const done = await page.run(registerMessage, { message }, { key });
      return page.redirect(`/desk/petitions/${done.id}`, { key: 'desk.done.registered', args: { reference: done.reference } });
    }
    if (read('check')) return render(page);
    const sender = { name: read('name'), organisation: read('organisation'), email: read('email'), phone: read('phone'), address: read('address'), town: read('town'), partyId: read('partyId') || null };
    const paper = { subject: read('subject'), text: read('text'), receivedOn: read('receivedOn'), senderReference: read('senderReference'), pages: read('pages'), classCode: read('classCode'), files: page.files['files'] ?? [] };
    if (read('kind') === 'paper') {
      const reservedId = read('reservedId') || null;
      const done = await page.run(registerPaper, {
        ...sender, ...paper, channel: read('channel') as 'letter', senderDatedOn: read('senderDatedOn'), enclosures: read('enclosures'), valueNoted: read('valueNoted'), book: reservedId ? '' : read('book'), reservedId, access: read('confidential') ? 'confidential' : 'office',
      }, { key });
      return page.redirect(`/desk/cases/${done.id}/registered`);
    }
    const channel = ['post', 'courier'].includes(read('channel')) ? 'letter' : read('channel');
    const done = await page.run(registerPetition, {
      ...sender, ...paper, channel: channel as 'letter', kind: read('kind') as 'petition', place: read('place'), area: read('area'), replyBy: read('replyBy') as 'post', locale: read('locale'), confidential: read('confidential'),
    }, { key });
    return page.redirect(`/desk/cases/${done.id}/registered`);
  },
});
