/*
 * The gRPC health checking protocol: grpc/grpc, doc/health-checking.md, and grpc/health/v1/health.proto
 * (HealthCheckRequest.service = 1, HealthCheckResponse.status = 1). An empty service name asks about the whole server.
 */
export const HEALTH_PATH = '/grpc.health.v1.Health/Check';

/** A message without fields in gRPC's frame (doc/PROTOCOL-HTTP2.md): not compressed, length 0. */
export const HEALTH_CHECK = Buffer.from([0, 0, 0, 0, 0]);

/** HealthCheckResponse.ServingStatus, by number. */
const SERVING = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

export interface GrpcAnswer {
  readonly status?: number;
  readonly message?: string;
  readonly health?: string;
}

/** Reads status, message and health from an answer's body, headers and trailers. Nothing for what is not gRPC. */
export function grpcAnswer(body: Buffer, headers: readonly (readonly [string, string])[]): GrpcAnswer {
  const value = (name: string): string | undefined => headers.findLast(([key]) => key === name)?.[1];
  const code = value('grpc-status');
  const message = value('grpc-message');
  const health = /^application\/grpc/.test(value('content-type') ?? '') ? healthOf(body) : undefined;
  return {
    ...(code !== undefined && /^\d{1,3}$/.test(code) ? { status: Number(code) } : {}),
    ...(message === undefined ? {} : { message: decode(message).slice(0, 500) }),
    ...(health === undefined ? {} : { health }),
  };
}

/** Field 1 as a varint, `08 nn`; proto3 leaves the zero value out. Anything longer is another message. */
function healthOf(body: Buffer): string | undefined {
  if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5) return undefined;
  if (body.length === 5) return SERVING[0];
  return body.length === 7 && body[5] === 8 ? SERVING[body[6] ?? -1] : undefined;
}

/** Messages are percent-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
