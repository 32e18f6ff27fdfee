import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('./testing/run.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The real program, from its sources. `act` gets the child once it has said something. */
function runProgram(
  argv: readonly string[],
  input: string | undefined,
  act?: (child: ReturnType<typeof spawn>) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...argv], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    const text = { out: '', err: '' };
    child.stdout.on('data', (piece) => {
      text.out += piece;
    });
    child.stderr.on('data', (piece) => {
      text.err += piece;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...text }));
    child.stdin.on('error', () => {});
    if (input !== undefined) child.stdin.end(input);
    act?.(child);
  });
}

const MANIFESTS = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: cart, port: {number: 80}}}}]}
`;

// A start of the program takes its time where several suites run at once.
describe('the process', { timeout: 60_000 }, () => {
  it('reads stdin, answers on stdout, and exits with what it found', async () => {
    const { code, out, err } = await runProgram(
      ['trace', 'https://shop.example.com/', '--from', '-', '-o', 'json'],
      MANIFESTS,
    );
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({ kind: 'Trace', request: { url: 'https://shop.example.com/' } });
    expect([0, 1]).toContain(code);
  });

  it('says what is wrong with the input in one line and the next step', async () => {
    const { code, out, err } = await runProgram(['diagnose', 'https://a.example/', '--from', './no-such-folder'], '');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^hopwise: .*no-such-folder/);
    expect(err).not.toContain('    at ');
  });

  it('a reader that stops early is no error', async () => {
    const { err, code } = await runProgram(['explain', '-o', 'json'], '', (child) => child.stdout?.destroy());
    expect([err, code]).toEqual(['', 0]);
  });

  it('Ctrl-C while reading ends at once with 130', async () => {
    const { code } = await runProgram(['diagnose', 'https://a.example/', '--from', '-'], undefined, (child) => {
      // More than a pipe holds: once it is written, the program is reading.
      child.stdin?.write('# filler\n'.repeat(100_000), () => child.kill('SIGINT'));
    });
    expect(code).toBe(130);
  });

  it('Ctrl-C while capturing leaves no file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hopwise-interrupt-'));
    const target = join(folder, 'a.tgz');
    try {
      const { code } = await runProgram(['capture', '--from', '-', '-o', target], undefined, (child) => {
        child.stdin?.write('# filler\n'.repeat(100_000), () => child.kill('SIGINT'));
      });
      expect([code, readdirSync(folder)]).toEqual([130, []]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
