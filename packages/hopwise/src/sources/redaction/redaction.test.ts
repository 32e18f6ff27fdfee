import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../contract.ts';
import { redactCapturedObject } from './redact-object.ts';
import { redactText } from './redact-text.ts';
import { judgeName } from './secret-names.ts';

// Every planted value holds this; none may survive, plain or as base64.
const P = 'hunter2-PLANTED-7Q';
const JWT = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"PLANTED"}').toString('base64url')}.c2lnbmF0dXJlUExBTlRFRA`;
const KEY = `-----BEGIN RSA PRIVATE KEY-----\nMIIPLANTED${'A'.repeat(40)}\n-----END RSA PRIVATE KEY-----`;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\nc2hvcA==\n-----END CERTIFICATE-----';
const base64 = (text: string) => Buffer.from(text).toString('base64');

function expectClean(text: string): void {
  for (const secret of [P, 'PLANTED', base64(P), base64(P).slice(4, -4), JWT]) expect(text).not.toContain(secret);
}

const pod = (container: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'a', ...container }] },
});
const env = (name: string, value: string): JsonObject => pod({ env: [{ name, value }] });
const configMap = (data: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data,
});
const annotated = (key: string, value: string): JsonObject => pod({}, { annotations: { [key]: value } });

describe('objects', () => {
  it.each<[string, JsonObject]>([
    [
      'a Secret',
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a' },
        data: { 'tls.crt': base64(CERTIFICATE + KEY), p: base64(P) },
      },
    ],
    ['stringData', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { p: P } }],
    [
      'the last applied manifest',
      annotated('kubectl.kubernetes.io/last-applied-configuration', `{"data":{"x":"${P}"}}`),
    ],
    ['env by name', env('DB_PASSWORD', P)],
    ['env in camel case', env('stripeApiKey', P)],
    ['env named KEY', env('APP_KEY', P)],
    ['env with a numeric password', env('ADMIN_PASSWORD', '7PLANTED')],
    ['a connection string', env('DATABASE_URL', `postgres://app:${P}@db.shop.svc:5432/cart?sslmode=disable`)],
    ['a MySQL DSN', env('STORE', `app:${P}@tcp(db:3306)/cart`)],
    ['an ADO connection string', env('STORE', `Server=db;User Id=app;Password=${P};Encrypt=true`)],
    ['a JDBC URL', env('STORE', `jdbc:postgresql://db/cart?user=app&password=${P}`)],
    ['a JWT under any name', env('GREETING', JWT)],
    ['a private key under any name', env('GREETING', KEY)],
    ['a base64 private key', env('GREETING', base64(KEY))],
    ['a generated value under any name', env('GREETING', 'q9X7vPLANTEDb3ZkT0mW8sYc2LhR5uE1')],
    ['an AWS key', env('AWS_ACCESS_KEY_ID', 'AKIAPLANTED123456789')],
    ['--flag=value', pod({ args: [`--db-password=${P}`] })],
    ['--flag value', pod({ args: ['--token', P] })],
    ['a shell line', pod({ command: ['sh', '-c', `exec app --api-token ${P} --port 80`] })],
    ['a shell variable', pod({ command: ['sh', '-c', `PGPASSWORD=${P} psql -h db`] })],
    [
      'a probe header',
      pod({ readinessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: `Bearer ${P}` }] } } }),
    ],
    [
      'a cookie of a probe',
      pod({ livenessProbe: { httpGet: { httpHeaders: [{ name: 'Cookie', value: `sid=${P}` }] } } }),
    ],
    ['an annotation', annotated('example.com/api-token', P)],
    [
      'a snippet',
      annotated(
        'nginx.ingress.kubernetes.io/configuration-snippet',
        `proxy_set_header Authorization "Basic ${base64(`u:${P}`)}";`,
      ),
    ],
    ['a URL in an annotation', annotated('nginx.ingress.kubernetes.io/auth-url', `http://u:${P}@auth.shop.svc/`)],
    ['a ConfigMap key', configMap({ password: P })],
    ['a line of YAML', configMap({ 'app.yaml': `db:\n  host: db\n  password: ${P}\n` })],
    ['a line of JSON', configMap({ 'app.json': `{"db": {"password": "${P}", "host": "db"}}` })],
    ['a properties line', configMap({ 'app.properties': `spring.datasource.password=${P}\nserver.port=8080\n` })],
    ['an XML element', configMap({ 'app.xml': `<db><password>${P}</password></db>` })],
    ['redis.conf', configMap({ 'redis.conf': `port 6379\nrequirepass "${P}"\n` })],
    ['a generated value in a file', configMap({ 'app.env': `A=1\nSIGNING=q9X7vPLANTEDb3ZkT0mW8sYc2LhR5uE1\n` })],
    ['binary data', { ...configMap({}), binaryData: { x: base64(P) } }],
    [
      'a custom resource',
      { apiVersion: 'x.io/v1', kind: 'Store', metadata: { name: 'a' }, spec: { auth: { password: P } } },
    ],
    [
      'an event',
      { apiVersion: 'v1', kind: 'Event', metadata: { name: 'a' }, message: `pull https://u:${P}@registry/x failed` },
    ],
  ])('%s gives nothing away', (_, object) => {
    const redacted = JSON.stringify(redactCapturedObject(object));
    expectClean(redacted);
    expect(JSON.stringify(redactCapturedObject(JSON.parse(redacted) as JsonObject))).toBe(redacted);
  });

  it.each<[string, JsonObject]>([
    ['annotations of controllers', annotated('nginx.ingress.kubernetes.io/auth-secret', 'shop/basic-auth')],
    [
      'the address of an authentication service',
      annotated('nginx.ingress.kubernetes.io/auth-url', 'https://auth.example.com/verify?rd=$escaped_request_uri'),
    ],
    ['a checksum', annotated('checksum/config', 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c')],
    [
      'flags that name Secrets',
      pod({
        args: [
          '--default-ssl-certificate=edge/wildcard',
          '--default-server-tls-secret=$(POD_NAMESPACE)/tls',
          '--wildcard-tls-secret=edge/tls',
        ],
      }),
    ],
    [
      'files and addresses',
      pod({
        args: ['--token-file=/var/run/token', '--token-url=https://id.example.com/token'],
        env: [
          { name: 'PASSWORD_FILE', value: '/run/secrets/db' },
          { name: 'AUTH_URL', value: 'http://auth.shop.svc:8080' },
        ],
      }),
    ],
    [
      'references',
      pod({
        env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
        envFrom: [{ secretRef: { name: 'db-credentials' } }],
      }),
    ],
    [
      'token volumes',
      pod({ volumeMounts: [{ name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }),
    ],
    [
      'image digests',
      pod({
        image: 'registry.example.com/cart@sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      }),
    ],
    [
      'plain settings',
      pod({
        env: [
          { name: 'PORT', value: '8080' },
          { name: 'MAX_TOKENS', value: 'true' },
          { name: 'BACKEND', value: 'http://cart.shop.svc.cluster.local:7070/api' },
        ],
      }),
    ],
    [
      'nginx configuration',
      configMap({
        'nginx.conf':
          'location / {\n  proxy_pass http://cart.shop.svc:80;\n  proxy_set_header Cookie $http_cookie;\n  proxy_hide_header Set-Cookie;\n  ssl_certificate_key /etc/tls/tls.key;\n}\n',
        'proxy-read-timeout': '60',
      }),
    ],
    ['certificates', configMap({ 'ca.crt': CERTIFICATE })],
  ])('%s stay as they are', (_, object) => {
    expect(redactCapturedObject(object)).toEqual(object);
  });

  it('Secrets hold what the capture contract says', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      type: 'Opaque',
      data: { p: base64(P), empty: '' },
    };
    expect(redactCapturedObject(secret).data).toEqual({ p: base64('REDACTED'), empty: '' });
  });
});

describe('names of the language', () => {
  it('are fields like others', () => {
    const hostile = JSON.parse(`{"kind":"X","spec":{"__proto__":{"password":"${P}"},"constructor":1}}`) as JsonObject;
    const redacted = JSON.stringify(redactCapturedObject(hostile));
    expect(redacted).toBe('{"kind":"X","spec":{"__proto__":{"password":"REDACTED"},"constructor":1}}');
    expect(({} as JsonObject).password).toBeUndefined();
  });
});

describe('logs and responses', () => {
  it.each([
    `> authorization: Bearer ${P}`,
    `> Authorization: Basic ${base64(`u:${P}`)}`,
    `* [HTTP/2] [1] [cookie: sid=${P}; theme=dark]`,
    `< set-cookie: sid=${P}; Path=/; HttpOnly`,
    `> X-Api-Key: ${P}`,
    `* Added cookie sid="${P}" for domain shop.example.com, path /, expire 0`,
    `$ curl -sv -u bob:${P} -b 'sid=${P}' -H 'Authorization: token ${P}' https://shop.example.com/?token=${P}`,
    `10.0.0.1 - - "GET /cb?code=${P}&state=1 HTTP/1.1" 502 0`,
    `GET /x?X-Amz-Signature=${P}&X-Amz-Expires=60`,
    `{"level":"info","headers":{"Cookie":["sid=${P}"],"authorization":"Bearer ${P}"},"status":502}`,
    `{"msg":"{\\"password\\":\\"${P}\\"}"}`,
    `time=2026-01-01T00:00:00Z level=info authorization="Bearer ${P}" status=502`,
    `connecting to amqp://app:${P}@mq:5672/ failed`,
    `using token ${JWT}`,
    `db password: ${P}`,
    `{"access_token":"${P}","token_type":"bearer"}`,
    KEY,
  ])('%s', (line) => {
    const redacted = redactText(line, 'log');
    expectClean(redacted);
    expect(redacted).toHaveLength(line.length);
    expect(redactText(redacted, 'log')).toBe(redacted);
  });

  it.each([
    'upstream prematurely closed connection while reading response header from upstream, client: 10.0.0.1, server: shop.example.com, request: "GET / HTTP/1.1"',
    'error obtaining secret: secret "shop/tls" not found',
    'JSON.parse: unexpected token: < at position 0',
    'FATAL: password authentication failed for user "app"',
    'Basic authentication failed; Bearer token missing',
    'level=error code=502 secret=shop/tls key=cart session=none',
    '198.51.100.23 - - [09/Mar/2026:15:30:00 +0000] "GET /?s=tls HTTP/2.0" 200 2841 "-" "Mozilla/5.0" 421 0.007 [docs-docs-80] [] 10.0.2.115:80 2841 0.007 200 ae58655ff6e252c2505d387234b33d82',
    'upstream sent duplicate header line: "Transfer-Encoding: chunked"',
    '< www-authenticate: Basic realm="shop"',
    '> authorization: Basic (redacted)',
  ])('%s stays', (line) => expect(redactText(line, 'log')).toBe(line));

  it('takes time in proportion to the text, whatever it holds', () => {
    for (const piece of [
      'eyJ',
      'password',
      '--token ',
      'a@',
      '://',
      'xoxb-',
      'Bearer ',
      'cookie: a=',
      '?a=',
      '\\"',
      '-----BEGIN ',
      'LS0tLS1CRUdJTi',
      'key.'.repeat(3),
    ]) {
      const text = piece.repeat(Math.ceil(400_000 / piece.length));
      expect(typeof redactText(`${text}@`, 'config')).toBe('string');
    }
  });

  it('keeps lines and, in logs, lengths', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'password',
            '=',
            ':',
            ' ',
            '"',
            "'",
            '\n',
            'abc1',
            '@',
            '://',
            'Bearer',
            'cookie',
            ';',
            '&',
            '?',
            '\\',
          ),
          { maxLength: 30 },
        ),
        (parts) => {
          const text = parts.join('');
          expect(redactText(text, 'log')).toHaveLength(text.length);
        },
      ),
    );
  });
});

describe('names', () => {
  it.each([
    'DB_PASSWORD',
    'clientSecret',
    'x-api-key',
    'spring.redis.password',
    'JWT_SECRET',
    'aws_access_key_id',
    'PASSWORD',
  ])('%s is a credential', (name) => expect(judgeName(name)).toBe('secret'));
  it.each([
    'PASSWORD_FILE',
    'TOKEN_URL',
    'secretName',
    'compass',
    'tokenExpirationSeconds',
    'imagePullSecret',
    'monkey',
    'PORT',
  ])('%s is none', (name) => expect(judgeName(name)).toBe('plain'));
  it.each(['AUTH', 'STRIPE_KEY'])('%s is one perhaps', (name) => expect(judgeName(name)).toBe('perhaps'));
});
