import { countedBooks } from '../../../core/jurisdiction.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, first, type PageContext, type Shown } from '../../../core/page.ts';
import { newToken } from '../../../core/secret.ts';
import { Checkbox, ErrorSummary, Hidden, SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton, Section } from '../../../ui/parts.tsx';
import { listReserved } from '../book.server.ts';
import { getCase } from '../case.server.ts';
import { addPaperToCase, registerPaper } from '../paper.server.ts';
import { classOptions, unitOptions } from './case-words.ts';
import { paperFieldNames, paperForm, PartyFields, readPaper, TextFields, WayFields } from './paper-fields.tsx';

/** An outgoing or internal paper of the office's own, under a number of its own. */
async function renderNew(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const form = await paperForm(page, after, 'out', [...paperFieldNames, 'classCode', 'unitId', 'book', 'reservedId']);
  const { numbers } = await page.run(listReserved, {});
  const books = countedBooks(office.jurisdiction);
  if (form.direction === 'in') return page.redirect('/desk/petitions/new');
  const title = t(`paper.new.${form.direction}`);
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={form.errors} {...(Object.keys(form.errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <form method="post" encType="multipart/form-data" action={`/desk/cases/new?direction=${form.direction}`} className="stack" noValidate data-unsaved="1">
          <Hidden fields={{ form: form.value('form') || newToken(), direction: form.direction }} />
          <Section id="s1" title={t('paper.on_it')} hiddenTitle><TextFields page={page} form={form} /><WayFields page={page} form={form} chooses={false} /></Section>
          {form.direction !== 'internal' && <PartyFields page={page} form={form} />}
          <Section id="s3" title={t('paper.filing')}>
            <div className="two fields">
              <SelectField name="classCode" label={t('petition.class')} empty={t('desk.choose')} optional value={form.value('classCode')} error={form.errors['classCode']} options={classOptions(page)} />
              <SelectField name="unitId" label={t('petition.unit')} empty={t('desk.choose')} optional value={form.value('unitId', page.caller.unitId ?? '')} error={form.errors['unitId']} options={unitOptions(page)} />
              {books.length > 1 && <SelectField name="book" label={t('paper.book')} value={form.value('book', 'main')} error={form.errors['book']} options={books.map((one) => ({ value: one.id, label: textIn(one.name, page.locale) }))} />}
              {numbers.length > 0 && <SelectField name="reservedId" label={t('paper.reserved')} empty={t('paper.reserved.next')} optional value={form.value('reservedId')} error={form.errors['reservedId']} options={numbers.map((one) => ({ value: one.id, label: `${one.reference} ${one.purpose}` }))} />}
            </div>
            <Checkbox name="confidential" label={t('petition.access.confidential')} hint={t('petition.access.confidential.hint')} checked={form.value('confidential') !== ''} />
          </Section>
          <Actions><Button kind="primary" icon="check" data-key="s">{t('desk.new.do')}</Button><LinkButton kind="quiet" href="/desk/cases">{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const newPaperPage = definePage({
  path: '/desk/cases/new', audience: 'desk', get: renderNew,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const reservedId = read('reservedId') || null;
    const done = await page.run(registerPaper, { ...readPaper(page), classCode: read('classCode'), unitId: read('unitId'), book: reservedId ? '' : read('book'), reservedId, access: read('confidential') ? 'confidential' : 'office' }, { key: read('form').slice(0, 100) });
    return page.redirect(`/desk/cases/${done.id}/registered`);
  },
});

/** A further paper of a case. */
async function renderAdd(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const shown = await page.run(getCase, { id: page.params['id']! });
  const form = await paperForm(page, after, 'in');
  const title = t('case.act.add_paper');
  const back = `/desk/cases/${shown.id}`;
  if (!shown.acts.includes('add_paper')) return page.html(<DeskPage title={title}><h1>{title}</h1><p className="lead">{t(shown.closedAt ? 'error.case_closed' : 'error.not_now')}</p><Actions><LinkButton href={back}>{t('desk.back_to_case')}</LinkButton></Actions></DeskPage>, 409);
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('case.list.title'), href: '/desk/cases' }, { label: shown.reference, href: back }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={form.errors} {...(Object.keys(form.errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <p className="meta"><span className="ref">{shown.reference}</span> · {shown.subject}</p>
        <form method="post" encType="multipart/form-data" action={`${back}/paper`} className="stack" noValidate data-unsaved="1">
          <Hidden fields={{ form: form.value('form') || newToken() }} />
          <Section id="s1" title={t('paper.on_it')} hiddenTitle><WayFields page={page} form={form} chooses /><TextFields page={page} form={form} subject={shown.subject} /></Section>
          <PartyFields page={page} form={form} {...(shown.party ? { hint: t('paper.name.same', { name: shown.party.name }) } : {})} />
          <Actions><Button kind="primary" icon="check" data-key="s">{t('paper.add')}</Button><LinkButton kind="quiet" href={back}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}

export const addPaperPage = definePage({
  path: '/desk/cases/:id/paper', audience: 'desk', get: renderAdd,
  async post(page) {
    const done = await page.run(addPaperToCase, { ...readPaper(page), id: page.params['id']! }, { key: first(page.values, 'form').slice(0, 100) });
    return page.redirect(`/desk/cases/${done.id}`, { key: 'desk.done.registered', args: { reference: done.reference } });
  },
});
