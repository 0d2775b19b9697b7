import type { ReactElement } from 'react';
import { acceptedEndings } from '../../../core/file.ts';
import { dayIn } from '../../../core/day.ts';
import { errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { Checkbox, DateField, FileField, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { Section } from '../../../ui/parts.tsx';
import { listParties } from '../../directory/index.ts';
import { directions, paperChannels, type Direction } from '../paper.server.ts';

export const paperFieldNames = ['direction', 'channel', 'receivedOn', 'subject', 'text', 'files', 'partyId', 'name', 'email', 'phone', 'address', 'town', 'senderReference', 'senderDatedOn', 'pages', 'enclosures', 'valueNoted'] as const;

export type PaperForm = { values: Shown['values'] & object; errors: Record<string, string>; value(name: string, preset?: string): string; direction: Direction; known: { id: string; name: string; address: string | null; email: string | null }[] };

/** What a form of a paper holds: typed, or as it begins; parties of the directory whose name was typed. */
export async function paperForm(page: PageContext, after: Shown | undefined, preset: Direction, order: readonly string[] = paperFieldNames): Promise<PaperForm> {
  const values = after?.values ?? page.values;
  const value = (name: string, begin = ''): string => first(values, name) || begin;
  const asked = value('direction', page.query.get('direction') ?? preset) as Direction;
  const known = value('name').length > 2 ? (await page.run(listParties, { query: value('name') })).parties.slice(0, 8) : [];
  return { values, errors: errorsOf(page, after?.errors, order), value, direction: directions.includes(asked) ? asked : preset, known };
}

/** Which way a paper goes, how, when, and what its writer put on it. */
export function WayFields({ page, form, chooses }: { page: PageContext; form: PaperForm; chooses: boolean }): ReactElement {
  const { t } = page;
  const { errors, value, direction } = form;
  const today = dayIn(page.office.jurisdiction.timeZone, page.now);
  return (
    <div className="two fields">
      {chooses && <SelectField name="direction" label={t('entry.direction')} value={direction} error={errors['direction']} options={directions.map((one) => ({ value: one, label: t(`entry.direction.${one}`) }))} />}
      {(chooses || direction !== 'internal') && <SelectField name="channel" label={t(!chooses && direction === 'out' ? 'paper.way_out' : 'petition.channel')} value={value('channel', direction === 'out' ? 'post' : 'letter')} error={errors['channel']} options={paperChannels.filter((one) => one !== 'internal').map((one) => ({ value: one, label: t(`channel.${one}`) }))} />}
      {(chooses || direction === 'in') && <DateField name="receivedOn" label={t('petition.received_on')} value={value('receivedOn', today)} error={errors['receivedOn']} max={today} />}
      {(chooses || direction === 'in') && <TextField name="senderReference" label={t('petition.sender_reference')} optional value={value('senderReference')} error={errors['senderReference']} />}
      {(chooses || direction === 'in') && <DateField name="senderDatedOn" label={t('paper.sender_dated')} optional value={value('senderDatedOn')} error={errors['senderDatedOn']} max={today} />}
      <TextField name="pages" label={t('petition.pages')} optional type="number" inputMode="numeric" value={value('pages')} error={errors['pages']} />
      <TextField name="enclosures" label={t('paper.enclosures')} optional type="number" inputMode="numeric" value={value('enclosures')} error={errors['enclosures']} />
      <TextField name="valueNoted" label={t('paper.value')} optional value={value('valueNoted')} error={errors['valueNoted']} />
    </div>
  );
}

export function TextFields({ page, form, subject }: { page: PageContext; form: PaperForm; subject?: string }): ReactElement {
  const { t } = page;
  const { errors, value } = form;
  return (
    <>
      <TextField name="subject" label={t('petition.subject')} value={value('subject', subject)} error={errors['subject']} maxLength={300} />
      <TextArea name="text" rows={6} label={t('petition.text')} hint={t('paper.content.hint')} optional value={value('text')} error={errors['text']} maxLength={20_000} />
      <FileField name="files" label={t('desk.files.scan')} hint={t('desk.files.hint')} optional error={errors['files']} accept={acceptedEndings.map((ending) => `.${ending}`).join(',')} />
    </>
  );
}

/** Who a paper is from, or goes to. */
export function PartyFields({ page, form, hint }: { page: PageContext; form: PaperForm; hint?: string }): ReactElement {
  const { t } = page;
  const { errors, value, known, direction } = form;
  return (
    <Section id="s2" title={t(direction === 'out' ? 'paper.addressee' : 'paper.sender')}>
      {known.length > 0 && <SelectField name="partyId" label={t('desk.new.known')} hint={t('desk.new.known.hint')} empty={t('desk.new.someone_else')} value={value('partyId')} error={errors['partyId']} options={known.map((party) => ({ value: party.id, label: [party.name, party.address, party.email].filter(Boolean).join(', ') }))} />}
      <TextField name="name" label={t('paper.name')} hint={hint} optional value={value('name')} error={errors['name']} autoComplete="off" />
      <Checkbox name="organisation" label={t('paper.organisation')} checked={value('organisation') !== ''} />
      <div className="two fields">
        <TextField name="address" label={t('petition.address')} optional value={value('address')} error={errors['address']} autoComplete="off" />
        <TextField name="town" label={t('petition.town')} optional value={value('town')} error={errors['town']} autoComplete="off" />
        <TextField name="email" type="email" label={t('petition.email')} optional value={value('email')} error={errors['email']} autoComplete="off" spellCheck={false} />
        <TextField name="phone" type="tel" label={t('petition.phone')} optional value={value('phone')} error={errors['phone']} autoComplete="off" />
      </div>
    </Section>
  );
}

/** The fields of a paper as they were posted. */
export function readPaper(page: PageContext) {
  const read = (name: string): string => first(page.values, name);
  return {
    direction: (read('direction') || 'in') as Direction, channel: (read('channel') || 'letter') as (typeof paperChannels)[number], receivedOn: read('receivedOn'), subject: read('subject'), text: read('text'), partyId: read('partyId') || null, name: read('name'), organisation: read('organisation'),
    email: read('email'), phone: read('phone'), address: read('address'), town: read('town'), senderReference: read('senderReference'), senderDatedOn: read('senderDatedOn'), pages: read('pages'), enclosures: read('enclosures'), valueNoted: read('valueNoted'), files: page.files['files'] ?? [],
  };
}
