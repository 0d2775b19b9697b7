import { definePage, type Page } from '../../../core/page.ts';
import { serveFile } from '../../../core/serve-file.ts';
import { getDocument } from '../document.server.ts';

export const documentPages: readonly Page[] = [
  definePage({ path: '/desk/documents/:id', audience: 'desk', get: async (page) => serveFile(await page.run(getDocument, { id: page.params['id']! }), page.query.has('download')) }),
];
