import { roles, type Allow } from './caller.ts';
import { drawLifecycle } from './lifecycle.ts';
import { textIn } from './message.ts';
import type { Module } from './module.ts';
import type { OfficeData } from './office.ts';
import { openApi } from './openapi.ts';
import type { Operation } from './operation.ts';

type Sources = {
  modules: readonly Module[];
  offices: readonly OfficeData[];
  dutyCapabilities: Readonly<Record<string, readonly string[]>>;
};

const made = (title: string, lead: string): string => `# ${title}\n\n${lead} Written by \`npm run docs\`; do not edit.\n`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`)
    .join('\n');
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
const others: readonly Allow[] = ['public', 'petitioner', 'contributor'];

/** The generated documentation by file name: a function of the code and the office files alone. */
export function generateDocs(sources: Sources): ReadonlyMap<string, string> {
  return new Map([
    ['openapi.json', `${JSON.stringify(openApi(sources.modules.flatMap((module) => module.operations)), undefined, 1)}\n`],
    ['permissions.md', permissions(sources)],
    ['lifecycles.md', lifecycles(sources)],
    ['modules.md', listModules(sources)],
    ['duties.md', duties(sources)],
  ]);
}

const isOpenTo = (op: Operation, who: Allow): boolean =>
  op.allow.includes(who) || op.allow.includes('public') || (op.allow.includes('staff') && !others.includes(who));

function permissions({ modules }: Sources): string {
  const heads = ['Operation', 'Kind', ...roles, ...others];
  const parts = modules
    .filter((module) => module.operations.length > 0)
    .map((module) => {
      const rows = module.operations
        .toSorted(byId)
        .map((op) => [`\`${op.id}\``, op.kind, ...[...roles, ...others].map((who) => (isOpenTo(op, who) ? '●' : ''))]);
      return `\n## ${module.name}\n\n${table(heads, rows)}\n`;
    });
  const lead =
    'Who may call which operation. Which rows they then see is the database’s to say: a case is seen by role, unit or mark (`db/migrations`). Where no column is marked, only the office itself calls it, by a job.';
  return made('Permissions', lead) + parts.join('');
}

function lifecycles({ modules }: Sources): string {
  const parts = modules
    .flatMap((module) => module.lifecycles ?? [])
    .map((one) => `\n## ${one.noun}\n\n\`\`\`mermaid\n${drawLifecycle(one)}\n\`\`\`\n`);
  return (
    made('Lifecycles', 'What may follow what. These are the tables that refuse an act and make the buttons.') + parts.join('')
  );
}

function listModules({ modules }: Sources): string {
  const parts = modules.map((module) => {
    const operations = module.operations
      .toSorted(byId)
      .map((op) => [`\`${op.id}\``, op.rest ? `\`${op.rest}\`` : '', op.summary]);
    const hears = (module.listeners ?? []).map(
      (one) => `- \`${one.name}\` hears ${one.on.map((name) => `\`${name}\``).join(', ')}`,
    );
    const runs = (module.schedules ?? []).map((one) => `- \`${one.name}\` runs at \`${one.cron}\``);
    const performs = module.capabilities?.length ? `, performs ${module.capabilities.join(', ')}` : '';
    return (
      [
        `\n## ${module.name}`,
        `Level ${module.level}${performs}.`,
        ...(hears.length + runs.length > 0 ? [[...hears, ...runs].join('\n')] : []),
        ...(operations.length > 0 ? [table(['Operation', 'REST, under `/api`', 'What it does'], operations)] : []),
      ].join('\n\n') + '\n'
    );
  });
  return made('Modules', 'In order of level: their operations, the events they hear, what runs by the clock.') + parts.join('');
}

function duties({ modules, offices, dutyCapabilities }: Sources): string {
  const moduleOf = new Map(
    modules.flatMap((module) => (module.capabilities ?? []).map((capability) => [capability, module.name] as const)),
  );
  const beganIn = new Map(
    modules.flatMap((module) => (module.begun ?? []).map((capability) => [capability, module.name] as const)),
  );
  let whole = 0;
  const parts = offices.map((office) => {
    const rows = office.duties.toSorted(byId).map((duty) => {
      const capabilities = dutyCapabilities[duty.id] ?? [];
      const performed = capabilities.filter((one) => moduleOf.has(one));
      if (capabilities.length > 0 && performed.length === capabilities.length) whole++;
      const begun = capabilities
        .filter((one) => !moduleOf.has(one) && beganIn.has(one))
        .map((one) => `${beganIn.get(one)} (in part)`);
      return [
        duty.id,
        textIn(duty.title, 'en'),
        capabilities.join(', '),
        [...performed.map((one) => moduleOf.get(one)!), ...begun].join(', ') || '—',
      ];
    });
    return `\n## ${textIn(office.name, 'en')}\n\n${table(['Duty', 'Title', 'Capabilities', 'Modules that perform them'], rows)}\n`;
  });
  const count = offices.reduce((sum, office) => sum + office.duties.length, 0);
  return (
    made(
      'Duties',
      `The ${count} duties of the offices, the capabilities each needs, and the modules that have them. All capabilities are there for ${whole} of ${count}.`,
    ) + parts.join('')
  );
}
