/** Message key and arguments; rendered in the reader's language where it is shown. */
export type Said = { key: string; args?: Record<string, string | number> };
export type FieldErrors = Record<string, Said>;

/** The four refusals: 404 not yours to know, 403 not allowed, 409 not now, 422 wrong input. Beside them: 401, 415 and 429 at the door, 503 and 507 while something is away or full. */
export class Refusal extends Error {
  readonly status: 403 | 404 | 409 | 422 | 401 | 415 | 429 | 503 | 507;
  readonly said: Said;
  readonly fields: FieldErrors;
  /** What the other writer left, for 409 after an edit by two. */
  readonly current: unknown;
  constructor(status: Refusal['status'], said: Said, more: { fields?: FieldErrors; current?: unknown } = {}) {
    super(`${status} ${said.key}`);
    this.status = status;
    this.said = said;
    this.fields = more.fields ?? {};
    this.current = more.current;
  }
}

export const notFound = (): Refusal => new Refusal(404, { key: 'error.not_found' });
export const notAllowed = (): Refusal => new Refusal(403, { key: 'error.not_allowed' });
export const notNow = (key = 'error.not_now', args: Said['args'] = {}, current?: unknown): Refusal => new Refusal(409, { key, args }, { current });
export const wrong = (fields: FieldErrors): Refusal => new Refusal(422, { key: 'error.wrong_input' }, { fields });
export const tooMany = (): Refusal => new Refusal(429, { key: 'error.too_many' });
