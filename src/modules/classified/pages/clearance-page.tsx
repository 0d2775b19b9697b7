import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { textIn } from '../../../core/message.ts';
import { DateField, ErrorSummary, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Empty, On, Section, State } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { levels, rankOf } from '../classified.ts';
import { endClearance, grantClearance, listClearances } from '../clearance.server.ts';
import { entrustPaper, listOrphaned } from '../reader.server.ts';
import { notAllowed } from '../../../core/refusal.ts';
import { stampOf } from '../view.server.ts';

export const mayClear = (page: PageContext): boolean => page.caller.roles.has('mayor') || page.caller.roles.has('chief');

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office, locale } = page;
  if (!mayClear(page)) throw notAllowed();
  const { clearances } = await page.run(listClearances, {});
  const { people } = await page.run(listColleagues, {});
  const { papers } = page.caller.roles.has('mayor') ? await page.run(listOrphaned, {}) : { papers: [] };
  const values = after?.values ?? {};
  // A page of several forms: what was typed and what was wrong stands at the one that was sent.
  const of = first(values, 'act') === 'entrust' ? first(values, 'id') : '';
  const value = (name: string): string => (of ? '' : first(values, name));
  const said = errorsOf(page, after?.errors, ['personId', 'level', 'certificate', 'untilOn']);
  const errors = Object.fromEntries(Object.entries(said).map(([name, text]) => [of ? `${name}-${of}` : name, text]));
  return page.html(
    <DeskPage title={t('clearance.title')}>
      <div className="head"><div><h1>{t('clearance.title')}</h1><p>{t('clearance.lead')}</p></div></div>
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="split"><div>
        <Section id="cleared" title={t('clearance.title')} hiddenTitle>
          {clearances.length === 0 ? <Empty>{t('clearance.none')}</Empty> : (
            <ul className="rows">{clearances.map((one) => (
              <li key={one.personId}>
                <b>{one.name}</b>
                {one.isValid && one.personId !== page.caller.personId ? <form method="post" action="/desk/clearances"><Hidden fields={{ act: 'end', personId: one.personId }} /><Button kind="quiet">{t('clearance.end')}</Button></form> : one.isValid ? <span /> : <State>{t('clearance.over')}</State>}
                <span className="sub">{stampOf(page, one.level)} · {t('clearance.until')} <On on={one.untilOn} />{one.certificate && ` · ${one.certificate}`}</span>
              </li>
            ))}</ul>
          )}
        </Section>
        {papers.length > 0 && (
          <Section id="orphaned" title={t('classified.orphaned')}>
            <p className="meta">{t('classified.orphaned.hint')}</p>
            <ul className="rows">{papers.map((paper) => (
              <li key={paper.id}>
                <b className="ref">{paper.reference}</b><span className="meta">{stampOf(page, paper.level)} · <On on={paper.receivedOn} /></span>
                <form method="post" action="/desk/clearances" className="filters full" noValidate>
                  <Hidden fields={{ act: 'entrust', id: paper.id }} />
                  <SelectField name="personId" id={`personId-${paper.id}`} error={errors[`personId-${paper.id}`]} value={of === paper.id ? first(values, 'personId') : ''} label={t('classified.reader')} empty={t('desk.choose')} options={clearances.filter((one) => one.isValid && rankOf(one.level) >= rankOf(paper.level)).map((one) => ({ value: one.personId, label: one.name }))} />
                  <TextField name="need" id={`need-${paper.id}`} error={errors[`need-${paper.id}`]} value={of === paper.id ? first(values, 'need') : ''} label={t('classified.need')} maxLength={300} autoComplete="off" /><Button>{t('classified.entrust')}</Button>
                </form>
              </li>
            ))}</ul>
          </Section>
        )}
      </div><aside aria-label={t('clearance.grant')}>
        <Section id="grant" title={t('clearance.grant')}>
          <p className="meta">{textIn(office.jurisdiction.classification.basis, locale)}</p>
          <form method="post" action="/desk/clearances" className="stack" noValidate>
            <SelectField name="personId" label={t('clearance.person')} empty={t('desk.choose')} value={value('personId')} error={errors['personId']} options={people.filter((one) => one.id !== page.caller.personId).map((one) => ({ value: one.id, label: one.name }))} />
            <SelectField name="level" label={t('classified.level')} empty={t('desk.choose')} value={value('level')} error={errors['level']} options={levels.toReversed().map((one) => ({ value: one, label: stampOf(page, one) }))} />
            <TextField name="certificate" label={t('clearance.certificate')} value={value('certificate')} error={errors['certificate']} optional maxLength={100} />
            <DateField name="untilOn" label={t('clearance.until_on')} value={value('untilOn')} error={errors['untilOn']} />
            <Actions><Button kind="primary">{t('clearance.grant.do')}</Button></Actions>
          </form>
        </Section>
      </aside></div>
    </DeskPage>,
  );
}

export const clearancePage: Page = definePage({
  path: '/desk/clearances', audience: 'desk', isForgotten: true, get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    if (read('act') === 'end') {
      await page.run(endClearance, { personId: read('personId') });
      return page.redirect('/desk/clearances', { key: 'clearance.done.ended' });
    }
    if (read('act') === 'entrust') {
      await page.run(entrustPaper, { id: read('id'), personId: read('personId'), need: read('need') });
      return page.redirect('/desk/clearances', { key: 'classified.done.name_reader' });
    }
    await page.run(grantClearance, { personId: read('personId'), level: read('level') as 'restricted', certificate: read('certificate'), untilOn: read('untilOn') });
    return page.redirect('/desk/clearances', { key: 'clearance.done.granted' });
  },
});
