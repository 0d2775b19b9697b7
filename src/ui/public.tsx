import type { ReactElement, ReactNode } from 'react';
import { acceptedEndings, fileBytesAtMost, filesAtMost } from '../core/file.ts';
import { hasMessage } from '../core/message.ts';
import type { FieldErrors, Said } from '../core/refusal.ts';
import type { Shown } from '../core/page.ts';
import { ErrorSummary, FileField, type ShownErrors } from './field.tsx';
import { useView } from './view.tsx';

/** What is wrong, in words, in the order of the page's fields. */
export function useErrors(shown: Shown | undefined, order: readonly string[] = []): ShownErrors {
  const { t } = useView();
  const errors: FieldErrors = shown?.errors ?? {};
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.fromEntries(
    Object.entries(errors)
      .sort(([a], [b]) => place(a) - place(b))
      .map(([name, said]) => [name, t(fitting(name, said), said.args)]),
  );
}

/** Where nothing was given, the page says what it asks for, not only that it is missing. */
function fitting(name: string, { key }: Said): string {
  const own = `public.missing.${name}`;
  return (key === 'field.required' || key === 'field.choose') && hasMessage(own) ? own : key;
}

/** The error summary of a page shown again; what concerns no field is its title. */
export function Problems({ shown, errors }: { shown: Shown | undefined; errors: ShownErrors }): ReactElement | null {
  const { t } = useView();
  if (Object.keys(errors).length > 0) return <ErrorSummary errors={errors} />;
  return shown?.said ? <ErrorSummary errors={{}} title={t(shown.said.key, shown.said.args)} /> : null;
}

export const Back = ({ href, children }: { href: string; children?: ReactNode }): ReactElement => {
  const { t } = useView();
  return (
    <p className="back">
      <a href={href}>{children ?? t('public.back')}</a>
    </p>
  );
};

/** One column for reading and answering. */
export const Column = ({ children }: { children: ReactNode }): ReactElement => <div className="col">{children}</div>;

// Return in a text field presses the first button of a form, which must not be one that removes something.
export const FirstButton = (): ReactElement => <button className="vh" tabIndex={-1} aria-hidden="true" />;

export type Answer = { label: ReactNode; value: ReactNode; href?: string; change?: string };
/** Answers to check, each with a link to change it. */
export function Answers({ answers }: { answers: readonly Answer[] }): ReactElement {
  const { t } = useView();
  return (
    <dl className="answers">
      {answers.map((answer, index) => (
        <div key={index}>
          <dt>{answer.label}</dt>
          <dd>{answer.value}</dd>
          {answer.href && (
            <dd className="change">
              <a href={answer.href}>
                {t('public.change')}
                <span className="vh"> {answer.label}</span>
              </a>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

export type Month = { label: string; arrived: number; inTime: number; late: number; other: number; days: string };
/** Months with their numbers; the bar in each row is drawn from them. */
export function MonthTable({ caption, months }: { caption: string; months: readonly Month[] }): ReactElement {
  const { t } = useView();
  const most = Math.max(1, ...months.map((month) => month.arrived));
  const share = (value: number): number => (value / most) * 100;
  return (
    <table className="months">
      <caption className="vh">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('public.times.month')}</th>
          <th scope="col" className="right">
            {t('public.times.arrived')}
          </th>
          <th scope="col" className="right">
            {t('public.times.in_time')}
          </th>
          <th scope="col" className="right">
            {t('public.times.late')}
          </th>
          <th scope="col" className="right">
            {t('public.times.other')}
          </th>
          <th scope="col" className="right">
            {t('public.times.days')}
          </th>
        </tr>
      </thead>
      <tbody>
        {months.map((month) => (
          <tr key={month.label}>
            <th scope="row">
              {month.label}
              <svg preserveAspectRatio="none" viewBox="0 0 100 10" aria-hidden="true">
                <rect className="is-ok" width={share(month.inTime)} height="10" />
                <rect className="is-late" x={share(month.inTime)} width={share(month.late)} height="10" />
                <rect x={share(month.inTime + month.late)} width={share(month.other)} height="10" />
              </svg>
            </th>
            <td className="right num">{month.arrived}</td>
            <td className="right num">{month.inTime}</td>
            <td className="right num">{month.late}</td>
            <td className="right num">{month.other}</td>
            <td className="right num">{month.days}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Photographs and papers beside what is written, with the kinds and sizes that are taken. */
export function PublicFiles({ error }: { error: string | undefined }): ReactElement {
  const { t } = useView();
  return (
    <FileField
      name="files"
      label={t('public.field.files')}
      hint={t('public.field.files.hint', { most: filesAtMost, max: fileBytesAtMost / 1024 / 1024 })}
      optional
      accept={acceptedEndings.map((ending) => `.${ending}`).join(',')}
      error={error}
    />
  );
}
