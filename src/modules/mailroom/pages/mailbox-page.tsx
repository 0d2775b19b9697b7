import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { ErrorSummary, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, LinkButton, Notice, State, Table } from '../../../ui/parts.tsx';
import { addMailbox, changeMailbox, listMailboxes, registering, retireMailbox, securities, testMailbox } from '../mailbox.server.ts';

const names = ['name', 'host', 'port', 'security', 'userName', 'password', 'folder', 'doneFolder', 'registersAs', 'classCode'] as const;
const posted = (values: Values) => ({
  name: first(values, 'name'), host: first(values, 'host'), port: first(values, 'port') as unknown as number, security: first(values, 'security') as 'tls', userName: first(values, 'userName'), password: first(values, 'password'), folder: first(values, 'folder'),
  doneFolder: first(values, 'doneFolder'), registersAs: (first(values, 'registersAs') || 'tray') as 'tray', classCode: first(values, 'classCode'),
});

export const mailboxesPage = definePage({
  path: '/desk/mailboxes', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { mailboxes } = await page.run(listMailboxes, {});
    return page.html(
      <DeskPage title={t('mailbox.title')}>
        <div className="head"><div><h1>{t('mailbox.title')}</h1><p>{t('mailbox.lead')}</p></div><div className="actions"><LinkButton kind="primary" icon="plus" href="/desk/mailboxes/new">{t('mailbox.add')}</LinkButton></div></div>
        {mailboxes.length === 0 ? <Empty>{t('mailbox.none')}</Empty> : (
          <Table caption={t('mailbox.title')} head="name" columns={[{ key: 'name', label: t('mailbox.name'), className: 'full' }, { key: 'as', label: t('mailbox.registers_as') }, { key: 'state', label: t('mailbox.state') }]} rows={mailboxes.map((one) => ({
            id: one.id, cells: {
              name: <><a href={`/desk/mailboxes/${one.id}`} data-row={`/desk/mailboxes/${one.id}`}>{one.name}</a><span className="sub">{one.userName} · {one.host}</span></>, as: t(`mailbox.registers_as.${one.registersAs}`),
              state: one.isActive ? one.error ? <State kind="late">{t(`mailbox.error.${one.error}`)}</State> : one.readAt ? <>{t('mailbox.read')} <At at={one.readAt} style="both" /></> : t('mailbox.not_yet') : <State>{t('mailbox.retired')}</State>,
            },
          }))} />
        )}
      </DeskPage>,
    );
  },
});

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const id = page.params['id']!;
  const isNew = id === 'new';
  const one = isNew ? null : (await page.run(listMailboxes, {})).mailboxes.find((row) => row.id === id);
  if (one === undefined) throw notFound();
  const tried = one && page.query.has('test') ? await page.run(testMailbox, { id }) : null;
  const errors = errorsOf(page, after?.errors, names);
  const value = (name: (typeof names)[number], preset = ''): string => (after?.values ? first(after.values, name) : one && name !== 'password' ? String(one[name]) : preset);
  const title = one?.name ?? t('mailbox.add');
  return page.html(
    <DeskPage title={title}>
      <Crumbs items={[{ label: t('mailbox.title'), href: '/desk/mailboxes' }, { label: title }]} />
      <div className="formpage">
        {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
        <h1>{title}</h1>
        {tried && <Notice kind={tried.error ? 'warn' : 'note'}>{tried.error ? t(`mailbox.error.${tried.error}`) : t('mailbox.works', { count: tried.unseen })}{tried.error === 'folder' && tried.folders.length > 0 && ` ${tried.folders.join(', ')}`}</Notice>}
        <form method="post" action={`/desk/mailboxes/${id}`} className="stack" noValidate autoComplete="off">
          <TextField name="name" label={t('mailbox.name')} hint={t('mailbox.name.hint')} value={value('name')} error={errors['name']} />
          <TextField name="host" label={t('mailbox.host')} value={value('host')} error={errors['host']} spellCheck={false} />
          <div className="two fields">
            <SelectField name="security" label={t('mailbox.security')} value={value('security', 'tls')} error={errors['security']} options={securities.map((security) => ({ value: security, label: t(`mailbox.security.${security}`) }))} />
            <TextField name="port" type="number" inputMode="numeric" label={t('mailbox.port')} value={value('port', '993')} error={errors['port']} />
            <TextField name="userName" label={t('mailbox.user')} value={value('userName')} error={errors['userName']} autoComplete="off" spellCheck={false} />
            <TextField name="password" type="password" label={t('mailbox.password')} {...(one ? { hint: t('mailbox.password.hint') } : {})} error={errors['password']} autoComplete="new-password" />
            <TextField name="folder" label={t('mailbox.folder')} value={value('folder', 'INBOX')} error={errors['folder']} spellCheck={false} />
            <TextField name="doneFolder" label={t('mailbox.done_folder')} optional value={value('doneFolder')} error={errors['doneFolder']} spellCheck={false} />
            <SelectField name="registersAs" label={t('mailbox.registers_as')} value={value('registersAs', 'tray')} error={errors['registersAs']} options={registering.map((as) => ({ value: as, label: t(`mailbox.registers_as.${as}`) }))} />
            <SelectField name="classCode" label={t('petition.class')} empty={t('petition.class.by_area')} optional value={value('classCode')} error={errors['classCode']} options={office.data.classes.map((code) => ({ value: code.code, label: `${code.code} ${textIn(code.name, page.locale)}` }))} />
          </div>
          <Actions><Button kind="primary">{t('desk.save')}</Button>{one?.isActive && <LinkButton href={`/desk/mailboxes/${id}?test=1`}>{t('mailbox.test')}</LinkButton>}<LinkButton kind="quiet" href="/desk/mailboxes">{t('desk.cancel')}</LinkButton></Actions>
        </form>
        {one?.isActive && <form method="post" action={`/desk/mailboxes/${id}`} className="sp"><Button kind="quiet" name="act" value="retire">{t('mailbox.retire')}</Button></form>}
      </div>
    </DeskPage>,
  );
}

export const mailboxPage = definePage({
  path: '/desk/mailboxes/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    if (first(page.values, 'act') === 'retire') {
      await page.run(retireMailbox, { id });
      return page.redirect('/desk/mailboxes', { key: 'mailbox.done.retired' });
    }
    const made = id === 'new' ? await page.run(addMailbox, posted(page.values)) : await page.run(changeMailbox, { id, ...posted(page.values) });
    return page.redirect(`/desk/mailboxes/${made.id}?test=1`, { key: 'desk.done.saved' });
  },
});
