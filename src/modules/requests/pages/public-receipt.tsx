import type { ReactElement } from 'react';
import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { renderPdf, type ReceiptData } from '../../../core/pdf.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { PublicPage } from '../../../ui/frame.tsx';
import { Facts, LinkButton } from '../../../ui/parts.tsx';
import { Column } from '../../../ui/public.tsx';
import { readReceipt, trackPetition } from '../tracking.server.ts';

type Tracked = Awaited<ReturnType<typeof tracked>>;
const tracked = (page: PageContext) => page.run(trackPetition, {});

function ReceiptPage({ page, data, petition }: { page: PageContext; data: ReceiptData; petition: Tracked }): ReactElement {
  const { t } = page;
  const basis = petition.clock?.basis;
  return (
    <PublicPage title={t('public.receipt.title')}>
      <Column>
        <h1>{t('public.receipt.title')}</h1>
        <p className="lead">{t('public.receipt.lead')}</p>
        <div className="code">
          <span>{t('public.receipt.code')}</span>
          <b>{data.code}</b>
          <span className="hint">{t('public.receipt.code.hint')}</span>
        </div>
        <Facts
          facts={[
            [
              t('receipt.number'),
              <b className="ref" key="n">
                {data.number}
              </b>,
            ],
            [t('receipt.subject'), data.subject],
            [t('receipt.received'), data.received],
            [t('receipt.handled_by'), data.handledBy],
            [t('receipt.answer_by'), <b key="a">{data.answerBy}</b>],
          ]}
        />
        <details className="why" open>
          <summary>{t('clock.explain.title')}</summary>
          <p className="read">{data.explanation}</p>
          {basis && <p className="read">{t('public.basis', { basis })}</p>}
        </details>
        <p className="actions go">
          <LinkButton href="/petition/receipt.pdf" kind="primary" icon="print">
            {t('public.receipt.pdf')}
          </LinkButton>
          <LinkButton href="/track" kind="quiet">
            {t('public.receipt.follow')}
          </LinkButton>
        </p>
        <h2 className="sp">{t('public.receipt.next')}</h2>
        <ol className="numbered">
          <li>{t('public.receipt.next.read', { unit: data.handledBy ?? '' })}</li>
          <li>{t('public.receipt.next.ask')}</li>
          <li>{t('public.receipt.next.answer', { until: data.answerBy ?? '' })}</li>
        </ol>
      </Column>
    </PublicPage>
  );
}

const receiptOf = async (page: PageContext): Promise<ReceiptData> => (await page.run(readReceipt, {})).data as ReceiptData;

export const receiptPages: readonly Page[] = [
  definePage({
    path: '/petition/receipt',
    audience: 'petitioner',
    get: async (page) => page.html(<ReceiptPage page={page} data={await receiptOf(page)} petition={await tracked(page)} />),
  }),
  definePage({
    path: '/petition/receipt.pdf',
    audience: 'petitioner',
    async get(page) {
      const data = await receiptOf(page);
      return serveFile(
        {
          fileName: `${data.number.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pdf`,
          mediaType: 'application/pdf',
          content: await renderPdf('receipt', data),
        },
        page.query.has('download'),
      );
    },
  }),
];
