import { definePage } from '../../../core/page.ts';
import { renderPdf, type ClosingData, type LetterData } from '../../../core/pdf.ts';
import { appendPages } from '../../../core/seal-pages.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { previewLetter, readDocx, readLetterFile } from '../letter-file.server.ts';
import { readTemplateFile } from '../template.server.ts';

const id = (page: { params: Record<string, string> }): { id: string } => ({ id: page.params['id']! });

export const filePages = [
  definePage({
    path: '/desk/letters/:id/preview.pdf', audience: 'desk',
    async get(page) {
      const { data, name, own } = await page.run(previewLetter, id(page));
      const content = own ? await appendPages(own, await renderPdf('closing', data as ClosingData), { title: name, lang: (data as ClosingData).lang, isDraft: true }) : await renderPdf('letter', data as LetterData);
      return serveFile({ fileName: `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80)}.pdf`, mediaType: 'application/pdf', content });
    },
  }),
  definePage({ path: '/desk/letters/:id/docx', audience: 'desk', get: async (page) => serveFile(await page.run(readDocx, id(page)), true) }),
  definePage({ path: '/desk/letters/:id/file', audience: 'desk', get: async (page) => serveFile(await page.run(readLetterFile, id(page)), true) }),
  definePage({ path: '/desk/letter-templates/:id/file', audience: 'desk', get: async (page) => serveFile(await page.run(readTemplateFile, id(page)), true) }),
];
