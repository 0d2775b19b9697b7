import net from 'node:net';

/** How the way to a server is cut. `silent`: taken and never answered; `reset`: torn off after some bytes; `slow`: a few bytes at a time. */
export type Cut = 'open' | 'refused' | 'silent' | 'reset' | 'slow';

/** A way to a server on this machine that can be cut in each manner, also for those who are under way. */
export class Way {
  readonly port: number;
  readonly #server: net.Server;
  readonly #pairs: Set<{ near: net.Socket; far: net.Socket }>;
  #cut: Cut = 'open';
  /** With `reset`: bytes that the server may still say, or the asker, before it tears. */
  resetAfter = { said: Infinity, asked: Infinity };
  #target: net.NetConnectOpts;
  private constructor(server: net.Server, pairs: Set<{ near: net.Socket; far: net.Socket }>, port: number, target: net.NetConnectOpts) {
    this.#server = server;
    this.#pairs = pairs;
    this.port = port;
    this.#target = target;
  }

  static async to(target: net.NetConnectOpts): Promise<Way> {
    const server = net.createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const way = new Way(server, new Set(), (server.address() as net.AddressInfo).port, target);
    server.on('connection', (near) => way.#join(near));
    return way;
  }

  #join(near: net.Socket): void {
    if (this.#cut === 'refused') return void near.resetAndDestroy();
    const far = net.connect(this.#target);
    const pair = { near, far };
    this.#pairs.add(pair);
    const counted = { said: 0, asked: 0 };
    const end = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    const pass = (from: net.Socket, to: net.Socket, which: 'said' | 'asked'): void => {
      from.on('error', end).on('close', end).on('data', (bytes: Buffer) => {
        if (this.#cut === 'silent') return;
        counted[which] += bytes.length;
        if (this.#cut === 'reset' && counted[which] > this.resetAfter[which]) {
          near.resetAndDestroy();
          return end();
        }
        if (this.#cut !== 'slow') return void to.write(bytes);
        from.pause();
        let at = 0;
        const drip = setInterval(() => {
          if (to.destroyed || at >= bytes.length || this.#cut !== 'slow') {
            clearInterval(drip);
            if (at < bytes.length && !to.destroyed) to.write(bytes.subarray(at));
            return void from.resume();
          }
          to.write(bytes.subarray(at, at + 128));
          at += 128;
        }, 20);
      });
    };
    pass(near, far, 'asked');
    pass(far, near, 'said');
  }

  get cut(): Cut {
    return this.#cut;
  }

  /** Cuts it, or opens it again; who is under way is torn off by `refused`, and whoever was kept in silence by `open`. */
  set cut(how: Cut) {
    const tears = how === 'refused' || (how === 'open' && this.#cut === 'silent');
    this.#cut = how;
    if (tears) for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  async close(): Promise<void> {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    await new Promise((done) => this.#server.close(done));
  }
}
