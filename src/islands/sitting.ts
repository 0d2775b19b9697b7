/** What follows a sitting: asks every few seconds whether something happened, and then shows the page anew. Without it the page is read again by hand. */
const part = document.querySelector<HTMLElement>('[data-live]');
const everyMs = 2500;

async function refresh(place: HTMLElement): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector<HTMLElement>('[data-live]');
  if (!fresh) return;
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : '';
  place.replaceChildren(...fresh.childNodes);
  place.dataset['stamp'] = fresh.dataset['stamp'];
  if (focused) document.getElementById(focused)?.focus();
}

if (part) {
  const look = async (): Promise<void> => {
    // What is being filled in is not taken away.
    if (document.visibilityState === 'visible' && !part.querySelector(':is(input:not([type="hidden"]), textarea, select):focus')) {
      const answer = await fetch(part.dataset['live']!, { headers: { accept: 'application/json' } }).catch(() => null);
      if (answer?.ok && !answer.redirected) {
        const { stamp } = (await answer.json()) as { stamp: string };
        if (stamp !== part.dataset['stamp']) await refresh(part);
      }
    }
    window.setTimeout(() => void look(), everyMs);
  };
  window.setTimeout(() => void look(), everyMs);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void refresh(part));
}
