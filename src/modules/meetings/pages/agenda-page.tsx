import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { ErrorSummary, FileField, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton, Section } from '../../../ui/parts.tsx';
import { addOwnPoint, addPointPaper, changePoint, dropPointPaper, movePoint } from '../agenda.server.ts';
import { readMeeting } from '../meeting-list.server.ts';
import { nameOf, sittingHref } from './meeting-words.tsx';

const kinds = ['point', 'information', 'questions'] as const;

/** A new point, or one that is there with its papers. */
async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const view = await page.run(readMeeting, { id: page.params['id']! });
  const itemId = page.params['itemId'];
  const point = itemId ? view.agenda.find((one) => one.id === itemId) : undefined;
  if (!view.acts.includes('prepare') || (itemId && !point)) throw notFound();
  const errors = errorsOf(page, after?.errors, ['title', 'rapporteur', 'minutes', 'proposed', 'files']);
  const values = after?.values ?? {};
  const read = (name: string, usual = ''): string => (name in values ? first(values, name) : usual);
  const title = point ? t('agenda.point', { number: point.number }) : t('agenda.add');
  const action = sittingHref(view.id, point ? `agenda/${point.id}` : 'agenda/new');
  const papers = view.agenda.filter((one) => one.id !== point?.id && (!one.isConfidential || one.caseId === point?.caseId)).flatMap((one) => one.papers.filter((paper) => !paper.replacedBy && !point?.papers.some((own) => own.id === paper.id)).map((paper) => ({ value: paper.id, label: `${one.number}. ${paper.title}` })));
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: nameOf(page, view), href: sittingHref(view.id) }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <form method="post" action={action} encType="multipart/form-data" className="stack" noValidate data-unsaved="1">
          {!point && <SelectField name="kind" label={t('agenda.kind')} options={kinds.map((one) => ({ value: one, label: t(`agenda.kind.${one}`) }))} value={read('kind', 'point')} error={errors['kind']} />}
          <TextField name="title" label={t('agenda.point_title')} value={read('title', point?.title)} error={errors['title']} />
          <div className="fields"><TextField name="rapporteur" label={t('agenda.rapporteur')} hint={t('agenda.rapporteur.hint')} value={read('rapporteur', point?.rapporteur)} error={errors['rapporteur']} optional /><TextField name="minutes" type="number" inputMode="numeric" label={t('agenda.minutes_asked')} value={read('minutes', String(point?.minutes ?? 10))} error={errors['minutes']} /></div>
          {point && <TextField name="to" type="number" inputMode="numeric" label={t('agenda.place_number')} value={read('to', String(point.number))} error={errors['to']} />}
          <TextArea name="proposed" rows={4} label={t('agenda.proposed')} value={read('proposed', point?.proposed)} error={errors['proposed']} optional />
          {!point && <FileField name="files" label={t('agenda.papers')} error={errors['files']} optional />}
          <Actions><Button kind="primary" icon="check" name="act" value="save">{t(point ? 'agenda.save' : 'agenda.add')}</Button><LinkButton kind="quiet" href={sittingHref(view.id)}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
        {point && (
          <div className="sp"><Section id="papers" title={t('agenda.papers')}>
            {point.papers.length > 0 && <ul className="docs">{point.papers.map((paper) => <li key={paper.id}><div>{paper.replacedBy ? <s>{paper.title}</s> : <a href={`/desk/documents/${paper.id}`}>{paper.title}</a>}{paper.replacedBy && <span className="meta"> {t('agenda.paper.replaced')}</span>}</div>
              {view.agendaVersion === 0 && <form method="post" action={action}><Hidden fields={{ documentId: paper.id }} /><Button kind="quiet" name="act" value="drop_paper">{t('agenda.paper.drop')}</Button></form>}</li>)}</ul>}
            <form method="post" action={action} encType="multipart/form-data" className="stack" noValidate>
              <FileField name="files" label={t('agenda.paper.add')} error={errors['files']} optional={papers.length > 0} />
              {papers.length > 0 && <SelectField name="documentId" label={t('agenda.paper.of_other')} hint={t('agenda.paper.of_other.hint')} empty={t('agenda.paper.none')} options={papers} value={read('documentId')} error={errors['documentId']} optional />}
              {point.papers.some((one) => !one.replacedBy) && <SelectField name="replaces" label={t('agenda.paper.replaces')} hint={t('agenda.paper.replaces.hint')} empty={t('agenda.paper.replaces.none')} options={point.papers.filter((one) => !one.replacedBy).map((one) => ({ value: one.id, label: one.title }))} value={read('replaces')} error={errors['replaces']} optional />}
              <Actions><Button icon="upload" name="act" value="paper">{t('agenda.paper.put')}</Button></Actions>
            </form>
          </Section></div>
        )}
      </div>
    </DeskPage>,
  );
}

const newPoint = definePage({
  path: '/desk/meetings/:id/agenda/new', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const { itemId } = await page.run(addOwnPoint, { id, kind: read('kind') as 'point', title: read('title'), rapporteur: read('rapporteur'), minutes: read('minutes'), proposed: read('proposed'), files: (page.files['files'] ?? []).filter((one) => one.bytes.length > 0) });
    return page.redirect(`${sittingHref(id)}#item-${itemId}`, { key: 'meeting.done.added' });
  },
});
const onePoint = definePage({
  path: '/desk/meetings/:id/agenda/:itemId', audience: 'desk', get: render,
  async post(page) {
    const [id, itemId] = [page.params['id']!, page.params['itemId']!];
    const read = (name: string): string => first(page.values, name);
    if (read('act') === 'paper') {
      await page.run(addPointPaper, { id, itemId, documentId: read('documentId'), replaces: read('replaces'), files: (page.files['files'] ?? []).filter((one) => one.bytes.length > 0) });
      return page.redirect(sittingHref(id, `agenda/${itemId}`), { key: 'meeting.done.paper' });
    }
    if (read('act') === 'drop_paper') {
      await page.run(dropPointPaper, { id, itemId, documentId: read('documentId') });
      return page.redirect(sittingHref(id, `agenda/${itemId}`), { key: 'meeting.done.paper_dropped' });
    }
    await page.run(changePoint, { id, itemId, title: read('title'), rapporteur: read('rapporteur'), minutes: read('minutes'), proposed: read('proposed') });
    const view = await page.run(readMeeting, { id });
    if (read('to') && Number(read('to')) !== view.agenda.find((one) => one.id === itemId)?.number) await page.run(movePoint, { id, itemId, to: Number(read('to')) });
    return page.redirect(`${sittingHref(id)}#item-${itemId}`, { key: 'meeting.done.point_changed' });
  },
});

export const agendaPages: readonly Page[] = [newPoint, onePoint];
