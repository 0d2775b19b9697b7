import type { Kept, Said } from './sw.ts';

// The page of the phone: keeps on the device what the server names, and says so. Without this the packs are read while connected.
type Words = { kept: string; keeping: string; none: string; offline: string };
type Wanted = { owner: string; pages: { at: string; from: string }[]; packs: number; lang: string; words: Words };

const box = document.querySelector<HTMLElement>('[data-pocket]');
const isOffline = async (): Promise<boolean> => fetch('/desk/pocket/contact', { redirect: 'manual', cache: 'no-store' }).then((response) => response.status >= 500, () => true);
const keptState = async (): Promise<Kept | null> => ((await caches.has('pocket')) ? ((await (await (await caches.open('pocket')).match('/desk/pocket/.state'))?.json()) as Kept | undefined) ?? null : null);
const fill = (text: string, values: Record<string, string | number>): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

async function begin(root: HTMLElement): Promise<void> {
  const wanted = JSON.parse(root.dataset['pocket']!) as Wanted;
  const line = root.querySelector<HTMLElement>('[data-state]')!;
  const time = (at: number): string => new Intl.DateTimeFormat(wanted.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  const show = (state: Kept | null): void => {
    line.textContent = state ? fill(wanted.words.kept, { at: time(state.keptAt), packs: state.packs, size: Math.max(0.1, Math.round(state.bytes / 104_857.6) / 10) }) : wanted.words.none;
    root.classList.toggle('has', state !== null);
  };
  if (await isOffline()) {
    const state = await keptState();
    if (state) line.textContent = fill(wanted.words.offline, { at: time(state.keptAt) });
    root.classList.add('off');
    return;
  }
  const registration = await navigator.serviceWorker.register('/sw.js', { scope: '/desk' });
  await navigator.serviceWorker.ready;
  const worker = (): ServiceWorker | null => registration.active;
  // What this page itself is made of: sheets, scripts, letters of the fonts it uses.
  const assets = (): { at: string; from: string }[] => [...new Set(performance.getEntriesByType('resource').map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin && url.pathname.startsWith('/assets/')).map((url) => url.pathname))].map((path) => ({ at: path, from: path }));
  navigator.serviceWorker.addEventListener('message', (event: MessageEvent<Said>) => {
    const said = event.data;
    if (said.act === 'keeping') line.textContent = fill(wanted.words.keeping, { done: said.done, count: said.count });
    else show(said.act === 'kept' ? said.state : null);
    root.dataset['done'] = said.act;
  });
  const keep = (): void => worker()?.postMessage({ act: 'keep', owner: wanted.owner, packs: wanted.packs, pages: [...wanted.pages, ...assets()] });
  root.querySelector('[data-refresh]')?.addEventListener('click', keep);
  root.querySelector('[data-clear]')?.addEventListener('click', () => worker()?.postMessage({ act: 'clear' }));
  show(await keptState());
  await document.fonts.ready;
  keep();
}

if (box && 'serviceWorker' in navigator && 'caches' in window) {
  box.hidden = false;
  begin(box).catch(() => { box.hidden = true; });
}
