import type { ReactElement, ReactNode } from 'react';
import { useView } from './view.tsx';

/** What every field takes; `error` is a whole sentence in the reader's language. */
export type FieldProps = { name: string; label: ReactNode; hint?: ReactNode; error?: string | undefined; value?: string | undefined; required?: boolean; optional?: boolean; id?: string };

const wire = (id: string, hint: unknown, error: unknown) => ({
  id, 'aria-describedby': [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined, 'aria-invalid': error ? (true as const) : undefined,
});

function Wrap({ id, label, hint, error, optional, children, className }: { id: string; label: ReactNode; hint?: ReactNode; error?: string | undefined; optional?: boolean | undefined; children: ReactNode; className?: string }): ReactElement {
  const { t } = useView();
  return (
    <div className={`field${error ? ' wrong' : ''}${className ? ` ${className}` : ''}`}>
      <label htmlFor={id}>{label}{optional && <span className="hint"> {t('ui.optional')}</span>}</label>
      {hint && <span className="hint" id={`${id}-hint`}>{hint}</span>}
      {error && <span className="error" id={`${id}-error`}><span className="vh">{t('ui.error_prefix')} </span>{error}</span>}
      {children}
    </div>
  );
}

type TextProps = FieldProps & { type?: 'text' | 'email' | 'tel' | 'password' | 'number' | 'search'; autoComplete?: string; maxLength?: number; inputMode?: 'text' | 'numeric' | 'email' | 'tel'; list?: string; size?: number; spellCheck?: boolean; autoFocus?: boolean; className?: string };
export function TextField({ name, label, hint, error, value, required, optional, id = name, className, type = 'text', ...rest }: TextProps): ReactElement {
  return (
    <Wrap id={id} label={label} hint={hint} error={error} optional={optional} {...(className ? { className } : {})}>
      <input {...wire(id, hint, error)} {...rest} type={type} name={name} defaultValue={value} required={required} />
    </Wrap>
  );
}

export function TextArea({ name, label, hint, error, value, required, optional, id = name, rows = 5, maxLength, autoComplete }: FieldProps & { rows?: number; maxLength?: number; autoComplete?: string }): ReactElement {
  const { t } = useView();
  return (
    <Wrap id={id} label={label} hint={hint} error={error} optional={optional}>
      <textarea {...wire(id, hint, error)} name={name} rows={rows} defaultValue={value} required={required} autoComplete={autoComplete} data-count={maxLength} data-count-text={maxLength ? t('ui.characters_left') : undefined} />
    </Wrap>
  );
}

export type Option = { value: string; label: string; hint?: ReactNode; group?: string };
export function SelectField({ name, label, hint, error, value, required, optional, id = name, options, empty, className }: FieldProps & { options: readonly Option[]; empty?: string; className?: string }): ReactElement {
  const groups = [...new Set(options.map((option) => option.group ?? ''))];
  const list = (group: string): ReactElement[] => options.filter((option) => (option.group ?? '') === group).map((option) => <option key={option.value} value={option.value}>{option.label}</option>);
  return (
    <Wrap id={id} label={label} hint={hint} error={error} optional={optional} {...(className ? { className } : {})}>
      <select {...wire(id, hint, error)} name={name} defaultValue={value} required={required}>
        {empty !== undefined && <option value="">{empty}</option>}
        {groups.map((group) => (group ? <optgroup key={group} label={group}>{list(group)}</optgroup> : list(group)))}
      </select>
    </Wrap>
  );
}

export function RadioGroup({ name, legend, hint, error, value, options, asTitle }: { name: string; legend: ReactNode; hint?: ReactNode; error?: string | undefined; value?: string | undefined; options: readonly Option[]; asTitle?: boolean }): ReactElement {
  const { t } = useView();
  return (
    <fieldset className={`field${error ? ' wrong' : ''}`} aria-describedby={[hint ? `${name}-hint` : '', error ? `${name}-error` : ''].filter(Boolean).join(' ') || undefined}>
      <legend>{asTitle ? <h1>{legend}</h1> : legend}</legend>
      {hint && <p className="hint" id={`${name}-hint`}>{hint}</p>}
      {error && <p className="error" id={`${name}-error`}><span className="vh">{t('ui.error_prefix')} </span>{error}</p>}
      <div className="radios">
        {options.map((option, index) => (
          <label key={option.value}>
            <input type="radio" id={index === 0 ? name : undefined} name={name} value={option.value} defaultChecked={option.value === value} />
            <span>{option.label}</span>
            {option.hint && <span className="hint">{option.hint}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function Checkbox({ name, label, hint, checked, value = '1', error }: { name: string; label: ReactNode; hint?: ReactNode; checked?: boolean; value?: string; error?: string | undefined }): ReactElement {
  const { t } = useView();
  return (
    <div className={`field check${error ? ' wrong' : ''}`}>
      {error && <span className="error" id={`${name}-error`}><span className="vh">{t('ui.error_prefix')} </span>{error}</span>}
      <label><input type="checkbox" {...wire(name, hint, error)} name={name} value={value} defaultChecked={checked} /><span>{label}</span></label>
      {hint && <span className="hint" id={`${name}-hint`}>{hint}</span>}
    </div>
  );
}

export function DateField({ name, label, hint, error, value, required, optional, id = name, min, max }: FieldProps & { min?: string; max?: string }): ReactElement {
  return (
    <Wrap id={id} label={label} hint={hint} error={error} optional={optional}>
      <input {...wire(id, hint, error)} type="date" name={name} defaultValue={value} required={required} min={min} max={max} />
    </Wrap>
  );
}

export function FileField({ name, label, hint, error, optional, accept, multiple = true, id = name, megabytes = 20 }: FieldProps & { accept?: string; multiple?: boolean; megabytes?: number }): ReactElement {
  const { t } = useView();
  return (
    <Wrap id={id} label={label} hint={hint} error={error} optional={optional}>
      <input {...wire(id, hint, error)} type="file" name={name} multiple={multiple} accept={accept} data-megabytes={megabytes} data-too-large={t('ui.file_too_large', { max: megabytes })} />
    </Wrap>
  );
}

export const Hidden = ({ fields }: { fields: Record<string, string | number | null | undefined> }): ReactElement => (
  <>{Object.entries(fields).map(([name, value]) => (value === null || value === undefined ? null : <input key={name} type="hidden" name={name} value={value} />))}</>
);

export type ShownErrors = Record<string, string>;
/** The only boxed thing: what is wrong, each line leading to its field. */
export function ErrorSummary({ errors, title }: { errors: ShownErrors; title?: string }): ReactElement | null {
  const { t } = useView();
  const list = Object.entries(errors);
  if (list.length === 0 && !title) return null;
  return (
    <div className="errors" role="alert" aria-labelledby="errors-title" tabIndex={-1} data-focus="1">
      <h2 id="errors-title">{title ?? t('ui.something_missing')}</h2>
      {list.length > 0 && <ul>{list.map(([field, message]) => <li key={field}>{field === 'form' ? message : <a href={`#${field}`}>{message}</a>}</li>)}</ul>}
    </div>
  );
}
