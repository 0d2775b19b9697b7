import './form.ts';

type Hit = { href: string; label: string; meta?: string };
type Words = Record<'keys' | 'close' | 'move' | 'open' | 'select' | 'search' | 'palette' | 'found' | 'nothing', string>;

const desk = document.querySelector<HTMLElement>('.desk');
const words = JSON.parse(desk?.dataset['words'] ?? '{}') as Words;
const singleKeys = desk?.dataset['singleKeys'] === '1';
const all = <T extends HTMLElement>(selector: string, within: ParentNode = document): T[] => [...within.querySelectorAll<T>(selector)];
const letters = 'абвгдђежзијклљмнњопрстћуфхцчџшѕđ';
const sounds = 'a b v g d dj e z z i j k l lj m n nj o p r s t c u f h c c dz s dz dj'.split(' ');
/** Script, diacritics and case fall together, for the few words of the menu. */
const fold = (text: string): string => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/./gu, (char) => sounds[letters.indexOf(char)] ?? char);
const isShown = (element: Element): boolean => element.checkVisibility();
document.documentElement.classList.add('js');

function make<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string>, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Words of a link or button, without counts and what only a screen reader hears. */
function wordsOf(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  for (const part of copy.querySelectorAll('.n, .vh, svg, kbd')) part.remove();
  return copy.textContent.trim();
}

function dialog(name: string, title: string): HTMLDialogElement {
  const made = make('dialog', { class: name, 'aria-label': title });
  made.addEventListener('click', (event) => event.target === made && made.close());
  document.body.append(made);
  return made;
}

/* ---- Ctrl+K ---- */
const search = document.querySelector<HTMLFormElement>('.bar form[role="search"]');
let palette: { open(): void } | undefined;

function makePalette(form: HTMLFormElement): { open(): void } {
  const box = dialog('palette', words.palette);
  const own = form.querySelector<HTMLInputElement>('input')!;
  const list = make('div', { role: 'listbox', id: 'palette-list', 'aria-label': words.palette });
  const status = make('p', { class: 'vh', role: 'status' });
  const input = make('input', { type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-autocomplete': 'list', 'aria-label': own.placeholder, placeholder: own.placeholder, autocomplete: 'off', spellcheck: 'false', maxlength: '200' });
  box.append(input, list, status);
  const places: Hit[] = all<HTMLAnchorElement>('.next a[href], .moreacts a, .bar .end a, #nav li a').map((link) => ({ href: link.href, label: wordsOf(link) }));
  let at = 0;
  let asked = '';
  let timer = 0;

  const options = (): HTMLElement[] => all('a', list);
  const choose = (index: number): void => {
    const shown = options();
    at = (index + shown.length) % Math.max(1, shown.length);
    shown.forEach((option, place) => option.setAttribute('aria-selected', String(place === at)));
    shown[at]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', shown[at]?.id ?? '');
  };
  const show = (hits: Hit[]): void => {
    list.replaceChildren(...hits.map((hit, index) => make('a', { role: 'option', id: `po${index}`, href: hit.href, tabindex: '-1' }, make('span', {}, hit.label), ...(hit.meta ? [make('span', { class: 'meta' }, hit.meta)] : []))));
    choose(0);
  };
  const matching = (wanted: string): Hit[] => places.filter((place) => wanted.split(/\s+/).every((word) => fold(place.label).includes(word)));
  const look = async (): Promise<void> => {
    const text = input.value.trim();
    if (text === asked) return;
    asked = text;
    const near = matching(fold(text));
    show(text ? [...near, { href: `${form.action}?q=${encodeURIComponent(text)}`, label: `${words.search}: ${text}` }] : places);
    clearTimeout(timer);
    if (text.length < 2) return;
    timer = window.setTimeout(async () => {
      const answer = await fetch(`/desk/search.json?q=${encodeURIComponent(text)}`).catch(() => null);
      if (!answer?.ok || asked !== text) return;
      const { hits } = (await answer.json()) as { hits: Hit[] };
      const chosen = at;
      show([...near, ...hits, { href: `${form.action}?q=${encodeURIComponent(text)}`, label: `${words.search}: ${text}` }]);
      choose(chosen);
      status.textContent = hits.length > 0 ? words.found.replace('{count}', String(hits.length)) : words.nothing;
    }, 150);
  };
  input.addEventListener('input', () => void look());
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') choose(at + 1);
    else if (event.key === 'ArrowUp') choose(at - 1);
    else if (event.key === 'Enter') options()[at]?.click();
    else return;
    event.preventDefault();
  });
  return {
    open() {
      if (box.open) return;
      asked = '';
      input.value = own.value;
      show(places);
      box.showModal();
      input.select();
      void look();
    },
  };
}

/* ---- Rows: a list walked with J and K; its pane follows ---- */
const rows = (): HTMLAnchorElement[] => all<HTMLAnchorElement>('[data-row]').filter(isShown);
const rowOf = (link: Element): Element => link.closest('tr, li') ?? link;
let wanted = '';

async function preview(link: HTMLAnchorElement): Promise<void> {
  wanted = link.href;
  for (const other of all('tr.open')) other.classList.remove('open');
  rowOf(link).classList.add('open');
  const answer = await fetch(link.href).catch(() => null);
  if (!answer?.ok || wanted !== link.href) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('p');
  const pane = document.getElementById('p');
  if (!fresh || !pane) return;
  pane.replaceWith(fresh);
  history.replaceState(null, '', link.href.replace(/#.*$/, ''));
}
const hasPane = (): boolean => {
  const pane = document.querySelector('.tri > #p');
  return pane !== null && isShown(pane) && getComputedStyle(pane).position !== 'fixed';
};
document.addEventListener('click', (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>('.list [data-row]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !hasPane()) return;
  event.preventDefault();
  // A second press on the row that is shown opens it whole.
  if (rowOf(link).classList.contains('open') && wanted === link.href) location.href = link.dataset['row']!;
  else void preview(link);
});

function move(step: number): void {
  const list = rows();
  const now = document.activeElement ? rowOf(document.activeElement) : null;
  let index = list.findIndex((row) => rowOf(row) === now);
  if (index < 0) index = list.findIndex((row) => rowOf(row).classList.contains('open')) - (step > 0 ? 1 : 0);
  const link = list[Math.max(0, Math.min(list.length - 1, index + step))];
  link?.focus();
  if (link?.closest('.list') && hasPane()) void preview(link);
}

/* ---- Selected rows ---- */
for (const form of all<HTMLFormElement>('form[data-bulk]')) {
  const shown = form.querySelector<HTMLElement>('[data-bulk-count]');
  const before = shown?.textContent ?? '';
  const count = (): void => {
    const boxes = all<HTMLInputElement>('input[type="checkbox"][name="id"]', form);
    for (const box of boxes) box.closest('tr')?.classList.toggle('sel', box.checked);
    const chosen = boxes.filter((box) => box.checked).length;
    if (shown) shown.textContent = chosen === 0 ? before : form.dataset['bulk']!.replace('{count}', String(chosen));
  };
  form.addEventListener('change', count);
  addEventListener('pageshow', count);
}

/* ---- A menu of acts closes when one looks elsewhere ---- */
const closeMenus = (except: Node | null): void => {
  for (const menu of all<HTMLDetailsElement>('.moreacts[open]')) if (!except || !menu.contains(except)) menu.open = false;
};
document.addEventListener('click', (event) => closeMenus(event.target as Node));

/* ---- Keys ---- */
// Who came by a key goes on by keys: the form that was opened so has the focus in its first field.
const byKey = 'kabinet-by-key';
const textual = 'select, textarea, input:not([type="hidden"], [type="checkbox"], [type="radio"], [type="file"])';
if (sessionStorage.getItem(byKey) === location.pathname) {
  const focused = document.activeElement;
  if (!document.querySelector('[data-focus]') && (!focused || focused === document.body)) (document.querySelector<HTMLElement>('main [autofocus]') ?? all(`main form.stack :is(${textual})`).find(isShown))?.focus();
}
sessionStorage.removeItem(byKey);
function press(element: HTMLElement): void {
  if (element instanceof HTMLAnchorElement) sessionStorage.setItem(byKey, element.pathname);
  element.click();
}

/* ---- The label is the page itself, printed ---- */
for (const link of all('[data-print]')) link.addEventListener('click', (event) => {
  if ((event as MouseEvent).ctrlKey || (event as MouseEvent).metaKey || (event as MouseEvent).shiftKey) return;
  event.preventDefault();
  print();
});

let help: HTMLDialogElement | undefined;
function showHelp(): void {
  help?.remove();
  help = dialog('keyhelp', words.keys);
  const lines: [string[], string][] = [[['Ctrl K'], words.palette], [['/'], words.search]];
  const primary = document.querySelector('main form .btn.primary');
  if (primary) lines.push([['Ctrl Enter'], wordsOf(primary)]);
  if (rows().length > 0) lines.push([['J', 'K'], words.move], [['Enter'], words.open]);
  if (document.querySelector('form[data-bulk]')) lines.push([['X'], words.select]);
  for (const element of all('[data-key]').filter((one) => one.dataset['key'] && isShown(one))) lines.push([[element.dataset['key']!.toUpperCase()], wordsOf(element)]);
  lines.push([['?'], words.keys]);
  const close = make('button', { class: 'btn' }, words.close);
  help.append(make('h2', {}, words.keys), make('dl', { class: 'facts' }, ...lines.flatMap(([keys, text]) => [make('dt', {}, ...keys.flatMap((key) => [make('kbd', {}, key), ' '])), make('dd', {}, text)])), make('form', { method: 'dialog', class: 'actions' }, close));
  help.showModal();
}

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === 'KeyK' && search) {
    event.preventDefault();
    (palette ??= makePalette(search)).open();
    return;
  }
  const target = event.target as HTMLElement;
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter' && !event.isComposing) {
    const form = target.closest('form');
    const primary = form?.querySelector<HTMLButtonElement>('button.primary');
    if (form && primary && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      form.requestSubmit(primary);
    }
    return;
  }
  if (event.key === 'Escape') closeMenus(null);
  const inField = target.isContentEditable || target.closest('select, textarea, input:not([type="checkbox"], [type="radio"])') !== null;
  if (!singleKeys || event.ctrlKey || event.metaKey || event.altKey || inField || document.querySelector('dialog[open], :popover-open')) return;
  // By place on the keyboard, so that a Cyrillic layout presses the same letters.
  const key = event.key === '?' || event.key === '/' ? event.key : event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : event.key;
  const row = target.closest<HTMLAnchorElement>('[data-row]') ?? (rowOf(target) === target ? null : rowOf(target).querySelector<HTMLAnchorElement>('[data-row]'));
  if (key === '?') showHelp();
  else if (key === '/') search?.querySelector('input')?.focus();
  else if (key === 'j' || key === 'k') move(key === 'j' ? 1 : -1);
  else if (key === 'Enter' && row && target === row) location.href = row.dataset['row']!;
  else if (key === 'x' && row) rowOf(row).querySelector<HTMLInputElement>('input[type="checkbox"]')?.click();
  else {
    const pressed = key.length === 1 ? all(`[data-key="${CSS.escape(key)}"]`).find(isShown) : undefined;
    if (!pressed) return;
    press(pressed);
  }
  event.preventDefault();
});
