import type { ReactElement } from 'react';
import { textIn } from '../../../core/message.ts';
import { drawPage } from '../../../core/ocr.ts';
import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { notFound } from '../../../core/refusal.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { askedTable, readToEnd, serveTable } from '../../../core/table-file.ts';
import { Checkbox, DateField, ErrorSummary, Hidden, SelectField, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Exports, Facts, Letter, LinkButton, Notice, Pages, Section, State, Table, Views } from '../../../ui/parts.tsx';
import { machineReasons, unsettled } from '../arrival.ts';
import { countArrivals, listArrivals, openArrival, type ArrivalRow } from '../arrival.server.ts';
import { joinByHand, registerByHand, setAside } from '../register.server.ts';
import { getArrival } from '../tray.server.ts';

const views = ['waiting', 'registered', 'bounce', 'set_aside', 'all'] as const;
const titleOf = (row: ArrivalRow): string => row.subject || row.name;
const senderOf = (row: ArrivalRow): string => [row.senderName, row.senderEmail].filter(Boolean).join(', ');
/** The machine's reasons in the reader's language, a person's as it was written. */
const reasonOf = (page: PageContext, row: ArrivalRow): string => ((machineReasons as readonly string[]).includes(row.reason) ? page.t(`arrival.reason.${row.reason}`) : row.reason);
const sizeOf = (bytes: number): string => (bytes >= 1_048_576 ? `${Math.round(bytes / 104_857.6) / 10} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`);

export const trayPage = definePage({
  path: '/desk/arrivals', audience: 'desk',
  async get(page) {
    const { t, query } = page;
    const view = views.find((one) => one === query.get('view')) ?? 'waiting';
    const as = askedTable(page);
    if (as) {
      const { rows, isCut } = await readToEnd(async (after) => {
        const part = await page.run(listArrivals, { view, after });
        return { rows: part.arrivals, next: part.next };
      });
      return serveTable(page, {
        name: t('arrival.title'), title: t('arrival.title'), isCut, columns: [{ title: t('arrival.at') }, { title: t('petition.subject'), width: 40 }, { title: t('petition.sender'), width: 30 }, { title: t('arrival.source') }, { title: t('arrival.state') }, { title: t('desk.column.number'), width: 20 }],
        rows: rows.map((row) => [row.arrivedAt, titleOf(row), senderOf(row), t(`arrival.source.${row.source}`), t(`arrival.state.${row.state}`), row.reference || reasonOf(page, row)]),
      }, as);
    }
    const { arrivals, next } = await page.run(listArrivals, { view, after: query.get('after') ?? '' });
    const { waiting } = await page.run(countArrivals, {});
    const oldest = view === 'waiting' && !query.get('after') ? arrivals[0] : undefined;
    return page.html(
      <DeskPage title={t('arrival.title')}>
        <div className="head"><div><h1>{t('arrival.title')}</h1><p>{t('arrival.lead')}</p></div>{oldest && <div className="actions"><LinkButton kind="primary" href={`/desk/arrivals/${oldest.id}`} data-key="w">{t('arrival.begin')}</LinkButton></div>}</div>
        <Views label={t('arrival.title')} items={views.map((one) => ({ href: `/desk/arrivals?view=${one}`, label: t(`arrival.view.${one}`), current: one === view, ...(one === 'waiting' ? { count: waiting } : {}) }))} />
        {arrivals.length === 0 ? <Empty>{t(view === 'waiting' ? 'arrival.none_waiting' : 'arrival.none')}</Empty> : (
          <Table caption={t('arrival.title')} head="subject" columns={[{ key: 'subject', label: t('petition.subject'), className: 'full' }, { key: 'source', label: t('arrival.source') }, { key: 'state', label: t('arrival.state') }, { key: 'at', label: t('arrival.at'), className: 'right' }]} rows={arrivals.map((row) => ({
            id: row.id, cells: {
              subject: <><a href={`/desk/arrivals/${row.id}`} data-row={`/desk/arrivals/${row.id}`}>{titleOf(row)}</a><span className="sub">{senderOf(row) || (row.source === 'scanner' && !row.isRead ? t('arrival.being_read') : '')}</span></>,
              source: t(`arrival.source.${row.source}`),
              state: <><State>{t(`arrival.state.${row.state}`)}</State>{row.reference ? <a className="sub ref" href={`/desk/cases/${row.caseId}`}>{row.reference}</a> : <span className="sub">{reasonOf(page, row)}</span>}</>, at: <At at={row.arrivedAt} style="both" />,
            },
          }))} />
        )}
        <Pages previous={query.get('after') ? `/desk/arrivals?view=${view}` : null} next={next ? `/desk/arrivals?${new URLSearchParams({ view, after: next })}` : null} />
        {arrivals.length > 0 && <Exports page={page} />}
      </DeskPage>,
    );
  },
});

type Work = Awaited<ReturnType<typeof readWork>>;
const readWork = (page: PageContext) => page.run(getArrival, { id: page.params['id']! });

function Preview({ page, work }: { page: PageContext; work: Work }): ReactElement {
  const { t } = page;
  const { arrival, text, attachments } = work;
  const file = `/desk/arrivals/${arrival.id}/file`;
  const isPicture = /^image\/(png|jpeg|webp|gif)$/.test(arrival.mediaType);
  return (
    <>
      {arrival.source === 'scanner' && (isPicture || arrival.mediaType === 'application/pdf') && <a className="sheet" href={file} target="_blank" rel="noreferrer"><img src={isPicture ? file : `/desk/arrivals/${arrival.id}/page.png`} alt={t('arrival.picture_of', { name: arrival.name })} /></a>}
      {arrival.source === 'mailbox' && <div className="paper"><Letter text={text || '—'} /></div>}
      <p className="meta"><a href={file} target="_blank" rel="noreferrer">{t(arrival.source === 'mailbox' ? 'arrival.original' : 'arrival.whole')}</a> · {sizeOf(arrival.size)}{work.pages ? ` · ${t('arrival.pages', { count: work.pages })}` : ''}</p>
      {attachments.length > 0 && <Section id="parts" title={t('arrival.attachments')} aside={<span className="meta">{attachments.length}</span>}><ul className="docs">{attachments.map((one, index) => <li key={index}><span>{one.name}</span><span className="meta">{sizeOf(one.size)}</span></li>)}</ul></Section>}
      {arrival.source === 'scanner' && text && <details className="sp"><summary>{t('arrival.words')}</summary><Letter text={text} aside /></details>}
    </>
  );
}

const fields = ['subject', 'name', 'email', 'address', 'town', 'senderReference', 'senderDatedOn', 'classCode', 'reference', 'reason'] as const;

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t, office } = page;
  const work = await readWork(page);
  const { arrival, suggestion, known } = work;
  const errors = errorsOf(page, after?.errors, fields);
  const value = (name: string, preset = ''): string => (after?.values ? first(after.values, name) : preset);
  const isOpen = unsettled.includes(arrival.state);
  const action = `/desk/arrivals/${arrival.id}`;
  return page.html(
    <DeskPage title={titleOf(arrival)}>
      <Crumbs items={[{ label: t('arrival.title'), href: '/desk/arrivals' }, { label: titleOf(arrival) }]} />
      {after?.said && <ErrorSummary errors={errors} {...(Object.keys(errors).length > 0 ? {} : { title: t(after.said.key, after.said.args) })} />}
      <div className="casehead"><div className="line"><State>{t(`arrival.state.${arrival.state}`)}</State><span className="meta">{t(`arrival.source.${arrival.source}`)} · <At at={arrival.arrivedAt} style="both" />{isOpen && work.waiting > 1 && ` · ${t('arrival.left', { count: work.waiting - 1 })}`}</span></div><h1 tabIndex={-1} data-focus="1">{titleOf(arrival)}</h1></div>
      {arrival.reason && <Notice kind={arrival.state === 'bounce' || arrival.reason === 'too_large' ? 'warn' : 'note'}>{reasonOf(page, arrival)}</Notice>}
      <div className="split tray"><div><Preview page={page} work={work} /></div>
        <aside aria-label={t('arrival.decide')}>
          {arrival.reference && <Section id="became" title={t('arrival.became')}><Facts facts={[[t('desk.column.number'), <a key="c" className="ref" href={`/desk/cases/${arrival.caseId}`}>{arrival.reference}</a>], arrival.settledAt && [t('arrival.settled'), <At key="s" at={arrival.settledAt} style="both" />], arrival.settledBy && [t('arrival.by'), arrival.settledBy]]} /></Section>}
          {isOpen && (
            <>
              {arrival.likely && (
                <Section id="likely" title={t('arrival.likely')}>
                  <p><a className="ref" href={`/desk/cases/${arrival.likely.id}`}>{arrival.likely.reference}</a><br />{arrival.likely.subject}</p>
                  <form method="post" action={action}><Hidden fields={{ act: 'join', caseId: arrival.likely.id }} /><Actions><Button data-key="l">{t('arrival.join_this')}</Button></Actions></form>
                </Section>
              )}
              <Section id="register" title={t('arrival.register')}>
                <form method="post" action={action} className="stack" noValidate>
                  <TextField name="subject" label={<span data-key="e">{t('petition.subject')}</span>} value={value('subject', suggestion.subject)} error={errors['subject']} maxLength={300} />
                  {known.length > 0 && <SelectField name="partyId" label={t('desk.new.known')} empty={t('desk.new.someone_else')} value={value('partyId', known[0]!.id)} options={known.map((party) => ({ value: party.id, label: [party.name, party.detail].filter(Boolean).join(', ') }))} />}
                  <TextField name="name" label={t('arrival.sender')} value={value('name', suggestion.name)} error={errors['name']} autoComplete="off" />
                  <Checkbox name="organisation" label={t('arrival.organisation')} checked={value('organisation') !== ''} />
                  {arrival.source === 'mailbox' ? <TextField name="email" type="email" label={t('petition.email')} value={value('email', arrival.senderEmail)} error={errors['email']} autoComplete="off" spellCheck={false} />
                    : <><TextField name="address" label={t('petition.address')} optional value={value('address')} error={errors['address']} autoComplete="off" />
                      <TextField name="senderReference" label={t('petition.sender_reference')} optional value={value('senderReference', suggestion.senderReference)} error={errors['senderReference']} />
                      <DateField name="senderDatedOn" label={t('arrival.dated_on')} optional value={value('senderDatedOn', suggestion.senderDatedOn)} error={errors['senderDatedOn']} /></>}
                  <SelectField name="classCode" label={t('petition.class')} empty={t('petition.class.by_area')} optional value={value('classCode')} error={errors['classCode']} options={office.data.classes.map((one) => ({ value: one.code, label: `${one.code} ${textIn(one.name, page.locale)}` }))} />
                  <Actions><Button kind="primary" name="act" value="paper" data-key="s">{t('arrival.do.paper')}</Button><Button name="act" value="petition" data-key="p">{t('arrival.do.petition')}</Button></Actions>
                </form>
              </Section>
              <Section id="otherwise" title={t('arrival.otherwise')}>
                <form method="post" action={action} className="stack" noValidate><Hidden fields={{ act: 'join' }} /><TextField name="reference" label={<span data-key="d">{t('arrival.join')}</span>} hint={t('arrival.join.reference')} value={value('reference')} error={errors['reference']} autoComplete="off" /><Button>{t('arrival.do.join')}</Button></form>
                {arrival.state !== 'set_aside' && <form method="post" action={action} className="stack" noValidate><Hidden fields={{ act: 'aside' }} /><TextField name="reason" label={<span data-key="o">{t('arrival.set_aside')}</span>} hint={t('arrival.set_aside.reason')} value={value('reason')} error={errors['reason']} list="reasons" autoComplete="off" /><datalist id="reasons">{['advertising', 'empty', 'twice'].map((one) => <option key={one} value={t(`arrival.usual.${one}`)} />)}</datalist><Button>{t('arrival.do.aside')}</Button></form>}
              </Section>
            </>
          )}
          {work.nextId && <p className="sp"><LinkButton kind="quiet" href={`/desk/arrivals/${work.nextId}`} icon="arrow" data-key="v">{t('arrival.next')}</LinkButton></p>}
        </aside></div>
    </DeskPage>,
  );
}

export const arrivalPage = definePage({
  path: '/desk/arrivals/:id', audience: 'desk', get: render,
  async post(page) {
    const id = page.params['id']!;
    const read = (name: string): string => first(page.values, name);
    const act = read('act') || 'paper';
    const { nextId } = await readWork(page);
    const to = nextId ? `/desk/arrivals/${nextId}` : '/desk/arrivals';
    if (act === 'join') {
      const { reference } = await page.run(joinByHand, { id, caseId: read('caseId'), reference: read('reference') });
      return page.redirect(to, { key: 'arrival.done.joined', args: { reference } });
    }
    if (act === 'aside') {
      await page.run(setAside, { id, reason: read('reason') });
      return page.redirect(to, { key: 'arrival.done.aside' });
    }
    if (act !== 'paper' && act !== 'petition') throw notFound();
    const { reference } = await page.run(registerByHand, {
      id, as: act, subject: read('subject'), name: read('name'), organisation: read('organisation'), email: read('email'), address: read('address'), partyId: read('partyId'), senderReference: read('senderReference'), senderDatedOn: read('senderDatedOn'), classCode: read('classCode'),
    });
    return page.redirect(to, { key: 'arrival.done.registered', args: { reference } });
  },
});

export const arrivalFile = definePage({ path: '/desk/arrivals/:id/file', audience: 'desk', get: async (page) => serveFile(await page.run(openArrival, { id: page.params['id']! }), page.query.has('download')) });

/** The first page of a scan as a picture: a PDF is not shown within a page by every browser. */
export const arrivalPicture = definePage({
  path: '/desk/arrivals/:id/page.png', audience: 'desk',
  async get(page) {
    const file = await page.run(openArrival, { id: page.params['id']! });
    const picture = file.mediaType === 'application/pdf' ? await drawPage(new Uint8Array(Buffer.from(file.content, 'base64')), Number(page.query.get('n')) || 1).catch(() => null) : null;
    if (!picture) throw notFound();
    return serveFile({ fileName: 'page.png', mediaType: 'image/png', content: picture });
  },
});
