/**
 * Ports that well-known images listen on unless told otherwise (their own documentation on Docker Hub and Quay). A weak hint:
 * arguments, variables and mounted configuration change them.
 */
const PORTS: Readonly<Record<string, readonly number[]>> = {
  adminer: [8080],
  echoserver: [8080],
  elasticsearch: [9200],
  ghost: [2368],
  gitea: [3000],
  grafana: [3000],
  'http-echo': [5678],
  httpbin: [80],
  httpd: [80],
  jenkins: [8080],
  keycloak: [8080],
  kibana: [5601],
  mariadb: [3306],
  memcached: [11211],
  minio: [9000],
  mongo: [27017],
  mysql: [3306],
  nextcloud: [80],
  nginx: [80],
  'nginx-unprivileged': [8080],
  podinfo: [9898],
  postgres: [5432],
  prometheus: [9090],
  rabbitmq: [5672, 15672],
  redis: [6379],
  solr: [8983],
  sonarqube: [9000],
  tomcat: [8080],
  valkey: [6379],
  vault: [8200],
  whoami: [80],
  wordpress: [80],
};

/** Default ports of an image by the last part of its repository name; empty for images nobody knows. */
export function imagePorts(image: string): readonly number[] {
  if (image !== last.image) last = { image, ports: findPorts(image) };
  return last.ports;
}

/** The Pods of a Service are asked about one after the other, and run the same image. */
let last: { readonly image: string; readonly ports: readonly number[] } = { image: '', ports: [] };

function findPorts(image: string): readonly number[] {
  const name = /([^/:@]+)(?::[^/@]*)?(?:@.*)?$/.exec(image)?.[1] ?? '';
  return Object.hasOwn(PORTS, name) ? (PORTS[name] ?? []) : [];
}
