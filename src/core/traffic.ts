import { setTimeout as pause } from 'node:timers/promises';
import type { Kernel } from './kernel.ts';

type Fetch = (request: Request, environment?: unknown) => Response | Promise<Response>;
const quietMs = 1000;

/**
 * Counts what is under way. Once the server is leaving and a proxy stands before it, pages are answered with 502: the proxy
 * asks the other server and sends nothing more here, forms neither; a form that still comes is taken as always.
 */
export function watchTraffic(kernel: Pick<Kernel, 'isLeaving' | 'config'>, fetch: Fetch): { fetch: Fetch; quiet(mostMs: number): Promise<void> } {
  let underWay = 0;
  let lastAt = 0;
  return {
    async fetch(request, environment) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith('/health')) return fetch(request, environment);
      lastAt = Date.now();
      if (kernel.isLeaving && kernel.config.KABINET_PROXY && (request.method === 'GET' || request.method === 'HEAD')) return new Response('502', { status: 502 });
      underWay++;
      try {
        return await fetch(request, environment);
      } finally {
        underWay--;
      }
    },
    async quiet(mostMs) {
      for (const until = Date.now() + mostMs; Date.now() < until && (underWay > 0 || Date.now() - lastAt < quietMs); ) await pause(50);
    },
  };
}
