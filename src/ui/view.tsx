import { createContext, useContext } from 'react';
import type { LocaleId } from '../core/language.ts';
import type { Translate } from '../core/message.ts';

export type NavItem = { href: string; label: string; icon?: string; count?: number | undefined; current?: boolean };
/** A part of the menu; one that folds is open where the current page lies in it, or for whom it is the daily work. */
export type NavGroup = { key: string; label: string; items: NavItem[]; folds: boolean; open: boolean };
export type LanguageLink = { id: string; name: string; lang: string };
/** What every component may read of the reader, the office and the page. */
export type View = {
  t: Translate;
  locale: LocaleId;
  lang: string;
  office: { slug: string; accent: string; name: string; cabinet: string; address: string; phone: string; hours: string } | null;
  person: { id: string; name: string; title: string } | null;
  languages: LanguageLink[];
  path: string;
  search: string;
  nav: NavGroup[];
  views: NavItem[];
  theme: string | null;
  density: string;
  asset(name: string): string;
  flash: { kind: 'done' | 'error'; text: string } | null;
  zone: string;
  now: Date;
  singleKeys: boolean;
  demo: boolean;
};

export const ViewContext = createContext<View | null>(null);
export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error('a component was rendered outside a view');
  return view;
}
