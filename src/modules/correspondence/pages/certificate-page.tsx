import { definePage, errorsOf, first, type PageContext, type Shown } from '../../../core/page.ts';
import { wrong } from '../../../core/refusal.ts';
import { ErrorSummary, FileField, Hidden, TextField } from '../../../ui/field.tsx';
import { DeskPage } from '../../../ui/frame.tsx';
import { Actions, At, Button, Crumbs, Empty, Notice, Section, State, Table } from '../../../ui/parts.tsx';
import { addCertificate, listCertificates, retireCertificate } from '../certificate.server.ts';
import { has } from './letter-parts.tsx';

const marks = { in_use: 'ok', waiting: '', expiring: 'soon', expired: 'late', retired: '' } as const;

async function render(page: PageContext, after?: Shown): Promise<Response> {
  const { t } = page;
  const { certificates } = await page.run(listCertificates, {});
  const errors = errorsOf(page, after?.errors, ['file', 'password']);
  const keeps = has(page, 'it', 'chief');
  const ending = certificates.find((one) => one.state === 'expiring');
  return page.html(
    <DeskPage title={t('certificate.list.title')}>
      <Crumbs items={[{ label: t('letter.list.title'), href: '/desk/letters' }, { label: t('certificate.list.title') }]} />
      <ErrorSummary errors={errors} {...(after?.said && Object.keys(errors).length === 0 ? { title: t(after.said.key, after.said.args) } : {})} />
      <h1>{t('certificate.list.title')}</h1>
      <p className="lead">{t('certificate.lead')}</p>
      {ending && <Notice kind="warn">{t('certificate.expiring')} <At at={ending.validUntil} style="long" /></Notice>}
      {certificates.length === 0 ? <Empty>{t('certificate.none')}</Empty> : (
        <Table caption={t('certificate.list.title')} head="subject" columns={[{ key: 'subject', label: t('certificate.subject'), className: 'full' }, { key: 'until', label: t('certificate.until') }, { key: 'state', label: t('dispatch.column.state') }, { key: 'retire', label: t('certificate.retire'), hidden: true }]} rows={certificates.map((one) => ({
          id: one.id, cells: { subject: <>{one.subject}<span className="sub">{t('certificate.issuer')}: {one.issuer} · SHA-256 {one.fingerprint.slice(0, 16)}…</span></>, until: <At at={one.validUntil} />, state: <State kind={marks[one.state]}>{t(`certificate.state.${one.state}`)}</State>,
            retire: keeps && one.state !== 'retired' && <form method="post" action="/desk/certificates"><Hidden fields={{ act: 'retire', id: one.id }} /><Button kind="quiet">{t('certificate.retire')}<span className="vh"> {one.subject}</span></Button></form> },
        }))} />
      )}
      {keeps && (
        <Section id="add" title={t('certificate.add')}>
          <form method="post" encType="multipart/form-data" action="/desk/certificates" className="stack" noValidate>
            <FileField name="file" label={t('certificate.file')} hint={t('certificate.file.hint')} multiple={false} accept=".p12,.pfx" megabytes={1} error={errors['file']} />
            <TextField name="password" type="password" label={t('certificate.password')} hint={t('certificate.password.hint')} autoComplete="off" error={errors['password']} />
            <Actions><Button kind="primary" icon="lock">{t('certificate.add.do')}</Button></Actions>
          </form>
        </Section>
      )}
    </DeskPage>,
  );
}

export const certificatePage = definePage({
  path: '/desk/certificates', audience: 'desk', get: render,
  async post(page) {
    if (first(page.values, 'act') === 'retire') {
      await page.run(retireCertificate, { id: first(page.values, 'id') });
      return page.redirect('/desk/certificates', { key: 'certificate.done.retired' });
    }
    const file = page.files['file']?.[0];
    if (!file) throw wrong({ file: { key: 'field.required' } });
    const added = await page.run(addCertificate, { file, password: first(page.values, 'password') });
    return page.redirect('/desk/certificates', { key: 'certificate.done.added', args: { subject: added.subject } });
  },
});
