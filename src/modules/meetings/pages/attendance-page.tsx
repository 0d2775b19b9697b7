import { formatTime } from '../../../core/language.ts';
import { definePage, errorsOf, many, type PageContext, type Shown } from '../../../core/page.ts';
import { ErrorSummary, Hidden } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, LinkButton } from '../../../ui/parts.tsx';
import { markAttendance } from '../attendance.server.ts';
import { readSitting } from '../sitting-read.server.ts';
import { attendanceStates } from '../sitting.ts';
import { meetingHref, QuorumMark, SittingAssets, sittingName } from './sitting-words.tsx';

async function render(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const view = await page.run(readSitting, { id: page.params['id']! });
  const errors = errorsOf(page, shown?.errors);
  const clock = (at: Date | null): string => (at ? formatTime(at, page.office.jurisdiction.timeZone, page.locale) : '');
  // Whom a line is of is said by its id: meanwhile somebody may have come before.
  const lines = shown?.values ? many(shown.values, 'attendanceId') : [];
  const typed = (name: string, id: string): string | undefined => (shown?.values ? many(shown.values, name)[lines.indexOf(id)] : undefined);
  const wrong = (name: string, id: string): string | undefined => errors[`marks.${lines.indexOf(id)}.${name}`];
  const title = t('sitting.attendance');
  return page.html(
    <DeskPage title={title}>
      <SittingAssets />
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: sittingName(page, view), href: meetingHref(view.id) }, { label: t('sitting.course'), href: meetingHref(view.id, 'sitting') }, { label: title }]} />
      {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
      <div className="head"><div><h1>{title}</h1><p>{sittingName(page, view)}</p></div><QuorumMark page={page} view={view} /></div>
      <form method="post" action={meetingHref(view.id, 'attendance')} noValidate data-unsaved="1">
        <table className="attendance"><caption className="vh">{title}</caption>
          <thead><tr><th scope="col">{t('sitting.member')}</th><th scope="col">{t('attendance.state')}</th><th scope="col">{t('attendance.came')}</th><th scope="col">{t('attendance.left')}</th><th scope="col">{t('attendance.represented')}</th><th scope="col">{t('attendance.reason')}</th></tr></thead>
          <tbody>{view.attendance.map((one, index) => (
            <tr key={one.id}>
              <th scope="row"><Hidden fields={{ attendanceId: one.id }} />{one.name}<span className="sub">{[one.role === 'member' ? '' : t(`committee.role.${one.role}`), one.standsFor, one.isVoting ? '' : t('sitting.without_vote'), one.reply === 'needs-action' ? '' : t(`sitting.reply.${one.reply}`)].filter(Boolean).join(' · ')}</span></th>
              <td><label className="vh" htmlFor={`state-${index}`}>{t('attendance.state')} {one.name}</label><select id={`state-${index}`} name="state" defaultValue={typed('state', one.id) ?? (one.state === 'unknown' ? (one.reply === 'declined' ? 'excused' : 'present') : one.state)}>{attendanceStates.map((state) => <option key={state} value={state}>{t(`attendance.${state}`)}</option>)}</select></td>
              {(['came', 'left'] as const).map((name) => <td key={name} className={wrong(name, one.id) ? 'wrong' : undefined}><label className="only-fold" htmlFor={`marks.${index}.${name}`}>{t(`attendance.${name}`)}</label><input type="time" id={`marks.${index}.${name}`} name={name} aria-label={`${t(`attendance.${name}`)} ${one.name}`} defaultValue={typed(name, one.id) ?? clock(name === 'came' ? one.cameAt : one.leftAt)} />{wrong(name, one.id) && <span className="error">{wrong(name, one.id)}</span>}</td>)}
              <td><label className="only-fold" htmlFor={`rep-${index}`}>{t('attendance.represented')}</label><input id={`rep-${index}`} name="representedBy" aria-label={`${t('attendance.represented')} ${one.name}`} defaultValue={typed('representedBy', one.id) ?? one.representedBy} maxLength={200} /></td>
              <td><label className="only-fold" htmlFor={`why-${index}`}>{t('attendance.reason')}</label><input id={`why-${index}`} name="reason" aria-label={`${t('attendance.reason')} ${one.name}`} defaultValue={typed('reason', one.id) ?? one.replyReason} maxLength={300} /></td>
            </tr>))}</tbody></table>
        <p className="hint">{t('attendance.hint')}</p>
        <Actions>{view.keeps && <Button kind="primary">{t('attendance.save')}</Button>}<LinkButton kind="quiet" href={meetingHref(view.id, 'sitting')}>{t('sitting.course')}</LinkButton></Actions>
      </form>
    </DeskPage>,
  );
}

export const attendancePage = definePage({
  path: '/desk/meetings/:id/attendance', audience: 'desk', get: render,
  async post(page) {
    const list = (name: string): string[] => many(page.values, name);
    const ids = list('attendanceId');
    await page.run(markAttendance, { id: page.params['id']!, marks: ids.map((id, index) => ({ id, state: (list('state')[index] ?? '') as 'present', came: list('came')[index] ?? '', left: list('left')[index] ?? '', representedBy: list('representedBy')[index] ?? '', reason: list('reason')[index] ?? '' })) });
    return page.redirect(meetingHref(page.params['id']!, 'sitting'), { key: 'desk.done.attendance' });
  },
});
