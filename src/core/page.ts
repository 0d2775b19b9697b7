import type { Context as HonoContext } from 'hono';
import type { ReactElement } from 'react';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import type { Upload } from './file.ts';
import type { LocaleId } from './language.ts';
import type { Kernel } from './kernel.ts';
import type { Translate } from './message.ts';
import type { Office } from './office.ts';
import type { Operation, RunOptions } from './operation.ts';
import type { FieldErrors, Said } from './refusal.ts';

export type Values = Record<string, string | string[]>;
export type Shown = { errors?: FieldErrors; values?: Values; said?: Said; current?: unknown };

/** What a page is given: the office, the caller, the form, and the gate. */
export type PageContext = {
  kernel: Kernel;
  office: Office;
  caller: Caller;
  locale: LocaleId;
  t: Translate;
  url: URL;
  params: Record<string, string>;
  query: URLSearchParams;
  /** Fields as posted; on GET what a form held while its session had ended. */
  values: Values;
  files: Record<string, Upload[]>;
  now: Date;
  hono: HonoContext;
  panels: readonly Panel[];
  run<I extends z.ZodType, O extends z.ZodType>(op: Operation<I, O>, input: z.input<I>, options?: RunOptions): Promise<z.output<O>>;
  /** The page as HTML in the frame of its audience. */
  html(element: ReactElement, status?: number): Promise<Response>;
  /** 303, with a message shown once on the next page. */
  redirect(path: string, flash?: Said): Response;
};

/** A case as those who add to its page know it. */
export type CaseHead = { id: string; kind: string; reference: string; subject: string; access: string; unitId: string | null; handledBy: string | null; partyId: string | null; closedAt: Date | null; /** What it has, by name (`ofCase` of the modules). */ parts: readonly string[] };
/** What is done to a case most days, what changes the matter itself, and what makes a file or a paper of it. */
export type ActGroup = 'work' | 'matter' | 'file';
export type CaseAct = { key: string; label: string; href: string; icon?: string; group?: ActGroup };
export type MenuItem = { href: string; label: string; icon: string; order: number; count?: number | undefined };

/** What a module adds to the pages of others: acts and a section to the page of any case, a section to the day's page, items to the menu. */
export type Panel = {
  name: string;
  /** Place on the day's page: what must be done first is lowest, from 50 on it stands after the petitions. */
  todayOrder?: number;
  acts?(page: PageContext, file: CaseHead): readonly CaseAct[];
  /** Of which the case must have one for `ofCase` to have anything to show. */
  parts?: readonly string[];
  ofCase?(page: PageContext, file: CaseHead): Promise<ReactElement | null>;
  today?(page: PageContext): Promise<ReactElement | null>;
  menu?(page: PageContext): Promise<readonly MenuItem[]> | readonly MenuItem[];
};

const present = (parts: readonly (ReactElement | null | undefined)[]): ReactElement[] => parts.filter((part): part is ReactElement => Boolean(part));
/** The sections that modules add to the page of a case, in the order of the modules. */
export const casePanels = async (page: PageContext, file: CaseHead): Promise<ReactElement[]> => present(await Promise.all(page.panels.filter((panel) => !panel.parts || panel.parts.some((part) => file.parts.includes(part))).map(async (panel) => panel.ofCase?.(page, file))));
export const caseActs = (page: PageContext, file: CaseHead): CaseAct[] => page.panels.flatMap((panel) => panel.acts?.(page, file) ?? []);
/** The sections that modules add to the day's page: those that come before the petitions and those after them. */
export async function todayPanels(page: PageContext): Promise<{ before: ReactElement[]; after: ReactElement[] }> {
  const placed = await Promise.all(page.panels.map(async (panel) => ({ order: panel.todayOrder ?? 20, part: await panel.today?.(page) })));
  const sorted = placed.toSorted((a, b) => a.order - b.order);
  return { before: present(sorted.filter((one) => one.order < 50).map((one) => one.part)), after: present(sorted.filter((one) => one.order >= 50).map((one) => one.part)) };
}
export const menuItems = async (page: PageContext): Promise<MenuItem[]> => (await Promise.all(page.panels.map(async (panel) => (await panel.menu?.(page)) ?? []))).flat().sort((a, b) => a.order - b.order);

export type Page = {
  path: string;
  /** public: anybody; petitioner: who holds a tracking code; desk: signed-in staff; program: one of the staff by e-mail and token (Basic), with the methods of `serve`. */
  audience: 'public' | 'petitioner' | 'contributor' | 'desk' | 'program';
  /** What was typed here is not kept for after the next sign-in, when the session has ended. */
  isForgotten?: boolean;
  get?(page: PageContext, shown?: Shown): Promise<Response> | Response;
  /** A refusal of 409 or 422 thrown here shows `get` again with the errors and what was typed. */
  post?(page: PageContext): Promise<Response> | Response;
  /** Answers a program: the user name that came along with the token is there to be compared. */
  serve?: { methods: readonly string[]; answer(page: PageContext, user: string): Promise<Response> | Response };
};
export const definePage = (page: Page): Page => page;

export const first = (values: Values, name: string): string => {
  const value = values[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
};
export const many = (values: Values, name: string): string[] => {
  const value = values[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
};

/** The errors of a form as sentences in the reader's language, those of `order` first: the order of the page. */
export function errorsOf(page: Pick<PageContext, 't'>, errors: FieldErrors | undefined, order: readonly string[] = []): Record<string, string> {
  if (!errors) return {};
  const names = [...order.filter((name) => errors[name]), ...Object.keys(errors).filter((name) => !order.includes(name))];
  return Object.fromEntries(names.map((name) => [name, page.t(errors[name]!.key, errors[name]!.args)]));
}
