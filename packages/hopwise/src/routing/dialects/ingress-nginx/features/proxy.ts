import type { ObjectId } from '../../../../base/object-id.ts';
import type { Setting } from '../../../route-table.ts';
import type { AnnotationReader, Read } from '../annotation-reader.ts';
import type { ControllerConfig } from '../config-map.ts';
import { parseNginxSize } from '../go-values.ts';
import { fromAnnotation } from '../parsed-ingress.ts';
import { nextUpstream, oneOf, size } from '../validators.ts';

/** internal/ingress/annotations/proxy: what decides about timeouts, buffers and retries. Times in milliseconds, sizes in bytes. */
export interface ProxySettings {
  readonly connectTimeout: Setting<number>;
  readonly sendTimeout: Setting<number>;
  readonly readTimeout: Setting<number>;
  readonly bufferSize: Setting<number>;
  readonly buffersNumber: Setting<number>;
  readonly buffering: Setting<string>;
  readonly bodySize: Setting<number>;
  readonly nextUpstream: Setting<string>;
  readonly nextUpstreamTries: Setting<number>;
  readonly httpVersion: Setting<string>;
}

/** An annotation that cannot be used leaves the ConfigMap's value, and that its default. */
export function readProxy(reader: AnnotationReader, object: ObjectId, config: ControllerConfig): ProxySettings {
  const pick = <T>(read: Read<T>, fallback: Setting<T>): Setting<T> =>
    read.state === 'set' ? { value: read.value, from: fromAnnotation(object, read.key) } : fallback;
  const seconds = (name: string, fallback: number): Setting<number> =>
    scaled(pick(reader.int(name), config.int(name, fallback)), 1000);
  const bytes = (name: string, fallback: string): Setting<number> =>
    sized(pick(reader.text(name, size), config.text(name, fallback)), fallback);
  return {
    connectTimeout: seconds('proxy-connect-timeout', 5),
    sendTimeout: seconds('proxy-send-timeout', 60),
    readTimeout: seconds('proxy-read-timeout', 60),
    bufferSize: bytes('proxy-buffer-size', '4k'),
    buffersNumber: pick(reader.int('proxy-buffers-number'), config.int('proxy-buffers-number', 4)),
    buffering: pick(reader.text('proxy-buffering', oneOf(['on', 'off'])), config.text('proxy-buffering', 'off')),
    bodySize: bytes('proxy-body-size', '1m'),
    nextUpstream: retryWords(
      pick(reader.text('proxy-next-upstream', nextUpstream), config.text('proxy-next-upstream', 'error timeout')),
      config.bool('retry-non-idempotent', false).value,
    ),
    nextUpstreamTries: pick(reader.int('proxy-next-upstream-tries'), config.int('proxy-next-upstream-tries', 3)),
    httpVersion: pick(
      reader.text('proxy-http-version', oneOf(['1.0', '1.1'])),
      config.text('proxy-http-version', '1.1'),
    ),
  };
}

function scaled(setting: Setting<number>, factor: number): Setting<number> {
  return { value: setting.value * factor, from: setting.from };
}

/** A size that NGINX cannot read is not written into the configuration at all: NGINX's own default, which is the same, holds. */
function sized(setting: Setting<string>, fallback: string): Setting<number> {
  return { value: parseNginxSize(setting.value) ?? parseNginxSize(fallback) ?? 0, from: setting.from };
}

/** buildNextUpstream: `non_idempotent` moves to the end, and the ConfigMap may add it. */
function retryWords(setting: Setting<string>, nonIdempotent: boolean): Setting<string> {
  const words = setting.value.split(' ').filter((word) => word !== '');
  const wanted = nonIdempotent || words.includes('non_idempotent');
  const rest = words.filter((word) => word !== 'non_idempotent');
  return { value: [...rest, ...(wanted ? ['non_idempotent'] : [])].join(' '), from: setting.from };
}
