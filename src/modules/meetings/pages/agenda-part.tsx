import type { ReactElement } from 'react';
import type { PageContext } from '../../../core/page.ts';
import { Hidden } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Empty, Letter, LinkButton, Section, State } from '../../../ui/parts.tsx';
import type { MeetingView } from '../meeting-list.server.ts';
import { clockWords, sittingHref, sizeWords } from './meeting-words.tsx';

type Point = MeetingView['agenda'][number];

/** Papers of a point, the newest version in the place of the older, which stays named. */
const Papers = ({ page, point }: { page: PageContext; point: Point }): ReactElement => (
  <ul className="docs">{point.papers.map((paper) => (
    <li key={paper.id}><Icon name={paper.mediaType.startsWith('image/') ? 'image' : 'file'} /><div>{paper.replacedBy ? <><s><a href={`/desk/documents/${paper.id}`}>{paper.title}</a></s> <span className="meta">{page.t('agenda.paper.replaced')}</span></> : <a href={`/desk/documents/${paper.id}`}>{paper.title}</a>} <span className="meta">{sizeWords(page, paper.size)}</span></div></li>))}</ul>
);

function PointLine({ page, view, point, edits }: { page: PageContext; view: MeetingView; point: Point; edits: boolean }): ReactElement {
  const { t } = page;
  const isFixed = point.kind === 'verification' || point.kind === 'minutes';
  return (
    <li id={`item-${point.id}`}>
      <span className="no">{point.number}.</span><div><b>{point.title}</b> {point.mark && <State kind="soon">{t(`agenda.mark.${point.mark}`)}</State>}{point.isConfidential && <State kind="late">{t('agenda.confidential')}</State>}</div>
      <p className="meta">{[clockWords(page, point.beginsAt), t('agenda.minutes_count', { count: point.minutes }), point.kind !== 'point' && !isFixed && t(`agenda.kind.${point.kind}`), point.rapporteur && t('agenda.rapporteur_is', { name: point.rapporteur })].filter(Boolean).join(' · ')}</p>
      {point.papers.length > 0 && <Papers page={page} point={point} />}
      {point.papers.length === 0 && edits && point.kind === 'point' && <p className="meta">{t('agenda.no_papers')}</p>}
      {point.kind === 'verification' && <p><a href={sittingHref(view.id, 'verification')}>{t('verification.title')}</a></p>}
      {point.kind === 'minutes' && view.previousId && <p><a href={sittingHref(view.previousId, 'minutes')}>{t('meeting.go.minutes')}</a></p>}
      {(point.proposed || point.reason) && <details><summary>{t(point.proposed ? 'agenda.proposed' : 'agenda_proposal.reason')}</summary>{point.proposed && <Letter text={point.proposed} />}{point.reason && <><p className="meta">{t('agenda_proposal.reason')}</p><Letter text={point.reason} /></>}</details>}
      {edits && (
        <form method="post" action={sittingHref(view.id)} className="pointacts"><Hidden fields={{ itemId: point.id }} />
          <button className="btn quiet" name="act" value="up" disabled={point.number === 1}>{t('agenda.up')}<span className="vh"> {point.title}</span></button>
          <button className="btn quiet" name="act" value="down" disabled={point.number === view.places.length}>{t('agenda.down')}<span className="vh"> {point.title}</span></button>
          <a className="btn quiet" href={sittingHref(view.id, `agenda/${point.id}`)}>{t('agenda.edit')}<span className="vh"> {point.title}</span></a>
          {!isFixed && <button className="btn quiet" name="act" value="drop">{t('agenda.drop')}<span className="vh"> {point.title}</span></button>}
        </form>
      )}
    </li>
  );
}

/** The agenda with times and papers; a point that the reader may not see has its number. */
export function AgendaList({ page, view, edits }: { page: PageContext; view: MeetingView; edits: boolean }): ReactElement {
  const { t } = page;
  const total = view.places.reduce((sum, one) => sum + one.minutes, 0);
  return (
    <Section id="agenda" title={t('agenda.title')} aside={<span className="meta">{t('agenda.total', { minutes: total })}</span>}>
      {view.places.length === 0 && <Empty>{t('agenda.empty')}</Empty>}
      <ol className="dayorder">{view.places.map((place) => {
        const point = view.agenda.find((one) => one.id === place.id);
        return point ? <PointLine key={place.id} page={page} view={view} point={point} edits={edits} /> : <li key={place.id}><span className="no">{place.number}.</span><span className="meta">{t('agenda.confidential_point')}</span></li>;
      })}</ol>
      {view.dropped.length > 0 && <p className="meta">{t('agenda.dropped')}: {view.dropped.map((title, index) => <span key={index}>{index > 0 && ', '}<s>{title}</s></span>)}</p>}
      {edits && <div className="actions" data-top><LinkButton icon="plus" href={sittingHref(view.id, 'agenda/new')}>{t('agenda.add')}</LinkButton></div>}
    </Section>
  );
}
