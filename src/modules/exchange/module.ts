import type { Module } from '../../core/module.ts';
import { exportCase } from './case-content.server.ts';
import { getImport, listImports, listRefusals, mapImport, runImport, stopImport, uploadImport } from './import.server.ts';
import { checkImport, driveImport, enterRows, failImport, findUnfinished, readRows } from './import-entry.server.ts';

export const exchange: Module = {
  name: 'exchange', level: 2,
  operations: [uploadImport, mapImport, checkImport, runImport, stopImport, enterRows, failImport, findUnfinished, readRows, listImports, getImport, listRefusals, exportCase],
  listeners: [{ name: 'exchange.import', on: ['import.mapped', 'import.started'], run: (kernel, office, event) => driveImport(kernel, office, event.nounId!) }],
  // After a crash nobody hears the event again soon enough.
  schedules: [{
    name: 'exchange.import', cron: '* * * * *', due: (kernel) => kernel.offices.due('import'),
    async run(kernel, office) {
      const { ids } = await kernel.run(findUnfinished, kernel.system(office), {});
      for (const id of ids) await driveImport(kernel, office, id);
    },
  }],
};
