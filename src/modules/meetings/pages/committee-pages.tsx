import type { ReactElement } from 'react';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { Checkbox, DateField, ErrorSummary, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, Button, Crumbs, Empty, Facts, LinkButton, Notice, On, Pages, Section, State } from '../../../ui/parts.tsx';
import { listColleagues } from '../../people/index.ts';
import { changeCommittee, endCommittee, endMember, listCommittees, makeCommittee, putMember, readCommittee, type CommitteeView } from '../committee.server.ts';
import { committeeKinds, majorities, memberRoles } from '../committee.ts';
import { listMeetings } from '../meeting-list.server.ts';
import { MeetingRows } from './meeting-list-page.tsx';
import { todayOf, unitName } from './meeting-words.tsx';

const href = (id: string, part = ''): string => `/desk/committees/${id}${part && `/${part}`}`;
const mayMake = (page: PageContext): boolean => page.caller.roles.has('chief') || page.caller.roles.has('mayor');

const list = definePage({
  path: '/desk/committees', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { committees } = await page.run(listCommittees, {});
    const rows = (shown: readonly CommitteeView[]): ReactElement => (
      <ul className="rows">{shown.map((one) => <li key={one.id}><a href={href(one.id)} data-row={href(one.id)}>{one.name}</a><span className="meta">{t(`committee.kind.${one.kind}`)}</span>
        <span className="sub">{[one.chair && `${t('committee.role.chair')}: ${one.chair}`, t('committee.members_count', { count: one.members }), t('committee.sittings_count', { count: one.lastNumber }), one.isMine && t('committee.mine')].filter(Boolean).join(' · ')}{one.isConfidential && <> · <State kind="late">{t('agenda.confidential')}</State></>}</span></li>)}</ul>
    );
    const [now, ended] = [committees.filter((one) => !one.endedAt), committees.filter((one) => one.endedAt)];
    return page.html(
      <DeskPage title={t('committee.list.title')}>
        <div className="head"><div><h1>{t('committee.list.title')}</h1><p>{t('committee.list.lead')}</p></div>{mayMake(page) && <div className="actions"><LinkButton kind="primary" icon="plus" href="/desk/committees/new">{t('committee.make')}</LinkButton></div>}</div>
        {now.length === 0 ? <Empty>{t('committee.empty')}</Empty> : rows(now)}
        {ended.length > 0 && <details className="sp"><summary>{t('committee.ended')}</summary>{rows(ended)}</details>}
      </DeskPage>,
    );
  },
});

const show = definePage({
  path: '/desk/committees/:id', audience: 'desk',
  async get(page) {
    const { t } = page;
    const one = await page.run(readCommittee, { id: page.params['id']! });
    const [coming, past] = await Promise.all([page.run(listMeetings, { view: 'coming', committeeId: one.id, limit: 6 }), page.run(listMeetings, { view: 'past', committeeId: one.id, after: page.query.get('after') ?? '', limit: 10 })]);
    const [members, former] = [one.roll.filter((member) => member.isNow), one.roll.filter((member) => !member.isNow)];
    const line = (member: (typeof members)[number]): ReactElement => (
      <li key={member.id}><span>{member.name}{member.title && <span className="meta"> · {textIn(member.title, page.locale)}</span>}</span><span className="meta">{t(`committee.role.${member.role}`)}</span>
        <span className="sub">{[member.standsFor || unitName(page, member.unitId), !member.isVoting && t('committee.no_vote')].filter(Boolean).join(' · ')}{(member.standsFor || member.unitId || !member.isVoting) && ' · '}{t('committee.term_from')} <On on={member.fromOn} />{member.untilOn && <> {t('committee.term_until')} <On on={member.untilOn} /></>}{one.keeps && !one.endedAt && member.isNow && <a className="act" href={href(one.id, `members/${member.id}`)}>{t('committee.member.change')}<span className="vh"> {member.name}</span></a>}</span></li>
    );
    return page.html(
      <DeskPage title={one.name}>
        <Crumbs items={[{ label: t('committee.list.title'), href: '/desk/committees' }, { label: one.name }]} />
        <div className="head"><div><h1>{one.name}</h1><p>{t(`committee.kind.${one.kind}`)}{one.isConfidential && ` · ${t('agenda.confidential')}`}</p></div>
          {one.keeps && !one.endedAt && <div className="actions"><LinkButton kind="quiet" href={href(one.id, 'change')}>{t('committee.change')}</LinkButton><LinkButton kind="primary" icon="plus" href={`/desk/meetings/new?committee=${one.id}`}>{t('meeting.plan')}</LinkButton></div>}</div>
        {one.endedAt && <Notice>{t('committee.ended')}</Notice>}
        <div className="split"><div>
          {one.task && <p className="lead">{one.task}</p>}
          <Section id="coming" title={t('meeting.view.coming')}>{coming.meetings.length === 0 ? <p className="meta">{t('meeting.empty.coming')}</p> : <MeetingRows page={page} rows={coming.meetings} />}</Section>
          <Section id="past" title={t('meeting.view.past')}>{past.meetings.length === 0 ? <p className="meta">{t('meeting.empty.past')}</p> : <MeetingRows page={page} rows={past.meetings} />}<Pages previous={page.query.get('after') ? href(one.id) : null} next={past.next && `${href(one.id)}?after=${past.next}`} /></Section>
        </div><aside aria-label={t('committee.about')}>
          <Facts facts={[
            one.basis && [t('committee.basis'), one.basis], [t('committee.since'), <span key="f"><On on={one.fromOn} />{one.untilOn && <> – <On on={one.untilOn} /></>}</span>], one.unitId && [t('petition.unit'), unitName(page, one.unitId)], [t('committee.notice'), `${t('committee.notice_days', { count: one.noticeDays })}${one.noticeBasis && ` (${one.noticeBasis})`}`],
            [t('committee.quorum'), t('committee.quorum_more', { percent: one.quorumPercent })], [t('committee.majority'), t(`committee.majority.${one.majority}`)], one.place && [t('meeting.place'), one.place], one.closingPoints.length > 0 && [t('committee.closing'), one.closingPoints.join('; ')],
          ]} />
          <Section id="members" title={t('committee.members')} aside={one.keeps && !one.endedAt && <a href={href(one.id, 'members/new')}>{t('committee.member.add')}</a>}>
            {members.length === 0 ? <p className="meta">{t('committee.members.empty')}</p> : <ul className="rows">{members.map(line)}</ul>}
            {former.length > 0 && <details><summary>{t('committee.members.former')}</summary><ul className="rows">{former.map(line)}</ul></details>}
          </Section>
        </aside></div>
      </DeskPage>,
    );
  },
});

const order = ['name', 'kind', 'fromOn', 'untilOn', 'noticeDays', 'quorumPercent'];
async function renderForm(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const one = page.params['id'] ? await page.run(readCommittee, { id: page.params['id'] }) : null;
  if (one ? !one.keeps || one.endedAt : !mayMake(page)) throw notFound();
  const values = after?.values ?? page.values;
  const ends = first(values, 'act') === 'end';
  const said = errorsOf(page, after?.errors, order);
  const errors: Record<string, string> = ends && said['untilOn'] ? { endOn: said['untilOn'] } : said;
  const read = (name: string, usual: string | number | null | undefined = ''): string => ((after && !ends) || name in values ? first(values, name) : String(usual ?? ''));
  const title = t(one ? 'committee.change' : 'committee.make');
  const action = one ? href(one.id, 'change') : '/desk/committees/new';
  const number = (name: string, label: string, usual: number, hint?: string): ReactElement => <TextField name={name} type="number" inputMode="numeric" label={label} {...(hint ? { hint } : {})} value={read(name, usual)} error={errors[name]} />;
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('committee.list.title'), href: '/desk/committees' }, ...(one ? [{ label: one.name, href: href(one.id) }] : []), { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <form method="post" action={action} className="stack" noValidate data-unsaved="1">
          <TextField name="name" label={t('committee.name')} value={read('name', one?.name)} error={errors['name']} />
          <SelectField name="kind" label={t('committee.kind')} options={committeeKinds.map((kind) => ({ value: kind, label: t(`committee.kind.${kind}`) }))} value={read('kind', one?.kind ?? 'working')} error={errors['kind']} />
          <TextArea name="basis" rows={2} label={t('committee.basis')} hint={t('committee.basis.hint')} value={read('basis', one?.basis)} error={errors['basis']} optional />
          <TextArea name="task" rows={3} label={t('committee.task')} value={read('task', one?.task)} error={errors['task']} optional />
          <div className="fields"><DateField name="fromOn" label={t('committee.from')} value={read('fromOn', one?.fromOn ?? todayOf(page))} error={errors['fromOn']} /><DateField name="untilOn" label={t('committee.until')} value={read('untilOn', one?.untilOn)} error={errors['untilOn']} optional /></div>
          <SelectField name="unitId" label={t('petition.unit')} empty={t('committee.unit.none')} options={page.office.data.units.map((unit) => ({ value: unit.id, label: textIn(unit.name, page.locale) }))} value={read('unitId', one?.unitId)} error={errors['unitId']} optional />
          <SelectField name="classCode" label={t('petition.class')} empty={t('committee.class.none')} options={page.office.data.classes.map((row) => ({ value: row.code, label: `${row.code} ${textIn(row.name, page.locale)}` }))} value={read('classCode', one?.classCode)} error={errors['classCode']} optional />
          <div className="fields">{number('noticeDays', t('committee.notice'), one?.noticeDays ?? 3, t('committee.notice.hint'))}{number('quorumPercent', t('committee.quorum'), one?.quorumPercent ?? 50, t('committee.quorum.hint'))}</div>
          <TextField name="noticeBasis" label={t('committee.notice_basis')} value={read('noticeBasis', one?.noticeBasis)} error={errors['noticeBasis']} optional />
          <SelectField name="majority" label={t('committee.majority')} options={majorities.map((row) => ({ value: row, label: t(`committee.majority.${row}`) }))} value={read('majority', one?.majority ?? 'present')} error={errors['majority']} />
          <TextField name="place" label={t('meeting.place')} value={read('place', one?.place)} error={errors['place']} optional />
          {one && one.rooms.length > 0 && <SelectField name="resourceId" label={t('meeting.room')} empty={t('meeting.room.none')} options={one.rooms.map((room) => ({ value: room.id, label: room.name }))} value={read('resourceId', one.resourceId)} error={errors['resourceId']} optional />}
          <TextArea name="closingPoints" rows={2} label={t('committee.closing')} hint={t('committee.closing.hint')} value={read('closingPoints', one?.closingPoints.join('\n'))} error={errors['closingPoints']} optional />
          <Checkbox name="isConfidential" label={t('committee.confidential')} hint={t('committee.confidential.hint')} checked={after && !ends ? first(values, 'isConfidential') === '1' : (one?.isConfidential ?? false)} />
          <Actions><Button kind="primary" icon="check">{t('committee.save')}</Button><LinkButton kind="quiet" href={one ? href(one.id) : '/desk/committees'}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
        {one && mayMake(page) && <details className="sp" open={ends || undefined}><summary>{t('committee.end')}</summary><form method="post" action={action} className="stack" noValidate><Hidden fields={{ act: 'end' }} /><DateField name="endOn" label={t('committee.end_on')} value={ends ? first(values, 'endOn') : todayOf(page)} error={errors['endOn']} /><Actions><Button>{t('committee.end')}</Button></Actions></form></details>}
      </div>
    </DeskPage>,
  );
}
const formOf = (page: PageContext) => {
  const read = (name: string): string => first(page.values, name);
  return {
    kind: read('kind') as 'working', name: read('name'), basis: read('basis'), task: read('task'), fromOn: read('fromOn'), untilOn: read('untilOn'), classCode: read('classCode'), unitId: read('unitId'), resourceId: read('resourceId'), noticeDays: read('noticeDays'), noticeBasis: read('noticeBasis'),
    quorumPercent: read('quorumPercent'), majority: read('majority') as 'present', isConfidential: read('isConfidential'), place: read('place'), closingPoints: read('closingPoints'),
  };
};
const make = definePage({
  path: '/desk/committees/new', audience: 'desk', get: renderForm,
  async post(page) {
    const { id } = await page.run(makeCommittee, formOf(page));
    return page.redirect(href(id), { key: 'meeting.done.committee' });
  },
});
const change = definePage({
  path: '/desk/committees/:id/change', audience: 'desk', get: renderForm,
  async post(page) {
    const id = page.params['id']!;
    if (first(page.values, 'act') === 'end') await page.run(endCommittee, { id, untilOn: first(page.values, 'endOn') });
    else await page.run(changeCommittee, { id, ...formOf(page) });
    return page.redirect(href(id), { key: 'meeting.done.committee' });
  },
});

async function renderMember(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const [one, { people }] = await Promise.all([page.run(readCommittee, { id: page.params['id']! }), page.run(listColleagues, {})]);
  const memberId = page.params['memberId'];
  const member = memberId ? one.roll.find((row) => row.id === memberId) : undefined;
  if (!one.keeps || one.endedAt || (memberId && !member)) throw notFound();
  const errors = errorsOf(page, after?.errors, ['personId', 'name', 'email', 'role', 'fromOn', 'untilOn']);
  const values = after?.values ?? {};
  const read = (name: string, usual: string | null | undefined = ''): string => (name in values ? first(values, name) : (usual ?? ''));
  const title = t(member ? 'committee.member.change' : 'committee.member.add');
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('committee.list.title'), href: '/desk/committees' }, { label: one.name, href: href(one.id) }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        <form method="post" action={href(one.id, `members/${member?.id ?? 'new'}`)} className="stack" noValidate>
          <SelectField name="personId" label={t('committee.member.person')} empty={t('committee.member.outside')} options={people.map((person) => ({ value: person.id, label: `${person.name}, ${textIn(person.title, page.locale)}`, group: unitName(page, person.unitId) }))} value={read('personId', member?.personId)} error={errors['personId']} />
          <div className="fields"><TextField name="name" label={t('committee.member.name')} hint={t('committee.member.name.hint')} value={read('name', member?.personId ? '' : member?.name)} error={errors['name']} optional /><TextField name="email" type="email" label={t('committee.member.email')} value={read('email', member?.personId ? '' : member?.email)} error={errors['email']} optional /></div>
          <SelectField name="role" label={t('committee.member.role')} options={memberRoles.map((role) => ({ value: role, label: t(`committee.role.${role}`) }))} value={read('role', member?.role ?? 'member')} error={errors['role']} />
          <Checkbox name="isVoting" label={t('committee.member.votes')} checked={after ? first(values, 'isVoting') === '1' : (member?.isVoting ?? true)} />
          <TextField name="standsFor" label={t('committee.member.stands_for')} value={read('standsFor', member?.standsFor)} error={errors['standsFor']} optional />
          <div className="fields"><DateField name="fromOn" label={t('committee.from')} value={read('fromOn', member?.fromOn ?? todayOf(page))} error={errors['fromOn']} /><DateField name="untilOn" label={t('committee.until')} value={read('untilOn', member?.untilOn)} error={errors['untilOn']} optional /></div>
          <Actions><Button kind="primary" icon="check">{t('committee.member.save')}</Button>{member && <Button name="act" value="end">{t('committee.member.end_today')}</Button>}<LinkButton kind="quiet" href={href(one.id)}>{t('desk.cancel')}</LinkButton></Actions>
        </form>
      </div>
    </DeskPage>,
  );
}
async function postMember(page: PageContext): Promise<Response> {
  const [id, memberId] = [page.params['id']!, page.params['memberId'] ?? ''];
  const read = (name: string): string => first(page.values, name);
  if (memberId && read('act') === 'end') await page.run(endMember, { id, memberId, untilOn: todayOf(page) });
  else await page.run(putMember, { id, memberId, personId: read('personId'), name: read('name'), email: read('email'), role: read('role') as 'member', isVoting: read('isVoting'), standsFor: read('standsFor'), fromOn: read('fromOn'), untilOn: read('untilOn') });
  return page.redirect(`${href(id)}#members`, { key: 'meeting.done.member' });
}
const newMember = definePage({ path: '/desk/committees/:id/members/new', audience: 'desk', get: renderMember, post: postMember });
const oneMember = definePage({ path: '/desk/committees/:id/members/:memberId', audience: 'desk', get: renderMember, post: postMember });

export const committeePages: readonly Page[] = [list, make, show, change, newMember, oneMember];
