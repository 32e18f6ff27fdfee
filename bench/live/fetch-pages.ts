import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

// node bench/live/fetch-pages.ts PLAN: asks for the lists of the plan in the same pages, forms and number at a time as hopwise,
// and throws the bytes away. Nothing that reads the cluster can be quicker.

export interface FetchPlan {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly parallel: number;
  readonly lists: readonly { readonly path: string; readonly accept: string; readonly limit: string }[];
}

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as FetchPlan;
const agent = new Agent({ keepAlive: true, ca: plan.ca, maxSockets: plan.parallel });
/** The token of the next page is base64 of `{"v":…` and stands near the start of an answer in either form. */
const TOKEN = /eyJ2[A-Za-z0-9_=-]+/;
const HEAD = 4096;

let bytes = 0;
const waiting = [...plan.lists];
await Promise.all(Array.from({ length: plan.parallel }, work));
agent.destroy();
console.log(JSON.stringify({ bytes }));

async function work(): Promise<void> {
  for (let list = waiting.shift(); list !== undefined; list = waiting.shift()) {
    for (let token: string | undefined = ''; token !== undefined; ) token = await fetchPage(list, token);
  }
}

function fetchPage({ path, accept, limit }: FetchPlan['lists'][number], token: string): Promise<string | undefined> {
  const url = new URL(`${path}?limit=${limit}${token === '' ? '' : `&continue=${token}`}`, plan.server);
  const headers = { accept, authorization: `Bearer ${plan.token}` };
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (answer) => {
      let head = '';
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (head.length < HEAD) head += chunk.toString('latin1', 0, HEAD);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(TOKEN.exec(head.slice(0, HEAD))?.[0]);
        else reject(new Error(`GET ${url}: ${answer.statusCode} ${head.slice(0, 300)}`));
      });
    })
      .on('error', reject)
      .end();
  });
}
