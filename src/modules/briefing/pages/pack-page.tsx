import type { ReactElement } from 'react';
import { sightOf } from '../../../core/caller.ts';
import { textIn } from '../../../core/message.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { PdfError } from '../../../core/pdf.ts';
import { notNow } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { Checkbox, ErrorSummary, Hidden, SelectField, TextArea, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Facts, LinkButton, Notice, On, Section, State } from '../../../ui/parts.tsx';
import { isOwed } from '../../contributions/index.ts';
import { listColleagues } from '../../people/index.ts';
import { partKinds, preparers } from '../pack.ts';
import { findPrint } from '../pack-file.server.ts';
import { makePrint, printPack, whenOf } from '../pack-print.ts';
import { findPack, getPack, type PackView, type Part } from '../pack-view.server.ts';
import { changePack, dropPart, gatherPack, makePack, makeReady, movePart, reopenPack, sharePack } from '../pack-work.server.ts';
import { has } from './list-page.tsx';
import { deskPlaces, PackParts } from './pack-parts.tsx';

export const packHref = (id: string): string => `/desk/packs/${id}`;
const zoneOf = (page: PageContext) => ({ zone: page.office.jurisdiction.timeZone, locale: page.locale });

/** An engagement whose pack is there leads to it; otherwise it is offered. */
export const packOfPage = definePage({
  path: '/desk/packs/of/:engagementId', audience: 'desk',
  async get(page, after) {
    const { t } = page;
    const engagementId = page.params['engagementId']!;
    const at = page.query.get('at') ?? first(page.values, 'at');
    const found = await page.run(findPack, { engagementId, at });
    if (found.id) return page.redirect(packHref(found.id));
    return page.html(
      <DeskPage title={t('pack.title')}>
        <Crumbs items={[{ label: t('pack.menu'), href: '/desk/packs' }, { label: found.title }]} />
        {after?.said && <ErrorSummary errors={errorsOf(page, after.errors)} title={t(after.said.key, after.said.args)} />}
        <h1>{found.title}</h1><p className="lead"><At at={found.startsAt} style="both" /></p>
        <Empty action={has(page, ...preparers) && <form method="post" action={`/desk/packs/of/${engagementId}`}><Hidden fields={{ at }} /><Button kind="primary" icon="plus">{t('pack.make')}</Button></form>}>{t('pack.none')}</Empty>
      </DeskPage>,
    );
  },
  async post(page) {
    const { id } = await page.run(makePack, { engagementId: page.params['engagementId']!, at: first(page.values, 'at') });
    return page.redirect(packHref(id), { key: 'pack.done.opened' });
  },
});

function Tools({ page, pack, part, place, count }: { page: PageContext; pack: PackView; part: Part; place: number; count: number }): ReactElement {
  const { t } = page;
  return (
    <form method="post" action={packHref(pack.id)} className="tools">
      <Hidden fields={{ part: part.id }} />
      {place > 0 && <Button kind="quiet" name="act" value="up"><span aria-hidden="true">↑</span><span className="vh">{t('pack.up')}</span></Button>}
      {place < count - 1 && <Button kind="quiet" name="act" value="down"><span aria-hidden="true">↓</span><span className="vh">{t('pack.down')}</span></Button>}
      {part.origin === 'hand' && <a className="btn quiet" href={`/desk/packs/parts/${part.id}?pack=${pack.id}`}>{t('pack.edit')}</a>}
      <Button kind="quiet" name="act" value="drop">{t('pack.drop')}</Button>
    </form>
  );
}

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, locale } = page;
  const pack = await page.run(getPack, { id: page.params['id']! });
  const errors = errorsOf(page, after?.errors, ['aim', 'summary', 'personId']);
  const values = after?.values ?? page.values;
  const typed = first(values, 'act') === 'change' || page.query.has('held');
  const { prepare } = pack.can;
  const colleagues = prepare ? (await page.run(listColleagues, {})).people : [];
  const action = packHref(pack.id);
  const current = after?.current as { aim?: string; summary?: string; version?: number } | undefined;
  const waiting = pack.asked.filter((one) => isOwed(one.state));
  const fresh = pack.asked.filter((one) => one.state === 'given' && !one.isIn);
  const isSecret = pack.visibility === 'confidential' || pack.visibility === 'private';
  return page.html(
    <DeskPage title={pack.title}>
      <Crumbs items={[{ label: t('pack.menu'), href: '/desk/packs' }, { label: pack.title }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="casehead">
        <div className="line"><State kind={pack.state === 'ready' ? 'ok' : 'soon'}>{t(`pack.state.${pack.state}`)}</State>{pack.isCancelled && <State kind="late">{t('pack.cancelled')}</State>}{isSecret && <State>{t('pack.confidential')}</State>}</div>
        <h1>{pack.title}</h1>
        <p className="lead">{whenOf(pack, zoneOf(page))}{pack.place && ` · ${pack.place}`}</p>
        <div className="actions">
          {prepare && pack.state === 'open' && <form method="post" action={action}><Button kind="primary" icon="check" name="act" value="ready">{t('pack.act.ready')}</Button></form>}
          <LinkButton icon="print" href={`${action}/pdf`}>PDF</LinkButton>
          {prepare && pack.state === 'ready' && <form method="post" action={action}><Button kind="quiet" name="act" value="reopen">{t('pack.act.reopen')}</Button></form>}
        </div>
      </div>
      <div className="split">
        <div className="pack">
          {(pack.aim || pack.summary) && <section className="sec" aria-labelledby="gist"><h2 className="vh" id="gist">{t('pack.summary')}</h2>{pack.aim && <p className="aim">{pack.aim}</p>}{pack.summary && <p className="summary">{pack.summary}</p>}</section>}
          {pack.parts.length === 0 && !pack.aim && !pack.summary && <Empty>{t(prepare ? 'pack.empty.prepare' : 'pack.empty')}</Empty>}
          <PackParts page={page} pack={pack} places={deskPlaces} {...(prepare ? { tools: (part: Part, place: number, count: number) => <Tools page={page} pack={pack} part={part} place={place} count={count} />, add: (kind) => <a href={`${action}/add?kind=${kind}`}>{t('pack.add')}</a> } : {})} />
          {pack.hidden > 0 && <p className="meta">{t('pack.hidden', { count: pack.hidden })}</p>}
        </div>
        <aside aria-label={t('pack.preparing')}>
          {prepare && <Section id="add" title={t('pack.add_to')}><ul className="docs adds">{partKinds.filter((kind) => kind !== 'contribution').map((kind) => <li key={kind}><a href={`${action}/add?kind=${kind}`}>{t(`pack.kind.${kind}`)}</a></li>)}</ul></Section>}
          {prepare && (
            <details className="sp" open={typed || (!pack.aim && !pack.summary)}><summary>{t('pack.gist')}</summary>
              <form method="post" action={action} className="stack" noValidate data-unsaved="1">
                {current?.version !== undefined && <Notice kind="warn" title={t('pack.current')}>{current.aim}<br />{current.summary}</Notice>}
                <Hidden fields={{ version: current?.version ?? pack.version }} />
                <TextField name="aim" label={t('pack.aim')} hint={t('pack.aim.hint')} value={typed ? first(values, 'aim') : pack.aim} error={errors['aim']} optional />
                <TextArea name="summary" rows={6} label={t('pack.summary')} value={typed ? first(values, 'summary') : pack.summary} error={errors['summary']} optional />
                <Checkbox name="isKept" label={t('pack.is_kept')} hint={isSecret ? t('pack.is_kept.secret') : t('pack.is_kept.hint')} checked={typed ? first(values, 'isKept') !== '' : pack.isKept} />
                <Actions><Button name="act" value="change">{t('desk.save')}</Button></Actions>
              </form></details>
          )}
          <Section id="asked" title={t('pack.asked.title')} aside={pack.asked.length > 0 && <span className="meta">{t('contribution.came_of', { came: pack.asked.length - waiting.length, count: pack.asked.length })}</span>}>
            {pack.asked.length === 0 ? <p className="meta">{t('pack.asked.none')}</p> : <ul className="rows">{pack.asked.map((one) => <li key={one.id}><a href={`/desk/contributions/${one.id}`}>{one.askedName}</a>{isOwed(one.state) ? <On on={one.dueOn} style="short" /> : <span className="meta">{t(one.isIn ? 'pack.asked.in' : `contribution.state.${one.state}`)}</span>}<span className="sub">{one.title}</span></li>)}</ul>}
            {prepare && <div className="actions">{fresh.length > 0 && <form method="post" action={action}><Button name="act" value="gather">{t('pack.act.gather', { count: fresh.length })}</Button></form>}<LinkButton kind="quiet" icon="ask" href={`/desk/contributions/new?${new URLSearchParams({ engagementId: pack.engagementId, ...(pack.caseId ? { caseId: pack.caseId } : {}), title: pack.title, back: action })}`}>{t('contribution.ask.title')}</LinkButton></div>}
          </Section>
          <Section id="facts" title={t('pack.about')}><Facts facts={[pack.leader && [t('pack.leader'), pack.leader], pack.caseId && [t('pack.case'), <a key="c" className="ref" href={`/desk/cases/${pack.caseId}`}>{pack.reference}</a>], pack.participants.length > 0 && [t('pack.participants'), pack.participants.map((one) => one.name).join(', ')], pack.sharedWith.length > 0 && [t('pack.shared_with'), pack.sharedWith.map((one) => one.name).join(', ')], pack.readyAt && [t('pack.ready_at'), <At key="r" at={pack.readyAt} style="both" />]]} /></Section>
          {prepare && <details className="sp"><summary>{t('pack.act.share')}</summary><form method="post" action={action} className="stack" noValidate><SelectField name="personId" label={t('pack.share.with')} empty="" value={first(values, 'personId')} error={errors['personId']} options={colleagues.filter((one) => !pack.sharedWith.some((other) => other.mark === one.id)).map((one) => ({ value: one.id, label: `${one.name}, ${textIn(one.title, locale)}` }))} /><Actions><Button name="act" value="share">{t('pack.act.share')}</Button></Actions></form></details>}
        </aside>
      </div>
    </DeskPage>,
  );
}

export const packPage = definePage({
  path: '/desk/packs/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const done = (key?: string, args: Record<string, number> = {}, hash = ''): Response => page.redirect(`${packHref(id)}${hash}`, key ? { key, args } : undefined);
    switch (read('act')) {
      case 'ready': await page.run(makeReady, { id }); return done('pack.done.ready');
      case 'reopen': await page.run(reopenPack, { id }); return done('pack.done.reopened');
      case 'gather': { const { taken } = await page.run(gatherPack, { id }); return done('pack.done.gathered', { count: taken }); }
      case 'share': await page.run(sharePack, { id, personId: read('personId') }); return done('pack.done.shared');
      case 'up': case 'down': await page.run(movePart, { id: read('part'), to: read('act') as 'up' }); return done(undefined, {}, `#p-${read('part')}`);
      case 'drop': await page.run(dropPart, { id: read('part') }); return done('pack.done.dropped');
      default: await page.run(changePack, { id, version: Number(read('version')) || 0, aim: read('aim'), summary: read('summary'), isKept: read('isKept') }); return done('desk.done.saved');
    }
  },
});

/** The PDF: the kept one for who sees everything, in the office's language; for everybody else as far as they may see. */
export async function pdfOf(page: PageContext, id: string): Promise<{ bytes: Uint8Array; name: string }> {
  try {
    if (page.caller.roles.has('mayor') || page.caller.roles.has('chief')) {
      if (sightOf(page.caller) === 'all' && page.locale === page.office.locale) {
        const kept = await page.run(findPrint, { id });
        return { bytes: kept.bytes ?? (await makePrint(page.kernel, page.caller, id)), name: `${page.t('pack.title')}.pdf` };
      }
    }
    return await printPack(page.kernel, page.caller, id);
  } catch (error) {
    if (error instanceof PdfError) throw notNow('pack.pdf_failed');
    throw error;
  }
}
export const pdfPage = definePage({
  path: '/desk/packs/:id/pdf', audience: 'desk',
  async get(page) {
    const { bytes, name } = await pdfOf(page, page.params['id']!);
    return serveFile({ fileName: name, mediaType: 'application/pdf', content: bytes });
  },
});
