import type { ReactElement } from 'react';
import { textIn } from '../../../core/message.ts';
import { definePage, first, type Page, type PageContext } from '../../../core/page.ts';
import { mayPass } from '../../../core/rate-limit.ts';
import { tooMany } from '../../../core/refusal.ts';
import type { Output } from '../../../core/operation.ts';
import { PublicPage } from '../../../ui/frame.tsx';
import { Facts } from '../../../ui/parts.tsx';
import { Back, Column } from '../../../ui/public.tsx';
import { useView } from '../../../ui/view.tsx';
import { inScript, readContact, readStructure, type PublicUnit } from '../office-public.server.ts';

const Phone = ({ number }: { number: string }): ReactElement => <a href={`tel:${number.replaceAll(/[^+\d]/g, '')}`}>{number}</a>;

function Email({ of, name }: { of: string; name: string }): ReactElement {
  const { t } = useView();
  return (
    <form action="/structure/email" method="post" className="inline">
      <input type="hidden" name="of" value={of} />
      <button className="btn quiet">
        {t('public.structure.email')}
        <span className="vh">, {name}</span>
      </button>
    </form>
  );
}

function Unit({ unit, page, level }: { unit: PublicUnit; page: PageContext; level: 2 | 3 }): ReactElement {
  const { t } = page;
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section aria-labelledby={`unit-${unit.id}`} className={level === 2 ? 'unit' : 'unit sub-unit'}>
      <Heading id={`unit-${unit.id}`}>{unit.name}</Heading>
      <Facts
        facts={[
          unit.phone && [t('public.structure.phone'), <Phone key="p" number={unit.phone} />],
          unit.room && [t('public.structure.room'), unit.room],
          unit.hours && [t('public.structure.hours'), unit.hours],
        ]}
      />
      {unit.hasEmail && <Email of={`unit:${unit.id}`} name={unit.name} />}
      {unit.people.length > 0 && (
        <ul className="people">
          {unit.people.map((person) => (
            <li key={person.id}>
              <p>
                <b>{person.name}</b>
                <span className="meta">{person.title}</span>
              </p>
              <p className="meta">
                {[
                  person.phone && <Phone key="p" number={person.phone} />,
                  person.room && `${t('public.structure.room')} ${person.room}`,
                ]
                  .filter(Boolean)
                  .flatMap((part, index) => (index === 0 ? [part] : [' · ', part]))}
              </p>
              <Email of={`person:${person.id}`} name={person.name} />
            </li>
          ))}
        </ul>
      )}
      {unit.competences.length > 0 && (
        <details>
          <summary>
            {t('public.structure.competences')}
            <span className="vh">: {unit.name}</span>
          </summary>
          <ul className="dashed">
            {unit.competences.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** Units in the order of the office's data, each followed by those below it. */
function inOrder(units: readonly PublicUnit[], parentId: string | null = null, depth = 0): { unit: PublicUnit; depth: number }[] {
  const known = new Set(units.map((unit) => unit.id));
  const here = units.filter((unit) =>
    parentId === null ? !unit.parentId || !known.has(unit.parentId) : unit.parentId === parentId,
  );
  return depth > 9 ? [] : here.flatMap((unit) => [{ unit, depth }, ...inOrder(units, unit.id, depth + 1)]);
}

function StructurePage({ page, structure }: { page: PageContext; structure: Output<typeof readStructure> }): ReactElement {
  const { t, office, locale } = page;
  const units = inOrder(structure.units);
  return (
    <PublicPage title={t('public.nav.structure')}>
      <Back href="/" />
      <h1>{t('public.nav.structure')}</h1>
      <p className="lead">{t('public.structure.lead')}</p>
      <Facts
        facts={[
          [t('public.structure.address'), inScript(office.data.address, locale)],
          [t('public.structure.phone'), <Phone key="p" number={office.data.phone} />],
          [t('public.structure.hours'), textIn(office.data.hours.text, locale)],
        ]}
      />
      <nav aria-labelledby="units" className="sp">
        <h2 id="units">{t('public.structure.units')}</h2>
        <ul className="columns">
          {units
            .filter(({ depth }) => depth === 0)
            .map(({ unit }) => (
              <li key={unit.id}>
                <a href={`#unit-${unit.id}`}>{unit.name}</a>
              </li>
            ))}
        </ul>
      </nav>
      {units.map(({ unit, depth }) => (
        <Unit key={unit.id} unit={unit} page={page} level={depth === 0 ? 2 : 3} />
      ))}
    </PublicPage>
  );
}

function EmailPage({ page, contact }: { page: PageContext; contact: Output<typeof readContact> }): ReactElement {
  const { t } = page;
  return (
    <PublicPage title={t('public.structure.email.title')}>
      <Column>
        <Back href="/structure" />
        <h1>{contact.name}</h1>
        {contact.title && <p className="lead">{contact.title}</p>}
        <p className="code">
          <span>{t('public.structure.email.title')}</span>
          <b>
            <a href={`mailto:${contact.email}`}>{contact.email}</a>
          </b>
        </p>
        <p className="read">{t('public.structure.email.note')}</p>
      </Column>
    </PublicPage>
  );
}

export const structurePages: readonly Page[] = [
  definePage({
    path: '/structure',
    audience: 'public',
    get: async (page) => page.html(<StructurePage page={page} structure={await page.run(readStructure, {})} />),
  }),
  definePage({
    path: '/structure/email',
    audience: 'public',
    get: (page) => page.redirect('/structure'),
    async post(page) {
      if (!mayPass(`contact ${page.office.id} ${page.caller.address}`, 30, 600_000)) throw tooMany();
      return page.html(
        <EmailPage page={page} contact={await page.run(readContact, { of: first(page.values, 'of').slice(0, 80) })} />,
      );
    },
  }),
];
