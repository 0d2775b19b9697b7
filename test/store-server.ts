import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type net from 'node:net';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** A store of objects as S3 has them: takes and hands out what is signed with its key (Signature Version 4), and nothing else. */
export class StoreServer {
  readonly key = 'KLJUC';
  readonly secret = 'tajna/sa+znakom';
  readonly bucket = 'ured';
  readonly objects = new Map<string, Buffer>();
  /** Requests that were refused because of their signature. */
  wrong = 0;
  /** Requests by method. */
  readonly asked: Record<string, number> = {};
  /** Answers this to everything instead, while set. */
  failsWith = 0;
  /** How often it does so; then it is well again. */
  failsTimes = Infinity;
  readonly port: number;
  readonly #server: http.Server;
  private constructor(server: http.Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(): Promise<StoreServer> {
    const server = http.createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const store = new StoreServer(server, (server.address() as net.AddressInfo).port);
    server.on('request', (request, response) => store.#serve(request, response));
    return store;
  }

  /** The setting KABINET_S3, directly or by another port. */
  address(port = this.port): string {
    return `http://${encodeURIComponent(this.key)}:${encodeURIComponent(this.secret)}@127.0.0.1:${port}/${this.bucket}`;
  }

  #serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { method = '', url = '' } = request;
      this.asked[method] = (this.asked[method] ?? 0) + 1;
      const body = Buffer.concat(chunks);
      const answer = (status: number, bytes?: Buffer): void => void response.writeHead(status, { 'content-length': String(bytes?.length ?? 0) }).end(bytes);
      if (this.failsWith && this.failsTimes > 0) {
        this.failsTimes--;
        return answer(this.failsWith);
      }
      if (!this.#isSigned(request, body)) {
        this.wrong++;
        return answer(403);
      }
      if (!url.startsWith(`/${this.bucket}/`)) return answer(404);
      if (method === 'PUT') return this.objects.set(url, body), answer(200);
      if (method === 'DELETE') return this.objects.delete(url), answer(204);
      const found = this.objects.get(url);
      return found ? answer(200, found) : answer(404);
    });
  }

  /** The signature computed anew from the request, as the public description of Signature Version 4 has it. */
  #isSigned(request: http.IncomingMessage, body: Buffer): boolean {
    const said = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
    const [, key, day, region, signed, signature] = said ?? [];
    const at = String(request.headers['x-amz-date'] ?? '');
    const payload = String(request.headers['x-amz-content-sha256'] ?? '');
    if (!said || key !== this.key || !at.startsWith(day!) || !signed!.split(';').includes('host')) return false;
    if (payload !== sha256(body) && !(payload === 'UNSIGNED-PAYLOAD' && body.length === 0)) return false;
    const moment = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (!(Math.abs(Date.now() - moment) < 900_000)) return false;
    const url = new URL(request.url!, 'http://x');
    const query = [...url.searchParams].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).sort().join('&');
    const headers = signed!.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('');
    const canonical = [request.method, url.pathname, query, headers, signed, payload].join('\n');
    const scope = `${day}/${region}/s3/aws4_request`;
    const signing = hmac(hmac(hmac(hmac(`AWS4${this.secret}`, day!), region!), 's3'), 'aws4_request');
    return hmac(signing, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex') === signature;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
