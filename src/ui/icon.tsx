import type { ReactElement } from 'react';

/** Outlines on a grid of 20: one stroke, no fill. */
const outlines = {
  today: 'M3 9.5 10 4l7 5.5V16h-4.5v-4h-5v4H3z',
  register: 'M4 4.5h9a2 2 0 0 1 2 2V16H6a2 2 0 0 1-2-2zM4 14a2 2 0 0 1 2-2h9',
  people: 'M10.25 7a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0zM2.5 16c.4-3 2.3-4.5 5-4.5s4.6 1.5 5 4.5M13 4.6a2.6 2.6 0 0 1 0 4.9M14.5 11.9c1.7.6 2.7 2 3 4.1',
  calendar: 'M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5',
  duties: 'm6.5 10 2.5 2.5 4.5-5M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0z',
  directory: 'M4 3.5h11.5v13H4zM2.5 7H5M2.5 10H5M2.5 13H5M11.75 8.5a1.75 1.75 0 1 1-3.5 0 1.75 1.75 0 0 1 3.5 0zM7 13.5c.3-1.5 1.5-2.25 3-2.25s2.7.75 3 2.25',
  chart: 'M3.5 16.5h13M5.5 13.5v-4M10 13.5v-9M14.5 13.5V8',
  act: 'M5 3h7l3.5 3.5V17H5zM12 3v3.5h3.5M7.5 10.5H13M7.5 13.5h4',
  ask: 'M3.5 4.5h13v9h-7l-4 3v-3h-2zM7 8h6M7 10.5h4',
  plus: 'M10 4v12M4 10h12',
  search: 'M14 8.5a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM12.5 12.5l4 4',
  menu: 'M3 6h14M3 10h14M3 14h14',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  close: 'M5 5l10 10M15 5 5 15',
  arrow: 'M4 10h12M11.5 5.500 16 10l-4.5 4.5',
  file: 'M5 3h7l3.5 3.5V17H5zM12 3v3.5h3.5',
  image: 'M3.5 4.500h13v11h-13zM3.5 13l4-4 3.500 3.500 2-2 3.500 3.500M13.500 7.500h.01',
  mail: 'M3 5h14v10.500H3zM3 6l7 5 7-5',
  phone: 'M5 3.500h2.500l1.500 3.500-1.800 1.300a9 9 0 0 0 4.500 4.500L13 11l3.500 1.500V15a1.500 1.500 0 0 1-1.500 1.500C9 16.500 3.500 11 3.500 5A1.500 1.500 0 0 1 5 3.500z',
  warning: 'M10 3.500 17.500 16h-15zM10 8.500v3.500M10 14h.01',
  pen: 'm4 16 .8-3.500L13 4.300l2.700 2.700-8.200 8.200z',
  print: 'M6 7V3.500h8V7M6 14H3.500V7h13v7H14M6 12h8v4.500H6z',
  link: 'M8.500 11.500a3 3 0 0 0 4.200 0l2.500-2.500a3 3 0 0 0-4.200-4.200L10 5.800M11.500 8.500a3 3 0 0 0-4.200 0L4.800 11a3 3 0 0 0 4.200 4.200l1-1',
  lock: 'M5 9h10v7.500H5zM7 9V6.500a3 3 0 0 1 6 0V9',
  globe: 'M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM3 10h14M10 3c2.500 2.500 2.500 11.500 0 14M10 3c-2.500 2.500-2.500 11.500 0 14',
  upload: 'M10 13V4M6 7.500 10 3.500l4 4M4 13.500v3h12v-3',
  history: 'M4 10a6 6 0 1 1 2 4.500M4 10l-1.500-2M4 10l2-1.500M10 7v3.500l2.500 1.500',
  send: 'M3 10 17 3.500l-4 13-3.500-5zM9.500 11.500 17 3.500',
  settings: 'M12.500 10a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0zM10 3v2M10 15v2M3 10h2M15 10h2M5 5l1.500 1.500M13.500 13.500 15 15M15 5l-1.500 1.500M6.500 13.500 5 15',
  key: 'M9 12a3.500 3.500 0 1 1-2-6.300A3.500 3.500 0 0 1 9 12zM9.500 9.500h7.500v3M14 9.500v2.500',
  archive: 'M3 4h14v3.500H3zM4.500 7.500v9h11v-9M8 10.500h4',
  out: 'M8 4H4v12h4M8.500 10H17M13.500 6.500 17 10l-3.500 3.500',
  pin: 'M10 17.500s5.500-5 5.500-9a5.500 5.500 0 0 0-11 0c0 4 5.500 9 5.500 9zM12 8.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
  voice: 'M12.500 5.500v4a2.500 2.500 0 0 1-5 0v-4a2.500 2.500 0 0 1 5 0zM4.500 9.500a5.500 5.500 0 0 0 11 0M10 15v2.500',
  flag: 'M5 17.500v-14h9.500l-2 3.500 2 3.500H5',
  car: 'M4 10.500 5.500 6h9l1.500 4.500M3 10.500h14v4H3zM5 14.500v2M15 14.500v2M6 12.500h.01M14 12.500h.01',
  door: 'M5.500 17V3.500h9V17M3.500 17h13M12 10.500h.01',
  repeat: 'M4 9.500V8a2 2 0 0 1 2-2h9M12.500 3.500 15 6l-2.500 2.500M16 10.500V12a2 2 0 0 1-2 2H5M7.500 16.500 5 14l2.500-2.500',
} as const;
export type IconName = keyof typeof outlines;

export function Icon({ name }: { name: IconName | string }): ReactElement {
  return (
    <svg className="ic" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      <path d={outlines[name as IconName] ?? outlines.file} />
    </svg>
  );
}

/** The plain shield that stands for the office's arms. */
export const Arms = (): ReactElement => (
  <svg className="arms" viewBox="0 0 28 34" width="28" height="34" aria-hidden="true">
    <path d="M2 2h24v16c0 7-5 11.5-12 14C7 29.5 2 25 2 18z" fill="none" stroke="currentColor" strokeWidth="2.5" />
    <path d="M7 20.5c2-1.5 4-1.5 7 0s5 1.5 7 0M9 14.5h10M14 7.5v7" fill="none" stroke="currentColor" strokeWidth="2" />
  </svg>
);

export type ClockState = 'ok' | 'soon' | 'late' | 'paused' | 'none';
/** Shape, words and colour of a term, in that order of trust. */
export function ClockMark({ state, label }: { state: ClockState; label: string }): ReactElement {
  return (
    <span className={`clock ${state}`}>
      {state !== 'none' && (
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
          {state === 'ok' && <circle cx="6" cy="6" r="4.5" />}
          {state === 'soon' && <><circle cx="6" cy="6" r="4.5" /><path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" /></>}
          {state === 'late' && <path d="M1.5 1.5h9v9h-9z" fill="currentColor" />}
          {state === 'paused' && <path d="M4 2v8M8 2v8" />}
        </svg>
      )}
      {label}
    </span>
  );
}
