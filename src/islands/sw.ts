// The worker of the phone: keeps the days and packs that the page names, serves them when the server cannot be reached, and forgets them.
type Lasting = { waitUntil(work: Promise<unknown>): void };
type Fetching = Lasting & { request: Request; respondWith(answer: Promise<Response>): void };
type Told = Lasting & { data: Asked; source: { postMessage(message: Said): void } | null };
type Asked = { act: 'keep'; owner: string; pages: { at: string; from: string }[]; packs: number } | { act: 'clear' };
export type Said = { act: 'keeping'; done: number; count: number } | { act: 'kept'; state: Kept } | { act: 'cleared' };
/** Whose it is, when the server was last heard of for that person, and what is kept. */
export type Kept = { owner: string; contactAt: number; keptAt: number; packs: number; bytes: number };
type Scope = { skipWaiting(): Promise<void>; clients: { claim(): Promise<void> }; location: Location; addEventListener(name: 'install' | 'activate', run: (event: Lasting) => void): void; addEventListener(name: 'fetch', run: (event: Fetching) => void): void; addEventListener(name: 'message', run: (event: Told) => void): void };
const scope = self as unknown as Scope;

const cacheName = 'pocket';
const statePath = '/desk/pocket/.state';
const hoursWithoutContact = 36;
const patienceMs = 5000;
const ownerHeader = 'x-kabinet-for';

const open = (): Promise<Cache> => caches.open(cacheName);
async function readState(): Promise<Kept | null> {
  if (!(await caches.has(cacheName))) return null;
  const found = await (await open()).match(statePath);
  return found ? ((await found.json()) as Kept) : null;
}
const writeState = async (state: Kept): Promise<void> => (await open()).put(statePath, new Response(JSON.stringify(state), { headers: { 'content-type': 'application/json' } }));
const wipe = (): Promise<boolean> => caches.delete(cacheName);

/** What is kept, unless nobody was heard of for too long: then it is gone. */
async function keptState(): Promise<Kept | null> {
  const state = await readState();
  if (!state || (Date.now() - state.contactAt < hoursWithoutContact * 3_600_000 && state.contactAt <= Date.now() + 60_000)) return state;
  await wipe();
  return null;
}
async function kept(path: string): Promise<Response | undefined> {
  return (await keptState()) ? (await open()).match(path) : undefined;
}

/** The server answered: another person, or nobody any more, must not find what was kept for the one before. */
async function noteContact(path: string, response: Response): Promise<void> {
  const state = await readState();
  if (!state) return;
  const owner = response.headers.get(ownerHeader);
  if (path === '/desk/sign-in' || (owner && owner !== state.owner)) await wipe();
  else if (owner) await writeState({ ...state, contactAt: Date.now() });
}

const isGone = (response: Response): boolean => response.status === 502 || response.status === 503 || response.status === 504;
const slow = (): Promise<'slow'> => new Promise((resolve) => { setTimeout(() => resolve('slow'), patienceMs); });

async function navigate(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const asked = fetch(request).then(async (response) => {
    await noteContact(pathname, response);
    return response;
  });
  // A page of the desk for which the phone has a light one of its own.
  const twin = pathname.replace(/^\/desk\/packs\/([\w-]{36})$/, '/desk/pocket/$1');
  const own = async (): Promise<Response | undefined> => (await kept(pathname)) ?? (await kept(twin));
  try {
    const first = (await own()) ? await Promise.race([asked, slow()]) : await asked;
    if (first !== 'slow' && !isGone(first)) return first;
    return (await own()) ?? (await asked);
  } catch {
    return (await own()) ?? (await kept('/desk/pocket/offline')) ?? Response.error();
  }
}

async function keep(asked: Extract<Asked, { act: 'keep' }>, tell: (said: Said) => void): Promise<void> {
  const before = await readState();
  if (before && before.owner !== asked.owner) await wipe();
  const cache = await open();
  let [done, bytes] = [0, 0];
  for (const { at, from } of asked.pages) {
    const response = await fetch(from, { credentials: 'same-origin', redirect: 'manual', cache: 'no-store' }).catch(() => null);
    if (response?.type === 'opaqueredirect') {
      // Sent to sign in: the session has ended.
      await wipe();
      tell({ act: 'cleared' });
      return;
    }
    const owner = response?.headers.get(ownerHeader);
    if (response?.ok && (!owner || owner === asked.owner)) {
      const content = await response.blob();
      bytes += content.size;
      await cache.put(at, new Response(content, { status: 200, headers: response.headers }));
    } else if (response && response.status >= 400 && response.status < 500) await cache.delete(at);
    tell({ act: 'keeping', done: ++done, count: asked.pages.length });
  }
  const wanted = new Set([...asked.pages.map((page) => page.at), statePath]);
  for (const request of await cache.keys()) if (!wanted.has(new URL(request.url).pathname)) await cache.delete(request);
  const state: Kept = { owner: asked.owner, contactAt: Date.now(), keptAt: Date.now(), packs: asked.packs, bytes };
  await writeState(state);
  tell({ act: 'kept', state });
}

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('message', (event) => {
  const tell = (said: Said): void => event.source?.postMessage(said);
  if (event.data.act === 'clear') event.waitUntil(wipe().then(() => tell({ act: 'cleared' })));
  else event.waitUntil(keep(event.data, tell));
});
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.location.origin) return;
  // Also without a connection: who signs out leaves nothing behind.
  if (request.method === 'POST' && url.pathname === '/desk/sign-out') event.waitUntil(wipe());
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(navigate(request));
  else if (/^\/(assets|desk\/pocket|desk\/directory)\//.test(url.pathname)) event.respondWith(fetch(request).catch(async () => (await kept(url.pathname)) ?? Response.error()));
});
