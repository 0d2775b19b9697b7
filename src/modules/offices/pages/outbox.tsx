import type { Hono } from 'hono';
import { renderToStaticMarkup } from 'react-dom/server';
import { assetPath } from '../../../core/asset.ts';
import { systemCaller } from '../../../core/caller.ts';
import type { Kernel } from '../../../core/kernel.ts';
import { translator } from '../../../core/message.ts';
import { enter } from '../../../core/operation.ts';
import { renderPdf } from '../../../core/pdf.ts';
import type { MailAttachment } from '../../../core/mail.ts';
import { isId } from '../../../core/id.ts';
import { BarePage } from '../../../ui/frame.tsx';
import { At, Letter } from '../../../ui/parts.tsx';
import { ViewContext, type View } from '../../../ui/view.tsx';

/** The local outbox, in demonstration mode only: what would have been mailed, newest first. */
export function mailViewer(app: Hono, kernel: Kernel): void {
  const t = translator('en');
  const view: View = {
    t, locale: 'en', lang: 'en', office: null, person: null, languages: [], path: '/mail', search: '', nav: [], views: [], theme: null, density: 'comfortable', asset: assetPath, flash: null, zone: 'Europe/Skopje', now: new Date(), singleKeys: false, demo: true,
  };
  app.get('/mail', async (c) => {
    const offices = await kernel.offices.all();
    const all = await Promise.all(offices.map((office) => kernel.db.transaction().execute(async (db) => {
      await enter(db, systemCaller(office), 'all');
      const rows = await db.selectFrom('mail').selectAll().where('office_id', '=', office.id).orderBy('queued_at', 'desc').limit(40).execute();
      return rows.map((row) => ({ ...row, office }));
    })));
    const mails = all.flat().sort((a, b) => b.queued_at.getTime() - a.queued_at.getTime()).slice(0, 100);
    return c.html(`<!doctype html>${renderToStaticMarkup(
      <ViewContext value={{ ...view, now: new Date() }}>
        <BarePage title="Outbox">
          <h1>Outbox</h1>
          <p className="lead">Nothing is mailed in demonstration mode; this is what would have gone out.</p>
          <div className="mails">
            {mails.map((mail) => (
              <details key={mail.id} className="mail">
                <summary><b>{mail.subject}</b><span className="meta">{mail.recipient} · {mail.office.slug} · <At at={mail.queued_at} style="both" /> · {mail.state}</span></summary>
                <Letter text={mail.body} lang={mail.locale} />
                {(mail.attachments as MailAttachment[]).map((one, index) => <p key={index}><a href={`/mail/${mail.office_id}/${mail.id}/${index}`}>{one.name}</a></p>)}
              </details>
            ))}
          </div>
        </BarePage>
      </ViewContext>)}`);
  });
  app.get('/mail/:office/:id/:index', async (c) => {
    const office = (await kernel.offices.all()).find((one) => String(one.id) === c.req.param('office'));
    const id = c.req.param('id');
    if (!office || !isId(id)) return c.text('404', 404);
    const mail = await kernel.db.transaction().execute(async (db) => {
      await enter(db, systemCaller(office), 'all');
      return db.selectFrom('mail').select('attachments').where('office_id', '=', office.id).where('id', '=', id).executeTakeFirst();
    });
    const one = (mail?.attachments as MailAttachment[] | undefined)?.[Number(c.req.param('index'))];
    if (!one) return c.text('404', 404);
    if ('ics' in one) return c.body(one.ics, 200, { 'content-type': 'text/plain; charset=utf-8' });
    const bytes = 'sha256' in one ? await kernel.files.get(office.id, one.sha256) : await renderPdf(one.template, one.data as never);
    return c.body(Buffer.from(bytes), 200, { 'content-type': 'application/pdf' });
  });
}
