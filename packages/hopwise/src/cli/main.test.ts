import { describe, expect, it, vi } from 'vitest';
import { runCli } from './testing/fake-io.ts';

// Many cases, and a machine that may be busy with other suites.
vi.setConfig({ testTimeout: 30_000 });

const FROM = ['--from', 'incident'];

describe('answers', () => {
  it('diagnose prints the report on stdout, nothing on stderr, and says by its exit code what it found', async () => {
    const failing = await runCli(['diagnose', 'https://files.example.com/login', ...FROM]);
    expect(failing.code).toBe(1);
    expect(failing.err).toBe('');
    expect(failing.out).toMatch(/^✗ 504 at https:\/\/files\.example\.com\/login is made by Traefik: /);
    expect(failing.out).toMatch(/ · 42 ms\n$/);
    expect((await runCli(['diagnose', 'https://fine/', ...FROM])).code).toBe(0);
    expect((await runCli(['diagnose', 'https://unsure/', ...FROM])).code).toBe(1);
    expect((await runCli(['diagnose', 'https://unseen/', ...FROM])).code).toBe(0);
  });

  it('JSON is the document with the time it took', async () => {
    const { out } = await runCli(['diagnose', 'https://a/', ...FROM, '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Diagnosis', verdict: { status: 'failing' }, tookMs: 42 });
  });

  it.each([
    ['yaml', /^apiVersion: hopwise\.dev\/v1\nkind: Diagnosis\n/],
    ['markdown', /^\*\*✗ 504/],
    ['html', /^<!doctype html>/],
  ])('-o %s', async (format, start) => {
    expect((await runCli(['diagnose', 'https://a/', ...FROM, '-o', format])).out).toMatch(start);
  });

  it('trace and scan have theirs', async () => {
    const trace = await runCli(['trace', 'https://a/', ...FROM]);
    expect([trace.code, trace.out.split('\n', 1)[0]]).toEqual([
      0,
      'GET https://shop.example.com/api/cart?id=7 → Service shop/cart:8080 (weight 90),',
    ]);
    expect((await runCli(['trace', 'https://nowhere/', ...FROM])).code).toBe(1);
    const scan = await runCli(['scan', ...FROM, '-o', 'sarif']);
    expect([scan.code, JSON.parse(scan.out).version]).toEqual([1, '2.1.0']);
    expect((await runCli(['scan', ...FROM, '-n', 'fine'])).code).toBe(0);
  });

  it('passes the request on as it was given', async () => {
    const { asked } = await runCli([
      ...['diagnose', '-X', 'POST', '-H', 'X-Team: shop', '-H', 'x-team:pay', '--protocol', 'grpc', '--status', '502'],
      ...['--as', 'deploy/web', '-n', 'shop', 'cart.shop.svc:7070/x', ...FROM],
    ]);
    expect(asked).toEqual([
      {
        url: 'http://cart.shop.svc:7070/x',
        method: 'POST',
        headers: { 'x-team': 'shop, pay' },
        protocol: 'grpc',
        observedStatus: 502,
        as: 'deployment/shop/web',
      },
    ]);
  });

  it('explain prints the page, or the list by family', async () => {
    const page = await runCli(['explain', 'OOM_Killed', '--width', '40']);
    expect(page.out).toBe(
      'oom-killed\n\nWhat it means\n\nThe container used more memory than its\nlimit, and the kernel killed it before\nit could answer.\n',
    );
    expect((await runCli(['explain'])).out).toMatch(/^endpoints\n {2}service-not-found\n {6}the route's backend/);
    expect(JSON.parse((await runCli(['explain', 'oom-killed', '-o', 'json'])).out)).toMatchObject({
      id: 'oom-killed',
      hop: 'pod',
    });
  });
});

describe('colour, width and signs', () => {
  const diagnose = ['diagnose', 'https://a/', ...FROM];
  const escapes = async (argv: readonly string[], env: Readonly<Record<string, string>>, terminal: boolean) =>
    (await runCli(argv, { env, terminal })).out.includes('\x1b[');

  it('colour only on a terminal that wants it, unless told', async () => {
    expect(await escapes(diagnose, {}, true)).toBe(true);
    expect(await escapes(diagnose, {}, false)).toBe(false);
    expect(await escapes(diagnose, { NO_COLOR: '1' }, true)).toBe(false);
    expect(await escapes(diagnose, { NO_COLOR: '' }, true)).toBe(true);
    expect(await escapes(diagnose, { TERM: 'dumb' }, true)).toBe(false);
    expect(await escapes([...diagnose, '--color', 'always'], { NO_COLOR: '1' }, false)).toBe(true);
    expect(await escapes([...diagnose, '--color', 'never'], {}, true)).toBe(false);
  });

  it('ASCII by flag or locale', async () => {
    for (const surroundings of [{ env: { LC_ALL: 'C' } }, { env: { LANG: 'de_DE.ISO-8859-1' } }]) {
      expect((await runCli(diagnose, surroundings)).out).toMatch(/^[ -~\n]*$/);
    }
    expect((await runCli([...diagnose, '--ascii'])).out).toMatch(/^x 504 at/);
    expect((await runCli(diagnose, { env: { LC_ALL: '', LANG: 'en_US.utf8' } })).out).toMatch(/^✗/);
  });

  it('fills the terminal up to 100 columns, else 80, else what is asked', async () => {
    const widest = async (argv: readonly string[], terminal: boolean) =>
      Math.max(
        ...(await runCli(argv, { terminal, env: { NO_COLOR: '1' } })).out.split('\n').map((line) => line.length),
      );
    expect(await widest(diagnose, true)).toBeGreaterThan(80);
    expect(await widest(diagnose, true)).toBeLessThanOrEqual(100);
    expect(await widest(diagnose, false)).toBeLessThanOrEqual(80);
    expect(await widest([...diagnose, '--width', '60'], true)).toBeLessThanOrEqual(60);
  });

  it('-q is the answer alone', async () => {
    const { out, err } = await runCli(['diagnose', 'fine.example.com', '-q', ...FROM]);
    expect([out.split('\n').length, err]).toEqual([3, '']);
  });
});

describe('--requests', () => {
  const text = [
    '# expectations of team shop',
    '',
    'GET https://fine/',
    'POST https://a/',
    '{"url":"https://fine/x","method":"PUT","headers":{"X-A":"1"}}',
    'https://nonsense',
    '{"url":5}',
    'fine.shop.svc/x',
  ].join('\r\n');

  it('answers every line in order, bad ones with an error object, and ends with 2', async () => {
    const ran = await runCli(['diagnose', '--requests', 'list', ...FROM, '-H', 'x-b: 2'], { files: { list: text } });
    const lines = ran.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind, line }) => [kind, line])).toEqual([
      ['Diagnosis', undefined],
      ['Diagnosis', undefined],
      ['Diagnosis', undefined],
      ['Error', 6],
      ['Error', 7],
      ['Diagnosis', undefined],
    ]);
    expect(lines[3]).toMatchObject({
      input: 'https://nonsense',
      error: { message: "'https://nonsense' has no host", hints: ['write the host'] },
    });
    expect(ran.asked.map(({ method, url, headers }) => [method, url, headers])).toEqual([
      ['GET', 'https://fine/', { 'x-b': '2' }],
      ['POST', 'https://a/', { 'x-b': '2' }],
      ['PUT', 'https://fine/x', { 'x-b': '2', 'x-a': '1' }],
      [undefined, 'https://nonsense', { 'x-b': '2' }],
      [undefined, 'http://fine.shop.svc/x', { 'x-b': '2' }],
    ]);
    expect([ran.code, ran.err]).toEqual([2, '']);
  });

  it('reads stdin, and tells the worst of what it found', async () => {
    const some = await runCli(['trace', '--requests', '-', ...FROM], { stdin: 'https://a/\nhttps://nowhere/\n' });
    expect([some.code, some.out.split('\n').length]).toEqual([1, 3]);
    expect((await runCli(['trace', '--requests', '-', ...FROM], { stdin: '\n' })).code).toBe(0);
  });

  it('a fault of our own costs only its line', async () => {
    const ran = await runCli(['diagnose', '--requests', '-', ...FROM], { stdin: 'https://crash/\nhttps://fine/\n' });
    expect(
      ran.out
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line).kind),
    ).toEqual(['Error', 'Diagnosis']);
    expect(ran.err).toMatch(/this is a fault in hopwise/);
    expect(ran.code).toBe(2);
  });
});

describe('baseline and --fail-on', () => {
  it('writes a baseline that the next scan reads back', async () => {
    const first = await runCli(['scan', ...FROM, '--write-baseline', 'known.json']);
    expect([first.code, first.err]).toEqual([0, 'note: 2 findings written to known.json\n']);
    const file = first.written.get('known.json') ?? '';
    expect(JSON.parse(file).findings).toEqual([
      { id: 'network-policy-denies-ingress', object: 'NetworkPolicy/files/files-deny-from-other-namespaces' },
      { id: 'readiness-too-permissive', object: 'Deployment/wiki/wiki' },
    ]);
    expect((await runCli(['scan', ...FROM, '--baseline', 'known.json'], { files: { 'known.json': file } })).code).toBe(
      1,
    );
    const broken = await runCli(['scan', ...FROM, '--baseline', 'x'], { files: { x: '{"kind":"Pod"}' } });
    expect([broken.code, broken.err]).toEqual([
      2,
      'hopwise: x is not a baseline\n  write one with --write-baseline FILE; a scan saved with -o json serves as well\n',
    ]);
  });

  it.each([
    ['any', 1],
    ['certain', 1],
    ['readiness-too-permissive', 1],
    ['oom-killed', 0],
    ['oom-killed,likely', 1],
    ['never', 0],
  ])('--fail-on %s exits with %i', async (what, code) => {
    expect((await runCli(['scan', ...FROM, '--fail-on', what])).code).toBe(code);
  });
});

describe('mistakes name the next step, on stderr, with exit code 2 and no stack', () => {
  it.each([
    [[], 'which command?', 'try --help'],
    [['dignose', 'https://a/'], "unknown command 'dignose'", 'did you mean diagnose?'],
    [['https://a/'], "'https://a/' is a URL, not a command", 'try: diagnose https://a/ --from PATH'],
    [['diagnose'], 'diagnose needs a URL', 'see: diagnose --help'],
    [['diagnose', 'a', 'b'], 'diagnose takes one URL, got 2: a b', 'quote it when it holds spaces or &'],
    [['diagnose', 'a', '--fron', 'x'], 'diagnose has no flag --fron', 'did you mean --from?'],
    [['diagnose', 'a', '--fail-on', 'any'], 'diagnose has no flag --fail-on', 'it belongs to: scan'],
    [['diagnose', 'a', '--no-color'], 'diagnose has no flag --no-color', 'use --color never'],
    [['diagnose', 'a', '-o', 'jsn', ...FROM], "-o cannot be 'jsn'", 'did you mean json?'],
    [['trace', 'a', '-o', 'html', ...FROM], "-o cannot be 'html'", 'trace takes: text, json, yaml'],
    [['diagnose', 'a', '--from', '--checklist'], '--from needs a value: --from PATH', undefined],
    [['diagnose', 'a', '--checklist=yes'], "--checklist takes no value (got 'yes')", undefined],
    [['diagnose', 'a', '--status', '5o2', ...FROM], "--status cannot be '5o2'", undefined],
    [['diagnose', 'a', '-H', 'nothing', ...FROM], "'nothing' is not a header", undefined],
    [['diagnose', 'a', '--as', 'web', ...FROM], "the namespace of 'web' is missing", undefined],
    [
      ['diagnose', 'a', '--as', 'deploymnt/shop/web', ...FROM],
      "'deploymnt' cannot be a caller",
      'did you mean deployment?',
    ],
    [
      ['diagnose', 'a', '--as', 'shop/web', '--as-pod', 'shop/x', ...FROM],
      '--as and --as-pod name two callers',
      undefined,
    ],
    [['diagnose', 'a', '--requests', 'f', ...FROM], '--requests and a URL exclude each other', undefined],
    [['diagnose', '--requests', '-', '--from', '-'], '--from and --requests cannot both read stdin', undefined],
    [['diagnose', 'a', '--width', '10', ...FROM], "--width cannot be '10'", 'give 40 columns or more'],
    [['diagnose', 'a', '--from', 'missing'], 'missing does not exist', 'did you mean incident?'],
    [['diagnose', 'https://nonsense', ...FROM], "'https://nonsense' has no host", 'write the host'],
    [
      ['scan', '--fail-on', 'lkely', ...FROM],
      "--fail-on: 'lkely' is neither a cause nor one of",
      'did you mean likely?',
    ],
    [['explain', 'oom-kiled'], "there is no cause 'oom-kiled'", 'did you mean oom-killed?'],
    [['completion', 'bsh'], "no completion for 'bsh'", 'did you mean bash?'],
    [['help', 'scna'], "there is no command 'scna'", 'did you mean scan?'],
  ])('%j', async (argv, message, hint) => {
    const { code, out, err } = await runCli(argv);
    const lines = err.split('\n');
    expect(lines[0]).toContain(`hopwise: ${message}`);
    if (hint !== undefined) expect(lines.slice(1)).toContain(`  ${hint}`);
    expect([code, out, err.includes('    at ')]).toEqual([2, '', false]);
  });

  it('without --from it is the live cluster, and without a kubeconfig it says what to give', async () => {
    const { code, err } = await runCli(['diagnose', 'https://a/']);
    expect(code).toBe(2);
    expect(err).toContain('no kubeconfig was found');
  });

  it('only a fault of our own shows a stack, made harmless, and says how to report it', async () => {
    const { code, err } = await runCli(['diagnose', 'https://crash/', ...FROM]);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^hopwise: this is a fault in hopwise, not in your input:\nTypeError: cannot read \\x1b\[2J of undefined\n {4}at /,
    );
    expect(err).toMatch(/Please report it .*\nhopwise \d+\.\d+\.\d+, Node /);
  });

  it('notes what it assumed', async () => {
    const { err } = await runCli(['diagnose', 'shop.example.com/api', ...FROM, '--context', 'x']);
    expect(err).toBe(
      "note: --context means nothing with --from\nnote: no scheme in 'shop.example.com/api'; taken as https://shop.example.com/api\n",
    );
  });
});

describe('help', () => {
  it.each([[['help']], [['--help']], [['-h']]])('%j is the overview', async (argv) => {
    const { code, out } = await runCli(argv);
    expect([code, out.includes('diagnose ')]).toEqual([0, true]);
  });

  it.each(['diagnose', 'trace', 'scan', 'explain', 'completion', 'version', 'help'])(
    '%s fits 80 columns',
    async (command) => {
      const { code, out } = await runCli([command, '--help', '--nonsense']);
      expect(code).toBe(0);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(await runCli(['help', command])).toMatchObject({ out });
    },
  );

  it('version', async () => {
    expect((await runCli(['version'])).out).toMatch(/^hopwise \d+\.\d+\.\d+\n$/);
    expect((await runCli(['--version'])).out).toMatch(/^hopwise \d/);
  });
});
