import type { Config } from './config.ts';
import type { Office } from './office.ts';

/** Where the office is reached from outside: its own host, KABINET_URL, or its name under localhost. */
export function officeAddress(config: Pick<Config, 'PORT' | 'KABINET_URL' | 'KABINET_OFFICE'>, office: Pick<Office, 'slug' | 'hosts'>): string {
  const base = new URL(config.KABINET_URL ?? `http://localhost:${config.PORT}`);
  if (office.hosts[0]) return `${base.protocol}//${office.hosts[0]}${base.port ? `:${base.port}` : ''}`;
  if (config.KABINET_OFFICE) return base.origin;
  return `${base.protocol}//${office.slug}.${base.host}`;
}
