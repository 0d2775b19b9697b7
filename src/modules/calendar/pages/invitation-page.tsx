import type { ReactElement } from 'react';
import { textIn } from '../../../core/message.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { notFound, tooMany } from '../../../core/refusal.ts';
import { RadioGroup, TextArea } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { Button, Facts, Notice } from '../../../ui/parts.tsx';
import { Column, Problems, useErrors } from '../../../ui/public.tsx';
import { readFeed, readPublicCalendar } from '../feed.server.ts';
import { answerInvitation, openInvitation, type Invitation } from '../invitation.server.ts';

const answers = ['accepted', 'tentative', 'declined'] as const;

function InvitationPage({ page, invitation, shown, isDone }: { page: PageContext; invitation: Invitation; shown: Shown | undefined; isDone: boolean }): ReactElement {
  const { t, office, locale } = page;
  const errors = useErrors(shown, ['reply', 'comment']);
  const isOpen = !invitation.isCancelled && !invitation.isOver;
  const value = (name: string, kept: string): string => (shown ? first(shown.values ?? {}, name) : kept);
  return (
    <PublicPage title={t('public.invitation.title')} wrongTitle={shown !== undefined}>
      <Column>
        <Problems shown={shown} errors={errors} />
        {isDone && <Notice title={t('public.invitation.thanks')}>{t('public.invitation.again')}</Notice>}
        <p className="step">{t('public.invitation.title')}</p>
        <h1>{invitation.title}</h1>
        <p className="lead">{t(invitation.isCancelled ? 'public.invitation.cancelled' : invitation.isOver ? 'public.invitation.over' : 'public.invitation.lead', { office: textIn(office.data.name, locale) })}</p>
        <Facts facts={[[t('public.invitation.when'), invitation.when], invitation.place && [t('public.invitation.place'), invitation.place], [t('public.invitation.host'), invitation.host], [t('public.invitation.invited'), invitation.name]]} />
        {isOpen && (
          <form method="post" action={page.url.pathname} noValidate className="stack">
            <RadioGroup name="reply" legend={t('public.invitation.reply')} {...(invitation.isSeries ? { hint: t('public.invitation.series') } : {})} value={value('reply', answers.find((one) => one === invitation.reply) ?? '')} error={errors['reply']} options={answers.map((one) => ({ value: one, label: t(`public.invitation.${one}`) }))} />
            <TextArea name="comment" label={t('public.invitation.comment')} rows={3} maxLength={500} value={value('comment', invitation.comment)} error={errors['comment']} />
            <div className="actions go"><Button kind="primary">{t('public.invitation.send')}</Button></div>
          </form>
        )}
      </Column>
    </PublicPage>
  );
}

const guard = (page: PageContext): void => {
  if (!mayPass(`reply ${page.office.id} ${page.caller.address}`, 60, 60_000)) throw tooMany();
};
const replyPage = definePage({
  path: '/reply/:token', audience: 'public',
  async get(page, shown) {
    guard(page);
    const invitation = await page.run(openInvitation, { token: page.params.token! });
    return page.html(<InvitationPage page={page} invitation={invitation} shown={shown} isDone={page.query.has('done')} />);
  },
  async post(page) {
    guard(page);
    await page.run(answerInvitation, { token: page.params.token!, reply: first(page.values, 'reply') as 'accepted', comment: first(page.values, 'comment') });
    return page.redirect(`${page.url.pathname}?done=1`);
  },
});

/** An iCalendar text with its tag: a program that asks again gets no more than that nothing changed. */
function serveCalendar(page: PageContext, { ics, tag }: { ics: string; tag: string }, cache: string): Response {
  const headers = { 'content-type': 'text/calendar; charset=utf-8', etag: `"${tag}"`, 'cache-control': cache, 'x-robots-tag': 'noindex' };
  if (page.hono.req.header('if-none-match')?.includes(`"${tag}"`)) return new Response(null, { status: 304, headers });
  return new Response(ics, { headers: { ...headers, 'content-disposition': 'inline; filename="calendar.ics"' } });
}

const feedPage = definePage({
  path: '/feed/:name', audience: 'public',
  async get(page) {
    if (!mayPass(`feed ${page.office.id} ${page.caller.address}`, 120, 60_000)) throw tooMany();
    const token = /^([\w-]{43})\.ics$/.exec(page.params.name!)?.[1];
    if (!token) throw notFound();
    return serveCalendar(page, await page.run(readFeed, { token }), 'private, no-cache');
  },
});
const publicCalendarPage = definePage({
  path: '/calendar.ics', audience: 'public',
  async get(page) {
    if (!mayPass(`calendar ${page.office.id} ${page.caller.address}`, 120, 60_000)) throw tooMany();
    return serveCalendar(page, await page.run(readPublicCalendar, {}), 'public, max-age=300');
  },
});
export const openCalendarPages: readonly Page[] = [replyPage, feedPage, publicCalendarPage];
