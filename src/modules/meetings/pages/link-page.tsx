import type { ReactElement } from 'react';
import type { Output } from '../../../core/operation.ts';
import { definePage, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { notFound, notNow, tooMany } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { RadioGroup, TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { Actions, Button, Facts, Letter, Notice, State } from '../../../ui/parts.tsx';
import { Column, Problems, useErrors } from '../../../ui/public.tsx';
import { openMeetingLink, readLinkPaper, replyByLink } from '../convene.server.ts';
import { clockWords, sizeWords, whenWords } from './meeting-words.tsx';

type Sitting = NonNullable<Output<typeof openMeetingLink>['sitting']>;

function tokenOf(page: PageContext): string {
  if (!mayPass(`link ${page.office.id} ${page.caller.address}`, 240, 600_000)) throw tooMany();
  const token = page.params['token'] ?? '';
  return /^[\w-]{20,100}$/.test(token) ? token : '';
}

/** The sitting on the telephone of a member who is not of the office: when, where, do I come, what is on the agenda. */
function SittingPage({ page, sitting, shown }: { page: PageContext; sitting: Sitting; shown: Shown | undefined }): ReactElement {
  const { t, office } = page;
  const errors = useErrors(shown, ['reply', 'representedBy', 'reason']);
  const value = (name: string, kept: string): string => (shown ? first(shown.values ?? {}, name) : kept);
  const title = t('public.sitting.title', { number: sitting.number, committee: sitting.committee });
  const paper = (id: string): string => `${page.url.pathname}/papers/${id}`;
  return (
    <PublicPage title={title} wrongTitle={shown !== undefined}>
      <Column>
        <Problems shown={shown} errors={errors} />
        <p className="step">{sitting.person}</p>
        <h1>{title}</h1>
        <p className="lead">{whenWords(page, sitting.startsAt)}</p>
        <Facts facts={[sitting.place && [t('public.sitting.place'), sitting.place], sitting.link && [t('public.sitting.link'), <a key="l" href={sitting.link} rel="noreferrer">{sitting.link}</a>], sitting.title && [t('public.sitting.matter'), sitting.title]]} />
        {sitting.state === 'cancelled' && <Notice kind="warn">{t('public.sitting.cancelled', { reason: sitting.cancelledReason })}</Notice>}
        {sitting.state === 'planned' && <Notice>{t('public.sitting.not_called')}</Notice>}
        {sitting.state === 'convened' && (
          <form action={page.url.pathname} method="post" noValidate className="stack">
            <RadioGroup name="reply" legend={t('public.sitting.reply')} value={value('reply', sitting.reply)} error={errors['reply']} options={(['accepted', 'declined'] as const).map((one) => ({ value: one, label: t(`public.sitting.reply.${one}`) }))} />
            <TextField name="representedBy" label={t('public.sitting.represented')} value={value('representedBy', sitting.representedBy)} error={errors['representedBy']} optional />
            <TextField name="reason" label={t('public.sitting.reason')} value={value('reason', sitting.reason)} error={errors['reason']} optional />
            <Actions><Button kind="primary">{t('public.sitting.send')}</Button>{sitting.reply !== 'needs-action' && <State kind={sitting.reply === 'accepted' ? 'ok' : 'none'}>{t(`public.sitting.reply.${sitting.reply}`)}</State>}</Actions>
          </form>
        )}
        {sitting.places > 0 && <>
          <h2 className="sp">{t('public.sitting.agenda')}</h2>
          {sitting.packId && <p><a href={paper(sitting.packId)}>{t('public.sitting.pack')}</a></p>}
          <ol className="dayorder">{Array.from({ length: sitting.places }, (_, index) => {
            const point = sitting.points.find((one) => one.number === index + 1);
            return point ? (
              <li key={index}><span className="no">{point.number}.</span><b>{point.title}</b>
                <p className="meta">{[clockWords(page, point.beginsAt), point.rapporteur].filter(Boolean).join(' · ')}</p>
                {point.papers.length > 0 && <ul className="docs">{point.papers.map((one) => <li key={one.id}><div><a href={paper(one.id)}>{one.title}</a> <span className="meta">{sizeWords(page, one.size)}</span></div></li>)}</ul>}
                {point.proposed && <details><summary>{t('public.sitting.proposed')}</summary><Letter text={point.proposed} /></details>}</li>
            ) : <li key={index}><span className="no">{index + 1}.</span><span className="meta">{t('public.sitting.confidential')}</span></li>;
          })}</ol>
        </>}
        <p className="read sp">{t('public.sitting.who', { phone: office.data.phone })}</p>
      </Column>
    </PublicPage>
  );
}

const Unknown = ({ page }: { page: PageContext }): ReactElement => (
  <PublicPage title={page.t('public.sitting.unknown')}><Column><h1>{page.t('public.sitting.unknown')}</h1><p className="read">{page.t('public.sitting.who', { phone: page.office.data.phone })}</p></Column></PublicPage>
);

const sittingPage = definePage({
  path: '/sitting/:token', audience: 'public',
  async get(page, shown) {
    const token = tokenOf(page);
    const { sitting } = token ? await page.run(openMeetingLink, { token }) : { sitting: null };
    return sitting ? page.html(<SittingPage page={page} sitting={sitting} shown={shown} />) : page.html(<Unknown page={page} />, 404);
  },
  async post(page) {
    const token = tokenOf(page);
    if (!token) throw notNow('public.sitting.unknown');
    const read = (name: string): string => first(page.values, name);
    await page.run(replyByLink, { token, reply: read('reply') as 'accepted', reason: read('reason'), representedBy: read('representedBy') });
    return page.redirect(page.url.pathname, { key: 'public.sitting.replied' });
  },
});
const paperPage = definePage({
  path: '/sitting/:token/papers/:document', audience: 'public',
  async get(page) {
    const token = tokenOf(page);
    if (!token) throw notFound();
    return serveFile(await page.run(readLinkPaper, { token, documentId: page.params['document']! }));
  },
});

export const linkPages: readonly Page[] = [sittingPage, paperPage];
