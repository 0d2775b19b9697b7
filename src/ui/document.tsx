import type { ReactElement } from 'react';
import { dayIn } from '../core/day.ts';
import { formatDay } from '../core/language.ts';
import { useView } from './view.tsx';

/** A document of a case as a link; one that was destroyed keeps its name and says when. */
export function DocumentName({ document }: { document: { id: string; title: string; destroyedAt: Date | null } }): ReactElement {
  const { t, locale, zone } = useView();
  if (!document.destroyedAt) return <a href={`/desk/documents/${document.id}`}>{document.title}</a>;
  return <span><s>{document.title}</s> <span className="meta">{t('document.destroyed', { on: formatDay(dayIn(zone, document.destroyedAt), locale, 'numeric') })}</span></span>;
}
