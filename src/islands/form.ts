/** What a form does by itself, on the desk and on public pages; each thing also works without it. */

const lang = document.documentElement.lang;
const all = <T extends Element>(selector: string, within: ParentNode = document): T[] => [...within.querySelectorAll<T>(selector)];
const changed = new Set<HTMLFormElement>();

function say(after: Element, className: string, text: string): HTMLElement {
  const line = document.createElement('span');
  line.className = className;
  line.textContent = text;
  after.insertAdjacentElement('afterend', line);
  return line;
}

for (const area of all<HTMLTextAreaElement>('textarea[data-count]')) {
  const most = Number(area.dataset['count']);
  const shown = say(area, 'hint count', '');
  const spoken = say(shown, 'vh', '');
  spoken.setAttribute('aria-live', 'polite');
  let timer = 0;
  const count = (): void => {
    const left = most - area.value.length;
    shown.textContent = (area.dataset['countText'] ?? '{count}').replace('{count}', left.toLocaleString(lang));
    shown.classList.toggle('over', left < 0);
    // At a desk it is noise until the end comes near.
    shown.hidden = left > most / 4 && !document.body.classList.contains('pub');
    clearTimeout(timer);
    // Heard once the writer pauses, and only when the end is near.
    if (left < most / 10) timer = window.setTimeout(() => (spoken.textContent = shown.textContent), 1000);
  };
  area.addEventListener('input', count);
  count();
}

const tooLarge = (input: HTMLInputElement): File[] => [...(input.files ?? [])].filter((file) => file.size > Number(input.dataset['megabytes']) * 1_048_576);
for (const input of all<HTMLInputElement>('input[type="file"][data-megabytes]')) {
  const field = input.closest('.field');
  const wrongBefore = field?.classList.contains('wrong') ?? false;
  let line: HTMLElement | undefined;
  input.addEventListener('change', () => {
    const files = tooLarge(input);
    line?.remove();
    field?.classList.toggle('wrong', wrongBefore || files.length > 0);
    if (files.length === 0) return;
    line = say(input, 'error', `${files.map((file) => file.name).join(', ')}: ${input.dataset['tooLarge'] ?? ''}`);
    line.setAttribute('role', 'alert');
  });
}

/** Saves what is being written; one request at a time, so that a page never stands in its own way. */
function keepDraft(form: HTMLFormElement, url: string): void {
  const at = form.querySelector('[data-saved-at]') ?? document.querySelector('[data-saved-at]');
  const version = form.querySelector<HTMLInputElement>('input[name="version"]');
  let timer = 0;
  let running: Promise<void> | undefined;
  let stopped = false;
  const tell = (text: string | undefined): void => {
    if (at && text) at.textContent = text;
  };
  const save = async (): Promise<void> => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
    changed.delete(form);
    try {
      const answer = await fetch(url, { method: 'POST', body, headers: { accept: 'application/json' } });
      if (answer.status === 409) {
        stopped = true;
        tell(form.dataset['conflict']);
      }
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const said = (await answer.json()) as { version?: number };
      if (version && said.version !== undefined) version.value = String(said.version);
      tell(form.dataset['saved']?.replace('{time}', new Date().toTimeString().slice(0, 5)));
    } catch {
      changed.add(form);
      if (!stopped) tell(form.dataset['unsavedText']);
    }
  };
  const later = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = window.setTimeout(() => {
      if (running) later();
      else running = save().finally(() => (running = undefined));
    }, 2000);
  };
  form.addEventListener('input', later);
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    if (!running) return;
    // The running save raises the version that this form must carry.
    event.preventDefault();
    const by = event.submitter;
    void running.then(() => form.requestSubmit(by));
  });
}

for (const form of all<HTMLFormElement>('form')) {
  form.addEventListener('input', () => changed.add(form));
  if (form.dataset['draftUrl']) keepDraft(form, form.dataset['draftUrl']);
}

const sentAt = new WeakMap<HTMLFormElement, number>();
document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.method !== 'post') return;
  const heavy = all<HTMLInputElement>('input[type="file"][data-megabytes]', form).find((input) => tooLarge(input).length > 0);
  if (heavy) {
    event.preventDefault();
    heavy.focus();
    return;
  }
  if (Date.now() - (sentAt.get(form) ?? -Infinity) < 8000 && form.target !== '_blank') {
    event.preventDefault();
    return;
  }
  sentAt.set(form, Date.now());
  if (form.target !== '_blank') changed.clear();
});
addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of document.forms) sentAt.delete(form);
});
addEventListener('beforeunload', (event) => {
  if ([...changed].some((form) => form.dataset['unsaved'] && form.isConnected)) event.preventDefault();
});

// A transition the browser gives up is no fault of the page.
for (const name of ['pageswap', 'pagereveal']) {
  addEventListener(name, (event) => {
    const { viewTransition } = event as Event & { viewTransition?: ViewTransition | null };
    for (const end of [viewTransition?.ready, viewTransition?.finished]) end?.catch(() => undefined);
  });
}

document.querySelector<HTMLElement>('[data-focus]')?.focus();
