type Window = { count: number; until: number };
const windows = new Map<string, Window>();

/** Whether one more is within `most` in `milliseconds`, counted in this process; what must hold across servers is counted in the database. */
export function mayPass(key: string, most: number, milliseconds: number, now = Date.now()): boolean {
  if (windows.size > 50_000) for (const [name, window] of windows) if (window.until < now) windows.delete(name);
  const window = windows.get(key);
  if (!window || window.until < now) {
    windows.set(key, { count: 1, until: now + milliseconds });
    return true;
  }
  window.count++;
  return window.count <= most;
}
