import type { ReactElement } from 'react';
import { formatNumber } from '../../../core/language.ts';
import { definePage, errorsOf, first, type Page, type PageContext, type Shown } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { csvOf } from '../../../core/table-file.ts';
import { ErrorSummary, FileField, SelectField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Facts, LinkButton, Notice, Pages, Section, State, Table } from '../../../ui/parts.tsx';
import { getImport, importers, isEnded, listImports, listRefusals, mapImport, runImport, stopImport, uploadImport, type ImportRun } from '../import.server.ts';
import { neededFields, oldFields } from '../old-column.ts';
import { encodings } from '../../../core/sheet.ts';

export const mayImport = (page: PageContext): boolean => importers.some((role) => page.caller.roles.has(role as 'it'));
type Run = Awaited<ReturnType<typeof read>>;
const read = (page: PageContext) => page.run(getImport, { id: page.params['id']! });
const number = (page: PageContext, value: number): string => formatNumber(value, page.locale);
const StateOf = ({ page, run }: { page: PageContext; run: ImportRun }): ReactElement => <State kind={run.state === 'failed' ? 'late' : run.state === 'dropped' ? 'paused' : isEnded(run.state) ? '' : 'soon'}>{page.t(`import.state.${run.state}`)}</State>;

const list = definePage({
  path: '/desk/import', audience: 'desk',
  async get(page, shown) {
    const { t } = page;
    const { runs } = await page.run(listImports, {});
    const errors = errorsOf(page, shown?.errors);
    return page.html(
      <DeskPage title={t('import.title')}>
        <ErrorSummary errors={errors} />
        <div className="head"><div><h1>{t('import.menu')}</h1><p>{t('import.lead')}</p></div></div>
        <form method="post" action="/desk/import" encType="multipart/form-data" className="stack" noValidate>
          <FileField name="file" label={t('import.file')} hint={t('import.file.hint')} error={errors['file']} accept=".csv,.txt,.xlsx" multiple={false} />
          <Actions><Button kind="primary" icon="upload">{t('import.upload')}</Button></Actions>
        </form>
        <div className="sp"><Section id="runs" title={t('import.list')}>
          {runs.length === 0 ? <Empty>{t('import.none')}</Empty> : (
            <Table caption={t('import.list')} head="file" columns={[{ key: 'file', label: t('import.column.file'), className: 'full' }, { key: 'state', label: t('import.column.state') }, { key: 'entered', label: t('import.column.entered') }, { key: 'by', label: t('import.column.by') }]} rows={runs.map((run) => ({
              id: run.id, cells: {
                file: <a href={`/desk/import/${run.id}`} data-row={`/desk/import/${run.id}`}>{run.fileName}</a>, state: <StateOf page={page} run={run} />, by: <>{run.by}<span className="sub"><At at={run.at} style="both" /></span></>,
                entered: <>{t('import.running', { done: number(page, run.entered), total: number(page, run.total) })}{run.refused > 0 && <span className="sub">{t('import.column.refused')}: {number(page, run.refused)}</span>}</>,
              },
            }))} />
          )}
        </Section></div>
      </DeskPage>,
    );
  },
  async post(page) {
    const file = page.files['file']?.[0] ?? { name: 'x', bytes: new Uint8Array() };
    const { id } = await page.run(uploadImport, { file });
    return page.redirect(`/desk/import/${id}`);
  },
});

/** Which column is which, with the first rows below. */
function MappingForm({ page, shown: { run, columns, fields, kind, encoding, delimiter, preview }, errors }: { page: PageContext; shown: Run; errors: Record<string, string> }): ReactElement {
  const { t, values } = page;
  const options = columns.map((column, index) => ({ value: String(index), label: column || t('import.columns.unnamed', { number: index + 1 }) }));
  const hinted = ['number', 'receivedOn', 'closedOn'];
  return (
    <>
      <p className="meta">{kind === 'csv' ? t('import.read_as.csv', { encoding: encoding.toUpperCase(), delimiter: delimiter === '\t' ? t('import.delimiter.tab') : delimiter }) : t('import.read_as.xlsx')} · {t('import.column.rows')}: {number(page, run.total)}</p>
      <form method="post" action={`/desk/import/${run.id}`} className="stack" noValidate>
        <Section id="columns" title={t('import.columns')}>
          <div className="pairs">
            {oldFields.map((field) => (
              <SelectField key={field} name={field} label={t(`import.field.${field}`)} hint={hinted.includes(field) ? t(`import.field.${field}.hint`) : undefined} error={errors[field]} empty={t('import.columns.none')} options={options} optional={!neededFields.includes(field)}
                value={values[field] === undefined ? String(fields[field] ?? '') : first(values, field)} />
            ))}
            {kind === 'csv' && <SelectField name="encoding" label={t('import.encoding')} hint={t('import.encoding.hint')} value={encoding} options={encodings.map((one) => ({ value: one, label: one.toUpperCase() }))} />}
          </div>
        </Section>
        <Actions><Button kind="primary" name="act" value="map">{t('import.check')}</Button></Actions>
      </form>
      <div className="sp"><Section id="rows" title={t('import.first_rows')}>
        <div className="spread" role="group" aria-labelledby="rows" tabIndex={0}>
          <Table fold={false} caption={t('import.first_rows')} head="" columns={options.map(({ value, label }) => ({ key: value, label }))} rows={preview.map((cells, row) => ({ id: String(row), cells: Object.fromEntries(cells.map((cell, index) => [String(index), cell])) }))} />
        </div>
      </Section></div>
    </>
  );
}

const Act = ({ run, act, label, primary }: { run: ImportRun; act: string; label: string; primary?: boolean }): ReactElement => (
  <form method="post" action={`/desk/import/${run.id}`}><Button kind={primary ? 'primary' : ''} name="act" value={act}>{label}</Button></form>
);

/** What is happening or has happened, in a sentence, and the acts that are open. */
function Progress({ page, shown: { run, begun } }: { page: PageContext; shown: Run }): ReactElement {
  const { t } = page;
  const done = run.entered + run.refused;
  const more = run.entered > 0 && <LinkButton kind="quiet" href="/desk/register">{t('desk.nav.register')}</LinkButton>;
  switch (run.state) {
    case 'checking': return <><p>{t('import.checking', { total: run.total })}</p><progress aria-label={t('import.state.checking')} /><p className="meta">{t('import.refreshes')} <a href={`/desk/import/${run.id}`}>{t('import.refresh')}</a></p></>;
    case 'running': return <><p>{t('import.running', { done: number(page, done), total: number(page, run.total) })}</p><progress aria-label={t('import.state.running')} value={done} max={Math.max(1, run.total)} /><p className="meta">{t('import.refreshes')} <a href={`/desk/import/${run.id}`}>{t('import.refresh')}</a></p><Actions><Act run={run} act="stop" label={t('import.stop')} /></Actions></>;
    case 'checked': return <><p>{t('import.checked', { passed: run.passed, refused: run.refused })}</p>{run.passed > 0 && <p className="meta">{t('import.run.hint')}</p>}<Actions>{run.passed > 0 && <Act run={run} act="run" label={t('import.run', { passed: run.passed })} primary />}<LinkButton kind="quiet" href={`/desk/import/${run.id}?columns=1`}>{t('import.map_anew')}</LinkButton></Actions></>;
    case 'done': return <><p>{t('import.done', { entered: run.entered, refused: run.refused })}</p><Actions>{more}</Actions></>;
    case 'failed': return <><Notice kind="late">{t('import.broken', { error: run.error })}</Notice>{begun && <Actions><Act run={run} act="run" label={t('import.go_on')} primary /></Actions>}</>;
    case 'mapping':
    case 'dropped': return <><p>{t('import.running', { done: number(page, done), total: number(page, run.total) })}</p><Actions>{begun && <Act run={run} act="run" label={t('import.go_on')} primary />}{more}</Actions></>;
  }
}

async function show(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const shown = await read(page);
  const { run } = shown;
  const errors = errorsOf(page, after?.errors, oldFields);
  const maps = run.state === 'mapping' || (run.state === 'checked' && (page.query.has('columns') || Boolean(after?.errors)));
  const from = Number(page.query.get('after')) || 0;
  const refused = !maps && isEnded(run.state) && run.refused > 0 ? await page.run(listRefusals, { id: run.id, after: from }) : null;
  if (!isEnded(run.state)) page.hono.header('refresh', '3');
  return page.html(
    <DeskPage title={run.fileName}>
      <Crumbs items={[{ label: t('import.title'), href: '/desk/import' }, { label: run.fileName }]} />
      <ErrorSummary errors={errors} />
      {after?.said && Object.keys(errors).length === 0 && <p className="error" role="alert">{t(after.said.key, after.said.args)}</p>}
      <div className="casehead"><div className="line"><StateOf page={page} run={run} /></div><h1>{run.fileName}</h1></div>
      {maps ? <MappingForm page={page} shown={shown} errors={errors} /> : <div aria-live="polite"><Progress page={page} shown={shown} /></div>}
      {refused && (
        <div className="sp"><Section id="refused" title={t('import.refused')} aside={<a href={`/desk/import/${run.id}/refused.csv`}>{t('import.refused.download')}</a>}>
          <p className="meta">{t('import.refused.hint')}</p>
          <Facts facts={shown.reasons.map(({ key, count }) => [t(`${key}.kind`), number(page, count)] as const)} />
          <div className="sp">
          <Table caption={t('import.refused')} head="reason" columns={[{ key: 'reason', label: t('import.refused.reason'), className: 'full' }, { key: 'cells', label: t('import.refused.cells'), className: 'full' }]} rows={refused.refusals.map((one) => ({
            id: String(one.row), cells: { reason: <>{t(one.key, one.args)}<span className="sub">{t('import.refused.row')} {one.row} · {t(`import.field.${one.field}`)}</span></>, cells: <span className="meta">{one.cells.filter(Boolean).join(' · ')}</span> },
          }))} />
          <Pages previous={from ? `/desk/import/${run.id}` : null} next={refused.next === null ? null : `/desk/import/${run.id}?after=${refused.next}`} />
          </div>
        </Section></div>
      )}
    </DeskPage>,
  );
}

const one = definePage({
  path: '/desk/import/:id', audience: 'desk', get: show,
  async post(page) {
    const id = page.params['id']!;
    const act = first(page.values, 'act');
    if (act === 'run') await page.run(runImport, { id });
    else if (act === 'stop') await page.run(stopImport, { id });
    else await page.run(mapImport, { id, encoding: first(page.values, 'encoding') as '', ...Object.fromEntries(oldFields.map((field) => [field, first(page.values, field)])) });
    return page.redirect(`/desk/import/${id}`);
  },
});

/** The refused rows as they stand in the file, with the reason before them: to be corrected and read again. */
const refusedFile = definePage({
  path: '/desk/import/:id/refused.csv', audience: 'desk',
  async get(page) {
    const { t } = page;
    const { run, columns } = await read(page);
    const rows: string[][] = [];
    for (let after: number | null = 0; after !== null; ) {
      const part: Awaited<ReturnType<typeof refusals>> = await refusals(page, run.id, after);
      for (const { row, field, key, args, cells } of part.refusals) rows.push([String(row), t(`import.field.${field}`), t(key, args), ...columns.map((_, index) => cells[index] ?? '')]);
      after = part.next;
    }
    const text = csvOf([[t('import.refused.row'), t('import.refused.field'), t('import.refused.reason'), ...columns], ...rows]);
    return serveFile({ fileName: `${run.fileName.replace(/\.[^.]*$/, '')} - ${t('import.column.refused')}.csv`, mediaType: 'text/csv', content: Buffer.from(text) }, true);
  },
});
const refusals = (page: PageContext, id: string, after: number) => page.run(listRefusals, { id, after, limit: 1000 });

export const importPages: readonly Page[] = [list, refusedFile, one];
