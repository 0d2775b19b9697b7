import { definePage, type Page, type PageContext } from '../../../core/page.ts';
import { zipStream } from '../../../core/zip.ts';
import { makeBundle, streamBundle, type Exporting } from '../case-bundle.ts';
import { exportCase } from '../case-content.server.ts';
import { folderOf, safeName } from '../case-folder.ts';

const exporting = ({ kernel, office, locale, t, now }: PageContext): Exporting => ({ kernel, office, locale, t, now });

/** As serveFile, but from a stream: a case may be larger than what is good in memory. */
const served = (fileName: string, mediaType: string, isShown: boolean, stream: ReadableStream, size?: number): Response => new Response(stream, { headers: {
  'content-type': mediaType, ...(size === undefined ? {} : { 'content-length': String(size) }), 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store',
  'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename="${fileName.replaceAll(/[^\x20-\x7e]|["\\]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
  'content-security-policy': isShown ? "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf; frame-ancestors 'self'" : "sandbox; default-src 'none'",
} });

const bundle = definePage({
  path: '/desk/cases/:id/bundle.pdf', audience: 'desk',
  async get(page) {
    const content = await page.run(exportCase, { id: page.params['id']!, as: 'pdf' });
    const { size, stream } = await streamBundle(await makeBundle(exporting(page), content));
    return served(`${safeName(content.reference)}.pdf`, 'application/pdf', true, stream, size);
  },
});

const folder = definePage({
  path: '/desk/cases/:id/folder.zip', audience: 'desk',
  async get(page) {
    const content = await page.run(exportCase, { id: page.params['id']!, as: 'folder' });
    return served(`${safeName(content.reference)}.zip`, 'application/zip', false, zipStream(folderOf(exporting(page), content)));
  },
});

export const casePages: readonly Page[] = [bundle, folder];
