import type { ReactElement } from 'react';
import { glance } from '../../../core/glance.ts';
import type { PageContext } from '../../../core/page.ts';
import { ClockMark } from '../../../ui/icon.tsx';
import { At, Letter, LinkButton, Section } from '../../../ui/parts.tsx';
import { endingCertificate } from '../certificate.server.ts';
import { countLetters, lettersOfCase, type LetterRow, type LetterView } from '../letter-list.server.ts';
import type { LetterState } from '../letter.ts';

export const has = (page: PageContext, ...roles: string[]): boolean => roles.some((role) => page.caller.roles.has(role as 'chief'));
const marks = { draft: 'none', submitted: 'soon', sealed: 'paused', dispatched: 'ok', withdrawn: 'none' } as const satisfies Record<LetterState, string>;
export const LetterMark = ({ page, row }: { page: PageContext; row: Pick<LetterRow, 'state' | 'wasRefused'> }): ReactElement => <ClockMark state={row.wasRefused ? 'late' : marks[row.state]} label={page.t(row.wasRefused ? 'letter.state.refused' : `letter.state.${row.state}`)} />;
export const addresseesOf = (page: PageContext, row: Pick<LetterRow, 'addressees'>): string => (row.addressees.length > 2 ? page.t('letter.addressees.more', { first: row.addressees[0]!, count: row.addressees.length - 1 }) : row.addressees.join(', ')) || page.t('letter.addressees.none');

export const LetterRows = ({ page, letters }: { page: PageContext; letters: readonly LetterRow[] }): ReactElement => (
  <ul className="rows">{letters.map((row) => (
    <li key={row.id}><a href={`/desk/letters/${row.id}`} data-row={`/desk/letters/${row.id}`}>{row.subject}</a><LetterMark page={page} row={row} />
      <span className="sub">{(row.reference ?? row.caseReference) && <><span className="ref">{row.reference ?? row.caseReference}</span> · </>}{addresseesOf(page, row)} · {row.waitsFor ? page.t('letter.waits_for', { who: row.waitsFor }) : row.writtenBy} · <At at={row.updatedAt} style="both" /></span></li>))}</ul>
);

/** A letter that is a PDF: its pages are looked at, its words are there for who cannot. */
export const OwnPages = ({ page, letter, hint }: { page: PageContext; letter: LetterView; hint: string }): ReactElement => (
  <div className="field">
    <p><b>{page.t('letter.own', { pages: letter.ownPages })}</b></p>
    <p className="meta">{hint}</p>
    <p className="actions"><LinkButton icon="file" href={letter.documentId ? `/desk/documents/${letter.documentId}` : `/desk/letters/${letter.id}/preview.pdf`}>{page.t(letter.documentId ? 'letter.sealed_pdf' : 'answer.preview')}</LinkButton></p>
    {letter.text.trim() !== '' && <details className="inner"><summary>{page.t('letter.own.words')}</summary><Letter text={letter.text} lang={letter.locale} aside /></details>}
  </div>
);

export async function caseSection(page: PageContext, caseId: string): Promise<ReactElement | null> {
  const { letters } = await page.run(lettersOfCase, { caseId });
  return letters.length === 0 ? null : <Section id="letters" title={page.t('letter.list.title')}><LetterRows page={page} letters={letters} /></Section>;
}

export const waiting = (page: PageContext) => glance(page.caller.personId ?? '', 'letters', 10, () => page.run(countLetters, {}));

/** To who keeps the certificates: the one in use is at its end. */
async function endingNotice(page: PageContext): Promise<ReactElement | null> {
  if (!has(page, 'it', 'chief')) return null;
  const { certificate } = await glance(page.caller.personId ?? '', 'certificate', 60, () => page.run(endingCertificate, {}));
  if (!certificate) return null;
  const { t } = page;
  return (
    <Section id="certificate" title={t('certificate.today')} aside={<a href="/desk/certificates">{t('certificate.list.title')}</a>}>
      <p>{certificate.subject}</p>
      <p><ClockMark state={certificate.isExpired ? 'late' : 'soon'} label={t(`certificate.today.${certificate.isExpired ? 'expired' : 'expires'}`)} /> <At at={certificate.validUntil} style="long" /></p>
    </Section>
  );
}

/** What waits for the reader's approval or signature, and what came back. */
export async function todaySection(page: PageContext): Promise<ReactElement | null> {
  const { t } = page;
  const [{ approve, refused }, ending] = await Promise.all([waiting(page), endingNotice(page)]);
  if (approve.length + refused.length === 0) return ending;
  return (
    <>
      {ending}
      <Section id="letters" title={t('letter.today')} aside={<a href={`/desk/letters?view=${approve.length > 0 ? 'approve' : 'mine'}`}>{t('letter.list.title')}</a>}>
        {approve.slice(0, 6).map((row) => (
          <article className="sign" key={row.id}>
            <h3><a href={`/desk/letters/${row.id}`}>{row.subject}</a></h3>
            <p className="meta">{row.caseReference && <><span className="ref">{row.caseReference}</span> · </>}{addresseesOf(page, row)} · {t('desk.today.drafted_by', { who: row.writtenBy })}</p>
            <div className="actions"><LinkButton href={`/desk/letters/${row.id}`}>{t('letter.read')}<span className="vh"> {row.subject}</span></LinkButton></div>
          </article>
        ))}
        {refused.length > 0 && <LetterRows page={page} letters={refused.slice(0, 5)} />}
      </Section>
    </>
  );
}
