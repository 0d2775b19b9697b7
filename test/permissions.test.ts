import pg from 'pg';
import { describe, inject } from 'vitest';
import { nounsApart, roles, type Caller, type Role } from '../src/core/caller.ts';
import type { Operation } from '../src/core/operation.ts';
import { Refusal } from '../src/core/refusal.ts';
import { modules } from '../src/modules.ts';
import { examples } from './examples.ts';
import { expect, test, type TestOffice } from './office.ts';
import { makeWorld, type World } from './world.ts';

const operations = modules.flatMap((module) => module.operations) as Operation[];
const idsOf = (who: (op: Operation) => boolean): string[] => operations.filter(who).map((op) => op.id).sort();

test('every operation has an example, and no example is left over', () => {
  expect(Object.keys(examples).sort()).toEqual(idsOf(() => true));
});

describe('what is open to whom is said once more here, so that it changes on purpose only', () => {
  test('the public', () => {
    expect(idsOf((op) => op.allow.includes('public'))).toEqual(['audience.ask', 'audience.find_by_code', 'audience_day.ahead', 'audience_draft.find', 'audience_draft.save', 'audience_draft.send', 'calendar.public', 'contribution.open_link', 'draft.find', 'draft.mail', 'draft.save', 'draft.send', 'feed.read', 'invitation.answer', 'invitation.open', 'meeting.open_link', 'meeting.read_link_paper', 'meeting.reply_by_link', 'office.contact', 'office.structure', 'person.accept_invite', 'person.get_invitation', 'person.request_reset', 'petition.answer_term', 'petition.find_by_code', 'petition.submit', 'petition.waiting_times', 'plan.read_public', 'publication.get', 'publication.list', 'session.begin_passkey', 'session.confirm_totp', 'session.sign_in', 'session.sign_in_passkey']);
  });
  test('petitioners and contributors', () => {
    expect(idsOf((op) => op.allow.includes('petitioner') && !op.allow.includes('public'))).toEqual(['audience.ask_other', 'audience.confirm', 'audience.read_answer', 'audience.track', 'audience.withdraw', 'document.get', 'petition.add', 'petition.complete', 'petition.rate', 'petition.read_receipt', 'petition.track', 'petition.withdraw']);
    expect(idsOf((op) => op.allow.includes('contributor'))).toEqual(['contribution.ask_more', 'contribution.decline', 'contribution.get', 'contribution.give', 'contribution.read_paper']);
  });
  test('nobody but the office itself', () => {
    expect(idsOf((op) => op.allow.length === 0)).toEqual(['archive.preserve', 'arrival.find', 'arrival.judge', 'arrival.keep', 'arrival.note_words', 'arrival.undecided', 'audience.gather', 'audience.note_adopted', 'audience.note_answer', 'audience.offer', 'audience.remind', 'audience.tell_received', 'audience_day.hold', 'audience_draft.forget', 'bring_forward.return_due', 'bring_forward.return_on_paper', 'certificate.add_demonstration', 'conclusion.send', 'conclusion.to_send', 'contribution.remind', 'contribution.settle', 'delivery.withdraw_annulled', 'dispatch.follow_mail', 'dispatch.has_mail', 'disposal.erase', 'draft.forget', 'engagement.roll', 'engagement.tell', 'engagement.untold', 'import.check', 'import.enter', 'import.fail', 'import.read', 'import.unfinished', 'invitation.awaits', 'invitation.settle', 'letter.follow_dispatch', 'mail.fail', 'mailbox.note', 'mailbox.open', 'mailbox.reading', 'meeting.keep_pack', 'meeting_request.settle', 'obligation.escalate', 'obligation.follow_access', 'pack.forget_prints', 'pack.guard', 'pack.keep_print', 'person.found_first', 'person.send_reset', 'petition.annul', 'petition.confirm', 'petition.lapse', 'plan.mail']);
    expect(idsOf((op) => op.allow.length === 0 && op.rest !== undefined)).toEqual([]);
  });
  test('handlers trusted to look past the walls within the office', () => {
    expect(idsOf((op) => Boolean(op.asOffice) && !op.allow.includes('public'))).toEqual(['audience.ask_other', 'audience.confirm', 'audience.read_answer', 'audience.track', 'audience.withdraw', 'audience_day.cancel', 'audience_day.change', 'book.close', 'book.preview', 'closing_day.add', 'contribution.ask_more', 'contribution.decline', 'contribution.get', 'contribution.give', 'contribution.read_paper', 'disposal.refuse', 'duty.list', 'petition.register', 'petition.register_message', 'post_list.hand']);
  });
});

class LetIn extends Error {}
/** The operation with its gate, and nothing behind it. */
const gateOf = (op: Operation): Operation => ({ ...op, run: () => Promise.reject(new LetIn()) });
const outcome = (promise: Promise<unknown>): Promise<number | 'in'> => promise.then(() => 'in' as const, (error: unknown) => {
  if (error instanceof LetIn) return 'in' as const;
  if (error instanceof Refusal) return error.status;
  throw error;
});

test('each operation lets in the roles it names, and refuses every other with 403', async ({ office }) => {
  const world = await makeWorld(office);
  const wrong: string[] = [];
  for (const role of roles) {
    const caller = { ...(await office.as('clerk')), roles: new Set<Role>([role]) };
    await Promise.all(operations.map(async (op) => {
      const isIn = op.allow.some((one) => one === role || one === 'staff' || one === 'public');
      const found = await outcome(office.run(gateOf(op), caller, examples[op.id]!(world)));
      if (found !== (isIn ? 'in' : 403)) wrong.push(`${op.id} × ${role}: ${found}`);
    }));
  }
  expect(wrong).toEqual([]);
}, 60_000);

test('outside callers do not learn that an operation of the staff is there; tokens reach no further than their scopes', async ({ office }) => {
  const world = await makeWorld(office);
  const outside: [string, Caller][] = [['public', office.public()], ['petitioner', office.petitioner(world.caseId)], ['contributor', office.contributor(world.contributionId)]];
  const chief = await office.as('chief');
  const wrong: string[] = [];
  for (const op of operations) {
    for (const [kind, caller] of outside) {
      const isIn = op.allow.includes('public') || op.allow.includes(kind as 'petitioner');
      const found = await outcome(office.run(gateOf(op), caller, examples[op.id]!(world)));
      if (found !== (isIn ? 'in' : 404)) wrong.push(`${op.id} × ${kind}: ${found}`);
    }
    const reach = async (scopes: string[]) => outcome(office.run(gateOf(op), { ...chief, roles: new Set(roles), scopes }, examples[op.id]!(world)));
    const staff = op.allow.some((one) => one === 'staff' || one === 'public' || roles.includes(one as Role));
    const expected = staff ? ['in', 'in', op.kind === 'query' && !nounsApart.has(op.id.split('.')[0]!) ? 'in' : 403, 403] : [403, 403, 403, 403];
    const found = [await reach([op.id]), await reach([op.id.split('.')[0]!]), await reach(['read']), await reach(['nothing', `${op.id}x`])];
    if (String(found) !== String(expected)) wrong.push(`${op.id} × scopes: ${found}`);
  }
  expect(wrong).toEqual([]);
}, 60_000);

/** Everything that an office has, table by table, as one hash each; as the owner, who sees all. */
async function stateOf(client: pg.Client, officeId: number): Promise<Record<string, string>> {
  const tables = (await client.query<{ name: string }>(`select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'office_id' order by 1`)).rows.map((row) => row.name);
  const parts = tables.map((name) => `select '${name}' as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash from ${name} t where office_id = ${officeId}`);
  return Object.fromEntries((await client.query<{ name: string; hash: string }>(parts.join(' union all '))).rows.map((row) => [row.name, row.hash]));
}

/** Who may call the operation and sees the most. */
async function widest(office: TestOffice, op: Operation, world: World): Promise<Caller> {
  const chief = await office.as('chief');
  const named = op.allow.filter((one): one is Role => roles.includes(one as Role));
  if (op.allow.includes('staff') || named.length > 0) return { ...chief, roles: new Set<Role>(['chief', 'mayor', 'it', ...named]) };
  if (op.allow.includes('petitioner')) return office.petitioner(world.answeredId);
  return op.allow.includes('public') ? office.public() : office.system();
}

// Asked with what another office has, these answer as if it were not there.
const answersNothing = new Set(['agenda_proposal.list', 'audience_draft.find', 'audience_draft.save', 'contribution.open_link', 'draft.find', 'draft.save', 'meeting.list', 'meeting.open_link', 'petition.list', 'substitute.list']);

test('with anything of another office: 404 or 422, and nothing is changed there', async ({ office }) => {
  const other = await office.another('cetinje');
  const [own, foreign] = [await makeWorld(office), await makeWorld(other)];
  const client = new pg.Client(inject('database').owner);
  await client.connect();
  const before = await stateOf(client, other.office.id);
  const wrong: string[] = [];
  const tried: string[] = [];
  for (const op of operations) {
    const [good, bad] = [examples[op.id]!(own), examples[op.id]!(foreign)];
    const fields = Object.keys(good).filter((field) => typeof good[field] === 'string' && good[field] !== bad[field]);
    for (const field of fields) {
      tried.push(`${op.id}.${field}`);
      const callers = [await widest(office, op, own), ...(op.allow.includes('petitioner') ? [office.petitioner(own.caseId)] : []), ...(op.allow.includes('contributor') ? [office.contributor(own.contributionId)] : [])];
      for (const caller of callers) {
        const found = await office.run(op, caller, { ...good, [field]: bad[field] }).then((output) => ({ output }), (error: unknown) => ({ error }));
        const name = `${op.id}.${field} as ${caller.kind}`;
        if ('output' in found) {
          if (!answersNothing.has(op.id)) wrong.push(`${name}: done`);
          else if (Object.values(foreign).some((value) => value !== own.unitId && JSON.stringify(found.output).includes(value) && value !== bad[field])) wrong.push(`${name}: tells`);
        } else if (!(found.error instanceof Refusal)) wrong.push(`${name}: ${String(found.error)}`);
        else if (![404, 422].includes(found.error.status) && !['person.accept_invite', 'session.confirm_totp', 'draft.mail', 'draft.send', 'audience_draft.send'].includes(op.id)) wrong.push(`${name}: ${found.error.status}`);
      }
    }
  }
  for (const op of operations.filter((one) => ['petition.track', 'petition.read_receipt'].includes(one.id))) expect(await outcome(office.run(op, office.petitioner(foreign.caseId), {})), op.id).toBe(404);
  expect(wrong).toEqual([]);
  expect(tried.length).toBeGreaterThan(50);
  expect(await stateOf(client, other.office.id)).toEqual(before);
  await client.end();
  // The same inputs with one's own ids are not refused so: it was the other office's that was.
  const refused: string[] = [];
  for (const op of operations.filter((one) => tried.some((name) => name.startsWith(`${one.id}.`)))) {
    const found = await outcome(office.run(op, await widest(office, op, own), examples[op.id]!(own)));
    if (found === 404 || found === 422) refused.push(op.id);
  }
  // No invitation was made; the law here knows no extension; the publication was taken back a moment before.
  expect(refused).toEqual(['person.get_invitation', 'petition.extend', 'publication.get']);
}, 60_000);
