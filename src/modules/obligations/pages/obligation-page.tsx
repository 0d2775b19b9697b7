import type { ReactElement, ReactNode } from 'react';
import { acceptedEndings } from '../../../core/file.ts';
import { formatBytes, formatDay } from '../../../core/language.ts';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { DateField, ErrorSummary, FileField, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Facts, Letter, Notice, On, Section, State } from '../../../ui/parts.tsx';
import { acceptObligations, dropObligation, moveDue, refuseDue, reopenObligation, sendBack } from '../obligation-lead.server.ts';
import { getObligation, type ObligationView } from '../obligation-view.server.ts';
import { nameHelp, addStep, askDue, doStep, dropStep, finishObligation, getEvidence, passObligation, reportProgress } from '../obligation-work.server.ts';
import { DueMark, markOptions, nameOf, obligationHref, sourceName, Ticks, unitName } from './words.tsx';

type Form = { page: PageContext; row: ObligationView; act: string; errors: Record<string, string>; value(field: string, preset?: string): string };
const accept = acceptedEndings.map((ending) => `.${ending}`).join(',');

/** One act's form; the acts done less often stand folded, open where something was wrong. */
function ActForm({ form, name, title, children, button, folded, primary }: { form: Form; name: string; title?: string; children?: ReactNode; button: string; folded?: boolean; primary?: boolean }): ReactElement {
  const { page, row, act } = form;
  const inner = (
    <form method="post" encType="multipart/form-data" action={obligationHref(row.id)} className="stack" noValidate><Hidden fields={{ act: name }} />{children}<Actions><Button {...(primary ? { kind: 'primary' as const, icon: 'check' as const } : {})}>{button}</Button></Actions></form>
  );
  return folded ? <details className="also" id={name} open={act === name}><summary>{title ?? page.t(`obligation.act.${name}`)}</summary>{inner}</details> : <Section id={name} title={page.t(`obligation.act.${name}`)}>{inner}</Section>;
}

/** Who does the work themselves: for whoever only answers for it, the report stands among the other acts. */
const works = ({ page, row }: Form): boolean => [row.owner?.id, row.unitId, ...row.helpers.map((one) => one.mark)].some((mark) => mark !== undefined && mark !== null && page.caller.marks.includes(mark));

/** What is to be done now: one act stands open, by the state and by who looks. */
function Main({ form }: { form: Form }): ReactElement | null {
  const { page, row, value, errors } = form;
  const { t } = page;
  const isGiver = row.giver !== null && page.caller.marks.includes(row.giver.id);
  if (row.acts.includes('refuse_due')) return (
    <ActForm form={form} name="move_due" button={t('obligation.due.agree')} primary>
      <p>{t('obligation.due.asks', { who: row.owner?.name ?? unitName(page, row.unitId), on: formatDay(row.askedDueOn!, page.locale, 'long') })}</p>
      <DateField name="dueOn" label={t('obligation.due.new')} value={value('dueOn', row.askedDueOn ?? '')} error={errors['dueOn']} />
    </ActForm>
  );
  if (row.acts.includes('accept')) return <ActForm form={form} name="accept" button={t('obligation.accept')} primary>{row.report && <Letter text={row.report} />}</ActForm>;
  if (!row.acts.includes('finish') || !works(form)) return null;
  return (
    <Section id="finish" title={t('obligation.act.finish')}>
      {row.returnedReason && <Notice kind="warn" title={t('obligation.returned')}><p>{row.returnedReason}</p></Notice>}
      <form method="post" encType="multipart/form-data" action={obligationHref(row.id)} className="stack" noValidate data-unsaved="1">
        <TextArea name="report" rows={4} label={t('obligation.report')} value={value('report')} error={errors['report']} />
        <FileField name="files" label={t('obligation.evidence')} optional accept={accept} error={errors['files']} />
        <Actions><Button kind="primary" icon="check" name="act" value="finish">{t(isGiver ? 'obligation.finish.own' : 'obligation.finish')}</Button></Actions>
        <details className="also" open={form.act === 'report_progress'}><summary>{t('obligation.act.report_progress')}</summary>
          {row.steps.length === 0 && <TextField name="percent" type="number" inputMode="numeric" className="short" label={t('obligation.percent.field')} optional value={value('percent')} error={errors['percent']} />}
          <Actions><Button name="act" value="report_progress">{t('obligation.report_progress')}</Button></Actions>
        </details>
      </form>
    </Section>
  );
}

/** The other acts that are open to the reader now. */
async function More({ form }: { form: Form }): Promise<ReactElement | null> {
  const { page, row, value, errors } = form;
  const { t } = page;
  const may = (name: string): boolean => row.acts.includes(name);
  const reason = (name: string, optional = false) => <TextArea id={`${name}-reason`} name="reason" rows={2} label={t('obligation.reason')} value={value('reason')} error={form.act === name ? errors['reason'] : undefined} {...(optional ? { optional } : {})} />;
  const colleagues = may('pass') ? await markOptions(page, 'people', row.leads ? undefined : row.unitId) : [];
  const everybody = may('add_helper') ? await markOptions(page) : [];
  const others = row.acts.filter((name) => !['accept', 'finish', 'report_progress', 'add_step'].includes(name) || (name === 'add_step' && row.steps.length === 0));
  if (others.length === 0) return null;
  return (
    <Section id="more" title={t('obligation.other_acts')}>
      {may('send_back') && <ActForm form={form} name="send_back" button={t('obligation.send_back')} folded>{reason('send_back')}</ActForm>}
      {may('refuse_due') && <ActForm form={form} name="refuse_due" button={t('obligation.refuse_due')} folded>{reason('refuse_due')}</ActForm>}
      {may('ask_due') && <ActForm form={form} name="ask_due" button={t('obligation.ask_due')} folded><DateField name="dueOn" label={t('obligation.due.new')} value={value('dueOn')} error={form.act === 'ask_due' ? errors['dueOn'] : undefined} />{reason('ask_due')}</ActForm>}
      {may('move_due') && !may('refuse_due') && <ActForm form={form} name="move_due" button={t('obligation.move_due')} folded><DateField name="dueOn" label={t('obligation.due.new')} value={value('dueOn')} error={form.act === 'move_due' ? errors['dueOn'] : undefined} />{reason('move_due', true)}</ActForm>}
      {may('finish') && !works(form) && <ActForm form={form} name="finish" title={t('obligation.finish.own')} button={t('obligation.finish.own')} folded><TextArea name="report" rows={3} label={t('obligation.report')} value={value('report')} error={errors['report']} /></ActForm>}
      {may('add_step') && row.steps.length === 0 && await stepForm({ form })}
      {may('pass') && <ActForm form={form} name="pass" button={t('obligation.pass')} folded><SelectField name="personId" label={t('obligation.to')} empty={t('obligation.to.choose')} options={colleagues.filter((one) => one.value !== row.owner?.id)} value={value('personId')} error={errors['personId']} />{reason('pass', true)}</ActForm>}
      {may('add_helper') && <ActForm form={form} name="add_helper" button={t('obligation.add_helper')} folded>{form.act === 'add_helper' && errors['helpers'] && <p className="error">{errors['helpers']}</p>}<Ticks name="helpers" options={everybody.filter((one) => one.value !== row.owner?.id && !row.helpers.some((known) => known.mark === one.value))} chosen={new Set()} /></ActForm>}
      {may('drop') && <ActForm form={form} name="drop" button={t('obligation.drop')} folded>{reason('drop')}</ActForm>}
      {may('reopen') && <ActForm form={form} name="reopen" button={t('obligation.reopen')} folded>{reason('reopen')}<DateField name="dueOn" label={t('obligation.due.new')} optional value={value('dueOn')} error={form.act === 'reopen' ? errors['dueOn'] : undefined} /></ActForm>}
    </Section>
  );
}

const stepForm = async ({ form }: { form: Form }): Promise<ReactElement> => (
  <ActForm form={form} name="add_step" button={form.page.t('obligation.step.add')} folded>
    <TextField name="text" label={form.page.t('obligation.step')} value={form.value('text')} error={form.errors['text']} />
    <SelectField name="ownerId" label={form.page.t('obligation.step.owner')} empty={form.page.t('obligation.step.nobody')} options={await markOptions(form.page, 'people', form.row.leads ? undefined : form.row.unitId)} value={form.value('ownerId')} error={form.errors['ownerId']} />
    <DateField name="dueOn" label={form.page.t('obligation.due')} optional value={form.value('dueOn')} error={form.act === 'add_step' ? form.errors['dueOn'] : undefined} />
  </ActForm>
);

async function Steps({ form }: { form: Form }): Promise<ReactElement | null> {
  const { page, row } = form;
  const { t } = page;
  const mayWork = row.acts.includes('add_step');
  if (row.steps.length === 0) return null;
  return (
    <Section id="steps" title={t('obligation.steps')} aside={<span className="meta">{t('obligation.percent', { percent: row.percent })}</span>}>
      <ul className="rows">{row.steps.map((step) => (
        <li key={step.id}><span>{step.doneAt ? <s>{step.text}</s> : step.text}</span>{step.doneAt ? <At at={step.doneAt} style="both" /> : step.dueOn ? <On on={step.dueOn} /> : <span />}
          <span className="sub">{[step.owner, step.doneBy && t('obligation.step.done_by', { who: step.doneBy })].filter(Boolean).join(' · ')}
            {mayWork && <form method="post" action={obligationHref(row.id)} className="inline"><Hidden fields={{ stepId: step.id }} /><Button kind="quiet" name="act" value="do_step">{t(step.doneAt ? 'obligation.step.undo' : 'obligation.step.do')}<span className="vh"> {step.text}</span></Button><Button kind="quiet" name="act" value="drop_step">{t('obligation.step.drop')}<span className="vh"> {step.text}</span></Button></form>}</span></li>))}</ul>
      {mayWork && await stepForm({ form })}
    </Section>
  );
}

function Story({ page, row }: { page: PageContext; row: ObligationView }): ReactElement {
  const { t, locale } = page;
  const sentence = (line: ObligationView['story'][number]): string => t(`obligation.story.${line.kind}`, { on: line.dueOn ? formatDay(line.dueOn, locale, 'numeric') : '', before: line.dueBefore ? formatDay(line.dueBefore, locale, 'numeric') : '—', percent: line.percent ?? 0 });
  const words = (line: ObligationView['story'][number]): string => {
    if (line.kind === 'escalated') return t(`obligation.rung.${line.text}`);
    if (line.kind !== 'helper') return line.text;
    return line.text.split(' ').map((mark) => row.helpers.find((one) => one.mark === mark)?.name || unitName(page, mark)).filter(Boolean).join(', ');
  };
  return (
    <Section id="story" title={t('obligation.story')}>
      <ol className="hist">
        {row.story.map((line) => (
          <li key={line.id}><At at={line.at} style="both" /><div>{sentence(line)} <span className="meta">{line.by}</span>{words(line) && <span className="sub lines">{words(line)}</span>}
            {row.evidence.some((one) => one.reportId === line.id) && <ul className="docs">{row.evidence.filter((one) => one.reportId === line.id).map((one) => <li key={one.id}>{one.isDestroyed ? one.name : <a href={`${obligationHref(row.id)}/evidence/${one.id}`}>{one.name}</a>}<span className="meta">{formatBytes(one.size, locale)}</span></li>)}</ul>}</div></li>
        ))}
        <li><At at={row.at} style="both" /><div>{t('obligation.story.given')} <span className="meta">{row.giver?.name}</span></div></li>
      </ol>
    </Section>
  );
}

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const row = await page.run(getObligation, { id: page.params['id']! });
  const typed = after?.values ?? (page.query.has('held') ? page.values : undefined);
  const act = typed ? first(typed, 'act') : '';
  const errors = errorsOf(page, after?.errors);
  const form: Form = { page, row, act, errors, value: (field, preset = '') => (typed ? first(typed, field) : '') || preset };
  const isLate = row.state === 'open';
  const standsIn = row.leads && row.giver !== null && row.giver.id !== page.caller.personId && row.acts.length > 0;
  return page.html(
    <DeskPage title={nameOf(row)}>
      <Crumbs items={[{ label: t('obligation.title'), href: '/desk/obligations' }, ...(row.file ? [{ label: row.file.reference, href: `/desk/cases/${row.file.id}` }] : []), { label: sourceName(page, row) }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="casehead"><div className="line"><State>{t(`obligation.state.${row.state}`)}</State>{isLate && row.dueOn && <DueMark page={page} row={row} />}{row.access === 'confidential' && <State>{t('obligation.confidential')}</State>}</div><h1>{nameOf(row)}</h1>
        <div className="line"><span>{[row.giver?.name, row.owner?.name ?? unitName(page, row.unitId)].filter(Boolean).join(' → ')}</span>{standsIn && <span className="meta">{t('obligation.acts_for', { who: row.giver!.name })}</span>}</div></div>
      {row.state === 'reported' && !row.acts.includes('accept') && <Notice><p>{t('obligation.waits', { who: row.giver?.name ?? '' })}</p></Notice>}
      {row.askedDueOn && !row.acts.includes('refuse_due') && <Notice><p>{t('obligation.due.waits', { on: formatDay(row.askedDueOn, page.locale, 'long') })}</p></Notice>}
      <div className="split"><div>
        {(row.title !== '' || row.text.includes('\n')) && <Letter text={row.text} />}
        <Main form={form} />
        {await Steps({ form })}
        {await More({ form })}
        <Story page={page} row={row} />
      </div><aside aria-label={t('obligation.facts')}>
        <Section id="facts" title={t('obligation.facts')} hiddenTitle>
          <Facts facts={[
            [t('obligation.source'), sourceName(page, row)], row.file && [t('obligation.case'), <a key="c" href={`/desk/cases/${row.file.id}`}><span className="ref">{row.file.reference}</span> {row.file.subject}</a>], [t('obligation.by'), row.giver?.name ?? '—'], [t('obligation.with'), row.owner?.name ?? (unitName(page, row.unitId) || '—')],
            row.owner && row.unitId && [t('obligation.unit'), unitName(page, row.unitId)], row.helpers.length > 0 && [t('obligation.helpers'), row.helpers.map((one) => one.name || unitName(page, one.mark)).join(', ')], [t('obligation.given_on'), <At key="g" at={row.at} />],
            [t('obligation.due'), row.dueOn ? <On key="d" on={row.dueOn} /> : t('obligation.due.none')], row.firstDueOn && row.firstDueOn !== row.dueOn && [t('obligation.due.first'), <On key="f" on={row.firstDueOn} />], row.doneOn && row.state !== 'open' && [t('obligation.done_on'), <On key="e" on={row.doneOn} />],
            [t('obligation.progress'), `${row.percent} %`], row.rule && [t('obligation.rule'), t(`obligation.rule.${row.rule}`)], row.nextId && [t('obligation.next'), <a key="n" href={obligationHref(row.nextId)}>{t('obligation.next.open')}</a>],
          ]} />
        </Section>
      </aside></div>
    </DeskPage>,
  );
}

const one = definePage({
  path: '/desk/obligations/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const act = read('act');
    const files = page.files['files'] ?? [];
    if (act === 'finish') await page.run(finishObligation, { id, report: read('report'), files });
    else if (act === 'report_progress') await page.run(reportProgress, { id, report: read('report'), percent: read('percent'), files });
    else if (act === 'accept') await page.run(acceptObligations, { ids: id });
    else if (act === 'send_back') await page.run(sendBack, { id, reason: read('reason') });
    else if (act === 'ask_due') await page.run(askDue, { id, dueOn: read('dueOn'), reason: read('reason') });
    else if (act === 'move_due') await page.run(moveDue, { id, dueOn: read('dueOn'), reason: read('reason') });
    else if (act === 'refuse_due') await page.run(refuseDue, { id, reason: read('reason') });
    else if (act === 'pass') await page.run(passObligation, { id, personId: read('personId'), reason: read('reason') });
    else if (act === 'add_helper') await page.run(nameHelp, { id, helpers: many(page.values, 'helpers') });
    else if (act === 'add_step') await page.run(addStep, { id, text: read('text'), ownerId: read('ownerId'), dueOn: read('dueOn') });
    else if (act === 'do_step') await page.run(doStep, { id, stepId: read('stepId') });
    else if (act === 'drop_step') await page.run(dropStep, { id, stepId: read('stepId') });
    else if (act === 'drop') await page.run(dropObligation, { id, reason: read('reason') });
    else await page.run(reopenObligation, { id, reason: read('reason'), dueOn: read('dueOn') });
    const said = ['finish', 'report_progress', 'accept', 'send_back', 'ask_due', 'move_due', 'refuse_due', 'pass', 'drop', 'reopen'].includes(act) ? act : 'kept';
    // Who passed on what only its owner sees may not see it any more.
    return page.redirect(act === 'pass' ? '/desk/obligations' : obligationHref(id), { key: `obligation.done.${said}`, ...(said === 'accept' ? { args: { count: 1 } } : {}) });
  },
});
const evidence = definePage({ path: '/desk/obligations/:id/evidence/:evidenceId', audience: 'desk', get: async (page) => serveFile(await page.run(getEvidence, { id: page.params['id']!, evidenceId: page.params['evidenceId']! }), page.query.has('download')) });

export const obligationPageRoutes: readonly Page[] = [one, evidence];
