import type { ReactElement } from 'react';
import { formatBytes } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, many, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound, wrong } from '../../../core/refusal.ts';
import { ErrorSummary, Hidden, RadioGroup, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, LinkButton, Section } from '../../../ui/parts.tsx';
import { listParties } from '../../directory/index.ts';
import { listColleagues } from '../../people/index.ts';
import { partKinds, tableShapes, type PartKind } from '../pack.ts';
import { choosePapers } from '../paper-choice.server.ts';
import { shapeOf } from '../pack-print.ts';
import { getPack, type PackView } from '../pack-view.server.ts';
import { addPart, changePart } from '../pack-work.server.ts';
import { packHref } from './pack-page.tsx';

const kindOf = (text: string): PartKind => partKinds.find((kind) => kind === text) ?? 'point';
const titled: readonly PartKind[] = ['point', 'note', 'programme', 'seating', 'person', 'promise'];
type Fields = { page: PageContext; kind: PartKind; value(name: string): string; errors: Record<string, string> };

/** The words of a part: a heading, a text; of a seating the shape of the table and the names by rank. */
function Words({ page, kind, value, errors }: Fields): ReactElement {
  const { t } = page;
  return (
    <>
      {kind === 'seating' && <RadioGroup name="shape" legend={t('pack.shape')} value={value('shape') || 'long'} options={tableShapes.map((shape) => ({ value: shape, label: t(`pack.shape.${shape}`) }))} />}
      {titled.includes(kind) && <TextField name="title" label={t(kind === 'person' ? 'pack.person.name' : 'pack.heading')} value={value('title')} error={errors['title']} optional />}
      <TextArea name="text" rows={kind === 'point' ? 3 : 7} label={t(kind === 'seating' ? 'pack.seating.names' : kind === 'person' || kind === 'paper' ? 'pack.remark' : 'pack.text')} hint={kind === 'seating' ? t('pack.seating.hint') : kind === 'programme' ? t('pack.programme.hint') : undefined} value={value('text')} error={errors['text']} optional={kind !== 'seating'} />
    </>
  );
}

/** Who is met: out of the directory by name, or one of the staff. */
async function PersonFields({ page, pack, ...fields }: Fields & { pack: PackView }): Promise<ReactElement> {
  const { t } = page;
  const query = page.query.get('q') ?? '';
  const inside = new Set(pack.parts.map((part) => part.partyId));
  const found = query ? (await page.run(listParties, { query })).parties.slice(0, 12) : [];
  const guests = pack.participants.filter((one) => one.partyId && !inside.has(one.partyId)).map((one) => ({ id: one.partyId!, name: one.name, hint: t('pack.participant') }));
  const { people } = await page.run(listColleagues, {});
  const offered = [...guests, ...found.filter((one) => !guests.some((guest) => guest.id === one.id)).map((one) => ({ id: one.id, name: one.name, hint: [t(`party.kind.${one.kind}`), one.place].filter(Boolean).join(', ') }))];
  return (
    <>
      {offered.length > 0 && <RadioGroup name="partyId" legend={t('pack.person.directory')} value={fields.value('partyId')} error={fields.errors['partyId']} options={offered.map((one) => ({ value: one.id, label: one.name, hint: one.hint }))} />}
      {query && found.length === 0 && <p className="meta">{t('pack.person.none', { query })}</p>}
      <SelectField name="personId" label={t('pack.person.staff')} empty="" value={fields.value('personId')} error={fields.errors['personId']} options={people.map((one) => ({ value: one.id, label: `${one.name}, ${textIn(one.title, page.locale)}` }))} optional />
      <Words page={page} {...fields} />
    </>
  );
}

async function PaperFields({ page, pack, errors }: { page: PageContext; pack: PackView; errors: Record<string, string> }): Promise<ReactElement> {
  const { t, locale } = page;
  const query = page.query.get('q') ?? '';
  const { cases } = await page.run(choosePapers, { id: pack.id, query });
  const chosen = new Set(many(page.values, 'documentId'));
  return (
    <>
      {errors['documentId'] && <p className="error" id="documentId">{errors['documentId']}</p>}
      {cases.length === 0 && <Empty>{t(query ? 'pack.paper.none_found' : 'pack.paper.none')}</Empty>}
      {cases.map((file) => (
        <Section key={file.caseId} id={`c-${file.caseId}`} title={file.subject} aside={<span className="ref">{file.reference}</span>}>
          <ul className="ticks">{file.documents.map((one) => <li key={one.id}><label><input type="checkbox" name="documentId" value={one.id} defaultChecked={chosen.has(one.id)} /><span>{one.title} <small className="meta">{formatBytes(one.size, locale)}</small></span></label></li>)}</ul>
        </Section>
      ))}
    </>
  );
}

async function add(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const pack = await page.run(getPack, { id: page.params['id']! });
  const values = after?.values ?? page.values;
  const kind = kindOf(first(values, 'kind') || (page.query.get('kind') ?? ''));
  const errors = errorsOf(page, after?.errors, ['partyId', 'personId', 'documentId', 'title', 'text']);
  const value = (name: string): string => first(values, name);
  const action = `${packHref(pack.id)}/add`;
  const looks = kind === 'person' || kind === 'paper';
  return page.html(
    <DeskPage title={t(`pack.kind.${kind}`)}>
      <Crumbs items={[{ label: t('pack.menu'), href: '/desk/packs' }, { label: pack.title, href: packHref(pack.id) }, { label: t(`pack.kind.${kind}`) }]} />
      <div className="formpage">
        {after && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 || !after.said ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{t(`pack.kind.${kind}`)}</h1>
        {looks && <form className="filters" action={action}><Hidden fields={{ kind }} /><TextField className="wide" name="q" id="find" type="search" label={t(kind === 'person' ? 'pack.person.find' : 'pack.paper.find')} value={page.query.get('q') ?? ''} /><Button icon="search">{t('desk.search.do')}</Button></form>}
        <form method="post" action={`${action}?${new URLSearchParams({ kind, q: page.query.get('q') ?? '' })}`} className="stack" noValidate data-unsaved="1">
          <Hidden fields={{ kind }} />
          {kind === 'person' ? await PersonFields({ page, kind, value, errors, pack }) : kind === 'paper' ? await PaperFields({ page, pack, errors }) : <Words page={page} kind={kind} value={value} errors={errors} />}
          <Actions><Button kind="primary">{t('pack.put')}</Button><LinkButton kind="quiet" href={packHref(pack.id)}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const addPartPage = definePage({
  path: '/desk/packs/:id/add', audience: 'desk', get: add,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const kind = kindOf(read('kind'));
    const documents = kind === 'paper' ? many(page.values, 'documentId') : [''];
    if (documents.length === 0) throw wrong({ documentId: { key: 'field.choose' } });
    for (const documentId of documents) await page.run(addPart, { id, kind, title: read('title'), text: read('text'), partyId: read('partyId'), personId: read('partyId') ? '' : read('personId'), documentId, shape: kind === 'seating' ? (read('shape') as 'long') : '' });
    return page.redirect(packHref(id), { key: 'pack.done.put' });
  },
});

export const changePartPage = definePage({
  path: '/desk/packs/parts/:id', audience: 'desk',
  async get(page, after) {
    const { t } = page;
    const pack = await page.run(getPack, { id: page.query.get('pack') ?? first(page.values, 'pack') });
    const part = pack.parts.find((one) => one.id === page.params['id']);
    if (!part) throw notFound();
    const errors = errorsOf(page, after?.errors, ['title', 'text']);
    const kept: Record<string, string> = { title: part.document || part.contribution ? '' : part.title, text: part.text, shape: shapeOf(part.data) };
    const value = (name: string): string => (after?.values ? first(after.values, name) : first(page.values, name) || kept[name] || '');
    return page.html(
      <DeskPage title={t(`pack.kind.${part.kind}`)}>
        <Crumbs items={[{ label: pack.title, href: packHref(pack.id) }, { label: t(`pack.kind.${part.kind}`) }]} />
        <div className="formpage">
          {after && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 || !after.said ? {} : { title: t(after.said.key, after.said.args) })} />}
          <h1>{part.title || t(`pack.kind.${part.kind}`)}</h1>
          <form method="post" action={`/desk/packs/parts/${part.id}?pack=${pack.id}`} className="stack" noValidate data-unsaved="1">
            <Hidden fields={{ pack: pack.id }} /><Words page={page} kind={part.kind} value={value} errors={errors} />
            <Actions><Button kind="primary">{t('desk.save')}</Button><LinkButton kind="quiet" href={packHref(pack.id)}>{t('desk.cancel')}</LinkButton></Actions>
          </form>
        </div>
      </DeskPage>,
    );
  },
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const { id } = await page.run(changePart, { id: page.params['id']!, title: read('title'), text: read('text'), shape: read('shape') as '' });
    return page.redirect(`${packHref(id)}#p-${page.params['id']!}`, { key: 'desk.done.saved' });
  },
});
