import type { ReactElement } from 'react';
import { definePage, many, first, type Page, type PageContext, type Shown, type Values } from '../../../core/page.ts';
import { Checkbox, Hidden, RadioGroup, SelectField, TextField } from '../../../ui/field.tsx';
import { Actions, At, Button, Empty, Section, State } from '../../../ui/parts.tsx';
import { useView } from '../../../ui/view.tsx';
import { closeOtherSessions, closeSession, listSessions } from '../session.server.ts';
import { createToken, listTokens, revokeToken } from '../token.server.ts';
import { agentWords } from './agent-words.ts';
import { ActButton, MePage, typed, useErrors, valueOf } from './people-parts.tsx';
import { keepKnown, knownOf, ownSessionId } from './way-in.ts';

type Opened = { id: string; factor: string; agent: string; createdAt: Date; seenAt: Date; isCurrent: boolean };
function Sessions({ sessions, shown }: { sessions: readonly Opened[]; shown: Shown | undefined }): ReactElement {
  const { t } = useView();
  const path = '/desk/me/sessions';
  return (
    <MePage here="/sessions" shown={shown} errors={useErrors(shown)} aside={<Section id="note" title={t('me.sessions.about')}><p className="read">{t('me.sessions.note')}</p></Section>}>
      <ul className="rows">
        {sessions.map((session) => {
          const words = agentWords(session.agent) || t('me.sessions.unknown');
          return (
            <li key={session.id}>
              <b>{words}</b>
              {session.isCurrent ? <State>{t('me.sessions.this')}</State> : <ActButton action={path} fields={{ act: 'close', sessionId: session.id }} of={words}>{t('me.sessions.close')}</ActButton>}
              <span className="sub">{t(`me.factor.${session.factor}`)} · {t('me.sessions.since')} <At at={session.createdAt} style="both" /> · {t('me.sessions.seen')} <At at={session.seenAt} style="both" /></span>
            </li>
          );
        })}
      </ul>
      {sessions.length > 1 && <div className="stack"><ActButton action={path} fields={{ act: 'others' }} kind="primary">{t('me.sessions.close_others')}</ActButton></div>}
    </MePage>
  );
}

const sessionsPage = definePage({
  path: '/desk/me/sessions', audience: 'desk',
  async get(page, shown) {
    const { sessions } = await page.run(listSessions, { sessionId: ownSessionId(page) });
    return page.html(<Sessions sessions={sessions} shown={shown} />);
  },
  async post(page) {
    if (first(page.values, 'act') === 'others') {
      const { count, known } = await page.run(closeOtherSessions, { sessionId: ownSessionId(page), known: knownOf(page) });
      keepKnown(page, known);
      return page.redirect('/desk/me/sessions', { key: 'me.done.sessions_closed', args: { count } });
    }
    await page.run(closeSession, { sessionId: first(page.values, 'sessionId') });
    return page.redirect('/desk/me/sessions', { key: 'me.done.session_closed' });
  },
});

const reaches = ['read', 'all', 'some'] as const;
const scopesOf = (values: Values): string[] => {
  const reach = first(values, 'reach');
  return reach === 'read' ? ['read'] : reach === 'all' ? ['*'] : reach === 'some' ? first(values, 'scopes').split(/[\s,]+/).filter(Boolean) : [];
};

type Token = Awaited<ReturnType<typeof tokensOf>>['tokens'][number];
const tokensOf = (page: PageContext) => page.run(listTokens, {});
type TokensProps = { tokens: readonly Token[]; ownId: string; mayServe: boolean; values: Values | null; shown: Shown | undefined; made?: { token: string; expiresAt: Date } };

function Tokens({ tokens, ownId, mayServe, values, shown, made }: TokensProps): ReactElement {
  const { t } = useView();
  const { scopes, ...rest } = useErrors(shown, ['name', 'reach', 'days'], { name: 'label' });
  const isSome = valueOf(values, 'reach') === 'some';
  const errors = scopes ? { ...rest, [isSome ? 'scopes' : 'reach']: isSome ? scopes : t('people.missing.reach') } : rest;
  const path = '/desk/me/tokens';
  const reachWords = (token: Token): string => (token.scopes.includes('*') ? t('me.tokens.reach.all') : token.scopes.join() === 'read' ? t('me.tokens.reach.read') : token.scopes.join(', '));
  return (
    <MePage here="/tokens" shown={shown} errors={errors} aside={(
      <>
        <Section id="add" title={t('me.tokens.add')}>
          <form method="post" action={path} noValidate>
            <Hidden fields={{ act: 'create' }} />
            <TextField name="name" label={t('me.tokens.name')} hint={t('me.tokens.name.hint')} value={valueOf(values, 'name')} error={errors['name']} maxLength={100} />
            <RadioGroup name="reach" legend={t('me.tokens.reach')} value={valueOf(values, 'reach', 'read')} error={errors['reach']} options={reaches.map((value) => ({ value, label: t(`me.tokens.reach.${value}`) }))} />
            <TextField name="scopes" label={t('me.tokens.scopes')} hint={t('me.tokens.scopes.hint')} value={valueOf(values, 'scopes')} error={errors['scopes']} spellCheck={false} optional={!isSome} />
            <SelectField name="days" label={t('me.tokens.days')} value={valueOf(values, 'days', '90')} error={errors['days']} options={['7', '30', '90', '365', '730'].map((value) => ({ value, label: t('me.tokens.days.count', { days: Number(value) }) }))} />
            {mayServe && <Checkbox name="kind" value="service" label={t('me.tokens.service')} hint={t('me.tokens.service.hint')} checked={valueOf(values, 'kind') === 'service'} />}
            <div className="go"><Actions><Button kind="primary">{t('me.tokens.do')}</Button></Actions></div>
          </form>
        </Section>
        <Section id="note" title={t('me.tokens.about')}><p className="read">{t('me.tokens.note')} <a href="/api">{t('me.tokens.docs')}</a></p></Section>
      </>
    )}>
      {made && (
        <div className="ask sp" tabIndex={-1} data-focus="1">
          <p><b>{t('me.tokens.made')}</b> {t('me.tokens.once')}</p>
          <p><code>{made.token}</code></p>
          <p className="meta">{t('me.tokens.until')} <At at={made.expiresAt} style="long" /></p>
        </div>
      )}
      {tokens.length === 0 ? <Empty>{t('me.tokens.none')}</Empty> : (
        <ul className="rows">
          {tokens.map((token) => (
            <li key={token.id}>
              <b>{token.name}</b>
              <ActButton action={path} fields={{ act: 'revoke', id: token.id }} of={token.name}>{t('me.tokens.revoke')}</ActButton>
              <span className="sub">{token.kind === 'service' && <>{t('me.tokens.service')}{token.personId === ownId ? '' : ` (${token.personName})`} · </>}{reachWords(token)} · {t('me.tokens.until')} <At at={token.expiresAt} /> · {token.usedAt ? <>{t('me.used')} <At at={token.usedAt} style="both" /></> : t('me.unused')}</span>
            </li>
          ))}
        </ul>
      )}
    </MePage>
  );
}

async function showTokens(page: PageContext, more: Pick<TokensProps, 'values' | 'shown'> & Partial<Pick<TokensProps, 'made'>>): Promise<Response> {
  const { tokens } = await tokensOf(page);
  return page.html(<Tokens tokens={tokens} ownId={page.caller.personId!} mayServe={page.caller.roles.has('it')} {...more} />);
}

const tokensPage = definePage({
  path: '/desk/me/tokens', audience: 'desk',
  get: (page, shown) => showTokens(page, { values: typed(page, shown, 'create'), shown }),
  async post(page) {
    const read = (name: string): string => first(page.values, name);
    if (read('act') === 'revoke') {
      await page.run(revokeToken, { id: read('id') });
      return page.redirect('/desk/me/tokens', { key: 'me.done.token_revoked' });
    }
    // Answered at once and not after a redirect: the token is kept nowhere from where it could be shown again.
    const made = await page.run(createToken, { name: read('name'), kind: many(page.values, 'kind').includes('service') ? 'service' : 'personal', days: read('days'), scopes: scopesOf(page.values) });
    return showTokens(page, { values: null, shown: undefined, made });
  },
});

export const accessPages: readonly Page[] = [sessionsPage, tokensPage];
