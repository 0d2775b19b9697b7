import type { ReactElement } from 'react';
import { daysBetween, dayIn } from '../../../core/day.ts';
import { definePage, errorsOf, first, many, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, Hidden } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { ClockMark } from '../../../ui/icon.tsx';
import { Actions, At, Button, Crumbs, Empty, LinkButton, Notice, State } from '../../../ui/parts.tsx';
import { readVerification, verifyConclusions, type Verified } from '../conclusion-settle.server.ts';
import { readSitting } from '../sitting-read.server.ts';
import { verdicts } from '../sitting.ts';
import { meetingHref, ownerWords, SittingAssets, sittingName } from './sitting-words.tsx';

const days = (page: PageContext, one: Verified): ReactElement | null => {
  if (one.isSettled) return <State kind="ok">{page.t('verification.reported_done')}</State>;
  if (!one.dueOn) return null;
  const late = daysBetween(one.dueOn, dayIn(page.office.jurisdiction.timeZone, page.now));
  return late > 0 ? <ClockMark state="late" label={page.t('verification.late', { days: late })} /> : <ClockMark state="ok" label={page.t('verification.in_time')} />;
};

/** The conclusions of earlier sittings, each with what became of it; `isOpen`: with what this sitting says of them, all in one go. */
export function VerificationForm({ page, id, conclusions, isOpen, shown, action }: { page: PageContext; id: string; conclusions: readonly Verified[]; isOpen: boolean; shown?: Shown | undefined; action: string }): ReactElement {
  const { t } = page;
  if (conclusions.length === 0) return <Empty>{t('verification.nothing')}</Empty>;
  const errors = errorsOf(page, shown?.errors);
  const typed = (name: string, index: number): string | undefined => (shown?.values && first(shown.values, 'act') === 'verify' ? many(shown.values, name)[index] : undefined);
  const table = (
    <table className="verify">
      <caption className="vh">{t('verification.title')}</caption>
      <thead><tr><th scope="col">{t('verification.text')}</th><th scope="col">{t('verification.state')}</th>{isOpen && <th scope="col">{t('verification.says')}</th>}</tr></thead>
      <tbody>{conclusions.map((one, index) => (
        <tr key={one.id}>
          <th scope="row"><span className="ref">{one.reference}</span> {one.text}<span className="sub"><At at={one.heldOn} /></span></th>
          <td>{one.obligations.length === 0 ? <span className="meta">{t('verification.no_owner')}</span> : <ul className="plain">{one.obligations.map((obligation) => <li key={obligation.id}>{ownerWords(page, obligation)} <span className="meta">{t(`verification.obligation.${obligation.state}`)}{obligation.report && `: ${obligation.report}`}</span></li>)}</ul>}{days(page, one)}
            {!isOpen && one.verifiedAs && <span className="sub">{t(`verification.${one.verifiedAs}`)}{one.verifiedNote && `: ${one.verifiedNote}`}</span>}</td>
          {isOpen && <td className={errors[`marks.${index}.dueOn`] ? 'wrong' : undefined}>
            <Hidden fields={{ conclusionId: one.id }} />
            <label className="vh" htmlFor={`as-${one.id}`}>{t('verification.says')} {one.reference}</label>
            <select id={`as-${one.id}`} name="verdict" defaultValue={typed('verdict', index) ?? (one.isMarked ? one.verifiedAs ?? '' : one.isSettled ? 'done' : '')}><option value="">{t('verification.none')}</option>{verdicts.map((verdict) => <option key={verdict} value={verdict}>{t(`verification.${verdict}`)}</option>)}</select>
            <label className="vh" htmlFor={`note-${one.id}`}>{t('verification.note')}</label><input id={`note-${one.id}`} name="note" placeholder={t('verification.note')} defaultValue={typed('note', index) ?? (one.isMarked ? one.verifiedNote : '')} maxLength={500} />
            <label className="meta" htmlFor={`marks.${index}.dueOn`}>{t('verification.new_day')}</label><input type="date" id={`marks.${index}.dueOn`} name="newDueOn" defaultValue={typed('newDueOn', index) ?? (one.isMarked ? one.verifiedOn ?? '' : '')} />
            {errors[`marks.${index}.dueOn`] && <span className="error">{errors[`marks.${index}.dueOn`]}</span>}
          </td>}
        </tr>))}</tbody>
    </table>
  );
  if (!isOpen) return table;
  return <form method="post" action={action} noValidate data-unsaved="1"><Hidden fields={{ act: 'verify', id }} />{table}<Actions><Button kind="primary">{t('verification.save')}</Button></Actions></form>;
}

/** Reads the form of `VerificationForm` and lets the sitting say it. */
export async function verifyFrom(page: PageContext): Promise<void> {
  const list = (name: string): string[] => many(page.values, name);
  await page.run(verifyConclusions, { id: page.params['id']!, marks: list('conclusionId').map((id, index) => ({ id, as: (list('verdict')[index] ?? '') as '', note: list('note')[index] ?? '', dueOn: list('newDueOn')[index] ?? '' })) });
}

export const verificationPage = definePage({
  path: '/desk/meetings/:id/verification', audience: 'desk',
  async get(page, shown) {
    const { t } = page;
    const id = page.params['id']!;
    const [view, { conclusions }] = await Promise.all([page.run(readSitting, { id }), page.run(readVerification, { id })]);
    const errors = errorsOf(page, shown?.errors);
    return page.html(
      <DeskPage title={t('verification.title')}>
        <SittingAssets />
        <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: sittingName(page, view), href: meetingHref(id) }, { label: t('verification.title') }]} />
        {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
        <div className="head"><div><h1>{t('verification.title')}</h1><p>{t('verification.lead', { count: conclusions.length })}</p></div><div className="actions"><LinkButton href={meetingHref(id, 'sitting')}>{t('sitting.course')}</LinkButton></div></div>
        {view.state !== 'open' && <Notice>{t('verification.when')}</Notice>}
        <VerificationForm page={page} id={id} conclusions={conclusions} isOpen={view.state === 'open' && view.keeps} shown={shown} action={meetingHref(id, 'verification')} />
      </DeskPage>,
    );
  },
  async post(page) {
    await verifyFrom(page);
    return page.redirect(meetingHref(page.params['id']!, 'verification'), { key: 'desk.done.verified' });
  },
});
