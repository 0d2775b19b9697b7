import { parseArgs } from 'node:util';
import { checkAnchors, ownAnchors, readAnchors } from '../core/anchor.ts';
import { verifyOffices } from '../core/verify.ts';
import { startSystem } from './system.ts';

try {
  const { values } = parseArgs({ options: { anchor: { type: 'string', multiple: true, default: [] } } });
  const given = values.anchor.flatMap(readAnchors);
  const { config, kernel, stop } = await startSystem({ existing: true });
  const whole = await verifyOffices(kernel, (line) => process.stdout.write(`${line}\n`));
  const anchors = [...ownAnchors(config.dataDirectory), ...given];
  const cut = await checkAnchors(kernel, anchors);
  process.stdout.write([...cut, `${anchors.length} anchors kept earlier, ${cut.length} that no longer fit.`, ''].join('\n'));
  const sound = whole && cut.length === 0;
  await stop();
  process.exit(sound ? 0 : 1);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
