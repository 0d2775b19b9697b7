import type { ReactElement } from 'react';
import type { Caller } from '../../../core/caller.ts';
import type { Output } from '../../../core/operation.ts';
import { formatBytes, formatDay } from '../../../core/language.ts';
import { definePage, first, type PageContext, type Shown } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { notNow, tooMany } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { DateField, TextArea, TextField } from '../../../ui/field.tsx';
import { PublicPage } from '../../../ui/frame.tsx';
import { At, Button, Facts, Letter, On } from '../../../ui/parts.tsx';
import { Column, Problems, useErrors, PublicFiles } from '../../../ui/public.tsx';
import { askMoreTime, declineContribution, findLink, getContribution, giveContribution, readPaper } from '../contribution.server.ts';

type Asked = Output<typeof getContribution>;

function AskedPage({ page, asked, shown }: { page: PageContext; asked: Asked; shown: Shown | undefined }): ReactElement {
  const { t, office, locale } = page;
  const errors = useErrors(shown, ['reply', 'files', 'name', 'until', 'reason']);
  const value = (name: string): string => first(shown?.values ?? {}, name);
  const act = value('act');
  const isReturned = asked.state === 'returned';
  return (
    <PublicPage title={t('public.contribute.title')} wrongTitle={shown !== undefined}>
      <Column>
        <Problems shown={shown} errors={errors} />
        <p className="step">{asked.askedName}</p>
        <h1>{t(isReturned ? 'public.contribute.returned' : 'public.contribute.title')}</h1>
        <p className="lead">
          {t('public.contribute.until')}{' '}
          <b>
            <On on={asked.dueOn} style="weekday" />
          </b>
        </p>
        <Letter text={asked.question} aside />
        {asked.papers.length > 0 && (
          <>
            <h2>{t('public.contribute.papers')}</h2>
            <ul>
              {asked.papers.map((paper) => (
                <li key={paper.id}>
                  <a href={`${page.url.pathname}/papers/${paper.id}`}>{paper.title}</a> {formatBytes(paper.size, locale)}
                </li>
              ))}
            </ul>
          </>
        )}
        {asked.moreUntil && <p className="lead">{t('public.contribute.more.asked', { until: formatDay(asked.moreUntil, locale, 'long') })}</p>}
        {isReturned && asked.reply && (
          <details>
            <summary>{t('public.contribute.earlier')}</summary>
            <Letter text={asked.reply} />
          </details>
        )}
        <form action={page.url.pathname} method="post" encType="multipart/form-data" noValidate className="stack">
          <TextArea
            name="reply"
            label={t('public.contribute.reply')}
            hint={t('public.contribute.reply.hint')}
            error={errors['reply']}
            value={value('reply')}
            rows={10}
            maxLength={20_000}
          />
          <PublicFiles error={errors['files']} />
          <TextField
            name="name"
            label={t('public.contribute.name')}
            hint={t('public.contribute.name.hint')}
            error={errors['name']}
            value={value('name') || asked.repliedBy}
            autoComplete="name"
            spellCheck={false}
          />
          <div className="actions">
            <Button kind="primary" name="act" value="give">
              {t('public.contribute.send')}
            </Button>
          </div>
        </form>
        {asked.can.askMore && (
          <details className="sp" open={act === 'more'}>
            <summary>{t('public.contribute.more')}</summary>
            <form action={page.url.pathname} method="post" noValidate className="stack">
              <DateField name="until" label={t('public.contribute.more.until')} error={errors['until']} value={value('until')} />
              <TextArea name="reason" label={t('public.contribute.more.reason')} error={act === 'more' ? errors['reason'] : undefined} value={act === 'more' ? value('reason') : ''} rows={3} />
              <div className="actions">
                <Button name="act" value="more">
                  {t('public.contribute.more.send')}
                </Button>
              </div>
            </form>
          </details>
        )}
        <details open={act === 'decline'}>
          <summary>{t('public.contribute.decline')}</summary>
          <form action={page.url.pathname} method="post" noValidate className="stack">
            <TextArea name="reason" id="decline-reason" label={t('public.contribute.decline.reason')} error={act === 'decline' ? errors['reason'] : undefined} value={act === 'decline' ? value('reason') : ''} rows={4} />
            <TextField name="name" id="decline-name" label={t('public.contribute.name')} error={act === 'decline' ? errors['name'] : undefined} value={act === 'decline' ? value('name') : ''} autoComplete="name" spellCheck={false} />
            <div className="actions">
              <Button name="act" value="decline">
                {t('public.contribute.decline.send')}
              </Button>
            </div>
          </form>
        </details>
        <p className="read sp">{t('public.contribute.who', { phone: office.data.phone })}</p>
      </Column>
    </PublicPage>
  );
}

function GivenPage({ page, asked }: { page: PageContext; asked: Asked }): ReactElement {
  const { t, office } = page;
  return (
    <PublicPage title={t('public.contribute.thanks')}>
      <Column>
        <h1>{t('public.contribute.thanks')}</h1>
        <p className="lead">{t(asked.state === 'declined' ? 'public.contribute.declined' : 'public.contribute.arrived')}</p>
        <Facts
          facts={[
            [t('public.contribute.from'), asked.askedName],
            [t('public.contribute.name'), asked.repliedBy],
            asked.repliedAt && [t('public.contribute.at'), <At key="at" at={asked.repliedAt} style="both" />],
          ]}
        />
        <h2 className="sp">{t('public.contribute.sent')}</h2>
        <Letter text={asked.state === 'declined' ? asked.declinedReason : asked.reply} aside />
        <p className="read sp">{t('public.contribute.who', { phone: office.data.phone })}</p>
      </Column>
    </PublicPage>
  );
}

function ClosedPage({ page, reason }: { page: PageContext; reason: 'unknown' | 'dropped' }): ReactElement {
  const { t, office } = page;
  return (
    <PublicPage title={t('public.contribute.closed')}>
      <Column>
        <h1>{t('public.contribute.closed')}</h1>
        <p className="lead">{t(`public.contribute.closed.${reason}`)}</p>
        <p className="read">{t('public.contribute.who', { phone: office.data.phone })}</p>
      </Column>
    </PublicPage>
  );
}

async function contributorOf(page: PageContext): Promise<Caller | null> {
  if (!mayPass(`link ${page.office.id} ${page.caller.address}`, 120, 600_000)) throw tooMany();
  const token = page.params['token'] ?? '';
  if (!/^[\w-]{20,100}$/.test(token)) return null;
  const { id } = await page.run(findLink, { token });
  return id ? { ...page.caller, kind: 'contributor', linkId: id } : null;
}

export const contributePage = definePage({
  path: '/contribute/:token',
  audience: 'public',
  async get(page, shown) {
    const contributor = await contributorOf(page);
    if (!contributor) return page.html(<ClosedPage page={page} reason="unknown" />, 404);
    const asked = await page.kernel.run(getContribution, contributor, { id: contributor.linkId! });
    if (asked.state === 'given' || asked.state === 'declined') return page.html(<GivenPage page={page} asked={asked} />);
    if (asked.state === 'dropped') return page.html(<ClosedPage page={page} reason="dropped" />, 410);
    return page.html(<AskedPage page={page} asked={asked} shown={shown} />);
  },
  async post(page) {
    const contributor = await contributorOf(page);
    if (!contributor) throw notNow('public.contribute.closed.unknown');
    const id = contributor.linkId!;
    const read = (name: string): string => first(page.values, name);
    if (read('act') === 'more') await page.kernel.run(askMoreTime, contributor, { id, until: read('until'), reason: read('reason') });
    else if (read('act') === 'decline') await page.kernel.run(declineContribution, contributor, { id, reason: read('reason'), name: read('name') });
    else await page.kernel.run(giveContribution, contributor, { id, reply: read('reply'), name: read('name'), files: page.files['files'] ?? [] });
    return page.redirect(page.url.pathname);
  },
});

/** A paper that was handed along, by the same link. */
export const contributePaper = definePage({
  path: '/contribute/:token/papers/:documentId',
  audience: 'public',
  async get(page) {
    const contributor = await contributorOf(page);
    if (!contributor) return page.html(<ClosedPage page={page} reason="unknown" />, 404);
    return serveFile(await page.kernel.run(readPaper, contributor, { id: contributor.linkId!, documentId: page.params['documentId']! }));
  },
});
