import type { ReactElement } from 'react';
import { definePage, errorsOf, first, many, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { Checkbox, ErrorSummary, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, LinkButton, Notice, Section } from '../../../ui/parts.tsx';
import { addGuest, markAway, moveAttendance } from '../attendance.server.ts';
import { changeConclusion, dropConclusion, recordConclusion } from '../conclusion.server.ts';
import { readVerification } from '../conclusion-settle.server.ts';
import { adoptMinutes } from '../minutes-adopt.server.ts';
import { adjournSitting, closeSitting, notePoint, openPoint, openSitting, settlePoint, takeUpPoint } from '../sitting.server.ts';
import { readSitting, type ItemRow, type SittingView } from '../sitting-read.server.ts';
import { annulVote, closeVote, countVote, enterVotes, openVote } from '../vote.server.ts';
import { choices, type Choice, type Majority } from '../vote.ts';
import { ConclusionPart, type Presets } from './conclusion-part.tsx';
import { formOf, ItemState, meetingHref, ownerOptions, QuorumMark, SittingAssets, sittingName } from './sitting-words.tsx';
import { VerificationForm, verificationPage, verifyFrom } from './verification-part.tsx';
import { attendancePage } from './attendance-page.tsx';
import { livePages } from './live-pages.tsx';
import { minutesPages } from './minutes-page.tsx';
import { VotePart } from './vote-part.tsx';
import type { Option } from '../../../ui/field.tsx';

type Notes = { id: string; notes: string; version: number };
const isNotes = (current: unknown): current is Notes => typeof current === 'object' && current !== null && 'notes' in current && 'version' in current;

/** The discussion of a point, kept as it is typed; what another keeper wrote meanwhile stands beside the own words. */
function NotesForm({ page, view, item, shown }: { page: PageContext; view: SittingView; item: ItemRow; shown?: Shown | undefined }): ReactElement {
  const { t } = page;
  const form = formOf(shown, 'note', { itemId: item.id });
  const other = form.is && isNotes(shown?.current) ? shown.current : null;
  const action = meetingHref(view.id, 'sitting');
  return (
    <form method="post" action={action} className="answer" data-draft-url={meetingHref(view.id, 'notes')} data-saved={t('ui.saved_at')} data-conflict={t('error.notes_changed')} data-unsaved-text={t('ui.unsaved')} data-unsaved="1">
      {other && <Notice kind="warn" title={t('sitting.notes.other')}><div className="letter">{other.notes.split('\n').map((row, index) => <p key={index}>{row}</p>)}</div></Notice>}
      <Hidden fields={{ act: 'note', itemId: item.id, version: other?.version ?? item.notesVersion }} />
      <TextArea name="notes" label={t('sitting.notes')} rows={8} value={form.is ? form.value('notes') : item.notes} />
      <Actions><Button kind="quiet">{t('sitting.notes.save')}</Button><span className="meta" data-saved-at /></Actions>
    </form>
  );
}

async function Point({ page, view, item, number, owners, presets, shown }: { page: PageContext; view: SittingView; item: ItemRow; number: number; owners: readonly Option[]; presets: Presets; shown?: Shown | undefined }): Promise<ReactElement> {
  const { t } = page;
  const action = meetingHref(view.id, 'sitting');
  const isOpen = view.state === 'open' && view.keeps;
  const running = item.votes.some((vote) => vote.state === 'open');
  const verification = item.kind === 'verification' ? (await page.run(readVerification, { id: view.id })).conclusions : [];
  const voting = view.attendance.filter((one) => one.isIn);
  const comesFirst = (item.kind === 'verification' && verification.some((one) => !one.isMarked)) || (item.kind === 'minutes' && view.previous?.state === 'issued');
  const away = new Map(item.away.map((one) => [one.attendanceId, one.reason]));
  return (
    <Section id="point" title={`${number}. ${item.title}`} aside={<span className="meta">{[item.isConfidential ? t('sitting.confidential') : '', item.rapporteur].filter(Boolean).join(' · ')}</span>}>
      {item.papers.length > 0 && <ul className="docs">{item.papers.map((paper) => <li key={paper.id}><a href={`/desk/documents/${paper.id}`}>{paper.title}</a></li>)}</ul>}
      {item.kind === 'verification' && <VerificationForm page={page} id={view.id} conclusions={verification} isOpen={isOpen} shown={shown} action={action} />}
      {item.kind === 'minutes' && <MinutesOfLast page={page} view={view} />}
      {item.kind !== 'verification' && item.proposed && item.conclusions.length === 0 && <p className="meta">{t('sitting.proposed')}: {item.proposed}</p>}
      {isOpen ? <NotesForm page={page} view={view} item={item} shown={shown} /> : item.notes && <div className="letter">{item.notes.split('\n').map((row, index) => <p key={index}>{row}</p>)}</div>}
      <VotePart page={page} view={view} item={item} shown={shown} />
      <ConclusionPart page={page} view={view} item={item} owners={owners} presets={presets} changing={page.query.get('change') ?? ''} shown={shown} />
      {isOpen && !running && (
        <details className="fields"><summary>{t('sitting.away', { count: away.size })}</summary>
          <ul className="plain">{voting.map((one) => <li key={one.id}><form method="post" action={action} className="lineacts"><Hidden fields={{ act: 'away', itemId: item.id, attendanceId: one.id }} /><span>{one.name}{away.has(one.id) && ` · ${t(`sitting.away.${away.get(one.id)}`)}`}</span>
            {away.has(one.id) ? <button className="act" name="reason" value="">{t('sitting.away.back')}</button> : <><button className="act" name="reason" value="interest">{t('sitting.away.interest')}</button><button className="act" name="reason" value="away">{t('sitting.away.away')}</button></>}</form></li>)}</ul></details>
      )}
      {isOpen && item.state === 'open' && !running && (
        <form method="post" action={action} className="next"><Hidden fields={{ act: 'point.settle', itemId: item.id }} />
          <Button kind={comesFirst ? '' : 'primary'} name="as" value="done" icon="check" data-key="d">{t(view.items.some((one) => one.state === 'waiting') ? 'point.done_next' : 'point.done')}</Button>
          <details className="moreacts"><summary className="btn quiet">{t('point.otherwise')}</summary><div className="pad"><TextField name="reason" label={t('point.reason')} optional /><Actions><Button name="as" value="deferred">{t('point.defer')}</Button><Button name="as" value="dropped">{t('point.drop')}</Button></Actions></div></details>
        </form>
      )}
    </Section>
  );
}

/** The point at which the minutes of the sitting before are adopted. */
function MinutesOfLast({ page, view }: { page: PageContext; view: SittingView }): ReactElement {
  const { t } = page;
  if (!view.previous) return <Empty>{t('minutes.none_before')}</Empty>;
  const { previous } = view;
  return (
    <>
      <p><a href={meetingHref(previous.id, 'minutes')}>{t('minutes.of', { number: previous.number })}</a> <span className="meta">{t(`minutes.of.${previous.state === 'issued' ? 'issued' : previous.state === 'adopted' ? 'adopted' : 'missing'}`, { count: previous.remarksOpen })}</span></p>
      {previous.state === 'issued' && view.state === 'open' && view.keeps && <form method="post" action={meetingHref(view.id, 'sitting')}><Hidden fields={{ act: 'adopt', previousId: previous.id }} /><Actions><Button kind="primary" icon="check">{t('minutes.adopt')}</Button></Actions></form>}
    </>
  );
}

function Attendance({ page, view, shown }: { page: PageContext; view: SittingView; shown?: Shown | undefined }): ReactElement {
  const { t } = page;
  const guest = formOf(shown, 'guest');
  const errors = errorsOf(page, guest.is ? shown?.errors : undefined);
  const canMark = view.keeps && (view.state === 'convened' || view.state === 'open');
  return (
    <Section id="attendance" title={t('sitting.attendance')} aside={view.keeps ? <a href={meetingHref(view.id, 'attendance')}>{t('sitting.attendance.all')}</a> : undefined}>
      <QuorumMark page={page} view={view} />
      <ul className="rows members">{view.attendance.map((one) => (
        <li key={one.id}><span className={one.isIn ? undefined : 'meta'}>{one.name}{one.role === 'chair' && ` · ${t('committee.role.chair')}`}</span>
          <span className="meta">{one.leftAt ? t('sitting.left') : t(`attendance.${one.state}`)}{one.leftAt ? <> <At at={one.leftAt} style="time" /></> : one.cameAt && <> <At at={one.cameAt} style="time" /></>}</span>
          <span className="sub">{[one.standsFor, one.isVoting ? '' : t('sitting.without_vote'), one.representedBy && t('minutes.represented', { who: one.representedBy }), one.state === 'unknown' && one.reply !== 'needs-action' ? t(`sitting.reply.${one.reply}`) : '', one.state === 'excused' ? one.replyReason : ''].filter(Boolean).join(' · ')}
            {canMark && <form method="post" action={meetingHref(view.id, 'sitting')} className="lineacts"><Hidden fields={{ act: 'move', attendanceId: one.id }} />
              {one.isIn ? <button className="act" name="as" value="left">{t('sitting.leaves')}<span className="vh"> {one.name}</span></button> : <><button className="act" name="as" value="came">{t('sitting.comes')}<span className="vh"> {one.name}</span></button><button className="act" name="as" value="remote">{t('attendance.remote')}<span className="vh"> {one.name}</span></button></>}
              {one.state === 'unknown' && <button className="act" name="as" value="excused">{t('attendance.excused')}<span className="vh"> {one.name}</span></button>}</form>}</span></li>))}</ul>
      {canMark && <details className="fields" open={guest.is || undefined}><summary>{t('sitting.guest')}</summary><form method="post" action={meetingHref(view.id, 'sitting')} className="stack" noValidate><Hidden fields={{ act: 'guest' }} /><TextField name="name" id="guest-name" label={t('sitting.guest.name')} value={guest.value('name')} error={errors['name']} /><TextField name="standsFor" label={t('sitting.guest.from')} value={guest.value('standsFor')} error={errors['standsFor']} optional /><Checkbox name="isRemote" label={t('attendance.remote')} checked={guest.value('isRemote') !== ''} /><Actions><Button>{t('sitting.guest')}</Button></Actions></form></details>}
    </Section>
  );
}

function Agenda({ page, view, shown }: { page: PageContext; view: SittingView; shown?: Shown | undefined }): ReactElement {
  const { t } = page;
  const form = formOf(shown, 'take_up');
  const errors = errorsOf(page, form.is ? shown?.errors : undefined);
  const running = view.items.some((item) => item.votes.some((vote) => vote.state === 'open'));
  return (
    <Section id="agenda" title={t('minutes.agenda')}>
      <ol className="rows points">{view.items.map((item) => (
        <li key={item.id} className={item.state === 'open' ? 'now' : undefined}><span>{item.number}. {item.state === 'open' ? <b>{item.title}</b> : <a href={`?point=${item.id}#point`}>{item.title}</a>}</span><ItemState page={page} item={item} />
          <span className="sub">{[item.isConfidential ? t('sitting.confidential') : '', item.reason, item.conclusions.filter((one) => !one.droppedAt).map((one) => `${view.number}/${one.position}`).join(', ')].filter(Boolean).join(' · ')}
            {view.keeps && view.state === 'open' && item.state !== 'open' && !running && <form method="post" action={meetingHref(view.id, 'sitting')} className="lineacts"><Hidden fields={{ act: 'point.open', itemId: item.id }} /><button className="act">{t(item.state === 'waiting' ? 'point.open' : 'point.reopen')}<span className="vh"> {item.title}</span></button></form>}</span></li>))}</ol>
      {view.keeps && view.state === 'open' && <details className="fields" open={form.is || undefined}><summary>{t('point.take_up')}</summary>
        <form method="post" action={meetingHref(view.id, 'sitting')} className="stack" noValidate><Hidden fields={{ act: 'take_up' }} /><p className="hint">{t('point.take_up.hint')}</p><TextField name="title" label={t('point.title')} value={form.value('title')} error={errors['title']} /><TextField name="rapporteur" label={t('point.rapporteur')} value={form.value('rapporteur')} optional />
          <SelectField name="after" label={t('point.after')} empty={t('point.last')} options={view.items.map((item) => ({ value: item.id, label: `${item.number}. ${item.title}` }))} value={form.value('after')} /><Actions><Button>{t('point.take_up')}</Button></Actions></form></details>}
    </Section>
  );
}

function Next({ page, view }: { page: PageContext; view: SittingView }): ReactElement | null {
  const { t } = page;
  const action = meetingHref(view.id, 'sitting');
  const left = view.items.filter((item) => item.state === 'waiting' || item.state === 'open').length;
  const waiting = view.items.find((item) => item.state === 'waiting');
  if (!view.keeps) return view.state === 'open' ? <p className="actions"><LinkButton kind="primary" href={meetingHref(view.id, 'now')}>{t('sitting.now')}</LinkButton></p> : null;
  if (view.state === 'convened') return <form method="post" action={action} className="next"><Hidden fields={{ act: 'open' }} /><Button kind={view.quorum.isMet ? 'primary' : ''} icon="check" data-key="o">{t('sitting.open')}</Button>{!view.quorum.isMet && <LinkButton kind="primary" href={meetingHref(view.id, 'attendance')}>{t('sitting.attendance.mark')}</LinkButton>}<span className="why">{t(view.quorum.isMet ? 'sitting.open.hint' : 'sitting.open.no_quorum')}</span></form>;
  if (view.state === 'open' && left === 0) return <form method="post" action={action} className="next"><Hidden fields={{ act: 'close' }} /><Button kind="primary" icon="check" data-key="o">{t('sitting.close')}</Button><span className="why">{t('sitting.close.hint')}</span></form>;
  if (view.state === 'open' && !view.itemId && waiting) return <form method="post" action={action} className="next"><Hidden fields={{ act: 'point.open', itemId: waiting.id }} /><Button kind="primary" data-key="o">{t('point.open_first', { number: waiting.number })}</Button></form>;
  if (view.state === 'closed' || view.state === 'issued') return <p className="actions"><LinkButton kind="primary" icon="pen" href={meetingHref(view.id, 'minutes')}>{t(view.state === 'closed' ? 'minutes.write' : 'minutes.title')}</LinkButton></p>;
  return null;
}

async function render(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const view = await page.run(readSitting, { id: page.params['id']! });
  const title = sittingName(page, view);
  const asked = page.query.get('point');
  const item = view.items.find((one) => one.id === (asked ?? view.itemId)) ?? view.items.find((one) => one.id === view.itemId);
  const owners = view.keeps && view.state === 'open' && item ? await ownerOptions(page) : [];
  const errors = errorsOf(page, shown?.errors);
  const adjourn = formOf(shown, 'adjourn');
  return page.html(
    <DeskPage title={shown?.said ? `${t('ui.error_prefix')} ${title}` : title}>
      <SittingAssets />
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: title, href: meetingHref(view.id) }, { label: t('sitting.course') }]} />
      {shown?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(shown.said.key, shown.said.args) })} />}
      <div className="head"><div><h1>{title}</h1><p>{[view.place, t(`meeting.state.${view.state}`)].filter(Boolean).join(' · ')} · <At at={view.openedAt ?? view.startsAt} style="both" />{view.closedAt && <>–<At at={view.closedAt} style="time" /></>}</p></div>
        <div className="actions">{view.state === 'open' && <LinkButton kind="quiet" href={meetingHref(view.id, 'now')}>{t('sitting.now')}</LinkButton>}<LinkButton kind="quiet" href={meetingHref(view.id, 'screen')}>{t('sitting.screen')}</LinkButton>{(view.state === 'open' || view.state === 'adopted') && <LinkButton kind="quiet" href={meetingHref(view.id, 'minutes')}>{t('minutes.title')}</LinkButton>}</div></div>
      <Next page={page} view={view} />
      <div className="split">
        <div>
          {item && await Point({ page, view, item, number: item.number, owners, presets: view.dueDays, shown })}
          <Agenda page={page} view={view} shown={shown} />
        </div>
        <aside>
          <Attendance page={page} view={view} shown={shown} />
          {view.keeps && (view.state === 'convened' || view.state === 'open') && <details className="fields" open={adjourn.is || undefined}><summary>{t('sitting.adjourn')}</summary><form method="post" action={meetingHref(view.id, 'sitting')} className="stack" noValidate><Hidden fields={{ act: 'adjourn' }} /><TextArea name="note" rows={3} label={t('sitting.adjourn.note')} hint={t('sitting.adjourn.hint')} value={adjourn.value('note') || (view.quorum.isMet ? '' : t('sitting.adjourn.usual', { present: view.quorum.present, entitled: view.quorum.entitled, needed: view.quorum.needed }))} error={adjourn.is ? errors['note'] : undefined} /><Actions><Button>{t('sitting.adjourn')}</Button></Actions></form></details>}
        </aside>
      </div>
    </DeskPage>,
  );
}

/** What each button of the page does; the answer is the place to which it leads, where that is another. */
const acts: Record<string, (page: PageContext, read: (name: string) => string) => Promise<string | void>> = {
  open: async (page) => void (await page.run(openSitting, { id: page.params['id']! })),
  close: async (page) => void (await page.run(closeSitting, { id: page.params['id']! })),
  adjourn: async (page, read) => void (await page.run(adjournSitting, { id: page.params['id']!, note: read('note') })),
  move: async (page, read) => void (await page.run(moveAttendance, { id: read('attendanceId'), as: read('as') as 'came' })),
  guest: async (page, read) => void (await page.run(addGuest, { id: page.params['id']!, name: read('name'), standsFor: read('standsFor'), isRemote: read('isRemote') !== '' })),
  away: async (page, read) => void (await page.run(markAway, { id: read('itemId'), attendanceId: read('attendanceId'), reason: read('reason') as '' })),
  'point.open': async (page, read) => void (await page.run(openPoint, { id: read('itemId') })),
  'point.settle': async (page, read) => void (await page.run(settlePoint, { id: read('itemId'), as: read('as') as 'done', reason: read('reason'), goOn: read('as') === 'done' })),
  note: async (page, read) => void (await page.run(notePoint, { id: read('itemId'), notes: read('notes'), version: read('version') })),
  take_up: async (page, read) => void (await page.run(takeUpPoint, { id: page.params['id']!, title: read('title'), rapporteur: read('rapporteur'), after: read('after') })),
  'vote.open': async (page, read) => void (await page.run(openVote, { id: read('itemId'), question: read('question'), isSecret: read('isSecret') !== '', majority: (read('majority') || undefined) as Majority | undefined })),
  async 'vote.enter'(page, read) {
    const named = Object.keys(page.values).filter((name) => name.startsWith('v-')).map((name) => ({ attendanceId: name.slice(2), choice: read(name) as Choice })).filter((one) => choices.includes(one.choice));
    if (named.length > 0) await page.run(enterVotes, { id: read('voteId'), choices: named });
    if (read('then') === 'close') await page.run(closeVote, { id: read('voteId') });
  },
  'vote.count': async (page, read) => void (await page.run(countVote, { id: read('voteId'), for: read('for') || '0', against: read('against') || '0', abstain: read('abstain') || '0' })),
  'vote.close': async (page, read) => void (await page.run(closeVote, { id: read('voteId') })),
  'vote.annul': async (page, read) => void (await page.run(annulVote, { id: read('voteId'), reason: read('reason') })),
  'conclusion.record': async (page, read) => void (await page.run(recordConclusion, { id: read('itemId'), text: read('text'), owners: many(page.values, 'owners'), helpers: many(page.values, 'helpers'), dueOn: read('dueOn') || read('dueIn'), voteId: read('voteId') })),
  'conclusion.change': async (page, read) => void (await page.run(changeConclusion, { id: read('conclusionId'), text: read('text'), owners: many(page.values, 'owners'), helpers: many(page.values, 'helpers'), dueOn: read('dueOn') || read('dueIn') })),
  'conclusion.drop': async (page, read) => void (await page.run(dropConclusion, { id: read('conclusionId') })),
  verify: async (page) => verifyFrom(page),
  adopt: async (page, read) => void (await page.run(adoptMinutes, { id: read('previousId'), inId: page.params['id']! })),
};

const sitting = definePage({
  path: '/desk/meetings/:id/sitting', audience: 'desk', get: render,
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const act = acts[read('act')];
    if (!act) throw notFound();
    const to = await act(page, read);
    return page.redirect(to ?? meetingHref(page.params['id']!, 'sitting'));
  },
});

const notes = definePage({
  path: '/desk/meetings/:id/notes', audience: 'desk',
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    const saved = await page.run(notePoint, { id: read('itemId'), notes: read('notes'), version: read('version') });
    return Response.json({ version: saved.version });
  },
});

export const sittingPages: readonly Page[] = [sitting, notes, attendancePage, verificationPage, ...livePages, ...minutesPages];
