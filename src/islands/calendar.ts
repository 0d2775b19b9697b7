/** What the calendar does by itself: keys, dragging, the line of now. Each of it also works by links and forms. */

type Words = Record<'moved' | 'undo' | 'undone' | 'conflict' | 'nevertheless' | 'cancel' | 'this' | 'following' | 'all' | 'series' | 'refused' | 'new', string>;
type Place = { on: string; from: number; until: number };

const root = (): HTMLElement | null => document.getElementById('calendar');
const words = JSON.parse(root()?.dataset['words'] ?? '{}') as Words;
const singleKeys = document.querySelector<HTMLElement>('.desk')?.dataset['singleKeys'] === '1';
const all = <T extends HTMLElement>(selector: string, within: ParentNode = document): T[] => [...within.querySelectorAll<T>(selector)];
const step = 15;
const least = 15;

// The key for something new means here what the page offers, not what the bar above it does.
if (document.querySelector('main [data-key="n"]')) document.querySelector('.bar [data-key="n"]')?.removeAttribute('data-key');

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const timeOf = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const classes = (from: number, until: number): string => `h${Math.floor(from / 60)} m${from % 60} u${Math.floor(until / 60)} v${until % 60}`;

function make<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/* ---- What is shown, fetched anew in place ---- */
async function refresh(): Promise<void> {
  const answer = await fetch(location.href).catch(() => null);
  const fresh = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('calendar') : null;
  if (fresh) root()?.replaceWith(fresh);
  else location.reload();
}
function tell(text: string, undo?: () => void): void {
  const status = document.querySelector<HTMLElement>('.calstatus');
  if (!status) return;
  status.replaceChildren(make('span', {}, text));
  if (!undo) return;
  const button = make('button', { class: 'btn', type: 'button' }, words.undo);
  button.addEventListener('click', undo, { once: true });
  status.append(button);
}

/** Asks once, with buttons; answers with the value of the one that was pressed, or null. */
function ask(title: string, lines: string[], choices: { value: string; label: string; primary?: boolean }[]): Promise<string | null> {
  const box = make('dialog', { 'aria-label': title }, make('h2', {}, title));
  if (lines.length > 0) box.append(make('ul', { class: 'clashes' }, ...lines.map((line) => make('li', {}, line))));
  const form = make('form', { method: 'dialog', class: 'actions' }, ...choices.map((choice) => make('button', { class: choice.primary ? 'btn primary' : 'btn', value: choice.value }, choice.label)));
  box.append(make('p', {}), form);
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => box.addEventListener('close', () => {
    box.remove();
    resolve(box.returnValue && box.returnValue !== 'cancel' ? box.returnValue : null);
  }));
}

/* ---- Moving ---- */
type Moved = { id: string; at: string; isSeries: boolean; before: Place & { untilOn: string }; after: Place };
type Sent = { isDone: boolean; conflicts: string[]; why: string };
async function send(moved: Moved, place: Place, which: string, nevertheless: boolean): Promise<Sent> {
  const body = new URLSearchParams({ at: moved.isSeries ? moved.at : '', which, startsOn: place.on, startsTime: timeOf(place.from), endsTime: timeOf(place.until), ...(nevertheless ? { nevertheless: '1' } : {}) });
  const answer = await fetch(`/desk/calendar/${moved.id}/move`, { method: 'POST', body }).catch(() => null);
  if (!answer) return { isDone: false, conflicts: [], why: '' };
  if (answer.ok) return { isDone: true, conflicts: [], why: '' };
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const conflicts = all('.clashes li', page).map((line) => [...line.children].map((part) => part.textContent.trim()).filter(Boolean).join(' · '));
  return { isDone: false, conflicts, why: page.querySelector('.errors')?.textContent.trim() ?? page.querySelector('h1')?.textContent ?? '' };
}

async function move(moved: Moved): Promise<void> {
  let which = 'this';
  if (moved.isSeries) {
    const chosen = await ask(words.series, [], [{ value: 'this', label: words.this, primary: true }, { value: 'following', label: words.following }, { value: 'all', label: words.all }, { value: 'cancel', label: words.cancel }]);
    if (!chosen) return refresh();
    which = chosen;
  }
  let sent = await send(moved, moved.after, which, false);
  if (!sent.isDone && sent.conflicts.length > 0) {
    const goes = await ask(words.conflict, sent.conflicts, [{ value: 'yes', label: words.nevertheless, primary: true }, { value: 'cancel', label: words.cancel }]);
    if (goes) sent = await send(moved, moved.after, which, true);
    else return refresh();
  }
  await refresh();
  if (!sent.isDone) return tell(words.refused.replace('{why}', sent.why));
  const said = words.moved.replace('{what}', `${timeOf(moved.after.from)}–${timeOf(moved.after.until)}`);
  // A series that was cut or shifted is not put back by one more shift.
  if (moved.isSeries) return tell(said);
  tell(said, () => void (async () => {
    const undone = await send(moved, moved.before, 'this', true);
    await refresh();
    tell(undone.isDone ? words.undone : words.refused.replace('{why}', undone.why));
  })());
}

/* ---- The pointer ---- */
type Drag = { kind: 'move' | 'stretch' | 'new'; column: HTMLElement; box: HTMLAnchorElement | null; ghost: HTMLElement; grabbed: number; start: Place; now: Place; startX: number; startY: number; hasMoved: boolean };
let drag: Drag | null = null;
let justDragged = false;

const grid = (): HTMLElement | null => document.querySelector<HTMLElement>('[data-grid]');
function minuteAt(column: HTMLElement, y: number): number {
  const first = Number(grid()?.dataset['first'] ?? 0) * 60;
  const last = Number(grid()?.dataset['last'] ?? 24) * 60;
  const rect = column.getBoundingClientRect();
  return Math.max(first, Math.min(last, first + ((y - rect.top) / rect.height) * (last - first)));
}
const rounded = (minute: number): number => Math.round(minute / step) * step;
const columnAt = (x: number): HTMLElement | undefined => all('.calday', grid() ?? document).find((column) => column.getBoundingClientRect().left <= x && x < column.getBoundingClientRect().right);

function paint(current: Drag): void {
  current.ghost.className = `ghost ${classes(current.now.from, Math.min(current.now.until, 1439))}`;
  const shown = current.ghost.firstElementChild;
  if (shown) shown.textContent = `${timeOf(current.now.from)}–${timeOf(current.now.until)} ${current.box?.querySelector('b')?.textContent ?? words.new}`;
  if (current.ghost.parentElement !== current.column) current.column.append(current.ghost);
}

document.addEventListener('pointerdown', (event) => {
  if (event.button !== 0 || event.pointerType === 'touch' || !grid()) return;
  const target = event.target as HTMLElement;
  const column = target.closest<HTMLElement>('[data-grid] .calday');
  if (!column) return;
  const box = target.closest<HTMLAnchorElement>('[data-move]');
  if (!box && (target.closest('.box') || !column.dataset['calendar'])) return;
  const at = rounded(minuteAt(column, event.clientY) - step / 2);
  const on = column.dataset['on'] ?? '';
  if (box && box.dataset['untilOn'] !== box.dataset['on']) return;
  const start = box ? { on, from: minuteOf(box.dataset['from'] ?? ''), until: minuteOf(box.dataset['until'] ?? '') } : { on, from: at, until: at + step };
  const isGrip = box !== null && event.clientY > box.getBoundingClientRect().bottom - 8;
  drag = { kind: box ? (isGrip ? 'stretch' : 'move') : 'new', column, box, ghost: make('li', {}, make('span', { class: 'box' })), grabbed: minuteAt(column, event.clientY) - start.from, start, now: start, startX: event.clientX, startY: event.clientY, hasMoved: false };
});
// A link would be dragged by the browser as a link.
document.addEventListener('dragstart', (event) => {
  if ((event.target as HTMLElement).closest?.('[data-move]')) event.preventDefault();
});
document.addEventListener('pointermove', (event) => {
  if (!drag) return;
  if (!drag.hasMoved && Math.hypot(event.clientX - drag.startX, event.clientY - drag.startY) < 5) return;
  drag.hasMoved = true;
  event.preventDefault();
  document.body.classList.add('dragging');
  getSelection()?.removeAllRanges();
  const column = drag.kind === 'move' ? (columnAt(event.clientX) ?? drag.column) : drag.column;
  const at = minuteAt(column, event.clientY);
  const length = drag.start.until - drag.start.from;
  if (drag.kind === 'move') {
    const from = Math.max(0, Math.min(1435 - length, rounded(at - drag.grabbed)));
    drag.now = { on: column.dataset['on'] ?? drag.start.on, from, until: from + length };
  } else drag.now = { ...drag.start, until: Math.max(drag.start.from + least, Math.min(1425, rounded(at))) };
  drag.column = column;
  paint(drag);
});
const endDrag = (): Drag | null => {
  const ended = drag;
  drag = null;
  document.body.classList.remove('dragging');
  ended?.ghost.remove();
  return ended;
};
document.addEventListener('pointerup', () => {
  const ended = endDrag();
  if (!ended?.hasMoved) return;
  justDragged = true;
  setTimeout(() => (justDragged = false), 50);
  const { start, now, box } = ended;
  if (ended.kind === 'new') {
    location.href = `/desk/calendar/new?${new URLSearchParams({ on: now.on, from: timeOf(now.from), until: timeOf(now.until), of: ended.column.dataset['calendar'] ?? '' })}`;
    return;
  }
  if (!box || (start.on === now.on && start.from === now.from && start.until === now.until)) return;
  void move({ id: box.dataset['move'] ?? '', at: box.dataset['at'] ?? '', isSeries: box.dataset['series'] === '1', before: { ...start, untilOn: box.dataset['untilOn'] ?? start.on }, after: now });
});
document.addEventListener('pointercancel', endDrag);
document.addEventListener('click', (event) => {
  if (!justDragged) return;
  event.preventDefault();
  event.stopPropagation();
}, true);

/* ---- Keys: arrows go from one engagement to the next, and to that of the next day ---- */
const centre = (element: Element): { x: number; y: number } => {
  const rect = element.getBoundingClientRect();
  return { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 };
};
function nearest(from: HTMLElement, key: string): HTMLElement | undefined {
  const boxes = all('a.box, .agenda a.ename, .calmonth a.date', root() ?? document).filter((one) => one.checkVisibility() && one !== from);
  const here = centre(from);
  const isSideways = key === 'ArrowLeft' || key === 'ArrowRight';
  const sign = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1;
  const ahead = boxes.map((box) => ({ box, dx: centre(box).x - here.x, dy: centre(box).y - here.y })).filter((one) => (isSideways ? one.dx : one.dy) * sign > 4);
  const cost = (one: { dx: number; dy: number }): number => (isSideways ? Math.abs(one.dx) * 1.2 + Math.abs(one.dy) : Math.abs(one.dy) + Math.abs(one.dx) * 4);
  return ahead.toSorted((a, b) => cost(a) - cost(b))[0]?.box;
}
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && drag) return void endDrag();
  const target = event.target as HTMLElement;
  if (!singleKeys || !event.key.startsWith('Arrow') || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !root()) return;
  if (target.closest('input, select, textarea') || document.querySelector('dialog[open], :popover-open')) return;
  const box = target.closest<HTMLElement>('a.box, .agenda a.ename, .calmonth a.date');
  if (!box) {
    const period = document.querySelector<HTMLAnchorElement>(event.key === 'ArrowLeft' ? '[data-arrow="left"]' : event.key === 'ArrowRight' ? '[data-arrow="right"]' : 'x');
    if (period) period.click();
    return;
  }
  const next = nearest(box, event.key);
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

/* ---- Now ---- */
setInterval(() => {
  const line = document.querySelector<HTMLElement>('.nowline');
  const zone = root()?.dataset['zone'];
  if (!line || !zone) return;
  const [hour = '0', minute = '0'] = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date()).split(':');
  const at = Math.floor((Number(hour) * 60 + Number(minute)) / 5) * 5;
  line.className = `nowline ${classes(at, at)}`;
}, 60_000);

/* ---- The form: what is usual for a kind, until something else is typed ---- */
const form = document.querySelector<HTMLFormElement>('form[data-engagement]');
if (form) {
  const usual = JSON.parse(form.dataset['engagement'] ?? '{}') as Record<string, { minutes: number; visibility: string; travel: number }>;
  const field = (name: string): HTMLInputElement | null => form.querySelector<HTMLInputElement>(`[name="${name}"]`);
  const kind = form.querySelector<HTMLSelectElement>('[name="kind"]');
  const touched = new Set<string>();
  form.addEventListener('input', (event) => touched.add((event.target as HTMLInputElement).name));
  const isNew = new URL(form.action).pathname.endsWith('/new');
  const lengthen = (): void => {
    const [start, end] = [field('startsTime'), field('endsTime')];
    const own = usual[kind?.value ?? ''];
    if (start?.value && end && own && !touched.has('endsTime')) end.value = timeOf(Math.min(minuteOf(start.value) + own.minutes, 1439));
  };
  let length = 0;
  const remember = (): void => {
    const [start, end] = [field('startsTime')?.value, field('endsTime')?.value];
    length = start && end ? minuteOf(end) - minuteOf(start) : 0;
  };
  remember();
  field('endsTime')?.addEventListener('change', remember);
  field('startsTime')?.addEventListener('change', () => {
    const [start, end] = [field('startsTime'), field('endsTime')];
    // The end goes along with the beginning.
    if (start?.value && end && length > 0) end.value = timeOf(Math.min(minuteOf(start.value) + length, 1439));
  });
  kind?.addEventListener('change', () => {
    const own = usual[kind.value];
    if (!own || !isNew) return;
    lengthen();
    remember();
    const visible = form.querySelector<HTMLInputElement>(`[name="visibility"][value="${own.visibility}"]`);
    if (visible && (!touched.has('visibility') || kind.value === 'private')) visible.checked = true;
    for (const name of ['travelBefore', 'travelAfter']) if (!touched.has(name) && field(name)) field(name)!.value = own.travel ? String(own.travel) : '';
  });
}

/* ---- A free time is one tap ---- */
for (const link of all<HTMLAnchorElement>('[data-slot]')) link.addEventListener('click', (event) => {
  const [on = '', from = '', until = ''] = (link.dataset['slot'] ?? '').split(' ');
  const fields = ['startsOn', 'startsTime', 'endsTime'].map((name) => document.querySelector<HTMLInputElement>(`[name="${name}"]`));
  if (fields.some((one) => !one)) return;
  event.preventDefault();
  [on, from, until].forEach((value, index) => (fields[index]!.value = value));
  for (const other of all('[data-slot]')) other.toggleAttribute('aria-current', false);
  link.setAttribute('aria-current', 'true');
});

/* ---- Enter in the search for a name searches, and saves nothing ---- */
const who = document.querySelector<HTMLInputElement>('main #who');
who?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.isComposing) return;
  event.preventDefault();
  who.form?.requestSubmit(who.parentElement?.querySelector('button'));
});
