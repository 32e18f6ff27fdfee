import type { Json, JsonObject } from '../contract.ts';
import { REDACTED, redactObject } from '../reading/redact.ts';
import { isMark, MARK, MARK_BASE64 } from './mark.ts';
import { redactHeaderValue } from './redact-headers.ts';
import { isSecretName, redactText } from './redact-text.ts';
import { isConfigurationKey, isHarmlessValue, isPlainValue, judgeName } from './secret-names.ts';
import { isRandom } from './secret-shapes.ts';

/** Annotations in which tools keep a whole manifest: they would repeat what is taken out elsewhere. */
const MANIFEST_COPIES: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'kapp.k14s.io/original',
  'kapp.k14s.io/original-diff-md5',
  'objectset.rio.cattle.io/applied',
  'banzaicloud.com/last-applied',
  'deployment.kubernetes.io/desired-config',
]);

/** Fields of any object, custom resources included, whose text is a credential. `secret` is none: it names a Secret. */
const CREDENTIAL_FIELDS: ReadonlySet<string> = new Set(
  'password passwd passphrase token accesstoken refreshtoken authtoken bearertoken apitoken apikey secretkey accesskey accesskeyid secretaccesskey privatekey clientsecret connectionstring sharedsecret cookiesecret signingkey encryptionkey'.split(
    ' ',
  ),
);

/**
 * The object as it may be handed to somebody else: Secrets without values (certificates stay), and everywhere else no
 * credential that is told by its name or looks. What a diagnosis reads stays: keys and their order, references, addresses,
 * ports.
 */
export function redactCapturedObject(raw: JsonObject): JsonObject {
  const object = redactObject(raw);
  if (object.kind === 'Secret') return redactedSecret(object);
  const clean = redactFields(object, '');
  return object.kind === 'ConfigMap' ? redactConfigMap(clean) : clean;
}

/** Values as the capture contract has them: base64 of the mark. */
function redactedSecret(secret: JsonObject): JsonObject {
  const { data } = secret;
  const metadata = isObject(secret.metadata) ? redactFields(secret.metadata, 'metadata') : secret.metadata;
  if (!isObject(data)) return { ...secret, metadata };
  const values = Object.entries(data).map(([key, value]) => [key, value === REDACTED ? MARK_BASE64 : value] as const);
  return { ...secret, metadata, data: Object.fromEntries(values) };
}

function redactConfigMap(configMap: JsonObject): JsonObject {
  const { data, binaryData } = configMap;
  return {
    ...configMap,
    ...(isObject(data) ? { data: mapValues(data, (key, value) => redactSetting(key, value)) } : {}),
    ...(isObject(binaryData) ? { binaryData: mapValues(binaryData, () => MARK_BASE64) } : {}),
  };
}

/** A value somebody gave a name to: an environment variable, a ConfigMap key, an annotation that is not a controller's. */
function redactSetting(name: string, value: string): string {
  if (isHarmlessValue(value) || isMark(value)) return value;
  const judged = value.includes('\n') ? 'plain' : judgeName(name);
  if (judged === 'secret' && !isSecretName(name, value) && !isAddress(value)) return MARK;
  if (judged === 'perhaps' && !isPlainValue(value)) return MARK;
  if (isRandom(name, value)) return MARK;
  return redactLines(redactText(value, 'config'));
}

/** `AUTH_TOKEN=http://auth.shop.svc/token`: an address without a credential in it says where requests go. */
function isAddress(value: string): boolean {
  return /^https?:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[a-z/._-]{0,80})?$/.test(value);
}

const SETTING_LINE =
  /^([ \t]{0,64}["']?)([A-Za-z0-9_.-]{1,64})(["']?[ \t]{0,8}[:=][ \t]{0,8}["']?)([A-Za-z0-9+/_=.~-]{24,8192})(?=["']?[,;]?[ \t]{0,8}$)/gm;

/** Long random values in the lines of a configuration file. */
function redactLines(text: string): string {
  if (!text.includes('\n')) return text;
  return text.replace(SETTING_LINE, (whole, lead: string, name: string, separator: string, value: string) =>
    isRandom(name, value) ? `${lead}${name}${separator}${MARK}` : whole,
  );
}

/** The same object when nothing in it had to go: most objects of a cluster are like that, and copying them all costs. */
function redactFields(object: JsonObject, parent: string): JsonObject {
  const named = redactNamedValue(object);
  if (named !== undefined) return named;
  let clean: Record<string, Json | undefined> | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const field = redactField(key, value, parent);
    if (field === value) continue;
    clean ??= { ...object };
    clean[key] = field;
  }
  return clean ?? object;
}

function redactField(key: string, value: Json, parent: string): Json {
  if (typeof value === 'string') {
    if (parent === 'annotations') return redactAnnotation(key, value);
    if (CREDENTIAL_FIELDS.has(key.toLowerCase()) && !isHarmlessValue(value) && !isMark(value)) return MARK;
    return redactText(value, key === 'message' ? 'log' : 'config');
  }
  if (Array.isArray(value)) return redactList(key, value);
  return isObject(value) ? redactFields(value, key) : value;
}

function redactList(key: string, list: readonly Json[]): Json {
  let previous = '';
  const clean = list.map((item) => {
    if (isObject(item)) return redactFields(item, key);
    if (Array.isArray(item)) return redactList(key, item);
    if (typeof item !== 'string') return item;
    // `--password`, `hunter2`
    const isFlagValue = /^--?[A-Za-z]/.test(previous) && !previous.includes('=') && judgeName(previous) === 'secret';
    const isHidden = isFlagValue && !item.startsWith('-') && !isHarmlessValue(item) && !isSecretName(previous, item);
    previous = item;
    return isHidden ? MARK : redactText(item, 'config');
  });
  return clean.every((item, index) => item === list[index]) ? list : clean;
}

/** `{name, value}`: an environment variable, a header of a probe or of a route filter, a parameter. */
function redactNamedValue(object: JsonObject): JsonObject | undefined {
  const { name, value } = object;
  if (typeof name !== 'string' || typeof value !== 'string') return undefined;
  const clean = redactHeaderValue(name, value, () => MARK) ?? redactSetting(name, value);
  return Object.fromEntries(
    Object.entries(object).map(([key, field]) => [
      key,
      key === 'value' ? clean : field === undefined ? field : redactField(key, field, 'named'),
    ]),
  );
}

function redactAnnotation(key: string, value: string): string {
  if (MANIFEST_COPIES.has(key)) return MARK;
  if (isConfigurationKey(key)) return redactText(value, 'config');
  return redactSetting(key, value);
}

function mapValues(object: JsonObject, change: (key: string, value: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, typeof value === 'string' ? change(key, value) : value]),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
