import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { zipStream } from '../../../core/zip.ts';
import { makeBundle, readBundle, type Exporting } from '../case-bundle.ts';
import { exportCase } from '../case-content.server.ts';
import { folderOf, safeName } from '../case-folder.ts';

const exporting = ({ kernel, office, locale, t, now }: PageContext): Exporting => ({ kernel, office, locale, t, now });

const bundle = definePage({
  path: '/desk/cases/:id/bundle.pdf', audience: 'desk',
  async get(page) {
    const content = await page.run(exportCase, { id: page.params['id']!, as: 'pdf' });
    return serveFile({ fileName: `${safeName(content.reference)}.pdf`, mediaType: 'application/pdf', content: await readBundle(await makeBundle(exporting(page), content)) });
  },
});

const folder = definePage({
  path: '/desk/cases/:id/folder.zip', audience: 'desk',
  async get(page) {
    const content = await page.run(exportCase, { id: page.params['id']!, as: 'folder' });
    const name = `${safeName(content.reference)}.zip`;
    return new Response(zipStream(folderOf(exporting(page), content)), { headers: {
      'content-type': 'application/zip', 'content-disposition': `attachment; filename="${name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`, 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store',
    } });
  },
});

export const casePages: readonly Page[] = [bundle, folder];
