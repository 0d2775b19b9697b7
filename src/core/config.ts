import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const flag = z.enum(['0', '1']).transform((value) => value === '1');
const Environment = z.object({
  PORT: z.coerce.number().int().min(1).max(65535).default(3000),
  KABINET_HOST: z.string().min(1).optional(),
  KABINET_DATA: z.string().min(1).default('data'),
  KABINET_SECRET: z.string().regex(/^[0-9a-f]{64}$/i, 'is 64 hexadecimal digits').optional(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'begins with postgres://').optional(),
  KABINET_OFFICE: z.string().regex(/^[a-z0-9-]{1,60}$/, 'is the short name of an office, such as skopje').optional(),
  KABINET_URL: z.url({ protocol: /^https?$/ }).optional(),
  KABINET_PROXY: flag.default(false),
  KABINET_SMTP: z.string().regex(/^smtps?:\/\//, 'begins with smtp:// or smtps://').optional(),
  KABINET_MAIL_FROM: z.email().optional(),
  KABINET_S3: z.string().regex(/^https?:\/\//, 'is an address such as https://KEY:SECRET@storage.example/bucket').optional(),
  KABINET_TSA: z.url({ protocol: /^https?$/ }).optional(),
  KABINET_SCANS: z.string().min(1).optional(),
  KABINET_METRICS_TOKEN: z.string().min(16).optional(),
  KABINET_BACKUP: z.string().min(1).optional(),
  KABINET_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Config = z.infer<typeof Environment> & { dataDirectory: string };

/** The settings from the environment, checked; throws one readable message that names every wrong variable. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`Kabinet cannot start with these settings:\n${lines.join('\n')}`);
  }
  return { ...parsed.data, dataDirectory: path.resolve(parsed.data.KABINET_DATA) };
}

/** The mode of the data folder: nobody else's; where root starts it, the account that PostgreSQL runs under must be able to pass through. */
export const dataMode = (): number => (process.getuid?.() === 0 ? 0o711 : 0o700);

/** The installation's secret key (32 bytes): the given one, or the one in the data folder, made on first use. */
export function readSecret(dataDirectory: string, given?: string): Buffer {
  if (given) return Buffer.from(given, 'hex');
  const file = path.join(dataDirectory, 'secret');
  if (!existsSync(file)) {
    mkdirSync(dataDirectory, { recursive: true, mode: dataMode() });
    try {
      writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
}
