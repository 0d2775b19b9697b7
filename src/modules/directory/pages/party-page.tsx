import type { ReactElement, ReactNode } from 'react';
import { formatDay } from '../../../core/language.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, FileField, Hidden, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Facts, LinkButton, On, Section, State } from '../../../ui/parts.tsx';
import { serveFile } from '../../../core/serve-file.ts';
import { changeParty } from '../party.server.ts';
import { dropPhoto, getPhoto, setPhoto } from '../party-photo.server.ts';
import { getParty, mergeParty, partParty } from '../party-page.server.ts';

type Seen = Awaited<ReturnType<typeof seen>>;
const seen = (page: PageContext) => page.run(getParty, { id: page.params['id']! });
const caseHref = (caseId: string): string => `/desk/cases/${caseId}`;

type Line = { id: string; href: string; what: ReactNode; when: ReactNode; under: ReactNode };
/** One kind of what is known of a party; nothing where there is none. */
function Lines({ id, title, lines }: { id: string; title: string; lines: readonly Line[] }): ReactElement | null {
  if (lines.length === 0) return null;
  return <Section id={id} title={title} aside={<span className="meta">{lines.length}</span>}><ul className="rows">{lines.map((line) => <li key={line.id}><a href={line.href} data-row={line.href}>{line.what}</a>{line.when}<span className="sub">{line.under}</span></li>)}</ul></Section>;
}

function Known({ page, known }: { page: PageContext; known: Seen }): ReactElement {
  const { t } = page;
  const ref = (reference: string): ReactElement => <span className="ref">{reference}</span>;
  // The paper that began a matter stands among the matters.
  const papers = known.papers.filter((one) => !known.cases.some((file) => file.reference === one.reference));
  return (
    <>
      <Section id="cases" title={t('directory.matters')} aside={<span className="meta">{known.cases.length}</span>}>
        {known.cases.length === 0 ? <p className="meta">{t('directory.no_cases')}</p> : <ul className="rows">{known.cases.map((one) => <li key={one.id}><a href={caseHref(one.id)} data-row={caseHref(one.id)}>{one.subject}</a><At at={one.openedAt} /><span className="sub">{ref(one.reference)}{one.closedAt && <> · a/a <At at={one.closedAt} /></>}</span></li>)}</ul>}
      </Section>
      <Lines id="papers" title={t('directory.papers')} lines={papers.map((one) => ({ id: one.id, href: caseHref(one.caseId), what: one.isAnnulled ? <s>{one.subject}</s> : one.subject, when: <At at={one.at} />, under: <>{ref(one.reference)} · {t(`entry.direction.${one.direction}`)} · {t(`channel.${one.channel}`)}</> }))} />
      <Lines id="obligations" title={t('directory.obligations')} lines={known.obligations.map((one) => ({ id: one.id, href: `/desk/obligations/${one.id}`, what: one.text, when: one.dueOn ? <On on={one.dueOn} /> : <span />, under: <>{ref(one.reference)} · {one.owner || textIn(page.office.data.units.find((unit) => unit.id === one.unitId)?.name, page.locale)} · {t(`obligation.state.${one.state}`)}</> }))} />
      <Lines id="contributions" title={t('directory.contributions')} lines={known.contributions.map((one) => ({ id: one.id, href: `/desk/contributions/${one.id}`, what: one.question.split('\n')[0]!.slice(0, 160), when: <On on={one.dueOn} />, under: <>{ref(one.reference)} · {t(`directory.contribution.${one.state}`)}</> }))} />
      <Lines id="dispatches" title={t('directory.dispatches')} lines={known.dispatches.map((one) => ({ id: one.id, href: caseHref(one.caseId), what: one.subject, when: <At at={one.at} />, under: <>{ref(one.reference)} · {t(`directory.way.${one.way}`)} · {t(`directory.dispatch.${one.state}`)}</> }))} />
    </>
  );
}

function Same({ page, known }: { page: PageContext; known: Seen }): ReactElement {
  const { t } = page;
  return (
    <>
      {known.duplicates.length > 0 && (
        <div className="notice warn"><b>{t('directory.same')}</b><ul className="docs">{known.duplicates.map((one) => (
          <li key={one.id}><div><a href={`/desk/directory/${one.id}`}>{one.name}</a><br /><span className="meta">{[one.email, one.phone, one.address].filter(Boolean).join(' · ') || '—'} · {t(`directory.same.${one.why}`)}</span></div>
            <form method="post" action={`/desk/directory/${known.party.id}/merge`}><Hidden fields={{ otherId: one.id }} /><Button kind="quiet">{t('directory.merge')}<span className="vh"> {one.name}</span></Button></form></li>))}</ul></div>
      )}
      {known.merged.length > 0 && <Section id="merged" title={t('directory.merged')}><ul className="docs">{known.merged.map((one) => <li key={one.id}><span>{one.name}</span>{known.can.change && <form method="post" action={`/desk/directory/${one.id}/part`}><Hidden fields={{ from: known.party.id }} /><Button kind="quiet">{t('directory.part')}<span className="vh"> {one.name}</span></Button></form>}</li>)}</ul></Section>}
    </>
  );
}

/** The picture by which who leads knows them. */
function Photo({ page, known, error }: { page: PageContext; known: Seen; error: string | undefined }): ReactElement {
  const { t } = page;
  const action = `/desk/directory/${known.party.id}/photo`;
  return (
    <Section id="picture" title={t('directory.photo')}>
      {known.hasPhoto && <img className="photo" src={action} alt={known.party.name} width="160" height="200" />}
      {known.can.photograph && <details open={Boolean(error)}><summary>{t(known.hasPhoto ? 'directory.photo.change' : 'directory.photo.add')}</summary><form method="post" action={action} encType="multipart/form-data" className="stack" noValidate><FileField name="photo" label={t('directory.photo')} hint={t('directory.photo.hint')} accept="image/*" multiple={false} error={error} /><Actions><Button name="act" value="set">{t('desk.save')}</Button>{known.hasPhoto && <Button kind="quiet" name="act" value="drop">{t('directory.photo.drop')}</Button>}</Actions></form></details>}
    </Section>
  );
}

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const known = await seen(page);
  if (known.mergedInto) return page.redirect(`/desk/directory/${known.mergedInto}`);
  const { party } = known;
  const errors = errorsOf(page, after?.errors);
  const value = (name: 'name' | 'email' | 'phone' | 'address' | 'place' | 'note'): string => (after?.values ? first(after.values, name) : (party[name] ?? ''));
  return page.html(
    <DeskPage title={party.name}>
      <Crumbs items={[{ label: t('desk.nav.directory'), href: '/desk/directory' }, { label: party.name }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="casehead"><div className="line"><State>{t(`party.kind.${party.kind}`)}</State></div><h1>{party.name}</h1></div>
      <div className="split"><div><Known page={page} known={known} /></div>
      <aside aria-label={t('directory.contact')}>
        <Section id="contact" title={t('directory.contact')}><Facts facts={[party.email && ['E-mail', party.email], party.phone && [t('petition.phone'), party.phone], party.address && [t('petition.address'), party.address], party.place && [t('petition.town'), party.place], party.note && [t('directory.note'), party.note],
          known.names.length > 0 && [t('directory.names'), known.names.map((one) => t('directory.name_until', { name: one.name, on: formatDay(one.untilAt.toISOString().slice(0, 10), page.locale, 'numeric') })).join(', ')]]} /></Section>
        {(known.hasPhoto || known.can.photograph) && party.kind !== 'body' && <Photo page={page} known={known} error={errors['photo']} />}
        <Same page={page} known={known} />
        {known.can.change && (
          <details className="sp" open={Boolean(after) && !errors['photo']}><summary>{t('directory.change')}</summary>
            <form method="post" action={`/desk/directory/${party.id}`} className="stack" noValidate>
              <TextField name="name" label={t('directory.name')} value={value('name')} error={errors['name']} /><TextField name="email" type="email" label="E-mail" value={value('email')} error={errors['email']} optional />
              <TextField name="phone" label={t('petition.phone')} value={value('phone')} error={errors['phone']} optional /><TextField name="address" label={t('petition.address')} value={value('address')} error={errors['address']} optional />
              <TextField name="place" label={t('petition.town')} value={value('place')} error={errors['place']} optional /><TextArea name="note" rows={3} label={t('directory.note')} value={value('note')} error={errors['note']} optional />
              <Actions><Button kind="primary">{t('desk.save')}</Button></Actions>
            </form></details>
        )}
      </aside></div>
      <p className="sp"><LinkButton kind="quiet" href="/desk/directory">{t('desk.back')}</LinkButton></p>
    </DeskPage>,
  );
}

export const partyPage = definePage({
  path: '/desk/directory/:id', audience: 'desk', get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const id = page.params['id']!;
    await page.run(changeParty, { id, name: read('name'), email: read('email'), phone: read('phone'), address: read('address'), place: read('place'), note: read('note') });
    return page.redirect(`/desk/directory/${id}`, { key: 'desk.done.saved' });
  },
});
export const mergePage = definePage({
  path: '/desk/directory/:id/merge', audience: 'desk', get: render,
  async post(page) {
    const { id } = await page.run(mergeParty, { id: page.params['id']!, otherId: first(page.values, 'otherId') });
    return page.redirect(`/desk/directory/${id}`, { key: 'desk.done.party_merged' });
  },
});
export const partPage = definePage({
  path: '/desk/directory/:id/part', audience: 'desk', get: render,
  async post(page) {
    const { id } = await page.run(partParty, { id: page.params['id']! });
    return page.redirect(`/desk/directory/${id}`, { key: 'desk.done.party_parted' });
  },
});
export const photoPage = definePage({
  path: '/desk/directory/:id/photo', audience: 'desk',
  async get(page, after) {
    if (after) return render(page, after);
    const { mediaType, content } = await page.run(getPhoto, { id: page.params['id']! });
    return serveFile({ fileName: 'photo.jpg', mediaType, content });
  },
  async post(page) {
    const id = page.params['id']!;
    const [photo] = page.files['photo'] ?? [];
    if (first(page.values, 'act') === 'drop') await page.run(dropPhoto, { id });
    else await page.run(setPhoto, { id, photo: photo ?? { name: ' ', bytes: new Uint8Array() } });
    return page.redirect(`/desk/directory/${id}`, { key: 'desk.done.saved' });
  },
});
