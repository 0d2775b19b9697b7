import type { ReactElement } from 'react';
import { formatTime } from '../../../core/language.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { ErrorSummary, Hidden } from '../../../ui/field.tsx';
import { DeskPage, ScreenPage } from '../../../ui/frame.tsx';
import { Crumbs, Empty, LinkButton, Notice, Section } from '../../../ui/parts.tsx';
import { readSitting, readStamp, type ItemRow, type SittingView, type VoteRow } from '../sitting-read.server.ts';
import { castVote } from '../vote.server.ts';
import { choices, type Choice } from '../vote.ts';
import { formOf, isStanding, ItemState, meetingHref, ownerWords, QuorumMark, SittingAssets, sittingName, VoteLine } from './sitting-words.tsx';

const shownVote = (item: ItemRow): VoteRow | undefined => item.votes.find((vote) => vote.state === 'open') ?? item.votes.findLast((vote) => vote.state === 'closed');

/** The result drawn: for, against, abstaining, as wide as they are many. */
function Result({ page, vote }: { page: PageContext; vote: VoteRow }): ReactElement {
  const { t } = page;
  const tally = [['for', vote.for], ['against', vote.against], ['abstain', vote.abstain]] as const;
  const all = Math.max(1, vote.for + vote.against + vote.abstain);
  let x = 0;
  return (
    <div className="result">
      <p className={vote.isCarried ? 'yes' : 'no'}>{t(vote.isCarried ? 'vote.carried' : 'vote.lost')}</p>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">{tally.map(([choice, count]) => {
        const width = (count / all) * 100;
        const bar = <rect key={choice} className={choice} x={x} width={width} height="6" />;
        x += width;
        return bar;
      })}</svg>
      <dl>{tally.map(([choice, count]) => <div key={choice}><dt>{t(`vote.${choice}`)}</dt><dd>{count}</dd></div>)}</dl>
    </div>
  );
}

const screen = definePage({
  path: '/desk/meetings/:id/screen', audience: 'desk',
  async get(page) {
    const { t } = page;
    const id = page.params['id']!;
    const [view, { stamp }] = await Promise.all([page.run(readSitting, { id }), page.run(readStamp, { id })]);
    const item = view.items.find((one) => one.id === view.itemId);
    const vote = item && shownVote(item);
    const title = sittingName(page, view);
    return page.html(
      <ScreenPage title={title}>
        <SittingAssets />
        <div data-live={meetingHref(id, 'live')} data-stamp={stamp}>
          <header><p>{title}</p><p>{view.state === 'open' ? <QuorumMark page={page} view={view} /> : t(`meeting.state.${view.state}`)}</p></header>
          {item && !item.isConfidential ? (
            <section>
              <p className="number">{t('screen.point', { number: item.number, count: view.places.length })}</p>
              <h1>{item.title}</h1>
              {item.rapporteur && <p className="who">{t('minutes.rapporteur', { who: item.rapporteur })}</p>}
              {vote?.state === 'open' && <div className="running"><p>{vote.question}</p><p className="cast">{t('screen.cast', { cast: vote.cast, present: vote.present })}</p></div>}
              {vote?.state === 'closed' && <Result page={page} vote={vote} />}
              {item.conclusions.filter(isStanding).slice(-3).map((one) => <blockquote key={one.id}><b>{t('minutes.conclusion', { number: `${view.number}/${one.position}` })}</b><p>{one.text}</p>{one.obligations.filter((obligation) => obligation.state !== 'dropped').map((obligation) => <p key={obligation.id} className="who">{ownerWords(page, obligation)}</p>)}</blockquote>)}
            </section>
          ) : (
            <section>
              {item?.isConfidential ? <h1>{t('minutes.confidential_point')}</h1> : <h1>{view.state === 'open' ? t('minutes.agenda') : title}</h1>}
              {!item && <ol className="plan">{view.items.map((one) => <li key={one.id} className={one.state}><span>{one.number}.</span> {one.isConfidential ? t('minutes.confidential_point') : one.title}</li>)}</ol>}
            </section>
          )}
          <footer><p>{view.place}</p><p>{formatTime(view.openedAt ?? view.startsAt, page.office.jurisdiction.timeZone, page.locale)}</p></footer>
        </div>
      </ScreenPage>,
    );
  },
});

function Ballot({ page, view, vote, mayVote }: { page: PageContext; view: SittingView; vote: VoteRow; mayVote: boolean }): ReactElement {
  const { t } = page;
  const own = vote.casts.find((one) => one.attendanceId === view.mine);
  if (!mayVote) return <Notice>{t('vote.not_voting')}</Notice>;
  if (own && vote.isSecret) return <Notice>{t('vote.given')}</Notice>;
  return (
    <form method="post" action={meetingHref(view.id, 'now')} className="ballot"><Hidden fields={{ act: 'vote', voteId: vote.id }} />
      <p className="q">{vote.question}</p><p className="meta">{t(vote.isSecret ? 'vote.secret.member' : own ? 'vote.given.change' : 'vote.open.member')}</p>
      {choices.map((choice) => <button key={choice} className={`btn ${choice}`} name="choice" value={choice} aria-pressed={own ? own.choice === choice : undefined}>{t(`vote.${choice}`)}</button>)}
    </form>
  );
}

async function member(page: PageContext, shown?: Shown): Promise<Response> {
  const { t } = page;
  const id = page.params['id']!;
  const [view, { stamp }] = await Promise.all([page.run(readSitting, { id }), page.run(readStamp, { id })]);
  const item = view.items.find((one) => one.id === view.itemId);
  const vote = item && shownVote(item);
  const mine = view.attendance.find((one) => one.id === view.mine);
  const mayVote = Boolean(mine?.isVoting && mine.isIn && !item?.away.some((one) => one.attendanceId === view.mine));
  const title = sittingName(page, view);
  return page.html(
    <DeskPage title={title}>
      <SittingAssets live />
      <Crumbs items={[{ label: t('meeting.list.title'), href: '/desk/meetings' }, { label: title, href: meetingHref(id) }, { label: t('sitting.now') }]} />
      {shown?.said && formOf(shown, 'vote').is && <ErrorSummary errors={{}} title={t(shown.said.key, shown.said.args)} />}
      <div className="now" data-live={meetingHref(id, 'live')} data-stamp={stamp}>
        <div className="head"><div><h1>{item ? `${item.number}. ${item.title}` : title}</h1><p>{item?.rapporteur ? t('minutes.rapporteur', { who: item.rapporteur }) : t(`meeting.state.${view.state}`)}</p></div></div>
        {vote?.state === 'open' && <Ballot page={page} view={view} vote={vote} mayVote={mayVote} />}
        {item?.votes.filter((one) => one.state !== 'open').map((one) => <VoteLine key={one.id} page={page} vote={one} />)}
        {item && item.papers.length > 0 && <Section id="papers" title={t('sitting.papers')}><ul className="docs">{item.papers.map((paper) => <li key={paper.id}><a href={`/desk/documents/${paper.id}`}>{paper.title}</a></li>)}</ul></Section>}
        {item && item.proposed && item.conclusions.filter(isStanding).length === 0 && <Section id="proposed" title={t('sitting.proposed')}><p>{item.proposed}</p></Section>}
        {item && item.conclusions.filter(isStanding).length > 0 && <Section id="concluded" title={t('conclusion.title')}><ol className="conclusions">{item.conclusions.filter(isStanding).map((one) => <li key={one.id}><b>{view.number}/{one.position}</b><p>{one.text}</p>{one.obligations.filter((obligation) => obligation.state !== 'dropped').map((obligation) => <p key={obligation.id} className="meta">{ownerWords(page, obligation)}</p>)}</li>)}</ol></Section>}
        <Section id="agenda" title={t('minutes.agenda')} aside={<QuorumMark page={page} view={view} />}>{view.items.length === 0 ? <Empty>{t('sitting.no_points')}</Empty> : <ol className="rows points">{view.items.map((one) => <li key={one.id} className={one.state === 'open' ? 'now' : undefined}><span>{one.number}. {one.title}</span><ItemState page={page} item={one} /></li>)}</ol>}</Section>
        {view.keeps && <p className="actions"><LinkButton href={meetingHref(id, 'sitting')}>{t('sitting.course')}</LinkButton></p>}
      </div>
    </DeskPage>,
  );
}

// A vote that was typed while the session ended is not kept anywhere.
const now = definePage({
  path: '/desk/meetings/:id/now', audience: 'desk', isForgotten: true, get: member,
  async post(page) {
    if (first(page.values, 'act') !== 'vote') throw notFound();
    await page.run(castVote, { id: first(page.values, 'voteId'), choice: first(page.values, 'choice') as Choice });
    return page.redirect(meetingHref(page.params['id']!, 'now'), { key: 'desk.done.voted' });
  },
});

const live = definePage({
  path: '/desk/meetings/:id/live', audience: 'desk',
  async get(page) {
    return Response.json(await page.run(readStamp, { id: page.params['id']! }), { headers: { 'cache-control': 'no-store' } });
  },
});

export const livePages: readonly Page[] = [screen, now, live];
