import type { ReactElement, ReactNode } from 'react';
import { formatBytes, formatDay } from '../../../core/language.ts';
import type { PageContext } from '../../../core/page.ts';
import { ClockMark } from '../../../ui/icon.tsx';
import { At, Letter } from '../../../ui/parts.tsx';
import { readingOrder, seatsOf, type PartKind } from '../pack.ts';
import { namesIn, shapeOf } from '../pack-print.ts';
import type { PackView, Part } from '../pack-view.server.ts';

/** Where pictures and papers of a pack are fetched: the desk, or what the phone keeps. */
export type Places = { photo(partyId: string): string; paper(documentId: string): string; case?(caseId: string): string };
export const deskPlaces: Places = { photo: (partyId) => `/desk/directory/${partyId}/photo`, paper: (documentId) => `/desk/documents/${documentId}`, case: (caseId) => `/desk/cases/${caseId}` };

const Lines = ({ title, children }: { title: string; children: ReactNode }): ReactElement => <><h4>{title}</h4><ul>{children}</ul></>;

/** Somebody to be met: the picture, who it is, what was promised, their matters, and when we met. */
function Person({ page, part, pack, places }: { page: Pick<PageContext, 't' | 'locale'>; part: Part; pack: PackView; places: Places }): ReactElement {
  const { t, locale } = page;
  const known = pack.people.find((one) => (part.partyId ? one.partyId === part.partyId : part.personId !== null && one.personId === part.personId));
  const name = part.title || known?.name || '';
  return (
    <div className="whom">
      {known?.hasPhoto ? <img src={places.photo(known.partyId!)} alt={name} width="96" height="120" /> : <span className="nophoto" aria-hidden="true">{name.split(/\s+/).slice(0, 2).map((word) => word[0]).join('')}</span>}
      <div>
        <h3>{name}</h3>
        {known?.role && <p className="meta">{known.role}</p>}
        {known?.contact && <p className="meta">{known.contact}</p>}
        {part.text && <Letter text={part.text} />}
        {known && known.promises.length > 0 && <Lines title={t('pack.promises_to')}>{known.promises.map((one) => <li key={one.id}>{one.text} <span className="meta">{one.owner}</span> {one.dueOn && <ClockMark state={one.isLate ? 'late' : 'ok'} label={formatDay(one.dueOn, locale, 'short')} />}</li>)}</Lines>}
        {known && known.matters.length > 0 && <Lines title={known.mattersTotal > known.matters.length ? t('pack.matters_of', { shown: known.matters.length, count: known.mattersTotal }) : t('pack.matters')}>{known.matters.map((one) => <li key={one.id}>{places.case ? <a href={places.case(one.id)}>{one.subject}</a> : one.subject} <span className="meta"><span className="ref">{one.reference}</span>{one.isClosed && ` · ${t('pack.closed')}`}</span></li>)}</Lines>}
        {known && known.meetings.length > 0 && <Lines title={t('pack.met')}>{known.meetings.map((one) => <li key={`${one.engagementId}${one.startsAt.getTime()}`}>{one.title} <span className="meta"><At at={one.startsAt} /></span></li>)}</Lines>}
      </div>
    </div>
  );
}

/** A name in two lines where it is long: beside a table there is little room. */
function linesOf(name: string): string[] {
  const words = name.split(/\s+/);
  const lines = name.length <= 14 || words.length < 2 ? [name] : [words.slice(0, Math.ceil(words.length / 2)).join(' '), words.slice(Math.ceil(words.length / 2)).join(' ')];
  return lines.map((line) => (line.length > 19 ? `${line.slice(0, 18)}…` : line));
}

/** The table with its seats, drawn; the same order stands as a list for who cannot see it. */
function Seating({ page, part }: { page: Pick<PageContext, 't'>; part: Part }): ReactElement {
  const shape = shapeOf(part.data);
  const names = namesIn(part.text);
  return (
    <>
      {part.title && <h3>{part.title}</h3>}
      <svg className="tableplan" viewBox="0 0 300 184" role="img" aria-label={`${page.t(`pack.shape.${shape}`)}: ${names.map((name, index) => `${index + 1}. ${name}`).join(', ')}`}>
        {shape === 'round' ? <circle cx="150" cy="92" r="44" /> : shape === 'facing' ? <rect x="12" y="70" width="276" height="44" rx="4" /> : shape === 'u' ? <path d="M100 182V40h100v142" /> : <rect x="112" y="32" width="76" height="150" rx="4" />}
        {seatsOf(shape, names).map((seat, index) => {
          const x = seat.x * 3 + (seat.side === 'left' ? -8 : seat.side === 'right' ? 8 : 0);
          const lines = linesOf(seat.name);
          const y = seat.y * 1.84 + (seat.side === 'bottom' ? 10 : seat.side === 'top' ? -2 - (lines.length - 1) * 10 : 3 - (lines.length - 1) * 5);
          return <text key={index} x={x} y={y} textAnchor={seat.side === 'left' ? 'end' : seat.side === 'right' ? 'start' : 'middle'}>{lines.map((line, place) => <tspan key={place} x={x} dy={place === 0 ? 0 : 11}>{line}</tspan>)}</text>;
        })}
      </svg>
    </>
  );
}

function Shown({ page, part, pack, places }: { page: Pick<PageContext, 't' | 'locale'>; part: Part; pack: PackView; places: Places }): ReactElement {
  const { t, locale } = page;
  switch (part.kind) {
    case 'person': return <Person page={page} part={part} pack={pack} places={places} />;
    case 'seating': return <Seating page={page} part={part} />;
    case 'paper': return <><a className="doc" href={places.paper(part.document!.id)}>{part.title}</a> <span className="meta">{formatBytes(part.document!.size, locale)}</span>{part.text && <Letter text={part.text} />}</>;
    case 'contribution': return <><h3>{part.contribution!.askedName}</h3><p className="meta">{part.title}{part.contribution!.repliedBy && ` · ${part.contribution!.repliedBy}`}{part.contribution!.repliedAt && <>, <At at={part.contribution!.repliedAt} /></>}</p>{part.contribution!.reply ? <Letter text={part.contribution!.reply} /> : <p>{t('pack.not_come')}</p>}</>;
    case 'promise': return <>{part.promise ? <p>{part.promise.text} <span className="meta">{part.promise.owner}</span> {part.promise.dueOn && <span className="meta">{t('pack.due', { on: formatDay(part.promise.dueOn, locale, 'short') })}</span>}</p> : <p>{part.title}</p>}{part.text && <Letter text={part.text} />}</>;
    case 'note': case 'point': case 'programme': return <>{part.title && <h3>{part.title}</h3>}{part.text && <Letter text={part.text} />}</>;
  }
}

/** The parts of a pack as they are read, kind by kind; `tools` is what a preparer may do with each, `add` with each kind. */
export function PackParts({ page, pack, places, tools, add }: { page: Pick<PageContext, 't' | 'locale'>; pack: PackView; places: Places; tools?: (part: Part, place: number, count: number) => ReactNode; add?: (kind: PartKind) => ReactNode }): ReactElement {
  const { t } = page;
  return (
    <>
      {readingOrder.map((kind) => {
        const parts = pack.parts.filter((part) => part.kind === kind);
        if (parts.length === 0) return null;
        return (
          <section key={kind} className={`sec packpart of-${kind}`} aria-labelledby={`k-${kind}`}>
            <header><h2 id={`k-${kind}`}>{t(`pack.kinds.${kind}`)}</h2>{add?.(kind)}</header>
            <ol>{parts.map((part, index) => <li key={part.id} id={`p-${part.id}`}><div><Shown page={page} part={part} pack={pack} places={places} /></div>{tools?.(part, index, parts.length)}</li>)}</ol>
          </section>
        );
      })}
    </>
  );
}
