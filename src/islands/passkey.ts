import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';

// A form marked data-passkey="get" (sign in) or "create" (add one) stays hidden where the browser has no passkeys.
// Its button asks the server what to sign, the device signs, and the form goes the usual way with the answer in `credential`.

async function credentialFor(form: HTMLFormElement): Promise<object> {
  const answer = await fetch(`${form.action}/begin`, { method: 'POST', headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  const optionsJSON = await answer.json();
  return form.dataset['passkey'] === 'create' ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON });
}

const fieldOf = (form: HTMLFormElement, name: string): HTMLInputElement | null => form.querySelector(`input[name="${name}"]`);

function prepare(form: HTMLFormElement): void {
  const failure = form.querySelector<HTMLElement>('[data-passkey-error]');
  let isBusy = false;
  form.addEventListener('submit', async (event) => {
    const name = fieldOf(form, 'name');
    // A passkey made for a form that comes back would be one too many: the server says what is missing first.
    if (name && name.value.trim() === '') return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    if (failure) failure.hidden = true;
    try {
      fieldOf(form, 'credential')!.value = JSON.stringify(await credentialFor(form));
      form.submit();
    } catch {
      if (failure) failure.hidden = false;
    }
    isBusy = false;
  });
  form.hidden = false;
}

if (browserSupportsWebAuthn()) {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) prepare(form);
  for (const absent of document.querySelectorAll<HTMLElement>('[data-no-passkey]')) absent.hidden = true;
}
