/*
 * Is a value a credential, judged by the name it stands under? Used for environment variables, annotations, ConfigMap keys,
 * flags and `name=value` in text. Names are cut into words (`DB_PASSWORD`, `dbPassword`, `db-password`): a password named
 * in any word counts, unless the last word says that the value is something about it (`TOKEN_URL`, `PASSWORD_FILE`).
 */

/** Words that name a credential wherever they stand. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'pgpassword',
  'secret',
  'secrets',
  'token',
  'tokens',
  'apikey',
  'apitoken',
  'authtoken',
  'accesstoken',
  'accesskey',
  'secretkey',
  'privatekey',
  'clientsecret',
  'credential',
  'credentials',
  'creds',
  'authorization',
  'bearer',
  'requirepass',
  'masterauth',
  'hmac',
]);

/** The same, when the words stand side by side. */
const PAIRS: ReadonlySet<string> = new Set([
  'api key',
  'access key',
  'private key',
  'encryption key',
  'signing key',
  'license key',
  'master key',
  'session key',
  'cookie key',
  'account key',
  'storage key',
  'connection string',
  'ticket key',
]);

const CERTIFICATES: ReadonlySet<string> = new Set(['tls', 'ssl', 'cert', 'certs', 'certificate', 'ca', 'pull']);

/** Words that name one only at the end of a name: `STRIPE_KEY`, but not `KEY_PREFIX`. */
const CREDENTIALS_AT_END: ReadonlySet<string> = new Set(['key', 'keys', 'auth', 'pass', 'salt', 'jwt', 'dsn', 'pin']);

/** What follows a credential's name when the value is not the credential. */
const HARMLESS_ENDS: ReadonlySet<string> = new Set(
  (
    'url uri urls host hostname port path file filename files dir directory name names header headers timeout ttl enabled enable ' +
    'disabled domain endpoint endpoints method type mode namespace expiration expiry expires expire duration interval seconds ' +
    'minutes length size count limit max min issuer audience realm class server service address provider algorithm alg policy ' +
    'version required refresh lifetime strategy format prefix suffix ref id mount volume secure tickets samesite'
  ).split(' '),
);

/** Is the value under this name a credential for sure, perhaps (the value decides), or not by its name? */
export function judgeName(name: string): 'secret' | 'perhaps' | 'plain' {
  const words = splitWords(name);
  const last = words.at(-1) ?? '';
  // `--default-server-tls-secret` names a Secret with a certificate.
  if (last === 'secret' && words.some((word) => CERTIFICATES.has(word))) return 'plain';
  const named = words.some((word) => CREDENTIALS.has(word)) || hasPair(words);
  // `aws_access_key_id` identifies a person's key and is part of what has to be changed when it leaks.
  if (last === 'id' && words.at(-2) === 'key') return 'secret';
  if (named) return HARMLESS_ENDS.has(last) ? 'plain' : 'secret';
  return CREDENTIALS_AT_END.has(last) ? 'perhaps' : 'plain';
}

function hasPair(words: readonly string[]): boolean {
  return words.some((word, index) => index > 0 && PAIRS.has(`${words[index - 1]} ${word}`));
}

function splitWords(name: string): string[] {
  return name
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Values that are none of anybody's business to hide: switches, references, templates, places. */
export function isHarmlessValue(value: string): boolean {
  return (
    value === '' ||
    /^(?:true|false|yes|no|on|off|null|none|enabled|disabled)$/i.test(value) ||
    /^(?:\$|\{\{|<|%\()/.test(value) ||
    /^\.{0,2}\/[\w./-]*$/.test(value)
  );
}

/** For a name that is a credential only perhaps: a value that is an address, a number or made of variables is none. */
export function isPlainValue(value: string): boolean {
  return (
    isHarmlessValue(value) ||
    value.includes('$') ||
    /^\d{1,6}(?:ms|s|m|h|d|Ki|Mi|Gi|k|m)?$/.test(value) ||
    /^[a-z][a-z0-9+.-]{1,20}:\/\/[^@\s]*$/i.test(value) ||
    /^[a-z0-9.-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:\/[^\s]*)?$/.test(value)
  );
}

/**
 * Annotations of controllers are configuration: `auth-secret` names a Secret and `auth-url` is an address, and both decide
 * where a request goes. Under these domains a value is a credential only when it looks like one.
 */
const CONFIGURATION_DOMAINS = [
  'kubernetes.io',
  'k8s.io',
  'nginx.org',
  'nginx.com',
  'haproxy.org',
  'haproxy.com',
  'haproxy-ingress.github.io',
  'konghq.com',
  'projectcontour.io',
  'traefik.io',
  'istio.io',
  'linkerd.io',
  'cilium.io',
  'cert-manager.io',
  'envoyproxy.io',
  'google.com',
  'gke.io',
  'amazonaws.com',
  'azure.com',
  'getambassador.io',
  'apisix.apache.org',
  'openshift.io',
  'argoproj.io',
  'helm.sh',
  'fluxcd.io',
  'prometheus.io',
  'projectcalico.org',
  'oauth2-proxy.github.io',
] as const;

/** Does the annotation belong to a known controller or to Kubernetes itself? */
export function isConfigurationKey(annotation: string): boolean {
  const slash = annotation.indexOf('/');
  if (slash < 0) return false;
  const domain = annotation.slice(0, slash).toLowerCase();
  return CONFIGURATION_DOMAINS.some((known) => domain === known || domain.endsWith(`.${known}`));
}
