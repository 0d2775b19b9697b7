import type { ReactElement, ReactNode } from 'react';
import { formatAt, formatDay, formatTime } from '../core/language.ts';
import { dayIn } from '../core/day.ts';
import type { CaseAct, PageContext } from '../core/page.ts';
import { ClockMark, Icon, type ClockState, type IconName } from './icon.tsx';
import { useView } from './view.tsx';

export const Button = ({ children, kind = '', icon, ...rest }: { children: ReactNode; kind?: 'primary' | 'quiet' | 'yes' | ''; icon?: IconName; name?: string; value?: string; form?: string; formAction?: string; type?: 'submit' | 'button'; 'data-key'?: string }): ReactElement => (
  <button className={`btn${kind ? ` ${kind}` : ''}`} {...rest}>{icon && <Icon name={icon} />}{children}</button>
);
export const LinkButton = ({ children, href, kind = '', icon, ...rest }: { children: ReactNode; href: string; kind?: 'primary' | 'quiet' | ''; icon?: IconName; 'data-key'?: string; 'data-print'?: string }): ReactElement => (
  <a className={`btn${kind ? ` ${kind}` : ''}`} href={href} {...rest}>{icon && <Icon name={icon} />}{children}</a>
);
/** The acts of a page that are done less often, in groups: the day's work, the matter itself, its files and papers. */
export function MoreActs({ label, acts }: { label: string; acts: readonly CaseAct[] }): ReactElement | null {
  const groups = (['work', 'matter', 'file'] as const).map((name) => acts.filter((act) => (act.group ?? 'work') === name).toSorted((a, b) => Number(a.key === 'annul') - Number(b.key === 'annul'))).filter((group) => group.length > 0);
  return groups.length === 0 ? null : (
    <details className="moreacts"><summary className="btn quiet">{label}</summary><div>{groups.map((group, index) => <ul key={index}>{group.map((act) => <li key={act.key}><a href={act.href}>{act.label}</a></li>)}</ul>)}</div></details>
  );
}
export const Actions = ({ children }: { children: ReactNode }): ReactElement => <div className="actions">{children}</div>;

export const State = ({ children, kind = '' }: { children: ReactNode; kind?: ClockState | '' }): ReactElement => <span className={`state ${kind}`}>{children}</span>;

/** A heading under one line; `id` names it. */
export function Section({ id, title, aside, children, hiddenTitle }: { id: string; title: ReactNode; aside?: ReactNode; children: ReactNode; hiddenTitle?: boolean }): ReactElement {
  return (
    <section className="sec" aria-labelledby={id}>
      {hiddenTitle ? <h2 className="vh" id={id}>{title}</h2> : <header><h2 id={id}>{title}</h2>{aside}</header>}
      {children}
    </section>
  );
}

export const Facts = ({ facts }: { facts: readonly (readonly [ReactNode, ReactNode] | false | null | undefined | '')[] }): ReactElement => (
  <dl className="facts">
    {facts.filter((fact): fact is readonly [ReactNode, ReactNode] => Boolean(fact)).map(([term, value], index) => [<dt key={`t${index}`}>{term}</dt>, <dd key={`d${index}`}>{value}</dd>])}
  </dl>
);

/** A moment as the reader writes it; `style` time, day, or both. */
export function At({ at, style = 'day' }: { at: Date; style?: 'day' | 'time' | 'both' | 'long' }): ReactElement {
  const { zone, locale, now, t } = useView();
  const on = dayIn(zone, at);
  const today = on === dayIn(zone, now);
  const text = style === 'time' ? formatTime(at, zone, locale) : style === 'both' ? (today ? `${t('date.today')} ${formatTime(at, zone, locale)}` : formatAt(at, zone, locale, on.slice(0, 4) === dayIn(zone, now).slice(0, 4) ? 'short' : 'numeric')) : style === 'long' ? formatDay(on, locale, 'long') : formatDay(on, locale, 'numeric');
  return <time dateTime={at.toISOString()} className="nowrap">{text}</time>;
}
export function On({ on, style = 'numeric' }: { on: string; style?: 'short' | 'long' | 'weekday' | 'numeric' }): ReactElement {
  const { locale } = useView();
  return <time dateTime={on} className="nowrap">{formatDay(on, locale, style)}</time>;
}

/** What a person wrote, as text: lines and paragraphs kept, nothing else. */
export function Letter({ text, lang, aside }: { text: string; lang?: string; aside?: boolean }): ReactElement {
  return (
    <div className={`letter${aside ? ' aside' : ''}`} lang={lang}>
      {text.split(/\n{2,}/).map((paragraph, index) => <p key={index}>{paragraph.split('\n').flatMap((row, line) => (line === 0 ? [row] : [<br key={line} />, row]))}</p>)}
    </div>
  );
}

type Panel = { state: ClockState; big: string; small: string; percent: number; start: string; now: string; end: string; sentence: string; title: string; holds?: readonly (readonly [number, number])[]; more?: ReactNode };
/** The term with its track and the sentence that explains it. */
export function ClockPanel({ state, big, small, percent, start, now, end, sentence, title, holds = [], more }: Panel): ReactElement {
  const x = `${Math.round(percent * 10) / 10}%`;
  const edge = percent < 14 ? 'start' : percent > 86 ? 'end' : 'middle';
  return (
    <section className={`law ${state}`} aria-label={title}>
      <div className="big">{big}<small>{small}</small></div>
      <div>
        <svg className="track" role="img" aria-label={`${title}: ${big}. ${small}`}>
          <line className="base" x1="0" y1="9" x2="100%" y2="9" />
          <line className="used" x1="0" y1="9" x2={x} y2="9" />
          {holds.map(([from, until], index) => <line key={index} className="hold" x1={`${from}%`} y1="9" x2={`${until}%`} y2="9" />)}
          <circle cx={x} cy="9" r="6" />
          <line className="end" x1="100%" y1="1" x2="100%" y2="17" />
          {percent > 24 && <text x="0" y="34">{start}</text>}
          <text className="v" x={x} y="34" textAnchor={edge}>{now}</text>
          {percent < 80 && <text x="100%" y="34" textAnchor="end">{end}</text>}
        </svg>
        <p className="meta">{sentence} {more}</p>
      </div>
    </section>
  );
}

export type Column = { key: string; label: ReactNode; className?: string; hidden?: boolean };
/** A table that becomes a list of its rows on a phone, unless it is a table of figures; the cell `head` is the row's header. */
export function Table({ columns, rows, caption, head, className = '', fold = true }: { columns: readonly Column[]; rows: readonly { id: string; cells: Record<string, ReactNode>; className?: string }[]; caption: string; head: string; className?: string; fold?: boolean }): ReactElement {
  return (
    <table role="table" className={`${fold ? 'fold ' : ''}${className}` || undefined}>
      <caption className="vh">{caption}</caption>
      <thead role="rowgroup"><tr role="row">{columns.map((column) => <th key={column.key} role="columnheader" scope="col" className={column.className}>{column.hidden ? <span className="vh">{column.label}</span> : column.label}</th>)}</tr></thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row" key={row.id} className={row.className}>
            {columns.map((column) => column.key === head
              ? <th key={column.key} role="rowheader" scope="row" className={column.className}>{row.cells[column.key]}</th>
              : <td key={column.key} role="cell" className={column.className}>{row.cells[column.key]}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Figures that draw themselves: the table is the chart. */
export function Bars({ caption, rows }: { caption: string; rows: readonly { label: ReactNode; value: number; text?: string; className?: string; href?: string }[] }): ReactElement {
  const { t } = useView();
  const most = Math.max(1, ...rows.map((row) => row.value));
  return (
    <table className="bars">
      <caption className="vh">{caption}</caption>
      <thead className="vh"><tr><th scope="col">{caption}</th><th scope="col">{t('ui.share')}</th><th scope="col">{t('ui.count')}</th></tr></thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            <th scope="row">{row.href ? <a href={row.href}>{row.label}</a> : row.label}</th>
            <td><svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10"><rect className={row.className ?? ''} width={(row.value / most) * 100} height="10" /></svg></td>
            <td className="right num">{row.text ?? row.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Columns over time, the figures above, labels below; `second` stands in front, a little to the right. */
export function Columns({ label, points, accent = -1 }: { label: string; points: readonly { label: string; sub?: string; value: number; second?: number }[]; accent?: number }): ReactElement {
  const most = Math.max(1, ...points.map((point) => Math.max(point.value, point.second ?? 0)));
  // A column is as wide as the longest of its words, at 12 px; a year is written once.
  const step = Math.max(34, ...points.map((point) => Math.max(point.label.length, String(point.value).length) * 6.5 + 6));
  const width = Math.max(1, points.length) * step;
  const drawing = (
    <svg className="spark" width={width} height="128" viewBox={`0 0 ${width} 128`} role="img" aria-label={`${label}: ${points.map((point) => [point.label, point.sub, point.second === undefined ? `${point.value}` : `${point.value} / ${point.second}`].filter(Boolean).join(' ')).join(', ')}`}>
      {points.map((point, index) => {
        const height = (point.value / most) * 72;
        const other = ((point.second ?? 0) / most) * 72;
        const x = index * step + step / 2;
        const whole = Math.min(30, step - 8);
        const bar = point.second === undefined ? whole : whole * 0.7;
        return (
          <g key={index}>
            <rect className={index === accent ? 'today' : 'b'} x={x - whole / 2} y={90 - height} width={bar} height={Math.max(height, 1)} />
            {point.second !== undefined && <rect className="second" x={x + whole / 2 - bar * 0.7} y={90 - other} width={bar * 0.7} height={other} />}
            <text className="v" x={x} y={84 - Math.max(height, other)} textAnchor="middle">{point.value || ''}</text>
            <text x={x} y="106" textAnchor="middle">{point.label}</text>
            {point.sub && point.sub !== points[index - 1]?.sub && <text x={x} y="121" textAnchor="middle">{point.sub}</text>}
          </g>
        );
      })}
    </svg>
  );
  // Too many to shrink: on a phone they are read by moving sideways.
  return points.length > 14 ? <div className="longspark" role="group" aria-label={label} tabIndex={0}>{drawing}</div> : drawing;
}

export const Crumbs = ({ items }: { items: readonly { label: ReactNode; href?: string }[] }): ReactElement => {
  const { t } = useView();
  return <nav aria-label={t('ui.path')}><ol className="crumb">{items.map((item, index) => <li key={index}>{item.href ? <a href={item.href}>{item.label}</a> : item.label}</li>)}</ol></nav>;
};
export const Empty = ({ children, action }: { children: ReactNode; action?: ReactNode }): ReactElement => <div className="empty"><p>{children}</p>{action}</div>;
export const Notice = ({ children, kind = 'note', title }: { children: ReactNode; kind?: 'note' | 'warn' | 'late'; title?: ReactNode }): ReactElement => {
  const { t } = useView();
  return <div className={`notice ${kind}`}>{kind !== 'note' && <span className="vh">{t('ui.notice.warning')} </span>}{title && <b>{title}</b>}{children}</div>;
};

export function Views({ items, label }: { items: readonly { href: string; label: string; count?: number | undefined; current?: boolean }[]; label: string }): ReactElement {
  return <nav className="views" aria-label={label}>{items.map((item) => <a key={item.href} href={item.href} aria-current={item.current ? 'page' : undefined}>{item.label}{item.count === undefined ? '' : ` ${item.count >= 1000 ? '999+' : item.count}`}</a>)}</nav>;
}
export function Pages({ previous, next }: { previous?: string | null; next?: string | null }): ReactElement | null {
  const { t } = useView();
  if (!previous && !next) return null;
  return <nav className="pages" aria-label={t('ui.pages')}>{previous && <a href={previous} rel="prev">{t('ui.pages.first')}</a>}{next && <a href={next} rel="next">{t('ui.pages.next')}</a>}</nav>;
}
/** The list that a page shows, with what it was narrowed to, as a file: the page answers `?as=` by serveTable. */
export function Exports({ page, path }: { page: Pick<PageContext, 't' | 'url' | 'query'>; path?: string }): ReactElement {
  const query = new URLSearchParams([...page.query].filter(([name]) => !['after', 'open', 'held', 'as', 'lang'].includes(name)));
  return (
    <nav className="exports" aria-label={page.t('ui.exports')}>
      {['csv', 'xlsx', 'pdf'].map((as) => <a key={as} href={`${path ?? page.url.pathname}?${new URLSearchParams([...query, ['as', as]])}`} download={as === 'pdf' ? undefined : ''}>{as.toUpperCase()}</a>)}
    </nav>
  );
}
export { ClockMark };
