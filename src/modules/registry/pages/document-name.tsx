import type { ReactElement } from 'react';
import { dayIn } from '../../../core/day.ts';
import { formatDay } from '../../../core/language.ts';
import type { PageContext } from '../../../core/page.ts';
import type { DocumentRow } from '../../documents/index.ts';

/** A document of a case as a link; one that was destroyed keeps its name and says when. */
export function DocumentName({ page, document }: { page: PageContext; document: Pick<DocumentRow, 'id' | 'title' | 'destroyedAt'> }): ReactElement {
  if (!document.destroyedAt) return <a href={`/desk/documents/${document.id}`}>{document.title}</a>;
  return <span><s>{document.title}</s> <span className="meta">{page.t('document.destroyed', { on: formatDay(dayIn(page.office.jurisdiction.timeZone, document.destroyedAt), page.locale, 'numeric') })}</span></span>;
}
