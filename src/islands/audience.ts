const part = document.querySelector<HTMLElement>('[data-known]');
const name = part?.closest('form')?.querySelector<HTMLInputElement>('input[name="name"]');
if (part && name) {
  const pauseMs = 350;
  let timer = 0;
  let asked = '';
  const ask = async (): Promise<void> => {
    const partyId = part.querySelector<HTMLSelectElement>('[name="partyId"]')?.value ?? '';
    const query = new URLSearchParams({ name: name.value.trim(), partyId }).toString();
    if (query === asked) return;
    asked = query;
    try {
      const response = await fetch(`${part.dataset['known']}?${query}`);
      const found = response.ok ? new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('#known') : null;
      // Somebody typed on while this was on its way.
      if (!found || query !== asked) return;
      part.replaceChildren(...found.childNodes);
      const select = part.querySelector<HTMLSelectElement>('[name="partyId"]');
      if (select) select.value = partyId;
    } catch {
      asked = '';
    }
  };
  const soon = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), pauseMs);
  };
  name.addEventListener('input', soon);
  part.addEventListener('change', (event) => {
    if ((event.target as HTMLElement).getAttribute('name') === 'partyId') void ask();
  });
}
